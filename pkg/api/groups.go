package api

import (
	"time"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/group"
)

type groupAnswer struct {
	ID          int64             `json:"id"`
	Handle      string            `json:"handle"`
	Name        string            `json:"name"`
	Description string            `json:"description"`
	Visibility  access.Visibility `json:"visibility"`
	MemberCount int               `json:"member_count"`
	CreatedAt   time.Time         `json:"created_at"`
	LastSeq     int64             `json:"last_seq"`
	Role        access.Role       `json:"role,omitempty"` // the reader's
	URL         string            `json:"url"`
}

func answerGroup(g group.Group) groupAnswer {
	return groupAnswer{ID: g.ID, Handle: g.Handle, Name: g.Name, Description: g.Description, Visibility: g.Visibility,
		MemberCount: g.MemberCount, CreatedAt: g.CreatedAt.UTC(), LastSeq: g.LastSeq, Role: g.Role, URL: "/g/" + g.Handle}
}

func (a *API) listGroups(c edge.Ctx) error {
	at, err := edge.Page(c)
	if err != nil {
		return err
	}
	groups, err := a.Groups.List(c.Request().Context(), edge.Who(c), at)
	if err != nil {
		return err
	}
	return ok(c, paged(groups, answerGroup))
}

type newGroup struct {
	Name        string            `json:"name"`
	Handle      string            `json:"handle"`
	Description string            `json:"description"`
	Visibility  access.Visibility `json:"visibility"`
}

func (a *API) createGroup(c edge.Ctx) error {
	in, err := read[newGroup](c)
	if err != nil {
		return err
	}
	made, err := a.Groups.Create(c.Request().Context(), edge.Who(c), group.NewGroup{Name: in.Name, Handle: in.Handle, Description: in.Description, Visibility: in.Visibility})
	if err != nil {
		return err
	}
	return created(c, answerGroup(made), "/groups/%s", made.Handle)
}

func (a *API) showGroup(c edge.Ctx) error {
	found, err := a.Groups.ByHandle(c.Request().Context(), edge.Who(c), c.Param("handle"))
	if err != nil {
		return err
	}
	return ok(c, answerGroup(found))
}

type groupEdit struct {
	Name        *string            `json:"name"`
	Description *string            `json:"description"`
	Visibility  *access.Visibility `json:"visibility"`
}

func (a *API) editGroup(c edge.Ctx) error {
	in, err := read[groupEdit](c)
	if err != nil {
		return err
	}
	changed, err := a.Groups.Edit(c.Request().Context(), edge.Who(c), c.Param("handle"), group.GroupEdit(in))
	if err != nil {
		return err
	}
	return ok(c, answerGroup(changed))
}
