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
	"plenary/pkg/plain"
	"plenary/pkg/store"
)

const disableReasonMax = 500

// active are the accounts that somebody can act with: the one condition for
// sessions, tokens, and whatever stays open for them.
const active = "disabled_at IS NULL AND erased_at IS NULL AND linked_to IS NULL AND waiting_since IS NULL"

// Account is a person as administrators see them.
type Account struct {
	Person
	DisabledAt     *time.Time
	DisabledBy     Brief // zero where nobody
	DisabledReason string
	Sessions       int // that are open
	Tokens         int
	Passkeys       int
	OldHandles     []string
}

// Account reads an account for an administrator.
func (p *People) Account(ctx context.Context, who access.Actor, id int64) (Account, error) {
	if err := access.Check(who, access.Administer, access.Forum()); err != nil {
		return Account{}, err
	}
	g := p.db.Read(ctx)
	r, err := one(g, "p.id = ?", id)
	if err != nil {
		return Account{}, store.Translate(fmt.Errorf("read person %d: %w", id, err))
	}
	a := Account{Person: r.person(), DisabledAt: instant(r.DisabledAt), DisabledReason: r.DisabledReason}
	now := store.At(p.now())
	err = g.Raw(`SELECT (SELECT COUNT(*) FROM sessions WHERE person_id = ? AND expires_at > ?),
		(SELECT COUNT(*) FROM api_tokens WHERE person_id = ? AND (expires_at IS NULL OR expires_at > ?)),
		(SELECT COUNT(*) FROM passkeys WHERE person_id = ?)`, id, now, id, now, id).Row().Scan(&a.Sessions, &a.Tokens, &a.Passkeys)
	if err != nil {
		return Account{}, store.Translate(fmt.Errorf("count the sessions of person %d: %w", id, err))
	}
	err = g.Table("old_handles").Select("handle").Where("kind = 'person' AND target_id = ?", id).Order("created_at, handle").Limit(listed).Find(&a.OldHandles).Error
	if err != nil {
		return Account{}, store.Translate(fmt.Errorf("read the handles of person %d: %w", id, err))
	}
	by, err := one(g, "p.id = (SELECT d.disabled_by FROM people AS d WHERE d.id = ?)", id)
	if err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
		return Account{}, store.Translate(fmt.Errorf("read who disabled person %d: %w", id, err))
	}
	a.DisabledBy = by.brief()
	return a, nil
}

// Disable closes an account, on behalf of an administrator: its sessions end at
// once and its tokens do nothing. What the person wrote stays. Errors: Invalid
// with field reason; Conflict "person.own_account", "person.last_administrator"
// or "person.disabled_already".
func (p *People) Disable(ctx context.Context, who access.Actor, id int64, reason string) error {
	var f errs.Fields
	reason = plain.Line(&f, "reason", reason, true, disableReasonMax)
	return p.administer(ctx, who, id, func(tx *store.Tx, r row) error {
		switch {
		case r.ID == who.Person:
			return errs.New(errs.Conflict, "person.own_account")
		case r.DisabledAt != nil:
			return errs.New(errs.Conflict, "person.disabled_already")
		case f != nil:
			return f.Err()
		}
		if err := otherAdministrator(tx, r); err != nil {
			return err
		}
		var by *int64
		if who.SignedIn() {
			by = &who.Person
		}
		err := tx.Exec("UPDATE people SET disabled_at = ?, disabled_by = ?, disabled_reason = ? WHERE id = ?", store.At(p.now()), by, reason, id).Error
		if err != nil {
			return fmt.Errorf("disable person %d: %w", id, err)
		}
		if err := shut(tx, id); err != nil {
			return err
		}
		if r.Email == nil {
			return nil
		}
		l := letterTo(r, "disabled", map[string]string{"Reason": reason})
		l.Person = 0 // letters to a disabled account do not leave, but for this one
		return p.post(tx, l)
	})
}

// shut ends whatever is open of an account, or was begun with it.
func shut(tx *store.Tx, person int64) error {
	for _, table := range []string{"sessions", "flows", "mail_codes", "email_changes"} {
		if err := tx.Exec("DELETE FROM "+table+" WHERE person_id = ?", person).Error; err != nil {
			return fmt.Errorf("clear %s of person %d: %w", table, person, err)
		}
	}
	return nil
}

