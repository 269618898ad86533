package store

import (
	"database/sql/driver"
	"fmt"
	"time"
)

// Time is an instant as the database keeps it: whole microseconds since 1970 in
// an integer column, always UTC, so that both engines store, compare and sort
// it alike.
type Time struct{ time.Time }

// At is t as a Time, in UTC, cut to microseconds.
func At(t time.Time) Time { return Time{t.UTC().Truncate(time.Microsecond)} }

// AtPtr is a pointer to At(t), for columns that may be empty.
func AtPtr(t time.Time) *Time {
	v := At(t)
	return &v
}

// Value implements driver.Valuer.
func (t Time) Value() (driver.Value, error) { return t.UnixMicro(), nil }

// Scan implements sql.Scanner.
func (t *Time) Scan(src any) error {
	n, ok := src.(int64)
	if !ok {
		return fmt.Errorf("scan a time: want an integer, got %T", src)
	}
	t.Time = time.UnixMicro(n).UTC()
	return nil
}

// GormDataType tells gorm that the column is an integer.
func (Time) GormDataType() string { return "bigint" }
