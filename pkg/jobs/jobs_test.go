package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"plenary/pkg/jobs"
	"plenary/pkg/store"
	"plenary/pkg/testkit"
)

func TestMain(m *testing.M) {
	if url := os.Getenv(victimOf); url != "" {
		beVictim(url)
		return
	}
	testkit.Main(m)
}

// patience is how long a test waits for what must happen.
const patience = 40 * time.Second

// quick makes waiting short.
var quick = jobs.Settings{Poll: 100 * time.Millisecond, Backoff: func(int) time.Duration { return time.Millisecond }}

type letter struct {
	N int `json:"n"`
}

func (letter) Kind() string { return "test.letter" }

type parcel struct{}

func (parcel) Kind() string { return "test.parcel" }

var errUndone = errors.New("the cause was undone")

// open prepares the queue of the database with a handler that tells of each letter.
func open(t *testing.T, db *store.DB, s jobs.Settings) (*jobs.Jobs, <-chan int) {
	t.Helper()
	got := make(chan int, 1000)
	j := openWith(t, db, s, func(_ context.Context, l letter) error {
		got <- l.N
		return nil
	})
	return j, got
}

func openWith(t *testing.T, db *store.DB, s jobs.Settings, handler func(context.Context, letter) error) *jobs.Jobs {
	t.Helper()
	j, err := jobs.New(db, testkit.Quiet(), s)
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	jobs.Handle(j, handler)
	return j
}

func start(t *testing.T, j *jobs.Jobs) {
	t.Helper()
	if err := j.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := j.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
}

func write(t *testing.T, db *store.DB, fn func(tx *store.Tx) error) {
	t.Helper()
	if err := db.Write(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func await[T any](t *testing.T, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(patience):
		t.Fatal("waited in vain")
	}
	panic("unreachable")
}

// eventually waits until the figures of the queue are as they should be; the
// oldest job's time is not compared.
func eventually(t *testing.T, j *jobs.Jobs, want jobs.Stats) {
	t.Helper()
	var diff string
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(patience); time.Now().Before(end); <-tick.C {
		got := stats(t, j)
		got.Oldest = time.Time{}
		if diff = cmp.Diff(want, got); diff == "" {
			return
		}
	}
	t.Fatalf("the queue does not settle (-want +got):\n%s", diff)
}

func stats(t *testing.T, j *jobs.Jobs) jobs.Stats {
	t.Helper()
	s, err := j.Stats(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func cause(tx *store.Tx, n int) error {
	return tx.Exec("INSERT INTO settings (key, value) VALUES (?, '')", fmt.Sprintf("cause %d", n)).Error
}

func causes(t *testing.T, db *store.DB) (n int64) {
	t.Helper()
	if err := db.Read(t.Context()).Table("settings").Where("key LIKE 'cause %'").Count(&n).Error; err != nil {
		t.Fatal(err)
	}
	return n
}

func TestAJobIsKeptWithItsCauseAndDroppedWithIt(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		j, got := open(t, db, quick)
		err := db.Write(t.Context(), func(tx *store.Tx) error {
			if err := errors.Join(cause(tx, 1), j.Enqueue(tx, letter{1})); err != nil {
				return err
			}
			return errUndone
		})
		if !errors.Is(err, errUndone) {
			t.Fatal(err)
		}
		if s := stats(t, j); s != (jobs.Stats{}) || causes(t, db) != 0 {
			t.Fatalf("after the rollback there are %d causes and %+v", causes(t, db), s)
		}
		write(t, db, func(tx *store.Tx) error { return errors.Join(cause(tx, 2), j.Enqueue(tx, letter{2})) })
		if s := stats(t, j); s.Waiting != 1 || causes(t, db) != 1 {
			t.Fatalf("after the commit there are %d causes and %+v", causes(t, db), s)
		}
		start(t, j)
		if n := await(t, got); n != 2 {
			t.Errorf("letter %d was sent", n)
		}
		eventually(t, j, jobs.Stats{})
	})
}

// Writes that come in together share a commit on SQLite, each in a savepoint.
func TestJobsOfWritesThatShareACommitStandAndFallOneByOne(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		j, _ := open(t, db, quick)
		const rounds, writers = 40, 16
		transactions := map[any]bool{}
		var kept int64
		for round := range rounds {
			kept += writeTogether(t, db, j, round*writers, writers, transactions)
			if db.Postgres() || int64(len(transactions)) < int64((round+1)*writers) {
				break
			}
		}
		if !db.Postgres() && len(transactions) == rounds*writers {
			t.Error("no two writes have shared a commit, so nothing was shown")
		}
		if s := stats(t, j); s.Waiting != kept || causes(t, db) != kept {
			t.Errorf("%d writes were kept, with %d causes and %+v", kept, causes(t, db), s)
		}
	})
}

