package api

import (
	"time"

	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/theme"
	"plenary/pkg/timeline"
)

func (a *API) forConvening() []route {
	return []route{
		{post, "/themes/{id}/group", a.groupTheme},
		{post, "/themes/{id}/split", a.splitTheme},
		{post, "/themes/{id}/merge", a.mergeTheme},
		{post, "/themes/{id}/unmerge", a.unmergeTheme},
		{post, "/themes/{id}/move", a.moveTheme},
		{get, "/themes/{id}/merges", a.listMerges},
		{post, "/themes/{id}/merges", a.suggestMerge},
		{get, "/threads/{id}/merges", a.listPendingMerges},
		{get, "/merges/{id}", a.showMerge},
		{put, "/merges/{id}/answer", a.answerMerge},
		{post, "/merges/{id}/refuse", a.refuseMerge},
		{post, "/threads/{id}/themes/overarching", a.makeOverarching},
		{get, "/threads/{id}/themes/likeness", a.listAlike},
		{post, "/threads/{id}/themes/likeness/refuse", a.keepApart},
	}
}

// grouping says under which theme another is put; 0 or null takes it out.
type grouping struct {
	Under  *int64 `json:"under"`
	Reason string `json:"reason"`
}

func (a *API) groupTheme(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	in, err := read[grouping](c)
	if err != nil {
		return err
	}
	var under int64
	if in.Under != nil {
		under = *in.Under
	}
	return answerChangedTheme(c)(a.Themes.Under(c.Request().Context(), edge.Who(c), id, under, in.Reason))
}

// answerChangedTheme answers with a theme after something was done to it.
func answerChangedTheme(c edge.Ctx) func(theme.Theme, error) error {
	return func(changed theme.Theme, err error) error {
		if err != nil {
			return err
		}
		return ok(c, answerTheme(changed))
	}
}

type themePart struct {
	Title       string `json:"title"`
	Description string `json:"description"`
}

type themeSplit struct {
	Parts  []themePart `json:"parts"`
	Reason string      `json:"reason"`
}

func (a *API) splitTheme(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	in, err := read[themeSplit](c)
	if err != nil {
		return err
	}
	parts := make([]theme.NewTheme, len(in.Parts))
	for i, part := range in.Parts {
		parts[i] = theme.NewTheme{Title: part.Title, Description: part.Description}
	}
	return answerChangedTheme(c)(a.Themes.Split(c.Request().Context(), edge.Who(c), id, parts, in.Reason))
}

type mergeOrder struct {
	Into   int64  `json:"into"`
	Reason string `json:"reason"`
	Now    bool   `json:"now"`
}

func (a *API) mergeTheme(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	in, err := read[mergeOrder](c)
	if err != nil {
		return err
	}
	return answerChangedTheme(c)(a.Themes.Merge(c.Request().Context(), edge.Who(c), id, theme.MergeOrder(in)))
}

// why is a reason alone.
type why struct {
	Reason string `json:"reason"`
}

func (a *API) unmergeTheme(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	in, err := optional[why](c)
	if err != nil {
		return err
	}
	return answerChangedTheme(c)(a.Themes.Unmerge(c.Request().Context(), edge.Who(c), id, in.Reason))
}

type themeMove struct {
	Thread int64  `json:"thread"`
	Reason string `json:"reason"`
}

// moveTheme answers with the theme as which it goes on.
func (a *API) moveTheme(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	in, err := read[themeMove](c)
	if err != nil {
		return err
	}
	made, err := a.Themes.Move(c.Request().Context(), edge.Who(c), id, in.Thread, in.Reason)
	if err != nil {
		return err
	}
	return created(c, answerTheme(made), "/themes/%d", made.ID)
}

// mergeAnswer is a merge as the reader meets it.
type mergeAnswer struct {
	ID          int64            `json:"id"`
	Kind        string           `json:"kind"` // "merge" or "move"
	State       theme.MergeState `json:"state"`
	Theme       *themeRef        `json:"theme"` // null where the reader may not read it
	Into        *themeRef        `json:"into"`
	Reason      string           `json:"reason"`
	SuggestedBy timeline.Person  `json:"suggested_by"`
	SuggestedAt time.Time        `json:"suggested_at"`
	DueAt       *time.Time       `json:"due_at,omitempty"`
	Asked       []askedAnswer    `json:"asked"` // never null
	DecidedBy   *timeline.Person `json:"decided_by,omitempty"`
	DecidedAt   *time.Time       `json:"decided_at,omitempty"`
	Decision    string           `json:"decision,omitempty"`
	Mine        string           `json:"my_answer,omitempty"`
	MayAnswer   bool             `json:"may_answer"`
}

type themeRef struct {
	ID    int64  `json:"id"`
	Title string `json:"title"`
}

type askedAnswer struct {
	Person timeline.Person `json:"person"`
	Answer string          `json:"answer,omitempty"`
}

