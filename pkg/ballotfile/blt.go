package ballotfile

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"plenary/pkg/tally"
)

// readBLT reads a BLT file: the numbers of options and of seats; the withdrawn
// options as negative numbers; ballots, each its weight, options from 1 in order,
// and 0; a single 0; the names of the options, and the title. Equal options have
// "=" between them, or parentheses around them. Names are in quotes, or the rest
// of a line.
//
// Passed over are comments from "#" to the end of the line and from "/*" to "*/",
// "(…)" before a ballot, which names it, "-" for a rank left out, "[tie …]", an
// order for lots, without which ties stay open, and the two texts in quotes that
// may follow the title. "[nick …]" gives names by which ballots may call the
// options.
func readBLT(text string) (File, error) {
	words, err := split(text, -1)
	if err != nil {
		return File{}, err
	}
	b := &bltReader{words: words, nicks: map[string]int{}}
	f := File{Form: tally.Ranking}
	options := b.number("the number of options", 1, MaxOptions)
	f.Seats = b.number("the number of seats", 1, MaxSeats)
	for b.err == nil && strings.HasPrefix(b.next().text, "-") {
		f.Withdrawn = append(f.Withdrawn, -b.number("a withdrawn option", -options, -1)-1)
	}
	slices.Sort(f.Withdrawn)
	f.Withdrawn = slices.Compact(f.Withdrawn)
	for b.err == nil && strings.HasPrefix(b.next().text, "[") {
		b.directive(options)
	}
	b.ballots(&f, options)
	b.names(&f, options)
	return f, b.err
}

// beginsAsBLT reports whether the first two words are numbers.
func beginsAsBLT(text string) bool {
	words, err := split(text, 2)
	return err == nil && len(words) == 2 && words[0].isNumber() && words[1].isNumber()
}

// word is a piece of a BLT file.
type word struct {
	text   string
	line   int
	quoted bool
}

func (w word) isNumber() bool {
	return !w.quoted && w.text != "" && strings.Trim(w.text, "0123456789") == ""
}

// split parts the text at white space outside of quotes and comments, until it
// has so many words; -1: all of them.
func split(text string, most int) ([]word, error) {
	var words []word
	number, comment := 0, 0
	for line := range strings.Lines(text) {
		number++
		for line = strings.TrimSpace(line); line != "" && len(words) != most; line = strings.TrimSpace(line) {
			switch {
			case comment > 0:
				_, rest, ended := strings.Cut(line, "*/")
				if line = rest; ended {
					comment = 0
				}
			case line[0] == '#':
				line = ""
			case strings.HasPrefix(line, "/*"):
				comment, line = number, line[2:]
			case line[0] == '"':
				quoted, rest, ok := unquote(line)
				if !ok {
					return nil, at(number, "a quotation mark is missing")
				}
				words, line = append(words, word{quoted, number, true}), rest
			default:
				end := strings.IndexAny(line, " \t#")
				if end < 0 {
					end = len(line)
				}
				words, line = append(words, word{line[:end], number, false}), line[end:]
			}
		}
	}
	if comment > 0 {
		return nil, at(comment, "a comment does not end")
	}
	return words, nil
}

// unquote reads a text in quotes, in which \" and \\ stand for " and \.
func unquote(line string) (text, rest string, ok bool) {
	var out strings.Builder
	for i := 1; i < len(line); i++ {
		switch c := line[i]; {
		case c == '"':
			return out.String(), line[i+1:], true
		case c == '\\' && i+1 < len(line) && (line[i+1] == '"' || line[i+1] == '\\'):
			i++
			out.WriteByte(line[i])
		default:
			out.WriteByte(c)
		}
	}
	return "", "", false
}

// bltReader goes through the words. After the first fault nothing is read.
type bltReader struct {
	words []word
	nicks map[string]int // options by the names that ballots may call them
	at    int
	err   error
}

// next is the word to come; an empty one at the end.
func (b *bltReader) next() word {
	if b.at < len(b.words) {
		return b.words[b.at]
	}
	return word{}
}

func (b *bltReader) fail(w word, format string, args ...any) {
	switch {
	case b.err != nil:
	case w.line == 0:
		b.err = fmt.Errorf("the file ends too soon: "+format, args...)
	default:
		b.err = at(w.line, format, args...)
	}
}

func (b *bltReader) number(what string, least, most int) int {
	w := b.next()
	n, err := strconv.Atoi(w.text)
	if err != nil || w.quoted || n < least || n > most {
		b.fail(w, "%s is a whole number from %d to %d, not %.40q", what, least, most, w.text)
		return 0
	}
	b.at++
	return n
}

func (b *bltReader) ballots(f *File, options int) {
	for b.err == nil {
		if strings.HasPrefix(b.next().text, "(") && !b.next().quoted {
			b.name()
		}
		start := b.next()
		weight := b.number("the weight of a ballot", 0, tally.MaxWeight)
		if weight == 0 {
			return
		}
		ballot := tally.Ballot{Weight: int64(weight)}
		seen := make([]bool, options)
		for b.err == nil {
			w := b.next()
			b.at++
			if w.text == "0" {
				break
			}
			if w.line != 0 && w.text == "-" {
				continue
			}
			ballot.Ranks = append(ballot.Ranks, b.level(b.parted(w), seen))
		}
		if b.err == nil && start.line > 0 {
			f.Ballots = append(f.Ballots, ballot)
		}
	}
}

