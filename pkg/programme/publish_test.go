package programme_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/i18n"
	"plenary/pkg/page"
	"plenary/pkg/programme"
	"plenary/pkg/store"
	"plenary/pkg/testkit"
)

func TestReadersMeetWhatWasPublishedLast(t *testing.T) {
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		ctx, made := t.Context(), s.start(programme.Congress)
		plan := s.plan(s.mo, made.ID)
		_, err := s.programmes.Publish(ctx, s.ben, made.ID, "", 0)
		wantSaid(t, "by a member", err, "not_found error.not_found")
		_, err = s.programmes.Publish(ctx, s.mo, made.ID, "", made.Revision+1)
		wantSaid(t, "another revision", err, "conflict programme.edited_meanwhile")
		one := s.session(made.ID, programme.NewSession{Title: "One", Confirmed: true, Speakers: []programme.NewSomeone{{Handle: "dan"}}})
		if v := s.publish(made.ID); v.Number != 1 || len(v.Changes) != 0 {
			t.Errorf("the first version: %+v", v)
		}
		_, err = s.programmes.Publish(ctx, s.mo, made.ID, "", 0)
		wantSaid(t, "nothing new", err, "conflict programme.nothing_new")

		morning, late, hall, small := plan.Slots[0], plan.Slots[2], plan.Rooms[0], plan.Rooms[1]
		_, err = s.programmes.Place(ctx, s.mo, one.ID, programme.Placing{SlotID: late.ID, RoomID: small.ID}, 0)
		wantSaid(t, "place", err, "yes")
		_, err = s.programmes.EditSession(ctx, s.mo, one.ID, programme.SessionEdit{Title: new("The one")})
		wantSaid(t, "retitle", err, "yes")
		_, err = s.programmes.Edit(ctx, s.mo, made.ID, programme.Edit{Title: new("Winter gathering"), Place: new("The mill")})
		wantSaid(t, "edit", err, "yes")
		_, err = s.programmes.SetNotes(ctx, s.mo, one.ID, "It was *good*", 0)
		wantSaid(t, "notes", err, "yes")
		public := s.plan(s.ben, made.ID)
		read, _ := public.Session(one.ID)
		if public.Title != "Summer gathering" || read.Title != "One" || read.SlotID != 0 || read.Notes != "It was *good*" || public.Working {
			t.Errorf("readers meet %q with %+v", public.Title, read)
		}
		if head, err := s.programmes.Programme(ctx, s.ben, made.ID); err != nil || head.Title != "Summer gathering" {
			t.Errorf("its head is %q, %v", head.Title, err)
		}
		if convened, err := s.programmes.Published(ctx, s.mo, made.ID); err != nil || convened.Title != "Summer gathering" || convened.Working {
			t.Errorf("published, for who convenes: %q, %v", convened.Title, err)
		}
		pending, err := s.programmes.Changes(ctx, s.mo, made.ID)
		kinds := func(all []programme.Change) (out []programme.ChangeKind) {
			for _, c := range all {
				out = append(out, c.Kind)
			}
			return out
		}
		want := []programme.ChangeKind{programme.EventRetitled, programme.EventPlace, programme.SessionRetitled, programme.SessionMoved, programme.SessionRoom}
		if diff := cmp.Diff(want, kinds(pending.Changes)); err != nil || diff != "" || !pending.Any {
			t.Errorf("pending (%v):\n%s", err, diff)
		}
		_, err = s.programmes.Changes(ctx, s.ben, made.ID)
		wantSaid(t, "pending changes, for a member", err, "forbidden access.needs_moderator")
		if v := s.publish(made.ID); v.Number != 2 || len(v.Changes) != 5 || v.Changes[3].FromAt != nil || !v.Changes[3].ToAt.Equal(public.SlotSpan(late).Start) || v.Changes[4].To != small.Name {
			t.Errorf("the second version: %+v", v)
		}

		_, err = s.programmes.Place(ctx, s.mo, one.ID, programme.Placing{SlotID: morning.ID, RoomID: hall.ID}, 0)
		wantSaid(t, "place again", err, "yes")
		_, err = s.programmes.AddPerson(ctx, s.mo, one.ID, programme.Host, programme.NewSomeone{Name: "Ana"})
		wantSaid(t, "another host", err, "yes")
		_, err = s.programmes.CancelSession(ctx, s.mo, plan.Sessions[0].ID, "Rain")
		wantSaid(t, "cancel", err, "yes")
		v := s.publish(made.ID)
		want = []programme.ChangeKind{programme.SessionCancelled, programme.SessionMoved, programme.SessionRoom, programme.SessionPeople}
		if diff := cmp.Diff(want, kinds(v.Changes)); diff != "" || v.Changes[0].Reason != "Rain" {
			t.Errorf("the third version:\n%s%+v", diff, v.Changes)
		}
		if last := v.Changes[3]; last.From != "" || last.To != "" {
			t.Errorf("names are kept: %+v", last)
		}
		list, err := s.programmes.Versions(ctx, access.Visitor(), made.ID, page.Page{Limit: 2})
		if err != nil || len(list.Items) != 2 || list.Items[0].Number != 3 || list.Next == "" || list.Items[0].By.Handle != "mo" {
			t.Errorf("versions: %+v, %v", list, err)
		}
		_, first, err := s.programmes.Version(ctx, access.Visitor(), made.ID, 1)
		if old, _ := first.Session(one.ID); err != nil || old.Title != "One" || old.Speakers[0].Name != "dan" {
			t.Errorf("the first version again: %+v, %v", old, err)
		}
		told := s.events(event.ProgrammePublished)
		if len(told) != 3 || told[0].Item == 0 || !strings.Contains(string(told[2].Data), `"changes":4`) {
			t.Errorf("told: %+v", told)
		}
		for _, one := range s.events(event.ProgrammeEdited) {
			if one.Item != 0 {
				t.Errorf("an edit swells the timeline: %+v", one)
			}
		}
	})
}

