package web

import (
	"context"
	"net/http"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/store"
	"plenary/pkg/theme"
	"plenary/pkg/web/view"
)

// askProposer asks somebody to propose a theme, too.
func (s *Site) askProposer(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	form, err := submitted(c)
	if err != nil {
		return err
	}
	_, err = s.Themes.AskProposer(ctx(c), edge.Who(c), id, form.Get("person"))
	if err == nil || store.IsReplay(err) {
		return seeOther(c, view.ThemeCard{ID: id}.URL()+"#proposers")
	}
	again, err := s.again(form, err)
	if err != nil {
		return err
	}
	return s.showTheme(c, http.StatusUnprocessableEntity, func(p *view.ThemePage) { p.Ask = again })
}

// unaskProposer takes back a question that has no answer yet.
func (s *Site) unaskProposer(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	form, err := submitted(c)
	if err != nil {
		return err
	}
	if _, err := s.Themes.UnaskProposer(ctx(c), edge.Who(c), id, form.Get("person")); err != nil && !store.IsReplay(err) {
		return err
	}
	return seeOther(c, view.ThemeCard{ID: id}.URL()+"#proposers")
}

// answerProposer is a button of somebody who was asked.
func (s *Site) answerProposer(accept bool) func(context.Context, access.Actor, int64) (theme.Theme, error) {
	return func(c context.Context, who access.Actor, id int64) (theme.Theme, error) {
		return s.Themes.AnswerProposer(c, who, id, accept)
	}
}

// addProposers says who was asked to propose a theme, as far as the reader is to
// know.
func (s *Site) addProposers(c edge.Ctx, p *view.ThemePage, t theme.Theme) error {
	who := edge.Who(c)
	if !who.SignedIn() {
		return nil
	}
	asks, err := s.Themes.Asks(ctx(c), who, t.ID)
	if err != nil {
		return err
	}
	for _, a := range asks {
		one := view.ProposerAsk{Person: personOf(a.Person), By: personOf(a.AskedBy), Answer: a.Answer}
		if a.Person.ID == who.Person && a.Answer != "accepted" && access.May(who, access.JoinTheme, t.Facts()) {
			p.Asked = &one
		}
		if a.Answer == "" && p.Rights.Edit {
			p.Asks = append(p.Asks, one)
		}
	}
	p.Ask, err = s.form(nil)
	return err
}

// themeHistory shows the versions of a theme.
func (s *Site) themeHistory(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	who := edge.Who(c)
	versions, err := s.Themes.History(ctx(c), who, id)
	if err != nil {
		return err
	}
	t, err := s.Themes.Theme(ctx(c), who, id)
	if err != nil {
		return err
	}
	thread, err := s.Forum.Thread(ctx(c), who, t.ThreadID)
	if err != nil {
		return err
	}
	return s.ok(c, view.ThemeHistoryPage{Frame: s.frame(c), Thread: threadHead(thread), Card: themeCardFor(who, t), Versions: themeVersions(versions)})
}

// themeVersions are the versions of a theme, newest first, each with what changed
// from the one before.
func themeVersions(versions []theme.Version) []view.ThemeVersion {
	out := make([]view.ThemeVersion, 0, len(versions))
	for i := len(versions) - 1; i >= 0; i-- {
		v := versions[i]
		shown := view.ThemeVersion{Version: view.Version{Number: v.Number, By: personOf(v.Editor), At: v.At}}
		if i == 0 {
			shown.Title, shown.Parts = []view.Diff{{Op: "same", Text: v.Title}}, []view.Diff{{Op: "same", Text: v.Description}}
		} else {
			shown.Title, shown.Parts = wordDiff(versions[i-1].Title, v.Title), wordDiff(versions[i-1].Description, v.Description)
		}
		out = append(out, shown)
	}
	return out
}
