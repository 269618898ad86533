package view

import (
	"fmt"
	"html/template"
	"slices"
	"strings"
	"time"
	"unicode"

	"plenary/pkg/errs"
)

// ThemeCard is a theme as it stands on a board, the same for every reader.
type ThemeCard struct {
	ID          int64
	Thread      int64
	Title       string
	Summary     string // plain text
	Proposer    Person
	Others      []Person // who propose it, too
	PutBy       Person   // who put it forward for its proposer; zero where nobody did
	Credit      string   // the name of a proposer without an account, in whose place Proposer stands
	At          time.Time
	State       string // "proposed", "shortlisted", "scheduled", "declined", "withdrawn", "merged"
	Supporters  int
	Comments    int
	Unanswered  int    // questions to its proposers
	FromComment int64  // 0 where it was not made out of a comment
	FromContext bool   // it was made out of the thread's own text
	Quote       string // the words that it was made out of
	Under       int64  // the overarching theme that it stands under; 0 for none
	Ties        Ties
	In          Link   // its thread, where cards of several stand together; zero elsewhere
	Poll        Link   // the poll that it became an option of; zero where none
	Reason      string // why it was declined

	Mine       bool // on a page: the viewer supports it
	CanSupport bool // on a page: the viewer may support or withdraw support
	CanConvene bool // on a page: shortlist, decline
}

func (ThemeCard) partial() string { return "theme-card" }

// URL is the theme's page.
func (t ThemeCard) URL() string { return fmt.Sprintf("/themes/%d", t.ID) }

// Link is the theme's page under its title.
func (t ThemeCard) Link() Link { return Link{Text: t.Title, URL: t.URL()} }

// DOMID names the card in the page.
func (t ThemeCard) DOMID() string { return fmt.Sprintf("th-%d", t.ID) }

// Quoted are the words that it was made out of, unless it is called by their
// beginning: then title and summary say them already.
func (t ThemeCard) Quoted() string {
	if strings.HasPrefix(letters(t.Quote), letters(t.Title)) {
		return ""
	}
	return t.Quote
}

// letters leaves everything else out of a text.
func letters(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, text)
}

// Proposers are those with an account who propose it, the first one first.
func (t ThemeCard) Proposers() []Person {
	if t.Credit != "" {
		return t.Others
	}
	return append([]Person{t.Proposer}, t.Others...)
}

// Source is where the words are that it was made out of; empty where it was
// proposed directly.
func (t ThemeCard) Source() string {
	switch {
	case t.FromComment != 0:
		return fmt.Sprintf("/c/%d", t.FromComment)
	case t.FromContext:
		return fmt.Sprintf("/t/%d#thread-context", t.Thread)
	}
	return ""
}

// Afoot reports whether it may still be supported.
func (t ThemeCard) Afoot() bool { return t.State == "proposed" || t.State == "shortlisted" }

// ThemeFormPage proposes one or several themes.
type ThemeFormPage struct {
	Frame
	Thread  ThreadHead
	Rows    []ThemeRow
	From    *ReplyRef // the comment that they come from
	Context bool      // they come from the thread's own text
	Author  Person    // who wrote that
	Rules   RulesLine
	Convene bool       // the viewer may put them forward for others
	Instead *ThemeCard // what the viewer supports now in place of what was typed
	Form    Form
}

func (ThemeFormPage) page() string { return "theme-form" }

// Closed reports whether no themes are taken now: there is a notice then, and no
// form. What was typed before still stands there.
func (p ThemeFormPage) Closed() bool { return !p.Rules.Takes() }

// Typed are the rows of a form that came back with something in them.
func (p ThemeFormPage) Typed() []ThemeRow {
	if !p.Form.Rejected() {
		return nil
	}
	return p.Rows
}

// ThemeRow is one theme of the form.
type ThemeRow struct {
	Title       string
	Description string
	Chosen      bool
	Number      int    // from 1
	Quote       string // the words that it is made out of
	Similar     []ThemeCard
	Made        *ThemeCard // the theme that was made of it before; nil where none
	TitleError  errs.Text  // also in Form.Fields, as "title.0", "title.1" …
}

