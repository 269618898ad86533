package poll

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/store"
)

// RareWeight is a number of votes that few voters have. In a secret poll it tells
// whoever reads the database, or the totals, whose ballot they are on.
type RareWeight struct {
	Votes  int64
	Voters int
}

// rareWeights are the weights that fewer than so many voters have, ascending. Where
// all have the same there is none.
func rareWeights(voters []voter, fewer int) []RareWeight {
	count := map[int64]int{}
	for _, v := range voters {
		count[v.weight]++
	}
	var out []RareWeight
	for weight, n := range count {
		if n < fewer && len(count) > 1 {
			out = append(out, RareWeight{weight, n})
		}
	}
	slices.SortFunc(out, func(a, b RareWeight) int { return int(a.Votes - b.Votes) })
	return out
}

// mostRareNamed is how many rare weights a complaint names.
const mostRareNamed = 10

// checkWeights refuses a secret poll in which weights would tell whose ballot is
// whose, unless whoever makes the poll has confirmed to know it.
func (s Settings) checkWeights(voters []voter) error {
	if !s.Secret || s.RareWeights {
		return nil
	}
	rare := rareWeights(voters, s.PublishFrom)
	if len(rare) == 0 {
		return nil
	}
	var named []string
	for _, r := range rare[:min(len(rare), mostRareNamed)] {
		named = append(named, strconv.FormatInt(r.Votes, 10)+" ("+strconv.Itoa(r.Voters)+")")
	}
	if len(rare) > mostRareNamed {
		named = append(named, "…")
	}
	var f errs.Fields
	f.Add("rare_weights", "poll.rare_weights", errs.Args{"Min": s.PublishFrom, "Weights": strings.Join(named, ", ")})
	return f.Err()
}

// knowsRareWeights is checkWeights for the edit of an open poll, which could become
// secret by it.
func (in NewPoll) knowsRareWeights(tx *store.Tx, open Poll) error {
	if open.State != access.PollOpen || !in.Secret || in.RareWeights {
		return nil
	}
	var weights []int64
	if err := tx.Table("poll_voters").Where("poll_id = ? AND removed_at IS NULL", open.ID).Pluck("weight", &weights).Error; err != nil {
		return fmt.Errorf("read the weights of poll %d: %w", open.ID, err)
	}
	voters := make([]voter, len(weights))
	for i, w := range weights {
		voters[i].weight = w
	}
	return in.checkWeights(voters)
}

// MyRareWeight is the actor's number of votes in an open secret poll, where so few
// have the same that it tells whose ballot it is on. Nil where that is not so.
func (p *Polls) MyRareWeight(ctx context.Context, who access.Actor, of Poll) (*RareWeight, error) {
	if !of.Secret || !of.Weighted || of.State != access.PollOpen || who.Person == 0 {
		return nil, nil
	}
	var rows []RareWeight
	err := p.db.Read(ctx).Raw(`SELECT v.weight AS votes, COUNT(*) AS voters FROM poll_voters AS v WHERE v.poll_id = @poll AND v.removed_at IS NULL
		AND v.weight = (SELECT m.weight FROM poll_voters AS m WHERE m.poll_id = @poll AND m.person_id = @me AND m.removed_at IS NULL) GROUP BY v.weight`,
		map[string]any{"poll": of.ID, "me": who.Person}).Scan(&rows).Error
	if err != nil {
		return nil, store.Translate(fmt.Errorf("look for rare weights in poll %d: %w", of.ID, err))
	}
	if len(rows) == 0 || rows[0].Voters >= of.PublishFrom || rows[0].Voters >= of.VoterCount {
		return nil, nil
	}
	return &rows[0], nil
}
