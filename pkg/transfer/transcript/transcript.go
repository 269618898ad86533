// Package transcript reads the text of a Loomio thread as one gets it by
// copying the whole page: a date, the title, a byline, the context, and the
// comments, each below a line with its author and date.
//
// It only reads. It knows nothing of databases, groups or accounts: what becomes
// of the people and texts found is decided by who imports them.
package transcript

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"
)

// MaxBytes is the size of the largest transcript that is read: 16 MiB.
const MaxBytes = 16 << 20

// Thread is what a transcript tells.
type Thread struct {
	Title      string
	At         time.Time // in the zone that was given to Parse
	Author     Person
	Visibility string // "public", "private", "closed" or "secret", as the page said
	SeenBy     int    // how many had seen the thread
	Body       string // the context, Markdown
	Comments   []Comment
	// People are the authors, in the order of their first appearance. Two are
	// the same person if name and affiliation are the same, letter by letter: a
	// transcript has nothing else to tell people apart, and to split one person
	// is easier to mend than to mix up two.
	People []Person
}

// Person is an author as the page names them.
type Person struct {
	Name        string
	Affiliation string // what stands in brackets behind the name; may be empty
}

// Comment is one answer in the thread.
type Comment struct {
	Author Person
	At     time.Time
	Body   string // Markdown
	Empty  bool   // no text: a picture or file stood there
	Line   int    // the line of the comment's header, from 1
}

// Error says what is wrong with a transcript, and where.
type Error struct {
	Line    int    // from 1; 0 where it is about the whole file
	Problem string // what is wrong, and what was expected
}

func (e *Error) Error() string {
	if e.Line == 0 {
		return e.Problem
	}
	return fmt.Sprintf("line %d: %s", e.Line, e.Problem)
}

func problem(line int, format string, args ...any) *Error {
	return &Error{Line: line, Problem: fmt.Sprintf(format, args...)}
}

// Parse reads a transcript whose times are those of zone (nil: UTC). Comments
// stay in the order of the page, which need not be that of their times; none
// may be older than the thread. What is wrong in the transcript comes back as
// *Error, what is wrong with r as r's own error.
func Parse(r io.Reader, zone *time.Location) (*Thread, error) {
	if zone == nil {
		zone = time.UTC
	}
	lines, err := readLines(r)
	if err != nil {
		return nil, err
	}
	p := &parser{lines: lines, zone: zone}
	if err := p.head(); err != nil {
		return nil, err
	}
	if err := p.comments(); err != nil {
		return nil, err
	}
	p.thread.People = people(&p.thread)
	return &p.thread, nil
}

// readLines gives the lines without their ends.
func readLines(r io.Reader) ([]string, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read transcript: %w", err)
	}
	if len(data) > MaxBytes {
		return nil, problem(0, "the file is larger than %d MiB, expected the text of one thread", MaxBytes>>20)
	}
	data = bytes.TrimPrefix(data, []byte("\uFEFF"))
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, problem(0, "the file is empty, expected the text of a thread")
	}
	text := strings.ReplaceAll(string(data), "\r\n", "\n")
	lines := strings.Split(strings.ReplaceAll(text, "\r", "\n"), "\n")
	for i, line := range lines {
		if !utf8.ValidString(line) {
			return nil, problem(i+1, "the text is not valid UTF-8, expected a text file saved as UTF-8")
		}
		if strings.ContainsRune(line, 0) {
			return nil, problem(i+1, "there is a NUL character, expected a text file")
		}
	}
	return lines, nil
}

// people gives the authors of thread, each once.
func people(thread *Thread) []Person {
	found := []Person{thread.Author}
	known := map[Person]bool{thread.Author: true}
	for _, c := range thread.Comments {
		if !known[c.Author] {
			known[c.Author] = true
			found = append(found, c.Author)
		}
	}
	return found
}
