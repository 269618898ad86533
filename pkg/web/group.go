package web

import (
	"net/http"
	"net/url"
	"slices"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/forum"
	"plenary/pkg/group"
	"plenary/pkg/page"
	"plenary/pkg/poll"
	"plenary/pkg/store"
	"plenary/pkg/web/view"
)

func (s *Site) groups(c edge.Ctx) error {
	at, err := edge.Page(c)
	if err != nil {
		return err
	}
	p := view.GroupsPage{Frame: s.frame(c), Words: c.QueryParam("q"), CanCreate: access.May(edge.Who(c), access.CreateGroup, access.Forum())}
	list, err := s.Groups.Search(ctx(c), edge.Who(c), p.Words, at)
	if err != nil {
		return err
	}
	rows, err := s.kinRows(c, list.Items)
	if err != nil {
		return err
	}
	for i, g := range list.Items {
		if g.Role != access.NoRole {
			p.Mine = append(p.Mine, rows[i])
		} else {
			p.Others = append(p.Others, rows[i])
		}
	}
	p.Mine, p.Others = view.Nested(p.Mine), view.Nested(p.Others)
	p.Next = nextPage("/groups", url.Values{"q": {p.Words}}, list.Next)
	return s.ok(c, p)
}

// nextPage is the address of the rest of a list; empty at its end.
func nextPage(path string, q url.Values, cursor string) string {
	if cursor == "" {
		return ""
	}
	with := url.Values{"cursor": {cursor}}
	for name, values := range q {
		if values[0] != "" {
			with[name] = values
		}
	}
	return path + "?" + with.Encode()
}

// groupHead loads what stands above every page of a group.
func (s *Site) groupHead(c edge.Ctx, tab string) (view.GroupHead, group.Group, error) {
	who := edge.Who(c)
	g, err := s.Groups.ByHandle(ctx(c), who, c.Param("handle"))
	if err != nil {
		return view.GroupHead{}, g, err
	}
	may := func(do access.Action) bool { return access.May(who, do, g.Facts()) }
	about, err := s.Forum.Preview(ctx(c), g.Description)
	if err != nil {
		return view.GroupHead{}, g, err
	}
	head := view.GroupHead{GroupRef: groupRef(g), ID: g.ID, LastSeq: g.LastSeq, About: rendered(about), Members: g.MemberCount, Role: string(g.Role), Tab: tab,
		CanStart: may(access.StartThread), CanPoll: may(access.StartPollAlone), CanJoin: may(access.JoinGroup), CanLeave: may(access.LeaveGroup), CanEdit: may(access.EditGroup),
		CanSee: may(access.ReadContent), CanPeople: may(access.ReadMembers), CanAsk: may(access.AskToJoin), Asked: g.Asked,
		LeaveAsks:   g.Visibility == access.Secret,
		CanMails:    may(access.ChooseMails),
		CanSubgroup: may(access.Subgroup), Picture: g.PicturePath(), Joining: string(g.Joining)}
	if err := s.addLine(c, &head, g); err != nil {
		return view.GroupHead{}, g, err
	}
	if head.CanPeople {
		head.Faces, err = s.faces(c, g.Handle)
	}
	return head, g, err
}

// facesShown is how many members' pictures stand beside a group's name.
const facesShown = 5

func (s *Site) faces(c edge.Ctx, handle string) ([]view.Person, error) {
	members, err := s.Groups.Members(ctx(c), edge.Who(c), handle, page.Page{Limit: facesShown})
	if err != nil {
		return nil, err
	}
	out := make([]view.Person, len(members.Items))
	for i, m := range members.Items {
		out[i] = personOf(m.Person)
	}
	return out, nil
}

func (s *Site) group(c edge.Ctx) error {
	head, g, err := s.groupHead(c, "threads")
	if err != nil {
		return err
	}
	p := view.GroupPage{Frame: s.frame(c), Group: head, Filter: c.QueryParam("filter"), Tag: c.QueryParam("tag")}
	if p.Filter != "unread" || !p.SignedIn() {
		p.Filter = ""
	}
	if err := s.addSubgroups(c, &p, g); err != nil {
		return err
	}
	if !head.CanSee {
		return s.ok(c, p)
	}
	who := edge.Who(c)
	list, err := s.Forum.Threads(ctx(c), who, g.Handle, forum.ThreadsQuery{Tag: p.Tag, UnreadOnly: p.Filter == "unread",
		Page: page.Page{Cursor: c.QueryParam("before")}})
	if err != nil {
		return err
	}
	polls, err := s.Polls.OfGroup(ctx(c), who, g.Handle, poll.PollsQuery{})
	if err != nil {
		return err
	}
	for _, row := range badged(threadRows(list.Items, p.SignedIn()), pollBadges(who, polls.Items)) {
		if row.Pinned {
			p.Pinned = append(p.Pinned, row)
		} else {
			p.Threads = append(p.Threads, row)
		}
	}
	p.Tags = tagsIn(list.Items, p.Tag)
	p.Cursor.Older = older(p, list.Next)
	return s.ok(c, p)
}

func older(p view.GroupPage, cursor string) string {
	if cursor == "" {
		return ""
	}
	u, err := url.Parse(p.FilterURL(p.Filter, p.Tag))
	if err != nil {
		return ""
	}
	q := u.Query()
	q.Set("before", cursor)
	return u.Path + "?" + q.Encode()
}

// tagsIn are the tags of the threads of a list, with the one chosen.
func tagsIn(rows []forum.ThreadRow, chosen string) []string {
	var tags []string
	if chosen != "" {
		tags = append(tags, chosen)
	}
	for _, r := range rows {
		tags = append(tags, r.Tags...)
	}
	slices.Sort(tags)
	return slices.Compact(tags)
}

func (s *Site) newGroup(c edge.Ctx) error {
	if err := access.Check(edge.Who(c), access.CreateGroup, access.Forum()); err != nil {
		return err
	}
	form, err := s.form(url.Values{"visibility": {string(access.Public)}})
	if err != nil {
		return err
	}
	return s.ok(c, view.GroupFormPage{Frame: s.frame(c), Form: form})
}

func (s *Site) createGroup(c edge.Ctx) error {
	form, err := submitted(c)
	if err != nil {
		return err
	}
	made, err := s.Groups.Create(ctx(c), edge.Who(c), newGroup(form))
	if store.IsReplay(err) {
		return seeOther(c, "/groups")
	}
	if err == nil {
		return seeOther(c, groupRef(made).URL())
	}
	again, err := s.again(form, renamed(err, "description", "about"))
	if err != nil {
		return err
	}
	return s.show(c, http.StatusUnprocessableEntity, view.GroupFormPage{Frame: s.frame(c), Form: again})
}

func (s *Site) joinGroup(c edge.Ctx) error {
	handle := c.Param("handle")
	if err := s.Groups.Join(ctx(c), edge.Who(c), handle); err != nil {
		return err
	}
	return seeOther(c, view.GroupRef{Handle: handle}.URL())
}

func (s *Site) leaveGroup(c edge.Ctx) error {
	handle := c.Param("handle")
	g, err := s.Groups.ByHandle(ctx(c), edge.Who(c), handle)
	if err != nil {
		return err
	}
	if err := s.Groups.Leave(ctx(c), edge.Who(c), handle); err != nil {
		return err
	}
	if g.Visibility == access.Secret {
		return seeOther(c, "/groups") // its page is not there any more
	}
	return seeOther(c, groupRef(g).URL())
}
