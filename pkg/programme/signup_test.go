package programme_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/event"
	"plenary/pkg/page"
	"plenary/pkg/programme"
	"plenary/pkg/store"
	"plenary/pkg/testkit"
)

func TestSeatsAreGivenInTheOrderOfComing(t *testing.T) {
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		g := newGathering(t, db, access.Public)
		_, _, err := g.programmes.SignUp(t.Context(), g.ben, g.platforms)
		wantSaid(t, "before it is published", err, "not_found error.not_found")
		_, _, err = g.programmes.SignUp(t.Context(), g.mo, g.platforms)
		wantSaid(t, "before it is published, for who convenes", err, "conflict programme.state_draft")
		g.publish()
		_, _, err = g.programmes.SignUp(t.Context(), access.Visitor(), g.platforms)
		wantSaid(t, "a visitor", err, "unauthenticated access.sign_in")

		for _, who := range []access.Actor{g.ben, g.cleo, g.dan, g.eve} { // Eve is in no group, and may read it
			g.signUp(who, g.platforms)
		}
		if again := g.signUp(g.dan, g.platforms); !again.Waiting || again.Turn != 1 {
			t.Errorf("signing up again gives %+v", again)
		}
		g.wantLine("two seats", g.platforms, "goes, goes, waits 1, waits 2", g.ben, g.cleo, g.dan, g.eve)
		events := g.events(event.SessionSignedUp)
		if last := events[len(events)-1]; len(events) != 4 || last.Actor != 0 || string(last.Data) != `{"going":2,"seats":2,"waiting":2}` {
			t.Errorf("%d events, the last %+v with %s", len(events), last, last.Data)
		}
		g.mailable(g.dan, g.eve)
		g.must(g.programmes.Leave(t.Context(), g.cleo, g.platforms))
		g.must(g.programmes.Leave(t.Context(), g.cleo, g.platforms)) // again
		g.wantLine("one has left", g.platforms, "goes, nothing, goes, waits 1", g.ben, g.cleo, g.dan, g.eve)
		if got, want := g.told(), []string{"session_seat to dan@example.org"}; !slices.Equal(got, want) {
			t.Errorf("told by mail: %v, want %v", got, want)
		}
		if got := g.inbox(g.dan); !slices.Equal(got, []event.Kind{event.SessionSeat}) {
			t.Errorf("in the inbox of who moved up: %v", got)
		}
		if got := g.inbox(g.eve); len(got) != 0 {
			t.Errorf("in the inbox of who still waits: %v", got)
		}
		if off := g.events(event.SessionSignedOff); len(off) != 1 || string(off[0].Data) != `{"going":2,"seats":2,"waiting":1}` {
			t.Errorf("leaving is told %d times, %v", len(off), off)
		}
		g.signUp(g.cleo, g.platforms)
		g.wantLine("who comes back stands last", g.platforms, "waits 2, waits 1", g.cleo, g.eve)
	})
}

