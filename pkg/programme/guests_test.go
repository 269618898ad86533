package programme_test

import (
	"crypto/rand"
	"fmt"
	"testing"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/event"
	"plenary/pkg/group"
	"plenary/pkg/mail"
	"plenary/pkg/person"
	"plenary/pkg/poll"
	"plenary/pkg/programme"
	"plenary/pkg/store"
)

// gathering is a programme in London on 20 June 2026 with a hall, a loft of two
// seats and two slots: 09:00 to 10:30 and 11:00 to 12:00.
type gathering struct {
	*stage
	id               int64
	hall, loft       int64
	early, late      int64
	letters          []mail.Letter
	postBox          func(mail.Letter) error // may refuse one; nil takes all
	queued           []int64                 // of tellings
	platforms, roofs int64                   // sessions: one in the loft in the early slot, one in the hall then
}

func newGathering(t *testing.T, db *store.DB, visibility access.Visibility) *gathering {
	t.Helper()
	g := &gathering{stage: newStage(t, db, visibility)}
	people := person.New(db, g.clock.Now, rand.Reader)
	groups := group.New(db, people, g.clock.Now, rand.Reader, group.WithPost(func(tx *store.Tx, l mail.Letter) error {
		if g.postBox != nil {
			if err := g.postBox(l); err != nil {
				return err
			}
		}
		tx.AfterCommit(func() { g.letters = append(g.letters, l) })
		return nil
	}))
	g.programmes = programme.New(db, people, groups, g.forum, g.polls, g.themes, g.clock.Now, rand.Reader)
	g.programmes.TellBy(func(tx *store.Tx, telling int64) error {
		tx.AfterCommit(func() { g.queued = append(g.queued, telling) })
		return nil
	})
	made, err := g.programmes.Start(t.Context(), g.mo, g.thread, programme.NewProgramme{Title: "Summer gathering", Place: "Mechanics' Institute",
		Zone: "Europe/London", Template: programme.Congress, StartsOn: "2026-06-20", Days: 1, Bare: true})
	if err != nil {
		t.Fatal(err)
	}
	g.id = made.ID
	day := g.plan(g.mo, g.id).Days[0].ID
	g.hall, g.loft = g.room("Hall", 0), g.room("Loft", 2)
	g.early, g.late = g.slot(day, "09:00", "10:30"), g.slot(day, "11:00", "12:00")
	g.platforms, g.roofs = g.session("Platforms", g.early, g.loft), g.session("Roofs", g.early, g.hall)
	return g
}

func (g *gathering) must(err error) {
	g.t.Helper()
	if err != nil {
		g.t.Fatal(err)
	}
}

func (g *gathering) room(name string, seats int) int64 {
	g.t.Helper()
	made, err := g.programmes.AddRoom(g.t.Context(), g.mo, g.id, programme.NewRoom{Name: name, Capacity: seats})
	g.must(err)
	return made.ID
}

func (g *gathering) slot(day int64, from, to string) int64 {
	g.t.Helper()
	starts, _ := programme.ParseMinute(from)
	ends, _ := programme.ParseMinute(to)
	made, err := g.programmes.AddSlot(g.t.Context(), g.mo, g.id, programme.NewSlot{DayID: day, Starts: starts, Ends: ends})
	g.must(err)
	return made.ID
}

// session makes one that is confirmed, at a place.
func (g *gathering) session(title string, slot, room int64) int64 {
	g.t.Helper()
	made, err := g.programmes.CreateSession(g.t.Context(), g.mo, g.id, programme.NewSession{Title: title, Confirmed: true})
	g.must(err)
	g.place(made.ID, slot, room)
	return made.ID
}

func (g *gathering) place(session, slot, room int64) {
	g.t.Helper()
	_, err := g.programmes.Place(g.t.Context(), g.mo, session, programme.Placing{SlotID: slot, RoomID: room}, 0)
	g.must(err)
}

func (g *gathering) seats(session int64, n int) {
	g.t.Helper()
	_, err := g.programmes.EditSession(g.t.Context(), g.mo, session, programme.SessionEdit{Capacity: &n})
	g.must(err)
}

func (g *gathering) publish() {
	g.t.Helper()
	_, err := g.programmes.Publish(g.t.Context(), g.mo, g.id, "", 0)
	g.must(err)
}

// tell does what was left for afterwards.
func (g *gathering) tell() {
	g.t.Helper()
	for _, id := range g.queued {
		g.must(g.programmes.Tell(g.t.Context(), id))
	}
	g.queued = nil
}

func (g *gathering) signUp(who access.Actor, session int64) programme.Seat {
	g.t.Helper()
	seat, _, err := g.programmes.SignUp(g.t.Context(), who, session)
	g.must(err)
	return seat
}

// line tells of people what they have in a session: "ben going, cleo waiting 1".
func (g *gathering) line(session int64, people ...access.Actor) string {
	g.t.Helper()
	out := ""
	for i, who := range people {
		mine, err := g.programmes.Mine(g.t.Context(), who, g.id)
		g.must(err)
		seat, signedUp := mine[session]
		said := "nothing"
		switch {
		case signedUp && seat.Waiting:
			said = fmt.Sprintf("waits %d", seat.Turn)
		case signedUp:
			said = "goes"
		}
		if i > 0 {
			out += ", "
		}
		out += said
	}
	return out
}

func (g *gathering) wantLine(step string, session int64, want string, people ...access.Actor) {
	g.t.Helper()
	if got := g.line(session, people...); got != want {
		g.t.Errorf("%s: %s, want %s", step, got, want)
	}
}

// mailable gives people addresses that they have confirmed.
func (g *gathering) mailable(people ...access.Actor) {
	for _, who := range people {
		g.exec("UPDATE people SET email = handle || '@example.org', email_confirmed_at = 1 WHERE id = ?", who.Person)
	}
}

// told lists letters as "kind to", since the last time.
func (g *gathering) told() []string {
	out := []string{}
	for _, l := range g.letters {
		out = append(out, l.Kind+" to "+l.To.Email)
	}
	g.letters = nil
	return out
}

// inbox lists the kinds of what is in somebody's inbox.
func (g *gathering) inbox(who access.Actor) []event.Kind {
	g.t.Helper()
	all, err := store.Events(g.db.Read(g.t.Context()), event.Inbox(who.Person), store.Span{Limit: 100})
	g.must(err)
	out := []event.Kind{}
	for _, e := range all {
		out = append(out, e.Kind)
	}
	return out
}

func london(t *testing.T, clock string) time.Time {
	t.Helper()
	loc, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", "2026-06-20 "+clock, loc)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func (g *gathering) number(query string, args ...any) int64 {
	g.t.Helper()
	var n int64
	g.must(g.db.Read(g.t.Context()).Raw(query, args...).Row().Scan(&n))
	return n
}

// poll asks something in a thread, and concludes it where wished.
func (g *gathering) poll(thread int64, conclude bool) {
	g.t.Helper()
	made, err := g.polls.Start(g.t.Context(), g.mo, thread, poll.NewPoll{Title: "Shall we?", Method: "proposal", ClosesAt: g.clock.Now().Add(72 * time.Hour)})
	g.must(err)
	if !conclude {
		return
	}
	_, err = g.polls.Close(g.t.Context(), g.mo, made.ID)
	g.must(err)
	_, err = g.polls.Conclude(g.t.Context(), g.mo, made.ID, poll.NewOutcome{Statement: "So be it."})
	g.must(err)
}
