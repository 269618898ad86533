package api

import (
	"context"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/poll/template"
)

func (a *API) listTemplates(c edge.Ctx) error {
	all, err := a.Templates.Of(c.Request().Context(), edge.Who(c), c.Param("handle"))
	if err != nil {
		return err
	}
	return ok(c, whole(all, answerTemplate))
}

// answerTemplate is a template with complete rules and no list left out.
func answerTemplate(t template.Template) template.Template {
	t.Rules = t.Rules.Complete()
	t.Options = append([]template.Option{}, t.Options...)
	return t
}

type templateWords struct {
	Name        string `json:"name"`
	Description string `json:"description"`
}

func (a *API) keepTemplate(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	in, err := read[templateWords](c)
	if err != nil {
		return err
	}
	kept, err := a.Templates.Keep(c.Request().Context(), edge.Who(c), id, template.Words(in))
	if err != nil {
		return err
	}
	return created(c, answerTemplate(kept), "/polls/%d", id)
}

func (a *API) dropTemplate(c edge.Ctx) error {
	return answerNothing(c, func(ctx context.Context, who access.Actor, id int64) error {
		return a.Templates.Drop(ctx, who, c.Param("handle"), id)
	})
}

func (a *API) renameTemplate(c edge.Ctx) error {
	in, err := read[templateWords](c)
	if err != nil {
		return err
	}
	return answerNothing(c, func(ctx context.Context, who access.Actor, id int64) error {
		return a.Templates.Rename(ctx, who, c.Param("handle"), id, template.Words(in))
	})
}

func (a *API) offerTemplate(c edge.Ctx) error { return a.setOffered(c, true) }

func (a *API) hideTemplate(c edge.Ctx) error { return a.setOffered(c, false) }

func (a *API) setOffered(c edge.Ctx, offered bool) error {
	if err := a.Templates.Offer(c.Request().Context(), edge.Who(c), c.Param("handle"), c.Param("key"), offered); err != nil {
		return err
	}
	return done(c)
}
