package programme_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"plenary/pkg/access"
	"plenary/pkg/event"
	"plenary/pkg/mail"
	"plenary/pkg/programme"
	"plenary/pkg/store"
	"plenary/pkg/testkit"
)

// changes are what a letter tells, as "mail.session_moved Platforms".
func changesIn(t *testing.T, l mail.Letter) []string {
	t.Helper()
	out := []string{}
	for i := 1; ; i++ {
		arg, there := l.Args[fmt.Sprintf("Change%dSentence", i)]
		if !there {
			return out
		}
		s, err := mail.ParseSentence(arg)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, strings.TrimPrefix(s.Code, "mail.session_")+" "+s.Texts["Session"].Text)
	}
}

func TestThoseWhoComeAreToldWhatHasChangedForThem(t *testing.T) {
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		g := newGathering(t, db, access.Public)
		songs, walk := g.session("Songs", g.late, g.hall), g.session("Walk", g.late, 0)
		g.publish()
		g.tell()
		if got := g.told(); len(got) != 0 {
			t.Errorf("of the first version are told: %v", got)
		}
		g.mailable(g.mo, g.ben, g.cleo, g.dan)
		for session, people := range map[int64][]access.Actor{g.platforms: {g.ben, g.cleo}, g.roofs: {g.cleo}, songs: {g.dan}, walk: {g.eve, g.mo}} {
			for _, who := range people {
				g.signUp(who, session)
			}
		}
		g.exec("INSERT INTO poll_mails (person_id, group_id, wants, token) VALUES (?, 1, 'none', 'x')", g.dan.Person)
		g.place(g.platforms, g.late, g.hall)
		_, err := g.programmes.CancelSession(t.Context(), g.mo, g.roofs, "The speaker is ill.")
		g.must(err)
		renamed := "Songs and dances"
		_, err = g.programmes.EditSession(t.Context(), g.mo, songs, programme.SessionEdit{Title: &renamed})
		g.must(err)
		g.place(walk, g.late, g.loft)
		g.publish()
		g.tell()
		byMail := map[string][]string{}
		for _, l := range g.letters {
			byMail[l.To.Email] = changesIn(t, l)
			if l.Kind != "sessions_changed" || !strings.HasPrefix(l.Args["UnsubscribePath"], "/unsubscribe/") || l.Args["Event"] != "Summer gathering" {
				t.Errorf("a letter of kind %s with %v", l.Kind, l.Args)
			}
		}
		want := map[string][]string{"ben@example.org": {"moved Platforms"}, "cleo@example.org": {"moved Platforms", "cancelled Roofs"}}
		if fmt.Sprint(byMail) != fmt.Sprint(want) {
			t.Errorf("told by mail: %v, want %v", byMail, want)
		}
		// Who publishes knows, who wants no mails gets none, who has no address neither.
		for who, want := range map[*access.Actor]int{&g.mo: 0, &g.ben: 1, &g.cleo: 2, &g.dan: 1, &g.eve: 1} {
			if got := g.inbox(*who); len(got) != want || slices.ContainsFunc(got, func(k event.Kind) bool { return k != event.SessionMoved }) {
				t.Errorf("in the inbox of %d: %v, want %d", who.Person, got, want)
			}
		}
		if n := g.number("SELECT COUNT(*) FROM programme_tellings"); n != 0 {
			t.Errorf("%d tellings are left", n)
		}
	})
}

func TestWhatWasNotToldYetIsToldTogether(t *testing.T) {
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		g := newGathering(t, db, access.Public)
		g.publish()
		g.tell()
		g.mailable(g.ben, g.cleo)
		g.signUp(g.ben, g.platforms)
		g.signUp(g.cleo, g.roofs)
		g.place(g.platforms, g.late, g.loft)
		g.place(g.roofs, g.late, g.hall)
		g.publish()
		g.place(g.platforms, g.early, g.loft) // and back
		g.publish()
		g.tell()
		if got, want := g.told(), []string{"sessions_changed to cleo@example.org"}; !slices.Equal(got, want) {
			t.Errorf("told: %v, want %v", got, want)
		}
	})
}

