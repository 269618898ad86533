package ledger

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Commitment is what a voter's browser sends of its change key.
func Commitment(changeKey Hash) Hash { return hash("plenary change key v1", changeKey[:]) }

// Code is what is on the receipt of a ballot in a secret poll: 100 bits in five
// groups of four letters and digits, as "ABCD-EFGH-IJKL-MNOP-QRST". Voter and
// server each bring half of the chance, so that neither can choose it.
func Code(poll int64, commitment, nonce Hash) string {
	sum := hash("plenary receipt v1", number(poll), commitment[:], nonce[:])
	letters := base32.StdEncoding.EncodeToString(sum[:15])[:20] // five bits each
	groups := slices.Collect(slices.Chunk([]byte(letters), 4))
	return string(bytes.Join(groups, []byte("-")))
}

// ParseCode reads a code as people type it: small letters, and groups parted in
// any way or not at all.
func ParseCode(text string) (string, bool) {
	letters := strings.Map(func(r rune) rune {
		switch {
		case r == ' ' || r == '-' || r == '–':
			return -1
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		}
		return r
	}, text)
	if len(letters) != 20 {
		return "", false
	}
	code := strings.Join([]string{letters[:4], letters[4:8], letters[8:12], letters[12:16], letters[16:]}, "-")
	return code, isCode(code)
}

// isCode reports whether a code is written as Code writes it.
func isCode(code string) bool {
	if len(code) != 24 {
		return false
	}
	for i := range len(code) {
		c := code[i]
		if dash := i%5 == 4; dash && c != '-' || !dash && (c < 'A' || c > 'Z') && (c < '2' || c > '7') {
			return false
		}
	}
	return true
}

// Receipt is the site's promise to one voter of a secret poll. With
// ReceiptsCount it names neither answer nor weight.
type Receipt struct {
	Poll   int64           `json:"poll"`
	Code   string          `json:"code"`
	Answer json.RawMessage `json:"answer,omitempty"`
	Weight int64           `json:"weight,omitempty"`
}

// Sign promises it.
func (r Receipt) Sign(key ed25519.PrivateKey) (Signature, error) {
	return sign(key, "plenary receipt v1", r)
}

// Verify reports whether the site has promised it.
func (r Receipt) Verify(key ed25519.PublicKey, s Signature) bool {
	content, err := Canonical(r)
	return err == nil && s.holds(key, "plenary receipt v1", content)
}

// Signature is an Ed25519 signature, as text 128 hexadecimal digits.
type Signature [ed25519.SignatureSize]byte

// String is the text.
func (s Signature) String() string { return hex.EncodeToString(s[:]) }

// MarshalText implements encoding.TextMarshaler.
func (s Signature) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, s[:]), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *Signature) UnmarshalText(text []byte) error {
	if len(text) != 2*len(s) {
		return fmt.Errorf("a signature has %d hexadecimal digits, not %d characters", 2*len(s), len(text))
	}
	if _, err := hex.Decode(s[:], text); err != nil {
		return fmt.Errorf("no signature: %w", err)
	}
	return nil
}

func sign(key ed25519.PrivateKey, what string, v any) (Signature, error) {
	content, err := Canonical(v)
	if err != nil {
		return Signature{}, err
	}
	return Signature(ed25519.Sign(key, append([]byte(what+"\n"), content...))), nil
}

func (s Signature) holds(key ed25519.PublicKey, what string, content []byte) bool {
	return len(key) == ed25519.PublicKeySize && ed25519.Verify(key, append([]byte(what+"\n"), content...), s[:])
}

// Fingerprint is what people compare to know a site's key: SHA-256 of the public
// key, 52 letters and digits in groups of four.
func Fingerprint(key ed25519.PublicKey) string {
	sum := sha256.Sum256(key)
	letters := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:])
	groups := slices.Collect(slices.Chunk([]byte(letters), 4))
	return string(bytes.Join(groups, []byte(" ")))
}
