package api

import (
	"net/http"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/errs"
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
	Picture     string            `json:"picture,omitempty"` // address

	Joining      access.Joining                 `json:"joining"`
	JoinQuestion string                         `json:"join_question,omitempty"`
	Permissions  map[access.Setting]access.Role `json:"permissions"`
	OnErasure    string                         `json:"on_erasure"`

	Parent          string          `json:"parent,omitempty"` // handle of the group above; absent where the reader may not know of it
	InheritsMembers bool            `json:"inherits_members"`
	ProxyLimit      int             `json:"proxy_limit"` // for how many others one person may vote
	MergeHours      int             `json:"merge_hours"` // how long the proposers of a theme have to object to its merge
	Subgroups       []subgroupBrief `json:"subgroups"`
}

type subgroupBrief struct {
	ID         int64             `json:"id"`
	Handle     string            `json:"handle"`
	Name       string            `json:"name"`
	Visibility access.Visibility `json:"visibility"`
}

func answerGroup(g group.Group) groupAnswer {
	out := groupAnswer{ID: g.ID, Handle: g.Handle, Name: g.Name, Description: g.Description, Visibility: g.Visibility,
		MemberCount: g.MemberCount, CreatedAt: g.CreatedAt.UTC(), LastSeq: g.LastSeq, Role: g.Role, URL: "/g/" + g.Handle,
		Picture: g.PicturePath(), Joining: g.Joining, JoinQuestion: g.JoinQuestion, OnErasure: g.OnErasure, ProxyLimit: g.ProxyLimit, MergeHours: g.MergeHours,
		Permissions: map[access.Setting]access.Role{}, Subgroups: []subgroupBrief{}}
	for _, setting := range access.Settings() {
		out.Permissions[setting] = g.Permissions.Of(setting)
	}
	return out
}

// among is the group with those around it that the reader may know of.
func (g groupAnswer) among(k group.Kin, inherits bool) groupAnswer {
	if up, known := k.Parents[g.ID]; known {
		g.Parent, g.InheritsMembers = up.Handle, inherits
	}
	for _, sub := range k.Subgroups[g.ID] {
		g.Subgroups = append(g.Subgroups, subgroupBrief{sub.ID, sub.Handle, sub.Name, sub.Visibility})
	}
	return g
}

// answerWhole is the answer about one group.
func (a *API) answerWhole(c edge.Ctx, g group.Group) (groupAnswer, error) {
	kin, err := a.Groups.Kin(c.Request().Context(), edge.Who(c), []group.Group{g})
	return answerGroup(g).among(kin, g.InheritsMembers), err
}

func (a *API) listGroups(c edge.Ctx) error {
	at, err := edge.Page(c)
	if err != nil {
		return err
	}
	groups, err := a.Groups.Search(c.Request().Context(), edge.Who(c), c.QueryParam("q"), at)
	if err != nil {
		return err
	}
	kin, err := a.Groups.Kin(c.Request().Context(), edge.Who(c), groups.Items)
	if err != nil {
		return err
	}
	return ok(c, paged(groups, func(g group.Group) groupAnswer { return answerGroup(g).among(kin, g.InheritsMembers) }))
}

type newGroup struct {
	Name            string                         `json:"name"`
	Handle          string                         `json:"handle"`
	Description     string                         `json:"description"`
	Visibility      access.Visibility              `json:"visibility"`
	Joining         access.Joining                 `json:"joining"`
	JoinQuestion    string                         `json:"join_question"`
	Permissions     map[access.Setting]access.Role `json:"permissions"`
	OnErasure       string                         `json:"on_erasure"`
	Parent          string                         `json:"parent"`
	InheritsMembers bool                           `json:"inherits_members"`
}

func (a *API) createGroup(c edge.Ctx) error {
	in, err := read[newGroup](c)
	if err != nil {
		return err
	}
	made, err := a.Groups.Create(c.Request().Context(), edge.Who(c), group.NewGroup(in))
	if err != nil {
		return err
	}
	answer, err := a.answerWhole(c, made)
	if err != nil {
		return err
	}
	return created(c, answer, "/groups/%s", made.Handle)
}

func (a *API) showGroup(c edge.Ctx) error {
	found, err := a.Groups.ByHandle(c.Request().Context(), edge.Who(c), c.Param("handle"))
	return a.answerChanged(c, found, err)
}

