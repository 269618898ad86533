package web

import (
	"slices"
	"strconv"
	"strings"

	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/page"
	"plenary/pkg/theme"
	"plenary/pkg/web/view"
)

// groupThemes lists the themes of a group's threads, as the address says which. What
// is none of the choices is what the page shows by itself.
func (s *Site) groupThemes(c edge.Ctx) error {
	head, g, err := s.groupHead(c, "themes")
	if err != nil {
		return err
	}
	p := view.GroupThemesPage{Frame: s.frame(c), Group: head}
	choose := func(name string, among []string) string {
		if v := c.QueryParam(name); slices.Contains(among, v) {
			return v
		}
		return among[0]
	}
	p.Sort, p.State, p.Whose = choose("sort", p.Sorts()), choose("state", p.Parts()), choose("whose", p.Whoses())
	p.Words = strings.TrimSpace(firstRunes(c.QueryParam("q"), theme.MaxSearch))
	if handle := c.QueryParam("by"); handle != "" {
		found, err := s.People.ByHandle(ctx(c), strings.TrimPrefix(handle, "@"))
		if err != nil && !errs.Is(err, errs.NotFound) {
			return err
		}
		p.By, p.Unknown = personOf(found.Brief), err != nil
	}
	threads, err := s.Themes.ThreadsOf(ctx(c), edge.Who(c), g.Handle)
	if err != nil {
		return err
	}
	for _, t := range threads {
		id := strconv.FormatInt(t.ID, 10)
		p.Threads = append(p.Threads, view.ListOption{Value: id, Text: t.Title, Chosen: id == c.QueryParam("thread")})
		if id == c.QueryParam("thread") {
			p.Thread = t.ID
		}
	}
	q := theme.GroupQuery{Order: theme.Order(p.Sort), Thread: p.Thread, Page: page.Page{Cursor: c.QueryParam("before")},
		Filter: theme.Filter{Column: theme.Column(p.State), Whose: theme.Whose(p.Whose), Proposer: p.By.Handle, Search: p.Words}}
	list, err := s.Themes.OfGroup(ctx(c), edge.Who(c), g.Handle, q)
	if err != nil {
		return err
	}
	for _, t := range list.Items {
		card := themeCardFor(edge.Who(c), t)
		if p.Thread == 0 {
			card.In = view.Link{Text: t.ThreadTitle, URL: threadPath(t.ThreadID, "/themes")}
		}
		p.Cards = append(p.Cards, card)
	}
	if list.Next != "" {
		p.Next = p.With("before", list.Next)
	}
	return s.ok(c, p)
}
