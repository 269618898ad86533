package ledger_test

import (
	"encoding/json"
	"os"
	"testing"

	"plenary/pkg/ledger"
	"plenary/pkg/tally"
)

// Exports that were published once have to hold for ever. They are written anew
// only while no forum has published any like them.
func TestExportsOfBeforeHoldStill(t *testing.T) {
	t.Parallel()
	for file, b := range map[string]*ledger.Bundle{
		"testdata/open.json":    lunch(t, 1),
		"testdata/secret.json":  secretLunch(t, 2, ledger.ReceiptsFind),
		"testdata/counted.json": secretLunch(t, 3, ledger.ReceiptsCount),
		"testdata/beacon.json":  beaconLunch(t, 4),
		"testdata/missed.json":  missedLunch(t, 5),
		"testdata/summed.json":  summedOnly(t, 4),
	} {
		if *update {
			write(t, file, string(must[[]byte](t)(json.MarshalIndent(b, "", " ")))+"\n")
		}
		old := must[*ledger.Bundle](t)(ledger.ReadBundle(must[[]byte](t)(os.ReadFile(file))))
		if r := ledger.Verify(old); !r.OK() || old.Certificate == nil {
			t.Errorf("%s: %v fail", file, failed(r))
		}
	}
}

func FuzzVerifyNeverFallsOver(f *testing.F) {
	for _, b := range []*ledger.Bundle{lunch(f, 1), secretLunch(f, 2, ledger.ReceiptsFind), secretLunch(f, 3, ledger.ReceiptsCount), beaconLunch(f, 4), summedOnly(f, 4)} {
		f.Add(must[[]byte](f)(json.Marshal(b)))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := ledger.ReadBundle(data)
		if err != nil {
			return
		}
		if r := ledger.Verify(b); len(r.Findings) == 0 {
			t.Error("nothing was found out")
		}
	})
}

func summedOnly(t testing.TB, id int64) *ledger.Bundle {
	b, _ := summedLunch(t, id, tally.RankedPairs)
	return b
}
