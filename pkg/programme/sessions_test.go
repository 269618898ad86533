package programme_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/event"
	"plenary/pkg/ledger"
	"plenary/pkg/poll"
	"plenary/pkg/programme"
	"plenary/pkg/store"
	"plenary/pkg/tally"
	"plenary/pkg/testkit"
	"plenary/pkg/theme"
)

func (s *stage) session(id int64, in programme.NewSession) programme.Session {
	s.t.Helper()
	made, err := s.programmes.CreateSession(s.t.Context(), s.mo, id, in)
	if err != nil {
		s.t.Fatalf("make a session: %v", err)
	}
	return made
}

func (s *stage) publish(id int64) programme.Version {
	s.t.Helper()
	v, err := s.programmes.Publish(s.t.Context(), s.mo, id, "", 0)
	if err != nil {
		s.t.Fatalf("publish: %v", err)
	}
	return v
}

func (s *stage) propose(titles ...string) []int64 {
	s.t.Helper()
	var out []int64
	for _, title := range titles {
		made, err := s.themes.Propose(s.t.Context(), s.ben, s.thread, []theme.NewTheme{{Title: title}})
		if err != nil {
			s.t.Fatal(err)
		}
		out = append(out, made[0].ID)
	}
	return out
}

func TestWhereASessionCannotBeItIsRefused(t *testing.T) {
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		ctx, made := t.Context(), s.start(programme.Congress)
		plan := s.plan(s.mo, made.ID)
		morning, coffee, hall := plan.Slots[0], plan.Slots[1], plan.Rooms[0].ID // 9:00 to 10:30, and a pause
		one := s.session(made.ID, programme.NewSession{Title: "One", Minutes: 60})
		long := s.session(made.ID, programme.NewSession{Title: "Long", Minutes: 91})
		for name, c := range map[string]struct {
			session int64
			at      programme.Placing
			want    string
		}{
			"in no slot":               {one.ID, programme.Placing{}, "invalid slot=programme.slot_not_here"},
			"in a slot of another one": {one.ID, programme.Placing{SlotID: 99999}, "invalid slot=programme.slot_not_here"},
			"in a room of another one": {one.ID, programme.Placing{SlotID: morning.ID, RoomID: 99999}, "invalid room=programme.room_not_here"},
			"in a pause":               {one.ID, programme.Placing{SlotID: coffee.ID}, "invalid slot=programme.slot_is_pause"},
			"before its slot":          {one.ID, programme.Placing{SlotID: morning.ID, Begins: new(-1)}, "invalid begins=programme.begins_before"},
			"after its slot":           {one.ID, programme.Placing{SlotID: morning.ID, Begins: new(90)}, "invalid begins=programme.begins_after"},
			"out of its slot":          {one.ID, programme.Placing{SlotID: morning.ID, Begins: new(31)}, "invalid begins=programme.runs_out"},
			"longer than its slot":     {long.ID, programme.Placing{SlotID: morning.ID}, "invalid slot=programme.longer_than_slot"},
			"at a place that is none":  {one.ID, programme.Placing{SlotID: morning.ID, RoomID: hall, Position: new(7)}, "invalid position=programme.position_between"},
		} {
			_, err := s.programmes.Place(ctx, s.mo, c.session, c.at, 0)
			wantSaid(t, name, err, c.want)
		}
		placed, err := s.programmes.Place(ctx, s.mo, one.ID, programme.Placing{SlotID: morning.ID, RoomID: hall, Begins: new(30)}, 0)
		if err != nil || placed.SlotID != morning.ID || *placed.Begins != 30 {
			t.Errorf("placed: %+v, %v", placed, err)
		}
		_, err = s.programmes.EditSession(ctx, s.mo, one.ID, programme.SessionEdit{Minutes: new(61)})
		wantSaid(t, "made longer where it is", err, "invalid minutes=programme.runs_out")
		_, err = s.programmes.EditSlot(ctx, s.mo, made.ID, morning.ID, programme.SlotEdit{Pause: new(true)})
		wantSaid(t, "a pause in which there are sessions", err, "invalid pause=programme.pause_has_sessions")
		_, err = s.programmes.EditSlot(ctx, s.mo, made.ID, morning.ID, programme.SlotEdit{Ends: new(programme.Minute(600))})
		wantSaid(t, "a slot made shorter", err, "yes")
		clashes, err := s.programmes.Clashes(ctx, s.mo, made.ID)
		wantSaid(t, "clashes", err, "yes")
		found := map[programme.ClashKind]int{}
		for _, c := range clashes {
			found[c.Kind] = c.Count
		}
		if found[programme.OutsideClash] != 30 {
			t.Errorf("it is outside by %d minutes: %+v", found[programme.OutsideClash], clashes)
		}
		if _, there := found[programme.RoomClash]; !there { // with the opening
			t.Errorf("two are in the hall: %+v", clashes)
		}
		_, err = s.programmes.Place(ctx, s.ben, one.ID, programme.Placing{SlotID: morning.ID}, 0)
		wantSaid(t, "by a member", err, "not_found error.not_found")
		_, err = s.programmes.Unplace(ctx, s.mo, one.ID, made.Revision)
		wantSaid(t, "with an older revision", err, "conflict programme.edited_meanwhile")
		_, err = s.programmes.CancelSession(ctx, s.mo, one.ID, "Ill")
		wantSaid(t, "cancel", err, "yes")
		_, err = s.programmes.Place(ctx, s.mo, one.ID, programme.Placing{SlotID: morning.ID}, 0)
		wantSaid(t, "one that is cancelled", err, "conflict programme.session_cancelled")
	})
}

