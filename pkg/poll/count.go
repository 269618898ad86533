package poll

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"gorm.io/gorm"

	"plenary/pkg/access"

	"plenary/pkg/ledger"
	"plenary/pkg/tally"
)

// grouped is an answer with the votes that were given for it.
type grouped struct {
	Choices string
	Weight  int64
}

// count counts the ballots that are in. Equal ones are put together by the
// database. No lot is drawn: what it would decide is tied until the close. An
// error of the rules is the program's fault here, as they were judged when the
// poll was made; its kind is hidden.
func count(g *gorm.DB, p Poll) (tally.Result, error) {
	var stored []grouped
	from := "ballots"
	if p.Secret {
		from = "ballot_box"
	}
	err := g.Table(from).Select("choices, CAST(SUM(weight) AS BIGINT) AS weight").Where("poll_id = ? AND choices <> ''", p.ID).
		Group("choices").Order("choices").Find(&stored).Error
	if err != nil {
		return tally.Result{}, fmt.Errorf("read the ballots of poll %d: %w", p.ID, err)
	}
	ballots := make([]tally.Ballot, 0, len(stored))
	for _, s := range stored {
		b, err := p.BallotOf(s.Choices)
		if err != nil {
			return tally.Result{}, err
		}
		for left := s.Weight; left > 0; left -= tally.MaxWeight {
			b.Weight = min(left, tally.MaxWeight)
			ballots = append(ballots, b)
		}
	}
	result, err := tally.Count(p.Rules, len(p.Options), p.VoterWeight, slices.Values(ballots))
	if err != nil {
		return tally.Result{}, fmt.Errorf("count poll %d: %w", p.ID, err)
	}
	return result, nil
}

// BallotOf reads an answer as it is stored or published: a ballot with one vote, by the
// numbers that options have in a count.
func (p Poll) BallotOf(choices string) (tally.Ballot, error) {
	answer, err := ledger.ParseAnswer(p.Method.Form(), []byte(choices))
	if err != nil {
		return tally.Ballot{}, fmt.Errorf("read a ballot of poll %d: %.100s: %w", p.ID, choices, err)
	}
	b, err := answer.Ballot(p.place(), 1)
	if err != nil {
		return tally.Ballot{}, fmt.Errorf("read a ballot of poll %d: %.100s: %w", p.ID, choices, err)
	}
	return b, nil
}

// resultOf is the result as it was frozen at the close, or, where none has
// been, as it stands now.
func (p *Polls) resultOf(g *gorm.DB, poll Poll) (tally.Result, error) {
	if poll.State == access.PollEnded && !poll.unsettled {
		frozen, err := frozenResult(g, poll.ID)
		if err != nil {
			return tally.Result{}, err
		}
		if frozen != nil {
			return thaw(frozen)
		}
	}
	return p.counted.of(poll, func() (int64, error) { return headNow(g, poll.ID) }, func() (tally.Result, error) { return count(g, poll) })
}

// frozenResult is the result as JSON, nil where none is there yet.
func frozenResult(g *gorm.DB, id int64) ([]byte, error) {
	var frozen []*string
	if err := g.Table("polls").Select("result").Where("id = ?", id).Find(&frozen).Error; err != nil {
		return nil, fmt.Errorf("read the result of poll %d: %w", id, err)
	}
	if len(frozen) == 0 || frozen[0] == nil {
		return nil, nil
	}
	return []byte(*frozen[0]), nil
}

// thaw reads a frozen result. The figures of its sentences stay whole numbers.
func thaw(frozen []byte) (tally.Result, error) {
	d := json.NewDecoder(bytes.NewReader(frozen))
	d.UseNumber()
	var r tally.Result
	if err := d.Decode(&r); err != nil {
		return r, fmt.Errorf("read a frozen result: %w", err)
	}
	return r, nil
}

// counts keeps the latest counts of polls that are open, so that a poll which
// many look at while many vote in it is counted no more often than one count
// after the other can be made.
type counts struct {
	made atomic.Int64
	mu   sync.Mutex
	kept map[int64]*counting
}

// counting is the latest count of a poll.
type counting struct {
	mu     sync.Mutex // held while it is made anew
	upTo   int64      // record of the log up to which the ballots are in it, at least; 0 where there is none yet
	result tally.Result
}

// mostCounts is how many polls' counts are kept.
const mostCounts = 200

// of gives a count that has all that the poll's log had when it was read. Who comes
// while one is being made waits, and the next one is for all who waited. Head
// tells how long the log is now. Without a log there is nothing to tell counts
// apart by.
func (c *counts) of(p Poll, head func() (int64, error), count func() (tally.Result, error)) (tally.Result, error) {
	if !p.Logged() {
		c.made.Add(1)
		return count()
	}
	one := c.at(p.ID)
	one.mu.Lock()
	defer one.mu.Unlock()
	if one.upTo >= p.Head.Number {
		return one.result, nil
	}
	upTo, err := head()
	if err != nil {
		return tally.Result{}, err
	}
	c.made.Add(1)
	result, err := count()
	if err != nil {
		return result, err
	}
	one.upTo, one.result = upTo, result
	return result, nil
}

func (c *counts) at(poll int64) *counting {
	c.mu.Lock()
	defer c.mu.Unlock()
	one := c.kept[poll]
	if one != nil {
		return one
	}
	if c.kept == nil || len(c.kept) >= mostCounts {
		c.kept = map[int64]*counting{}
	}
	one = &counting{}
	c.kept[poll] = one
	return one
}

// headNow is the number of the last record in a poll's log.
func headNow(g *gorm.DB, id int64) (number int64, err error) {
	if err := g.Raw("SELECT log_length FROM polls WHERE id = ?", id).Row().Scan(&number); err != nil {
		return 0, fmt.Errorf("read the head of poll %d: %w", id, err)
	}
	return number, nil
}

// Counts is how often ballots have been counted since the program was started.
func (p *Polls) Counts() int64 { return p.counted.made.Load() }
