package notify_test

import (
	"strings"
	"testing"

	"plenary/pkg/mail"
	"plenary/pkg/testkit"
)

func TestLettersAboutThemesLookAsTheyDidBefore(t *testing.T) {
	t.Parallel()
	h := open(t, testkit.SQLite(t))
	var text strings.Builder
	read := func(kind, by, reason string) {
		l := mail.Letter{Kind: kind, To: mail.Address{Name: "Ana Ruiz", Email: "ana@example.org"}, Args: map[string]string{"Theme": "Shared kitchens", "Into": "One kitchen for all",
			"Name": by, "Reason": reason, "Words": "Who pays for the ovens?", "Path": "/themes/9#tc-17", "UntilTime": mail.TimeArg(closes, "Europe/Madrid"), "UnsubscribePath": "/unsubscribe/hD7s9fJq2LmZx81"}}
		w := h.read(l)
		text.WriteString("==== " + l.Kind + ": " + w.Subject + "\n\n" + w.Text + "\n")
	}
	for _, kind := range []string{"theme_questioned", "theme_answered", "theme_commented", "theme_proposer_asked", "theme_shortlisted", "theme_declined", "theme_reopened",
		"theme_scheduled", "theme_merge_asked", "theme_merged"} {
		read(kind, "Ben Okri", "They are alike.")
	}
	read("theme_merge_asked", "Ben Okri", "")
	read("theme_merged", "", "") // because the time was over
	golden(t, "themes.txt", text.String())
}
