package web

import (
	"html/template"
	"slices"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/chart"
	"plenary/pkg/i18n"
	"plenary/pkg/poll"
	"plenary/pkg/poll/figures"
	"plenary/pkg/tally"
	"plenary/pkg/web/view"
)

// The kinds of pictures, as addresses name them.
const (
	barsKind   = "bars"
	valuesKind = "values"
	roundsKind = "rounds"
	duelsKind  = "duels"
	gridKind   = "grid"
)

// mostValues is how many values can lie beside each other in one bar.
const mostValues = 11

// drawing is any picture of package chart.
type drawing interface {
	SVG(f chart.Frame) string
}

// kinds are the pictures that the count has, the method's own first. Questions,
// draws and grades have no bars.
func (t teller) kinds() []string {
	var out []string
	if v := t.count.Values; v != nil && len(v.Options) > 0 {
		switch n := len(v.Options[0].Counts); {
		case t.poll.Method == tally.TimePoll:
			out = append(out, gridKind)
		case n > 1 && n <= mostValues:
			out = append(out, valuesKind)
		}
	}
	if len(t.count.Rounds) > 0 && t.poll.Method != tally.STAR { // whose rounds count different things
		out = append(out, roundsKind)
	}
	if d := t.count.Duels; d != nil && len(d.Options) > 1 {
		out = append(out, duelsKind)
	}
	if len(t.count.Table) > 0 && t.poll.Method != tally.Sortition && t.poll.Method != tally.MajorityJudgment {
		out = append(out, barsKind)
	}
	return out
}

func (t teller) draw(kind string) drawing {
	switch kind {
	case valuesKind:
		return t.valueStacks()
	case roundsKind:
		return t.roundFlows()
	case duelsKind:
		return t.duelMatrix()
	case gridKind:
		return t.slotGrid()
	}
	if t.poll.Method == tally.Proposal {
		return t.proposalStack()
	}
	return t.bars()
}

// pictures are those that a page shows beside the table of options, which has
// bars of its own.
func (t teller) pictures() []view.Picture {
	var out []view.Picture
	domID := view.PollCard{ID: t.poll.ID}.DOMID()
	for _, kind := range t.kinds() {
		if kind == barsKind && t.poll.Method != tally.Proposal {
			continue
		}
		title := t.words.T("results.picture_" + kind)
		frame := chart.Frame{ID: domID + "-" + kind, Title: title, Desc: t.one(t.count.Summary), RTL: t.words.Dir() == "rtl"}
		out = append(out, view.Picture{Kind: kind, Title: title, SVG: template.HTML(t.draw(kind).SVG(frame)),
			Wide: kind != barsKind && kind != valuesKind, Tables: t.inFigures(kind), Open: kind == roundsKind})
	}
	return out
}

func (t teller) inFigures(kind string) []view.Table {
	switch kind {
	case valuesKind, gridKind:
		return []view.Table{t.valueTable()}
	case roundsKind:
		return []view.Table{t.roundTable()}
	case duelsKind:
		return []view.Table{t.duelTable()}
	}
	return nil
}

// file is a picture as a document of its own.
func (t teller) file(kind string) string {
	frame := chart.Frame{ID: "c", Title: t.poll.Title, Desc: t.inWords(), RTL: t.words.Dir() == "rtl", File: true, Note: t.standing() + " " + t.one(t.count.Summary)}
	return t.draw(kind).SVG(frame)
}

// inWords is the count in sentences: what happened, and each option's figures.
func (t teller) inWords() string {
	text := t.one(t.count.Summary)
	for i, row := range t.rows() {
		text += " " + t.words.T("results.said", i18n.Args{"Option": t.names[t.count.Table[i].Option], "Figure": t.value(row)})
	}
	return text
}

// value are a row's figures in a line.
func (t teller) value(row view.ResultRow) string {
	switch {
	case row.Points != "":
		return row.Points
	case row.Share != "":
		return t.words.Number(int64(row.Votes)) + " · " + row.Share
	}
	return t.words.Number(int64(row.Votes))
}

func (t teller) bars() chart.Bars {
	var b chart.Bars
	for i, row := range t.rows() {
		bar := chart.Bar{Label: t.names[t.count.Table[i].Option], Value: t.value(row), Size: float64(row.Votes), Win: row.Winner}
		if points := t.count.Table[i].Points; points != nil {
			bar.Size = size(points)
		} else {
			b.Most = float64(t.count.Turnout.Cast)
		}
		switch {
		case row.Winner:
			bar.Word = t.chosenWord()
		case row.Tied:
			bar.Word = t.words.T("results.tied")
		}
		b.Rows = append(b.Rows, bar)
	}
	return b
}

func (t teller) chosenWord() string {
	if t.poll.State == access.PollOpen {
		return t.words.T("results.ahead")
	}
	return t.words.T("results.chosen")
}