func TestApplyingAProposalAsksWhetherItStillHolds(t *testing.T) {
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		ctx, made := t.Context(), s.start(programme.Congress)
		ids := s.propose("Boats", "Ropes", "Songs")
		for i, id := range ids {
			s.session(made.ID, programme.NewSession{Title: fmt.Sprint(i), Themes: []int64{id}})
			for _, who := range []access.Actor{s.ben, s.cleo} {
				if _, err := s.themes.Support(ctx, who, id); err != nil {
					t.Fatal(err)
				}
			}
		}
		_, err := s.programmes.Proposal(ctx, s.ben, made.ID, programme.Wish{})
		wantSaid(t, "by a member", err, "not_found error.not_found")
		got, err := s.programmes.Proposal(ctx, s.mo, made.ID, programme.Wish{})
		if err != nil || len(got.Moves) != 3 || got.After.Torn != 0 || !got.Proven {
			t.Fatalf("proposal: %+v, %v", got, err)
		}
		s.session(made.ID, programme.NewSession{Title: "Meanwhile"})
		wantSaid(t, "after a change", s.programmes.Apply(ctx, s.mo, made.ID, got.Moves, got.Revision), "conflict programme.edited_meanwhile")
		got, err = s.programmes.Proposal(ctx, s.mo, made.ID, programme.Wish{})
		wantSaid(t, "again", err, "yes")
		wantSaid(t, "by a member", s.programmes.Apply(ctx, s.ben, made.ID, got.Moves, got.Revision), "not_found error.not_found")
		wantSaid(t, "apply", s.programmes.Apply(ctx, s.mo, made.ID, got.Moves, got.Revision), "yes")
		clashes, err := s.programmes.Clashes(ctx, s.mo, made.ID)
		if err != nil || len(clashes) != 0 {
			t.Errorf("clashes: %+v, %v", clashes, err)
		}
		for _, one := range s.plan(s.mo, made.ID).Sessions {
			if one.SlotID == 0 {
				t.Errorf("%q has no place", one.Title)
			}
		}
		if told := s.events(event.ThemeScheduled); len(told) != 3 {
			t.Errorf("%d themes are scheduled", len(told))
		}
	})
}

