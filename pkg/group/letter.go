package group

import (
	"errors"
	"fmt"

	"plenary/pkg/mail"
	"plenary/pkg/person"
	"plenary/pkg/store"
)

// tell writes a letter to somebody with an account, where they have an address
// and can read it.
func (g *Groups) tell(tx *store.Tx, to person.Person, l mail.Letter) error {
	if g.post == nil || to.Email == "" || to.Disabled || to.Erased {
		return nil
	}
	l.To, l.Person, l.Language = mail.Address{Name: to.Name, Email: to.Email}, to.ID, to.Language
	return g.post(tx, l)
}

// Post writes a letter that has to arrive, to whatever address.
func (g *Groups) Post(tx *store.Tx, l mail.Letter) error { return g.send(tx, l) }

// send writes a letter that has to arrive.
func (g *Groups) send(tx *store.Tx, l mail.Letter) error {
	if g.post == nil {
		return errors.New("this forum was put together without mail")
	}
	return g.post(tx, l)
}

// nameOf is what the actor is called in a letter; empty for the forum itself.
func nameOf(tx *store.Tx, person int64) (string, error) {
	var name string
	if err := tx.Raw("SELECT COALESCE((SELECT name FROM people WHERE id = ?), '')", person).Row().Scan(&name); err != nil {
		return "", fmt.Errorf("read the name of person %d: %w", person, err)
	}
	return name, nil
}

// Tell writes a letter to an account, where it has an address and can read it.
func (g *Groups) Tell(tx *store.Tx, id int64, l mail.Letter) error {
	var to struct {
		ID                   int64
		Name, Language       string
		Email                *string
		DisabledAt, ErasedAt *store.Time
	}
	err := tx.Table("people").Select("id, name, language, email, disabled_at, erased_at").Where("id = ?", id).Take(&to).Error
	if err != nil {
		return fmt.Errorf("read the address of person %d: %w", id, err)
	}
	if to.Email == nil || to.DisabledAt != nil || to.ErasedAt != nil {
		return nil
	}
	return g.tell(tx, person.Person{Brief: person.Brief{ID: to.ID, Name: to.Name}, Email: *to.Email, Language: to.Language}, l)
}
