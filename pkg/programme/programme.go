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
type State string

// The states of a session.
const (
	Draft     State = "draft"    // only for those who convene
	Proposed  State = "proposed" // put forward, and not yet agreed
	Confirmed State = "confirmed"
	Cancelled State = "cancelled" // with a reason; those signed up are told
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
	Creator         person.Brief
	CreatedAt       time.Time
	EditedAt        *time.Time

	facts access.Facts
}

// Facts are what decisions about the programme rest on, for the actor that it was
// loaded for.
func (p Programme) Facts() access.Facts { return p.facts }

// Date is a day of the calendar, as "2026-06-20".
type Date string

// Minute is a time of the day, in minutes since the midnight that began the day.
// From 1440 on it is in the night after it.
type Minute int

// Day is one day of an event.
type Day struct {
	ID    int64
	Date  Date
	Title string // "General assembly"; may be empty
}

// Room is where sessions are.
type Room struct {
	ID       int64
	Name     string
	Capacity int    // seats; 0 where unknown
	Link     string // of a room on the net; may be empty
	Note     string // how to get there, step-free or not
	Position int
}

// Slot is a stretch of a day.
type Slot struct {
	ID     int64
	DayID  int64
	Title  string // "Morning"; may be empty
	Starts Minute
	Ends   Minute
	Pause  bool // lunch, a break: nothing is placed in it
}

// Someone is a speaker or host: a member, or somebody who is only named.
type Someone struct {
	ID          int64         // of the part in this session
	Person      *person.Brief // nil for somebody without an account
	Name        string        // as shown, whoever it is
	Affiliation string
}

// ThemeRef is a theme as it stands in a session.
type ThemeRef struct {
	ID       int64
	Title    string
	ThreadID int64
	Proposer string // the name
}

// Material is something to read, watch or bring.
type Material struct {
	ID    int64
	Title string
	Link  string
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
	Reason          string // why it was cancelled
	SlotID          int64  // 0 while it is not placed
	RoomID          int64  // 0 where none: in every room, or not said
	Begins          *int   // minutes after the slot's beginning; nil for after the one before it
	Minutes         int    // planned; 0 for as long as its slot
	MinutesTaken    *int   // of an item that is over; nil while it is not
	Position        int    // among the sessions of the same slot and room
	Capacity        int    // 0 for as many as the room seats
	ThreadID        int64  // its own discussion; 0 while it has none
	ProposedBy      person.Brief
	Version         int
	CreatedAt       time.Time
	EditedAt        *time.Time

	Speakers []Someone
	Hosts    []Someone
	Themes   []ThemeRef
	Material []Material
	Going    int // signed up and with a seat
	Waiting  int // signed up and waiting for one

	facts access.Facts
}

// Facts are what decisions about the session rest on, for the actor that it was
// loaded for.
func (s Session) Facts() access.Facts { return s.facts }

// Plan is a programme with all that it is made of: days by date, rooms by
// position, slots by day and time, sessions by slot, room and position.
type Plan struct {
	Programme
	Days     []Day
	Rooms    []Room
	Slots    []Slot
	Sessions []Session
}
