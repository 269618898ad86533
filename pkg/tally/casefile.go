package tally

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// caseFormat is what a ballot file says it is.
const caseFormat = "tally-case/1"

// CaseResult is what the ballots of a file come to. Result, as JSON, has the
// fields, shapes and number formats in which such files state what is expected.
type CaseResult struct {
	ID     string `json:"id"`
	Method string `json:"method"`
	Result any    `json:"result"`
}

// caseFile is a poll in the format tally-case/1. What only describes it (title,
// source, expected result) is not read.
type caseFile struct {
	Format     string            `json:"format"`
	ID         string            `json:"id"`
	Method     string            `json:"method"`
	Seats      int               `json:"seats"`
	Candidates []string          `json:"candidates"`
	Withdrawn  []int             `json:"withdrawn"`
	Options    json.RawMessage   `json:"options"`
	BallotType string            `json:"ballot_type"`
	Ballots    []json.RawMessage `json:"ballots"`
}

// CountCase reads one ballot file in the format tally-case/1 and counts it.
// Ballots that break the poll's rules are left out and named in the result;
// anything that is no ballot at all makes an error that says where it stands.
func CountCase(r io.Reader) (CaseResult, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return CaseResult{}, fmt.Errorf("read the ballot file: %w", err)
	}
	var c caseFile
	if err := json.Unmarshal(data, &c); err != nil {
		return CaseResult{}, fmt.Errorf("read the ballot file: %w", withLine(err, data))
	}
	if c.Format != caseFormat {
		return CaseResult{}, fmt.Errorf("the file's format is %q and not %q", c.Format, caseFormat)
	}
	count := caseCounter(c.Method)
	if count == nil {
		return CaseResult{}, fmt.Errorf("method %q cannot be counted; known methods: %s",
			c.Method, strings.Join(CaseMethods(), ", "))
	}
	result, err := count(c)
	if err != nil {
		return CaseResult{}, fmt.Errorf("case %q: %w", c.ID, err)
	}
	return CaseResult{ID: c.ID, Method: c.Method, Result: result}, nil
}

// CaseMethods lists the method names that ballot files may use. Plurality and
// approval are names of the method choice.
func CaseMethods() []string { return []string{"approval", "choice", "plurality", "proposal"} }

func caseCounter(method string) func(caseFile) (any, error) {
	switch method {
	case "approval", "choice", "plurality":
		return countChoiceCase
	case "proposal":
		return countProposalCase
	}
	return nil
}

// withLine adds the line to an error in the file's JSON, where the error knows it.
func withLine(err error, data []byte) error {
	offset := int64(-1)
	if e, ok := errors.AsType[*json.SyntaxError](err); ok {
		offset = e.Offset
	}
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		offset = e.Offset
	}
	if offset < 0 || offset > int64(len(data)) {
		return err
	}
	return fmt.Errorf("line %d: %w", 1+bytes.Count(data[:offset], []byte("\n")), err)
}

// settings decodes the options of the case. A setting that the method does not
// have is an error: to pass over it would be to count by another rule.
func (c caseFile) settings(into any) error {
	if len(c.Options) == 0 {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(c.Options))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("options: %w", err)
	}
	return nil
}

// ballots reads the lines [count, ballot], with the choice or the list of
// choices that the ballot type asks for.
func (c caseFile) ballots() ([]Ballot, error) {
	if c.BallotType != "choice" && c.BallotType != "approval" {
		return nil, fmt.Errorf("ballot_type %q does not go with method %s", c.BallotType, c.Method)
	}
	ballots := make([]Ballot, len(c.Ballots))
	for i, line := range c.Ballots {
		b, err := readBallot(line, c.BallotType == "choice")
		if err == nil {
			err = c.checkKnown(b)
		}
		if err != nil {
			return nil, fmt.Errorf("ballots[%d]: %w", i, err)
		}
		ballots[i] = b
	}
	return ballots, nil
}

func readBallot(line json.RawMessage, single bool) (Ballot, error) {
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
	if single {
		b.Choices = []int{0}
		if err := decodeNumber(parts[1], &b.Choices[0]); err != nil {
			return Ballot{}, fmt.Errorf("ballot: %w", err)
		}
		return b, nil
	}
	var choices []json.RawMessage
	if err := json.Unmarshal(parts[1], &choices); err != nil || choices == nil {
		return Ballot{}, errors.New("ballot: is not a list of options")
	}
	b.Choices = make([]int, len(choices))
	for i, choice := range choices {
		if err := decodeNumber(choice, &b.Choices[i]); err != nil {
			return Ballot{}, fmt.Errorf("ballot: %w", err)
		}
	}
	return b, nil
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
	for _, option := range b.Choices {
		if option < 0 || option >= len(c.Candidates) {
			return fmt.Errorf("option %d is not one of the %d candidates", option, len(c.Candidates))
		}
	}
	return nil
}

// standing lists the options that are not withdrawn.
func (c caseFile) standing() ([]int, error) {
	for _, w := range c.Withdrawn {
		if w < 0 || w >= len(c.Candidates) {
			return nil, fmt.Errorf("withdrawn: option %d is not one of the %d candidates", w, len(c.Candidates))
		}
	}
	var options []int
	for i := range c.Candidates {
		if !slices.Contains(c.Withdrawn, i) {
			options = append(options, i)
		}
	}
	return options, nil
}
