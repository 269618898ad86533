package web

import (
	"net/url"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/forum"
	"plenary/pkg/page"
	"plenary/pkg/poll"
	"plenary/pkg/theme"
	"plenary/pkg/web/view"
)

// groupPolls lists the polls of a group, in threads and on their own.
func (s *Site) groupPolls(c edge.Ctx) error {
	head, g, err := s.groupHead(c, "polls")
	if err != nil {
		return err
	}
	p := view.GroupPollsPage{Frame: s.frame(c), Group: head, Filter: c.QueryParam("show")}
	q := poll.PollsQuery{Page: page.Page{Cursor: c.QueryParam("before")}}
	switch p.Filter {
	case "open", "closed":
		q.State = access.PollState(p.Filter)
	case "vote":
		q.NeedsVote = true
	default:
		p.Filter = ""
	}
	who := edge.Who(c)
	list, err := s.Polls.OfGroup(ctx(c), who, g.Handle, q)
	if err != nil {
		return err
	}
	for _, line := range pollLines(who, list.Items, p.Clock) {
		if line.State == string(access.PollOpen) {
			p.Open = append(p.Open, line)
		} else {
			p.Closed = append(p.Closed, line)
		}
	}
	if p.Filter == "" && q.Cursor == "" {
		drafts, err := s.Polls.Drafts(ctx(c), who, g.Handle)
		if err != nil {
			return err
		}
		p.Drafts = pollLines(who, drafts, p.Clock)
	}
	p.Cursor.Older = olderPolls(head, p.Filter, list.Next)
	return s.ok(c, p)
}

func olderPolls(head view.GroupHead, filter, cursor string) string {
	if cursor == "" {
		return ""
	}
	q := url.Values{"before": {cursor}}
	if filter != "" {
		q.Set("show", filter)
	}
	return head.URL() + "/polls?" + q.Encode()
}

// pollPlace is where the poll that is being started would stand, with the themes
// that are shortlisted there: in the thread of the address, or, where that names
// a group, in none yet.
func (s *Site) pollPlace(c edge.Ctx) (forum.Thread, []theme.Theme, error) {
	who := edge.Who(c)
	if handle := c.Param("handle"); handle != "" {
		room, err := s.Forum.Room(ctx(c), who, access.StartPollAlone, handle)
		return room, nil, err
	}
	id, err := edge.ID(c, "id")
	if err != nil {
		return forum.Thread{}, nil, err
	}
	t, err := s.Forum.Thread(ctx(c), who, id)
	if err != nil {
		return t, nil, err
	}
	if err := access.Check(who, access.StartPoll, t.Facts()); err != nil {
		return t, nil, err
	}
	listed, err := s.shortlist(c, id)
	return t, listed, err
}

// afterPolls is where somebody goes on who has started a poll in a place.
func afterPolls(t forum.Thread) string {
	if t.ID == 0 {
		return homeOf(t.Group).URL() + "/polls"
	}
	return threadPath(t.ID, "?end=1")
}
