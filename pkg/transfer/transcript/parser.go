package transcript

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// parser goes through the lines once, from the top.
type parser struct {
	lines  []string
	next   int // index of the line to read next
	zone   *time.Location
	thread Thread
}

// head reads the date, the title (in either order), the byline and the context.
func (p *parser) head() error {
	if err := p.dateAndTitle(); err != nil {
		return err
	}
	line, number := p.line()
	if err := p.byline(line, number); err != nil {
		return err
	}
	var err error
	p.thread.Body, err = p.body()
	return err
}

func (p *parser) dateAndTitle() error {
	first, firstNumber := p.line()
	second, secondNumber := p.line()
	date, number, title := first, firstNumber, second
	if !dateShape.MatchString(first) && dateShape.MatchString(second) {
		date, number, title = second, secondNumber, first
	}
	at, err := parseDate(date, p.zone)
	if err != nil {
		return problem(number, "%s", err.Problem)
	}
	if title == "" || bylineShape.MatchString(title) {
		return problem(secondNumber, "the title is missing, expected it after the date")
	}
	p.thread.At, p.thread.Title = at, title
	return nil
}

// line gives the next line that is not blank, and its number. At the end it
// gives "" and the number of the last line.
func (p *parser) line() (string, int) {
	for p.next < len(p.lines) {
		p.next++
		if line := strings.TrimSpace(p.lines[p.next-1]); line != "" {
			return line, p.next
		}
	}
	return "", len(p.lines)
}

// bylineShape is name, visibility and reach: "SWS Sion Whellens
// (Principle Six/Calverts) Public Seen by 119".
var bylineShape = regexp.MustCompile(`^(.+?)\s+(Public|Private|Closed|Secret)\s+Seen by ([0-9][0-9,]*)$`)

func (p *parser) byline(line string, number int) error {
	m := bylineShape.FindStringSubmatch(line)
	if m == nil {
		return problem(number, "%q is not a byline, expected one like %q", short(line),
			"AB Ann Baker (Her cooperative) Public Seen by 12")
	}
	seenBy, err := strconv.Atoi(strings.ReplaceAll(m[3], ",", ""))
	if err != nil || seenBy > maxSeenBy {
		return problem(number, "nobody can count up to %q, expected how many have seen the thread", short(m[3]))
	}
	p.thread.Author = person(withoutInitials(m[1]))
	p.thread.Visibility = strings.ToLower(m[2])
	p.thread.SeenBy = seenBy
	return nil
}

// maxSeenBy is more than there are people.
const maxSeenBy = 10_000_000_000

// withoutInitials takes away the letters of the picture that stands for someone
// who has none: "SWS Sion Whellens". They are capitals and begin like the name,
// so that "AJ Smith" keeps what is a name.
func withoutInitials(name string) string {
	initials, rest, found := strings.Cut(name, " ")
	rest = strings.TrimSpace(rest)
	if !found || rest == "" || utf8.RuneCountInString(initials) > 4 {
		return name
	}
	for _, r := range initials {
		if !unicode.IsUpper(r) {
			return name
		}
	}
	first, _ := utf8.DecodeRuneInString(initials)
	other, _ := utf8.DecodeRuneInString(rest)
	if first != unicode.ToUpper(other) {
		return name
	}
	return rest
}

// person divides "Name (Affiliation)". The affiliation is the last pair of
// brackets, with whatever brackets are in it.
func person(text string) Person {
	text = strings.Join(strings.Fields(text), " ")
	if !strings.HasSuffix(text, ")") {
		return Person{Name: text}
	}
	depth := 0
	for i := len(text) - 1; i > 0; i-- {
		switch text[i] {
		case ')':
			depth++
		case '(':
			depth--
		}
		if depth == 0 {
			return Person{
				Name:        strings.TrimSpace(text[:i]),
				Affiliation: strings.TrimSpace(text[i+1 : len(text)-1]),
			}
		}
	}
	return Person{Name: text}
}

// comments reads to the end. The line to read next is a header, or there is none.
func (p *parser) comments() error {
	for p.next < len(p.lines) {
		number := p.next + 1
		author, date, _ := splitHeader(p.lines[p.next])
		at, err := parseDate(date, p.zone)
		if err != nil {
			return problem(number, "%s", err.Problem)
		}
		if at.Before(p.thread.At) {
			return problem(number, "the comment is of %s, expected a date that is not before the thread's, %s",
				date, p.thread.At.Format(dateLayout))
		}
		p.next++
		body, bodyErr := p.body()
		if bodyErr != nil {
			return bodyErr
		}
		p.thread.Comments = append(p.thread.Comments,
			Comment{Author: person(author), At: at, Body: body, Empty: body == "", Line: number})
	}
	return nil
}

// body reads up to the next header and gives what it read as Markdown.
func (p *parser) body() (string, error) {
	start, blanks := p.next, 0
	for ; p.next < len(p.lines); p.next++ {
		line := p.lines[p.next]
		if strings.TrimSpace(line) == "" {
			blanks++
			continue
		}
		is, err := p.isHeader(line, blanks)
		if err != nil {
			return "", problem(p.next+1, "%s", err.Problem)
		}
		if is {
			break
		}
		blanks = 0
	}
	return toMarkdown(p.lines[start:p.next]), nil
}

// isHeader tells the header of a comment from a line of text that looks like
// one: blank lines come before it, a likely name stands before the date, and
// the day of the week is that of the date. After two blank lines it can't be
// anything but a header: there a wrong date is an error, and not text.
func (p *parser) isHeader(line string, blanks int) (bool, *Error) {
	author, date, ok := splitHeader(line)
	if !ok || blanks == 0 || !isName(author) {
		return false, nil
	}
	if _, err := parseDate(date, p.zone); err != nil {
		if blanks > 1 {
			return false, err
		}
		return false, nil
	}
	return true, nil
}

// headerShape is anything, and a date at the end.
var headerShape = regexp.MustCompile(`^(\S.*?)\s+(` + datePattern + `)$`)

func splitHeader(line string) (author, date string, ok bool) {
	m := headerShape.FindStringSubmatch(strings.TrimRightFunc(line, unicode.IsSpace))
	if m == nil {
		return "", "", false
	}
	return m[1], m[2], true
}

// isName reports whether text may name the author of a comment, and is not the
// beginning of a sentence that ends with a date.
func isName(text string) bool {
	name := person(text).Name
	words := strings.Fields(name)
	if len(words) == 0 || len(words) > 8 || utf8.RuneCountInString(text) > 200 {
		return false
	}
	if strings.HasSuffix(name, ",") || strings.HasSuffix(name, ":") || strings.HasSuffix(name, "-") {
		return false
	}
	if !strings.ContainsFunc(name, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
		return false
	}
	return !announcesDate(words[len(words)-1])
}

// short cuts what is quoted in a message.
func short(s string) string {
	const most = 60
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most]) + "…"
}
