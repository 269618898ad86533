package web

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/oidc"
	"plenary/pkg/person"
	"plenary/pkg/testkit/provider"
)

// journal is what the house writes down.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(b []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(b)
}

// read gives what was written since it was last read.
func (j *journal) read() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	defer j.text.Reset()
	return j.text.String()
}

// providing adds a provider of the forum that says what the test wants.
func (h *house) providing() (*provider.Lying, person.Provider, *journal) {
	h.t.Helper()
	l := provider.NewLying(h.t, h.clock.Now)
	h.site.People.UseProviders(oidc.New(oidc.Config{AllowPrivate: true, Now: h.clock.Now}))
	made, err := h.site.People.AddProvider(context.Background(), access.System(), described(l))
	h.must(err)
	j := &journal{}
	h.edge.Log = slog.New(slog.NewTextHandler(j, nil))
	return l, made, j
}

func described(l *provider.Lying) person.NewProvider {
	return person.NewProvider{Name: "Harbour ID", Issuer: l.URL, ClientID: provider.ClientID, ClientSecret: provider.ClientSecret}
}

// departs presses the button, and returns where the provider sends the browser.
func (b *browser) departs(id int64, next string) string {
	b.h.t.Helper()
	page := b.post(fmt.Sprintf("/signin/with/%d", id), "next", next).status(200).has("On to Harbour ID")
	address, ok := page.page.Find("a#onward").Attr("href")
	if !ok || page.Header.Get("Refresh") != "0; url="+address || page.Header.Get("Referrer-Policy") != "no-referrer" {
		b.h.t.Fatalf("leads on by %q and %q", address, page.Header.Get("Refresh"))
	}
	return "/signin/callback?" + provider.Visit(b.h.t, address).Encode()
}

func TestTheButtonsOfTheForumsProvidersStandWherePeopleSignIn(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		h.browser("").get("/signin").status(200).lacks("provider-buttons")
		_, made, _ := h.providing()
		page := h.browser("").get("/signin?next=/g/cellar").status(200).has("Continue with Harbour ID")
		form := page.page.Find(fmt.Sprintf(`form[action="/signin/with/%d"]`, made.ID))
		if next, _ := form.Find("input[name=next]").Attr("value"); next != "/g/cellar" {
			t.Errorf("leads to %q", next)
		}
		h.browser("").get(fmt.Sprintf("/signin/with/%d?next=//evil.example", made.ID)).status(200).has("Continue with Harbour ID").lacks("evil.example")
	})
}

func TestComingBackSignsInWhoIsKnown(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		l, made, j := h.providing()
		l.Lie(provider.Lies{Says: map[string]any{"email": "ben@example.org"}})
		// Ben says that the account is his, by signing in to it.
		b := h.browser("")
		whose := b.get(b.departs(made.ID, "/g/cellar")).to("/signin/whose/").Header.Get("Location")
		b.get(whose).status(200).has("Which account is yours?").has("made by invitation only")
		b.post(whose, "name", "Ben").status(403).has("made by invitation only")
		b.post("/signin", "email", "ben@example.org", "password", password, "next", whose).to(whose)
		b.get(whose).status(200).has("You are signed in as Ben Example (@ben).")
		b.post(whose).to("/g/cellar")
		b.get("/g/cellar").status(200)
		b.get("/account/providers").status(200).has("Harbour ID").has("You came this way").has("ben@example.org")
		b.post(whose).status(410).has("You have not been signed in.")

		// From then on the provider is enough, also in another browser.
		other := h.browser("")
		other.get(other.departs(made.ID, "/g/cellar")).to("/g/cellar")
		other.get("/account").status(200)
		if log := j.read(); strings.Contains(log, provider.ClientSecret) || strings.Contains(log, strings.TrimPrefix(whose, "/signin/whose/")) {
			t.Error("the log holds a secret")
		}

		// Unlinking gives this browser another session.
		other.post(fmt.Sprintf("/account/providers/%d/unlink", made.ID)).to("/account/providers")
		other.get("/account/providers").status(200).has("not linked with any provider")
		b.get("/account").to("/signin")
	})
}

