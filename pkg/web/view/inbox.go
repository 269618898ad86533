package view

import (
	"net/url"
	"strconv"
	"time"

	"plenary/pkg/errs"
)

// unreadMost is from where on it is only said that there is more.
const unreadMost = 100

// Unread is how many rows of an inbox are unread.
type Unread struct {
	Rows int
	Seq  int64 // of the newest event of the inbox then
}

// Most reports whether there are so many that they were not counted to the end.
func (u Unread) Most() bool { return u.Rows >= unreadMost }

// Shown is the number to be shown.
func (u Unread) Shown() int { return min(u.Rows, unreadMost-1) }

// InboxPage is what concerns the viewer.
type InboxPage struct {
	Frame
	Show      string // which rows are shown
	Shows     []string
	Group     string // handle of the group they are about; empty for all
	Groups    []GroupRef
	NeedsVote []PollLine
	Days      []InboxDay
	Later     bool // not the first page
	Next      string
	Err       errs.Text  // why nothing was marked; zero Code where nothing is wrong
	Done      *InboxDone // what was marked; nil where nothing was
}

func (InboxPage) page() string { return "inbox" }

// At is the address of what is shown with another choice.
func (InboxPage) At(show, group string) string { return inboxURL(show, group, url.Values{}) }

// After is the address of the rows after the cursor.
func (p InboxPage) After(cursor string) string {
	return inboxURL(p.Show, p.Group, url.Values{"cursor": {cursor}})
}

// Unread reports whether one of the rows is.
func (p InboxPage) Unread() bool {
	for _, d := range p.Days {
		for _, r := range d.Rows {
			if r.Unread {
				return true
			}
		}
	}
	return false
}

func inboxURL(show, group string, more url.Values) string {
	if show != "" && show != "all" {
		more.Set("show", show)
	}
	if group != "" {
		more.Set("group", group)
	}
	if len(more) == 0 {
		return "/inbox"
	}
	return "/inbox?" + more.Encode()
}

// InboxDay is what came on one day.
type InboxDay struct {
	At    time.Time
	Label string // "today", "yesterday"; empty for another
	Rows  []InboxRow
}

// InboxRow is something that concerns the viewer.
type InboxRow struct {
	Seq     int64
	Say     string // which sentence tells of it
	By      Person // zero where the forum itself acted
	Title   string // of what it is about
	Thread  string // where that is; empty where it is the thread itself, or in none
	Group   string
	State   string // of a theme
	Excerpt string
	Note    string // a reason that was given
	At      time.Time
	Unread  bool
	Away    bool
}

// URL leads to what the row is about, and makes it read.
func (r InboxRow) URL() string { return "/inbox/" + strconv.FormatInt(r.Seq, 10) }

// InboxDone is what was done with rows.
type InboxDone struct {
	As          string
	Rows        int
	At          int64 // when, in microseconds: Undo asks for it
	Show, Group string
}

// URL is the inbox that says what was done.
func (d InboxDone) URL() string {
	return inboxURL(d.Show, d.Group, url.Values{"done": {d.As}, "rows": {strconv.Itoa(d.Rows)}, "at": {strconv.FormatInt(d.At, 10)}})
}

// Undoes reports whether it can be taken back in one go.
func (d InboxDone) Undoes() bool { return d.Rows > 0 && (d.As == "read" || d.As == "away") }

// InboxMarked answers a button of the inbox.
type InboxMarked struct {
	Done   InboxDone
	Unread Unread
}

func (InboxMarked) partial() string { return "answer-inbox" }

// InboxChanged tells the pages of the owner of an inbox that something is otherwise
// in it. It is made for each owner alone.
type InboxChanged struct {
	Unread  Unread
	Proxies bool // who votes for whom has changed
}

func (InboxChanged) partial() string { return "stream-inbox" }
