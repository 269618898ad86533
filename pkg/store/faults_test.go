package store_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/store"
	"plenary/pkg/testkit"
)

func TestBothEnginesHaveTheSameSchema(t *testing.T) {
	t.Parallel()
	if diff := cmp.Diff(strings.Split(store.SchemaOf(t, testkit.SQLite(t)), "\n"), strings.Split(store.SchemaOf(t, testkit.Postgres(t)), "\n")); diff != "" {
		t.Errorf("table, column, required: - SQLite, + PostgreSQL\n%s", diff)
	}
}

func TestBothFoldersHaveTheSameMigrations(t *testing.T) {
	names := func(folder string) (out []string) {
		entries, err := os.ReadDir(filepath.Join("migrations", folder))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			out = append(out, e.Name())
		}
		return out
	}
	if lite, pg := names("sqlite"), names("postgres"); !slices.Equal(lite, pg) {
		t.Errorf("%v and %v", lite, pg)
	}
}

func TestADatabaseOfANewerVersionIsLeftAlone(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		if err := db.Write(ctx, func(tx *store.Tx) error {
			return tx.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (?, ?)", 9999, true).Error
		}); err != nil {
			t.Fatal(err)
		}
		if err := db.Migrate(ctx); !errors.Is(err, store.ErrNewerSchema) {
			t.Errorf("got %v", err)
		}
	})
}

func TestSeveralProcessesMayMigrateAtOnce(t *testing.T) {
	ctx := context.Background()
	path := "sqlite://" + filepath.Join(t.TempDir(), "new.db")
	var wg sync.WaitGroup
	for range 4 {
		db := testkit.OpenDatabase(t, path)
		wg.Go(func() {
			if err := db.Migrate(ctx); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	s, err := testkit.OpenDatabase(t, path).Schema(ctx)
	if err != nil || s.Version != s.Latest || len(s.Pending) != 0 {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestAFullDiskIsSaidAndHealsWithoutARestart(t *testing.T) {
	db := testkit.SQLite(t)
	seedThread(t, db)
	ctx := context.Background()
	limit := func(pages int) {
		t.Helper()
		if err := db.Write(ctx, func(tx *store.Tx) error {
			var now int
			if err := tx.Raw("PRAGMA page_count").Row().Scan(&now); err != nil {
				return err
			}
			q := "PRAGMA max_page_count = 1"
			if pages > 0 {
				q = "PRAGMA max_page_count = 1000000"
			}
			return tx.Raw(q).Row().Scan(&now)
		}); err != nil {
			t.Fatal(err)
		}
	}
	grow := func() error {
		return db.Write(ctx, func(tx *store.Tx) error {
			if _, err := comment(tx, 1); err != nil {
				return err
			}
			return tx.Exec("INSERT INTO settings (key, value) VALUES (hex(randomblob(8)), hex(zeroblob(200000)))").Error
		})
	}
	limit(0)
	if err := grow(); !errs.Is(err, errs.Full) {
		t.Fatalf("on a full disk: %v", err)
	}
	if heads, err := db.Heads(ctx, []event.Topic{event.Thread(1)}); err != nil || heads[event.Thread(1)] != 0 {
		t.Errorf("reading on: %v, %v", heads, err)
	}
	limit(1)
	if err := grow(); err != nil {
		t.Errorf("once there is space again: %v", err)
	}
}

func TestAWriteBehindALockedDatabaseSaysBusyAndLosesNothing(t *testing.T) {
	t.Parallel()
	url := testkit.SQLiteURL(t)
	db, other := testkit.OpenDatabase(t, url), testkit.OpenDatabase(t, url)
	seedThread(t, db)
	ctx := context.Background()
	held, release := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		_ = other.Write(ctx, func(*store.Tx) error { close(held); <-release; return nil })
	})
	<-held
	err := db.Write(ctx, func(tx *store.Tx) error { _, err := comment(tx, 1); return err })
	if !errs.Is(err, errs.Unavailable) {
		t.Errorf("behind a lock: %v", err)
	}
	close(release)
	wg.Wait()
	if err := db.Write(ctx, func(tx *store.Tx) error { _, err := comment(tx, 1); return err }); err != nil {
		t.Errorf("after the lock: %v", err)
	}
}

func TestAWaitingWriteIsGivenUpWhenItsTimeIsOver(t *testing.T) {
	db := testkit.SQLite(t)
	held, release := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		_ = db.Write(context.Background(), func(*store.Tx) error { close(held); <-release; return nil })
	})
	<-held
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	if err := db.Write(ctx, func(*store.Tx) error { t.Error("begun after it was given up"); return nil }); !errs.Is(err, errs.Unavailable) {
		t.Errorf("got %v", err)
	}
	close(release)
	wg.Wait()
	if err := db.Write(context.Background(), func(*store.Tx) error { return nil }); err != nil {
		t.Error(err)
	}
}

func TestTheLogShrinksAgain(t *testing.T) {
	db := testkit.SQLite(t)
	seedThread(t, db)
	ctx := context.Background()
	for range 300 {
		if err := db.Write(ctx, func(tx *store.Tx) error {
			if _, err := comment(tx, 1); err != nil {
				return err
			}
			return tx.Exec("INSERT OR REPLACE INTO settings (key, value) VALUES ('x', hex(zeroblob(20000)))").Error
		}); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Checkpoint(ctx); err != nil {
		t.Fatal(err)
	}
	var path string
	if err := db.Read(ctx).Raw("SELECT file FROM pragma_database_list").Row().Scan(&path); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path + "-wal"); err != nil || info.Size() > 0 {
		t.Errorf("the log has %d bytes, %v", info.Size(), err)
	}
}
