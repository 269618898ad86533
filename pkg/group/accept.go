package group

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
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

// Entered is where an invitation has led: into a group, or into one thread of it.
type Entered struct {
	Group
	Thread int64 // whose guest somebody has become; 0 for the group
}

// Path is the address of its page.
func (e Entered) Path() string {
	if e.Thread != 0 {
		return "/t/" + strconv.FormatInt(e.Thread, 10)
	}
	return "/g/" + e.Handle
}

// Accept makes who a member by an invitation, or a guest of the thread that it
// leads into. A member with a lower role than the invitation's is raised;
// whoever has the role already uses nothing up.
//
// Errors: those of Invited; Unauthenticated, with "access.needs_provider" for a
// member who has to come another way; Forbidden "access.banned", and "group.invitation_other_address" where it was sent to somebody else.
func (g *Groups) Accept(ctx context.Context, who access.Actor, token string) (Entered, error) {
	if !who.SignedIn() {
		return Entered{}, errs.New(errs.Unauthenticated, "access.sign_in")
	}
	var entered Entered
	err := g.db.Write(ctx, func(tx *store.Tx) (err error) {
		entered, err = g.accept(tx, who, token)
		return err
	})
	return entered, err
}

// Register makes an account for somebody who holds an invitation, and a member
// of them, both or neither. Email and password are needed; an invitation that
// was sent to an address asks for that one.
func (g *Groups) Register(ctx context.Context, token string, in person.NewPerson) (person.Person, Entered, error) {
	_, invitation, err := g.Invited(ctx, token)
	if err != nil {
		return person.Person{}, Entered{}, err
	}
	in.Administrator = false
	ready, err := g.people.PrepareOwn(ctx, in)
	if err == nil && invitation.Email != "" && !sameAddress(in.Email, invitation.Email) {
		var f errs.Fields
		f.Add("email", "group.invitation_other_address")
		err = f.Err()
	}
	if err != nil {
		return person.Person{}, Entered{}, err
	}
	var made person.Person
	var entered Entered
	err = g.db.Write(ctx, func(tx *store.Tx) error {
		if made, err = g.people.Insert(tx, ready); err != nil {
			return err
		}
		entered, err = g.accept(tx, made.Actor(), token)
		return err
	})
	if person.AddressTaken(err) || errs.CodeOf(err) == "error.taken" { // the latter by somebody who was a moment faster
		var f errs.Fields
		f.Add("email", "person.address_has_account")
		err = f.Err()
	}
	if err != nil {
		return person.Person{}, Entered{}, err
	}
	return made, entered, nil
}

func sameAddress(one, other string) bool {
	return strings.EqualFold(strings.TrimSpace(one), other)
}

func (g *Groups) accept(tx *store.Tx, who access.Actor, token string) (Entered, error) {
	i, err := g.byToken(tx.DB, token)
	if err != nil {
		return Entered{}, err
	}
	found, err := g.lock(tx, who, i.GroupID)
	switch {
	case err != nil:
		return Entered{}, err
	case found.Banned:
		return Entered{}, errs.New(errs.Forbidden, "access.banned")
	case found.Role == access.Barred:
		return Entered{}, errs.New(errs.Unauthenticated, "access.needs_provider")
	case i.ThreadID == 0 && found.Role.AtLeast(i.Role):
		return Entered{Group: found}, nil
	}
	if err := g.sentTo(tx, who, i); err != nil {
		return Entered{}, err
	}
	if i.ThreadID != 0 {
		return Entered{Thread: i.ThreadID}, g.becomeGuest(tx, who, i)
	}
	if err := g.use(tx, who, i); err != nil {
		return Entered{}, err
	}
	if found.Role.Valid() {
		err = g.setRole(tx, who, found, who.Person, i.Role)
	} else {
		err = g.enter(tx, who, found.ID, who.Person, i.Role)
	}
	if err != nil {
		return Entered{}, err
	}
	if err := g.enterBelow(tx, who, i); err != nil {
		return Entered{}, err
	}
	entered, err := take(from(tx.DB, who).Where("g.id = ?", found.ID))
	return Entered{Group: entered}, err
}

// sentTo complains where the invitation was sent to an address that is not the
// actor's. Whoever has its secret has had the mail, so the address is confirmed.
func (g *Groups) sentTo(tx *store.Tx, who access.Actor, i Invitation) error {
	if i.Email == "" {
		return nil
	}
	own, err := g.people.AddressShown(tx, who.Person, i.Email)
	if err == nil && !own {
		err = errs.New(errs.Forbidden, "group.invitation_other_address")
	}
	return err
}

// becomeGuest lets who into the thread that the invitation leads into. Who is a
// guest of it already uses nothing up.
func (g *Groups) becomeGuest(tx *store.Tx, who access.Actor, i Invitation) error {
	done := tx.Exec("INSERT INTO thread_guests (thread_id, person_id, invited_by, created_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
		i.ThreadID, who.Person, i.CreatedBy.ID, store.At(g.now()))
	if done.Error != nil {
		return fmt.Errorf("make person %d a guest of thread %d: %w", who.Person, i.ThreadID, done.Error)
	}
	if done.RowsAffected == 0 {
		return nil
	}
	if err := g.use(tx, who, i); err != nil {
		return err
	}
	_, err := tx.Emit(event.Event{Topic: event.Thread(i.ThreadID), Kind: event.GuestJoined, At: g.now(), Actor: who.Person, Thread: i.ThreadID, Subject: who.Person})
	return err
}

// enterBelow makes who a member of the groups below that the invitation names as
// well, where they are none yet and were not removed for good.
func (g *Groups) enterBelow(tx *store.Tx, who access.Actor, i Invitation) error {
	var ids []int64
	err := tx.Raw("SELECT group_id FROM invitation_groups WHERE invitation_id = ? ORDER BY group_id", i.ID).Scan(&ids).Error
	if err != nil {
		return fmt.Errorf("read where invitation %d leads as well: %w", i.ID, err)
	}
	for _, id := range ids {
		below, err := g.lock(tx, who, id)
		if err != nil {
			return err
		}
		if below.Role != access.NoRole || below.Banned {
			continue
		}
		if err := g.enter(tx, who, id, who.Person, access.Member); err != nil {
			return err
		}
	}
	return nil
}

// use counts one use in the database itself, so that the last one cannot be
// had twice.
func (g *Groups) use(tx *store.Tx, who access.Actor, i Invitation) error {
	now := store.At(g.now())
	set, args := "uses = uses + 1", []any{i.ID, now}
	if i.Email != "" {
		set, args = set+", accepted_by = ?, accepted_at = ?", []any{who.Person, now, i.ID, now}
	}
	counted := tx.Exec("UPDATE invitations SET "+set+" WHERE id = ? AND uses < max_uses AND revoked_at IS NULL AND expires_at > ?", args...)
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
	if err := i.problem(now.Time); err != nil {
		return err
	}
	return fmt.Errorf("count a use of invitation %d: no row changed", i.ID)
}
