package timeline

import (
	"strconv"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/programme"
)

// Programme is a programme as JSON, without what it is made of.
type Programme struct {
	ID              int64                 `json:"id"`
	ThreadID        int64                 `json:"thread_id"`
	Title           string                `json:"title"`
	Description     string                `json:"description"`
	DescriptionHTML string                `json:"description_html"`
	Place           string                `json:"place"`
	Link            string                `json:"link"`
	TimeZone        string                `json:"time_zone"`
	Template        programme.Template    `json:"template"`
	State           access.ProgrammeState `json:"state"`
	StartsOn        programme.Date        `json:"starts_on"` // its first day; empty where it has none
	EndsOn          programme.Date        `json:"ends_on"`
	TakesProposals  bool                  `json:"takes_proposals"`
	TakesSignups    bool                  `json:"takes_signups"`
	Version         int                   `json:"version"` // the newest published one; 0 before the first
	PublishedAt     *time.Time            `json:"published_at,omitempty"`
	Revision        int                   `json:"revision"` // grows with each change of anything in it
	CancelledAt     *time.Time            `json:"cancelled_at,omitempty"`
	CancelReason    string                `json:"cancel_reason,omitempty"`
	Creator         Person                `json:"creator"`
	CreatedAt       time.Time             `json:"created_at"`
	EditedAt        *time.Time            `json:"edited_at,omitempty"`
	URL             string                `json:"url"`
}

// ProgrammeOf is the shape of a programme.
func ProgrammeOf(p programme.Programme) Programme {
	return Programme{ID: p.ID, ThreadID: p.ThreadID, Title: p.Title, Description: p.Description, DescriptionHTML: p.DescriptionHTML,
		Place: p.Place, Link: p.Link, TimeZone: p.Zone, Template: p.Template, State: p.State(), StartsOn: p.First, EndsOn: p.Last,
		TakesProposals: p.TakesProposals, TakesSignups: p.TakesSignups, Version: p.Published, PublishedAt: utc(p.PublishedAt), Revision: p.Revision,
		CancelledAt: utc(p.CancelledAt), CancelReason: p.CancelReason, Creator: PersonOf(p.Creator), CreatedAt: p.CreatedAt.UTC(), EditedAt: utc(p.EditedAt),
		URL: p.Path()}
}

// Plan is a programme as JSON, with all that it is made of.
type Plan struct {
	Programme
	Working    bool      `json:"working"` // what those who convene work on, and not what was published last
	Days       []Day     `json:"days"`
	Rooms      []Room    `json:"rooms"`
	Slots      []Slot    `json:"slots"`
	Sessions   []Session `json:"sessions"`
	PutForward []Session `json:"put_forward"` // sessions that were proposed and are not in what was published; empty where Working
}

// Day is a day of an event as JSON.
type Day struct {
	ID    int64          `json:"id"`
	Date  programme.Date `json:"date"`
	Title string         `json:"title"`
}

// Room is a room of an event as JSON.
type Room struct {
	ID       int64  `json:"id"`
	Name     string `json:"name"`
	Capacity int    `json:"capacity"` // 0 where unknown
	Link     string `json:"link"`
	Note     string `json:"note"`
	Position int    `json:"position"`
}

// Slot is a slot as JSON. Times of the day are what the clock on the wall shows where
// the event is; from 24:00 on they are in the night after the day.
type Slot struct {
	ID       int64     `json:"id"`
	DayID    int64     `json:"day_id"`
	Title    string    `json:"title"`
	Starts   string    `json:"starts"`
	Ends     string    `json:"ends"`
	Pause    bool      `json:"pause"`
	StartsAt time.Time `json:"starts_at"`
	EndsAt   time.Time `json:"ends_at"`
}

// Session is a session as JSON.
type Session struct {
	ID              int64           `json:"id"`
	EventID         int64           `json:"event_id"`
	Title           string          `json:"title"`
	Description     string          `json:"description"`
	DescriptionHTML string          `json:"description_html"`
	State           programme.State `json:"state"`
	StateReason     string          `json:"state_reason,omitempty"`
	SlotID          int64           `json:"slot_id,omitempty"` // absent while it has no place
	RoomID          int64           `json:"room_id,omitempty"`
	Begins          *int            `json:"begins"` // minutes after the slot's beginning; null for after the one before it
	Minutes         int             `json:"minutes"`
	Position        int             `json:"position"`
	Capacity        int             `json:"capacity"`
	StartsAt        *time.Time      `json:"starts_at"` // null while it has no place
	EndsAt          *time.Time      `json:"ends_at"`
	Speakers        []Participant   `json:"speakers"`
	Hosts           []Participant   `json:"hosts"`
	Themes          []SessionTheme  `json:"themes"`
	Material        []Material      `json:"material"`
	Notes           string          `json:"notes"`
	NotesHTML       string          `json:"notes_html"`
	StartedAt       *time.Time      `json:"started_at,omitempty"`
	MinutesTaken    *int            `json:"minutes_taken"` // null while it is not over
	ThreadID        int64           `json:"thread_id,omitempty"`
	ProposedBy      Person          `json:"proposed_by"`
	PutForward      bool            `json:"put_forward"` // by a reader of the programme
	Going           int             `json:"going"`
	Waiting         int             `json:"waiting"`
	Version         int             `json:"version"`
	URL             string          `json:"url"`
}

