package person

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"io"
	"runtime"
	"strings"

	"golang.org/x/crypto/argon2"

	"plenary/pkg/errs"
)

// Cost is what deriving a key from a password takes.
type Cost struct {
	Memory  uint32 // KiB
	Time    uint32 // passes over the memory
	Threads uint8
}

// DefaultCost is the profile of least memory in OWASP's password storage cheat
// sheet: about 25 ms and 19 MiB a password.
var DefaultCost = Cost{Memory: 19 * 1024, Time: 2, Threads: 1}

// hashesQueued is how many passwords may wait for their turn.
const hashesQueued = 50

// hashesAtOnce is how many passwords are hashed at once: on half of the cores, so
// that an attack on the sign-in, which is slow on purpose, never has the whole of
// a large machine. Two is the least that keeps up with a hall of 50 people who
// sign in within a second.
func hashesAtOnce() int { return max(2, runtime.GOMAXPROCS(0)/2) }

const (
	saltBytes = 16
	keyBytes  = 32
)

// hasher turns passwords into argon2id hashes in PHC form and checks them.
type hasher struct {
	cost    Cost
	random  io.Reader
	derive  func(password, salt []byte, c Cost) []byte
	present chan struct{} // who runs or waits
	running chan struct{}
}

func newHasher(c Cost, random io.Reader) *hasher {
	n := hashesAtOnce()
	return &hasher{
		cost: c, random: random, derive: argon2id,
		present: make(chan struct{}, n+hashesQueued),
		running: make(chan struct{}, n),
	}
}

func argon2id(password, salt []byte, c Cost) []byte {
	return argon2.IDKey(password, salt, c.Time, c.Memory, c.Threads, keyBytes)
}

// key derives a key when its turn has come. Where too many wait already it
// answers Unavailable at once.
func (h *hasher) key(ctx context.Context, password string, salt []byte, c Cost) ([]byte, error) {
	select {
	case h.present <- struct{}{}:
		defer func() { <-h.present }()
	default:
		return nil, errs.New(errs.Unavailable, "person.busy")
	}
	select {
	case h.running <- struct{}{}:
		defer func() { <-h.running }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return h.derive([]byte(password), salt, c), nil
}

// hash makes the PHC string of a password, with a fresh salt.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltBytes)
	if _, err := io.ReadFull(h.random, salt); err != nil {
		return "", fmt.Errorf("draw a salt: %w", err)
	}
	key, err := h.key(ctx, password, salt, h.cost)
	if err != nil {
		return "", err
	}
	return phc(h.cost, salt, key), nil
}

// matches reports whether the password is the one of the PHC string. An empty
// string, which nobody's password matches, costs the same time.
func (h *hasher) matches(ctx context.Context, hash, password string) (bool, error) {
	c, salt, want := h.cost, make([]byte, saltBytes), make([]byte, keyBytes)
	if hash != "" {
		var err error
		if c, salt, want, err = parsePHC(hash); err != nil {
			return false, err
		}
	}
	got, err := h.key(ctx, password, salt, c)
	if err != nil {
		return false, err
	}
	return hash != "" && subtle.ConstantTimeCompare(got, want) == 1, nil
}

// stale reports whether the hash was made at another cost than today's.
func (h *hasher) stale(hash string) bool {
	c, _, _, err := parsePHC(hash)
	return err == nil && c != h.cost
}

// phc writes a hash as the PHC string format has it,
// https://github.com/P-H-C/phc-string-format/blob/master/phc-sf-spec.md.
func phc(c Cost, salt, key []byte) string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s",
		argon2.Version, c.Memory, c.Time, c.Threads, b64.EncodeToString(salt), b64.EncodeToString(key))
}

func parsePHC(s string) (c Cost, salt, key []byte, err error) {
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" {
		return c, nil, nil, fmt.Errorf("read a password hash: not argon2id in PHC form")
	}
	if parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return c, nil, nil, fmt.Errorf("read a password hash: unknown version")
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.Memory, &c.Time, &c.Threads); err != nil || c.Time < 1 || c.Threads < 1 {
		return c, nil, nil, fmt.Errorf("read a password hash: unreadable cost")
	}
	if salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil {
		return c, nil, nil, fmt.Errorf("read a password hash: unreadable salt")
	}
	if key, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil || len(key) != keyBytes {
		return c, nil, nil, fmt.Errorf("read a password hash: unreadable key")
	}
	return c, salt, key, nil
}
