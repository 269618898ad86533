package theme

import (
	"fmt"

	"gorm.io/gorm"

	"plenary/pkg/store"
)

// mergeRow is a merge or a move as stored.
type mergeRow struct {
	ID          int64
	Kind        string
	ThemeID     int64
	IntoID      int64
	State       MergeState
	Reason      string
	SuggestedBy int64
	SuggestedAt store.Time
	DueAt       *store.Time
	DecidedBy   *int64
	DecidedAt   *store.Time
	Decision    string
	StateBefore string
}

func (mergeRow) TableName() string { return "theme_merges" }

const mergeColumns = `m.id, m.kind, m.theme_id, m.into_id, m.state, m.reason, m.suggested_by, m.suggested_at, m.due_at,
	m.decided_by, m.decided_at, m.decision, m.state_before`

// readMerges reads the merges that a condition on theme_merges AS m chooses, the
// oldest first.
func readMerges(g *gorm.DB, where string, args ...any) ([]mergeRow, error) {
	var out []mergeRow
	if err := g.Table("theme_merges AS m").Select(mergeColumns).Where(where, args...).Order("m.id").Limit(maxMerges).Find(&out).Error; err != nil {
		return nil, fmt.Errorf("read merges: %w", err)
	}
	return out, nil
}

// maxMerges bounds how many merges are read in one go.
const maxMerges = 500

// pendingMerge is what is suggested or asked about two themes; zero where nothing.
func pendingMerge(tx *store.Tx, id, into int64) (mergeRow, error) {
	found, err := readMerges(tx.DB, "m.theme_id = ? AND m.into_id = ? AND m.state IN ('suggested', 'asked')", id, into)
	if err != nil || len(found) == 0 {
		return mergeRow{}, err
	}
	return found[0], nil
}

// saveMerge writes a merge, and gives a new one its id.
func saveMerge(tx *store.Tx, m *mergeRow) error {
	if m.ID == 0 {
		if err := tx.Create(m).Error; err != nil {
			return fmt.Errorf("note the merge of theme %d: %w", m.ThemeID, err)
		}
		return nil
	}
	err := tx.Table("theme_merges").Where("id = ?", m.ID).Updates(map[string]any{"state": m.State, "reason": m.Reason, "due_at": m.DueAt,
		"decided_by": m.DecidedBy, "decided_at": m.DecidedAt, "decision": m.Decision, "state_before": m.StateBefore}).Error
	if err != nil {
		return fmt.Errorf("note the merge %d of theme %d: %w", m.ID, m.ThemeID, err)
	}
	return nil
}
