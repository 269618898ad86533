package web

import (
	"context"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/group"
	"plenary/pkg/page"
	"plenary/pkg/web/view"
)

// How much stands on the first page.
const (
	homeThreads  = 12
	homeMentions = 5
)

func (s *Site) home(c edge.Ctx) error {
	if !edge.Who(c).SignedIn() {
		return s.welcome(c)
	}
	who := edge.Who(c)
	p := view.HomePage{Frame: s.frame(c)}
	polls, err := s.Polls.NeedsVote(ctx(c), who)
	if err != nil {
		return err
	}
	p.NeedsVote = pollLines(who, polls, p.Clock)
	p.Viewer.NeedsVote = len(polls)
	unread, err := s.Forum.Unread(ctx(c), who, homeThreads)
	if err != nil {
		return err
	}
	p.Unread = badged(threadRows(unread, true), pollBadges(who, polls))
	if p.Mentions, err = s.mentionsOf(ctx(c), who); err != nil {
		return err
	}
	if p.Ahead, err = s.comingUp(c); err != nil {
		return err
	}
	calls, err := s.Themes.Calls(ctx(c), who, homeMentions)
	if err != nil {
		return err
	}
	for _, one := range calls {
		p.Calls = append(p.Calls, view.ThemeCall{Kind: string(one.Kind), Theme: view.Link{Text: one.Title, URL: view.ThemeCard{ID: one.ThemeID}.URL()}, Thread: one.Thread, By: personOf(one.By), At: one.At})
	}
	mine, err := s.Groups.Mine(ctx(c), who)
	if err != nil {
		return err
	}
	p.Groups = groupRows(mine)
	if p.OfferPasskey, err = s.offersPasskey(c); err != nil {
		return err
	}
	return s.ok(c, p)
}

func (s *Site) mentionsOf(c context.Context, who access.Actor) ([]view.Mention, error) {
	list, err := s.Forum.Mentions(c, who, homeMentions)
	if err != nil {
		return nil, err
	}
	out := make([]view.Mention, len(list))
	for i, m := range list {
		out[i] = view.Mention{By: personOf(m.Comment.Author), At: m.At, Thread: m.Thread.Title,
			URL: commentOf(m.Comment).Permalink(), Excerpt: excerpt(m.Comment)}
	}
	return out, nil
}

func (s *Site) welcome(c edge.Ctx) error {
	p := view.WelcomePage{Frame: s.frame(c)}
	if c.QueryParam("erased") != "" {
		p.Notice = errs.Text{Code: "erase.done"}
	}
	recent, err := s.Forum.Recent(ctx(c), edge.Who(c), homeThreads)
	if err != nil {
		return err
	}
	p.Threads = threadRows(recent, false)
	rules, err := s.People.SignUpRules(ctx(c))
	if err != nil {
		return err
	}
	p.SignUp = string(rules.Mode)
	groups, err := s.Groups.List(ctx(c), edge.Who(c), page.Page{Limit: homeThreads})
	if err != nil {
		return err
	}
	p.Groups = groupRows(groups.Items)
	return s.ok(c, p)
}

func groupRow(g group.Group) view.GroupRow {
	return view.GroupRow{GroupRef: groupRef(g), About: g.Description, Members: g.MemberCount, Role: string(g.Role), Picture: g.PicturePath()}
}

func groupRows(list []group.Group) []view.GroupRow {
	out := make([]view.GroupRow, len(list))
	for i, g := range list {
		out[i] = groupRow(g)
	}
	return out
}

// healthz answers while the process is up.
func (s *Site) healthz(c edge.Ctx) error { return c.String(200, "ok\n") }

// readyPatience is how long the parts of the forum have to answer.
const readyPatience = 2 * time.Second

// readyz answers while the forum can work.
func (s *Site) readyz(c edge.Ctx) error {
	asked, cancel := context.WithTimeout(ctx(c), readyPatience)
	defer cancel()
	if err := s.Ready(asked); err != nil {
		s.edge.Log.Warn("not ready", "error", err)
		return c.String(503, "not ready\n")
	}
	return c.String(200, "ready\n")
}