func answerMerging(m theme.Merge) mergeAnswer {
	out := mergeAnswer{ID: m.ID, Kind: "merge", State: m.State, Theme: refOrNone(m.Theme), Into: refOrNone(m.Into), Reason: m.Reason,
		SuggestedBy: timeline.PersonOf(m.SuggestedBy), SuggestedAt: m.SuggestedAt.UTC(), DueAt: utcOrNone(m.DueAt), Asked: []askedAnswer{},
		DecidedAt: utcOrNone(m.DecidedAt), Decision: m.Decision, Mine: m.Mine, MayAnswer: m.MayAnswer}
	if m.Moves {
		out.Kind = "move"
	}
	for _, one := range m.Asked {
		out.Asked = append(out.Asked, askedAnswer{timeline.PersonOf(one.Brief), one.Answer})
	}
	if m.DecidedBy != nil {
		out.DecidedBy = new(timeline.PersonOf(*m.DecidedBy))
	}
	return out
}

func utcOrNone(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	return new(t.UTC())
}

func refOrNone(r theme.Ref) *themeRef {
	if r.ID == 0 {
		return nil
	}
	return &themeRef{r.ID, r.Title}
}

func (a *API) listMerges(c edge.Ctx) error {
	return answerWith(c, a.Themes.Merges, func(all []theme.Merge) list[mergeAnswer] { return whole(all, answerMerging) })
}

func (a *API) listPendingMerges(c edge.Ctx) error {
	return answerWith(c, a.Themes.Pending, func(all []theme.Merge) list[mergeAnswer] { return whole(all, answerMerging) })
}

func (a *API) showMerge(c edge.Ctx) error { return answerWith(c, a.Themes.Merging, answerMerging) }

type mergeSuggestion struct {
	Into   int64  `json:"into"`
	Reason string `json:"reason"`
}

func (a *API) suggestMerge(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	in, err := read[mergeSuggestion](c)
	if err != nil {
		return err
	}
	made, err := a.Themes.SuggestMerge(c.Request().Context(), edge.Who(c), id, in.Into, in.Reason)
	if err != nil {
		return err
	}
	return created(c, answerMerging(made), "/merges/%d", made.ID)
}

type answerToMerge struct {
	Agree *bool `json:"agree"`
}

func (a *API) answerMerge(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	in, err := read[answerToMerge](c)
	if err != nil {
		return err
	}
	if _, err := a.Themes.Merging(c.Request().Context(), edge.Who(c), id); err != nil {
		return err // before what is wrong with the body is told
	}
	if in.Agree == nil {
		var f errs.Fields
		f.Add("agree", "field.required")
		return f.Err()
	}
	return answerChangedTheme(c)(a.Themes.AnswerMerge(c.Request().Context(), edge.Who(c), id, *in.Agree))
}

func (a *API) refuseMerge(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	in, err := optional[why](c)
	if err != nil {
		return err
	}
	return answerChangedTheme(c)(a.Themes.RefuseMerge(c.Request().Context(), edge.Who(c), id, in.Reason))
}

type newOverarching struct {
	Title       string  `json:"title"`
	Description string  `json:"description"`
	Parts       []int64 `json:"parts"`
	Reason      string  `json:"reason"`
}

func (a *API) makeOverarching(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	in, err := read[newOverarching](c)
	if err != nil {
		return err
	}
	made, err := a.Themes.Overarching(c.Request().Context(), edge.Who(c), id, theme.NewTheme{Title: in.Title, Description: in.Description}, in.Parts, in.Reason)
	if err != nil {
		return err
	}
	return created(c, answerTheme(made), "/themes/%d", made.ID)
}

// alikeAnswer suggests that themes belong together.
type alikeAnswer struct {
	Under    *themeRef  `json:"under"` // the overarching theme that there is for them; null where none
	Themes   []themeRef `json:"themes"`
	Likeness float64    `json:"likeness"`
	Title    string     `json:"title"` // what their titles have in common
}

func (a *API) listAlike(c edge.Ctx) error {
	return answerWith(c, a.Themes.Alike, func(all []theme.Alike) list[alikeAnswer] {
		return whole(all, func(one theme.Alike) alikeAnswer {
			out := alikeAnswer{Under: refOrNone(one.Under), Themes: []themeRef{}, Likeness: one.Likeness, Title: one.Title}
			for _, t := range one.Themes {
				out.Themes = append(out.Themes, themeRef{t.ID, t.Title})
			}
			return out
		})
	})
}

type apart struct {
	Themes []int64 `json:"themes"`
}

func (a *API) keepApart(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	in, err := read[apart](c)
	if err != nil {
		return err
	}
	if err := a.Themes.KeepApart(c.Request().Context(), edge.Who(c), id, in.Themes); err != nil {
		return err
	}
	return done(c)
}
