package api

import (
	"time"

	"plenary/pkg/edge"
	"plenary/pkg/person"
)

type tokenAnswer struct {
	ID         int64      `json:"id"`
	Name       string     `json:"name"`
	Scopes     []string   `json:"scopes"`
	CreatedAt  time.Time  `json:"created_at"`
	LastUsedAt *time.Time `json:"last_used_at,omitempty"`
	ExpiresAt  *time.Time `json:"expires_at,omitempty"`
	Token      string     `json:"token,omitempty"` // only in the answer to its making
}

func answerToken(t person.TokenInfo) tokenAnswer {
	return tokenAnswer{ID: t.ID, Name: t.Name, Scopes: append([]string{}, t.Scopes...), CreatedAt: t.CreatedAt.UTC(),
		LastUsedAt: utc(t.LastUsedAt), ExpiresAt: utc(t.ExpiresAt)}
}

func (a *API) listTokens(c edge.Ctx) error {
	tokens, err := a.People.Tokens(c.Request().Context(), edge.Who(c))
	if err != nil {
		return err
	}
	return ok(c, whole(tokens, answerToken))
}

type newToken struct {
	Name   string   `json:"name"`
	Scopes []string `json:"scopes"`
	Days   int      `json:"expires_in_days"` // 0 for never
}

// longestDays keeps the days from overflowing a time.Duration; that so many are
// too many the room says.
const longestDays = 100_000

func (a *API) createToken(c edge.Ctx) error {
	in, err := read[newToken](c)
	if err != nil {
		return err
	}
	if err := edge.Recent(c, a.Now()); err != nil {
		return err
	}
	wanted := person.NewToken{Name: in.Name, Scopes: in.Scopes, Expires: time.Duration(min(in.Days, longestDays)) * 24 * time.Hour}
	token, made, err := a.People.NewToken(c.Request().Context(), edge.Who(c), wanted)
	if err != nil {
		return renamed(err, "expires", "expires_in_days")
	}
	answer := answerToken(made)
	answer.Token = token
	return created(c, answer, "/tokens")
}

func (a *API) revokeToken(c edge.Ctx) error { return answerNothing(c, a.People.RevokeToken) }
