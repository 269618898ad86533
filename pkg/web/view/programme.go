package view

import (
	"fmt"
	"html/template"
	"time"

	"plenary/pkg/errs"
)

// ProgrammeHead is what every page of a programme shows of it.
type ProgrammeHead struct {
	ID           int64
	Title        string
	Thread       ThreadHead // its discussion
	Place        string
	Link         string // where those who are elsewhere join
	Zone         *time.Location
	Template     string    // "assembly", "open_space", "congress", "meeting"
	First, Last  time.Time // noon of the first and the last day, where the event is; zero where it has none
	Published    int       // newest published version; 0 before the first
	Unpublished  int       // for convenors: changes that readers do not see yet
	Drafts       int       // for convenors: sessions that have a place and stay hidden, as they are drafts
	CancelledAt  time.Time
	CancelReason string
	Rights       ProgrammeRights
}

// ProgrammeRights say what the viewer may do with a programme.
type ProgrammeRights struct {
	Convene bool // build, publish and cancel it
	Propose bool // put a session forward
	Resume  bool // take the cancelling back
}

// URL is the programme's page.
func (p ProgrammeHead) URL() string { return p.Path("") }

// Path is the address of something below the programme, such as "/print".
func (p ProgrammeHead) Path(rest string) string { return fmt.Sprintf("/e/%d%s", p.ID, rest) }

// There is the clock on the wall where the event is.
func (p ProgrammeHead) There() Clock { return Clock{Zone: p.Zone} }

// Dated reports whether the event has a day.
func (p ProgrammeHead) Dated() bool { return !p.First.IsZero() }

// SeveralDays reports whether the event lasts longer than a day.
func (p ProgrammeHead) SeveralDays() bool { return !p.First.Equal(p.Last) }

// Draft reports whether readers have seen nothing of it yet.
func (p ProgrammeHead) Draft() bool { return p.Published == 0 }

// Cancelled reports whether the event does not take place.
func (p ProgrammeHead) Cancelled() bool { return !p.CancelledAt.IsZero() }

// Agenda reports whether it is one meeting, shown as items with minutes.
func (p ProgrammeHead) Agenda() bool { return p.Template == "meeting" }

// Speaker is who speaks in a session or hosts it: a member, or somebody who is
// only named.
type Speaker struct {
	Name        string
	Affiliation string
	URL         string // the member's page; empty for somebody without an account
}

// SessionCard is a session as it stands in a programme.
type SessionCard struct {
	ID        int64
	Programme int64
	Title     string
	Summary   string // plain text
	State     string // "draft", "proposed", "confirmed", "cancelled"
	Reason    string // why it was cancelled
	Starts    time.Time
	Ends      time.Time
	Zone      *time.Location // of the event
	Own       *time.Location // of the reader, where it differs and is known
	Room      string         // empty where it is in all rooms, or not said
	Speakers  []Speaker
	Minutes   int
	Taken     int // minutes that an item took; -1 while it is not over
	Running   bool
	Capacity  int // 0 where it is not bounded
	Going     int
	Waiting   int
	Mine      string // the viewer's: "going", "waiting", or empty
	Now       bool
	Dated     bool    // its day is named with its time: it is another than today
	Clashes   []Clash // for those who convene

	SlotID, RoomID int64
	Thread         int64 // its own discussion; 0 for none
}

// URL is the session's page.
func (s SessionCard) URL() string { return s.Path("") }

// Path is the address of something below the session, such as "/edit".
func (s SessionCard) Path(rest string) string {
	return fmt.Sprintf("/e/%d/s/%d%s", s.Programme, s.ID, rest)
}

// DOMID names the card in the page.
func (s SessionCard) DOMID() string { return fmt.Sprintf("ses-%d", s.ID) }

// There is the clock on the wall where the event is.
func (s SessionCard) There() Clock { return Clock{Zone: s.Zone} }

// Timed reports whether it is known when the session is.
func (s SessionCard) Timed() bool { return !s.Starts.IsZero() }

// Cancelled reports whether it does not take place.
func (s SessionCard) Cancelled() bool { return s.State == "cancelled" }

// Over reports whether an item of an agenda has been dealt with.
func (s SessionCard) Over() bool { return s.Taken >= 0 }

// Clash is one thing that does not fit, in words.
type Clash struct {
	Kind string    // "room", "speaker", "capacity", "people", "length", "day"
	Text errs.Text // what collides with what
	With []Link    // the other sessions
}