func TestSessionsFollowOneAnotherAsOrdered(t *testing.T) {
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		ctx, made := t.Context(), s.start(programme.Meeting)
		plan := s.plan(s.mo, made.ID)
		slot := plan.Slots[0].ID
		order := func() (out string) {
			for _, one := range s.plan(s.mo, made.ID).Sessions {
				out += fmt.Sprint(one.ID-plan.Sessions[0].ID, " ")
			}
			return out
		}
		_, err := s.programmes.Place(ctx, s.mo, plan.Sessions[4].ID, programme.Placing{SlotID: slot, Position: new(1)}, 0)
		if got := order(); err != nil || got != "0 4 1 2 3 5 " {
			t.Errorf("after moving the fifth: %s (%v)", got, err)
		}
		var back []int64
		for i := range plan.Sessions {
			back = append(back, plan.Sessions[len(plan.Sessions)-1-i].ID)
		}
		wantSaid(t, "order", s.programmes.OrderSlot(ctx, s.mo, made.ID, slot, 0, back), "yes")
		wantSaid(t, "not all", s.programmes.OrderSlot(ctx, s.mo, made.ID, slot, 0, back[1:]), "invalid sessions=programme.order_whole")
		if got := order(); got != "5 4 3 2 1 0 " {
			t.Errorf("the other way round: %s", got)
		}
	})
}

func TestWhoProposesAndWhoDecides(t *testing.T) {
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		ctx, made := t.Context(), s.start(programme.OpenSpace)
		_, err := s.programmes.ProposeSession(ctx, s.ben, made.ID, programme.NewSession{Title: "Knots"})
		wantSaid(t, "before anybody knows of it", err, "not_found error.not_found")
		s.publish(made.ID)
		_, err = s.programmes.ProposeSession(ctx, s.eve, made.ID, programme.NewSession{Title: "Knots"})
		wantSaid(t, "from outside", err, "forbidden access.members_only")
		_, err = s.programmes.CreateSession(ctx, s.ben, made.ID, programme.NewSession{Title: "Knots"})
		wantSaid(t, "without asking", err, "forbidden access.needs_moderator")
		knots, err := s.programmes.ProposeSession(ctx, s.ben, made.ID, programme.NewSession{Title: "Knots"})
		if err != nil || knots.State != programme.Proposed || len(knots.Hosts) != 1 || knots.Hosts[0].Person.Handle != "ben" {
			t.Fatalf("proposed: %+v, %v", knots, err)
		}
		if told := s.events(event.SessionProposed); len(told) != 1 || told[0].Subject != knots.ID || told[0].Item == 0 {
			t.Errorf("told: %+v", told)
		}
		for who, want := range map[access.Actor]int{s.cleo: 1, s.eve: 1, access.Visitor(): 1, s.mo: 0} { // Mo has it among the others
			if plan := s.plan(who, made.ID); len(plan.PutForward) != want || len(plan.Sessions) != 3-want {
				t.Errorf("%v reads %d proposals and %d sessions", who, len(plan.PutForward), len(plan.Sessions))
			}
		}
		_, err = s.programmes.EditSession(ctx, s.cleo, knots.ID, programme.SessionEdit{Title: new("Nets")})
		wantSaid(t, "edit another's", err, "forbidden access.needs_moderator")
		_, err = s.programmes.ConfirmSession(ctx, s.ben, knots.ID)
		wantSaid(t, "confirm one's own", err, "forbidden access.needs_moderator")
		_, err = s.programmes.ConfirmSession(ctx, s.mo, knots.ID)
		wantSaid(t, "confirm", err, "yes")
		_, err = s.programmes.CancelSession(ctx, s.ben, knots.ID, "")
		wantSaid(t, "withdraw what is agreed", err, "invalid reason=field.required")
		_, err = s.programmes.CancelSession(ctx, s.ben, knots.ID, "No time")
		wantSaid(t, "withdraw what is agreed, with a reason", err, "forbidden access.needs_moderator")
		_, err = s.programmes.EditSession(ctx, s.ben, knots.ID, programme.SessionEdit{Title: new("Knots for all")})
		wantSaid(t, "edit as its host", err, "yes")
		wantSaid(t, "delete", s.programmes.DeleteSession(ctx, s.mo, knots.ID), "conflict programme.session_known")
		songs, err := s.programmes.ProposeSession(ctx, s.cleo, made.ID, programme.NewSession{Title: "Songs"})
		wantSaid(t, "another", err, "yes")
		gone, err := s.programmes.CancelSession(ctx, s.cleo, songs.ID, "")
		if err != nil || gone.State != programme.Cancelled {
			t.Errorf("withdrawn: %+v, %v", gone, err)
		}
		_, err = s.programmes.RestoreSession(ctx, s.cleo, songs.ID)
		wantSaid(t, "take it back as who proposed it", err, "forbidden access.needs_moderator")
		back, err := s.programmes.RestoreSession(ctx, s.mo, songs.ID)
		if err != nil || back.State != programme.Proposed {
			t.Errorf("restored: %+v, %v", back, err)
		}
	})
}

