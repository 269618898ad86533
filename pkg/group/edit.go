package group

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/plain"
	"plenary/pkg/renames"
	"plenary/pkg/store"
)

const (
	nameMax        = 100
	descriptionMax = 4000 // bytes
	questionMax    = 300
)

// NewGroup describes a group to be made.
type NewGroup struct {
	Name            string
	Handle          string // empty: made from the name, and numbered when taken
	Description     string
	Visibility      access.Visibility // empty: public, and below another group as that one
	Joining         access.Joining    // empty: openly into a public group, by invitation into others
	JoinQuestion    string            // what who asks to come in is asked
	Permissions     map[access.Setting]access.Role
	OnErasure       string // empty: keep
	Parent          string // handle of the group above; empty for none
	InheritsMembers bool   // who is a member of the group above is one here too
}

// Validate cleans the fields in place and complains of those that cannot be kept.
func (in *NewGroup) Validate() error {
	var f errs.Fields
	in.Name = plain.Line(&f, "name", in.Name, true, nameMax)
	if in.Handle != "" {
		in.Handle = checkHandle(&f, in.Handle)
	}
	in.Description = plain.Body(&f, "description", in.Description, false, descriptionMax)
	if in.Visibility == "" && in.Parent == "" {
		in.Visibility = access.Public
	}
	if in.Visibility != "" {
		checkVisibility(&f, in.Visibility)
	}
	if in.Joining != "" {
		checkJoining(&f, in.Joining)
	}
	in.JoinQuestion = plain.Line(&f, "join_question", in.JoinQuestion, false, questionMax)
	if in.OnErasure == "" {
		in.OnErasure = Keep
	}
	checkErasure(&f, in.OnErasure)
	if in.InheritsMembers && in.Parent == "" {
		f.Add("inherits_members", "group.nothing_to_inherit")
	}
	decide(&f, "", in.Permissions)
	return f.Err()
}

// settle gives what was left open its default.
func (in *NewGroup) settle(above access.Visibility) {
	if in.Visibility == "" {
		in.Visibility = above
	}
	if in.Joining == "" {
		in.Joining = access.JoinInvitation
		if in.Visibility == access.Public {
			in.Joining = access.JoinOpenly
		}
	}
}

// The names a text can be given to when its writer's account is erased.
const (
	Keep   = "keep"   // the text stays, by "a former member"
	Erased = "remove" // the text goes with its writer
)

