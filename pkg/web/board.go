package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

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

// proposal is what stands in the form that proposes themes.
type proposal struct {
	thread  forum.Thread
	from    *forum.Comment // nil where they come from no comment
	context bool           // they come from the thread's own text
	rows    []view.ThemeRow
	fresh   bool            // nobody has chosen among the rows yet
	instead *view.ThemeCard // supported instead of what was typed; nil where none
}

// newTheme is the form for a theme, with what was selected in a comment or in the
// context where it comes from one.
func (s *Site) newTheme(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	from, err := edge.Number(c, "from")
	if err != nil {
		return err
	}
	text := c.QueryParam("text")
	p := proposal{context: from == 0 && c.QueryParam("context") != ""}
	if p.thread, err = s.Forum.Thread(ctx(c), edge.Who(c), id); err != nil {
		return err
	}
	if p.from, err = s.commentIn(c, p.thread, from); err != nil {
		return err
	}
	if p.context && text == "" {
		text = p.thread.Body
	}
	p.rows = themeRows(text, p.context || p.from != nil)
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
	return s.showThemeForm(c, http.StatusOK, proposal{thread: v.Thread, from: &v.Comment, rows: themeRows(v.Body, true), fresh: true}, view.Form{})
}

// markMade tells which rows are themes already: those that were made out of the same
// words of the comment, or are called the same. They are ticked only where somebody
// has done so.
func (s *Site) markMade(c edge.Ctx, in *proposal) error {
	if in.from == nil {
		return nil
	}
	made, err := s.Themes.OfComment(ctx(c), edge.Who(c), in.thread.ID, in.from.ID)
	if err != nil {
		return err
	}
	for i, row := range in.rows {
		same := func(t theme.Theme) bool {
			return row.Quote != "" && t.Quote == row.Quote || strings.EqualFold(strings.TrimSpace(t.Title), strings.TrimSpace(row.Title))
		}
		if at := slices.IndexFunc(made, same); at >= 0 {
			card := themeCardFor(edge.Who(c), made[at])
			in.rows[i].Made = &card
			in.rows[i].Chosen = row.Chosen && !in.fresh
		}
	}
	return nil
}

// themeRows makes a row of each idea in a text, and one of the whole where it
// lists none. Where the text is somebody's, each row keeps the words that it is
// made out of.
func themeRows(text string, quoted bool) []view.ThemeRow {
	const titleMost = 120 // characters
	quote := func(words string) string {
		if !quoted {
			return ""
		}
		return strings.TrimSpace(firstRunes(words, theme.MaxQuote))
	}
	items := markup.Items(text)
	if len(items) > theme.MaxAtOnce {
		items = items[:theme.MaxAtOnce]
	}
	var rows []view.ThemeRow
	for i, item := range items {
		rows = append(rows, view.ThemeRow{Title: item.Title, Description: item.Description, Quote: quote(item.Words()), Chosen: true, Number: i + 1})
	}
	if len(rows) > 0 {
		return rows
	}
	row := view.ThemeRow{Title: markup.Excerpt(text, titleMost), Quote: quote(markup.Excerpt(text, theme.MaxQuote)), Chosen: true, Number: 1}
	if strings.HasSuffix(row.Title, "…") {
		row.Description = text
	}
	return []view.ThemeRow{row}
}

func (s *Site) showThemeForm(c edge.Ctx, status int, in proposal, form view.Form) error {
	if err := access.Check(edge.Who(c), access.ProposeTheme, in.thread.Facts()); err != nil {
		return err
	}
	if form.Once == "" {
		var err error
		if form, err = s.form(nil); err != nil {
			return err
		}
	}
	if err := s.markMade(c, &in); err != nil {
		return err
	}
	who := edge.Who(c)
	p := view.ThemeFormPage{Frame: s.frame(c), Thread: threadHead(in.thread), Rows: in.rows, Context: in.context, Form: form, Convene: convenes(who, in.thread),
		Instead: in.instead}
	if in.from != nil {
		p.From = &view.ReplyRef{ID: in.from.ID, Author: personOf(in.from.Author), Excerpt: excerpt(*in.from)}
	}
	if in.context {
		p.Author = personOf(in.thread.Author)
	}
	var err error
	if p.Rules, err = s.rulesLine(ctx(c), who, in.thread.ID, p.Clock); err != nil {
		return err
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
	in := proposal{rows: rowsOf(form), context: form.Get("context") != ""}
	if in.thread, err = s.Forum.Thread(ctx(c), who, id); err != nil {
		return err
	}
	var f errs.Fields
	if in.from, err = s.commentIn(c, in.thread, number(&f, form, "from_comment_id")); err != nil {
		return err
	}
	if form.Get("support") != "" {
		return s.supportInstead(c, in, form)
	}
	if form.Get("anyway") == "" {
		if asked, err := s.askWhetherSame(c, &in, form); asked || err != nil {
			return err
		}
	}
	themes, rows := in.chosen(who, form)
	made, err := s.Themes.Propose(ctx(c), who, id, themes)
	switch {
	case store.IsReplay(err), err == nil && len(made) != 1:
		return seeOther(c, threadPath(id, "/themes"))
	case err == nil:
		return seeOther(c, themeCard(made[0]).URL())
	}
	if text, ok := s.refusal(c, err); ok {
		again, err := s.form(form)
		if err != nil {
			return err
		}
		again.Err = text
		return s.showThemeForm(c, http.StatusConflict, in, again)
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
	titles, descriptions, quotes := form["title"], form["description"], form["quote"]
	var rows []view.ThemeRow
	for i, title := range titles[:min(len(titles), markup.MaxItems)] {
		row := view.ThemeRow{Title: title, Number: i + 1, Chosen: slices.Contains(form["use"], strconv.Itoa(i))}
		if i < len(descriptions) {
			row.Description = descriptions[i]
		}
		if i < len(quotes) {
			row.Quote = quotes[i]
		}
		rows = append(rows, row)
	}
	if len(rows) == 1 {
		rows[0].Chosen = true
	}
	return rows
}

// chosen are the themes to propose, and which row each of them stands in. Where
// a convenor puts forward what somebody else has written, it is theirs, unless
// the form names somebody.
func (in proposal) chosen(who access.Actor, form url.Values) (themes []theme.NewTheme, rows []int) {
	to, name := strings.TrimSpace(form.Get("for")), strings.TrimSpace(form.Get("credit"))
	for i, row := range in.rows {
		if !row.Chosen {
			continue
		}
		one := theme.NewTheme{Title: row.Title, Description: row.Description, For: to, Credit: name, Support: form.Get("mine") != ""}
		author := who.Person
		switch {
		case in.from != nil:
			one.FromCommentID, one.Quote, author = in.from.ID, row.Quote, in.from.Author.ID
		case in.context:
			one.FromContext, one.Quote, author = true, row.Quote, in.thread.Author.ID
		}
		one.CreditAuthor = to == "" && name == "" && author != who.Person && convenes(who, in.thread)
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
		if field == "for" || field == "credit" { // stand once in the form, for all
			named.Add(field, text.Code, text.Args)
			continue
		}
		named.Add(fmt.Sprintf("%s.%d", field, row), text.Code, text.Args)
	}
	return named
}
