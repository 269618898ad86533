package web

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/i18n"
	"plenary/pkg/store"
	"plenary/pkg/theme"
	"plenary/pkg/web/view"
)

// themeRules is the form for the rules of a thread's themes.
func (s *Site) themeRules(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	r, err := s.Themes.Rules(ctx(c), edge.Who(c), id)
	if err != nil {
		return err
	}
	zone := edge.Zone(c)
	values := url.Values{"opens_at": {localTime(r.OpensAt, zone)}, "closes_at": {localTime(r.ClosesAt, zone)},
		"themes_per_person": {countText(r.ThemesPerPerson)}, "supports_per_person": {countText(r.SupportsPerPerson)}}
	form, err := s.form(values)
	if err != nil {
		return err
	}
	return s.showThemeRules(c, http.StatusOK, id, r, form)
}

// countText is a number as it is typed, and nothing for none.
func countText(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func (s *Site) showThemeRules(c edge.Ctx, status int, id int64, r theme.Rules, form view.Form) error {
	t, err := s.Forum.Thread(ctx(c), edge.Who(c), id)
	if err != nil {
		return err
	}
	facts := t.Facts()
	facts.Theme = access.Proposed
	if err := access.Check(edge.Who(c), access.Convene, facts); err != nil {
		return err
	}
	p := view.RulesPage{Frame: s.frame(c), Thread: threadHead(t), Form: form, Zone: edge.Zone(c).String()}
	if r.ChangedBy != nil {
		by := personOf(*r.ChangedBy)
		p.By, p.At = &by, *r.ChangedAt
	}
	return s.show(c, status, p)
}

func (s *Site) setThemeRules(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	form, err := submitted(c)
	if err != nil {
		return err
	}
	var f errs.Fields
	zone := edge.Zone(c)
	in := theme.NewRules{OpensAt: minuteOrNone(&f, form, "opens_at", zone), ClosesAt: minuteOrNone(&f, form, "closes_at", zone),
		ThemesPerPerson: smallNumber(&f, form, "themes_per_person"), SupportsPerPerson: smallNumber(&f, form, "supports_per_person")}
	if err = f.Err(); err == nil {
		_, err = s.Themes.SetRules(ctx(c), edge.Who(c), id, in)
	}
	if err == nil || store.IsReplay(err) {
		return seeOther(c, threadPath(id, "/themes"))
	}
	again, err := s.again(form, err)
	if err != nil {
		return err
	}
	return s.showThemeRules(c, http.StatusUnprocessableEntity, id, theme.Rules{}, again)
}

// minuteOrNone reads a time that may be left open.
func minuteOrNone(f *errs.Fields, form url.Values, name string, zone *time.Location) *time.Time {
	if form.Get(name) == "" {
		return nil
	}
	at := minuteOf(f, form, name, zone)
	return &at
}

// smallNumber reads a number that is far below what a machine can hold.
func smallNumber(f *errs.Fields, form url.Values, name string) int {
	const most = 1 << 30
	return int(min(number(f, form, name), most))
}

// refusal is what a thread's rules say against a new theme, with the time in the
// reader's zone; false where err is something else.
func (s *Site) refusal(c edge.Ctx, err error) (errs.Text, bool) {
	e, ok := errors.AsType[*errs.Error](err)
	if !ok || e.Kind != errs.Conflict {
		return errs.Text{}, false
	}
	switch e.Code {
	case "theme.window_before", "theme.window_ended", "theme.limit", "theme.limit_of_other", "theme.support_limit":
	default:
		return errs.Text{}, false
	}
	text := errs.Text{Code: e.Code, Args: errs.Args{}}
	for name, value := range e.Args {
		text.Args[name] = value
	}
	if written, ok := text.Args["At"].(string); ok {
		if at, err := time.Parse(time.RFC3339, written); err == nil {
			text.Args["At"] = s.words(c).Date(at, edge.Zone(c), i18n.Long)
		}
	}
	return text, true
}
