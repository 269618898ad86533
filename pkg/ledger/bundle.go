package ledger

import (
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// BundleFormat is what an export says it is.
const BundleFormat = "plenary-poll/1"

// Bundle is the export of a poll: all that is needed to check it, and no more
// than its reader may see.
type Bundle struct {
	Format      string          `json:"format"`
	Poll        About           `json:"poll"`
	Key         PublicKey       `json:"key"`
	Log         []Line          `json:"log"`
	Electorate  []Entitled      `json:"electorate,omitempty"` // who could vote at the opening
	Names       []Name          `json:"names,omitempty"`
	Reasons     []Reason        `json:"reasons,omitempty"` // of open polls
	Hidden      []Hidden        `json:"hidden,omitempty"`  // reasons that are no longer there
	Box         *Box            `json:"box,omitempty"`     // of secret polls with enough ballots
	Totals      *Totals         `json:"totals,omitempty"`  // instead, where sums only are published
	Result      json.RawMessage `json:"result,omitempty"`  // tally.Result, once the poll is closed
	Certificate *Certificate    `json:"certificate,omitempty"`
}

// About is the poll as its page tells it.
type About struct {
	ID      int64    `json:"id"`
	Title   string   `json:"title"`
	Details string   `json:"details"`
	Options []Option `json:"options"` // with their details
	URL     string   `json:"url"`
}

// Line is a record as it is exported. Its number and the hash before follow from
// its place.
type Line struct {
	Content string `json:"content"` // canonical JSON, to the byte what was hashed
	Hash    Hash   `json:"hash"`
}

// Name tells whose a pseudonym is.
type Name struct {
	Voter  Hash   `json:"voter"`
	Salt   Hash   `json:"salt"`
	Person int64  `json:"person"` // id
	Handle string `json:"handle"`
	Name   string `json:"name"`
}

// Reason is what a voter of an open poll wrote beside the last ballot.
type Reason struct {
	Voter Hash   `json:"voter"`
	Salt  Hash   `json:"salt"`
	Text  string `json:"text"`
}

// Hidden is a reason that a moderator has taken away. Its hash stays in the log, or
// in the box.
type Hidden struct {
	Reason Hash   `json:"reason"` // ReasonHash
	Why    string `json:"why"`
	At     int64  `json:"at"` // microseconds since 1970
}

// PublicKey is the site's Ed25519 key, as text 64 hexadecimal digits.
type PublicKey ed25519.PublicKey

// MarshalText implements encoding.TextMarshaler.
func (k PublicKey) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, k), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (k *PublicKey) UnmarshalText(text []byte) error {
	var h Hash
	if err := h.UnmarshalText(text); err != nil {
		return fmt.Errorf("key: %w", err)
	}
	*k = h[:]
	return nil
}

// LinesOf exports records.
func LinesOf(records []Record) []Line {
	lines := make([]Line, len(records))
	for i, r := range records {
		lines[i] = Line{string(r.Content), r.Hash}
	}
	return lines
}

// records are the log as it was exported. Kinds are left empty.
func (b *Bundle) records() []Record {
	records := make([]Record, len(b.Log))
	var prev Hash
	for i, line := range b.Log {
		records[i] = Record{Number: int64(i) + 1, Content: []byte(line.Content), Prev: prev, Hash: line.Hash}
		prev = line.Hash
	}
	return records
}
