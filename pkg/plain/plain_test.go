package plain_test

import (
	"strings"
	"testing"

	"plenary/pkg/errs"
	"plenary/pkg/plain"
)

func TestLineKeepsWhatPeopleTypeOrSaysWhyNot(t *testing.T) {
	for _, c := range []struct{ in, want, code string }{
		{"  Ana ", "Ana", ""},
		{"Žluťoučký 👩‍👩‍👧 نام", "Žluťoučký 👩‍👩‍👧 نام", ""},
		{"", "", "field.required"},
		{" \u200b\u00a0 ", "\u200b", "field.required"},
		{"a\x00b", "a\x00b", "field.control_characters"},
		{"a\nb", "a\nb", "field.control_characters"},
		{"evil\u202etxt", "evil\u202etxt", "field.control_characters"},
		{"\xff", "\xff", "field.not_utf8"},
		{strings.Repeat("ä", 11), strings.Repeat("ä", 11), "field.too_long"},
		{strings.Repeat("ä", 10), strings.Repeat("ä", 10), ""},
	} {
		var f errs.Fields
		got := plain.Line(&f, "name", c.in, true, 10+20*strings.Count(c.in, "ů")+20*strings.Count(c.in, "ť"))
		if code := f["name"].Code; code != c.code || c.code == "" && got != c.want {
			t.Errorf("Line(%q) = %q, %q; want %q, %q", c.in, got, code, c.want, c.code)
		}
	}
}

func TestBodyKeepsItsInnerShape(t *testing.T) {
	var f errs.Fields
	got := plain.Body(&f, "body", "\r\n\r\n    code\r\n\ttab \r\r\n", true, 100)
	if want := "    code\n\ttab"; got != want || f != nil {
		t.Errorf("Body = %q, %v; want %q", got, f, want)
	}
	for in, code := range map[string]string{" \n\t ": "field.required", "\x1b[31m": "field.control_characters", "\xc3\x28": "field.not_utf8", strings.Repeat("x", 101): "field.too_many_bytes"} {
		var f errs.Fields
		plain.Body(&f, "body", in, true, 100)
		if f["body"].Code != code {
			t.Errorf("Body(%.20q): %q, want %q", in, f["body"].Code, code)
		}
	}
}

func TestHandles(t *testing.T) {
	for in, ok := range map[string]bool{"ana": true, " @Ana_2": true, "a": false, "-ana": false, "аna": false, "a b": false, "": false, strings.Repeat("a", 41): false} {
		var f errs.Fields
		plain.Handle(&f, "handle", in)
		if (f == nil) != ok {
			t.Errorf("Handle(%q): %v, want ok = %v", in, f, ok)
		}
		if got := plain.HandleOf(in); (got != "") != ok {
			t.Errorf("HandleOf(%q) = %q", in, got)
		}
	}
	for in, want := range map[string]string{"Ana Čížková": "ana-cizkova", "  Jo  ": "jo", "Ω": "", "O'Brien, Pat": "o-brien-pat", "李": ""} {
		if got := plain.HandleFrom(in); got != want {
			t.Errorf("HandleFrom(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzLine(f *testing.F) {
	f.Add("Ana")
	f.Fuzz(func(t *testing.T, in string) {
		var fields errs.Fields
		once := plain.Line(&fields, "x", in, false, 50)
		if fields == nil && plain.Line(&fields, "x", once, false, 50) != once {
			t.Errorf("cleaning %q twice changes it", in)
		}
	})
}
