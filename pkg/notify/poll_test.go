package notify_test

import (
	"strings"
	"testing"
	"time"

	"plenary/pkg/mail"
	"plenary/pkg/testkit"
	"plenary/pkg/testkit/mailbox"
)

var closes = time.Date(2027, 2, 8, 17, 0, 0, 0, time.UTC)

// aboutPoll is a letter about a poll with all that those of its kind can say.
func aboutPoll(t *testing.T, kind, zone string) mail.Letter {
	t.Helper()
	result, err := mail.Sentence{Code: "tally.summary.chosen", Count: new(int64(17)), List: []mail.Word{{Text: "Oat"}},
		Texts: map[string]mail.Word{"Cast": {Number: new(int64(30))}}}.Arg()
	if err != nil {
		t.Fatal(err)
	}
	l := mail.Letter{Kind: kind, To: mail.Address{Name: "Ana Ruiz", Email: "ana@example.org"}, Args: map[string]string{
		"Poll": "Which flour?", "Path": "/p/9", "Name": "Ben Okri", "By": "Ben Okri", "Option": "Spelt", "Outcome": "We buy oat flour.\nFor a year.",
		"RecordNumber": "17", "RecordHash": strings.Repeat("0f1e2d3c", 8), "RecordPath": "/p/9/check"}}
	if !strings.HasPrefix(kind, "proxy_") {
		l.Args["UnsubscribePath"] = "/unsubscribe/hD7s9fJq2LmZx81"
	}
	switch kind {
	case "poll_opened", "poll_reminder", "poll_extended", "poll_reopened", "poll_invitation":
		l.Args["ClosesTime"] = mail.TimeArg(closes, zone)
	case "poll_closed":
		l.Args["ResultSentence"] = result
	}
	if zone == "" {
		l.Args["Guest"], l.Args["Path"] = "yes", "/p/9/guest/Yt5Qw2"
	}
	return l
}

func TestLettersAboutPollsLookAsTheyDidBefore(t *testing.T) {
	t.Parallel()
	h := open(t, testkit.SQLite(t))
	var text strings.Builder
	for _, kind := range []string{"poll_opened", "poll_reminder", "poll_extended", "poll_reopened", "poll_closed", "option_added", "outcome_published", "outcome_review",
		"proxy_named", "proxy_voted", "proxy_ended", "poll_invitation"} {
		w := h.read(aboutPoll(t, kind, "Europe/Madrid"))
		text.WriteString("==== " + kind + ": " + w.Subject + "\n\n" + w.Text + "\n")
	}
	for _, kind := range []string{"poll_opened", "poll_reminder", "poll_invitation"} {
		w := h.read(aboutPoll(t, kind, ""))
		text.WriteString("==== " + kind + " to a guest whose zone nobody knows: " + w.Subject + "\n\n" + w.Text + "\n")
	}
	collecting := aboutPoll(t, "poll_opened", "Europe/Madrid")
	collecting.Args["CollectTime"] = mail.TimeArg(closes.Add(-72*time.Hour), "Europe/Madrid")
	text.WriteString("==== poll_opened, of a poll that collects options\n\n" + h.read(collecting).Text)
	for name, got := range map[string]string{"polls.txt": text.String(), "poll.html": h.read(aboutPoll(t, "poll_closed", "UTC")).HTML} {
		golden(t, name, got)
	}
}

// Mail programs offer to unsubscribe where the headers of RFC 8058 say how.
func TestLettersThatCanBeEndedSayHowInTheirHeaders(t *testing.T) {
	t.Parallel()
	h, box := open(t, testkit.SQLite(t)), mailbox.Open(t, mailbox.Options{})
	h.by(box.URL())
	for kind, want := range map[string][2]string{
		"poll_opened": {"<https://forum.example/unsubscribe/hD7s9fJq2LmZx81>", "List-Unsubscribe=One-Click"},
		"proxy_voted": {},
	} {
		h.queue(aboutPoll(t, kind, "UTC"))
		h.must(h.Deliver(t.Context(), h.first().ID))
		got := box.Await(t)
		if got.Header.Get("List-Unsubscribe") != want[0] || got.Header.Get("List-Unsubscribe-Post") != want[1] {
			t.Errorf("%s: %q and %q, want %q", kind, got.Header.Get("List-Unsubscribe"), got.Header.Get("List-Unsubscribe-Post"), want)
		}
	}
}

func TestASentenceIsSaidInTheReadersWords(t *testing.T) {
	t.Parallel()
	h := open(t, testkit.SQLite(t))
	for name, s := range map[string]struct {
		in   mail.Sentence
		want string
	}{
		"options by key": {mail.Sentence{Code: "list.end", Texts: map[string]mail.Word{"A": {Key: "answer.agree", Text: "agree"}, "B": {Key: "no.such.key", Text: "as it stands"}}}, "Agree and as it stands"},
		"a time":         {mail.Sentence{Code: "list.end", Texts: map[string]mail.Word{"A": {At: closes}, "B": {Number: new(int64(3))}}}, "Monday 8 February 2027, 17:00 UTC and 3"},
	} {
		arg, err := s.in.Arg()
		h.must(err)
		l := aboutPoll(t, "poll_closed", "UTC")
		l.Args["ResultSentence"] = arg
		if w := h.read(l); !strings.Contains(w.Text, s.want) {
			t.Errorf("%s: %q is not in\n%s", name, s.want, w.Text)
		}
	}
}
