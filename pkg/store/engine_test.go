package store

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	_ "modernc.org/sqlite"
)

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

// Settings in a DSN that a driver does not know are ignored in silence, so each
// pooled connection is asked what it is really set to.
func TestEveryConnectionHasTheSettings(t *testing.T) {
	for _, e := range []engine{defaultEngine, modernc} {
		t.Run(e.name, func(t *testing.T) {
			db, err := openSQLite(context.Background(), e, filepath.Join(t.TempDir(), "a b%.db"), quiet())
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			for side, want := range map[string]map[string]string{
				"writer": {"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "5000", "secure_delete": "1", "query_only": "0"},
				"reader": {"journal_mode": "wal", "foreign_keys": "1", "busy_timeout": "5000", "query_only": "1"},
			} {
				handle, connections := db.writer, 1
				if side == "reader" {
					handle, connections = db.reader, sqliteReaders
				}
				pool, err := handle.DB()
				if err != nil {
					t.Fatal(err)
				}
				checkConnections(t, pool, connections, side, want)
			}
		})
	}
}

func checkConnections(t *testing.T, pool *sql.DB, n int, side string, want map[string]string) {
	t.Helper()
	ctx := context.Background()
	for i := range n {
		conn, err := pool.Conn(ctx) // held until the end, so that each is another
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		for pragma, value := range want {
			var got string
			if err := conn.QueryRowContext(ctx, "PRAGMA "+pragma).Scan(&got); err != nil || got != value {
				t.Errorf("%s connection %d: %s = %q, %v; want %q", side, i, pragma, got, err, value)
			}
		}
	}
}

func TestWhatADatabaseURLMayBe(t *testing.T) {
	for raw, path := range map[string]string{"sqlite:///srv/p.db": "/srv/p.db", "sqlite:data/p.db": "data/p.db", "sqlite:./data//p.db": "data/p.db"} {
		if to, err := parseURL(raw); err != nil || to.path != path || to.postgres {
			t.Errorf("%s: %+v, %v", raw, to, err)
		}
	}
	if to, err := parseURL("postgres://u@h/d"); err != nil || !to.postgres {
		t.Errorf("postgres: %+v, %v", to, err)
	}
	for _, bad := range []string{"", "data/p.db", "mysql://h/d", "sqlite:", "sqlite:///p.db?mode=ro", "postgres://%zz"} {
		if to, err := parseURL(bad); err == nil {
			t.Errorf("%s: %+v", bad, to)
		}
	}
}

// schema lists the columns of each table with what matters of them, alike for
// both engines.
func schema(t *testing.T, db *DB) string {
	t.Helper()
	query := `SELECT m.name, c.name, c."notnull" <> 0 OR c.pk > 0 FROM sqlite_schema AS m JOIN pragma_table_info(m.name) AS c
		WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE 'goose_%' ORDER BY m.name, c.name`
	if db.postgres {
		query = `SELECT table_name, column_name, is_nullable = 'NO' FROM information_schema.columns
			WHERE table_schema = 'public' AND table_name NOT LIKE 'goose_%' ORDER BY table_name COLLATE "C", column_name COLLATE "C"`
	}
	rows, err := db.Read(context.Background()).Raw(query).Rows()
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var b strings.Builder
	for rows.Next() {
		var table, column string
		var required bool
		if err := rows.Scan(&table, &column, &required); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(&b, table, column, required)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// SchemaOf lets the tests of the package's outside compare the engines.
func SchemaOf(t *testing.T, db *DB) string { return schema(t, db) }
