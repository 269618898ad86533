package tally_test

import (
	"encoding/json"
	"math"
	"math/big"
	"strings"
	"testing"

	"plenary/pkg/tally"
)

func TestAFractionReadsAndWritesExactly(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ in, json, words string }{
		{`"2/3"`, `"2/3"`, "2/3"},
		{`"4/6"`, `"2/3"`, "2/3"},
		{`"1/2"`, `"0.5"`, "50%"},
		{`"0.50"`, `"0.5"`, "50%"},
		{`0.5`, `"0.5"`, "50%"},
		{`"66.67"`, `"66.67"`, "6667%"},
		{`"0.6667"`, `"0.6667"`, "66.67%"},
		{`"0.66667"`, `"0.66667"`, "66667/100000"},
		{`1`, `1`, "100%"},
		{`"1"`, `1`, "100%"},
		{`"6/3"`, `2`, "200%"},
		{`0`, `0`, "0%"},
		{`"0/7"`, `0`, "0%"},
		{`"010/3"`, `"10/3"`, "10/3"},
		{`"1/64"`, `"0.015625"`, "1/64"},
		{`"5/7"`, `"5/7"`, "5/7"},
		{`"9223372036854775807/2"`, `"4611686018427387903.5"`, "461168601842738790350%"},
	} {
		var f tally.Fraction
		if err := json.Unmarshal([]byte(tc.in), &f); err != nil {
			t.Errorf("%s: %v", tc.in, err)
			continue
		}
		got, err := json.Marshal(f)
		if err != nil || string(got) != tc.json {
			t.Errorf("%s is written %s (%v), want %s", tc.in, got, err, tc.json)
		}
		if got := f.Words(); got != tc.words {
			t.Errorf("%s in words is %q, want %q", tc.in, got, tc.words)
		}
	}
}

func TestAFractionThatIsNotSetIsNull(t *testing.T) {
	t.Parallel()
	f := tally.Percent(5)
	if err := json.Unmarshal([]byte("null"), &f); err != nil || f.Set() {
		t.Fatalf("null became %v (%v)", f, err)
	}
	if got, err := json.Marshal(f); err != nil || string(got) != "null" || f.String() != "" {
		t.Errorf("written as %s and %q (%v)", got, f.String(), err)
	}
}

func TestWhatIsNoFractionIsRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "/", "1/", "/2", "1/0", "1/2/3", "-1/2", "1/-2", "+1", " 1", "1 ", "1.", ".5", "1.2.3", "1/2.5",
		"0x10", "1_000", "1e3", "NaN", "Inf", "½", "50%", "9223372036854775808", "0.1234567890123456789", strings.Repeat("9", 1<<20)} {
		if f, err := tally.ParseFraction(text); err == nil {
			t.Errorf("%.40q was read as %v", text, f)
		} else if len(err.Error()) > 200 {
			t.Errorf("the complaint about %.10q… is %d bytes long", text, len(err.Error()))
		}
	}
	for _, text := range []string{`true`, `[]`, `{}`, `1e3`, `-1`, `"½"`, `"\u0031"`} {
		var f tally.Fraction
		if err := json.Unmarshal([]byte(text), &f); err == nil {
			t.Errorf("JSON %s was read as %v", text, f)
		}
	}
}

func TestWholePercentIsCutDown(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		f    tally.Fraction
		want int
	}{
		{tally.Fraction{Num: 5, Den: 7}, 71}, {tally.Fraction{Num: 4998, Den: 10000}, 49}, {tally.Percent(50), 50},
		{tally.Fraction{Num: 999999999, Den: 1000000000}, 99}, {tally.Fraction{}, 0},
		{tally.Fraction{Num: math.MaxInt64 - 1, Den: math.MaxInt64}, 99},
	} {
		if got := tc.f.WholePercent(); got != tc.want {
			t.Errorf("%v is %d%%, want %d%%", tc.f, got, tc.want)
		}
	}
}

func FuzzParseFractionKeepsTheValue(f *testing.F) {
	for _, seed := range []string{"2/3", "0.75", "1", "010/3", "1e9", "9223372036854775807/9223372036854775807"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := tally.ParseFraction(text)
		if err != nil {
			return
		}
		if got.Num < 0 || got.Den < 1 {
			t.Fatalf("%q gives %v", text, got)
		}
		again, err := tally.ParseFraction(got.String())
		if err != nil {
			return // lowest terms as a decimal can have more digits than are read
		}
		if big.NewRat(got.Num, got.Den).Cmp(big.NewRat(again.Num, again.Den)) != 0 {
			t.Fatalf("%q gives %v, written %s, read as %v", text, got, got, again)
		}
	})
}
