package programme

import (
	"context"
	"fmt"
	"slices"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/store"
)

// Wish says what may be arranged.
type Wish struct {
	All    bool    // also what has its place already; otherwise only what has none
	Pinned []int64 // sessions that stay where they are
	Seed   int64   // the same one gives the same proposal
}

// Move is a session with the place that it is to have; without a slot it is to have
// none.
type Move struct {
	Session int64
	Placing
}

// Figures are what is bad about a plan: sessions without a place, and people torn
// between two sessions at once, counted for each pair of sessions.
type Figures struct {
	Unplaced int
	Torn     int
}

// Arrangement is a proposal of where sessions go.
type Arrangement struct {
	Moves    []Move  // in the order of the programme; what stays in its place is left out
	Left     []int64 // sessions for which there is no place
	Before   Figures
	After    Figures
	Proven   bool // nothing better can be, with sessions beginning where whole ones fit one after another
	Steps    int  // how much was tried
	Revision int  // of the programme that it was made for
}

// How much is tried. It is counted in steps and not in time, so that the same
// question has the same answer on every machine.
const (
	searchSteps = 20_000
	exactSteps  = 4_000_000
	maxSpots    = 1_000 // for sessions of one length
)

// Arrange proposes places for sessions, so that no one room or person is needed
// twice at once, each session fits its slot and as many people as come fit the room,
// and as few people as possible are torn between two that they support. What it does
// not move stays as it is, clashes included.
//
// It begins with the most wanted session and gives each the best place that is left
// (greedy), then tries exchanges by chance (simulated annealing, with the seed), and
// in the end looks through all possibilities (branch and bound) as far as the steps
// reach.
func Arrange(p Plan, crowd Crowd, wish Wish) Arrangement {
	out := Arrangement{Before: p.figures(crowd), Revision: p.Revision}
	b := newBoard(p, crowd, wish)
	b.greedy()
	b.asItIs()
	b.search(wish.Seed)
	out.Proven = b.exact()
	out.Steps = b.steps
	out.Moves, out.Left = b.moves()
	out.After = p.with(out.Moves).figures(crowd)
	return out
}

// figures counts what is bad about a plan.
func (p Plan) figures(crowd Crowd) Figures {
	var f Figures
	for _, s := range p.Sessions {
		if s.State != Cancelled && s.SlotID == 0 {
			f.Unplaced++
		}
	}
	for _, c := range Clashes(p, crowd) {
		if c.Kind == TornClash {
			f.Torn += c.Count
		}
	}
	return f
}

// with is the plan with sessions moved.
func (p Plan) with(moves []Move) Plan {
	p.Sessions = slices.Clone(p.Sessions)
	for _, m := range moves {
		for i := range p.Sessions {
			if s := &p.Sessions[i]; s.ID == m.Session {
				s.SlotID, s.RoomID, s.Begins, s.Position = m.SlotID, m.RoomID, m.Begins, orZero(m.Position)
			}
		}
	}
	return p
}

// Proposal arranges a programme as it is worked on. Nothing is changed by it.
// Errors: by access.EditProgramme, but for its state.
func (p *Programmes) Proposal(ctx context.Context, who access.Actor, id int64, wish Wish) (Arrangement, error) {
	whole, crowd, err := p.convened(ctx, who, id)
	if err != nil {
		return Arrangement{}, err
	}
	return Arrange(whole, crowd, wish), nil
}

// Apply puts sessions where a proposal wants them, all of them or none. Errors:
// Invalid with field moves, as for Place; by access.EditProgramme; Conflict
// "programme.edited_meanwhile" where the programme has changed since revision.
func (p *Programmes) Apply(ctx context.Context, who access.Actor, id int64, moves []Move, revision int) error {
	return p.changePlan(ctx, who, id, revision, func(tx *store.Tx, locked Plan, now time.Time) error {
		if len(moves) == 0 {
			return errUnchanged
		}
		var themes []int64
		var f errs.Fields
		for _, m := range moves {
			s, ok := locked.Session(m.Session)
			switch {
			case !ok:
				f.Add("moves", "programme.session_unknown")
				return f.Err()
			case s.State == Cancelled:
				f.Add("moves", "programme.session_cancelled")
				return f.Err()
			}
			if m.SlotID == 0 {
				continue
			}
			if err := locked.fits(s, m.Placing); err != nil {
				return asMoves(err)
			}
			themes = append(themes, s.themeIDs()...)
		}
		// Out of their places first, so that the order of those who stay is right.
		for _, m := range moves {
			if err := unplace(tx, "id = ?", m.Session); err != nil {
				return err
			}
		}
		locked = locked.without(moves)
		for _, m := range moves {
			s, _ := locked.Session(m.Session)
			if m.SlotID == 0 {
				continue
			}
			m.Position = nil
			if err := put(tx, locked, s, m.Placing); err != nil {
				return fmt.Errorf("apply a proposal: %w", err)
			}
			locked = locked.with([]Move{{m.Session, Placing{m.SlotID, m.RoomID, m.Begins, new(len(locked.Sessions))}}})
		}
		return p.schedule(tx, who, locked.Programme, themes, now)
	})
}

func asMoves(err error) error {
	e, ok := err.(*errs.Error) //nolint:errorlint // fits gives no other
	if !ok {
		return err
	}
	var f errs.Fields
	for _, text := range e.Fields {
		f.Add("moves", text.Code, text.Args)
	}
	return f.Err()
}

// without is the plan without places for the sessions of the moves.
func (p Plan) without(moves []Move) Plan {
	out := make([]Move, len(moves))
	for i, m := range moves {
		out[i].Session = m.Session
	}
	return p.with(out)
}
