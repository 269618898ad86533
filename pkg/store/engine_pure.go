//go:build !cgo || !sqlite_fts5

package store

import _ "modernc.org/sqlite" // registers the driver "sqlite"

var defaultEngine = modernc

func mattnCode(error) (primary, extended int, ok bool) { return 0, 0, false }