// ProgrammeDay is a day with its slots.
type ProgrammeDay struct {
	ID    int64
	Date  string    // 2026-06-20, as in the address of its part of the page
	At    time.Time // its noon where the event is
	Title string
	Today bool
	Slots []ProgrammeSlot
}

// DOMID names the day in the page.
func (d ProgrammeDay) DOMID() string { return "day-" + d.Date }

// ProgrammeSlot is a stretch of a day with what is in it.
type ProgrammeSlot struct {
	ID           int64
	Title        string
	Starts, Ends time.Time
	Zone         *time.Location
	Pause        bool
	Columns      []ProgrammeColumn // of rooms in which something is; on the board all of them
}

// There is the clock on the wall where the event is.
func (s ProgrammeSlot) There() Clock { return Clock{Zone: s.Zone} }

// ProgrammeColumn is what is in one room during a slot.
type ProgrammeColumn struct {
	Slot     int64
	RoomID   int64
	Room     string
	Number   int // of the room, from 1; 0 across all rooms
	Sessions []SessionCard
}

// DOMID names the column in the page.
func (c ProgrammeColumn) DOMID() string { return fmt.Sprintf("cell-%d-%d", c.Slot, c.RoomID) }

// ProgrammeRoom is a room at the head of its column.
type ProgrammeRoom struct {
	ID       int64
	Name     string
	Capacity int
	Link     string
	Note     string
	Number   int // from 1
}

// Column is the number of the column that the room stands above.
func (r ProgrammeRoom) Column() int { return min(r.Number, mostColumns) }

// ProgrammePage is a programme as its readers meet it.
type ProgrammePage struct {
	Frame
	Programme   ProgrammeHead
	Description template.HTML
	Rooms       []ProgrammeRoom
	Days        []ProgrammeDay
	Now         []SessionCard      // going on
	Next        []SessionCard      // what begins next
	Mine        []SessionCard      // that the viewer has signed up for
	Proposed    []SessionCard      // put forward and not yet placed
	Changes     []ProgrammeVersion // the newest, where there was one before it
	Draft       bool               // shows what is not published yet, to those who convene
	NextAt      time.Time          // when what is now changes; zero for never
	AskZone     bool               // the reader's zone is not known yet
	Filter      ProgrammeFilter
	Undiscussed int // for convenors: published sessions without a discussion
	Late        int // minutes that an agenda is behind; negative when ahead
	LastSeq     int64
}

func (ProgrammePage) page() string { return "programme" }

// Wide is how many columns the grid has.
func (p ProgrammePage) Wide() int { return wide(p.Rooms) }

func wide(rooms []ProgrammeRoom) int { return max(1, min(len(rooms), mostColumns)) }

// mostColumns is how many columns the style sheet knows of: as many rooms as a
// programme can have, and one for no room on the board.
const mostColumns = 51

// Column is the number of the column that the room's sessions stand in.
func (c ProgrammeColumn) Column() int { return min(c.Number, mostColumns) }

// ProgrammeVersion is one publication with what it changed.
type ProgrammeVersion struct {
	Number  int
	At      time.Time
	By      Person
	Note    string
	Changes []ProgrammeChange
}

// ProgrammeChange is one difference between two versions, in words.
type ProgrammeChange struct {
	Kind    string // "added", "removed", "moved", "changed", "cancelled" …
	Text    errs.Text
	Session Link // zero where it is about the event
}

// ProgrammeChangesPage lists the versions of a programme.
type ProgrammeChangesPage struct {
	Frame
	Programme ProgrammeHead
	Versions  []ProgrammeVersion // newest first
	Since     int                // what the reader knows already; 0 for all
	Next      string             // URL of the rest
	LastSeq   int64
}

func (ProgrammeChangesPage) page() string { return "programme-changes" }

// ProgrammePrintPage is a programme on paper, one page a day, or several where there
// are many rooms.
type ProgrammePrintPage struct {
	Frame
	Programme ProgrammeHead
	Rooms     []ProgrammeRoom
	Days      []ProgrammeDay
	Filter    ProgrammeFilter
}

func (ProgrammePrintPage) page() string { return "programme-print" }

// Dense is how small the print must be for a day to fit on its page: 0 to 3.
func (p ProgrammePrintPage) Dense() int {
	rooms, most := 1, 0.0
	for _, sheet := range p.Sheets() {
		beside := max(1, len(sheet.Rooms))
		lines := 0.0
		for _, s := range sheet.Slots {
			lines += s.tallest(max(12, lineOfPrint/beside))
		}
		most, rooms = max(most, lines), max(rooms, beside)
	}
	if !p.Landscape() {
		most /= 1.45 // as a page is higher then
	}
	size := 0
	for size < 3 && (most > linesOfPrint[size] || rooms > roomsOfPrint[size]) {
		size++
	}
	return size
}

