package api

import (
	"time"

	"plenary/pkg/edge"
	"plenary/pkg/forum"
	"plenary/pkg/page"
	"plenary/pkg/store"
	"plenary/pkg/timeline"
)

// timelineDefault is how many events a page has where no limit is asked for.
const timelineDefault = 100

// stretch reads which part of a timeline is asked for: after_seq, or the cursor
// of the page before, which goes first.
func stretch(c edge.Ctx) (store.Span, error) {
	after, err := edge.Number(c, "after_seq")
	if err != nil {
		return store.Span{}, err
	}
	at, err := edge.Page(c)
	if err != nil {
		return store.Span{}, err
	}
	key, err := page.Decode(at.Cursor, 1)
	if err != nil {
		return store.Span{}, err
	}
	if key != nil {
		after = max(key[0], 0)
	}
	if at.Limit == 0 {
		at.Limit = timelineDefault
	}
	return store.Span{After: after, Limit: at.Size()}, nil
}

func (a *API) listTimeline(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	span, err := stretch(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	events, thread, err := a.Forum.Timeline(ctx, edge.Who(c), id, span)
	if err != nil {
		return err
	}
	entries, err := a.Timeline.Entries(ctx, events)
	if err != nil {
		return err
	}
	out := whole(entries, timeline.JSON)
	if n := len(events); n > 0 && events[n-1].Seq < thread.LastSeq {
		out.Next = page.Encode(events[n-1].Seq)
	}
	return ok(c, out)
}

type seen struct {
	Seq int64 `json:"seq"`
}

func (a *API) markSeen(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	in, err := read[seen](c)
	if err != nil {
		return err
	}
	if err := a.Forum.MarkSeen(c.Request().Context(), edge.Who(c), id, in.Seq); err != nil {
		return err
	}
	return done(c)
}

type seenAnswer struct {
	Person timeline.Person `json:"person"`
	At     time.Time       `json:"at"`
}

func answerSeen(s forum.Seen) seenAnswer {
	return seenAnswer{Person: timeline.PersonOf(s.Person), At: s.At.UTC()}
}

func (a *API) listSeenBy(c edge.Ctx) error { return answerPage(c, a.Forum.SeenBy, answerSeen) }
