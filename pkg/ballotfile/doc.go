// Package ballotfile reads and writes ballots in the files that other programs
// of counting use: BLT, ABIF, and the forum's own CSV (docs/verification.md).
//
// The formats are those of OpenSTV and OpaVote (BLT: opavote.com/help, "BLT file
// format") and of the electorama wiki ("ABIF"). Files come from anybody; errors
// name the line.
package ballotfile

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

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

// Read reads a file in whichever of the formats it is.
func Read(data []byte) (File, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !utf8.Valid(data) {
		return File{}, errors.New("the file is not text in UTF-8")
	}
	text := strings.ReplaceAll(string(data), "\r\n", "\n")
	first := firstLine(text)
	switch {
	case first == "":
		return File{}, errors.New("the file is empty")
	case strings.HasPrefix(first, "receipt,"):
		return ReadCSV(text)
	case twoNumbers(first):
		return ReadBLT(text)
	case strings.HasPrefix(first, "=") || strings.HasPrefix(first, "{") || strings.ContainsAny(first, ":>"):
		return ReadABIF(text)
	}
	return File{}, errors.New("the file is neither BLT, ABIF nor the forum's CSV")
}

// firstLine is the first that is neither empty nor a comment.
func firstLine(text string) string {
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		if line = strings.TrimSpace(line); line != "" {
			return line
		}
	}
	return ""
}

func twoNumbers(line string) bool {
	parts := strings.Fields(line)
	if len(parts) != 2 {
		return false
	}
	for _, part := range parts {
		if strings.Trim(part, "0123456789") != "" {
			return false
		}
	}
	return true
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
