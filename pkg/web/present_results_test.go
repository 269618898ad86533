package web

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/chart"
	"plenary/pkg/i18n"
	"plenary/pkg/ledger"
	"plenary/pkg/person"
	"plenary/pkg/poll"
	"plenary/pkg/tally"
	"plenary/pkg/web/view"
)

// example is a small poll with its ballots.
type example struct {
	name    string
	rules   tally.Rules
	options []string
	ballots []tally.Ballot
	voters  int64
}

func ranks(weight int64, options ...int) tally.Ballot {
	b := tally.Ballot{Weight: weight}
	for _, o := range options {
		b.Ranks = append(b.Ranks, []int{o})
	}
	return b
}

func marks(weight int64, options ...int) tally.Ballot {
	return tally.Ballot{Weight: weight, Choices: options}
}

func scores(weight int64, given ...int) tally.Ballot {
	return tally.Ballot{Weight: weight, Scores: given}
}

var plants = []string{"Rye", "Oats and barley", "Spelt", "A meadow for bees"}

// examples have a poll of each method, and of each kind of end.
func examples() []example {
	ranked := []tally.Ballot{ranks(9, 0, 1, 2), ranks(8, 1, 2, 0), ranks(7, 2, 0, 1), ranks(3, 3), ranks(2, 3, 2)}
	cycle := []tally.Ballot{ranks(9, 0, 1, 2, 3), ranks(8, 1, 2, 0, 3), ranks(7, 2, 0, 1, 3)}
	given := []tally.Ballot{scores(5, 5, 3, 0, 1), scores(4, 2, 5, 4, tally.NoScore), scores(3, 0, 4, 5, 2)}
	usual := []string{"agree", "abstain", "disagree", "block"}
	return []example{
		{"proposal passed", tally.Rules{Method: tally.Proposal, Threshold: tally.Fraction{Num: 2, Den: 3}, Quorum: tally.Percent(50)}, usual, []tally.Ballot{marks(17, 0), marks(4, 1), marks(3, 2)}, 40},
		{"proposal blocked", tally.Rules{Method: tally.Proposal}, usual, []tally.Ballot{marks(17, 0), marks(1, 3)}, 40},
		{"proposal of everybody", tally.Rules{Method: tally.Proposal, Basis: tally.OfEligible}, usual, []tally.Ballot{marks(17, 0), marks(4, 1)}, 40},
		{"proposal without quorum", tally.Rules{Method: tally.Proposal, Quorum: tally.Percent(90)}, usual, []tally.Ballot{marks(17, 0)}, 40},
		{"choice", tally.Rules{Method: tally.Choice}, plants, []tally.Ballot{marks(4999, 0), marks(5001, 1), marks(2, 2)}, 20000},
		{"choice tied", tally.Rules{Method: tally.Choice}, plants, []tally.Ballot{marks(4, 0), marks(4, 1), marks(2, 2)}, 20},
		{"choice without votes", tally.Rules{Method: tally.Choice}, plants, nil, 20},
		{"approval of two", tally.Rules{Method: tally.Approval, Seats: 2}, plants, []tally.Ballot{marks(4, 0, 1), marks(5, 1, 2), marks(2, 3)}, 20},
		{"opt in", tally.Rules{Method: tally.OptIn, Target: 5}, []string{"accept", "decline"}, []tally.Ballot{marks(4, 0), marks(5, 1)}, 20},
		{"score", tally.Rules{Method: tally.Score, Blank: true}, plants, given, 20},
		{"score mean", tally.Rules{Method: tally.Score, Mean: true, Blank: true}, plants, given, 20},
		{"star", tally.Rules{Method: tally.STAR, Blank: true}, plants, given, 20},
		{"dots", tally.Rules{Method: tally.DotVote}, plants, []tally.Ballot{scores(3, 8, 0, 0, 0), scores(2, 1, 3, 2, 2)}, 20},
		{"quadratic", tally.Rules{Method: tally.Quadratic, Negative: true}, plants, []tally.Ballot{scores(3, 8, -2, 0, 0), scores(2, 1, 3, -2, 2)}, 20},
		{"grades", tally.Rules{Method: tally.MajorityJudgment}, plants, given, 20},
		{"borda", tally.Rules{Method: tally.Borda}, plants, ranked, 40},
		{"instant runoff", tally.Rules{Method: tally.InstantRunoff}, plants, ranked, 40},
		{"instant runoff by lot", tally.Rules{Method: tally.InstantRunoff}, plants, []tally.Ballot{ranks(5, 0), ranks(2, 1, 0), ranks(2, 2, 0), ranks(4, 3)}, 40},
		{"ranked pairs", tally.Rules{Method: tally.RankedPairs}, plants, cycle, 40},
		{"schulze", tally.Rules{Method: tally.Schulze}, plants, cycle, 40},
		{"one beats all", tally.Rules{Method: tally.RankedPairs}, plants, []tally.Ballot{ranks(9, 0, 1, 2, 3), ranks(5, 1, 0, 2, 3)}, 40},
		{"scottish", tally.Rules{Method: tally.STVScottish, Seats: 2}, plants, []tally.Ballot{ranks(16, 0, 1, 2), ranks(8, 1, 2, 0), ranks(7, 2, 0, 1), ranks(3, 3), ranks(2, 3, 2)}, 40},
		{"meek", tally.Rules{Method: tally.STVMeek, Seats: 2}, plants, []tally.Ballot{ranks(16, 0, 1, 2), ranks(8, 1, 2, 0), ranks(7, 2, 0, 1), ranks(3, 3), ranks(2, 3, 2)}, 40},
		{"times", tally.Rules{Method: tally.TimePoll}, []string{"1", "2", "3"}, []tally.Ballot{scores(3, 2, 1, 0), scores(2, 0, 2, 1)}, 20},
		{"question", tally.Rules{Method: tally.Question}, nil, nil, 20},
		{"draw", tally.Rules{Method: tally.Sortition, Seats: 2}, plants, nil, 20},
	}
}

