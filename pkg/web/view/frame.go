package view

import (
	"net/url"
	"strings"
	"time"

	"plenary/pkg/errs"
)

// Page is a whole page. Each page struct of this package is one; it names the
// file in templates/pages that shows it.
type Page interface{ page() string }

// Partial is a piece of a page: what the page first shows and what a live event
// brings. It names the template that shows it.
type Partial interface{ partial() string }

// Clock is the reader's time. The zero value is used in pieces that are the
// same for everybody: times in UTC and nothing relative to now.
type Clock struct {
	Now  time.Time
	Zone *time.Location
}

// Frame is what the layout needs on every page.
type Frame struct {
	Clock
	Forum     string  // name of the forum
	Viewer    *Viewer // nil for a visitor
	Path      string  // of this page with its query, to come back to after signing in
	Theme     string  // "light", "dark" or empty for the system's choice
	Version   string  // of the program
	Notice    errs.Text
	Languages []Language
	OwnZone   string // time zone that the viewer has chosen; empty for the browser's
}

// Language is one that a reader can choose.
type Language struct{ Tag, Name, URL string }

// SignedIn reports whether somebody is reading, rather than a visitor.
func (f Frame) SignedIn() bool { return f.Viewer != nil }

// SignInURL is the sign-in page that leads back here.
func (f Frame) SignInURL() string {
	if f.Path == "" || f.Path == "/" || strings.HasPrefix(f.Path, "/signin") {
		return "/signin"
	}
	return "/signin?next=" + url.QueryEscape(f.Path)
}

// Viewer is who is reading.
type Viewer struct {
	ID            int64
	Name          string
	Handle        string
	Affiliation   string
	Picture       string // checksum; empty where none
	Administrator bool
	NeedsVote     int // open polls that wait for this person
	Inbox         Unread
}

// Initials are the letters of the picture beside the name.
func (v Viewer) Initials() string { return Person{Name: v.Name}.Initials() }

// Hue is the tint of the picture.
func (v Viewer) Hue() int64 { return Person{ID: v.ID}.Hue() }

// Person is somebody as shown beside what they did.
type Person struct {
	ID          int64
	Name        string
	Handle      string
	Affiliation string
	Picture     string // checksum; empty where none
	Title       string // in the home group of the thread, or in the group of the list
	Imported    bool   // an account that nobody has claimed yet
}

// URL is the person's page.
func (p Person) URL() string { return "/u/" + url.PathEscape(p.Handle) }

// Initials are at most two letters for the picture beside the name.
func (p Person) Initials() string {
	if p.Former() {
		return "–"
	}
	var letters []rune
	for _, word := range strings.Fields(p.Name) {
		letters = append(letters, []rune(strings.ToUpper(word))[0])
	}
	switch len(letters) {
	case 0:
		return "?"
	case 1:
		return string(letters)
	}
	return string([]rune{letters[0], letters[len(letters)-1]})
}

// Hue is one of the eight tints of the picture, the same for the same person.
func (p Person) Hue() int64 { return p.ID % 8 }

// Form is the state of a form: empty at first, and what was typed with what is
// wrong after a rejected attempt.
type Form struct {
	Once   string // once-only key: sending twice is one act
	Values url.Values
	Err    errs.Text   // what is wrong with the whole; zero Code where nothing is
	Fields errs.Fields // what is wrong with each field
}

// Rejected reports whether the form comes back with complaints.
func (f Form) Rejected() bool { return f.Err.Code != "" || len(f.Fields) > 0 }

// Value is what was typed into the field.
func (f Form) Value(name string) string { return f.Values.Get(name) }

// Error is what is wrong with the field; its Code is empty where nothing is.
func (f Form) Error(name string) errs.Text { return f.Fields[name] }

// Has reports whether value was chosen in the field.
func (f Form) Has(name, value string) bool {
	for _, v := range f.Values[name] {
		if v == value {
			return true
		}
	}
	return false
}

// Link is a link with its text.
type Link struct{ Text, URL string }

// Cursor leads to the neighbouring parts of a list; empty where there is none.
type Cursor struct{ Newer, Older string }
