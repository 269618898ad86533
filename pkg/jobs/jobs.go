package jobs

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"plenary/pkg/store"
)

// Job is the arguments of a piece of work: a plain struct, kept as JSON. It
// carries ids and not copies, for it may run much later, and no text of people,
// for it stays in its table for a while.
type Job interface {
	// Kind names the work, like "poll.close". It must not depend on the
	// fields, and must never change while such jobs may be waiting.
	Kind() string
}

// Jobs is the queue of a database and, once started, its workers.
type Jobs struct {
	db       *store.DB
	log      *slog.Logger
	settings Settings
	queue    queue
	workers  *river.Workers
	kinds    map[string]bool // that have a handler
	periodic []periodic
	running  bool
}

type periodic struct {
	every time.Duration
	job   Job
}

// New prepares the queue of the database. Enqueue works at once, in every
// process that has registered the handlers; work is done only after Start.
// Zero settings take their defaults.
func New(db *store.DB, log *slog.Logger, s Settings) (*Jobs, error) {
	pool, err := db.WriterPool()
	if err != nil {
		return nil, fmt.Errorf("prepare the jobs: %w", err)
	}
	j := &Jobs{db: db, log: log, settings: s.orDefaults(db.Postgres()), workers: river.NewWorkers(), kinds: map[string]bool{}}
	j.queue, err = openQueue(db.Postgres(), pool, j.baseConfig())
	if err != nil {
		return nil, fmt.Errorf("prepare the jobs: %w", err)
	}
	return j, nil
}

// Handle registers what does the jobs of type J. It must be called before
// Start, and panics where the kind has a handler already: that is a mistake in
// the program.
//
// fn may run more than once for the same job and must bear it. Its context ends
// after Settings.Timeout and when the process has to stop; an error or a panic
// means that the job is tried again later.
func Handle[J Job](j *Jobs, fn func(ctx context.Context, job J) error) {
	river.AddWorker(j.workers, river.WorkFunc(func(ctx context.Context, job *river.Job[J]) error {
		return fn(ctx, job.Args)
	}))
	var zero J
	j.kinds[zero.Kind()] = true
}

// Enqueue adds the job to the transaction: it will run soon after the commit
// (at once on PostgreSQL, within Settings.Poll on SQLite), and not at all after
// a rollback. A kind without a handler is an error.
func (j *Jobs) Enqueue(tx *store.Tx, job Job) error {
	return j.insert(tx, job, &river.InsertOpts{})
}

// EnqueueAt is Enqueue for a job that must not run before the instant; it runs
// within a few seconds after it.
//
// With unique, nothing is added while an equal job, of the same kind and with
// the same fields, is waiting, running or to be tried again. A job that reads
// its state at the start can miss a change made while it runs, so what tells
// two jobs apart (a poll's closing time, a version) belongs into its fields.
func (j *Jobs) EnqueueAt(tx *store.Tx, job Job, at time.Time, unique bool) error {
	opts := &river.InsertOpts{}
	if at.After(tx.NowFunc()) {
		opts.ScheduledAt = at
	}
	if unique {
		opts.UniqueOpts = oneAtATime()
	}
	return j.insert(tx, job, opts)
}

// Periodic has the job done again and again, first when some process of the
// database starts and then after each interval. With several processes one of
// them does it. A turn is left out while the one before is not done. It must be
// called before Start.
func (j *Jobs) Periodic(every time.Duration, job Job) {
	j.periodic = append(j.periodic, periodic{every, job})
}

func (j *Jobs) insert(tx *store.Tx, job Job, opts *river.InsertOpts) error {
	if !j.kinds[job.Kind()] {
		return fmt.Errorf("enqueue %s: no handler is registered for it", job.Kind())
	}
	sqlTx, ok := tx.Statement.ConnPool.(*sql.Tx)
	if !ok {
		return fmt.Errorf("enqueue %s: not inside a transaction, but %T", job.Kind(), tx.Statement.ConnPool)
	}
	if err := j.queue.insert(tx.Statement.Context, sqlTx, job, opts); err != nil {
		return fmt.Errorf("enqueue %s: %w", job.Kind(), err)
	}
	return nil
}

// oneAtATime counts a job as a duplicate of an equal one that is not over yet.
// River's own default would count finished ones too, for a day.
func oneAtATime() river.UniqueOpts {
	return river.UniqueOpts{ByArgs: true, ByState: []rivertype.JobState{
		rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable,
		rivertype.JobStateRunning, rivertype.JobStateScheduled,
	}}
}
