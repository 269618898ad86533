package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/forum"
	"plenary/pkg/store"
	"plenary/pkg/web/view"
)

func (s *Site) newThread(c edge.Ctx) error {
	g, err := s.Groups.ByHandle(ctx(c), edge.Who(c), c.Param("handle"))
	if err != nil {
		return err
	}
	if err := access.Check(edge.Who(c), access.StartThread, g.Facts()); err != nil {
		return err
	}
	form, err := s.form(url.Values{"visibility": {string(suiting(g.Visibility))}})
	if err != nil {
		return err
	}
	return s.ok(c, view.ThreadFormPage{Frame: s.frame(c), Group: groupRef(g), Form: form})
}

// suiting is what a new thread of a group is, unless its author says otherwise.
func suiting(group access.Visibility) access.Visibility {
	if group == access.Public {
		return access.Public
	}
	return access.MembersOnly
}

func (s *Site) startThread(c edge.Ctx) error {
	handle := c.Param("handle")
	form, err := submitted(c)
	if err != nil {
		return err
	}
	made, err := s.Forum.Start(ctx(c), edge.Who(c), handle, forum.NewThread{Title: form.Get("title"), Body: form.Get("body"),
		Visibility: access.Visibility(form.Get("visibility")), Tags: tagsOf(form)})
	if store.IsReplay(err) {
		return seeOther(c, view.GroupRef{Handle: handle}.URL())
	}
	if err == nil {
		return seeOther(c, threadHead(made).URL())
	}
	again, err := s.again(form, err)
	if err != nil {
		return err
	}
	g, err := s.Groups.ByHandle(ctx(c), edge.Who(c), handle)
	if err != nil {
		return err
	}
	return s.show(c, http.StatusUnprocessableEntity, view.ThreadFormPage{Frame: s.frame(c), Group: groupRef(g), Form: again})
}

// tagsOf are the tags as typed, with commas between them.
func tagsOf(form url.Values) []string {
	var tags []string
	for _, tag := range strings.Split(form.Get("tags"), ",") {
		if tag = strings.TrimSpace(tag); tag != "" {
			tags = append(tags, tag)
		}
	}
	return tags
}

func (s *Site) editThreadForm(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	t, err := s.Forum.Thread(ctx(c), edge.Who(c), id)
	if err != nil {
		return err
	}
	if err := access.Check(edge.Who(c), access.EditThread, t.Facts()); err != nil {
		return err
	}
	if session := threadHead(t).SessionURL(); session != "" { // its words are the session's
		return seeOther(c, session+"/edit")
	}
	form, err := s.form(url.Values{"title": {t.Title}, "body": {t.Body}, "tags": {strings.Join(t.Tags, ", ")},
		"visibility": {string(t.Visibility)}, "version": {strconv.Itoa(t.Version)}})
	if err != nil {
		return err
	}
	return s.showEditThread(c, http.StatusOK, t, form)
}

func (s *Site) showEditThread(c edge.Ctx, status int, t forum.Thread, form view.Form) error {
	head := threadHead(t)
	return s.show(c, status, view.ThreadFormPage{Frame: s.frame(c), Group: head.Group, Thread: &head, Form: form})
}

func (s *Site) editThread(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	form, err := submitted(c)
	if err != nil {
		return err
	}
	before, err := s.Forum.Thread(ctx(c), edge.Who(c), id)
	if err != nil {
		return err
	}
	in := forum.ThreadEdit{Tags: new(tagsOf(form))}
	if before.PollID == 0 { // the words of a poll's own discussion are the poll's
		in.Title, in.Body = new(form.Get("title")), new(form.Get("body"))
	}
	if v := access.Visibility(form.Get("visibility")); v != "" {
		in.Visibility = &v
	}
	in.Version, _ = strconv.Atoi(form.Get("version")) // without one, whichever is current
	made, err := s.Forum.Edit(ctx(c), edge.Who(c), id, in)
	if store.IsReplay(err) {
		return seeOther(c, threadPath(id, ""))
	}
	if err == nil {
		return seeOther(c, threadHead(made).URL())
	}
	again, err := s.again(form, err)
	if err != nil {
		return err
	}
	t, err := s.Forum.Thread(ctx(c), edge.Who(c), id)
	if err != nil {
		return err
	}
	return s.showEditThread(c, http.StatusUnprocessableEntity, t, again)
}
