package programme_test

import (
	"errors"
	"testing"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/programme"
	"plenary/pkg/store"
	"plenary/pkg/testkit"
)

// night is an event on the last Saturday of March 2026 and the day after, when the
// clocks of London are put forward at one in the night.
func (s *stage) night() programme.Plan {
	s.t.Helper()
	made, err := s.programmes.Start(s.t.Context(), s.mo, s.thread, programme.NewProgramme{Title: "Night", Zone: "Europe/London", Bare: true, StartsOn: "2026-03-28", Days: 2})
	if err != nil {
		s.t.Fatal(err)
	}
	return s.plan(s.mo, made.ID)
}

func TestSlotsThatCannotBeAreRefusedWithAReason(t *testing.T) {
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		plan := s.night()
		ctx, saturday, sunday := t.Context(), plan.Days[0].ID, plan.Days[1].ID
		for _, c := range []struct {
			day          int64
			starts, ends programme.Minute
			want         string
		}{
			{saturday, 540, 720, "yes"},
			{saturday, 660, 780, "invalid starts=programme.slot_overlaps"},
			{saturday, 540, 600, "invalid starts=programme.slot_overlaps"},
			{saturday, 720, 780, "yes"}, // right after it
			{saturday, 800, 800, "invalid ends=programme.slot_ends"},
			{saturday, 1500, 1560, "invalid starts=programme.time"},
			{saturday, 1439, 2200, "invalid ends=programme.slot_ends"},
			{saturday, 1320, 30, "yes"},                                                           // to half past midnight
			{sunday, 0, 60, "invalid ends=programme.hour_missing starts=programme.slot_overlaps"}, // never reached: see below
			{sunday, 90, 300, "invalid starts=programme.hour_missing"},
			{sunday, 45, 75, "invalid ends=programme.hour_missing"},
			{sunday, 15, 150, "invalid starts=programme.slot_overlaps"}, // with Saturday's
			{sunday, 30, 180, "yes"},                                    // an hour and a half, by the clock two and a half
			{99999, 30, 180, "invalid day=programme.day_not_here"},
		} {
			if c.day == sunday && c.starts == 0 {
				c.want = "invalid ends=programme.hour_missing" // what there is no time for overlaps nothing
			}
			_, err := s.programmes.AddSlot(ctx, s.mo, plan.ID, programme.NewSlot{DayID: c.day, Starts: c.starts, Ends: c.ends})
			wantSaid(t, "from "+c.starts.String()+" to "+c.ends.String(), err, c.want)
		}
		now := s.plan(s.mo, plan.ID)
		last := now.Slots[len(now.Slots)-1]
		if got := now.SlotSpan(last).Minutes(); got != 90 {
			t.Errorf("over the change of the clock: %d minutes, want 90", got)
		}
		_, err := s.programmes.AddSlot(ctx, s.mo, plan.ID, programme.NewSlot{DayID: sunday, Starts: 90, Ends: 300})
		e, _ := errors.AsType[*errs.Error](err)
		if args := e.Fields["starts"].Args; args["Time"] != "01:30" || args["Day"] != "2026-03-29" || args["Before"] != "01:00" || args["After"] != "02:00" || args["Zone"] != "Europe/London" {
			t.Errorf("the missing hour is told with %v", args)
		}
		_, err = s.programmes.EditSlot(ctx, s.mo, plan.ID, last.ID, programme.SlotEdit{Ends: new(programme.Minute(110))})
		wantSaid(t, "an end that the clock never shows", err, "invalid ends=programme.hour_missing")
		_, err = s.programmes.EditSlot(ctx, s.ben, plan.ID, last.ID, programme.SlotEdit{Title: new("x")})
		wantSaid(t, "somebody who may not", err, "not_found error.not_found")
		_, err = s.programmes.EditSlot(ctx, s.mo, plan.ID, 99999, programme.SlotEdit{Title: new("x")})
		wantSaid(t, "a slot that is not there", err, "not_found error.not_found")
	})
}

