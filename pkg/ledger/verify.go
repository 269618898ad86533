package ledger

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"

	"plenary/pkg/beacon"
	"plenary/pkg/errs"
)

// Status is what became of one check.
type Status string

// What can become of it.
const (
	Holds Status = "holds"
	Fails Status = "fails"
	Open  Status = "open" // it cannot be checked with what the bundle holds
)

// Finding is what one check found out. Its text is in the catalogue.
type Finding struct {
	Check  string    `json:"check"`
	Status Status    `json:"status"`
	Code   string    `json:"code"`
	Args   errs.Args `json:"args,omitempty"`
}

// Report is what Verify found, in the order of the checks.
type Report struct {
	Title    string    `json:"title"`
	Findings []Finding `json:"findings"`
	Others   []Other   `json:"others,omitempty"`
}

// OK reports whether no check failed.
func (r *Report) OK() bool {
	for _, f := range r.Findings {
		if f.Status == Fails {
			return false
		}
	}
	return true
}

// The checks.
const (
	checkFormat      = "format"
	checkChain       = "chain"
	checkOrder       = "order"
	checkText        = "text"
	checkElectorate  = "electorate"
	checkNames       = "names"
	checkReasons     = "reasons"
	checkClosing     = "closing"
	checkLots        = "lots"
	checkSeal        = "seal"
	checkBeacon      = "beacon"
	checkBox         = "box"
	checkSuperseded  = "superseded"
	checkTotals      = "totals"
	checkRoll        = "roll"
	checkSeed        = "seed"
	checkResult      = "result"
	checkCount       = "count"
	checkKey         = "key"
	checkSignature   = "signature"
	checkHead        = "head"
	checkCertificate = "certificate"
)

// ReadBundle reads an export. Fields that it does not know are passed over.
func ReadBundle(data []byte) (*Bundle, error) {
	var b Bundle
	if err := json.Unmarshal(data, &b); err != nil {
		return nil, fmt.Errorf("read the export: %w", err)
	}
	if b.Box == nil {
		return &b, nil
	}
	for i := range b.Box.Ballots {
		b.Box.Ballots[i].Answer = tidied(b.Box.Ballots[i].Answer)
	}
	for i := range b.Box.Answers {
		b.Box.Answers[i].Answer = tidied(b.Box.Answers[i].Answer)
	}
	return &b, nil
}

// tidied undoes what a program that indents JSON may have done to an answer.
func tidied(answer json.RawMessage) json.RawMessage {
	if len(answer) == 0 || IsCanonical(answer) {
		return answer
	}
	if c, err := Canonical(answer); err == nil {
		return c
	}
	return answer
}

// Verify checks everything that a bundle says against everything else in it. Of
// beacons it knows quicknet, and the chains that are given.
func Verify(b *Bundle, chains ...beacon.Chain) *Report {
	v := &verifier{Bundle: b, chains: append(chains, beacon.Quicknet()), report: &Report{Title: b.Poll.Title}}
	if b.Format != BundleFormat {
		v.fails(checkFormat, "verify.format.fails", errs.Args{"Format": cut(b.Format), "Want": BundleFormat})
		return v.report
	}
	v.holds(checkFormat, "verify.format.holds", errs.Args{"Format": b.Format})
	if v.log(); v.state == nil {
		return v.report
	}
	v.text()
	v.electorate()
	v.names()
	v.reasons()
	if v.state.Closed == nil {
		v.running()
		return v.report
	}
	v.lots()
	v.beacon()
	v.box()
	v.totals()
	v.roll()
	v.seed()
	v.count()
	v.certificate()
	return v.report
}

type verifier struct {
	*Bundle
	chains []beacon.Chain
	report *Report
	state  *State // nil where the log cannot be read
}

func (v *verifier) say(check string, s Status, code string, args errs.Args) {
	v.report.Findings = append(v.report.Findings, Finding{check, s, code, args})
}

func (v *verifier) holds(check, code string, args errs.Args) { v.say(check, Holds, code, args) }
func (v *verifier) fails(check, code string, args errs.Args) { v.say(check, Fails, code, args) }
func (v *verifier) open(check, code string, args errs.Args)  { v.say(check, Open, code, args) }

