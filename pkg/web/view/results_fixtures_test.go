package view

import (
	"html/template"

	"plenary/pkg/chart"
	"plenary/pkg/errs"
)

// resultPages are polls with whole results: rounds with a lot, duels, grades and
// times, and what stands around them.
func resultPages() []shown {
	f := frame("/p/8", member())
	closed := func(results *Results) PollCard {
		p := openPoll()
		p.Alone, p.State, p.ClosedAt, p.Shows, p.Results = true, "closed", ago(day), "at_close", results
		return p
	}
	decidedCard := closed(roundResults())
	decidedCard.Outcome = decided()
	still := openPoll()
	still.Alone, still.Results = true, duelResults()
	due := *decided()
	due.ReviewDue = true
	filter := Form{Values: values1("q", "bread", "review", "due")}
	wrong := Form{Values: values1("from", "never"), Fields: errs.Fields{"from": errs.Text{Code: "field.date"}}}
	head, methods := groupHead("decisions", "admin"), []string{"proposal", "choice"}
	return []shown{
		{"results-rounds", PollPage{Frame: f, Card: closed(roundResults())}}, {"results-duels", PollPage{Frame: f, Card: still}},
		{"results-values", PollPage{Frame: f, Card: closed(valueResults())}}, {"results-tied", PollPage{Frame: f, Card: closed(tiedResults())}},
		{"poll-print-full", PollPrintPage{Frame: f, Card: decidedCard}}, {"poll-print-empty", PollPrintPage{Frame: f, Card: openPollAlone()}},
		{"group-decisions-found", DecisionsPage{Frame: f, Group: head, Filter: filter, Filtered: true, Methods: methods, Outcomes: []Outcome{due}, CSV: "/g/harbour/decisions.csv?review=due", Cursor: Cursor{Older: "/g/harbour/decisions?before=x"}}},
		{"group-decisions-none", DecisionsPage{Frame: f, Group: head, Filter: filter, Filtered: true, Methods: methods}},
		{"group-decisions-rejected", DecisionsPage{Frame: f, Group: head, Filter: wrong, Filtered: true, Methods: methods}},
	}
}

// check is what stands below each of them.
func check() *Check {
	return &Check{Print: "/p/7/print", Files: []Link{{"Result as CSV", "/p/7/results.csv"}, {"Result as JSON", "/api/v1/polls/7/results"}},
		Embed: &Embed{Address: "https://forum.example/p/7/chart.svg", Alt: "Who does the dishes? “Nobody” <wins>"}}
}

func drawn(kind string, d interface{ SVG(f chart.Frame) string }) template.HTML {
	return template.HTML(d.SVG(chart.Frame{ID: "p-7-" + kind, Title: "A picture", Desc: "Shared infrastructure wins."}))
}

var dishes = []string{"Shared infrastructure: going beyond energy, into fibre and data", "Consortia of small firms", "Who does the dishes?"}

func dishRows(votes ...int) []ResultRow {
	rows := make([]ResultRow, len(votes))
	for i, v := range votes {
		rows[i] = ResultRow{Label: dishes[i], Votes: v, Percent: v, Share: "4 %", Winner: i == 0}
	}
	return rows
}

func roundResults() *Results {
	flow := chart.Rounds{Options: dishes, Exhausted: "No further choice", Ends: map[chart.NodeState]string{chart.Elected: "elected", chart.LeftOut: "left out"}, Columns: []chart.Column{
		{Title: "Round 1", Nodes: []chart.Node{{Option: 0, Size: 20, Value: "20"}, {Option: 1, Size: 12, Value: "12"}, {Option: 2, Size: 9, Value: "9", State: chart.LeftOut}}},
		{Title: "Round 2", Nodes: []chart.Node{{Option: 0, Size: 26, Value: "26", State: chart.Elected}, {Option: 1, Size: 13, Value: "13"}}, Exhausted: chart.Node{Size: 2, Value: "2"},
			Moved: []chart.Flow{{From: 2, To: 0, Size: 6}, {From: 2, To: 1, Size: 1}, {From: 2, To: -1, Size: 2}}}}}
	table := Table{Caption: "Votes by round", Corner: "Answer", Head: []string{"Round 1", "Round 2"}, Note: "These are the last 2 rounds. All are in the CSV file.", Rows: []TableRow{
		{Label: dishes[0], Strong: true, Cells: []Cell{{Text: "20"}, {Text: "26", Note: "✓ elected", Mark: "elected"}}},
		{Label: dishes[1], Cells: []Cell{{Text: "12"}, {Text: "13"}}}, {Label: dishes[2], Cells: []Cell{{Text: "9", Note: "✕ left out", Mark: "excluded"}, {}}}}}
	return &Results{Status: "chosen", Sentence: "Shared infrastructure wins in round 2 with 26 of 39 votes that still count.", Rule: "The option with the fewest votes is left out, round by round.",
		Figure: "First preferences", Rows: dishRows(20, 12, 9), Pictures: []Picture{{Kind: "rounds", Title: "The votes, round by round", SVG: drawn("rounds", flow), Wide: true, Tables: []Table{table}, Open: true}},
		Ties: []string{"Round 1, equal for being left out: Neutral ownership and Who does the dishes. The lot fell on Who does the dishes."},
		Lots: &Lots{Seed: "5f8a…c1", Order: "Consortia, Dishes and Infrastructure", Mattered: "The lot made no difference: however it had fallen, the same options win.", By: "The lot was drawn with round 1000 of a public beacon."}, Steps: []string{"Round 1: Who does the dishes has the fewest votes."}, Check: check()}
}

