package tally

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// The ways in which a ballot file writes its ballots. Tallies of grades stand in
// a field of their own (see caseFile.Tallies).
const (
	caseChoice     = "choice"      // the number of the one option chosen
	caseApproval   = "approval"    // a list of the options chosen
	caseRanked     = "ranked"      // options from best to least; those in a list inside are equal
	caseScore      = "score"       // a number or null for each option
	caseGradeTally = "grade_tally" // no ballots, but votes by option and grade
	caseNone       = "none"        // no ballots
)

// ballots reads the lines [count, ballot]. The ballot type of the file has to be
// one of those that the method can count.
func (c caseFile) ballots(types ...string) ([]Ballot, error) {
	if !slices.Contains(types, c.BallotType) {
		return nil, fmt.Errorf("ballot_type %q does not go with method %s", c.BallotType, c.Method)
	}
	ballots := make([]Ballot, len(c.Ballots))
	for i, line := range c.Ballots {
		b, err := c.readBallot(line)
		if err != nil {
			return nil, fmt.Errorf("ballots[%d]: %w", i, err)
		}
		ballots[i] = b
	}
	return ballots, nil
}

func (c caseFile) readBallot(line json.RawMessage) (Ballot, error) {
	var parts []json.RawMessage
	if err := json.Unmarshal(line, &parts); err != nil || len(parts) != 2 {
		return Ballot{}, errors.New("is not a pair [count, ballot]")
	}
	var b Ballot
	if err := decodeNumber(parts[0], &b.Weight); err != nil {
		return Ballot{}, fmt.Errorf("count: %w", err)
	}
	if !b.weighs() {
		return Ballot{}, fmt.Errorf("count: %d is not between 1 and %d", b.Weight, MaxWeight)
	}
	if err := c.readMarks(parts[1], &b); err != nil {
		return Ballot{}, fmt.Errorf("ballot: %w", err)
	}
	return b, c.checkKnown(b)
}

// readMarks fills the field of the ballot that the ballot type means.
func (c caseFile) readMarks(data json.RawMessage, b *Ballot) (err error) {
	switch c.BallotType {
	case caseChoice:
		b.Choices = []int{0}
		return decodeNumber(data, &b.Choices[0])
	case caseApproval:
		b.Choices, err = readList(data, readOption)
	case caseRanked:
		b.Ranks, err = readList(data, readLevel)
	case caseScore:
		b.Scores, err = readList(data, readScore)
		if err == nil && len(b.Scores) != len(c.Candidates) {
			err = fmt.Errorf("has %d numbers for %d candidates", len(b.Scores), len(c.Candidates))
		}
	default:
		err = fmt.Errorf("ballot_type %q has no ballots", c.BallotType)
	}
	return err
}

func readList[T any](data json.RawMessage, read func(json.RawMessage) (T, error)) ([]T, error) {
	var entries []json.RawMessage
	if err := json.Unmarshal(data, &entries); err != nil || entries == nil {
		return nil, errors.New("is not a list")
	}
	list := make([]T, len(entries))
	for i, entry := range entries {
		var err error
		if list[i], err = read(entry); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func readOption(data json.RawMessage) (option int, err error) {
	return option, decodeNumber(data, &option)
}

// readLevel reads one option, or the list of those that are equal.
func readLevel(data json.RawMessage) ([]int, error) {
	if len(data) > 0 && data[0] == '[' {
		return readList(data, readOption)
	}
	option, err := readOption(data)
	return []int{option}, err
}

func readScore(data json.RawMessage) (score int, err error) {
	if string(data) == "null" {
		return NoScore, nil
	}
	if err := decodeNumber(data, &score); err != nil {
		return 0, err
	}
	if score == NoScore {
		return 0, fmt.Errorf("%d is no score", score)
	}
	return score, nil
}

// decodeNumber refuses null, which encoding/json would pass over.
func decodeNumber(data json.RawMessage, into any) error {
	if string(data) == "null" {
		return errors.New("null where a number is needed")
	}
	return json.Unmarshal(data, into)
}

// checkKnown finds options that the case does not have.
func (c caseFile) checkKnown(b Ballot) error {
	for _, options := range append(b.Ranks[:len(b.Ranks):len(b.Ranks)], b.Choices) {
		for _, option := range options {
			if option < 0 || option >= len(c.Candidates) {
				return fmt.Errorf("option %d is not one of the %d candidates", option, len(c.Candidates))
			}
		}
	}
	return nil
}