// log checks the chain, then each record and its place.
func (v *verifier) log() {
	records := v.records()
	length := errs.Args{"Number": len(records)}
	if bad := VerifyChain(records); bad >= 0 {
		v.fails(checkChain, "verify.chain.fails", errs.Args{"Number": bad + 1})
	} else {
		v.holds(checkChain, "verify.chain.holds", length)
	}
	entitled := v.Electorate
	if len(entitled) == 0 {
		entitled = nil
	}
	state, err := Replay(records, entitled)
	if bad, ok := errors.AsType[*Illegal](err); ok {
		v.fails(checkOrder, bad.Text.Code, bad.Text.Args)
		return
	}
	if state.Poll == 0 {
		v.fails(checkOrder, "verify.order.empty", nil)
		return
	}
	if state.Poll != v.Poll.ID {
		v.fails(checkOrder, "verify.order.other_poll", errs.Args{"Number": state.Poll, "Want": v.Poll.ID})
		return
	}
	v.holds(checkOrder, "verify.order.holds", length)
	v.state = state
}

func (v *verifier) text() {
	text, err := TextFingerprint(v.Poll.Title, v.Poll.Details, v.Poll.Options)
	if err != nil || text != v.state.Text || v.Poll.Title != v.state.Title || !sameOptions(v.Poll.Options, v.state.Options) {
		v.fails(checkText, "verify.text.fails", nil)
		return
	}
	v.holds(checkText, "verify.text.holds", nil)
}

func sameOptions(a, b []Option) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].ID != b[i].ID || a[i].Label != b[i].Label {
			return false
		}
	}
	return true
}

func (v *verifier) electorate() {
	args := errs.Args{"Number": v.state.Electorate.Count}
	switch {
	case len(v.Electorate) == 0 && v.state.Electorate.Count > 0:
		v.open(checkElectorate, "verify.electorate.open", args)
	case NewElectorate(v.state.Electorate.Kind, v.Electorate) != v.state.Electorate:
		v.fails(checkElectorate, "verify.electorate.fails", args)
	default:
		v.holds(checkElectorate, "verify.electorate.holds", args)
	}
}

func (v *verifier) names() {
	seen := map[Hash]bool{}
	for _, n := range v.Names {
		if seen[n.Voter] || Pseudonym(n.Salt, v.state.Poll, n.Person) != n.Voter {
			v.fails(checkNames, "verify.names.fails", errs.Args{"Name": cut(n.Name)})
			return
		}
		seen[n.Voter] = true
	}
	voters, named := len(v.state.voters), 0
	for voter := range v.state.voters {
		if seen[voter] {
			named++
		}
	}
	args := errs.Args{"Number": named, "Of": voters}
	if named < voters {
		v.open(checkNames, "verify.names.open", args)
		return
	}
	v.holds(checkNames, "verify.names.holds", args)
}

func (v *verifier) reasons() {
	if v.state.Secret {
		v.boxReasons()
		return
	}
	for _, r := range v.Reasons {
		vote := v.state.voters[r.Voter]
		if vote == nil || vote.reason == nil || *vote.reason != ReasonHash(r.Salt, r.Text) {
			v.fails(checkReasons, "verify.reasons.fails", errs.Args{"Voter": r.Voter.String()})
			return
		}
	}
	v.holds(checkReasons, "verify.reasons.holds", errs.Args{"Number": len(v.Reasons)})
}

// running is a poll that takes ballots. It cannot have what only the close makes.
func (v *verifier) running() {
	if v.Certificate != nil || v.Box != nil || v.Totals != nil || len(v.Result) > 0 {
		v.fails(checkClosing, "verify.closing.fails", nil)
		return
	}
	if v.state.Sealed != nil {
		v.open(checkClosing, "verify.closing.sealed", errs.Args{"Number": v.state.Sealed.Round})
		return
	}
	v.open(checkClosing, "verify.closing.open", nil)
}

