// Package oidc speaks OpenID Connect with the providers of sign-in: where to
// send a browser, and what to believe of that which comes back.
//
// It must never know who people are in the forum, nor keep anything but what
// providers publish about themselves. Providers are strangers: they may be slow,
// wrong or lying, and may point at addresses that are none of their business.
package oidc

import (
	"context"
	"encoding/json"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"time"

	gooidc "github.com/coreos/go-oidc/v3/oidc"

	"plenary/pkg/errs"
)

// Config is what a Client goes by.
type Config struct {
	// AllowPrivate lets providers be on addresses that only this machine's network
	// knows, and without TLS. It is for providers of one's own, and for tests.
	AllowPrivate bool
	Now          func() time.Time
}

// Client talks to providers and remembers what they publish about themselves.
// It is safe for concurrent use.
type Client struct {
	http  *http.Client
	plain bool // providers without TLS are allowed
	now   func() time.Time

	mu    sync.Mutex
	known map[string]*published
}

// New makes a client.
func New(cfg Config) *Client {
	permit := isPublic
	if cfg.AllowPrivate {
		permit = func(netip.Addr) bool { return true }
	}
	return newClient(permit, cfg.AllowPrivate, cfg.Now)
}

func newClient(permit func(netip.Addr) bool, plain bool, now func() time.Time) *Client {
	return &Client{http: newHTTP(permit, plain), plain: plain, now: now, known: map[string]*published{}}
}

// Provider is what the forum knows of a provider.
type Provider struct {
	Issuer       string
	ClientID     string
	ClientSecret string // empty for a public client
}

// What a provider publishes is asked for again after freshFor; while it cannot
// be had, the last answer serves for usableFor.
const (
	freshFor  = time.Hour
	usableFor = 24 * time.Hour
	knownMost = 1000
)

// published is a discovery document, with the keys that it leads to.
type published struct {
	Issuer      string   `json:"issuer"`
	AuthURL     string   `json:"authorization_endpoint"`
	TokenURL    string   `json:"token_endpoint"`
	JWKSURL     string   `json:"jwks_uri"`
	UserInfoURL string   `json:"userinfo_endpoint"`
	TokenAuth   []string `json:"token_endpoint_auth_methods_supported"`
	SaysIssuer  bool     `json:"authorization_response_iss_parameter_supported"`

	provider *gooidc.Provider
	keys     gooidc.KeySet
	at       time.Time
}

// Check asks whether there is a provider under the issuer's address, and says
// what is wrong with it.
func (c *Client) Check(ctx context.Context, issuer string) error {
	_, err := c.discover(ctx, issuer)
	return err
}

// published is what the provider says of itself, from memory where that is
// fresh.
func (c *Client) published(ctx context.Context, issuer string) (*published, error) {
	c.mu.Lock()
	had := c.known[issuer]
	c.mu.Unlock()
	if had != nil && c.now().Sub(had.at) < freshFor {
		return had, nil
	}
	got, err := c.discover(ctx, issuer)
	if err == nil {
		return got, nil
	}
	if had != nil && c.now().Sub(had.at) < usableFor && errs.Is(err, errs.Unavailable) {
		return had, nil
	}
	return nil, err
}

// discover reads the provider's discovery document and remembers it.
func (c *Client) discover(ctx context.Context, issuer string) (*published, error) {
	if err := c.checkAddress(issuer); err != nil {
		return nil, err
	}
	address := strings.TrimSuffix(issuer, "/") + "/.well-known/openid-configuration"
	body, err := c.fetch(ctx, address)
	if err != nil {
		return nil, err
	}
	p := &published{at: c.now()}
	if err := json.Unmarshal(body, p); err != nil {
		return nil, errs.New(errs.Forbidden, "oidc.not_discovery", errs.Args{"Address": address}).Because(err)
	}
	if p.Issuer != issuer {
		return nil, errs.New(errs.Forbidden, "oidc.issuer_mismatch", errs.Args{"Want": issuer, "Got": short(p.Issuer)})
	}
	for _, endpoint := range []string{p.AuthURL, p.TokenURL, p.JWKSURL} {
		if endpoint == "" {
			return nil, errs.New(errs.Forbidden, "oidc.not_discovery", errs.Args{"Address": address})
		}
		if err := c.checkAddress(endpoint); err != nil {
			return nil, err
		}
	}
	if p.UserInfoURL != "" {
		if err := c.checkAddress(p.UserInfoURL); err != nil {
			return nil, err
		}
	}
	c.remember(p)
	return p, nil
}

// remember keeps the document. The keys are asked for later, and again whenever
// a token names one that is not known.
func (c *Client) remember(p *published) {
	background := gooidc.ClientContext(context.Background(), c.http)
	p.provider = (&gooidc.ProviderConfig{IssuerURL: p.Issuer, AuthURL: p.AuthURL, TokenURL: p.TokenURL,
		UserInfoURL: p.UserInfoURL, JWKSURL: p.JWKSURL}).NewProvider(background)
	p.keys = gooidc.NewRemoteKeySet(background, p.JWKSURL)
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.known) >= knownMost {
		clear(c.known)
	}
	c.known[p.Issuer] = p
}

// checkAddress complains of an address that a provider cannot have: no http, and
// none without TLS unless that is allowed.
func (c *Client) checkAddress(address string) error {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.Fragment != "":
		return errs.New(errs.Forbidden, "oidc.no_address", errs.Args{"Address": short(address)})
	case u.Scheme == "https" || u.Scheme == "http" && c.plain:
		return nil
	}
	return errs.New(errs.Forbidden, "oidc.not_https", errs.Args{"Address": short(address)})
}

// fetch reads a document that is there for everybody.
func (c *Client) fetch(ctx context.Context, address string) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, errs.New(errs.Forbidden, "oidc.no_address", errs.Args{"Address": short(address)}).Because(err)
	}
	r.Header.Set("Accept", "application/json")
	res, err := c.http.Do(r)
	if err != nil {
		return nil, unreachable(r.URL.Host, err)
	}
	defer res.Body.Close()
	body, err := readAll(res)
	if err != nil {
		return nil, unreachable(r.URL.Host, err)
	}
	if res.StatusCode >= 500 {
		return nil, errs.New(errs.Unavailable, "oidc.no_discovery", errs.Args{"Address": address, "Status": res.StatusCode})
	}
	if res.StatusCode != http.StatusOK {
		return nil, errs.New(errs.Forbidden, "oidc.no_discovery", errs.Args{"Address": address, "Status": res.StatusCode})
	}
	return body, nil
}
