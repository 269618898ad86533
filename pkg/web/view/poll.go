package view

import (
	"fmt"
	"html/template"
	"strconv"
	"time"
)

// PollCard is a poll with whatever of ballot, participation and results may be
// shown. In a piece for everybody Ballot, Receipt and Rights are zero.
type PollCard struct {
	ID       int64
	Seq      int64 // its item in the timeline; 0 outside
	Thread   ThreadHead
	Title    string
	Details  template.HTML
	Author   Person
	At       time.Time
	Method   string // "proposal" or "choice"
	Min, Max int    // how many options may be chosen
	State    string // "draft", "open", "closed"
	ClosesAt time.Time
	ClosedAt time.Time
	ClosedBy *Person // nil where it closed by time
	Extended bool
	Secret   bool
	Shows    string // when results are shown: "always", "after_vote", "at_close"
	Fixed    bool   // the electorate was fixed at the opening
	Weighted bool   // members have more than one vote
	Votes    int64  // of all who may vote together
	Proxies  bool   // others may vote for one
	Voters   string // who may vote, in words that the caller knows: "Members of Harbour Network"
	Options  []Option
	Cast     int
	Eligible int
	Quorum   int // ballots needed; 0 where none

	Ballot  *Ballot
	Receipt *Receipt
	Results *Results // nil while they may not be seen
	Outcome *Outcome
	Rights  PollRights
	Clock   Clock
	Alone   bool // on its own page: the question is the page's heading
}

func (PollCard) partial() string { return "poll-card" }

// URL is the poll's page.
func (p PollCard) URL() string { return fmt.Sprintf("/p/%d", p.ID) }

// DOMID names the card in the page.
func (p PollCard) DOMID() string { return fmt.Sprintf("p-%d", p.ID) }

// Line is the poll in one line, without anything about the viewer. Results are
// told only after the close.
func (p PollCard) Line() PollLine {
	line := PollLine{ID: p.ID, Title: p.Title, State: p.State, ClosesAt: p.ClosesAt, ClosedAt: p.ClosedAt, Cast: p.Cast,
		Eligible: p.Eligible, Seq: p.Seq, Thread: p.Thread.Title, ThreadURL: p.Thread.URL(), Group: p.Thread.Group, Clock: p.Clock}
	if p.State == "closed" && p.Results != nil {
		line.Result = p.Results.Sentence
	}
	return line
}

// Several reports whether more than one option may be chosen.
func (p PollCard) Several() bool { return p.Method == "choice" && p.Max > 1 }

// Open reports whether ballots are taken.
func (p PollCard) Open() bool { return p.State == "open" }

// Percent is how much of the electorate has voted, cut down.
func (p PollCard) Percent() int { return percent(p.Cast, p.Eligible) }

// Missing is how many ballots the quorum still lacks.
func (p PollCard) Missing() int { return max(0, p.Quorum-p.Cast) }

func percent(part, whole int) int {
	if whole <= 0 {
		return 0
	}
	return min(100, part*100/whole)
}

// Option is something that can be chosen.
type Option struct {
	ID      int64
	Key     string // for proposals: "agree", "abstain", "disagree", "block"
	Label   string
	Meaning string // one line of explanation, or a theme's description
	ThemeID int64  // 0 where it is not a theme
}

// Ballot is the form for the viewer's vote.
type Ballot struct {
	Form     Form // choices, reason
	Changing bool // there is a vote already, and this changes it
	Me       int64
	For      []Person // in whose names the viewer may vote, with themselves; empty where in no other's
}

// Votes reports whether the ballot is meant to be that person's: the viewer's own
// where nothing was said.
func (b Ballot) Votes(id int64) bool {
	return b.Form.Has("for", strconv.FormatInt(id, 10)) || len(b.Form.Values["for"]) == 0 && id == b.Me
}

// Receipt tells the viewer what they voted.
type Receipt struct {
	At        time.Time
	Revision  int
	Choices   []string // labels
	Reason    string
	Code      string // short receipt code
	CanChange bool
	By        string // the proxy who cast it; empty where the viewer did
}

