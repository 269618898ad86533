package person

import (
	"context"
	"fmt"
	"time"

	"plenary/pkg/errs"
	"plenary/pkg/store"
)

// Method is by what a person proved who they are.
type Method string

// The ways to sign in, as sessions remember them.
const (
	ByPassword Method = "password"
	ByMail     Method = "mail"     // a link or a code that was sent to the address
	ByPasskey  Method = "passkey"  // with the device's own check of the person
	ByProvider Method = "provider" // OpenID Connect
	BySelf     Method = "self"     // made the account, or changed the password, a moment ago
)

// Proof is what somebody has proved of themselves, once it has been checked.
type Proof struct {
	Method   Method
	Provider int64  // the provider it came through; 0 for the other methods
	Device   string // the browser's name, shown in the list of sessions
}

// SecondLife is how long the second factor may be waited for.
const SecondLife = 10 * time.Minute

// secondTries is how often a second factor may be given before signing in has to
// begin again.
const secondTries = 5

// Entry is where a proof has led: to an open session, or to the question for
// the second factor. Exactly one of the two secrets is set.
type Entry struct {
	Session string // secret of the session
	Second  string // secret of the flow that waits for the second factor
	Person  Person
}

// enter lets in somebody who has proved who they are. Errors: Forbidden
// "person.disabled" with the reason, "person.waiting" where an administrator has
// not yet agreed to the account.
func (p *People) enter(ctx context.Context, r row, proof Proof) (Entry, error) {
	if err := r.barred(); err != nil {
		return Entry{}, err
	}
	e := Entry{Person: r.person()}
	var err error
	if p.needsSecond(r, proof.Method) {
		e.Second, err = p.askSecond(ctx, r.ID, proof)
		return e, err
	}
	e.Session, err = p.openSession(ctx, r.ID, proof)
	return e, err
}

// barred says why the account may not be used, if so.
func (r row) barred() error {
	switch {
	case r.DisabledAt != nil:
		return errs.New(errs.Forbidden, "person.disabled", errs.Args{"Reason": r.DisabledReason})
	case r.WaitingSince != nil:
		return errs.New(errs.Forbidden, "person.waiting")
	case r.ErasedAt != nil, r.LinkedTo != nil:
		return errs.New(errs.Unauthenticated, "person.session_ended")
	}
	return nil
}

// needsSecond tells whether the method has to be followed by a second factor. A
// passkey is two in one: the device, and what unlocks it.
func (p *People) needsSecond(r row, m Method) bool {
	return r.TOTPSince != nil && m != ByPasskey && m != BySelf
}

// askSecond keeps the proof until the second factor is given.
func (p *People) askSecond(ctx context.Context, person int64, proof Proof) (token string, err error) {
	err = p.db.Write(ctx, func(tx *store.Tx) error {
		token, err = p.beginFlow(tx, secondFlow, person, proof, SecondLife)
		return err
	})
	return token, err
}

// CheckSecond tells whether the flow still waits for a second factor; Gone
// "person.start_over" where it does not.
func (p *People) CheckSecond(ctx context.Context, token string) error {
	_, err := p.flow(ctx, secondFlow, token, new(Proof))
	return err
}

// EnterSecond goes on with who has proved one factor and gives the second: a
// code of their app, or one of the recovery codes. Errors: Invalid about the
// field "code", Gone "person.start_over" after five tries or ten minutes,
// TooMany where one account is tried too often.
func (p *People) EnterSecond(ctx context.Context, token, code string) (Entry, error) {
	var proof Proof
	f, err := p.flow(ctx, secondFlow, token, &proof)
	if err != nil {
		return Entry{}, err
	}
	if f.PersonID == nil {
		return Entry{}, errStartOver()
	}
	person := *f.PersonID
	account := secondAccount(person)
	if err := p.throttle.begin(account, p.now()); err != nil {
		return Entry{}, err
	}
	right := false
	err = p.db.Write(ctx, func(tx *store.Tx) error {
		if err := countTry(tx, token); err != nil {
			return err
		}
		if right, err = p.useSecond(tx, person, code); err != nil || !right {
			return err // a wrong try is counted, so it is committed
		}
		return p.endFlow(tx, secondFlow, token)
	})
	switch {
	case err != nil:
		p.throttle.undo(account)
		return Entry{}, err
	case !right:
		return Entry{}, errCode("code")
	}
	p.throttle.succeeded(account)
	r, err := one(p.db.Read(ctx), "p.id = ?", person)
	if err != nil {
		return Entry{}, store.Translate(fmt.Errorf("read person %d: %w", person, err))
	}
	if err := r.barred(); err != nil {
		return Entry{}, err
	}
	session, err := p.openSession(ctx, person, proof)
	return Entry{Session: session, Person: r.person()}, err
}

// secondAccount is what second factors are throttled by; a login has no space
// in it.
func secondAccount(person int64) string { return fmt.Sprintf("second factor %d", person) }

// countTry counts a try in a flow that has some left.
func countTry(tx *store.Tx, token string) error {
	digest, _ := Digest(token)
	tried := tx.Exec("UPDATE flows SET tries = tries + 1 WHERE token_hash = ? AND tries < ?", digest, secondTries)
	if tried.Error != nil {
		return fmt.Errorf("count a try: %w", tried.Error)
	}
	if tried.RowsAffected == 0 {
		return errStartOver()
	}
	return nil
}

// OpenSession signs a person in who has proved otherwise who they are: by making
// the account a moment ago, or by their password while changing it.
func (p *People) OpenSession(ctx context.Context, person int64, device string) (token string, err error) {
	return p.openSession(ctx, person, Proof{Method: BySelf, Device: device})
}

func (p *People) openSession(ctx context.Context, person int64, proof Proof) (token string, err error) {
	token, digest, err := NewSecret(p.random)
	if err != nil {
		return "", err
	}
	now := store.At(p.now())
	err = p.db.Write(ctx, func(tx *store.Tx) error {
		if err := tx.Exec("DELETE FROM sessions WHERE person_id = ? AND expires_at <= ?", person, now).Error; err != nil {
			return fmt.Errorf("drop the expired sessions of person %d: %w", person, err)
		}
		// The account may have been disabled since it was looked at. gorm would
		// spread bytes that stand right behind a bracket.
		made := tx.Exec(`INSERT INTO sessions (person_id, token_hash, device, method, provider_id, created_at, last_used_at, proved_at, expires_at)
			SELECT id, ?, CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS BIGINT)
			FROM people WHERE id = ? AND `+active,
			digest, cleanDevice(proof.Device), string(proof.Method), providerOf(proof.Provider), now, now, now, store.At(p.now().Add(sessionIdle)), person)
		switch {
		case made.Error != nil:
			return fmt.Errorf("open a session of person %d: %w", person, made.Error)
		case made.RowsAffected == 0:
			return errEnded()
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	return token, nil
}
