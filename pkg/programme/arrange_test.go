package programme_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"plenary/pkg/programme"
)

func sortIDs(ids []int64) { slices.Sort(ids) }

// congress is a plan of one day with slots of an hour and rooms, in which sessions
// of one theme each have no place yet.
func congress(slots, rooms, sessions int) programme.Plan {
	p := programme.Plan{Programme: programme.Programme{Zone: "Europe/London", Revision: 3}, Days: []programme.Day{{ID: 1, Date: "2026-06-20"}}}
	for i := range slots {
		p.Slots = append(p.Slots, programme.Slot{ID: int64(i + 1), DayID: 1, Starts: programme.Minute(540 + 60*i), Ends: programme.Minute(600 + 60*i)})
	}
	for i := range rooms {
		p.Rooms = append(p.Rooms, programme.Room{ID: int64(i + 1), Name: string(rune('A' + i)), Position: i + 1})
	}
	for i := range sessions {
		p.Sessions = append(p.Sessions, programme.Session{ID: int64(i + 1), Title: string(rune('a' + i)), State: programme.Draft, Themes: []programme.ThemeRef{{ID: int64(i + 1)}}})
	}
	return p
}

func TestAnArrangementTearsAsFewAsPossible(t *testing.T) {
	t.Parallel()
	// Four sessions, two slots, two rooms: the fans of a are those of b, those of c
	// those of d.
	p := congress(2, 2, 4)
	crowd := programme.Crowd{1: {1, 2, 3}, 2: {1, 2, 3, 9}, 3: {4, 5}, 4: {4, 5, 9}}
	got := programme.Arrange(p, crowd, programme.Wish{Seed: 1})
	if want := (programme.Figures{Unplaced: 4}); got.Before != want {
		t.Errorf("before: %+v, want %+v", got.Before, want)
	}
	if got.After != (programme.Figures{}) || !got.Proven || len(got.Moves) != 4 || got.Revision != 3 {
		t.Errorf("after: %+v, proven %v, moves %v", got.After, got.Proven, got.Moves)
	}
	slot := map[int64]int64{}
	for _, m := range got.Moves {
		slot[m.Session] = m.SlotID
	}
	if slot[1] == slot[2] || slot[3] == slot[4] {
		t.Errorf("who supports both is torn: %v", slot)
	}
}

func TestAnArrangementKeepsToWhatHasToBe(t *testing.T) {
	t.Parallel()
	t.Run("speakers are in one place at a time", func(t *testing.T) {
		t.Parallel()
		p := congress(2, 2, 3)
		for i := range 2 {
			p.Sessions[i].Speakers = []programme.Someone{{Name: "Ana  Čížková"}}
		}
		p.Sessions[1].Speakers[0].Name = "ana čížková"
		got := programme.Arrange(p, nil, programme.Wish{})
		if c := programme.Clashes(applied(p, got), nil); len(c) > 0 || len(got.Left) > 0 {
			t.Errorf("clashes %+v, left %v", c, got.Left)
		}
	})
	t.Run("no more than there is room for", func(t *testing.T) {
		t.Parallel()
		p := congress(1, 2, 3)
		got := programme.Arrange(p, programme.Crowd{1: {1}, 2: {2}, 3: {3}}, programme.Wish{})
		if len(got.Moves) != 2 || len(got.Left) != 1 || got.After.Unplaced != 1 || !got.Proven {
			t.Errorf("got %+v", got)
		}
	})
	t.Run("a pause stays free, and what is too long has no place", func(t *testing.T) {
		t.Parallel()
		p := congress(2, 1, 2)
		p.Slots[0].Pause, p.Sessions[0].Minutes = true, 90
		got := programme.Arrange(p, nil, programme.Wish{})
		if want := []int64{1}; !slices.Equal(got.Left, want) || len(got.Moves) != 1 || got.Moves[0].SlotID != 2 {
			t.Errorf("got %+v", got)
		}
	})
	t.Run("as many seats as people", func(t *testing.T) {
		t.Parallel()
		p := congress(1, 2, 2)
		p.Rooms[0].Capacity, p.Rooms[1].Capacity = 2, 10
		got := programme.Arrange(p, programme.Crowd{1: {1, 2}, 2: {3, 4, 5}}, programme.Wish{})
		if c := programme.Clashes(applied(p, got), programme.Crowd{1: {1, 2}, 2: {3, 4, 5}}); len(c) > 0 {
			t.Errorf("clashes: %+v", c)
		}
	})
	t.Run("one too many for every room gets the largest", func(t *testing.T) {
		t.Parallel()
		p := congress(1, 2, 1)
		p.Rooms[0].Capacity, p.Rooms[1].Capacity, p.Sessions[0].Capacity = 2, 10, 50
		if got := programme.Arrange(p, nil, programme.Wish{}); len(got.Moves) != 1 || got.Moves[0].RoomID != 2 {
			t.Errorf("got %+v", got.Moves)
		}
	})
	t.Run("several short ones follow one another", func(t *testing.T) {
		t.Parallel()
		p := congress(1, 1, 3)
		for i := range p.Sessions {
			p.Sessions[i].Minutes = 20
		}
		got := programme.Arrange(p, nil, programme.Wish{})
		if c := programme.Clashes(applied(p, got), nil); len(c) > 0 || len(got.Moves) != 3 {
			t.Errorf("moves %+v, clashes %+v", got.Moves, c)
		}
	})
	t.Run("what is in every room leaves no other at its time", func(t *testing.T) {
		t.Parallel()
		p := congress(2, 2, 2)
		p.Sessions[0].SlotID = 1
		got := programme.Arrange(p, nil, programme.Wish{All: true})
		if len(got.Moves) != 1 || got.Moves[0].SlotID != 2 {
			t.Errorf("got %+v", got.Moves)
		}
	})
}

