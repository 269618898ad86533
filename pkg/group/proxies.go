package group

import (
	"fmt"

	"plenary/pkg/event"
	"plenary/pkg/store"
)

// endProxies ends what somebody who has left a group had put into others' hands
// there, and what others had put into theirs.
func (g *Groups) endProxies(tx *store.Tx, groupID, member int64) error {
	var ended []struct{ ID, FromID, ToID int64 }
	now := store.At(g.now())
	err := tx.Raw("UPDATE delegations SET ended_at = ? WHERE group_id = ? AND ended_at IS NULL AND (from_id = ? OR to_id = ?) RETURNING id, from_id, to_id",
		now, groupID, member, member).Scan(&ended).Error
	if err != nil {
		return fmt.Errorf("end the proxies of person %d in group %d: %w", member, groupID, err)
	}
	for _, d := range ended {
		e := event.Event{Kind: event.ProxyEnded, At: now.Time, Actor: member, Subject: d.ID}
		if err := tx.EmitToInboxes(e, []int64{d.FromID, d.ToID}); err != nil {
			return err
		}
	}
	return nil
}
