package web

import (
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/group"
	"plenary/pkg/i18n"
	"plenary/pkg/page"
	"plenary/pkg/roster"
	"plenary/pkg/store"
	"plenary/pkg/web/view"
)

// inviteRoutes are about the invitations into a group.
func (s *Site) inviteRoutes() []route {
	return []route{
		get("/g/:handle/invite", s.invitePage), post("/g/:handle/invite", s.inviteByMail),
		post("/g/:handle/invitations", s.invite), post("/g/:handle/invitations/remind", s.remindAll),
		post("/g/:handle/invitations/:id/revoke", s.revokeInvitation), post("/g/:handle/invitations/:id/remind", s.remindOne),
	}
}

func invitePath(c edge.Ctx) string { return view.GroupRef{Handle: c.Param("handle")}.URL() + "/invite" }

func (s *Site) invitePage(c edge.Ctx) error {
	return s.showInvite(c, http.StatusOK, func(p *view.InvitePage) {
		p.Sent = max(0, told(c, "sent"))
		p.Reminded = told(c, "reminded")
	})
}

// told is a number that the page is told after something was done; -1 where not.
func told(c edge.Ctx, name string) int {
	n, err := strconv.Atoi(c.QueryParam(name))
	if err != nil || n < 0 || n > roster.Most {
		return -1
	}
	return n
}

// showInvite answers with the ways to invite; change puts in what came back
// rejected, or was just made.
func (s *Site) showInvite(c edge.Ctx, status int, change func(*view.InvitePage)) error {
	who := edge.Who(c)
	g, err := s.Groups.ByHandle(ctx(c), who, c.Param("handle"))
	if err != nil {
		return err
	}
	if err := access.Check(who, access.Invite, g.Facts()); err != nil {
		return err
	}
	p := view.InvitePage{Frame: s.frame(c), Group: groupRef(g), Reminded: -1}
	if err := s.addInvitations(c, &p, g); err != nil {
		return err
	}
	below, err := s.Groups.InvitableBelow(ctx(c), who, g.ID)
	if err != nil {
		return err
	}
	for _, one := range below {
		p.Below = append(p.Below, groupRef(one))
	}
	if p.Mail, err = s.form(url.Values{"role": {string(access.Member)}, "remind": {"1"}}); err != nil {
		return err
	}
	if p.Link, err = s.form(url.Values{"role": {string(access.Member)}, "days": {"14"}, "uses": {"25"}}); err != nil {
		return err
	}
	change(&p)
	return s.show(c, status, p)
}

func (s *Site) addInvitations(c edge.Ctx, p *view.InvitePage, g group.Group) error {
	links, err := s.Groups.Invitations(ctx(c), edge.Who(c), g.Handle)
	if err != nil {
		return err
	}
	for _, one := range links {
		p.Links = append(p.Links, view.Invitation{ID: one.ID, By: personOf(one.CreatedBy), At: one.CreatedAt, Until: one.ExpiresAt, Role: string(one.Role),
			Used: one.Uses, MaxUses: one.MaxUses})
	}
	pending, err := s.Groups.Pending(ctx(c), edge.Who(c), g.Handle, page.Page{Limit: page.Max, Cursor: c.QueryParam("cursor")})
	if err != nil {
		return err
	}
	now := s.Now()
	for _, one := range pending.Items {
		row := view.PendingRow{ID: one.ID, Email: one.Email, Name: one.Name, Role: string(one.Role), By: personOf(one.CreatedBy), Sent: one.SentAt,
			Reminded: one.RemindedAt, Until: one.ExpiresAt, Expired: one.Expired(now), CanRemind: one.CanRemind(now)}
		p.CanRemind = p.CanRemind || row.CanRemind
		p.Pending = append(p.Pending, row)
	}
	p.Next = nextPage(p.Group.URL()+"/invite", nil, pending.Next)
	return nil
}

