package live

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"plenary/pkg/event"
)

// How presence is told.
const (
	namesShown    = 30               // at most, of those here and of those writing
	namesCarried  = 100              // at most, of one process to the others
	writingFor    = 6 * time.Second  // after the last word of it
	presenceEvery = time.Second      // at most so often
	crowdEvery    = 5 * time.Second  // where more than crowd are here
	crowd         = 1000             //
	tellEvery     = 15 * time.Second // the other processes, even without a change
	rosterLasts   = 45 * time.Second // without being told again
)

// person is somebody who is named.
type person struct {
	Handle string `json:"handle"`
	Name   string `json:"name"`
}

// roster is what one process tells the others of who is with it in a thread.
type roster struct {
	Node     string   `json:"node"`
	Here     []person `json:"here,omitempty"`     // the first namesCarried of them
	People   int      `json:"people,omitempty"`   // all that could be named
	Visitors int      `json:"visitors,omitempty"` // not signed in
	Writing  []person `json:"writing,omitempty"`
}

// presence is the message about a thread.
type presence struct {
	Type    string   `json:"type"`
	Thread  int64    `json:"thread"`
	Here    []person `json:"here"`
	Count   int      `json:"count"`
	Writing []person `json:"writing"`
}

// guest is somebody with a socket at this process.
type guest struct {
	person
	sockets int
	writing time.Time // until
}

// heard is the roster of another process.
type heard struct {
	roster
	until time.Time
}

// room is who is in a thread. Its messages carry a version, so that a socket
// knows with one number whether it has sent the newest.
type room struct {
	guests   map[int64]*guest
	visitors int
	others   map[string]heard

	stale   bool // the messages do not tell the present state
	untold  bool // the other processes have not been told
	shown   time.Time
	told    time.Time
	text    string
	version uint64
	named   frame // for those who may know who is here
	counted frame // for everybody else
}

func (r *room) enter(who Visitor) {
	r.changed()
	if !who.Actor.SignedIn() {
		r.visitors++
		return
	}
	if r.guests == nil {
		r.guests = map[int64]*guest{}
	}
	g := r.guests[who.Actor.Person]
	if g == nil {
		g = &guest{person: person{who.Handle, who.Name}}
		r.guests[who.Actor.Person] = g
	}
	g.sockets++
}

func (r *room) leave(who Visitor) {
	r.changed()
	g := r.guests[who.Actor.Person]
	switch {
	case !who.Actor.SignedIn():
		r.visitors--
	case g.sockets == 1:
		delete(r.guests, who.Actor.Person)
	default:
		g.sockets--
	}
}

// write shows a person as writing for a while; a zero time ends it.
func (r *room) write(id int64, until time.Time) {
	g := r.guests[id]
	if g == nil || g.writing.IsZero() && until.IsZero() {
		return
	}
	if g.writing.IsZero() != until.IsZero() {
		r.changed()
	}
	g.writing = until
	r.untold = true // the other processes count the time too
}

func (r *room) changed() { r.stale, r.untold = true, true }

// hear takes in what another process tells. One that is new, or back, does not
// know of us yet and is told.
func (r *room) hear(told roster, now time.Time) {
	_, known := r.others[told.Node]
	r.stale = true
	if told.People == 0 && told.Visitors == 0 {
		delete(r.others, told.Node)
		return
	}
	if r.others == nil {
		r.others = map[string]heard{}
	}
	r.others[told.Node] = heard{told, now.Add(rosterLasts)}
	if !known && r.occupied() {
		r.untold = true
	}
}

func (r *room) occupied() bool { return len(r.guests) > 0 || r.visitors > 0 }

// expire forgets who has stopped writing and which processes have fallen silent.
func (r *room) expire(now time.Time) {
	for _, g := range r.guests {
		if !g.writing.IsZero() && !now.Before(g.writing) {
			g.writing = time.Time{}
			r.changed()
		}
	}
	for node, h := range r.others {
		if !now.Before(h.until) {
			delete(r.others, node)
			r.stale = true
		}
	}
}

// refresh makes the messages anew where something has changed and the last ones
// are old enough, and reports whether there is something new to send.
func (r *room) refresh(topic event.Topic, now time.Time) (bool, error) {
	every := presenceEvery
	if len(r.guests)+r.visitors > crowd {
		every = crowdEvery
	}
	if !r.stale || now.Sub(r.shown) < every {
		return false, nil
	}
	r.stale, r.shown = false, now
	p := r.message(topic.ID)
	text, err := json.Marshal(p)
	if err != nil || string(text) == r.text {
		return false, err
	}
	p.Here, p.Writing = []person{}, []person{}
	anonymous, err := json.Marshal(p)
	if err != nil {
		return false, err
	}
	return true, r.put(text, anonymous)
}

func (r *room) put(text, anonymous []byte) (err error) {
	if r.named, err = newFrame(text); err != nil {
		return err
	}
	if r.counted, err = newFrame(anonymous); err != nil {
		return err
	}
	r.text = string(text)
	r.version++
	return nil
}

// message adds up this process and the others. People with pages at two
// processes count once as far as they are named.
func (r *room) message(thread int64) presence {
	mine := r.roster("")
	all := append([]heard{{roster: mine}}, slices.Collect(maps.Values(r.others))...)
	here, writing, count := map[string]person{}, map[string]person{}, 0
	for _, one := range all {
		count += one.People + one.Visitors
		for _, p := range one.Here {
			if _, twice := here[p.Handle]; twice {
				count--
			}
			here[p.Handle] = p
		}
		for _, p := range one.Writing {
			writing[p.Handle] = p
		}
	}
	return presence{"presence", thread, firstOf(here, namesShown), count, firstOf(writing, namesShown)}
}

// roster is what this process has to tell.
func (r *room) roster(node string) roster {
	here, writing := map[string]person{}, map[string]person{}
	for _, g := range r.guests {
		here[g.Handle] = g.person
		if !g.writing.IsZero() {
			writing[g.Handle] = g.person
		}
	}
	return roster{node, firstOf(here, namesCarried), len(r.guests), r.visitors, firstOf(writing, namesShown)}
}

// announcement is the roster to publish, or nil where none is due.
func (r *room) announcement(node string, now time.Time) ([]byte, error) {
	since := now.Sub(r.told)
	news := r.untold && since >= presenceEvery
	again := r.occupied() && since >= tellEvery
	if !news && !again {
		return nil, nil
	}
	r.untold, r.told = false, now
	return json.Marshal(r.roster(node))
}

func firstOf(people map[string]person, most int) []person {
	list := slices.SortedFunc(maps.Values(people), func(a, b person) int { return strings.Compare(a.Handle, b.Handle) })
	return append([]person{}, list[:min(most, len(list))]...)
}
