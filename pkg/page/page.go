// Package page cuts lists into pages by key and not by offset, so that the last
// page costs what the first one does and nothing is skipped or shown twice when
// the list grows meanwhile.
package page

import (
	"encoding/base64"
	"encoding/binary"

	"plenary/pkg/errs"
)

// Default and Max bound how many items a page has.
const (
	Default = 50
	Max     = 200
)

// Page asks for one page of a list. The zero value asks for the first.
type Page struct {
	Limit  int    // 0 for the default
	Cursor string // where the page before ended; empty for the first
}

// Size is how many items to read, between 1 and Max.
func (p Page) Size() int {
	switch {
	case p.Limit <= 0:
		return Default
	case p.Limit > Max:
		return Max
	}
	return p.Limit
}

// List is one page and the cursor of the next one, empty at the end.
type List[T any] struct {
	Items []T
	Next  string
}

// Cut makes a List out of rows that were read with one more than the page's
// size: the extra one only tells that there is a next page.
func Cut[T any](p Page, rows []T, key func(T) []int64) List[T] {
	size := p.Size()
	if len(rows) <= size {
		return List[T]{Items: rows}
	}
	return List[T]{Items: rows[:size], Next: Encode(key(rows[size-1])...)}
}

// Encode writes the key of a page's last item as a cursor.
func Encode(key ...int64) string {
	b := make([]byte, 0, 10*len(key))
	for _, n := range key {
		b = binary.AppendVarint(b, n)
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// Decode reads a cursor of n numbers. An empty cursor gives nil; what Encode
// cannot have written gives an Invalid error for the field "cursor".
func Decode(cursor string, n int) ([]int64, error) {
	if cursor == "" {
		return nil, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return nil, bad()
	}
	key := make([]int64, n)
	for i := range key {
		v, read := binary.Varint(b)
		if read <= 0 {
			return nil, bad()
		}
		key[i], b = v, b[read:]
	}
	if len(b) > 0 {
		return nil, bad()
	}
	return key, nil
}

func bad() error {
	var f errs.Fields
	f.Add("cursor", "field.cursor")
	return f.Err()
}
