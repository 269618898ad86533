package store_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/store"
	"plenary/pkg/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// seedThread makes one person, one group and one thread, with ids of 1.
func seedThread(t *testing.T, db *store.DB) {
	t.Helper()
	now := store.At(time.Now())
	err := db.Write(context.Background(), func(tx *store.Tx) error {
		return errors.Join(
			tx.Exec(`INSERT INTO people (id, handle, name, created_at) VALUES (1, 'ana', 'Ana', ?)`, now).Error,
			tx.Exec(`INSERT INTO groups (id, handle, name, visibility, created_at) VALUES (1, 'garden', 'Garden', 'public', ?)`, now).Error,
			tx.Exec(`INSERT INTO threads (id, group_id, author_id, title, visibility, created_at, last_activity_at) VALUES (1, 1, 1, 'Hello', 'public', ?, ?)`, now, now).Error)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func comment(tx *store.Tx, subject int64) (event.Event, error) {
	return tx.Emit(event.Event{Topic: event.Thread(1), Kind: event.CommentCreated, At: time.Now(), Actor: 1, Thread: 1, Subject: subject})
}

func TestSeqHasNoGapsHoweverManyWriteAtOnceAndFail(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *store.DB) {
		seedThread(t, db)
		ctx := context.Background()
		var wg sync.WaitGroup
		refused := errors.New("refused")
		for w := range 8 {
			wg.Go(func() {
				for i := range 25 {
					err := db.Write(ctx, func(tx *store.Tx) error {
						if _, err := comment(tx, int64(w*100+i)); err != nil {
							return err
						}
						if i%5 == 0 {
							return refused
						}
						return nil
					})
					if i%5 == 0 != errors.Is(err, refused) {
						t.Errorf("write %d.%d: %v", w, i, err)
					}
				}
			})
		}
		wg.Wait()
		events, err := store.Events(db.Read(ctx), event.Thread(1), store.Span{Limit: 1000})
		if err != nil || len(events) != 8*20 {
			t.Fatalf("%d events, %v; want 160", len(events), err)
		}
		for i, e := range events {
			if e.Seq != int64(i+1) || e.Item != int64(i+1) {
				t.Fatalf("event %d has seq %d and item %d", i, e.Seq, e.Item)
			}
		}
	})
}

func TestListenersHearOnlyOfWhatWasCommitted(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *store.DB) {
		seedThread(t, db)
		var heard []event.Event
		db.OnCommit(func(es []event.Event) { heard = append(heard, es...) })
		ctx := context.Background()
		after := 0
		write := func(fail error) error {
			return db.Write(ctx, func(tx *store.Tx) error {
				tx.AfterCommit(func() { after++ })
				if _, err := comment(tx, 1); err != nil {
					return err
				}
				return fail
			})
		}
		if err := write(errors.New("no")); err == nil || len(heard) != 0 || after != 0 {
			t.Fatalf("a failed write: %v, heard %v, after %d", err, heard, after)
		}
		if err := write(nil); err != nil || len(heard) != 1 || heard[0].Seq != 1 || after != 1 {
			t.Fatalf("a write: %v, heard %v, after %d", err, heard, after)
		}
	})
}

func TestAPanicInAWriteReachesItsCallerAndHarmsNobodyElse(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *store.DB) {
		seedThread(t, db)
		ctx := context.Background()
		func() {
			defer func() {
				if recover() == nil {
					t.Error("the panic was swallowed")
				}
			}()
			_ = db.Write(ctx, func(*store.Tx) error { panic("oh") })
		}()
		if err := db.Write(ctx, func(tx *store.Tx) error { _, err := comment(tx, 1); return err }); err != nil {
			t.Errorf("the next write: %v", err)
		}
	})
}

func TestAWriteWhoseCallerHasGoneIsNotBegun(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *store.DB) {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		err := db.Write(ctx, func(*store.Tx) error { t.Error("begun"); return nil })
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
}

