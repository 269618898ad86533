package web

import (
	"context"
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/i18n"
	"plenary/pkg/inbox"
	"plenary/pkg/page"
	"plenary/pkg/poll"
	"plenary/pkg/timeline"
	"plenary/pkg/web/view"
)

// inboxRoutes are about what concerns the reader.
func (s *Site) inboxRoutes() []route {
	return []route{get("/inbox", s.inbox), get("/inbox/:seq", s.openInbox), post("/inbox/mark", s.markInbox)}
}

// inboxSize is how many rows stand on a page.
const inboxSize = 30

// addInbox says beside the viewer's name how much they have not read. That this
// cannot be counted must not stop a page, least of all one about an error.
func (s *Site) addInbox(c edge.Ctx, v *view.Viewer) {
	n, err := s.Inbox.Count(ctx(c), edge.Who(c))
	if err != nil {
		s.edge.Log.Warn("the unread rows of an inbox were not counted", "error", err)
		return
	}
	v.Inbox = view.Unread{Rows: n.Unread, Seq: n.LastSeq}
}

func (s *Site) inbox(c edge.Ctx) error {
	p := view.InboxPage{Done: marked(c.QueryParams())}
	return s.showInbox(c, http.StatusOK, p, inboxFilter(c.QueryParams()))
}

// inboxFilter reads the filter out of an address or a form. What there is not
// shows everything: an old bookmark is no error.
func inboxFilter(from url.Values) inbox.Filter {
	f := inbox.Filter{Show: inbox.Everything, Group: from.Get("group")}
	for _, one := range inbox.Shows() {
		if string(one) == from.Get("show") {
			f.Show = one
		}
	}
	return f
}

// showInbox answers with the rows that the filter is about.
func (s *Site) showInbox(c edge.Ctx, status int, p view.InboxPage, f inbox.Filter) error {
	who := edge.Who(c)
	at, err := edge.Page(c)
	if err != nil {
		return err
	}
	at.Limit = inboxSize
	list, err := s.Inbox.List(ctx(c), who, f, at)
	if err != nil {
		return err
	}
	p.Frame, p.Show, p.Group = s.frame(c), string(f.Show), f.Group
	for _, one := range inbox.Shows() {
		p.Shows = append(p.Shows, string(one))
	}
	p.Later = at.Cursor != ""
	p.Days = inboxDays(s.words(c), who, p.Clock, list)
	if list.Next != "" {
		p.Next = p.After(list.Next)
	}
	mine, err := s.Groups.Mine(ctx(c), who)
	if err != nil {
		return err
	}
	for _, g := range mine {
		p.Groups = append(p.Groups, groupRef(g))
	}
	if waits := f.Show == inbox.Everything || f.Show == inbox.Unread || f.Show == inbox.Votes; waits && !p.Later {
		if p.NeedsVote, err = s.waiting(ctx(c), who, f.Group, p.Clock); err != nil {
			return err
		}
	}
	return s.show(c, status, p)
}

// waiting are the polls that wait for the reader's vote, in one group or in all.
func (s *Site) waiting(c context.Context, who access.Actor, group string, clock view.Clock) ([]view.PollLine, error) {
	polls, err := s.Polls.NeedsVote(c, who)
	if err != nil {
		return nil, err
	}
	var wanted []poll.Poll
	for _, one := range polls {
		if line := pollLine(who, one, clock); group == "" || line.Group.Handle == group {
			wanted = append(wanted, one)
		}
	}
	return pollLines(who, wanted, clock), nil
}

// inboxDays puts the rows under their days, as the reader's clock has them.
func inboxDays(words *i18n.Localizer, who access.Actor, clock view.Clock, list page.List[inbox.Row]) []view.InboxDay {
	var days []view.InboxDay
	for _, r := range list.Items {
		row := inboxRow(words, who, r)
		day := view.InboxDay{At: row.At, Label: dayLabel(clock, row.At)}
		if n := len(days); n == 0 || !sameDay(clock, days[n-1].At, row.At) {
			days = append(days, day)
		}
		last := &days[len(days)-1]
		last.Rows = append(last.Rows, row)
	}
	return days
}

func sameDay(clock view.Clock, one, other time.Time) bool {
	return one.In(clock.Zone).Format(time.DateOnly) == other.In(clock.Zone).Format(time.DateOnly)
}

func dayLabel(clock view.Clock, at time.Time) string {
	switch {
	case sameDay(clock, at, clock.Now):
		return "today"
	case sameDay(clock, at, clock.Now.AddDate(0, 0, -1)):
		return "yesterday"
	}
	return ""
}

// inboxRow puts a row into words: whatever its kind, who did it, to what, where,
// and the first words. A new kind needs no more than its sentence.
func inboxRow(words *i18n.Localizer, who access.Actor, r inbox.Row) view.InboxRow {
	row := view.InboxRow{Seq: r.Seq, Say: saying(words, who, r), At: r.At, Unread: r.Unread(), Away: r.Away(), Note: r.Reason, Group: r.About.Name, Title: r.About.Name}
	if r.Actor.ID != 0 {
		row.By = personOf(r.Actor)
	}
	if r.Proxy.FromID != 0 {
		row.By = view.Person{ID: r.Proxy.FromID, Name: r.Proxy.From}
		if r.Proxy.FromID == who.Person {
			row.By = view.Person{ID: r.Proxy.ToID, Name: r.Proxy.To}
		}
	}
	if r.In != nil {
		row.Thread, row.Title = r.In.Title, r.In.Title
		if r.In.Group.Known() {
			row.Group = r.In.Group.Name
		}
	}
	switch {
	case r.Comment != nil:
		row.Excerpt = excerpt(*r.Comment)
	case r.Theme != nil:
		row.Title, row.State = r.Theme.Title, string(r.Theme.State)
		if r.Theme.State != access.Withdrawn {
			row.Excerpt = r.Theme.Description
		}
	case r.Session != nil:
		row.Title = r.Session.Title
	case r.Programme != nil:
		row.Title = r.Programme.Title
	case r.Poll != nil:
		row.Title = r.Poll.Title
	}
	if row.Thread == row.Title {
		row.Thread = ""
	}
	if row.Group == row.Title {
		row.Group = ""
	}
	return row
}

