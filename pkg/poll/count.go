package poll

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/errs"
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
		b, err := p.ballotOf(s.Choices)
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

func (p Poll) ballotOf(choices string) (tally.Ballot, error) {
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
	return p.counted.of(poll, func() (tally.Result, error) { return count(g, poll) })
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
// many look at is counted once for each ballot and not for each look.
type counts struct {
	mu   sync.Mutex
	kept map[int64]*counting
}

// counting is a count at one head of the log.
type counting struct {
	head   ledger.Head
	once   sync.Once
	result tally.Result
	err    error
}

// mostCounts is how many polls' counts are kept.
const mostCounts = 200

// of gives the count at the poll's head. Who comes while it is being made waits
// for it. Without a log there is no head to tell counts apart by.
func (c *counts) of(p Poll, count func() (tally.Result, error)) (tally.Result, error) {
	if !p.Logged() {
		return count()
	}
	one := c.at(p)
	one.once.Do(func() { one.result, one.err = count() })
	if one.err != nil { // whoever counted may have gone away meanwhile
		c.forget(p.ID, one)
		return count()
	}
	return one.result, nil
}

func (c *counts) at(p Poll) *counting {
	c.mu.Lock()
	defer c.mu.Unlock()
	one := c.kept[p.ID]
	if one != nil && one.head == p.Head {
		return one
	}
	if c.kept == nil || len(c.kept) >= mostCounts {
		c.kept = map[int64]*counting{}
	}
	one = &counting{head: p.Head}
	c.kept[p.ID] = one
	return one
}

func (c *counts) forget(id int64, failed *counting) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.kept[id] == failed {
		delete(c.kept, id)
	}
}

// figures gives the numbers in a sentence's values one type, int64, whether they
// were counted just now or read from a frozen result.
func figures(args errs.Args) errs.Args {
	if args == nil {
		return nil
	}
	out := make(errs.Args, len(args))
	for name, value := range args {
		out[name] = value
		switch v := value.(type) {
		case int:
			out[name] = int64(v)
		case json.Number:
			if n, err := v.Int64(); err == nil {
				out[name] = n
			}
		}
	}
	return out
}
