package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/forum"
	"plenary/pkg/markup"
	"plenary/pkg/page"
	"plenary/pkg/store"
	"plenary/pkg/theme"
	"plenary/pkg/web/view"
)

// allThemes is as many themes as one page shows.
var allThemes = page.Page{Limit: page.Max}

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
	p := view.BoardPage{Frame: s.frame(c), Thread: threadHead(t), LastSeq: t.LastSeq, Rights: threadRights(who, t), Sort: c.QueryParam("sort")}
	if p.Sort != string(theme.Newest) && p.Sort != string(theme.Shuffled) {
		p.Sort = string(theme.BySupport)
	}
	list, err := s.Themes.OfThread(ctx(c), who, id, theme.ThemesQuery{Order: theme.Order(p.Sort), Seed: s.shuffle(who), Page: allThemes})
	if err != nil {
		return err
	}
	for _, card := range themeCardsFor(who, list.Items) {
		switch {
		case card.Afoot() || card.State == string(access.Scheduled):
			p.Cards = append(p.Cards, card)
		default:
			p.Settled = append(p.Settled, card)
		}
		if card.State == string(access.Shortlisted) && card.Poll.URL == "" {
			p.Shortlist++
		}
	}
	return s.ok(c, p)
}

// shuffle is the seed of a reader's order by chance. It changes every day, and
// not between two looks at the page.
func (s *Site) shuffle(who access.Actor) int64 {
	return s.Now().Unix()/int64(24*time.Hour/time.Second)*1_000_003 + who.Person
}

// proposal is what stands in the form that proposes themes.
type proposal struct {
	thread forum.Thread
	from   *forum.Comment // nil where they come from no comment
	rows   []view.ThemeRow
}

// newTheme is the form for a theme, with what was selected in a comment where
// it comes from one.
func (s *Site) newTheme(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	from, err := edge.Number(c, "from")
	if err != nil {
		return err
	}
	p := proposal{rows: themeRows(c.QueryParam("text"))}
	if p.thread, err = s.Forum.Thread(ctx(c), edge.Who(c), id); err != nil {
		return err
	}
	if p.from, err = s.commentIn(c, p.thread, from); err != nil {
		return err
	}
	return s.showThemeForm(c, http.StatusOK, p, view.Form{})
}

// commentIn is a comment of the thread; nil where id names none.
func (s *Site) commentIn(c edge.Ctx, t forum.Thread, id int64) (*forum.Comment, error) {
	if id == 0 {
		return nil, nil
	}
	found, err := s.Forum.Comments(ctx(c), []int64{id})
	if one, ok := found[id]; ok && one.ThreadID == t.ID && !one.Deleted() {
		return &one, err
	}
	return nil, err
}

// themesFromComment is the form with everything that a comment lists.
func (s *Site) themesFromComment(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	v, err := s.Forum.Comment(ctx(c), edge.Who(c), id)
	if err != nil {
		return err
	}
	if v.Deleted() {
		return errs.New(errs.Gone, "comment.removed")
	}
	return s.showThemeForm(c, http.StatusOK, proposal{thread: v.Thread, from: &v.Comment, rows: themeRows(v.Body)}, view.Form{})
}

// themeRows makes a row of each idea in a text, and one of the whole where it
// lists none.
func themeRows(text string) []view.ThemeRow {
	const titleMost = 120 // characters
	items := markup.Items(text)
	if len(items) > theme.MaxAtOnce {
		items = items[:theme.MaxAtOnce]
	}
	var rows []view.ThemeRow
	for i, item := range items {
		rows = append(rows, view.ThemeRow{Title: item.Title, Description: item.Description, Chosen: true, Number: i + 1})
	}
	if len(rows) > 0 {
		return rows
	}
	row := view.ThemeRow{Title: markup.Excerpt(text, titleMost), Chosen: true, Number: 1}
	if strings.HasSuffix(row.Title, "…") {
		row.Description = text
	}
	return []view.ThemeRow{row}
}

