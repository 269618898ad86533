package store_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"

	"plenary/pkg/store"
	"plenary/pkg/testkit"
)

// A query that fails is logged without its values; one that was given up because
// whoever asked has left is not.
func TestTheLogTellsFailuresWithoutValuesAndNoneOfThoseWhoLeft(t *testing.T) {
	for name, database := range map[string]func(testing.TB) string{"sqlite": testkit.SQLiteURL, "postgres": testkit.PostgresURL} {
		t.Run(name, func(t *testing.T) {
			var said bytes.Buffer
			db, err := store.Open(t.Context(), database(t), slog.New(slog.NewTextHandler(&said, nil)))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { db.Close() })
			gone, leave := context.WithCancel(t.Context())
			leave()
			var n int
			if err := db.Read(gone).Raw("SELECT 1").Scan(&n).Error; err == nil {
				t.Error("a query of somebody who has left was answered")
			}
			if said.Len() > 0 {
				t.Errorf("of somebody who has left the log tells %s", said.String())
			}
			if err := db.Read(t.Context()).Raw("SELECT 1 FROM nowhere WHERE secret = ?", "a-secret").Scan(&n).Error; err == nil {
				t.Error("a table that is not there was read")
			}
			if err := db.Read(t.Context()).Table("nowhere").Where("secret = ?", "a-secret").Find(&[]struct{ ID int64 }{}).Error; err == nil {
				t.Error("a table that is not there was searched")
			}
			if got := said.String(); strings.Count(got, "nowhere") < 2 || !strings.Contains(got, "nowhere") || strings.Contains(got, "a-secret") {
				t.Errorf("the log tells %q of a query that failed", got)
			}
		})
	}
}
