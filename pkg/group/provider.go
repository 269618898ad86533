package group

import (
	"context"
	"fmt"
	"strings"

	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/person"
	"plenary/pkg/plain"
	"plenary/pkg/store"
)

// Providers lists the providers of a group for its admins, and the id of the one
// that its members have to come through, 0 where none.
func (g *Groups) Providers(ctx context.Context, who access.Actor, handle string) (list []person.Provider, required int64, err error) {
	found, err := g.ByHandle(ctx, who, handle)
	if err != nil {
		return nil, 0, err
	}
	if err := access.Check(who, access.EditGroup, found.Facts()); err != nil {
		return nil, 0, err
	}
	h := g.db.Read(ctx)
	if required, err = requiredIn(h, found.ID); err != nil {
		return nil, 0, err
	}
	list, err = g.people.ProvidersOf(h, found.ID)
	return list, required, err
}

// requiredIn is the provider that members have to come through; 0 where none.
func requiredIn(h *gorm.DB, groupID int64) (int64, error) {
	var id int64
	if err := h.Raw("SELECT COALESCE(only_provider_id, 0) FROM groups WHERE id = ?", groupID).Row().Scan(&id); err != nil {
		return 0, store.Translate(fmt.Errorf("read the provider that group %d requires: %w", groupID, err))
	}
	return id, nil
}

// AddProvider adds a provider to a group, on behalf of its admins. The provider
// is asked whether it is there: what is wrong with it is Invalid, at the field
// issuer.
func (g *Groups) AddProvider(ctx context.Context, who access.Actor, handle string, in person.NewProvider) (person.Provider, error) {
	if _, _, err := g.Providers(ctx, who, handle); err != nil { // nobody else may send the forum anywhere
		return person.Provider{}, err
	}
	if err := g.people.ProbeProvider(ctx, &in); err != nil {
		return person.Provider{}, err
	}
	var made person.Provider
	err := g.db.Write(ctx, func(tx *store.Tx) error {
		found, err := g.lockFor(tx, who, access.EditGroup, handle)
		if err != nil {
			return err
		}
		made, err = g.people.InsertProvider(tx, who, found.ID, in)
		return err
	})
	return made, err
}

// EditProvider changes a provider of a group, on behalf of its admins.
func (g *Groups) EditProvider(ctx context.Context, who access.Actor, handle string, id int64, in person.ProviderEdit) (person.Provider, error) {
	if err := in.Validate(); err != nil {
		return person.Provider{}, err
	}
	var changed person.Provider
	err := g.db.Write(ctx, func(tx *store.Tx) error {
		found, err := g.lockFor(tx, who, access.EditGroup, handle)
		if err != nil {
			return err
		}
		changed, err = g.people.UpdateProvider(tx, found.ID, id, in)
		return err
	})
	return changed, err
}

// RemoveProvider removes a provider of a group, on behalf of its admins. Where
// the group required it, it no longer does.
func (g *Groups) RemoveProvider(ctx context.Context, who access.Actor, handle string, id int64) error {
	return g.db.Write(ctx, func(tx *store.Tx) error {
		found, err := g.lockFor(tx, who, access.EditGroup, handle)
		if err != nil {
			return err
		}
		if err := g.people.DeleteProvider(tx, found.ID, id); err != nil {
			return err
		}
		return g.happened(tx, event.GroupEdited, who, found.ID, 0, access.NoRole)
	})
}

// RequireProvider lets a membership in the group count only for who came through
// one of its providers, on behalf of its admins; 0 lifts that again. Who requires
// a provider must have come through it: Conflict "provider.not_yours".
func (g *Groups) RequireProvider(ctx context.Context, who access.Actor, handle string, id int64) error {
	return g.db.Write(ctx, func(tx *store.Tx) error {
		found, err := g.lockFor(tx, who, access.EditGroup, handle)
		if err != nil {
			return err
		}
		if id == 0 {
			return g.require(tx, who, found.ID, nil)
		}
		list, err := g.people.ProvidersOf(tx.DB, found.ID)
		if err != nil {
			return err
		}
		for _, p := range list {
			if p.ID != id {
				continue
			}
			if who.Provider != id {
				return errs.New(errs.Conflict, "provider.not_yours", errs.Args{"Name": p.Name})
			}
			return g.require(tx, who, found.ID, &id)
		}
		return errs.New(errs.NotFound, "error.not_found")
	})
}

func (g *Groups) require(tx *store.Tx, who access.Actor, groupID int64, provider *int64) error {
	if err := tx.Exec("UPDATE groups SET only_provider_id = ? WHERE id = ?", provider, groupID).Error; err != nil {
		return fmt.Errorf("set the provider that group %d requires: %w", groupID, err)
	}
	return g.happened(tx, event.GroupEdited, who, groupID, 0, access.NoRole)
}

