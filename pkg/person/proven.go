package person

import (
	"errors"
	"fmt"

	"plenary/pkg/errs"
	"plenary/pkg/store"
)

// proven notes that the account's address has been shown to be somebody's own.
// Where it happens for the first time the account may have been made by a
// stranger, in expectation of the owner: whatever else opens it ends, and the
// owner is told. Who is signed in to the account at the same time has shown both
// to be theirs, and keeps everything.
func (p *People) proven(tx *store.Tx, r row, own Session) (row, error) {
	now := store.At(p.now())
	first := tx.Exec("UPDATE people SET email_confirmed_at = ? WHERE id = ? AND email_confirmed_at IS NULL", now, r.ID)
	if first.Error != nil {
		return r, fmt.Errorf("confirm an address: %w", first.Error)
	}
	if first.RowsAffected == 0 {
		return r, nil
	}
	r.EmailConfirmedAt = &now
	tx.AfterCommit(func() { p.cache.drop(r.ID) })
	if own.ID != 0 && own.Person.ID == r.ID {
		return r, nil
	}
	ended, err := p.endAllWays(tx, r)
	if err != nil || !ended {
		return r, err
	}
	r.PasswordHash, r.TOTPSince = "", nil
	return r, p.postTo(tx, r, "email_first_confirmed", map[string]string{"Path": "/account/sign-in"})
}

// endAllWays takes from an account whatever opens it but its address, and
// reports whether there was any.
func (p *People) endAllWays(tx *store.Tx, r row) (bool, error) {
	ended := r.PasswordHash != "" || r.TOTPSince != nil
	for _, table := range []string{"sessions", "api_tokens", "passkeys", "identities"} {
		gone := tx.Exec("DELETE FROM "+table+" WHERE person_id = ?", r.ID)
		if gone.Error != nil {
			return false, fmt.Errorf("clear %s of person %d: %w", table, r.ID, gone.Error)
		}
		ended = ended || gone.RowsAffected > 0
	}
	if err := dropEmailChange(tx, r.ID, p.now()); err != nil {
		return false, err
	}
	for _, statement := range []string{
		"DELETE FROM recovery_codes WHERE person_id = ?",
		"DELETE FROM flows WHERE person_id = ?",
		"UPDATE people SET password_hash = '', totp_secret = '', totp_since = NULL, totp_last_step = 0 WHERE id = ?",
	} {
		if err := tx.Exec(statement, r.ID).Error; err != nil {
			return false, fmt.Errorf("end the ways into the account of person %d: %w", r.ID, err)
		}
	}
	p.changedRights(tx, r.ID)
	return ended, nil
}

// AddressTaken reports whether an account was not made because another one has
// its address.
func AddressTaken(err error) bool {
	e, ok := errors.AsType[*errs.Error](err)
	return ok && e.Fields["email"].Code == "field.taken"
}
