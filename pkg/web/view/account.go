package view

import (
	"net/url"
	"sort"
	"time"

	"plenary/pkg/errs"
)

// SetupPage is the first run: the forum gets a name and its first administrator.
type SetupPage struct {
	Frame
	Token string
	Form  Form // forum, name, handle, email, password, start ("empty", "demo")
}

func (SetupPage) page() string { return "setup" }

// SignInPage asks for an address, to which a link and a code are sent, and
// offers to use the password.
type SignInPage struct {
	Frame
	SignUp string // who may make an account: "open", "approval", or by "invitation"
	Next   string // where to go afterwards
	Form   Form   // email, password

	Providers []Provider // of the forum
}

func (SignInPage) page() string { return "signin" }

// ExpiredPage asks to sign in again without losing what was sent: the fields
// are kept in the page and posted to Action after signing in.
type ExpiredPage struct {
	Frame
	Action string
	Kept   url.Values
	Form   Form // email, password
}

func (ExpiredPage) page() string { return "expired" }

// Field is a kept form field.
type Field struct{ Name, Value string }

// Fields are the kept fields in a fixed order.
func (p ExpiredPage) Fields() []Field { return fieldsOf(p.Kept) }

func fieldsOf(kept url.Values) []Field {
	var out []Field
	for name, values := range kept {
		for _, value := range values {
			out = append(out, Field{Name: name, Value: value})
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out
}

// Text is the longest kept text, shown so that nobody fears for it.
func (p ExpiredPage) Text() string {
	longest := ""
	for _, f := range p.Fields() {
		if len(f.Value) > len(longest) {
			longest = f.Value
		}
	}
	return longest
}

// JoinPage is where an invitation leads.
type JoinPage struct {
	Frame
	Token        string
	Group        GroupRef
	Members      int
	By           Person
	Role         string
	Already      bool   // the viewer is a member
	Thread       Link   // the one discussion that it leads into; zero for a group
	Email        string // the only address that it is good for; empty for everybody
	OtherAddress bool   // the viewer's is not that one
	Form         Form   // for somebody without an account: name, handle, email, password, affiliation
}

func (JoinPage) page() string { return "join" }

// Token is an API token, without its secret.
type Token struct {
	ID       int64
	Name     string
	Admin    bool // it may administer the forum
	At       time.Time
	Until    time.Time // zero: no end
	LastUsed time.Time // zero: never
}

// Session is a place where one is signed in.
type Session struct {
	ID      string
	Browser string
	Method  string // by which it was opened
	At      time.Time
	Last    time.Time
	Current bool
}

// ProfilePage is a person with public contributions that the viewer may see.
type ProfilePage struct {
	Frame
	Person   Person
	Since    time.Time
	Groups   []GroupRow
	Shared   []Shared // groups that the viewer is in too
	Comments []Contribution
	Next     string
	Me       bool
	Pronouns string
	Admin    bool // the viewer administers the forum
}

func (ProfilePage) page() string { return "profile" }

// Contribution is something that a person wrote.
type Contribution struct {
	Thread  Link
	At      time.Time
	Excerpt string
}

// AdminPage is the administrator's list of people and the forum's settings.
type AdminPage struct {
	Frame
	People   []AdminPerson
	Query    string
	Add      Form  // name, handle, email, affiliation, password, administrator
	Settings Form  // forum
	Link     Form  // handle
	Linking  int64 // id of the imported person whose form came back rejected
	Next     string
}

func (AdminPage) page() string { return "admin" }

// AdminPerson is a person as administrators see them.
type AdminPerson struct {
	Person
	Email         string
	Administrator bool
	At            time.Time
	LinkedTo      string // handle of the real person; empty
	HasSecond     bool   // signing in takes a second factor
	Waiting       bool   // an administrator has not yet agreed to the account
}

// ErrorPage says what happened, what was kept and what to do.
type ErrorPage struct {
	Frame
	Status    int // 403, 404, 410, 413, 422, 429, 500, 503, 507; 0 for being offline
	Text      errs.Text
	Reference string        // request id, for 500
	Retry     time.Duration // for 429 and 503; 0 where not known
	Back      string        // where the reader came from; empty where not known
	Kept      string        // text that could not be stored, given back
	Providers []Provider    // those that a group asks for; mostly none
	Next      string        // where to go after signing in through one
}

func (ErrorPage) page() string { return "error" }

// Kind is the part of the message keys that goes with the status.
func (e ErrorPage) Kind() string {
	switch e.Status {
	case 0:
		return "offline"
	case 401, 403:
		return "forbidden"
	case 404:
		return "not_found"
	case 410:
		return "gone"
	case 413:
		return "too_large"
	case 415, 422, 400, 409:
		return "invalid"
	case 429:
		return "too_many"
	case 503:
		return "unavailable"
	case 507:
		return "full"
	}
	return "internal"
}

// Seconds is how long to wait, at least one where known.
func (e ErrorPage) Seconds() int64 {
	if e.Retry <= 0 {
		return 0
	}
	return max(1, int64((e.Retry+time.Second-1)/time.Second))
}