func TestADraftIsHiddenFromAllWhoDoNotConvene(t *testing.T) {
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		ctx, made := t.Context(), s.start(programme.Meeting)
		s.publish(made.ID)
		secret := s.session(made.ID, programme.NewSession{Title: "A surprise", Speakers: []programme.NewSomeone{{Handle: "dan"}}})
		agreed := s.session(made.ID, programme.NewSession{Title: "Another surprise", Confirmed: true})
		for who, want := range map[access.Actor]string{s.mo: "yes", s.dan: "yes", s.ben: "not_found error.not_found", access.Visitor(): "not_found error.not_found"} {
			_, err := s.programmes.Session(ctx, who, secret.ID)
			wantSaid(t, "read a draft", err, want)
		}
		_, err := s.programmes.Session(ctx, s.ben, agreed.ID)
		wantSaid(t, "read what is confirmed and not published", err, "not_found error.not_found")
		if known, err := s.programmes.Sessions(ctx, []int64{secret.ID, agreed.ID}); err != nil || len(known) != 0 {
			t.Errorf("the timeline knows of %v, %v", known, err)
		}
		s.publish(made.ID)
		_, err = s.programmes.Session(ctx, s.ben, agreed.ID)
		wantSaid(t, "read what was published", err, "yes")
		_, err = s.programmes.Session(ctx, s.ben, secret.ID)
		wantSaid(t, "the draft stays one", err, "not_found error.not_found")
	})
}

func TestDraftsAreConfirmedTogetherOrNotAtAll(t *testing.T) {
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		ctx, made := t.Context(), s.start(programme.Congress)
		slot := s.plan(s.mo, made.ID).Slots[0].ID
		one, two := s.session(made.ID, programme.NewSession{Title: "One"}), s.session(made.ID, programme.NewSession{Title: "Two"})
		_, err := s.programmes.Place(ctx, s.mo, one.ID, programme.Placing{SlotID: slot}, 0)
		wantSaid(t, "place", err, "yes")
		drafts := func() (placed int, states []programme.State) {
			t.Helper()
			pending, err := s.programmes.Changes(ctx, s.mo, made.ID)
			wantSaid(t, "changes", err, "yes")
			plan := s.plan(s.mo, made.ID)
			for _, id := range []int64{one.ID, two.ID} {
				session, _ := plan.Session(id)
				states = append(states, session.State)
			}
			return pending.Drafts, states
		}
		for _, c := range []struct {
			name     string
			who      access.Actor
			sessions []int64
			want     string
			placed   int
			states   []programme.State
		}{
			{"none", s.mo, nil, "invalid confirm=programme.tick_drafts", 1, []programme.State{programme.Draft, programme.Draft}},
			{"one of another programme", s.mo, []int64{one.ID, 99999}, "invalid confirm=programme.draft_unknown", 1, []programme.State{programme.Draft, programme.Draft}},
			{"by a member", s.ben, []int64{one.ID}, "not_found error.not_found", 1, []programme.State{programme.Draft, programme.Draft}},
			{"both", s.mo, []int64{one.ID, two.ID}, "yes", 0, []programme.State{programme.Confirmed, programme.Confirmed}},
			{"both again", s.mo, []int64{two.ID, one.ID}, "yes", 0, []programme.State{programme.Confirmed, programme.Confirmed}},
		} {
			wantSaid(t, c.name, s.programmes.ConfirmDrafts(ctx, c.who, made.ID, c.sessions), c.want)
			placed, states := drafts()
			if placed != c.placed || !slices.Equal(states, c.states) {
				t.Errorf("%s: %d with a place, %v; want %d, %v", c.name, placed, states, c.placed, c.states)
			}
		}
	})
}

