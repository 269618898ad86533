package system_test

import (
	"context"
	"strings"
	"testing"

	"plenary/pkg/access"
	"plenary/pkg/blob"
	"plenary/pkg/errs"
	"plenary/pkg/jobs"
	"plenary/pkg/store"
	"plenary/pkg/system"
	"plenary/pkg/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

var root = access.Actor{Person: 1, Administrator: true}

type chore struct{}

func (chore) Kind() string { return "test.chore" }

func open(t *testing.T, db *store.DB) (*system.System, *jobs.Jobs) {
	t.Helper()
	queue, err := jobs.New(db, testkit.Quiet(), jobs.Settings{})
	if err != nil {
		t.Fatal(err)
	}
	if err := queue.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	jobs.Handle(queue, func(context.Context, chore) error { return nil })
	files, err := blob.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return system.New(db, queue, files, "1.2.3", "nats.example:4222"), queue
}

func write(t *testing.T, db *store.DB, fn func(tx *store.Tx) error) {
	t.Helper()
	if err := db.Write(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func TestTheReportTellsWhatThereIs(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s, queue := open(t, db)
		r, err := s.Report(t.Context(), root)
		if err != nil {
			t.Fatal(err)
		}
		if r.Version != "1.2.3" || r.Broker != "nats.example:4222" || r.Engine != db.Engine() || !strings.Contains(r.EngineVersion, ".") ||
			r.DatabaseBytes < 100_000 || r.Files != 0 || r.FileBytes != 0 || !r.FreeKnown || r.FreeBytes <= 0 || len(r.Jobs) != 0 || len(r.Failed) != 0 {
			t.Errorf("an empty forum reports %+v", r)
		}
		write(t, db, func(tx *store.Tx) error {
			if err := tx.Exec("INSERT INTO people (id, handle, name, created_at) VALUES (1, 'root', 'Root', 0)").Error; err != nil {
				return err
			}
			for _, f := range []struct {
				sum  string
				size int
			}{{"a", 100}, {"a", 100}, {"b", 23}} {
				if err := tx.Exec("INSERT INTO files (owner_id, name, media_type, size, sha256, created_at) VALUES (1, 'x', 'text/plain', ?, ?, 0)", f.size, f.sum).Error; err != nil {
					return err
				}
			}
			return queue.Enqueue(tx, chore{})
		})
		if r, err = s.Report(t.Context(), root); err != nil || r.Files != 3 || r.FileBytes != 123 || len(r.Jobs) != 1 || r.Jobs[0].Waiting != 1 {
			t.Errorf("it reports %+v, %v", r, err)
		}
	})
}

func TestAFailedJobIsDoneAgainForAdministratorsOnly(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s, queue := open(t, db)
		write(t, db, func(tx *store.Tx) error {
			if err := queue.Enqueue(tx, chore{}); err != nil {
				return err
			}
			return tx.Exec("UPDATE river_job SET state = 'discarded', finalized_at = CURRENT_TIMESTAMP").Error
		})
		r, err := s.Report(t.Context(), root)
		if err != nil || len(r.Failed) != 1 {
			t.Fatalf("failed are %+v, %v", r.Failed, err)
		}
		for who, want := range map[access.Actor]errs.Kind{access.Visitor(): errs.Unauthenticated, {Person: 2}: errs.Forbidden} {
			_, err := s.Report(t.Context(), who)
			if again := s.Retry(t.Context(), who, r.Failed[0].ID); errs.KindOf(err) != want || errs.KindOf(again) != want {
				t.Errorf("%+v: %v, %v", who, err, again)
			}
		}
		if err := s.Retry(t.Context(), root, r.Failed[0].ID); err != nil {
			t.Fatal(err)
		}
		if r, err = s.Report(t.Context(), root); err != nil || len(r.Failed) != 0 || len(r.Jobs) != 1 || r.Jobs[0].Waiting != 1 {
			t.Errorf("then it reports %+v, %v", r, err)
		}
	})
}
