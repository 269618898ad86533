package programme_test

import (
	"testing"

	"plenary/pkg/access"
	"plenary/pkg/programme"
	"plenary/pkg/store"
	"plenary/pkg/testkit"
)

func TestAPersonWithAnAccountAndTheSameNameTypedAreAskedAbout(t *testing.T) {
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		ctx, made := t.Context(), s.start(programme.Congress)
		s.exec("UPDATE people SET name = 'Ana Čížková' WHERE id = ?", s.ben.Person)
		plan := s.plan(s.mo, made.ID)
		morning := plan.Slots[0].ID
		at := func(in programme.NewSession, room int) programme.Session {
			one := s.session(made.ID, in)
			_, err := s.programmes.Place(ctx, s.mo, one.ID, programme.Placing{SlotID: morning, RoomID: plan.Rooms[room].ID}, 0)
			wantSaid(t, "place", err, "yes")
			return one
		}
		named := at(programme.NewSession{Title: "Named", Speakers: []programme.NewSomeone{{Name: "ana  cizkova", Affiliation: "Coop"}, {Name: "Zoë"}}}, 1)
		both := at(programme.NewSession{Title: "Both", Speakers: []programme.NewSomeone{{Handle: "ben"}, {Name: "Ana Cizkova"}}, Minutes: 20}, 2)
		kinds := func() (person, perhaps int) {
			clashes, err := s.programmes.Clashes(ctx, s.mo, made.ID)
			wantSaid(t, "clashes", err, "yes")
			for _, c := range clashes {
				switch c.Kind {
				case programme.PersonClash:
					person++
				case programme.PerhapsClash:
					perhaps++
				}
			}
			return person, perhaps
		}
		// Typed alike but for the case they are one; the account may be another.
		if person, perhaps := kinds(); person != 1 || perhaps != 1 {
			t.Errorf("%d clashes for certain and %d perhaps", person, perhaps)
		}
		found, err := s.programmes.Namesakes(ctx, s.mo, made.ID)
		if err != nil || len(found) != 1 || found[0].Person.Handle != "ben" || len(found[0].Sessions) != 2 {
			t.Fatalf("namesakes: %+v, %v", found, err)
		}
		_, err = s.programmes.Namesakes(ctx, s.ben, made.ID)
		wantSaid(t, "asked by a member", err, "not_found error.not_found")
		wantSaid(t, "settled by a member", s.programmes.Settle(ctx, s.ben, made.ID, found[0].Name, "ben", true), "not_found error.not_found")
		wantSaid(t, "somebody else", s.programmes.Settle(ctx, s.mo, made.ID, "Zoë", "ben", true), "invalid handle=programme.no_namesake")
		wantSaid(t, "the same", s.programmes.Settle(ctx, s.mo, made.ID, "Ana Cizkova", "@ben", true), "yes")
		one, err := s.programmes.Working(ctx, s.mo, named.ID)
		if err != nil || one.Speakers[0].Person == nil || one.Speakers[0].Person.ID != s.ben.Person || one.Speakers[0].ID != named.Speakers[0].ID || one.Version != named.Version+1 {
			t.Errorf("linked: %+v, %v", one.Speakers, err)
		}
		if one, _ = s.programmes.Working(ctx, s.mo, both.ID); len(one.Speakers) != 1 {
			t.Errorf("there twice: %+v", one.Speakers)
		}
		if person, perhaps := kinds(); person != 1 || perhaps != 0 {
			t.Errorf("afterwards %d clashes for certain and %d perhaps", person, perhaps)
		}
	})
}

func TestWhoWasToldApartIsNotAskedAboutAgain(t *testing.T) {
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		ctx, made := t.Context(), s.start(programme.Congress)
		one := s.session(made.ID, programme.NewSession{Title: "Named", Speakers: []programme.NewSomeone{{Name: "BEN"}}})
		wantSaid(t, "told apart", s.programmes.Settle(ctx, s.mo, made.ID, "BEN", "ben", false), "yes")
		s.session(made.ID, programme.NewSession{Title: "Again", Speakers: []programme.NewSomeone{{Name: "Ben"}}})
		if found, err := s.programmes.Namesakes(ctx, s.mo, made.ID); err != nil || len(found) != 0 {
			t.Errorf("asked again: %+v, %v", found, err)
		}
		edited, err := s.programmes.EditSession(ctx, s.mo, one.ID, programme.SessionEdit{Speakers: &[]programme.NewSomeone{{Name: "BEN", Affiliation: "Coop"}}})
		if err != nil || !edited.Speakers[0].Apart {
			t.Errorf("edited: %+v, %v", edited.Speakers, err)
		}
	})
}
