package web

import (
	"mime"
	"net/http"
	"net/url"
	"strconv"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/group"
	"plenary/pkg/store"
	"plenary/pkg/web/view"
)

// groupSettingsRoutes are what the admins of a group decide about it, its
// picture, and the groups below it.
func (s *Site) groupSettingsRoutes() []route {
	return []route{
		get("/g/:handle/edit", s.groupSettings), post("/g/:handle/edit", s.editGroup(aboutPart)),
		post("/g/:handle/edit/entry", s.editGroup(entryPart)), post("/g/:handle/edit/rules", s.editGroup(rulesPart)),
		post("/g/:handle/edit/place", s.editGroup(placePart)), post("/g/:handle/edit/erasure", s.editGroup(erasurePart)),
		post("/g/:handle/edit/proxies", s.editGroup(proxiesPart)), post("/g/:handle/edit/merges", s.editGroup(mergesPart)),
		post("/g/:handle/picture", s.setGroupPicture), post("/g/:handle/picture/remove", s.removeGroupPicture),
		get("/g/:handle/picture/:sum", s.groupPicture),
		get("/g/:handle/subgroups/new", s.newSubgroup), post("/g/:handle/subgroups", s.createSubgroup),
	}
}

// settingsPart is a part of a group's settings, which is saved by itself.
type settingsPart struct {
	name string
	edit func(url.Values) group.GroupEdit
	form func(*view.GroupSettingsPage) *view.Form
}

// The parts. A field that a form does not hold stays as it is, where it may.
var (
	aboutPart = settingsPart{"about", func(form url.Values) group.GroupEdit {
		in := group.GroupEdit{Name: new(form.Get("name")), Description: new(form.Get("about"))}
		if form.Has("handle") {
			in.Handle = new(form.Get("handle"))
		}
		return in
	}, func(p *view.GroupSettingsPage) *view.Form { return &p.About }}

	entryPart = settingsPart{"entry", func(form url.Values) group.GroupEdit {
		return group.GroupEdit{Visibility: new(access.Visibility(form.Get("visibility"))), Joining: new(access.Joining(form.Get("joining"))),
			JoinQuestion: new(form.Get("join_question"))}
	}, func(p *view.GroupSettingsPage) *view.Form { return &p.Entry }}

	rulesPart = settingsPart{"rules", func(form url.Values) group.GroupEdit {
		in := group.GroupEdit{Permissions: map[access.Setting]access.Role{}}
		for _, setting := range access.Settings() {
			in.Permissions[setting] = access.Role(form.Get(view.GroupSetting{Name: string(setting)}.Field()))
		}
		return in
	}, func(p *view.GroupSettingsPage) *view.Form { return &p.Rules }}

	placePart = settingsPart{"place", func(form url.Values) group.GroupEdit {
		in := group.GroupEdit{InheritsMembers: new(form.Get("inherits_members") == "1")}
		if parent := form.Get("parent"); parent != stays {
			in.Parent = &parent
		}
		return in
	}, func(p *view.GroupSettingsPage) *view.Form { return &p.Place }}

	mergesPart = settingsPart{"merges", func(form url.Values) group.GroupEdit {
		hours, err := strconv.Atoi(form.Get("merge_hours"))
		if err != nil {
			hours = 0 // which is refused
		}
		return group.GroupEdit{MergeHours: &hours}
	}, func(p *view.GroupSettingsPage) *view.Form { return &p.Merges }}

	erasurePart = settingsPart{"erasure", func(form url.Values) group.GroupEdit {
		return group.GroupEdit{OnErasure: new(form.Get("on_erasure"))}
	}, func(p *view.GroupSettingsPage) *view.Form { return &p.Erasure }}
)

// stays stands for the place of a group below one that the admin may not know
// of. No group can have it as its handle.
const stays = "stay"

func (s *Site) groupSettings(c edge.Ctx) error {
	return s.showGroupSettings(c, http.StatusOK, func(p *view.GroupSettingsPage) { p.Saved = c.QueryParam("saved") })
}

