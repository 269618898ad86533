package web

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/forum"
	"plenary/pkg/store"
	"plenary/pkg/theme"
	"plenary/pkg/web/view"
)

func (s *Site) theme(c edge.Ctx) error {
	return s.showTheme(c, http.StatusOK, func(*view.ThemePage) {})
}

// showTheme answers with a theme's page; change puts in what came back rejected.
func (s *Site) showTheme(c edge.Ctx, status int, change func(*view.ThemePage)) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	who := edge.Who(c)
	t, err := s.Themes.Theme(ctx(c), who, id)
	if err != nil {
		return err
	}
	thread, err := s.Forum.Thread(ctx(c), who, t.ThreadID)
	if err != nil {
		return err
	}
	p := view.ThemePage{Frame: s.frame(c), Thread: threadHead(thread), Card: themeCardFor(who, t), Description: rendered(t.DescriptionHTML),
		Source: t.Description, Version: t.Version, LastSeq: thread.LastSeq, Rights: themeRights(who, t), In: threadRights(who, thread)}
	supporters, err := s.Themes.Supporters(ctx(c), who, id)
	if err != nil {
		return err
	}
	p.Supporters = peopleOf(supporters)
	p.Edited = t.EditedAt != nil
	for _, add := range []func(edge.Ctx, *view.ThemePage, theme.Theme) error{s.addThemeComments, s.addProposers, s.addThemePolls} {
		if err := add(c, &p, t); err != nil {
			return err
		}
	}
	if p.Edit, err = s.form(url.Values{"title": {t.Title}, "description": {t.Description}}); err != nil {
		return err
	}
	if p.Comment, err = s.form(nil); err != nil {
		return err
	}
	if err := s.addMerges(c, &p, t); err != nil {
		return err
	}
	change(&p)
	return s.show(c, status, p)
}

// changeTheme is a button on a theme.
func (s *Site) changeTheme(change func(context.Context, access.Actor, int64) (theme.Theme, error)) edge.Handler {
	return func(c edge.Ctx) error {
		id, err := edge.ID(c, "id")
		if err != nil {
			return err
		}
		if _, err := submitted(c); err != nil {
			return err
		}
		changed, err := change(ctx(c), edge.Who(c), id)
		if err != nil {
			return err
		}
		card := themeCardFor(edge.Who(c), changed)
		return s.answer(c, view.Supported{Card: card}, backToBoard(s.cameFrom(c.Request()), card))
	}
}

// backToBoard is where the button was pressed: a board, or the theme's page.
func backToBoard(from string, card view.ThemeCard) string {
	u, err := url.Parse(from)
	if err == nil && u.Path == threadPath(card.Thread, "/themes") {
		return from + "#" + card.DOMID()
	}
	return card.URL()
}

func (s *Site) editTheme(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	form, err := submitted(c)
	if err != nil {
		return err
	}
	title, description := form.Get("title"), form.Get("description")
	version, _ := strconv.Atoi(form.Get("version")) // without one, whichever is current
	_, err = s.Themes.Edit(ctx(c), edge.Who(c), id, theme.ThemeEdit{Title: &title, Description: &description, Version: version, Reason: form.Get("reason")})
	if err == nil || store.IsReplay(err) {
		return seeOther(c, view.ThemeCard{ID: id}.URL())
	}
	again, err := s.again(form, err)
	if err != nil {
		return err
	}
	return s.showTheme(c, http.StatusUnprocessableEntity, func(p *view.ThemePage) { p.Edit = again })
}

func (s *Site) declineTheme(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	form, err := submitted(c)
	if err != nil {
		return err
	}
	if _, err = s.Themes.Decline(ctx(c), edge.Who(c), id, form.Get("reason")); err == nil {
		return seeOther(c, view.ThemeCard{ID: id}.URL())
	}
	again, err := s.again(form, err)
	if err != nil {
		return err
	}
	return s.showTheme(c, http.StatusUnprocessableEntity, func(p *view.ThemePage) { p.Decline = again })
}

func (s *Site) commentTheme(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	form, err := submitted(c)
	if err != nil {
		return err
	}
	var f errs.Fields
	post := s.Themes.Comment
	if form.Get("question") != "" {
		post = s.Themes.Ask
	}
	made, err := post(ctx(c), edge.Who(c), id, forum.NewComment{Body: form.Get("body"), ParentID: number(&f, form, "parent_id")})
	if store.IsReplay(err) {
		return done(c, view.ThemeCard{ID: id}.URL()+"#comments")
	}
	if err == nil {
		return s.commented(c, id, made)
	}
	again, err := s.again(form, err)
	if err != nil {
		return err
	}
	return s.showTheme(c, http.StatusUnprocessableEntity, func(p *view.ThemePage) { p.Comment = again })
}
