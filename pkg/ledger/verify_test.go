package ledger_test

import (
	"crypto/ed25519"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"plenary/pkg/ledger"
)

// failed lists the checks that failed.
func failed(r *ledger.Report) []string {
	var out []string
	for _, f := range r.Findings {
		if f.Status == ledger.Fails {
			out = append(out, f.Check)
		}
	}
	return out
}

func unchecked(r *ledger.Report) []string {
	var out []string
	for _, f := range r.Findings {
		if f.Status == ledger.Open {
			out = append(out, f.Check)
		}
	}
	return out
}

func TestAnExportAsItIsHolds(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		b    *ledger.Bundle
		open []string
	}{
		"open":            {lunch(t, 1), []string{"key"}},
		"secret":          {secretLunch(t, 1, ledger.ReceiptsFind), []string{"key"}},
		"secret, counted": {secretLunch(t, 1, ledger.ReceiptsCount), []string{"key"}},
		"running":         {opened(t, 1, 3).bundle(false), []string{"closing"}},
		"no ballots":      {opened(t, 1, 3).bundle(true), []string{"key"}},
		"nobody asked":    {opened(t, 1, 0).bundle(true), []string{"key"}},
	} {
		r := ledger.Verify(copied(t, tc.b))
		if !r.OK() || len(failed(r)) > 0 {
			t.Errorf("%s: %v fail", name, failed(r))
		}
		if !slices.Equal(unchecked(r), tc.open) {
			t.Errorf("%s: %v open, want %v", name, unchecked(r), tc.open)
		}
	}
}

func TestAnExportThatWasIndentedHoldsToo(t *testing.T) {
	t.Parallel()
	for _, receipts := range []ledger.Receipts{ledger.ReceiptsFind, ledger.ReceiptsCount} {
		text := must[[]byte](t)(json.MarshalIndent(secretLunch(t, 1, receipts), "", "\t"))
		if r := ledger.Verify(must[*ledger.Bundle](t)(ledger.ReadBundle(text))); !r.OK() {
			t.Errorf("%v fail", failed(r))
		}
	}
}

func TestWhatIsKeptBackIsSaidToBeUnchecked(t *testing.T) {
	t.Parallel()
	b := secretLunch(t, 1, ledger.ReceiptsFind)
	b.Box, b.Electorate, b.Names = nil, nil, nil // few ballots, and a reader from outside
	r := ledger.Verify(b)
	if want := []string{"electorate", "names", "box", "count", "key"}; len(failed(r)) > 0 || !slices.Equal(unchecked(r), want) {
		t.Errorf("%v fail and %v are open; want %v", failed(r), unchecked(r), want)
	}
}

// rehashed makes the chain whole again after the contents were changed.
func rehashed(t *testing.T, b *ledger.Bundle) {
	t.Helper()
	var head ledger.Head
	for i, line := range b.Log {
		c, err := ledger.Record{Content: []byte(line.Content)}.Read()
		if err != nil {
			t.Fatal(err)
		}
		r := must[ledger.Record](t)(ledger.Append(head, c))
		b.Log[i] = ledger.LinesOf([]ledger.Record{r})[0]
		head = r.Head()
	}
}

func replaced(t *testing.T, line *ledger.Line, old, new string) {
	t.Helper()
	if !strings.Contains(line.Content, old) {
		t.Fatalf("%s holds no %s", line.Content, old)
	}
	line.Content = strings.Replace(line.Content, old, new, 1)
}

