package view

import (
	"html/template"
	"strconv"
	"time"

	"plenary/pkg/errs"
)

// adminPages are the pages of administration in the order of their navigation.
// The name is part of a message key.
var adminPages = []struct{ Name, URL string }{
	{"people", "/admin"},
	{"groups", "/admin/groups"},
	{"signup", "/admin/signup"},
	{"providers", "/admin/providers"},
	{"mail", "/admin/mail"},
	{"system", "/admin/system"},
}

// code is a piece of text that is to be typed or read letter by letter.
func code(text string) template.HTML {
	return template.HTML("<code>" + template.HTMLEscapeString(text) + "</code>")
}

// MailsPage is the outbox: what was sent, what waits, and what would have been
// sent.
type MailsPage struct {
	Frame
	Server string // where mail is handed in; empty where none is set up
	From   string
	State  string // the filter; empty for all
	Mails  []MailRow
	Next   string
	Test   Form // email
}

func (MailsPage) page() string { return "mails" }

// States are those that the list can be filtered by.
func (MailsPage) States() []string { return []string{"waiting", "sent", "failed", "held"} }

// MailRow is a mail without its words.
type MailRow struct {
	ID       int64
	Kind     string // in words
	Name     string // of whom it is for; may be empty
	Email    string
	State    string    // waiting, sent, failed, held
	Why      errs.Text // it has not left; empty otherwise
	Answer   string    // of the mail server that took it
	At       time.Time
	SentAt   time.Time // zero unless sent
	FailedAt time.Time // zero unless failed
	Attempts int       // that went wrong
}

// To is whom it is for, each part with its own reading direction.
func (m MailRow) To() template.HTML {
	if m.Name == "" {
		return isolated(m.Email)
	}
	return isolated(m.Name) + " (" + isolated(m.Email) + ")"
}

// URL is the page of the mail.
func (m MailRow) URL() string { return "/admin/mail/" + strconv.FormatInt(m.ID, 10) }

// MailPage is one mail, with its words where it stayed.
type MailPage struct {
	Frame
	Mail  MailRow
	Words *MailWords
}

func (MailPage) page() string { return "mail" }

// MailWords is a mail as its reader would have got it.
type MailWords struct {
	Subject string
	Text    string
	HTML    string // shown as source
	Links   []string
}

// SystemPage is how the machine is doing.
type SystemPage struct {
	Frame
	DatabaseBytes int64
	Files         int64
	FileBytes     int64
	FreeBytes     int64
	FreeKnown     bool
	Jobs          []JobsLine
	Failed        []FailedJob
	Engine        string
	Broker        string // empty where there is none
	Server        string // for mail; empty where none is set up
}

func (SystemPage) page() string { return "system" }

// Short reports whether so little of the disk is left that it has to be seen to.
func (p SystemPage) Short() bool { return p.FreeBytes < 1e9 }

// JobsLine are the jobs of one kind that are not done.
type JobsLine struct {
	Kind   string // in words
	Counts []JobCount
}

// JobCount is how many are in a state: waiting, scheduled, running, retrying, failed.
type JobCount struct {
	State string
	N     int64
}

// FailedJob is a job whose last attempt failed.
type FailedJob struct {
	ID       int64
	Kind     string // in words
	Attempts int
	Over     bool      // it is not tried again by itself
	At       time.Time // of the next attempt, or of the last where it is over
	Error    string
}
