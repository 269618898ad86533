package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"

	"plenary/pkg/ballotfile"
	"plenary/pkg/errs"
	"plenary/pkg/i18n"
	"plenary/pkg/ledger"
	"plenary/pkg/tally"
)

type recountCommand struct {
	File string `arg:"" help:"Export of a poll; also a tally-case/1, BLT, ABIF or CSV file of ballots; - for standard input."`
}

// errUnproven ends the command after its findings were printed.
var errUnproven = errors.New("not everything holds; see the findings above")

// Run prints what was found, one finding a line.
func (c *recountCommand) Run(t *tools) error {
	data, err := readInput(c.File, t.in)
	if err != nil {
		return err
	}
	bundle, err := i18n.Load()
	if err != nil {
		return err
	}
	p := &printer{tools: t, words: bundle.Localizer("en")}
	if err := p.recount(data); err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	if p.failed {
		return errUnproven
	}
	return nil
}

// printer puts findings into words.
type printer struct {
	*tools
	words  *i18n.Localizer
	failed bool
}

func (p *printer) recount(data []byte) error {
	if isBallotFile(data) {
		return p.ballots(data)
	}
	var kind struct {
		Format string `json:"format"`
	}
	if err := json.Unmarshal(data, &kind); err == nil && strings.HasPrefix(kind.Format, "tally-case/") {
		return p.asCase(data)
	}
	b, err := ledger.ReadBundle(data)
	if err != nil {
		return err
	}
	report := ledger.Verify(b)
	for _, f := range report.Findings {
		p.line(f.Status, p.words.T(f.Code, f.Args))
	}
	p.others(report.Others)
	return nil
}

func (p *printer) line(s ledger.Status, text string) {
	p.failed = p.failed || s == ledger.Fails
	fmt.Fprintln(p.out, p.words.T("verify.line", errs.Args{"Status": p.words.T("verify.status."+string(s), nil), "Text": text}))
}

func (p *printer) others(all []ledger.Other) {
	for _, o := range all {
		args := errs.Args{"Method": p.words.T("tally.method."+string(o.Method), nil), "Winners": strings.Join(o.Winners, ", ")}
		if len(o.Winners) == 0 {
			fmt.Fprintln(p.out, p.words.T("verify.other_none", args))
			continue
		}
		fmt.Fprintln(p.out, p.words.T("verify.other", args))
	}
}

// ballots counts a file that claims no result, by every method that takes it.
func (p *printer) ballots(data []byte) error {
	file, err := ballotfile.Read(data)
	if err != nil {
		return err
	}
	all := ledger.WinnersBy(file.Contest(file.Usual()), file.Options, file.Ballots)
	if len(all) == 0 {
		return fmt.Errorf("the file claims no result, and its ballots cannot be counted by several methods; count it with: plenary tally --method %s", file.Usual())
	}
	p.others(all)
	return nil
}

// asCase counts a file that says what is expected, and compares field by field.
func (p *printer) asCase(data []byte) error {
	result, err := tally.CountCase(bytes.NewReader(data))
	if err != nil {
		return err
	}
	counted, err := json.Marshal(result.Result)
	if err != nil {
		return err
	}
	got := map[string]any{}
	var want struct {
		Expected map[string]any `json:"expected"`
	}
	if err := exactJSON(counted, &got); err != nil {
		return err
	}
	if err := exactJSON(data, &want); err != nil {
		return err
	}
	_, rounded := want.Expected[tolerance]
	delete(want.Expected, tolerance)
	for _, field := range slices.Sorted(maps.Keys(want.Expected)) {
		status := ledger.Fails
		if _, counted := got[field]; !counted {
			status = ledger.Open
		} else if same(unordered(field, want.Expected[field]), unordered(field, got[field]), rounded) {
			status = ledger.Holds
		}
		p.line(status, p.words.T("verify.expected", errs.Args{"Field": field, "Name": result.ID}))
	}
	return nil
}

// exactJSON keeps numbers as they are written.
func exactJSON(data []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	return d.Decode(into)
}

// tolerance is what a case says of figures that were published rounded.
const tolerance = "tolerance"

// same compares numbers by their value, however they are written, and all else as
// it is. Rounded ones may differ by one in the last decimal that is expected.
func same(want, got any, rounded bool) bool {
	switch want := want.(type) {
	case []any:
		got, ok := got.([]any)
		return ok && slices.EqualFunc(want, got, func(a, b any) bool { return same(a, b, rounded) })
	case map[string]any:
		got, ok := got.(map[string]any)
		return ok && maps.EqualFunc(want, got, func(a, b any) bool { return same(a, b, rounded) })
	}
	a, b := numberIn(want), numberIn(got)
	if a == nil || b == nil {
		return want == got
	}
	most := new(big.Rat)
	if _, decimals, found := strings.Cut(fmt.Sprint(want), "."); rounded && found {
		most.SetString("1/1" + strings.Repeat("0", len(decimals)))
	}
	difference := a.Sub(a, b)
	return difference.Abs(difference).Cmp(most) <= 0
}

// numberIn is the value of a number or of a text that is one; nil where there is
// none. Exponents, which could be of any size, are no part of the format.
func numberIn(value any) *big.Rat {
	text := fmt.Sprint(value)
	if strings.Trim(text, "-0123456789./") != "" {
		return nil
	}
	if r, ok := new(big.Rat).SetString(text); ok {
		return r
	}
	return nil
}

// unordered sorts the two lists whose order means nothing.
func unordered(field string, value any) any {
	list, ok := value.([]any)
	if !ok || field != "winners" && field != "tied_for_last_seats" {
		return value
	}
	return slices.SortedFunc(slices.Values(list), func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
}
