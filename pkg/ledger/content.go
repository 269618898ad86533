package ledger

import (
	"encoding/json"

	"plenary/pkg/tally"
)

// Kind says what happened.
type Kind string

// The kinds of records. The first of a log is KindOpened, after KindSealed only
// KindClosed can come, and after that only KindReopened.
const (
	KindOpened      Kind = "opened"
	KindEdited      Kind = "edited"       // before the first ballot
	KindElectorate  Kind = "electorate"   // somebody was admitted, or can vote no more
	KindOptionAdded Kind = "option_added" // where the poll allows it
	KindCast        Kind = "cast"         // open polls: a ballot
	KindWithdrawn   Kind = "withdrawn"    // open polls: a ballot is taken out again
	KindVoted       Kind = "voted"        // secret polls: that somebody has voted
	KindExtended    Kind = "extended"     // another closing time
	KindReopened    Kind = "reopened"
	KindSealed      Kind = "sealed" // the ballots are fixed before the beacon tells the lots
	KindClosed      Kind = "closed"
)

// Content is what a record says: a pointer to one of the structs below.
type Content interface {
	When() int64 // microseconds since 1970
	kind() Kind
	stamp() *Stamp
}

// Stamp begins every content.
type Stamp struct {
	Kind Kind  `json:"kind"` // set by Append
	At   int64 `json:"at"`   // microseconds since 1970 in UTC
}

func (s *Stamp) stamp() *Stamp { return s }

// When is At.
func (s *Stamp) When() int64 { return s.At }

// Option is something that can be chosen.
type Option struct {
	ID      int64  `json:"id"`
	Label   string `json:"label"`
	Details string `json:"details,omitempty"` // only for the fingerprint of the text
}

// Question is what is asked and how it will be counted.
type Question struct {
	Title       string      `json:"title"`
	Text        Hash        `json:"text"`    // see TextFingerprint
	Rules       tally.Rules `json:"rules"`   // complete
	Rule        string      `json:"rule"`    // method and version, as in tally.Result
	Options     []Option    `json:"options"` // in their order, without details
	Secret      bool        `json:"secret"`
	Results     string      `json:"results"`      // when they are shown: "always", "after_vote" or "at_close"
	Receipts    Receipts    `json:"receipts"`     // what a receipt finds in a secret poll
	PublishFrom int         `json:"publish_from"` // single ballots of a secret poll are published from so many on
	ClosesAt    int64       `json:"closes_at"`    // microseconds since 1970; 0: no time is set

	// Publish is empty where single ballots of a secret poll are published.
	Publish Publish `json:"publish,omitempty"`
}

// TextFingerprint is SHA-256 of the canonical form of the ballot's text. Text
// that voters read when they vote cannot change later without changing it.
func TextFingerprint(title, details string, options []Option) (Hash, error) {
	return hashOf(map[string]any{"title": title, "details": details, "options": options})
}

// Receipts says what the code on a receipt finds in a secret poll.
type Receipts string

// Finding the ballot lets voters check it, and prove it to a buyer of votes.
const (
	ReceiptsFind  Receipts = "find"  // the ballot
	ReceiptsCount Receipts = "count" // only that it was counted
)

// Entitled is a person who may vote, with the votes that the ballot carries.
type Entitled struct {
	Voter  Hash  `json:"voter"` // pseudonym
	Weight int64 `json:"weight"`
}

// Electorate says who may vote.
type Electorate struct {
	Kind  string `json:"kind"`  // in the poll's own words, as "group" or "named"
	Count int    `json:"count"` // people
	Votes int64  `json:"votes"` // sum of their weights
	Hash  Hash   `json:"hash"`  // see ElectorateHash
}

// Lots is the promise by which the seed of lots is fixed before anybody votes.
type Lots struct {
	Commitment Hash   `json:"commitment"`      // SHA-256 of the secret
	Beacon     string `json:"beacon"`          // public source of chance after the close (beacon.Chain.Name), NoBeacon without one
	Delay      int64  `json:"delay,omitempty"` // seconds from the sealing of the ballots to the round; 0 without a beacon
}

// Opened is the first record.
type Opened struct {
	Stamp
	Question
	Poll       int64      `json:"poll"` // its id, which is in every hash that must not pass for another poll's
	Electorate Electorate `json:"electorate"`
	Lots       Lots       `json:"lots"`
	Program    string     `json:"program"` // version that opened the poll
}

// Edited replaces the whole question.
type Edited struct {
	Stamp
	Question
}

