package jobs_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"plenary/pkg/errs"
	"plenary/pkg/jobs"
	"plenary/pkg/store"
	"plenary/pkg/testkit"
)

func TestAJobThatFailedForGoodIsListedAndCanBeDoneAgain(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		var mended atomic.Bool
		done := make(chan int, 10)
		j := openWith(t, db, quick, func(_ context.Context, l letter) error {
			if l.N == 1 && !mended.Load() {
				return errors.New("no stamps left")
			}
			done <- l.N
			return nil
		})
		jobs.Handle(j, func(context.Context, parcel) error { return nil })
		write(t, db, func(tx *store.Tx) error {
			return errors.Join(j.Enqueue(tx, letter{1}), j.EnqueueAt(tx, parcel{}, time.Now().Add(time.Hour), false),
				tx.Exec("UPDATE river_job SET max_attempts = 2 WHERE kind = 'test.letter'").Error)
		})
		start(t, j)
		eventually(t, j, jobs.Stats{Scheduled: 1, Failed: 1})
		kinds, err := j.ByKind(t.Context())
		if err != nil || len(kinds) != 2 || kinds[0].Kind != "test.letter" || kinds[0].Failed != 1 || kinds[1].Kind != "test.parcel" || kinds[1].Scheduled != 1 {
			t.Errorf("by kind there are %+v, %v", kinds, err)
		}
		failed, err := j.Failed(t.Context())
		if err != nil || len(failed) != 1 || !failed[0].Over || failed[0].Attempts != 2 || failed[0].Error != "no stamps left" || time.Since(failed[0].At).Abs() > time.Minute {
			t.Fatalf("failed are %+v, %v", failed, err)
		}
		mended.Store(true)
		write(t, db, func(tx *store.Tx) error { return j.Retry(tx, failed[0].ID) })
		if n := await(t, done); n != 1 {
			t.Errorf("letter %d was sent", n)
		}
		eventually(t, j, jobs.Stats{Scheduled: 1})
		if failed, err = j.Failed(t.Context()); err != nil || len(failed) != 0 {
			t.Errorf("failed are %+v, %v", failed, err)
		}
	})
}

func TestOnlyWhatFailedIsDoneAgain(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		j, _ := open(t, db, quick)
		write(t, db, func(tx *store.Tx) error { return j.EnqueueAt(tx, letter{1}, time.Now().Add(time.Hour), false) })
		var id int64
		if err := db.Read(t.Context()).Raw("SELECT id FROM river_job").Row().Scan(&id); err != nil {
			t.Fatal(err)
		}
		for _, id := range []int64{id, id + 1, 0, -1} {
			if err := db.Write(t.Context(), func(tx *store.Tx) error { return j.Retry(tx, id) }); !errs.Is(err, errs.NotFound) {
				t.Errorf("job %d: %v, want not found", id, err)
			}
		}
		if s := stats(t, j); s.Scheduled != 1 || s.Waiting != 0 {
			t.Errorf("now there are %+v", s)
		}
	})
}
