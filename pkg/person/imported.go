package person

import (
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"plenary/pkg/errs"
	"plenary/pkg/plain"
	"plenary/pkg/store"
)

// Imported finds the account that stands for somebody in imported content, by
// the key that the source knows them under, or makes one: unclaimed, without
// email and password, as of the instant at. Where an administrator has linked
// it to a real account, that one is found.
func (p *People) Imported(tx *store.Tx, key, name, affiliation string, at time.Time) (Brief, error) {
	found, err := one(tx.DB, "p.id = (SELECT COALESCE(h.linked_to, h.id) FROM people AS h WHERE h.imported_from = ?)", key)
	if err == nil {
		return found.brief(), nil
	}
	if !errors.Is(err, gorm.ErrRecordNotFound) {
		return Brief{}, fmt.Errorf("look for an imported person: %w", err)
	}
	var f errs.Fields
	r := row{ImportedFrom: &key, CreatedAt: store.At(at)}
	r.Name = plain.Line(&f, "name", name, true, nameMax)
	r.Affiliation = plain.Line(&f, "affiliation", affiliation, false, affiliationMax)
	if err := f.Err(); err != nil {
		return Brief{}, err
	}
	made, err := p.insertNamed(tx, r)
	return made.Brief, err
}
