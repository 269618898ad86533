package live

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
)

// ask calls a function of the configuration with a deadline. A panic in it is an
// error like any other: it must not take down everybody's sockets.
func (h *Hub) ask(what string, question func(context.Context) error) (err error) {
	ctx, cancel := context.WithTimeout(h.ctx, askTimeout)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
		if err != nil {
			err = fmt.Errorf("%s: %w", what, err)
		}
	}()
	return question(ctx)
}

func (h *Hub) authorize(a access.Actor, t event.Topic) error {
	return h.ask("looking up rights", func(ctx context.Context) error { return h.cfg.Authorize(ctx, a, t) })
}

// seesWho reports whether the actor may know who is here.
func (h *Hub) seesWho(a access.Actor, t event.Topic) bool {
	if !a.SignedIn() || t.Place != event.InThread {
		return false
	}
	return nil == h.ask("looking up rights", func(ctx context.Context) error { return h.cfg.SeeWho(ctx, a, t) })
}

func (h *Hub) mayWrite(a access.Actor, t event.Topic) error {
	if !a.SignedIn() {
		return errs.New(errs.Unauthenticated, "access.sign_in")
	}
	return h.ask("looking up rights", func(ctx context.Context) error { return h.cfg.MayWrite(ctx, a, t) })
}

// refused reports whether an answer about rights is a no, rather than a failure
// to find out.
func refused(err error) bool {
	switch errs.KindOf(err) {
	case errs.NotFound, errs.Forbidden, errs.Unauthenticated, errs.Gone:
		return err != nil
	}
	return false
}

func (h *Hub) head(t event.Topic) (int64, error) {
	heads, err := h.heads([]event.Topic{t})
	return heads[t], err
}

func (h *Hub) heads(topics []event.Topic) (heads map[event.Topic]int64, err error) {
	err = h.ask("reading heads", func(ctx context.Context) error {
		heads, err = h.cfg.Heads(ctx, topics)
		return err
	})
	return heads, err
}

func (h *Hub) replay(t event.Topic, after int64, limit int) (events []event.Event, err error) {
	h.count.replays.Add(1)
	err = h.ask("reading the timeline", func(ctx context.Context) error {
		events, err = h.cfg.Replay(ctx, t, after, limit)
		return err
	})
	return events, err
}

func (h *Hub) pollThread(poll int64) (thread int64, err error) {
	err = h.ask("looking up a poll", func(ctx context.Context) error {
		thread, err = h.cfg.PollThread(ctx, poll)
		return err
	})
	return thread, err
}

func (h *Hub) endedSessions(ids []string) (ended []string, err error) {
	err = h.ask("looking up sessions", func(ctx context.Context) error {
		ended, err = h.cfg.Sessions(ctx, ids)
		return err
	})
	return ended, err
}

// entries makes entries of events, in all the editions.
func (h *Hub) entries(events []event.Event, editions []edition) ([]*entry, error) {
	entries := make([]*entry, len(events))
	for i, e := range events {
		entries[i] = newEntry(e)
	}
	for _, ed := range editions {
		frames, err := h.frames(events, ed)
		if err != nil {
			return nil, err
		}
		for i, f := range frames {
			entries[i].add(ed, f)
		}
	}
	return entries, nil
}

// frames renders events in one edition. An event that cannot be rendered becomes
// the request to load the page again, so that it does not hold up the others;
// a failure that may pass is reported instead.
func (h *Hub) frames(events []event.Event, ed edition) ([]frame, error) {
	texts, err := h.render(events, ed)
	if err != nil && mayPass(err) {
		return nil, err
	}
	if err != nil && len(events) > 1 {
		return h.framesOneByOne(events, ed)
	}
	if err != nil {
		h.cfg.Log.Error("live: an event cannot be rendered", "topic", events[0].Topic, "seq", events[0].Seq, "error", err)
		texts = []json.RawMessage{resync(target{topic: events[0].Topic}, events[0].Seq)}
	}
	frames := make([]frame, len(texts))
	for i, text := range texts {
		if frames[i], err = newFrame(text); err != nil {
			return nil, fmt.Errorf("preparing a message: %w", err)
		}
	}
	return frames, nil
}

func (h *Hub) framesOneByOne(events []event.Event, ed edition) ([]frame, error) {
	var all []frame
	for i := range events {
		one, err := h.frames(events[i:i+1], ed)
		if err != nil {
			return nil, err
		}
		all = append(all, one...)
	}
	return all, nil
}

func (h *Hub) render(events []event.Event, ed edition) (texts []json.RawMessage, err error) {
	h.count.renders.Add(1)
	err = h.ask("rendering events", func(ctx context.Context) error {
		texts, err = h.cfg.Render(ctx, events, ed.lang, ed.html)
		if err == nil && len(texts) != len(events) {
			err = fmt.Errorf("%d messages for %d events", len(texts), len(events))
		}
		return err
	})
	return texts, err
}

// mayPass reports whether trying again could help.
func mayPass(err error) bool {
	return errs.Is(err, errs.Unavailable) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)
}

// resync is the request to load the page again.
func resync(t target, last int64) []byte {
	return t.about(reply{Type: "resync", LastSeq: &last}).bytes()
}
