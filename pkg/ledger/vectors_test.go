package ledger_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"

	"plenary/pkg/beacon"
	"plenary/pkg/ledger"
	"plenary/pkg/tally"
)

var update = flag.Bool("update", false, "write the golden files anew")

const (
	vectorsFile = "testdata/vectors.json"
	vectorsDoc  = "../../docs/verification.md"
)

// vector is one computation, for whoever writes another program that checks.
type vector struct {
	What string `json:"what"`
	From any    `json:"from"`
	Is   any    `json:"is"`
}

type from = map[string]any

func vectors(t *testing.T) []vector {
	p := opened(t, 7, 2)
	p.cast(0, `[12]`, 1, "Because.")
	voter, salt := p.people[0].Voter, fixed(1000)
	key, nonce := fixed(1), fixed(2)
	code := ledger.Code(7, ledger.Commitment(key), nonce)
	ballots := []ledger.BoxBallot{{Code: code, Answer: json.RawMessage(`[[12],[11,13]]`), Weight: 2, Reason: "Bread"}, {Code: "AAAA-BBBB-CCCC-DDDD-EEEE", Answer: json.RawMessage(`[]`), Weight: 1}}
	old := []ledger.Superseded{{Code: ledger.Code(7, ledger.Commitment(fixed(3)), fixed(4)), Key: fixed(3), Nonce: fixed(4)}}
	receipt := ledger.Receipt{Poll: 7, Code: code, Answer: json.RawMessage(`[[12],[11,13]]`), Weight: 2}
	open := []ledger.OpenBallot{{Voter: fixed(9), Answer: json.RawMessage(`{"11":5,"2":0}`), Weight: 1}, {Voter: voter, Answer: json.RawMessage(`[12]`), Weight: 3}}
	find, count := ledger.NewBox(ledger.ReceiptsFind, ballots, old), ledger.NewBox(ledger.ReceiptsCount, ballots, old)
	sealed := ledger.NewBox(ledger.ReceiptsFind, []ledger.BoxBallot{{Code: code, Answer: json.RawMessage(`[12]`), Weight: 1, Reason: "Because.", ReasonSalt: new(fixed(2000)), ReasonHash: new(ledger.ReasonHash(fixed(2000), "Because."))},
		{Code: "AAAA-BBBB-CCCC-DDDD-EEEE", Answer: json.RawMessage(`[11]`), Weight: 1, ReasonHash: new(ledger.ReasonHash(fixed(2001), "Taken away."))}}, nil)
	totals := &ledger.Totals{Totals: tally.Totals{Ballots: 2, Cast: 3, Blank: 1, First: []int64{0, 2, 0}, Duels: [][]int64{{0, 0, 0}, {2, 0, 2}, {0, 0, 0}}},
		Codes: []string{"AAAA-BBBB-CCCC-DDDD-EEEE", code}, Superseded: old}
	public := siteKey().Public().(ed25519.PublicKey)
	certified := ledger.Certificate{Content: `{"format":"plenary-certificate/1","poll":7}`}
	certified.Signature = ledger.Signature(ed25519.Sign(siteKey(), []byte("plenary certificate v1\n"+certified.Content)))
	if !certified.Verify(public) {
		t.Error("a certificate is not signed as the document says")
	}
	waiting := tied(t, 7, beacon.Quicknet())
	lines := waiting.ended(true, drawn(t)).Log
	var all []vector
	for _, v := range []any{map[string]any{"b": 1, "a": []any{true, nil, "\"é\n\u0001<\u2028"}}, tally.Rules{Method: tally.Proposal, Quorum: tally.Percent(50), Threshold: tally.Fraction{Num: 2, Den: 3}}} {
		all = append(all, vector{"canonical form", v, string(must[[]byte](t)(ledger.Canonical(v)))})
	}
	return append(all,
		vector{"voter's pseudonym", from{"salt": salt, "poll": 7, "person": 1}, voter},
		vector{"hash of a reason", from{"salt": fixed(2000), "text": "Because."}, ledger.ReasonHash(fixed(2000), "Because.")},
		vector{"fingerprint of the text", from{"title": p.about.Title, "details": p.about.Details, "options": p.about.Options}, p.state.Text},
		vector{"hash of an electorate", from{"electorate": p.people}, ledger.ElectorateHash(p.people)},
		vector{"log", from{"contents": []string{string(p.records[0].Content), string(p.records[1].Content)}}, []ledger.Hash{p.records[0].Hash, p.records[1].Hash}},
		vector{"commitment to a change key", from{"change_key": key}, ledger.Commitment(key)},
		vector{"receipt code", from{"poll": 7, "commitment": ledger.Commitment(key), "nonce": nonce}, code},
		vector{"hash of a box", find, find.Hash()},
		vector{"hash of a box whose receipts only count", count, count.Hash()},
		vector{"hash of a box whose reasons are sealed by their hashes", sealed, sealed.Hash()},
		vector{"hash of totals", totals, must[ledger.Hash](t)(totals.Hash())},
		vector{"hash of open ballots", open, ledger.BallotsHash(open)},
		vector{"commitment to the secret of lots", from{"secret": fixed(5)}, ledger.Commit(fixed(5), ledger.NoBeacon).Commitment},
		vector{"seed of lots", from{"poll": 7, "secret": fixed(5), "ballots": find.Hash(), "beacon": ""}, ledger.Seed(7, fixed(5), find.Hash(), "")},
		vector{"round of the beacon", from{"chain": beacon.Quicknet().Name(), "sealed_at": sealing, "delay": delay}, waiting.state.Sealed.Round},
		vector{"value of the beacon", from{"round": thousand, "signature": signature}, roundThousand(t).Value()},
		vector{"records of a poll with a beacon", from{"contents": []string{lines[0].Content, lines[len(lines)-2].Content, lines[len(lines)-1].Content}}, []ledger.Hash{lines[0].Hash, lines[len(lines)-2].Hash, lines[len(lines)-1].Hash}},
		vector{"seed of lots with a beacon", from{"poll": 7, "secret": fixed(7), "ballots": waiting.state.Sealed.Ballots, "beacon": roundThousand(t).Value()}, ledger.Seed(7, fixed(7), waiting.state.Sealed.Ballots, roundThousand(t).Value())},
		vector{"seed of lots without the beacon that was named", from{"poll": 7, "secret": fixed(7), "ballots": waiting.state.Sealed.Ballots, "beacon": ledger.NotReached}, ledger.Seed(7, fixed(7), waiting.state.Sealed.Ballots, ledger.NotReached)},
		vector{"order of four options by lot", from{"seed": fixed(5)}, tally.Draw(fixed(5).String(), 4)},
		vector{"fingerprint of a key", from{"public_key": ledger.PublicKey(public)}, ledger.Fingerprint(public)},
		vector{"signature of a receipt", from{"private_seed": strings.Repeat("07", 32), "receipt": receipt}, must[ledger.Signature](t)(receipt.Sign(siteKey()))},
		vector{"signature of a certificate", from{"private_seed": strings.Repeat("07", 32), "content": certified.Content}, certified.Signature},
	)
}

func TestTheVectorsArePublishedAsTheyAre(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(vectors(t)); err != nil {
		t.Fatal(err)
	}
	text := string(must[[]byte](t)(os.ReadFile(vectorsDoc)))
	before, printed, found := strings.Cut(text, "```json vectors\n")
	printed, after, ends := strings.Cut(printed, "```\n")
	if !found || !ends {
		t.Fatalf("%s has no block of vectors", vectorsDoc)
	}
	if *update {
		write(t, vectorsFile, out.String())
		write(t, vectorsDoc, before+"```json vectors\n"+out.String()+"```\n"+after)
		return
	}
	if printed != out.String() {
		t.Errorf("%s prints other vectors; write them anew with -update", vectorsDoc)
	}
	if got := must[[]byte](t)(os.ReadFile(vectorsFile)); string(got) != out.String() {
		t.Errorf("%s holds other vectors; write them anew with -update", vectorsFile)
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
