package oidc_test

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"plenary/pkg/errs"
	"plenary/pkg/oidc"
	"plenary/pkg/testkit/provider"
)

const callback = "https://forum.example/signin/callback"

// clock is a time that only moves when told.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func newClock() *clock { return &clock{at: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

func request() oidc.Request {
	return oidc.Request{Redirect: callback, State: "the-state", Nonce: "the-nonce", Verifier: strings.Repeat("v", 43), Language: "nl"}
}

func of(l *provider.Lying) oidc.Provider {
	return oidc.Provider{Issuer: l.URL, ClientID: provider.ClientID, ClientSecret: provider.ClientSecret}
}

// signIn goes the whole way.
func signIn(t *testing.T, c *oidc.Client, l *provider.Lying) (oidc.Claims, error) {
	t.Helper()
	address, err := c.AuthURL(t.Context(), of(l), request())
	if err != nil {
		return oidc.Claims{}, err
	}
	brought := provider.Visit(t, address)
	if brought.Get("state") != "the-state" {
		t.Errorf("state came back as %q", brought.Get("state"))
	}
	return c.Exchange(t.Context(), of(l), request(), oidc.Answer{Code: brought.Get("code"), Issuer: brought.Get("iss")})
}

func TestSomebodyComesBackFromTheirProvider(t *testing.T) {
	t.Parallel()
	at := newClock()
	for _, algorithm := range []string{"RS256", "ES256", "EdDSA", "PS256"} {
		t.Run(algorithm, func(t *testing.T) {
			t.Parallel()
			l := provider.NewLying(t, at.now)
			l.Lie(provider.Lies{Algorithm: algorithm, Says: map[string]any{"email": "Ana@Example.org", "email_verified": true, "name": "Ana", "preferred_username": "ana", "locale": "nl"}})
			got, err := signIn(t, oidc.New(oidc.Config{AllowPrivate: true, Now: at.now}), l)
			want := oidc.Claims{Subject: "sub-1", Email: "ana@example.org", EmailVerified: true, Name: "Ana", Username: "ana", Locale: "nl"}
			if err != nil || got != want {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

func TestTheAddressHoldsWhatTheAnswerIsCheckedAgainst(t *testing.T) {
	t.Parallel()
	at := newClock()
	l := provider.NewLying(t, at.now)
	address, err := oidc.New(oidc.Config{AllowPrivate: true, Now: at.now}).AuthURL(t.Context(), of(l), request())
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"response_type": "code", "client_id": "plenary", "redirect_uri": callback, "state": "the-state", "nonce": "the-nonce",
		"code_challenge_method": "S256", "scope": "openid profile email", "ui_locales": "nl", "client_secret": "", "code_verifier": ""} {
		if got := u.Query().Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if len(u.Query().Get("code_challenge")) != 43 {
		t.Error("there is no challenge")
	}
}

func TestAProviderThatLiesIsNotBelieved(t *testing.T) {
	t.Parallel()
	at := newClock()
	ahead := at.now().Add(time.Hour).Unix()
	big := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for range 600 {
			_, _ = w.Write([]byte(strings.Repeat(" ", 1<<10)))
		}
		_, _ = w.Write([]byte("{}"))
	})
	says := func(name string, value any) provider.Lies { return provider.Lies{Says: map[string]any{name: value}} }
	for name, c := range map[string]struct {
		lies provider.Lies
		code string
	}{
		"another issuer in the token":        {says("iss", "https://elsewhere.example"), "oidc.other_issuer"},
		"another issuer in the document":     {provider.Lies{Discovery: map[string]any{"issuer": "https://elsewhere.example"}}, "oidc.issuer_mismatch"},
		"an issuer that differs by a slash":  {provider.Lies{Discovery: map[string]any{"issuer": "/"}}, "oidc.issuer_mismatch"},
		"another nonce":                      {says("nonce", "another"), "oidc.other_nonce"},
		"no nonce":                           {says("nonce", nil), "oidc.other_nonce"},
		"another audience":                   {says("aud", "another-client"), "oidc.other_audience"},
		"two audiences, for the other":       {provider.Lies{Says: map[string]any{"aud": []string{"plenary", "other"}, "azp": "other"}}, "oidc.other_audience"},
		"two audiences, for nobody":          {says("aud", []string{"plenary", "other"}), "oidc.other_audience"},
		"one audience, for another":          {says("azp", "other"), "oidc.other_audience"},
		"an expired token":                   {says("exp", at.now().Add(-time.Minute).Unix()), "oidc.expired"},
		"a token without an end":             {says("exp", nil), "oidc.expired"},
		"a token from the future":            {says("iat", ahead), "oidc.clock_ahead"},
		"no signature":                       {provider.Lies{Algorithm: "none"}, "oidc.bad_algorithm"},
		"a signature by the shared secret":   {provider.Lies{Algorithm: "HS256"}, "oidc.bad_algorithm"},
		"a key that is not published":        {provider.Lies{Stranger: true}, "oidc.bad_signature"},
		"nobody":                             {says("sub", ""), "oidc.no_subject"},
		"somebody with an endless name":      {says("sub", strings.Repeat("x", 256)), "oidc.no_subject"},
		"no token":                           {provider.Lies{Blank: true}, "oidc.no_id_token"},
		"a huge document":                    {provider.Lies{Pages: map[string]http.Handler{"/.well-known/openid-configuration": big}}, "oidc.too_large"},
		"a huge answer":                      {provider.Lies{Pages: map[string]http.Handler{"/token": big}}, "oidc.too_large"},
		"huge keys":                          {provider.Lies{Pages: map[string]http.Handler{"/keys": big}}, "oidc.too_large"},
		"no document":                        {provider.Lies{Pages: map[string]http.Handler{"/.well-known/openid-configuration": http.NotFoundHandler()}}, "oidc.no_discovery"},
		"a document that is a page":          {provider.Lies{Pages: map[string]http.Handler{"/.well-known/openid-configuration": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<!doctype html>") })}}, "oidc.not_discovery"},
		"a document without keys":            {provider.Lies{Discovery: map[string]any{"jwks_uri": ""}}, "oidc.not_discovery"},
		"an address that runs a script":      {provider.Lies{Discovery: map[string]any{"authorization_endpoint": "javascript://x/%0aalert(1)"}}, "oidc.not_https"},
		"a document that leads elsewhere":    {provider.Lies{Pages: map[string]http.Handler{"/.well-known/openid-configuration": http.RedirectHandler("http://169.254.169.254/latest", http.StatusFound)}}, "oidc.redirected"},
		"a token endpoint leading elsewhere": {provider.Lies{Pages: map[string]http.Handler{"/token": http.RedirectHandler("http://127.0.0.2:1/", http.StatusTemporaryRedirect)}}, "oidc.redirected"},
		"a document that leads in circles":   {provider.Lies{Pages: map[string]http.Handler{"/.well-known/openid-configuration": http.RedirectHandler("/.well-known/openid-configuration", http.StatusFound)}}, "oidc.redirected"},
		"userinfo about somebody else":       {provider.Lies{Userinfo: map[string]any{"sub": "sub-2", "email": "ana@example.org"}}, "oidc.other_subject"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := provider.NewLying(t, at.now)
			if c.lies.Discovery["issuer"] == "/" {
				c.lies.Discovery["issuer"] = l.URL + "/"
			}
			l.Lie(c.lies)
			got, err := signIn(t, oidc.New(oidc.Config{AllowPrivate: true, Now: at.now}), l)
			if errs.CodeOf(err) != c.code || errs.KindOf(err) != errs.Forbidden || got != (oidc.Claims{}) {
				t.Errorf("got %+v, %v; want %s", got, err, c.code)
			}
			if err != nil && strings.Contains(err.Error(), provider.ClientSecret) {
				t.Errorf("the log would hold the secret: %v", err)
			}
		})
	}
}

func TestWhatTheTokenLeavesOutIsAskedFor(t *testing.T) {
	t.Parallel()
	at := newClock()
	l := provider.NewLying(t, at.now)
	l.Lie(provider.Lies{Says: map[string]any{"name": "Ana"}, Userinfo: map[string]any{"sub": "sub-1", "email": "ana@example.org", "email_verified": "true"}})
	got, err := signIn(t, oidc.New(oidc.Config{AllowPrivate: true, Now: at.now}), l)
	if want := (oidc.Claims{Subject: "sub-1", Email: "ana@example.org", EmailVerified: true, Name: "Ana"}); err != nil || got != want {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestOnlyAClearYesVerifiesAnAddress(t *testing.T) {
	t.Parallel()
	at := newClock()
	for _, c := range []struct {
		says any
		want bool
	}{{true, true}, {"true", true}, {false, false}, {"false", false}, {nil, false}, {1, false}, {"yes", false}, {[]string{"true"}, false}} {
		l := provider.NewLying(t, at.now)
		l.Lie(provider.Lies{Says: map[string]any{"email": "ana@example.org", "email_verified": c.says}})
		got, err := signIn(t, oidc.New(oidc.Config{AllowPrivate: true, Now: at.now}), l)
		if err != nil || got.EmailVerified != c.want {
			t.Errorf("%v: got %v, %v", c.says, got.EmailVerified, err)
		}
	}
}

func TestACodeIsGoodForOneBrowserAndOneTime(t *testing.T) {
	t.Parallel()
	at := newClock()
	l := provider.NewLying(t, at.now)
	c := oidc.New(oidc.Config{AllowPrivate: true, Now: at.now})
	address, err := c.AuthURL(t.Context(), of(l), request())
	if err != nil {
		t.Fatal(err)
	}
	stolen := request()
	stolen.Verifier = strings.Repeat("w", 43)
	if _, err := c.Exchange(t.Context(), of(l), stolen, oidc.Answer{Code: provider.Visit(t, address).Get("code")}); errs.CodeOf(err) != "oidc.code_refused" {
		t.Errorf("with another verifier: %v", err)
	}
	code := provider.Visit(t, address).Get("code")
	if _, err := c.Exchange(t.Context(), of(l), request(), oidc.Answer{Code: code}); err != nil {
		t.Error(err)
	}
	if _, err := c.Exchange(t.Context(), of(l), request(), oidc.Answer{Code: code}); errs.CodeOf(err) != "oidc.code_refused" {
		t.Errorf("a second time: %v", err)
	}
}

func TestAnAnswerOfAnotherProviderIsNotTaken(t *testing.T) {
	t.Parallel()
	at := newClock()
	l := provider.NewLying(t, at.now)
	c := oidc.New(oidc.Config{AllowPrivate: true, Now: at.now})
	if _, err := c.Exchange(t.Context(), of(l), request(), oidc.Answer{Code: "x", Issuer: "https://elsewhere.example"}); errs.CodeOf(err) != "oidc.other_issuer" {
		t.Errorf("another issuer: %v", err)
	}
	other := provider.NewLying(t, at.now)
	other.Lie(provider.Lies{Discovery: map[string]any{"authorization_response_iss_parameter_supported": true}})
	if _, err := c.Exchange(t.Context(), of(other), request(), oidc.Answer{Code: "x"}); errs.CodeOf(err) != "oidc.other_issuer" {
		t.Errorf("no issuer where one was promised: %v", err)
	}
	if l.Met("/token") != 0 || other.Met("/token") != 0 {
		t.Error("the code was sent all the same")
	}
}

func TestAWrongSecretIsCalledOne(t *testing.T) {
	t.Parallel()
	at := newClock()
	l := provider.NewLying(t, at.now)
	wrong := of(l)
	wrong.ClientSecret = "not that"
	_, err := oidc.New(oidc.Config{AllowPrivate: true, Now: at.now}).Exchange(t.Context(), wrong, request(), oidc.Answer{Code: "x"})
	if errs.CodeOf(err) != "oidc.client_refused" || strings.Contains(err.Error(), "not that") {
		t.Error(err)
	}
}

func TestProvidersArePublicAndSpeakTLS(t *testing.T) {
	t.Parallel()
	at := newClock()
	strict := oidc.New(oidc.Config{Now: at.now})
	for address, code := range map[string]string{
		"http://login.example": "oidc.not_https", "ftp://login.example": "oidc.not_https", "login.example": "oidc.no_address", "": "oidc.no_address",
		"https://user:word@login.example": "oidc.no_address", "https://login.example#x": "oidc.no_address",
		"https://127.0.0.1:1": "oidc.private_address", "https://[::1]:1": "oidc.private_address", "https://10.0.0.1": "oidc.private_address",
		"https://169.254.169.254": "oidc.private_address", "https://[::ffff:127.0.0.1]:1": "oidc.private_address", "https://localhost:1": "oidc.private_address",
		"https://0.0.0.0:1": "oidc.private_address",
	} {
		err := strict.Check(t.Context(), address)
		if code == "" && err == nil || code != "" && errs.CodeOf(err) != code {
			t.Errorf("%s: %v, want %s", address, err, code)
		}
	}
}

func TestWhereADocumentPointsIsJudgedToo(t *testing.T) {
	t.Parallel()
	at := newClock()
	l := provider.NewLying(t, at.now)
	l.Lie(provider.Lies{Discovery: map[string]any{"token_endpoint": "http://127.0.0.2:9/token"}})
	c := oidc.NewPermitting(func(a netip.Addr) bool { return a == netip.MustParseAddr("127.0.0.1") }, at.now)
	if _, err := c.Exchange(t.Context(), of(l), request(), oidc.Answer{Code: "x"}); errs.CodeOf(err) != "oidc.private_address" {
		t.Errorf("the token endpoint: %v", err)
	}
	keys := provider.NewLying(t, at.now)
	keys.Lie(provider.Lies{Discovery: map[string]any{"jwks_uri": "http://127.0.0.2:9/keys"}})
	if _, err := signIn(t, c, keys); errs.CodeOf(err) != "oidc.private_address" {
		t.Errorf("the keys: %v", err)
	}
}

func TestAddressesThatAreNotPublic(t *testing.T) {
	t.Parallel()
	for _, a := range []string{"0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "169.254.169.254", "172.16.0.1", "192.0.0.8", "192.0.2.1", "192.168.1.1",
		"198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "64:ff9b::7f00:1", "100::1", "2001::1",
		"2001:db8::1", "2002:7f00:1::", "fc00::1", "fd00::1", "fe80::1", "fec0::1", "ff02::1", "::127.0.0.1"} {
		if oidc.IsPublic(netip.MustParseAddr(a)) {
			t.Errorf("%s passes for public", a)
		}
	}
	for _, a := range []string{"1.1.1.1", "93.184.216.34", "2606:4700::1111", "2a00:1450::1"} {
		if !oidc.IsPublic(netip.MustParseAddr(a)) {
			t.Errorf("%s does not pass for public", a)
		}
	}
}

func TestADocumentIsRememberedForAWhile(t *testing.T) {
	t.Parallel()
	at := newClock()
	l := provider.NewLying(t, at.now)
	c := oidc.New(oidc.Config{AllowPrivate: true, Now: at.now})
	const document = "/.well-known/openid-configuration"
	ask := func() error { _, err := c.AuthURL(context.Background(), of(l), request()); return err }
	for range 3 {
		if err := ask(); err != nil {
			t.Fatal(err)
		}
	}
	if l.Met(document) != 1 {
		t.Errorf("asked %d times", l.Met(document))
	}
	at.pass(61 * time.Minute)
	if err := ask(); err != nil || l.Met(document) != 2 {
		t.Errorf("after an hour: asked %d times, %v", l.Met(document), err)
	}
	down := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	l.Lie(provider.Lies{Pages: map[string]http.Handler{document: down}})
	at.pass(2 * time.Hour)
	if err := ask(); err != nil {
		t.Errorf("while it is down: %v", err)
	}
	at.pass(24 * time.Hour)
	if err := ask(); errs.CodeOf(err) != "oidc.no_discovery" || !errs.Is(err, errs.Unavailable) {
		t.Errorf("after a day of that: %v", err)
	}
}
