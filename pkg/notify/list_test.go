package notify_test

import (
	"errors"
	"testing"

	"github.com/emersion/go-smtp"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/notify"
	"plenary/pkg/page"
	"plenary/pkg/store"
	"plenary/pkg/testkit"
	"plenary/pkg/testkit/mailbox"
)

var firstPage page.Page

func TestTheOutboxIsForAdministratorsOnly(t *testing.T) {
	t.Parallel()
	h := open(t, testkit.SQLite(t))
	h.queue(letter())
	id := h.first().ID
	for who, want := range map[access.Actor]errs.Kind{access.Visitor(): errs.Unauthenticated, {Person: 2}: errs.Forbidden} {
		_, list := h.List(t.Context(), who, "", firstPage)
		_, _, show := h.Show(t.Context(), who, id)
		_, test := h.Test(t.Context(), who, "Ben", "ben@example.org", "")
		for name, err := range map[string]error{"list": list, "show": show, "test": test} {
			if errs.KindOf(err) != want {
				t.Errorf("%s for %+v: %v, want %s", name, who, err, want)
			}
		}
	}
}

func TestLettersAreListedByTheirStateInPages(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		for _, statement := range []string{"problem = ''", "sent_at = 1", "failed_at = 1, problem = 'refused: 550 no'", "problem = 'no_server'", "problem = 'not_now', attempts = 2"} {
			h.queue(letter())
			h.change("UPDATE mails SET "+statement+" WHERE id = ?", h.first().ID)
		}
		for state, want := range map[notify.State]int{"": 5, notify.Waiting: 2, notify.Sent: 1, notify.Failed: 1, notify.Held: 1} {
			var got []notify.Mail
			at := page.Page{Limit: 1}
			for {
				list, err := h.List(t.Context(), root, state, at)
				h.must(err)
				got = append(got, list.Items...)
				if at.Cursor = list.Next; at.Cursor == "" {
					break
				}
			}
			for i, m := range got {
				if state != "" && m.State != state || i > 0 && got[i-1].ID <= m.ID {
					t.Errorf("among the %q there is %+v", state, m)
				}
			}
			if len(got) != want {
				t.Errorf("%d letters are %q, want %d", len(got), state, want)
			}
		}
		if _, err := h.List(t.Context(), root, "lost", firstPage); errs.KindOf(err) != errs.Invalid {
			t.Errorf("an unknown state: %v", err)
		}
	})
}

// What has its way to somebody is for them alone; it may hold their sign-in link.
func TestTheWordsOfALetterOnItsWayAreNotShown(t *testing.T) {
	t.Parallel()
	h := open(t, testkit.SQLite(t))
	h.queue(letter())
	for statement, shown := range map[string]bool{"problem = ''": false, "problem = 'not_now'": false, "problem = 'no_server'": true, "failed_at = 1": false, "failed_at = NULL, sent_at = 1": false} {
		h.change("UPDATE mails SET " + statement)
		_, words, err := h.Show(t.Context(), root, h.first().ID)
		if err != nil || (words != nil) != shown {
			t.Errorf("%s: shown %v, %v", statement, words != nil, err)
		}
		h.change("UPDATE mails SET failed_at = NULL, sent_at = NULL")
	}
}

func TestATestMailTellsAtOnceWhatTheServerSaid(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		var no error
		h, box := open(t, db), mailbox.Open(t, mailbox.Options{Rcpt: func(string) error { return no }})
		complains := func(email, code string) {
			t.Helper()
			_, err := h.Test(t.Context(), root, "Root", email, "")
			e, ok := errors.AsType[*errs.Error](err)
			if !ok || e.Fields["email"].Code != code {
				t.Errorf("%q: %v, want %s", email, err, code)
			}
		}
		complains("root@example.org", "mail.why_no_server")
		h.by(box.URL())
		complains("root", "field.email")
		complains("", "field.email")
		m, err := h.Test(t.Context(), root, "Root", " root@example.org ", "")
		if err != nil || m.State != notify.Sent || m.Answer == "" || box.Await(t).To != "root@example.org" {
			t.Errorf("%+v, %v", m, err)
		}
		no = &smtp.SMTPError{Code: 550, Message: "relaying denied"}
		complains("root@example.org", "mail.why_refused")
		no = &smtp.SMTPError{Code: 451, Message: "later"}
		complains("root@example.org", "mail.why_not_now")
		h.by("smtp://127.0.0.1:1")
		complains("root@example.org", "mail.why_unreachable")
		if all, err := h.List(t.Context(), root, notify.Waiting, firstPage); err != nil || len(all.Items) != 0 {
			t.Errorf("test mails wait to be tried again: %+v, %v", all.Items, err)
		}
	})
}
