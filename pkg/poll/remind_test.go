package poll_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"plenary/pkg/access"
	"plenary/pkg/poll"
	"plenary/pkg/store"
	"plenary/pkg/testkit"
)

func TestTheRemindersOfADraftAreChangedUntilItOpens(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		never, usual, twice := []int{}, []int(nil), []int{24, 72}
		edit := func(hours []int) poll.PollEdit { return poll.PollEdit{Reminders: new(poll.HoursBefore(hours))} }
		for name, c := range map[string]struct {
			runs    time.Duration // the draft's close; it is a week where nothing is said
			given   []int
			opens   time.Duration // when it is to open by itself; 0 for by hand
			edit    poll.PollEdit
			said    string
			want    []int
			asUsual bool
		}{
			"left alone":                    {edit: poll.PollEdit{Title: new("Boat?")}, said: "yes", want: []int{24}, asUsual: true},
			"usual in a day":                {runs: day, edit: poll.PollEdit{}, said: "yes", want: never, asUsual: true},
			"usual, open for two days only": {opens: 5 * day, edit: poll.PollEdit{}, said: "yes", want: never, asUsual: true},
			"never":                         {edit: edit(never), said: "yes", want: never},
			"twice":                         {edit: edit(twice), said: "yes", want: []int{72, 24}},
			"usual again":                   {given: never, edit: edit(usual), said: "yes", want: []int{24}, asUsual: true},
			"never, and longer":             {given: never, edit: poll.PollEdit{ClosesAt: new(after(9 * day))}, said: "yes", want: never},
			"twice, and longer":             {given: twice, edit: poll.PollEdit{ClosesAt: new(after(9 * day))}, said: "yes", want: []int{72, 24}},
			"a day, and shorter":            {given: []int{24}, edit: poll.PollEdit{ClosesAt: new(after(36 * time.Hour))}, said: "yes", want: []int{24}},
			"usual for a longer time":       {runs: day, edit: poll.PollEdit{ClosesAt: new(after(9 * day)), Reminders: new([]time.Duration(nil))}, said: "yes", want: []int{24}, asUsual: true},
			"now":                           {edit: edit([]int{7 * 24}), said: "invalid reminders=poll.reminder_past", want: []int{24}, asUsual: true},
			"at the opening":                {opens: 5 * day, edit: edit([]int{48}), said: "invalid reminders=poll.reminder_past", want: never, asUsual: true},
			"at the close":                  {edit: edit([]int{0}), said: "invalid reminders=poll.reminder_past", want: []int{24}, asUsual: true},
			"before all times":              {edit: edit([]int{1 << 62}), said: "invalid reminders=poll.reminder_past", want: []int{24}, asUsual: true},
			"six times":                     {edit: edit([]int{1, 2, 3, 4, 5, 6}), said: "invalid reminders=field.too_many", want: []int{24}, asUsual: true},
		} {
			in := proposal()
			in.Draft, in.Reminders = true, poll.HoursBefore(c.given)
			if c.runs != 0 {
				in.ClosesAt = after(c.runs)
			}
			if c.opens != 0 {
				in.OpensAt = new(after(c.opens))
			}
			draft := s.start(s.ben, in)
			_, err := s.polls.Edit(t.Context(), s.ben, draft.ID, c.edit)
			wantSaid(t, name, err, c.said)
			got := s.again(s.ben, draft)
			if diff := cmp.Diff(c.want, got.ReminderHours()); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
			if got.RemindsAsUsual() != c.asUsual {
				t.Errorf("%s: as usual is %t", name, !c.asUsual)
			}
		}
		open := s.start(s.ben, proposal())
		_, err := s.polls.Edit(t.Context(), s.ben, open.ID, edit(never))
		wantSaid(t, "once it is open", err, "invalid reminders=poll.reminders_are_fixed")
		listed, err := s.polls.OfThread(t.Context(), s.ben, s.thread)
		if err != nil || listed[0].ReminderHours() != nil {
			t.Errorf("a list tells reminders %v, %v", listed[0].ReminderHours(), err)
		}
	})
}
