package ledger

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"slices"
)

// NoBeacon is the beacon of a poll whose lots rest on the site's secret alone.
const NoBeacon = "none"

// NotReached is what stands in place of a beacon's value where it did not answer
// for as long as LongestWait after its round. The lots then rest on the site's
// secret alone.
const NotReached = "none: beacon not reached"

// LongestWait is how long a poll waits for the round of its beacon, in
// microseconds.
const LongestWait = 24 * 60 * 60 * 1_000_000

// Commit promises a secret, which is told at the close.
func Commit(secret Hash, beacon string) Lots {
	return Lots{Commitment: sha256.Sum256(secret[:]), Beacon: beacon}
}

// OpenedBy reports whether the secret is the one that was promised.
func (l Lots) OpenedBy(secret Hash) bool { return l.Commitment == sha256.Sum256(secret[:]) }

// Seed decides every lot of a poll (see tally.NewLottery, which takes its text).
// No voter knows the secret before the close, and no ballot can change after it.
// Ballots is Box.Hash or BallotsHash, beacon is Closed.Beacon.
func Seed(poll int64, secret, ballots Hash, beacon string) Hash {
	return hash("plenary seed v1", number(poll), secret[:], ballots[:], []byte(beacon))
}

// OpenBallot is a voter's last ballot in an open poll.
type OpenBallot struct {
	Voter  Hash            `json:"voter"`
	Answer json.RawMessage `json:"answer"` // Answer.JSON
	Weight int64           `json:"weight"`
}

// BallotsHash is SHA-256 of the line "plenary ballots v1" and of each ballot's
// canonical form, sorted by pseudonym, with its length in four bytes before it.
func BallotsHash(ballots []OpenBallot) Hash {
	sorted := slices.SortedFunc(slices.Values(ballots), func(a, b OpenBallot) int { return bytes.Compare(a.Voter[:], b.Voter[:]) })
	h := sha256.New()
	h.Write([]byte("plenary ballots v1\n"))
	var entry, frame []byte
	for _, b := range sorted {
		entry = append(append(append(entry[:0], `{"answer":`...), b.Answer...), `,"voter":`...)
		entry = appendWeight(appendText(entry, b.Voter.String()), b.Weight)
		frame = framed(frame[:0], entry)
		h.Write(frame)
	}
	return Hash(h.Sum(nil))
}

// ElectorateHash is SHA-256 of the line "plenary electorate v1" and of each
// pseudonym with its weight in eight bytes, sorted by pseudonym.
func ElectorateHash(entitled []Entitled) Hash {
	sorted := slices.SortedFunc(slices.Values(entitled), func(a, b Entitled) int { return bytes.Compare(a.Voter[:], b.Voter[:]) })
	h := sha256.New()
	h.Write([]byte("plenary electorate v1\n"))
	for _, e := range sorted {
		h.Write(e.Voter[:])
		h.Write(number(e.Weight))
	}
	return Hash(h.Sum(nil))
}

// NewElectorate sums up who may vote.
func NewElectorate(kind string, entitled []Entitled) Electorate {
	e := Electorate{Kind: kind, Count: len(entitled), Hash: ElectorateHash(entitled)}
	for _, one := range entitled {
		e.Votes += one.Weight
	}
	return e
}
