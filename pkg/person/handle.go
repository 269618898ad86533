package person

import (
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"plenary/pkg/errs"
	"plenary/pkg/plain"
	"plenary/pkg/renames"
	"plenary/pkg/store"
)

// lockRow reads an account inside a write and holds it until the commit.
func lockRow(tx *store.Tx, id int64) (row, error) {
	var r row
	err := tx.Clauses(clause.Locking{Strength: "UPDATE"}).Table("people AS p").Select(columns).Where("p.id = ?", id).Take(&r).Error
	if err != nil {
		return row{}, fmt.Errorf("lock person %d: %w", id, err)
	}
	return r, nil
}

// rename gives a locked account a new handle, and lets the old one lead to it.
// Going back to a handle of one's own is always possible.
func (p *People) rename(tx *store.Tx, r row, handle string) error {
	led, err := renames.Leads(tx.DB, renames.Person, handle)
	if err != nil {
		return err
	}
	var f errs.Fields
	if notReserved(&f, handle); f == nil {
		if taken, err := handleTaken(tx, handle); err != nil {
			return err
		} else if taken || led != 0 && led != r.ID {
			f.Add("handle", "field.taken")
		}
	}
	if err := f.Err(); err != nil {
		return err
	}
	if led == 0 {
		if err := p.mayRename(tx, r.ID); err != nil {
			return err
		}
	}
	if err := renames.Release(tx, renames.Person, handle); err != nil {
		return err
	}
	if err := tx.Exec("UPDATE people SET handle = ? WHERE id = ?", handle, r.ID).Error; err != nil {
		return fmt.Errorf("rename person %d: %w", r.ID, err)
	}
	return renames.Keep(tx, renames.Person, r.ID, r.Handle, p.now())
}

func handleTaken(tx *store.Tx, handle string) (bool, error) {
	var n int64
	if err := tx.Raw("SELECT COUNT(*) FROM people WHERE handle = ?", handle).Row().Scan(&n); err != nil {
		return false, fmt.Errorf("look for a handle: %w", err)
	}
	return n > 0, nil
}

func (p *People) mayRename(tx *store.Tx, person int64) error {
	enough, err := renames.Enough(tx, renames.Person, person, p.now())
	if !enough || err != nil {
		return err
	}
	var f errs.Fields
	f.Add("handle", "person.handle_changes", errs.Args{"Max": renames.Most})
	return f.Err()
}

// unlikeAdministrators refuses a name that could be taken for that of somebody
// who administers the forum. Namesakes among other people are no matter: the
// handle tells them apart.
func (p *People) unlikeAdministrators(tx *store.Tx, person int64, name string) error {
	var names []string
	err := tx.Table("people").Select("name").Where("administrator AND id <> ?", person).Order("id").Limit(listed).Find(&names).Error
	if err != nil {
		return fmt.Errorf("read the names of administrators: %w", err)
	}
	own := plain.Skeleton(name)
	for _, n := range names {
		if plain.Skeleton(n) == own {
			var f errs.Fields
			f.Add("name", "person.name_of_administrator")
			return f.Err()
		}
	}
	return nil
}

// Named finds the people whose handles, present or former, are among the given
// ones: id by handle. It is what makes a mention reach somebody who has since
// changed their handle.
func (p *People) Named(g *gorm.DB, handles []string) (map[string]int64, error) {
	out := map[string]int64{}
	if len(handles) == 0 {
		return out, nil
	}
	var rows []struct {
		Handle string
		ID     int64
	}
	err := g.Raw(`SELECT h.handle, COALESCE(h.linked_to, h.id) AS id FROM people AS h WHERE h.handle IN ?
		UNION ALL SELECT o.handle, o.target_id AS id FROM old_handles AS o WHERE o.kind = 'person' AND o.handle IN ?`, handles, handles).Scan(&rows).Error
	if err != nil {
		return nil, store.Translate(fmt.Errorf("look for people by their handles: %w", err))
	}
	for _, r := range rows {
		out[r.Handle] = r.ID
	}
	return out, nil
}
