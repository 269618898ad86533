package store

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"plenary/pkg/errs"
)

// ErrReplayed means that the request's once-only key has been spent before:
// what it asked for was done then, and nothing was done now.
var ErrReplayed = errs.New(errs.Conflict, "error.replayed")

// Once is the once-only key of a request. Its first Write spends the key in the
// same transaction as the change, so a double send or a retry after a crash
// cannot do the thing twice.
type Once struct {
	Person int64  // who sent it; 0 for a visitor
	Key    string // chosen by the client
	Scope  string // method and path, so that a key means nothing elsewhere
	spent  atomic.Bool
}

type onceKey struct{}

// WithOnce puts the request's key into its context.
func WithOnce(ctx context.Context, o *Once) context.Context {
	return context.WithValue(ctx, onceKey{}, o)
}

// Spent reports whether a Write of this request has spent the key.
func (o *Once) Spent() bool { return o.spent.Load() }

func spendOnce(ctx context.Context, tx *Tx) error {
	o, ok := ctx.Value(onceKey{}).(*Once)
	if !ok || o.Spent() {
		return nil
	}
	done := tx.Exec(`INSERT INTO once_keys (person_id, key, scope, created_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		o.Person, o.Key, o.Scope, At(tx.NowFunc()))
	if done.Error != nil {
		return fmt.Errorf("spend a once-only key: %w", done.Error)
	}
	if done.RowsAffected == 0 {
		return ErrReplayed
	}
	tx.AfterCommit(func() { o.spent.Store(true) })
	return nil
}

// Answer is what a request was answered with.
type Answer struct {
	Status   int
	Location string
	Type     string
	Body     string
}

// KeepAnswer stores the answer beside the spent key, for a client that asks again.
func (db *DB) KeepAnswer(ctx context.Context, o *Once, a Answer) error {
	return db.Write(context.WithValue(ctx, onceKey{}, nil), func(tx *Tx) error {
		return tx.Exec(`UPDATE once_keys SET status = ?, location = ?, media_type = ?, body = ? WHERE person_id = ? AND key = ? AND scope = ?`,
			a.Status, a.Location, a.Type, a.Body, o.Person, o.Key, o.Scope).Error
	})
}

// AnswerOf gives the stored answer of a key that was spent. Status is 0 where
// the first request has not been answered yet.
func (db *DB) AnswerOf(ctx context.Context, o *Once) (Answer, error) {
	var a Answer
	err := db.Read(ctx).Raw(`SELECT COALESCE(status, 0), COALESCE(location, ''), COALESCE(media_type, ''), COALESCE(body, '')
		FROM once_keys WHERE person_id = ? AND key = ? AND scope = ?`, o.Person, o.Key, o.Scope).Row().Scan(&a.Status, &a.Location, &a.Type, &a.Body)
	if err != nil {
		return a, Translate(fmt.Errorf("read a kept answer: %w", err))
	}
	return a, nil
}

// IsReplay reports whether err says that the request was carried out before.
func IsReplay(err error) bool { return errors.Is(err, ErrReplayed) }

// DropOnceKeys forgets the keys that were spent before the instant.
func (db *DB) DropOnceKeys(ctx context.Context, before time.Time) error {
	return db.Write(ctx, func(tx *Tx) error {
		return tx.Exec("DELETE FROM once_keys WHERE created_at < ?", At(before)).Error
	})
}
