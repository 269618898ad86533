package api

import (
	"time"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/forum"
	"plenary/pkg/timeline"
)

type homeAnswer struct {
	Handle string `json:"handle"`
	Name   string `json:"name"`
}

type threadAnswer struct {
	ID             int64             `json:"id"`
	Group          *homeAnswer       `json:"group,omitempty"` // absent where the reader may not know of it
	SharedInto     []homeAnswer      `json:"shared_into"`     // the further groups that the reader may know of
	Guest          bool              `json:"guest,omitempty"` // the reader is a guest of this thread alone
	Author         timeline.Person   `json:"author"`
	Title          string            `json:"title"`
	Body           string            `json:"body"`
	BodyHTML       string            `json:"body_html"`
	State          string            `json:"state"` // open or closed
	Visibility     access.Visibility `json:"visibility"`
	Tags           []string          `json:"tags"`
	Version        int               `json:"version"`
	CreatedAt      time.Time         `json:"created_at"`
	EditedAt       *time.Time        `json:"edited_at,omitempty"`
	PinnedAt       *time.Time        `json:"pinned_at,omitempty"`
	ClosedAt       *time.Time        `json:"closed_at,omitempty"`
	ClosedBy       *timeline.Person  `json:"closed_by,omitempty"`
	CloseReason    string            `json:"close_reason,omitempty"`
	LastActivityAt time.Time         `json:"last_activity_at"`
	CommentCount   int               `json:"comment_count"`
	SeenByCount    int               `json:"seen_by_count"`
	LastSeq        int64             `json:"last_seq"`
	PollID         int64             `json:"poll_id,omitempty"` // the poll on its own that it came with
	URL            string            `json:"url"`
}

func answerThread(t forum.Thread) threadAnswer {
	out := threadAnswer{
		ID: t.ID, SharedInto: []homeAnswer{}, Guest: t.Guest(), Author: timeline.PersonOf(t.Author),
		Title: t.Title, Body: t.Body, BodyHTML: t.BodyHTML, State: t.State(), Visibility: t.Visibility,
		Tags: append([]string{}, t.Tags...), Version: t.Version, CreatedAt: t.CreatedAt.UTC(), EditedAt: utc(t.EditedAt),
		PinnedAt: utc(t.PinnedAt), ClosedAt: utc(t.ClosedAt), CloseReason: t.CloseReason,
		LastActivityAt: t.LastActivityAt.UTC(), CommentCount: t.CommentCount, SeenByCount: t.SeenByCount,
		LastSeq: t.LastSeq, PollID: t.PollID, URL: t.Path(),
	}
	if t.Group.Known() {
		out.Group = &homeAnswer{Handle: t.Group.Handle, Name: t.Group.Name}
	}
	for _, g := range t.Shared {
		out.SharedInto = append(out.SharedInto, homeAnswer{Handle: g.Handle, Name: g.Name})
	}
	if t.ClosedBy != nil {
		out.ClosedBy = new(timeline.PersonOf(*t.ClosedBy))
	}
	return out
}

// threadRowAnswer is a thread in a list, with what it holds for the reader.
type threadRowAnswer struct {
	threadAnswer
	UnreadCount  int               `json:"unread_count"`
	Opened       bool              `json:"opened"`
	LastSpeakers []timeline.Person `json:"last_speakers"`
}

func answerThreadRow(r forum.ThreadRow) threadRowAnswer {
	out := threadRowAnswer{threadAnswer: answerThread(r.Thread), UnreadCount: r.Unread, Opened: r.Opened, LastSpeakers: []timeline.Person{}}
	for _, b := range r.LastSpeakers {
		out.LastSpeakers = append(out.LastSpeakers, timeline.PersonOf(b))
	}
	return out
}

func (a *API) listThreads(c edge.Ctx) error {
	at, err := edge.Page(c)
	if err != nil {
		return err
	}
	query := forum.ThreadsQuery{Tag: c.QueryParam("tag"), UnreadOnly: c.QueryParam("unread") == "true", Page: at}
	threads, err := a.Forum.Threads(c.Request().Context(), edge.Who(c), c.Param("handle"), query)
	if err != nil {
		return err
	}
	return ok(c, paged(threads, answerThreadRow))
}

type newThread struct {
	Title      string            `json:"title"`
	Body       string            `json:"body"`
	Visibility access.Visibility `json:"visibility"`
	Tags       []string          `json:"tags"`
}

func (a *API) startThread(c edge.Ctx) error {
	in, err := read[newThread](c)
	if err != nil {
		return err
	}
	started, err := a.Forum.Start(c.Request().Context(), edge.Who(c), c.Param("handle"), forum.NewThread(in))
	if err != nil {
		return err
	}
	return created(c, answerThread(started), "/threads/%d", started.ID)
}

func (a *API) showThread(c edge.Ctx) error { return answerWith(c, a.Forum.Thread, answerThread) }

type threadEdit struct {
	Title      *string            `json:"title"`
	Body       *string            `json:"body"`
	Visibility *access.Visibility `json:"visibility"`
	Tags       *[]string          `json:"tags"`
	Version    int                `json:"version"`
}

func (a *API) editThread(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	in, err := read[threadEdit](c)
	if err != nil {
		return err
	}
	changed, err := a.Forum.Edit(c.Request().Context(), edge.Who(c), id, forum.ThreadEdit(in))
	if err != nil {
		return err
	}
	return ok(c, answerThread(changed))
}

type closing struct {
	Reason string `json:"reason"`
}

func (a *API) closeThread(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	in, err := optional[closing](c)
	if err != nil {
		return err
	}
	closed, err := a.Forum.Close(c.Request().Context(), edge.Who(c), id, in.Reason)
	if err != nil {
		return err
	}
	return ok(c, answerThread(closed))
}

func (a *API) reopenThread(c edge.Ctx) error { return answerWith(c, a.Forum.Reopen, answerThread) }

func (a *API) pinThread(c edge.Ctx) error { return answerWith(c, a.Forum.Pin, answerThread) }

func (a *API) unpinThread(c edge.Ctx) error { return answerWith(c, a.Forum.Unpin, answerThread) }
