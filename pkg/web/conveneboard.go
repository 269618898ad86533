package web

import (
	"net/http"
	"net/url"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/store"
	"plenary/pkg/theme"
	"plenary/pkg/web/view"
)

// convene is the page on which the themes of a thread are grouped.
func (s *Site) convene(c edge.Ctx) error { return s.showConvene(c, http.StatusOK, view.Form{}) }

func (s *Site) showConvene(c edge.Ctx, status int, form view.Form) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	board, last, err := s.conveneBoard(c, id)
	if err != nil {
		return err
	}
	if form.Once != "" {
		board.Form = form
	}
	return s.show(c, status, view.ConvenePage{Frame: s.frame(c), LastSeq: last, ConveneBoard: board})
}

// conveneBoard is what is on that page, and the newest event that it knows of.
func (s *Site) conveneBoard(c edge.Ctx, id int64) (board view.ConveneBoard, last int64, err error) {
	who := edge.Who(c)
	thread, err := s.Forum.Thread(ctx(c), who, id)
	if err != nil {
		return board, 0, err
	}
	facts := thread.Facts()
	facts.Theme = access.Proposed
	if err := access.Check(who, access.Convene, facts); err != nil {
		return board, 0, err
	}
	board = view.ConveneBoard{Thread: threadHead(thread), Clock: view.Clock{Now: s.Now(), Zone: edge.Zone(c)}}
	if board.Form, err = s.form(nil); err != nil {
		return board, 0, err
	}
	if err := s.addGroups(c, &board, id); err != nil {
		return board, 0, err
	}
	pending, err := s.Themes.Pending(ctx(c), who, id)
	if err != nil {
		return board, 0, err
	}
	board.Merges = mergeItems(pending, true, board.Clock)
	return board, thread.LastSeq, s.addAlike(c, &board, id)
}

// addGroups fills in the overarching themes with their parts, and the others.
func (s *Site) addGroups(c edge.Ctx, board *view.ConveneBoard, id int64) error {
	who := edge.Who(c)
	groups, loose, more, err := s.Themes.Arranged(ctx(c), who, id, c.QueryParam("cursor"))
	if err != nil {
		return err
	}
	for _, g := range groups {
		board.Groups = append(board.Groups, view.ConveneGroup{Card: themeCard(g.Theme), Parts: themeCardsFor(who, g.Parts)})
	}
	board.Loose = themeCardsFor(who, loose)
	if more != "" {
		board.More = threadPath(id, "/themes/convene") + "?cursor=" + url.QueryEscape(more)
	}
	return nil
}

// alikeShown is how many suggestions the page shows at once.
const alikeShown = 10

func (s *Site) addAlike(c edge.Ctx, board *view.ConveneBoard, id int64) error {
	found, err := s.Themes.Alike(ctx(c), edge.Who(c), id)
	if err != nil {
		return err
	}
	for i, one := range found[:min(len(found), alikeShown)] {
		shown := view.AlikeThemes{Number: i + 1, Under: themeLink(one.Under), Parent: one.Under.ID, Title: one.Title}
		for _, t := range one.Themes {
			shown.Cards = append(shown.Cards, themeCard(t))
		}
		if shown.Once, err = s.onceKey(); err != nil {
			return err
		}
		board.Alike = append(board.Alike, shown)
	}
	return nil
}

// onBoard carries out what a form of the page asks for.
func (s *Site) onBoard(c edge.Ctx, act func(id int64, form url.Values) error) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	form, err := submitted(c)
	if err != nil {
		return err
	}
	err = act(id, form)
	if err == nil || store.IsReplay(err) {
		return seeOther(c, threadPath(id, "/themes/convene"))
	}
	again, status, err := s.refused(form, err)
	if err != nil {
		return err
	}
	return s.showConvene(c, status, again)
}

func (s *Site) makeOverarching(c edge.Ctx) error {
	return s.onBoard(c, func(id int64, form url.Values) error {
		in := theme.NewTheme{Title: form.Get("title"), Description: form.Get("description")}
		_, err := s.Themes.Overarching(ctx(c), edge.Who(c), id, in, tickedIDs(form, "part"), form.Get("reason"))
		return err
	})
}

func (s *Site) regroup(c edge.Ctx) error {
	return s.onBoard(c, func(id int64, form url.Values) error {
		var f errs.Fields
		under := number(&f, form, "under")
		if err := f.Err(); err != nil {
			return err
		}
		return s.Themes.Regroup(ctx(c), edge.Who(c), id, under, tickedIDs(form, "part"), form.Get("reason"))
	})
}

func (s *Site) keepApart(c edge.Ctx) error {
	return s.onBoard(c, func(id int64, form url.Values) error {
		return s.Themes.KeepApart(ctx(c), edge.Who(c), id, append(tickedIDs(form, "part"), tickedIDs(form, "under")...))
	})
}

// groupTheme puts one theme under another: by a form of its own, or dropped on the
// page of the whole thread, which is shown anew then.
func (s *Site) groupTheme(c edge.Ctx) error {
	if !wantsStreams(c) {
		return s.onTheme(c, func(p *view.ConveneThemePage) *view.Form { return &p.Under }, func(id int64, form url.Values) (string, error) {
			_, err := s.putUnder(c, id, form)
			return view.ThemeCard{ID: id}.URL(), err
		})
	}
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	form, err := submitted(c)
	if err != nil {
		return err
	}
	moved, err := s.putUnder(c, id, form)
	if err != nil {
		return err
	}
	board, _, err := s.conveneBoard(c, moved.ThreadID)
	if err != nil {
		return err
	}
	return s.answer(c, board, threadPath(moved.ThreadID, "/themes/convene"))
}

func (s *Site) putUnder(c edge.Ctx, id int64, form url.Values) (theme.Theme, error) {
	var f errs.Fields
	under := number(&f, form, "under")
	if err := f.Err(); err != nil {
		return theme.Theme{}, err
	}
	return s.Themes.Under(ctx(c), edge.Who(c), id, under, form.Get("reason"))
}
