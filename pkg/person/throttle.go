package person

import (
	"crypto/sha256"
	"sync"
	"time"

	"plenary/pkg/errs"
)

// Ten attempts are free. After that each one has to wait twice as long as the
// one before, up to a quarter of an hour; a day of rest forgets it all.
const (
	freeAttempts   = 10
	longestWait    = 15 * time.Minute
	attemptsForget = 24 * time.Hour
	attemptsKept   = 10_000 // accounts remembered at once
)

// throttle slows down who guesses passwords. It counts by what was typed as the
// account, known or not, so that it tells nobody which accounts there are. A
// session that is open already is not touched by it.
type throttle struct {
	mu    sync.Mutex
	tries map[[sha256.Size]byte]tries
}

type tries struct {
	count int
	last  time.Time
}

func newThrottle() *throttle { return &throttle{tries: map[[sha256.Size]byte]tries{}} }

// begin counts an attempt before it is made, so that many at once cannot slip
// through together. Where it comes too early it answers TooMany with the
// seconds to wait.
func (t *throttle) begin(account string, now time.Time) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	key := sha256.Sum256([]byte(account))
	had := t.tries[key]
	if now.Sub(had.last) > attemptsForget {
		had = tries{}
	}
	if rest := had.last.Add(pause(had.count)).Sub(now); had.count >= freeAttempts && rest > 0 {
		seconds := int((rest + time.Second - 1) / time.Second)
		return errs.New(errs.TooMany, "person.too_many_attempts", errs.Args{"RetryAfter": seconds})
	}
	t.makeRoom()
	t.tries[key] = tries{count: had.count + 1, last: now}
	return nil
}

// pause is how long to wait after so many attempts.
func pause(count int) time.Duration {
	if count < freeAttempts {
		return 0
	}
	if count-freeAttempts > 10 { // 2^10 s are more than the longest wait
		return longestWait
	}
	return min(longestWait, time.Second<<(count-freeAttempts))
}

// undo takes back an attempt that came to no answer.
func (t *throttle) undo(account string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	key := sha256.Sum256([]byte(account))
	if had, ok := t.tries[key]; ok && had.count > 0 {
		had.count--
		t.tries[key] = had
	}
}

// succeeded forgets the attempts on the account.
func (t *throttle) succeeded(account string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.tries, sha256.Sum256([]byte(account)))
}

// makeRoom forgets the account that was tried longest ago where too many are
// remembered.
func (t *throttle) makeRoom() {
	if len(t.tries) < attemptsKept {
		return
	}
	var oldest [sha256.Size]byte
	var since time.Time
	for key, had := range t.tries {
		if since.IsZero() || had.last.Before(since) {
			oldest, since = key, had.last
		}
	}
	delete(t.tries, oldest)
}