func TestAnotherPlaceOrDayKeepsTheClockOnTheWall(t *testing.T) {
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		plan := s.night()
		ctx := t.Context()
		slot, err := s.programmes.AddSlot(ctx, s.mo, plan.ID, programme.NewSlot{DayID: plan.Days[1].ID, Starts: 150, Ends: 300})
		wantSaid(t, "half past two in London", err, "yes")
		_, err = s.programmes.Edit(ctx, s.mo, plan.ID, programme.Edit{Zone: new("Europe/Berlin")})
		wantSaid(t, "half past two in Berlin is not that night", err, "invalid time_zone=programme.hour_missing")
		_, err = s.programmes.Edit(ctx, s.mo, plan.ID, programme.Edit{Zone: new("America/New_York")})
		wantSaid(t, "in New York it is", err, "yes")
		now := s.plan(s.mo, plan.ID)
		if got := now.SlotSpan(slot).Start.Format("2006-01-02 15:04 -0700"); got != "2026-03-29 02:30 -0400" {
			t.Errorf("it begins at %s", got)
		}
		_, err = s.programmes.EditDay(ctx, s.mo, plan.ID, plan.Days[1].ID, programme.DayEdit{Date: new(programme.Date("2027-03-14"))})
		wantSaid(t, "on the night of New York's own change", err, "invalid date=programme.hour_missing")
		_, err = s.programmes.EditDay(ctx, s.mo, plan.ID, plan.Days[1].ID, programme.DayEdit{Date: new(programme.Date("2026-03-28"))})
		wantSaid(t, "on a day that is there", err, "invalid date=programme.day_taken")
		_, err = s.programmes.EditDay(ctx, s.mo, plan.ID, plan.Days[1].ID, programme.DayEdit{Date: new(programme.Date("2026-03-20"))})
		wantSaid(t, "before the first", err, "yes")
		if now := s.plan(s.mo, plan.ID); now.Days[0].ID != plan.Days[1].ID || now.First != "2026-03-20" {
			t.Errorf("days are %v, from %s", now.Days, now.First)
		}
	})
}

func TestWhatWasEditedMeanwhileIsNotOverwritten(t *testing.T) {
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		ctx, made := t.Context(), s.start(programme.Meeting)
		first, err := s.programmes.Edit(ctx, s.mo, made.ID, programme.Edit{Title: new("Spring"), Revision: made.Revision})
		wantSaid(t, "edit", err, "yes")
		_, err = s.programmes.Edit(ctx, s.mo, made.ID, programme.Edit{Title: new("Autumn"), Revision: made.Revision})
		wantSaid(t, "an older revision", err, "conflict programme.edited_meanwhile")
		same, err := s.programmes.Edit(ctx, s.mo, made.ID, programme.Edit{Title: new("Spring")})
		if err != nil || same.Revision != first.Revision || first.Revision != made.Revision+1 {
			t.Errorf("revisions %d, %d, %d (%v)", made.Revision, first.Revision, same.Revision, err)
		}
		item := s.plan(s.mo, made.ID).Sessions[0]
		_, err = s.programmes.EditSession(ctx, s.mo, item.ID, programme.SessionEdit{Title: new("Hello"), Version: 1})
		wantSaid(t, "edit a session", err, "yes")
		_, err = s.programmes.EditSession(ctx, s.mo, item.ID, programme.SessionEdit{Title: new("Good day"), Version: 1})
		wantSaid(t, "an older version", err, "conflict programme.edited_meanwhile")
		_, err = s.programmes.SetNotes(ctx, s.mo, item.ID, "Notes", 1)
		wantSaid(t, "notes on an older version", err, "conflict programme.edited_meanwhile")
		if told := s.events(event.ProgrammeEdited); len(told) != 0 {
			t.Errorf("a draft was told of: %v", told)
		}
	})
}

