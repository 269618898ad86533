package web

import (
	"strconv"
	"strings"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/i18n"
	"plenary/pkg/poll"
	"plenary/pkg/poll/figures"
	"plenary/pkg/tally"
	"plenary/pkg/web/view"
)

// teller puts a count into words, rows, tables and pictures, for a reader.
type teller struct {
	words *i18n.Localizer
	names map[int64]string // of the options, by id
	files map[int64]int64  // their pictures
	poll  poll.Poll
	count figures.Results
	zone  *time.Location

	ballots []poll.Ballot // that are named, as far as they are shown; may be empty
}

func newTeller(p poll.Poll, count figures.Results, words *i18n.Localizer, zone *time.Location) teller {
	t := teller{words: words, names: map[int64]string{}, files: map[int64]int64{}, poll: p, count: count, zone: zone}
	answers := newAnswerTeller(p, words, zone)
	for _, o := range p.Options {
		t.names[o.ID], t.files[o.ID] = answers.name(o), o.FileID
		if zone == nil && o.StartsAt != nil { // the time says its zone, as the reader's is not known
			t.names[o.ID] = words.Date(*o.StartsAt, nil, i18n.Exact)
		}
	}
	return t
}

// results are what a page shows of a count; its whole account has pictures and
// tables too, and belongs on the poll's own page.
func (t teller) results(whole bool) *view.Results {
	out := &view.Results{Sentence: t.one(t.count.Summary), Rows: t.rows(), Figure: t.figure(), Steps: t.all(t.count.Explanation)}
	if t.poll.State == access.PollEnded {
		out.Status = string(t.count.Status)
	}
	for _, tie := range t.count.TieBreaks {
		out.Ties = append(out.Ties, strings.Join(t.all(tie.Told), " "))
	}
	out.Lots = t.lots()
	out.Times = t.times()
	if whole {
		out.Rule, out.Pictures, out.Tables = t.rule(), t.pictures(), t.tables()
	}
	return out
}

// times are those that names of options say in UTC.
func (t teller) times() []view.Slot {
	if t.zone != nil {
		return nil
	}
	var out []view.Slot
	for _, o := range t.poll.Options {
		if o.StartsAt != nil {
			out = append(out, view.Slot{Text: t.names[o.ID], From: *o.StartsAt, Until: instant(o.EndsAt)})
		}
	}
	return out
}

func (t teller) all(sentences []figures.Sentence) []string {
	out := make([]string, len(sentences))
	for i, s := range sentences {
		out[i] = t.one(s)
	}
	return out
}

func (t teller) one(sentence figures.Sentence) string {
	args := i18n.Args{}
	for name, value := range sentence.Args {
		args[name] = value
	}
	if len(sentence.Options) > 0 {
		args["Options"] = t.list(sentence.Options)
	}
	if grade, is := args["Grade"].(int64); is {
		args["Grade"] = t.valueName(int(grade), t.poll.Rules.Grades)
	}
	if n, counts := args["Count"].(int64); counts {
		return t.words.N(sentence.Code, n, args)
	}
	return t.words.T(sentence.Code, args)
}

func (t teller) list(options []int64) string {
	names := make([]string, len(options))
	for i, id := range options {
		names[i] = t.names[id]
	}
	return t.words.List(names)
}

func (t teller) lots() *view.Lots {
	l := t.count.Lots
	if l == nil || !l.Used {
		return nil
	}
	out := &view.Lots{Seed: l.Seed, Order: t.list(l.Order), By: t.drawnBy()}
	switch {
	case t.poll.Method == tally.Sortition: // where lots are all that there is
	case l.Mattered == nil:
		out.Mattered = t.words.T("results.lot_unknown")
	case *l.Mattered:
		out.Mattered = t.words.T("results.lot_mattered")
	default:
		out.Mattered = t.words.T("results.lot_made_no_difference")
	}
	return out
}

// drawnBy says what drew the lots, where a beacon was to.
func (t teller) drawnBy() string {
	switch b := t.poll.Beacon; {
	case b == nil:
		return ""
	case b.Missed:
		return t.words.T("results.lot_without_beacon")
	default:
		return t.words.T("results.lot_by_beacon", i18n.Args{"Round": b.Round})
	}
}