func TestWhatClashes(t *testing.T) {
	t.Parallel()
	ana, also := []programme.Someone{{Name: "Ana Čížková"}}, []programme.Someone{{Name: " ana  čížková"}}
	type session = programme.Session
	theme := func(ids ...int64) (out []programme.ThemeRef) {
		for _, id := range ids {
			out = append(out, programme.ThemeRef{ID: id})
		}
		return out
	}
	crowd := programme.Crowd{1: {1, 2, 3}, 2: {2, 3, 4}, 3: {9}}
	for name, c := range map[string]struct {
		plan programme.Plan
		want []string
	}{
		"nothing":              {day("2026-06-20", 540, 720, session{RoomID: 1, Minutes: 60}, session{RoomID: 1, Minutes: 60}, session{RoomID: 2, Minutes: 60}), nil},
		"one room":             {day("2026-06-20", 540, 720, session{RoomID: 1, Minutes: 60}, session{RoomID: 1, Minutes: 60, Begins: new(30)}), []string{"room [1 2] 0 0"}},
		"end to end":           {day("2026-06-20", 540, 720, session{RoomID: 1, Minutes: 60}, session{RoomID: 1, Minutes: 60, Begins: new(60)}), nil},
		"a speaker":            {day("2026-06-20", 540, 720, session{RoomID: 1, Minutes: 60, Speakers: ana}, session{RoomID: 2, Minutes: 60, Hosts: also}), []string{"person [1 2] 0 0"}},
		"a speaker, later":     {day("2026-06-20", 540, 720, session{RoomID: 1, Minutes: 60, Speakers: ana}, session{RoomID: 2, Minutes: 60, Begins: new(60), Hosts: also}), nil},
		"people":               {day("2026-06-20", 540, 720, session{RoomID: 1, Themes: theme(1)}, session{RoomID: 2, Themes: theme(2, 3)}), []string{"torn [1 2] 2 0"}},
		"nobody in both":       {day("2026-06-20", 540, 720, session{RoomID: 1, Themes: theme(1)}, session{RoomID: 2, Themes: theme(3)}), nil},
		"seats of the session": {day("2026-06-20", 540, 720, session{RoomID: 1, Capacity: 2, Going: 2, Waiting: 3}), []string{"capacity [1] 5 2"}},
		"supporters before anybody has signed up": {day("2026-06-20", 540, 720, session{RoomID: 1, Capacity: 2, Themes: theme(1)}), []string{"capacity [1] 3 2"}},
		"enough seats":             {day("2026-06-20", 540, 720, session{RoomID: 1, Capacity: 3, Themes: theme(1)}), nil},
		"out of its slot":          {day("2026-06-20", 540, 720, session{RoomID: 1, Minutes: 120}, session{RoomID: 1, Minutes: 100}), []string{"outside [2] 40 0"}},
		"an hour that comes twice": {day("2026-10-25", 90, 240, session{RoomID: 1}), []string{"doubled [] 0 0"}},
		"in a room and everywhere": {day("2026-06-20", 540, 720, session{}, session{RoomID: 1}), nil},
	} {
		var got []string
		for _, clash := range programme.Clashes(c.plan, crowd) {
			got = append(got, fmt.Sprint(clash.Kind, " ", clash.Sessions, " ", clash.Count, " ", clash.Seats))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
	off := day("2026-06-20", 540, 720, session{RoomID: 1, Minutes: 60, Speakers: ana}, session{RoomID: 1, Minutes: 60, Begins: new(0), Speakers: ana})
	off.Sessions[0].State = programme.Cancelled
	if got := programme.Clashes(off, crowd); len(got) != 0 {
		t.Errorf("a cancelled one clashes: %+v", got)
	}
	full := day("2026-06-20", 540, 720, session{RoomID: 1, Capacity: 40})
	full.Rooms[0].Capacity = 30
	if got := programme.Clashes(full, nil); len(got) != 1 || got[0].Count != 40 || got[0].Seats != 30 || got[0].Room != "Hall" {
		t.Errorf("more places than seats: %+v", got)
	}
}

func TestEveryClashHasWords(t *testing.T) {
	t.Parallel()
	bundle, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	words := bundle.Localizer("en")
	for kind, want := range map[programme.ClashKind]string{
		programme.RoomClash:     "“Boats” and “Ropes” are both in Hall at the same time.",
		programme.PersonClash:   "Ana is needed in “Boats” and in “Ropes” at the same time.",
		programme.CapacityClash: "1 person comes to “Boats”, for which there are 9 seats.",
		programme.TornClash:     "1 person supports what “Boats” and “Ropes” are about, which are at the same time.",
		programme.OutsideClash:  "“Boats” is outside of its slot by 1 minute.",
		programme.DoubledHour:   "The clock shows 01:30 twice on that day, because it is put back. The first time is meant.",
	} {
		text := programme.Clash{Kind: kind, Titles: []string{"Boats", "Ropes"}, Room: "Hall", Person: "Ana", Count: 1, Seats: 9, Time: "01:30"}.Text()
		if got := words.T(text.Code, text.Args); got != want {
			t.Errorf("%s: got %q, want %q", kind, got, want)
		}
	}
}

// everybody who edits one programme at once loses nothing: what is refused is told.
func TestManyHandsOnOneProgramme(t *testing.T) {
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		made := s.start(programme.Meeting)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		refused := make(chan error, 8)
		for i := range 8 {
			go func() {
				_, err := s.programmes.AddRoom(ctx, s.mo, made.ID, programme.NewRoom{Name: fmt.Sprint("Room ", i/2)})
				refused <- err
			}()
		}
		taken := 0
		for range 8 {
			if err := <-refused; err != nil {
				taken++
				if !errs.Is(err, errs.Invalid) {
					t.Errorf("refused with %v", err)
				}
			}
		}
		plan := s.plan(s.mo, made.ID)
		if len(plan.Rooms) != 4 || taken != 4 || plan.Revision != made.Revision+4 {
			t.Errorf("%d rooms, %d refused, revision %d", len(plan.Rooms), taken, plan.Revision-made.Revision)
		}
		for i, room := range plan.Rooms {
			if room.Position != i+1 {
				t.Errorf("positions of %v", plan.Rooms)
			}
		}
	})
}
