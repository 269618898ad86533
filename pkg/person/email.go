package person

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/mail"
	"plenary/pkg/store"
)

const (
	emailChangeLife   = 24 * time.Hour
	emailChangesMost  = 5 // within a day: each sends a letter to an address that nobody has proved
	purposeOldAddress = "old_email"
	purposeNewAddress = "new_email"
)

// EmailChange is a change of address that waits for both addresses to agree.
type EmailChange struct {
	NewEmail     string
	NeedsOld     bool // there is an old address, which has to agree too
	OldConfirmed bool
	NewConfirmed bool
	ExpiresAt    time.Time
}

type emailChangeRow struct {
	PersonID       int64
	NewEmail       string
	OldConfirmedAt *store.Time
	NewConfirmedAt *store.Time
	ExpiresAt      store.Time
}

func (emailChangeRow) TableName() string { return "email_changes" }

// ChangeEmail begins a change of one's own address: a letter with a link goes to
// the new address, and one to the old where there is one. Whether the new
// address belongs to another account is told to nobody but its owner. The
// caller has had the person prove who they are a moment ago. Errors: Invalid
// with field email; TooMany "person.email_changes".
func (p *People) ChangeEmail(ctx context.Context, who access.Actor, email string) error {
	if !who.SignedIn() {
		return errSignIn()
	}
	var f errs.Fields
	if email = cleanEmail(&f, email); email == "" {
		f.Add("email", "field.required")
	}
	if err := f.Err(); err != nil {
		return err
	}
	tokens, err := p.emailTokens()
	if err != nil {
		return err
	}
	return p.db.Write(ctx, func(tx *store.Tx) error {
		r, err := lockRow(tx, who.Person)
		if err != nil {
			return err
		}
		if r.Email != nil && *r.Email == email {
			var f errs.Fields
			f.Add("email", "person.same_email")
			return f.Err()
		}
		if err := p.mayChangeEmail(tx, r.ID); err != nil {
			return err
		}
		return p.askAddresses(tx, r, email, tokens)
	})
}

// emailToken is a link's secret with its digest, and one for a code that is
// never told: these letters hold a link alone.
type emailToken struct {
	secret       string
	digest, code []byte
}

func (p *People) emailTokens() (out [2]emailToken, err error) {
	for i := range out {
		if out[i].secret, out[i].digest, err = NewSecret(p.random); err != nil {
			return out, err
		}
		if _, out[i].code, err = NewSecret(p.random); err != nil {
			return out, err
		}
	}
	return out, nil
}

func (p *People) mayChangeEmail(tx *store.Tx, person int64) error {
	var n int64
	err := tx.Raw("SELECT COUNT(*) FROM mail_codes WHERE person_id = ? AND purpose = ? AND created_at > ?",
		person, purposeNewAddress, store.At(p.now().Add(-24*time.Hour))).Row().Scan(&n)
	if err != nil {
		return fmt.Errorf("count changes of address of person %d: %w", person, err)
	}
	if n >= emailChangesMost {
		return errs.New(errs.TooMany, "person.email_changes", errs.Args{"RetryAfter": 3600})
	}
	return nil
}

// askAddresses writes the change down, in place of an earlier one, and asks both
// addresses.
func (p *People) askAddresses(tx *store.Tx, r row, email string, tokens [2]emailToken) error {
	if err := dropEmailChange(tx, r.ID, p.now()); err != nil {
		return err
	}
	now := p.now()
	err := tx.Exec("INSERT INTO email_changes (person_id, new_email, created_at, expires_at) VALUES (?, ?, ?, ?)",
		r.ID, email, store.At(now), store.At(now.Add(emailChangeLife))).Error
	if err != nil {
		return fmt.Errorf("write down a change of address of person %d: %w", r.ID, err)
	}
	if r.Email != nil {
		if err := p.askAddress(tx, r, purposeOldAddress, *r.Email, email, tokens[0]); err != nil {
			return err
		}
	}
	owner, err := one(tx.DB, "p.email = ?", email)
	switch {
	case errors.Is(err, gorm.ErrRecordNotFound):
		return p.askAddress(tx, r, purposeNewAddress, email, email, tokens[1])
	case err != nil:
		return fmt.Errorf("look for an address: %w", err)
	}
	// The code is written down all the same, so that the tries count the same; its
	// secret is told to nobody.
	if err := p.keepEmailToken(tx, r.ID, purposeNewAddress, email, tokens[1]); err != nil {
		return err
	}
	return p.post(tx, letterTo(owner, "email_taken", nil))
}

