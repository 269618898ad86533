package web

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"net/http"
	"net/url"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/page"
	"plenary/pkg/plain"
	"plenary/pkg/poll"
	"plenary/pkg/poll/figures"
	"plenary/pkg/tally"
	"plenary/pkg/web/view"
)

// decisionFilters are the fields that narrow a register of decisions.
var decisionFilters = []string{"q", "method", "from", "to", "review"}

// decisionsAsked reads what is asked for, as a query and as the form shows it.
func decisionsAsked(c edge.Ctx) (poll.DecisionsQuery, url.Values) {
	values := url.Values{}
	for _, name := range decisionFilters {
		if text := c.QueryParam(name); text != "" {
			values.Set(name, text)
		}
	}
	return poll.DecisionsQuery{Text: values.Get("q"), Method: tally.Method(values.Get("method")), From: values.Get("from"), To: values.Get("to"),
		Review: poll.Review(values.Get("review")), Page: page.Page{Cursor: c.QueryParam("before")}}, values
}

// decisions is the register of what a group decided.
func (s *Site) decisions(c edge.Ctx) error {
	head, g, err := s.groupHead(c, "decisions")
	if err != nil {
		return err
	}
	q, values := decisionsAsked(c)
	p := view.DecisionsPage{Frame: s.frame(c), Group: head, Filter: view.Form{Values: values}, Filtered: len(values) > 0,
		CSV: head.URL() + "/decisions.csv?" + values.Encode()}
	for _, m := range tally.Methods() {
		p.Methods = append(p.Methods, string(m))
	}
	list, err := s.Polls.Decisions(ctx(c), edge.Who(c), g.Handle, q)
	if err != nil {
		again, err := s.again(values, err)
		if err != nil {
			return err
		}
		p.Filter = again
		return s.show(c, http.StatusUnprocessableEntity, p)
	}
	if list.Next != "" {
		values.Set("before", list.Next)
		p.Cursor.Older = head.URL() + "/decisions?" + values.Encode()
	}
	p.Outcomes, err = s.decided(c, list.Items)
	if err != nil {
		return err
	}
	return s.ok(c, p)
}

// decided are outcomes with what they rest on.
func (s *Site) decided(c edge.Ctx, polls []poll.Poll) ([]view.Outcome, error) {
	support, err := s.Polls.Summaries(ctx(c), polls)
	if err != nil {
		return nil, err
	}
	clock := s.frame(c).Clock
	var out []view.Outcome
	for _, one := range polls {
		o := outcomeOf(one, *one.Outcome, pollHead(one))
		o.Clock, o.CanEdit = clock, access.May(edge.Who(c), access.Conclude, one.Facts())
		o.ReviewDue = one.Outcome.ReviewIsDue(s.Now())
		if said, has := support[one.ID]; has {
			o.Result = newTeller(one, figures.Results{}, s.words(c), edge.Zone(c)).one(said)
		}
		out = append(out, o)
	}
	return out, nil
}

// mostDecisions bounds a register as a file, in pages of the list.
const mostDecisions = 50

// decisionsCSV is the register as a table for a spreadsheet.
func (s *Site) decisionsCSV(c edge.Ctx) error {
	_, g, err := s.groupHead(c, "decisions")
	if err != nil {
		return err
	}
	var b bytes.Buffer
	file := csv.NewWriter(&b)
	records := [][]string{{"decided_at", "question", "statement", "result", "method", "review_on", "discussion", "url"}}
	q, _ := decisionsAsked(c)
	q.Page = page.Page{Limit: page.Max}
	for range mostDecisions {
		list, err := s.Polls.Decisions(ctx(c), edge.Who(c), g.Handle, q)
		if err != nil {
			return err
		}
		rows, err := s.decisionRows(c, list.Items)
		if err != nil {
			return err
		}
		records = append(records, rows...)
		if q.Cursor = list.Next; q.Cursor == "" {
			break
		}
	}
	if err := file.WriteAll(records); err != nil {
		return fmt.Errorf("write a register as CSV: %w", err)
	}
	c.Response().Header().Set("Cache-Control", "private, no-cache")
	attached(c, g.Handle+"-decisions.csv")
	return c.Blob(http.StatusOK, "text/csv; charset=utf-8", b.Bytes())
}

func (s *Site) decisionRows(c edge.Ctx, polls []poll.Poll) ([][]string, error) {
	support, err := s.Polls.Summaries(ctx(c), polls)
	if err != nil {
		return nil, err
	}
	var out [][]string
	for _, one := range polls {
		result := ""
		if said, has := support[one.ID]; has {
			result = newTeller(one, figures.Results{}, s.words(c), edge.Zone(c)).one(said)
		}
		out = append(out, []string{one.Outcome.CreatedAt.UTC().Format("2006-01-02T15:04:05Z"), plain.Cell(one.Title), plain.Cell(one.Outcome.Statement),
			plain.Cell(result), string(one.Method), one.Outcome.ReviewOn, plain.Cell(one.ThreadTitle), s.edge.Origin() + pollURL(one.ID)})
	}
	return out, nil
}