// told is the example's poll and count, as a reader in UTC sees them.
func (e example) told(t *testing.T, words *i18n.Localizer) teller {
	t.Helper()
	rules := e.rules.Complete()
	p := poll.Poll{ID: 7, Title: "What shall we plant?", Method: rules.Method, Rules: rules, State: access.PollEnded, VoterCount: int(e.voters),
		ClosedAt: new(time.Date(2026, 3, 3, 18, 0, 0, 0, time.UTC))}
	for i, label := range e.options {
		o := poll.Option{ID: int64(100 + i), Position: i, NewOption: poll.NewOption{Label: label}}
		switch rules.Method {
		case tally.Proposal, tally.OptIn:
			o.Key = label
		case tally.TimePoll:
			o.StartsAt = new(time.Date(2026, 4, 1+i/2, 18+i%2, 0, 0, 0, time.UTC))
		}
		p.Options = append(p.Options, o)
	}
	contest := tally.Contest{Rules: rules, Options: len(p.Options), Eligible: e.voters, Lots: tally.NewLottery("seed", len(p.Options))}
	count, err := contest.Count(slices.Values(e.ballots))
	if err != nil {
		t.Fatalf("%s: %v", e.name, err)
	}
	return newTeller(p, p.Account(count), words, time.UTC)
}

func english(t *testing.T) *i18n.Localizer {
	t.Helper()
	bundle, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	return bundle.Localizer("en")
}

// Every kind of result, as a page tells it, in a file that can be read.
func TestEveryKindOfResultIsToldInWordsAndTables(t *testing.T) {
	t.Parallel()
	words := english(t)
	seen := map[tally.Method]bool{}
	var b strings.Builder
	for _, e := range examples() {
		seen[e.rules.Method] = true
		write(&b, e.name, *e.told(t, words).results(true))
	}
	for _, m := range tally.Methods() {
		if !seen[m] && m != tally.STVWIGM { // which is told as the other two are
			t.Errorf("no example of %s", m)
		}
	}
	for _, bad := range []string{"results.", "tally.", "<no value>", "%!"} {
		if strings.Contains(b.String(), bad) {
			t.Errorf("the words hold %q", bad)
		}
	}
	golden(t, "results.txt", b.String())
}

func write(b *strings.Builder, name string, r view.Results) {
	fmt.Fprintf(b, "== %s\n%s\n", name, r.Sentence)
	if r.Rule != "" {
		fmt.Fprintf(b, "Rule: %s\n", r.Rule)
	}
	for _, row := range r.Rows {
		fmt.Fprintf(b, "  %-20s %s%s %d %s %d\n", row.Label+row.Key, row.Points, row.Share, row.Votes, strings.Repeat("*", row.Bar()/10), row.Bar())
	}
	for _, p := range r.Pictures {
		fmt.Fprintf(b, "Picture: %s (%s)\n", p.Title, p.Kind)
		for _, table := range p.Tables {
			writeTable(b, table)
		}
	}
	for _, table := range r.Tables {
		writeTable(b, table)
	}
	for _, line := range r.Ties {
		fmt.Fprintf(b, "Tie: %s\n", line)
	}
	if r.Lots != nil {
		fmt.Fprintf(b, "Lots: %s from %q. %s\n", r.Lots.Order, r.Lots.Seed, r.Lots.Mattered)
	}
	for i, step := range r.Steps {
		fmt.Fprintf(b, "%d. %s\n", i+1, step)
	}
	b.WriteString("\n")
}