func TestTamperingIsFound(t *testing.T) {
	t.Parallel()
	open, secret, counted := lunch(t, 1), secretLunch(t, 1, ledger.ReceiptsFind), secretLunch(t, 1, ledger.ReceiptsCount)
	otherOpen, otherSecret := lunch(t, 2), secretLunch(t, 2, ledger.ReceiptsFind)
	stranger := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	for _, tc := range []struct {
		name   string
		of     *ledger.Bundle
		tamper func(t *testing.T, b *ledger.Bundle)
		fails  []string // these, and perhaps others
	}{
		{"another format", open, func(_ *testing.T, b *ledger.Bundle) { b.Format = "plenary-poll/2" }, []string{"format"}},
		{"an altered record", open, func(t *testing.T, b *ledger.Bundle) { replaced(t, &b.Log[2], "[12]", "[13]") }, []string{"chain", "seed", "count"}},
		{"an altered record, and the chain made anew", open, func(t *testing.T, b *ledger.Bundle) {
			replaced(t, &b.Log[2], "[12]", "[13]")
			rehashed(t, b)
		}, []string{"seed", "count", "head"}},
		{"another time, and the chain made anew", open, func(t *testing.T, b *ledger.Bundle) {
			replaced(t, &b.Log[2], `"at":1790000000000002`, `"at":1790000000000003`)
			rehashed(t, b)
		}, []string{"head", "certificate"}},
		{"a dropped record", open, func(_ *testing.T, b *ledger.Bundle) { b.Log = slices.Delete(b.Log, 5, 6) }, []string{"chain", "roll"}},
		{"a dropped record, and the chain made anew", open, func(t *testing.T, b *ledger.Bundle) {
			b.Log = slices.Delete(b.Log, 5, 6)
			rehashed(t, b)
		}, []string{"roll", "seed", "count", "head"}},
		{"a dropped first ballot of two", open, func(t *testing.T, b *ledger.Bundle) {
			b.Log = slices.Delete(b.Log, 1, 2)
			rehashed(t, b)
		}, []string{"order"}},
		{"the last record dropped", open, func(_ *testing.T, b *ledger.Bundle) { b.Log = b.Log[:len(b.Log)-1] }, []string{"closing"}},
		{"all records dropped", open, func(_ *testing.T, b *ledger.Bundle) { b.Log = nil }, []string{"order"}},
		{"a record twice", open, func(_ *testing.T, b *ledger.Bundle) { b.Log = slices.Insert(b.Log, 3, b.Log[2]) }, []string{"chain", "order"}},
		{"an added ballot, and the chain made anew", open, func(t *testing.T, b *ledger.Bundle) {
			line := b.Log[2]
			replaced(t, &line, b.Electorate[1].Voter.String(), b.Electorate[4].Voter.String())
			b.Log = slices.Insert(b.Log, 3, line)
			rehashed(t, b)
		}, []string{"roll", "seed", "count", "head"}},
		{"a ballot of a stranger, and the chain made anew", open, func(t *testing.T, b *ledger.Bundle) {
			line := b.Log[2]
			replaced(t, &line, b.Electorate[1].Voter.String(), fixed(9).String())
			b.Log = slices.Insert(b.Log, 3, line)
			rehashed(t, b)
		}, []string{"order"}},
		{"records in another order", open, func(_ *testing.T, b *ledger.Bundle) { b.Log[2], b.Log[3] = b.Log[3], b.Log[2] }, []string{"chain"}},
		{"records in another order, and the chain made anew", open, func(t *testing.T, b *ledger.Bundle) {
			b.Log[2], b.Log[3] = b.Log[3], b.Log[2]
			rehashed(t, b)
		}, []string{"head", "certificate"}},
		{"a ballot after the close", open, func(t *testing.T, b *ledger.Bundle) {
			b.Log = append(b.Log, b.Log[2])
			rehashed(t, b)
		}, []string{"order"}},
		{"space in a record", open, func(t *testing.T, b *ledger.Bundle) { replaced(t, &b.Log[1], `,"`, `, "`) }, []string{"chain", "order"}},
		{"a field that is not known", open, func(t *testing.T, b *ledger.Bundle) { replaced(t, &b.Log[1], `}`, `,"z":1}`) }, []string{"chain", "order"}},
		{"an altered hash", open, func(_ *testing.T, b *ledger.Bundle) { b.Log[len(b.Log)-1].Hash = fixed(1) }, []string{"chain", "head"}},
		{"another title", open, func(_ *testing.T, b *ledger.Bundle) { b.Poll.Title = "Dinner" }, []string{"text"}},
		{"other details", open, func(_ *testing.T, b *ledger.Bundle) { b.Poll.Details = "" }, []string{"text"}},
		{"options exchanged", open, func(_ *testing.T, b *ledger.Bundle) { slices.Reverse(b.Poll.Options) }, []string{"text"}},
		{"another electorate", open, func(_ *testing.T, b *ledger.Bundle) { b.Electorate[4].Voter = fixed(1) }, []string{"electorate"}},
		{"one more voter", open, func(_ *testing.T, b *ledger.Bundle) {
			b.Electorate = append(b.Electorate, ledger.Entitled{Voter: fixed(1), Weight: 1})
		}, []string{"electorate"}},
		{"more votes for a voter", open, func(_ *testing.T, b *ledger.Bundle) { b.Electorate[4].Weight = 2 }, []string{"electorate"}},
		{"another person behind a pseudonym", open, func(_ *testing.T, b *ledger.Bundle) { b.Names[0].Person = 2 }, []string{"names"}},
		{"names exchanged", open, func(_ *testing.T, b *ledger.Bundle) {
			b.Names[0].Voter, b.Names[1].Voter = b.Names[1].Voter, b.Names[0].Voter
		}, []string{"names"}},
		{"a second name for a pseudonym", open, func(_ *testing.T, b *ledger.Bundle) { b.Names = append(b.Names, b.Names[0]) }, []string{"names"}},
		{"another reason", open, func(_ *testing.T, b *ledger.Bundle) { b.Reasons[0].Text = "Red is good." }, []string{"reasons"}},
		{"a reason that nobody gave", open, func(_ *testing.T, b *ledger.Bundle) { b.Reasons[0].Voter = b.Electorate[1].Voter }, []string{"reasons"}},
		{"another result", open, func(_ *testing.T, b *ledger.Bundle) {
			b.Result = json.RawMessage(strings.Replace(string(b.Result), `"winners":[1]`, `"winners":[0]`, 1))
		}, []string{"result"}},
		{"a result with less in it", open, func(_ *testing.T, b *ledger.Bundle) { b.Result = json.RawMessage(`{}`) }, []string{"result"}},
		{"another seed, and the chain made anew", open, func(t *testing.T, b *ledger.Bundle) {
			line := &b.Log[len(b.Log)-1]
			var c ledger.Closed
			if err := json.Unmarshal([]byte(line.Content), &c); err != nil {
				t.Fatal(err)
			}
			replaced(t, line, c.Seed.String(), fixed(1).String())
			rehashed(t, b)
		}, []string{"seed", "count", "head"}},
		{"another secret, and the chain made anew", open, func(t *testing.T, b *ledger.Bundle) {
			replaced(t, &b.Log[len(b.Log)-1], fixed(1).String(), fixed(3).String())
			rehashed(t, b)
		}, []string{"lots", "seed", "head"}},
		{"the certificate of another poll", open, func(_ *testing.T, b *ledger.Bundle) { b.Certificate = otherOpen.Certificate }, []string{"head", "certificate"}},
		{"the log of another poll", open, func(_ *testing.T, b *ledger.Bundle) { b.Log = otherOpen.Log }, []string{"order"}},
		{"an altered certificate", open, func(_ *testing.T, b *ledger.Bundle) {
			b.Certificate.Content = strings.Replace(b.Certificate.Content, `"roll":4`, `"roll":5`, 1)
		}, []string{"signature"}},
		{"an altered signature", open, func(_ *testing.T, b *ledger.Bundle) { b.Certificate.Signature[0] ^= 1 }, []string{"signature"}},
		{"another key", open, func(_ *testing.T, b *ledger.Bundle) { b.Key = ledger.PublicKey(stranger.Public().(ed25519.PublicKey)) }, []string{"signature"}},
		{"a box in an open poll", open, func(_ *testing.T, b *ledger.Bundle) { b.Box = secret.Box }, []string{"box"}},

		{"an altered ballot", secret, func(_ *testing.T, b *ledger.Bundle) { b.Box.Ballots[1].Answer = json.RawMessage(`[13]`) }, []string{"box", "seed"}},
		{"a heavier ballot", secret, func(_ *testing.T, b *ledger.Bundle) { b.Box.Ballots[1].Weight = 2 }, []string{"box", "roll"}},
		{"an added reason", secret, func(_ *testing.T, b *ledger.Bundle) { b.Box.Ballots[1].Reason = "Because." }, []string{"box"}},
		{"a dropped ballot", secret, func(_ *testing.T, b *ledger.Bundle) { b.Box.Ballots = b.Box.Ballots[1:] }, []string{"box", "roll", "count"}},
		{"an added ballot", secret, func(_ *testing.T, b *ledger.Bundle) {
			b.Box = ledger.NewBox(ledger.ReceiptsFind, append(b.Box.Ballots, ledger.BoxBallot{Code: "AAAA-BBBB-CCCC-DDDD-EEEE", Answer: json.RawMessage(`[11]`), Weight: 1}), b.Box.Superseded)
		}, []string{"box", "roll", "count"}},
		{"a ballot twice", secret, func(_ *testing.T, b *ledger.Bundle) {
			b.Box.Ballots = slices.Insert(b.Box.Ballots, 0, b.Box.Ballots[0])
		}, []string{"box", "roll"}},
		{"ballots in another order", secret, func(_ *testing.T, b *ledger.Bundle) { slices.Reverse(b.Box.Ballots) }, []string{"box"}},
		{"another receipt", secret, func(_ *testing.T, b *ledger.Bundle) { b.Box.Ballots[0].Code = "AAAA-AAAA-AAAA-AAAA-AAAA" }, []string{"box"}},
		{"a ballot that is none", secret, func(_ *testing.T, b *ledger.Bundle) { b.Box.Ballots[0].Answer = json.RawMessage(`[99]`) }, []string{"box", "count"}},
		{"a ballot without an answer", secret, func(_ *testing.T, b *ledger.Bundle) { b.Box.Ballots[0].Answer = nil }, []string{"box", "count"}},
		{"an altered replaced ballot", secret, func(_ *testing.T, b *ledger.Bundle) { b.Box.Superseded[0].Key = fixed(1) }, []string{"box", "superseded"}},
		{"a dropped replaced ballot", secret, func(_ *testing.T, b *ledger.Bundle) { b.Box.Superseded = b.Box.Superseded[1:] }, []string{"box"}},
		{"a replaced ballot that is counted", secret, func(_ *testing.T, b *ledger.Bundle) { b.Box.Superseded[0].Code = b.Box.Ballots[0].Code }, []string{"box", "superseded"}},
		{"somebody off the roll, and the chain made anew", secret, func(t *testing.T, b *ledger.Bundle) {
			b.Log = slices.Delete(b.Log, 2, 3)
			rehashed(t, b)
		}, []string{"roll", "head"}},
		{"somebody on the roll, and the chain made anew", secret, func(t *testing.T, b *ledger.Bundle) {
			line := b.Log[2]
			replaced(t, &line, b.Electorate[1].Voter.String(), b.Electorate[5].Voter.String())
			b.Log = slices.Insert(b.Log, 3, line)
			rehashed(t, b)
		}, []string{"roll", "head"}},
		{"somebody twice on the roll", secret, func(t *testing.T, b *ledger.Bundle) {
			b.Log = slices.Insert(b.Log, 3, b.Log[2])
			rehashed(t, b)
		}, []string{"order"}},
		{"the certificate of another secret poll", secret, func(_ *testing.T, b *ledger.Bundle) { b.Certificate = otherSecret.Certificate }, []string{"head", "certificate"}},
		{"the box of another secret poll", secret, func(_ *testing.T, b *ledger.Bundle) { b.Box = otherSecret.Box }, []string{"box", "superseded", "seed"}},

		{"a code dropped", counted, func(_ *testing.T, b *ledger.Bundle) { b.Box.Ballots = b.Box.Ballots[1:] }, []string{"box", "roll"}},
		{"an answer altered", counted, func(_ *testing.T, b *ledger.Bundle) { b.Box.Answers[0].Answer = json.RawMessage(`[13]`) }, []string{"box", "seed"}},
		{"an answer dropped", counted, func(_ *testing.T, b *ledger.Bundle) { b.Box.Answers = b.Box.Answers[1:] }, []string{"box", "roll"}},
		{"an answer tied to a code again", counted, func(_ *testing.T, b *ledger.Bundle) { b.Box.Ballots[0].Answer = b.Box.Answers[0].Answer }, []string{"box"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			b := copied(t, tc.of)
			tc.tamper(t, b)
			got := failed(ledger.Verify(b))
			for _, check := range tc.fails {
				if !slices.Contains(got, check) {
					t.Errorf("%v fail, and %s does not", got, check)
				}
			}
		})
	}
}
