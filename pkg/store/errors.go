package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"

	"github.com/jackc/pgx/v5/pgconn"
	"gorm.io/gorm"

	"plenary/pkg/errs"
)

// SQLite's result codes, https://www.sqlite.org/rescode.html.
const (
	sqliteBusy       = 5
	sqliteLocked     = 6
	sqliteReadOnly   = 8
	sqliteIOErr      = 10
	sqliteFull       = 13
	sqliteConstraint = 19

	sqliteConstraintCheck      = 275
	sqliteConstraintForeignKey = 787
	sqliteConstraintPrimaryKey = 1555
	sqliteConstraintUnique     = 2067
	sqliteConstraintRowID      = 2579
)

// Translate gives a database error its kind. What is an *errs.Error already, or
// the end of a context, passes unchanged. It is applied to whatever leaves Write
// and, through Found, to what leaves a query.
func Translate(err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	if _, ours := errors.AsType[*errs.Error](err); ours {
		return err
	}
	if t := classify(err); t != nil {
		return t.Because(err)
	}
	return err
}

func classify(err error) *errs.Error {
	switch {
	case errors.Is(err, gorm.ErrRecordNotFound):
		return errs.New(errs.NotFound, "error.not_found")
	case errors.Is(err, context.DeadlineExceeded):
		return errs.New(errs.Unavailable, "error.busy")
	}
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return classifyPostgres(pg.Code)
	}
	if connectionLost(err) {
		return errs.New(errs.Unavailable, "error.database_gone")
	}
	if primary, extended, ok := sqliteCode(err); ok {
		return classifySQLite(primary, extended)
	}
	return nil
}

// connectionLost reports that the server was not reached, or went away.
func connectionLost(err error) bool {
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return true
	}
	if _, ok := errors.AsType[net.Error](err); ok {
		return true
	}
	return errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, net.ErrClosed) || pgconn.SafeToRetry(err)
}

// classifyPostgres goes by SQLSTATE, https://www.postgresql.org/docs/current/errcodes-appendix.html.
func classifyPostgres(state string) *errs.Error {
	switch state {
	case "23505":
		return errs.New(errs.Conflict, "error.taken")
	case "23503":
		return errs.New(errs.Conflict, "error.reference")
	case "23514", "22001", "22003", "22021":
		return errs.New(errs.Invalid, "error.out_of_bounds")
	case "40001", "40P01", "55P03", "57014":
		return errs.New(errs.Unavailable, "error.busy")
	case "53100":
		return errs.New(errs.Full, "error.disk_full")
	}
	switch state[:min(2, len(state))] {
	case "08", "53", "57":
		return errs.New(errs.Unavailable, "error.database_gone")
	}
	return nil
}

func classifySQLite(primary, extended int) *errs.Error {
	switch extended {
	case sqliteConstraintUnique, sqliteConstraintPrimaryKey, sqliteConstraintRowID:
		return errs.New(errs.Conflict, "error.taken")
	case sqliteConstraintForeignKey:
		return errs.New(errs.Conflict, "error.reference")
	case sqliteConstraintCheck:
		return errs.New(errs.Invalid, "error.out_of_bounds")
	}
	switch primary {
	case sqliteBusy, sqliteLocked:
		return errs.New(errs.Unavailable, "error.busy")
	case sqliteFull:
		return errs.New(errs.Full, "error.disk_full")
	case sqliteReadOnly, sqliteIOErr:
		return errs.New(errs.Unavailable, "error.database_gone")
	}
	return nil
}

// sqliteCode reads the result code of either SQLite engine.
func sqliteCode(err error) (primary, extended int, ok bool) {
	if primary, extended, ok := mattnCode(err); ok {
		return primary, extended, true
	}
	if e, ok := errors.AsType[interface {
		error
		Code() int
	}](err); ok {
		return e.Code() & 0xff, e.Code(), true
	}
	return 0, 0, false
}
