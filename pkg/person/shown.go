package person

import (
	"fmt"

	"plenary/pkg/store"
)

// AddressShown notes that an account's address is its person's: somebody has
// shown what was sent there and nowhere else. It is false, and notes nothing,
// where the account has another address.
func (p *People) AddressShown(tx *store.Tx, id int64, email string) (bool, error) {
	done := tx.Exec("UPDATE people SET email_confirmed_at = COALESCE(email_confirmed_at, CAST(? AS BIGINT)) WHERE id = ? AND email = ?",
		store.At(p.now()), id, email)
	if done.Error != nil {
		return false, fmt.Errorf("confirm the address of person %d: %w", id, done.Error)
	}
	return done.RowsAffected == 1, nil
}
