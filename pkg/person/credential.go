package person

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"plenary/pkg/access"
	"plenary/pkg/store"
)

// Grant is what an API token allows: to act for a person, within scopes.
type Grant struct {
	ID       int64 // of the token
	Person   Person
	Scopes   []string
	Provider int64 // of the session that made it; 0 for the forum's own ways
}

// Actor is the token's person as somebody who acts.
func (g Grant) Actor() access.Actor {
	who := g.Person.Actor()
	who.Provider = g.Provider
	return who
}

// What stands before the number in the name of a credential.
const (
	sessionName = "session."
	tokenName   = "token."
)

// Credential names the session, without telling its secret.
func (s Session) Credential() string { return sessionName + strconv.FormatInt(s.ID, 10) }

// Credential names the token, without telling its secret.
func (g Grant) Credential() string { return tokenName + strconv.FormatInt(g.ID, 10) }

// Ended tells which of the credentials, sessions and tokens by their names, are
// no longer good. What is no such name is not.
func (p *People) Ended(ctx context.Context, names []string) ([]string, error) {
	good := map[string]bool{}
	for prefix, table := range map[string]string{sessionName: "sessions", tokenName: "api_tokens"} {
		var ids, alive []int64
		for _, name := range names {
			if id, err := strconv.ParseInt(strings.TrimPrefix(name, prefix), 10, 64); err == nil && strings.HasPrefix(name, prefix) {
				ids = append(ids, id)
			}
		}
		if len(ids) == 0 {
			continue
		}
		err := p.db.Read(ctx).Table(table).Select("id").Where("id IN ? AND (expires_at IS NULL OR expires_at > ?) AND person_id IN (SELECT id FROM people WHERE "+active+")", ids, store.At(p.now())).Find(&alive).Error
		if err != nil {
			return nil, store.Translate(fmt.Errorf("look for %s: %w", table, err))
		}
		for _, id := range alive {
			good[prefix+strconv.FormatInt(id, 10)] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return good[name] }), nil
}
