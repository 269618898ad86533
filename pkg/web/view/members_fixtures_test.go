package view

import (
	"net/url"
	"time"
)

// memberPages are those about the people of a group and how they come in.
func memberPages() []shown {
	f := func(path string) Frame { return frame(path, member()) }
	titled := amina
	titled.Title = "Treasurer"
	all := MembersPage{Frame: f("/g/harbour/members"), Group: groupHead("members", "admin"), CanAdd: true, CanInvite: true, CanSetRole: true, CanBan: true, CanAnswer: true,
		Members: []MemberRow{{Person: bram, Role: "admin", Since: ago(400 * day), Me: true}, {Person: titled, Role: "moderator", Since: ago(90 * day), Delegate: true, Below: true},
			{Person: fadi, Role: "member", Since: ago(2 * day), Inherited: true, Below: true}},
		Requests: []JoinRequest{{ID: 7, Person: edda, Question: "What do you bring to the harbour?", Answer: "Two boats.\nAnd time on Saturdays.", At: ago(day)}, {ID: 8, Person: dario, At: ago(time.Hour)}},
		Add:      Form{Once: "a", Values: values1("role", "member")}, Next: "/g/harbour/members?cursor=abc"}
	plain := MembersPage{Frame: f("/g/harbour/members"), Group: groupHead("members", "member"), Members: all.Members, Find: Form{Values: values1("q", "am", "role", "moderator", "delegates", "1")}}
	nobody := plain
	nobody.Members = nil
	rejected := MembersPage{Frame: f("/g/harbour/members"), Group: groupHead("members", "admin"), CanAdd: true, Members: all.Members[:1], Add: Form{Values: values1("person", "nobdy"), Fields: required("person")}}
	wants := []string{"all", "needed", "none"}
	return []shown{
		{"group-members-full", all}, {"group-members-narrowed", plain}, {"group-members-nobody", nobody}, {"group-members-rejected", rejected},
		{"group-ask-question", AskPage{Frame: f("/g/harbour/ask"), Group: network, Question: "What do you bring to the harbour?", Form: Form{Once: "k"}}},
		{"group-ask-rejected", AskPage{Frame: f("/g/harbour/ask"), Group: network, Question: "What do you bring to the harbour?", Form: Form{Once: "k", Fields: required("answer")}}},
		{"group-ask-plain", AskPage{Frame: f("/g/harbour/ask"), Group: network, Form: Form{Once: "k"}}},
		{"group-ask-waiting", AskPage{Frame: f("/g/harbour/ask"), Group: network, Waiting: &JoinRequest{ID: 7, Answer: "Two boats.", At: ago(day)}}},
		{"poll-mails", PollMailsPage{Frame: f("/g/harbour/mails"), Group: &network, Action: "/g/harbour/mails", Choices: wants, Form: Form{Values: values1("polls", "needed")}, Saved: true}},
		{"poll-mails-rejected", PollMailsPage{Frame: f("/g/harbour/mails"), Group: &network, Action: "/g/harbour/mails", Choices: wants, Form: Form{Fields: required("polls")}}},
		{"poll-mails-link", PollMailsPage{Frame: frame("/unsubscribe/x", nil), Of: "Harbour", Action: "/unsubscribe/x", Choices: wants, Form: Form{Values: values1("polls", "all")}}},
		{"poll-mails-ended", PollMailsPage{Frame: frame("/unsubscribe/x", nil), Of: "Shall we buy the boat?", IsGuest: true, Action: "/unsubscribe/x", Choices: wants, Form: Form{Values: values1("polls", "none")}, Saved: true}},
		{"poll-mails-unknown", PollMailsPage{Frame: frame("/unsubscribe/x", nil), Action: "/unsubscribe/x", Choices: wants, Form: Form{Values: values1("polls", "needed")}}},
		{"group-leave", LeavePage{Frame: f("/g/harbour/leave"), Group: network}},
		{"group-ban-empty", BanPage{Frame: f("/g/harbour/members/9/ban"), Group: network, Person: fadi, Form: Form{Once: "b"}}},
		{"group-ban-rejected", BanPage{Frame: f("/g/harbour/members/9/ban"), Group: network, Person: fadi, Form: Form{Once: "b", Fields: required("reason")}}},
		{"group-bans-full", BansPage{Frame: f("/g/harbour/bans"), Group: network, Bans: []BanRow{{Person: fadi, Reason: "Sold tools that belong to all.", By: "Bram", At: ago(3 * day)}, {Person: edda, Reason: "Advertised in every discussion.", At: ago(80 * day)}}}},
		{"group-bans-empty", BansPage{Frame: f("/g/harbour/bans"), Group: network}},
		{"join-thread", JoinPage{Frame: frame("/join/x", nil), Token: "x", By: bram, Role: "member", Thread: Link{Text: head().Title, URL: "/t/42"}, Email: "edda@example.org",
			Form: Form{Once: "j", Values: values1("email", "edda@example.org")}}},
		{"join-other-address", JoinPage{Frame: f("/join/x"), Token: "x", Group: network, Members: 119, By: bram, Role: "member", Email: "edda@example.org", OtherAddress: true}},
		{"profile-common", ProfilePage{Frame: f("/u/amina"), Person: amina, Since: ago(400 * day), Shared: []Shared{{GroupRef: network, Role: "moderator", Title: "Treasurer"}, {GroupRef: GroupRef{Name: "Kitchen", Handle: "kitchen", Visibility: "closed"}, Role: "member"}}}},
		{"group-invite-empty", InvitePage{Frame: f("/g/harbour/invite"), Group: network, Reminded: -1, Mail: Form{Once: "m", Values: values1("role", "member", "remind", "1")}, Link: Form{Once: "l", Values: values1("role", "member", "days", "14", "uses", "25")}}},
		{"group-invite-full", fullInvite()}, {"group-invite-unsent", unsentInvite()},
	}
}

