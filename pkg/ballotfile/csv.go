package ballotfile

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"plenary/pkg/tally"
)

// The second column's name says what the cells are.
var columns = map[string]tally.Form{"votes": tally.Marks, "votes:ranks": tally.Ranking, "votes:scores": tally.Scores}

// separatorOf is what parts the cells of a table that begins with the column
// receipt; 0 where the line does not begin so. Spreadsheets of some countries
// write a semicolon.
func separatorOf(head string) rune {
	rest, found := strings.CutPrefix(strings.TrimPrefix(head, `"`), "receipt")
	if !found {
		return 0
	}
	for _, separator := range ",;\t" {
		if strings.HasPrefix(strings.TrimPrefix(rest, `"`), string(separator)) {
			return separator
		}
	}
	return 0
}

// readCSV reads the forum's own table of ballots.
func readCSV(text string) (File, error) {
	r := csv.NewReader(strings.NewReader(text))
	r.Comma = cmp.Or(separatorOf(text), ',')
	head, err := r.Read()
	if err != nil {
		return File{}, fmt.Errorf("read the table: %w", err)
	}
	if len(head) < 3 || head[0] != "receipt" || columns[head[1]] == "" {
		return File{}, errors.New("line 1: the columns are receipt, votes, votes:ranks or votes:scores, and the options")
	}
	if len(head)-2 > MaxOptions {
		return File{}, errors.New("line 1: there are too many options")
	}
	f := File{Form: columns[head[1]]}
	for _, label := range head[2:] {
		f.Options = append(f.Options, strings.TrimPrefix(label, guard(strings.TrimPrefix(label, "'"))))
	}
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return f, checkLabels(f.Options)
		}
		if err != nil {
			return File{}, fmt.Errorf("read the table: %w", err)
		}
		b, err := readRow(f.Form, row[1:])
		if err != nil {
			line, _ := r.FieldPos(0)
			return File{}, at(line, "%v", err)
		}
		f.Ballots, f.Receipts = append(f.Ballots, b), append(f.Receipts, row[0])
	}
}

func readRow(form tally.Form, cells []string) (tally.Ballot, error) {
	weight, err := readVotes(cells[0])
	if err != nil {
		return tally.Ballot{}, err
	}
	b := tally.Ballot{Weight: weight}
	switch cells = cells[1:]; form {
	case tally.Ranking:
		b.Ranks, err = readRanks(cells)
	case tally.Scores:
		b.Scores, err = readScores(cells)
	default:
		for i, cell := range cells {
			if cell == "x" {
				b.Choices = append(b.Choices, i)
			} else if cell != "" {
				return b, fmt.Errorf("a cell is x or empty, not %.40q", cell)
			}
		}
	}
	return b, err
}

func readVotes(cell string) (int64, error) {
	votes, err := strconv.ParseInt(cell, 10, 64)
	if err != nil || votes < 1 || votes > tally.MaxWeight {
		return 0, fmt.Errorf("votes are from 1 to %d, not %.40q", tally.MaxWeight, cell)
	}
	return votes, nil
}

// readRanks puts the options in the order of their ranks, of which none may be
// left out.
func readRanks(cells []string) ([][]int, error) {
	levels := make([][]int, len(cells))
	for i, cell := range cells {
		if cell == "" {
			continue
		}
		rank, err := strconv.Atoi(cell)
		if err != nil || rank < 1 || rank > len(cells) {
			return nil, fmt.Errorf("a rank is from 1 to %d, not %.40q", len(cells), cell)
		}
		levels[rank-1] = append(levels[rank-1], i)
	}
	end := slices.IndexFunc(levels, func(level []int) bool { return level == nil })
	if end < 0 {
		return levels, nil
	}
	for _, level := range levels[end:] {
		if level != nil {
			return nil, fmt.Errorf("rank %d is left out", end+1)
		}
	}
	return levels[:end:end], nil
}

func readScores(cells []string) ([]int, error) {
	scores := make([]int, len(cells))
	for i, cell := range cells {
		if scores[i] = tally.NoScore; cell == "" {
			continue
		}
		score, err := strconv.ParseInt(cell, 10, 32)
		if err != nil {
			return nil, fmt.Errorf("a score is a whole number, not %.40q", cell)
		}
		scores[i] = int(score)
	}
	return scores, nil
}

// guard is what goes before a text that a spreadsheet would take for a formula.
func guard(text string) string {
	if text != "" && strings.ContainsRune("=+-@'\t\r", rune(text[0])) {
		return "'"
	}
	return ""
}

// WriteCSV writes the forum's own table of ballots.
func WriteCSV(w io.Writer, f File) error {
	out := csv.NewWriter(w)
	for name, form := range columns {
		if form == f.Form {
			head := []string{"receipt", name}
			for _, label := range f.Options {
				head = append(head, guard(label)+label)
			}
			if err := out.Write(head); err != nil {
				return err
			}
		}
	}
	for i, b := range f.Ballots {
		row := make([]string, 2+len(f.Options))
		if i < len(f.Receipts) {
			row[0] = f.Receipts[i]
		}
		row[1] = strconv.FormatInt(b.Weight, 10)
		writeRow(f.Form, b, row[2:])
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

func writeRow(form tally.Form, b tally.Ballot, cells []string) {
	switch form {
	case tally.Ranking:
		for rank, level := range b.Ranks {
			for _, option := range level {
				cells[option] = strconv.Itoa(rank + 1)
			}
		}
	case tally.Scores:
		for option, score := range b.Scores {
			if score != tally.NoScore {
				cells[option] = strconv.Itoa(score)
			}
		}
	default:
		for _, option := range b.Choices {
			cells[option] = "x"
		}
	}
}
