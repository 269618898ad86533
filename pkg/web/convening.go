package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/forum"
	"plenary/pkg/page"
	"plenary/pkg/store"
	"plenary/pkg/theme"
	"plenary/pkg/web/view"
)

// conveningRoutes are what themes are grouped, merged, split and moved by.
func (s *Site) conveningRoutes() []route {
	return []route{
		get("/t/:id/themes/convene", s.convene), post("/t/:id/themes/overarching", s.makeOverarching), post("/t/:id/themes/group", s.regroup),
		post("/t/:id/themes/apart", s.keepApart),
		get("/themes/:id/convene", s.conveneTheme), post("/themes/:id/group", s.groupTheme), post("/themes/:id/merge", s.mergeTheme),
		post("/themes/:id/unmerge", s.unmergeTheme), post("/themes/:id/split", s.splitTheme), post("/themes/:id/move", s.moveTheme),
		post("/merges/:id/answer", s.answerMerge), post("/merges/:id/accept", s.acceptMerge), post("/merges/:id/refuse", s.refuseMerge),
	}
}

// addMerges puts on a theme's page how it may be convened, and what there is of
// merges.
func (s *Site) addMerges(c edge.Ctx, p *view.ThemePage, t theme.Theme) error {
	who := edge.Who(c)
	p.Convene = conveneRights(who, t)
	merges, err := s.Themes.Merges(ctx(c), who, t.ID)
	p.Merges = mergeItems(merges, access.May(who, access.Convene, t.Facts()), p.Clock)
	return err
}

func (s *Site) conveneTheme(c edge.Ctx) error {
	return s.showConveneTheme(c, http.StatusOK, func(*view.ConveneThemePage) {})
}

// showConveneTheme answers with the forms by which a theme is convened; change puts
// in what came back rejected.
func (s *Site) showConveneTheme(c edge.Ctx, status int, change func(*view.ConveneThemePage)) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	who := edge.Who(c)
	t, err := s.Themes.Theme(ctx(c), who, id)
	if err != nil {
		return err
	}
	rights := conveneRights(who, t)
	if !rights.Any() {
		if err := access.Check(who, access.Convene, t.Facts()); err != nil {
			return err
		}
		return errs.New(errs.Conflict, "theme.state_"+string(t.State))
	}
	thread, err := s.Forum.Thread(ctx(c), who, t.ThreadID)
	if err != nil {
		return err
	}
	p := view.ConveneThemePage{Frame: s.frame(c), Thread: threadHead(thread), Card: themeCardFor(who, t), LastSeq: thread.LastSeq, Rights: rights,
		Rows: splitRows(nil), Block: blocked(t)}
	if err := s.addCandidates(c, &p, t); err != nil {
		return err
	}
	if err := s.addConveneForms(c, &p, thread, t); err != nil {
		return err
	}
	change(&p)
	return s.show(c, status, p)
}

// blocked says what stands against convening a theme, and the way on.
func blocked(t theme.Theme) map[string]errs.Text {
	out := map[string]errs.Text{}
	parts := errs.Text{Code: "theme.has_parts", Args: errs.Args{"Title": t.Title}}
	if len(t.Parts) > 0 {
		out["under"], out["merge"], out["move"] = parts, parts, parts
	}
	if len(t.PollIDs) > 0 {
		out["merge"], out["move"] = errs.Text{Code: "theme.polled"}, errs.Text{Code: "theme.polled"}
	}
	if t.Under.ID != 0 {
		out["split"] = errs.Text{Code: "theme.is_part"}
	}
	return out
}

func (s *Site) addCandidates(c edge.Ctx, p *view.ConveneThemePage, t theme.Theme) error {
	others, err := s.Themes.Candidates(ctx(c), edge.Who(c), t.ID)
	if err != nil {
		return err
	}
	for _, one := range others {
		if len(one.PollIDs) == 0 {
			p.Others = append(p.Others, themeCard(one))
		}
		if one.Under.ID == 0 {
			p.Groups = append(p.Groups, view.ListOption{Value: strconv.FormatInt(one.ID, 10), Text: one.Title, Chosen: one.ID == t.Under.ID})
		}
	}
	return nil
}

