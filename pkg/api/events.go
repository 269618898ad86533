package api

import (
	"context"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/page"
	"plenary/pkg/programme"
	"plenary/pkg/timeline"
)

func (a *API) listEvents(c edge.Ctx) error {
	return answerWith(c, a.Programmes.OfThread, func(all []programme.Programme) list[timeline.Programme] { return whole(all, timeline.ProgrammeOf) })
}

func (a *API) listEventsOfGroup(c edge.Ctx) error {
	at, err := edge.Page(c)
	if err != nil {
		return err
	}
	found, err := a.Programmes.OfGroup(c.Request().Context(), edge.Who(c), c.Param("handle"), at)
	if err != nil {
		return err
	}
	return ok(c, paged(found, timeline.ProgrammeOf))
}

// newEvent is an event in a thread, or in a group with a thread of its own.
type newEvent struct {
	Thread         int64              `json:"thread"`
	Group          string             `json:"group"`
	Title          string             `json:"title"`
	Description    string             `json:"description"`
	Place          string             `json:"place"`
	Link           string             `json:"link"`
	TimeZone       string             `json:"time_zone"`
	Template       programme.Template `json:"template"`
	StartsOn       programme.Date     `json:"starts_on"`
	DayCount       int                `json:"day_count"`
	Days           []newDay           `json:"days"`
	TakesProposals *bool              `json:"takes_proposals"`
	TakesSignups   *bool              `json:"takes_signups"`
	Bare           bool               `json:"bare"` // the days alone, without what the template brings
	Visibility     access.Visibility  `json:"visibility"`
	Tags           []string           `json:"tags"`
}

func (in newEvent) programme(say programme.Words) programme.NewProgramme {
	out := programme.NewProgramme{Title: in.Title, Description: in.Description, Place: in.Place, Link: in.Link, Zone: in.TimeZone, Template: in.Template,
		StartsOn: in.StartsOn, Days: in.DayCount, TakesProposals: in.TakesProposals, TakesSignups: in.TakesSignups, Bare: in.Bare, Say: say}
	for _, d := range in.Days {
		out.Dates = append(out.Dates, programme.NewDay(d))
	}
	return out
}

func (a *API) startEvent(c edge.Ctx) error {
	in, err := read[newEvent](c)
	if err != nil {
		return err
	}
	ctx, who := c.Request().Context(), edge.Who(c)
	var made programme.Programme
	switch {
	case (in.Thread == 0) == (in.Group == ""):
		var f errs.Fields
		f.Add("thread", "programme.thread_or_group")
		return f.Err()
	case in.Group != "":
		made, err = a.Programmes.StartInGroup(ctx, who, in.Group, in.programme(a.say(c)), programme.Hall{Visibility: in.Visibility, Tags: in.Tags})
	default:
		made, err = a.Programmes.Start(ctx, who, in.Thread, in.programme(a.say(c)))
	}
	if err != nil {
		// The number of days is called otherwise in the body, where days are a list.
		if in.DayCount != 0 {
			err = renamed(err, "days", "day_count")
		}
		return err
	}
	plan, err := a.Programmes.Plan(ctx, who, made.ID)
	if err != nil {
		return err
	}
	return created(c, timeline.PlanOf(plan), "/events/%d", made.ID)
}

// say puts what templates bring into the language of who asks.
func (a *API) say(c edge.Ctx) programme.Words {
	words := a.Edge.WordsFor(c)
	return func(key string) string { return words.T(key) }
}

func (a *API) showEvent(c edge.Ctx) error {
	if c.QueryParam("published") == "true" {
		return answerWith(c, a.Programmes.Published, timeline.PlanOf)
	}
	return answerWith(c, a.Programmes.Plan, timeline.PlanOf)
}

