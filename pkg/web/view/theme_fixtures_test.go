package view

import (
	"plenary/pkg/errs"
)

// boardOf is a board with the cards in the view.
func boardOf(f Frame, rights ThreadRights, view, sort string, cards []ThemeCard) BoardPage {
	p := BoardPage{Frame: f, Thread: head(), View: view, Sort: sort, Rights: rights, Shortlist: 1, Convene: true, All: len(cards), Next: 9,
		Counts: map[string]int{"proposed": 60, "shortlisted": 1, "settled": 1}, Choices: []Link{{"Which themes?", "/p/7/schedule"}},
		Rules: RulesLine{Window: "ended", ClosesAt: ago(day), Themes: 1, Supports: 3, Clock: f.Clock}}
	cards[1].Unanswered, cards[1].Quote, cards[1].Others = 2, "consortia of small firms", []Person{chloe}
	switch view {
	case "board":
		p.Columns = []BoardColumn{{Name: "proposed", Cards: cards[1:3], All: 60}, {Name: "shortlisted", Cards: cards[:1], All: 1}, {Name: "scheduled"}, {Name: "settled", Cards: cards[3:], All: 1}}
	case "groups":
		p.Groups = []ThemeGroup{{Head: &cards[0], Cards: cards[1:2]}, {Cards: cards[2:]}}
	default:
		p.Cards = cards
	}
	return p
}

