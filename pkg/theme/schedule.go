package theme

import (
	"context"
	"fmt"
	"slices"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/poll"
	"plenary/pkg/poll/figures"
	"plenary/pkg/store"
)

// scheduling is how a theme gets its place in what is planned.
var scheduling = step{do: access.Convene, kind: event.ThemeScheduled,
	from: []access.ThemeState{access.Proposed, access.Shortlisted}, to: access.Scheduled}

// Schedule gives a theme its place in what is planned. One that has it stays.
// Errors: by access.Convene; Conflict "theme.state_…" where it is not afoot, or
// "theme.in_open_poll".
func (t *Themes) Schedule(ctx context.Context, who access.Actor, id int64) (Theme, error) {
	return t.change(ctx, who, id, access.Convene, func(tx *store.Tx, locked Theme, now time.Time) error {
		return t.schedule(tx, who, locked, nil, false, now)
	})
}

func (t *Themes) schedule(tx *store.Tx, who access.Actor, locked Theme, data map[string]any, quiet bool, now time.Time) error {
	s := scheduling
	s.data, s.quiet, s.ends = data, quiet, locked.State != access.Scheduled
	return t.takeStep(tx, who, locked, s, now)
}

// Unschedule puts a scheduled theme back on the shortlist. Errors: by
// access.Convene; Conflict where it is not scheduled.
func (t *Themes) Unschedule(ctx context.Context, who access.Actor, id int64) (Theme, error) {
	return t.change(ctx, who, id, access.Convene, func(tx *store.Tx, locked Theme, now time.Time) error {
		if locked.State != access.Scheduled {
			return errs.New(errs.Conflict, "theme.not_scheduled")
		}
		return t.takeStep(tx, who, locked, step{kind: event.ThemeUnscheduled, from: []access.ThemeState{access.Scheduled}, to: access.Shortlisted}, now)
	})
}

// ScheduleIn gives a theme its place in a programme, inside the write that puts it
// there. One that is not afoot, or is being voted on, stays as it is. It asks nobody's
// leave: the programme has. programme is 0 for one that nobody may know of.
func (t *Themes) ScheduleIn(tx *store.Tx, who access.Actor, id, programme int64, now time.Time) error {
	locked, err := t.lock(tx, who, id)
	if err != nil {
		return err
	}
	if !slices.Contains(scheduling.from, locked.State) {
		return nil
	}
	err = t.schedule(tx, who, locked, inProgramme(programme), programme == 0, now) // while it is only being built, themes go in and out
	if errs.CodeOf(err) == "theme.in_open_poll" {
		return nil
	}
	return err
}

// UnscheduleIn puts a theme that has lost its place back on the shortlist, in the
// same way.
func (t *Themes) UnscheduleIn(tx *store.Tx, who access.Actor, id, programme int64, now time.Time) error {
	locked, err := t.lock(tx, who, id)
	if err != nil {
		return err
	}
	if locked.State != access.Scheduled {
		return nil
	}
	return t.takeStep(tx, who, locked, step{kind: event.ThemeUnscheduled, from: []access.ThemeState{access.Scheduled}, to: access.Shortlisted,
		data: inProgramme(programme)}, now)
}

func inProgramme(id int64) map[string]any {
	if id == 0 {
		return nil
	}
	return map[string]any{"programme_id": id}
}

// Placing is a theme of a poll that is over, and how it came out.
type Placing struct {
	Theme  Theme
	Place  int // from 1, the same for equal ones; 0 where the method ranks nothing
	Winner bool
}

// Placings lists the themes of a poll, the winners first. Errors: by
// access.Convene; Conflict "theme.poll_not_over"; those of poll.Results.
func (t *Themes) Placings(ctx context.Context, who access.Actor, pollID int64) ([]Placing, error) {
	asked, err := t.endedPoll(ctx, who, pollID)
	if err != nil {
		return nil, err
	}
	results, err := t.polls.Results(ctx, who, pollID)
	if err != nil {
		return nil, err
	}
	ids := themeIDs(asked)
	g := t.db.Read(ctx)
	found, err := find(themes(g, who).Where("th.id IN ?", ids), g, who)
	if err != nil {
		return nil, store.Translate(err)
	}
	byID := map[int64]Theme{}
	for _, one := range found {
		byID[one.ID] = one
	}
	var out []Placing
	for _, o := range asked.Options {
		if one, ok := byID[o.ThemeID]; ok {
			out = append(out, Placing{Theme: one, Place: PlaceIn(results, o.ID), Winner: slices.Contains(results.Winners, o.ID)})
		}
	}
	slices.SortStableFunc(out, func(a, b Placing) int {
		if a.Winner != b.Winner {
			if a.Winner {
				return -1
			}
			return 1
		}
		return a.Place - b.Place
	})
	return out, nil
}

