package view

import "time"

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
