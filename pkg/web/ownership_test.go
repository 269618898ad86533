package web

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"plenary/pkg/access"
	"plenary/pkg/mail"
	"plenary/pkg/person"
	"plenary/pkg/store"
	"plenary/pkg/testkit"
	"plenary/pkg/testkit/mailbox"
)

func TestAnAddressIsConfirmedWhereOneIsSignedIn(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		ben := h.browser("ben")
		ben.get("/account/sign-in").status(200).has("Confirm this address")
		ben.post("/account/confirm").to("/signin/sent")
		ben.post("/signin/code", "code", h.told("sign_in").Args["Code"]).to("/account/sign-in")
		if page := ben.get("/account/sign-in").status(200); page.page.Find(`form[action="/account/confirm"]`).Length() != 0 {
			t.Error("it is asked for again")
		}
		h.browser("").post("/signin", "email", "ben", "password", password).to("/")

		// The letter's link, opened elsewhere, proves the mailbox alone.
		cleo := h.browser("cleo")
		cleo.post("/account/confirm").to("/signin/sent")
		h.browser("").post(h.told("sign_in").Args["Path"]).to("/account/sign-in")
		h.told("email_first_confirmed")
		h.browser("").post("/signin", "email", "cleo", "password", password).status(422)
		cleo.get("/account").to("/signin?next=")
		h.browser("").post("/account/confirm").status(401)
	})
}

func TestSigningInAgainEndsTheSessionBefore(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		ben := h.browser("ben")
		before := ben.keeps("plenary")
		ben.post("/signin", "email", "cleo", "password", password).to("/")
		if _, err := h.site.People.Session(context.Background(), before); err == nil {
			t.Error("the session before is still open")
		}
		if ben.keeps("plenary_known") == "" {
			t.Error("the browser is not known")
		}
	})
}

func TestStrangersDoNotUseUpWhatAMailboxOwnerMayAskFor(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		ben := h.browser("")
		ben.post("/signin", "email", "ben", "password", password).to("/")
		ben.post("/signout").to("/")
		stranger := h.browser("")
		for range 5 {
			stranger.post("/signin", "email", "ben@example.org").to("/signin/sent")
		}
		stranger.post("/signin", "email", "ben@example.org").status(429)
		ben.post("/signin", "email", "ben@example.org").to("/signin/sent")
		signedIn := h.browser("ben")
		signedIn.post("/signin/again", "by", "mail").to("/signin/again?sent=1")
	})
}

func TestATokenIsMadeWithARecentProof(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		ben, root := h.browser("ben"), h.browser("root")
		ben.post("/account/tokens", "name", "script", "days", "30").status(200).has("script")
		h.told("token_made")
		ben.post("/account/tokens", "name", "script", "days", "30", "admin", "1").status(403)
		if ben.get("/account/tokens").page.Find("input[name=admin]").Length() != 0 {
			t.Error("ben is offered to administer")
		}
		root.post("/account/tokens", "name", "robot", "days", "30", "admin", "1").status(200).has("administers")
		h.old()
		ben.post("/account/tokens", "name", "late", "days", "30").status(401).has("Is it still you?")
		if tokens, err := h.site.People.Tokens(context.Background(), h.actor("ben")); err != nil || len(tokens) != 1 {
			t.Errorf("%d tokens, %v", len(tokens), err)
		}
	})
}

func TestANewPasswordEndsTokensUnlessOneSaysOtherwise(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		count := func() int {
			tokens, err := h.site.People.Tokens(context.Background(), h.actor("ben"))
			h.must(err)
			return len(tokens)
		}
		ben := h.browser("ben")
		ben.post("/account/tokens", "name", "script", "days", "30").status(200)
		if _, checked := ben.get("/account/sign-in").page.Find("input[name=tokens]").Attr("checked"); !checked {
			t.Error("ending tokens is not the default")
		}
		ben.post("/account/password", "current", password, "password", "rivers and long bridges").to("/account/sign-in")
		if count() != 1 {
			t.Error("the token is gone")
		}
		ben.post("/account/password", "current", "rivers and long bridges", "password", password, "tokens", "1").to("/account/sign-in")
		if count() != 0 {
			t.Error("the token is left")
		}
	})
}

// What changes who gets in is not for a session that was left open, nor for an
// API token on the pages.
func TestAdministratorsProveAgainBeforeTheyDecideWhoGetsIn(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		root := h.browser("root")
		token, _, err := h.site.People.NewToken(context.Background(), access.System(), person.NewToken{Person: h.who["root"].ID, Name: "x",
			Scopes: []string{"read", "write", "admin"}})
		h.must(err)
		h.old()
		ben := fmt.Sprintf("/admin/people/%d/", h.who["ben"].ID)
		for path, pairs := range map[string][]string{
			"/admin/signup": {"sign_up", "open"}, "/admin/signup/1/approve": nil, "/admin/signup/1/decline": nil,
			ben + "reset-second": nil, ben + "disable": {"reason", "x"}, ben + "enable": nil, ben + "administrator": {"administrator", "yes"},
			ben + "merge": {"handle", "cleo", "confirm", "ben"}, ben + "erase": {"confirm", "ben"}, ben + "link": {"handle", "cleo"},
			"/admin/people":    {"name", "Second Root", "administrator", "1"},
			"/admin/providers": {"name", "x"}, "/admin/providers/1/edit": {"name", "x"}, "/admin/providers/1/remove": nil, "/admin/providers/lift": {"group", "harbour"},
		} {
			root.post(path, pairs...).status(401).has("Is it still you?")
			r := root.form(path, pairs...)
			r.Header.Set("Authorization", "Bearer "+token)
			w := httptest.NewRecorder()
			h.edge.Echo.ServeHTTP(w, r)
			if w.Code != http.StatusForbidden {
				t.Errorf("%s by a token: %d", path, w.Code)
			}
		}
	})
}

