package ledger

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
)

// Hash is a SHA-256, or 32 bytes of chance: a salt, a nonce, a key, a secret. As
// text and as JSON it is 64 hexadecimal digits in small letters.
type Hash [32]byte

// NewHash takes 32 bytes of chance.
func NewHash(random io.Reader) (Hash, error) {
	var h Hash
	if _, err := io.ReadFull(random, h[:]); err != nil {
		return Hash{}, fmt.Errorf("read 32 bytes of chance: %w", err)
	}
	return h, nil
}

// HashFrom takes a hash as it is stored. What is missing of it is zero.
func HashFrom(stored []byte) (h Hash) {
	copy(h[:], stored)
	return h
}

// ParseHash reads 64 hexadecimal digits in small letters.
func ParseHash(text string) (Hash, error) {
	var h Hash
	err := h.UnmarshalText([]byte(text))
	return h, err
}

// String is the text.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// MarshalText implements encoding.TextMarshaler.
func (h Hash) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, h[:]), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (h *Hash) UnmarshalText(text []byte) error {
	if len(text) != 2*len(h) {
		return fmt.Errorf("a hash has %d hexadecimal digits, not %d characters", 2*len(h), len(text))
	}
	for _, c := range text {
		if c >= 'A' && c <= 'F' {
			return fmt.Errorf("a hash is written in small letters: %q", text)
		}
	}
	if _, err := hex.Decode(h[:], text); err != nil {
		return fmt.Errorf("no hash: %w", err)
	}
	return nil
}

// hash is SHA-256 of a line that says what is hashed, and the parts one after
// the other.
func hash(what string, parts ...[]byte) Hash {
	s := sha256.New()
	io.WriteString(s, what+"\n") //nolint:errcheck // a hash takes everything
	for _, part := range parts {
		s.Write(part)
	}
	return Hash(s.Sum(nil))
}

// hashOf is SHA-256 of the canonical form alone.
func hashOf(v any) (Hash, error) {
	c, err := Canonical(v)
	if err != nil {
		return Hash{}, err
	}
	return sha256.Sum256(c), nil
}

// number is eight bytes, the highest first.
func number(n int64) []byte { return binary.BigEndian.AppendUint64(nil, uint64(n)) }

// framed puts the length in four bytes before the data.
func framed(out, data []byte) []byte {
	return append(binary.BigEndian.AppendUint32(out, uint32(len(data))), data...)
}

// Pseudonym stands for a person in the record of a poll. With the salt and the
// id anybody can compute it; when the salt is deleted nobody can tell whose it was.
func Pseudonym(salt Hash, poll, person int64) Hash {
	return hash("plenary voter v1", salt[:], number(poll), number(person))
}

// ReasonHash binds a ballot in the log to the reason beside it, which can be
// deleted without breaking the log.
func ReasonHash(salt Hash, text string) Hash {
	return hash("plenary reason v1", salt[:], []byte(text))
}

// shortBytes is how much of a hash people compare.
const shortBytes = 8

// Short is the beginning of a hash as people compare it: "3FA9-0C21-77DE-19B2".
func (h Hash) Short() string {
	digits := strings.ToUpper(h.String())
	return strings.Join([]string{digits[:4], digits[4:8], digits[8:12], digits[12:16]}, "-")
}

// ParseShort reads what Short wrote, however somebody has typed it. The rest of the hash
// is zero: it is the first of those that begin so.
func ParseShort(typed string) (h Hash, ok bool) {
	digits, err := hex.DecodeString(strings.NewReplacer("-", "", "–", "", " ", "").Replace(strings.TrimSpace(typed)))
	return h, err == nil && copy(h[:], digits) == shortBytes
}

// ShortEnd is the last of the hashes that begin as this one does.
func (h Hash) ShortEnd() Hash {
	copy(h[shortBytes:], bytes.Repeat([]byte{0xff}, len(h)-shortBytes))
	return h
}
