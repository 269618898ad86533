package jobs

import (
	"context"
	"database/sql"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
)

// queue is River on one of the two databases.
type queue interface {
	insert(ctx context.Context, tx *sql.Tx, job Job, opts *river.InsertOpts) error
	retry(ctx context.Context, tx *sql.Tx, id int64) error
	migrate(ctx context.Context, config *rivermigrate.Config) error
	start(ctx context.Context, config *river.Config) error
	stop(ctx context.Context) error
}

func openQueue(postgres bool, pool *sql.DB, config *river.Config) (queue, error) {
	if postgres {
		return newRiverQueue(riverpgxv5.New(nil), config, borrow, func(ctx context.Context) (*connection[pgx.Tx], error) {
			return connectPostgres(ctx, pool)
		})
	}
	driver := riversqlite.New(pool)
	same := func(_ context.Context, tx *sql.Tx) (*sql.Tx, error) { return tx, nil }
	return newRiverQueue(driver, config, same, func(context.Context) (*connection[*sql.Tx], error) {
		return &connection[*sql.Tx]{
			driver:  driver,
			migrate: func(ctx context.Context, m *rivermigrate.Migrator[*sql.Tx]) error { return migrateSQLite(ctx, pool, m) },
			close:   func() {}, // the pool is the store's
		}, nil
	})
}

// riverQueue is a queue whose River driver takes transactions of type T.
type riverQueue[T any] struct {
	inserter *river.Client[T]
	within   func(ctx context.Context, tx *sql.Tx) (T, error) // the driver's view of an open transaction
	connect  func(ctx context.Context) (*connection[T], error)

	worker  *river.Client[T] // nil unless started
	working *connection[T]
}

// connection is a driver that can reach the database by itself.
type connection[T any] struct {
	driver  riverdriver.Driver[T]
	migrate func(ctx context.Context, m *rivermigrate.Migrator[T]) error // safe for several processes at once
	close   func()
}

func newRiverQueue[T any](
	driver riverdriver.Driver[T], config *river.Config,
	within func(context.Context, *sql.Tx) (T, error),
	connect func(context.Context) (*connection[T], error),
) (queue, error) {
	inserter, err := river.NewClient(driver, config)
	if err != nil {
		return nil, err
	}
	return &riverQueue[T]{inserter: inserter, within: within, connect: connect}, nil
}

func (q *riverQueue[T]) insert(ctx context.Context, tx *sql.Tx, job Job, opts *river.InsertOpts) error {
	t, err := q.within(ctx, tx)
	if err != nil {
		return err
	}
	_, err = q.inserter.InsertTx(ctx, t, job, opts)
	return err
}

func (q *riverQueue[T]) retry(ctx context.Context, tx *sql.Tx, id int64) error {
	t, err := q.within(ctx, tx)
	if err != nil {
		return err
	}
	_, err = q.inserter.JobRetryTx(ctx, t, id)
	return err
}

func (q *riverQueue[T]) start(ctx context.Context, config *river.Config) error {
	c, err := q.connect(ctx)
	if err != nil {
		return err
	}
	worker, err := river.NewClient(c.driver, config)
	if err == nil {
		// The workers outlive the call; Stop ends them.
		err = worker.Start(context.WithoutCancel(ctx))
	}
	if err != nil {
		c.close()
		return err
	}
	q.worker, q.working = worker, c
	return nil
}

func (q *riverQueue[T]) stop(ctx context.Context) error {
	err := q.worker.Stop(ctx)
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), hardStop)
		defer cancel()
		err = q.worker.StopAndCancel(last)
	}
	if err == nil { // else a job is still at it, and needs the connection
		q.working.close()
	}
	return err
}