func (s *Site) showThemeForm(c edge.Ctx, status int, in proposal, form view.Form) error {
	if err := access.Check(edge.Who(c), access.ProposeTheme, in.thread.Facts()); err != nil {
		return err
	}
	if !form.Rejected() {
		var err error
		if form, err = s.form(nil); err != nil {
			return err
		}
	}
	p := view.ThemeFormPage{Frame: s.frame(c), Thread: threadHead(in.thread), Rows: in.rows, Form: form}
	if in.from != nil {
		p.From = &view.ReplyRef{ID: in.from.ID, Author: personOf(in.from.Author), Excerpt: excerpt(*in.from)}
	}
	return s.show(c, status, p)
}

func (s *Site) proposeThemes(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	form, err := submitted(c)
	if err != nil {
		return err
	}
	who := edge.Who(c)
	in := proposal{rows: rowsOf(form)}
	if in.thread, err = s.Forum.Thread(ctx(c), who, id); err != nil {
		return err
	}
	var f errs.Fields
	if in.from, err = s.commentIn(c, in.thread, number(&f, form, "from_comment_id")); err != nil {
		return err
	}
	themes, rows := in.chosen(who)
	made, err := s.Themes.Propose(ctx(c), who, id, themes)
	if store.IsReplay(err) {
		return seeOther(c, threadPath(id, "/themes"))
	}
	if err == nil && len(made) == 1 {
		return seeOther(c, themeCard(made[0]).URL())
	}
	if err == nil {
		return seeOther(c, threadPath(id, "/themes"))
	}
	again, err := s.again(form, err)
	if err != nil {
		return err
	}
	again.Fields = in.complain(again.Fields, rows)
	return s.showThemeForm(c, http.StatusUnprocessableEntity, in, again)
}

// rowsOf are the rows of the form as they were typed.
func rowsOf(form url.Values) []view.ThemeRow {
	titles, descriptions := form["title"], form["description"]
	var rows []view.ThemeRow
	for i, title := range titles[:min(len(titles), markup.MaxItems)] {
		row := view.ThemeRow{Title: title, Number: i + 1, Chosen: slices.Contains(form["use"], strconv.Itoa(i))}
		if i < len(descriptions) {
			row.Description = descriptions[i]
		}
		rows = append(rows, row)
	}
	if len(rows) == 1 {
		rows[0].Chosen = true
	}
	return rows
}

// chosen are the themes to propose, and which row each of them stands in. Where
// a convenor puts forward what somebody else's comment says, it is theirs.
func (in proposal) chosen(who access.Actor) (themes []theme.NewTheme, rows []int) {
	for i, row := range in.rows {
		if !row.Chosen {
			continue
		}
		one := theme.NewTheme{Title: row.Title, Description: row.Description}
		if in.from != nil {
			one.FromCommentID = in.from.ID
			facts := in.thread.Facts()
			facts.Theme = access.Proposed
			one.CreditAuthor = in.from.Author.ID != who.Person && access.May(who, access.Convene, facts)
		}
		themes, rows = append(themes, one), append(rows, i)
	}
	return themes, rows
}

// complain puts what is wrong to the rows that it is about, and gives the fields
// the names that they have in the form.
func (in proposal) complain(wrong errs.Fields, rows []int) errs.Fields {
	named := errs.Fields{}
	for name, text := range wrong {
		field, place, _ := strings.Cut(name, ".")
		row := 0
		if n, err := strconv.Atoi(place); err == nil && n < len(rows) {
			row = rows[n]
		} else if len(rows) == 1 {
			row = rows[0]
		}
		if field == "title" && row < len(in.rows) {
			in.rows[row].TitleError = text
		}
		named.Add(fmt.Sprintf("%s.%d", field, row), text.Code, text.Args)
	}
	return named
}
