package api

import (
	"context"
	"errors"
	"strings"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/page"
	"plenary/pkg/poll"
	"plenary/pkg/tally"
	"plenary/pkg/timeline"
)

func (a *API) listPolls(c edge.Ctx) error {
	return answerWith(c, a.Polls.OfThread, func(all []poll.Poll) list[timeline.Poll] { return whole(all, timeline.PollOf) })
}

// listPollsOfGroup narrows the polls of a group by what is in the query.
func (a *API) listPollsOfGroup(c edge.Ctx) error {
	return listOfGroup(c, func(ctx context.Context, who access.Actor, handle string, at page.Page) (page.List[poll.Poll], error) {
		return a.Polls.OfGroup(ctx, who, handle, poll.PollsQuery{State: access.PollState(c.QueryParam("state")),
			NeedsVote: c.QueryParam("needs_vote") == "true", Page: at})
	})
}

// listDecisions narrows the register of a group by what is in the query.
func (a *API) listDecisions(c edge.Ctx) error {
	return listOfGroup(c, func(ctx context.Context, who access.Actor, handle string, at page.Page) (page.List[poll.Poll], error) {
		return a.Polls.Decisions(ctx, who, handle, poll.DecisionsQuery{Text: c.QueryParam("q"), Method: tally.Method(c.QueryParam("method")),
			From: c.QueryParam("from"), To: c.QueryParam("to"), Review: poll.Review(c.QueryParam("review")), Page: at})
	})
}

func listOfGroup(c edge.Ctx, read func(context.Context, access.Actor, string, page.Page) (page.List[poll.Poll], error)) error {
	at, err := edge.Page(c)
	if err != nil {
		return err
	}
	polls, err := read(c.Request().Context(), edge.Who(c), c.Param("handle"), at)
	if err != nil {
		return err
	}
	return ok(c, paged(polls, timeline.PollOf))
}

// flat names the settings in a complaint as they stand in the body, not below
// the structs that they share.
func flat(err error) error {
	if e, ok := errors.AsType[*errs.Error](err); ok {
		for name := range e.Fields {
			plain := strings.TrimPrefix(name, "newPoll.")
			if plain = strings.TrimPrefix(plain, "settings."); plain != name {
				return renamed(err, name, plain)
			}
		}
	}
	return err
}

// asInBody gives complaints about a poll the names of the body's fields.
func asInBody(err error) error {
	return renamed(renamed(err, "quorum", "quorum_percent"), "reminders", "reminders_hours")
}

func set[T any](to, given *T) {
	if given != nil {
		*to = *given
	}
}

type newPoll struct {
	Title        string       `json:"title"`
	Details      string       `json:"details"`
	Method       tally.Method `json:"method"`
	Options      []option     `json:"options"`
	FromThemes   []int64      `json:"from_themes"`
	OpensAt      *instant     `json:"opens_at"`
	CollectUntil *instant     `json:"collect_until"`
	ClosesAt     instant      `json:"closes_at"`
	Named        []string     `json:"named"` // handles, where the electorate is named
	Draft        bool         `json:"draft"`
	Reminders    []int        `json:"reminders_hours"`
	settings
	decisions
}

func (in newPoll) poll() (poll.NewPoll, error) {
	var f errs.Fields
	if len(in.FromThemes) > 0 && len(in.Options) > 0 {
		f.Add("from_themes", "poll.options_or_themes")
	}
	out := poll.NewPoll{Title: in.Title, Details: in.Details, Method: named(in.Method), Rules: in.settings.over(tally.Rules{}, &f),
		OpensAt: orNone(in.OpensAt, &f, "opens_at"), CollectUntil: orNone(in.CollectUntil, &f, "collect_until"),
		ClosesAt: in.ClosesAt.value(&f, "closes_at"), Settings: in.decisions.over(poll.Settings{}), Draft: in.Draft,
		Options: optionsOf(in.Options, &f), Reminders: poll.HoursBefore(in.Reminders)}
	return out, f.Err()
}

func (a *API) startPoll(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	in, err := read[newPoll](c)
	if err != nil {
		return flat(err)
	}
	wanted, err := in.poll()
	if err != nil {
		return err
	}
	ctx, who := c.Request().Context(), edge.Who(c)
	if wanted.Named, err = a.named(c, in.Named, wanted.Electorate); err != nil {
		return err
	}
	var started poll.Poll
	if len(in.FromThemes) > 0 {
		started, err = a.Themes.PollFrom(ctx, who, id, in.FromThemes, wanted)
		err = renamed(err, "options", "from_themes")
	} else {
		started, err = a.Polls.Start(ctx, who, id, wanted)
	}
	if err != nil {
		return asInBody(err)
	}
	return created(c, timeline.PollOf(started), "/polls/%d", started.ID)
}

