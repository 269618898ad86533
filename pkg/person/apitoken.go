package person

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/plain"
	"plenary/pkg/store"
)

// What a program may do with a token: look, act as the person, or change as an
// administrator who gets into the forum.
const (
	ScopeRead  = "read"
	ScopeWrite = "write"
	ScopeAdmin = "admin"
)

// longestToken bounds how far ahead a token may expire.
const longestToken = 10 * 365 * 24 * time.Hour

// NewToken describes an API token to be made.
type NewToken struct {
	Person  int64         // whose; 0 for one's own. Only the forum itself makes tokens for others.
	Name    string        // what it is for
	Scopes  []string      // "read", "write", "admin"; the first two where empty
	Expires time.Duration // 0: never
}

// Validate cleans the fields in place and complains of those that cannot be kept.
func (in *NewToken) Validate() error {
	var f errs.Fields
	in.Name = plain.Line(&f, "name", in.Name, true, nameMax)
	if len(in.Scopes) == 0 {
		in.Scopes = []string{ScopeRead, ScopeWrite}
	}
	in.Scopes = slices.Compact(slices.Sorted(slices.Values(in.Scopes)))
	for _, s := range in.Scopes {
		if s != ScopeRead && s != ScopeWrite && s != ScopeAdmin {
			f.Add("scopes", "field.unknown")
		}
	}
	if in.Expires < 0 || in.Expires > longestToken {
		f.Add("expires", "person.token_expires")
	}
	return f.Err()
}

// TokenInfo is an API token without its secret.
type TokenInfo struct {
	ID         int64
	Name       string
	Scopes     []string
	CreatedAt  time.Time
	LastUsedAt *time.Time // exact to ten minutes; nil where never
	ExpiresAt  *time.Time // nil where never
}

// NewToken makes an API token. The secret is returned this once. A token goes as
// far as the session that made it: it remembers the provider that it came through.
// Its owner is told by mail. The caller has had people prove who they are a moment
// ago. Errors: Invalid; Forbidden "person.admin_scope" for the scope "admin" of who
// administers nothing.
func (p *People) NewToken(ctx context.Context, who access.Actor, in NewToken) (token string, info TokenInfo, err error) {
	if in.Person == 0 {
		in.Person = who.Person
	}
	switch {
	case !who.System && !who.SignedIn():
		return "", TokenInfo{}, errSignIn()
	case !who.System && in.Person != who.Person:
		return "", TokenInfo{}, errs.New(errs.Forbidden, "access.only_own")
	}
	if err := in.Validate(); err != nil {
		return "", TokenInfo{}, err
	}
	if slices.Contains(in.Scopes, ScopeAdmin) && !who.System && !who.Administrator {
		return "", TokenInfo{}, errs.New(errs.Forbidden, "person.admin_scope")
	}
	token, digest, err := NewSecret(p.random)
	if err != nil {
		return "", TokenInfo{}, err
	}
	r := tokenRow{Name: in.Name, Scopes: strings.Join(in.Scopes, " "), CreatedAt: store.At(p.now())}
	if in.Expires > 0 {
		r.ExpiresAt = store.AtPtr(r.CreatedAt.Add(in.Expires))
	}
	err = p.db.Write(ctx, func(tx *store.Tx) error {
		// gorm would spread bytes that stand right behind a bracket.
		err := tx.Raw("INSERT INTO api_tokens (person_id, token_hash, name, scopes, provider_id, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id",
			in.Person, digest, r.Name, r.Scopes, providerOf(who.Provider), r.CreatedAt, r.ExpiresAt).Row().Scan(&r.ID)
		if err != nil {
			return fmt.Errorf("make a token of person %d: %w", in.Person, err)
		}
		return p.tellOfToken(tx, in.Person, r)
	})
	if err != nil {
		return "", TokenInfo{}, err
	}
	return token, r.info(), nil
}

// tellOfToken writes to the owner, who should know of all that acts for them.
func (p *People) tellOfToken(tx *store.Tx, owner int64, t tokenRow) error {
	args := map[string]string{"Token": t.Name, "Scopes": strings.ReplaceAll(t.Scopes, " ", ", "), "Until": "", "Path": "/account/tokens"}
	if t.ExpiresAt != nil {
		args["Until"] = t.ExpiresAt.UTC().Format(time.DateOnly)
	}
	return p.Write(tx, owner, "token_made", args)
}

