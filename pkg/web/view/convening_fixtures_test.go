package view

import "plenary/pkg/errs"

// mergesOf are merges in each state, as a convenor who is asked meets them.
func mergesOf(clock Clock) []MergeItem {
	pipes, fibre := Link{"Pipes & cables", "/themes/4"}, Link{"Fibre for all", "/themes/5"}
	return []MergeItem{
		{ID: 1, Theme: pipes, Into: fibre, State: "suggested", Reason: "They say the same.", By: chloe, At: ago(day), MayDecide: true, Clock: clock},
		{ID: 2, Theme: fibre, Into: pipes, State: "asked", By: amina, At: ago(day), Due: ago(-2 * day), Asked: []AskedPerson{{fadi, "agree"}, {dario, ""}, {bram, "object"}}, MayAnswer: true, MayDecide: true, Clock: clock},
		{ID: 3, Theme: pipes, Into: fibre, State: "done", Reason: "Alike", By: amina, At: ago(2 * day), DecidedAt: ago(day), MayAnswer: true, Mine: "object", Clock: clock},
		{ID: 4, Theme: pipes, Into: fibre, State: "refused", By: amina, At: ago(2 * day), Decider: fadi, DecidedAt: ago(day), Decision: "They are not.", Clock: clock},
		{ID: 5, Theme: pipes, Moves: true, State: "done", By: amina, At: ago(2 * day), Decider: amina, DecidedAt: ago(day), Clock: clock},
	}
}

// tied is a theme with all the ties that one can have.
func tied() ThemeCard {
	card := themes()[0]
	card.Ties = Ties{Group: Link{"Networks", "/themes/7"}, Parts: []Link{{"Pipes", "/themes/8"}, {"Cables", "/themes/9"}}, Into: Link{"Fibre for all", "/themes/5"},
		Credits: []Person{chloe, {Name: "Ida Holm"}}}
	return card
}

func conveningPages() []shown {
	f := frame("/t/42/themes/convene", administrator())
	cards := themes()
	board := ConveneBoard{Thread: head(), Clock: f.Clock, Form: Form{Once: "c"}, Groups: []ConveneGroup{{Card: cards[0], Parts: cards[1:2]}}, Loose: cards[2:], More: "/t/42/themes/convene?cursor=AA",
		Alike:  []AlikeThemes{{Number: 1, Title: "Shared pipes", Cards: cards[1:], Once: "a"}, {Number: 2, Under: cards[0].Link(), Parent: cards[0].ID, Cards: cards[1:2], Once: "b"}},
		Merges: mergesOf(f.Clock)[:2]}
	rejected := board
	rejected.Form = Form{Once: "c", Values: values1("title", "Networks", "part", "3"), Fields: required("title")}
	full := ConveneThemePage{Frame: f, Thread: head(), Card: cards[0], Rights: ConveneRights{Convene: true}, Hours: 72, Groups: []ListOption{{Value: "2", Text: "Networks", Chosen: true}},
		Threads: []ListOption{{Value: "43", Text: "Autumn meeting"}}, Rows: []ThemeRow{{Number: 1, Title: "Pipes", Description: "and ducts"}, {Number: 2}},
		Under: Form{Once: "u"}, Merge: Form{Once: "m", Values: values1("into", "2")}, Split: Form{Once: "s"}, Move: Form{Once: "v"}, Undo: Form{Once: "x"}}
	for i := range 9 {
		one := cards[1+i%2]
		one.ID += int64(10 * i)
		full.Others = append(full.Others, one)
	}
	bad := full
	bad.Merge = Form{Once: "m", Values: values1("reason", "They say the same."), Fields: required("into")}
	bad.Move = Form{Once: "v", Fields: errs.Fields{"thread": {Code: "theme.thread_unknown"}}}
	bad.Split = Form{Once: "s", Err: errs.Text{Code: "theme.state_merged"}}
	blocked := ConveneThemePage{Frame: f, Thread: head(), Card: cards[0], Rights: ConveneRights{Convene: true}, Hours: 1,
		Block: map[string]errs.Text{"under": {Code: "theme.has_parts", Args: errs.Args{"Title": "Networks"}}, "merge": {Code: "theme.polled"}, "split": {Code: "theme.is_part"}, "move": {Code: "theme.polled"}}}
	suggest := full
	suggest.Rights, suggest.Others = ConveneRights{Suggest: true}, full.Others[:2]
	undo := ConveneThemePage{Frame: f, Thread: head(), Card: cards[0], Rights: ConveneRights{Undo: true}, Undo: Form{Once: "x", Err: errs.Text{Code: "theme.polled"}}}
	theme := ThemePage{Frame: f, Thread: head(), Card: tied(), Merges: mergesOf(f.Clock), Convene: ConveneRights{Convene: true}, Comment: Form{Once: "c"}}
	merged := ThemePage{Frame: f, Thread: head(), Card: tied(), Convene: ConveneRights{Undo: true}}
	merged.Card.State, merged.Card.Ties.Into, merged.Card.Ties.Moved = "merged", Link{}, true
	return []shown{
		{"convene-full", ConvenePage{Frame: f, LastSeq: 9, ConveneBoard: board}}, {"convene-rejected", ConvenePage{Frame: f, ConveneBoard: rejected}},
		{"convene-empty", ConvenePage{Frame: f, ConveneBoard: ConveneBoard{Thread: head(), Form: Form{Once: "c"}}}},
		{"theme-convene-full", full}, {"theme-convene-rejected", bad}, {"theme-convene-blocked", blocked}, {"theme-convene-suggest", suggest}, {"theme-convene-undo", undo},
		{"theme-tied", theme}, {"theme-merged", merged},
	}
}
