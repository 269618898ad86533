package notify_test

import (
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"plenary/pkg/mail"
	"plenary/pkg/notify"
	"plenary/pkg/store"
	"plenary/pkg/testkit"
	"plenary/pkg/testkit/mailbox"
)

func TestALetterArrivesWithItsCauseAndNotWithoutIt(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		h, box := open(t, db), mailbox.Open(t, mailbox.Options{})
		h.by(box.URL())
		undone := errors.New("undone")
		err := db.Write(t.Context(), func(tx *store.Tx) error {
			l := letter()
			l.To.Email = "nobody@example.org"
			return errors.Join(h.Queue(tx, l), undone)
		})
		if !errors.Is(err, undone) {
			t.Fatal(err)
		}
		h.queue(letter())
		h.start()
		got := box.Await(t)
		if got.From != "noreply@forum.example" || got.To != "ana@example.org" || got.Subject != "Mail from Harbour Assembly arrives" {
			t.Errorf("got %q from %q to %q", got.Subject, got.From, got.To)
		}
		for name, want := range map[string]string{"From": `"Harbour Assembly" <noreply@forum.example>`, "To": `"Ana Ruiz" <ana@example.org>`, "Auto-Submitted": "auto-generated"} {
			if got.Header.Get(name) != want {
				t.Errorf("%s is %q, want %q", name, got.Header.Get(name), want)
			}
		}
		if id := got.Header.Get("Message-Id"); !strings.HasSuffix(id, "@forum.example>") {
			t.Errorf("the id %q is not on the forum's host", id)
		}
		for _, part := range []string{got.Text, got.HTML} {
			for _, want := range []string{"Root Example has asked Harbour Assembly", "https://forum.example/t/42?seq=7", "Ana Ruiz (ana@example.org)"} {
				if !strings.Contains(part, want) {
					t.Errorf("%q is not in\n%s", want, part)
				}
			}
		}
		h.settle(1, notify.Sent)
		if n := len(box.Letters()); n != 1 {
			t.Errorf("%d mails came in, want 1", n)
		}
		if args := h.args(h.first().ID); args != "" {
			t.Errorf("after it left, these are still known: %s", args)
		}
	})
}

// first is the newest letter in the outbox.
func (h *house) first() notify.Mail {
	h.t.Helper()
	all, err := h.List(h.t.Context(), root, "", firstPage)
	h.must(err)
	if len(all.Items) == 0 {
		h.t.Fatal("the outbox is empty")
	}
	return all.Items[0]
}

// settle waits until as many letters are in the state.
func (h *house) settle(n int, state notify.State) {
	h.t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	var got int
	for end := time.Now().Add(40 * time.Second); time.Now().Before(end); <-tick.C {
		all, err := h.List(h.t.Context(), root, state, firstPage)
		h.must(err)
		if got = len(all.Items); got == n {
			return
		}
	}
	h.t.Fatalf("%d letters are %s, want %d", got, state, n)
}

func TestATemporaryRefusalIsTriedAgainAndArrivesOnce(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		var busy atomic.Int32
		busy.Store(3)
		h, box := open(t, db), mailbox.Open(t, mailbox.Options{Rcpt: func(string) error {
			if busy.Add(-1) >= 0 {
				return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "Greylisted, come back later"}
			}
			return nil
		}})
		h.by(box.URL())
		h.queue(letter())
		if err := h.Deliver(t.Context(), h.first().ID); err == nil {
			t.Fatal("a refusal for now is no error, so nothing tries again")
		}
		if m := h.first(); m.State != notify.Waiting || m.Reason != mail.NotNow || m.Attempts != 1 || !strings.Contains(m.Answer, "Greylisted") {
			t.Errorf("it is recorded as %+v", m)
		}
		h.start()
		box.Await(t)
		h.settle(1, notify.Sent)
		h.must(h.Deliver(t.Context(), h.first().ID))
		if m := h.first(); len(box.Letters()) != 1 || m.Attempts != 3 {
			t.Errorf("%d mails came in after %d failures", len(box.Letters()), m.Attempts)
		}
	})
}

func TestALetterWaitsForAServerThatIsDown(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		h, box := open(t, db), mailbox.Open(t, mailbox.Options{})
		box.Close()
		h.by(box.URL())
		h.queue(letter())
		err := h.Deliver(t.Context(), h.first().ID)
		if f, ok := errors.AsType[*mail.Failure](err); !ok || f.Reason != mail.Unreachable || f.Final {
			t.Fatalf("got %v", err)
		}
		back := mailbox.Open(t, mailbox.Options{Listen: box.Addr})
		h.start()
		back.Await(t)
		h.settle(1, notify.Sent)
	})
}

