package api

import (
	"time"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/inbox"
	"plenary/pkg/timeline"
)

func (a *API) forInboxes() []route {
	return []route{
		{get, "/inbox", a.listInbox},
		{get, "/inbox/polls", a.listPollsThatWait},
		{post, "/inbox/mark", a.markInbox},
	}
}

// inboxItem is a row of an inbox: an event with what it tells of, where that is,
// and what its owner has done with it.
type inboxItem struct {
	timeline.Item
	ReadAt    *time.Time  `json:"read_at"`     // null while it is unread
	PutAwayAt *time.Time  `json:"put_away_at"` // null while it is not
	Title     string      `json:"thread_title,omitempty"`
	Group     *inboxGroup `json:"group,omitempty"`
	Proxy     *inboxProxy `json:"proxy,omitempty"`
	URL       string      `json:"url"`
}

type inboxGroup struct {
	Handle string `json:"handle"`
	Name   string `json:"name"`
}

type inboxProxy struct {
	From   string `json:"from"` // names
	To     string `json:"to"`
	Yours  bool   `json:"yours"` // it is your vote
	PollID int64  `json:"poll_id,omitempty"`
}

func answerRow(who access.Actor) func(inbox.Row) inboxItem {
	return func(r inbox.Row) inboxItem {
		out := inboxItem{Item: timeline.JSON(r.Entry), ReadAt: utc(r.ReadAt), PutAwayAt: utc(r.PutAwayAt), URL: r.Path()}
		if r.About.Handle != "" {
			out.Group = &inboxGroup{r.About.Handle, r.About.Name}
		}
		if r.In != nil {
			out.Title = r.In.Title
			if r.In.Group.Known() {
				out.Group = &inboxGroup{r.In.Group.Handle, r.In.Group.Name}
			}
		}
		if p := r.Proxy; p.FromID != 0 {
			out.Proxy = &inboxProxy{From: p.From, To: p.To, Yours: p.FromID == who.Person, PollID: p.PollID}
		}
		return out
	}
}

type inboxAnswer struct {
	list[inboxItem]
	Unread int `json:"unread_count"` // in all of the inbox; 100 where there are as many or more
}

func (a *API) listInbox(c edge.Ctx) error {
	at, err := edge.Page(c)
	if err != nil {
		return err
	}
	ctx, who := c.Request().Context(), edge.Who(c)
	found, err := a.Inbox.List(ctx, who, inbox.Filter{Show: inbox.Show(c.QueryParam("show")), Group: c.QueryParam("group")}, at)
	if err != nil {
		return err
	}
	n, err := a.Inbox.Count(ctx, who)
	if err != nil {
		return err
	}
	return ok(c, inboxAnswer{paged(found, answerRow(who)), n.Unread})
}

func (a *API) listPollsThatWait(c edge.Ctx) error {
	who := edge.Who(c)
	if err := access.Check(who, access.UseInbox, access.Forum()); err != nil {
		return err
	}
	polls, err := a.Polls.NeedsVote(c.Request().Context(), who)
	if err != nil {
		return err
	}
	return ok(c, whole(polls, timeline.PollOf))
}

type marking struct {
	As    inbox.Act  `json:"as"`
	Seqs  []int64    `json:"seqs"`
	All   bool       `json:"all"`
	UpTo  int64      `json:"up_to"`
	Show  inbox.Show `json:"show"`
	Group string     `json:"group"`
	At    *time.Time `json:"at"`
}

type markedAnswer struct {
	Rows   int       `json:"rows"`
	At     time.Time `json:"at"`
	Unread int       `json:"unread_count"`
}

func (a *API) markInbox(c edge.Ctx) error {
	ctx, who := c.Request().Context(), edge.Who(c)
	if err := access.Check(who, access.UseInbox, access.Forum()); err != nil {
		return err
	}
	in, err := read[marking](c)
	if err != nil {
		return err
	}
	m := inbox.Marking{As: in.As, Seqs: in.Seqs, All: in.All, UpTo: in.UpTo, Filter: inbox.Filter{Show: in.Show, Group: in.Group}}
	if in.At != nil {
		m.At = *in.At
	}
	var f errs.Fields
	if in.UpTo < 0 {
		f.Add("up_to", "field.number")
	}
	if err := f.Err(); err != nil {
		return err
	}
	done, err := a.Inbox.Mark(ctx, who, m)
	if err != nil {
		return err
	}
	n, err := a.Inbox.Count(ctx, who)
	if err != nil {
		return err
	}
	return ok(c, markedAnswer{done.Rows, done.At.UTC(), n.Unread})
}