func TestALieIsAnsweredOnThePageAndInTheLog(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		l, made, j := h.providing()
		says := func(name string, value any) provider.Lies { return provider.Lies{Says: map[string]any{name: value}} }
		for code, c := range map[string]struct {
			lies   provider.Lies
			status int
			words  string
		}{
			"oidc.other_issuer":   {says("iss", "https://elsewhere.example"), 403, "The answer comes from “https://elsewhere.example”"},
			"oidc.other_audience": {says("aud", "another"), 403, "was made for another program"},
			"oidc.other_nonce":    {says("nonce", "another"), 403, "belongs to another sign-in"},
			"oidc.expired":        {says("exp", 1), 403, "was good until 1970-01-01T00:00:01Z only"},
			"oidc.bad_algorithm":  {provider.Lies{Algorithm: "none"}, 403, "not signed in a way that the forum trusts"},
			"oidc.bad_signature":  {provider.Lies{Stranger: true}, 403, "not signed with a key that the provider publishes"},
			"provider.denied":     {provider.Lies{Refuse: "access_denied"}, 403, "you said no there"},
			"oidc.redirected":     {provider.Lies{Pages: map[string]http.Handler{"/token": http.RedirectHandler("http://169.254.169.254/", http.StatusTemporaryRedirect)}}, 403, "leads on to 169.254.169.254"},
			"oidc.no_token":       {provider.Lies{Pages: map[string]http.Handler{"/token": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) })}}, 503, "gave no answer that the forum can use"},
		} {
			l.Lie(c.lies)
			b := h.browser("")
			j.read()
			back := b.departs(made.ID, "/g/cellar")
			page := b.get(back).status(c.status).has("You have not been signed in.").has(c.words).has("Try again with Harbour ID")
			if page.Header.Get("Set-Cookie") != "" && strings.Contains(page.Header.Get("Set-Cookie"), "plenary=") {
				t.Errorf("%s: a session was opened", code)
			}
			log := j.read()
			if !strings.Contains(log, "level=WARN") || !strings.Contains(log, "code="+code) || !strings.Contains(log, fmt.Sprintf("provider=%d", made.ID)) {
				t.Errorf("%s: the log says %s", code, log)
			}
			asked, _ := url.ParseQuery(strings.TrimPrefix(back, "/signin/callback?"))
			for _, secret := range []string{provider.ClientSecret, asked.Get("state"), asked.Get("code")} {
				if secret != "" && strings.Contains(log, secret) {
					t.Errorf("%s: the log holds %s", code, secret)
				}
			}
			b.get(back).status(410) // nothing is good a second time
		}
		l.Lie(provider.Lies{})
		stolen := h.browser("").departs(made.ID, "/")
		h.browser("").get(stolen).status(403).has("begun in another browser")
		h.browser("").get("/signin/callback").status(410)
		h.browser("").get("/signin/callback?state=%00&code=%ff").status(410)
	})
}

func TestAProviderThatIsAwayIsAnsweredBeforeLeaving(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		l, made, j := h.providing()
		h.site.People.UseProviders(oidc.New(oidc.Config{AllowPrivate: true, Now: h.clock.Now})) // which remembers nothing
		l.Lie(provider.Lies{Pages: map[string]http.Handler{"/.well-known/openid-configuration": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(502) })}})
		page := h.browser("").post(fmt.Sprintf("/signin/with/%d", made.ID), "next", "/").status(503).has("it answered with 502")
		if page.Header.Get("Retry-After") == "" || !strings.Contains(j.read(), "code=oidc.no_discovery") {
			t.Error("neither when to come back nor why")
		}
	})
}