// name passes over the name of a ballot, which may be of several words.
func (b *bltReader) name() {
	for b.at < len(b.words) {
		w := b.next()
		b.at++
		if strings.HasSuffix(w.text, ")") {
			return
		}
	}
	b.fail(word{}, "a parenthesis is missing")
}

// directive reads "[nick …]" or passes over "[tie …]".
func (b *bltReader) directive(options int) {
	what := b.next()
	b.at++
	if what.text != "[nick" && what.text != "[tie" {
		b.fail(what, "only [nick …] and [tie …] can stand in brackets here, and not %.40q", what.text)
		return
	}
	for n := 0; b.err == nil; n++ {
		w := b.next()
		b.at++
		text, last := strings.CutSuffix(w.text, "]")
		_, taken := b.nicks[text]
		switch {
		case w.line == 0:
			b.fail(w, "a bracket is missing")
		case what.text != "[nick" || text == "" && last:
		case w.isNumber() || taken || n == options || text == "-" || strings.ContainsAny(text, "=()"):
			b.fail(w, "[nick …] has one name for each of %d options, and %.40q cannot be one", options, w.text)
		default:
			b.nicks[text] = n
		}
		if last {
			return
		}
	}
}

// parted puts "=" between options in parentheses, which say that they are equal.
func (b *bltReader) parted(w word) word {
	text, found := strings.CutPrefix(w.text, "(")
	if !found || w.quoted {
		return w
	}
	for !strings.HasSuffix(text, ")") {
		next := b.next()
		if next.line == 0 || next.quoted {
			b.fail(next, "a parenthesis is missing")
			return w
		}
		b.at++
		text += "=" + next.text
	}
	w.text = strings.Trim(strings.TrimSuffix(text, ")"), "=")
	return w
}

// option is the one of a number or nickname from 1; 0 for none.
func (b *bltReader) option(text string) int {
	if n, known := b.nicks[text]; known {
		return n + 1
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0
	}
	return n
}

// level reads options that are equal, as "3" or "1=4".
func (b *bltReader) level(w word, seen []bool) []int {
	var level []int
	for part := range strings.SplitSeq(w.text, "=") {
		option := b.option(part)
		if w.quoted || option < 1 || option > len(seen) {
			b.fail(w, "a ballot names options from 1 to %d and ends with 0; this is %.40q", len(seen), w.text)
			return nil
		}
		if seen[option-1] {
			b.fail(w, "a ballot names option %d twice", option)
			return nil
		}
		seen[option-1] = true
		level = append(level, option-1)
	}
	return level
}

func (b *bltReader) names(f *File, options int) {
	for range options {
		w := b.text()
		if !w.quoted && strings.Trim(w.text, "=-0123456789 ") == "" {
			b.fail(w, "a name is needed for each of %d options, in quotes, and here is %.40q", options, w.text)
		}
		if slices.Contains(f.Options, w.text) {
			b.fail(w, "two options are called %.80q", w.text)
		}
		f.Options = append(f.Options, w.text)
	}
	title := b.text()
	if strings.HasPrefix(title.text, "=") && !title.quoted {
		b.fail(title, "only the title is expected after the names, and here is %.40q", title.text)
	}
	f.Title = title.text
	for range mostRemarks {
		if b.next().quoted {
			b.at++
		}
	}
	if w := b.next(); w.line != 0 {
		b.fail(w, "nothing is expected after the title, and here is %.40q", w.text)
	}
}

// mostRemarks is how many texts may follow the title: a source and a comment, in
// Wichmann's files.
const mostRemarks = 2

// text is the next in quotes, or what is left of the line up to quotes.
func (b *bltReader) text() word {
	w := b.next()
	if b.at++; w.quoted || w.line == 0 {
		return w
	}
	for next := b.next(); next.line == w.line && !next.quoted; next = b.next() {
		w.text += " " + next.text
		b.at++
	}
	return w
}

// WriteBLT writes rankings.
func WriteBLT(w io.Writer, f File) error {
	if f.Form != tally.Ranking {
		return errors.New("only rankings can be written as BLT")
	}
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "%d %d\n", len(f.Options), max(1, f.Seats))
	for _, option := range f.Withdrawn {
		fmt.Fprintf(out, "-%d\n", option+1)
	}
	for _, b := range f.Ballots {
		fmt.Fprint(out, b.Weight)
		for _, level := range b.Ranks {
			for i, option := range level {
				fmt.Fprintf(out, "%c%d", " ="[min(i, 1)], option+1)
			}
		}
		fmt.Fprintln(out, " 0")
	}
	fmt.Fprintln(out, 0)
	for _, name := range append(slices.Clone(f.Options), f.Title) {
		fmt.Fprintln(out, quote(name))
	}
	return out.Flush()
}

// quote is what unquote reads. A line has to stay one.
func quote(text string) string {
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' }), " ")
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}