func (p *People) askAddress(tx *store.Tx, r row, purpose, to, email string, t emailToken) error {
	if err := p.keepEmailToken(tx, r.ID, purpose, to, t); err != nil {
		return err
	}
	l := letterTo(r, purpose, map[string]string{"Email": email, "Handle": r.Handle, "Path": "/account/email/" + t.secret})
	l.To.Email = to
	return p.post(tx, l)
}

func (p *People) keepEmailToken(tx *store.Tx, person int64, purpose, email string, t emailToken) error {
	now := p.now()
	// gorm would spread bytes that stand right behind a bracket.
	err := tx.Exec("INSERT INTO mail_codes (purpose, email, person_id, token_hash, code_hash, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
		purpose, email, person, t.digest, t.code, store.At(now), store.At(now.Add(emailChangeLife))).Error
	if err != nil {
		return fmt.Errorf("keep a link for person %d: %w", person, err)
	}
	return nil
}

// letterTo is a letter to the account's own address.
func letterTo(r row, kind string, args map[string]string) mail.Letter {
	l := mail.Letter{Kind: kind, To: mail.Address{Name: r.Name}, Person: r.ID, Language: r.Language, Args: map[string]string{"Name": r.Name}}
	for name, value := range args {
		l.Args[name] = value
	}
	if r.Email != nil {
		l.To.Email = *r.Email
	}
	return l
}

// dropEmailChange forgets a change that was begun, and makes its links void.
// They stay in their table, used up, since they count.
func dropEmailChange(tx *store.Tx, person int64, now time.Time) error {
	if err := tx.Exec("DELETE FROM email_changes WHERE person_id = ?", person).Error; err != nil {
		return fmt.Errorf("drop a change of address of person %d: %w", person, err)
	}
	err := tx.Exec("UPDATE mail_codes SET used_at = ? WHERE person_id = ? AND purpose IN (?, ?) AND used_at IS NULL",
		store.At(now), person, purposeOldAddress, purposeNewAddress).Error
	if err != nil {
		return fmt.Errorf("make links of person %d void: %w", person, err)
	}
	return nil
}

// PendingEmail tells of one's own change of address that is under way; false
// where there is none.
func (p *People) PendingEmail(ctx context.Context, who access.Actor) (EmailChange, bool, error) {
	if !who.SignedIn() {
		return EmailChange{}, false, errSignIn()
	}
	var r struct {
		Row   emailChangeRow `gorm:"embedded"`
		Email *string
	}
	err := p.db.Read(ctx).Table("email_changes AS e").Select("e.person_id, e.new_email, e.old_confirmed_at, e.new_confirmed_at, e.expires_at, p.email").
		Joins("JOIN people AS p ON p.id = e.person_id").Where("e.person_id = ? AND e.expires_at > ?", who.Person, store.At(p.now())).Take(&r).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return EmailChange{}, false, nil
	}
	if err != nil {
		return EmailChange{}, false, store.Translate(fmt.Errorf("read a change of address of person %d: %w", who.Person, err))
	}
	return EmailChange{NewEmail: r.Row.NewEmail, NeedsOld: r.Email != nil, OldConfirmed: r.Row.OldConfirmedAt != nil,
		NewConfirmed: r.Row.NewConfirmedAt != nil, ExpiresAt: r.Row.ExpiresAt.Time}, true, nil
}

// CancelEmailChange gives up one's own change of address. That there is none is
// no error.
func (p *People) CancelEmailChange(ctx context.Context, who access.Actor) error {
	if !who.SignedIn() {
		return errSignIn()
	}
	return p.db.Write(ctx, func(tx *store.Tx) error {
		if _, err := lockRow(tx, who.Person); err != nil {
			return err
		}
		return dropEmailChange(tx, who.Person, p.now())
	})
}

// EmailLink is what a link in a letter about a change of address asks for.
type EmailLink struct {
	Person Person
	New    string // the address that the account is to have
	IsNew  bool   // the link was sent to that address, and not to the old one
}

// EmailLink tells what the link asks for, without doing it: Gone
// "person.email_link" where it is used up, void or too old.
func (p *People) EmailLink(ctx context.Context, token string) (EmailLink, error) {
	l, _, err := p.emailLink(p.db.Read(ctx), token)
	return l, store.Translate(err)
}