// Requiring is a group that requires a provider.
type Requiring struct {
	Group    Brief
	Provider string // its name
}

// Requirings lists the groups that require a provider, for an administrator: if
// the provider fails, nobody else can help.
func (g *Groups) Requirings(ctx context.Context, who access.Actor) ([]Requiring, error) {
	if err := access.Check(who, access.Administer, access.Forum()); err != nil {
		return nil, err
	}
	var rows []struct {
		Group    Brief `gorm:"embedded"`
		Provider string
	}
	err := g.db.Read(ctx).Table("groups AS g").Select("g.id, g.handle, g.name, g.visibility, v.name AS provider").
		Joins("JOIN providers AS v ON v.id = g.only_provider_id").Order("lower(g.name), g.id").Limit(mineMost).Find(&rows).Error
	if err != nil {
		return nil, store.Translate(fmt.Errorf("list the groups that require a provider: %w", err))
	}
	out := make([]Requiring, len(rows))
	for i, r := range rows {
		out[i] = Requiring{Group: r.Group, Provider: r.Provider}
	}
	return out, nil
}

// LiftProvider lifts a group's requirement on behalf of an administrator of the
// forum, where the provider has failed and its admins cannot come in any more.
func (g *Groups) LiftProvider(ctx context.Context, who access.Actor, handle string) error {
	if err := access.Check(who, access.Administer, access.Forum()); err != nil {
		return err
	}
	return g.db.Write(ctx, func(tx *store.Tx) error {
		found, err := g.Find(tx.DB, who, handle)
		if err != nil {
			return err
		}
		return g.require(tx, who, found.ID, nil)
	})
}

// WayIn is how members come into a group.
type WayIn struct {
	Group     Brief
	Providers []person.Provider
	Required  int64 // the provider that they have to come through; 0 where any way will do
}

// WayIn tells how to come into a group through its providers. Who may not know
// of the group gets NotFound; a member may know of it whatever they came through.
func (g *Groups) WayIn(ctx context.Context, who access.Actor, handle string) (WayIn, error) {
	none := errs.New(errs.NotFound, "error.not_found")
	var f errs.Fields
	if handle = plain.Handle(&f, "handle", handle); f != nil {
		return WayIn{}, none
	}
	var found Brief
	h := g.db.Read(ctx)
	if err := h.Table("groups").Select("id, handle, name, visibility").Where("handle = ?", handle).Take(&found).Error; err != nil {
		return WayIn{}, store.Translate(fmt.Errorf("read a group: %w", err))
	}
	if ok, err := g.mayKnow(h, who, found); err != nil || !ok {
		return WayIn{}, orNot(err, none)
	}
	w := WayIn{Group: found}
	var err error
	if w.Required, err = requiredIn(h, found.ID); err != nil {
		return WayIn{}, err
	}
	w.Providers, err = g.people.ProvidersOf(h, found.ID)
	return w, err
}

