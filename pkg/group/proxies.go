package group

import (
	"fmt"

	"plenary/pkg/store"
)

// endProxies ends what somebody who has left a group had put into others' hands
// there, and what others had put into theirs.
func (g *Groups) endProxies(tx *store.Tx, groupID, member int64) error {
	err := tx.Exec("UPDATE delegations SET ended_at = ? WHERE group_id = ? AND ended_at IS NULL AND (from_id = ? OR to_id = ?)",
		store.At(g.now()), groupID, member, member).Error
	if err != nil {
		return fmt.Errorf("end the proxies of person %d in group %d: %w", member, groupID, err)
	}
	return nil
}
