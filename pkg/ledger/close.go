package ledger

import (
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"plenary/pkg/beacon"
	"plenary/pkg/tally"
)

// Ending is what the log itself does not know at the close.
type Ending struct {
	At     int64         // microseconds since 1970; of the lots where the ballots are sealed
	By     string        // "hand" or "time"; not where the ballots are sealed, which say it
	Secret Hash          // that which the lots were promised with
	Round  *beacon.Round // the sealed one; nil where none was named, or it was not reached
	Box    *Box          // secret polls only
}

// Close counts the poll and makes the content of its last record. Nothing is
// changed; the record is still to be appended. The caller has checked the round.
func (s *State) Close(e Ending) (*Closed, tally.Result, error) {
	if s.Lots.Awaits() != (s.Sealed != nil) {
		return nil, tally.Result{}, errors.New("ballots are sealed where a beacon was named, and only there")
	}
	ballots, err := s.ballotsHash(e.Box)
	if err != nil {
		return nil, tally.Result{}, err
	}
	c := &Closed{Stamp: Stamp{At: e.At}, By: e.By, Eligible: s.Eligible, Secret: e.Secret}
	if s.Sealed != nil {
		c.By, c.Beacon = s.Sealed.By, NotReached
		if e.Round != nil {
			c.Beacon, c.Signature = e.Round.Value(), hex.EncodeToString(e.Round.Signature)
		}
	}
	c.Seed = Seed(s.Poll, e.Secret, ballots, c.Beacon)
	c.Roll, c.Votes = s.Roll()
	c.Ballots = c.Roll
	if e.Box != nil {
		c.Box, c.Ballots, c.Votes = &ballots, len(e.Box.Ballots), e.Box.votes()
		if err := s.sumUp(c, e.Box); err != nil {
			return nil, tally.Result{}, err
		}
	}
	result, err := s.Count(e.Box, c.Seed)
	if err != nil {
		return nil, tally.Result{}, err
	}
	c.Result, err = hashOf(result)
	return c, result, err
}

var (
	errNoBox = errors.New("the ballots of a secret poll are in its box, and none was given")
	errBox   = errors.New("an open poll has no box")
)

func (s *State) ballotsHash(box *Box) (Hash, error) {
	switch {
	case s.Secret && box == nil:
		return Hash{}, errNoBox
	case s.Secret:
		return box.Hash(), nil
	case box != nil:
		return Hash{}, errBox
	}
	return BallotsHash(s.Ballots()), nil
}

// Count counts the ballots: those of the log, or in a secret poll those of the
// box. An answer in the box that is none of the poll's is an error.
func (s *State) Count(box *Box, seed Hash) (tally.Result, error) {
	ballots, err := s.ballots(box)
	if err != nil {
		return tally.Result{}, err
	}
	return s.contest(seed).Count(slices.Values(ballots))
}

func (s *State) contest(seed Hash) tally.Contest {
	return tally.Contest{Rules: s.Rules, Options: len(s.Options), Eligible: s.Eligible,
		Lots: tally.NewLottery(seed.String(), len(s.Options))}
}

// ballots are in the order in which they are published, which numbers those
// that cannot be counted.
func (s *State) ballots(box *Box) ([]tally.Ballot, error) {
	if box == nil {
		if s.Secret {
			return nil, errNoBox
		}
		return s.openBallots(), nil
	}
	out := make([]tally.Ballot, 0, len(box.Ballots))
	for _, a := range box.Contents() {
		b, ok := s.read(a.Answer, a.Weight)
		if !ok {
			return nil, fmt.Errorf("the box holds an answer that is none: %.100s", a.Answer)
		}
		out = append(out, b)
	}
	return out, nil
}

func (s *State) openBallots() []tally.Ballot {
	ballots := s.Ballots()
	out := make([]tally.Ballot, len(ballots))
	for i, b := range ballots {
		out[i] = s.voters[b.Voter].ballot
		if n := len(out[i].Scores); n > 0 && n < len(s.Options) { // an option came later
			out[i].Scores = append(slices.Clone(out[i].Scores), slices.Repeat([]int{tally.NoScore}, len(s.Options)-n)...)
		}
	}
	return out
}