// groupToEdit is the group of the address, where the person may change it.
func (s *Site) groupToEdit(c edge.Ctx) (group.Group, error) {
	g, err := s.Groups.ByHandle(ctx(c), edge.Who(c), c.Param("handle"))
	if err != nil {
		return g, err
	}
	return g, access.Check(edge.Who(c), access.EditGroup, g.Facts())
}

// showGroupSettings answers with the settings as they are; change puts in what
// came back rejected.
func (s *Site) showGroupSettings(c edge.Ctx, status int, change func(*view.GroupSettingsPage)) error {
	head, g, err := s.groupHead(c, "")
	if err != nil {
		return err
	}
	if err := access.Check(edge.Who(c), access.EditGroup, g.Facts()); err != nil {
		return err
	}
	p := view.GroupSettingsPage{Frame: s.frame(c), Group: head}
	if err := s.fillPlace(c, &p, g); err != nil {
		return err
	}
	rules := url.Values{}
	for _, setting := range access.Settings() {
		one := view.GroupSetting{Name: string(setting)}
		for _, role := range access.Choices(setting) {
			one.Choices = append(one.Choices, string(role))
		}
		p.Settings = append(p.Settings, one)
		rules.Set(one.Field(), string(g.Permissions.Of(setting)))
	}
	for form, values := range map[*view.Form]url.Values{
		&p.About: {"name": {g.Name}, "handle": {g.Handle}, "about": {g.Description}},
		&p.Entry: {"visibility": {string(g.Visibility)}, "joining": {string(g.Joining)}, "join_question": {g.JoinQuestion}},
		&p.Rules: rules, &p.Place: p.Place.Values, &p.Erasure: {"on_erasure": {g.OnErasure}}, &p.Proxies: {"proxy_limit": {strconv.Itoa(g.ProxyLimit)}}, &p.Image: nil,
		&p.Merges: {"merge_hours": {strconv.Itoa(g.MergeHours)}},
	} {
		if *form, err = s.form(values); err != nil {
			return err
		}
	}
	change(&p)
	return s.show(c, status, p)
}

// fillPlace says where a group stands and where else it could.
func (s *Site) fillPlace(c edge.Ctx, p *view.GroupSettingsPage, g group.Group) error {
	p.Place.Values = url.Values{}
	if g.InheritsMembers {
		p.Place.Values.Set("inherits_members", "1")
	}
	kin, err := s.Groups.Kin(ctx(c), edge.Who(c), []group.Group{g})
	if err != nil {
		return err
	}
	up, known := kin.Parents[g.ID]
	p.ParentUnknown = g.ParentID != 0 && !known
	p.Place.Values.Set("parent", up.Handle)
	if p.ParentUnknown {
		p.Place.Values.Set("parent", stays)
	}
	places, err := s.Groups.Places(ctx(c), edge.Who(c), g)
	if err != nil {
		return err
	}
	listed := !known
	for _, b := range places {
		p.Parents = append(p.Parents, briefRef(b))
		listed = listed || b.ID == up.ID
	}
	if !listed { // above it stands a group of which the admin is no member
		p.Parents = append(p.Parents, briefRef(up))
	}
	return nil
}

func briefRef(b group.Brief) view.GroupRef {
	return view.GroupRef{Name: b.Name, Handle: b.Handle, Visibility: string(b.Visibility)}
}

// editGroup saves a part of the settings.
func (s *Site) editGroup(part settingsPart) edge.Handler {
	return func(c edge.Ctx) error {
		g, err := s.groupToEdit(c)
		if err != nil {
			return err
		}
		form, err := submitted(c)
		if err != nil {
			return err
		}
		changed, err := s.Groups.Edit(ctx(c), edge.Who(c), g.Handle, part.edit(form))
		if store.IsReplay(err) {
			return seeOther(c, groupRef(g).URL()+"/edit")
		}
		if err == nil {
			return s.savedPart(c, changed, part.name)
		}
		again, err := s.again(form, renamed(err, "description", "about"))
		if err != nil {
			return err
		}
		return s.showGroupSettings(c, http.StatusUnprocessableEntity, func(p *view.GroupSettingsPage) { *part.form(p) = again })
	}
}