// proposalStack puts those first that the threshold is measured on, agreement
// foremost, so that it is passed where the agreeing part reaches the mark.
func (t teller) proposalStack() chart.Stacks {
	var s chart.Stacks
	var row chart.Stack
	rows := t.rows()
	for _, side := range []tally.Side{tally.For, tally.Against, tally.Stop, tally.Neutral} {
		for i, r := range rows {
			if t.sideOf(i) != side {
				continue
			}
			name := t.names[t.count.Table[i].Option]
			s.Keys = append(s.Keys, chart.Key{Label: name + " " + t.words.Number(int64(r.Votes)), Tone: string(side)})
			row.Parts = append(row.Parts, float64(r.Votes))
			row.Texts = append(row.Texts, t.value(r))
		}
	}
	if d := t.count.Decision; d != nil {
		if d.Basis == tally.OfEligible && t.count.Turnout.NotVoted > 0 {
			s.Keys = append(s.Keys, chart.Key{Label: t.words.T("results.not_cast") + " " + t.words.Number(t.count.Turnout.NotVoted), Tone: "none"})
			row.Parts = append(row.Parts, float64(t.count.Turnout.NotVoted))
		}
		if d.Of > 0 {
			s.Mark = &chart.Mark{At: size(&d.Threshold) * float64(d.Of), Label: t.words.T("results.threshold", i18n.Args{"Threshold": d.Threshold.Words()})}
		}
	}
	s.Rows = []chart.Stack{row}
	return s
}

// sideOf is what an answer of a proposal counts as.
func (t teller) sideOf(i int) tally.Side {
	if o := t.poll.Options[i]; o.Side != "" {
		return o.Side
	}
	return tally.Side(t.poll.Options[i].Key)
}

func (t teller) valueStacks() chart.Stacks {
	v := t.count.Values
	var s chart.Stacks
	names := t.valueNames()
	for i := len(names) - 1; i >= 0; i-- {
		s.Keys = append(s.Keys, chart.Key{Label: names[i]})
	}
	most, medians := 0.0, false
	for _, i := range t.best() {
		if i >= len(v.Options) {
			continue
		}
		row := t.valueStack(v.Options[i], i)
		sum := 0.0
		for _, part := range row.Parts {
			sum += part
		}
		most, medians = max(most, sum), medians || v.Options[i].Median != nil
		s.Rows = append(s.Rows, row)
	}
	if medians {
		s.Mark = &chart.Mark{At: most / 2, Label: t.words.T("results.half")}
	}
	return s
}

func (t teller) valueStack(v figures.ValueCounts, i int) chart.Stack {
	row := chart.Stack{Label: t.names[v.Option], Win: t.count.Table[i].Winner}
	for k := len(v.Counts) - 1; k >= 0; k-- {
		row.Parts = append(row.Parts, float64(v.Counts[k]))
		row.Texts = append(row.Texts, t.words.Number(v.Counts[k]))
	}
	switch points := t.count.Table[i].Points; {
	case v.Median != nil:
		row.Value = t.valueName(*v.Median, len(v.Counts))
		row.Parts[len(row.Parts)-1] += float64(v.Blank) // no grade is the worst
	case points != nil:
		row.Value = t.points(*points)
	}
	return row
}

func (t teller) roundFlows() chart.Rounds {
	r := chart.Rounds{Exhausted: t.words.T("results.exhausted"),
		Others: func(n int) string { return t.words.N("results.others", int64(n)) },
		Ends:   map[chart.NodeState]string{chart.Elected: t.words.T("results.elected"), chart.LeftOut: t.words.T("results.left_out")}}
	place := map[int64]int{}
	for i, row := range t.count.Table {
		place[row.Option] = i
		r.Options = append(r.Options, t.names[row.Option])
	}
	rounds := t.count.Rounds[max(0, len(t.count.Rounds)-chart.MostColumns):]
	elected := map[int64]bool{} // and stay so in later rounds
	for _, round := range t.count.Rounds {
		for _, id := range round.Elected {
			elected[id] = true
		}
		if round.Number >= rounds[0].Number {
			r.Columns = append(r.Columns, t.roundColumn(round, place, elected))
		}
	}
	return r
}

func (t teller) roundColumn(round figures.Round, place map[int64]int, elected map[int64]bool) chart.Column {
	col := chart.Column{Title: t.words.T("results.round", i18n.Args{"Round": round.Number}),
		Exhausted: chart.Node{Size: amountSize(round.Exhausted), Value: t.amount(&round.Exhausted)}}
	quota := round.Quota
	if quota == nil {
		quota = t.count.Quota
	}
	if quota != nil {
		col.Quota, col.QuotaText = amountSize(*quota), t.words.T("results.quota_is", i18n.Args{"Quota": t.amount(quota)})
	}
	for i, v := range round.Votes {
		if v.Votes == nil {
			continue
		}
		node := chart.Node{Option: i, Size: amountSize(*v.Votes), Value: t.amount(v.Votes)}
		switch {
		case elected[v.Option]:
			node.State = chart.Elected
		case slices.Contains(round.Excluded, v.Option):
			node.State = chart.LeftOut
		}
		col.Nodes = append(col.Nodes, node)
	}
	for _, m := range round.Moved {
		flow := chart.Flow{From: place[m.From], To: -1, Size: amountSize(m.Votes)}
		if m.To != nil {
			flow.To = place[*m.To]
		}
		col.Moved = append(col.Moved, flow)
	}
	return col
}