func TestFiftyPeopleAtOnceGetTenSeats(t *testing.T) {
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		g := newGathering(t, db, access.Public)
		g.seats(g.roofs, 10)
		g.publish()
		var crowd []access.Actor
		for i := range 50 {
			crowd = append(crowd, g.person(fmt.Sprintf("crowd%02d", i), access.Member))
		}
		var all sync.WaitGroup
		failed := make(chan error, len(crowd))
		for _, who := range crowd {
			all.Go(func() {
				if _, _, err := g.programmes.SignUp(t.Context(), who, g.roofs); err != nil {
					failed <- err
				}
			})
		}
		all.Wait()
		close(failed)
		for err := range failed {
			t.Fatal(err)
		}
		list, err := g.programmes.Signups(t.Context(), g.mo, g.roofs, page.Page{Limit: 200})
		g.must(err)
		going := 0
		for i, one := range list.Items {
			if !one.Waiting {
				going++
			}
			if one.Place != i+1 || one.Waiting != (i >= 10) {
				t.Errorf("number %d in the line has place %d, waiting: %v", i+1, one.Place, one.Waiting)
			}
		}
		if going != 10 || len(list.Items) != 50 {
			t.Errorf("%d have seats and %d have signed up, want 10 and 50", going, len(list.Items))
		}
		// Half of those with seats leave at once: those who came next get them.
		for _, one := range list.Items[:5] {
			all.Go(func() {
				if err := g.programmes.Leave(t.Context(), access.Actor{Person: one.Person.ID}, g.roofs); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		left, err := g.programmes.Signups(t.Context(), g.mo, g.roofs, page.Page{Limit: 200})
		g.must(err)
		for i, one := range left.Items {
			if one.Place != i+6 || one.Waiting != (i >= 10) {
				t.Errorf("after some have left, number %d has place %d, waiting: %v", i+1, one.Place, one.Waiting)
			}
		}
	})
}

func TestSeatsFollowWhatIsPublished(t *testing.T) {
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		g := newGathering(t, db, access.Public)
		g.publish()
		people := []access.Actor{g.ben, g.cleo, g.dan, g.eve}
		for _, who := range people {
			g.signUp(who, g.platforms)
		}
		g.wantLine("two seats in the loft", g.platforms, "goes, goes, waits 1, waits 2", people...)
		g.seats(g.platforms, 3)
		g.signUp(g.mo, g.platforms)
		g.wantLine("what is not published does not count", g.platforms, "goes, goes, waits 1, waits 2", people...)
		g.publish()
		g.tell()
		g.wantLine("three seats", g.platforms, "goes, goes, goes, waits 1", people...)
		g.seats(g.platforms, 1)
		g.publish()
		g.tell()
		g.wantLine("nobody loses a seat", g.platforms, "goes, goes, goes, waits 1", people...)
		g.must(g.programmes.Leave(t.Context(), g.ben, g.platforms))
		g.wantLine("a seat too many is not given again", g.platforms, "goes, goes, waits 1", g.cleo, g.dan, g.eve)
		g.seats(g.platforms, 0)
		g.place(g.platforms, g.early, g.hall)
		g.publish()
		g.tell()
		g.wantLine("in a hall of any size", g.platforms, "goes, goes, goes, goes", g.cleo, g.dan, g.eve, g.mo)
	})
}

func TestSigningUpForTwoThingsAtOnceIsToldAndAllowed(t *testing.T) {
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		g := newGathering(t, db, access.Public)
		later := g.session("Songs", g.late, g.hall)
		g.publish()
		g.signUp(g.ben, g.platforms)
		_, clash, err := g.programmes.SignUp(t.Context(), g.ben, later)
		g.must(err)
		if len(clash) != 0 {
			t.Errorf("what follows clashes with %v", clash)
		}
		_, clash, err = g.programmes.SignUp(t.Context(), g.ben, g.roofs)
		g.must(err)
		if len(clash) != 1 || clash[0].ID != g.platforms {
			t.Errorf("what is at the same time clashes with %v", clash)
		}
		g.wantLine("both", g.platforms, "goes", g.ben)
		g.wantLine("both", g.roofs, "goes", g.ben)
	})
}

func TestNobodySignsUpForWhatTakesNobody(t *testing.T) {
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		g := newGathering(t, db, access.Closed)
		g.publish()
		late := g.session("Added since", g.late, g.hall)
		sign := func(who access.Actor, session int64) error {
			_, _, err := g.programmes.SignUp(t.Context(), who, session)
			return err
		}
		wantSaid(t, "somebody outside a closed group", sign(g.eve, g.platforms), "not_found error.not_found")
		wantSaid(t, "a session that does not exist", sign(g.ben, 999_999), "not_found error.not_found")
		wantSaid(t, "a session added since", sign(g.ben, late), "not_found error.not_found")
		wantSaid(t, "the same, for who convenes", sign(g.mo, late), "conflict attend.not_published")
		g.signUp(g.ben, g.platforms)
		_, err := g.programmes.CancelSession(t.Context(), g.mo, g.platforms, "The speaker is ill.")
		g.must(err)
		wantSaid(t, "a session that was cancelled", sign(g.cleo, g.platforms), "conflict programme.session_cancelled")
		g.must(g.programmes.Leave(t.Context(), g.ben, g.platforms)) // which one always may
		off := false
		_, err = g.programmes.Edit(t.Context(), g.mo, g.id, programme.Edit{TakesSignups: &off})
		g.must(err)
		wantSaid(t, "where nobody signs up", sign(g.cleo, g.roofs), "conflict programme.no_signups")
		on := true
		_, err = g.programmes.Edit(t.Context(), g.mo, g.id, programme.Edit{TakesSignups: &on})
		g.must(err)
		g.clock.Set(london(t, "10:29"))
		g.signUp(g.cleo, g.roofs)
		g.clock.Set(london(t, "10:30"))
		wantSaid(t, "when it is over", sign(g.dan, g.roofs), "conflict attend.over")
		_, err = g.programmes.Cancel(t.Context(), g.mo, g.id, "Snow.")
		g.must(err)
		wantSaid(t, "an event that was cancelled", sign(g.dan, g.platforms), "conflict programme.state_cancelled")
	})
}

