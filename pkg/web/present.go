package web

import (
	"html/template"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/forum"
	"plenary/pkg/group"
	"plenary/pkg/person"
	"plenary/pkg/web/view"
)

func personOf(b person.Brief) view.Person {
	return view.Person{ID: b.ID, Name: b.Name, Handle: b.Handle, Affiliation: b.Affiliation, Picture: b.Picture, Title: b.Title}
}

func peopleOf(list []person.Brief) []view.Person {
	out := make([]view.Person, len(list))
	for i, b := range list {
		out[i] = personOf(b)
	}
	return out
}

func homeOf(h forum.Home) view.GroupRef {
	return view.GroupRef{Name: h.Name, Handle: h.Handle, Visibility: string(h.Visibility)}
}

func groupRef(g group.Group) view.GroupRef {
	return view.GroupRef{Name: g.Name, Handle: g.Handle, Visibility: string(g.Visibility)}
}

// rendered is HTML that was made safe when it was stored.
func rendered(html string) template.HTML { return template.HTML(html) }

// instant is a time that may not have come; zero where it has not.
func instant(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}

// slugOf is the readable end of a thread's address. A title that is the name of
// a page below the thread has none, since that page would be found instead.
func slugOf(title string) string {
	switch slug := forum.Slug(title); slug {
	case "edit", "people", "seen-by", "themes":
		return ""
	default:
		return slug
	}
}

func threadHead(t forum.Thread) view.ThreadHead {
	head := view.ThreadHead{ID: t.ID, Slug: slugOf(t.Title), Title: t.Title, Group: homeOf(t.Group), Author: personOf(t.Author),
		At: t.CreatedAt, Visibility: string(t.Visibility), SeenBy: t.SeenByCount, Pinned: t.PinnedAt != nil, Tags: t.Tags, Edited: t.EditedAt != nil, OwnPoll: t.PollID, Programme: t.SessionOf, Session: t.Session}
	for _, g := range t.Shared {
		head.Shared = append(head.Shared, homeOf(g))
	}
	if t.Closed() {
		head.Closed = &view.Closing{At: *t.ClosedAt, Reason: t.CloseReason}
		if t.ClosedBy != nil {
			head.Closed.By = personOf(*t.ClosedBy)
		}
	}
	return head
}

func threadRights(who access.Actor, t forum.Thread) view.ThreadRights {
	may := func(do access.Action) bool { return access.May(who, do, t.Facts()) }
	return view.ThreadRights{Comment: may(access.PostComment), React: may(access.React), Edit: may(access.EditThread), Close: may(access.CloseThread),
		Reopen: may(access.Reopen), Pin: may(access.PinThread), Propose: may(access.ProposeTheme), StartPoll: may(access.StartPoll), StartProgramme: may(access.StartProgramme),
		ReadSeenBy: may(access.ReadSeenBy), Moderate: may(access.PinThread),
		People: may(access.ReadGuests) || may(access.LeaveThread)}
}

func threadRow(r forum.ThreadRow, signedIn bool) view.ThreadRow {
	row := view.ThreadRow{ID: r.ID, OwnPoll: r.PollID, Slug: slugOf(r.Title), Title: r.Title, Group: homeOf(r.Group), Author: personOf(r.Author),
		Last: r.LastActivityAt, LastBy: peopleOf(r.LastSpeakers), Comments: r.CommentCount, Unread: r.Unread, Pinned: r.PinnedAt != nil,
		Closed: r.Closed(), MembersOnly: r.Visibility == access.MembersOnly && r.MayBePublic(), Tags: r.Tags}
	row.New = signedIn && !r.Opened
	return row
}

func threadRows(rows []forum.ThreadRow, signedIn bool) []view.ThreadRow {
	out := make([]view.ThreadRow, len(rows))
	for i, r := range rows {
		out[i] = threadRow(r, signedIn)
	}
	return out
}

func commentOf(c forum.Comment) view.Comment {
	out := view.Comment{ID: c.ID, Seq: c.Seq, Thread: c.ThreadID, Author: personOf(c.Author), At: c.CreatedAt, Body: rendered(c.BodyHTML),
		EditedAt: instant(c.EditedAt), Empty: c.MarkedEmpty}
	if c.Deleted() {
		out.Removed = "moderator"
		if c.ByAuthor {
			out.Removed = "author"
		}
	}
	if c.ThemeTitle != "" {
		out.Theme = view.ThemeCard{ID: c.ThemeID, Title: c.ThemeTitle}.Link()
	}
	if c.Parent != nil {
		out.ReplyTo = &view.ReplyRef{ID: c.Parent.ID, Author: personOf(c.Parent.Author), Excerpt: c.Parent.Excerpt}
	}
	for _, r := range c.Reactions {
		out.Reactions = append(out.Reactions, view.Reaction{Comment: c.ID, Emoji: r.Emoji, Count: r.Count})
	}
	return out
}
