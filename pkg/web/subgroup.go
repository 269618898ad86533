package web

import (
	"net/http"
	"net/url"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/group"
	"plenary/pkg/store"
	"plenary/pkg/web/view"
)

// parentHead is the group of the address, where the person may make groups
// below it.
func (s *Site) parentHead(c edge.Ctx) (view.GroupHead, group.Group, error) {
	head, g, err := s.groupHead(c, "")
	if err != nil {
		return head, g, err
	}
	return head, g, access.Check(edge.Who(c), access.Subgroup, g.Facts())
}

func (s *Site) newSubgroup(c edge.Ctx) error {
	head, g, err := s.parentHead(c)
	if err != nil {
		return err
	}
	form, err := s.form(url.Values{"visibility": {string(g.Visibility)}})
	if err != nil {
		return err
	}
	return s.ok(c, view.GroupFormPage{Frame: s.frame(c), Parent: &head, Form: form})
}

func (s *Site) createSubgroup(c edge.Ctx) error {
	head, g, err := s.parentHead(c)
	if err != nil {
		return err
	}
	form, err := submitted(c)
	if err != nil {
		return err
	}
	in := newGroup(form)
	in.Parent, in.InheritsMembers = g.Handle, form.Get("inherits_members") == "1"
	made, err := s.Groups.Create(ctx(c), edge.Who(c), in)
	if store.IsReplay(err) {
		return seeOther(c, groupRef(g).URL())
	}
	if err == nil {
		return seeOther(c, groupRef(made).URL())
	}
	again, err := s.again(form, renamed(err, "description", "about"))
	if err != nil {
		return err
	}
	return s.show(c, http.StatusUnprocessableEntity, view.GroupFormPage{Frame: s.frame(c), Parent: &head, Form: again})
}

// newGroup is the group that a form describes.
func newGroup(form url.Values) group.NewGroup {
	return group.NewGroup{Name: form.Get("name"), Handle: form.Get("handle"), Description: form.Get("about"),
		Visibility: access.Visibility(form.Get("visibility"))}
}

// kinRows are groups in a list, each with the one above it.
func (s *Site) kinRows(c edge.Ctx, list []group.Group) ([]view.GroupRow, error) {
	kin, err := s.Groups.Kin(ctx(c), edge.Who(c), list)
	if err != nil {
		return nil, err
	}
	rows := groupRows(list)
	for i, g := range list {
		if up, known := kin.Parents[g.ID]; known {
			rows[i].Parent = briefRef(up)
		}
	}
	return rows, nil
}

// addSubgroups puts the groups below one into its page.
func (s *Site) addSubgroups(c edge.Ctx, p *view.GroupPage, g group.Group) error {
	kin, err := s.Groups.Kin(ctx(c), edge.Who(c), []group.Group{g})
	if err != nil {
		return err
	}
	p.Below = groupRows(kin.Subgroups[g.ID])
	return nil
}

// addLine puts the groups above one into what stands over its pages.
func (s *Site) addLine(c edge.Ctx, head *view.GroupHead, g group.Group) error {
	if g.ParentID == 0 {
		return nil
	}
	line, err := s.Groups.Line(ctx(c), edge.Who(c), g)
	if err != nil {
		return err
	}
	for _, b := range line {
		head.Line = append(head.Line, briefRef(b))
	}
	return nil
}