// rows are the options with their figures. A question has none, and of a draw
// there is only who was drawn.
func (t teller) rows() []view.ResultRow {
	if t.poll.Method == tally.Sortition {
		return nil
	}
	most := 0.0
	for _, row := range t.count.Table {
		most = max(most, size(row.Points))
	}
	rows := make([]view.ResultRow, 0, len(t.count.Table))
	for i, row := range t.count.Table {
		r := view.ResultRow{Key: row.Key, Label: t.names[row.Option], Votes: int(row.Votes), Percent: row.Percent, Winner: row.Winner, Tied: row.Tied}
		switch median := t.medianOf(i); {
		case median != nil:
			r.Points, r.Length = t.valueName(*median, t.poll.Rules.Grades), 100**median/max(1, t.poll.Rules.Grades-1)
		case row.Points != nil:
			r.Points = t.points(*row.Points)
			if most > 0 {
				r.Length = int(100 * size(row.Points) / most)
			}
		case row.Share != nil:
			r.Share = t.share(*row.Share)
		}
		if row.Key != "" {
			r.Label = ""
		}
		if row.ThemeID != 0 {
			r.URL = view.ThemeCard{ID: row.ThemeID}.URL()
		}
		if file := t.files[row.Option]; file != 0 {
			r.Picture = view.OptionPicture(t.poll.ID, pictureText(file))
		}
		rows = append(rows, r)
	}
	return rows
}

// medianOf is the median grade of an option, by its place in the table; nil where
// grades are not what decides.
func (t teller) medianOf(i int) *int {
	if v := t.count.Values; v != nil && i < len(v.Options) {
		return v.Options[i].Median
	}
	return nil
}

// figure is what the numbers of the rows are.
func (t teller) figure() string {
	switch t.poll.Method {
	case tally.MajorityJudgment:
		return t.words.T("results.median_grade")
	case tally.InstantRunoff, tally.RankedPairs, tally.Schulze, tally.STVScottish, tally.STVWIGM, tally.STVMeek:
		return t.words.T("results.first_preferences")
	}
	for _, row := range t.count.Table {
		if row.Points != nil {
			return t.words.T("results.points")
		}
	}
	return t.words.T("results.votes")
}

// size is how long something is drawn; nothing is decided by it.
func size(f *tally.Fraction) float64 {
	if f == nil || f.Den == 0 {
		return 0
	}
	return float64(f.Num) / float64(f.Den)
}

// share is a part in per cent, cut and never rounded. Around one half it has two
// decimals, where whole ones would make 49.98 and 50.02 look alike.
func (t teller) share(f tally.Fraction) string {
	whole := f.Num * 100 / f.Den
	text := t.words.Number(whole)
	if rest := f.Num * 100 % f.Den; rest != 0 && (whole == 49 || whole == 50) {
		text = t.words.T("results.decimal", i18n.Args{"Whole": text, "Part": twoDigits(rest * 100 / f.Den)})
	}
	return t.words.T("results.percent", i18n.Args{"Number": text})
}

func twoDigits(n int64) string {
	if n < 10 {
		return "0" + strconv.FormatInt(n, 10)
	}
	return strconv.FormatInt(n, 10)
}

// points are a sum, or a mean with two decimals, cut; what was cut is shown to be.
func (t teller) points(f tally.Fraction) string {
	if f.Den <= 1 {
		return t.words.Number(f.Num)
	}
	whole, rest := f.Num/f.Den, f.Num%f.Den
	sign := ""
	if rest < 0 {
		rest = -rest
		if whole == 0 {
			sign = "-"
		}
	}
	text := sign + t.words.T("results.decimal", i18n.Args{"Whole": t.words.Number(whole), "Part": twoDigits(rest * 100 / f.Den)})
	if rest*100%f.Den != 0 {
		text += "…"
	}
	return text
}

// amount is an exact number of votes, without zeros at the end.
func (t teller) amount(a *tally.Amount) string {
	switch {
	case a == nil:
		return ""
	case a.Decimals == 0:
		return t.words.Number(a.Units)
	}
	text := a.String()
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}

// rule says in words how the poll is decided.
func (t teller) rule() string {
	r := t.poll.Rules
	args := i18n.Args{"Seats": max(1, r.Seats), "Dots": r.Dots, "Credits": r.Credits}
	switch {
	case r.Method == tally.Proposal && t.count.Decision != nil:
		d := t.count.Decision
		key := "tally.step.at_least."
		if d.Over {
			key = "tally.step.more_than."
		}
		return t.words.T(key+string(d.Basis), i18n.Args{"Threshold": d.Threshold.Words()})
	case r.Method == tally.Score && r.Mean:
		return t.words.T("results.rule_score_mean")
	}
	key := "results.rule_" + string(r.Method)
	if !t.words.Has(key) {
		return ""
	}
	return t.words.N(key, int64(max(1, r.Seats)), args)
}
