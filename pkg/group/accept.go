package group

import (
	"context"
	"fmt"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/person"
	"plenary/pkg/store"
)

// Invited tells where an invitation leads, also into a secret group: whoever
// holds the link was told of it. An unknown secret is NotFound; what was
// revoked, has expired or is used up is Gone, with the reason as code. Looking
// uses nothing up.
func (g *Groups) Invited(ctx context.Context, token string) (Group, Invitation, error) {
	h := g.db.Read(ctx)
	i, err := g.byToken(h, token)
	if err != nil {
		return Group{}, Invitation{}, store.Translate(err)
	}
	if err := i.problem(g.now()); err != nil {
		return Group{}, Invitation{}, err
	}
	found, err := take(from(h, access.Visitor()).Where("g.id = ?", i.GroupID))
	return found, i, err
}

// Accept makes who a member by an invitation. A member with a lower role than
// the invitation's is raised; whoever has the role already uses nothing up.
func (g *Groups) Accept(ctx context.Context, who access.Actor, token string) (Group, error) {
	if !who.SignedIn() {
		return Group{}, errs.New(errs.Unauthenticated, "access.sign_in")
	}
	var entered Group
	err := g.db.Write(ctx, func(tx *store.Tx) (err error) {
		entered, err = g.accept(tx, who, token)
		return err
	})
	return entered, err
}

// Register makes an account for somebody who holds an invitation, and a member
// of them, both or neither. Email and password are needed.
func (g *Groups) Register(ctx context.Context, token string, in person.NewPerson) (person.Person, Group, error) {
	if _, _, err := g.Invited(ctx, token); err != nil {
		return person.Person{}, Group{}, err
	}
	in.Administrator = false
	ready, err := g.people.PrepareOwn(ctx, in)
	if err != nil {
		return person.Person{}, Group{}, err
	}
	var made person.Person
	var entered Group
	err = g.db.Write(ctx, func(tx *store.Tx) error {
		if made, err = g.people.Insert(tx, ready); err != nil {
			return err
		}
		entered, err = g.accept(tx, made.Actor(), token)
		return err
	})
	if err != nil {
		return person.Person{}, Group{}, err
	}
	return made, entered, nil
}

func (g *Groups) accept(tx *store.Tx, who access.Actor, token string) (Group, error) {
	i, err := g.byToken(tx.DB, token)
	if err != nil {
		return Group{}, err
	}
	found, err := g.lock(tx, who, i.GroupID)
	if err != nil {
		return Group{}, err
	}
	if found.Role.AtLeast(i.Role) {
		return found, nil
	}
	if err := g.use(tx, i); err != nil {
		return Group{}, err
	}
	if found.Role.Valid() {
		err = g.setRole(tx, who, found, who.Person, i.Role)
	} else {
		err = g.enter(tx, who, found.ID, who.Person, i.Role)
	}
	if err != nil {
		return Group{}, err
	}
	return take(from(tx.DB, who).Where("g.id = ?", found.ID))
}

// use counts one use in the database itself, so that the last one cannot be
// had twice.
func (g *Groups) use(tx *store.Tx, i Invitation) error {
	now := g.now()
	counted := tx.Exec(`UPDATE invitations SET uses = uses + 1
		WHERE id = ? AND uses < max_uses AND revoked_at IS NULL AND expires_at > ?`, i.ID, store.At(now))
	if counted.Error != nil {
		return fmt.Errorf("count a use of invitation %d: %w", i.ID, counted.Error)
	}
	if counted.RowsAffected == 1 {
		return nil
	}
	i, err := invitation(tx.DB, "i.id = ?", i.ID)
	if err != nil {
		return err
	}
	if err := i.problem(now); err != nil {
		return err
	}
	return fmt.Errorf("count a use of invitation %d: no row changed", i.ID)
}