// postTo sends a letter to an account that has an address, and none otherwise.
func (p *People) postTo(tx *store.Tx, r row, kind string, args map[string]string) error {
	if r.Email == nil {
		return nil
	}
	return p.post(tx, letterTo(r, kind, args))
}

// Enable opens a disabled account again. Errors: Conflict "person.not_disabled".
func (p *People) Enable(ctx context.Context, who access.Actor, id int64) error {
	return p.administer(ctx, who, id, func(tx *store.Tx, r row) error {
		if r.DisabledAt == nil {
			return errs.New(errs.Conflict, "person.not_disabled")
		}
		err := tx.Exec("UPDATE people SET disabled_at = NULL, disabled_by = NULL, disabled_reason = '' WHERE id = ?", id).Error
		if err != nil {
			return fmt.Errorf("enable person %d: %w", id, err)
		}
		return p.postTo(tx, r, "enabled", map[string]string{"Path": "/signin"})
	})
}

// SetAdministrator makes somebody an administrator of the forum, or no longer
// one. Errors: Conflict "person.last_administrator", or "person.not_active" for
// an account that nobody can act with.
func (p *People) SetAdministrator(ctx context.Context, who access.Actor, id int64, administrator bool) error {
	return p.administer(ctx, who, id, func(tx *store.Tx, r row) error {
		switch {
		case administrator && (r.barred() != nil || r.person().Imported):
			return errs.New(errs.Conflict, "person.not_active")
		case !administrator:
			if err := otherAdministrator(tx, r); err != nil {
				return err
			}
		}
		if err := tx.Exec("UPDATE people SET administrator = ? WHERE id = ?", administrator, id).Error; err != nil {
			return fmt.Errorf("make person %d an administrator, or not: %w", id, err)
		}
		return nil
	})
}

// administer changes a locked account on behalf of an administrator, and tells
// that its rights moved.
func (p *People) administer(ctx context.Context, who access.Actor, id int64, change func(tx *store.Tx, r row) error) error {
	if err := access.Check(who, access.Administer, access.Forum()); err != nil {
		return err
	}
	return p.db.Write(ctx, func(tx *store.Tx) error {
		if err := lockAdministrators(tx); err != nil {
			return err
		}
		r, err := lockRow(tx, id)
		if err != nil {
			return err
		}
		if r.ErasedAt != nil || r.LinkedTo != nil {
			return errs.New(errs.Conflict, "person.not_active")
		}
		if err := change(tx, r); err != nil {
			return err
		}
		p.changedRights(tx, id)
		return nil
	})
}

// lockAdministrators holds everybody who administers, so that two of them cannot
// each be the last but one.
func lockAdministrators(tx *store.Tx) error {
	var held []int64
	err := tx.Clauses(clause.Locking{Strength: "UPDATE"}).Table("people").Select("id").Where("administrator").Order("id").Find(&held).Error
	if err != nil {
		return fmt.Errorf("lock the administrators: %w", err)
	}
	return nil
}

// otherAdministrator complains where nobody but this account administers the
// forum.
func otherAdministrator(tx *store.Tx, r row) error {
	if !r.Administrator {
		return nil
	}
	var n int64
	err := tx.Raw("SELECT COUNT(*) FROM people WHERE administrator AND id <> ? AND "+active, r.ID).Row().Scan(&n)
	if err != nil {
		return fmt.Errorf("count the administrators: %w", err)
	}
	if n == 0 {
		return errs.New(errs.Conflict, "person.last_administrator")
	}
	return nil
}

// LastAdministrator tells whether somebody is the only one who administers the
// forum. Asked inside a write, it holds the others until the commit.
func (p *People) LastAdministrator(g *gorm.DB, id int64) (bool, error) {
	var last bool
	err := g.Raw("SELECT EXISTS (SELECT 1 FROM people WHERE id = ? AND administrator) AND NOT EXISTS (SELECT 1 FROM people WHERE administrator AND id <> ? AND "+active+")", id, id).Row().Scan(&last)
	if err != nil {
		return false, store.Translate(fmt.Errorf("count the administrators: %w", err))
	}
	return last, nil
}
