//go:build cgo && sqlite_fts5

package store

import (
	"errors"

	"github.com/mattn/go-sqlite3"
)

var defaultEngine = mattn

// mattnCode is the primary and the extended result code of an error of the C engine.
func mattnCode(err error) (primary, extended int, ok bool) {
	e, ok := errors.AsType[sqlite3.Error](err)
	return int(e.Code), int(e.ExtendedCode), ok
}
