package api

import (
	"time"

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

// removePasskey asks of a browser's session what the page asks of it too; an API
// token was made by somebody who meant it.
func (a *API) removePasskey(c edge.Ctx) error {
	if own := edge.Session(c); own != nil {
		if err := person.CheckRecent(*own, a.Now()); err != nil {
			return err
		}
	}
	return answerNothing(c, a.People.RemovePasskey)
}
