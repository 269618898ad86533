package person

import (
	"plenary/pkg/mail"
	"plenary/pkg/store"
)

// Lock reads an account inside a write and holds it until the commit, together
// with everybody who administers the forum.
func (p *People) Lock(tx *store.Tx, id int64) (Person, error) {
	if err := lockAdministrators(tx); err != nil {
		return Person{}, err
	}
	r, err := lockRow(tx, id)
	return r.person(), err
}

// Gone tells, once the transaction is on disk, that nobody acts with the account
// any more.
func (p *People) Gone(tx *store.Tx, id int64) { p.changedRights(tx, id) }

// Post puts a letter into the transaction.
func (p *People) Post(tx *store.Tx, l mail.Letter) error { return p.post(tx, l) }
