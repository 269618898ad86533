package demo

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"plenary/pkg/forum"
)

// step is one thing that happens, at its time.
type step struct {
	at   time.Time
	what string // for errors
	do   func(ctx context.Context) error
}

// Between the people who react to a comment, and who support a theme, some time
// passes.
const (
	reactEvery   = 9 * time.Minute
	supportEvery = 47 * time.Minute
)

// play lets everything happen in the order of its time, across all threads.
func (s *stage) play(ctx context.Context, stories []story) error {
	var steps []step
	for _, told := range stories {
		more, err := s.steps(told)
		if err != nil {
			return fmt.Errorf("%s: %w", told.File, err)
		}
		steps = append(steps, more...)
	}
	slices.SortStableFunc(steps, func(a, b step) int { return a.at.Compare(b.at) })
	for _, next := range steps {
		if err := s.moveTo(ctx, next.at); err != nil {
			return err
		}
		if err := next.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", next.what, err)
		}
	}
	return s.moveTo(ctx, s.present)
}

// scene is a thread while it is being played.
type scene struct {
	*stage
	story
	thread int64
	steps  []step
}

func (s *stage) steps(told story) ([]step, error) {
	sc := &scene{stage: s, story: told}
	if err := sc.add(told.At, "start", sc.start); err != nil {
		return nil, err
	}
	if sc.Poll.At = told.At; sc.isPoll() {
		if err := sc.addWithin(sc.Poll); err != nil {
			return nil, err
		}
	}
	for i, a := range told.Act {
		if s.absent(a.By) {
			continue
		}
		do, err := sc.doing(a)
		if err != nil {
			return nil, err
		}
		if err := sc.add(a.At, fmt.Sprintf("act %d: %s %s", i+1, a.Do, cmp.Or(a.Key, a.On)), do); err != nil {
			return nil, err
		}
		if err := sc.addWithin(a); err != nil {
			return nil, err
		}
	}
	return sc.steps, nil
}

func (sc *scene) add(at, what string, do func(context.Context) error) error {
	t, err := when(sc.present, at)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	sc.addAt(t, what, do)
	return nil
}

// addAt adds a step, which happens at the latest in the present.
func (sc *scene) addAt(at time.Time, what string, do func(context.Context) error) {
	if at.After(sc.present) {
		at = sc.present
	}
	sc.steps = append(sc.steps, step{at, sc.File + ": " + what, do})
}

// doing gives what an act does.
func (sc *scene) doing(a act) (func(context.Context) error, error) {
	verbs := map[string]func(context.Context, act) error{
		"comment": sc.comment, "edit": sc.edit, "delete": sc.remove, "seen": sc.seen, "close": sc.close,
		"propose": sc.propose, "withdraw": sc.withdraw, "decline": sc.decline, "shortlist": sc.shortlist,
		"poll": sc.ask, "conclude": sc.conclude, "share": sc.share, "invite": sc.invite, "programme": sc.program, "group": sc.gather, "merge": sc.merge,
	}
	verb, ok := verbs[a.Do]
	if !ok {
		return nil, fmt.Errorf("nobody knows how to %q", a.Do)
	}
	return func(ctx context.Context) error { return verb(ctx, a) }, nil
}

// addWithin adds what is told inside of an act but happens after it: reactions,
// support and ballots.
func (sc *scene) addWithin(a act) error {
	at, err := when(sc.present, a.At)
	if err != nil {
		return err
	}
	next := at
	for _, reaction := range a.React {
		emoji, keys, _ := strings.Cut(reaction, " ")
		for _, by := range strings.Fields(keys) {
			next = next.Add(reactEvery)
			sc.addAt(next, "react "+a.Key, func(ctx context.Context) error { return sc.react(ctx, by, a.Key, emoji) })
		}
	}
	for i, t := range a.Theme {
		for j, by := range t.Support {
			later := at.Add(time.Duration(j+1)*supportEvery + time.Duration(i)*time.Minute)
			sc.addAt(later, "support "+t.Key, func(ctx context.Context) error { return sc.support(ctx, by, t.Key) })
		}
	}
	for _, b := range a.Ballot {
		if err := sc.add(b.At, "ballot of "+b.By, func(ctx context.Context) error { return sc.vote(ctx, a.Key, b) }); err != nil {
			return err
		}
	}
	return nil
}

func (sc *scene) start(ctx context.Context) error {
	who, err := sc.actor(sc.By)
	if err != nil {
		return err
	}
	if sc.isPoll() {
		return sc.startPoll(ctx, who)
	}
	made, err := sc.forum.Start(ctx, who, sc.Group, forum.NewThread{
		Title: sc.text(sc.Title), Body: sc.text(sc.Text), Visibility: sc.Visibility, Tags: sc.Tags})
	if err != nil {
		return err
	}
	sc.thread = made.ID
	sc.guide.Threads++
	if !sc.Pinned {
		return nil
	}
	sc.guide.Start = made.Path()
	_, err = sc.forum.Pin(ctx, who, made.ID)
	return err
}
