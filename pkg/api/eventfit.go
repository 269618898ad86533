package api

import (
	"context"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/programme"
)

// fitting says what is done with sessions that do not fit their slots.
type fitting struct {
	Do       string `json:"do"` // "unplace" or "next"
	Revision int    `json:"revision"`
}

type fitted struct {
	Moved    []int64 `json:"moved"`
	Unplaced []int64 `json:"unplaced"`
	Revision int     `json:"revision"`
}

func (a *API) makeFit(c edge.Ctx) error {
	return withBody(c, func(ctx context.Context, who access.Actor, id int64, in fitting) error {
		if _, err := a.Programmes.Programme(ctx, who, id); err != nil {
			return err
		}
		if in.Do != "unplace" && in.Do != "next" {
			var f errs.Fields
			f.Add("do", "field.choose")
			return f.Err()
		}
		got, err := a.Programmes.MakeFit(ctx, who, id, in.Do == "next", in.Revision)
		if err != nil {
			return err
		}
		return ok(c, fitted{Moved: append([]int64{}, got.Moved...), Unplaced: append([]int64{}, got.Unplaced...), Revision: got.Revision})
	})
}

// namesake is somebody with an account who has the name of somebody who is only named.
type namesake struct {
	Name     string  `json:"name"`
	Handle   string  `json:"handle"`
	Person   string  `json:"person"` // the name of the account
	Sessions []int64 `json:"sessions"`
}

func namesakesOf(all []programme.Namesake) list[namesake] {
	return whole(all, func(n programme.Namesake) namesake {
		return namesake{Name: n.Name, Handle: n.Person.Handle, Person: n.Person.Name, Sessions: n.Sessions}
	})
}

func (a *API) listNamesakes(c edge.Ctx) error {
	return answerWith(c, a.Programmes.Namesakes, namesakesOf)
}

type settling struct {
	Name   string `json:"name"`
	Handle string `json:"handle"`
	Same   *bool  `json:"same"`
}

func (a *API) settleNamesake(c edge.Ctx) error {
	return withBody(c, func(ctx context.Context, who access.Actor, id int64, in settling) error {
		if _, err := a.Programmes.Programme(ctx, who, id); err != nil {
			return err
		}
		if in.Same == nil {
			var f errs.Fields
			f.Add("same", "field.required")
			return f.Err()
		}
		if err := a.Programmes.Settle(ctx, who, id, in.Name, in.Handle, *in.Same); err != nil {
			return err
		}
		left, err := a.Programmes.Namesakes(ctx, who, id)
		if err != nil {
			return err
		}
		return ok(c, namesakesOf(left))
	})
}