func TestThemesAreScheduledWithTheirSessions(t *testing.T) {
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		ctx, made := t.Context(), s.start(programme.Congress)
		plan := s.plan(s.mo, made.ID)
		ids := s.propose("Boats", "Ropes", "Songs")
		state := func(id int64) access.ThemeState {
			found, err := s.themes.Theme(ctx, s.mo, id)
			if err != nil {
				t.Fatal(err)
			}
			return found.State
		}
		one := s.session(made.ID, programme.NewSession{Title: "One", Themes: ids[:2]})
		if state(ids[0]) != access.Proposed {
			t.Errorf("in a draft it is %s", state(ids[0]))
		}
		_, err := s.programmes.Place(ctx, s.mo, one.ID, programme.Placing{SlotID: plan.Slots[2].ID}, 0)
		if err != nil || state(ids[0]) != access.Scheduled || state(ids[1]) != access.Scheduled {
			t.Errorf("in a slot they are %s and %s (%v)", state(ids[0]), state(ids[1]), err)
		}
		two := s.session(made.ID, programme.NewSession{Title: "Two", Confirmed: true})
		moved, err := s.programmes.MoveTheme(ctx, s.mo, one.ID, ids[1], two.ID)
		if err != nil || len(moved.Themes) != 1 || state(ids[1]) != access.Scheduled {
			t.Errorf("moved: %+v, %s (%v)", moved.Themes, state(ids[1]), err)
		}
		_, err = s.programmes.RemoveTheme(ctx, s.mo, two.ID, ids[1])
		if err != nil || state(ids[1]) != access.Shortlisted {
			t.Errorf("taken out it is %s (%v)", state(ids[1]), err)
		}
		_, err = s.programmes.CancelSession(ctx, s.mo, one.ID, "Rain")
		if err != nil || state(ids[0]) != access.Shortlisted {
			t.Errorf("of a cancelled session it is %s (%v)", state(ids[0]), err)
		}
		if told := s.events(event.ThemeScheduled); len(told) != 2 {
			t.Errorf("scheduled %d times", len(told))
		}
		_, err = s.themes.Decline(ctx, s.mo, ids[2], "No")
		wantSaid(t, "decline", err, "yes")
		_, err = s.programmes.AddTheme(ctx, s.mo, two.ID, ids[2])
		wantSaid(t, "a theme that was declined", err, "invalid themes=theme.state_declined")
		_, err = s.programmes.AddTheme(ctx, s.mo, two.ID, 99999)
		wantSaid(t, "a theme that is not there", err, "invalid themes=programme.theme_not_here")
	})
}

