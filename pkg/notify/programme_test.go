package notify_test

import (
	"strings"
	"testing"
	"time"

	"plenary/pkg/mail"
	"plenary/pkg/testkit"
)

func TestLettersToThoseWhoComeLookAsTheyDidBefore(t *testing.T) {
	t.Parallel()
	h := open(t, testkit.SQLite(t))
	at, was := time.Date(2027, 6, 20, 10, 0, 0, 0, time.UTC), time.Date(2027, 6, 20, 8, 0, 0, 0, time.UTC)
	said := func(kind string, change func(map[string]mail.Word)) string {
		texts := map[string]mail.Word{"Session": {Text: "Who owns the pipes?"}, "Before": {Text: "Pipes"}, "Room": {Text: "Rope loft"}, "Reason": {},
			"When": {At: at, Zone: "Europe/London"}, "Was": {At: was, Zone: "Europe/London"}}
		if change != nil {
			change(texts)
		}
		arg, err := mail.Sentence{Code: "mail.session_" + kind, Texts: texts}.Arg()
		h.must(err)
		return arg
	}
	letter := func(kind string, more ...string) mail.Letter {
		l := mail.Letter{Kind: kind, To: mail.Address{Name: "Ana Ruiz", Email: "ana@example.org"}, Args: map[string]string{"Event": "Summer gathering",
			"Session": "Who owns the pipes?", "Reason": "The quay is under water.", "Path": "/e/7", "StartsTime": mail.TimeArg(at, "Europe/London"), "UnsubscribePath": "/unsubscribe/hD7s9fJq2LmZx81"}}
		for i := 0; i+1 < len(more); i += 2 {
			l.Args[more[i]] = more[i+1]
		}
		return l
	}
	var text strings.Builder
	for _, l := range []mail.Letter{
		letter("sessions_changed", "Change1Sentence", said("moved", nil), "Change2Sentence", said("room", nil), "Change3Sentence", said("renamed", nil),
			"Change4Sentence", said("cancelled", func(w map[string]mail.Word) { w["Reason"] = mail.Word{Text: "The speaker is ill."} }), "Change5Sentence", said("gone", nil), "More", "3"),
		letter("sessions_changed", "Change1Sentence", said("moved", func(w map[string]mail.Word) { w["When"], w["Room"] = mail.Word{}, mail.Word{} }),
			"Change2Sentence", said("room", func(w map[string]mail.Word) { w["Room"] = mail.Word{} })),
		letter("session_seat"), letter("event_cancelled"), letter("event_resumed"),
	} {
		w := h.read(l)
		text.WriteString("==== " + l.Kind + ": " + w.Subject + "\n\n" + w.Text + "\n")
	}
	golden(t, "programmes.txt", text.String())
}
