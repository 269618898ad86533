package view

import (
	"net/url"
	"strconv"
	"time"
)

// BoardPage is the theme board of a thread, in one of its views.
type BoardPage struct {
	Frame
	Thread     ThreadHead
	LastSeq    int64
	Rights     ThreadRights
	View       string        // "board", "list", "groups", "print"
	Sort       string        // "support", "new", "shuffled"
	State      string        // "proposed", "shortlisted", "scheduled", "settled"; empty for all
	Whose      string        // "mine", "supported", "questions"; empty for all
	By         Person        // only what this person proposes; zero for all
	Words      string        // only what holds these
	Columns    []BoardColumn // of the board
	Groups     []ThemeGroup  // of the view "groups"
	Cards      []ThemeCard   // of the list and of print
	All        int           // themes that the filter lets through, whatever their state
	Counts     map[string]int
	Next       int64 // where the next page begins after; 0 where this is the last
	After      int64 // where this page begins after; 0 for the first
	Before     int   // how many themes stood before this page; 0 where not known
	Gone       bool  // the theme that this page begins after is not among them any more
	NextBegins int   // how many themes stand before the next page
	Rules      RulesLine
	Shortlist  int    // how many are shortlisted
	Convene    bool   // the viewer sets the rules, and schedules what polls chose
	Choices    []Link // polls that are over whose winners have no place yet
}

func (BoardPage) page() string { return "board" }

// BoardColumn holds the themes of one state.
type BoardColumn struct {
	Name  string // "proposed", "shortlisted", "scheduled", "settled"
	Cards []ThemeCard
	All   int // in that state, shown or not
}

// More reports whether there are more than are shown.
func (c BoardColumn) More() bool { return c.All > len(c.Cards) }

// ThemeGroup is an overarching theme with what stands under it. Head is nil for
// those that stand under none, which come last.
type ThemeGroup struct {
	Head  *ThemeCard
	Cards []ThemeCard
}

// Narrow reports whether something is left out of the board, besides by state.
func (p BoardPage) Narrow() bool { return p.Whose != "" || p.By.Handle != "" || p.Words != "" }

// boardViews and boardSorts are what there is to choose from; the first of each
// is what a board shows by itself.
var (
	boardViews = []string{"board", "list", "groups", "print"}
	boardSorts = []string{"support", "new", "shuffled"}
	boardParts = []string{"", "proposed", "shortlisted", "scheduled", "settled"}
	boardWhose = []string{"", "mine", "supported", "questions"}
)

// Views are the ways of looking at a board.
func (BoardPage) Views() []string { return boardViews }

// Sorts are the orders of a board.
func (BoardPage) Sorts() []string { return boardSorts }

// Parts are the states that a board can be narrowed down to.
func (BoardPage) Parts() []string { return boardParts }

// Whoses are the other ways of narrowing it down, those that need somebody who is
// signed in left out for visitors.
func (p BoardPage) Whoses() []string {
	if !p.SignedIn() {
		return []string{"", "questions"}
	}
	return boardWhose
}

// Settings are what the address of the board says, besides the page.
func (p BoardPage) Settings() url.Values {
	q := url.Values{}
	set := func(name, value, usual string) {
		if value != usual {
			q.Set(name, value)
		}
	}
	set("view", p.View, boardViews[0])
	set("sort", p.Sort, boardSorts[0])
	set("state", p.State, "")
	set("whose", p.Whose, "")
	set("by", p.By.Handle, "")
	set("q", p.Words, "")
	return q
}

// With is the address of this board with one thing changed; of its first page,
// unless that is what changes.
func (p BoardPage) With(name, value string) string {
	q := p.Settings()
	q.Set(name, value)
	if value == "" || name == "view" && value == boardViews[0] || name == "sort" && value == boardSorts[0] {
		q.Del(name)
	}
	return p.path(q)
}

// Column is the list of one column, whole.
func (p BoardPage) Column(name string) string {
	q := p.Settings()
	q.Set("view", "list")
	q.Set("state", name)
	return p.path(q)
}

// Plain is the board without anything left out.
func (p BoardPage) Plain() string {
	q := p.Settings()
	for _, name := range []string{"state", "whose", "by", "q"} {
		q.Del(name)
	}
	return p.path(q)
}

// More is the next page.
func (p BoardPage) More() string {
	if p.Next == 0 {
		return ""
	}
	q := p.Settings()
	q.Set("after", strconv.FormatInt(p.Next, 10))
	q.Set("before", strconv.Itoa(p.NextBegins))
	return p.path(q)
}

func (p BoardPage) path(q url.Values) string {
	if len(q) == 0 {
		return p.Thread.Path("/themes")
	}
	return p.Thread.Path("/themes?" + q.Encode())
}

// RulesLine says what is asked of those who put themes forward.
type RulesLine struct {
	Window   string // "before", "within", "ended"; empty where no time was set
	OpensAt  time.Time
	ClosesAt time.Time // zero without an end
	Themes   int       // for each person; 0 for as many as one likes
	Supports int
	Clock    Clock
}

// Any reports whether anything is asked.
func (r RulesLine) Any() bool { return r.Window != "" || r.Themes > 0 || r.Supports > 0 }

// Takes reports whether themes are taken now.
func (r RulesLine) Takes() bool { return r.Window != "before" && r.Window != "ended" }

// RulesPage sets the rules of a thread.
type RulesPage struct {
	Frame
	Thread ThreadHead
	Form   Form
	Zone   string
	By     *Person // who set them last
	At     time.Time
}

func (RulesPage) page() string { return "theme-rules" }

// RulesChanged sets what a page says about the rules, and tells the timeline.
type RulesChanged struct {
	Rules  RulesLine
	Marker Marker
}

func (RulesChanged) partial() string { return "stream-theme-rules" }