// PlaceIn is the place of an option in results, from 1; 0 where there is none.
// Of equal options all have the best place.
func PlaceIn(r figures.Results, option int64) int {
	place := 1
	for _, level := range r.Ranking {
		if slices.Contains(level, option) {
			return place
		}
		place += len(level)
	}
	return 0
}

func themeIDs(of poll.Poll) []int64 {
	var ids []int64
	for _, o := range of.Options {
		if o.ThemeID != 0 {
			ids = append(ids, o.ThemeID)
		}
	}
	return ids
}

// endedPoll is a poll that is over, of a thread whose themes the actor convenes.
func (t *Themes) endedPoll(ctx context.Context, who access.Actor, pollID int64) (poll.Poll, error) {
	asked, err := t.polls.Poll(ctx, who, pollID)
	if err != nil {
		return poll.Poll{}, err
	}
	thread, err := t.forum.Thread(ctx, who, asked.ThreadID)
	if err != nil {
		return poll.Poll{}, err
	}
	if err := mayConvene(who, thread); err != nil {
		return poll.Poll{}, err
	}
	if asked.State != access.PollEnded {
		return poll.Poll{}, errs.New(errs.Conflict, "theme.poll_not_over")
	}
	return asked, nil
}

// ScheduleFrom gives themes of a poll that is over their place in what is planned,
// all of them or none. Which ones, whoever convenes says: usually its winners.
// Errors: Invalid with field themes where none is named or one is no option of the
// poll; by access.Convene; Conflict "theme.poll_not_over", and where one of them
// is not afoot.
func (t *Themes) ScheduleFrom(ctx context.Context, who access.Actor, pollID int64, ids []int64) ([]Theme, error) {
	asked, err := t.endedPoll(ctx, who, pollID)
	if err != nil {
		return nil, err
	}
	var f errs.Fields
	of := themeIDs(asked)
	if len(ids) == 0 {
		f.Add("themes", "theme.choose_winners")
	}
	for _, id := range ids {
		if !slices.Contains(of, id) {
			f.Add("themes", "theme.not_in_poll")
		}
	}
	if err := f.Err(); err != nil {
		return nil, err
	}
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	err = t.db.Write(ctx, func(tx *store.Tx) error {
		if _, err := t.forum.LockThread(tx, who, asked.ThreadID); err != nil {
			return err
		}
		for _, id := range ids {
			if err := t.scheduleLocked(tx, who, id, pollID); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return t.inOrder(ctx, who, ids)
}

func (t *Themes) scheduleLocked(tx *store.Tx, who access.Actor, id, pollID int64) error {
	locked, err := load(tx.DB, who, id)
	if err != nil {
		return err
	}
	if err := access.Check(who, access.Convene, locked.facts); err != nil {
		return err
	}
	return t.schedule(tx, who, locked, map[string]any{"poll_id": pollID}, false, t.now())
}

// Choice is a poll that is over, among themes of which none has its place yet.
type Choice struct {
	PollID int64
	Title  string
}

// choicesMost is how many polls Choices names.
const choicesMost = 5

// Choices lists the polls of a thread whose winners can be scheduled, the latest
// first. The caller has checked that the actor convenes the thread's themes.
func (t *Themes) Choices(ctx context.Context, threadID int64) ([]Choice, error) {
	const option = "SELECT 1 FROM poll_options AS o JOIN themes AS th ON th.id = o.theme_id WHERE o.poll_id = p.id AND th.state IN ?"
	var out []Choice
	err := t.db.Read(ctx).Table("polls AS p").Select("p.id AS poll_id, p.title").Where("p.thread_id = ? AND p.state = 'closed'", threadID).
		Where("EXISTS ("+option+")", scheduling.from).Where("NOT EXISTS ("+option+")", []access.ThemeState{access.Scheduled}).
		Order("p.id DESC").Limit(choicesMost).Find(&out).Error
	if err != nil {
		return nil, store.Translate(fmt.Errorf("look for what polls of thread %d chose: %w", threadID, err))
	}
	return out, nil
}
