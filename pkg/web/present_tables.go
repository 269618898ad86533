package web

import (
	"cmp"
	"slices"
	"strconv"

	"plenary/pkg/i18n"
	"plenary/pkg/poll/figures"
	"plenary/pkg/tally"
	"plenary/pkg/web/view"
)

// Bounds of tables in a page. What is beyond them is in the files.
const (
	mostRounds = 40 // the last ones
	mostDuels  = 40 // options
)

// tables are those that have no picture: the two rounds of STAR, the duels of
// ranked pairs in their order, and the strongest chains of Schulze.
func (t teller) tables() []view.Table {
	var out []view.Table
	if t.poll.Method == tally.STAR && len(t.count.Rounds) > 0 {
		table := t.roundTable()
		table.Caption = t.words.T("results.rounds_star")
		out = append(out, table)
	}
	d := t.count.Duels
	if d == nil {
		return out
	}
	if len(d.Locks) > 0 {
		out = append(out, t.lockTable(d.Locks))
	}
	if len(d.Paths) > 0 {
		out = append(out, t.pathTable(d))
	}
	return out
}

// roundTable has the options as rows, those who last longest first, and the
// rounds as columns.
func (t teller) roundTable() view.Table {
	rounds := t.count.Rounds
	table := view.Table{Caption: t.words.T("results.rounds"), Corner: t.words.T("results.option")}
	if cut := len(rounds) - mostRounds; cut > 0 {
		rounds = rounds[cut:]
		table.Note = t.words.T("results.last_rounds", i18n.Args{"N": mostRounds})
	}
	for _, r := range rounds {
		table.Head = append(table.Head, t.words.T("results.round", i18n.Args{"Round": r.Number}))
	}
	for _, i := range lasting(t.count) {
		id := t.count.Table[i].Option
		row := view.TableRow{Label: t.names[id], Strong: t.count.Table[i].Winner}
		for _, r := range rounds {
			row.Cells = append(row.Cells, t.roundCell(r, i, id))
		}
		table.Rows = append(table.Rows, row)
	}
	return t.addExhausted(table, rounds)
}

func (t teller) roundCell(r figures.Round, i int, id int64) view.Cell {
	var cell view.Cell
	if i < len(r.Votes) {
		cell.Text = t.amount(r.Votes[i].Votes)
	}
	switch {
	case slices.Contains(r.Elected, id):
		cell.Note, cell.Mark = "✓ "+t.words.T("results.elected"), "elected"
	case slices.Contains(r.Excluded, id):
		cell.Note, cell.Mark = "✕ "+t.words.T("results.left_out"), "excluded"
	}
	return cell
}

func (t teller) addExhausted(table view.Table, rounds []figures.Round) view.Table {
	exhausted, quota := view.TableRow{Label: t.words.T("results.exhausted")}, view.TableRow{Label: t.words.T("results.quota")}
	has, moves := false, false
	for _, r := range rounds {
		has = has || r.Exhausted.Units != 0
		exhausted.Cells = append(exhausted.Cells, view.Cell{Text: t.amount(&r.Exhausted)})
		needed := cmp.Or(r.Quota, t.count.Quota)
		moves = moves || needed != nil
		quota.Cells = append(quota.Cells, view.Cell{Text: t.amount(needed)})
	}
	if has {
		table.Rows = append(table.Rows, exhausted)
	}
	if moves {
		table.Rows = append(table.Rows, quota)
	}
	return table
}

// lasting are the options' places in the table, those first that are in for
// longest, and among them those with most votes at the end.
func lasting(count figures.Results) []int {
	last := make([]int, len(count.Table))
	votes := make([]float64, len(count.Table))
	for n, r := range count.Rounds {
		for i, v := range r.Votes {
			if v.Votes != nil && (v.Votes.Units != 0 || n == 0) {
				last[i], votes[i] = n, amountSize(*v.Votes)
			}
		}
	}
	order := make([]int, len(count.Table))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(last[b], last[a]), cmp.Compare(votes[b], votes[a]))
	})
	return order
}

// amountSize is how large something is drawn; nothing is decided by it.
func amountSize(a tally.Amount) float64 {
	x := float64(a.Units)
	for range a.Decimals {
		x /= 10
	}
	return x
}

// duelOrder are the options' places in the matrix, winners first.
func duelOrder(count figures.Results) []int {
	place := map[int64]int{}
	for i, id := range count.Duels.Options {
		place[id] = i
	}
	var order []int
	for _, level := range count.Ranking {
		for _, id := range level {
			if i, in := place[id]; in {
				order = append(order, i)
				delete(place, id)
			}
		}
	}
	for i, id := range count.Duels.Options {
		if _, left := place[id]; left {
			order = append(order, i)
		}
	}
	return order
}

// duelTable has the winner's row first, and beside the duels what each option
// makes of them.
func (t teller) duelTable() view.Table {
	d := t.count.Duels
	order := duelOrder(t.count)
	table := view.Table{Caption: t.words.T("results.duels"), Corner: t.words.T("results.option")}
	if len(order) > mostDuels {
		order = order[:mostDuels]
		table.Note = t.words.T("results.first_duels", i18n.Args{"N": mostDuels})
	}
	for _, j := range order {
		table.Head = append(table.Head, t.names[d.Options[j]])
	}
	table.Head = append(table.Head, t.words.T("results.duels_won"), t.words.T("results.worst_defeat"))
	for _, i := range order {
		row := view.TableRow{Label: t.names[d.Options[i]], Strong: slices.Contains(t.count.Winners, d.Options[i])}
		for _, j := range order {
			row.Cells = append(row.Cells, t.duelCell(d.Wins, i, j))
		}
		row.Cells = append(row.Cells, view.Cell{Text: figureAt(d.Copeland, i, t.points)},
			view.Cell{Text: figureAt(d.Minimax, i, t.words.Number)})
		table.Rows = append(table.Rows, row)
	}
	return table
}

