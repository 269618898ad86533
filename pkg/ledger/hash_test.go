package ledger_test

import (
	"testing"

	"plenary/pkg/ledger"
)

func TestPeopleCompareTheBeginningOfAHash(t *testing.T) {
	t.Parallel()
	whole := ledger.Hash{0x3f, 0xa9, 0x0c, 0x21, 0x77, 0xde, 0x19, 0xb2, 0xff, 31: 0x01}
	const short = "3FA9-0C21-77DE-19B2"
	if got := whole.Short(); got != short {
		t.Errorf("%s is shown as %s, want %s", whole, got, short)
	}
	first := ledger.Hash{0x3f, 0xa9, 0x0c, 0x21, 0x77, 0xde, 0x19, 0xb2}
	for typed, ok := range map[string]bool{short: true, " 3fa9 0c21 77de 19b2\n": true, "3FA9–0C21–77DE–19B2": true,
		"3FA9-0C21-77DE": false, short + "00": false, "3FA9-0C21-77DE-19BX": false, "": false} {
		got, is := ledger.ParseShort(typed)
		if is != ok || ok && got != first {
			t.Errorf("%q is read as %s, %v", typed, got, is)
		}
	}
	if end := first.ShortEnd(); end.Short() != short || end[8] != 0xff || end[31] != 0xff {
		t.Errorf("the last that begins so is %s", end)
	}
}
