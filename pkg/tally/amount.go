package tally

import (
	"encoding/json"
	"fmt"
	"math/bits"
	"strconv"
	"strings"
)

// Amount is an exact number of votes with a fixed number of decimals, as the
// transfers of STV make them: 203398080 units of 5 decimals are 2033.98080. As
// JSON it is an integer where it has no decimals, and otherwise a string with
// all of them.
type Amount struct {
	Units    int64 // from 0
	Decimals int   // from 0 to 18
}

// Whole is a number of votes without decimals.
func Whole(votes int64) Amount { return Amount{Units: votes} }

// String is the value with all its decimals.
func (a Amount) String() string {
	digits := strconv.FormatInt(a.Units, 10)
	if a.Decimals == 0 {
		return digits
	}
	sign := ""
	if digits[0] == '-' {
		sign, digits = "-", digits[1:]
	}
	if pad := a.Decimals + 1 - len(digits); pad > 0 {
		digits = strings.Repeat("0", pad) + digits
	}
	point := len(digits) - a.Decimals
	return sign + digits[:point] + "." + digits[point:]
}

// MarshalJSON implements json.Marshaler.
func (a Amount) MarshalJSON() ([]byte, error) {
	if a.Decimals == 0 {
		return []byte(a.String()), nil
	}
	return json.Marshal(a.String())
}

// UnmarshalJSON implements json.Unmarshaler. It reads what MarshalJSON writes.
func (a *Amount) UnmarshalJSON(data []byte) error {
	text := string(data)
	if strings.HasPrefix(text, `"`) {
		if err := json.Unmarshal(data, &text); err != nil {
			return err
		}
	}
	whole, decimals, _ := strings.Cut(text, ".")
	units, err := strconv.ParseInt(whole+decimals, 10, 64)
	if err != nil || len(decimals) > 18 {
		return fmt.Errorf("%.40q is not a number of votes", text)
	}
	*a = Amount{units, len(decimals)}
	return nil
}

// said is the number of votes for a sentence: with no more than two decimals, the
// rest cut off. The table of rounds has them all.
func (a Amount) said() any {
	const most = 2
	whole := a.Units / power(a.Decimals)
	part := a.Units % power(a.Decimals)
	if a.Decimals > most {
		part /= power(a.Decimals - most)
	}
	if part == 0 {
		return whole
	}
	text := Amount{part, min(a.Decimals, most)}.String()
	for text[len(text)-1] == '0' {
		text = text[:len(text)-1]
	}
	return strconv.FormatInt(whole, 10) + text[1:]
}

// power is 10 to the number of decimals.
func power(decimals int) int64 {
	one := int64(1)
	for range decimals {
		one *= 10
	}
	return one
}

// mulDiv is a × b / c, cut. The result has to fit, as it does for b up to c.
func mulDiv(a, b, c int64) int64 {
	high, low := bits.Mul64(uint64(a), uint64(b))
	quotient, _ := bits.Div64(high, low, uint64(c))
	return int64(quotient)
}

// mulDivUp is a × b / c, rounded up. The result has to fit.
func mulDivUp(a, b, c int64) int64 {
	high, low := bits.Mul64(uint64(a), uint64(b))
	quotient, rest := bits.Div64(high, low, uint64(c))
	if rest > 0 {
		quotient++
	}
	return int64(quotient)
}