// ElectorateChanged admits people, or takes some out, who can vote no more. A
// ballot that they cast before is counted.
type ElectorateChanged struct {
	Stamp
	Added   []Entitled `json:"added,omitempty"`
	Removed []Entitled `json:"removed,omitempty"`
	Why     string     `json:"why"`
}

// OptionAdded adds an option at the end.
type OptionAdded struct {
	Stamp
	Option Option `json:"option"`
	Text   Hash   `json:"text"` // fingerprint of the text with it
}

// Cast is a ballot of an open poll. The one with the highest revision counts.
type Cast struct {
	Stamp
	Voter    Hash            `json:"voter"`
	Weight   int64           `json:"weight"`
	Answer   json.RawMessage `json:"answer"`           // Answer.JSON
	Reason   *Hash           `json:"reason,omitempty"` // see ReasonHash
	Revision int             `json:"revision"`         // from 1
	By       *Hash           `json:"by,omitempty"`     // pseudonym of who voted for the voter
}

// Withdrawn takes a ballot out of an open poll, where its voter is forgotten. The
// record of it stays.
type Withdrawn struct {
	Stamp
	Voter Hash   `json:"voter"`
	Why   string `json:"why"`
}

// Voted is the roll of a secret poll: the ballot itself is in the box.
type Voted struct {
	Stamp
	Voter  Hash  `json:"voter"`
	Weight int64 `json:"weight"`
	By     *Hash `json:"by,omitempty"` // pseudonym of who voted for the voter
}

// Extended sets another closing time.
type Extended struct {
	Stamp
	ClosesAt int64 `json:"closes_at"`
}

// Reopened lets ballots in again, under a new promise of lots.
type Reopened struct {
	Stamp
	ClosesAt int64 `json:"closes_at"`
	Lots     Lots  `json:"lots"`
}

// Sealed fixes the ballots, and with them the round of the beacon that decides
// their lots, before there is such a round. Its time is that of the sealing.
type Sealed struct {
	Stamp
	ClosedAt int64  `json:"closed_at"` // when the poll took its last ballots
	By       string `json:"by"`        // "hand" or "time"
	Ballots  Hash   `json:"ballots"`   // Box.Hash, or BallotsHash in open polls
	Round    int64  `json:"round"`     // the first not before Lots.Delay is over
}

// Closed is the end of the vote, and binds everything that was decided by it.
// Where the ballots were sealed before, its time is that of the lots.
type Closed struct {
	Stamp
	By       string `json:"by"`            // "hand" or "time"
	Roll     int    `json:"roll"`          // people who have voted
	Ballots  int    `json:"ballots"`       // the same number
	Votes    int64  `json:"votes"`         // sum of the weights of the ballots
	Eligible int64  `json:"eligible"`      // sum of the weights of all who could vote
	Box      *Hash  `json:"box,omitempty"` // secret polls: see Box.Hash
	Secret   Hash   `json:"secret"`        // opens the commitment
	Beacon   string `json:"beacon"`        // beacon.Round.Value, NotReached, or empty where no beacon was named
	Seed     Hash   `json:"seed"`          // see Seed
	Result   Hash   `json:"result"`        // SHA-256 of the canonical result

	Signature string `json:"signature,omitempty"` // of the beacon's round, hexadecimal

	// Totals is Totals.Hash, in polls that publish sums only.
	Totals *Hash `json:"totals,omitempty"`
}

func (*Opened) kind() Kind            { return KindOpened }
func (*Edited) kind() Kind            { return KindEdited }
func (*ElectorateChanged) kind() Kind { return KindElectorate }
func (*OptionAdded) kind() Kind       { return KindOptionAdded }
func (*Cast) kind() Kind              { return KindCast }
func (*Withdrawn) kind() Kind         { return KindWithdrawn }
func (*Voted) kind() Kind             { return KindVoted }
func (*Extended) kind() Kind          { return KindExtended }
func (*Reopened) kind() Kind          { return KindReopened }
func (*Sealed) kind() Kind            { return KindSealed }
func (*Closed) kind() Kind            { return KindClosed }

// newContent is an empty content of the kind, nil for an unknown one.
func newContent(k Kind) Content {
	switch k {
	case KindOpened:
		return &Opened{}
	case KindEdited:
		return &Edited{}
	case KindElectorate:
		return &ElectorateChanged{}
	case KindOptionAdded:
		return &OptionAdded{}
	case KindCast:
		return &Cast{}
	case KindWithdrawn:
		return &Withdrawn{}
	case KindVoted:
		return &Voted{}
	case KindExtended:
		return &Extended{}
	case KindReopened:
		return &Reopened{}
	case KindSealed:
		return &Sealed{}
	case KindClosed:
		return &Closed{}
	}
	return nil
}