func TestAdminsLookAfterProviders(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		l, _, _ := h.providing()
		for _, c := range []struct{ who, at string }{{"root", "/admin/providers"}, {"ada", "/g/cellar/providers"}} {
			b := h.browser(c.who)
			page := b.get(c.at).status(200).has(origin + "/signin/callback")
			add := func(name, issuer string) seen {
				return b.post(c.at, "once", page.once(`form[action="`+c.at+`"]`), "name", name, "issuer", issuer, "client_id", "plenary", "client_secret", "hush hush")
			}
			add("Quay ID", l.URL+"/").status(422).has("Enter its name exactly as it writes it").lacks("hush hush")
			page = b.get(c.at)
			add("Quay ID", l.URL).to(c.at)
			list := b.get(c.at).status(200).has("Quay ID").lacks("hush hush")
			edit, _ := list.page.Find(`form[action$="/edit"]`).Last().Attr("action")
			b.post(edit, "name", "", "client_id", "plenary").status(422).has("Please fill this in")
			b.post(edit, "name", "Lock ID", "client_id", "plenary").to(c.at)
			b.get(c.at).has("Lock ID")
			b.post(strings.TrimSuffix(edit, "/edit") + "/remove").to(c.at)
			b.get(c.at).lacks("Lock ID")
		}
		h.browser("mona").get("/g/cellar/providers").status(403)
		h.browser("stan").get("/g/attic/providers").status(404)
		h.browser("stan").get("/g/attic/signin").status(404)
		h.browser("ada").post("/admin/providers", "name", "X").status(403)
	})
}

func TestAGroupRequiresItsProviderOfWhoCameThroughIt(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		l, _, _ := h.providing()
		made, err := h.site.Groups.AddProvider(context.Background(), h.actor("ada"), "cellar", described(l))
		h.must(err)
		require := fmt.Sprintf("/g/cellar/providers/%d/require", made.ID)
		ada := h.browser("ada")
		ada.post(require).status(409).has("Sign in through Harbour ID first")
		whose := ada.get(ada.departs(made.ID, "/g/cellar/providers")).to("/signin/whose/").Header.Get("Location")
		ada.get(whose).has("Whoever runs Harbour ID can then sign in as you")
		ada.post(whose).to("/g/cellar/providers")
		ada.post(require).to("/g/cellar/providers")
		ada.get("/g/cellar/providers").status(200).has("Require it no longer")
		h.browser("").get("/g/cellar/signin").status(200).has("open only to those who sign in through its own provider").has("Continue with Harbour ID")
		ada.get("/g/cellar/signin").status(200).has("You came through the provider")
		root := h.browser("root")
		root.get("/admin/providers").status(200).has("The cellar")
		root.post("/admin/providers/lift", "group", "cellar").to("/admin/providers")
		root.get("/admin/providers").status(200).lacks("The cellar")
	})
}

func TestWhoNeedsAProviderIsOfferedIt(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		l, _, _ := h.providing()
		made, err := h.site.Groups.AddProvider(context.Background(), h.actor("ada"), "attic", described(l))
		h.must(err)
		ada := h.actor("ada")
		ada.Provider = made.ID
		h.must(h.site.Groups.RequireProvider(context.Background(), ada, "attic", made.ID))
		needs := func(edge.Ctx) error { return errs.New(errs.Unauthenticated, "access.needs_provider") }
		h.edge.Echo.GET("/needs", needs)
		h.edge.Echo.GET("/needs/:handle", needs)
		h.edge.Echo.POST("/needs", needs)
		ben := h.browser("ben")
		for _, at := range []string{"/needs", "/needs/attic"} {
			form := ben.get(at).status(401).page.Find(fmt.Sprintf(`form[action="/signin/with/%d"]`, made.ID))
			if next, _ := form.Find("input[name=next]").Attr("value"); form.Length() != 1 || next != at {
				t.Errorf("%s: %d forms that lead to %q", at, form.Length(), next)
			}
		}
		ben.get("/needs/cellar").status(401).lacks("/signin/with/")
		ben.post("/needs", "body", "A long thought that must not be lost.").status(401).has("A long thought that must not be lost.").has("Continue with Harbour ID")
		h.browser("stan").get("/needs").status(401).lacks("/signin/with/")
	})
}
