package jobs

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/riverqueue/river/rivertype"

	"plenary/pkg/errs"
	"plenary/pkg/store"
)

// KindStats are the figures of the jobs of one kind.
type KindStats struct {
	Kind string
	Stats
}

// ByKind counts the jobs of all processes, those of each kind that has any.
func (j *Jobs) ByKind(ctx context.Context) ([]KindStats, error) {
	rows, err := j.counted(ctx, "kind, ")
	if err != nil {
		return nil, err
	}
	var out []KindStats
	for _, r := range rows {
		if len(out) == 0 || out[len(out)-1].Kind != r.Kind {
			out = append(out, KindStats{Kind: r.Kind})
		}
		out[len(out)-1].count(rivertype.JobState(r.State), r.Count, r.Due.Time)
	}
	return out, nil
}

// FailedJob is one whose last attempt failed.
type FailedJob struct {
	ID       int64
	Kind     string
	Attempts int
	Over     bool      // it is not tried again by itself
	At       time.Time // of the next attempt, or of the last where it is over
	Error    string    // of the last attempt; for administrators only
}

// failedMost bounds what Failed lists.
const failedMost = 50

// Failed lists the jobs whose last attempt failed, at most 50: those that are not
// tried again first, each sort from the latest on.
func (j *Jobs) Failed(ctx context.Context) ([]FailedJob, error) {
	// The last element of an array is written otherwise on each database, and so
	// are whole microseconds.
	said, micros := "json_extract(errors, '$[#-1].error')", "CAST(unixepoch(%s, 'subsec') * 1000000 AS integer)"
	if j.db.Postgres() {
		said, micros = "errors[array_upper(errors, 1)]->>'error'", "CAST(extract(epoch FROM %s) * 1000000 AS bigint)"
	}
	var rows []struct {
		ID      int64
		Kind    string
		State   string
		Attempt int
		At      store.Time
		Said    string
	}
	err := j.db.Read(ctx).Raw("SELECT id, kind, CAST(state AS text) AS state, attempt, "+fmt.Sprintf(micros, "COALESCE(finalized_at, scheduled_at)")+
		" AS at, COALESCE("+said+`, '') AS said FROM river_job WHERE state IN ('retryable', 'discarded')
		ORDER BY CAST(state AS text), id DESC LIMIT ?`, failedMost).Scan(&rows).Error
	if err != nil {
		return nil, store.Translate(fmt.Errorf("list the failed jobs: %w", err))
	}
	out := make([]FailedJob, len(rows))
	for i, r := range rows {
		out[i] = FailedJob{ID: r.ID, Kind: r.Kind, Attempts: r.Attempt, Over: r.State == string(rivertype.JobStateDiscarded), At: r.At.Time, Error: r.Said}
	}
	return out, nil
}

// Retry has a failed job done again soon, once more even where it had used up
// its attempts. A job that has not failed, or is not there any more, is NotFound.
func (j *Jobs) Retry(tx *store.Tx, id int64) error {
	var n int64
	err := tx.Raw("SELECT count(*) FROM river_job WHERE id = ? AND state IN ('retryable', 'discarded')", id).Row().Scan(&n)
	if err != nil {
		return fmt.Errorf("find the job %d: %w", id, err)
	}
	sqlTx, ok := tx.Statement.ConnPool.(*sql.Tx)
	switch {
	case n == 0:
		return errs.New(errs.NotFound, "error.not_found")
	case !ok:
		return fmt.Errorf("retry the job %d: not inside a transaction, but %T", id, tx.Statement.ConnPool)
	}
	if err := j.queue.retry(tx.Statement.Context, sqlTx, id); err != nil {
		return fmt.Errorf("retry the job %d: %w", id, err)
	}
	return nil
}