func TestACancelledEventStaysAsItIs(t *testing.T) {
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		ctx, made := t.Context(), s.start(programme.Meeting)
		_, err := s.programmes.Publish(ctx, s.mo, made.ID, "", 0)
		wantSaid(t, "publish", err, "yes")
		_, err = s.programmes.Cancel(ctx, s.mo, made.ID, " ")
		wantSaid(t, "without a reason", err, "invalid reason=field.required")
		_, err = s.programmes.Cancel(ctx, s.ben, made.ID, "Rain")
		wantSaid(t, "by a member", err, "forbidden access.needs_moderator")
		off, err := s.programmes.Cancel(ctx, s.mo, made.ID, "Rain")
		if err != nil || off.State() != access.ProgrammeCancelled || off.CancelReason != "Rain" {
			t.Errorf("cancelled: %+v, %v", off, err)
		}
		_, err = s.programmes.AddDay(ctx, s.mo, made.ID, programme.NewDay{Date: "2026-07-01"})
		wantSaid(t, "add a day", err, "conflict programme.state_cancelled")
		_, err = s.programmes.Cancel(ctx, s.mo, made.ID, "Again")
		wantSaid(t, "cancel again", err, "conflict programme.state_cancelled")
		if plan := s.plan(s.ben, made.ID); plan.CancelledAt == nil || len(plan.Sessions) != 6 {
			t.Errorf("readers meet %+v", plan)
		}
		_, err = s.programmes.Resume(ctx, s.mo, made.ID)
		wantSaid(t, "resume", err, "yes")
		_, err = s.programmes.Resume(ctx, s.mo, made.ID)
		wantSaid(t, "resume again", err, "conflict programme.state_published")
		if told := s.events(event.ProgrammeCancelled); len(told) != 1 || told[0].Item == 0 || string(told[0].Data) != `{"reason":"Rain"}` {
			t.Errorf("told: %+v", told)
		}
	})
}

func TestRoomsAreOrderedAndRemoved(t *testing.T) {
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		ctx, made := t.Context(), s.start(programme.Congress)
		plan := s.plan(s.mo, made.ID)
		hall, one, two := plan.Rooms[0].ID, plan.Rooms[1].ID, plan.Rooms[2].ID
		for want, order := range map[string][]int64{"yes": {two, hall, one}, "invalid rooms=programme.order_whole": {two, hall}} {
			wantSaid(t, "order", s.programmes.OrderRooms(ctx, s.mo, made.ID, order), want)
		}
		_, err := s.programmes.EditRoom(ctx, s.mo, made.ID, one, programme.RoomEdit{Name: new(plan.Rooms[2].Name), Capacity: new(-1)})
		wantSaid(t, "a name that is there and seats that are none", err, "invalid capacity=programme.seats_between name=programme.room_taken")
		wantSaid(t, "remove", s.programmes.RemoveRoom(ctx, s.mo, made.ID, hall), "yes")
		wantSaid(t, "remove again", s.programmes.RemoveRoom(ctx, s.mo, made.ID, hall), "not_found error.not_found")
		now := s.plan(s.mo, made.ID)
		if len(now.Rooms) != 2 || now.Rooms[0].ID != two || now.Sessions[0].RoomID != 0 || now.Sessions[0].SlotID == 0 {
			t.Errorf("rooms %v, the opening in room %d and slot %d", now.Rooms, now.Sessions[0].RoomID, now.Sessions[0].SlotID)
		}
		wantSaid(t, "remove a day", s.programmes.RemoveDay(ctx, s.mo, made.ID, now.Days[0].ID), "yes")
		if now = s.plan(s.mo, made.ID); len(now.Slots) != 7 || len(now.Sessions) != 2 || now.Sessions[1].SlotID != 0 {
			t.Errorf("%d slots, sessions %+v", len(now.Slots), now.Sessions)
		}
	})
}