func TestAProgrammeIsFilledWithWhatWon(t *testing.T) {
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		ctx, made := t.Context(), s.start(programme.Congress)
		ids := s.propose("Boats", "Ropes", "Songs")
		asked, err := s.themes.PollFrom(ctx, s.mo, s.thread, ids, poll.NewPoll{Title: "Which?", Method: tally.Choice, Rules: tally.Rules{Max: 3, Seats: 2}, ClosesAt: start.Add(time.Hour)})
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.programmes.FillFromThemes(ctx, s.mo, made.ID, nil)
		wantSaid(t, "with nothing on the shortlist", err, "conflict programme.no_themes")
		_, err = s.programmes.FillFromPoll(ctx, s.mo, made.ID, asked.ID)
		wantSaid(t, "while it is open", err, "conflict programme.poll_not_closed")
		for who, options := range map[access.Actor][]int{s.ben: {0, 2}, s.cleo: {2}, s.dan: {0, 2}} {
			var chosen []int64
			for _, i := range options {
				chosen = append(chosen, asked.Options[i].ID)
			}
			if _, err := s.polls.Cast(ctx, who, asked.ID, poll.NewBallot{Answer: ledger.Answer{Form: tally.Marks, Chosen: chosen}}); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := s.polls.Close(ctx, s.mo, asked.ID); err != nil {
			t.Fatal(err)
		}
		_, err = s.programmes.FillFromPoll(ctx, s.ben, made.ID, asked.ID)
		wantSaid(t, "by a member", err, "not_found error.not_found")
		got, err := s.programmes.FillFromPoll(ctx, s.mo, made.ID, asked.ID)
		if err != nil || len(got) != 2 || got[0].Title != "Songs" || got[1].Title != "Boats" || len(got[0].Themes) != 1 || got[0].State != programme.Confirmed {
			t.Fatalf("made %+v, %v", got, err)
		}
		again, err := s.programmes.FillFromPoll(ctx, s.mo, made.ID, asked.ID)
		if err != nil || len(again) != 0 {
			t.Errorf("a second time: %+v, %v", again, err)
		}
		more, err := s.programmes.FillFromThemes(ctx, s.mo, made.ID, ids)
		if err != nil || len(more) != 1 || more[0].Title != "Ropes" || more[0].State != programme.Draft {
			t.Errorf("of all themes: %+v, %v", more, err)
		}
	})
}

func TestAnAgendaTellsHowLateOneIs(t *testing.T) {
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		ctx, made := t.Context(), s.start(programme.Meeting) // at six in the evening of summer: 17:00 UTC
		items := s.plan(s.mo, made.ID).Sessions              // of 5, 10, 20, 60, 15 and 10 minutes
		slot := items[0].SlotID
		at := func(clock string) programme.Agenda {
			t.Helper()
			now, err := time.Parse("15:04", clock)
			if err != nil {
				t.Fatal(err)
			}
			s.clock.Set(time.Date(2026, 6, 20, now.Hour(), now.Minute(), 0, 0, time.UTC))
			return programme.AgendaOf(s.plan(s.mo, made.ID), slot, 0, s.clock.Now())
		}
		if got := at("16:30"); got.Planned != 120 || got.Taken != 0 || got.Late != 0 || len(got.Items) != 6 {
			t.Errorf("before it begins: %+v", got)
		}
		at("17:03")
		_, err := s.programmes.StartItem(ctx, s.mo, items[0].ID)
		wantSaid(t, "start", err, "yes")
		if got := at("17:05"); got.Late != 3 || got.Taken != 2 || !got.Items[0].Running || got.Items[1].Expected.Format("15:04") != "18:08" {
			t.Errorf("three minutes late: %+v", got)
		}
		at("17:12")
		_, err = s.programmes.StartItem(ctx, s.mo, items[1].ID)
		wantSaid(t, "start the next", err, "yes")
		if got := at("17:14"); !got.Items[0].Over || got.Items[0].Taken != 9 || got.Late != 7 || got.Taken != 11 {
			t.Errorf("the first took nine minutes: %+v", got)
		}
		_, err = s.programmes.StartItem(ctx, s.mo, items[0].ID)
		wantSaid(t, "start what is over", err, "conflict programme.item_over")
		at("17:15")
		done, err := s.programmes.FinishItem(ctx, s.mo, items[1].ID)
		if err != nil || *done.MinutesTaken != 3 {
			t.Errorf("finished: %+v, %v", done, err)
		}
		if got := at("17:15"); got.Late != 0 {
			t.Errorf("in time again: %+v", got)
		}
		_, err = s.programmes.FinishItem(ctx, s.mo, items[2].ID)
		wantSaid(t, "finish what has not begun", err, "conflict programme.item_not_begun")
		_, err = s.programmes.SetTaken(ctx, s.mo, items[1].ID, new(-1))
		wantSaid(t, "less than nothing", err, "invalid minutes=programme.minutes_between")
		again, err := s.programmes.SetTaken(ctx, s.mo, items[1].ID, nil)
		if err != nil || again.StartedAt != nil || again.MinutesTaken != nil {
			t.Errorf("taken back: %+v, %v", again, err)
		}
	})
}

