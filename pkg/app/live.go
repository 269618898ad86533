package app

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/config"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/live"
	"plenary/pkg/store"
)

func openBus(url string, log *slog.Logger) (live.Bus, error) {
	if url == "" {
		return live.NewMemory(), nil
	}
	return live.NewNATS(url, log)
}

// hubConfig lets the hub ask the rooms. What the events look like is the
// renderer's.
func (r *Rooms) hubConfig(cfg config.Server, bus live.Bus, origin string, languages []string) live.Config {
	return live.Config{
		Bus: bus, Node: nodeName(), Log: r.Log, Languages: languages,
		Origins:    origins(cfg, origin),
		Authorize:  r.mayFollow,
		MayWrite:   r.mayDo(access.PostComment),
		SeeWho:     r.mayDo(access.ReadSeenBy),
		Replay:     r.replay,
		Heads:      r.DB.Heads,
		PollThread: r.pollThread,
		Sessions:   r.People.Ended,
		Drain:      max(cfg.Drain, time.Millisecond), // 0 would be the hub's own default
	}
}

// origins are those of our own pages. Where nobody has said how the forum is
// reached it is whichever host the page was asked for at: that a page of another
// site cannot choose.
func origins(cfg config.Server, base string) func(*http.Request) []string {
	return func(r *http.Request) []string {
		if cfg.BaseURL != "" {
			return []string{base}
		}
		return []string{base, "http://" + r.Host}
	}
}

func nodeName() string {
	host, err := os.Hostname()
	if err != nil {
		host = "node"
	}
	return fmt.Sprintf("%s-%d-%d", host, os.Getpid(), time.Now().UnixNano())
}

// mayFollow answers whether an actor may hear what happens in a topic.
func (r *Rooms) mayFollow(ctx context.Context, who access.Actor, t event.Topic) error {
	switch t.Place {
	case event.InThread:
		_, err := r.Forum.Thread(ctx, who, t.ID)
		return err
	case event.InGroup:
		g, err := r.Groups.ByID(ctx, who, t.ID)
		if err != nil {
			return err
		}
		return access.Check(who, access.ReadContent, g.Facts())
	case event.InInbox:
		if who.SignedIn() && who.Person == t.ID {
			return nil
		}
	}
	return errs.New(errs.NotFound, "error.not_found")
}

func (r *Rooms) mayDo(action access.Action) func(context.Context, access.Actor, event.Topic) error {
	return func(ctx context.Context, who access.Actor, t event.Topic) error {
		if t.Place != event.InThread {
			return errs.New(errs.NotFound, "error.not_found")
		}
		thread, err := r.Forum.Thread(ctx, who, t.ID)
		if err != nil {
			return err
		}
		return access.Check(who, action, thread.Facts())
	}
}

func (r *Rooms) replay(ctx context.Context, t event.Topic, after int64, limit int) ([]event.Event, error) {
	events, err := store.Events(r.DB.Read(ctx), t, store.Span{After: after, Limit: limit})
	return events, store.Translate(err)
}

func (r *Rooms) pollThread(ctx context.Context, id int64) (int64, error) {
	found, err := r.Polls.Polls(ctx, []int64{id})
	if err != nil {
		return 0, err
	}
	p, ok := found[id]
	if !ok {
		return 0, errs.New(errs.NotFound, "error.not_found")
	}
	return p.ThreadID, nil
}
