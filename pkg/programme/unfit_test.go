package programme_test

import (
	"slices"
	"testing"

	"plenary/pkg/access"
	"plenary/pkg/event"
	"plenary/pkg/programme"
	"plenary/pkg/store"
	"plenary/pkg/testkit"
)

func TestWhatNoLongerFitsIsTakenOutOrPutNext(t *testing.T) {
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		ctx, made := t.Context(), s.start(programme.Congress)
		plan := s.plan(s.mo, made.ID)
		morning, hall := plan.Slots[0], plan.Rooms[0].ID
		for _, one := range plan.Sessions { // those that the template brings
			_, err := s.programmes.Unplace(ctx, s.mo, one.ID, 0)
			wantSaid(t, "clear", err, "yes")
		}
		var ids []int64
		for _, title := range []string{"First", "Second", "Third"} {
			one := s.session(made.ID, programme.NewSession{Title: title, Minutes: 30, Speakers: []programme.NewSomeone{{Name: "Ana"}}})
			ids = append(ids, one.ID)
			_, err := s.programmes.Place(ctx, s.mo, one.ID, programme.Placing{SlotID: morning.ID, RoomID: hall}, 0)
			wantSaid(t, "place "+title, err, "yes")
		}
		s.publish(made.ID)
		if got, err := s.programmes.MakeFit(ctx, s.mo, made.ID, true, 0); err != nil || got.Moved != nil || got.Unplaced != nil {
			t.Errorf("everything fits, and something was done: %+v, %v", got, err)
		}
		_, err := s.programmes.EditSlot(ctx, s.mo, made.ID, morning.ID, programme.SlotEdit{Ends: new(morning.Starts + 40)})
		wantSaid(t, "a slot made shorter", err, "yes")
		now := s.plan(s.mo, made.ID)
		var unfit []int64
		for _, one := range now.Unfit() {
			unfit = append(unfit, one.ID)
		}
		if !slices.Equal(unfit, ids[1:]) {
			t.Fatalf("not fitting: %v, want %v", unfit, ids[1:])
		}
		_, err = s.programmes.MakeFit(ctx, s.ben, made.ID, false, 0)
		wantSaid(t, "by a member", err, "forbidden access.needs_moderator")
		_, err = s.programmes.MakeFit(ctx, s.mo, made.ID, false, 1)
		wantSaid(t, "an older one", err, "conflict programme.edited_meanwhile")
		edits := len(s.events(event.ProgrammeEdited))
		got, err := s.programmes.MakeFit(ctx, s.mo, made.ID, true, now.Revision)
		if err != nil || !slices.Equal(got.Moved, ids[1:]) || got.Unplaced != nil {
			t.Fatalf("put next: %+v, %v", got, err)
		}
		if told := len(s.events(event.ProgrammeEdited)) - edits; told != 1 {
			t.Errorf("told %d times", told)
		}
		now = s.plan(s.mo, made.ID)
		when := programme.When(now)
		second, third := when[ids[1]], when[ids[2]]
		if len(now.Unfit()) != 0 || !second.Start.After(when[ids[0]].End) || !third.Start.Equal(second.End) {
			t.Errorf("the second is at %v, the third at %v", second, third)
		}
		clashes, err := s.programmes.Clashes(ctx, s.mo, made.ID)
		if err != nil || len(clashes) > 0 {
			t.Errorf("clashes: %+v, %v", clashes, err)
		}
		slot := now.Slots[slices.IndexFunc(now.Slots, func(one programme.Slot) bool { s2, _ := now.Session(ids[1]); return one.ID == s2.SlotID })]
		_, err = s.programmes.EditSlot(ctx, s.mo, made.ID, slot.ID, programme.SlotEdit{Ends: new(slot.Starts + 20)})
		wantSaid(t, "another slot made shorter", err, "yes")
		got, err = s.programmes.MakeFit(ctx, s.mo, made.ID, false, 0)
		if err != nil || !slices.Equal(got.Unplaced, ids[1:]) || got.Moved != nil {
			t.Errorf("taken out: %+v, %v", got, err)
		}
		if one, _ := s.plan(s.mo, made.ID).Session(ids[2]); one.SlotID != 0 {
			t.Errorf("the third is in slot %d still", one.SlotID)
		}
	})
}
