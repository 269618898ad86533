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

// ReadBLT reads a BLT file: the numbers of options and of seats; the withdrawn
// options as negative numbers; ballots, each its weight, options from 1 in order
// with "=" between equal ones, and 0; a single 0; the names of the options in
// quotes, and the title. "#" begins a comment, "(…)" before a ballot names it and
// is passed over, as is "-" for a rank left out.
func ReadBLT(text string) (File, error) {
	words, err := split(text)
	if err != nil {
		return File{}, err
	}
	b := &bltReader{words: words}
	f := File{Form: tally.Ranking}
	options := b.number("the number of options", 1, MaxOptions)
	f.Seats = b.number("the number of seats", 1, MaxSeats)
	for b.err == nil && strings.HasPrefix(b.next().text, "-") {
		f.Withdrawn = append(f.Withdrawn, -b.number("a withdrawn option", -options, -1)-1)
	}
	slices.Sort(f.Withdrawn)
	f.Withdrawn = slices.Compact(f.Withdrawn)
	b.ballots(&f, options)
	b.names(&f, options)
	if b.err != nil {
		return File{}, b.err
	}
	return f, checkLabels(f.Options)
}

// word is a piece of a BLT file.
type word struct {
	text   string
	line   int
	quoted bool
}

// split parts the text at white space outside of quotes.
func split(text string) ([]word, error) {
	var words []word
	number := 0
	for line := range strings.Lines(text) {
		number++
		for line = strings.TrimSpace(line); line != "" && line[0] != '#'; line = strings.TrimSpace(line) {
			if line[0] != '"' {
				end := strings.IndexAny(line, " \t#")
				if end < 0 {
					end = len(line)
				}
				words = append(words, word{line[:end], number, false})
				line = line[end:]
				continue
			}
			quoted, rest, ok := unquote(line)
			if !ok {
				return nil, at(number, "a quotation mark is missing")
			}
			words = append(words, word{quoted, number, true})
			line = rest
		}
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
			ballot.Ranks = append(ballot.Ranks, b.level(w, seen))
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

// level reads options that are equal, as "3" or "1=4".
func (b *bltReader) level(w word, seen []bool) []int {
	var level []int
	for part := range strings.SplitSeq(w.text, "=") {
		option, err := strconv.Atoi(part)
		if err != nil || w.quoted || option < 1 || option > len(seen) {
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
		w := b.next()
		if !w.quoted {
			b.fail(w, "a name in quotes is needed for each of %d options", options)
		}
		b.at++
		f.Options = append(f.Options, w.text)
	}
	if w := b.next(); w.quoted {
		f.Title = w.text
		b.at++
	}
	if w := b.next(); w.line != 0 {
		b.fail(w, "nothing is expected after the title, and here is %.40q", w.text)
	}
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
