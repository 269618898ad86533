package programme_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	ical "github.com/emersion/go-ical"

	"plenary/pkg/access"
	"plenary/pkg/calendar"
	"plenary/pkg/programme"
	"plenary/pkg/store"
	"plenary/pkg/testkit"
)

// entries reads a calendar back with a parser that shares nothing with what wrote
// it: "2026-06-20T09:00 2026-06-20T10:30 Platforms CONFIRMED", in London's time, by
// their uids.
func entries(t *testing.T, plan programme.Plan, which func(programme.Session) bool) map[string]string {
	t.Helper()
	file, err := plan.Calendar("https://forum.example", "forum.example", which).Write()
	if err != nil {
		t.Fatal(err)
	}
	cal, err := ical.NewDecoder(bytes.NewReader(file)).Decode()
	if err != nil {
		t.Fatalf("%v\n%s", err, file)
	}
	out := map[string]string{}
	for _, e := range cal.Events() {
		title, _ := e.Props.Text(ical.PropSummary)
		starts, err := e.DateTimeStart(time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		ends, err := e.DateTimeEnd(time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		const clock = "2006-01-02T15:04"
		zone := london(t, "00:00").Location()
		out[e.Props.Get(ical.PropUID).Value] = fmt.Sprintf("%s %s %s %s", starts.In(zone).Format(clock), ends.In(zone).Format(clock), title, e.Props.Get(ical.PropStatus).Value)
	}
	return out
}

func (g *gathering) published() programme.Plan {
	g.t.Helper()
	plan, err := g.programmes.Published(g.t.Context(), access.Visitor(), g.id)
	g.must(err)
	return plan
}

func TestACalendarHoldsWhatWasPublished(t *testing.T) {
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		g := newGathering(t, db, access.Public)
		_, err := g.programmes.AddPerson(t.Context(), g.mo, g.platforms, programme.Speaker, programme.NewSomeone{Name: "Ana Ruiz", Affiliation: "Calders"})
		g.must(err)
		about := "Who owns *what*?\n\n- the code\n- the people"
		_, err = g.programmes.EditSession(t.Context(), g.mo, g.platforms, programme.SessionEdit{Description: &about})
		g.must(err)
		g.publish()
		first := g.published()
		uid := func(session int64) string { return fmt.Sprintf("session-%d@forum.example", session) }
		want := map[string]string{uid(g.platforms): "2026-06-20T09:00 2026-06-20T10:30 Platforms CONFIRMED", uid(g.roofs): "2026-06-20T09:00 2026-06-20T10:30 Roofs CONFIRMED"}
		if got := entries(t, first, nil); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("the calendar has %v, want %v", got, want)
		}
		entry := func(plan programme.Plan) calendar.Entry {
			all := plan.Calendar("https://forum.example", "forum.example", nil).Entries
			return all[slices.IndexFunc(all, func(e calendar.Entry) bool { return e.UID == uid(g.platforms) })]
		}
		e := entry(first)
		if e.Place != "Loft, Mechanics' Institute" || !strings.HasPrefix(e.Text, "Ana Ruiz (Calders)\nWho owns what?") || e.Link != fmt.Sprintf("https://forum.example/e/%d/s/%d", g.id, g.platforms) {
			t.Errorf("an entry is %+v", e)
		}
		g.place(g.platforms, g.late, g.loft)
		_, err = g.programmes.CancelSession(t.Context(), g.mo, g.roofs, "Rain.")
		g.must(err)
		if got := entries(t, g.published(), nil); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("before it is published again the calendar has %v, want %v", got, want)
		}
		g.publish()
		want = map[string]string{uid(g.platforms): "2026-06-20T11:00 2026-06-20T12:00 Platforms CONFIRMED", uid(g.roofs): "2026-06-20T09:00 2026-06-20T10:30 Roofs CANCELLED"}
		second := g.published()
		if got := entries(t, second, nil); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("published again the calendar has %v, want %v", got, want)
		}
		again := entry(second)
		if again.Sequence <= e.Sequence || again.UID != e.UID {
			t.Errorf("sequence %d after %d, uid %s after %s", again.Sequence, e.Sequence, again.UID, e.UID)
		}
		_, err = g.programmes.Cancel(t.Context(), g.mo, g.id, "Snow.")
		g.must(err)
		for _, line := range entries(t, g.published(), nil) {
			if !strings.HasSuffix(line, " CANCELLED") {
				t.Errorf("of a cancelled event there is %s", line)
			}
		}
	})
}

