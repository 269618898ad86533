package view

import (
	"net/url"
	"time"
)

// electoratePages are those about who may vote, with how many votes, and by whom.
func electoratePages() []shown {
	f := func(path string) Frame { return frame(path, member()) }
	votes := VotesPage{Frame: f("/g/harbour/votes"), Group: network, Count: 3, Total: 12, CanSet: true, Set: 2, Form: Form{Once: "v"}, Next: "/g/harbour/votes?cursor=abc",
		Members: []VotesRow{{Person: bram, Votes: 10}, {Person: amina, Votes: 1}, {Person: fadi, Votes: 1}}}
	left := votes
	left.Set, left.Verdicts = 0, []Verdict{{Line: 2, Text: "nobody, 3", Why: "Nobody with this handle or address is a member of the group."}}
	left.Form = Form{Once: "v", Values: values1("list", "nobody, 3")}
	plain := votes
	plain.CanSet, plain.Set, plain.Next = false, -1, ""

	mine := ProxyRow{ID: 4, From: amina, To: bram, Since: ago(3 * day)}
	poll := Link{Text: "Shall we buy the boat?", URL: "/p/9"}
	proxies := ProxiesPage{Frame: f("/g/harbour/proxies"), Group: &network, Limit: 2, CanName: true, Mine: &mine, Form: Form{Once: "p"},
		ForMe: []ProxyRow{{ID: 5, From: edda, To: amina, Since: ago(time.Hour)}}, All: []ProxyRow{mine, {ID: 6, From: fadi, To: edda, Since: ago(9 * day)}}}
	inPoll := ProxiesPage{Frame: f("/p/9/proxies"), Poll: poll, Limit: 1, CanName: true, Form: Form{Once: "p", Values: values1("to", "nobody"), Fields: required("to")}}
	none := ProxiesPage{Frame: f("/g/harbour/proxies"), Group: &network, CanName: true, CanEdit: true}

	voters := VotersPage{Frame: f("/p/9/voters"), Poll: poll, State: "open", Count: 3, Votes: 12, Weighted: true, RollShown: true,
		Sources: []SourceCount{{"group", 2}, {"thread_guest", 1}}, Voters: []VoterRow{{Person: bram, Source: "group", Votes: 10, Voted: true},
			{Person: amina, Source: "group", Votes: 1}, {Person: fadi, Source: "thread_guest", Votes: 1, Removed: true}}, Next: "/p/9/voters?cursor=abc"}
	secret := voters
	secret.RollShown, secret.RareWeight, secret.CanEdit, secret.CanName = false, true, true, true
	draft := VotersPage{Frame: f("/p/9/voters"), Poll: poll, State: "draft", RollShown: true, CanEdit: true}

	choose := ElectoratePage{Frame: f("/p/9/electorate"), Poll: poll, Draft: true, Count: 42, Titles: []string{"Cook", "Treasurer"}, IsOf: "titles",
		Form: Form{Once: "e", Values: url.Values{"electorate": {"titles"}, "titles": {"Cook"}, "weighted": {"1"}}}}
	empty := choose
	empty.Titles, empty.Form = nil, Form{Once: "e", Values: values1("electorate", "titles"), Fields: required("titles")}
	named := choose
	named.IsOf, named.Named, named.Asked, named.Find = "named", []Person{edda, fadi}, true, Form{Once: "q", Values: values1("q", "am")}
	named.Found, named.Wrong = []Person{amina}, "Nobody of this name is a member of a group in which the discussion is shown, or its guest."
	late := named
	late.Draft, late.Found, late.Named, late.Wrong = false, nil, nil, ""
	guests := PollGuestsPage{Frame: f("/p/9/guests"), Poll: poll, Open: true, RollShown: true, Sent: 2, Reminded: 1, CanRemind: true, Form: Form{Once: "g"},
		Guests: []GuestRow{{ID: 3, Email: "gil@example.org", Name: "Gil Ode", At: ago(3 * day), Voted: true}, {ID: 4, Email: "a.rather.long.address.of.somebody@cooperative.example.org", Name: "hal", At: ago(day)},
			{ID: 5, Email: "ida@example.org", Name: "ida", At: ago(day), Revoked: true}}}
	unsent := PollGuestsPage{Frame: f("/p/9/guests"), Poll: poll, Sent: -1, Reminded: -1, Form: Form{Once: "g", Values: values1("addresses", "nobody")},
		Verdicts: []Verdict{{Line: 2, Text: "nobody", Why: "This is no address: it has no @."}}}
	return []shown{
		{"poll-guests-full", guests}, {"poll-guests-unsent", unsent},
		{"group-votes-full", votes}, {"group-votes-left", left}, {"group-votes-member", plain},
		{"proxies-full", proxies}, {"proxies-poll", inPoll}, {"proxies-none", none},
		{"poll-voters-open", voters}, {"poll-voters-secret", secret}, {"poll-voters-draft", draft},
		{"poll-electorate-titles", choose}, {"poll-electorate-rejected", empty}, {"poll-electorate-named", named}, {"poll-electorate-late", late},
	}
}
