package tally

import (
	"errors"
	"fmt"
	"slices"
)

// proposalSettings are the options of a proposal's ballot file.
type proposalSettings struct {
	Quorum        Fraction `json:"quorum"`
	Threshold     Fraction `json:"threshold"`
	ShareOf       Basis    `json:"share_of"`
	Compare       string   `json:"compare"` // gt: more than; gte or nothing: at least
	BlocksAllowed int      `json:"blocks_allowed"`
	Eligible      *int64   `json:"eligible"`
}

// proposalExpected is a proposal's result as ballot files state it.
type proposalExpected struct {
	Counts        []int64   `json:"counts"`
	NotVoted      int64     `json:"not_voted"`
	Cast          int64     `json:"cast"`
	Participation *Fraction `json:"participation"`
	AgreeShare    *Fraction `json:"agree_share"`
	QuorumMet     bool      `json:"quorum_met"`
	Outcome       Status    `json:"outcome"`
}

func countProposalCase(c caseFile) (any, error) {
	var in proposalSettings
	if err := c.settings(&in); err != nil {
		return nil, err
	}
	if in.Compare != "" && in.Compare != "gt" && in.Compare != "gte" {
		return nil, fmt.Errorf("options: compare %q is neither gt nor gte", in.Compare)
	}
	if in.Eligible == nil {
		return nil, errors.New("options: eligible, the number of voters, is missing")
	}
	if len(c.Withdrawn) > 0 {
		return nil, errors.New("withdrawn: the answers of a proposal cannot be withdrawn")
	}
	ballots, err := c.ballots(caseChoice)
	if err != nil {
		return nil, err
	}
	rules := Rules{Method: Proposal, Quorum: in.Quorum, Threshold: in.Threshold, Basis: in.ShareOf,
		Over: in.Compare == "gt", BlocksAllowed: in.BlocksAllowed}
	r, err := Count(rules, len(c.Candidates), *in.Eligible, slices.Values(ballots))
	if err != nil {
		return nil, fmt.Errorf("rules: %w", err)
	}
	if r.Turnout.Cast > r.Turnout.Eligible {
		return nil, fmt.Errorf("%d votes cast by %d eligible voters", r.Turnout.Cast, r.Turnout.Eligible)
	}
	return proposalAsExpected(r), nil
}

func proposalAsExpected(r Result) proposalExpected {
	out := proposalExpected{
		NotVoted:      r.Turnout.NotVoted,
		Cast:          r.Turnout.Cast,
		Participation: share(r.Turnout.Cast, r.Turnout.Eligible),
		AgreeShare:    r.Decision.Share,
		QuorumMet:     r.Turnout.QuorumMet(),
		Outcome:       r.Status,
	}
	for _, row := range r.Options {
		out.Counts = append(out.Counts, row.Votes)
	}
	return out
}