func TestAMeetingIsOneEntryWithItsAgenda(t *testing.T) {
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		g := newGathering(t, db, access.Public)
		made := g.start(programme.Meeting)
		_, err := g.programmes.Publish(t.Context(), g.mo, made.ID, "", 0)
		g.must(err)
		plan, err := g.programmes.Published(t.Context(), access.Visitor(), made.ID)
		g.must(err)
		cal := plan.Calendar("https://forum.example", "forum.example", nil)
		slots := 0
		for _, s := range plan.Slots {
			if !s.Pause {
				slots++
			}
		}
		if len(cal.Entries) != slots || slots == 0 || len(plan.Sessions) < 2 || !strings.Contains(cal.Entries[0].Text, "\n") {
			t.Errorf("%d entries for %d slots with %d items: %+v", len(cal.Entries), slots, len(plan.Sessions), cal.Entries)
		}
	})
}

func TestAPrivateCalendarIsItsOwnersUntilRevoked(t *testing.T) {
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		g := newGathering(t, db, access.Closed)
		g.publish()
		g.signUp(g.ben, g.roofs)
		none, err := g.programmes.PrivateCalendar(t.Context(), g.ben, g.id)
		if none != "" || err != nil {
			t.Errorf("before it is made there is %q, %v", none, err)
		}
		first, err := g.programmes.NewPrivateCalendar(t.Context(), g.ben, g.id)
		g.must(err)
		if kept, err := g.programmes.PrivateCalendar(t.Context(), g.ben, g.id); kept != first || err != nil {
			t.Errorf("it is kept as %q, %v", kept, err)
		}
		open := func(token string) error {
			_, _, _, err := g.programmes.ByPrivateCalendar(t.Context(), g.id, token)
			return err
		}
		plan, who, mine, err := g.programmes.ByPrivateCalendar(t.Context(), g.id, first)
		g.must(err)
		got := entries(t, plan, func(s programme.Session) bool { _, is := mine[s.ID]; return is || s.Takes(who.Person) })
		if len(got) != 1 || !strings.Contains(got[fmt.Sprintf("session-%d@forum.example", g.roofs)], "Roofs CONFIRMED") {
			t.Errorf("it has %v", got)
		}
		second, err := g.programmes.NewPrivateCalendar(t.Context(), g.ben, g.id)
		g.must(err)
		wantSaid(t, "the address of before", open(first), "not_found calendar.unknown")
		wantSaid(t, "the new one", open(second), "yes")
		wantSaid(t, "anything else", open("x"), "not_found calendar.unknown")
		_, _, _, err = g.programmes.ByPrivateCalendar(t.Context(), g.id+1, second)
		wantSaid(t, "at another programme", err, "not_found calendar.unknown")
		g.exec("DELETE FROM memberships WHERE person_id = ?", g.ben.Person)
		wantSaid(t, "of who is no member any more", open(second), "not_found error.not_found")
		g.exec("INSERT INTO memberships (group_id, person_id, role, created_at) VALUES (1, ?, 'member', 0)", g.ben.Person)
		g.exec("UPDATE people SET disabled_at = 1 WHERE id = ?", g.ben.Person)
		wantSaid(t, "of a closed account", open(second), "not_found calendar.unknown")
		g.exec("UPDATE people SET disabled_at = NULL WHERE id = ?", g.ben.Person)
		g.must(g.programmes.RevokePrivateCalendar(t.Context(), g.ben, g.id))
		wantSaid(t, "revoked", open(second), "not_found calendar.unknown")
		_, err = g.programmes.NewPrivateCalendar(t.Context(), access.Visitor(), g.id)
		wantSaid(t, "a visitor, in a closed group", err, "not_found error.not_found")
		_, err = g.programmes.NewPrivateCalendar(t.Context(), g.eve, g.id)
		wantSaid(t, "somebody outside it", err, "not_found error.not_found")
	})
}

