package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"gorm.io/gorm"
)

// sharedCommit is how many writes may share a commit.
const sharedCommit = 64

var errClosed = errors.New("the database is closed")

// queue serialises writes on SQLite's one writer connection. A lone write gets
// a transaction of its own at once. Those that come in meanwhile share the next
// one: a commit costs a flush of the disk, and one flush can serve many.
type queue struct {
	db      *gorm.DB
	waiting chan *ticket
	quit    chan struct{}
	done    sync.WaitGroup
}

// ticket is one write that waits for its turn.
type ticket struct {
	run   func(*gorm.DB) (*Tx, error)
	taken atomic.Bool // by the writer, or given up by the caller: whoever is first
	tx    *Tx
	err   error
	panic any
	ready chan struct{}
}

func startQueue(db *gorm.DB) *queue {
	q := &queue{db: db, waiting: make(chan *ticket, 1024), quit: make(chan struct{})}
	q.done.Go(q.serve)
	return q
}

// stop finishes what is waiting and ends the writer.
func (q *queue) stop() {
	close(q.quit)
	q.done.Wait()
}

// do waits until run has been committed or has failed. Where ctx ends before
// the turn has come, nothing is written.
func (q *queue) do(ctx context.Context, run func(*gorm.DB) (*Tx, error)) (*Tx, error) {
	t := &ticket{run: run, ready: make(chan struct{})}
	select {
	case q.waiting <- t:
	case <-q.quit:
		return nil, errClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	select {
	case <-t.ready:
	case <-ctx.Done():
		if t.taken.CompareAndSwap(false, true) {
			return nil, ctx.Err()
		}
		<-t.ready // it has begun: its end is near, and the caller must know it
	}
	if t.panic != nil {
		panic(t.panic)
	}
	return t.tx, t.err
}

func (q *queue) serve() {
	for {
		select {
		case t := <-q.waiting:
			q.commit(t)
		case <-q.quit:
			q.drain()
			return
		}
	}
}

func (q *queue) drain() {
	for {
		select {
		case t := <-q.waiting:
			q.commit(t)
		default:
			return
		}
	}
}

// commit runs first and whatever waits behind it in one transaction. Everybody
// is answered when it has ended, those whose write failed too: what they were
// refused for may be the doing of another write in the same transaction, which
// is not true before it is on disk.
func (q *queue) commit(first *ticket) {
	if !first.taken.CompareAndSwap(false, true) {
		return
	}
	tried := []*ticket{first}
	err := q.db.Transaction(func(g *gorm.DB) error {
		if first.attempt(g); first.err != nil {
			return first.err
		}
		for len(tried) < sharedCommit {
			t := q.next()
			if t == nil {
				break
			}
			tried = append(tried, t)
			if err := t.attemptWithin(g); err != nil {
				return err
			}
		}
		return nil
	})
	for _, t := range tried {
		if err != nil {
			t.err = err
		}
		close(t.ready)
	}
}

// next takes a ticket that is waiting now, or none.
func (q *queue) next() *ticket {
	for {
		select {
		case t := <-q.waiting:
			if t.taken.CompareAndSwap(false, true) {
				return t
			}
		default:
			return nil
		}
	}
}

// attempt runs the write; a panic becomes an error here and a panic again where
// the caller waits.
func (t *ticket) attempt(g *gorm.DB) {
	defer func() {
		if p := recover(); p != nil {
			t.panic, t.err = p, fmt.Errorf("panic in a write: %v", p)
		}
	}()
	t.tx, t.err = t.run(g)
}

// attemptWithin runs the write in a savepoint. Its own failure is its caller's
// affair; the returned error means that the shared transaction is lost.
func (t *ticket) attemptWithin(g *gorm.DB) error {
	const point = "shared"
	if err := g.SavePoint(point).Error; err != nil {
		return err
	}
	if t.attempt(g); t.err == nil {
		return nil
	}
	return g.RollbackTo(point).Error
}
