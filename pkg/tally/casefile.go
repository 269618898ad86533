package tally

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
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
	count := caseCounters()[c.Method]
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

// CaseMethods lists the method names that ballot files may use. Plurality is a
// name of the method choice; sortition, the draw of RFC 3797, is no method of a
// poll.
func CaseMethods() []string {
	return slices.Sorted(maps.Keys(caseCounters()))
}

func caseCounters() map[string]func(caseFile) (any, error) {
	return map[string]func(caseFile) (any, error){
		"approval":          countApprovalCase,
		"borda":             countBordaCase,
		"choice":            countChoiceCase,
		"copeland":          countDuelCase,
		"dot_vote":          countDotsCase,
		"draw":              countDrawCase,
		"irv":               countRunoffCase,
		"majority_judgment": countGradesCase,
		"minimax":           countDuelCase,
		"opt_in":            countOptInCase,
		"plurality":         countChoiceCase,
		"proposal":          countProposalCase,
		"quadratic":         countQuadraticCase,
		"ranked_pairs":      countDuelCase,
		"schulze":           countDuelCase,
		"score":             countScoreCase,
		"sortition":         countSortitionCase,
		"star":              countStarCase,
		"stv_meek":          countSTVCase,
		"stv_scottish":      countSTVCase,
		"stv_wigm":          countSTVCase,
		"time_poll":         countTimeCase,
	}
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

// contest is the poll of the file. The file's seats and withdrawn options are
// those of every method.
func (c caseFile) contest(rules Rules, lots lotScript) Contest {
	rules.Seats = c.Seats
	return Contest{Rules: rules, Options: len(c.Candidates), Withdrawn: c.Withdrawn, Lots: lots.lots()}
}

// count reads the ballots, takes the withdrawn options off them and counts what
// is left by the rules.
func (c caseFile) count(rules Rules, lots lotScript, types ...string) (Result, error) {
	ballots, err := c.ballots(types...)
	if err != nil {
		return Result{}, err
	}
	if err := c.strike(ballots); err != nil {
		return Result{}, err
	}
	r, err := c.contest(rules, lots).Count(slices.Values(ballots))
	if err != nil {
		return Result{}, fmt.Errorf("rules: %w", err)
	}
	return r, nil
}

// strike takes the withdrawn options off the ballots before the rules judge them.
func (c caseFile) strike(ballots []Ballot) error {
	if len(c.Withdrawn) == 0 {
		return nil
	}
	out := make([]bool, len(c.Candidates))
	for _, w := range c.Withdrawn {
		if w < 0 || w >= len(out) {
			return fmt.Errorf("withdrawn: option %d is not one of the %d candidates", w, len(out))
		}
		out[w] = true
	}
	for i := range ballots {
		ballots[i] = ballots[i].without(out)
	}
	return nil
}

// oneOf refuses a setting that says in words what this package does otherwise.
// Nothing said means the first.
func oneOf(name, value string, known ...string) error {
	if value != "" && !slices.Contains(known, value) {
		return fmt.Errorf("options: %s %q is not one of: %s", name, value, strings.Join(known, "; "))
	}
	return nil
}
