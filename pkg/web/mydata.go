package web

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"plenary/pkg/edge"
	"plenary/pkg/mydata"
	"plenary/pkg/store"
	"plenary/pkg/web/view"
)

func (s *Site) accountData(c edge.Ctx) error {
	exports, err := s.MyData.Exports(ctx(c), edge.Who(c))
	if err != nil {
		return err
	}
	p := view.AccountDataPage{AccountFrame: s.accountFrame(c, "data")}
	if p.Form, err = s.form(nil); err != nil {
		return err
	}
	for _, e := range exports {
		p.Exports = append(p.Exports, view.Export{ID: e.ID, At: e.AskedAt, Until: e.ExpiresAt, Size: e.Size, Ready: e.Ready()})
	}
	return s.ok(c, p)
}

func (s *Site) askExport(c edge.Ctx) error {
	if _, err := submitted(c); err != nil {
		return err
	}
	if _, err := s.MyData.AskExport(ctx(c), edge.Who(c)); err != nil && !store.IsReplay(err) {
		return err
	}
	return seeOther(c, "/account/data")
}

// exported sends a copy of one's own data.
func (s *Site) exported(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	made, file, err := s.MyData.OpenExport(ctx(c), edge.Who(c), id)
	if err != nil {
		return err
	}
	defer file.Close()
	h := c.Response().Header()
	h.Set("Content-Type", "application/zip")
	h.Set("Content-Disposition", `attachment; filename="`+edge.Person(c).Handle+"-"+made.AskedAt.UTC().Format(time.DateOnly)+`.zip"`)
	h.Set("Cache-Control", "private, no-store")
	h.Set("Content-Security-Policy", filePolicy)
	http.ServeContent(c.Response(), c.Request(), "", made.AskedAt, file)
	return nil
}

func (s *Site) erasePage(c edge.Ctx) error {
	return s.showErase(c, http.StatusOK, view.Form{})
}

func (s *Site) showErase(c edge.Ctx, status int, form view.Form) error {
	if err := s.recently(c); err != nil {
		return err
	}
	plan, err := s.MyData.Plan(ctx(c), edge.Who(c), edge.Who(c).Person)
	if err != nil {
		return err
	}
	p := view.ErasePage{AccountFrame: s.accountFrame(c, "data"), Erasing: erasing(plan)}
	if p.Form = form; form.Once == "" {
		if p.Form, err = s.form(nil); err != nil {
			return err
		}
	}
	return s.show(c, status, p)
}

func erasing(p mydata.Plan) view.Erasing {
	e := view.Erasing{Handle: p.Person.Handle, LastAdmin: p.LastAdministrator, Open: p.OpenPolls, Closed: p.ClosedPolls}
	fate := func(f mydata.GroupFate) view.GroupFate {
		return view.GroupFate{Group: view.GroupRef{Name: f.Name, Handle: f.Handle}, Contributions: f.Contributions}
	}
	for _, f := range p.Handover {
		e.Handover = append(e.Handover, fate(f))
	}
	for _, f := range p.Groups {
		if f.Removed {
			e.Removed = append(e.Removed, fate(f))
		} else {
			e.Kept = append(e.Kept, fate(f))
		}
	}
	return e
}

// erase erases one's own account, for somebody who has proved a moment ago who
// they are and typed their handle.
func (s *Site) erase(c edge.Ctx) error {
	form, err := submitted(c)
	if err != nil {
		return err
	}
	if err := s.recently(c); err != nil {
		return err
	}
	if err = s.MyData.Erase(ctx(c), edge.Who(c), edge.Who(c).Person, form.Get("confirm")); err == nil {
		s.edge.ClearSession(c)
		return seeOther(c, "/?erased=1")
	}
	again, err := s.again(form, err)
	if err != nil {
		return err
	}
	return s.showErase(c, http.StatusUnprocessableEntity, again)
}

// adminPersonPath is the page of a person in the administration.
func adminPersonPath(id int64, query url.Values) string {
	path := "/admin/people/" + strconv.FormatInt(id, 10)
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	return path
}
