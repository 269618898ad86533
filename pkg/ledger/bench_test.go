package ledger_test

import (
	"encoding/json"
	"testing"

	"plenary/pkg/ledger"
)

const voters = 100_000

func BenchmarkReadAndCheckAHundredThousandOpenBallots(b *testing.B) {
	p := opened(b, 1, voters)
	for i := range voters {
		p.cast(i, []string{`[11]`, `[12]`, `[13]`}[i%3], 1, "")
	}
	check(b, p)
}

func BenchmarkReadAndCheckAHundredThousandSecretBallots(b *testing.B) {
	p := opened(b, 1, voters, secretly(ledger.ReceiptsFind))
	for i := range voters {
		p.vote(i, []string{`[11]`, `[12]`, `[13]`}[i%3])
	}
	check(b, p)
}

func check(b *testing.B, p *played) {
	text := must[[]byte](b)(json.Marshal(p.bundle(true)))
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if r := ledger.Verify(must[*ledger.Bundle](b)(ledger.ReadBundle(text))); !r.OK() {
			b.Fatal(failed(r))
		}
	}
	b.ReportMetric(float64(voters*b.N)/b.Elapsed().Seconds(), "ballots/s")
}