func (s *Site) addConveneForms(c edge.Ctx, p *view.ConveneThemePage, thread forum.Thread, t theme.Theme) (err error) {
	for _, form := range []*view.Form{&p.Under, &p.Merge, &p.Split, &p.Move, &p.Undo} {
		if *form, err = s.form(nil); err != nil {
			return err
		}
	}
	if into := c.QueryParam("into"); into != "" {
		p.Merge.Values = url.Values{"into": {into}}
	}
	if !p.Rights.Convene {
		return nil
	}
	home, err := s.Groups.ByHandle(ctx(c), edge.Who(c), t.Group.Handle)
	if err != nil {
		return err
	}
	p.Hours = home.MergeHours
	p.Threads, err = s.threadsToMoveTo(c, thread)
	return err
}

// threadsToMoveTo are discussions of the same group in which the actor convenes,
// too, the latest first.
func (s *Site) threadsToMoveTo(c edge.Ctx, from forum.Thread) ([]view.ListOption, error) {
	who := edge.Who(c)
	if !from.Group.Known() {
		return nil, nil
	}
	list, err := s.Forum.Threads(ctx(c), who, from.Group.Handle, forum.ThreadsQuery{Page: page.Page{Limit: page.Max}})
	if errs.Is(err, errs.Forbidden) {
		return nil, nil
	}
	var out []view.ListOption
	for _, one := range list.Items {
		if one.ID != from.ID && convenes(who, one.Thread) {
			out = append(out, view.ListOption{Value: strconv.FormatInt(one.ID, 10), Text: one.Title})
		}
	}
	return out, err
}

// splitRows are the rows of the form that splits a theme: what was typed, and room
// for more.
func splitRows(form url.Values) []view.ThemeRow {
	const least, spare = 3, 1
	rows := []view.ThemeRow{}
	for i, title := range form["title"] {
		row := view.ThemeRow{Title: title, Number: i + 1}
		if i < len(form["description"]) {
			row.Description = form["description"][i]
		}
		rows = append(rows, row)
	}
	for len(rows) < min(max(least, len(form["title"])+spare), theme.MaxAtOnce) {
		rows = append(rows, view.ThemeRow{Number: len(rows) + 1})
	}
	return rows
}

// refused is the form as it goes back to its sender: with complaints about fields,
// or with what the state of the themes stands against.
func (s *Site) refused(form url.Values, err error) (view.Form, int, error) {
	e, ok := errors.AsType[*errs.Error](err)
	if ok && e.Kind == errs.Conflict && strings.HasPrefix(e.Code, "theme.") {
		again, err := s.form(form)
		again.Err = e.Text
		return again, http.StatusConflict, err
	}
	again, err := s.again(form, err)
	return again, http.StatusUnprocessableEntity, err
}

// onTheme carries out what a form about a theme asks for, and shows the forms again
// where that was refused.
func (s *Site) onTheme(c edge.Ctx, which func(*view.ConveneThemePage) *view.Form, act func(id int64, form url.Values) (to string, err error)) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	form, err := submitted(c)
	if err != nil {
		return err
	}
	to, err := act(id, form)
	if store.IsReplay(err) {
		return seeOther(c, view.ThemeCard{ID: id}.URL())
	}
	if err == nil {
		return seeOther(c, to)
	}
	again, status, other := s.refused(form, err)
	if other != nil {
		return other
	}
	shown := s.showConveneTheme(c, status, func(p *view.ConveneThemePage) {
		*which(p) = again
		if which(p) == &p.Split {
			p.Rows = splitRows(form)
		}
	})
	if errs.Is(shown, errs.Forbidden) || errs.Is(shown, errs.Conflict) {
		return err // there is no form any more to show it at
	}
	return shown
}

func (s *Site) mergeTheme(c edge.Ctx) error {
	return s.onTheme(c, func(p *view.ConveneThemePage) *view.Form { return &p.Merge }, func(id int64, form url.Values) (string, error) {
		do := access.Convene
		if form.Get("how") == "suggest" {
			do = access.SuggestMerge
		}
		if found, err := s.Themes.Theme(ctx(c), edge.Who(c), id); err != nil {
			return "", err
		} else if err := access.Check(edge.Who(c), do, found.Facts()); err != nil {
			return "", err
		}
		var f errs.Fields
		into := number(&f, form, "into")
		if into == 0 {
			f.Add("into", "field.choose")
		}
		if err := f.Err(); err != nil {
			return "", err
		}
		to := view.ThemeCard{ID: id}.URL() + "#merges"
		if form.Get("how") == "suggest" {
			_, err := s.Themes.SuggestMerge(ctx(c), edge.Who(c), id, into, form.Get("reason"))
			return to, err
		}
		_, err := s.Themes.Merge(ctx(c), edge.Who(c), id, theme.MergeOrder{Into: into, Reason: form.Get("reason"), Now: form.Get("how") == "now"})
		return to, err
	})
}

