package person

import (
	"crypto/sha256"
	"net/netip"
	"sync"
	"time"

	"plenary/pkg/errs"
)

// What somebody may ask for who has not signed in. A whole assembly hall shares
// one address of the network, so it may do much; one mailbox is not to be filled.
const (
	mailsFromAddress = 300
	mailsToMailbox   = 5
	mailsToOwn       = 10  // asked for by who is signed in, or was in the same browser
	codesFromAddress = 300 // typed an hour
	codesOfMailbox   = 20  // typed a day from one address; who has the mail has the link too

	// linksKept of one mailbox are good at once. Within their life no more can be
	// asked for than twice what both limits allow, so nobody voids another's.
	linksKept  = 2 * (mailsToMailbox + mailsToOwn)
	quotasKept = 20_000
)

// quota counts acts by key within windows of time. It remembers hashes only, and
// a bounded number of them.
type quota struct {
	mu     sync.Mutex
	limit  int
	window time.Duration
	code   string // of the error
	spent  map[[sha256.Size]byte]spending
}

type spending struct {
	count int
	since time.Time
}

func newQuota(limit int, window time.Duration, code string) *quota {
	return &quota{limit: limit, window: window, code: code, spent: map[[sha256.Size]byte]spending{}}
}

// take counts one act, or answers TooMany with the seconds to wait.
func (q *quota) take(key string, now time.Time) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	digest := sha256.Sum256([]byte(key))
	had, known := q.spent[digest]
	if now.Sub(had.since) >= q.window || now.Before(had.since) {
		had = spending{since: now}
	}
	if had.count >= q.limit {
		rest := had.since.Add(q.window).Sub(now)
		return errs.New(errs.TooMany, q.code, errs.Args{"RetryAfter": int((rest + time.Second - 1) / time.Second),
			"Count": int((rest + time.Minute - 1) / time.Minute)})
	}
	if !known && len(q.spent) >= quotasKept {
		q.makeRoom(now)
	}
	had.count++
	q.spent[digest] = had
	return nil
}

// makeRoom forgets the windows that have passed, and where there are none the
// one that has spent least: who is over the limit stays remembered.
func (q *quota) makeRoom(now time.Time) {
	var least [sha256.Size]byte
	fewest := -1
	for key, s := range q.spent {
		if now.Sub(s.since) >= q.window {
			delete(q.spent, key)
			continue
		}
		if fewest < 0 || s.count < fewest {
			least, fewest = key, s.count
		}
	}
	if len(q.spent) >= quotasKept {
		delete(q.spent, least)
	}
}

// neighbourhood is what counts as one address: of IPv6 the 64 bits that a
// provider hands to one household.
func neighbourhood(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	ip = ip.Unmap().WithZone("")
	if ip.Is4() {
		return ip.String()
	}
	net, err := ip.Prefix(64)
	if err != nil {
		return address
	}
	return net.String()
}
