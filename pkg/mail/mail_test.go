package mail_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"plenary/pkg/mail"
	"plenary/pkg/testkit/mailbox"
)

func mailer(t testing.TB, url string) *mail.Mailer {
	t.Helper()
	s, err := mail.ParseSMTP(url)
	if err != nil {
		t.Fatal(err)
	}
	return mail.NewMailer(s, "forum.example")
}

func message() mail.Message {
	return mail.Message{ID: "mail-1.abc@forum.example", From: mail.Address{Name: "Harbour Assembly", Email: "noreply@forum.example"},
		To: mail.Address{Name: "Ana Čížková", Email: "ana@example.org"}, Subject: "Žluťoučký kůň", Text: "Good morning.\n", HTML: "<p>Good morning.</p>\n",
		Date: time.Date(2027, 2, 1, 9, 0, 0, 0, time.UTC)}
}

// expected are the headers of every mail, and there are no others.
var expected = []string{"Auto-Submitted", "Content-Type", "Date", "From", "Message-Id", "Mime-Version", "Subject", "To"}

func headers(l mailbox.Letter) []string {
	var names []string
	for name, values := range l.Header {
		for range values {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func TestAMailArrivesAsItWasWritten(t *testing.T) {
	t.Parallel()
	box := mailbox.Open(t, mailbox.Options{})
	said, err := mailer(t, box.URL()).Send(t.Context(), message())
	if err != nil || said == "" {
		t.Fatalf("the server said %q, %v", said, err)
	}
	got := box.Await(t)
	if !slices.Equal(headers(got), expected) {
		t.Errorf("the headers are %v", headers(got))
	}
	to, err := got.Header.AddressList("To")
	if err != nil || len(to) != 1 || to[0].Name != "Ana Čížková" || to[0].Address != "ana@example.org" {
		t.Errorf("it is to %v, %v", to, err)
	}
	if got.Subject != "Žluťoučký kůň" || got.Text != "Good morning.\n" || got.HTML != "<p>Good morning.</p>\n" {
		t.Errorf("it reads %q: %q, %q", got.Subject, got.Text, got.HTML)
	}
	for i := range len(got.Raw) {
		if got.Raw[i] > 127 {
			t.Fatal("there are bytes in it that not every server passes on")
		}
	}
}

// hostile is what somebody might put into a name or a title.
var hostile = []string{
	"Ana\r\nBcc: victim@example.org", "Ana\nBcc: victim@example.org", "Ana\rBcc: victim@example.org", "\r\n\r\n<script>", "a\x00b", "\u202egpj.exe",
	"\u2066\u2069", "Ana\u2028Bcc: victim@example.org", `"Ana" <victim@example.org>`, "Ana, victim@example.org", "=?utf-8?q?=0D=0ABcc:_victim=40example.org?=",
	"\xff\xfe", "Ana\v\fBcc: x", strings.Repeat("ž", 2000), "", " ", "\t", "(comment)", "Ana;", ".\r\n.\r\nMAIL FROM:<x@y>",
}

func TestNothingThatPeopleTypeBecomesAHeaderOrAnAddressee(t *testing.T) {
	t.Parallel()
	box := mailbox.Open(t, mailbox.Options{})
	m := mailer(t, box.URL())
	for _, text := range hostile {
		msg := message()
		msg.From.Name, msg.To.Name, msg.Subject, msg.Text, msg.HTML = text, text, text, text, "<p>"+text
		if _, err := m.Send(t.Context(), msg); err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		unharmed(t, box.Await(t), text)
	}
}

func unharmed(t *testing.T, got mailbox.Letter, text string) {
	t.Helper()
	if !slices.Equal(headers(got), expected) {
		t.Errorf("%q made the headers %v", text, headers(got))
	}
	to, err := got.Header.AddressList("To")
	if err != nil || len(to) != 1 || to[0].Address != "ana@example.org" || got.To != "ana@example.org" {
		t.Errorf("%q made the addressees %v (%s), %v", text, to, got.To, err)
	}
	from, err := got.Header.AddressList("From")
	if err != nil || len(from) != 1 || from[0].Address != "noreply@forum.example" || got.From != "noreply@forum.example" {
		t.Errorf("%q made the senders %v, %v", text, from, err)
	}
	if err == nil && strings.ContainsAny(got.Subject+to[0].Name+from[0].Name, "\r\n\x00\u202e\u2066\u2028") {
		t.Errorf("%q came through as %q", text, got.Subject)
	}
}

func FuzzHeaders(f *testing.F) {
	for _, text := range hostile {
		f.Add(text, text, text)
	}
	f.Fuzz(func(t *testing.T, name, subject, header string) {
		msg := message()
		msg.To.Name, msg.From.Name, msg.Subject = name, name, subject
		msg.Headers = map[string]string{"List-Id": header}
		var raw bytes.Buffer
		if err := mail.Write(&raw, msg); err != nil {
			t.Fatal(err)
		}
		got, err := mailbox.Parse(raw.Bytes())
		if err != nil {
			t.Fatalf("%v in\n%s", err, raw.Bytes())
		}
		names := slices.DeleteFunc(headers(got), func(n string) bool { return n == "List-Id" })
		if !slices.Equal(names, expected) {
			t.Errorf("%q, %q, %q made the headers %v", name, subject, header, names)
		}
		if to, err := got.Header.AddressList("To"); err != nil || len(to) != 1 || to[0].Address != "ana@example.org" {
			t.Errorf("%q made the addressees %v, %v", name, to, err)
		}
	})
}

func TestAnAddressThatIsNoneNeverReachesTheServer(t *testing.T) {
	t.Parallel()
	box := mailbox.Open(t, mailbox.Options{})
	for _, email := range []string{"", "ana", "ana@example.org\r\nRCPT TO:<x@y>", "ana@example.org, x@example.org", "Ana <ana@example.org>", "ana@example.org>", "@example.org", "ana@@example.org", "ana @example.org"} {
		msg := message()
		msg.To.Email = email
		_, err := mailer(t, box.URL()).Send(t.Context(), msg)
		if f, ok := errors.AsType[*mail.Failure](err); !ok || f.Reason != mail.BadAddress || !f.Final {
			t.Errorf("%q: %v", email, err)
		}
	}
	if box.Tries() != 0 {
		t.Error("the server was asked")
	}
}

func TestWhatTheServerSaysDecidesWhetherToTryAgain(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		o     mailbox.Options
		url   func(b *mailbox.Box) string
		want  mail.Reason
		final bool
	}{
		{"greylisted", mailbox.Options{Rcpt: no(451)}, plainly, mail.NotNow, false},
		{"full mailbox", mailbox.Options{Rcpt: no(452)}, plainly, mail.NotNow, false},
		{"unknown user", mailbox.Options{Rcpt: no(550)}, plainly, mail.Refused, true},
		{"spam", mailbox.Options{Data: func() error { return no(554)("") }}, plainly, mail.Refused, true},
		{"busy while it takes the letter", mailbox.Options{Data: func() error { return no(421)("") }}, plainly, mail.NotNow, false},
		{"wrong password", mailbox.Options{User: "forum", Password: "right"}, as("forum:wrong"), mail.NotLetIn, false},
		{"user not wanted", mailbox.Options{}, as("forum:any"), mail.NotLetIn, false},
		{"user forgotten", mailbox.Options{User: "forum", Password: "right"}, plainly, mail.Refused, true},
		{"nobody there", mailbox.Options{}, func(b *mailbox.Box) string { b.Close(); return b.URL() }, mail.Unreachable, false},
		{"plain where TLS is expected", mailbox.Options{}, func(b *mailbox.Box) string { return "smtps://" + b.Addr }, mail.BadEncrypt, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			box := mailbox.Open(t, c.o)
			_, err := mailer(t, c.url(box)).Send(t.Context(), message())
			f, ok := errors.AsType[*mail.Failure](err)
			if !ok || f.Reason != c.want || f.Final != c.final {
				t.Errorf("got %v (%+v), want %s, final %v", err, f, c.want, c.final)
			}
		})
	}
}

func no(code int) func(string) error {
	return func(string) error { return &smtp.SMTPError{Code: code, Message: "not this one"} }
}

func plainly(b *mailbox.Box) string { return b.URL() }

func as(who string) func(*mailbox.Box) string {
	return func(b *mailbox.Box) string { return "smtp://" + who + "@" + b.Addr }
}

func TestUserAndPasswordAreGivenAndTheLineIsEncryptedWhereItCan(t *testing.T) {
	t.Parallel()
	for _, tls := range []bool{true, false} {
		box := mailbox.Open(t, mailbox.Options{TLS: tls, User: "forum", Password: "pa ss/w@rd"})
		if _, err := mailer(t, "smtp://forum:pa%20ss%2Fw%40rd@"+box.Addr).Send(t.Context(), message()); err != nil {
			t.Fatal(err)
		}
		if got := box.Await(t); got.Encrypted != tls {
			t.Errorf("offered %v, used %v", tls, got.Encrypted)
		}
	}
	box := mailbox.Open(t, mailbox.Options{TLS: true})
	if _, err := mailer(t, box.URL()+"?tls=never").Send(t.Context(), message()); err != nil {
		t.Fatal(err)
	}
	if box.Await(t).Encrypted {
		t.Error("encrypted in spite of tls=never")
	}
}

// A server elsewhere has to encrypt, with a certificate that is its own.
func TestAServerElsewhereHasToEncrypt(t *testing.T) {
	t.Parallel()
	for offered, want := range map[bool]mail.Reason{false: mail.NoEncrypt, true: mail.BadEncrypt} {
		box := mailbox.Open(t, mailbox.Options{TLS: offered})
		m := mail.Elsewhere(mailer(t, "smtp://forum:geheim@"+box.Addr))
		_, err := m.Send(t.Context(), message())
		if f, ok := errors.AsType[*mail.Failure](err); !ok || f.Reason != want || f.Final {
			t.Errorf("offered %v: got %v (%+v), want %s", offered, err, f, want)
		}
		if box.Tries() != 0 {
			t.Error("the server was told of a mail")
		}
	}
}

func TestAnEndedContextCutsTheLine(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	box := mailbox.Open(t, mailbox.Options{Data: func() error {
		cancel()
		<-t.Context().Done() // hangs until the test is over
		return nil
	}})
	_, err := mailer(t, box.URL()).Send(ctx, message())
	if f, ok := errors.AsType[*mail.Failure](err); !ok || f.Reason != mail.Unreachable {
		t.Errorf("got %v", err)
	}
}

func TestAFailureTellsTheLogNothingSecret(t *testing.T) {
	t.Parallel()
	box := mailbox.Open(t, mailbox.Options{User: "forum", Password: "right", Rcpt: func(to string) error {
		return &smtp.SMTPError{Code: 550, Message: "no " + to}
	}})
	for _, who := range []string{"forum:geheim", "forum:right"} {
		m := mailer(t, as(who)(box))
		_, err := m.Send(t.Context(), message())
		if err == nil {
			t.Fatal("it went through")
		}
		told := fmt.Sprintf("%v %+v %s", err, err, m.Server())
		for _, secret := range []string{"geheim", "right", "ana@example.org", "forum:"} {
			if strings.Contains(told, secret) {
				t.Errorf("%q is in %q", secret, told)
			}
		}
	}
}
