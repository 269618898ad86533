package group

import (
	"context"
	"errors"
	"time"

	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/page"
	"plenary/pkg/person"
)

var errUnwritten = errors.New("unwritten")

type NewGroup struct {
	Name, Handle, Description string
	Visibility                access.Visibility
}
type GroupEdit struct {
	Name, Description *string
	Visibility        *access.Visibility
}
type Membership struct {
	Person person.Brief
	Role   access.Role
	Since  time.Time
}
type NewInvitation struct {
	Role          access.Role
	MaxUses, Days int
}
type Invitation struct {
	ID, GroupID          int64
	Role                 access.Role
	MaxUses, Uses        int
	CreatedBy            person.Brief
	CreatedAt, ExpiresAt time.Time
	RevokedAt            *time.Time
}

func (g *Groups) Create(ctx context.Context, who access.Actor, in NewGroup) (Group, error) {
	return Group{}, errUnwritten
}
func (g *Groups) Edit(ctx context.Context, who access.Actor, handle string, in GroupEdit) (Group, error) {
	return Group{}, errUnwritten
}
func (g *Groups) Find(h *gorm.DB, viewer int64, handle string) (Group, error) {
	return Group{}, errUnwritten
}
func (g *Groups) ByHandle(ctx context.Context, who access.Actor, handle string) (Group, error) {
	return Group{}, errUnwritten
}
func (g *Groups) ByID(ctx context.Context, who access.Actor, id int64) (Group, error) {
	return Group{}, errUnwritten
}
func (g *Groups) List(ctx context.Context, who access.Actor, at page.Page) (page.List[Group], error) {
	return page.List[Group]{}, errUnwritten
}
func (g *Groups) Mine(ctx context.Context, who access.Actor) ([]Group, error) {
	return nil, errUnwritten
}
func (g *Groups) Join(ctx context.Context, who access.Actor, handle string) error {
	return errUnwritten
}
func (g *Groups) Leave(ctx context.Context, who access.Actor, handle string) error {
	return errUnwritten
}
func (g *Groups) AddMember(ctx context.Context, who access.Actor, handle, personHandle string, role access.Role) (Membership, error) {
	return Membership{}, errUnwritten
}
func (g *Groups) SetRole(ctx context.Context, who access.Actor, handle, personHandle string, role access.Role) (Membership, error) {
	return Membership{}, errUnwritten
}
func (g *Groups) RemoveMember(ctx context.Context, who access.Actor, handle, personHandle string) error {
	return errUnwritten
}
func (g *Groups) Members(ctx context.Context, who access.Actor, handle string, at page.Page) (page.List[Membership], error) {
	return page.List[Membership]{}, errUnwritten
}
func (g *Groups) RoleIn(h *gorm.DB, groupID, personID int64) (access.Role, error) {
	return access.NoRole, errUnwritten
}
func (g *Groups) Invite(ctx context.Context, who access.Actor, handle string, in NewInvitation) (token string, made Invitation, err error) {
	return "", Invitation{}, errUnwritten
}
func (g *Groups) Invitations(ctx context.Context, who access.Actor, handle string) ([]Invitation, error) {
	return nil, errUnwritten
}
func (g *Groups) RevokeInvitation(ctx context.Context, who access.Actor, id int64) error {
	return errUnwritten
}
func (g *Groups) Invited(ctx context.Context, token string) (Group, Invitation, error) {
	return Group{}, Invitation{}, errUnwritten
}
func (g *Groups) Accept(ctx context.Context, who access.Actor, token string) (Group, error) {
	return Group{}, errUnwritten
}
func (g *Groups) Register(ctx context.Context, token string, in person.NewPerson) (person.Person, Group, error) {
	return person.Person{}, Group{}, errUnwritten
}
