package app

import (
	"context"
	"errors"
	"time"

	"plenary/pkg/jobs"
	"plenary/pkg/store"
)

// closePoll publishes that a poll's time has come, or that of the beacon's round that
// it waits for. Whether a ballot still counts is decided where it is cast, and does
// not wait for this.
type closePoll struct {
	Poll int64     `json:"poll"`
	At   time.Time `json:"at"`
}

func (closePoll) Kind() string { return "poll.close" }

// sweep does what a lost job may have left undone, and throws old things away.
type sweep struct{}

func (sweep) Kind() string { return "forum.sweep" }

// sweepEvery is how late a poll may be published as closed when its own job was lost.
const sweepEvery = time.Minute

func (r *Rooms) closeLater(tx *store.Tx, poll int64, at time.Time) error {
	return r.Jobs.EnqueueAt(tx, closePoll{poll, at.UTC()}, at, true)
}

// closeDue opens and closes the polls whose time has come, and reminds of them, and merges the
// themes to whose merge nobody has objected in time, but not those of a past that is just being
// made up, where votes are still to be cast.
func (r *Rooms) closeDue(ctx context.Context) error {
	r.closing.Lock()
	defer r.closing.Unlock()
	_, opening := r.Polls.OpenDue(ctx)
	_, closing := r.Polls.CloseDue(ctx)
	_, reminding := r.Polls.RemindDue(ctx)
	_, reviewing := r.Polls.ReviewDue(ctx)
	_, merging := r.Themes.MergeDue(ctx)
	return errors.Join(opening, closing, reminding, reviewing, merging)
}

// tellPoll writes the letters about something that happened in a poll.
type tellPoll struct {
	Telling int64 `json:"telling"`
}

func (tellPoll) Kind() string { return "poll.tell" }

func (r *Rooms) tellLater(tx *store.Tx, telling int64) error {
	return r.Jobs.Enqueue(tx, tellPoll{telling})
}

// tellProgramme tells those who come to an event what has changed in it.
type tellProgramme struct {
	Telling int64 `json:"telling"`
}

func (tellProgramme) Kind() string { return "programme.tell" }

func (r *Rooms) tellOfProgramme(tx *store.Tx, telling int64) error {
	return r.Jobs.Enqueue(tx, tellProgramme{telling})
}

// drawDue draws the lots whose rounds have come. That a beacon cannot be reached is
// no reason to do anything else again: each poll has its own next time.
func (r *Rooms) drawDue(ctx context.Context) {
	if _, err := r.Polls.DrawDue(ctx); err != nil {
		r.Log.Warn("a beacon draws no lot", "error", err)
	}
}

func (r *Rooms) handleJobs() {
	jobs.Handle(r.Jobs, func(ctx context.Context, j tellPoll) error { return r.Polls.Tell(ctx, j.Telling) })
	jobs.Handle(r.Jobs, func(ctx context.Context, j tellProgramme) error { return r.Programmes.Tell(ctx, j.Telling) })
	jobs.Handle(r.Jobs, func(ctx context.Context, _ closePoll) error {
		err := r.closeDue(ctx)
		r.drawDue(ctx)
		return err
	})
	jobs.Handle(r.Jobs, func(ctx context.Context, _ sweep) error {
		if err := r.closeDue(ctx); err != nil {
			return err
		}
		if _, err := r.Polls.MixBoxes(ctx); err != nil {
			return err
		}
		r.drawDue(ctx)
		if _, err := r.People.DropExpired(ctx); err != nil {
			return err
		}
		if _, err := r.Groups.RemindDue(ctx); err != nil {
			return err
		}
		if err := r.DB.DropOnceKeys(ctx, r.Now().Add(-onceKeysLast)); err != nil {
			return err
		}
		if err := r.Notify.DropOld(ctx); err != nil {
			return err
		}
		if _, err := r.MyData.DropExpired(ctx); err != nil {
			return err
		}
		return r.DB.Checkpoint(ctx)
	})
	r.handleData()
	r.Jobs.Periodic(sweepEvery, sweep{})
}

// onceKeysLast is how long a request can be repeated without being done twice.
const onceKeysLast = 48 * time.Hour
