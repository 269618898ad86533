package mail_test

import (
	"fmt"
	"strings"
	"testing"

	"plenary/pkg/mail"
)

func TestTheAddressOfAMailServer(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]mail.Settings{
		"smtp://forum:x@mail.example:2525":    {Host: "mail.example", Port: 2525, User: "forum", Encryption: mail.Demanded},
		"smtp://mail.example":                 {Host: "mail.example", Port: 587, Encryption: mail.Demanded},
		"smtps://forum:x@mail.example":        {Host: "mail.example", Port: 465, User: "forum", Encryption: mail.Whole},
		"smtp://localhost":                    {Host: "localhost", Port: 25, Encryption: mail.Offered},
		"smtp://127.0.0.1:1025/":              {Host: "127.0.0.1", Port: 1025, Encryption: mail.Offered},
		"smtp://[::1]:1025":                   {Host: "::1", Port: 1025, Encryption: mail.Offered},
		"smtp://mailpit:1025?tls=never":       {Host: "mailpit", Port: 1025, Encryption: mail.Never},
		"smtp://ana%40example.org:x@mail.exa": {Host: "mail.exa", Port: 587, User: "ana@example.org", Encryption: mail.Demanded},
	} {
		got, err := mail.ParseSMTP(raw)
		if err != nil || got.String() != want.String() || got.User != want.User || got.Encryption != want.Encryption {
			t.Errorf("%s is %v as %q (%d), %v", raw, got, got.User, got.Encryption, err)
		}
	}
}

func TestAWrongAddressIsExplainedWithoutItsPassword(t *testing.T) {
	t.Parallel()
	for raw, hint := range map[string]string{
		"mail.example:587":                            "want smtp://",
		"http://forum:geheim@mail.example":            "want smtp://",
		"smtp://forum:geheim@":                        "no host",
		"smtp://forum:gehe/im@mail.example":           "special characters",
		"smtp://forum:geheim@mail.example:0":          "1 to 65535",
		"smtp://forum:geheim@mail.example:99999":      "1 to 65535",
		"smtp://forum:geheim@mail.example:x":          "special characters",
		"smtp://:geheim@mail.example":                 "no user",
		"smtp://forum:geheim@mail.example?tls=no":     "tls=never",
		"smtp://forum:geheim@mail.example?x=y":        "tls=never",
		"smtps://forum:geheim@mail.example?tls=never": "smtps is TLS",
		"smtp://forum:geheim@mail.example/inbox":      "nothing may follow",
	} {
		_, err := mail.ParseSMTP(raw)
		if err == nil || !strings.Contains(err.Error(), hint) {
			t.Errorf("%s: %v, want a hint of %q", raw, err, hint)
			continue
		}
		if strings.Contains(err.Error(), "gehe") {
			t.Errorf("the password is in %q", err)
		}
	}
}

func TestNoFormOfPrintingShowsThePassword(t *testing.T) {
	t.Parallel()
	s, err := mail.ParseSMTP("smtp://forum:geheim@mail.example:587")
	if err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		if told := fmt.Sprintf(verb, s); strings.Contains(told, "geheim") {
			t.Errorf("%s shows %s", verb, told)
		}
	}
}

func TestTheSenderIsABareAddress(t *testing.T) {
	t.Parallel()
	for raw, ok := range map[string]bool{" noreply@forum.example ": true, "noreply@localhost": true, "": false, "Forum <noreply@forum.example>": false, "noreply": false, "a@b\r\nBcc: c@d": false} {
		if _, err := mail.ParseSender(raw); (err == nil) != ok {
			t.Errorf("ParseSender(%q): %v, want ok = %v", raw, err, ok)
		}
	}
}