// inviteByMail sends what it can. What it cannot comes back in the form, with
// the reason for each.
func (s *Site) inviteByMail(c edge.Ctx) error {
	form, err := submitted(c)
	if err != nil {
		return err
	}
	list, err := listOf(c, form)
	if err != nil {
		return err
	}
	form.Set("addresses", list)
	entries, unfit := roster.Read(list)
	in := group.Mailing{Entries: entries, Role: access.Role(form.Get("role")), Message: form.Get("message"), Below: form["below"], Remind: form.Get("remind") != ""}
	verdicts, err := s.Groups.InviteByMail(ctx(c), edge.Who(c), c.Param("handle"), in)
	if unfit != nil && (err == nil || errs.Is(err, errs.Invalid)) { // whoever may not invite learns that first
		err = unfit
	}
	if store.IsReplay(err) {
		return seeOther(c, invitePath(c))
	}
	if err != nil {
		again, err := s.again(form, err)
		if err != nil {
			return err
		}
		return s.showInvite(c, http.StatusUnprocessableEntity, func(p *view.InvitePage) { p.Mail = again })
	}
	left, sent := unsent(s.words(c), verdicts)
	if len(left) == 0 {
		return seeOther(c, invitePath(c)+"?sent="+strconv.Itoa(sent))
	}
	form.Set("addresses", linesOf(left))
	again, err := s.form(form)
	if err != nil {
		return err
	}
	return s.showInvite(c, http.StatusUnprocessableEntity, func(p *view.InvitePage) { p.Mail, p.Verdicts, p.Sent = again, left, sent })
}

// listOf is the list as typed, with that of a file behind it.
func listOf(c edge.Ctx, form url.Values) (string, error) {
	list := form.Get("addresses")
	if c.Request().MultipartForm == nil || len(c.Request().MultipartForm.File["file"]) == 0 {
		return list, nil
	}
	file, err := c.Request().MultipartForm.File["file"][0].Open()
	if err != nil {
		return "", errs.New(errs.Invalid, "error.invalid").Because(err)
	}
	defer func() { _ = file.Close() }() // only read from
	bytes, err := io.ReadAll(file)
	if err != nil {
		return "", errs.New(errs.Invalid, "error.invalid").Because(err)
	}
	entries, err := roster.Read(strings.ReplaceAll(roster.Decode(bytes), "\x00", ""))
	if err != nil {
		return list, nil // an empty file adds nothing, and one that is too long is refused with the list
	}
	lines := make([]string, len(entries))
	for i, e := range entries {
		lines[i] = e.String()
	}
	return strings.TrimLeft(list+"\n"+strings.Join(lines, "\n"), "\n"), nil
}

// unsent are the entries that were not sent, in words, and how many were.
func unsent(words *i18n.Localizer, verdicts []group.Verdict) (left []view.Verdict, sent int) {
	for _, v := range verdicts {
		if v.Outcome == group.Sent {
			sent++
			continue
		}
		why := v.Why()
		left = append(left, view.Verdict{Line: v.Line, Text: v.Text, Why: words.T(why.Code, why.Args)})
	}
	return left, sent
}

// linesOf is the text of what was not sent, to be corrected.
func linesOf(left []view.Verdict) string {
	lines := make([]string, len(left))
	for i, v := range left {
		lines[i] = v.Text
	}
	return strings.Join(lines, "\n")
}

// invite makes a link and shows it, this once.
func (s *Site) invite(c edge.Ctx) error {
	form, err := submitted(c)
	if err != nil {
		return err
	}
	var f errs.Fields
	in := group.NewInvitation{Role: access.Role(form.Get("role")), Days: int(number(&f, form, "days")), MaxUses: int(number(&f, form, "uses"))}
	token := ""
	if err = f.Err(); err == nil {
		token, _, err = s.Groups.Invite(ctx(c), edge.Who(c), c.Param("handle"), in)
	}
	if store.IsReplay(err) {
		return seeOther(c, invitePath(c))
	}
	if err != nil {
		again, err := s.again(form, renamed(err, "max_uses", "uses"))
		if err != nil {
			return err
		}
		return s.showInvite(c, http.StatusUnprocessableEntity, func(p *view.InvitePage) { p.Link = again })
	}
	return s.showInvite(c, http.StatusOK, func(p *view.InvitePage) { p.NewLink = s.edge.Origin() + "/join/" + token })
}

func (s *Site) revokeInvitation(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	if err := s.Groups.RevokeInvitation(ctx(c), edge.Who(c), id); err != nil {
		return err
	}
	return seeOther(c, invitePath(c))
}

func (s *Site) remindOne(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	if err := s.Groups.Remind(ctx(c), edge.Who(c), id); err != nil {
		return err
	}
	return seeOther(c, invitePath(c)+"?reminded=1")
}

func (s *Site) remindAll(c edge.Ctx) error {
	n, err := s.Groups.RemindAll(ctx(c), edge.Who(c), c.Param("handle"))
	if err != nil {
		return err
	}
	return seeOther(c, invitePath(c)+"?reminded="+strconv.Itoa(n))
}
