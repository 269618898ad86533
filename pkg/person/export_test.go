package person

import "time"

// CountHashes calls count before each derivation of a key.
func (p *People) CountHashes(count func()) {
	derive := p.hasher.derive
	p.hasher.derive = func(password, salt []byte, c Cost) []byte {
		count()
		return derive(password, salt, c)
	}
}

// FillQueue takes n places among those who hash or wait, and returns how to
// leave them.
func (p *People) FillQueue(n int) (leave func()) {
	for range n {
		p.hasher.present <- struct{}{}
	}
	return func() {
		for range n {
			<-p.hasher.present
		}
	}
}

// Hashing is how many passwords are being hashed or wait for it.
func (p *People) Hashing() int { return len(p.hasher.present) }

// SpendChallenges counts n challenges for an address without making them.
func (p *People) SpendChallenges(address string, n int) {
	for range n {
		_ = p.challenges.take(neighbourhood(address), p.now())
	}
}

// SpendDepartures counts n departures from an address without making them.
func (p *People) SpendDepartures(address string, n int) {
	for range n {
		_ = p.departures.take(neighbourhood(address), p.now())
	}
}

// CommonPasswords are those of the list.
func CommonPasswords() []string { return commonPasswords }

// Quotas counts acts of the key against a limit of one an hour, and tells how
// many keys are remembered.
func Quotas() (take func(key string, now time.Time) error, kept func() int) {
	q := newQuota(1, time.Hour, "person.too_many_mails")
	return q.take, func() int { return len(q.spent) }
}
