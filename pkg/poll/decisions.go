package poll

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/page"
	"plenary/pkg/plain"
	"plenary/pkg/poll/figures"
	"plenary/pkg/store"
	"plenary/pkg/tally"
)

// Review is which decisions are asked for by the day of their review.
type Review string

// The choices of reviews.
const (
	AnyReview     Review = ""
	ReviewDue     Review = "due"     // today, or earlier
	ReviewPlanned Review = "planned" // later
)

// DecisionsQuery narrows a register of decisions. The zero value asks for all,
// the latest published first; with a review they come by its day, the earliest
// first.
type DecisionsQuery struct {
	Text   string       // in the statement, or in the question
	Method tally.Method // empty: any
	From   string       // published on this day or later, as 2006-01-02, in UTC; empty: any
	To     string       // on this day or earlier
	Review Review
	page.Page
}

func (q *DecisionsQuery) validate() error {
	var f errs.Fields
	q.Text = plain.Line(&f, "q", q.Text, false, MaxTitle)
	q.From = plain.Date(&f, "from", q.From, false)
	q.To = plain.Date(&f, "to", q.To, false)
	if !slices.Contains([]Review{AnyReview, ReviewDue, ReviewPlanned}, q.Review) {
		f.Add("review", "field.choose")
	}
	if q.Method != "" && !slices.Contains(tally.Methods(), q.Method) {
		f.Add("method", "field.choose")
	}
	return f.Err()
}

// Decisions lists the polls of a group that have an outcome and are what the
// query asks for. Errors: Invalid with fields q, method, from, to, review,
// cursor; by access.ReadContent.
func (p *Polls) Decisions(ctx context.Context, who access.Actor, handle string, q DecisionsQuery) (page.List[Poll], error) {
	all, err := p.inGroup(ctx, who, handle)
	if err != nil {
		return page.List[Poll]{}, err
	}
	if err := q.validate(); err != nil {
		return page.List[Poll]{}, err
	}
	query, err := q.continued(q.narrow(all.Joins("JOIN outcomes AS oc ON oc.poll_id = p.id"), p.today()))
	if err != nil {
		return page.List[Poll]{}, err
	}
	found, err := find(query.Limit(q.Size()+1), p.db.Read(ctx), who, p.now())
	if err != nil {
		return page.List[Poll]{}, store.Translate(err)
	}
	return page.Cut(q.Page, found, q.key), nil
}

func (p *Polls) today() string { return p.now().UTC().Format(time.DateOnly) }

func (q DecisionsQuery) narrow(query *gorm.DB, today string) *gorm.DB {
	if q.Text != "" {
		// SQLite lowers ASCII letters alone, so the text is also looked for as typed.
		as, low := "%"+store.Literal(q.Text)+"%", "%"+store.Literal(strings.ToLower(q.Text))+"%"
		query = query.Where(`(oc.statement LIKE ? ESCAPE '!' OR lower(oc.statement) LIKE ? ESCAPE '!'
			OR p.title LIKE ? ESCAPE '!' OR lower(p.title) LIKE ? ESCAPE '!')`, as, low, as, low)
	}
	if q.Method != "" {
		query = query.Where("p.method = ?", q.Method)
	}
	if q.From != "" {
		query = query.Where("oc.created_at >= ?", dayAt(q.From, 0))
	}
	if q.To != "" {
		query = query.Where("oc.created_at < ?", dayAt(q.To, 1))
	}
	switch q.Review {
	case ReviewDue:
		query = query.Where("oc.review_on <= ?", today)
	case ReviewPlanned:
		query = query.Where("oc.review_on > ?", today)
	}
	return query
}

// dayAt is when a day that was validated begins, or so many days later.
func dayAt(day string, later int) store.Time {
	at, _ := time.Parse(time.DateOnly, day)
	return store.At(at.AddDate(0, 0, later))
}

// continued orders the list and goes on after the cursor.
func (q DecisionsQuery) continued(query *gorm.DB) (*gorm.DB, error) {
	if q.Review == AnyReview {
		after, err := page.Decode(q.Cursor, 1)
		if err != nil {
			return nil, err
		}
		if after != nil {
			query = query.Where("oc.id < ?", after[0])
		}
		return query.Order("oc.id DESC"), nil
	}
	after, err := page.Decode(q.Cursor, 2)
	if err != nil {
		return nil, err
	}
	if after != nil {
		day := time.Unix(after[0], 0).UTC().Format(time.DateOnly)
		query = query.Where("(oc.review_on > ? OR oc.review_on = ? AND oc.id > ?)", day, day, after[1])
	}
	return query.Order("oc.review_on, oc.id"), nil
}

// key is where a page of the list ends.
func (q DecisionsQuery) key(one Poll) []int64 {
	if q.Review == AnyReview {
		return []int64{one.Outcome.ID}
	}
	return []int64{dayAt(one.Outcome.ReviewOn, 0).Unix(), one.Outcome.ID}
}

// ReviewIsDue reports whether the outcome's day of review has come.
func (o Outcome) ReviewIsDue(now time.Time) bool {
	return o.ReviewOn != "" && o.ReviewOn <= now.UTC().Format(time.DateOnly)
}

// Summaries gives the sentence that each result was frozen with, for those of the
// polls that are closed. It asks nobody's leave: who reads the thread of a closed
// poll reads its result.
func (p *Polls) Summaries(ctx context.Context, polls []Poll) (map[int64]figures.Sentence, error) {
	ended := map[int64]Poll{}
	var ids []int64
	for _, one := range polls {
		if one.State == access.PollEnded && !one.unsettled {
			ended[one.ID] = one
			ids = append(ids, one.ID)
		}
	}
	out := map[int64]figures.Sentence{}
	if len(ids) == 0 {
		return out, nil
	}
	var rows []struct {
		ID     int64
		Result string
	}
	if err := p.db.Read(ctx).Table("polls").Select("id, result").Where("id IN ? AND result IS NOT NULL", ids).Find(&rows).Error; err != nil {
		return nil, store.Translate(fmt.Errorf("read the results of decided polls: %w", err))
	}
	for _, r := range rows {
		frozen, err := thaw([]byte(r.Result))
		if err != nil {
			return nil, err
		}
		out[r.ID] = ended[r.ID].sentence(frozen.Summary)
	}
	return out, nil
}
