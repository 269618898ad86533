package tally

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
)

// Fraction is an exact part of a whole, such as 2/3 of those who took a side.
// The zero value is not a number but means "not set". As JSON it is an integer
// where it is whole, a string with a decimal where that is exact ("0.75"), and
// a string with a fraction in lowest terms otherwise ("2/3").
type Fraction struct {
	Num int64 // from 0; points of an option can be below
	Den int64 // from 1; 0 in the zero value
}

// Percent is n hundredths.
func Percent(n int64) Fraction { return Fraction{n, 100} }

// share is votes out of a whole in lowest terms, and nil where there is no whole.
func share(votes, of int64) *Fraction {
	if of == 0 {
		return nil
	}
	r := big.NewRat(votes, of)
	return &Fraction{r.Num().Int64(), r.Denom().Int64()}
}

// ParseFraction reads "2/3", "0.75" or "1", without sign, space or exponent.
func ParseFraction(text string) (Fraction, error) {
	num, den, split := strings.Cut(text, "/")
	if split {
		return fractionOf(text, num, den)
	}
	whole, decimals, split := strings.Cut(text, ".")
	if !split {
		return fractionOf(text, whole, "1")
	}
	if whole == "" || decimals == "" {
		return Fraction{}, notAFraction(text)
	}
	return fractionOf(text, whole+decimals, "1"+strings.Repeat("0", len(decimals)))
}

func fractionOf(text, num, den string) (Fraction, error) {
	n, err := strconv.ParseUint(num, 10, 63)
	if err != nil {
		return Fraction{}, notAFraction(text)
	}
	d, err := strconv.ParseUint(den, 10, 63)
	if err != nil || d == 0 {
		return Fraction{}, notAFraction(text)
	}
	return Fraction{int64(n), int64(d)}, nil
}

func notAFraction(text string) error {
	const enough = 40 // the text may come from anybody, and be long
	if len(text) > enough {
		text = text[:enough] + "…"
	}
	return fmt.Errorf("%q is not a fraction such as 2/3, 0.75 or 1", text)
}

// Set reports whether f is a number at all.
func (f Fraction) Set() bool { return f.Den != 0 }

// String is the value as in JSON, without quotes, and "" where it is not set.
func (f Fraction) String() string {
	if !f.Set() {
		return ""
	}
	r := f.rat()
	if digits, exact := r.FloatPrec(); exact {
		return r.FloatString(digits)
	}
	return r.String()
}

// Words is the value for a sentence: as per cent where that needs at most two
// decimals ("50%", "2.5%"), otherwise as a fraction ("2/3").
func (f Fraction) Words() string {
	hundredths := f.times(100)
	if digits, exact := hundredths.FloatPrec(); exact && digits <= 2 {
		return hundredths.FloatString(digits) + "%"
	}
	return f.rat().String()
}

// WholePercent is the value in per cent, cut down and never rounded: 5/7 is 71,
// and 199/200 is 99, which is not everybody.
func (f Fraction) WholePercent() int {
	p := f.times(100)
	return int(new(big.Int).Quo(p.Num(), p.Denom()).Int64())
}

// MarshalJSON writes the value as said at Fraction; null where it is not set.
func (f Fraction) MarshalJSON() ([]byte, error) {
	switch {
	case !f.Set():
		return []byte("null"), nil
	case f.rat().IsInt():
		return []byte(f.String()), nil
	}
	return strconv.AppendQuote(nil, f.String()), nil
}

// UnmarshalJSON reads what ParseFraction reads, as a string or as a number; the
// number is taken by its digits and does not pass through floating point.
func (f *Fraction) UnmarshalJSON(data []byte) error {
	text := string(data)
	if text == "null" {
		*f = Fraction{}
		return nil
	}
	if unquoted, found := strings.CutPrefix(text, `"`); found {
		text = strings.TrimSuffix(unquoted, `"`)
	}
	parsed, err := ParseFraction(text)
	if err != nil {
		return err
	}
	*f = parsed
	return nil
}

// rat is the exact value, 0 where none is set.
func (f Fraction) rat() *big.Rat {
	if !f.Set() {
		return new(big.Rat)
	}
	return big.NewRat(f.Num, f.Den)
}

func (f Fraction) times(n int64) *big.Rat {
	return new(big.Rat).Mul(f.rat(), big.NewRat(n, 1))
}

// within reports whether f is a proper number from low to high.
func (f Fraction) within(low, high int64) bool {
	if f.Den <= 0 {
		return false
	}
	r := f.rat()
	return r.Cmp(big.NewRat(low, 1)) >= 0 && r.Cmp(big.NewRat(high, 1)) <= 0
}

// needed is the least number of votes out of the whole that is at least f, or,
// with over, more than f.
func (f Fraction) needed(of int64, over bool) int64 {
	exact := f.times(of)
	n := new(big.Int).Quo(exact.Num(), exact.Denom()).Int64()
	if over || !exact.IsInt() {
		n++
	}
	return n
}

// atMost is the greatest number of votes out of the whole that is at most f.
func (f Fraction) atMost(of int64) int64 {
	exact := f.times(of)
	return new(big.Int).Quo(exact.Num(), exact.Denom()).Int64()
}