func checkErasure(f *errs.Fields, what string) {
	if what != Keep && what != Erased {
		f.Add("on_erasure", "field.choose")
	}
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

// checkWayIn complains of a secret group that people could join by themselves:
// nobody would find it.
func checkWayIn(f *errs.Fields, v access.Visibility, j access.Joining) {
	if v == access.Secret && j != access.JoinInvitation {
		f.Add("joining", "group.secret_by_invitation")
	}
}

// decide puts decisions about what members may do in the place of earlier ones.
// A complaint stands under the setting's name.
func decide(f *errs.Fields, had access.Permissions, changes map[access.Setting]access.Role) access.Permissions {
	for setting, from := range changes {
		with, err := had.With(setting, from)
		switch {
		case err == nil:
			had = with
		case access.Choices(setting) == nil:
			f.Add("permissions."+string(setting), "field.unknown")
		default:
			f.Add("permissions."+string(setting), "field.choose")
		}
	}
	return had
}

// Create makes a group. The person who makes it becomes its first admin. Below
// another group it is made by that group's admins.
//
// Errors: Invalid under "parent" where there is no such group for the actor,
// or it lies too deep; under "visibility" where the new group would be seen by
// more people than the one above.
func (g *Groups) Create(ctx context.Context, who access.Actor, in NewGroup) (Group, error) {
	if in.Parent == "" {
		if err := access.Check(who, access.CreateGroup, access.Forum()); err != nil {
			return Group{}, err
		}
	}
	if err := in.Validate(); err != nil {
		return Group{}, err
	}
	var made Group
	err := g.db.Write(ctx, func(tx *store.Tx) error {
		above, err := g.placeNew(tx, who, &in)
		if err != nil {
			return err
		}
		id, err := g.insertNamed(tx, who, in, above)
		if err != nil {
			return err
		}
		if who.SignedIn() {
			if err := g.enter(tx, who, id, who.Person, access.Admin); err != nil {
				return err
			}
		}
		if in.InheritsMembers {
			if err := g.takeIn(tx, id, above); err != nil {
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
func (g *Groups) insertNamed(tx *store.Tx, who access.Actor, in NewGroup, above int64) (int64, error) {
	const tries = 50
	base, chosen := in.Handle, in.Handle != ""
	if !chosen {
		if base = plain.HandleFrom(in.Name); base == "" || reserved[base] {
			base = "group"
		}
	}
	for i := range tries {
		in.Handle = base
		if i > 0 {
			in.Handle = fmt.Sprintf("%s-%d", base, i+1)
		}
		id, err := g.insert(tx, who, in, above)
		if id != 0 || err != nil {
			return id, err
		}
		if chosen {
			break
		}
	}
	return 0, taken()
}

// insert writes the group and returns its id, 0 where the handle is taken.
func (g *Groups) insert(tx *store.Tx, who access.Actor, in NewGroup, above int64) (id int64, err error) {
	if led, err := renames.Leads(tx.DB, renames.Group, in.Handle); err != nil || led != 0 {
		return 0, err
	}
	var f errs.Fields
	rules := decide(&f, "", in.Permissions) // was judged before
	err = tx.Raw(`INSERT INTO groups (handle, name, description, visibility, joining, join_question, permissions, on_erasure, parent_id,
		inherits_members, created_by, created_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (handle) DO NOTHING RETURNING id`,
		in.Handle, in.Name, in.Description, in.Visibility, in.Joining, in.JoinQuestion, rules, in.OnErasure, orNone(above),
		in.InheritsMembers, orNone(who.Person), store.At(g.now())).Row().Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("insert a group: %w", err)
	}
	return id, stillFree(tx, in.Handle)
}

// orNone is how a reference to nothing is stored.
func orNone(id int64) *int64 {
	if id == 0 {
		return nil
	}
	return &id
}

// GroupEdit changes what is not nil.
type GroupEdit struct {
	Name            *string
	Handle          *string // the old one goes on leading here
	Description     *string
	Visibility      *access.Visibility
	Joining         *access.Joining
	JoinQuestion    *string
	Permissions     map[access.Setting]access.Role // what is not in it stays
	OnErasure       *string
	Picture         *string // checksum of a kept file; empty for none
	Parent          *string // handle; empty for none
	InheritsMembers *bool
	ProxyLimit      *int // 0 to 100
	MergeHours      *int // 1 to 720
}

// proxiesMost is for how many others one person may vote at most, and mergeMost how
// many hours the proposers of a theme may have to object to its merge.
const (
	proxiesMost = 100
	mergeMost   = 720
)

var checksum = regexp.MustCompile(`^[0-9a-f]{64}$`)

// Validate cleans the fields in place and complains of those that cannot be kept.
func (in *GroupEdit) Validate() error {
	var f errs.Fields
	if in.Name != nil {
		*in.Name = plain.Line(&f, "name", *in.Name, true, nameMax)
	}
	if in.Handle != nil {
		*in.Handle = checkHandle(&f, *in.Handle)
	}
	if in.Description != nil {
		*in.Description = plain.Body(&f, "description", *in.Description, false, descriptionMax)
	}
	if in.Visibility != nil {
		checkVisibility(&f, *in.Visibility)
	}
	if in.Joining != nil {
		checkJoining(&f, *in.Joining)
	}
	if in.JoinQuestion != nil {
		*in.JoinQuestion = plain.Line(&f, "join_question", *in.JoinQuestion, false, questionMax)
	}
	if in.OnErasure != nil {
		checkErasure(&f, *in.OnErasure)
	}
	if in.Picture != nil && *in.Picture != "" && !checksum.MatchString(*in.Picture) {
		f.Add("picture", "field.unknown")
	}
	if in.ProxyLimit != nil && (*in.ProxyLimit < 0 || *in.ProxyLimit > proxiesMost) {
		f.Add("proxy_limit", "field.between", errs.Args{"Min": 0, "Max": proxiesMost})
	}
	if in.MergeHours != nil && (*in.MergeHours < 1 || *in.MergeHours > mergeMost) {
		f.Add("merge_hours", "field.between", errs.Args{"Min": 1, "Max": mergeMost})
	}
	decide(&f, "", in.Permissions)
	return f.Err()
}

// Edit changes a group, on behalf of its admins.
//
// Errors, besides those about single fields: Invalid under "handle" where it is
// taken, leads to another group or was changed too often; under "visibility"
// where the group above or those below forbid it; under "parent" where the group
// cannot be put there; under "joining" where nobody could find the way in.
// Conflict "group.moved_meanwhile" where groups were moved at the same moment.
func (g *Groups) Edit(ctx context.Context, who access.Actor, handle string, in GroupEdit) (Group, error) {
	if err := in.Validate(); err != nil {
		return Group{}, err
	}
	var changed Group
	err := g.db.Write(ctx, func(tx *store.Tx) error {
		found, above, err := g.lockToEdit(tx, who, handle, in)
		if err != nil {
			return err
		}
		changed, err = g.edit(tx, who, found, above, in)
		return err
	})
	return changed, err
}

// edit changes a locked group; above is where it is to stand.
func (g *Groups) edit(tx *store.Tx, who access.Actor, found Group, above *Group, in GroupEdit) (Group, error) {
	set, err := in.columns(found)
	if err != nil {
		return Group{}, err
	}
	if err := g.mayStand(tx, who, found, above, in); err != nil {
		return Group{}, err
	}
	if in.Handle != nil && *in.Handle != found.Handle {
		if err := g.rename(tx, found, *in.Handle); err != nil {
			return Group{}, err
		}
		set["handle"] = *in.Handle
	}
	members, err := in.place(found, above, set)
	if err != nil || len(set) == 0 {
		return found, err
	}
	if err := tx.Table("groups").Where("id = ?", found.ID).Updates(set).Error; err != nil {
		return Group{}, fmt.Errorf("edit group %d: %w", found.ID, err)
	}
	if err := g.inheritAnew(tx, found.ID, members); err != nil {
		return Group{}, err
	}
	if err := g.happened(tx, event.GroupEdited, who, found.ID, 0, access.NoRole); err != nil {
		return Group{}, err
	}
	return take(from(tx.DB, who).Where("g.id = ?", found.ID))
}

// columns are the changes, but for the handle and the place.
func (in GroupEdit) columns(had Group) (map[string]any, error) {
	var f errs.Fields
	set := map[string]any{}
	put(set, "name", in.Name)
	put(set, "description", in.Description)
	put(set, "visibility", in.Visibility)
	put(set, "join_question", in.JoinQuestion)
	put(set, "on_erasure", in.OnErasure)
	put(set, "picture", in.Picture)
	put(set, "proxy_limit", in.ProxyLimit)
	put(set, "merge_hours", in.MergeHours)
	if len(in.Permissions) > 0 {
		set["permissions"] = decide(&f, had.Permissions, in.Permissions)
	}
	visibility, joining := had.Visibility, had.Joining
	if in.Visibility != nil {
		visibility = *in.Visibility
	}
	switch {
	case in.Joining != nil:
		joining = *in.Joining
	case visibility == access.Secret:
		joining = access.JoinInvitation
	}
	checkWayIn(&f, visibility, joining)
	if joining != had.Joining {
		set["joining"] = joining
	}
	return set, f.Err()
}

// put adds a column where it is to change.
func put[T any](set map[string]any, column string, value *T) {
	if value != nil {
		set[column] = *value
	}
}
