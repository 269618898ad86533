package web

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"slices"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/i18n"
	"plenary/pkg/poll/figures"
	"plenary/pkg/web/view"
)

// countedPoll reads a poll and its result for whoever may.
func (s *Site) countedPoll(c edge.Ctx) (teller, error) {
	p, err := s.pollOf(c)
	if err != nil {
		return teller{}, err
	}
	count, err := s.Polls.Results(ctx(c), edge.Who(c), p.ID)
	if err != nil {
		return teller{}, err
	}
	return newTeller(p, count, s.words(c), edge.Zone(c)), nil
}

// chart is a poll's result as a picture, for other pages and programs: the
// method's own, or the one that "kind" names. It says the same in words.
func (s *Site) chart(c edge.Ctx) error {
	t, err := s.countedPoll(c)
	if err != nil {
		return err
	}
	kinds := t.kinds()
	kind := c.QueryParam("kind")
	if kind == "" && len(kinds) > 0 {
		kind = kinds[0]
	}
	if !slices.Contains(kinds, kind) {
		return errs.New(errs.NotFound, "error.not_found")
	}
	s.embeddable(c, t.poll.ID)
	if c.QueryParam("download") != "" {
		attached(c, fmt.Sprintf("poll-%d-%s.svg", t.poll.ID, kind))
	}
	return c.Blob(http.StatusOK, "image/svg+xml", []byte(t.file(kind)))
}

// standing says when a result was taken.
func (t teller) standing() string {
	if t.poll.State == access.PollEnded && t.poll.ClosedAt != nil {
		return t.words.T("results.closed_on", i18n.Args{"At": t.words.Date(*t.poll.ClosedAt, t.zone, i18n.Short)})
	}
	if t.poll.State == access.PollSealed {
		return t.words.T("results.not_drawn")
	}
	return t.words.T("results.not_final")
}

// embeddable lets other sites show the picture where every visitor may see it,
// and only there.
func (s *Site) embeddable(c edge.Ctx, id int64) {
	h := c.Response().Header()
	h.Set("Content-Security-Policy", filePolicy)
	h.Add("Vary", "Cookie, Accept-Language")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "private, no-cache")
	if s.forEverybody(ctx(c), id) {
		h.Set("Cross-Origin-Resource-Policy", "cross-origin")
		h.Set("Cache-Control", "no-cache")
	}
}

// forEverybody reports whether a visitor may see the poll's result.
func (s *Site) forEverybody(c context.Context, id int64) bool {
	p, err := s.Polls.Poll(c, access.Visitor(), id)
	return err == nil && access.May(access.Visitor(), access.ReadResults, p.Facts())
}

// attached has the answer saved under a name.
func attached(c edge.Ctx, name string) {
	c.Response().Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
}

// resultsCSV is a poll's result as a table for a spreadsheet.
func (s *Site) resultsCSV(c edge.Ctx) error {
	t, err := s.countedPoll(c)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := t.count.WriteCSV(&b, func(row figures.TableRow) string { return t.names[row.Option] }); err != nil {
		return err
	}
	c.Response().Header().Set("Cache-Control", "private, no-cache")
	attached(c, fmt.Sprintf("poll-%d-results.csv", t.poll.ID))
	return c.Blob(http.StatusOK, "text/csv; charset=utf-8", b.Bytes())
}

// resultsJSON leads whoever may read the result to where the API tells it.
func (s *Site) resultsJSON(c edge.Ctx) error {
	t, err := s.countedPoll(c)
	if err != nil {
		return err
	}
	return seeOther(c, fmt.Sprintf("/api/v1/polls/%d/results", t.poll.ID))
}

// printPoll is a poll on paper: question, options, result, pictures, outcome.
func (s *Site) printPoll(c edge.Ctx) error {
	p, err := s.pollOf(c)
	if err != nil {
		return err
	}
	if err := access.Check(edge.Who(c), access.ReadResults, p.Facts()); err != nil {
		return err
	}
	card, err := s.pollCardFor(c, p, view.Form{}, false, true)
	if err != nil {
		return err
	}
	card.Ballot, card.Receipt, card.Rights = nil, nil, view.PollRights{}
	if card.Results != nil {
		card.Results.Check = nil
	}
	return s.ok(c, view.PollPrintPage{Frame: s.frame(c), Card: card})
}

// checkOf leads to the files of a result, and to its picture for other sites
// where every visitor may see it.
func (s *Site) checkOf(c context.Context, t teller) *view.Check {
	at := pollURL(t.poll.ID)
	out := &view.Check{Print: at + "/print", Files: []view.Link{
		{Text: t.words.T("results.as_csv"), URL: at + "/results.csv"},
		{Text: t.words.T("results.as_json"), URL: at + "/results.json"}}}
	for _, kind := range t.kinds() {
		out.Files = append(out.Files, view.Link{Text: t.words.T("results.as_picture", i18n.Args{"Picture": t.words.T("results.picture_" + kind)}),
			URL: at + "/chart.svg?kind=" + kind + "&download=1"})
	}
	if len(t.kinds()) > 0 && s.forEverybody(c, t.poll.ID) {
		out.Embed = &view.Embed{Address: s.edge.Origin() + at + "/chart.svg", Alt: t.poll.Title + ": " + t.one(t.count.Summary)}
	}
	return out
}