func TestWhatIsPinnedStays(t *testing.T) {
	t.Parallel()
	p := congress(2, 2, 4)
	crowd := programme.Crowd{1: {1, 2}, 2: {1, 2}, 3: {3}, 4: {3}}
	for i := range p.Sessions { // a with b, c with d: everybody is torn
		p.Sessions[i].SlotID, p.Sessions[i].RoomID = int64(i/2+1), int64(i%2+1)
	}
	still := programme.Arrange(p, crowd, programme.Wish{})
	if len(still.Moves) != 0 || still.Before != still.After || still.After.Torn != 3 {
		t.Errorf("nothing was to be moved: %+v", still)
	}
	got := programme.Arrange(p, crowd, programme.Wish{All: true, Pinned: []int64{1, 2}})
	if got.After.Torn != 2 && got.After.Torn != 3 || moves(got, 1) || moves(got, 2) {
		t.Errorf("two are pinned: %+v", got)
	}
	got = programme.Arrange(p, crowd, programme.Wish{All: true})
	if got.After.Torn != 0 || !got.Proven {
		t.Errorf("all may be moved: %+v", got)
	}
}

func moves(a programme.Arrangement, session int64) bool {
	return slices.ContainsFunc(a.Moves, func(m programme.Move) bool { return m.Session == session })
}

func TestTheSameSeedGivesTheSameProposal(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p, crowd := somePlan(t), someCrowd(t)
		wish := programme.Wish{All: rapid.Bool().Draw(t, "all"), Seed: rapid.Int64().Draw(t, "seed")}
		one, other := programme.Arrange(p, crowd, wish), programme.Arrange(p, crowd, wish)
		if diff := cmp.Diff(one, other); diff != "" {
			t.Fatalf("it differs:\n%s", diff)
		}
	})
}

// applied is the plan with a proposal carried out.
func applied(p programme.Plan, a programme.Arrangement) programme.Plan {
	p.Sessions = slices.Clone(p.Sessions)
	for _, m := range a.Moves {
		for i := range p.Sessions {
			if s := &p.Sessions[i]; s.ID == m.Session {
				s.SlotID, s.RoomID, s.Begins, s.Position = m.SlotID, m.RoomID, m.Begins, 1000
			}
		}
	}
	return p
}

func TestAProposalMakesNoNewClashes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p, crowd := somePlan(t), someCrowd(t)
		got := programme.Arrange(p, crowd, programme.Wish{Seed: 7})
		before := programme.Clashes(p, crowd)
		for _, c := range programme.Clashes(applied(p, got), crowd) {
			if c.Kind != programme.RoomClash && c.Kind != programme.PersonClash && c.Kind != programme.OutsideClash {
				continue
			}
			known := slices.ContainsFunc(before, func(b programme.Clash) bool { return b.Kind == c.Kind && slices.Equal(b.Sessions, c.Sessions) })
			if !known {
				t.Fatalf("a new clash: %+v\nmoves %+v", c, got.Moves)
			}
		}
		if got.After.Unplaced > got.Before.Unplaced {
			t.Fatalf("more have no place: %+v, %+v", got.Before, got.After)
		}
	})
}

