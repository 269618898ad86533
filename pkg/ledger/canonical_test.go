package ledger_test

import (
	"bytes"
	"encoding/json"
	"math"
	"strings"
	"testing"

	"plenary/pkg/ledger"
)

func TestCanonicalIsOneFormForOneValue(t *testing.T) {
	t.Parallel()
	for want, v := range map[string]any{
		`null`: nil, `true`: true, `-5`: -5, `""`: "", `[]`: []int{}, `{}`: map[string]int{},
		`9223372036854775807`:                            int64(math.MaxInt64),
		`{"B":1,"a":2,"aa":3,"é":4}`:                     map[string]int{"é": 4, "aa": 3, "a": 2, "B": 1},
		`"<a href=\"&\">\\"`:                             `<a href="&">\`,
		"\"\\b\\f\\n\\r\\t\\u0000\\u001f\u007f\u2028😀\"": "\b\f\n\r\t\x00\x1f\u007f\u2028😀",
		`[1,[2,{"x":[]}]]`:                               json.RawMessage(" [ 1 , [ 2 , { \"x\" : [ ] } ] ] "),
	} {
		got, err := ledger.Canonical(v)
		if err != nil || string(got) != want {
			t.Errorf("%v is %s (%v), want %s", v, got, err, want)
		}
		if !ledger.IsCanonical(got) {
			t.Errorf("%s is not taken for canonical", got)
		}
	}
	for _, v := range []any{1.5, math.NaN(), json.RawMessage(`1.0`), json.RawMessage(`1e3`), json.RawMessage(`-0`), uint64(math.MaxUint64), func() {}, json.RawMessage(`{`)} {
		if got, err := ledger.Canonical(v); err == nil {
			t.Errorf("%v became %s", v, got)
		}
	}
}

func TestWhatIsNotCanonicalIsFound(t *testing.T) {
	t.Parallel()
	for _, text := range []string{``, ` 1`, `1 `, `01`, `+1`, `-0`, `1.0`, `1e3`, `9223372036854775808`, `-`, `nul`, `[1,]`, `[1 ,2]`, `[`, `[1`, `{`, `{"a"}`, `{"a":1`,
		`{"b":1,"a":2}`, `{"a":1,"a":2}`, `{a:1}`, `"\/"`, `"\u0041"`, `"\u000a"`, `"\u001F"`, `"\u00`, `"\`, `"\x"`, "\"\n\"", `"`, "\"\xff\"", `1 2`, `[]x`,
		`{"\u0001":1,"\n":2,"\t":3}`, strings.Repeat("[", 5000), strings.Repeat("[", 200) + strings.Repeat("]", 200)} {
		if ledger.IsCanonical([]byte(text)) {
			t.Errorf("%.40q is taken for canonical", text)
		}
	}
}

func FuzzCanonicalIsFoundToBeSo(f *testing.F) {
	for _, seed := range []string{`{"a":[1,"x\n"],"\t":null}`, `"\u001f"`, `-12`, `{"b":1,"a":2}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := ledger.Canonical(json.RawMessage(data))
		if err != nil {
			if ledger.IsCanonical(data) && !bytes.Contains(data, []byte("\\")) {
				t.Fatalf("%q is taken for canonical, and is %v", data, err)
			}
			return
		}
		if len(c) < 90 && !ledger.IsCanonical(c) {
			t.Fatalf("%q became %q, which is not canonical", data, c)
		}
		if ledger.IsCanonical(data) != bytes.Equal(c, data) && len(c) < 90 {
			t.Fatalf("%q is taken for canonical: %v; it is %q", data, ledger.IsCanonical(data), c)
		}
	})
}
