package view

import (
	"time"

	"plenary/pkg/errs"
)

func inboxPages() []shown {
	f := frame("/inbox", member())
	f.Viewer.Inbox = Unread{Rows: 3, Seq: 41}
	every := []string{"all", "unread", "mentions", "votes", "themes", "programme", "away"}
	open := openPoll().Line()
	open.CanVote = true
	base := InboxPage{Frame: f, Show: "all", Shows: every, Groups: []GroupRef{{Name: "Harbour Assembly", Handle: "harbour", Visibility: "closed"}}}
	full := base
	full.NeedsVote = []PollLine{open}
	full.Days = []InboxDay{
		{At: now, Label: "today", Rows: []InboxRow{
			{Seq: 41, Say: "comment_mentioned", By: dario, Title: "Where do we meet?", Group: "Harbour Assembly", Excerpt: "Agreed, @amina. But stepping into the unknown is hard.", At: ago(time.Hour), Unread: true},
			{Seq: 40, Say: "theme_questioned", By: dario, Title: "Care as common work", Thread: "Themes for June", State: "withdrawn", At: ago(2 * time.Hour)},
		}},
		{At: ago(3 * day), Rows: []InboxRow{
			{Seq: 12, Say: "session_seat", Title: "Boats by rail", Group: "Harbour Assembly", At: ago(3 * day), Unread: true},
			{Seq: 11, Say: "request_declined", By: dario, Title: "Board", Note: "We are full.", At: ago(3 * day), Away: true},
		}},
	}
	full.Next, full.Done = full.After("xyz"), &InboxDone{As: "read", Rows: 4, At: 1, Show: "all"}
	refused := full
	refused.Done, refused.Err = nil, errs.Text{Code: "inbox.none_chosen"}
	all := []shown{{"inbox-full", full}, {"inbox-refused", refused}}
	for _, show := range every {
		empty := base
		empty.Show = show
		all = append(all, shown{"inbox-empty-" + show, empty})
	}
	narrow := base
	narrow.Show, narrow.Group = "themes", "harbour"
	return append(all, shown{"inbox-empty-group", narrow})
}
