// Package renames keeps the handles that people and groups had before, so that
// old addresses and old mentions lead on to whoever has them.
package renames

import (
	"database/sql"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"plenary/pkg/store"
)

// Kind is what has handles. People and groups may have the same ones.
type Kind string

// Kinds of those who have handles.
const (
	Person Kind = "person"
	Group  Kind = "group"
)

// Whoever has a handle may take Most new ones within a Span, so that nobody can
// use names up, or hide behind ever new ones.
const (
	Most = 3
	Span = 30 * 24 * time.Hour
)

// Leads returns the id of whom a former handle leads to, 0 where it never was one.
func Leads(h *gorm.DB, k Kind, handle string) (int64, error) {
	var to int64
	err := h.Raw("SELECT target_id FROM old_handles WHERE kind = ? AND handle = ?", k, handle).Row().Scan(&to)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("look where a handle leads: %w", err)
	}
	return to, nil
}

// Enough reports whether as many handles were given up lately as may be.
func Enough(tx *store.Tx, k Kind, id int64, now time.Time) (bool, error) {
	var n int64
	err := tx.Raw("SELECT COUNT(*) FROM old_handles WHERE kind = ? AND target_id = ? AND created_at > ?",
		k, id, store.At(now.Add(-Span))).Row().Scan(&n)
	if err != nil {
		return false, fmt.Errorf("count the handles of %s %d: %w", k, id, err)
	}
	return n >= Most, nil
}

// Keep lets a handle that is given up lead on.
func Keep(tx *store.Tx, k Kind, id int64, handle string, now time.Time) error {
	err := tx.Exec("INSERT INTO old_handles (kind, handle, target_id, created_at) VALUES (?, ?, ?, ?)", k, handle, id, store.At(now)).Error
	if err != nil {
		return fmt.Errorf("keep the old handle of %s %d: %w", k, id, err)
	}
	return nil
}

// Release forgets a former handle, for one who takes it again.
func Release(tx *store.Tx, k Kind, handle string) error {
	if err := tx.Exec("DELETE FROM old_handles WHERE kind = ? AND handle = ?", k, handle).Error; err != nil {
		return fmt.Errorf("release the old handle of a %s: %w", k, err)
	}
	return nil
}
