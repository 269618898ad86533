package store

import (
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
)

// engine is one way to reach a database: a driver by its registered name, and
// how that driver spells the settings.
type engine struct {
	name   string // for logs: sqlite, sqlite (pure Go), postgres
	driver string // as registered with database/sql
	writer func(path string) string
	reader func(path string) string
}

// The C engine, twice as fast under contention; see docs/decisions.
var mattn = engine{
	name:   "sqlite",
	driver: "sqlite3",
	writer: func(path string) string {
		return fileURI(path, "_journal_mode=WAL", "_synchronous=FULL", "_busy_timeout=5000",
			"_txlock=immediate", "_foreign_keys=on", "_secure_delete=on", "_stmt_cache_size=64")
	},
	reader: func(path string) string {
		return fileURI(path, "mode=ro", "_busy_timeout=5000", "_query_only=on", "_foreign_keys=on", "_stmt_cache_size=128")
	},
}

// The pure Go engine, for where there is no C compiler.
var modernc = engine{
	name:   "sqlite (pure Go)",
	driver: "sqlite",
	writer: func(path string) string {
		return fileURI(path, "_pragma=journal_mode(WAL)", "_pragma=synchronous(FULL)", "_pragma=busy_timeout(5000)",
			"_pragma=foreign_keys(1)", "_pragma=secure_delete(1)", "_txlock=immediate")
	},
	reader: func(path string) string {
		return fileURI(path, "mode=ro", "_pragma=busy_timeout(5000)", "_pragma=query_only(1)", "_pragma=foreign_keys(1)")
	},
}

func fileURI(path string, settings ...string) string {
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + strings.Join(settings, "&")
}

// target is where a database URL points.
type target struct {
	postgres bool
	engine   engine // SQLite: which one
	path     string // SQLite: the file
	dsn      string // PostgreSQL: the URL as given
}

// parseURL reads sqlite:///absolute/path, sqlite:relative/path, or
// postgres://user@host/name. The scheme sqlite+go asks for the pure Go engine
// where the program has both.
func parseURL(raw string) (target, error) {
	switch {
	case strings.HasPrefix(raw, "postgres://"), strings.HasPrefix(raw, "postgresql://"):
		if _, err := url.Parse(raw); err != nil {
			return target{}, fmt.Errorf("database URL is not a URL; want postgres://user:password@host:5432/name")
		}
		return target{postgres: true, dsn: raw}, nil
	case strings.HasPrefix(raw, "sqlite:"), strings.HasPrefix(raw, "sqlite+go:"):
		scheme, path, _ := strings.Cut(raw, ":")
		path = strings.TrimPrefix(path, "//")
		if path == "" || strings.ContainsAny(path, "?#") {
			return target{}, fmt.Errorf("database URL %q: want sqlite:///path/to/file.db", raw)
		}
		e := defaultEngine
		if scheme == "sqlite+go" {
			e = modernc
		}
		return target{engine: e, path: filepath.Clean(path)}, nil
	}
	return target{}, fmt.Errorf("database URL: want sqlite:///path/to/file.db or postgres://user@host/name")
}