// best looks through every way to put the sessions without a place into slots and
// rooms, whole slots each, and gives the figures of the best one.
func best(p programme.Plan, crowd programme.Crowd, loose []int, n int) (programme.Figures, bool) {
	if n == len(loose) {
		for _, c := range programme.Clashes(p, crowd) {
			if c.Kind == programme.RoomClash || c.Kind == programme.PersonClash {
				return programme.Figures{}, false
			}
		}
		f := programme.Figures{}
		for _, s := range p.Sessions {
			if s.SlotID == 0 {
				f.Unplaced++
			}
		}
		for _, c := range programme.Clashes(p, crowd) {
			if c.Kind == programme.TornClash {
				f.Torn += c.Count
			}
		}
		return f, true
	}
	var least programme.Figures
	found := false
	p.Sessions = slices.Clone(p.Sessions)
	s := &p.Sessions[loose[n]]
	try := func() {
		if f, ok := best(p, crowd, loose, n+1); ok && (!found || f.Unplaced < least.Unplaced || f.Unplaced == least.Unplaced && f.Torn < least.Torn) {
			least, found = f, true
		}
	}
	try()
	for _, slot := range p.Slots {
		for _, room := range p.Rooms {
			s.SlotID, s.RoomID, s.Begins = slot.ID, room.ID, new(0)
			try()
		}
	}
	return least, found
}

func TestWhatIsCalledProvenIsTheBest(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := congress(rapid.IntRange(1, 2).Draw(t, "slots"), rapid.IntRange(1, 2).Draw(t, "rooms"), rapid.IntRange(1, 5).Draw(t, "sessions"))
		crowd := someCrowd(t)
		var loose []int
		for i := range p.Sessions {
			if who := rapid.IntRange(0, 3).Draw(t, "speaker"); who > 0 {
				p.Sessions[i].Speakers = []programme.Someone{{Name: string(rune('P' + who))}}
			}
			loose = append(loose, i)
		}
		want, _ := best(p, crowd, loose, 0)
		got := programme.Arrange(p, crowd, programme.Wish{})
		if !got.Proven {
			t.Fatalf("not proven after %d steps", got.Steps)
		}
		if got.After != want {
			t.Fatalf("got %+v, the best is %+v", got.After, want)
		}
	})
}

func TestALargeProgrammeIsArrangedInBoundedSteps(t *testing.T) {
	t.Parallel()
	p := congress(8, 6, 40)
	crowd := programme.Crowd{}
	for i := range int64(40) {
		for person := range int64(200) {
			if (person*7+i*13)%11 < 2 {
				crowd[i+1] = append(crowd[i+1], person)
			}
		}
	}
	got := programme.Arrange(p, crowd, programme.Wish{Seed: 5})
	if got.After.Unplaced != 0 || got.Steps > 4_100_000 || got.Steps == 0 {
		t.Errorf("got %+v after %d steps, proven %v", got.After, got.Steps, got.Proven)
	}
	// Drawn by lot, 40 sessions in 8 slots would tear about as many as the average of
	// all pairs that share a slot.
	all := 0
	for _, c := range programme.Clashes(applied(p, byTurn(p)), crowd) {
		if c.Kind == programme.TornClash {
			all += c.Count
		}
	}
	if got.After.Torn >= all*3/4 {
		t.Errorf("%d are torn, of %d where nobody looks", got.After.Torn, all)
	}
}

// byTurn puts sessions into slots and rooms as they come.
func byTurn(p programme.Plan) (a programme.Arrangement) {
	for i, s := range p.Sessions {
		a.Moves = append(a.Moves, programme.Move{Session: s.ID, Placing: programme.Placing{SlotID: int64(i%len(p.Slots) + 1), RoomID: int64(i/len(p.Slots) + 1)}})
	}
	return a
}

func TestEightSessionsAreArrangedForCertain(t *testing.T) {
	t.Parallel()
	crowd := programme.Crowd{}
	for i := range int64(8) {
		for person := range int64(60) {
			if (person*person+3*i*person+i)%5 < 2 {
				crowd[i+1] = append(crowd[i+1], person)
			}
		}
	}
	for _, size := range [][2]int{{3, 3}, {7, 4}, {8, 1}, {2, 4}} {
		if got := programme.Arrange(congress(size[0], size[1], 8), crowd, programme.Wish{}); !got.Proven {
			t.Errorf("%d slots and %d rooms: not proven after %d steps", size[0], size[1], got.Steps)
		}
	}
}
