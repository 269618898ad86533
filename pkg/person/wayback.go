package person

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

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

// Departure is how somebody sets out for a provider.
type Departure struct {
	Redirect string // the forum's own address that the provider leads back to
	Browser  string // secret that the browser keeps already; empty where none
	Next     string // where to go in the end
	Language string
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

// Arrival is where coming back has led: into the forum, or to the question whose
// account it is. Provider and Next are known wherever the state was, also in
// company of an error.
type Arrival struct {
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
func (p *People) Depart(ctx context.Context, provider int64, d Departure) (address, browser string, err error) {
	r, err := providerByID(p.db.Read(ctx), provider)
	if err != nil {
		return "", "", err
	}
	browser, kept, err := p.browserSecret(d.Browser)
	if err != nil {
		return "", "", err
	}
	var secrets [3]string
	var digest []byte
	for i := range secrets { // verifier and nonce are of the same shape as the state
		if secrets[i], digest, err = NewSecret(p.random); err != nil {
			return "", "", err
		}
	}
	w := wayBack{Provider: r.ID, Browser: kept, Nonce: secrets[0], Verifier: secrets[1], Next: d.Next}
	address, err = p.oidc.AuthURL(ctx, r.spoken(), oidc.Request{Redirect: d.Redirect, State: secrets[2], Nonce: w.Nonce, Verifier: w.Verifier, Language: d.Language})
	if err != nil {
		return "", "", err
	}
	return address, browser, p.keepFlow(ctx, providerFlow, digest, w, wayBackLife)
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
// browser that set out with it. Errors: Gone "provider.flow_gone" where it is not
// known, used up or too old; Forbidden "provider.other_browser",
// "provider.denied"; those of package oidc; those of signing in.
func (p *People) ComeBack(ctx context.Context, who access.Actor, in Return) (Arrival, error) {
	var w wayBack
	err := p.db.Write(ctx, func(tx *store.Tx) error {
		data, err := p.takeFlow(tx, providerFlow, in.State)
		if err != nil {
			return err
		}
		return json.Unmarshal([]byte(data), &w)
	})
	if err != nil {
		return Arrival{}, err
	}
	from, err := providerByID(p.db.Read(ctx), w.Provider)
	if errs.Is(err, errs.NotFound) {
		return Arrival{}, errs.New(errs.Gone, "provider.flow_gone") // removed meanwhile
	}
	if err != nil {
		return Arrival{}, err
	}
	if !isBrowser(in.Browser, w.Browser) {
		return Arrival{}, errs.New(errs.Forbidden, "provider.other_browser")
	}
	a := Arrival{Provider: from.provider(), Next: w.Next}
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

// wait keeps somebody who is not known yet.
func (p *People) wait(ctx context.Context, w waiting) (string, error) {
	token, digest, err := NewSecret(p.random)
	if err != nil {
		return "", err
	}
	return token, p.keepFlow(ctx, pendingFlow, digest, w, ProviderLife)
}

func (p *People) keepFlow(ctx context.Context, kind string, digest []byte, what any, life time.Duration) error {
	data, err := json.Marshal(what)
	if err != nil {
		return fmt.Errorf("keep a flow: %w", err)
	}
	now := p.now()
	return p.db.Write(ctx, func(tx *store.Tx) error {
		// gorm would spread bytes that stand right behind a bracket.
		err := tx.Exec("INSERT INTO flows (kind, token_hash, data, created_at, expires_at) VALUES (?, ?, ?, ?, ?)",
			kind, digest, string(data), store.At(now), store.At(now.Add(life))).Error
		if err != nil {
			return fmt.Errorf("keep a flow of kind %s: %w", kind, err)
		}
		return nil
	})
}

func errFlowGone() error { return errs.New(errs.Gone, "provider.flow_gone") }

// takeFlow removes a flow and returns what was kept in it.
func (p *People) takeFlow(tx *store.Tx, kind, token string) (string, error) {
	digest, ok := Digest(token)
	if !ok {
		return "", errFlowGone()
	}
	var found []struct {
		Data      string
		ExpiresAt store.Time
	}
	if err := tx.Raw("DELETE FROM flows WHERE kind = ? AND token_hash = ? RETURNING data, expires_at", kind, digest).Scan(&found).Error; err != nil {
		return "", fmt.Errorf("take a flow of kind %s: %w", kind, err)
	}
	if len(found) == 0 || !p.now().Before(found[0].ExpiresAt.Time) {
		return "", errFlowGone()
	}
	return found[0].Data, nil
}

// peek reads who waits, in the browser that they came with, and lets them wait.
func (p *People) peek(g *gorm.DB, token, browser string) (waiting, error) {
	digest, ok := Digest(token)
	if !ok {
		return waiting{}, errFlowGone()
	}
	var data string
	err := g.Table("flows").Select("data").Where("kind = ? AND token_hash = ? AND expires_at > ?", pendingFlow, digest, store.At(p.now())).Take(&data).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return waiting{}, errFlowGone()
	}
	if err != nil {
		return waiting{}, fmt.Errorf("read who waits: %w", err)
	}
	var w waiting
	if err := json.Unmarshal([]byte(data), &w); err != nil {
		return waiting{}, fmt.Errorf("read who waits: %w", err)
	}
	if !isBrowser(browser, w.Browser) {
		return waiting{}, errFlowGone()
	}
	return w, nil
}