func TestARefusalForGoodIsRecordedAndNotTriedAgain(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		h, box := open(t, db), mailbox.Open(t, mailbox.Options{Rcpt: func(string) error {
			return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "No such user"}
		}})
		h.by(box.URL())
		h.queue(letter())
		h.start()
		h.settle(1, notify.Failed)
		m := h.first()
		if m.Reason != mail.Refused || !strings.Contains(m.Answer, "No such user") || m.FailedAt == nil {
			t.Errorf("it is recorded as %+v", m)
		}
		h.must(h.Deliver(t.Context(), m.ID))
		if box.Tries() != 1 || h.args(m.ID) != "" {
			t.Errorf("it was tried %d times, and %q is still known", box.Tries(), h.args(m.ID))
		}
	})
}

func TestAfterDaysOfFailureALetterIsGivenUp(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		h.by("smtp://127.0.0.1:1")
		h.queue(letter())
		id := h.first().ID
		if err := h.Deliver(t.Context(), id); err == nil {
			t.Fatal("nobody answers there")
		}
		h.clock.pass(80 * time.Hour)
		h.must(h.Deliver(t.Context(), id))
		if m := h.first(); m.State != notify.Failed || m.Reason != "gave_up" {
			t.Errorf("it is recorded as %+v", m)
		}
	})
}

func TestNobodyWritesToAnAccountThatWasClosedOrErasedMeanwhile(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		h, box := open(t, db), mailbox.Open(t, mailbox.Options{})
		h.by(box.URL())
		h.person(7)
		for _, column := range []string{"disabled_at", "erased_at"} {
			l := letter()
			l.Person = 7
			h.queue(l)
			id := h.first().ID
			h.change("UPDATE people SET "+column+" = ? WHERE id = ?", store.At(h.clock.now().Add(time.Second)), 7)
			h.must(h.Deliver(t.Context(), id))
		}
		all, err := h.List(t.Context(), root, "", firstPage)
		h.must(err)
		if len(all.Items) != 1 || all.Items[0].State != notify.Failed || all.Items[0].Reason != "account_closed" {
			t.Errorf("the outbox holds %+v", all.Items)
		}
		if box.Tries() != 0 {
			t.Error("a mail was sent")
		}
		h.must(h.DropOld(t.Context()))
		if all, err = h.List(t.Context(), root, "", firstPage); err != nil || len(all.Items) != 0 {
			t.Errorf("of somebody erased these are left: %+v, %v", all.Items, err)
		}
	})
}

func TestThatAnAccountWasClosedIsStillTold(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		h, box := open(t, db), mailbox.Open(t, mailbox.Options{})
		h.by(box.URL())
		h.person(7)
		h.change("UPDATE people SET disabled_at = ? WHERE id = ?", store.At(h.clock.now()), 7)
		l := letter()
		l.Person = 7
		h.queue(l)
		h.must(h.Deliver(t.Context(), h.first().ID))
		if m := h.first(); m.State != notify.Sent || len(box.Letters()) != 1 {
			t.Errorf("it is recorded as %+v", m)
		}
	})
}

func TestOldLettersAreForgotten(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		h.queue(letter())
		h.clock.pass(29 * 24 * time.Hour)
		h.queue(letter())
		h.must(h.DropOld(t.Context()))
		if all, _ := h.List(t.Context(), root, "", firstPage); len(all.Items) != 2 {
			t.Errorf("%d letters are left, want 2", len(all.Items))
		}
		h.clock.pass(2 * 24 * time.Hour)
		h.must(h.DropOld(t.Context()))
		if all, _ := h.List(t.Context(), root, "", firstPage); len(all.Items) != 1 {
			t.Errorf("%d letters are left, want 1", len(all.Items))
		}
	})
}

func TestWithoutAMailServerLettersStayAndCanBeRead(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		h.queue(letter())
		h.start()
		h.settle(1, notify.Held)
		m, words, err := h.Show(t.Context(), root, h.first().ID)
		h.must(err)
		if words == nil || words.Subject != "Mail from Harbour Assembly arrives" || !strings.Contains(words.Text, "Root Example") ||
			len(words.Links) != 1 || words.Links[0] != "https://forum.example/t/42?seq=7" {
			t.Errorf("%+v reads %+v", m, words)
		}
	})
}

func TestALetterWithoutWordsIsAMistakeAtOnce(t *testing.T) {
	t.Parallel()
	h := open(t, testkit.SQLite(t))
	l := letter()
	l.Kind = "unheard_of"
	if err := h.db.Write(t.Context(), func(tx *store.Tx) error { return h.Queue(tx, l) }); err == nil {
		t.Error("a letter without words was taken")
	}
}
