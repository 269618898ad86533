package jobs_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"plenary/pkg/jobs"
	"plenary/pkg/store"
	"plenary/pkg/testkit"
)

func TestAJobThatFailsOrPanicsIsTriedAgain(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		var log bytes.Buffer
		j, err := jobs.New(db, slog.New(slog.NewTextHandler(&log, nil)), quick)
		if err != nil {
			t.Fatal(err)
		}
		if err := j.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		var attempts atomic.Int32
		done := make(chan struct{})
		jobs.Handle(j, func(context.Context, letter) error {
			switch attempts.Add(1) {
			case 1:
				return errors.New("the post office is closed")
			case 2:
				panic("the letter is on fire")
			}
			close(done)
			return nil
		})
		if err := j.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		write(t, db, func(tx *store.Tx) error { return j.Enqueue(tx, letter{1}) })
		await(t, done)
		eventually(t, j, jobs.Stats{})
		if err := j.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"post office is closed", "letter is on fire", "kind=test.letter", "attempt=2"} {
			if !strings.Contains(log.String(), want) {
				t.Errorf("the log lacks %q:\n%s", want, log.String())
			}
		}
		if n := strings.Count(log.String(), "will be tried again"); n != 2 || strings.Contains(log.String(), "level=INFO") {
			t.Errorf("want a line for each failure and no chatter:\n%s", log.String())
		}
	})
}

func TestAJobThatTakesTooLongIsToldToEnd(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		settings := quick
		settings.Timeout = 50 * time.Millisecond
		ended := make(chan error, 100)
		j := openWith(t, db, settings, func(ctx context.Context, _ letter) error {
			<-ctx.Done()
			ended <- ctx.Err()
			return nil
		})
		write(t, db, func(tx *store.Tx) error { return j.Enqueue(tx, letter{1}) })
		start(t, j)
		if err := await(t, ended); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("its context ended with %v", err)
		}
	})
}

func TestAPeriodicJobRunsAtTheStartAndAfterEachInterval(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		j, got := open(t, db, quick)
		j.Periodic(time.Second, letter{7})
		j.Periodic(time.Hour, letter{8})
		start(t, j)
		sent := map[int]int{}
		for range 5 {
			sent[await(t, got)]++
		}
		if sent[8] != 1 || sent[7] != 4 {
			t.Errorf("the hourly one ran %d times and the other %d", sent[8], sent[7])
		}
	})
}

func TestStopWaitsForAJobToEnd(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		begun, release := make(chan struct{}), make(chan struct{})
		j := openWith(t, db, quick, func(ctx context.Context, _ letter) error {
			close(begun)
			<-release
			return ctx.Err()
		})
		write(t, db, func(tx *store.Tx) error { return j.Enqueue(tx, letter{1}) })
		if err := j.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		await(t, begun)
		stopped := make(chan error, 1)
		go func() { stopped <- j.Stop(context.Background()) }()
		select {
		case err := <-stopped:
			t.Fatalf("stopped in the middle of a job: %v", err)
		case <-time.After(200 * time.Millisecond):
		}
		close(release)
		if err := await(t, stopped); err != nil {
			t.Fatal(err)
		}
		if s := stats(t, j); s != (jobs.Stats{}) {
			t.Errorf("the job is not done: %+v", s)
		}
	})
}

func TestAJobThatAStopCutsShortRunsAgain(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		begun := make(chan struct{})
		slow := openWith(t, db, quick, func(ctx context.Context, _ letter) error {
			close(begun)
			<-ctx.Done()
			return ctx.Err()
		})
		write(t, db, func(tx *store.Tx) error { return slow.Enqueue(tx, letter{1}) })
		if err := slow.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		await(t, begun)
		impatient, cancel := context.WithCancel(context.Background())
		cancel()
		if err := slow.Stop(impatient); err != nil {
			t.Fatal(err)
		}
		if s := stats(t, slow); s.Waiting != 1 || s.Running != 0 {
			t.Fatalf("after the stop: %+v", s)
		}
		next, got := open(t, db, quick)
		start(t, next)
		if n := await(t, got); n != 1 {
			t.Errorf("letter %d was sent", n)
		}
	})
}

func TestWhatHasFailedForTheLastTimeIsCounted(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		j, _ := open(t, db, quick)
		write(t, db, func(tx *store.Tx) error {
			if err := errors.Join(j.Enqueue(tx, letter{1}), j.Enqueue(tx, letter{2})); err != nil {
				return err
			}
			return tx.Exec(`UPDATE river_job SET state = 'discarded', finalized_at = scheduled_at
				WHERE id = (SELECT min(id) FROM river_job)`).Error
		})
		s := stats(t, j)
		if s.Failed != 1 || s.Waiting != 1 || time.Since(s.Oldest).Abs() > time.Minute {
			t.Errorf("got %+v", s)
		}
	})
}

func TestStartingTwiceIsAMistake(t *testing.T) {
	t.Parallel()
	j, _ := open(t, testkit.SQLite(t), quick)
	start(t, j)
	if err := j.Start(t.Context()); err == nil {
		t.Error("started twice")
	}
}
