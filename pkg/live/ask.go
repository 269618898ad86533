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
func (h *Hub) entries(told []telling, editions []edition) ([]*entry, error) {
	entries := make([]*entry, len(told))
	for i, t := range told {
		entries[i] = newEntry(t)
	}
	for _, ed := range editions {
		frames, err := h.frames(told, ed)
		if err != nil {
			return nil, err
		}
		for i, f := range frames {
			entries[i].add(ed, f)
		}
	}
	return entries, nil
}

// frames renders events in one edition; what is stale in it has the zero frame.
func (h *Hub) frames(told []telling, ed edition) ([]frame, error) {
	if !ed.newest {
		return h.prepare(told, ed)
	}
	some, err := h.prepare(fresh(told), ed)
	if err != nil {
		return nil, err
	}
	all := make([]frame, len(told))
	for i := range told {
		if !told[i].stale {
			all[i], some = some[0], some[1:]
		}
	}
	return all, nil
}

// prepare renders events. One that cannot be rendered becomes the request to load
// the page again, so that it does not hold up the others; a failure that may pass
// is reported instead.
func (h *Hub) prepare(told []telling, ed edition) ([]frame, error) {
	texts, err := h.render(told, ed)
	if err != nil && mayPass(err) {
		return nil, err
	}
	if err != nil && len(told) > 1 {
		return h.prepareOneByOne(told, ed)
	}
	if err != nil {
		h.cfg.Log.Error("live: an event cannot be rendered", "topic", told[0].Topic, "seq", told[0].Seq, "error", err)
		texts = []json.RawMessage{resync(target{topic: told[0].Topic}, told[0].Seq)}
	}
	frames := make([]frame, len(texts))
	for i, text := range texts {
		if frames[i], err = newFrame(text); err != nil {
			return nil, fmt.Errorf("preparing a message: %w", err)
		}
	}
	return frames, nil
}

func (h *Hub) prepareOneByOne(told []telling, ed edition) ([]frame, error) {
	var all []frame
	for i := range told {
		one, err := h.prepare(told[i:i+1], ed)
		if err != nil {
			return nil, err
		}
		all = append(all, one...)
	}
	return all, nil
}

// render has the messages made. Where some were left out before an event its
// message says so.
func (h *Hub) render(told []telling, ed edition) (texts []json.RawMessage, err error) {
	if len(told) == 0 {
		return nil, nil
	}
	h.count.renders.Add(1)
	err = h.ask("rendering events", func(ctx context.Context) error {
		texts, err = h.cfg.Render(ctx, eventsOf(told), ed.lang, ed.html)
		if err == nil && len(texts) != len(told) {
			err = fmt.Errorf("%d messages for %d events", len(texts), len(told))
		}
		return err
	})
	if err != nil || !ed.newest {
		return texts, err
	}
	for i, t := range told {
		texts[i] = t.stands(texts[i])
	}
	return texts, nil
}

// mayPass reports whether trying again could help.
func mayPass(err error) bool {
	return errs.Is(err, errs.Unavailable) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)
}

// resync is the request to load the page again.
func resync(t target, last int64) []byte {
	return t.about(reply{Type: "resync", LastSeq: &last}).bytes()
}
