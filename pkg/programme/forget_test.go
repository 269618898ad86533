package programme_test

import (
	"testing"

	"plenary/pkg/access"
	"plenary/pkg/event"
	"plenary/pkg/programme"
	"plenary/pkg/store"
	"plenary/pkg/testkit"
)

func TestWhoeverLeavesTheForumLeavesTheirSessions(t *testing.T) {
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		ctx, made := t.Context(), s.start(programme.Congress)
		one := s.session(made.ID, programme.NewSession{Title: "One", Confirmed: true, Capacity: 1, Speakers: []programme.NewSomeone{{Handle: "ben"}, {Name: "Ana"}}})
		s.publish(made.ID)
		for _, who := range []access.Actor{s.ben, s.cleo} {
			if _, _, err := s.programmes.SignUp(ctx, who, one.ID); err != nil {
				t.Fatal(err)
			}
		}
		if mine, err := s.programmes.Mine(ctx, s.cleo, made.ID); err != nil || !mine[one.ID].Waiting {
			t.Fatalf("Cleo waits: %+v, %v", mine, err)
		}
		err := db.Write(ctx, func(tx *store.Tx) error { return s.programmes.Forget(tx, s.ben.Person) })
		wantSaid(t, "forget Ben", err, "yes")
		if mine, err := s.programmes.Mine(ctx, s.cleo, made.ID); err != nil || mine[one.ID].Waiting {
			t.Errorf("Cleo has Ben's seat: %+v, %v", mine, err)
		}
		now, err := s.programmes.Working(ctx, s.mo, one.ID)
		if err != nil || len(now.Speakers) != 1 || now.Speakers[0].Name != "Ana" || now.Going != 1 || now.Waiting != 0 {
			t.Errorf("now: %+v, %v", now, err)
		}
		if told := s.events(event.SessionSignedOff); len(told) != 1 || told[0].Actor != 0 {
			t.Errorf("told: %+v", told)
		}
	})
}

func TestTwoWhoWereOneAllAlongSpeakOnce(t *testing.T) {
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		ctx, made := t.Context(), s.start(programme.Meeting)
		one := s.session(made.ID, programme.NewSession{Title: "One", Confirmed: true, Speakers: []programme.NewSomeone{{Handle: "ben"}, {Handle: "cleo"}}})
		s.publish(made.ID)
		err := db.Write(ctx, func(tx *store.Tx) error { return s.programmes.JoinPeople(tx, s.ben.Person, s.cleo.Person) })
		wantSaid(t, "join", err, "yes")
		_, plan, err := s.programmes.Version(ctx, s.mo, made.ID, 1)
		got, _ := plan.Session(one.ID)
		if err != nil || len(got.Speakers) != 1 || got.Speakers[0].Person.Handle != "cleo" {
			t.Errorf("published: %+v, %v", got.Speakers, err)
		}
	})
}
