package ledger

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Record is one entry of a poll's log.
type Record struct {
	Number  int64  // from 1, without gaps
	Kind    Kind   // as in the content
	Content []byte // canonical JSON
	Prev    Hash   // hash of the record before, zeros in the first
	Hash    Hash
}

// Head is the end of a log that holds everything before it: whoever keeps a head
// can tell later whether the log was rewritten. The zero Head is that of an
// empty log.
type Head struct {
	Number int64
	Hash   Hash
}

// Head is the log's head while r is its last record.
func (r Record) Head() Head { return Head{r.Number, r.Hash} }

// Append makes the record that follows the head. It sets the content's kind.
func Append(head Head, c Content) (Record, error) {
	c.stamp().Kind = c.kind()
	content, err := Canonical(c)
	if err != nil {
		return Record{}, err
	}
	r := Record{Number: head.Number + 1, Kind: c.kind(), Content: content, Prev: head.Hash}
	r.Hash = r.sum()
	return r, nil
}

func (r Record) sum() Hash {
	return hash("plenary poll log v1", number(r.Number), r.Prev[:], r.Content)
}

// Read gives the content as a pointer to the struct of its kind. Content that is
// not canonical or has fields that its kind does not know is an error.
func (r Record) Read() (Content, error) {
	check := checker{data: r.Content}
	if !check.whole() {
		return nil, fmt.Errorf("record %d: the content is not canonical JSON", r.Number)
	}
	kind := Kind(bytes.Trim(check.kind, `"`))
	c := newContent(kind)
	if c == nil {
		return nil, fmt.Errorf("record %d: kind %.40q is not known", r.Number, kind)
	}
	d := json.NewDecoder(bytes.NewReader(r.Content))
	d.DisallowUnknownFields()
	if err := d.Decode(c); err != nil {
		return nil, fmt.Errorf("record %d, %s: %w", r.Number, kind, err)
	}
	return c, nil
}

// VerifyChain finds the first record that is not the one that was appended
// there, by its place from 0, and -1 where all are in order.
func VerifyChain(records []Record) int {
	var head Head
	for i, r := range records {
		if r.Number != head.Number+1 || r.Prev != head.Hash || r.Hash != r.sum() {
			return i
		}
		head = r.Head()
	}
	return -1
}