func TestAMailThatOpensSomebodysAccountIsReadWithAProofAndWrittenToTheLog(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		var log bytes.Buffer
		h.edge.Log = slog.New(slog.NewTextHandler(&log, nil))
		queue := func(kind, to string) string {
			h.must(h.db.Write(context.Background(), func(tx *store.Tx) error {
				return h.mail.Queue(tx, mail.Letter{Kind: kind, To: mail.Address{Email: to}, Args: map[string]string{"Path": "/signin/link/secret", "Code": "123456", "Email": "x@example.org", "Handle": "x"}})
			}))
			id := h.newest().ID
			h.must(h.mail.Deliver(context.Background(), id))
			return fmt.Sprintf("/admin/mail/%d", id)
		}
		root := h.browser("root")
		own := queue("sign_in", "root@example.org")
		bens := map[string]string{}
		for _, kind := range []string{"sign_in", "sign_up", "new_email", "old_email"} {
			bens[kind] = queue(kind, "ben@example.org")
			log.Reset()
			root.get(bens[kind]).status(200).has("secret")
			if text := log.String(); !strings.Contains(text, "administrator="+fmt.Sprint(h.who["root"].ID)) || !strings.Contains(text, "mail="+strings.TrimPrefix(bens[kind], "/admin/mail/")) || strings.Contains(text, "123456") {
				t.Errorf("%s: the log says %q", kind, text)
			}
		}
		h.old()
		root.get(own).status(200).has("secret")
		for _, path := range bens {
			root.get(path).to("/signin/again?next=" + url.QueryEscape(path))
		}
		h.sendBy(mailbox.Open(t, mailbox.Options{}))
		again := h.browser("root")
		for _, path := range bens {
			if page := again.get(path).status(200); strings.Contains(page.body, "secret") {
				t.Errorf("%s is shown where mail leaves", path)
			}
		}
	})
}

func TestLettersNameNoBrowserThatAStrangerMadeUp(t *testing.T) {
	t.Parallel()
	h := newHouse(t, testkit.SQLite(t))
	for agent, want := range map[string]string{
		"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0": "Firefox, Linux",
		"Call 555 0100 to keep your account":                                     "", "": "", "Firefox/1 call me": "",
	} {
		b := h.browser("")
		r := b.form("/signin", "email", "ben@example.org")
		r.Header.Set("User-Agent", agent)
		b.do(r).to("/signin/sent")
		if got := h.told("sign_in").Args["Device"]; got != want {
			t.Errorf("%q is called %q, want %q", agent, got, want)
		}
	}
}

func TestCookiesOfTheWayInAreBoundToTheHostOverTLS(t *testing.T) {
	t.Parallel()
	h := newHouse(t, testkit.SQLite(t))
	for _, tls := range []bool{false, true} {
		prefix := ""
		if tls {
			h.edge.BaseURL = &url.URL{Scheme: "https", Host: "forum.test"}
			prefix = "__Host-"
		}
		for _, name := range []string{askedCookie, secondCookie, signUpCookie, knownCookie, providerCookie, passkeyCookie} {
			if got := h.site.secretName(name); got != prefix+name {
				t.Errorf("%s is called %s", name, got)
			}
		}
		b := h.browser("")
		r := b.form("/signin", "email", "ben@example.org")
		r.Header.Set("Origin", h.edge.BaseURL.String())
		answer := b.do(r).to("/signin/sent")
		cookie := answer.Header.Get("Set-Cookie")
		if !strings.HasPrefix(cookie, prefix+askedCookie+"=") || strings.Contains(cookie, "Secure") != tls || !strings.Contains(cookie, "Path=/;") {
			t.Errorf("the cookie is %s", cookie)
		}
	}
}

func TestWhoJoinsWithAnAddressThatHasAnAccountIsToldToSignIn(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		made := h.browser("ada").post("/g/harbour/invitations", "role", "member", "days", "3", "uses", "5").status(200)
		path := strings.TrimPrefix(made.page.Find(".receipt code").Text(), origin)
		b := h.browser("")
		form := []string{"name", "Fay Example", "email", "ben@example.org", "password", "a meadow by the sea"}
		b.post(path, form...).status(422).has("If this address has an account, sign in with it first")
		for range 299 {
			h.must(h.site.People.CountStranger("192.0.2.1"))
		}
		b.post(path, form...).status(429)
	})
}

func TestWhoWaitsIsMarkedAmongThePeople(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		h.must(h.db.Write(context.Background(), func(tx *store.Tx) error {
			return tx.Exec("UPDATE people SET waiting_since = 1 WHERE id = ?", h.who["stan"].ID).Error
		}))
		page := h.browser("root").get("/admin").status(200).page
		if n := page.Find(".members li:contains('Stan Example') .tag:contains('waits for approval')").Length(); n != 1 {
			t.Errorf("%d tags", n)
		}
		if n := page.Find(".tag:contains('waits for approval')").Length(); n != 1 {
			t.Errorf("%d people wait", n)
		}
	})
}
