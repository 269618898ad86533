package api

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/page"
)

// list is how every list is answered. Items is never null; Next is empty on the
// last page.
type list[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next"`
}

// paged puts each item of a page into its shape.
func paged[T, J any](in page.List[T], shape func(T) J) list[J] {
	out := list[J]{Items: make([]J, 0, len(in.Items)), Next: in.Next}
	for _, item := range in.Items {
		out.Items = append(out.Items, shape(item))
	}
	return out
}

// whole is paged for lists that are not cut into pages.
func whole[T, J any](items []T, shape func(T) J) list[J] {
	return paged(page.List[T]{Items: items}, shape)
}

func ok(c edge.Ctx, body any) error { return c.JSON(http.StatusOK, body) }

func done(c edge.Ctx) error { return c.NoContent(http.StatusNoContent) }

// created answers 201 and tells where the new thing is, below Prefix.
func created(c edge.Ctx, body any, where string, args ...any) error {
	c.Response().Header().Set("Location", Prefix+fmt.Sprintf(where, args...))
	return c.JSON(http.StatusCreated, body)
}

// answerWith calls a room with nothing but the id in the path, to look or to
// change, and answers with the thing.
func answerWith[T, J any](c edge.Ctx, call func(context.Context, access.Actor, int64) (T, error), shape func(T) J) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	thing, err := call(c.Request().Context(), edge.Who(c), id)
	if err != nil {
		return err
	}
	return ok(c, shape(thing))
}

// answerPage is answerWith for a list that is cut into pages.
func answerPage[T, J any](c edge.Ctx, call func(context.Context, access.Actor, int64, page.Page) (page.List[T], error), shape func(T) J) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	at, err := edge.Page(c)
	if err != nil {
		return err
	}
	found, err := call(c.Request().Context(), edge.Who(c), id, at)
	if err != nil {
		return err
	}
	return ok(c, paged(found, shape))
}

// answerNothing calls a room with nothing but the id in the path and answers
// that it is done.
func answerNothing(c edge.Ctx, call func(context.Context, access.Actor, int64) error) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	if err := call(c.Request().Context(), edge.Who(c), id); err != nil {
		return err
	}
	return done(c)
}

// utc is an instant as the API writes it; absent where there is none.
func utc(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	return new(t.UTC())
}
