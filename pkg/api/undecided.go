package api

import (
	"net/http"

	"plenary/pkg/edge"
)

func (a *API) sayUndecided(c edge.Ctx) error { return a.undecided(c, true) }

func (a *API) takeUndecidedBack(c edge.Ctx) error { return a.undecided(c, false) }

// undecided notes that a voter has no answer yet, or that this is over.
func (a *API) undecided(c edge.Ctx, is bool) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	if err := a.Polls.Undecided(c.Request().Context(), edge.Who(c), id, is); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}
