package ledger

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Canonical is the one sequence of bytes that stands for a value when it is
// hashed or signed: JSON in UTF-8 without white space, the keys of objects
// ascending by their bytes, numbers only whole and within 64 bits, and in texts
// only what must be escaped: \" \\ \b \f \n \r \t, and \u00xx with small letters
// for other characters below a space. Where keys are ASCII and numbers stay
// within 53 bits this is also the form of RFC 8785.
//
// The value is what encoding/json makes of v. A number with a fraction or an
// exponent is an error.
func Canonical(v any) ([]byte, error) {
	var plain bytes.Buffer
	e := json.NewEncoder(&plain)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("canonical form: %w", err)
	}
	d := json.NewDecoder(&plain)
	d.UseNumber()
	var tree any
	if err := d.Decode(&tree); err != nil {
		return nil, fmt.Errorf("canonical form: %w", err)
	}
	return appendTree(nil, tree)
}

func appendTree(out []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(out, "null"...), nil
	case bool:
		return strconv.AppendBool(out, v), nil
	case string:
		return appendText(out, v), nil
	case json.Number:
		if _, ok := whole(string(v)); !ok {
			return nil, fmt.Errorf("canonical form: %.40s is not a whole number of 64 bits", v)
		}
		return append(out, v...), nil
	case []any:
		return appendArray(out, v)
	case map[string]any:
		return appendObject(out, v)
	}
	return nil, fmt.Errorf("canonical form: %T is no JSON", v)
}

func appendArray(out []byte, items []any) ([]byte, error) {
	out = append(out, '[')
	for i, item := range items {
		var err error
		if out, err = appendTree(appendComma(out, i), item); err != nil {
			return nil, err
		}
	}
	return append(out, ']'), nil
}

func appendObject(out []byte, members map[string]any) ([]byte, error) {
	out = append(out, '{')
	for i, key := range slices.Sorted(maps.Keys(members)) {
		var err error
		out = append(appendText(appendComma(out, i), key), ':')
		if out, err = appendTree(out, members[key]); err != nil {
			return nil, err
		}
	}
	return append(out, '}'), nil
}

func appendText(out []byte, text string) []byte {
	out = append(out, '"')
	for i := range len(text) {
		c := text[i]
		if escape := escapes[c]; escape != 0 {
			out = append(out, '\\', escape)
		} else if c < ' ' {
			out = fmt.Appendf(out, `\u%04x`, c)
		} else {
			out = append(out, c)
		}
	}
	return append(out, '"')
}

// escapes are the characters that are escaped by one letter.
var escapes = [256]byte{'"': '"', '\\': '\\', '\b': 'b', '\f': 'f', '\n': 'n', '\r': 'r', '\t': 't'}

// IsCanonical reports whether data is one value in canonical form.
func IsCanonical(data []byte) bool {
	c := checker{data: data}
	return c.whole()
}

func (c *checker) whole() bool {
	return c.value(0) && c.at == len(c.data) && utf8.Valid(c.data)
}

// deepest is how far values may be nested.
const deepest = 100

// checker goes through canonical JSON once, without building anything.
type checker struct {
	data []byte
	at   int
	kind []byte // as it is written, where the value is an object with a member "kind"
}

func (c *checker) next() byte {
	if c.at < len(c.data) {
		return c.data[c.at]
	}
	return 0
}

func (c *checker) take(b byte) bool {
	if c.next() != b {
		return false
	}
	c.at++
	return true
}

func (c *checker) word(w string) bool {
	if !bytes.HasPrefix(c.data[c.at:], []byte(w)) {
		return false
	}
	c.at += len(w)
	return true
}

func (c *checker) value(depth int) bool {
	if depth > deepest {
		return false
	}
	switch c.next() {
	case 'n':
		return c.word("null")
	case 't':
		return c.word("true")
	case 'f':
		return c.word("false")
	case '"':
		return c.text()
	case '[':
		return c.series(']', func() bool { return c.value(depth + 1) })
	case '{':
		return c.object(depth)
	}
	start := c.at
	for b := c.next(); b == '-' || b >= '0' && b <= '9'; b = c.next() {
		c.at++
	}
	_, ok := whole(string(c.data[start:c.at]))
	return ok
}

func (c *checker) object(depth int) bool {
	last, first := []byte(nil), true
	return c.series('}', func() bool {
		start := c.at
		if !c.text() {
			return false
		}
		key := c.data[start+1 : c.at-1]
		ascends := first || lessKey(last, key)
		last, first = key, false
		if !ascends || !c.take(':') {
			return false
		}
		start = c.at
		ok := c.value(depth + 1)
		if ok && depth == 0 && string(key) == "kind" {
			c.kind = c.data[start:c.at]
		}
		return ok
	})
}

// lessKey compares two keys as they are written. Escapes make them be read first.
func lessKey(a, b []byte) bool {
	if bytes.IndexByte(a, '\\') < 0 && bytes.IndexByte(b, '\\') < 0 {
		return bytes.Compare(a, b) < 0
	}
	return unescaped(a) < unescaped(b)
}

func unescaped(key []byte) string {
	var text string
	if json.Unmarshal(slices.Concat([]byte{'"'}, key, []byte{'"'}), &text) != nil {
		return ""
	}
	return text
}

// series passes over what stands between the bracket that comes next and its
// end, parted by commas.
func (c *checker) series(end byte, item func() bool) bool {
	c.at++
	if c.take(end) {
		return true
	}
	for item() {
		if c.take(end) {
			return true
		}
		if !c.take(',') {
			return false
		}
	}
	return false
}

func (c *checker) text() bool {
	if !c.take('"') {
		return false
	}
	for c.at < len(c.data) {
		b := c.data[c.at]
		c.at++
		switch {
		case b == '"':
			return true
		case b == '\\':
			if !c.escape() {
				return false
			}
		case b < ' ':
			return false
		}
	}
	return false
}

// escape passes over the rest of an escape, which has to be the shortest.
func (c *checker) escape() bool {
	if c.at == len(c.data) {
		return false
	}
	letter := c.data[c.at]
	c.at++
	if letter != 'u' {
		return strings.IndexByte(`"\bfnrt`, letter) >= 0
	}
	if c.at+4 > len(c.data) {
		return false
	}
	digits := string(c.data[c.at : c.at+4])
	c.at += 4
	code, err := strconv.ParseUint(digits, 16, 16)
	return err == nil && code < ' ' && escapes[code] == 0 && fmt.Sprintf("%04x", code) == digits
}
