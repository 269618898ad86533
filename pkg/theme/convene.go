package theme

import (
	"context"
	"fmt"
	"slices"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/forum"
	"plenary/pkg/poll"
	"plenary/pkg/store"
)

// step is a change of a theme's state.
type step struct {
	do     access.Action
	from   []access.ThemeState
	to     access.ThemeState
	kind   event.Kind
	reason string
	ends   bool           // the theme is out of the running, which an open poll forbids
	data   map[string]any // what the event keeps, where there is no reason
	quiet  bool           // without letters
}

// Shortlist puts a proposed theme on the shortlist. One that is there stays.
// Errors: by access.Convene; Conflict "theme.state_…" where it is neither.
func (t *Themes) Shortlist(ctx context.Context, who access.Actor, id int64) (Theme, error) {
	return t.step(ctx, who, id, step{do: access.Convene, kind: event.ThemeShortlisted,
		from: []access.ThemeState{access.Proposed}, to: access.Shortlisted})
}

// Unlist takes a theme off the shortlist. One that is only proposed stays so.
// Errors: as for Shortlist.
func (t *Themes) Unlist(ctx context.Context, who access.Actor, id int64) (Theme, error) {
	return t.step(ctx, who, id, step{do: access.Convene, kind: event.ThemeUnlisted,
		from: []access.ThemeState{access.Shortlisted}, to: access.Proposed})
}

// Decline takes a theme out of the running, with a reason that everybody reads.
// Errors: Invalid with field reason; by access.Convene; Conflict where it is not
// afoot, or "theme.in_open_poll".
func (t *Themes) Decline(ctx context.Context, who access.Actor, id int64, reason string) (Theme, error) {
	found, err := t.Theme(ctx, who, id)
	if err != nil {
		return Theme{}, err
	}
	if err := access.Check(who, access.Convene, found.facts); err != nil {
		return Theme{}, err
	}
	var f errs.Fields
	reason = validShort(&f, "reason", reason, true, MaxReason)
	if err := f.Err(); err != nil {
		return Theme{}, err
	}
	return t.step(ctx, who, id, step{do: access.Convene, kind: event.ThemeDeclined, reason: reason, ends: true,
		from: []access.ThemeState{access.Proposed, access.Shortlisted}, to: access.Declined})
}

// Restore makes a declined or withdrawn theme a proposed one again. Errors: by
// access.Convene.
func (t *Themes) Restore(ctx context.Context, who access.Actor, id int64) (Theme, error) {
	return t.step(ctx, who, id, step{do: access.Convene, kind: event.ThemeReopened,
		from: []access.ThemeState{access.Declined, access.Withdrawn}, to: access.Proposed})
}

func (t *Themes) step(ctx context.Context, who access.Actor, id int64, s step) (Theme, error) {
	return t.change(ctx, who, id, s.do, func(tx *store.Tx, locked Theme, now time.Time) error {
		return t.takeStep(tx, who, locked, s, now)
	})
}

// takeStep changes the state of a theme that is locked.
func (t *Themes) takeStep(tx *store.Tx, who access.Actor, locked Theme, s step, now time.Time) error {
	switch {
	case locked.State == s.to && s.reason == "":
		return nil
	case !slices.Contains(s.from, locked.State):
		return errs.New(errs.Conflict, "theme.state_"+string(locked.State))
	}
	if s.ends {
		if err := notInOpenPoll(tx, locked.ID, now); err != nil {
			return err
		}
	}
	set := map[string]any{"state": s.to, "state_reason": s.reason, "state_by": nil, "state_at": store.At(now)}
	if who.SignedIn() {
		set["state_by"] = who.Person
	}
	if err := tx.Table("themes").Where("id = ?", locked.ID).Updates(set).Error; err != nil {
		return fmt.Errorf("%s %d: %w", s.kind, locked.ID, err)
	}
	data := s.data
	if s.reason != "" {
		data = map[string]any{"reason": s.reason}
	}
	if _, err := forum.Tell(tx, locked.event(s.kind, who.Person, now), data); err != nil {
		return err
	}
	n := locked.toProposers(s.kind, who.Person, now)
	n.data, n.letter, n.args = data, stepLetters[s.kind], map[string]string{"Reason": s.reason}
	if s.quiet {
		n.letter = ""
	}
	return t.tell(tx, locked, n)
}