func (a *API) answerChanged(c edge.Ctx, g group.Group, err error) error {
	if err != nil {
		return err
	}
	answer, err := a.answerWhole(c, g)
	if err != nil {
		return err
	}
	return ok(c, answer)
}

type groupEdit struct {
	Name            *string                        `json:"name"`
	Handle          *string                        `json:"handle"`
	Description     *string                        `json:"description"`
	Visibility      *access.Visibility             `json:"visibility"`
	Joining         *access.Joining                `json:"joining"`
	JoinQuestion    *string                        `json:"join_question"`
	Permissions     map[access.Setting]access.Role `json:"permissions"`
	OnErasure       *string                        `json:"on_erasure"`
	Parent          *string                        `json:"parent"`
	InheritsMembers *bool                          `json:"inherits_members"`
	ProxyLimit      *int                           `json:"proxy_limit"`
	MergeHours      *int                           `json:"merge_hours"`
}

func (a *API) editGroup(c edge.Ctx) error {
	in, err := read[groupEdit](c)
	if err != nil {
		return err
	}
	changed, err := a.Groups.Edit(c.Request().Context(), edge.Who(c), c.Param("handle"), group.GroupEdit{Name: in.Name, Handle: in.Handle,
		Description: in.Description, Visibility: in.Visibility, Joining: in.Joining, JoinQuestion: in.JoinQuestion, Permissions: in.Permissions,
		OnErasure: in.OnErasure, Parent: in.Parent, InheritsMembers: in.InheritsMembers, ProxyLimit: in.ProxyLimit, MergeHours: in.MergeHours})
	return a.answerChanged(c, changed, err)
}

// groupToPicture is the group of the address, where the person may change its
// picture. It is asked before the body is read.
func (a *API) groupToPicture(c edge.Ctx) (group.Group, error) {
	found, err := a.Groups.ByHandle(c.Request().Context(), edge.Who(c), c.Param("handle"))
	if err != nil {
		return found, err
	}
	return found, access.Check(edge.Who(c), access.EditGroup, found.Facts())
}

// setGroupPicture takes the body as it is for the picture.
func (a *API) setGroupPicture(c edge.Ctx) error {
	found, err := a.groupToPicture(c)
	if err != nil {
		return err
	}
	kept, err := a.Files.PutPortrait(c.Request().Context(), c.Request().Body, edge.PictureLimit)
	if err != nil {
		return renamed(err, "file", "picture")
	}
	return a.changeGroupPicture(c, found, kept.SHA256)
}

func (a *API) removeGroupPicture(c edge.Ctx) error {
	found, err := a.groupToPicture(c)
	if err != nil {
		return err
	}
	return a.changeGroupPicture(c, found, "")
}

func (a *API) changeGroupPicture(c edge.Ctx, found group.Group, sum string) error {
	ctx := c.Request().Context()
	changed, err := a.Groups.Edit(ctx, edge.Who(c), found.Handle, group.GroupEdit{Picture: &sum})
	if err == nil && found.Picture != "" && found.Picture != sum {
		err = a.MyData.DropLater(ctx, found.Picture)
	}
	return a.answerChanged(c, changed, err)
}

// underOldHandle lets a group that has another handle now be asked for by the
// one that it had. What is only read is asked for anew; for a change, which
// cannot be read twice, the handle is looked up before.
func (a *API) underOldHandle(next edge.Handler) edge.Handler {
	return func(c edge.Ctx) error {
		if c.Param("handle") == "" {
			return next(c)
		}
		if c.Request().Method != http.MethodGet {
			a.renew(c)
			return next(c)
		}
		err := next(c)
		if errs.Is(err, errs.NotFound) && a.renew(c) {
			return next(c)
		}
		return err
	}
}

// renew puts the present handle of a group in the place of an earlier one. A
// failure to look it up leaves things as they are: then there is no such group.
func (a *API) renew(c edge.Ctx) bool {
	now, err := a.Groups.Moved(c.Request().Context(), edge.Who(c), c.Param("handle"))
	if err != nil {
		return false
	}
	values := c.ParamValues()
	for i, name := range c.ParamNames() {
		if name == "handle" {
			values[i] = now
		}
	}
	c.SetParamValues(values...)
	return true
}
