package api

import (
	"context"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/person"
)

func (a *API) forPasskeys() []route {
	return []route{
		{get, "/me/passkeys", a.listPasskeys},
		{del, "/me/passkeys/{id}", a.removePasskey},
	}
}

// passkeyAnswer is a passkey without its key.
type passkeyAnswer struct {
	ID         int64      `json:"id"`
	Name       string     `json:"name"`
	CreatedAt  time.Time  `json:"created_at"`
	LastUsedAt *time.Time `json:"last_used_at,omitempty"`
	Synced     bool       `json:"synced"`
	Copied     bool       `json:"copied"`
}

func answerPasskey(k person.Passkey) passkeyAnswer {
	return passkeyAnswer{ID: k.ID, Name: k.Name, CreatedAt: k.CreatedAt.UTC(), LastUsedAt: utc(k.LastUsedAt), Synced: k.Synced, Copied: k.Copied}
}

func (a *API) listPasskeys(c edge.Ctx) error {
	keys, err := a.People.Passkeys(c.Request().Context(), edge.Who(c))
	if err != nil {
		return err
	}
	return ok(c, whole(keys, answerPasskey))
}

// removePasskey asks for a recent proof, as the page does.
func (a *API) removePasskey(c edge.Ctx) error {
	return answerNothing(c, func(ctx context.Context, who access.Actor, id int64) error {
		if err := edge.Recent(c, a.Now()); err != nil {
			return err
		}
		return a.People.RemovePasskey(ctx, who, currentSession(c), id)
	})
}