func writeTable(b *strings.Builder, table view.Table) {
	fmt.Fprintf(b, "  %s\n  %s | %s\n", table.Caption, table.Corner, strings.Join(table.Head, " | "))
	for _, row := range table.Rows {
		var cells []string
		for _, c := range row.Cells {
			cells = append(cells, strings.TrimSpace(c.Text+" "+c.Note))
		}
		fmt.Fprintf(b, "  %s | %s\n", row.Label, strings.Join(cells, " | "))
	}
}

func TestEveryResultHasTheSameColumnsInEachRow(t *testing.T) {
	t.Parallel()
	words := english(t)
	for _, e := range examples() {
		r := e.told(t, words).results(true)
		tables := r.Tables
		for _, p := range r.Pictures {
			tables = append(tables, p.Tables...)
		}
		for _, table := range tables {
			for _, row := range table.Rows {
				if len(row.Cells) != len(table.Head) {
					t.Errorf("%s, %s: %q has %d cells under %d heads", e.name, table.Caption, row.Label, len(row.Cells), len(table.Head))
				}
			}
		}
	}
}

func TestEveryPictureIsAWholeDocument(t *testing.T) {
	t.Parallel()
	words := english(t)
	for _, e := range examples() {
		told := e.told(t, words)
		for _, kind := range told.kinds() {
			svg := told.file(kind)
			for d := xml.NewDecoder(strings.NewReader(svg)); ; {
				_, err := d.Token()
				if errors.Is(err, io.EOF) {
					break
				}
				if err != nil {
					t.Fatalf("%s as %s: %v", e.name, kind, err)
				}
			}
			if !strings.Contains(svg, told.one(told.count.Summary)[:12]) {
				t.Errorf("%s as %s does not say what happened", e.name, kind)
			}
		}
	}
}

func TestASharePastOneHalfNeverLooksLikeOneHalf(t *testing.T) {
	t.Parallel()
	teller := teller{words: english(t)}
	for _, c := range []struct {
		votes, of int64
		want      string
	}{{4998, 10000, "49.98 %"}, {4999, 9999, "49.99 %"}, {1, 2, "50 %"}, {5001, 10000, "50.01 %"}, {2, 3, "66 %"}, {0, 3, "0 %"}, {999999, 1000000, "99 %"}, {500000001, 1000000000, "50.00 %"}} {
		if got := teller.share(tally.Fraction{Num: c.votes, Den: c.of}); got != c.want {
			t.Errorf("%d of %d is %q, want %q", c.votes, c.of, got, c.want)
		}
	}
	for _, c := range []struct {
		num, den int64
		want     string
	}{{7, 1, "7"}, {-7, 1, "-7"}, {7, 2, "3.50"}, {22, 7, "3.14…"}, {-1, 3, "-0.33…"}, {-7, 3, "-2.33…"}} {
		if got := teller.points(tally.Fraction{Num: c.num, Den: c.den}); got != c.want {
			t.Errorf("%d/%d is %q, want %q", c.num, c.den, got, c.want)
		}
	}
}

func TestPeopleStandInTheGridWhereBallotsAreNamed(t *testing.T) {
	t.Parallel()
	i := slices.IndexFunc(examples(), func(e example) bool { return e.name == "times" })
	told := examples()[i].told(t, english(t))
	if svg := told.draw(gridKind).SVG(chart.Frame{}); !strings.Contains(svg, ">✓ Yes<") {
		t.Errorf("without names the answers are no rows: %s", svg)
	}
	told.ballots = []poll.Ballot{{Voter: person.Brief{Name: "Amina"}, Answer: ledger.Answer{Form: tally.Scores, Scores: map[int64]int{100: 2, 101: 1}}}}
	svg := told.draw(gridKind).SVG(chart.Frame{})
	for _, want := range []string{">Amina<", ">✓<", ">(✓)<", ">–<", ">1 Apr 2026<"} {
		if !strings.Contains(svg, want) {
			t.Errorf("the grid does not hold %s: %s", want, svg)
		}
	}
	told.ballots = slices.Repeat(told.ballots, chart.MostPeople+1)
	if svg := told.draw(gridKind).SVG(chart.Frame{}); strings.Contains(svg, ">Amina<") {
		t.Error("more people than there is room for are rows")
	}
}
