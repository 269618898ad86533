package person

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/go-webauthn/webauthn/webauthn"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/plain"
	"plenary/pkg/store"
)

// PasskeysMax is how many passkeys one person may have.
const PasskeysMax = 20

// Passkey is a key on a person's device, or in their password manager, that
// signs in instead of a password. The forum keeps the public half.
type Passkey struct {
	ID         int64
	Name       string
	CreatedAt  time.Time
	LastUsedAt *time.Time // nil where never
	Synced     bool       // kept by a password manager, and so on several devices
	Copied     bool       // its counter went backwards: somebody has a copy, so it is refused
}

// passkeyRow is a passkey as stored.
type passkeyRow struct {
	ID         int64
	PersonID   int64
	Credential string // webauthn.Credential as JSON
	Name       string
	CreatedAt  store.Time
	LastUsedAt *store.Time
}

const passkeyColumns = "k.id, k.person_id, k.credential, k.name, k.created_at, k.last_used_at"

func (r passkeyRow) key() (webauthn.Credential, error) {
	var c webauthn.Credential
	if err := json.Unmarshal([]byte(r.Credential), &c); err != nil {
		return c, fmt.Errorf("read passkey %d: %w", r.ID, err)
	}
	return c, nil
}

func (r passkeyRow) passkey() (Passkey, error) {
	c, err := r.key()
	return Passkey{ID: r.ID, Name: r.Name, CreatedAt: r.CreatedAt.Time, LastUsedAt: instant(r.LastUsedAt),
		Synced: c.Flags.BackupState, Copied: c.Authenticator.CloneWarning}, err
}

// holder is a person with their passkeys, as the ceremonies know them.
type holder struct {
	row
	keys []webauthn.Credential
}

// WebAuthnID is the number of the account. Devices keep it beside the key and
// hand it out with each answer, so it must never change and must tell nothing
// of the person: no email address, no handle.
func (h holder) WebAuthnID() []byte { return binary.BigEndian.AppendUint64(nil, uint64(h.ID)) }

// WebAuthnName tells apart several accounts of one person on their device. It
// goes nowhere else.
func (h holder) WebAuthnName() string {
	if h.Email != nil {
		return *h.Email
	}
	return "@" + h.Handle
}

// WebAuthnDisplayName is the person's name.
func (h holder) WebAuthnDisplayName() string { return h.Name }

// WebAuthnCredentials are the keys.
func (h holder) WebAuthnCredentials() []webauthn.Credential { return h.keys }

// holds is the person with all passkeys.
func holds(g *gorm.DB, r row) (holder, error) {
	rows, err := passkeysOf(g, r.ID)
	if err != nil {
		return holder{}, err
	}
	h := holder{row: r, keys: make([]webauthn.Credential, len(rows))}
	for i, k := range rows {
		if h.keys[i], err = k.key(); err != nil {
			return holder{}, err
		}
	}
	return h, nil
}

func passkeysOf(g *gorm.DB, person int64) ([]passkeyRow, error) {
	var rows []passkeyRow
	err := g.Table("passkeys AS k").Select(passkeyColumns).Where("k.person_id = ?", person).Order("k.id DESC").Limit(PasskeysMax).Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("list the passkeys of person %d: %w", person, err)
	}
	return rows, nil
}

// Passkeys lists one's own passkeys, the latest first.
func (p *People) Passkeys(ctx context.Context, who access.Actor) ([]Passkey, error) {
	if !who.SignedIn() {
		return nil, errSignIn()
	}
	rows, err := passkeysOf(p.db.Read(ctx), who.Person)
	if err != nil {
		return nil, store.Translate(err)
	}
	out := make([]Passkey, len(rows))
	for i, r := range rows {
		if out[i], err = r.passkey(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// HasPasskey tells whether the person has one.
func (p *People) HasPasskey(ctx context.Context, who access.Actor) (bool, error) {
	var has bool
	err := p.db.Read(ctx).Raw("SELECT EXISTS (SELECT 1 FROM passkeys WHERE person_id = ?)", who.Person).Row().Scan(&has)
	if err != nil {
		return false, store.Translate(fmt.Errorf("look for a passkey of person %d: %w", who.Person, err))
	}
	return has, nil
}

// RenamePasskey gives one of one's own passkeys another name.
func (p *People) RenamePasskey(ctx context.Context, who access.Actor, id int64, name string) error {
	if !who.SignedIn() {
		return errSignIn()
	}
	var f errs.Fields
	name = plain.Line(&f, "name", name, true, nameMax)
	if err := f.Err(); err != nil {
		return err
	}
	return p.db.Write(ctx, func(tx *store.Tx) error {
		done := tx.Exec("UPDATE passkeys SET name = ? WHERE id = ? AND person_id = ?", name, id, who.Person)
		if done.Error != nil {
			return fmt.Errorf("rename passkey %d: %w", id, done.Error)
		}
		if done.RowsAffected == 0 {
			return errs.New(errs.NotFound, "error.not_found")
		}
		return nil
	})
}

// RemovePasskey removes one of one's own passkeys, and ends one's sessions but
// for the one to keep. The last way into an account stays: Conflict
// "passkey.last_way".
func (p *People) RemovePasskey(ctx context.Context, who access.Actor, keep, id int64) error {
	if !who.SignedIn() {
		return errSignIn()
	}
	return p.db.Write(ctx, func(tx *store.Tx) error {
		if _, err := lockPerson(tx, who.Person); err != nil {
			return err
		}
		rows, err := passkeysOf(tx.DB, who.Person)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(rows, func(k passkeyRow) bool { return k.ID == id }) {
			return errs.New(errs.NotFound, "error.not_found")
		}
		if err := leavesAWay(tx, who.Person, id); err != nil {
			return err
		}
		if err := tx.Exec("DELETE FROM passkeys WHERE id = ? AND person_id = ?", id, who.Person).Error; err != nil {
			return fmt.Errorf("remove passkey %d: %w", id, err)
		}
		return p.waysChanged(tx, who.Person, keep)
	})
}

// leavesAWay refuses to take away the passkey that is the last way in. One that
// opens nothing may go at any time.
func leavesAWay(tx *store.Tx, person, without int64) error {
	before, err := waysIn(tx.DB, person, 0)
	if err != nil {
		return err
	}
	after, err := waysIn(tx.DB, person, without)
	if err == nil && after == 0 && before > 0 {
		err = errs.New(errs.Conflict, "passkey.last_way")
	}
	return err
}

// lockPerson reads one's own account and holds it until the transaction ends.
func lockPerson(tx *store.Tx, person int64) (row, error) {
	var r row
	err := tx.Clauses(clause.Locking{Strength: "UPDATE"}).Table("people AS p").Select(columns).Where("p.id = ?", person).Take(&r).Error
	if err != nil {
		return row{}, fmt.Errorf("lock person %d: %w", person, err)
	}
	return r, nil
}

// keyOf is the stored passkey with that credential id, and whose it is.
func (p *People) keyOf(ctx context.Context, credential []byte) (passkeyRow, holder, error) {
	var k passkeyRow
	g := p.db.Read(ctx)
	err := g.Table("passkeys AS k").Select(passkeyColumns).Where("k.credential_id = ?", credential).Take(&k).Error
	if err != nil {
		return k, holder{}, err
	}
	r, err := one(g, "p.id = ?", k.PersonID)
	if err != nil {
		return k, holder{}, err
	}
	c, err := k.key()
	if err == nil && !bytes.Equal(c.ID, credential) {
		err = fmt.Errorf("passkey %d is filed under another credential", k.ID)
	}
	return k, holder{row: r, keys: []webauthn.Credential{c}}, err
}
