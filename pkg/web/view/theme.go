package view

import (
	"fmt"
	"html/template"
	"time"

	"plenary/pkg/errs"
)

// ThemeCard is a theme as it stands on a board, the same for every reader.
type ThemeCard struct {
	ID          int64
	Thread      int64
	Title       string
	Summary     string // plain text
	Proposer    Person
	At          time.Time
	State       string // "proposed", "shortlisted", "scheduled", "declined", "withdrawn", "merged"
	Supporters  int
	Comments    int
	FromComment int64  // 0 where it was proposed directly
	Poll        Link   // the poll that it became an option of; zero where none
	Reason      string // why it was declined

	Mine       bool // on a page: the viewer supports it
	CanSupport bool // on a page: the viewer may support or withdraw support
	CanConvene bool // on a page: shortlist, decline
}

func (ThemeCard) partial() string { return "theme-card" }

// URL is the theme's page.
func (t ThemeCard) URL() string { return fmt.Sprintf("/themes/%d", t.ID) }

// DOMID names the card in the page.
func (t ThemeCard) DOMID() string { return fmt.Sprintf("th-%d", t.ID) }

// Afoot reports whether it may still be supported.
func (t ThemeCard) Afoot() bool { return t.State == "proposed" || t.State == "shortlisted" }

// BoardPage is the theme board of a thread.
type BoardPage struct {
	Frame
	Thread    ThreadHead
	Cards     []ThemeCard // afoot, in the order asked for
	Settled   []ThemeCard // declined, withdrawn, merged
	Sort      string      // "support", "new", "shuffled"
	LastSeq   int64
	Rights    ThreadRights
	Shortlist int // how many are shortlisted
}

func (BoardPage) page() string { return "board" }

// ThemeFormPage proposes one or several themes.
type ThemeFormPage struct {
	Frame
	Thread ThreadHead
	Rows   []ThemeRow
	From   *ReplyRef // the comment that they come from
	Form   Form
}

func (ThemeFormPage) page() string { return "theme-form" }

// ThemeRow is one theme of the form.
type ThemeRow struct {
	Title       string
	Description string
	Chosen      bool
	Number      int       // from 1
	TitleError  errs.Text // also in Form.Fields, as "title.0", "title.1" …
}

// ThemePage is a theme with its discussion.
type ThemePage struct {
	Frame
	Thread      ThreadHead
	Card        ThemeCard
	Description template.HTML
	Source      string // for the edit form
	Supporters  []Person
	Comments    []ThemeComment
	LastSeq     int64
	Edit        Form
	Comment     Form
	Decline     Form
	Rights      ThemeRights
}

func (ThemePage) page() string { return "theme" }

// ThemeRights say what the viewer may do with a theme.
type ThemeRights struct{ Support, Edit, Comment, Withdraw, Shortlist, Unlist, Decline, Restore bool }

// ThemeComment is a comment on a theme.
type ThemeComment struct {
	ID     int64
	Author Person
	At     time.Time
	Body   template.HTML
}
