package programme

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"time"
)

// board is the puzzle of Arrange: pieces, the sessions that may be moved, and spots
// where they may go. Costs are people torn; a piece without a spot costs more than
// everybody's being torn.
type board struct {
	pieces []piece
	spots  [][]spot  // by length: where sessions of that length can be
	torn   [][]int   // people who support both pieces
	apart  [][]bool  // somebody has a part in both
	fixed  []fixture // what is not moved

	at       []int // the spot of each piece, as index of its list; -1 for none
	best     []int
	bestCost int
	lost     int // the cost of a piece without a spot
	steps    int
}

// piece is a session that may be moved.
type piece struct {
	session  Session
	people   []int64
	partners map[string]string
	length   int   // index of spots
	allowed  []int // of spots[length]: those that the fixtures and the seats leave
	extra    []int // what each of them costs because of fixtures, by index of spots[length]
}

// spot is a room at a time.
type spot struct {
	slot, room int64
	from, to   int64 // Unix minutes
	begins     *int
	seats      int
}

func (s spot) meets(o spot) bool { return s.from < o.to && o.from < s.to }

// fixture is a session that stays where it is.
type fixture struct {
	session Session
	people  []int64
	at      spot
}

func newBoard(p Plan, crowd Crowd, wish Wish) *board {
	b := &board{}
	when := When(p)
	var loose []Session
	for _, s := range p.Sessions {
		span, placed := when[s.ID]
		switch {
		case s.State == Cancelled:
		case !placed, wish.All && !slices.Contains(wish.Pinned, s.ID) && (s.RoomID != 0 || len(p.Rooms) == 0):
			loose = append(loose, s)
		default:
			b.fixed = append(b.fixed, fixture{s, crowd.of(s), spot{slot: s.SlotID, room: s.RoomID, from: minuteOf(span.Start), to: minuteOf(span.End)}})
		}
	}
	lengths := map[int]int{}
	for _, s := range loose {
		length, known := lengths[s.Minutes]
		if !known {
			length = len(b.spots)
			lengths[s.Minutes] = length
			b.spots = append(b.spots, p.spotsFor(s.Minutes))
		}
		b.pieces = append(b.pieces, piece{session: s, people: crowd.of(s), partners: partners(s), length: length})
	}
	b.relate()
	for i := range b.pieces {
		b.allow(&b.pieces[i], p)
	}
	b.at = make([]int, len(b.pieces))
	for i := range b.at {
		b.at[i] = -1
	}
	b.keep(b.cost())
	return b
}

func minuteOf(t time.Time) int64 { return t.Unix() / 60 }

// spotsFor are the places where a session of so many minutes can be: in each slot
// and room, one after another.
func (p Plan) spotsFor(minutes int) []spot {
	rooms := p.Rooms
	if len(rooms) == 0 {
		rooms = []Room{{}}
	}
	var out []spot
	for _, slot := range p.Slots {
		span := p.SlotSpan(slot)
		length := span.Minutes()
		if slot.Pause || minutes > length || length <= 0 {
			continue
		}
		step := cmp.Or(minutes, length)
		for offset := 0; offset+step <= length && len(out) < maxSpots; offset += step {
			for _, room := range rooms {
				s := spot{slot: slot.ID, room: room.ID, seats: room.Capacity, from: minuteOf(span.Start) + int64(offset), to: minuteOf(span.Start) + int64(offset+step)}
				if minutes > 0 && minutes < length {
					s.begins = new(offset)
				}
				out = append(out, s)
			}
		}
	}
	return out
}

// relate counts who is torn between which pieces, and finds who is needed in both.
func (b *board) relate() {
	n := len(b.pieces)
	b.torn, b.apart, b.lost = make([][]int, n), make([][]bool, n), 1
	for i := range n {
		b.torn[i], b.apart[i] = make([]int, n), make([]bool, n)
	}
	for i, one := range b.pieces {
		for j := range i {
			other := b.pieces[j]
			b.torn[i][j] = common(one.people, other.people)
			b.torn[j][i] = b.torn[i][j]
			b.lost += b.torn[i][j]
			b.apart[i][j] = meet(one.partners, other.partners)
			b.apart[j][i] = b.apart[i][j]
		}
		for _, f := range b.fixed {
			b.lost += common(one.people, f.people)
		}
	}
}