func TestTheListOfThoseWhoComeIsForMembersAndPaged(t *testing.T) {
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		g := newGathering(t, db, access.Public)
		g.publish()
		for _, who := range []access.Actor{g.ben, g.cleo, g.dan, g.eve} {
			g.signUp(who, g.platforms)
		}
		g.signUp(g.dan, g.roofs)
		_, err := g.programmes.Signups(t.Context(), g.eve, g.platforms, page.Page{})
		wantSaid(t, "somebody outside the group", err, "forbidden access.members_only")
		_, err = g.programmes.SignupsOf(t.Context(), access.Visitor(), g.id, page.Page{})
		wantSaid(t, "a visitor", err, "unauthenticated access.sign_in")
		var seen []string
		for at := (page.Page{Limit: 2}); ; {
			list, err := g.programmes.SignupsOf(t.Context(), g.ben, g.id, at)
			g.must(err)
			for _, one := range list.Items {
				seen = append(seen, fmt.Sprintf("%s %v", one.Person.Handle, one.Waiting))
			}
			if at.Cursor = list.Next; at.Cursor == "" {
				break
			}
		}
		if want := []string{"ben false", "cleo false", "dan true", "eve true", "dan false"}; !slices.Equal(seen, want) {
			t.Errorf("page by page: %v, want %v", seen, want)
		}
	})
}

func TestWhatIsAheadOfSomebody(t *testing.T) {
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		g := newGathering(t, db, access.Public)
		songs := g.session("Songs", g.late, g.hall)
		_, err := g.programmes.AddPerson(t.Context(), g.mo, songs, programme.Speaker, programme.NewSomeone{Handle: "ben"})
		g.must(err)
		g.publish()
		g.signUp(g.ben, g.platforms)
		g.signUp(g.ben, g.roofs)
		_, err = g.programmes.CancelSession(t.Context(), g.mo, g.roofs, "Rain.")
		g.must(err)
		g.publish()
		ahead := func(at string) []string {
			t.Helper()
			g.clock.Set(london(t, at))
			list, err := g.programmes.Ahead(t.Context(), g.ben, london(t, at).Add(72*time.Hour), 10)
			g.must(err)
			out := []string{}
			for _, one := range list {
				out = append(out, fmt.Sprintf("%s %s %s takes:%v seat:%v", one.Session.Title, one.Span.Start.Format("15:04"), one.Room, one.Takes, one.Seat != nil))
			}
			return out
		}
		if got, want := ahead("08:00"), []string{"Platforms 09:00 Loft takes:false seat:true", "Songs 11:00 Hall takes:true seat:false"}; !slices.Equal(got, want) {
			t.Errorf("in the morning: %v, want %v", got, want)
		}
		if got, want := ahead("10:30"), []string{"Songs 11:00 Hall takes:true seat:false"}; !slices.Equal(got, want) {
			t.Errorf("later: %v, want %v", got, want)
		}
		if got := ahead("12:00"); len(got) != 0 {
			t.Errorf("afterwards: %v", got)
		}
		if nobody, err := g.programmes.Ahead(t.Context(), access.Visitor(), start, 10); err != nil || len(nobody) != 0 {
			t.Errorf("a visitor has %v ahead, %v", nobody, err)
		}
	})
}
