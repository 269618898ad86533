package api

import (
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/tally"
)

// readable gives the handlers the values of the path without escapes, and
// refuses what no database can look for: what is not UTF-8, or holds a zero. In
// the path that leads nowhere, in the query it is the value's fault.
func readable(next edge.Handler) edge.Handler {
	return func(c edge.Ctx) error {
		values := c.ParamValues()
		for i, value := range values {
			if c.Request().URL.RawPath != "" { // then the router has matched the escaped path
				if plain, err := url.PathUnescape(value); err == nil {
					value = plain
				}
			}
			if !searchable(value) {
				return errs.New(errs.NotFound, "error.not_found")
			}
			values[i] = value
		}
		c.SetParamValues(values...)
		var f errs.Fields
		for name, all := range c.QueryParams() {
			if !searchable(name + strings.Join(all, "")) {
				f.Add(strings.ToValidUTF8(name, ""), "field.not_utf8")
			}
		}
		if err := f.Err(); err != nil {
			return err
		}
		return next(c)
	}
}

func searchable(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

// optional reads the body where there is one, and is the zero value otherwise.
func optional[T any](c edge.Ctx) (T, error) {
	if c.Request().ContentLength == 0 {
		var none T
		return none, nil
	}
	return read[T](c)
}

// read reads the body, which has to be an object.
func read[T any](c edge.Ctx) (T, error) {
	in, err := edge.JSON[*T](c)
	if err == nil && in == nil {
		err = edge.Malformed("the body is null")
	}
	if err != nil {
		var none T
		return none, err
	}
	return *in, nil
}

// instant is a time in a body. A value that is none is kept as such, so that
// the answer can name the field.
type instant struct {
	time.Time
	wrong bool
}

// UnmarshalJSON reads RFC 3339.
func (i *instant) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		return nil
	}
	i.wrong = json.Unmarshal(data, &i.Time) != nil
	return nil
}

// value gives the instant, and complains under name where it is none.
func (i instant) value(f *errs.Fields, name string) time.Time {
	if i.wrong {
		f.Add(name, "field.instant")
	}
	return i.Time
}

// fraction is a part of a whole in a body: "2/3", "0.75" or 0.75.
type fraction struct {
	tally.Fraction
	wrong bool
}

// UnmarshalJSON reads a fraction, a decimal or a number.
func (n *fraction) UnmarshalJSON(data []byte) error {
	n.wrong = n.Fraction.UnmarshalJSON(data) != nil
	n.wrong = n.wrong || n.Num < 0
	return nil
}

// value gives the fraction, and complains under name where it is none.
func (n fraction) value(f *errs.Fields, name string) tally.Fraction {
	if n.wrong {
		f.Add(name, "field.fraction")
		return tally.Fraction{}
	}
	return n.Fraction
}

// percent is the fraction divided by a hundred.
func (n fraction) percent(f *errs.Fields, name string) tally.Fraction {
	const finest = 1_000_000 // a millionth of a per cent is finer than any electorate
	if n.Den > finest {
		n.wrong = true
	}
	v := n.value(f, name)
	return tally.Fraction{Num: v.Num, Den: 100 * v.Den}
}

// choice is what a ballot names: the id of an option, or in a proposal its key.
type choice struct {
	id    int64
	key   string
	wrong bool
}

// UnmarshalJSON reads a whole number or a string.
func (o *choice) UnmarshalJSON(data []byte) error {
	if data[0] == '"' {
		return json.Unmarshal(data, &o.key)
	}
	o.wrong = string(data) == "null" || json.Unmarshal(data, &o.id) != nil
	return nil
}

// renamed gives a complaint the name that the field has in the body.
func renamed(err error, from, to string) error {
	if e, ok := errors.AsType[*errs.Error](err); ok {
		if text, found := e.Fields[from]; found {
			delete(e.Fields, from)
			e.Fields.Add(to, text.Code, text.Args)
		}
	}
	return err
}