func TestWhoCameIsNoted(t *testing.T) {
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		g := newGathering(t, db, access.Public)
		_, err := g.programmes.AddPerson(t.Context(), g.mo, g.roofs, programme.Host, programme.NewSomeone{Handle: "dan"})
		g.must(err)
		g.publish()
		g.signUp(g.ben, g.roofs)
		g.signUp(g.cleo, g.roofs)
		before, err := g.programmes.Attended(t.Context(), g.roofs)
		g.must(err)
		if before.Taken {
			t.Errorf("before anybody looked: %+v", before)
		}
		_, err = g.programmes.TakeAttendance(t.Context(), g.ben, g.roofs, programme.Attendance{})
		wantSaid(t, "by somebody who comes", err, "forbidden access.needs_moderator")
		_, err = g.programmes.TakeAttendance(t.Context(), g.dan, g.roofs, programme.Attendance{Others: new(-1)})
		wantSaid(t, "fewer than nobody", err, "invalid others=field.between")
		now, err := g.programmes.TakeAttendance(t.Context(), g.dan, g.roofs,
			programme.Attendance{Came: []int64{g.ben.Person, g.eve.Person}, Absent: []int64{g.cleo.Person}, Others: new(7)})
		g.must(err)
		if want := (programme.Attended{Taken: true, Came: 1, Absent: 1, Others: 7}); now != want || now.All() != 8 {
			t.Errorf("noted by the host: %+v, want %+v", now, want)
		}
		now, err = g.programmes.TakeAttendance(t.Context(), g.mo, g.roofs, programme.Attendance{Came: []int64{g.cleo.Person}})
		g.must(err)
		if want := (programme.Attended{Taken: true, Came: 2, Others: 7}); now != want {
			t.Errorf("corrected: %+v, want %+v", now, want)
		}
		var file bytes.Buffer
		g.must(g.programmes.WriteSignups(t.Context(), g.mo, g.id, &file))
		lines := strings.Split(strings.TrimSpace(file.String()), "\n")
		if len(lines) != 3 || !strings.HasSuffix(lines[1], ",true") || !strings.Contains(lines[1], ",Roofs,1,ben,,ben,false,") {
			t.Errorf("the file is %q", lines)
		}
		wantSaid(t, "the file for somebody outside", g.programmes.WriteSignups(t.Context(), g.eve, g.id, &file), "forbidden access.members_only")
	})
}

func TestSessionsHaveDiscussionsThatSayWhatTheySay(t *testing.T) {
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		g := newGathering(t, db, access.Public)
		_, err := g.programmes.OpenTalks(t.Context(), g.mo, g.id)
		wantSaid(t, "before it is published", err, "conflict programme.state_draft")
		g.publish()
		_, err = g.programmes.OpenTalks(t.Context(), g.ben, g.id)
		wantSaid(t, "by somebody who does not convene", err, "forbidden access.needs_moderator")
		one, err := g.programmes.OpenTalk(t.Context(), g.mo, g.platforms)
		g.must(err)
		again, err := g.programmes.OpenTalk(t.Context(), g.mo, g.platforms)
		if err != nil || again != one {
			t.Errorf("opened again it is %d, %v; was %d", again, err, one)
		}
		if n, err := g.programmes.OpenTalks(t.Context(), g.mo, g.id); n != 1 || err != nil {
			t.Errorf("of the others %d are opened, %v", n, err)
		}
		thread, err := g.forum.Thread(t.Context(), access.Visitor(), one)
		g.must(err)
		link := fmt.Sprintf("[Summer gathering](/e/%d/s/%d)", g.id, g.platforms)
		if thread.Title != "Platforms" || thread.SessionOf != g.id || thread.Body != link {
			t.Errorf("the discussion is %+v", thread)
		}
		title, about := "Platforms & roofs", "With *stress*."
		_, err = g.programmes.EditSession(t.Context(), g.mo, g.platforms, programme.SessionEdit{Title: &title, Description: &about})
		g.must(err)
		thread, err = g.forum.Thread(t.Context(), g.ben, one)
		g.must(err)
		if thread.Title != "Platforms" {
			t.Errorf("before it is published the discussion is called %s", thread.Title)
		}
		g.publish()
		g.tell()
		thread, err = g.forum.Thread(t.Context(), g.ben, one)
		g.must(err)
		if thread.Title != title || thread.Body != link+"\n\n"+about || !strings.Contains(thread.BodyHTML, "<em>stress</em>") || !strings.Contains(thread.BodyHTML, fmt.Sprintf(`href="/e/%d/s/%d"`, g.id, g.platforms)) {
			t.Errorf("renamed the discussion is %s: %s, %s", thread.Title, thread.Body, thread.BodyHTML)
		}
		s, err := g.programmes.Session(t.Context(), g.ben, g.platforms)
		g.must(err)
		g.poll(one, true)
		g.poll(one, false)
		talk, err := g.programmes.Talk(t.Context(), g.ben, s)
		g.must(err)
		if talk.Thread.ID != one || len(talk.Polls) != 1 || len(talk.Outcomes) != 1 || talk.Outcomes[0].Outcome.Statement != "So be it." {
			t.Errorf("what came of it: %+v", talk)
		}
		_, err = g.programmes.Talk(t.Context(), g.ben, programme.Session{})
		wantSaid(t, "a session without", err, "not_found error.not_found")
		_, err = g.programmes.CancelSession(t.Context(), g.mo, g.roofs, "Rain.")
		g.must(err)
		if got := slices.Collect(func(yield func(int64) bool) {
			for _, s := range g.plan(g.mo, g.id).Sessions {
				yield(s.ThreadID)
			}
		}); slices.Contains(got, 0) {
			t.Errorf("the discussions are %v", got)
		}
	})
}