func TestDatabaseErrorsHaveTheSameKindOnBothEngines(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *store.DB) {
		seedThread(t, db)
		now := store.At(time.Now())
		for _, c := range []struct {
			name string
			sql  string
			args []any
			kind errs.Kind
			code string
		}{
			{"unique", `INSERT INTO people (handle, name, created_at) VALUES ('ana', 'Other', ?)`, []any{now}, errs.Conflict, "error.taken"},
			{"primary key", `INSERT INTO settings (key, value) VALUES ('a', '1'), ('a', '2')`, nil, errs.Conflict, "error.taken"},
			{"foreign key", `INSERT INTO memberships (group_id, person_id, role, created_at) VALUES (99, 1, 'member', ?)`, []any{now}, errs.Conflict, "error.reference"},
			{"check", `INSERT INTO memberships (group_id, person_id, role, created_at) VALUES (1, 1, 'king', ?)`, []any{now}, errs.Invalid, "error.out_of_bounds"},
		} {
			err := db.Write(context.Background(), func(tx *store.Tx) error { return tx.Exec(c.sql, c.args...).Error })
			if !errs.Is(err, c.kind) || errs.CodeOf(err) != c.code {
				t.Errorf("%s: %v", c.name, err)
			}
		}
		err := store.Translate(db.Read(context.Background()).Table("people").Where("id = 99").Take(&struct{ ID int64 }{}).Error)
		if !errs.Is(err, errs.NotFound) {
			t.Errorf("a missing row: %v", err)
		}
	})
}

func TestTheReadHandleCannotWrite(t *testing.T) {
	db := testkit.SQLite(t)
	if err := db.Read(context.Background()).Exec(`INSERT INTO settings (key, value) VALUES ('a', 'b')`).Error; err == nil {
		t.Error("a write went through the read handle")
	}
}

func TestAOnceOnlyKeyIsSpentOnceHoweverManyTryTogether(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *store.DB) {
		seedThread(t, db)
		var wg sync.WaitGroup
		var mu sync.Mutex
		replays := 0
		for range 20 {
			wg.Go(func() {
				ctx := store.WithOnce(context.Background(), &store.Once{Person: 1, Key: "k", Scope: "POST /t/1/comments"})
				err := db.Write(ctx, func(tx *store.Tx) error { _, err := comment(tx, 1); return err })
				mu.Lock()
				defer mu.Unlock()
				switch {
				case store.IsReplay(err):
					replays++
				case err != nil:
					t.Error(err)
				}
			})
		}
		wg.Wait()
		heads, err := db.Heads(context.Background(), []event.Topic{event.Thread(1), event.Thread(99)})
		if err != nil || heads[event.Thread(1)] != 1 || replays != 19 || len(heads) != 1 {
			t.Errorf("heads %v, %d replays, %v", heads, replays, err)
		}
	})
}

func TestAFailedWriteDoesNotSpendTheKeyAndAnAnswerIsKept(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *store.DB) {
		o := &store.Once{Person: 1, Key: "k", Scope: "POST /x"}
		ctx := store.WithOnce(context.Background(), o)
		if err := db.Write(ctx, func(*store.Tx) error { return fmt.Errorf("no") }); err == nil || o.Spent() {
			t.Fatalf("spent by a failure: %v", err)
		}
		for range 2 { // a second write of the same request is not a replay
			if err := db.Write(ctx, func(*store.Tx) error { return nil }); err != nil {
				t.Fatal(err)
			}
		}
		want := store.Answer{Status: 201, Location: "/c/1", Type: "application/json", Body: "{}"}
		if err := db.KeepAnswer(ctx, o, want); err != nil {
			t.Fatal(err)
		}
		if got, err := db.AnswerOf(ctx, o); err != nil || got != want {
			t.Errorf("got %+v, %v", got, err)
		}
	})
}

func TestTimesAreKeptToTheMicrosecondInUTC(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *store.DB) {
		at := time.Date(2026, 3, 29, 2, 30, 0, 123456789, time.FixedZone("x", 3600))
		seedThread(t, db)
		ctx := context.Background()
		if err := db.Write(ctx, func(tx *store.Tx) error {
			return tx.Exec(`UPDATE threads SET created_at = ?, pinned_at = ? WHERE id = 1`, store.At(at), store.AtPtr(at)).Error
		}); err != nil {
			t.Fatal(err)
		}
		var row struct {
			CreatedAt          store.Time
			PinnedAt, ClosedAt *store.Time
		}
		if err := db.Read(ctx).Table("threads").Where("id = 1").Take(&row).Error; err != nil {
			t.Fatal(err)
		}
		want := time.Date(2026, 3, 29, 1, 30, 0, 123456000, time.UTC)
		if !row.CreatedAt.Equal(want) || row.PinnedAt == nil || !row.PinnedAt.Equal(want) || row.ClosedAt != nil {
			t.Errorf("got %+v", row)
		}
	})
}
