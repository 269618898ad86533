package oidc

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	gooidc "github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"plenary/pkg/errs"
)

// Request is one sign-in on its way: what the browser takes to the provider, and
// what the answer has to match. State, Nonce and Verifier are drawn anew for each.
type Request struct {
	Redirect string // the forum's own address that the provider leads back to
	State    string
	Nonce    string
	Verifier string // of PKCE; 43 to 128 characters of A-Z a-z 0-9 - . _ ~
	Language string // BCP 47 tag the person prefers; may be empty
}

// Answer is what the browser brought back.
type Answer struct {
	Code   string
	Issuer string // the parameter "iss" of RFC 9207; empty where there was none
}

// Claims are what a provider says of somebody. All but Subject may be empty.
type Claims struct {
	Subject       string
	Email         string
	EmailVerified bool
	Name          string
	Username      string
	Locale        string
}

// algorithms that tokens may be signed with. All are of key pairs: with a shared
// secret a token could be made by whoever knows the client's.
var algorithms = []string{gooidc.RS256, gooidc.ES256, gooidc.EdDSA, gooidc.PS256}

// AuthURL is where the browser has to go to sign in.
func (c *Client) AuthURL(ctx context.Context, p Provider, r Request) (string, error) {
	found, err := c.published(ctx, p.Issuer)
	if err != nil {
		return "", err
	}
	options := []oauth2.AuthCodeOption{gooidc.Nonce(r.Nonce), oauth2.S256ChallengeOption(r.Verifier)}
	if r.Language != "" {
		options = append(options, oauth2.SetAuthURLParam("ui_locales", r.Language))
	}
	return found.config(p, r).AuthCodeURL(r.State, options...), nil
}

func (p *published) config(of Provider, r Request) *oauth2.Config {
	endpoint := oauth2.Endpoint{AuthURL: p.AuthURL, TokenURL: p.TokenURL, AuthStyle: p.authStyle(of)}
	return &oauth2.Config{ClientID: of.ClientID, ClientSecret: of.ClientSecret, Endpoint: endpoint, RedirectURL: r.Redirect,
		Scopes: []string{gooidc.ScopeOpenID, "profile", "email"}}
}

// authStyle is how the client's secret is shown. It is not found out by trying,
// since a code may be good for one try only.
func (p *published) authStyle(of Provider) oauth2.AuthStyle {
	basic := len(p.TokenAuth) == 0 || slices.Contains(p.TokenAuth, "client_secret_basic")
	if of.ClientSecret == "" || !basic {
		return oauth2.AuthStyleInParams
	}
	return oauth2.AuthStyleInHeader
}

