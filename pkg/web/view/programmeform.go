package view

import (
	"fmt"
	"slices"
)

// ProgrammeFormPage begins a programme, or changes what it is called and where it
// is.
type ProgrammeFormPage struct {
	Frame
	Programme *ProgrammeHead // nil for a new one
	Thread    *ThreadHead    // where a new one is to stand; nil for a group
	Group     *GroupHead     // where a new one is to begin; nil for a thread
	Templates []string
	Zones     []OptionGroup
	Form      Form // title, description, template, starts_on, days, time_zone, place, link, takes_proposals, takes_signups
}

func (ProgrammeFormPage) page() string { return "programme-form" }

// Action is where the form goes.
func (p ProgrammeFormPage) Action() string {
	switch {
	case p.Programme != nil:
		return p.Programme.Path("/details")
	case p.Thread != nil:
		return p.Thread.Path("/events")
	case p.Group != nil:
		return p.Group.URL() + "/events"
	}
	return ""
}

// ProgrammeFramePage is for the days, rooms and slots of a programme.
type ProgrammeFramePage struct {
	Frame
	Programme ProgrammeHead
	Days      []DayRow
	Rooms     []RoomRow
	Day       Form          // date, title
	Room      Form          // name, capacity, link, note
	Slot      Form          // day, title, starts, ends, pause
	Unfit     []SessionCard // that do not fit their slots
	Failed    string        // which form was rejected: "day", "room", "slot", "room-7" …
	Edited    Form          // the rejected form of an existing room, day or slot
}

func (ProgrammeFramePage) page() string { return "programme-frame" }

// Empty is the state of a form in which nothing has been typed.
func (ProgrammeFramePage) Empty() Form { return Form{} }

// Bare tells whether there is a day without slots, or such days were to be divided
// and the answer has to say why they were not.
func (p ProgrammeFramePage) Bare() bool {
	return p.Failed == "draw" || slices.ContainsFunc(p.Days, func(d DayRow) bool { return len(d.Slots) == 0 })
}

// Draws are the ways to divide days at once.
func (ProgrammeFramePage) Draws() []string { return []string{"day_parts", "hours", "stretch"} }

// DayRow is a day with what it takes to change it.
type DayRow struct {
	ProgrammeDay
	Slots []SlotRow
}

// SlotRow is a slot with what it takes to change it.
type SlotRow struct {
	ProgrammeSlot
	Form Form // title, starts, ends, pause as they are
}

// RoomRow is a room with what it takes to change it.
type RoomRow struct {
	ProgrammeRoom
	Form        Form // name, capacity, link, note as they are
	Sessions    int
	First, Last bool
}

// SessionFormPage makes a session, puts one forward, or changes one.
type SessionFormPage struct {
	Frame
	Programme ProgrammeHead
	Session   *SessionCard // nil for a new one
	Proposing bool         // by somebody who does not convene
	Slots     []OptionGroup
	Rooms     []ListOption
	Themes    []ThemeTick
	Form      Form // title, description, state, minutes, capacity, slot_id, room_id, notes, theme, speaker …
	Speakers  []SpeakerRow
	Hosts     []SpeakerRow
	Material  []MaterialRow
	Version   int

	Published  bool // readers have met it: some of it is read at once, the rest with the next publication
	MaxFile    int  // megabytes of one uploaded file
	PutForward bool // by a reader: taking the agreement back makes it proposed again
	TakesNotes bool
}

func (SessionFormPage) page() string { return "programme-session-form" }

// Action is where the form goes.
func (p SessionFormPage) Action() string {
	if p.Session != nil {
		return p.Session.Path("/edit")
	}
	return p.Programme.Path("/sessions")
}

// DraftKey is the key under which the browser keeps the description.
func (p SessionFormPage) DraftKey() string {
	if p.Session != nil {
		return fmt.Sprintf("e%d-s%d", p.Programme.ID, p.Session.ID)
	}
	return fmt.Sprintf("e%d-session", p.Programme.ID)
}

// States are those between which somebody chooses who convenes.
func (p SessionFormPage) States() []string {
	if p.PutForward {
		return []string{"proposed", "confirmed"}
	}
	return []string{"draft", "confirmed"}
}

// Decides reports whether the form says how far the session has come.
func (p SessionFormPage) Decides() bool {
	return !p.Proposing && (p.Session == nil || !p.Session.Cancelled())
}

// ThemeTick is a theme that a session may deal with.
type ThemeTick struct {
	SessionTheme
	Chosen bool
}

// SpeakerRow is a speaker or host as typed: "@handle" of a member, or a name.
type SpeakerRow struct{ Name, Affiliation string }

// MaterialRow is something to read, watch or bring.
type MaterialRow struct {
	Title, Link string
	Kind        string // of an uploaded file, such as "PDF"
	Size        int64  // of an uploaded file, in bytes
}

// ProgrammePublishPage shows what publishing will change.
type ProgrammePublishPage struct {
	Frame
	Programme ProgrammeHead
	Changes   []ProgrammeChange
	Clashes   int
	Drafts    []Draft // sessions that stay hidden
	Unplaced  int     // sessions that are confirmed and have no place
	Any       bool    // something has changed, even where there is no word for it
	Days      int
	Revision  int
	Form      Form // note
	Confirm   Form // confirm: the drafts that are ticked
}

func (ProgrammePublishPage) page() string { return "programme-publish" }

// Draft is a session that is not agreed yet.
type Draft struct {
	ID     int64
	Title  string
	Placed bool
	URL    string
}

// ProgrammeCancelPage asks why an event does not take place.
type ProgrammeCancelPage struct {
	Frame
	Programme ProgrammeHead
	Form      Form // reason
}

func (ProgrammeCancelPage) page() string { return "programme-cancel" }
