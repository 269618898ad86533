package programme

import (
	"encoding/json"
	"fmt"

	"gorm.io/gorm"

	"plenary/pkg/person"
)

// snapshot is a programme as it is kept when it is published. Of people with an
// account it keeps no name: they are called what they are called now, and somebody
// who has left is not called anything.
type snapshot struct {
	Title           string        `json:"title"`
	Description     string        `json:"description,omitempty"`
	DescriptionHTML string        `json:"description_html,omitempty"`
	Place           string        `json:"place,omitempty"`
	Link            string        `json:"link,omitempty"`
	Zone            string        `json:"time_zone"`
	Days            []Day         `json:"days"`
	Rooms           []Room        `json:"rooms"`
	Slots           []Slot        `json:"slots"`
	Sessions        []keptSession `json:"sessions"`
}

type keptSession struct {
	ID              int64        `json:"id"`
	Title           string       `json:"title"`
	Description     string       `json:"description,omitempty"`
	DescriptionHTML string       `json:"description_html,omitempty"`
	State           State        `json:"state"`
	Reason          string       `json:"reason,omitempty"`
	SlotID          int64        `json:"slot_id,omitempty"`
	RoomID          int64        `json:"room_id,omitempty"`
	Begins          *int         `json:"begins,omitempty"`
	Minutes         int          `json:"minutes,omitempty"`
	Position        int          `json:"position,omitempty"`
	Capacity        int          `json:"capacity,omitempty"`
	ProposedBy      int64        `json:"proposed_by"`
	Speakers        []keptPerson `json:"speakers,omitempty"`
	Hosts           []keptPerson `json:"hosts,omitempty"`
	Themes          []int64      `json:"themes,omitempty"`
}

type keptPerson struct {
	ID          int64  `json:"id"`
	PersonID    int64  `json:"person_id,omitempty"`
	Name        string `json:"name,omitempty"` // of somebody without an account
	Affiliation string `json:"affiliation,omitempty"`
}

// keep is what of a plan is published: the sessions that are confirmed, and those
// that have been cancelled since they were published.
func keep(of Plan) snapshot {
	out := snapshot{Title: of.Title, Description: of.Description, DescriptionHTML: of.DescriptionHTML, Place: of.Place, Link: of.Link,
		Zone: of.Zone, Days: of.Days, Rooms: of.Rooms, Slots: of.Slots}
	for _, s := range of.Sessions {
		if !s.publishes() {
			continue
		}
		out.Sessions = append(out.Sessions, keepSession(s))
	}
	return out
}

func keepSession(s Session) keptSession {
	kept := keptSession{ID: s.ID, Title: s.Title, Description: s.Description, DescriptionHTML: s.DescriptionHTML, State: s.State, Reason: s.Reason,
		SlotID: s.SlotID, RoomID: s.RoomID, Begins: s.Begins, Minutes: s.Minutes, Position: s.Position, Capacity: s.Capacity,
		ProposedBy: s.ProposedBy.ID, Speakers: keepPeople(s.Speakers), Hosts: keepPeople(s.Hosts)}
	for _, theme := range s.Themes {
		kept.Themes = append(kept.Themes, theme.ID)
	}
	return kept
}

// publishes reports whether the session stands in what is published next.
func (s Session) publishes() bool {
	return s.State == Confirmed || s.State == Cancelled && s.Published > 0
}

func keepPeople(all []Someone) []keptPerson {
	var out []keptPerson
	for _, one := range all {
		if one.Person != nil {
			out = append(out, keptPerson{ID: one.ID, PersonID: one.Person.ID})
		} else {
			out = append(out, keptPerson{ID: one.ID, Name: one.Name, Affiliation: one.Affiliation})
		}
	}
	return out
}

func (s snapshot) text() (string, error) {
	raw, err := json.Marshal(s)
	if err != nil {
		return "", fmt.Errorf("write a version of a programme: %w", err)
	}
	return string(raw), nil
}

func parseSnapshot(text string) (s snapshot, err error) {
	if err = json.Unmarshal([]byte(text), &s); err != nil {
		return s, fmt.Errorf("read a version of a programme: %w", err)
	}
	return s, nil
}

// head puts the published words over those that are being worked on.
func (s snapshot) head(p Programme) Programme {
	p.Title, p.Description, p.DescriptionHTML = s.Title, s.Description, s.DescriptionHTML
	p.Place, p.Link, p.Zone = s.Place, s.Link, s.Zone
	p.First, p.Last = "", ""
	if len(s.Days) > 0 {
		p.First, p.Last = s.Days[0].Date, s.Days[len(s.Days)-1].Date
	}
	return p
}

// plan makes a plan of what was kept, with the names that people and themes have
// now: two statements.
func (s snapshot) plan(g *gorm.DB, people *person.People, of Programme) (Plan, error) {
	var ids, themes []int64
	for _, one := range s.Sessions {
		ids = append(ids, one.ProposedBy)
		for _, list := range [][]keptPerson{one.Speakers, one.Hosts} {
			for _, who := range list {
				ids = append(ids, who.PersonID)
			}
		}
		themes = append(themes, one.Themes...)
	}
	briefs, err := people.Briefs(g, ids)
	if err != nil {
		return Plan{}, err
	}
	refs, err := themeRefs(g, themes)
	if err != nil {
		return Plan{}, err
	}
	out := Plan{Programme: s.head(of), Days: s.Days, Rooms: s.Rooms, Slots: s.Slots}
	for _, one := range s.Sessions {
		out.Sessions = append(out.Sessions, one.session(of, briefs, refs))
	}
	return out, nil
}

func (k keptSession) session(of Programme, briefs map[int64]person.Brief, refs map[int64]ThemeRef) Session {
	s := Session{ID: k.ID, ProgrammeID: of.ID, Title: k.Title, Description: k.Description, DescriptionHTML: k.DescriptionHTML, State: k.State,
		Reason: k.Reason, SlotID: k.SlotID, RoomID: k.RoomID, Begins: k.Begins, Minutes: k.Minutes, Position: k.Position, Capacity: k.Capacity,
		ProposedBy: briefs[k.ProposedBy], Published: of.Published, Speakers: namedNow(k.Speakers, briefs), Hosts: namedNow(k.Hosts, briefs)}
	for _, id := range k.Themes {
		if ref, ok := refs[id]; ok {
			s.Themes = append(s.Themes, ref)
		}
	}
	return s
}

func namedNow(kept []keptPerson, briefs map[int64]person.Brief) (out []Someone) {
	for _, k := range kept {
		one := Someone{ID: k.ID, Name: k.Name, Affiliation: k.Affiliation}
		if k.PersonID != 0 {
			brief, ok := briefs[k.PersonID]
			if !ok {
				continue
			}
			one.Person, one.Name, one.Affiliation = &brief, brief.Name, brief.Affiliation
		}
		out = append(out, one)
	}
	return out
}

// themeRefs reads themes as they stand in sessions.
func themeRefs(g *gorm.DB, ids []int64) (map[int64]ThemeRef, error) {
	out := make(map[int64]ThemeRef, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	var rows []ThemeRef
	err := g.Table("themes AS th").Select("th.id, th.title, th.thread_id, th.state, CASE WHEN th.credit <> '' THEN th.credit ELSE a.name END AS proposer").
		Joins("JOIN people AS a ON a.id = th.proposer_id").Where("th.id IN ?", ids).Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read the themes of a programme: %w", err)
	}
	for _, r := range rows {
		out[r.ID] = r
	}
	return out, nil
}