// lots checks that the lots were promised with the secret now told, and with
// nothing else where no beacon was named.
func (v *verifier) lots() {
	c := v.state.Closed
	if !v.state.Lots.OpenedBy(c.Secret) || v.state.Sealed == nil && c.Beacon+c.Signature != "" {
		v.fails(checkLots, "verify.lots.fails", nil)
		return
	}
	v.holds(checkLots, "verify.lots.holds", nil)
}

// roll compares how many voted, how many ballots there are and what the closing
// record says of both.
func (v *verifier) roll() {
	people, votes := v.state.Roll()
	c := v.state.Closed
	ok := people == c.Roll && people == c.Ballots && votes == c.Votes && v.state.Eligible == c.Eligible
	ballots := c.Ballots
	if v.Box != nil {
		ballots = len(v.Box.Ballots)
		ok = ok && ballots == people && v.Box.votes() == votes
	}
	args := errs.Args{"Number": people, "Ballots": ballots}
	if !ok {
		v.fails(checkRoll, "verify.roll.fails", args)
		return
	}
	v.holds(checkRoll, "verify.roll.holds", args)
}

func (v *verifier) seed() {
	c := v.state.Closed
	if Seed(v.state.Poll, c.Secret, v.ballotsHash(), c.Beacon) != c.Seed {
		v.fails(checkSeed, "verify.seed.fails", nil)
		return
	}
	v.holds(checkSeed, "verify.seed.holds", nil)
}

// ballotsHash is that of the ballots in the bundle, or of the box as the closing
// has it where its ballots are not published.
func (v *verifier) ballotsHash() Hash {
	switch c := v.state.Closed; {
	case !v.state.Secret:
		return BallotsHash(v.state.Ballots())
	case v.Box != nil:
		return v.Box.Hash()
	case c.Box != nil:
		return *c.Box
	}
	return Hash{}
}

// certificate checks who signed what.
func (v *verifier) certificate() {
	if v.Certificate == nil {
		v.open(checkSignature, "verify.signature.open", nil)
		return
	}
	key := ed25519.PublicKey(v.Key)
	if !v.Certificate.Verify(key) {
		v.fails(checkSignature, "verify.signature.fails", nil)
		return
	}
	v.holds(checkSignature, "verify.signature.holds", nil)
	var said Certified
	if !IsCanonical([]byte(v.Certificate.Content)) || json.Unmarshal([]byte(v.Certificate.Content), &said) != nil {
		v.fails(checkCertificate, "verify.certificate.fails", nil)
		return
	}
	v.certified(said, key)
}

func (v *verifier) certified(said Certified, key ed25519.PublicKey) {
	if said.Length != v.state.Head.Number || said.Head != v.state.Head.Hash {
		v.fails(checkHead, "verify.head.fails", errs.Args{"Number": v.state.Head.Number, "Want": said.Length})
	} else {
		v.holds(checkHead, "verify.head.holds", errs.Args{"Number": said.Length})
	}
	want, err := Canonical(v.state.certified(v.rounds(said.Rounds), Fingerprint(key)))
	if err != nil || !bytes.Equal(want, []byte(v.Certificate.Content)) {
		v.fails(checkCertificate, "verify.certificate.fails", nil)
		return
	}
	v.holds(checkCertificate, "verify.certificate.holds", nil)
	v.open(checkKey, "verify.key.open", errs.Args{"Key": Fingerprint(key)})
}

// rounds is the hash of the rounds in the published result, and what the
// certificate says where none is published.
func (v *verifier) rounds(said Hash) Hash {
	if len(v.Result) == 0 {
		return said
	}
	var published struct {
		Rounds json.RawMessage `json:"rounds"`
	}
	if json.Unmarshal(v.Result, &published) != nil {
		return Hash{}
	}
	if published.Rounds == nil {
		published.Rounds = json.RawMessage("[]")
	}
	h, err := hashOf(published.Rounds)
	if err != nil {
		return Hash{}
	}
	return h
}

// cut keeps a text from a foreign file short.
func cut(text string) string {
	const enough = 80
	if runes := []rune(text); len(runes) > enough {
		return string(runes[:enough]) + "…"
	}
	return text
}