func TestACancelledEventIsToldToAllWhoCome(t *testing.T) {
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		g := newGathering(t, db, access.Public)
		_, err := g.programmes.AddPerson(t.Context(), g.mo, g.roofs, programme.Speaker, programme.NewSomeone{Handle: "dan"})
		g.must(err)
		g.publish()
		g.mailable(g.ben, g.cleo, g.dan)
		g.signUp(g.ben, g.platforms)
		g.signUp(g.ben, g.roofs)
		_, err = g.programmes.Cancel(t.Context(), g.mo, g.id, "Snow everywhere.")
		g.must(err)
		g.tell()
		if l := g.letters; len(l) != 2 || l[0].Args["Reason"] != "Snow everywhere." || l[0].Args["Path"] != fmt.Sprintf("/e/%d", g.id) {
			t.Errorf("the letters are %+v", l)
		}
		if got, want := g.told(), []string{"event_cancelled to ben@example.org", "event_cancelled to dan@example.org"}; !slices.Equal(got, want) {
			t.Errorf("told: %v, want %v", got, want)
		}
		_, err = g.programmes.Resume(t.Context(), g.mo, g.id)
		g.must(err)
		g.tell()
		if got, want := g.told(), []string{"event_resumed to ben@example.org", "event_resumed to dan@example.org"}; !slices.Equal(got, want) {
			t.Errorf("told: %v, want %v", got, want)
		}
		if got := g.inbox(g.ben); !slices.Equal(got, []event.Kind{event.ProgrammeCancelled, event.ProgrammeResumed}) {
			t.Errorf("in the inbox: %v", got)
		}
		_, err = g.programmes.Cancel(t.Context(), g.mo, g.id, "Snow everywhere.")
		g.must(err)
		_, err = g.programmes.Resume(t.Context(), g.mo, g.id)
		g.must(err)
		late := g.queued[:1]
		g.queued = nil
		g.must(g.programmes.Tell(t.Context(), late[0]))
		if got := g.told(); len(got) != 0 {
			t.Errorf("of a cancelling that was taken back are told: %v", got)
		}
	})
}

func TestNobodyIsToldOfWhatTheyMayNotReadOrIsOver(t *testing.T) {
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		g := newGathering(t, db, access.Closed)
		g.publish()
		g.mailable(g.ben, g.cleo)
		g.signUp(g.ben, g.platforms)
		g.signUp(g.cleo, g.platforms)
		g.exec("DELETE FROM memberships WHERE person_id = ?", g.ben.Person)
		g.place(g.platforms, g.late, g.loft)
		g.publish()
		g.tell()
		if got, want := g.told(), []string{"sessions_changed to cleo@example.org"}; !slices.Equal(got, want) {
			t.Errorf("told: %v, want %v", got, want)
		}
		g.clock.Set(london(t, "12:00"))
		_, err := g.programmes.CancelSession(t.Context(), g.mo, g.platforms, "It was.")
		g.must(err)
		g.publish()
		g.tell()
		if got := g.told(); len(got) != 0 {
			t.Errorf("of what is over are told: %v", got)
		}
	})
}

// However often telling is cut short, everybody is told once.
func TestEverybodyIsToldOnceWhateverHappensMeanwhile(t *testing.T) {
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		g := newGathering(t, db, access.Public)
		g.publish()
		const crowd = 230 // three rounds
		var people []access.Actor
		for i := range crowd {
			people = append(people, g.person(fmt.Sprintf("crowd%03d", i), access.Member))
		}
		g.mailable(people...)
		for i, who := range people {
			g.exec("INSERT INTO programme_signups (session_id, person_id, place, waiting, at) VALUES (?, ?, ?, ?, 0)", g.roofs, who.Person, i+1, false)
		}
		g.place(g.roofs, g.late, g.hall)
		g.publish()
		left := 0
		g.postBox = func(mail.Letter) error {
			if left--; left == 0 {
				return errors.New("the machine is gone")
			}
			return nil
		}
		for _, stop := range []int{1, 50, 101, 120, 400} {
			left = stop
			err := g.programmes.Tell(t.Context(), g.queued[len(g.queued)-1])
			if (err != nil) != (stop < 400) {
				t.Fatalf("stopped after %d letters: %v", stop, err)
			}
		}
		to := g.told()
		slices.Sort(to)
		if n := len(slices.Compact(slices.Clone(to))); len(to) != crowd || n != crowd {
			t.Errorf("%d letters to %d people, want one to each of %d", len(to), n, crowd)
		}
		if got := g.inbox(people[crowd-1]); len(got) != 1 {
			t.Errorf("the last one is told %d times in the inbox", len(got))
		}
		g.must(g.programmes.Tell(t.Context(), g.queued[len(g.queued)-1]))
		if again := g.told(); len(again) != 0 {
			t.Errorf("when it is done, %d are told again", len(again))
		}
	})
}