// writeTogether starts writers at once, each with a cause and a job; every
// second one fails after both. It notes the transactions that were used and
// returns how many writes were kept.
func writeTogether(t *testing.T, db *store.DB, j *jobs.Jobs, first, writers int, used map[any]bool) (kept int64) {
	t.Helper()
	var mu sync.Mutex
	var all sync.WaitGroup
	for i := range writers {
		n := first + i
		all.Go(func() {
			err := db.Write(t.Context(), func(tx *store.Tx) error {
				mu.Lock()
				used[tx.Statement.ConnPool] = true
				mu.Unlock()
				if err := errors.Join(cause(tx, n), j.Enqueue(tx, letter{n})); err != nil {
					return err
				}
				if n%2 == 1 {
					return errUndone
				}
				return nil
			})
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				kept++
			case !errors.Is(err, errUndone):
				t.Error(err)
			}
		})
	}
	all.Wait()
	return kept
}

func TestAJobForLaterWaitsForItsTime(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		ran := make(chan time.Time, 10)
		j := openWith(t, db, quick, func(context.Context, letter) error {
			ran <- time.Now()
			return nil
		})
		soon, late := time.Now().Add(1500*time.Millisecond), time.Now().Add(time.Hour)
		write(t, db, func(tx *store.Tx) error {
			return errors.Join(j.EnqueueAt(tx, letter{1}, soon, false), j.EnqueueAt(tx, letter{2}, late, false))
		})
		start(t, j)
		if at := await(t, ran); at.Before(soon.Truncate(time.Millisecond)) {
			t.Errorf("ran %v too early", soon.Sub(at))
		}
		eventually(t, j, jobs.Stats{Scheduled: 1})
		if s := stats(t, j); s.Oldest.Sub(late).Abs() > 2*time.Millisecond {
			t.Errorf("the one that is left is due at %v, want %v", s.Oldest, late.UTC())
		}
	})
}

func TestAJobForAnInstantThatHasPassedRunsAtOnce(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		j, _ := open(t, db, quick)
		write(t, db, func(tx *store.Tx) error { return j.EnqueueAt(tx, letter{1}, time.Now().Add(-time.Hour), false) })
		if s := stats(t, j); s.Waiting != 1 || s.Scheduled != 0 {
			t.Errorf("got %+v", s)
		}
	})
}

func TestAUniqueJobIsThereOnceUntilItIsDone(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		j, got := open(t, db, quick)
		later := time.Now().Add(time.Hour)
		for range 2 {
			write(t, db, func(tx *store.Tx) error {
				return errors.Join(j.EnqueueAt(tx, letter{1}, later, true), j.EnqueueAt(tx, letter{1}, later, true),
					j.EnqueueAt(tx, letter{2}, later, true))
			})
		}
		if s := stats(t, j); s.Scheduled != 2 {
			t.Fatalf("want one job of each of two letters, got %+v", s)
		}
		start(t, j)
		for range 2 { // once done, it may be asked for again
			write(t, db, func(tx *store.Tx) error { return j.EnqueueAt(tx, letter{3}, time.Time{}, true) })
			if n := await(t, got); n != 3 {
				t.Fatalf("letter %d was sent", n)
			}
			eventually(t, j, jobs.Stats{Scheduled: 2})
		}
	})
}

func TestWhatHasNoHandlerIsRefused(t *testing.T) {
	t.Parallel()
	db := testkit.SQLite(t)
	j, err := jobs.New(db, testkit.Quiet(), jobs.Settings{})
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Start(t.Context()); err == nil {
		t.Error("workers without any handler have started")
	}
	jobs.Handle(j, func(context.Context, letter) error { return nil })
	if err := db.Write(t.Context(), func(tx *store.Tx) error { return j.Enqueue(tx, parcel{}) }); err == nil {
		t.Error("a job without a handler was taken")
	}
	j.Periodic(time.Hour, parcel{})
	if err := j.Start(t.Context()); err == nil {
		t.Error("a periodic job without a handler was taken")
	}
	if err := j.Stop(t.Context()); err != nil {
		t.Errorf("stop what never started: %v", err)
	}
}
