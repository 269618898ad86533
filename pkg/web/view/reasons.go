package view

import (
	"fmt"
	"html/template"
	"time"
)

// ReasonsPage lists the reasons that voters gave, and lets moderators hide them.
type ReasonsPage struct {
	Frame
	Thread  ThreadHead
	Poll    int64
	Title   string
	Secret  bool
	Totals  bool // no reasons are published
	CanHide bool
	Reasons []GivenReason
	Form    Form // reason (a hash), why
}

func (ReasonsPage) page() string { return "poll-reasons" }

// URL is the poll's own page.
func (p ReasonsPage) URL() string { return fmt.Sprintf("/p/%d", p.Poll) }

// FormOf is the form about one reason: empty, unless it came back rejected.
func (p ReasonsPage) FormOf(r GivenReason) Form {
	if p.Form.Value("reason") == r.Hash {
		return p.Form
	}
	return Form{Once: p.Form.Once}
}

// GivenReason is a reason known by the hash that the log or the box holds.
type GivenReason struct {
	Hash  string
	Text  template.HTML
	Voter Person // zero in a secret poll

	Hidden bool // by a moderator, who says why
	By     Person
	Why    string
	At     time.Time
}

// DOMID is the id of the reason on its page.
func (r GivenReason) DOMID() string { return "reason-" + r.Hash[:min(12, len(r.Hash))] }
