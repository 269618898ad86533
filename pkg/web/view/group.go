package view

import (
	"html/template"
	"net/url"
	"slices"
	"time"
)

// HomePage is what a signed-in person meets first.
type HomePage struct {
	Frame
	NeedsVote []PollLine
	Ahead     []AppointmentLine // the viewer's sessions of the next days
	Unread    []ThreadRow
	Calls     []ThemeCall
	Mentions  []Mention
	Decided   []Outcome
	Groups    []GroupRow

	OfferPasskey bool // the viewer has none and has not declined
}

func (HomePage) page() string { return "home" }

// Quiet reports whether nothing waits for the viewer.
func (h HomePage) Quiet() bool {
	return len(h.NeedsVote)+len(h.Ahead)+len(h.Unread)+len(h.Calls)+len(h.Mentions) == 0
}

// ThemeCall is something about a theme that waits for the viewer.
type ThemeCall struct {
	Kind   string // "asked", "question", "credited"
	Theme  Link
	Thread string
	By     Person
	At     time.Time
}

// Mention is a place where somebody named the viewer.
type Mention struct {
	By      Person
	At      time.Time
	Thread  string
	URL     string
	Excerpt string
}

// WelcomePage is what a visitor meets first.
type WelcomePage struct {
	Frame
	Groups  []GroupRow
	Threads []ThreadRow
	SignUp  string // who may make an account: "open", "approval", or by "invitation"
}

func (WelcomePage) page() string { return "welcome" }

// GroupRow is a group in a list.
type GroupRow struct {
	GroupRef
	About   string
	Members int
	Threads int
	Unread  int
	Role    string   // the viewer's; empty for none
	Picture string   // address; empty where none
	Parent  GroupRef // the group above, where the viewer may know of it
	Below   []GroupRow
}

// Initial stands in the place of a picture.
func (g GroupRow) Initial() string { return Person{Name: g.Name}.Initials() }

// GroupsPage lists the groups that the viewer may know of.
type GroupsPage struct {
	Frame
	Mine      []GroupRow
	Others    []GroupRow
	Words     string // looked for
	CanCreate bool
	Next      string // URL of the rest; empty at the end
}

func (GroupsPage) page() string { return "groups" }

// GroupHead is what every page of a group shows.
type GroupHead struct {
	GroupRef
	ID        int64
	LastSeq   int64 // newest event of the group's timeline
	About     template.HTML
	Members   int
	Faces     []Person // a few of the members
	Role      string   // the viewer's; empty for none
	Tab       string   // "threads", "polls", "decisions", "themes", "members"
	CanStart  bool
	CanPoll   bool // start a poll on its own
	CanJoin   bool
	CanLeave  bool
	CanEdit   bool
	CanSee    bool // the content, not only the name
	CanPeople bool // the list of members

	Picture     string     // address; empty where none
	Line        []GroupRef // the groups above, the uppermost first, as far as the viewer may know of them
	Joining     string     // "open", "request", "invitation"
	CanAsk      bool       // to come in
	Asked       bool       // and has done so
	LeaveAsks   bool       // leaving is asked about first
	CanSubgroup bool       // make a group below this one
	CanMails    bool       // choose of which polls one hears by mail
}

// ThreadRow is a thread in a list.
type ThreadRow struct {
	ID          int64
	Slug        string
	Title       string
	Group       GroupRef
	Author      Person
	Last        time.Time
	LastBy      []Person // up to three, the last first
	Comments    int
	Unread      int
	New         bool // never opened by the viewer
	Pinned      bool
	Closed      bool
	MembersOnly bool
	Tags        []string
	Poll        string // "", "open", "vote" (open, and waits for the viewer), "decided"
	OwnPoll     int64  // the poll that the discussion came with; 0 for others
	Excerpt     string
}

// URL leads to the first unread item, or to the thread.
func (t ThreadRow) URL() string { return ThreadHead{ID: t.ID, Slug: t.Slug, OwnPoll: t.OwnPoll}.URL() }

// GroupPage lists a group's threads.
type GroupPage struct {
	Frame
	Group   GroupHead
	Pinned  []ThreadRow
	Threads []ThreadRow
	Filter  string // "", "unread"
	Tag     string
	Tags    []string   // in use in the group
	Below   []GroupRow // the groups below this one
	Cursor  Cursor
}

func (GroupPage) page() string { return "group" }

// FilterURL is this list with another filter and tag.
func (g GroupPage) FilterURL(filter, tag string) string {
	q := url.Values{}
	if filter != "" {
		q.Set("filter", filter)
	}
	if tag != "" {
		q.Set("tag", tag)
	}
	if len(q) == 0 {
		return g.Group.URL()
	}
	return g.Group.URL() + "?" + q.Encode()
}

// GroupPollsPage lists a group's polls.
type GroupPollsPage struct {
	Frame
	Group  GroupHead
	Filter string // "", "open", "closed", "vote"
	Drafts []PollLine
	Open   []PollLine
	Closed []PollLine
	Cursor Cursor
}

func (GroupPollsPage) page() string { return "group-polls" }

// Filters are the ways to narrow the list, as far as they mean something to the
// viewer.
func (p GroupPollsPage) Filters() []string {
	all := []string{"", "vote", "open", "closed"}
	if !p.SignedIn() {
		all = slices.Delete(all, 1, 2)
	}
	return all
}

// FilterURL is this list with another filter.
func (p GroupPollsPage) FilterURL(filter string) string {
	if filter == "" {
		return p.Group.URL() + "/polls"
	}
	return p.Group.URL() + "/polls?show=" + filter
}

// GroupFormPage makes a group, below another one where Parent is set.
type GroupFormPage struct {
	Frame
	Parent *GroupHead
	Form   Form // name, handle, about, visibility, inherits_members
}

// Fits reports whether a new group may have the visibility below its parent.
func (p GroupFormPage) Fits(visibility string) bool {
	openness := map[string]int{"secret": 1, "closed": 2, "public": 3}
	return p.Parent == nil || openness[visibility] <= openness[p.Parent.Visibility]
}

func (GroupFormPage) page() string { return "group-form" }
