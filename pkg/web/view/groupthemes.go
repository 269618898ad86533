package view

import (
	"net/url"
	"strconv"
)

// GroupThemesPage lists the themes of a group's threads, as far as its address lets
// them through.
type GroupThemesPage struct {
	Frame
	Group   GroupHead
	Sort    string       // "new", "support"
	State   string       // "proposed", "shortlisted", "scheduled", "settled"; empty for all
	Whose   string       // "mine", "supported", "questions"; empty for all
	By      Person       // only what this person proposes; zero for all
	Unknown bool         // whom By was to be, nobody is called
	Words   string       // only what holds these
	Thread  int64        // of one thread only; 0 for all
	Threads []ListOption // that have themes
	Cards   []ThemeCard
	Next    string // the address of the next page; empty where this is the last
}

func (GroupThemesPage) page() string { return "group-themes" }

// Sorts are the orders of the list.
func (GroupThemesPage) Sorts() []string { return []string{"new", "support"} }

// Parts are the states that it can be narrowed down to.
func (GroupThemesPage) Parts() []string { return boardParts }

// Whoses are what else it can be narrowed down to.
func (p GroupThemesPage) Whoses() []string { return BoardPage{Frame: p.Frame}.Whoses() }

// Narrow reports whether something is left out.
func (p GroupThemesPage) Narrow() bool {
	return p.State != "" || p.Whose != "" || p.By.Handle != "" || p.Words != "" || p.Thread != 0
}

// Settings are what the address of the list says, besides the page.
func (p GroupThemesPage) Settings() url.Values {
	q := url.Values{}
	set := func(name, value, usual string) {
		if value != usual {
			q.Set(name, value)
		}
	}
	set("sort", p.Sort, "new")
	set("state", p.State, "")
	set("whose", p.Whose, "")
	set("by", p.By.Handle, "")
	set("q", p.Words, "")
	if p.Thread != 0 {
		set("thread", strconv.FormatInt(p.Thread, 10), "")
	}
	return q
}

// With is the address of this list with one thing changed; of its first page, unless
// that is what changes.
func (p GroupThemesPage) With(name, value string) string {
	q := p.Settings()
	q.Set(name, value)
	if value == "" || name == "sort" && value == "new" {
		q.Del(name)
	}
	return p.path(q)
}

// Plain is the list without anything left out.
func (p GroupThemesPage) Plain() string {
	return GroupThemesPage{Group: p.Group, Sort: p.Sort}.path(GroupThemesPage{Sort: p.Sort}.Settings())
}

func (p GroupThemesPage) path(q url.Values) string {
	address := p.Group.URL() + "/themes"
	if len(q) == 0 {
		return address
	}
	return address + "?" + q.Encode()
}
