package programme_test

import (
	"strings"
	"testing"

	"plenary/pkg/access"
	"plenary/pkg/page"
	"plenary/pkg/programme"
	"plenary/pkg/store"
	"plenary/pkg/testkit"
)

func TestTemplatesBringWhatSuits(t *testing.T) {
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		for template, want := range map[programme.Template][4]int{ // days, rooms, slots, sessions
			programme.Meeting: {1, 0, 1, 6}, programme.Assembly: {1, 1, 4, 7}, programme.OpenSpace: {1, 4, 7, 2}, programme.Congress: {2, 3, 14, 2},
		} {
			made := s.start(template)
			plan := s.plan(s.mo, made.ID)
			if got := [4]int{len(plan.Days), len(plan.Rooms), len(plan.Slots), len(plan.Sessions)}; got != want {
				t.Errorf("%s: got %v days, rooms, slots and sessions, want %v", template, got, want)
			}
			if made.First != "2026-06-20" || made.State() != access.ProgrammeDraft {
				t.Errorf("%s: begins on %s in state %s", template, made.First, made.State())
			}
			for id, span := range programme.When(plan) {
				one, _ := plan.Session(id)
				slot, _ := plan.Slot(one.SlotID)
				if !span.Within(plan.SlotSpan(slot)) {
					t.Errorf("%s: %q runs out of its slot: %v", template, one.Title, span)
				}
			}
		}
	})
}

func TestWhoStartsProgrammesAndWhoKnowsOfThem(t *testing.T) {
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		ctx := t.Context()
		in := programme.NewProgramme{Title: "Gathering", Zone: "Europe/London", StartsOn: "2026-06-20"}
		for who, want := range map[access.Actor]string{s.mo: "yes", s.ben: "forbidden access.needs_moderator", s.eve: "forbidden access.members_only",
			access.Visitor(): "unauthenticated access.sign_in"} {
			_, err := s.programmes.Start(ctx, who, s.thread, in)
			wantSaid(t, "in a thread", err, want)
			_, err = s.programmes.StartInGroup(ctx, who, "harbour", in, programme.Hall{Visibility: access.Public})
			wantSaid(t, "in a group", err, want)
		}
		s.exec("UPDATE groups SET permissions = 'plan_programmes=member'")
		made, err := s.programmes.Start(ctx, s.ben, s.thread, in)
		wantSaid(t, "where members may", err, "yes")
		for who, want := range map[access.Actor]string{s.mo: "yes", s.ben: "yes", s.cleo: "not_found error.not_found", s.eve: "not_found error.not_found",
			access.Visitor(): "not_found error.not_found"} {
			_, err := s.programmes.Plan(ctx, who, made.ID)
			wantSaid(t, "read a draft", err, want)
			listed, err := s.programmes.OfThread(ctx, who, s.thread)
			if seen := len(listed) > 0 && listed[0].ID == made.ID; err != nil || seen != (want == "yes") {
				t.Errorf("%v lists the draft: %v (%v)", who, seen, err)
			}
			inGroup, err := s.programmes.OfGroup(ctx, who, "harbour", page.Page{})
			if seen := len(inGroup.Items) > 0; err != nil || seen != (want == "yes") {
				t.Errorf("%v lists the drafts of the group: %v (%v)", who, seen, err)
			}
		}
	})
}

func TestWhatIsWrongWithANewProgrammeIsSaid(t *testing.T) {
	s := newStage(t, testkit.SQLite(t), access.Public)
	for want, in := range map[string]programme.NewProgramme{
		"invalid starts_on=field.required time_zone=field.required title=field.required":        {},
		"invalid link=programme.link_web starts_on=field.date time_zone=programme.zone_unknown": {Title: "A", Zone: "Europe/Atlantis", StartsOn: "2026-02-30", Link: "javascript:x"},
		"invalid days=programme.days_between":                                                   {Title: "A", Zone: "UTC", StartsOn: "2026-02-20", Days: 40},
		"invalid days=programme.day_taken template=field.choose":                                {Title: "A", Zone: "UTC", Template: "party", Dates: []programme.NewDay{{Date: "2026-02-20"}, {Date: "2026-02-21"}, {Date: "2026-02-20"}}},
		"invalid starts_on=programme.day_far":                                                   {Title: "A", Zone: "Europe/London", StartsOn: "0001-01-01"},
		"invalid time_zone=programme.zone_unknown":                                              {Title: "A", Zone: "Local", StartsOn: "2026-02-20"},
		"invalid title=field.too_long":                                                          {Title: strings.Repeat("x", 300), Zone: "UTC", StartsOn: "2026-02-20"},
	} {
		_, err := s.programmes.Start(t.Context(), s.mo, s.thread, in)
		wantSaid(t, "start", err, want)
	}
	made, err := s.programmes.Start(t.Context(), s.mo, s.thread, programme.NewProgramme{Title: "A", Zone: "UTC", Bare: true,
		Dates: []programme.NewDay{{Date: "2026-02-21"}, {Date: "2026-02-20", Title: "First"}}})
	wantSaid(t, "days out of order", err, "yes")
	if plan := s.plan(s.mo, made.ID); plan.Days[0].Title != "First" || len(plan.Slots) != 0 {
		t.Errorf("days in order: %v, slots %v", plan.Days, plan.Slots)
	}
}
