package poll

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/tally"
)

// count counts the ballots that are in. An error of the rules is the program's
// fault here, as they were judged when the poll was made; its kind is hidden.
func count(g *gorm.DB, p Poll) (tally.Result, error) {
	var stored []string
	if err := g.Table("ballots").Select("choices").Where("poll_id = ?", p.ID).Order("id").Find(&stored).Error; err != nil {
		return tally.Result{}, fmt.Errorf("read the ballots of poll %d: %w", p.ID, err)
	}
	place := p.place()
	ballots := make([]tally.Ballot, len(stored))
	for i, choices := range stored {
		var ids []int64
		if err := json.Unmarshal([]byte(choices), &ids); err != nil {
			return tally.Result{}, fmt.Errorf("read ballot %d of poll %d: %w", i, p.ID, err)
		}
		ballots[i] = tally.Ballot{Weight: 1, Choices: make([]int, len(ids))}
		for j, id := range ids {
			option, known := place[id]
			if !known {
				return tally.Result{}, fmt.Errorf("ballot %d of poll %d names option %d, which is not there", i, p.ID, id)
			}
			ballots[i].Choices[j] = option
		}
	}
	result, err := tally.Count(p.Rules, len(p.Options), int64(p.VoterCount), slices.Values(ballots))
	if err != nil {
		return tally.Result{}, fmt.Errorf("count poll %d: %w", p.ID, err)
	}
	return result, nil
}

// resultOf is the result as it was frozen at the close, or, where none has
// been, as it stands now.
func resultOf(g *gorm.DB, p Poll) (tally.Result, error) {
	if p.State != access.PollEnded || p.unsettled {
		return count(g, p)
	}
	var frozen []*string
	if err := g.Table("polls").Select("result").Where("id = ?", p.ID).Find(&frozen).Error; err != nil {
		return tally.Result{}, fmt.Errorf("read the result of poll %d: %w", p.ID, err)
	}
	if len(frozen) == 0 || frozen[0] == nil {
		return count(g, p)
	}
	return thaw([]byte(*frozen[0]))
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