// savedPart leads back to the part that was saved, under the group's present
// handle.
func (s *Site) savedPart(c edge.Ctx, g group.Group, part string) error {
	return seeOther(c, groupRef(g).URL()+"/edit?saved="+part+"#part-"+part)
}

// setGroupPicture gives the group the picture of a form.
func (s *Site) setGroupPicture(c edge.Ctx) error {
	g, err := s.groupToEdit(c)
	if err != nil {
		return err
	}
	part, err := formPart(c, "picture")
	if err == nil {
		defer part.Close()
		kept, putErr := s.Blobs.PutPortrait(ctx(c), part, edge.PictureLimit)
		if err = putErr; err == nil {
			return s.changeGroupPicture(c, g, kept.SHA256)
		}
	}
	again, err := s.again(nil, pictureProblem(err))
	if err != nil {
		return err
	}
	return s.showGroupSettings(c, http.StatusUnprocessableEntity, func(p *view.GroupSettingsPage) { p.Image = again })
}

func (s *Site) removeGroupPicture(c edge.Ctx) error {
	g, err := s.groupToEdit(c)
	if err != nil {
		return err
	}
	return s.changeGroupPicture(c, g, "")
}

func (s *Site) changeGroupPicture(c edge.Ctx, g group.Group, sum string) error {
	changed, err := s.Groups.Edit(ctx(c), edge.Who(c), g.Handle, group.GroupEdit{Picture: &sum})
	if err != nil {
		return err
	}
	if g.Picture != sum {
		if err := s.dropPicture(c, g.Picture); err != nil {
			return err
		}
	}
	return s.savedPart(c, changed, "image")
}

// groupPicture sends a group's picture to whoever may know of the group.
func (s *Site) groupPicture(c edge.Ctx) error {
	g, err := s.Groups.ByHandle(ctx(c), edge.Who(c), c.Param("handle"))
	if err != nil {
		return err
	}
	if g.Picture == "" || g.Picture != c.Param("sum") {
		return errs.New(errs.NotFound, "error.not_found")
	}
	body, err := s.Blobs.Open(g.Picture)
	if err != nil {
		return err
	}
	defer body.Close()
	h := c.Response().Header()
	h.Set("Content-Type", "image/jpeg")
	h.Set("Content-Disposition", mime.FormatMediaType("inline", map[string]string{"filename": g.Handle + ".jpg"}))
	h.Set("Content-Security-Policy", filePolicy)
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "private, max-age=3600")
	h.Set("ETag", `"`+g.Picture+`"`)
	http.ServeContent(c.Response(), c.Request(), "", g.CreatedAt, body)
	return nil
}

// underOldHandle leads an address of a group's former handle on to its present
// one, to whoever may know of the group.
func (s *Site) underOldHandle(next edge.Handler) edge.Handler {
	return func(c edge.Ctx) error {
		err := next(c)
		if !errs.Is(err, errs.NotFound) || c.Response().Committed {
			return err
		}
		now, unknown := s.Groups.Moved(ctx(c), edge.Who(c), c.Param("handle"))
		if unknown != nil {
			return err
		}
		status := http.StatusMovedPermanently
		if c.Request().Method != http.MethodGet {
			status = http.StatusPermanentRedirect // the form is sent again
		}
		return c.Redirect(status, renewed(c.Request().URL, now))
	}
}

// renewed is the address with another handle in the place of the first one.
func renewed(u *url.URL, handle string) string {
	to := "/g/" + handle
	for i, slashes := 0, 0; i < len(u.EscapedPath()); i++ {
		if u.EscapedPath()[i] == '/' {
			if slashes++; slashes == 3 {
				to += u.EscapedPath()[i:]
				break
			}
		}
	}
	if u.RawQuery != "" {
		to += "?" + u.RawQuery
	}
	return to
}
