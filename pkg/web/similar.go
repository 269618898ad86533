package web

import (
	"net/http"
	"net/url"
	"strconv"

	"plenary/pkg/edge"
	"plenary/pkg/store"
	"plenary/pkg/theme"
	"plenary/pkg/web/view"
)

// similarThemes are those that look like what somebody is typing, for the script
// of the form.
func (s *Site) similarThemes(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	found, err := s.Themes.Similar(ctx(c), edge.Who(c), id, c.QueryParam("title"), c.QueryParam("description"), theme.WorthShowing)
	if err != nil {
		return err
	}
	html, err := s.fragments.piece(view.SimilarThemes{Cards: similarCards(c, found)}, s.words(c).Lang())
	if err != nil {
		return err
	}
	return c.Blob(http.StatusOK, streamType+"; charset=utf-8", []byte(html))
}

func similarCards(c edge.Ctx, found []theme.Similar) []view.ThemeCard {
	out := make([]view.ThemeCard, len(found))
	for i, one := range found {
		out[i] = themeCardFor(edge.Who(c), one.Theme)
	}
	return out
}

// askWhetherSame shows the form again where what was typed is nearly what is there
// already, once: it is put forward all the same from there.
func (s *Site) askWhetherSame(c edge.Ctx, in *proposal, form url.Values) (asked bool, err error) {
	for i, row := range in.rows {
		if !row.Chosen {
			continue
		}
		found, err := s.Themes.Similar(ctx(c), edge.Who(c), in.thread.ID, row.Title, row.Description, theme.NearlySame)
		if err != nil {
			return false, err
		}
		in.rows[i].Similar = similarCards(c, found)
		asked = asked || len(found) > 0
	}
	if !asked {
		return false, nil
	}
	again, err := s.form(form)
	if err != nil {
		return false, err
	}
	again.Err.Code = "similar.asked"
	return true, s.showThemeForm(c, http.StatusUnprocessableEntity, *in, again)
}

// supportInstead supports a theme that is there, and gives what was typed back.
func (s *Site) supportInstead(c edge.Ctx, in proposal, form url.Values) error {
	id, err := strconv.ParseInt(form.Get("support"), 10, 64)
	if err != nil {
		return edge.Malformed("support")
	}
	supported, err := s.Themes.Support(ctx(c), edge.Who(c), id)
	if store.IsReplay(err) {
		return seeOther(c, view.ThemeCard{ID: id}.URL())
	}
	if err != nil {
		return err
	}
	card := themeCardFor(edge.Who(c), supported)
	in.instead = &card
	again, err := s.form(form)
	if err != nil {
		return err
	}
	again.Values.Set("anyway", "1")
	return s.showThemeForm(c, http.StatusOK, in, again)
}
