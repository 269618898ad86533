package ledger

import (
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"slices"
	"strconv"
)

// Box holds the ballots of a secret poll apart from the roll. Its entries have
// no time and no order of arrival.
type Box struct {
	// Ballots are sorted by code. With ReceiptsCount they are bare codes, and what
	// was answered stands in Answers.
	Ballots []BoxBallot `json:"ballots"`
	// Answers are sorted by their canonical form; only with ReceiptsCount.
	Answers []BoxAnswer `json:"answers,omitempty"`
	// Superseded are the ballots that their voters replaced, sorted by code.
	Superseded []Superseded `json:"superseded,omitempty"`
}

// BoxBallot is a ballot under its receipt code.
type BoxBallot struct {
	Code   string          `json:"code"`
	Answer json.RawMessage `json:"answer,omitempty"` // Answer.JSON
	Weight int64           `json:"weight,omitempty"`
	Reason string          `json:"reason,omitempty"`

	// Texts may have to be taken away, so what is sealed is the hash that ReasonHash
	// makes of salt and text. Where there is none, as in boxes of before, the text
	// itself is sealed.
	ReasonHash *Hash `json:"reason_hash,omitempty"`
	ReasonSalt *Hash `json:"reason_salt,omitempty"`
}

// BoxAnswer is a ballot without its receipt code.
type BoxAnswer struct {
	Answer json.RawMessage `json:"answer"` // Answer.JSON
	Weight int64           `json:"weight"`
	Reason string          `json:"reason,omitempty"`

	ReasonHash *Hash `json:"reason_hash,omitempty"` // as in BoxBallot
	ReasonSalt *Hash `json:"reason_salt,omitempty"`
}

// Superseded is a ballot that was replaced. The change key, which only the voter
// had until then, shows that the voter asked for it; which ballot came instead
// is not recorded.
type Superseded struct {
	Code  string `json:"code"`
	Key   Hash   `json:"key"`
	Nonce Hash   `json:"nonce"`
}

// Holds reports whether the key and the nonce make the code.
func (s Superseded) Holds(poll int64) bool { return Code(poll, Commitment(s.Key), s.Nonce) == s.Code }

// NewBox puts ballots into the order and form in which they are hashed and
// published. With ReceiptsCount it parts the codes from the answers.
func NewBox(receipts Receipts, ballots []BoxBallot, superseded []Superseded) *Box {
	b := &Box{Ballots: slices.Clone(ballots), Superseded: slices.Clone(superseded)}
	slices.SortFunc(b.Ballots, func(x, y BoxBallot) int { return cmp.Compare(x.Code, y.Code) })
	slices.SortFunc(b.Superseded, func(x, y Superseded) int { return cmp.Compare(x.Code, y.Code) })
	if receipts != ReceiptsCount {
		return b
	}
	for i, ballot := range b.Ballots {
		b.Answers = append(b.Answers, ballot.answer())
		b.Ballots[i] = BoxBallot{Code: ballot.Code}
	}
	slices.SortFunc(b.Answers, func(x, y BoxAnswer) int { return slices.Compare(x.append(nil), y.append(nil)) })
	return b
}

// Hash is SHA-256 of the line "plenary box v1", then of each entry's canonical
// form with its length in four bytes before it: the ballots, four zeros, the
// answers and four zeros where there are answers, the superseded.
func (b *Box) Hash() Hash {
	h := sha256.New()
	h.Write([]byte("plenary box v1\n"))
	var entry, frame []byte
	put := func(content []byte) {
		frame = framed(frame[:0], content)
		h.Write(frame)
	}
	for _, ballot := range b.Ballots {
		entry = ballot.append(entry[:0])
		put(entry)
	}
	put(nil)
	for _, answer := range b.Answers {
		entry = answer.append(entry[:0])
		put(entry)
	}
	if len(b.Answers) > 0 {
		put(nil)
	}
	for _, s := range b.Superseded {
		entry = s.append(entry[:0])
		put(entry)
	}
	return Hash(h.Sum(nil))
}

// The canonical forms, written at once because a box can be large.

func (b BoxBallot) append(out []byte) []byte {
	out = append(out, '{')
	if len(b.Answer) > 0 {
		out = append(append(append(out, `"answer":`...), b.Answer...), ',')
	}
	out = appendText(append(out, `"code":`...), b.Code)
	return appendWeight(appendReason(out, b.Reason, b.ReasonHash), b.Weight)
}

func (b BoxBallot) answer() BoxAnswer {
	return BoxAnswer{b.Answer, b.Weight, b.Reason, b.ReasonHash, b.ReasonSalt}
}

func (a BoxAnswer) append(out []byte) []byte {
	out = append(append(out, `{"answer":`...), a.Answer...)
	return appendWeight(appendReason(out, a.Reason, a.ReasonHash), a.Weight)
}

func appendReason(out []byte, reason string, hash *Hash) []byte {
	switch {
	case hash != nil:
		return appendText(append(out, `,"reason_hash":`...), hash.String())
	case reason != "":
		return appendText(append(out, `,"reason":`...), reason)
	}
	return out
}

// appendWeight ends an entry. A weight of 0 is that of a bare code.
func appendWeight(out []byte, weight int64) []byte {
	if weight != 0 {
		out = strconv.AppendInt(append(out, `,"weight":`...), weight, 10)
	}
	return append(out, '}')
}

func (s Superseded) append(out []byte) []byte {
	out = appendText(append(out, `{"code":`...), s.Code)
	out = appendText(append(out, `,"key":`...), s.Key.String())
	out = appendText(append(out, `,"nonce":`...), s.Nonce.String())
	return append(out, '}')
}
