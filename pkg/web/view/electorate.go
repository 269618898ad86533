package view

import (
	"slices"
	"time"
)

// VotesPage is how many votes the members of a group have in weighted polls.
type VotesPage struct {
	Frame
	Group    GroupRef
	Members  []VotesRow
	Count    int   // members
	Total    int64 // votes
	CanSet   bool
	Form     Form      // list
	Verdicts []Verdict // lines that changed nothing, and why
	Set      int       // how many were changed; -1 where nobody was asked to be
	Next     string
}

func (VotesPage) page() string { return "group-votes" }

// VotesRow is a member with their votes.
type VotesRow struct {
	Person Person
	Votes  int64
}

// ProxiesPage is where one names who votes for one, and sees for whom one votes.
type ProxiesPage struct {
	Frame
	Group   *GroupRef // nil where the page is about one poll
	Poll    Link      // the poll; empty where the page is about a group
	Limit   int       // for how many others one person may vote
	CanName bool
	CanEdit bool // the group's limit
	Mine    *ProxyRow
	ForMe   []ProxyRow
	All     []ProxyRow // for moderators
	Form    Form       // to
}

func (ProxiesPage) page() string { return "proxies" }

// URL is where the page is.
func (p ProxiesPage) URL() string {
	if p.Group != nil {
		return p.Group.URL() + "/proxies"
	}
	return p.Poll.URL + "/proxies"
}

// ProxyRow is somebody's vote in the hands of another.
type ProxyRow struct {
	ID       int64
	From, To Person
	Since    time.Time
	OnePoll  bool // in one poll only
}

// VotersPage is who may vote in a poll, by what, with how many votes, and who has.
type VotersPage struct {
	Frame
	Poll       Link
	State      string // "draft", "open", "closed"
	Count      int
	Votes      int64
	Weighted   bool
	RareWeight bool // the poll is secret and weighted
	RollShown  bool // who has voted is told
	Sources    []SourceCount
	Voters     []VoterRow
	CanEdit    bool // who may vote
	CanName    bool // people, after the opening
	CanInvite  bool // guests by mail
	Next       string
}

func (VotersPage) page() string { return "poll-voters" }

// SourceCount is how many may vote by one thing.
type SourceCount struct {
	Name  string // "group", "thread", "thread_guest", "named", "titles", "guest"
	Count int
}

// VoterRow is somebody who may vote.
type VoterRow struct {
	Person  Person
	Source  string
	Votes   int64
	Voted   bool
	Removed bool
}

// ElectoratePage is where is decided who may vote in a draft.
type ElectoratePage struct {
	Frame
	Poll   Link
	Draft  bool     // otherwise only people can be named
	Count  int      // who could vote if it opened now
	Titles []string // that members have
	Form   Form     // as in ElectorateForm
	Named  []Person
	Find   Form     // q
	Found  []Person // whom the search has found, and who are not named
	Asked  bool     // there was a search
	IsOf   string   // the electorate as it is
	Wrong  string   // why somebody was not named; empty where nothing is wrong
}

func (ElectoratePage) page() string { return "poll-electorate" }

// Electorate is the part of the page's form that asks who may vote.
func (p ElectoratePage) Electorate() ElectorateForm {
	return ElectorateForm{Form: p.Form, Titles: p.Titles, Unfolded: true}
}

// ElectorateForm is the part of a form that asks who may vote.
type ElectorateForm struct {
	Form     Form     // electorate, titles, named, and the ticks
	Titles   []string // that members have
	Handles  bool     // people are named here, by their handles; otherwise on a page of its own
	Unfolded bool     // the ticks stand in the open
	Members  int      // of the group; 0 where that is told elsewhere
	Group    string   // its name
}

// Kinds are the electorates to choose from.
func (ElectorateForm) Kinds() []string { return []string{"group", "thread", "named", "titles"} }

// Ticks are what else is decided, by the names of the settings.
func (ElectorateForm) Ticks() []string { return []string{"joins_late", "weighted", "proxies"} }

// Chosen reports whether the electorate is the one that is filled in: the first
// where nothing is.
func (e ElectorateForm) Chosen(kind string) bool {
	if value := e.Form.Value("electorate"); value != "" {
		return value == kind
	}
	return kind == e.Kinds()[0]
}

// Ticked reports whether anything below the fold is not as it usually is.
func (e ElectorateForm) Ticked() bool {
	return slices.ContainsFunc(e.Ticks(), func(name string) bool { return e.Form.Value(name) != "" || e.Form.Error(name).Code != "" })
}

// PollGuestsPage is where people are invited to a poll by mail.
type PollGuestsPage struct {
	Frame
	Poll      Link
	Open      bool
	RollShown bool
	Form      Form      // addresses
	Verdicts  []Verdict // what was not sent
	Sent      int       // how many were; -1 where nobody was asked to be
	Reminded  int       // -1 where nobody was asked to be
	Guests    []GuestRow
	CanRemind bool
}

func (PollGuestsPage) page() string { return "poll-guests" }

// GuestRow is somebody who was invited to a poll by mail.
type GuestRow struct {
	ID      int64
	Email   string
	Name    string
	At      time.Time
	Revoked bool
	Voted   bool
}