func duelResults() *Results {
	m := chart.Matrix{Names: dishes, Key: map[chart.Bout]string{chart.Won: "won", chart.Lost: "lost", chart.Even: "even"}, Cells: [][]chart.Duel{
		{{}, {Text: "26 : 15", Bout: chart.Won}, {Text: "30 : 11", Bout: chart.Won}}, {{Text: "15 : 26", Bout: chart.Lost}, {}, {Text: "20 : 20"}}, {{Text: "11 : 30", Bout: chart.Lost}, {Text: "20 : 20"}, {}}}}
	table := Table{Caption: "Votes in each duel", Corner: "Answer", Head: dishes[:2], Rows: []TableRow{{Label: dishes[0], Strong: true, Cells: []Cell{{Text: "–"}, {Text: "26 : 15", Note: "won", Mark: "won"}}},
		{Label: dishes[1], Cells: []Cell{{Text: "15 : 26", Note: "lost", Mark: "lost"}, {Text: "–"}}}}}
	return &Results{Sentence: "Shared infrastructure wins: it beats every other option in a duel, closest 26 to 15.", Rule: "Every two options meet in a duel.", Rows: dishRows(20, 12, 9),
		Pictures: []Picture{{Kind: "duels", Title: "Every option against every other", SVG: drawn("duels", m), Wide: true, Tables: []Table{table}}}, Tables: []Table{table}, Check: &Check{Print: "/p/7/print"}}
}

func valueResults() *Results {
	s := chart.Stacks{Keys: []chart.Key{{Label: "Good"}, {Label: "Acceptable"}, {Label: "Poor"}}, Mark: &chart.Mark{At: 20, Label: "half of the votes"},
		Rows: []chart.Stack{{Label: dishes[0], Value: "Good", Parts: []float64{21, 10, 9}, Win: true}, {Label: dishes[1], Value: "Poor", Parts: []float64{2, 8, 30}}}}
	yes := chart.Answer{Text: "12", Heat: 90}
	g := chart.Grid{Days: []chart.Day{{Title: "Friday 5 March", Slots: 2}}, Slots: []chart.Slot{{Label: "18:00", Best: true}, {Label: "19:30"}}, Rows: []chart.GridRow{{Label: "✓ Yes", Cells: []chart.Answer{yes, {Text: "0"}}}}, Best: "best"}
	rows := dishRows(20, 12)
	rows[0].Points, rows[0].Length, rows[1].Points, rows[1].Length = "Good", 100, "Poor", 0
	return &Results{Status: "chosen", Sentence: "Shared infrastructure wins with the best grades.", Figure: "Median grade", Rows: rows,
		Pictures: []Picture{{Kind: "values", Title: "What was given to each option", SVG: drawn("values", s)}, {Kind: "grid", Title: "Who can when", SVG: drawn("grid", g), Wide: true}}, Check: check()}
}

func tiedResults() *Results {
	rows := dishRows(12, 12, 9)
	rows[0].Winner, rows[0].Tied, rows[1].Tied = false, true, true
	return &Results{Status: "tied", Sentence: "A tie is left to decide.", Rows: rows, Ties: []string{"Equal for a place.", "Nothing decides between them: the tie is left open."}}
}