func themePages() []shown {
	f := frame("/t/42/themes", administrator())
	rights := ThreadRights{Comment: true, React: true, Propose: true, StartPoll: true}
	cards := themes()
	for i := range cards {
		cards[i].CanConvene = true
	}
	declined := ThemeCard{ID: 9, Thread: 42, Title: "Anything but rents", Proposer: dario, State: "declined", Supporters: 2, Reason: "Covered on Friday."}
	full := ThemePage{Frame: f, Thread: head(), Card: cards[0], Description: "<p dir=\"auto\">Going beyond energy, into fibre and data: who owns the pipes?</p>", Supporters: []Person{amina, chloe, fadi},
		Comments: []ThemeComment{{Comment: Comment{ID: 1, Author: chloe, At: ago(day), Body: "<p>We have a duct to lend.</p>"}}}, Edit: Form{Once: "e", Values: values1("title", "Shared infrastructure")}, Comment: Form{Once: "c"},
		Rights: ThemeRights{Support: true, Edit: true, Comment: true, Withdraw: true, Unlist: true, Decline: true}}
	full.Card.Others, full.Edited, full.MayAnswer = []Person{chloe, bram}, true, true
	full.Comments = append(full.Comments, ThemeComment{Comment: Comment{ID: 2, Author: dario, At: ago(day), Body: "<p>Who pays?</p>"}, Question: true, MayAnswer: true},
		ThemeComment{Comment: Comment{ID: 3, Author: dario, At: ago(day), Body: "<p>And when?</p>", EditedAt: ago(day)}, Question: true, Answer: 4},
		ThemeComment{Comment: Comment{ID: 4, Author: fadi, At: ago(day), Body: "<p>In May.</p>", ReplyTo: &ReplyRef{ID: 3, Author: dario}}}, ThemeComment{Comment: Comment{ID: 5, At: ago(day), Removed: "author"}})
	full.In, full.Earlier, full.Later, full.Card.Comments = rights, "/themes/1?before=1#comments", "/themes/1?after=5#comments", 240
	full.Asks, full.Rights.Schedule = []ProposerAsk{{Person: bram, By: fadi}}, true
	full.Polls = []ThemeResult{{Poll: PollLine{ID: 7, Title: "Which themes?", State: "closed"}, Told: true, Place: 1, Of: 7, Figure: "14", Chosen: true},
		{Poll: PollLine{ID: 8, Title: "And in autumn?", State: "open", ClosesAt: ago(-day)}}}
	askedToo := ThemePage{Frame: f, Thread: head(), Card: cards[1], Asked: &ProposerAsk{Person: bram, By: fadi}, Comment: Form{Once: "c"}, Rights: ThemeRights{Comment: true}}
	askedToo.Card.Credit, askedToo.Card.PutBy = "Ida Holm", amina
	board := func(view, sort string) BoardPage {
		return boardOf(f, rights, view, sort, append(cards[:3:3], declined))
	}
	gone := board("list", "new")
	gone.After, gone.Before, gone.Gone, gone.NextBegins = 17, 100, true, 200
	closedPoll := openPoll()
	closedPoll.State = "closed"
	schedule := SchedulePage{Frame: f, Poll: closedPoll, Form: Form{Once: "s", Values: values1("themes", "1")},
		Themes: []Placing{{Card: cards[0], Place: 1, Winner: true}, {Card: cards[1], Place: 2}, {Card: declined}}}
	without := schedule
	without.Form.Values = nil
	without.Themes = []Placing{{Card: cards[0], Place: 1}, {Card: cards[1], Place: 1}}
	unscheduled := schedule
	unscheduled.Form = Form{Once: "s", Fields: required("themes")}
	similar := ThemeFormPage{Frame: f, Thread: head(), Context: true, Author: amina, Convene: true, Rules: RulesLine{Window: "within", ClosesAt: ago(-2 * day), Themes: 2, Supports: 3, Clock: f.Clock},
		Rows: []ThemeRow{{Number: 1, Title: "Shared infrastructures", Chosen: true, Similar: cards[:1]}}, Form: Form{Once: "t", Err: errs.Text{Code: "similar.asked"}}}
	instead := ThemeFormPage{Frame: f, Thread: head(), Instead: &cards[0], Rows: []ThemeRow{{Number: 1, Title: "Shared infrastructures", Chosen: true}}, Form: Form{Once: "t"}}
	rejected := full
	rejected.Comment.Fields = required("body")
	return []shown{
		{"board-full", board("board", "support")}, {"board-list", board("list", "new")}, {"board-groups", board("groups", "support")}, {"board-print", board("print", "support")},
		{"board-empty", BoardPage{Frame: f, Thread: head(), View: "board", Sort: "new", Rights: rights}},
		{"board-nothing-found", BoardPage{Frame: frame("/t/42/themes", nil), Thread: head(), View: "list", Sort: "support", Words: "zebra", By: fadi}},
		{"board-place-gone", gone},
		{"theme-rules-full", RulesPage{Frame: f, Thread: head(), Zone: "Europe/Brussels", By: &amina, At: ago(day), Form: Form{Once: "r", Values: values1("closes_at", "2026-11-27T18:00", "supports_per_person", "3")}}},
		{"theme-rules-rejected", RulesPage{Frame: f, Thread: head(), Zone: "Europe/Brussels", Form: Form{Once: "r", Values: values1("themes_per_person", "-1"), Fields: required("closes_at")}}},
		{"theme-schedule-full", schedule}, {"theme-schedule-rejected", unscheduled}, {"theme-schedule-without-winner", without},
		{"theme-history-full", ThemeHistoryPage{Frame: f, Thread: head(), Card: cards[0], Versions: []ThemeVersion{
			{Version: Version{Number: 2, By: chloe, At: ago(day), Parts: []Diff{{"same", "Going beyond energy"}, {"added", ", into fibre"}}}, Title: []Diff{{"removed", "Pipes"}, {"added", "Shared infrastructure"}}},
			{Version: Version{Number: 1, By: fadi, At: ago(2 * day), Parts: []Diff{{"same", "Going beyond energy"}}}, Title: []Diff{{"same", "Pipes"}}}}}},
		{"theme-form-empty", ThemeFormPage{Frame: f, Thread: head(), Rows: []ThemeRow{{Number: 1, Chosen: true}}, Form: Form{Once: "t"}}},
		{"theme-form-full", ThemeFormPage{Frame: f, Thread: head(), From: &ReplyRef{ID: 15, Author: fadi, Excerpt: "Three connected themes: shared infrastructure, consortia, neutral ownership"}, Form: Form{Once: "t"},
			Rows: []ThemeRow{{Number: 1, Title: "Shared infrastructure", Description: "going beyond energy", Chosen: true}, {Number: 2, Title: "Consortia of small firms", Chosen: true}, {Number: 3, Title: "Neutral ownership"}}}},
		{"theme-form-rejected", ThemeFormPage{Frame: f, Thread: head(), Rows: []ThemeRow{{Number: 1, Chosen: true, TitleError: errs.Text{Code: "field.required"}}}, Form: Form{Once: "t", Fields: required("title.0")}}},
		{"theme-form-similar", similar}, {"theme-form-instead", instead}, {"theme-asked", askedToo},
		{"theme-full", full}, {"theme-rejected", rejected},
		{"theme-empty", ThemePage{Frame: frame("/themes/9", nil), Thread: head(), Card: declined}},
	}
}
