package person

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"gorm.io/gorm"

	"plenary/pkg/errs"
	"plenary/pkg/store"
)

// SignIn lets in who knows the password of an account, named by email or
// handle. device is what the sign-in came from, shown in the list of sessions.
//
// An unknown account and a wrong password are the same error, Unauthenticated
// "person.wrong_password", after the same work. Too many attempts on one account
// are TooMany with RetryAfter in seconds; too many people at once, Unavailable.
func (p *People) SignIn(ctx context.Context, login, password, device string) (Entry, error) {
	login = strings.ToLower(strings.TrimPrefix(strings.TrimSpace(login), "@"))
	if err := p.throttle.begin(login, p.now()); err != nil {
		return Entry{}, err
	}
	r, known, err := p.account(ctx, login, password)
	if err != nil {
		p.throttle.undo(login)
		return Entry{}, err
	}
	if !known {
		return Entry{}, errs.New(errs.Unauthenticated, "person.wrong_password")
	}
	p.throttle.succeeded(login)
	if err := p.renewHash(ctx, r, password); err != nil {
		return Entry{}, err
	}
	return p.enter(ctx, r, Proof{Method: ByPassword, Device: device})
}

// account finds the account with that password. The password is hashed whether
// or not there is such an account.
func (p *People) account(ctx context.Context, login, password string) (row, bool, error) {
	r := row{}
	if login = strings.ToValidUTF8(login, ""); !strings.Contains(login, "\x00") { // which PostgreSQL would refuse
		found, err := one(p.db.Read(ctx), "(p.email = ? OR p.handle = ?) AND p.linked_to IS NULL", login, login)
		if err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
			return row{}, false, store.Translate(fmt.Errorf("look for an account: %w", err))
		}
		r = found
	}
	ok, err := p.hasher.matches(ctx, r.PasswordHash, password)
	return r, ok, err
}

// renewHash hashes the password anew where the cost of hashing has changed.
func (p *People) renewHash(ctx context.Context, r row, password string) error {
	if !p.hasher.stale(r.PasswordHash) {
		return nil
	}
	hash, err := p.hasher.hash(ctx, password)
	if err != nil {
		return err
	}
	return p.db.Write(ctx, func(tx *store.Tx) error {
		return tx.Exec("UPDATE people SET password_hash = ? WHERE id = ? AND password_hash = ?", hash, r.ID, r.PasswordHash).Error
	})
}
