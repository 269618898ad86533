package person

import (
	"context"
	"encoding/hex"
	"fmt"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/oidc"
	"plenary/pkg/store"
)

// Kinds of flows: the way to a provider and back, and somebody who came back and
// is not known yet.
const (
	providerFlow = "provider"
	pendingFlow  = "identity"
)

// How long the way back stays open, and how long somebody may take to say which
// account is theirs: they may have to find their password first. A browser keeps
// its secret for as long as the longer of them.
const (
	wayBackLife  = 10 * time.Minute
	ProviderLife = 30 * time.Minute
)

// departuresFromAddress is how many sign-ins through providers may be begun from
// an address of the network in ten minutes; an assembly hall shares one.
const departuresFromAddress = 3000

// Departure is how somebody sets out for a provider.
type Departure struct {
	Redirect string // the forum's own address that the provider leads back to
	Browser  string // secret that the browser keeps already; empty where none
	Next     string // where to go in the end
	Language string
	Address  string // in the network, from which it is begun
	Before   string // state of the departure that this one takes the place of; empty where none
}

// Return is what a browser brought back from a provider.
type Return struct {
	State    string
	Code     string
	Error    string // code of the provider's refusal
	Issuer   string
	Redirect string // as at the departure
	Browser  string
	Device   string
}

// Landing is where coming back has led: into the forum, or to the question whose
// account it is. Provider and Next are known wherever the state was, also in
// company of an error.
type Landing struct {
	Provider Provider
	Next     string
	Entry    Entry
	Pending  string // secret of what waits for an answer; empty where Entry is set
}

// wayBack is a departure as it is kept in its flow.
type wayBack struct {
	Provider int64  `json:"provider"`
	Browser  string `json:"browser"` // digest of the browser's secret, in hexadecimal
	Nonce    string `json:"nonce"`
	Verifier string `json:"verifier"`
	Next     string `json:"next"`
}

// Depart begins a sign-in through a provider. It returns the address that the
// browser has to go to, and the secret that it has to keep.
//
// Anybody can ask for it, so it is counted by address, nothing is written where
// the provider does not answer, and it takes the place of the browser's earlier
// departure. Errors: NotFound; TooMany "provider.too_many_departures"; those of
// package oidc.
func (p *People) Depart(ctx context.Context, provider int64, d Departure) (address, browser string, err error) {
	if err := p.departures.take(neighbourhood(d.Address), p.now()); err != nil {
		return "", "", err
	}
	r, err := providerByID(p.db.Read(ctx), provider)
	if err != nil {
		return "", "", err
	}
	browser, kept, err := p.browserSecret(d.Browser)
	if err != nil {
		return "", "", err
	}
	state, digest, err := NewSecret(p.random)
	if err != nil {
		return "", "", err
	}
	var secrets [2]string
	for i := range secrets { // they are of the shape that a verifier has to have
		if secrets[i], _, err = NewSecret(p.random); err != nil {
			return "", "", err
		}
	}
	w := wayBack{Provider: r.ID, Browser: kept, Nonce: secrets[0], Verifier: secrets[1], Next: d.Next}
	address, err = p.oidc.AuthURL(ctx, r.spoken(), oidc.Request{Redirect: d.Redirect, State: state, Nonce: w.Nonce, Verifier: w.Verifier, Language: d.Language})
	if err != nil {
		return "", "", err
	}
	err = p.db.Write(ctx, func(tx *store.Tx) error {
		if old, ok := Digest(d.Before); ok {
			if err := tx.Exec("DELETE FROM flows WHERE token_hash = ? AND kind = ?", old, providerFlow).Error; err != nil {
				return fmt.Errorf("drop an earlier departure: %w", err)
			}
		}
		return p.keepFlow(tx, providerFlow, digest, 0, w, wayBackLife)
	})
	return address, browser, err
}

// browserSecret is the browser's secret, a new one where it has none, with the
// digest of it. Several tabs of one browser share it.
func (p *People) browserSecret(had string) (secret, kept string, err error) {
	digest, ok := Digest(had)
	if !ok {
		if had, digest, err = NewSecret(p.random); err != nil {
			return "", "", err
		}
	}
	return had, hex.EncodeToString(digest), nil
}

// ComeBack ends a sign-in through a provider. The state is good once, in the
// browser that set out with it. Errors: Gone "person.start_over" where it is not
// known, used up or too old; Forbidden "provider.other_browser",
// "provider.denied"; those of package oidc; those of signing in.
func (p *People) ComeBack(ctx context.Context, who access.Actor, in Return) (Landing, error) {
	var w wayBack
	if _, err := p.flow(ctx, providerFlow, in.State, &w); err != nil {
		return Landing{}, err
	}
	if err := p.db.Write(ctx, func(tx *store.Tx) error { return p.endFlow(tx, providerFlow, in.State) }); err != nil {
		return Landing{}, err
	}
	from, err := providerByID(p.db.Read(ctx), w.Provider)
	if errs.Is(err, errs.NotFound) {
		return Landing{}, errStartOver() // removed meanwhile
	}
	if err != nil {
		return Landing{}, err
	}
	if !isBrowser(in.Browser, w.Browser) {
		return Landing{}, errs.New(errs.Forbidden, "provider.other_browser")
	}
	a := Landing{Provider: from.provider(), Next: w.Next}
	if in.Error != "" {
		return a, denied(from.Name, in.Error)
	}
	said, err := p.oidc.Exchange(ctx, from.spoken(), oidc.Request{Redirect: in.Redirect, Nonce: w.Nonce, Verifier: w.Verifier}, oidc.Answer{Code: in.Code, Issuer: in.Issuer})
	if err != nil {
		return a, err
	}
	return p.settle(ctx, who, from, said, w, in.Device)
}

func isBrowser(secret, kept string) bool {
	digest, ok := Digest(secret)
	return ok && hex.EncodeToString(digest) == kept
}

// denied puts a provider's refusal into the forum's terms.
func denied(name, code string) error {
	if code == "access_denied" {
		return errs.New(errs.Forbidden, "provider.denied", errs.Args{"Name": name})
	}
	return errs.New(errs.Forbidden, "provider.refused", errs.Args{"Name": name}).Because(fmt.Errorf("the provider answered %.100q", code))
}

// waitFor keeps somebody who is not known yet until they say whose account is
// theirs.
func (p *People) waitFor(ctx context.Context, who unknown) (token string, err error) {
	err = p.db.Write(ctx, func(tx *store.Tx) error {
		token, err = p.beginFlow(tx, pendingFlow, 0, who, ProviderLife)
		return err
	})
	return token, err
}
