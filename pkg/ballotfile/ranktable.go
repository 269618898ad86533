package ballotfile

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"plenary/pkg/tally"
)

// rankColumn is the name of a column of choices: "1st choice", "Mayor, 2nd Choice",
// "rank1", "Choice 3". The rank is one of the two groups.
var rankColumn = regexp.MustCompile(`(?i)(?:\b(\d{1,4})(?:st|nd|rd|th) (?:choice|preference|rank)|\b(?:rank|choice|preference)[ _]?(\d{1,4}))$`)

// isRankTable reports whether the line is the head of a table of choices by rank.
func isRankTable(head string) bool {
	cells, err := csv.NewReader(strings.NewReader(head)).Read()
	return err == nil && slices.ContainsFunc(cells, rankColumn.MatchString)
}

// readRankTable reads a table with a ballot in each row and the names of its
// choices in columns by rank, as "1st choice" or "rank1". Options are those that
// are named, in the order of the alphabet. A column called weight holds votes;
// all others are passed over. An empty cell, "skipped" and "undervote" leave a rank
// out. What an "overvote" means depends on the election, so it is refused, and so
// is an option that is named twice.
func readRankTable(text string) (File, error) {
	r := csv.NewReader(strings.NewReader(text))
	head, err := r.Read()
	if err != nil {
		return File{}, fmt.Errorf("read the table: %w", err)
	}
	table := rankTable{weight: slices.IndexFunc(head, func(name string) bool { return strings.EqualFold(name, "weight") })}
	for column, name := range head {
		if found := rankColumn.FindStringSubmatch(name); found != nil {
			rank, _ := strconv.Atoi(found[1] + found[2])
			table.columns = append(table.columns, [2]int{rank, column})
		}
	}
	slices.SortFunc(table.columns, func(a, b [2]int) int { return a[0] - b[0] })
	for i, column := range table.columns {
		if column[0] != i+1 {
			return File{}, fmt.Errorf("line 1: the columns of choices are numbered from 1, each once, and %d is missing or too much", i+1)
		}
	}
	var rows []rankRow
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return fileOf(rows)
		}
		if err != nil {
			return File{}, fmt.Errorf("read the table: %w", err)
		}
		line, _ := r.FieldPos(0)
		row, err := table.read(cells)
		if err != nil {
			return File{}, at(line, "%v", err)
		}
		rows = append(rows, row)
	}
}

// rankTable is where the choices stand.
type rankTable struct {
	columns [][2]int // rank and column, in order
	weight  int      // its column; -1: none
}

// rankRow is a ballot whose options still have names.
type rankRow struct {
	names  []string
	weight int64
}

func (t rankTable) read(cells []string) (row rankRow, err error) {
	row.weight = 1
	if t.weight >= 0 {
		if row.weight, err = readVotes(cells[t.weight]); err != nil {
			return row, err
		}
	}
	for _, column := range t.columns {
		name := strings.TrimSpace(cells[column[1]])
		switch strings.ToLower(name) {
		case "", "skipped", "undervote":
			continue
		case "overvote":
			return row, fmt.Errorf("rank %d holds several options (overvote)", column[0])
		}
		if slices.Contains(row.names, name) {
			return row, fmt.Errorf("a ballot names %.80q twice", name)
		}
		row.names = append(row.names, name)
	}
	return row, nil
}

// fileOf gives the options numbers, now that all are known.
func fileOf(rows []rankRow) (File, error) {
	f := File{Form: tally.Ranking}
	place := map[string]int{}
	for _, row := range rows {
		for _, name := range row.names {
			if _, known := place[name]; !known {
				place[name] = 0
				f.Options = append(f.Options, name)
			}
		}
	}
	switch {
	case len(f.Options) == 0:
		return File{}, errors.New("no ballot names an option")
	case len(f.Options) > MaxOptions:
		return File{}, errors.New("there are too many options")
	}
	slices.Sort(f.Options)
	for i, name := range f.Options {
		place[name] = i
	}
	for _, row := range rows {
		b := tally.Ballot{Weight: row.weight}
		for _, name := range row.names {
			b.Ranks = append(b.Ranks, []int{place[name]})
		}
		f.Ballots = append(f.Ballots, b)
	}
	return f, nil
}
