package web

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/emersion/go-smtp"

	"plenary/pkg/mail"
	"plenary/pkg/notify"
	"plenary/pkg/page"
	"plenary/pkg/store"
	"plenary/pkg/testkit/mailbox"
)

// letter puts one into the outbox and gives its number.
func (h *house) letter(name, email string) int64 {
	h.t.Helper()
	h.must(h.db.Write(context.Background(), func(tx *store.Tx) error {
		return h.mail.Queue(tx, mail.Letter{Kind: "test", To: mail.Address{Name: name, Email: email}, Args: map[string]string{"Name": "Mona", "Path": "/t/42"}})
	}))
	return h.newest().ID
}

func (h *house) newest() notify.Mail {
	h.t.Helper()
	all, err := h.mail.List(context.Background(), h.actor("root"), "", page.Page{})
	h.must(err)
	if len(all.Items) == 0 {
		h.t.Fatal("the outbox is empty")
	}
	return all.Items[0]
}

// sendBy lets mail leave.
func (h *house) sendBy(box *mailbox.Box) {
	h.t.Helper()
	settings, err := mail.ParseSMTP(box.URL())
	h.must(err)
	way := h.way
	way.Mailer = mail.NewMailer(settings, "forum.test")
	h.mail.SendBy(way)
}

func TestWithoutAMailServerItsPageShowsWhatWouldHaveBeenSent(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		root := h.browser("root")
		if text := root.get("/admin/mail").page.Find("main").Text(); !strings.Contains(text, "No mail was written") || !strings.Contains(text, "PLENARY_SMTP_URL") {
			t.Errorf("the empty outbox says %s", text)
		}
		id := h.letter("Ben Example", "ben@example.org")
		h.must(h.mail.Deliver(context.Background(), id))
		list := root.get("/admin/mail?state=held").page.Find("main")
		if text := list.Text(); !strings.Contains(text, "Would have been sent") || !strings.Contains(text, "Ben Example (ben@example.org)") {
			t.Errorf("the list says %s", text)
		}
		if list.Find(`form[action="/admin/mail/test"]`).Length() != 0 {
			t.Error("a test mail is offered, and cannot be sent")
		}
		one := root.get(fmt.Sprintf("/admin/mail/%d", id)).page.Find("main")
		if text := one.Text(); !strings.Contains(text, "Mail from Plenary arrives") || !strings.Contains(text, "Mona has asked Plenary") {
			t.Errorf("the mail reads %s", text)
		}
		if link, _ := one.Find(".letter a").Attr("href"); link != origin+"/t/42" {
			t.Errorf("its link leads to %q", link)
		}
		if one.Find("iframe, main h1 + style, body body").Length() != 0 {
			t.Error("the mail's HTML is in the page")
		}
	})
}

func TestARefusedMailIsShownWithTheReason(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		h.sendBy(mailbox.Open(t, mailbox.Options{Rcpt: func(string) error {
			return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "No such user <script>"}
		}}))
		id := h.letter("", "ben@example.org")
		h.must(h.mail.Deliver(context.Background(), id))
		root := h.browser("root")
		for _, path := range []string{"/admin/mail", "/admin/mail?state=failed", fmt.Sprintf("/admin/mail/%d", id)} {
			page := root.get(path).page
			if text := page.Find("main").Text(); !strings.Contains(text, "The mail server refused the mail.") || !strings.Contains(text, "No such user <script>") {
				t.Errorf("%s says %s", path, text)
			}
		}
		if text := root.get("/admin/mail?state=sent").page.Find("main").Text(); !strings.Contains(text, "There is no such mail.") {
			t.Errorf("among those sent there is %s", text)
		}
	})
}

func TestATestMailTellsHowItWent(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		root := h.browser("root")
		var no error
		box := mailbox.Open(t, mailbox.Options{Rcpt: func(string) error { return no }})
		h.sendBy(box)
		if own, _ := root.get("/admin/mail").page.Find("#test-email").Attr("value"); own != "root@example.org" {
			t.Errorf("the form holds %q and not one's own address", own)
		}
		res := root.post("/admin/mail/test", "email", "root@example.org")
		to := res.Header.Get("Location")
		if res.StatusCode != http.StatusSeeOther || box.Await(t).To != "root@example.org" {
			t.Fatalf("%d to %s", res.StatusCode, to)
		}
		if text := root.get(to).page.Find("main").Text(); !strings.Contains(text, "Sent") || !strings.Contains(text, "Answer of the mail server") {
			t.Errorf("then it says %s", text)
		}
		no = &smtp.SMTPError{Code: 554, Message: "relaying denied"}
		for email, want := range map[string]string{"elsewhere@example.org": "relaying denied", "nobody": "Give an email address", "": "Give an email address"} {
			res := root.post("/admin/mail/test", "email", email)
			kept, _ := res.page.Find("#test-email").Attr("value")
			if text := res.page.Find("main").Text(); res.StatusCode != 422 || !strings.Contains(text, want) || kept != email {
				t.Errorf("%q: %d, the form holds %q and says %s", email, res.StatusCode, kept, text)
			}
		}
		if n := len(box.Letters()); n != 1 {
			t.Errorf("%d mails came in", n)
		}
	})
}

func TestASecondClickSendsNoSecondTestMail(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		root, box := h.browser("root"), mailbox.Open(t, mailbox.Options{})
		h.sendBy(box)
		once, _ := root.get("/admin/mail").page.Find(`form[action="/admin/mail/test"] input[name=once]`).Attr("value")
		for range 2 {
			if res := root.post("/admin/mail/test", "email", "root@example.org", "once", once); res.StatusCode != http.StatusSeeOther {
				t.Errorf("got %d", res.StatusCode)
			}
		}
		if n := len(box.Letters()); n != 1 {
			t.Errorf("%d mails came in, want 1", n)
		}
	})
}

func TestTheSystemPageShowsFailedJobsAndDoesThemAgain(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		root := h.browser("root")
		if text := root.get("/admin/system").page.Find("main").Text(); !strings.Contains(text, "Nothing waits to be done") || !strings.Contains(text, "0 files") {
			t.Errorf("an idle forum says %s", text)
		}
		h.letter("", "ben@example.org")
		h.must(h.db.Write(context.Background(), func(tx *store.Tx) error {
			return tx.Exec("UPDATE river_job SET state = 'discarded', finalized_at = CURRENT_TIMESTAMP").Error
		}))
		page := root.get("/admin/system").page.Find("main")
		again, _ := page.Find(`form[action$="/retry"]`).Attr("action")
		if text := page.Text(); !strings.Contains(text, "Sending mail") || !strings.Contains(text, "1 failed") || again == "" {
			t.Fatalf("it says %s", text)
		}
		if res := h.browser("ada").post(again); res.StatusCode != http.StatusForbidden {
			t.Errorf("for Ada: %d", res.StatusCode)
		}
		if res := root.post(again); res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/admin/system" {
			t.Errorf("got %d", res.StatusCode)
		}
		page = root.get("/admin/system").page.Find("main")
		if text := page.Text(); !strings.Contains(text, "1 waiting") || page.Find(`form[action$="/retry"]`).Length() != 0 {
			t.Errorf("then it says %s", text)
		}
		if res := root.post(again); res.StatusCode != http.StatusNotFound {
			t.Errorf("once more: %d", res.StatusCode)
		}
	})
}
