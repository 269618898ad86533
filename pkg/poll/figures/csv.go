package figures

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"

	"plenary/pkg/plain"
	"plenary/pkg/tally"
)

// WriteCSV writes the result as a table: a row for each option with all its exact
// figures, and a column for each round, duel and value where the method has such.
// name gives an option's name in the reader's words.
func (r Results) WriteCSV(to io.Writer, name func(TableRow) string) error {
	out := csv.NewWriter(to)
	records := [][]string{r.csvHead(name)}
	for i, row := range r.Table {
		records = append(records, r.csvRow(i, name(row)))
	}
	if err := out.WriteAll(records); err != nil {
		return fmt.Errorf("write a result as CSV: %w", err)
	}
	return nil
}

func (r Results) csvHead(name func(TableRow) string) []string {
	head := []string{"option", "label", "votes", "share", "points", "winner", "tied"}
	for _, round := range r.Rounds {
		head = append(head, "round_"+strconv.Itoa(round.Number))
	}
	if r.Duels != nil {
		for i := range r.Duels.Options {
			head = append(head, "against "+plain.Cell(name(r.Table[i])))
		}
	}
	if r.Values != nil && len(r.Values.Options) > 0 {
		for i := range r.Values.Options[0].Counts {
			head = append(head, "value_"+strconv.Itoa(r.Values.Lowest+i))
		}
		head = append(head, "no_value")
	}
	return head
}

func (r Results) csvRow(i int, name string) []string {
	row := r.Table[i]
	out := []string{strconv.FormatInt(row.Option, 10), plain.Cell(name), strconv.FormatInt(row.Votes, 10), fractionCell(row.Share), fractionCell(row.Points),
		strconv.FormatBool(row.Winner), strconv.FormatBool(row.Tied)}
	for _, round := range r.Rounds {
		out = append(out, amountCell(round.Votes, i))
	}
	if r.Duels != nil {
		out = append(out, duelCells(r.Duels.Wins, i)...)
	}
	if r.Values != nil && i < len(r.Values.Options) {
		given := r.Values.Options[i]
		for _, n := range given.Counts {
			out = append(out, strconv.FormatInt(n, 10))
		}
		out = append(out, strconv.FormatInt(given.Blank, 10))
	}
	return out
}

func duelCells(wins [][]int64, i int) []string {
	out := make([]string, len(wins))
	for j := range wins {
		if i < len(wins) && i != j {
			out[j] = strconv.FormatInt(wins[i][j], 10)
		}
	}
	return out
}

func amountCell(votes []OptionVotes, i int) string {
	if i >= len(votes) || votes[i].Votes == nil {
		return ""
	}
	return votes[i].Votes.String()
}

func fractionCell(f *tally.Fraction) string {
	if f == nil {
		return ""
	}
	return f.String()
}
