package view

import (
	"html/template"
	"time"
)

// Results are the count of a poll.
type Results struct {
	Status    string // "passed", "rejected", "blocked", "no_quorum", "chosen", "tied", "no_votes" …; empty while open
	Sentence  string // what happened, first
	Rule      string // how it is decided, in words with its numbers
	Figure    string // what the numbers of the rows are: "votes", "points"
	Rows      []ResultRow
	Pictures  []Picture
	Tables    []Table
	Steps     []string // how the rules led there
	Ties      []string // each tie that was met, and how it was broken
	Lots      *Lots    // nil where no lot was drawn or could have been
	Reasons   []ReasonGroup
	Who       []Vote // who voted, and how where the ballots are named
	NotVoted  []Person
	NotVotedN int
	Check     *Check // on the poll's own page; nil elsewhere
	Times     []Slot // that the words name, in a piece that is the same for everybody; empty in a page
}

// Slot is a time as the words of a result name it, for a script to put the
// reader's in its place.
type Slot struct {
	Text        string
	From, Until time.Time // Until is zero where it is not known
}

// ResultRow is an option with its votes.
type ResultRow struct {
	Key     string // for proposals; picks the colour and the pattern
	Label   string
	URL     string // of the theme that the option stands for; empty for none
	Picture string // address; empty for none
	Votes   int
	Percent int    // cut down
	Share   string // the same in words; more exact where cutting would hide a majority, and empty where a share means nothing
	Points  string // what is ranked by, where that is no number of votes
	Length  int    // of the bar in hundredths, where it is not Percent
	Winner  bool
	Tied    bool
}

// Bar is the length of the row's bar in hundredths.
func (r ResultRow) Bar() int {
	if r.Points != "" {
		return min(100, max(0, r.Length))
	}
	return min(100, max(0, r.Percent))
}

// Picture is drawn on the server, with its tables as its alternative.
type Picture struct {
	Kind   string // "bars", "values", "rounds", "duels", "grid"
	Title  string
	SVG    template.HTML
	Wide   bool    // it has a width of its own, and scrolls in its box
	Tables []Table // the same in figures
	Open   bool    // which are shown at once
}

// Table holds figures with names for rows and columns.
type Table struct {
	Caption string
	Corner  string // over the names of the rows
	Head    []string
	Rows    []TableRow
	Note    string // where not all of it is shown
}

// TableRow is one row.
type TableRow struct {
	Label  string
	Strong bool
	Cells  []Cell
}

// Cell is one figure, and in a word what it means.
type Cell struct {
	Text string
	Note string // "elected", "left out"
	Mark string // "won", "lost", "even", "elected", "excluded": its look
}

// Lots is the order in which lots fell.
type Lots struct {
	Seed     string
	Order    string
	Mattered string // in words whether they decided anything
	By       string // in words what drew them, where a beacon was to
}

// Check leads to what anybody can verify.
type Check struct {
	Files []Link // the result and the ballots, in the formats that there are
	Embed *Embed // nil where the picture is not for everybody
	Print string // address of the page to print
}

// Embed is a picture of the result for other sites.
type Embed struct {
	Address string // whole, with the forum's own
	Alt     string
}

// Snippet is the HTML that puts the picture into another page.
func (e Embed) Snippet() string {
	return `<img src="` + template.HTMLEscapeString(e.Address) + `" alt="` + template.HTMLEscapeString(e.Alt) + `">`
}

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

// Whole is the card as its own page shows it.
func (p PollCard) Whole() PollCard {
	p.Alone = true
	return p
}

// ResultsID names the results in the page. The poll's own page and its card in a
// thread show them differently, and are brought up to date each in its way.
func (p PollCard) ResultsID() string {
	if p.Alone {
		return p.DOMID() + "-account"
	}
	return p.DOMID() + "-results"
}

// QuorumAt is where the quorum lies on the way to everybody, in hundredths; 0
// where there is none.
func (p PollCard) QuorumAt() int {
	if p.Quorum == 0 {
		return 0
	}
	return max(1, percent(p.Quorum, p.Eligible))
}

// PollPrintPage is a poll on paper.
type PollPrintPage struct {
	Frame
	Card PollCard
}

func (PollPrintPage) page() string { return "poll-print" }