func (t teller) duelMatrix() chart.Matrix {
	d := t.count.Duels
	order := duelOrder(t.count)
	order = order[:min(len(order), chart.MostDuels)]
	m := chart.Matrix{Key: map[chart.Bout]string{chart.Won: t.words.T("results.won"), chart.Lost: t.words.T("results.lost"), chart.Even: t.words.T("results.even")}}
	for _, i := range order {
		m.Names = append(m.Names, t.names[d.Options[i]])
		row := make([]chart.Duel, len(order))
		for k, j := range order {
			duel := chart.Duel{Text: t.versus(d.Wins[i][j], d.Wins[j][i])}
			switch {
			case d.Wins[i][j] > d.Wins[j][i]:
				duel.Bout = chart.Won
			case d.Wins[i][j] < d.Wins[j][i]:
				duel.Bout = chart.Lost
			}
			row[k] = duel
		}
		m.Cells = append(m.Cells, row)
	}
	return m
}

// slotGrid has the slots as columns, by day, and as rows the people where ballots
// are named, and otherwise the answers.
func (t teller) slotGrid() chart.Grid {
	g := chart.Grid{Best: t.words.T("results.best"), Total: t.words.T("results.points")}
	slots := t.slots()
	last := ""
	for _, i := range slots {
		label, day := t.slotLabel(t.poll.Options[i])
		at := t.neutral(t.poll.Options[i])
		if day != last || !at.IsZero() { // on which days slots are together is known with the zone only
			g.Days, last = append(g.Days, chart.Day{Title: day, At: at}), day
		}
		g.Days[len(g.Days)-1].Slots++
		g.Slots = append(g.Slots, chart.Slot{Label: label, At: at, Best: t.count.Table[i].Winner})
		if points := t.count.Table[i].Points; points != nil {
			g.Totals = append(g.Totals, t.points(*points))
		}
	}
	if len(t.ballots) > 0 && len(t.ballots) <= chart.MostPeople {
		g.Rows = t.personRows(slots)
	} else {
		g.Rows = t.answerRows(slots)
	}
	return g
}

// neutral is the start of a slot where the reader's zone is not known, and zero
// elsewhere.
func (t teller) neutral(o poll.Option) time.Time {
	if t.zone != nil {
		return time.Time{}
	}
	return startOf(o)
}

// glyphs stand for answers about a slot, from the lowest upwards.
var glyphs = []string{chart.No, chart.IfNeeds, chart.Yes}

// personRows are those who voted, each with the answers given.
func (t teller) personRows(slots []int) []chart.GridRow {
	var rows []chart.GridRow
	for _, b := range t.ballots {
		row := chart.GridRow{Label: b.Voter.Name}
		for _, i := range slots {
			given := min(max(0, b.Answer.Scores[t.poll.Options[i].ID]), len(glyphs)-1)
			row.Cells = append(row.Cells, chart.Answer{Text: glyphs[given], Heat: 50 * given, Maybe: given == 1})
		}
		rows = append(rows, row)
	}
	return rows
}

// answerRows are the answers, each with how many gave it.
func (t teller) answerRows(slots []int) []chart.GridRow {
	var rows []chart.GridRow
	names := t.valueNames()
	for k := len(names) - 1; k >= 0; k-- {
		row := chart.GridRow{Label: names[k]}
		if k < len(glyphs) {
			row.Label = glyphs[k] + " " + names[k]
		}
		for _, i := range slots {
			row.Cells = append(row.Cells, t.slotCount(i, k))
		}
		rows = append(rows, row)
	}
	return rows
}

// slotCount is how many gave an answer about a slot, the darker the more did.
func (t teller) slotCount(i, k int) chart.Answer {
	n := t.count.Values.Options[i].Counts[k]
	a := chart.Answer{Text: t.words.Number(n)}
	if cast := t.count.Turnout.Cast; cast > 0 && k > 0 && n > 0 {
		a.Heat, a.Maybe = int(100*n/cast), k == 1
	}
	return a
}

// slots are the options' places in the table by their time.
func (t teller) slots() []int {
	var order []int
	for i := range t.count.Values.Options {
		order = append(order, i)
	}
	slices.SortStableFunc(order, func(a, b int) int { return startOf(t.poll.Options[a]).Compare(startOf(t.poll.Options[b])) })
	return order
}

func startOf(o poll.Option) time.Time {
	if o.StartsAt == nil {
		return time.Time{}
	}
	return *o.StartsAt
}

// slotLabel is a slot's time of day and its day; of options without a time the
// label.
func (t teller) slotLabel(o poll.Option) (label, day string) {
	if o.StartsAt == nil {
		return t.names[o.ID], ""
	}
	label, day = t.words.Date(*o.StartsAt, t.zone, i18n.Clock), t.words.Date(*o.StartsAt, t.zone, i18n.Short)
	if t.zone == nil {
		day += " UTC"
	}
	return label, day
}
