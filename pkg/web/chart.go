package web

import (
	"fmt"
	"html"
	"net/http"
	"strings"

	"plenary/pkg/edge"
	"plenary/pkg/web/view"
)

// Measures of the chart, in its own units.
const (
	chartWidth = 640
	chartRow   = 44
	chartTop   = 56
	barStart   = 16
	barMost    = chartWidth - 2*barStart - 90
)

// chart is a poll's result as a picture, for other pages and programs. It says
// the same in words.
func (s *Site) chart(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	p, err := s.Polls.Poll(ctx(c), edge.Who(c), id)
	if err != nil {
		return err
	}
	count, err := s.Polls.Results(ctx(c), edge.Who(c), id)
	if err != nil {
		return err
	}
	r := resultsOf(count, s.words(c))
	for i, row := range r.Rows {
		if row.Key != "" {
			r.Rows[i].Label = s.words(c).T("answer." + row.Key)
		}
	}
	c.Response().Header().Set("Cache-Control", "private, no-cache")
	return c.Blob(http.StatusOK, "image/svg+xml", []byte(chartOf(p.Title, *r)))
}

func chartOf(title string, r view.Results) string {
	var b strings.Builder
	height := chartTop + chartRow*len(r.Rows) + 12
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" aria-labelledby="t d" font-family="system-ui, sans-serif">`,
		chartWidth, height)
	fmt.Fprintf(&b, `<title id="t">%s</title><desc id="d">%s</desc>`, html.EscapeString(title), html.EscapeString(inWords(r)))
	fmt.Fprintf(&b, `<rect width="%d" height="%d" fill="#fff"/><text x="%d" y="32" font-size="18" font-weight="600" fill="#1c1c1a">%s</text>`,
		chartWidth, height, barStart, html.EscapeString(cut(title, 60)))
	for i, row := range r.Rows {
		chartBar(&b, chartTop+i*chartRow, row)
	}
	b.WriteString("</svg>\n")
	return b.String()
}

func chartBar(b *strings.Builder, y int, row view.ResultRow) {
	fill := "#8a8a80"
	if row.Winner {
		fill = "#1f6f5c"
	}
	fmt.Fprintf(b, `<text x="%d" y="%d" font-size="14" fill="#1c1c1a">%s</text>`, barStart, y+14, html.EscapeString(cut(row.Label, 70)))
	fmt.Fprintf(b, `<rect x="%d" y="%d" width="%d" height="12" rx="2" fill="#e8e6df"/>`, barStart, y+20, barMost)
	fmt.Fprintf(b, `<rect x="%d" y="%d" width="%d" height="12" rx="2" fill="%s"/>`, barStart, y+20, barMost*row.Bar()/100, fill)
	fmt.Fprintf(b, `<text x="%d" y="%d" font-size="14" fill="#1c1c1a">%d (%d %%)</text>`, barStart+barMost+10, y+31, row.Votes, row.Percent)
}

func inWords(r view.Results) string {
	parts := []string{r.Sentence}
	for _, row := range r.Rows {
		parts = append(parts, fmt.Sprintf("%s: %d (%d %%).", row.Label, row.Votes, row.Percent))
	}
	return strings.Join(parts, " ")
}

func cut(text string, n int) string {
	if runes := []rune(text); len(runes) > n {
		return string(runes[:n-1]) + "…"
	}
	return text
}