func figureAt[T any](list []T, i int, text func(T) string) string {
	if i >= len(list) {
		return ""
	}
	return text(list[i])
}

func (t teller) duelCell(wins [][]int64, i, j int) view.Cell {
	if i == j {
		return view.Cell{Text: "–"}
	}
	cell := view.Cell{Text: t.versus(wins[i][j], wins[j][i])}
	switch {
	case wins[i][j] > wins[j][i]:
		cell.Mark, cell.Note = "won", t.words.T("results.won")
	case wins[i][j] < wins[j][i]:
		cell.Mark, cell.Note = "lost", t.words.T("results.lost")
	default:
		cell.Mark, cell.Note = "even", t.words.T("results.even")
	}
	return cell
}

func (t teller) versus(a, b int64) string { return t.words.Number(a) + " : " + t.words.Number(b) }

func (t teller) lockTable(locks []figures.Lock) view.Table {
	table := view.Table{Caption: t.words.T("results.locks"), Corner: t.words.T("results.duel"),
		Head: []string{t.words.T("results.votes"), t.words.T("results.strength"), t.words.T("results.locked")}}
	const most = 200
	if len(locks) > most {
		locks = locks[:most]
		table.Note = t.words.T("results.first_locks", i18n.Args{"N": most})
	}
	for i, l := range locks {
		locked := view.Cell{Text: t.words.T("results.locked_yes"), Mark: "won"}
		if !l.Locked {
			locked = view.Cell{Text: t.words.T("results.locked_no"), Mark: "lost"}
		}
		pair := t.words.T("results.beats", i18n.Args{"Winner": t.names[l.Winner], "Loser": t.names[l.Loser]})
		table.Rows = append(table.Rows, view.TableRow{Label: strconv.Itoa(i+1) + ". " + pair,
			Cells: []view.Cell{{Text: t.versus(l.Votes, l.Against)}, {Text: t.words.Number(l.Strength)}, locked}})
	}
	return table
}

func (t teller) pathTable(d *figures.Duels) view.Table {
	order := duelOrder(t.count)
	order = order[:min(len(order), mostDuels)]
	table := view.Table{Caption: t.words.T("results.paths"), Corner: t.words.T("results.option")}
	for _, j := range order {
		table.Head = append(table.Head, t.names[d.Options[j]])
	}
	for _, i := range order {
		row := view.TableRow{Label: t.names[d.Options[i]], Strong: slices.Contains(t.count.Winners, d.Options[i])}
		for _, j := range order {
			cell := view.Cell{Text: "–"}
			if i != j {
				cell.Text = t.words.Number(d.Paths[i][j])
				if d.Paths[i][j] > d.Paths[j][i] {
					cell.Mark, cell.Note = "won", t.words.T("results.stronger")
				}
			}
			row.Cells = append(row.Cells, cell)
		}
		table.Rows = append(table.Rows, row)
	}
	return table
}

// valueTable says how often each value was given to each option.
func (t teller) valueTable() view.Table {
	v := t.count.Values
	table := view.Table{Caption: t.words.T("results.values"), Corner: t.words.T("results.option")}
	values := t.valueNames()
	for i := len(values) - 1; i >= 0; i-- { // the best first
		table.Head = append(table.Head, values[i])
	}
	blank := slices.ContainsFunc(v.Options, func(o figures.ValueCounts) bool { return o.Blank > 0 })
	if blank {
		table.Head = append(table.Head, t.words.T("results.no_value"))
	}
	for _, i := range t.best() {
		if i >= len(v.Options) {
			continue
		}
		o := v.Options[i]
		row := view.TableRow{Label: t.names[o.Option], Strong: slices.Contains(t.count.Winners, o.Option)}
		for k := len(o.Counts) - 1; k >= 0; k-- {
			cell := view.Cell{Text: t.words.Number(o.Counts[k])}
			if o.Median != nil && v.Lowest+k == *o.Median {
				cell.Mark, cell.Note = "won", t.words.T("results.median")
			}
			row.Cells = append(row.Cells, cell)
		}
		if blank {
			row.Cells = append(row.Cells, view.Cell{Text: t.words.Number(o.Blank)})
		}
		table.Rows = append(table.Rows, row)
	}
	return table
}

// best are the options' places in the table by the count's ranking; where there
// is none, as they stand.
func (t teller) best() []int {
	place := map[int64]int{}
	for i, row := range t.count.Table {
		place[row.Option] = i
	}
	var order []int
	for _, level := range t.count.Ranking {
		for _, id := range level {
			order = append(order, place[id])
		}
	}
	for i := range t.count.Table {
		if !slices.Contains(order, i) {
			order = append(order, i)
		}
	}
	return order
}

// valueNames are the values from the lowest upwards, in words where the method
// has some.
func (t teller) valueNames() []string {
	v := t.count.Values
	n := 0
	if len(v.Options) > 0 {
		n = len(v.Options[0].Counts)
	}
	names := make([]string, n)
	for i := range names {
		names[i] = t.valueName(v.Lowest+i, n)
	}
	return names
}

// valueName is one value of n: the answers about times and the usual six grades
// have words.
func (t teller) valueName(value, n int) string {
	key := ""
	switch {
	case t.poll.Method == tally.TimePoll:
		key = "ballot.time_" + strconv.Itoa(value)
	case t.poll.Method == tally.MajorityJudgment && n == usualGrades:
		key = "ballot.grade_" + strconv.Itoa(value)
	}
	if key != "" && t.words.Has(key) {
		return t.words.T(key)
	}
	return t.words.Number(int64(value))
}

const usualGrades = 6
