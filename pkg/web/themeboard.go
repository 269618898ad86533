package web

import (
	"context"
	"slices"
	"strings"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/forum"
	"plenary/pkg/theme"
	"plenary/pkg/web/view"
)

// board shows a thread's themes in one of the views.
func (s *Site) board(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	who := edge.Who(c)
	t, err := s.Forum.Thread(ctx(c), who, id)
	if err != nil {
		return err
	}
	p := view.BoardPage{Frame: s.frame(c), Thread: threadHead(t), LastSeq: t.LastSeq, Rights: threadRights(who, t)}
	p.Convene = convenes(who, t)
	if err := s.asAsked(c, &p); err != nil {
		return err
	}
	found, err := s.Themes.Board(ctx(c), who, id, s.boardQuery(p, who))
	if err != nil {
		return err
	}
	fillBoard(&p, who, found)
	_, shortlisted, unasked, err := s.Themes.Count(ctx(c), id)
	if err != nil {
		return err
	}
	if unasked > 0 { // one that has its poll asks for no other
		p.Shortlist = shortlisted
	}
	if p.Rules, err = s.rulesLine(ctx(c), who, id, p.Clock); err != nil {
		return err
	}
	p.Rights.Propose = p.Rights.Propose && p.Rules.Takes()
	if p.Convene {
		choices, err := s.Themes.Choices(ctx(c), id)
		if err != nil {
			return err
		}
		for _, one := range choices {
			p.Choices = append(p.Choices, view.Link{Text: one.Title, URL: pollURL(one.PollID) + "/schedule"})
		}
	}
	return s.ok(c, p)
}

// convenes reports whether somebody convenes the themes of a thread.
func convenes(who access.Actor, t forum.Thread) bool {
	facts := t.Facts()
	facts.Theme = access.Proposed
	return access.May(who, access.Convene, facts)
}

// asAsked reads from the address how the board is looked at. What is none of the
// choices is what a board shows by itself.
func (s *Site) asAsked(c edge.Ctx, p *view.BoardPage) error {
	choose := func(name string, among []string) string {
		if v := c.QueryParam(name); slices.Contains(among, v) {
			return v
		}
		return among[0]
	}
	p.View, p.Sort, p.State = choose("view", p.Views()), choose("sort", p.Sorts()), choose("state", p.Parts())
	p.Whose = choose("whose", p.Whoses())
	p.Words = strings.TrimSpace(firstRunes(c.QueryParam("q"), theme.MaxSearch))
	var err error
	if p.After, err = edge.Number(c, "after"); err != nil {
		return err
	}
	if before, err := edge.Number(c, "before"); err == nil {
		p.Before = int(min(before, theme.MaxOnBoard))
	}
	if handle := c.QueryParam("by"); handle != "" {
		found, err := s.People.ByHandle(ctx(c), handle)
		if err != nil && !errs.Is(err, errs.NotFound) {
			return err
		}
		p.By = personOf(found.Brief)
	}
	if p.State != "" && p.View == "board" {
		p.View = "list"
	}
	return nil
}

// firstRunes is the beginning of a text, as far as it is one.
func firstRunes(text string, n int) string {
	runes := []rune(strings.ToValidUTF8(text, ""))
	return strings.Map(func(r rune) rune {
		if r < ' ' {
			return ' '
		}
		return r
	}, string(runes[:min(len(runes), n)]))
}

func (s *Site) boardQuery(p view.BoardPage, who access.Actor) theme.BoardQuery {
	return theme.BoardQuery{Order: theme.Order(p.Sort), Seed: s.shuffle(who), Columns: p.View == "board", Grouped: p.View == "groups", After: p.After, Before: p.Before,
		Filter: theme.Filter{Column: theme.Column(p.State), Whose: theme.Whose(p.Whose), Proposer: p.By.Handle, Search: p.Words}}
}

func fillBoard(p *view.BoardPage, who access.Actor, found theme.Board) {
	p.Next, p.Counts = found.Next, map[string]int{}
	p.Gone, p.NextBegins = found.Gone, found.Begins+len(found.Themes)
	for column, n := range found.Counts {
		p.Counts[string(column)] = n
		p.All += n
	}
	cards := themeCardsFor(who, found.Themes)
	switch p.View {
	case "board":
		for _, name := range theme.Columns() {
			column := view.BoardColumn{Name: string(name), All: found.Counts[name]}
			for i, t := range found.Themes {
				if theme.ColumnOf(t.State) == name {
					column.Cards = append(column.Cards, cards[i])
				}
			}
			p.Columns = append(p.Columns, column)
		}
	case "groups":
		p.Groups = groupsOf(cards)
	default:
		p.Cards = cards
	}
}

// groupsOf parts the themes of a page, of which those that stand under another
// one follow it.
func groupsOf(cards []view.ThemeCard) []view.ThemeGroup {
	heads := map[int64]bool{}
	for _, card := range cards {
		heads[card.Under] = true
	}
	var out []view.ThemeGroup
	alone := view.ThemeGroup{}
	for i, card := range cards {
		last := len(out) - 1
		switch {
		case heads[card.ID]:
			out = append(out, view.ThemeGroup{Head: &cards[i]})
		case card.Under != 0 && last >= 0 && out[last].Head.ID == card.Under:
			out[last].Cards = append(out[last].Cards, card)
		default:
			alone.Cards = append(alone.Cards, card)
		}
	}
	if len(alone.Cards) > 0 {
		out = append(out, alone)
	}
	return out
}

// shuffle is the seed of a reader's order by chance. It changes every day, and
// not between two looks at the page.
func (s *Site) shuffle(who access.Actor) int64 {
	return s.Now().Unix()/int64(24*time.Hour/time.Second)*1_000_003 + who.Person
}

// rulesLine is what is asked in a thread, as it stands on its board.
func (s *Site) rulesLine(c context.Context, who access.Actor, thread int64, clock view.Clock) (view.RulesLine, error) {
	r, err := s.Themes.Rules(c, who, thread)
	if err != nil {
		return view.RulesLine{}, err
	}
	line := view.RulesLine{Window: string(r.Window(s.Now())), Themes: r.ThemesPerPerson, Supports: r.SupportsPerPerson, Clock: clock}
	if r.OpensAt != nil {
		line.OpensAt = *r.OpensAt
	}
	if r.ClosesAt != nil {
		line.ClosesAt = *r.ClosesAt
	}
	return line, nil
}