func fullInvite() InvitePage {
	return InvitePage{Frame: frame("/g/harbour/invite", member()), Group: network, Reminded: 3, Sent: 12, CanRemind: true, NewLink: "https://forum.example/join/hD7s9fJq2LmZx81",
		Mail: Form{Once: "m", Values: url.Values{"role": {"member"}, "below": {"kitchen"}}}, Below: []GroupRef{{Name: "Kitchen", Handle: "kitchen", Visibility: "closed"}, {Name: "Boats", Handle: "boats", Visibility: "closed"}},
		Link:  Form{Once: "l", Values: values1("role", "member", "days", "0", "uses", "25"), Fields: required("days")},
		Links: []Invitation{{ID: 4, By: bram, At: ago(3 * day), Until: now.Add(4 * day), Role: "member", Used: 2, MaxUses: 20}},
		Pending: []PendingRow{{ID: 5, Email: "a.rather.long.address.of.somebody@cooperative.example.org", Name: "Gil Ode", Role: "member", By: bram, Sent: ago(8 * day), Reminded: ago(4 * day), Until: now.Add(20 * day), CanRemind: true},
			{ID: 6, Email: "hal@example.org", Role: "moderator", By: amina, Sent: ago(40 * day), Until: ago(10 * day), Expired: true}}, Next: "/g/harbour/invite?cursor=abc"}
}

func unsentInvite() InvitePage {
	p := fullInvite()
	p.Reminded, p.NewLink, p.Link.Fields = -1, "", nil
	p.Verdicts = []Verdict{{Line: 2, Text: "nobody", Why: "This is no address: it has no @."}, {Line: 14, Text: "Bram <bram@example.org>", Why: "They are a member already."}}
	p.Mail.Values.Set("addresses", "nobody\nBram <bram@example.org>")
	p.Mail.Values.Set("message", "We meet every second Friday.")
	return p
}