// Participant is a speaker or host as JSON: somebody with an account, or a name.
type Participant struct {
	ID          int64  `json:"id"`               // of the part in the session
	Handle      string `json:"handle,omitempty"` // absent of somebody without an account
	Name        string `json:"name"`
	Affiliation string `json:"affiliation,omitempty"`
}

// SessionTheme is a theme of a session as JSON.
type SessionTheme struct {
	ID       int64             `json:"id"`
	Title    string            `json:"title"`
	ThreadID int64             `json:"thread_id"`
	Proposer string            `json:"proposer"`
	State    access.ThemeState `json:"state"`
}

// Material is something to read, watch or bring, as JSON.
type Material struct {
	ID    int64         `json:"id"`
	Title string        `json:"title"`
	Link  string        `json:"link"`
	File  *MaterialFile `json:"file,omitempty"` // absent of a page of the web
}

// MaterialFile is what is known of a file that was uploaded for a session, as JSON.
type MaterialFile struct {
	Name      string `json:"name"`
	MediaType string `json:"media_type"`
	Size      int64  `json:"size"`
}

// PlanOf is the shape of a programme with all that it is made of.
func PlanOf(p programme.Plan) Plan {
	out := Plan{Programme: ProgrammeOf(p.Programme), Working: p.Working, Days: []Day{}, Rooms: []Room{}, Slots: []Slot{}, Sessions: []Session{}, PutForward: []Session{}}
	for _, d := range p.Days {
		out.Days = append(out.Days, DayOf(d))
	}
	for _, r := range p.Rooms {
		out.Rooms = append(out.Rooms, RoomOf(r))
	}
	for _, s := range p.Slots {
		out.Slots = append(out.Slots, SlotOf(s, p.SlotSpan(s)))
	}
	when := programme.When(p)
	for _, s := range p.Sessions {
		out.Sessions = append(out.Sessions, SessionOf(s, when))
	}
	for _, s := range p.PutForward {
		out.PutForward = append(out.PutForward, SessionOf(s, nil))
	}
	return out
}

// DayOf is the shape of a day.
func DayOf(d programme.Day) Day { return Day(d) }

// RoomOf is the shape of a room.
func RoomOf(r programme.Room) Room { return Room(r) }

// SlotOf is the shape of a slot that is at a time.
func SlotOf(s programme.Slot, at programme.Span) Slot {
	return Slot{ID: s.ID, DayID: s.DayID, Title: s.Title, Starts: clockTime(s.Starts), Ends: clockTime(s.Ends), Pause: s.Pause,
		StartsAt: at.Start.UTC(), EndsAt: at.End.UTC()}
}

// clockTime writes a time of the day so that it can be read again: "25:30" for half
// past one in the night after the day.
func clockTime(m programme.Minute) string {
	text := strconv.Itoa(int(m)/60) + ":"
	if int(m)/60 < 10 {
		text = "0" + text
	}
	if int(m)%60 < 10 {
		text += "0"
	}
	return text + strconv.Itoa(int(m)%60)
}

// SessionOf is the shape of a session, with its time where when tells it.
func SessionOf(s programme.Session, when map[int64]programme.Span) Session {
	out := Session{ID: s.ID, EventID: s.ProgrammeID, Title: s.Title, Description: s.Description, DescriptionHTML: s.DescriptionHTML,
		State: s.State, StateReason: s.Reason, SlotID: s.SlotID, RoomID: s.RoomID, Begins: s.Begins, Minutes: s.Minutes, Position: s.Position,
		Capacity: s.Capacity, Speakers: participants(s.Speakers), Hosts: participants(s.Hosts), Themes: []SessionTheme{}, Material: []Material{},
		Notes: s.Notes, NotesHTML: s.NotesHTML, StartedAt: utc(s.StartedAt), MinutesTaken: s.MinutesTaken, ThreadID: s.ThreadID,
		ProposedBy: PersonOf(s.ProposedBy), PutForward: s.PutForward, Going: s.Going, Waiting: s.Waiting, Version: s.Version,
		URL: s.Path()}
	if span, ok := when[s.ID]; ok {
		out.StartsAt, out.EndsAt = new(span.Start.UTC()), new(span.End.UTC())
	}
	for _, one := range s.Themes {
		out.Themes = append(out.Themes, SessionTheme{ID: one.ID, Title: one.Title, ThreadID: one.ThreadID, Proposer: one.Proposer, State: one.State})
	}
	for _, one := range s.Material {
		m := Material{ID: one.ID, Title: one.Title, Link: one.Link}
		if one.File != nil {
			m.File = new(MaterialFile(*one.File))
		}
		out.Material = append(out.Material, m)
	}
	return out
}

func participants(all []programme.Someone) []Participant {
	out := []Participant{}
	for _, one := range all {
		p := Participant{ID: one.ID, Name: one.Name, Affiliation: one.Affiliation}
		if one.Person != nil {
			p.Handle = one.Person.Handle
		}
		out = append(out, p)
	}
	return out
}
