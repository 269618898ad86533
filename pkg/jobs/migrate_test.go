package jobs_test

import (
	"errors"
	"sync"
	"testing"

	"plenary/pkg/jobs"
	"plenary/pkg/store"
	"plenary/pkg/testkit"
)

func TestSeveralProcessesMayMigrateAtOnce(t *testing.T) {
	t.Parallel()
	migrations := map[string]func(testing.TB) string{"sqlite": testkit.SQLiteURL, "postgres": testkit.PostgresURL}
	for name, newURL := range migrations {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := newURL(t)
			var all sync.WaitGroup
			for range 3 {
				j, err := jobs.New(testkit.OpenDatabase(t, url), testkit.Quiet(), quick)
				if err != nil {
					t.Fatal(err)
				}
				all.Go(func() {
					if err := j.Migrate(t.Context()); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
		})
	}
}

func TestTablesOfANewerVersionAreLeftAlone(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		j, _ := open(t, db, quick)
		if err := j.Migrate(t.Context()); err != nil {
			t.Fatalf("a second time: %v", err)
		}
		write(t, db, func(tx *store.Tx) error {
			return tx.Exec("INSERT INTO river_migration (line, version) VALUES ('main', 9999)").Error
		})
		if err := j.Migrate(t.Context()); !errors.Is(err, store.ErrNewerSchema) {
			t.Errorf("got %v", err)
		}
	})
}
