package view

import (
	"fmt"
	"time"

	"plenary/pkg/errs"
)

// CheckPage tells how a poll can be checked.
type CheckPage struct {
	Frame
	Thread      ThreadHead
	Poll        int64
	Title       string
	State       string // "draft", "open", "sealed", "closed"
	Secret      bool
	Says        []string // keys of what may honestly be said
	Text        string   // fingerprint of what voters read
	Length      int64    // records in the log; 0 where there is none
	Head        string   // hash of the last of them
	Mine        *MyRecord
	Certificate *Certificate // nil until the close, and where the reader may not see it
	Earlier     int          // certificates of closes before the poll was opened again
	Downloads   []Download
	Reasons     bool      // there is a page of what voters gave as reasons
	Form        Form      // code
	Found       errs.Text // what the receipt led to; zero where none was given
	FoundAnswer string    // what is on that ballot, as published
}

func (CheckPage) page() string { return "poll-check" }

// URL is the poll's own page.
func (p CheckPage) URL() string { return fmt.Sprintf("/p/%d", p.Poll) }

// Records is Length as pages write numbers.
func (p CheckPage) Records() int { return int(p.Length) }

// FileName is what the export is called when it is kept.
func (p CheckPage) FileName() string { return fmt.Sprintf("poll-%d.json", p.Poll) }

// Download is a file to take away.
type Download struct{ Name, URL string }

// MyRecord is what the reader's own ballot is known by. Of a secret poll only
// the time is known.
type MyRecord struct {
	At      time.Time
	Number  int64
	Receipt string
	Hash    string
}

// Certificate is what the site has signed at the close.
type Certificate struct {
	Rule                           string
	Roll, Ballots, Votes, Eligible int
	Box                            string // of secret polls
	Length                         int
	Head, Seed, Result, Rounds     string
	Beacon                         string // as signed; empty where none was named
	ClosedAt                       time.Time
	Key                            string
	Signature                      string
}

// KeyPage is the site's public key.
type KeyPage struct {
	Frame
	Fingerprint string
	Public      string
	Since       time.Time
}

func (KeyPage) page() string { return "key" }
