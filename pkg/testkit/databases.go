// Package testkit is for tests only: fresh databases on every engine, and a
// world with a cast of people in it.
package testkit

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	_ "modernc.org/sqlite" // the pure Go engine, beside the one that the build chose

	"plenary/pkg/store"
)

// postgresURL is where the tests find PostgreSQL, unless
// PLENARY_TEST_POSTGRES says otherwise.
const postgresURL = "postgres://postgres@127.0.0.1:5432/postgres?sslmode=disable"

// Quiet is a logger for tests that do not look at the log.
func Quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

// Databases runs the test once on each engine, each time on an empty, migrated
// database of its own.
func Databases(t *testing.T, test func(t *testing.T, db *store.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, SQLite(t))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, Postgres(t))
	})
}

// Engines is Databases with the pure Go engine of SQLite as well, for what is
// about the engines themselves.
func Engines(t *testing.T, test func(t *testing.T, db *store.DB)) {
	t.Helper()
	Databases(t, test)
	t.Run("sqlite in go", func(t *testing.T) {
		t.Parallel()
		test(t, OpenDatabase(t, strings.Replace(SQLiteURL(t), "sqlite:", "sqlite+go:", 1)))
	})
}

// SQLite is an empty, migrated SQLite database in a file of its own.
func SQLite(t testing.TB) *store.DB {
	t.Helper()
	return OpenDatabase(t, SQLiteURL(t))
}

// SQLiteURL is the URL of an empty, migrated SQLite file.
func SQLiteURL(t testing.TB) string {
	t.Helper()
	template, err := sqliteTemplate()
	if err != nil {
		t.Fatalf("make the template database: %v", err)
	}
	path := filepath.Join(t.TempDir(), "plenary.db")
	if err := os.WriteFile(path, template, 0o600); err != nil {
		t.Fatal(err)
	}
	return "sqlite://" + path
}

// sqliteTemplate is the content of a migrated file, made once a process.
var sqliteTemplate = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "plenary-template")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "template.db")
	if err := migrateOnce("sqlite://" + path); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// Postgres is an empty, migrated PostgreSQL database, dropped after the test.
// Where no server can be reached the test is skipped, but fails under CI=true.
func Postgres(t testing.TB) *store.DB {
	t.Helper()
	return OpenDatabase(t, PostgresURL(t))
}

// PostgresURL is the URL of an empty, migrated PostgreSQL database.
func PostgresURL(t testing.TB) string {
	t.Helper()
	ctx := context.Background()
	admin, err := pgx.Connect(ctx, adminURL())
	if err != nil {
		Missing(t, "PostgreSQL cannot be reached at "+redacted(adminURL())+": start it, or set PLENARY_TEST_POSTGRES")
	}
	defer admin.Close(ctx)
	template, err := postgresTemplate()
	if err != nil {
		t.Fatalf("make the template database: %v", err)
	}
	name := fmt.Sprintf("plenary_test_%x", rand.Uint64())
	if _, err := admin.Exec(ctx, "CREATE DATABASE "+name+" TEMPLATE "+template); err != nil {
		t.Fatalf("clone the template database: %v", err)
	}
	t.Cleanup(func() { drop(t, name) })
	return withDatabase(name)
}

// postgresTemplate is the name of a migrated database that others are cloned
// from, made once a process. DropTemplates removes it.
var postgresTemplate = sync.OnceValues(func() (string, error) {
	ctx := context.Background()
	admin, err := pgx.Connect(ctx, adminURL())
	if err != nil {
		return "", err
	}
	defer admin.Close(ctx)
	name := fmt.Sprintf("plenary_template_%d_%x", os.Getpid(), rand.Uint32())
	if _, err := admin.Exec(ctx, "CREATE DATABASE "+name); err != nil {
		return "", err
	}
	madeTemplate.Store(&name)
	return name, migrateOnce(withDatabase(name))
})

func migrateOnce(url string) error {
	ctx := context.Background()
	db, err := store.Open(ctx, url, Quiet())
	if err != nil {
		return err
	}
	if err := db.Migrate(ctx); err != nil {
		db.Close()
		return err
	}
	return db.Close()
}

// OpenDatabase opens a database and closes it after the test.
func OpenDatabase(t testing.TB, url string) *store.DB {
	t.Helper()
	db, err := store.Open(context.Background(), url, Quiet())
	if err != nil {
		t.Fatalf("open the database: %v", err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("close the database: %v", err)
		}
	})
	return db
}

// Missing ends a test that needs what the machine lacks: it fails under
// CI=true and is skipped elsewhere, with one line that says how to get it.
func Missing(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(what)
	}
	t.Skip(what)
}

func drop(t testing.TB, name string) {
	ctx := context.Background()
	admin, err := pgx.Connect(ctx, adminURL())
	if err != nil {
		t.Errorf("drop %s: %v", name, err)
		return
	}
	defer admin.Close(ctx)
	if _, err := admin.Exec(ctx, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)"); err != nil {
		t.Errorf("drop %s: %v", name, err)
	}
}

func adminURL() string {
	if u := os.Getenv("PLENARY_TEST_POSTGRES"); u != "" {
		return u
	}
	return postgresURL
}

func withDatabase(name string) string {
	u, err := url.Parse(adminURL())
	if err != nil {
		panic("PLENARY_TEST_POSTGRES is not a URL")
	}
	u.Path = "/" + name
	return u.String()
}

func redacted(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return "an unreadable URL"
	}
	return u.Redacted()
}
