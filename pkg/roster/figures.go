package roster

import (
	"strconv"
	"strings"

	"plenary/pkg/errs"
)

// Figure is a line of a list of people with a whole number beside each.
type Figure struct {
	Line  int    // of the text, from 1
	Text  string // as it stood there, in one line
	Who   string // handle or address, small letters, without the @ before a handle
	Value int64  // 0 where there is a Problem

	Problem errs.Text // why the line could not be read; zero Code where it could
}

// Figures reads lines such as "ana, 3" or "ana@example.org;3", as people copy
// them out of a spreadsheet. A first line without a figure in it is a header.
// Errors: Invalid, under "list", where it is empty or has more than Most lines.
func Figures(text string) ([]Figure, error) {
	var f errs.Fields
	var out []Figure
	for i, line := range lines(text) {
		if strings.Trim(line, " \u00a0\t,;\"") == "" {
			continue
		}
		read := figure(line)
		read.Line = i + 1
		if len(out) == 0 && i == 0 && heads(cells(line)) {
			continue
		}
		out = append(out, read)
		if len(out) > Most {
			f.Add("list", "roster.too_many", errs.Args{"Count": Most})
			return nil, f.Err()
		}
	}
	if len(out) == 0 {
		f.Add("list", "roster.no_lines")
	}
	return out, f.Err()
}

// heads reports whether the cells name columns.
func heads(cells []string) bool {
	if len(cells) < 2 {
		return false
	}
	switch strings.ToLower(strings.TrimSpace(cells[len(cells)-1])) {
	case "votes", "weight", "shares":
		return true
	}
	return false
}

func figure(line string) Figure {
	parts := cells(line)
	out := Figure{Text: oneLine(line), Who: strings.ToLower(strings.TrimPrefix(strings.TrimSpace(parts[0]), "@"))}
	switch n, err := strconv.ParseInt(strings.TrimSpace(parts[len(parts)-1]), 10, 64); {
	case len(parts) < 2:
		out.Problem = errs.Text{Code: "roster.no_figure"}
	case len(parts) > 2:
		out.Problem = errs.Text{Code: "roster.many_cells"}
	case out.Who == "":
		out.Problem = errs.Text{Code: "roster.nobody"}
	case err != nil:
		out.Problem = errs.Text{Code: "roster.no_number"}
	default:
		out.Value = n
	}
	return out
}
