package api

import (
	"context"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/person"
	"plenary/pkg/theme"
	"plenary/pkg/timeline"
)

// themeAnswer is a theme with what it is to the reader.
type themeAnswer struct {
	timeline.Theme
	Supported bool `json:"supported"` // by the reader
}

func answerTheme(t theme.Theme) themeAnswer { return themeAnswer{timeline.ThemeOf(t), t.Supported} }

func (a *API) listThemes(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	at, err := edge.Page(c)
	if err != nil {
		return err
	}
	seed, err := edge.Number(c, "seed")
	if err != nil {
		return err
	}
	state, err := themeState(c)
	if err != nil {
		return err
	}
	query := theme.ThemesQuery{Order: theme.Order(c.QueryParam("order")), Seed: seed, State: state, Page: at, Filter: themeFilter(c)}
	themes, err := a.Themes.OfThread(c.Request().Context(), edge.Who(c), id, query)
	if err != nil {
		return err
	}
	return ok(c, paged(themes, answerTheme))
}

func themeState(c edge.Ctx) (access.ThemeState, error) {
	switch state := access.ThemeState(c.QueryParam("state")); state {
	case "", access.Proposed, access.Shortlisted, access.Scheduled, access.Merged, access.Declined, access.Withdrawn:
		return state, nil
	}
	return "", wrongState("field.choose")
}

func themeFilter(c edge.Ctx) theme.Filter {
	return theme.Filter{Whose: theme.Whose(c.QueryParam("whose")), Proposer: c.QueryParam("proposer"), Search: c.QueryParam("q")}
}

func (a *API) listThemesOfGroup(c edge.Ctx) error {
	at, err := edge.Page(c)
	if err != nil {
		return err
	}
	state, err := themeState(c)
	if err != nil {
		return err
	}
	thread, err := edge.Number(c, "thread")
	if err != nil {
		return err
	}
	query := theme.GroupQuery{Order: theme.Order(c.QueryParam("order")), State: state, Thread: thread, Page: at, Filter: themeFilter(c)}
	themes, err := a.Themes.OfGroup(c.Request().Context(), edge.Who(c), c.Param("handle"), query)
	if err != nil {
		return err
	}
	return ok(c, paged(themes, answerTheme))
}

type newTheme struct {
	Title         string `json:"title"`
	Description   string `json:"description"`
	FromCommentID int64  `json:"from_comment_id"`
	FromContext   bool   `json:"from_context"`
	Quote         string `json:"quote"`
	CreditAuthor  bool   `json:"credit_author"`
	For           string `json:"for"`
	Credit        string `json:"credit"`
	Support       bool   `json:"support"`
}

func (a *API) proposeTheme(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	in, err := read[newTheme](c)
	if err != nil {
		return err
	}
	proposed, err := a.Themes.Propose(c.Request().Context(), edge.Who(c), id, []theme.NewTheme{theme.NewTheme(in)})
	if err != nil {
		return err
	}
	return created(c, answerTheme(proposed[0]), "/themes/%d", proposed[0].ID)
}

func (a *API) showTheme(c edge.Ctx) error { return answerWith(c, a.Themes.Theme, answerTheme) }

// themeChange is either new words or a new state, so that no request can be
// carried out by half.
type themeChange struct {
	Title       *string           `json:"title"`
	Description *string           `json:"description"`
	Version     int               `json:"version"`
	State       access.ThemeState `json:"state"`
	Reason      string            `json:"reason"`
}

func (a *API) changeTheme(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	in, err := read[themeChange](c)
	if err != nil {
		return err
	}
	ctx, who := c.Request().Context(), edge.Who(c)
	var changed theme.Theme
	switch {
	case in.State == "":
		changed, err = a.Themes.Edit(ctx, who, id, theme.ThemeEdit{Title: in.Title, Description: in.Description, Version: in.Version, Reason: in.Reason})
	case in.Title != nil || in.Description != nil:
		err = wrongState("theme.state_alone")
	default:
		changed, err = a.setThemeState(ctx, who, id, in.State, in.Reason)
	}
	if err != nil {
		return err
	}
	return ok(c, answerTheme(changed))
}

// setThemeState does what leads from the theme's state to the one asked for.
// Proposed is where the shortlist, a refusal and a withdrawal are taken back.
func (a *API) setThemeState(ctx context.Context, who access.Actor, id int64, state access.ThemeState, reason string) (theme.Theme, error) {
	switch state {
	case access.Shortlisted:
		return a.Themes.Shortlist(ctx, who, id)
	case access.Declined:
		return a.Themes.Decline(ctx, who, id, reason)
	case access.Withdrawn:
		return a.Themes.Withdraw(ctx, who, id)
	case access.Scheduled:
		return a.Themes.Schedule(ctx, who, id)
	case access.Proposed:
	default:
		return theme.Theme{}, wrongState("field.choose")
	}
	now, err := a.Themes.Theme(ctx, who, id)
	switch {
	case err != nil:
		return theme.Theme{}, err
	case now.State == access.Declined || now.State == access.Withdrawn:
		return a.Themes.Restore(ctx, who, id)
	case now.State == access.Scheduled:
		return theme.Theme{}, errs.New(errs.Conflict, "theme.state_scheduled")
	}
	return a.Themes.Unlist(ctx, who, id)
}

func wrongState(code string) error {
	var f errs.Fields
	f.Add("state", code)
	return f.Err()
}

func (a *API) supportTheme(c edge.Ctx) error { return answerWith(c, a.Themes.Support, answerTheme) }

func (a *API) unsupportTheme(c edge.Ctx) error { return answerWith(c, a.Themes.Unsupport, answerTheme) }

func (a *API) listSupporters(c edge.Ctx) error {
	return answerWith(c, a.Themes.Supporters, func(all []person.Brief) list[timeline.Person] { return whole(all, timeline.PersonOf) })
}
