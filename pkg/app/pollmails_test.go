package app_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/forum"
	"plenary/pkg/poll"
	"plenary/pkg/poll/letters"
)

// TestOneClickEndsTheMailsAboutPolls follows a letter that the jobs wrote: to look at
// its link changes nothing, and a mail program ends such letters without a cookie.
func TestOneClickEndsTheMailsAboutPolls(t *testing.T) {
	t.Parallel()
	f := start(t, settings{})
	f.group("vault", "The vault", access.Secret)
	ana := f.person("ana", "Ana", "", "vault", access.Admin)
	ben := f.person("ben", "Ben", "", "vault", access.Member)
	f.sql("UPDATE people SET email_confirmed_at = 1, time_zone = 'Asia/Tokyo' WHERE handle = 'ben'")
	thread, err := f.Forum.Start(f.ctx, ana, "vault", forum.NewThread{Title: "What only members know"})
	if err != nil {
		t.Fatal(err)
	}
	p, err := f.Polls.Start(f.ctx, ana, thread.ID, poll.NewPoll{Title: "Shall we sell the vault?", Method: "proposal", ClosesAt: f.Now().Add(72 * time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	if link := f.lastLink("ben@example.org", "/p/"); !strings.HasSuffix(link, fmt.Sprintf("/p/%d", p.ID)) {
		t.Errorf("the letter leads to %s", link)
	}
	link, err := url.Parse(f.lastLink("ben@example.org", "/unsubscribe/"))
	if err != nil {
		t.Fatal(err)
	}
	program := pollGuest{f, http.DefaultClient}
	wants := func(what string, want letters.Wants) {
		t.Helper()
		if got, err := f.Polls.Letters().Wanted(f.ctx, ben, "vault"); err != nil || got != want {
			t.Errorf("%s: ben wants %q, %v; want %q", what, got, err, want)
		}
	}
	shown := program.wants("the link", http.StatusOK, link.Path)
	for _, words := range []string{"End all mails about these polls", `value="needed"`} {
		if !strings.Contains(shown, words) {
			t.Errorf("the page does not say %q", words)
		}
	}
	if strings.Contains(shown, "What only members know") || strings.Contains(shown, "The vault") {
		t.Error("the page tells of the discussion, or of the secret group")
	}
	wants("after a look", letters.AllMails)
	post := func(what string, status int, path string, form url.Values) {
		t.Helper()
		res, err := program.browser.PostForm(f.URL+path, form)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		if res.StatusCode != status {
			t.Errorf("%s: %d, want %d", what, res.StatusCode, status)
		}
	}
	post("one click", http.StatusOK, link.Path, url.Values{"List-Unsubscribe": {"One-Click"}})
	wants("after one click", letters.NoMails)
	post("one click more", http.StatusOK, link.Path, url.Values{"List-Unsubscribe": {"One-Click"}})
	post("a choice", http.StatusOK, link.Path, url.Values{"polls": {"needed"}})
	wants("after a choice", letters.NeededMails)
	post("no choice", http.StatusUnprocessableEntity, link.Path, url.Values{"polls": {"some"}})
	post("a link that was cut off", http.StatusNotFound, link.Path[:len(link.Path)-2], url.Values{"List-Unsubscribe": {"One-Click"}})
	wants("after what is none", letters.NeededMails)
	for _, closed := range []string{"/g/vault", "/g/vault/mails", fmt.Sprintf("/p/%d", p.ID)} {
		program.wants("without signing in", http.StatusNotFound, closed)
	}
}
