// Package roster reads lists of people as others have them: addresses with
// commas between them, lines out of a mail program, a column out of a
// spreadsheet, a file of comma-separated values.
//
// It says of each entry what it understood, and why it could not where it did
// not. Nothing is left out in silence. Who the people are, and what is to become
// of them, it must never know.
package roster

import (
	"strings"

	"plenary/pkg/errs"
)

// Most is how many entries a list may have.
const Most = 10_000

// Entry is one person of a list.
type Entry struct {
	Line  int    // of the text, from 1
	Text  string // as it stood there, in one line
	Email string // small letters; empty where there is a Problem
	Name  string // empty where none
	Role  string // as it was written, in small letters; empty where none

	Problem errs.Text // why there is no address; zero Code where there is one
}

// String is the entry as a line of a list without a header.
func (e Entry) String() string {
	if e.Email == "" {
		return e.Text
	}
	parts := []string{e.Email}
	if e.Name != "" {
		parts = append(parts, strings.ReplaceAll(e.Name, `"`, "'"))
	}
	if e.Role != "" {
		parts = append(parts, e.Role)
	}
	return strings.Join(parts, "\t")
}

// Read reads a list. Errors: Invalid, under "addresses", where it is empty or
// has more than Most entries.
func Read(text string) ([]Entry, error) {
	var f errs.Fields
	r := reader{columns: columns{email: -1, name: -1, role: -1}}
	for i, line := range lines(text) {
		r.line(i+1, line)
		if len(r.entries) > Most {
			f.Add("addresses", "roster.too_many", errs.Args{"Count": Most})
			return nil, f.Err()
		}
	}
	if len(r.entries) == 0 {
		f.Add("addresses", "roster.empty")
		return nil, f.Err()
	}
	return r.entries, nil
}

func lines(text string) []string {
	text = strings.TrimPrefix(text, "\ufeff")
	return strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n").Replace(text), "\n")
}

// reader remembers what the first line said of the columns.
type reader struct {
	columns
	begun   bool
	entries []Entry
}

func (r *reader) line(n int, line string) {
	if strings.Trim(line, " \u00a0\t,;\"") == "" {
		return
	}
	cells := cells(line)
	if !r.begun {
		r.begun = true
		if named, is := header(cells); is {
			r.columns = named
			return
		}
	}
	for _, e := range r.read(cells, line) {
		e.Line = n
		r.entries = append(r.entries, e)
	}
}

// read understands a line: by its columns where they have names, and otherwise
// by what stands in it.
func (r *reader) read(cells []string, line string) []Entry {
	if r.email >= 0 {
		e := address(at(cells, r.email))
		e.Text = oneLine(line)
		if name := at(cells, r.name); name != "" {
			e.Name = clean(name)
		}
		e.Role = strings.ToLower(at(cells, r.role))
		return []Entry{e}
	}
	var found []Entry
	var beside []string
	for _, cell := range cells {
		if strings.Contains(cell, "@") {
			found = append(found, address(cell))
		} else if cell = strings.TrimSpace(cell); cell != "" {
			beside = append(beside, cell)
		}
	}
	switch len(found) {
	case 0:
		return apart(line, beside)
	case 1:
		found[0].Text = oneLine(line)
		found[0].beside(beside)
		return found
	}
	// Several addresses in a line: what stands between them belongs to nobody
	// for certain, and is said to be no address.
	for _, text := range beside {
		found = append(found, Entry{Text: oneLine(text), Problem: errs.Text{Code: "roster.no_at"}})
	}
	return found
}

// apart are the entries of a line without any address.
func apart(line string, beside []string) []Entry {
	if len(beside) == 0 {
		return nil
	}
	return []Entry{{Text: oneLine(line), Problem: errs.Text{Code: "roster.no_at"}}}
}

// beside takes name and role from the cells around an only address.
func (e *Entry) beside(cells []string) {
	for _, cell := range cells {
		switch small := strings.ToLower(cell); {
		case e.Role == "" && isRole(small):
			e.Role = small
		case e.Name == "":
			e.Name = clean(cell)
		case e.Role == "":
			e.Role = small // whoever judges it says that there is none of the name
		}
	}
}

func isRole(s string) bool { return s == "member" || s == "moderator" || s == "admin" }

func at(cells []string, i int) string {
	if i < 0 || i >= len(cells) {
		return ""
	}
	return strings.TrimSpace(cells[i])
}

// textMost bounds how much of a line is shown again, in runes.
const textMost = 200

// oneLine is the text of an entry as it can be shown and sent again.
func oneLine(line string) string {
	line = strings.TrimSpace(strings.ToValidUTF8(line, "\ufffd"))
	if runes := []rune(line); len(runes) > textMost {
		return string(runes[:textMost])
	}
	return line
}
