package ballotfile

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode"

	"plenary/pkg/tally"
)

// readABIF reads an ABIF file. Each line is one of:
//
//	# comment
//	{"title": "Lunch"}        facts about the poll, of which only the title is read
//	=S:[Soup of the day]      an option by its short name
//	12:S>B=[Bread]>C          so many ballots, in order; also "12*"; without it one
//	12:S/5,B/3                so many ballots, with scores
//
// Names are letters, digits, "_" and "-", or stand in brackets or quotes. Where
// any option has a score each has to, and the form is Scores.
func readABIF(text string) (File, error) {
	a := &abifReader{place: map[string]int{}}
	number := 0
	for line := range strings.Lines(text) {
		number++
		if err := a.line(strings.TrimSpace(line)); err != nil {
			return File{}, at(number, "%v", err)
		}
	}
	return a.file()
}

// abifReader gathers lines.
type abifReader struct {
	f      File
	place  map[string]int // by short name, and by name
	lines  []abifLine
	scores bool
}

// abifLine is a line of ballots before all options are known.
type abifLine struct {
	weight int64
	levels [][]mention
}

type mention struct {
	option int
	score  int
	scored bool
}

func (a *abifReader) line(line string) error {
	switch {
	case line == "" || line[0] == '#':
		return nil
	case line[0] == '{':
		var facts struct {
			Title any `json:"title"`
		}
		if err := json.Unmarshal([]byte(line), &facts); err != nil {
			return errText("the facts in braces are no JSON")
		}
		if title, ok := facts.Title.(string); ok {
			a.f.Title = title
		}
		return nil
	case line[0] == '=':
		return a.declare(line[1:])
	}
	return a.ballots(line)
}

type errText string

func (e errText) Error() string { return string(e) }

// declare reads the short name of an option and the name behind it.
func (a *abifReader) declare(line string) error {
	short, rest, err := name(line)
	if err != nil {
		return err
	}
	rest, ok := strings.CutPrefix(strings.TrimSpace(rest), ":")
	if !ok {
		return errText("a short name is followed by a colon and the name")
	}
	long, rest, err := name(strings.TrimSpace(rest))
	if err != nil {
		return err
	}
	if strings.TrimSpace(rest) != "" {
		return errText("nothing is expected after the name")
	}
	if _, there := a.place[short]; there {
		return errText("this short name is there already")
	}
	option, err := a.option(long)
	a.place[short] = option
	return err
}

// option is the number of the option, a new one where the name is.
func (a *abifReader) option(label string) (int, error) {
	if option, known := a.place[label]; known {
		return option, nil
	}
	if len(a.f.Options) == MaxOptions {
		return 0, errText("there are too many options")
	}
	a.place[label] = len(a.f.Options)
	a.f.Options = append(a.f.Options, label)
	return a.place[label], nil
}

// name reads a name and gives what follows.
func name(line string) (text, rest string, err error) {
	if line == "" {
		return "", "", errText("a name is missing")
	}
	for open, end := range map[byte]string{'[': "]", '"': `"`} {
		if line[0] != open {
			continue
		}
		text, rest, ok := strings.Cut(line[1:], end)
		if !ok || strings.TrimSpace(text) == "" {
			return "", "", errText("a name in brackets or quotes is empty or does not end")
		}
		return strings.TrimSpace(text), rest, nil
	}
	end := strings.IndexFunc(line, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) && r != '_' && r != '-'
	})
	if end < 0 {
		end = len(line)
	}
	if end == 0 {
		return "", "", errText("a name is missing")
	}
	return line[:end], line[end:], nil
}

func (a *abifReader) ballots(line string) error {
	out := abifLine{weight: 1}
	if end := strings.IndexAny(line, ":*"); end >= 0 && strings.Trim(line[:end], "0123456789 \t") == "" {
		weight, err := strconv.ParseInt(strings.TrimSpace(line[:end]), 10, 64)
		if err != nil || weight < 1 || weight > tally.MaxWeight {
			return errText("the number of ballots is from 1 to " + strconv.Itoa(tally.MaxWeight))
		}
		out.weight, line = weight, strings.TrimSpace(line[end+1:])
	}
	seen := map[int]bool{}
	separator := byte('>')
	for line != "" && line[0] != '#' {
		m, rest, err := a.mention(line)
		if err != nil {
			return err
		}
		if seen[m.option] {
			return errText("an option is named twice")
		}
		seen[m.option] = true
		if last := len(out.levels) - 1; separator == '>' || last < 0 {
			out.levels = append(out.levels, []mention{m})
		} else {
			out.levels[last] = append(out.levels[last], m)
		}
		if line = strings.TrimSpace(rest); line == "" || line[0] == '#' {
			break
		}
		separator = line[0]
		if line = strings.TrimSpace(line[1:]); separator != '>' && separator != '=' && separator != ',' || line == "" {
			return errText("options are parted by >, = or a comma")
		}
	}
	a.lines = append(a.lines, out)
	return nil
}

// mention reads an option and its score, if it has one.
func (a *abifReader) mention(line string) (mention, string, error) {
	label, rest, err := name(line)
	if err != nil {
		return mention{}, "", err
	}
	option, err := a.option(label)
	if err != nil {
		return mention{}, "", err
	}
	m := mention{option: option}
	if after, ok := strings.CutPrefix(strings.TrimSpace(rest), "/"); ok {
		rest = strings.TrimLeft(strings.TrimLeft(after, " \t"), "0123456789")
		digits := strings.TrimSpace(after[:len(after)-len(rest)])
		if m.score, err = strconv.Atoi(digits); err != nil || m.score > tally.MaxWeight {
			return mention{}, "", errText("a score is a whole number")
		}
		m.scored, a.scores = true, true
	}
	return m, rest, nil
}

// file makes ballots of the lines, now that the number of options is known.
func (a *abifReader) file() (File, error) {
	a.f.Form = tally.Ranking
	if a.scores {
		a.f.Form = tally.Scores
	}
	for _, line := range a.lines {
		b := tally.Ballot{Weight: line.weight}
		if a.scores {
			b.Scores = make([]int, len(a.f.Options))
			for i := range b.Scores {
				b.Scores[i] = tally.NoScore
			}
		}
		for _, level := range line.levels {
			var equal []int
			for _, m := range level {
				if a.scores != m.scored {
					return File{}, errText("some options have a score and some have none")
				}
				if a.scores {
					b.Scores[m.option] = m.score
				}
				equal = append(equal, m.option)
			}
			b.Ranks = append(b.Ranks, equal)
		}
		if a.scores && len(b.Ranks) == 1 { // parted by commas: no order was given
			b.Ranks = nil
		}
		a.f.Ballots = append(a.f.Ballots, b)
	}
	if len(a.f.Options) == 0 {
		return File{}, errText("the file names no options")
	}
	return a.f, checkLabels(a.f.Options)
}
