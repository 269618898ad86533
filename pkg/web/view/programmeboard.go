package view

import "time"

// ProgrammeBoardPage is where a programme is built: slots by rooms, and beside
// them what is not placed yet.
type ProgrammeBoardPage struct {
	Frame
	Programme ProgrammeHead
	Rooms     []ProgrammeRoom
	Days      []ProgrammeDay
	Tray      []SessionCard  // not placed
	Themes    []SessionTheme // in no session yet
	Clashes   []SessionClashes
	Unfit     []SessionCard // that do not fit their slots
	Namesakes []Namesake
	Moved     int        // sessions that were put next just now
	TakenOut  int        // sessions that were taken out of their slots just now
	Place     *PlaceForm // nil while nothing is being placed
	Polls     []Link     // closed ones that sessions can be filled from; the URL is the value
	Fill      Form       // poll
	Revision  int
	LastSeq   int64
}

func (ProgrammeBoardPage) page() string { return "programme-board" }

// Wide is how many columns the grid has.
func (p ProgrammeBoardPage) Wide() int { return wide(p.Rooms) }

// MovedOnBoard brings the board to whoever moved something on it.
type MovedOnBoard struct{ ProgrammeBoardPage }

func (MovedOnBoard) partial() string { return "builder-moved" }

// Bare reports whether there is nothing to place sessions in.
func (p ProgrammeBoardPage) Bare() bool {
	for _, d := range p.Days {
		if len(d.Slots) > 0 {
			return false
		}
	}
	return true
}

// BoardSession is a session on the board, with the places that it can go to among
// those of its slot and room; -1 where there is none.
type BoardSession struct {
	SessionCard
	Up, Down int
}

// Ordered are the sessions of the column, each with the places beside its own.
func (c ProgrammeColumn) Ordered() []BoardSession {
	out := make([]BoardSession, len(c.Sessions))
	for i, s := range c.Sessions {
		out[i] = BoardSession{s, i - 1, i + 1}
	}
	if n := len(out); n > 0 {
		out[n-1].Down = -1
	}
	return out
}

// Unplaced are the sessions of the tray.
func (p ProgrammeBoardPage) Unplaced() []BoardSession {
	out := make([]BoardSession, len(p.Tray))
	for i, s := range p.Tray {
		out[i] = BoardSession{s, -1, -1}
	}
	return out
}

// ClashCount is how many things do not fit.
func (p ProgrammeBoardPage) ClashCount() int {
	n := 0
	for _, s := range p.Clashes {
		n += len(s.Clashes)
	}
	return n
}

// Namesake is somebody with an account who has the name of somebody who is only named.
type Namesake struct {
	Name     string
	Person   Person
	Handle   string
	Sessions int // in which the name is typed
}

// SessionClashes is what does not fit about one session.
type SessionClashes struct {
	Session Link // to the card on the board
	Clashes []Clash
}

// PlaceForm places one session without dragging.
type PlaceForm struct {
	Session SessionCard
	Slots   []OptionGroup // by day
	Rooms   []ListOption
	Form    Form
}

// ProgrammePlanPage shows a plan that was proposed, and what it gains.
type ProgrammePlanPage struct {
	Frame
	Programme ProgrammeHead
	Moves     []PlanMove
	Before    PlanCost
	After     PlanCost
	Left      int  // sessions for which there is no place
	Proven    bool // nothing better can be
	All       bool // also what has a place already was to move
	Revision  int
	Form      Form
	Plan      []ListOption // what is accepted, as hidden fields: name and value
}

func (ProgrammePlanPage) page() string { return "programme-plan" }

// Better reports whether the plan gains anything.
func (p ProgrammePlanPage) Better() bool {
	if p.After.Unplaced != p.Before.Unplaced {
		return p.After.Unplaced < p.Before.Unplaced
	}
	return p.After.Torn < p.Before.Torn
}

// PlanMove is a session that a plan puts elsewhere.
type PlanMove struct {
	Session SessionCard
	From    PlanPlace // zero where it was not placed
	To      PlanPlace
}

// PlanPlace is a slot and a room in words.
type PlanPlace struct {
	At   time.Time // the beginning of the slot
	Zone *time.Location
	Room string
}

// Known reports whether it is a place.
func (p PlanPlace) Known() bool { return !p.At.IsZero() }

// There is the clock on the wall where the event is.
func (p PlanPlace) There() Clock { return Clock{Zone: p.Zone} }

// PlanCost is how well a plan fits.
type PlanCost struct {
	Unplaced int // sessions without a place
	Torn     int // people torn between two sessions at once, counted for each pair
}