// tokenRow is a token as stored.
type tokenRow struct {
	ID         int64
	Name       string
	Scopes     string // separated by spaces
	CreatedAt  store.Time
	LastUsedAt *store.Time
	ExpiresAt  *store.Time
}

func (r tokenRow) info() TokenInfo {
	return TokenInfo{ID: r.ID, Name: r.Name, Scopes: strings.Fields(r.Scopes), CreatedAt: r.CreatedAt.Time,
		LastUsedAt: instant(r.LastUsedAt), ExpiresAt: instant(r.ExpiresAt)}
}

func instant(t *store.Time) *time.Time {
	if t == nil {
		return nil
	}
	return &t.Time
}

// Tokens lists one's own API tokens, the latest first.
func (p *People) Tokens(ctx context.Context, who access.Actor) ([]TokenInfo, error) {
	if !who.SignedIn() {
		return nil, errSignIn()
	}
	var rows []tokenRow
	err := p.db.Read(ctx).Table("api_tokens").Select("id, name, scopes, created_at, last_used_at, expires_at").
		Where("person_id = ?", who.Person).Order("id DESC").Limit(listed).Find(&rows).Error
	if err != nil {
		return nil, store.Translate(fmt.Errorf("list the tokens of person %d: %w", who.Person, err))
	}
	out := make([]TokenInfo, len(rows))
	for i, r := range rows {
		out[i] = r.info()
	}
	return out, nil
}

// RevokeToken ends one of one's own API tokens.
func (p *People) RevokeToken(ctx context.Context, who access.Actor, id int64) error {
	if !who.SignedIn() {
		return errSignIn()
	}
	return p.db.Write(ctx, func(tx *store.Tx) error {
		gone := tx.Exec("DELETE FROM api_tokens WHERE id = ? AND person_id = ?", id, who.Person)
		if gone.Error != nil {
			return fmt.Errorf("revoke token %d: %w", id, gone.Error)
		}
		if gone.RowsAffected == 0 {
			return errs.New(errs.NotFound, "error.not_found")
		}
		p.changedRights(tx, who.Person)
		return nil
	})
}

// ByToken finds who an API token belongs to, and what may be done with it. An
// unknown or expired one is Unauthenticated "person.token_unknown".
func (p *People) ByToken(ctx context.Context, token string) (Grant, error) {
	unknown := errs.New(errs.Unauthenticated, "person.token_unknown")
	digest, ok := Digest(token)
	if !ok {
		return Grant{}, unknown
	}
	var r struct {
		TokenID    int64
		Scopes     string
		LastUsedAt *store.Time
		Through    through `gorm:"embedded"`
		Person     row     `gorm:"embedded"`
	}
	now := p.now()
	err := p.db.Read(ctx).Table("api_tokens AS t").Select("t.id AS token_id, t.scopes, t.last_used_at, "+throughColumns+", "+columns).
		Joins("JOIN people AS p ON p.id = t.person_id").Joins("LEFT JOIN providers AS v ON v.id = t.provider_id").
		Where("t.token_hash = ? AND (t.expires_at IS NULL OR t.expires_at > ?) AND "+active, digest, store.At(now)).Take(&r).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return Grant{}, unknown
	}
	if err != nil {
		return Grant{}, store.Translate(fmt.Errorf("read a token: %w", err))
	}
	if r.LastUsedAt == nil || now.Sub(r.LastUsedAt.Time) >= usedEvery {
		p.tokenUsed(ctx, r.TokenID, now)
	}
	return Grant{ID: r.TokenID, Person: r.Through.as(r.Person), Scopes: strings.Fields(r.Scopes), Provider: r.Through.provider()}, nil
}

// tokenUsed writes down the use of a token. That it cannot be written, say
// because the disk is full, must not keep anybody out.
func (p *People) tokenUsed(ctx context.Context, id int64, now time.Time) {
	_ = p.db.Write(ctx, func(tx *store.Tx) error {
		return tx.Exec("UPDATE api_tokens SET last_used_at = ? WHERE id = ?", store.At(now), id).Error
	})
}