func (p *People) emailLink(g *gorm.DB, token string) (EmailLink, row, error) {
	gone := errs.New(errs.Gone, "person.email_link")
	digest, ok := Digest(token)
	if !ok {
		return EmailLink{}, row{}, gone
	}
	var found struct {
		Purpose  string
		NewEmail string
		Person   row `gorm:"embedded"`
	}
	err := g.Table("mail_codes AS c").Select("c.purpose, e.new_email, "+columns).
		Joins("JOIN email_changes AS e ON e.person_id = c.person_id").Joins("JOIN people AS p ON p.id = c.person_id").
		Where("c.token_hash = ? AND c.purpose IN (?, ?) AND c.used_at IS NULL AND c.expires_at > ? AND e.expires_at > ?",
			digest, purposeOldAddress, purposeNewAddress, store.At(p.now()), store.At(p.now())).Take(&found).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return EmailLink{}, row{}, gone
	}
	if err != nil {
		return EmailLink{}, row{}, fmt.Errorf("read a link: %w", err)
	}
	return EmailLink{Person: found.Person.person(), New: found.NewEmail, IsNew: found.Purpose == purposeNewAddress}, found.Person, found.Person.barred()
}

// ConfirmEmail has the address that the link was sent to agree to the change.
// Once both have, the account has the new address, its old one is told, and its
// sessions end, but for the one named by keep: done is true then. Errors: as for
// EmailLink; Conflict "person.email_taken_meanwhile".
func (p *People) ConfirmEmail(ctx context.Context, token string, keep int64) (link EmailLink, done bool, err error) {
	digest, _ := Digest(token)
	err = p.db.Write(ctx, func(tx *store.Tx) error {
		var r row
		if link, r, err = p.emailLink(tx.DB, token); err != nil {
			return err
		}
		if r, err = lockRow(tx, r.ID); err != nil {
			return err
		}
		// Somebody may have used it, or begun anew, before the lock was had.
		if link, _, err = p.emailLink(tx.DB, token); err != nil {
			return err
		}
		column := "old_confirmed_at"
		if link.IsNew {
			column = "new_confirmed_at"
		}
		now := store.At(p.now())
		if err := tx.Exec("UPDATE mail_codes SET used_at = ? WHERE token_hash = ?", now, digest).Error; err != nil {
			return fmt.Errorf("use a link up: %w", err)
		}
		if err := tx.Exec("UPDATE email_changes SET "+column+" = ? WHERE person_id = ?", now, r.ID).Error; err != nil {
			return fmt.Errorf("confirm an address of person %d: %w", r.ID, err)
		}
		done, err = p.finishEmail(tx, r, keep)
		return err
	})
	return link, done, err
}

func (p *People) finishEmail(tx *store.Tx, r row, keep int64) (bool, error) {
	var c emailChangeRow
	err := tx.Clauses(clause.Locking{Strength: "UPDATE"}).Where("person_id = ?", r.ID).Take(&c).Error
	if err != nil {
		return false, fmt.Errorf("read a change of address of person %d: %w", r.ID, err)
	}
	if c.NewConfirmedAt == nil || r.Email != nil && c.OldConfirmedAt == nil {
		return false, nil
	}
	if err := p.free(tx, "email", c.NewEmail); err != nil {
		return false, errs.New(errs.Conflict, "person.email_taken_meanwhile").Because(err)
	}
	now := p.now()
	if err := tx.Exec("UPDATE people SET email = ?, email_confirmed_at = ? WHERE id = ?", c.NewEmail, store.At(now), r.ID).Error; err != nil {
		return false, fmt.Errorf("change the address of person %d: %w", r.ID, err)
	}
	if err := dropEmailChange(tx, r.ID, now); err != nil {
		return false, err
	}
	if r.Email != nil {
		if err := p.post(tx, letterTo(r, "email_changed", map[string]string{"Email": c.NewEmail})); err != nil {
			return false, err
		}
	}
	if _, err := p.end(tx, "person_id = ? AND id <> ?", r.ID, keep); err != nil {
		return false, err
	}
	p.changedRights(tx, r.ID)
	return true, nil
}

// Write puts a letter to the account's own address into the transaction. Nothing
// is written to somebody without an address.
func (p *People) Write(tx *store.Tx, person int64, kind string, args map[string]string) error {
	r, err := one(tx.DB, "p.id = ?", person)
	if err != nil {
		return fmt.Errorf("read person %d: %w", person, err)
	}
	return p.postTo(tx, r, kind, args)
}
