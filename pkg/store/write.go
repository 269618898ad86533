package store

import (
	"context"
	"errors"

	"gorm.io/gorm"

	"plenary/pkg/errs"
	"plenary/pkg/event"
)

// Tx is an open write transaction.
type Tx struct {
	*gorm.DB
	events []event.Event
	after  []func()
}

// AfterCommit runs fn once the transaction is on disk, and not at all where it
// is rolled back.
func (tx *Tx) AfterCommit(fn func()) { tx.after = append(tx.after, fn) }

// OnCommit registers a listener for the events of each committed transaction.
// It is called in the writer's goroutine and must be quick. Register before the
// first Write.
func (db *DB) OnCommit(fn func([]event.Event)) { db.committed = append(db.committed, fn) }

// Write runs fn in a transaction and returns when the change is on disk. It is
// the only door to a write. Inside fn only tx may be used, never the outer
// handle, and nothing slow may happen: no hashing, no network, no Markdown.
//
// On SQLite the writes that are waiting share one commit, each in a savepoint
// of its own, so that one that fails takes nobody with it. On PostgreSQL a
// transaction that lost to another one is tried once more; fn must bear that.
func (db *DB) Write(ctx context.Context, fn func(tx *Tx) error) error {
	if err := ctx.Err(); err != nil {
		return Translate(err)
	}
	run := func(g *gorm.DB) (*Tx, error) {
		// A statement that is interrupted in the middle would roll back the
		// whole shared transaction, so a write that has begun is finished.
		tx := &Tx{DB: g.WithContext(context.WithoutCancel(ctx))}
		if err := spendOnce(ctx, tx); err != nil {
			return tx, err
		}
		return tx, fn(tx)
	}
	var tx *Tx
	var err error
	if db.queue != nil {
		tx, err = db.queue.do(ctx, run)
	} else {
		tx, err = db.writePostgres(run)
	}
	if err != nil {
		return Translate(err)
	}
	for _, f := range tx.after {
		f()
	}
	if len(tx.events) > 0 {
		for _, f := range db.committed {
			f(tx.events)
		}
	}
	return nil
}

func (db *DB) writePostgres(run func(*gorm.DB) (*Tx, error)) (tx *Tx, err error) {
	for attempt := range 2 {
		err = db.writer.Transaction(func(g *gorm.DB) error {
			tx, err = run(g)
			return err
		})
		if err == nil || attempt > 0 || !lostToAnother(err) {
			return tx, err
		}
	}
	return tx, err
}

// lostToAnother reports a deadlock or a serialization failure.
func lostToAnother(err error) bool {
	t := classify(err)
	return t != nil && t.Kind == errs.Unavailable && !errors.Is(err, context.DeadlineExceeded) && t.Code == "error.busy"
}