func meet(one, other map[string]string) bool {
	for key := range one {
		if _, ok := other[key]; ok {
			return true
		}
	}
	return false
}

// allow finds the spots of a piece that leave the fixtures in peace, and what they
// cost because of them. A session that is too large for every room may go into the
// largest.
func (b *board) allow(x *piece, p Plan) {
	need := cmp.Or(x.session.Capacity, max(x.session.Going+x.session.Waiting, len(x.people)))
	largest := 0
	for _, r := range p.Rooms {
		if r.Capacity == 0 {
			largest = math.MaxInt
		}
		largest = max(largest, r.Capacity)
	}
	need = min(need, largest)
	spots := b.spots[x.length]
	x.extra = make([]int, len(spots))
	for i, s := range spots {
		free := s.seats == 0 || need <= s.seats
		for _, f := range b.fixed {
			if !s.meets(f.at) {
				continue
			}
			if f.at.room == 0 || f.at.room == s.room || meet(x.partners, partners(f.session)) {
				free = false
				break
			}
			x.extra[i] += common(x.people, f.people)
		}
		if free {
			x.allowed = append(x.allowed, i)
		}
	}
}

// spot is where a piece is; ok is false where it is nowhere.
func (b *board) spot(i int) (s spot, ok bool) {
	if b.at[i] < 0 {
		return spot{}, false
	}
	return b.spots[b.pieces[i].length][b.at[i]], true
}

// added is what a piece costs in a spot, given where the others are; but is left out.
// ok is false where it cannot be there.
func (b *board) added(i, at, but int) (cost int, ok bool) {
	if at < 0 {
		return b.lost, true
	}
	here := b.spots[b.pieces[i].length][at]
	cost = b.pieces[i].extra[at]
	for j := range b.pieces {
		if j == i || j == but {
			continue
		}
		there, placed := b.spot(j)
		if !placed || !here.meets(there) {
			continue
		}
		if here.room == there.room || b.apart[i][j] {
			return 0, false
		}
		cost += b.torn[i][j]
	}
	return cost, true
}

// cost is that of the whole board.
func (b *board) cost() (sum int) {
	for i := range b.pieces {
		here, placed := b.spot(i)
		if !placed {
			sum += b.lost
			continue
		}
		sum += b.pieces[i].extra[b.at[i]]
		for j := range i {
			if there, ok := b.spot(j); ok && here.meets(there) {
				sum += b.torn[i][j]
			}
		}
	}
	return sum
}

// keep remembers the board as the best; cost is what it costs.
func (b *board) keep(cost int) { b.best, b.bestCost = slices.Clone(b.at), cost }

// asItIs begins with where everything is now, if that can be and is better than the
// best: a proposal is never worse than what there is.
func (b *board) asItIs() {
	found := slices.Clone(b.at)
	for i, x := range b.pieces {
		b.at[i] = -1
		for _, at := range x.allowed {
			s := b.spots[x.length][at]
			if x.session.SlotID == s.slot && x.session.RoomID == s.room && sameBegin(x.session.Begins, s.begins) {
				if _, ok := b.added(i, at, -1); ok {
					b.at[i] = at
				}
			}
		}
	}
	if cost := b.cost(); cost <= b.bestCost {
		b.keep(cost)
		return
	}
	b.at = found
}

// byWish are the pieces, the most wanted first.
func (b *board) byWish() []int {
	order := make([]int, len(b.pieces))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int {
		return cmp.Or(cmp.Compare(len(b.pieces[j].people), len(b.pieces[i].people)), cmp.Compare(len(b.pieces[i].allowed), len(b.pieces[j].allowed)))
	})
	return order
}

// greedy gives each piece in turn the best spot that is left: the cheapest, of these
// the one with the fewest seats that suffice, of these the earliest.
func (b *board) greedy() {
	for _, i := range b.byWish() {
		spots := b.spots[b.pieces[i].length]
		least, found := 0, -1
		for _, at := range b.pieces[i].allowed {
			cost, ok := b.added(i, at, -1)
			if !ok {
				continue
			}
			if found < 0 || cost < least || cost == least && tighter(spots[at], spots[found]) {
				least, found = cost, at
			}
		}
		b.at[i] = found
	}
	b.keep(b.cost())
}

