package api

import (
	"context"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/poll"
)

func (a *API) listTemplates(c edge.Ctx) error {
	all, err := a.Polls.Templates(c.Request().Context(), edge.Who(c), c.Param("handle"))
	if err != nil {
		return err
	}
	return ok(c, whole(all, answerTemplate))
}

// answerTemplate is a template with complete rules and no list left out.
func answerTemplate(t poll.Template) poll.Template {
	t.Rules = t.Rules.Complete()
	t.Options = append([]poll.TemplateOption{}, t.Options...)
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
	kept, err := a.Polls.KeepAsTemplate(c.Request().Context(), edge.Who(c), id, poll.NewTemplate(in))
	if err != nil {
		return err
	}
	return created(c, answerTemplate(kept), "/polls/%d", id)
}

func (a *API) dropTemplate(c edge.Ctx) error {
	return answerNothing(c, func(ctx context.Context, who access.Actor, id int64) error {
		return a.Polls.DropTemplate(ctx, who, c.Param("handle"), id)
	})
}

func (a *API) renameTemplate(c edge.Ctx) error {
	in, err := read[templateWords](c)
	if err != nil {
		return err
	}
	return answerNothing(c, func(ctx context.Context, who access.Actor, id int64) error {
		return a.Polls.RenameTemplate(ctx, who, c.Param("handle"), id, poll.NewTemplate(in))
	})
}

func (a *API) offerTemplate(c edge.Ctx) error { return a.setOffered(c, true) }

func (a *API) hideTemplate(c edge.Ctx) error { return a.setOffered(c, false) }

func (a *API) setOffered(c edge.Ctx, offered bool) error {
	if err := a.Polls.OfferTemplate(c.Request().Context(), edge.Who(c), c.Param("handle"), c.Param("key"), offered); err != nil {
		return err
	}
	return done(c)
}