func orNot(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

// mayKnow asks the rules with the membership as it stands, whichever way its
// person came: it is about the way itself.
func (g *Groups) mayKnow(h *gorm.DB, who access.Actor, found Brief) (bool, error) {
	var role access.Role
	err := h.Raw("SELECT COALESCE((SELECT role FROM memberships WHERE group_id = ? AND person_id = ?), '')", found.ID, who.Person).Row().Scan(&role)
	if err != nil {
		return false, store.Translate(fmt.Errorf("read a membership in group %d: %w", found.ID, err))
	}
	return access.May(who, access.ReadGroup, access.Facts{Group: found.Visibility, Role: role}), nil
}

// Needed lists the providers that groups of who ask for and that they have not
// come through: of the group with the handle, or of all where it is empty.
func (g *Groups) Needed(ctx context.Context, who access.Actor, handle string) ([]person.Provider, error) {
	var ids []int64
	q := g.db.Read(ctx).Table("memberships AS m").Joins("JOIN groups AS g ON g.id = m.group_id").
		Where("m.person_id = ? AND g.only_provider_id IS NOT NULL AND g.only_provider_id <> ?", who.Person, who.Provider)
	if handle != "" {
		q = q.Where("g.handle = ?", handle)
	}
	if err := q.Distinct("g.only_provider_id").Order("g.only_provider_id").Limit(mineMost).Find(&ids).Error; err != nil {
		return nil, store.Translate(fmt.Errorf("look which providers person %d needs: %w", who.Person, err))
	}
	out := make([]person.Provider, 0, len(ids))
	for _, id := range ids {
		p, err := g.people.Provider(ctx, id)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

// ProviderFor is a provider as it may be shown to who: the forum's own to
// everybody, that of a group to those who may know of the group.
func (g *Groups) ProviderFor(ctx context.Context, who access.Actor, id int64) (person.Provider, error) {
	p, err := g.people.Provider(ctx, id)
	if err != nil || p.Group == 0 {
		return p, err
	}
	h := g.db.Read(ctx)
	var of Brief
	if err := h.Table("groups").Select("id, handle, name, visibility").Where("id = ?", p.Group).Take(&of).Error; err != nil {
		return person.Provider{}, store.Translate(fmt.Errorf("read group %d: %w", p.Group, err))
	}
	if ok, err := g.mayKnow(h, who, of); err != nil || !ok {
		return person.Provider{}, orNot(err, errs.New(errs.NotFound, "error.not_found"))
	}
	return p, nil
}

// LinkThrough links who with the provider that has vouched for them, once. The
// provider of a group makes them a member of it, unless they are banned there.
func (g *Groups) LinkThrough(ctx context.Context, who access.Actor, token, browser string) (person.Pending, error) {
	if !who.SignedIn() {
		return person.Pending{}, errs.New(errs.Unauthenticated, "access.sign_in")
	}
	came, err := g.people.Pending(ctx, token, browser)
	if err != nil {
		return person.Pending{}, err
	}
	err = g.db.Write(ctx, func(tx *store.Tx) error {
		if err := g.people.LinkPending(tx, came, who.Person); err != nil {
			return err
		}
		return g.vouchedFor(tx, who, came.Provider.Group)
	})
	return came, err
}

// RegisterThrough makes an account for whom a provider has vouched for, once,
// and a member of them where it is the provider of a group. Who was on the way to
// an invitation accepts it with that: it stands for the invitation that a new
// account may need, so it is used up with the account or there is none. Pending
// then leads on to where the invitation does.
func (g *Groups) RegisterThrough(ctx context.Context, token, browser string, in person.ThroughProvider) (person.Person, person.Pending, error) {
	came, err := g.people.Pending(ctx, token, browser)
	if err != nil {
		return person.Person{}, came, err
	}
	invitation := g.invitedBy(ctx, came)
	in.Invited = invitation != ""
	if !came.MayMake && (came.Known || !in.Invited) {
		return person.Person{}, came, errs.New(errs.Forbidden, "provider.no_account")
	}
	ready, err := g.people.PrepareThrough(ctx, came, &in)
	if err != nil {
		return person.Person{}, came, err
	}
	var made person.Person
	err = g.db.Write(ctx, func(tx *store.Tx) (err error) {
		if made, err = g.people.InsertThrough(tx, came, ready, in); err != nil {
			return err
		}
		if in.Invited {
			entered, err := g.accept(tx, made.Actor(), invitation)
			if err != nil {
				return err
			}
			came.Next = entered.Path()
		}
		return g.vouchedFor(tx, made.Actor(), came.Provider.Group)
	})
	return made, came, err
}

// MayRegister tells whether who came through a provider may have a new account.
func (g *Groups) MayRegister(ctx context.Context, came person.Pending) bool {
	return came.MayMake || !came.Known && g.invitedBy(ctx, came) != ""
}

// invitedBy is the secret of the invitation that somebody was on the way to;
// empty where it is no longer good, or was sent to another address than the
// forum's own provider says is theirs.
func (g *Groups) invitedBy(ctx context.Context, came person.Pending) string {
	token, ok := strings.CutPrefix(came.Next, "/join/")
	if !ok {
		return ""
	}
	_, i, err := g.Invited(ctx, token)
	if err != nil || i.Email != "" && (!came.Trusted || !sameAddress(came.Email, i.Email)) {
		return ""
	}
	return token
}

// vouchedFor makes somebody a member of the group whose provider has vouched for
// them. Who is one already stays what they are; who was banned stays out.
func (g *Groups) vouchedFor(tx *store.Tx, who access.Actor, groupID int64) error {
	if groupID == 0 {
		return nil
	}
	if _, err := g.lock(tx, who, groupID); err != nil {
		return err
	}
	var n int64
	err := tx.Raw(`SELECT (SELECT COUNT(*) FROM memberships WHERE group_id = @group AND person_id = @person)
		+ (SELECT COUNT(*) FROM bans WHERE group_id = @group AND person_id = @person)`,
		map[string]any{"group": groupID, "person": who.Person}).Row().Scan(&n)
	if err != nil {
		return fmt.Errorf("read what person %d is in group %d: %w", who.Person, groupID, err)
	}
	if n > 0 {
		return nil
	}
	return g.enter(tx, who, groupID, who.Person, access.Member)
}