type eventEdit struct {
	Title          *string `json:"title"`
	Description    *string `json:"description"`
	Place          *string `json:"place"`
	Link           *string `json:"link"`
	TimeZone       *string `json:"time_zone"`
	TakesProposals *bool   `json:"takes_proposals"`
	TakesSignups   *bool   `json:"takes_signups"`
	Revision       int     `json:"revision"`
}

func (a *API) editEvent(c edge.Ctx) error {
	return withBody(c, func(ctx context.Context, who access.Actor, id int64, in eventEdit) error {
		changed, err := a.Programmes.Edit(ctx, who, id, programme.Edit{Title: in.Title, Description: in.Description, Place: in.Place, Link: in.Link, Zone: in.TimeZone,
			TakesProposals: in.TakesProposals, TakesSignups: in.TakesSignups, Revision: in.Revision})
		if err != nil {
			return err
		}
		return ok(c, timeline.ProgrammeOf(changed))
	})
}

// withBody reads the id in the path and the body, and hands them on.
func withBody[T any](c edge.Ctx, do func(ctx context.Context, who access.Actor, id int64, in T) error) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	in, err := optional[T](c)
	if err != nil {
		return err
	}
	return do(c.Request().Context(), edge.Who(c), id, in)
}

type cancelling struct {
	Reason string `json:"reason"`
}

func (a *API) cancelEvent(c edge.Ctx) error {
	return withBody(c, func(ctx context.Context, who access.Actor, id int64, in cancelling) error {
		changed, err := a.Programmes.Cancel(ctx, who, id, in.Reason)
		if err != nil {
			return err
		}
		return ok(c, timeline.ProgrammeOf(changed))
	})
}

func (a *API) resumeEvent(c edge.Ctx) error {
	return answerWith(c, a.Programmes.Resume, timeline.ProgrammeOf)
}

// publicationAnswer is one publication.
type publicationAnswer struct {
	Version   int                `json:"version"`
	Title     string             `json:"title"`
	Note      string             `json:"note"`
	Changes   []programme.Change `json:"changes"`
	By        timeline.Person    `json:"by"`
	At        time.Time          `json:"at"`
	Programme *timeline.Plan     `json:"event,omitempty"` // as it was then, where one version is asked for
}

func answerPublication(v programme.Version) publicationAnswer {
	return publicationAnswer{Version: v.Number, Title: v.Title, Note: v.Note, Changes: append([]programme.Change{}, v.Changes...), By: timeline.PersonOf(v.By),
		At: v.At.UTC()}
}

type publication struct {
	Note     string `json:"note"`
	Revision int    `json:"revision"`
}

func (a *API) publishEvent(c edge.Ctx) error {
	return withBody(c, func(ctx context.Context, who access.Actor, id int64, in publication) error {
		version, err := a.Programmes.Publish(ctx, who, id, in.Note, in.Revision)
		if err != nil {
			return err
		}
		return created(c, answerPublication(version), "/events/%d/versions/%d", id, version.Number)
	})
}

func (a *API) listVersions(c edge.Ctx) error {
	return answerPage(c, func(ctx context.Context, who access.Actor, id int64, at page.Page) (page.List[programme.Version], error) {
		return a.Programmes.Versions(ctx, who, id, at)
	}, answerPublication)
}

func (a *API) showVersion(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	number, err := edge.ID(c, "version")
	if err != nil {
		return err
	}
	version, plan, err := a.Programmes.Version(c.Request().Context(), edge.Who(c), id, int(number))
	if err != nil {
		return err
	}
	answer := answerPublication(version)
	answer.Programme = new(timeline.PlanOf(plan))
	return ok(c, answer)
}

// pendingAnswer is what would change for readers.
type pendingAnswer struct {
	Changed bool               `json:"changed"`
	Changes []programme.Change `json:"changes"`
}

func (a *API) listChanges(c edge.Ctx) error {
	return answerWith(c, a.Programmes.Changes, func(p programme.Pending) pendingAnswer {
		return pendingAnswer{p.Any, append([]programme.Change{}, p.Changes...)}
	})
}