// Exchange turns what the browser brought back into what the provider says of
// the person, and believes it only where everything fits the request.
func (c *Client) Exchange(ctx context.Context, p Provider, r Request, a Answer) (Claims, error) {
	found, err := c.published(ctx, p.Issuer)
	if err != nil {
		return Claims{}, err
	}
	if a.Issuer != p.Issuer && (a.Issuer != "" || found.SaysIssuer) {
		return Claims{}, errs.New(errs.Forbidden, "oidc.other_issuer", errs.Args{"Want": p.Issuer, "Got": short(a.Issuer)})
	}
	ctx = gooidc.ClientContext(ctx, c.http)
	token, err := found.config(p, r).Exchange(ctx, a.Code, oauth2.VerifierOption(r.Verifier))
	if err != nil {
		return Claims{}, refused(found.TokenURL, err)
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok || raw == "" {
		return Claims{}, errs.New(errs.Forbidden, "oidc.no_id_token")
	}
	said, err := c.verify(ctx, found, p, r, raw)
	if err != nil {
		return Claims{}, err
	}
	if said.Email == "" && found.UserInfoURL != "" {
		return found.ask(ctx, token, said)
	}
	return said.claims(), nil
}

// refused says why the provider gave no token. What it answered goes to the log,
// without the request that it was an answer to.
func refused(tokenURL string, err error) error {
	answer, ok := errors.AsType[*oauth2.RetrieveError](err)
	if !ok {
		u, _ := url.Parse(tokenURL)
		return unreachable(u.Host, err)
	}
	cause := errors.New(short(answer.ErrorCode + ": " + answer.ErrorDescription))
	switch answer.ErrorCode {
	case "invalid_client", "unauthorized_client":
		return errs.New(errs.Forbidden, "oidc.client_refused").Because(cause)
	case "invalid_grant":
		return errs.New(errs.Forbidden, "oidc.code_refused").Because(cause)
	case "":
		if answer.Response != nil && answer.Response.StatusCode >= 500 {
			return errs.New(errs.Unavailable, "oidc.no_token", errs.Args{"Error": answer.Response.Status}).Because(cause)
		}
	}
	return errs.New(errs.Forbidden, "oidc.no_token", errs.Args{"Error": short(answer.ErrorCode)}).Because(cause)
}

// said is what an ID token or the userinfo endpoint says.
type said struct {
	Subject         string   `json:"sub"`
	AuthorizedParty string   `json:"azp"`
	Email           string   `json:"email"`
	EmailVerified   truthful `json:"email_verified"`
	Name            string   `json:"name"`
	Username        string   `json:"preferred_username"`
	Locale          string   `json:"locale"`
}

// truthful reads a yes that some providers write as a text. All else is a no.
type truthful bool

// UnmarshalJSON reads true and "true".
func (t *truthful) UnmarshalJSON(b []byte) error {
	*t = string(b) == "true" || string(b) == `"true"`
	return nil
}

func (s said) claims() Claims {
	return Claims{Subject: s.Subject, Email: strings.ToLower(strings.TrimSpace(s.Email)), EmailVerified: bool(s.EmailVerified) && s.Email != "",
		Name: short(strings.TrimSpace(s.Name)), Username: short(s.Username), Locale: short(s.Locale)}
}

// judged remembers what the signature was found to be.
type judged struct {
	gooidc.KeySet
	payload []byte
	err     error
}

// VerifySignature checks the token against the provider's keys.
func (j *judged) VerifySignature(ctx context.Context, jwt string) ([]byte, error) {
	j.payload, j.err = j.KeySet.VerifySignature(ctx, jwt)
	return j.payload, j.err
}

// ahead is how far the provider's clock may be ahead of ours.
const ahead = 5 * time.Minute

// verify believes an ID token or says why not.
func (c *Client) verify(ctx context.Context, found *published, p Provider, r Request, raw string) (said, error) {
	keys := &judged{KeySet: found.keys}
	token, err := gooidc.NewVerifier(p.Issuer, keys, &gooidc.Config{ClientID: p.ClientID, SupportedSigningAlgs: algorithms, Now: c.now}).Verify(ctx, raw)
	if err != nil {
		return said{}, distrust(keys, p, err)
	}
	var s said
	if err := token.Claims(&s); err != nil {
		return said{}, errs.New(errs.Forbidden, "oidc.no_id_token").Because(err)
	}
	switch {
	case r.Nonce == "" || token.Nonce != r.Nonce:
		return said{}, errs.New(errs.Forbidden, "oidc.other_nonce")
	case s.AuthorizedParty != p.ClientID && (s.AuthorizedParty != "" || len(token.Audience) > 1):
		return said{}, errs.New(errs.Forbidden, "oidc.other_audience", errs.Args{"Want": p.ClientID, "Got": short(s.AuthorizedParty)})
	case token.IssuedAt.After(c.now().Add(ahead)):
		return said{}, errs.New(errs.Forbidden, "oidc.clock_ahead", errs.Args{"At": token.IssuedAt.UTC().Format(time.RFC3339)})
	case s.Subject == "" || len(s.Subject) > subjectMax || strings.ContainsRune(s.Subject, 0):
		return said{}, errs.New(errs.Forbidden, "oidc.no_subject")
	}
	return s, nil
}

// subjectMax is the longest name of a person at a provider, in bytes; the
// standard allows 255.
const subjectMax = 255

// distrust says in terms of the forum why a token is not believed.
func distrust(keys *judged, p Provider, err error) error {
	if expired, ok := errors.AsType[*gooidc.TokenExpiredError](err); ok {
		return errs.New(errs.Forbidden, "oidc.expired", errs.Args{"At": expired.Expiry.UTC().Format(time.RFC3339)})
	}
	if own, ok := errors.AsType[*errs.Error](keys.err); ok {
		return own
	}
	switch {
	case keys.err != nil:
		return errs.New(errs.Forbidden, "oidc.bad_signature").Because(keys.err)
	case keys.payload == nil:
		return errs.New(errs.Forbidden, "oidc.bad_algorithm").Because(err)
	}
	var claims struct {
		Issuer   string `json:"iss"`
		Audience any    `json:"aud"`
	}
	if bad := json.Unmarshal(keys.payload, &claims); bad != nil {
		return errs.New(errs.Forbidden, "oidc.no_id_token").Because(bad)
	}
	if claims.Issuer != p.Issuer {
		return errs.New(errs.Forbidden, "oidc.other_issuer", errs.Args{"Want": p.Issuer, "Got": short(claims.Issuer)}).Because(err)
	}
	audience, _ := json.Marshal(claims.Audience)
	if !strings.Contains(string(audience), `"`+p.ClientID+`"`) {
		return errs.New(errs.Forbidden, "oidc.other_audience", errs.Args{"Want": p.ClientID, "Got": short(string(audience))}).Because(err)
	}
	return errs.New(errs.Forbidden, "oidc.no_id_token").Because(err)
}

// ask gets from the userinfo endpoint what the ID token left out. It has to
// speak of the same person.
func (p *published) ask(ctx context.Context, token *oauth2.Token, s said) (Claims, error) {
	info, err := p.provider.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil {
		u, _ := url.Parse(p.UserInfoURL)
		return Claims{}, unreachable(u.Host, err)
	}
	var more said
	if err := info.Claims(&more); err != nil {
		return Claims{}, errs.New(errs.Forbidden, "oidc.no_id_token").Because(err)
	}
	if more.Subject != s.Subject {
		return Claims{}, errs.New(errs.Forbidden, "oidc.other_subject")
	}
	for _, pair := range [][2]*string{{&more.Name, &s.Name}, {&more.Username, &s.Username}, {&more.Locale, &s.Locale}} {
		if *pair[0] == "" {
			*pair[0] = *pair[1]
		}
	}
	return more.claims(), nil
}