// newPollAlone is a poll on its own, with what its discussion has besides.
type newPollAlone struct {
	newPoll
	Visibility access.Visibility `json:"visibility"`
	Tags       []string          `json:"tags"`
}

func (a *API) startPollAlone(c edge.Ctx) error {
	in, err := read[newPollAlone](c)
	if err != nil {
		return flat(err)
	}
	wanted, err := in.poll()
	if err != nil {
		return err
	}
	if len(in.FromThemes) > 0 {
		var f errs.Fields
		f.Add("from_themes", "poll.themes_need_thread")
		return f.Err()
	}
	if wanted.Named, err = a.named(c, in.Named, wanted.Electorate); err != nil {
		return err
	}
	started, err := a.Polls.StartAlone(c.Request().Context(), edge.Who(c), c.Param("handle"), wanted, poll.Room{Visibility: in.Visibility, Tags: in.Tags})
	if err != nil {
		return asInBody(err)
	}
	return created(c, timeline.PollOf(started), "/polls/%d", started.ID)
}

func (a *API) showPoll(c edge.Ctx) error { return answerWith(c, a.Polls.Poll, timeline.PollOf) }

type pollEdit struct {
	Title        *string   `json:"title"`
	Details      *string   `json:"details"`
	Options      *[]option `json:"options"`
	Named        *[]string `json:"named"`
	OpensAt      *instant  `json:"opens_at"`
	CollectUntil *instant  `json:"collect_until"`
	ClosesAt     *instant  `json:"closes_at"`
	Reminders    *[]int    `json:"reminders_hours"`
	settings
	decisions
}

// over is the edit of a poll, whose present rules hold where nothing is said.
func (in pollEdit) over(p poll.Poll) (poll.PollEdit, error) {
	var f errs.Fields
	out := poll.PollEdit{Title: in.Title, Details: in.Details,
		OpensAt: orNone(in.OpensAt, &f, "opens_at"), CollectUntil: orNone(in.CollectUntil, &f, "collect_until")}
	if in.decisions != (decisions{}) {
		out.Settings = new(in.decisions.over(p.Settings))
	}
	if in.settings != (settings{}) {
		out.Rules = new(in.settings.over(p.Rules, &f))
	}
	if in.ClosesAt != nil {
		out.ClosesAt = new(in.ClosesAt.value(&f, "closes_at"))
	}
	if in.Reminders != nil {
		out.Reminders = new(poll.HoursBefore(*in.Reminders))
	}
	if in.Options != nil {
		out.Options = new(optionsOf(*in.Options, &f))
	}
	return out, f.Err()
}

func (a *API) editPoll(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	in, err := read[pollEdit](c)
	if err != nil {
		return flat(err)
	}
	ctx, who := c.Request().Context(), edge.Who(c)
	before, err := a.Polls.Poll(ctx, who, id)
	if err != nil {
		return err
	}
	edit, err := in.over(before)
	if err != nil {
		return err
	}
	if in.Named != nil {
		people, err := a.named(c, *in.Named, poll.OfNamed)
		if err != nil {
			return err
		}
		edit.Named = &people
	}
	changed, err := a.Polls.Edit(ctx, who, id, edit)
	if err != nil {
		return asInBody(err)
	}
	return ok(c, timeline.PollOf(changed))
}

func (a *API) openPoll(c edge.Ctx) error { return answerWith(c, a.Polls.Open, timeline.PollOf) }

func (a *API) closePoll(c edge.Ctx) error { return answerWith(c, a.Polls.Close, timeline.PollOf) }

func (a *API) reopenPoll(c edge.Ctx) error { return answerUntil(c, a.Polls.Reopen) }

func (a *API) extendPoll(c edge.Ctx) error { return answerUntil(c, a.Polls.Extend) }

type until struct {
	ClosesAt instant `json:"closes_at"`
}

// answerUntil gives a poll a new closing time.
func answerUntil(c edge.Ctx, change func(context.Context, access.Actor, int64, time.Time) (poll.Poll, error)) error {
	in, err := optional[until](c)
	if err != nil {
		return err
	}
	var f errs.Fields
	at := in.ClosesAt.value(&f, "closes_at")
	if err := f.Err(); err != nil {
		return err
	}
	return answerWith(c, func(ctx context.Context, who access.Actor, id int64) (poll.Poll, error) {
		return change(ctx, who, id, at)
	}, timeline.PollOf)
}

type newOutcome struct {
	Statement string `json:"statement"`
	ReviewOn  string `json:"review_on"`
}

func (a *API) concludePoll(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	in, err := read[newOutcome](c)
	if err != nil {
		return err
	}
	outcome, err := a.Polls.Conclude(c.Request().Context(), edge.Who(c), id, poll.NewOutcome(in))
	if err != nil {
		return err
	}
	return created(c, timeline.OutcomeOf(outcome), "/polls/%d", id)
}