func notInOpenPoll(tx *store.Tx, id int64, now time.Time) error {
	var open int64
	err := tx.Table("poll_options AS o").Joins("JOIN polls AS p ON p.id = o.poll_id").
		Where("o.theme_id = ? AND p.state = 'open' AND (p.closes_at IS NULL OR p.closes_at > ?)", id, store.At(now)).Count(&open).Error
	if err != nil {
		return fmt.Errorf("look for open polls about theme %d: %w", id, err)
	}
	if open > 0 {
		return errs.New(errs.Conflict, "theme.in_open_poll")
	}
	return nil
}

// PollFromShortlist starts a poll whose options are the shortlisted themes of a
// thread, the most supported first. Options in the input are not used. Errors:
// by access.Convene; Conflict "theme.shortlist_empty"; those of poll.Start.
func (t *Themes) PollFromShortlist(ctx context.Context, who access.Actor, threadID int64, in poll.NewPoll) (poll.Poll, error) {
	thread, err := t.forum.Thread(ctx, who, threadID)
	if err != nil {
		return poll.Poll{}, err
	}
	facts := thread.Facts()
	facts.Theme = access.Shortlisted
	if err := access.Check(who, access.Convene, facts); err != nil {
		return poll.Poll{}, err
	}
	g := t.db.Read(ctx)
	// One more than fit, so that a shortlist that is too long is told and not cut.
	listed, err := find(themes(g, who).Where("th.thread_id = ? AND th.state = ?", threadID, access.Shortlisted).
		Order("th.support_count DESC, th.id").Limit(poll.MaxOptions+1), g, who)
	if err != nil {
		return poll.Poll{}, store.Translate(err)
	}
	if len(listed) == 0 {
		return poll.Poll{}, errs.New(errs.Conflict, "theme.shortlist_empty")
	}
	return t.ask(ctx, who, threadID, listed, in)
}

// PollFrom starts a poll whose options are the given themes of a thread, in the
// given order. Errors: Invalid with field from_themes where one of them is not
// there; those of poll.Start.
func (t *Themes) PollFrom(ctx context.Context, who access.Actor, threadID int64, ids []int64, in poll.NewPoll) (poll.Poll, error) {
	if _, err := t.forum.Thread(ctx, who, threadID); err != nil {
		return poll.Poll{}, err
	}
	var f errs.Fields
	if len(ids) > poll.MaxOptions {
		f.Add("from_themes", "poll.options_too_many", errs.Args{"Count": poll.MaxOptions})
		return poll.Poll{}, f.Err()
	}
	byID, err := t.Themes(ctx, ids)
	if err != nil {
		return poll.Poll{}, err
	}
	chosen := make([]Theme, len(ids))
	for i, id := range ids {
		chosen[i] = byID[id]
		if chosen[i].ThreadID != threadID {
			f.Add("from_themes", "poll.theme_not_here")
		}
	}
	if err := f.Err(); err != nil {
		return poll.Poll{}, err
	}
	return t.ask(ctx, who, threadID, chosen, in)
}

// ask starts the poll. It looks again, under its lock, whether the themes are
// still in the running.
func (t *Themes) ask(ctx context.Context, who access.Actor, threadID int64, chosen []Theme, in poll.NewPoll) (poll.Poll, error) {
	in.Options = nil
	for _, one := range chosen {
		in.Options = append(in.Options, poll.NewOption{Label: one.Title, ThemeID: one.ID})
	}
	return t.polls.Start(ctx, who, threadID, in)
}
