package view

import (
	"fmt"
	"time"

	"plenary/pkg/errs"
)

// Ties says what a theme stands under, what stands under it and what it has become,
// the same for every reader of its thread.
type Ties struct {
	Group   Link     // the overarching theme; zero for none
	Parts   []Link   // what stands under it
	Into    Link     // what it was merged into; zero for none
	Moved   bool     // it goes on in another thread
	Credits []Person // who put forward what was merged into it; without a handle where there is a name alone
}

// Any reports whether there is something to say.
func (t Ties) Any() bool {
	return t.Group.URL != "" || len(t.Parts) > 0 || t.Into.URL != "" || t.Moved || len(t.Credits) > 0
}

// ThemesConvened sets the ties, states and counts of themes after they were
// grouped, merged or split, and has the pages of convenors look again.
type ThemesConvened struct {
	Cards  []ThemeCard
	Back   bool    // they are afoot again
	Marker *Marker // nil where the timeline gets no item
}

func (ThemesConvened) partial() string { return "stream-themes-convened" }

// MergeItem is a merge, or a move, as its reader meets it.
type MergeItem struct {
	ID        int64
	Theme     Link // zero where the reader may not read it
	Into      Link // zero where the reader may not read it
	Moves     bool
	State     string // "suggested", "asked", "done", "refused", "undone"
	Reason    string
	By        Person
	At        time.Time
	Due       time.Time // when it happens, of one that is asked
	Decider   Person    // zero where nobody or the time decided
	DecidedAt time.Time
	Decision  string
	Asked     []AskedPerson
	Mine      string // "agree", "object" or nothing
	MayAnswer bool
	MayDecide bool // take up or refuse it, as a convenor
	Clock     Clock
}

// Told is what the line says of its end and of who decided it, in place of a tag:
// "merged", "moved" or "undone"; empty where it did not come to that, or by the time.
func (m MergeItem) Told() string {
	if m.Decider.ID == 0 || m.DecidedAt.IsZero() {
		return ""
	}
	switch {
	case m.State == "done" && m.Moves:
		return "moved"
	case m.State == "done":
		return "merged"
	case m.State == "undone":
		return m.State
	}
	return ""
}

// ByOne reports whether whoever suggested it decided it, too, so that one name says
// both.
func (m MergeItem) ByOne() bool { return m.Told() != "" && m.Decider.ID == m.By.ID }

// AskedPerson is a proposer who is asked, and what they have said.
type AskedPerson struct {
	Person
	Answer string
}

// URL is where the forms about the merge are sent.
func (m MergeItem) URL() string { return fmt.Sprintf("/merges/%d", m.ID) }

// ConveneRights say how the viewer may convene a theme.
type ConveneRights struct{ Convene, Suggest, Undo bool }

// Any reports whether there is anything that they may.
func (r ConveneRights) Any() bool { return r.Convene || r.Suggest || r.Undo }

// ConveneThemePage is where one theme is put under another, merged, split or moved.
type ConveneThemePage struct {
	Frame
	Thread  ThreadHead
	Card    ThemeCard
	LastSeq int64
	Rights  ConveneRights
	Groups  []ListOption         // what it can stand under
	Others  []ThemeCard          // what it can be merged into, the most alike first
	Threads []ListOption         // where it can go on
	Rows    []ThemeRow           // the parts that it is split into
	Hours   int                  // how long its proposers have to object
	Block   map[string]errs.Text // why it cannot be put under another ("under"), merged, split or moved
	Under   Form
	Merge   Form
	Split   Form
	Move    Form
	Undo    Form
	Decline Form
}

func (ConveneThemePage) page() string { return "theme-convene" }

// Rejected reports whether one of its forms came back.
func (p ConveneThemePage) Rejected() bool {
	return p.Under.Rejected() || p.Merge.Rejected() || p.Split.Rejected() || p.Move.Rejected() || p.Undo.Rejected()
}

// Blocked reports whether something stands against a part of the page.
func (p ConveneThemePage) Blocked(part string) bool { return p.Block[part].Code != "" }

// BlockedParts are the parts that something stands against, of those that the viewer
// may use, in the order of the page.
func (p ConveneThemePage) BlockedParts() (out []string) {
	for _, part := range []string{"merge", "under", "split", "move"} {
		if p.Blocked(part) && (p.Rights.Convene || p.Rights.Suggest && part == "merge") {
			out = append(out, part)
		}
	}
	return out
}

// ConvenePage is where the themes of a thread are grouped.
type ConvenePage struct {
	Frame
	LastSeq int64
	ConveneBoard
}

func (ConvenePage) page() string { return "convene" }

// ConveneBoard is what is on that page, as one reader meets it.
type ConveneBoard struct {
	Thread ThreadHead
	Groups []ConveneGroup
	Loose  []ThemeCard // themes without a group and without parts
	More   string      // leads to further ones; empty where there are none
	Alike  []AlikeThemes
	Merges []MergeItem // suggested and asked
	Form   Form
	Clock  Clock
}

func (ConveneBoard) partial() string { return "convening-moved" }

// ConveneGroup is an overarching theme with its parts.
type ConveneGroup struct {
	Card  ThemeCard
	Parts []ThemeCard
}

// AlikeThemes is a suggestion: themes that look as if they belonged together.
type AlikeThemes struct {
	Number int    // from 1
	Under  Link   // the overarching theme that there is for them; zero for none
	Parent int64  // its id
	Title  string // a title for a new one
	Cards  []ThemeCard
	Once   string
}