// Alike reports whether a row names themes that look alike.
func (p ThemeFormPage) Alike() bool {
	for _, row := range p.Rows {
		if len(row.Similar) > 0 {
			return true
		}
	}
	return false
}

// SimilarThemes are those that look like what somebody is typing.
type SimilarThemes struct{ Cards []ThemeCard }

func (SimilarThemes) partial() string { return "similar-themes" }

// ThemePage is a theme with its discussion.
type ThemePage struct {
	Frame
	Thread      ThreadHead
	Card        ThemeCard
	Description template.HTML
	Source      string // for the edit form
	Version     int    // of the words that the edit form holds
	Edited      bool   // there are earlier versions
	Supporters  []Person
	Comments    []ThemeComment
	Earlier     string        // where those before them are; empty where these are the first
	Later       string        // where those after them are; empty where these are the last
	MayAnswer   bool          // the viewer is among those whom questions are for
	In          ThreadRights  // what the viewer may do in the thread
	Polls       []ThemeResult // the latest first
	Asks        []ProposerAsk // without an answer, for those who may edit
	Asked       *ProposerAsk  // of the viewer; nil where not
	LastSeq     int64
	Edit        Form
	Comment     Form
	Decline     Form
	Ask         Form
	Rights      ThemeRights
	Convene     ConveneRights
	Merges      []MergeItem
}

func (ThemePage) page() string { return "theme" }

// ThemeRights say what the viewer may do with a theme.
type ThemeRights struct {
	Support, Edit, Comment, Withdraw, Shortlist, Unlist, Decline, Restore, Schedule, Unschedule bool
}

// Can are the viewer's rights as the page tells them to scripts and styles.
func (p ThemePage) Can() string {
	words := p.In.Words()
	if p.MayAnswer {
		words += " answer"
	}
	return words
}

// DraftKey is where the browser keeps the comment that is being written.
func (p ThemePage) DraftKey() string { return fmt.Sprintf("th%d", p.Card.ID) }

// ThemeComment is a comment on a theme as it stands on the theme's page, the same
// for every reader but for MayAnswer.
type ThemeComment struct {
	Comment
	Question  bool  // to those who propose the theme
	Answer    int64 // the comment that answers it; 0 where none
	MayAnswer bool  // on a page: the viewer is among those whom it is for
}

func (ThemeComment) partial() string { return "theme-comment" }

// Open reports whether it is a question that waits for its answer.
func (c ThemeComment) Open() bool { return c.Question && c.Answer == 0 && c.Removed == "" }

// ThemeResult is how a theme came out in a poll.
type ThemeResult struct {
	Poll   PollLine
	Told   bool // the results may be seen
	Place  int  // 0 where the method ranks nothing
	Of     int  // options
	Figure string
	Chosen bool
}

// ProposerAsk is a question to somebody whether they propose a theme, too.
type ProposerAsk struct {
	Person, By Person
	Answer     string // "declined" where they said no before
}

// ThemeHistoryPage shows the versions of a theme, newest first.
type ThemeHistoryPage struct {
	Frame
	Thread   ThreadHead
	Card     ThemeCard
	Versions []ThemeVersion
}

func (ThemeHistoryPage) page() string { return "theme-history" }

// ThemeVersion is a version of a theme; its parts are those of the description.
type ThemeVersion struct {
	Version
	Title []Diff
}

// SchedulePage gives what a poll chose its place.
type SchedulePage struct {
	Frame
	Poll   PollCard
	Themes []Placing
	Form   Form
}

func (SchedulePage) page() string { return "theme-schedule" }

// Placing is a theme of a poll that is over.
type Placing struct {
	Card   ThemeCard
	Place  int // 0 where the method ranks nothing
	Winner bool
}

// Open reports whether it can be given its place now.
func (p Placing) Open() bool { return p.Card.Afoot() }

// Won reports whether the poll has chosen anything.
func (p SchedulePage) Won() bool {
	return slices.ContainsFunc(p.Themes, func(one Placing) bool { return one.Winner })
}

// PollLink is the poll under its question.
func (p SchedulePage) PollLink() Link { return Link{Text: p.Poll.Title, URL: p.Poll.URL()} }