// Landscape reports whether the pages lie on their side.
func (p ProgrammePrintPage) Landscape() bool { return len(p.Rooms) > 2 }

// What a page on its side holds: characters across all rooms, and, by the size of
// the print, lines and rooms. Tried with Chromium on A4.
const lineOfPrint = 150

var (
	linesOfPrint = [3]float64{34, 42, 52}
	roomsOfPrint = [3]int{5, 8, 10}
)

// tallest is about how many lines of print the slot takes, with so many characters
// in a line.
func (s ProgrammeSlot) tallest(chars int) float64 {
	most := 1.0
	for _, c := range s.Columns {
		lines := 0.0
		for _, one := range c.Sessions {
			names := 0
			for _, who := range one.Speakers {
				names += len([]rune(who.Name)) + len([]rune(who.Affiliation)) + 5
			}
			lines += 2.7 + float64(len([]rune(one.Title))/chars) + float64((names+chars-1)/chars)
		}
		most = max(most, lines)
	}
	return most + 0.7
}

// ProgrammeEmbedPage is a programme inside a page of another site. It knows of no
// viewer.
type ProgrammeEmbedPage struct {
	Frame
	Programme ProgrammeHead
	Rooms     []ProgrammeRoom
	Days      []ProgrammeDay
}

func (ProgrammeEmbedPage) page() string { return "programme-embed" }

// Wide is how many columns the grid has.
func (p ProgrammeEmbedPage) Wide() int { return wide(p.Rooms) }

// ProgrammeScreenPage is for the screen of a room, or of the entrance.
type ProgrammeScreenPage struct {
	Frame
	Programme ProgrammeHead
	Room      *ProgrammeRoom // nil for all rooms
	Now       []SessionCard
	Next      []SessionCard
	NextAt    time.Time
	LastSeq   int64
}

func (ProgrammeScreenPage) page() string { return "programme-screen" }

// ProgrammeSharePage tells how to take the programme elsewhere.
type ProgrammeSharePage struct {
	Frame
	Programme ProgrammeHead
	Rooms     []ProgrammeRoom
	Snippet   string // for pages of other sites; empty where visitors may not read it
	Origin    string // address of the forum
	Feeds     ProgrammeFeeds
}

func (ProgrammeSharePage) page() string { return "programme-share" }

// SessionPage is a session whole.
type SessionPage struct {
	Frame
	Programme   ProgrammeHead
	Card        SessionCard
	Description template.HTML
	Notes       template.HTML
	Hosts       []Speaker
	Themes      []SessionTheme
	Material    []MaterialRow
	Talk        SessionTalk
	Signup      SignupBox
	ProposedBy  Person
	RoomNote    string
	RoomLink    string
	Rights      SessionRights
	Waits       bool // for those who may edit it: it was changed, and readers do not meet that yet
	TakeNotes   Form // notes, version
	Cancel      Form
	LastSeq     int64
}

func (SessionPage) page() string { return "programme-session" }

// NotesKey is the key under which the browser keeps notes that are being written.
func (p SessionPage) NotesKey() string {
	return fmt.Sprintf("e%d-s%d-notes", p.Card.Programme, p.Card.ID)
}

// SessionRights say what the viewer may do with a session.
type SessionRights struct {
	Edit    bool // its texts, speakers and material
	Convene bool // confirm, place, cancel
	Notes   bool // write down what was said
	Delete  bool // nobody else knows of it yet
}

// SessionTheme is a theme that a session deals with.
type SessionTheme struct {
	ID         int64
	Title      string
	Proposer   string
	Supporters int
}

// URL is the theme's page.
func (t SessionTheme) URL() string { return ThemeCard{ID: t.ID}.URL() }

// ProgrammeLine is a programme in a list, or in the strip of its discussion.
type ProgrammeLine struct{ ProgrammeHead }

// GroupProgrammesPage lists the programmes of a group.
type GroupProgrammesPage struct {
	Frame
	Group    GroupHead
	Upcoming []ProgrammeLine
	Past     []ProgrammeLine
	CanStart bool
	Cursor   Cursor
}

func (GroupProgrammesPage) page() string { return "group-programmes" }
