package group

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/plain"
	"plenary/pkg/store"
)

const (
	nameMax        = 100
	descriptionMax = 4000 // bytes
)

// NewGroup describes a group to be made.
type NewGroup struct {
	Name        string
	Handle      string // empty: made from the name, and numbered when taken
	Description string
	Visibility  access.Visibility // empty: public
	Joining     access.Joining    // empty: openly into a public group, by invitation into others
}

// Validate cleans the fields in place and complains of those that cannot be kept.
func (in *NewGroup) Validate() error {
	var f errs.Fields
	in.Name = plain.Line(&f, "name", in.Name, true, nameMax)
	if in.Handle != "" {
		in.Handle = plain.Handle(&f, "handle", in.Handle)
		if in.Handle == "new" { // the address of the form that makes a group
			f.Add("handle", "field.reserved")
		}
	}
	in.Description = plain.Body(&f, "description", in.Description, false, descriptionMax)
	if in.Visibility == "" {
		in.Visibility = access.Public
	}
	checkVisibility(&f, in.Visibility)
	if in.Joining == "" {
		in.Joining = access.JoinInvitation
		if in.Visibility == access.Public {
			in.Joining = access.JoinOpenly
		}
	}
	checkJoining(&f, in.Joining)
	return f.Err()
}

func checkJoining(f *errs.Fields, j access.Joining) {
	switch j {
	case access.JoinOpenly, access.JoinOnRequest, access.JoinInvitation:
	default:
		f.Add("joining", "field.choose")
	}
}

func checkVisibility(f *errs.Fields, v access.Visibility) {
	switch v {
	case access.Public, access.Closed, access.Secret:
	default:
		f.Add("visibility", "field.choose")
	}
}

// Create makes a group. The person who makes it becomes its first admin.
func (g *Groups) Create(ctx context.Context, who access.Actor, in NewGroup) (Group, error) {
	if err := access.Check(who, access.CreateGroup, access.Forum()); err != nil {
		return Group{}, err
	}
	if err := in.Validate(); err != nil {
		return Group{}, err
	}
	var made Group
	err := g.db.Write(ctx, func(tx *store.Tx) error {
		id, err := g.insertNamed(tx, who, in)
		if err != nil {
			return err
		}
		if who.SignedIn() {
			if err := g.enter(tx, who, id, who.Person, access.Admin); err != nil {
				return err
			}
		}
		made, err = take(from(tx.DB, who).Where("g.id = ?", id))
		return err
	})
	return made, err
}

// insertNamed writes the group under its handle, or under one made from its
// name: "garden", or where that is taken "garden-2" and so on.
func (g *Groups) insertNamed(tx *store.Tx, who access.Actor, in NewGroup) (int64, error) {
	const tries = 50
	base, chosen := in.Handle, in.Handle != ""
	if !chosen {
		if base = plain.HandleFrom(in.Name); base == "" || base == "new" {
			base = "group"
		}
	}
	for i := range tries {
		in.Handle = base
		if i > 0 {
			in.Handle = fmt.Sprintf("%s-%d", base, i+1)
		}
		id, err := g.insert(tx, who, in)
		if id != 0 || err != nil {
			return id, err
		}
		if chosen {
			break
		}
	}
	var f errs.Fields
	f.Add("handle", "field.taken")
	return 0, f.Err()
}

// insert writes the group and returns its id, 0 where the handle is taken.
func (g *Groups) insert(tx *store.Tx, who access.Actor, in NewGroup) (id int64, err error) {
	var maker *int64
	if who.SignedIn() {
		maker = &who.Person
	}
	err = tx.Raw(`INSERT INTO groups (handle, name, description, visibility, joining, created_by, created_at)
		VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (handle) DO NOTHING RETURNING id`,
		in.Handle, in.Name, in.Description, in.Visibility, in.Joining, maker, store.At(g.now())).Row().Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("insert a group: %w", err)
	}
	return id, nil
}

// GroupEdit changes what is not nil. The handle stays: it stands in addresses.
type GroupEdit struct {
	Name        *string
	Description *string
	Visibility  *access.Visibility
}

// Validate cleans the fields in place and complains of those that cannot be kept.
func (in *GroupEdit) Validate() error {
	var f errs.Fields
	if in.Name != nil {
		*in.Name = plain.Line(&f, "name", *in.Name, true, nameMax)
	}
	if in.Description != nil {
		*in.Description = plain.Body(&f, "description", *in.Description, false, descriptionMax)
	}
	if in.Visibility != nil {
		checkVisibility(&f, *in.Visibility)
	}
	return f.Err()
}

// Edit changes a group, on behalf of its admins.
func (g *Groups) Edit(ctx context.Context, who access.Actor, handle string, in GroupEdit) (Group, error) {
	if err := in.Validate(); err != nil {
		return Group{}, err
	}
	var changed Group
	err := g.db.Write(ctx, func(tx *store.Tx) error {
		found, err := g.lockFor(tx, who, access.EditGroup, handle)
		if err != nil {
			return err
		}
		set := in.columns()
		if len(set) == 0 {
			changed = found
			return nil
		}
		if err := tx.Table("groups").Where("id = ?", found.ID).Updates(set).Error; err != nil {
			return fmt.Errorf("edit group %d: %w", found.ID, err)
		}
		if err := g.happened(tx, event.GroupEdited, who, found.ID, 0, access.NoRole); err != nil {
			return err
		}
		changed, err = take(from(tx.DB, who).Where("g.id = ?", found.ID))
		return err
	})
	return changed, err
}

func (in GroupEdit) columns() map[string]any {
	set := map[string]any{}
	if in.Name != nil {
		set["name"] = *in.Name
	}
	if in.Description != nil {
		set["description"] = *in.Description
	}
	if in.Visibility != nil {
		set["visibility"] = *in.Visibility
	}
	return set
}
