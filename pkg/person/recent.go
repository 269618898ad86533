package person

import (
	"context"
	"errors"
	"fmt"
	"time"

	"plenary/pkg/errs"
	"plenary/pkg/store"
)

// RecentFor is how long a proof is good for what would hurt most in the wrong
// hands: a session that was left open is not enough for that.
const RecentFor = 10 * time.Minute

func errAgain() error { return errs.New(errs.Unauthenticated, "person.prove_again") }

// CheckRecent tells whether the session's person has proved who they are a
// moment ago: nil, or Unauthenticated "person.prove_again".
func CheckRecent(s Session, now time.Time) error {
	if s.ID == 0 {
		return errSignIn()
	}
	if now.Sub(s.ProvedAt) > RecentFor {
		return errAgain()
	}
	return nil
}

// Reprove notes that the session's person has proved again who they are, by a
// method that has been checked. The session's secret is replaced: token is the
// present one, and the new one is returned.
func (p *People) Reprove(ctx context.Context, s Session, token string, m Method) (fresh string, err error) {
	err = p.db.Write(ctx, func(tx *store.Tx) error {
		fresh, err = p.reprove(tx, s, token, m)
		return err
	})
	return fresh, err
}

func (p *People) reprove(tx *store.Tx, s Session, token string, m Method) (string, error) {
	old, ok := Digest(token)
	if !ok {
		return "", errEnded()
	}
	fresh, digest, err := NewSecret(p.random)
	if err != nil {
		return "", err
	}
	now := store.At(p.now())
	proved := tx.Exec("UPDATE sessions SET token_hash = ?, method = ?, proved_at = ? WHERE id = ? AND token_hash = ? AND expires_at > ?",
		digest, string(m), now, s.ID, old, now)
	if proved.Error != nil {
		return "", fmt.Errorf("prove a session again: %w", proved.Error)
	}
	if proved.RowsAffected == 0 {
		return "", errEnded()
	}
	tx.AfterCommit(func() { p.cache.drop(s.Person.ID) })
	return fresh, nil
}

// Again is a proof that somebody who is signed in gives again: their password,
// or the code that was sent to their address; and the second factor, where they
// have one.
type Again struct {
	Password string
	Browser  string // secret of the browser that asked for the code
	Code     string // from the mail
	Second   string // from the app, or a recovery code
}

// ProveAgain checks the proof and replaces the session's secret. Errors: Invalid
// about the fields "password", "code" and "second"; TooMany.
func (p *People) ProveAgain(ctx context.Context, s Session, token string, in Again) (fresh string, err error) {
	r, err := one(p.db.Read(ctx), "p.id = ?", s.Person.ID)
	if err != nil {
		return "", store.Translate(fmt.Errorf("read person %d: %w", s.Person.ID, err))
	}
	method := ByMail
	if in.Password != "" {
		method = ByPassword
		if err := p.proveOld(ctx, r, in.Password); err != nil {
			return "", forPassword(err)
		}
	}
	if method == ByMail {
		if err := p.typedCodes.take(byPerson(r.ID), p.now()); err != nil {
			return "", err
		}
	}
	account := "again " + secondAccount(r.ID) // not slowed down by strangers
	if r.TOTPSince != nil {
		if err := p.throttle.begin(account, p.now()); err != nil {
			return "", err
		}
	}
	var wrong error
	err = p.db.Write(ctx, func(tx *store.Tx) error {
		if wrong, err = p.proveInWrite(tx, s, r, method, in); err != nil || wrong != nil {
			return err // wrong tries are counted, so they are committed
		}
		fresh, err = p.reprove(tx, s, token, method)
		return err
	})
	if err == nil {
		err = wrong
	}
	if err == nil {
		p.throttle.succeeded(account)
	}
	return fresh, err
}

// proveInWrite uses up the codes of a proof; wrong says which was not good.
func (p *People) proveInWrite(tx *store.Tx, s Session, r row, method Method, in Again) (wrong, err error) {
	var m mailRow
	if method == ByMail {
		var right bool
		m, right, err = p.tryCode(tx, in.Browser, in.Code)
		if errs.Is(err, errs.Gone) || err == nil && (!right || m.PersonID == nil || *m.PersonID != r.ID) {
			return errCode("code"), nil
		}
		if err != nil {
			return nil, err
		}
	}
	right := r.TOTPSince == nil
	if !right {
		right, err = p.useSecond(tx, r.ID, in.Second)
	}
	if err == nil && right && method == ByMail {
		_, err = p.proven(tx, r, s)
	}
	if err != nil || right {
		return nil, err
	}
	// The code of the mail stays good for another try with the second factor.
	err = tx.Exec("UPDATE mail_codes SET used_at = NULL WHERE id = ?", m.ID).Error
	return errCode("second"), err
}

// SetOwnPassword gives a person a password of their choice. Who has proved a
// moment ago by mail, passkey or provider who they are needs no old one: they may
// have forgotten it, or never had one. It ends all of the person's sessions, the
// present one too, and with tokens their API tokens; the caller opens a new
// session with OpenSession. Errors: Invalid
// about the fields "current" and "password"; "person.prove_again" where there is
// no old password to ask for.
func (p *People) SetOwnPassword(ctx context.Context, s Session, old, new string, tokens bool) error {
	if s.ID == 0 {
		return errSignIn()
	}
	r, err := one(p.db.Read(ctx), "p.id = ?", s.Person.ID)
	if err != nil {
		return store.Translate(fmt.Errorf("read person %d: %w", s.Person.ID, err))
	}
	if !ProvedOtherwise(s, p.now()) {
		if r.PasswordHash == "" {
			return errAgain()
		}
		if err := p.proveOld(ctx, r, old); err != nil {
			return err
		}
	}
	return p.replacePassword(ctx, r, new, tokens)
}

// ProvedOtherwise reports whether the person has just proved who they are by
// something else than a password, so that the old one need not be asked for.
func ProvedOtherwise(s Session, now time.Time) bool {
	switch s.Method {
	case ByMail, ByPasskey, ByProvider:
		return CheckRecent(s, now) == nil
	case ByPassword, BySelf:
	}
	return false
}

// forPassword gives a complaint about the present password the name that its
// field has where it stands alone.
func forPassword(err error) error {
	e, ok := errors.AsType[*errs.Error](err)
	if !ok || e.Fields["current"].Code == "" {
		return err
	}
	var f errs.Fields
	f.Add("password", e.Fields["current"].Code)
	return f.Err()
}