// Contents are the ballots without their codes.
func (b *Box) Contents() []BoxAnswer {
	if len(b.Answers) > 0 {
		return b.Answers
	}
	out := make([]BoxAnswer, 0, len(b.Ballots))
	for _, ballot := range b.Ballots {
		out = append(out, ballot.answer())
	}
	return out
}

func (b *Box) votes() int64 {
	var sum int64
	for _, a := range b.Contents() {
		sum += a.Weight
	}
	return sum
}

// CertificateFormat is what a certificate says it is.
const CertificateFormat = "plenary-certificate/1"

// Certified is what the site signs of a poll that is closed. Two certificates of
// one closing that say different things are proof of fraud.
type Certified struct {
	Format   string      `json:"format"`
	Poll     int64       `json:"poll"`
	Title    string      `json:"title"`
	Rules    tally.Rules `json:"rules"`
	Rule     string      `json:"rule"`
	Roll     int         `json:"roll"`
	Ballots  int         `json:"ballots"`
	Votes    int64       `json:"votes"`
	Eligible int64       `json:"eligible"`
	Box      *Hash       `json:"box_hash,omitempty"` // secret polls
	Length   int64       `json:"log_length"`         // records, the closing the last
	Head     Hash        `json:"head"`               // hash of the closing record
	Seed     Hash        `json:"seed"`
	Result   Hash        `json:"result_hash"`
	Rounds   Hash        `json:"rounds_hash"` // SHA-256 of the canonical list of rounds
	ClosedAt int64       `json:"closed_at"`   // microseconds since 1970
	Key      string      `json:"key"`         // fingerprint of the key that signs

	// Beacon is the round that decided the lots, as "drand/…/1000", or NotReached;
	// empty where the opening named no beacon.
	Beacon string `json:"beacon,omitempty"`
}

// Certificate is a signed Certified.
type Certificate struct {
	Content   string    `json:"content"` // canonical JSON, to the byte what was signed
	Signature Signature `json:"signature"`
}

// Certify signs what came out. The state has to be that after the closing record
// was applied.
func (s *State) Certify(result tally.Result, key ed25519.PrivateKey) (Certificate, error) {
	if s.Closed == nil {
		return Certificate{}, errors.New("only a closed poll can be certified")
	}
	rounds, err := roundsHash(result)
	if err != nil {
		return Certificate{}, err
	}
	certified := s.certified(rounds, Fingerprint(key.Public().(ed25519.PublicKey)))
	content, err := Canonical(certified)
	if err != nil {
		return Certificate{}, err
	}
	signature, err := sign(key, "plenary certificate v1", certified)
	return Certificate{string(content), signature}, err
}

// roundsHash is that of an empty list where the method has no rounds.
func roundsHash(r tally.Result) (Hash, error) {
	if r.Rounds == nil {
		r.Rounds = []tally.Round{}
	}
	return hashOf(r.Rounds)
}

func (s *State) certified(rounds Hash, key string) Certified {
	c, at := s.Closed, s.Closed.At
	if s.Sealed != nil {
		at = s.Sealed.ClosedAt
	}
	return Certified{Format: CertificateFormat, Poll: s.Poll, Title: s.Title, Rules: s.Rules, Rule: s.Rule,
		Roll: c.Roll, Ballots: c.Ballots, Votes: c.Votes, Eligible: c.Eligible, Box: c.Box,
		Length: s.Head.Number, Head: s.Head.Hash, Seed: c.Seed, Result: c.Result, Rounds: rounds, ClosedAt: at, Key: key, Beacon: s.certifiedBeacon()}
}

// Verify reports whether the key signed the certificate.
func (c Certificate) Verify(key ed25519.PublicKey) bool {
	return c.Signature.holds(key, "plenary certificate v1", []byte(c.Content))
}
