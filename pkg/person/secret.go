package person

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
)

// secretBytes are 256 bits: too many to guess, so a plain hash of a token is
// enough at rest.
const secretBytes = 32

// NewSecret draws a token, to be handed out once, and the digest that is stored
// in its place.
func NewSecret(random io.Reader) (token string, digest []byte, err error) {
	b := make([]byte, secretBytes)
	if _, err := io.ReadFull(random, b); err != nil {
		return "", nil, fmt.Errorf("draw a token: %w", err)
	}
	token = base64.RawURLEncoding.EncodeToString(b)
	digest, _ = Digest(token)
	return token, digest, nil
}

// Digest is what is stored of a token. It is false for what NewSecret cannot
// have made.
func Digest(token string) ([]byte, bool) {
	if len(token) != base64.RawURLEncoding.EncodedLen(secretBytes) {
		return nil, false
	}
	sum := sha256.Sum256([]byte(token))
	return sum[:], true
}
