package view

import (
	"html/template"
	"time"
)

// SignupBox is how many come to a session, and the viewer's own part in that.
type SignupBox struct {
	Session    SessionCard
	Shown      bool   // people sign up for it
	Calendar   bool   // when it is can be taken into a calendar
	CanSignUp  bool   // also for whom nothing is left but to wait
	Mine       bool   // the viewer has signed up
	Turn       int    // among those who wait, from 1; 0 for whoever has a seat
	SignInURL  string // for a visitor; empty for others
	Clashes    []Link // sessions at the same time that the viewer has signed up for
	List       string // URL of who comes; empty where the viewer may not know
	Attendance bool   // the viewer may note there who came
	Attended   *Attended
}

// Attended is how many came to a session.
type Attended struct{ Came, Absent, Others int }

// All is how many there were.
func (a Attended) All() int { return a.Came + a.Others }

// Free is how many seats are left; 0 where there are none, or no bounds.
func (s SessionCard) Free() int { return max(0, s.Capacity-s.Going) }

// Full reports whether there are no seats left.
func (s SessionCard) Full() bool { return s.Capacity > 0 && s.Going >= s.Capacity }

// Crowd is by how many more come than there are seats.
func (s SessionCard) Crowd() int {
	if s.Capacity == 0 {
		return 0
	}
	return max(0, s.Going-s.Capacity)
}

// Counted reports whether there is something to say of who comes.
func (s SessionCard) Counted() bool { return s.Going+s.Waiting > 0 }

// SessionFigures sets how many come to a session, wherever that is shown. The pages of
// those who wait for a seat look for themselves where it may be their turn, and so do
// those of people who were offered a seat when there are none left, or the other way
// round.
type SessionFigures struct {
	Card    SessionCard
	MovedUp bool // somebody who had waited may have a seat
}

func (SessionFigures) partial() string { return "stream-session-figures" }

// SignedUp replaces the viewer's own part in a session.
type SignedUp struct{ Box SignupBox }

func (SignedUp) partial() string { return "answer-signed-up" }

// SessionTalk is the discussion of a session with what came of it.
type SessionTalk struct {
	URL      string // empty while there is none
	Comments int
	Polls    []Link // that are asked there
	Outcomes []TalkOutcome
	CanOpen  bool
}

// TalkOutcome is what was decided in the discussion of a session.
type TalkOutcome struct {
	Poll      Link
	Statement string // plain text
}

// SessionSignupsPage lists who comes to a session, and notes who came.
type SessionSignupsPage struct {
	Frame
	Programme ProgrammeHead
	Card      SessionCard
	Going     []SignupLine
	Waiting   []SignupLine
	CanTake   bool
	CanSave   bool // as a file
	Attended  *Attended
	Form      Form
	Next      string // URL of the rest
	Saved     bool
}

func (SessionSignupsPage) page() string { return "programme-signups" }

// SignupLine is somebody who has signed up.
type SignupLine struct {
	Person Person
	At     time.Time
	Came   bool
	Looked bool // somebody has noted whether they came
}

// ProgrammeFeeds are the addresses under which programs follow a programme.
type ProgrammeFeeds struct {
	Calendar string       // whole addresses; empty where it has not been published
	Webcal   template.URL // webcal:…, of our own address
	Atom     string
	JSON     string
	Public   bool // everybody can open them
	SignedIn bool
	Private  string // the viewer's own calendar; empty while there is none
	Action   string // where it is made and ended
}

// AppointmentLine is a session that the viewer takes part in.
type AppointmentLine struct {
	Card  SessionCard
	Event Link
	Takes bool // speaks in it or hosts it
}