// saying is which sentence tells of the row.
func saying(words *i18n.Localizer, who access.Actor, r inbox.Row) string {
	key := strings.ReplaceAll(string(r.Kind), ".", "_")
	if r.Proxy.FromID != 0 && r.Proxy.FromID == who.Person {
		key += "_own"
	}
	if !words.Has("inbox.say_" + key) {
		return "other"
	}
	return key
}

// openInbox leads to what the row tells of, which is read with that.
func (s *Site) openInbox(c edge.Ctx) error {
	if err := access.Check(edge.Who(c), access.UseInbox, access.Forum()); err != nil {
		return err
	}
	seq, err := edge.ID(c, "seq")
	if err != nil {
		return err
	}
	open := s.Inbox.Open
	if purpose := c.Request().Header.Get("Sec-Purpose"); strings.Contains(purpose, "prefetch") || strings.Contains(purpose, "prerender") {
		open = s.Inbox.Row // nobody has looked at it yet
	}
	r, err := open(ctx(c), edge.Who(c), seq)
	if err != nil {
		return err
	}
	return seeOther(c, r.Path())
}

// markInbox does what one of the buttons of the inbox says: to the chosen rows, to
// one, or to all; or takes back what another did.
func (s *Site) markInbox(c edge.Ctx) error {
	form, err := submitted(c)
	if err != nil {
		return err
	}
	m, err := markingOf(form)
	var done inbox.Marked
	if err == nil {
		done, err = s.Inbox.Mark(ctx(c), edge.Who(c), m)
	}
	if e := fieldsOf(err); len(e) > 0 {
		p := view.InboxPage{}
		for _, text := range e {
			p.Err = text
		}
		return s.showInbox(c, http.StatusUnprocessableEntity, p, inboxFilter(form))
	}
	if err != nil {
		return err
	}
	said := view.InboxDone{As: string(m.As), Rows: done.Rows, At: done.At.UnixMicro(), Show: string(m.Show), Group: m.Group}
	n, err := s.Inbox.Count(ctx(c), edge.Who(c))
	if err != nil {
		return err
	}
	return s.answer(c, view.InboxMarked{Done: said, Unread: view.Unread{Rows: n.Unread, Seq: n.LastSeq}}, said.URL())
}

func fieldsOf(err error) errs.Fields {
	if e, ok := errors.AsType[*errs.Error](err); ok && e.Kind == errs.Invalid {
		return e.Fields
	}
	return nil
}

// markingOf reads which button was pressed: "one" with "read.17", "all" or "do"
// with "read".
func markingOf(form url.Values) (inbox.Marking, error) {
	m := inbox.Marking{Filter: inboxFilter(form), As: inbox.Act(form.Get("do"))}
	var f errs.Fields
	as, seq, one := strings.Cut(form.Get("one"), ".")
	switch {
	case one:
		form = url.Values{"seq": {seq}}
		m.As = inbox.Act(as)
	case form.Get("all") != "":
		m.As, m.All = inbox.Act(form.Get("all")), true
		m.UpTo = number(&f, form, "up_to")
	case form.Get("at") != "":
		m.At = time.UnixMicro(number(&f, form, "at")).UTC()
	}
	if !m.All && m.As != inbox.Undo {
		for _, text := range form["seq"] {
			n, err := strconv.ParseInt(text, 10, 64)
			if err != nil {
				f.Add("seq", "field.number")
				break
			}
			m.Seqs = append(m.Seqs, n)
		}
	}
	return m, f.Err()
}

// marked reads out of an address what was done to come to it.
func marked(from url.Values) *view.InboxDone {
	rows, err := strconv.Atoi(from.Get("rows"))
	at, also := strconv.ParseInt(from.Get("at"), 10, 64)
	if err != nil || also != nil || rows < 0 {
		return nil
	}
	switch as := inbox.Act(from.Get("done")); as {
	case inbox.Read, inbox.Reopen, inbox.PutAway, inbox.TakeBack, inbox.Undo:
		f := inboxFilter(from)
		return &view.InboxDone{As: string(as), Rows: rows, At: at, Show: string(f.Show), Group: f.Group}
	}
	return nil
}

// inboxHTML is what pages of the owner put in place when something happens in
// their inbox: how much is unread, which all pages show, and the rows and proxies,
// which look for themselves.
func (r eventRenderer) inboxHTML(ctx context.Context, e timeline.Entry) (template.HTML, error) {
	n, err := r.Inbox.CountFor(ctx, e.Topic.ID)
	if err != nil {
		return "", err
	}
	return r.fragments.piece(view.InboxChanged{Unread: view.Unread{Rows: n.Unread, Seq: n.LastSeq},
		Proxies: e.Kind == event.ProxyNamed || e.Kind == event.ProxyEnded}, r.lang)
}