// Results are the count of a poll.
type Results struct {
	Status    string   // "passed", "rejected", "blocked", "no_quorum", "chosen", "tied", "no_votes"; empty while open
	Sentence  string   // what happened, first
	Steps     []string // how the rules led there
	Rows      []ResultRow
	Reasons   []ReasonGroup
	Who       []Vote // who voted, and how where the ballots are named
	NotVoted  []Person
	NotVotedN int
}

// ResultRow is an option with its votes.
type ResultRow struct {
	Key     string // for proposals; picks the colour and the pattern
	Label   string
	Votes   int
	Percent int // cut down
	Winner  bool
	Tied    bool
}

// Bar is the length of the row's bar in hundredths.
func (r ResultRow) Bar() int { return min(100, max(0, r.Percent)) }

// ReasonCount is how many reasons were given.
func (r Results) ReasonCount() int {
	n := 0
	for _, group := range r.Reasons {
		n += len(group.Reasons)
	}
	return n
}

// Segment is a piece of the one bar that shows all answers beside each other.
type Segment struct {
	Key         string
	From, Width int // hundredths
}

// Segments are the answers as pieces of one bar, in the order of the rows.
func (r Results) Segments() []Segment {
	total := 0
	for _, row := range r.Rows {
		total += row.Votes
	}
	var out []Segment
	sum := 0
	for _, row := range r.Rows {
		from := percent(sum, total)
		sum += row.Votes
		if to := percent(sum, total); to > from {
			out = append(out, Segment{Key: row.Key, From: from, Width: to - from})
		}
	}
	return out
}

// ReasonGroup is the reasons given for one answer.
type ReasonGroup struct {
	Key     string
	Label   string
	Reasons []Reason
}

// Reason is why somebody voted as they did. Author is zero in secret polls.
type Reason struct {
	Author Person
	At     time.Time
	Text   template.HTML
}

// Vote is one voter, with the answer where ballots are named.
type Vote struct {
	Person Person
	At     time.Time
	Labels []string
}

// PollRights say what the viewer may do with the poll.
type PollRights struct{ Vote, Edit, Open, Close, Reopen, Extend, Conclude, Voters bool }

// PollPage is a poll alone.
type PollPage struct {
	Frame
	Card    PollCard
	LastSeq int64
	Manage  Form // of extend, close, reopen where they came back rejected
}

func (PollPage) page() string { return "poll" }

// Rejected reports whether a form on the page comes back with complaints.
func (p PollPage) Rejected() bool {
	return p.Manage.Rejected() || p.Card.Ballot != nil && p.Card.Ballot.Form.Rejected()
}

// PollFormPage builds a poll, or edits one where Poll is set.
type PollFormPage struct {
	Frame
	Thread   ThreadHead
	Poll     *PollCard
	Form     Form        // title, details, method, option (repeated), theme (repeated), closes_at, …
	Themes   []ThemeCard // the shortlist that the options come from
	Eligible int         // who would be able to vote
	Step     string      // "purpose" where nothing is chosen yet, otherwise "build"
	Zone     string      // name of the zone in which the closing time is typed
	Locked   bool        // votes are in: options and rules can no longer change
}

func (PollFormPage) page() string { return "poll-form" }

// Method is what the form builds: "proposal" or "choice".
func (p PollFormPage) Method() string { return p.Form.Value("method") }

// Rows are the options as typed, with empty ones to fill in.
func (p PollFormPage) Rows() []OptionRow {
	var rows []OptionRow
	for _, text := range p.Form.Values["option"] {
		rows = append(rows, OptionRow{Number: len(rows) + 1, Text: text})
	}
	for len(rows)+len(p.Themes) < 3 || len(rows) == 0 || rows[len(rows)-1].Text != "" {
		rows = append(rows, OptionRow{Number: len(rows) + 1})
	}
	return rows
}

// OptionRow is a field for an option.
type OptionRow struct {
	Number int // from 1
	Text   string
}

// OutcomeFormPage writes or edits an outcome.
type OutcomeFormPage struct {
	Frame
	Card    PollCard
	Form    Form // statement, review_on
	Editing bool
}

func (OutcomeFormPage) page() string { return "outcome-form" }
