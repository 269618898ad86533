package app_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/forum"
	"plenary/pkg/poll"
)

// TestAGuestOfAPollVotesByTheirLink follows a letter without an account: the link
// opens one poll of a secret group, and nothing around it.
func TestAGuestOfAPollVotesByTheirLink(t *testing.T) {
	t.Parallel()
	f := start(t, settings{})
	f.group("vault", "The vault", access.Secret)
	ana := f.person("ana", "Ana", "", "vault", access.Admin)
	thread, err := f.Forum.Start(f.ctx, ana, "vault", forum.NewThread{Title: "What only members know"})
	if err != nil {
		t.Fatal(err)
	}
	open := func() poll.Poll {
		p, err := f.Polls.Start(f.ctx, ana, thread.ID, poll.NewPoll{Title: "Shall we sell the vault?", Method: "proposal", ClosesAt: f.Now().Add(72 * time.Hour)})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	p, other := open(), open()
	if _, err := f.Polls.InviteGuests(f.ctx, ana, p.ID, "xan@example.org"); err != nil {
		t.Fatal(err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	xan := pollGuest{f, &http.Client{Jar: jar}}
	page, path := "/p/"+strconv.FormatInt(p.ID, 10), "/t/"+strconv.FormatInt(thread.ID, 10)
	elsewhere := "/p/" + strconv.FormatInt(other.ID, 10)
	link, err := url.Parse(f.lastLink("xan@example.org", "/guest/"))
	if err != nil {
		t.Fatal(err)
	}
	xan.wants("without the link", http.StatusNotFound, page)
	xan.wants("a link that was cut off", http.StatusNotFound, link.Path[:len(link.Path)-2])
	xan.wants("the link of another poll", http.StatusNotFound, strings.Replace(link.Path, page+"/", elsewhere+"/", 1))
	shown := xan.wants("the link", http.StatusOK, link.Path)
	for _, words := range []string{"Shall we sell the vault?", `action="` + page + `/ballot"`, "personal link"} {
		if !strings.Contains(shown, words) {
			t.Errorf("the page does not say %q", words)
		}
	}
	for _, words := range []string{"What only members know", "The vault", `href="` + path} {
		if strings.Contains(shown, words) {
			t.Errorf("the page tells %q", words)
		}
	}
	for _, closed := range []string{path, elsewhere, "/g/vault", page + "/edit", page + "/guests", "/api/v1/polls/" + strconv.FormatInt(p.ID, 10)} {
		xan.wants("with the link", http.StatusNotFound, closed)
	}
	for _, open := range []string{page + "/practice", page + "/check", page + "/print", page + "/results.csv", page + "/export.json"} {
		shown := xan.wants("with the link", http.StatusOK, open)
		if strings.Contains(shown, "What only members know") || strings.Contains(shown, "The vault") {
			t.Errorf("%s tells of the discussion", open)
		}
	}
	xan.votes(p)
	if !strings.Contains(xan.wants("after voting", http.StatusOK, page), "Your vote is in") && !strings.Contains(xan.wants("again", http.StatusOK, page), `id="p-`+strconv.FormatInt(p.ID, 10)+`-receipt"`) {
		t.Error("the page does not say that the guest has voted")
	}
	guests, err := f.Polls.Guests(f.ctx, ana, p.ID)
	if err != nil || len(guests) != 1 || !guests[0].Voted {
		t.Fatalf("%+v, %v", guests, err)
	}
	if err := f.Polls.RevokeGuest(f.ctx, ana, p.ID, guests[0].ID); err != nil {
		t.Fatal(err)
	}
	xan.wants("a link that was taken back", http.StatusGone, link.Path)
	xan.wants("the page after that", http.StatusNotFound, page)

	// In a secret poll the answer to the ballot is its receipt.
	secret, err := f.Polls.Start(f.ctx, ana, thread.ID, poll.NewPoll{Title: "Who keeps the key?", Method: "proposal", ClosesAt: f.Now().Add(72 * time.Hour), Settings: poll.Settings{Secret: true}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Polls.InviteGuests(f.ctx, ana, secret.ID, "yan@example.org"); err != nil {
		t.Fatal(err)
	}
	if link, err = url.Parse(f.lastLink("yan@example.org", "/guest/")); err != nil {
		t.Fatal(err)
	}
	xan.wants("the link to a secret poll", http.StatusOK, link.Path)
	xan.votes(secret)
}

// pollGuest is somebody's browser, without an account.
type pollGuest struct {
	*running
	browser *http.Client
}

func (g pollGuest) wants(what string, status int, path string) string {
	g.t.Helper()
	res, err := g.browser.Get(g.URL + path)
	if err != nil {
		g.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		g.t.Fatal(err)
	}
	if res.StatusCode != status {
		g.t.Errorf("%s, %s: %d, want %d", what, path, res.StatusCode, status)
	}
	return string(body)
}

func (g pollGuest) votes(p poll.Poll) {
	g.t.Helper()
	res, err := g.browser.PostForm(g.URL+"/p/"+strconv.FormatInt(p.ID, 10)+"/ballot", url.Values{"choices": {strconv.FormatInt(p.Options[0].ID, 10)}, "once": {"a-guest-votes-once"}})
	if err != nil {
		g.t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		g.t.Errorf("voting: %d", res.StatusCode)
	}
}