func TestMaterialLeadsToTheWebOrToFilesHere(t *testing.T) {
	s := newStage(t, testkit.SQLite(t), access.Public)
	item := s.plan(s.mo, s.start(programme.Meeting).ID).Sessions[0]
	for link, want := range map[string]string{"https://example.org/a?b#c": "yes", "http://example.org": "yes", "/files/7": "yes", "//example.org": "invalid link=programme.link_web",
		"javascript:alert(1)": "invalid link=programme.link_web", "/files/7/../8": "invalid link=programme.link_web", "ftp://example.org": "invalid link=programme.link_web",
		"https://user:secret@example.org": "invalid link=programme.link_web", "": "invalid link=field.required", "/t/5": "invalid link=programme.link_web"} {
		_, err := s.programmes.AddMaterial(t.Context(), s.mo, item.ID, programme.NewMaterial{Title: "Something", Link: link})
		wantSaid(t, link, err, want)
	}
}

// queries counts the statements of a call.
func (s *stage) queries(call func()) int {
	s.t.Helper()
	n := 0
	g := s.db.Read(s.t.Context())
	count := func(*gorm.DB) { n++ }
	for _, p := range []interface {
		Register(name string, fn func(*gorm.DB)) error
		Remove(name string) error
	}{g.Callback().Query().After("gorm:query"), g.Callback().Row().After("gorm:row"), g.Callback().Raw().After("gorm:raw")} {
		if err := p.Register("counting", count); err != nil {
			s.t.Fatal(err)
		}
		defer func() { _ = p.Remove("counting") }()
	}
	call()
	return n
}

func TestALargeProgrammeCostsNoMoreStatements(t *testing.T) {
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		made := s.start(programme.Congress)
		s.publish(made.ID)
		cost := func(who access.Actor) int { return s.queries(func() { s.plan(who, made.ID) }) }
		few := [2]int{cost(s.mo), cost(s.ben)}
		for i := range 30 {
			s.session(made.ID, programme.NewSession{Title: fmt.Sprint("Session ", i), Confirmed: true, Speakers: []programme.NewSomeone{{Handle: "ben"}, {Name: "Ana"}}, Themes: s.propose(fmt.Sprint("Theme ", i))})
		}
		s.publish(made.ID)
		if many := [2]int{cost(s.mo), cost(s.ben)}; many[0] != few[0] || many[1]-few[1] > 1 || many[0] > 9 || many[1] > 9 || few[0] < 6 { // of no themes none are read
			t.Errorf("statements for few %v, for many %v", few, many)
		}
	})
}

func TestASessionIsMadeWholeOrNotAtAll(t *testing.T) {
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		ctx, made := t.Context(), s.start(programme.Congress)
		before := s.plan(s.mo, made.ID)
		pause := before.Slots[slices.IndexFunc(before.Slots, func(slot programme.Slot) bool { return slot.Pause })]
		for want, in := range map[string]programme.NewSession{
			"invalid material=programme.link_web":     {Title: "Boats", Material: []programme.NewMaterial{{Title: "A map", Link: "ftp://example.org"}}},
			"invalid slot=programme.slot_is_pause":    {Title: "Boats", At: &programme.Placing{SlotID: pause.ID}},
			"invalid slot=programme.slot_not_here":    {Title: "Boats", At: &programme.Placing{SlotID: 99_999}},
			"invalid room=programme.room_not_here":    {Title: "Boats", At: &programme.Placing{SlotID: before.Slots[0].ID, RoomID: 99_999}},
			"invalid themes=programme.theme_not_here": {Title: "Boats", Themes: []int64{99_999}, Material: []programme.NewMaterial{{Title: "A map", Link: "https://example.org"}}},
		} {
			_, err := s.programmes.CreateSession(ctx, s.mo, made.ID, in)
			wantSaid(t, "boats", err, want)
		}
		if after := s.plan(s.mo, made.ID); len(after.Sessions) != len(before.Sessions) || after.Revision != before.Revision {
			t.Errorf("something was made of what was refused: %d sessions, %d before", len(after.Sessions), len(before.Sessions))
		}
		got, err := s.programmes.CreateSession(ctx, s.mo, made.ID, programme.NewSession{Title: "Boats", Minutes: 10,
			Material: []programme.NewMaterial{{Title: "A map", Link: "https://example.org"}}, At: &programme.Placing{SlotID: before.Slots[0].ID, RoomID: before.Rooms[1].ID}})
		if err != nil || len(got.Material) != 1 || got.SlotID != before.Slots[0].ID || got.RoomID != before.Rooms[1].ID {
			t.Errorf("made %+v, %v", got, err)
		}
	})
}
