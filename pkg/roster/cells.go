package roster

import "strings"

// cells cuts a line at its separators: a tab, a semicolon or a comma, outside of
// quotes and of angle brackets. Where there is a tab, only tabs separate, and
// where there is none but a semicolon, only semicolons, so that a comma in a
// name of a spreadsheet does no harm.
func cells(line string) []string {
	var out []string
	for _, cell := range split(line, separator(line)) {
		out = append(out, unquoted(cell))
	}
	return out
}

func separator(line string) byte {
	for _, sep := range []byte{'\t', ';'} {
		if len(split(line, sep)) > 1 {
			return sep
		}
	}
	return ','
}

func split(line string, sep byte) []string {
	var out []string
	var quoted, angled bool
	from := 0
	for i := range len(line) {
		switch c := line[i]; {
		case c == '"' && (quoted || closes(line[i+1:])):
			quoted = !quoted
		case quoted:
		case c == '<' && strings.IndexByte(line[i:], '>') > 0:
			angled = true
		case c == '>':
			angled = false
		case c == sep && !angled:
			out = append(out, line[from:i])
			from = i + 1
		}
	}
	return append(out, line[from:])
}

// closes reports whether a quote that was just opened is closed in the rest. One
// that is not stands for itself.
func closes(rest string) bool { return strings.IndexByte(rest, '"') >= 0 }

// unquoted takes the quotes off that stand around a whole cell.
func unquoted(cell string) string {
	cell = strings.TrimSpace(cell)
	if len(cell) < 2 || cell[0] != '"' || cell[len(cell)-1] != '"' {
		return cell
	}
	inner := strings.ReplaceAll(cell[1:len(cell)-1], `""`, "\x00")
	if strings.Contains(inner, `"`) {
		return cell // such as "Ana" and "Ben"
	}
	return strings.ReplaceAll(inner, "\x00", `"`)
}

// columns are the places of what a list with a header tells; -1 where it does not.
type columns struct{ email, name, role int }

var headers = map[string]string{
	"email": "email", "e-mail": "email", "mail": "email", "address": "email", "email address": "email", "e-mail address": "email",
	"email_address": "email", "name": "name", "full name": "name", "fullname": "name", "full_name": "name", "role": "role",
}

// header reads the names of columns. It is false where the line is no header:
// it has an address in it, or names no column of addresses.
func header(cells []string) (columns, bool) {
	named := columns{-1, -1, -1}
	for i, cell := range cells {
		if strings.Contains(cell, "@") {
			return named, false
		}
		switch headers[strings.ToLower(strings.TrimSpace(cell))] {
		case "email":
			named.email = i
		case "name":
			named.name = i
		case "role":
			named.role = i
		}
	}
	return named, named.email >= 0
}