// tighter reports whether a spot has fewer seats than another one; an unknown number
// counts as many.
func tighter(s, than spot) bool {
	return s.seats != 0 && (than.seats == 0 || s.seats < than.seats)
}

// search exchanges pieces by chance: what is better is kept, and what is worse
// sometimes, the less the longer it goes on.
func (b *board) search(seed int64) {
	if len(b.pieces) == 0 || b.bestCost == 0 {
		return
	}
	chance := rand.New(rand.NewPCG(uint64(seed), 0x706c656e617279)) //nolint:gosec // no secret: the same seed has to give the same proposal
	cost := b.bestCost
	for step := range searchSteps {
		b.steps++
		warmth := 4 * (1 - float64(step)/searchSteps)
		i := chance.IntN(len(b.pieces))
		if len(b.pieces[i].allowed) == 0 {
			continue
		}
		to := b.pieces[i].allowed[chance.IntN(len(b.pieces[i].allowed))]
		cost += b.try(i, to, warmth, chance)
		if cost < b.bestCost {
			b.keep(cost)
			if b.bestCost == 0 {
				return
			}
		}
	}
}

// try moves a piece, in exchange with whatever is in the way, and gives how much the
// cost grows by it: 0 where it is not done.
func (b *board) try(i, to int, warmth float64, chance *rand.Rand) int {
	from := b.at[i]
	if from == to {
		return 0
	}
	j := b.inTheWay(i, to)
	if j == many {
		return 0
	}
	before, _ := b.added(i, from, -1)
	if j < 0 {
		after, ok := b.added(i, to, -1)
		if !ok || !accepts(after-before, warmth, chance) {
			return 0
		}
		b.at[i] = to
		return after - before
	}
	old := b.at[j]
	other, _ := b.added(j, old, i)
	before += other
	b.at[i] = to
	target := b.sameSpot(j, i, from)
	after, ok := b.added(i, to, j)
	b.at[j] = target
	other, also := b.added(j, target, -1)
	if !ok || !also || !accepts(after+other-before, warmth, chance) {
		b.at[i], b.at[j] = from, old
		return 0
	}
	return after + other - before
}

const many = -2

// inTheWay is the piece that is in the room at that time: -1 for none, many for more
// than one.
func (b *board) inTheWay(i, to int) int {
	here, found := b.spots[b.pieces[i].length][to], -1
	for j := range b.pieces {
		if there, ok := b.spot(j); ok && j != i && here.room == there.room && here.meets(there) {
			if found >= 0 {
				return many
			}
			found = j
		}
	}
	return found
}

// sameSpot is where piece j is when it goes where piece i was: -1 for nowhere, also
// where it may not be there.
func (b *board) sameSpot(j, i, from int) int {
	if from < 0 {
		return -1
	}
	was := b.spots[b.pieces[i].length][from]
	for _, at := range b.pieces[j].allowed {
		if s := b.spots[b.pieces[j].length][at]; s.slot == was.slot && s.room == was.room && s.from == was.from {
			return at
		}
	}
	return -1
}

func accepts(growth int, warmth float64, chance *rand.Rand) bool {
	return growth <= 0 || warmth > 0 && chance.Float64() < math.Exp(-float64(growth)/warmth)
}

// moves are what differs between the plan and the best board.
func (b *board) moves() (out []Move, left []int64) {
	for i, x := range b.pieces {
		if b.best[i] < 0 {
			left = append(left, x.session.ID)
			if x.session.SlotID != 0 {
				out = append(out, Move{Session: x.session.ID})
			}
			continue
		}
		s := b.spots[x.length][b.best[i]]
		if s.begins == nil && b.follows(s) {
			s.begins = new(0) // not after what runs out of that slot
		}
		if x.session.SlotID == s.slot && x.session.RoomID == s.room && sameBegin(x.session.Begins, s.begins) {
			continue
		}
		out = append(out, Move{x.session.ID, Placing{SlotID: s.slot, RoomID: s.room, Begins: s.begins}})
	}
	return out, left
}

// follows reports whether something that is not moved is in the spot's slot and room,
// at another time.
func (b *board) follows(s spot) bool {
	return slices.ContainsFunc(b.fixed, func(f fixture) bool { return f.at.slot == s.slot && f.at.room == s.room })
}

func sameBegin(one, other *int) bool {
	return (one == nil) == (other == nil) && orZero(one) == orZero(other)
}
