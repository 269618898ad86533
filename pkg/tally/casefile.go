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
	Tallies    [][]int64         `json:"tallies"` // votes by option and grade, worst grade first
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
func CaseMethods() []string {
	return []string{
		"approval",
		"choice",
		"copeland",
		"irv",
		"minimax",
		"plurality",
		"proposal",
		"ranked_pairs",
		"schulze",
		"stv_meek",
		"stv_scottish",
		"stv_wigm",
	}
}

func caseCounter(method string) func(caseFile) (any, error) {
	switch method {
	case "approval", "choice", "plurality":
		return countChoiceCase
	case "proposal":
		return countProposalCase
	case "irv":
		return countRunoffCase
	case "copeland", "minimax", "ranked_pairs", "schulze":
		return countDuelCase
	case "stv_meek", "stv_scottish", "stv_wigm":
		return countSTVCase
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
