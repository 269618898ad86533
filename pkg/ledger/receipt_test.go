package ledger_test

import (
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"testing"
	"testing/iotest"

	"plenary/pkg/ledger"
)

func TestACodeNeedsBothHalvesOfItsChance(t *testing.T) {
	t.Parallel()
	code := ledger.Code(1, ledger.Commitment(fixed(1)), fixed(2))
	if !regexp.MustCompile(`^([A-Z2-7]{4}-){4}[A-Z2-7]{4}$`).MatchString(code) {
		t.Errorf("a code is %q", code)
	}
	for _, other := range []string{
		ledger.Code(2, ledger.Commitment(fixed(1)), fixed(2)), ledger.Code(1, ledger.Commitment(fixed(3)), fixed(2)), ledger.Code(1, ledger.Commitment(fixed(1)), fixed(3)),
	} {
		if other == code {
			t.Errorf("another poll, key or nonce makes the same code %s", code)
		}
	}
	if s := (ledger.Superseded{Code: code, Key: fixed(1), Nonce: fixed(2)}); !s.Holds(1) || s.Holds(2) {
		t.Error("the key does not open its own code, or that of another poll")
	}
}

func TestACodeIsReadAsPeopleTypeIt(t *testing.T) {
	t.Parallel()
	const code = "ABCD-EFGH-IJKL-MNOP-Q234"
	for _, typed := range []string{code, "abcd efgh ijkl mnop q234", "ABCDEFGHIJKLMNOPQ234", " abcd–efgh-ijkl-mnop-q234 "} {
		if got, ok := ledger.ParseCode(typed); !ok || got != code {
			t.Errorf("%q is %q, %v", typed, got, ok)
		}
	}
	for _, typed := range []string{"", code[1:], code + "A", "ABCD-EFGH-IJKL-MNOP-Q201", "ABCD-EFGH-IJKL-MNOP-Q2é"} {
		if got, ok := ledger.ParseCode(typed); ok {
			t.Errorf("%q is taken for %s", typed, got)
		}
	}
}

func TestAReceiptHoldsOnlyForWhatWasSigned(t *testing.T) {
	t.Parallel()
	public := siteKey().Public().(ed25519.PublicKey)
	r := ledger.Receipt{Poll: 1, Code: "AAAA-AAAA-AAAA-AAAA-AAAA", Answer: json.RawMessage(`[11]`), Weight: 1}
	s := must[ledger.Signature](t)(r.Sign(siteKey()))
	if !r.Verify(public, s) {
		t.Error("a receipt does not hold")
	}
	var read ledger.Signature
	if err := read.UnmarshalText([]byte(s.String())); err != nil || read != s {
		t.Errorf("a signature reads as %s (%v)", read, err)
	}
	for _, other := range []ledger.Receipt{
		{Poll: 2, Code: r.Code, Answer: r.Answer, Weight: 1}, {Poll: 1, Code: "BAAA-AAAA-AAAA-AAAA-AAAA", Answer: r.Answer, Weight: 1},
		{Poll: 1, Code: r.Code, Answer: json.RawMessage(`[12]`), Weight: 1}, {Poll: 1, Code: r.Code, Answer: r.Answer, Weight: 2}, {Poll: 1, Code: r.Code},
	} {
		if other.Verify(public, s) {
			t.Errorf("the signature holds for %+v", other)
		}
	}
	s[3] ^= 1
	if r.Verify(public, s) || r.Verify(nil, s) {
		t.Error("an altered signature holds, or one without a key")
	}
}

func TestHashesReadOnlyAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	h := fixed(171)
	if got := must[ledger.Hash](t)(ledger.ParseHash(h.String())); got != h {
		t.Errorf("%s reads as %s", h, got)
	}
	for _, text := range []string{"", h.String()[1:], h.String() + "0", strings.ToUpper(h.String()), "z" + h.String()[1:]} {
		if _, err := ledger.ParseHash(text); err == nil {
			t.Errorf("%q is read", text)
		}
	}
	if _, err := ledger.NewHash(iotest.ErrReader(errors.New("no chance"))); err == nil {
		t.Error("a salt was made without chance")
	}
	if got := must[ledger.Hash](t)(ledger.NewHash(strings.NewReader(strings.Repeat("x", 32)))); got[31] != 'x' {
		t.Errorf("a salt is %s", got)
	}
}
