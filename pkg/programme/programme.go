package programme

import (
	"time"

	"plenary/pkg/access"
	"plenary/pkg/forum"
	"plenary/pkg/person"
)

// Template is what an event begins from.
type Template string

// The templates.
const (
	Assembly  Template = "assembly"   // a general assembly: reports, elections, votes in one hall
	OpenSpace Template = "open_space" // sessions are proposed on the day
	Congress  Template = "congress"   // days of panels in several rooms
	Meeting   Template = "meeting"    // one meeting with an agenda: items with minutes planned and taken
)

// State is how far a session has come.
type State = access.SessionState

// The states of a session.
const (
	Draft     = access.SessionDraft     // only for those who convene
	Proposed  = access.SessionProposed  // put forward, and not yet agreed
	Confirmed = access.SessionConfirmed // it takes place
	Cancelled = access.SessionCancelled // with a reason; those signed up are told
)

// Programme is an event, without what it is made of.
type Programme struct {
	ID              int64
	ThreadID        int64
	ThreadTitle     string
	Group           forum.Home
	Title           string
	Description     string // Markdown; may be empty
	DescriptionHTML string // rendered and safe
	Place           string // "Mechanics' Institute, Manchester"; may be empty
	Link            string // where those who are elsewhere join; may be empty
	Zone            string // of the event, such as "Europe/London"
	Template        Template
	TakesProposals  bool // members propose sessions
	TakesSignups    bool
	Revision        int // grows with each change of anything in it
	Published       int // newest published version; 0 before the first
	CancelledAt     *time.Time
	CancelReason    string
	PublishedAt     *time.Time
	Creator         person.Brief
	CreatedAt       time.Time
	EditedAt        *time.Time
	First, Last     Date // its first and last day; empty where it has none

	facts access.Facts
}

// Facts are what decisions about the programme rest on, for the actor that it was
// loaded for.
func (p Programme) Facts() access.Facts { return p.facts }

// State is how far the programme has come.
func (p Programme) State() access.ProgrammeState {
	switch {
	case p.CancelledAt != nil:
		return access.ProgrammeCancelled
	case p.Published > 0:
		return access.ProgrammePublished
	}
	return access.ProgrammeDraft
}

// Day is one day of an event.
type Day struct {
	ID    int64  `json:"id"`
	Date  Date   `json:"date"`
	Title string `json:"title,omitempty"` // "General assembly"; may be empty
}

// Room is where sessions are.
type Room struct {
	ID       int64  `json:"id"`
	Name     string `json:"name"`
	Capacity int    `json:"capacity,omitempty"` // seats; 0 where unknown
	Link     string `json:"link,omitempty"`     // of a room on the net; may be empty
	Note     string `json:"note,omitempty"`     // how to get there, step-free or not
	Position int    `json:"position"`
}

// Slot is a stretch of a day.
type Slot struct {
	ID     int64  `json:"id"`
	DayID  int64  `json:"day_id"`
	Title  string `json:"title,omitempty"` // "Morning"; may be empty
	Starts Minute `json:"starts"`
	Ends   Minute `json:"ends"`
	Pause  bool   `json:"pause,omitempty"` // lunch, a break: nothing is placed in it
}

// Someone is a speaker or host: a member, or somebody who is only named.
type Someone struct {
	ID          int64         // of the part in this session
	Person      *person.Brief // nil for somebody without an account
	Name        string        // as shown, whoever it is
	Affiliation string
	Apart       bool // is nobody with an account of the same name: those who convene have said so
}

// ThemeRef is a theme as it stands in a session.
type ThemeRef struct {
	ID       int64
	Title    string
	ThreadID int64
	Proposer string // the name
	State    access.ThemeState
}

// Material is something to read, watch or bring.
type Material struct {
	ID    int64
	Title string
	Link  string
	File  *MaterialFile // nil for a page of the web, and for a file that is read elsewhere
}

// MaterialFile is what is known of a file that was uploaded for a session.
type MaterialFile struct {
	Name      string
	MediaType string
	Size      int64 // bytes
}

// Session is a part of the programme: a panel, a workshop, an item of an agenda.
type Session struct {
	ID              int64
	ProgrammeID     int64
	Title           string
	Description     string // Markdown; may be empty
	DescriptionHTML string
	Notes           string // Markdown, of what was said
	NotesHTML       string
	State           State
	Reason          string     // why it was cancelled
	SlotID          int64      // 0 while it is not placed
	RoomID          int64      // 0 where none: in every room, or not said
	Begins          *int       // minutes after the slot's beginning; nil for after the one before it
	Minutes         int        // planned; 0 for as long as its slot
	StartedAt       *time.Time // of an item of an agenda that has begun
	MinutesTaken    *int       // of an item that is over; nil while it is not
	Position        int        // among the sessions of the same slot and room
	Capacity        int        // 0 for as many as the room seats
	ThreadID        int64      // its own discussion; 0 while it has none
	ProposedBy      person.Brief
	Published       int  // the newest published version that it stands in; 0 for none
	PutForward      bool // by a reader of the programme, who is not among those who convene
	Version         int
	CreatedAt       time.Time
	EditedAt        *time.Time

	Speakers []Someone
	Hosts    []Someone
	Themes   []ThemeRef // in the order in which they are to be dealt with
	Material []Material
	Going    int // signed up and with a seat
	Waiting  int // signed up and waiting for one

	facts access.Facts
}

// Facts are what decisions about the session rest on, for the actor that it was
// loaded for.
func (s Session) Facts() access.Facts { return s.facts }

// Plan is a programme with all that it is made of: days by date, rooms by
// position, slots by day and time, sessions by slot, room and position, those
// without a slot last.
type Plan struct {
	Programme
	Days     []Day
	Rooms    []Room
	Slots    []Slot
	Sessions []Session

	// Working is set where this is what those who convene work on. Otherwise it is
	// what was published last, and PutForward are the sessions that readers have
	// proposed since.
	Working    bool
	PutForward []Session
}