func (s *Site) unmergeTheme(c edge.Ctx) error {
	return s.onTheme(c, func(p *view.ConveneThemePage) *view.Form { return &p.Undo }, func(id int64, form url.Values) (string, error) {
		_, err := s.Themes.Unmerge(ctx(c), edge.Who(c), id, form.Get("reason"))
		return view.ThemeCard{ID: id}.URL(), err
	})
}

func (s *Site) splitTheme(c edge.Ctx) error {
	return s.onTheme(c, func(p *view.ConveneThemePage) *view.Form { return &p.Split }, func(id int64, form url.Values) (string, error) {
		var parts []theme.NewTheme
		for _, row := range splitRows(form) {
			if strings.TrimSpace(row.Title) != "" || strings.TrimSpace(row.Description) != "" {
				parts = append(parts, theme.NewTheme{Title: row.Title, Description: row.Description})
			}
		}
		_, err := s.Themes.Split(ctx(c), edge.Who(c), id, parts, form.Get("reason"))
		return view.ThemeCard{ID: id}.URL(), renamed(err, "title", "title", "description", "description")
	})
}

func (s *Site) moveTheme(c edge.Ctx) error {
	return s.onTheme(c, func(p *view.ConveneThemePage) *view.Form { return &p.Move }, func(id int64, form url.Values) (string, error) {
		made, err := s.Themes.Move(ctx(c), edge.Who(c), id, threadNamed(form), form.Get("reason"))
		return themeCard(made).URL(), err
	})
}

// threadNamed is the discussion that a form names: by its address, or by its number
// in the list.
func threadNamed(form url.Values) int64 {
	text := strings.TrimSpace(form.Get("address"))
	if text == "" {
		text = form.Get("thread")
	}
	if u, err := url.Parse(text); err == nil {
		text = u.Path
	}
	parts := strings.Split(strings.Trim(text, "/"), "/")
	if i := slices.Index(parts, "t"); i >= 0 && i+1 < len(parts) {
		parts = parts[i+1:]
	}
	id, err := strconv.ParseInt(parts[0], 10, 64)
	if err != nil {
		return 0
	}
	return id
}

// mergeNamed is the merge of the address, and the theme that it is about.
func (s *Site) mergeNamed(c edge.Ctx) (theme.Merge, url.Values, error) {
	id, err := edge.ID(c, "id")
	if err != nil {
		return theme.Merge{}, nil, err
	}
	form, err := submitted(c)
	if err != nil {
		return theme.Merge{}, nil, err
	}
	m, err := s.Themes.Merging(ctx(c), edge.Who(c), id)
	return m, form, err
}

// backFromMerge leads to where the button was pressed.
func (s *Site) backFromMerge(c edge.Ctx, m theme.Merge, err error) error {
	if err != nil && !store.IsReplay(err) {
		return err
	}
	if u, err := url.Parse(s.cameFrom(c.Request())); err == nil && u.Path == threadPath(m.ThreadID, "/themes/convene") {
		return seeOther(c, u.Path+"#merges")
	}
	return seeOther(c, view.ThemeCard{ID: m.Theme.ID}.URL()+"#merges")
}

func (s *Site) answerMerge(c edge.Ctx) error {
	m, form, err := s.mergeNamed(c)
	if err == nil {
		_, err = s.Themes.AnswerMerge(ctx(c), edge.Who(c), m.ID, form.Get("agree") == "1")
	}
	return s.backFromMerge(c, m, err)
}

// acceptMerge takes a suggestion up: the proposers are asked, or with a reason it
// is merged at once.
func (s *Site) acceptMerge(c edge.Ctx) error {
	m, form, err := s.mergeNamed(c)
	if err == nil {
		order := theme.MergeOrder{Into: m.Into.ID, Now: form.Get("how") == "now"}
		if order.Now {
			order.Reason = m.Reason
		}
		_, err = s.Themes.Merge(ctx(c), edge.Who(c), m.Theme.ID, order)
	}
	return s.backFromMerge(c, m, err)
}

func (s *Site) refuseMerge(c edge.Ctx) error {
	m, form, err := s.mergeNamed(c)
	if err == nil {
		_, err = s.Themes.RefuseMerge(ctx(c), edge.Who(c), m.ID, form.Get("reason"))
	}
	return s.backFromMerge(c, m, err)
}
