package web

import (
	"context"
	"net/http"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/forum"
	"plenary/pkg/markup"
	"plenary/pkg/plain"
	"plenary/pkg/store"
	"plenary/pkg/web/view"
)

// closeThread ends a discussion. People are asked for a reason, which everybody
// reads; who may not close it is told that first.
func (s *Site) closeThread(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	form, err := submitted(c)
	if err != nil {
		return err
	}
	t, err := s.Forum.Thread(ctx(c), edge.Who(c), id)
	if err != nil {
		return err
	}
	if err := access.Check(edge.Who(c), access.CloseThread, t.Facts()); err != nil {
		return err
	}
	var missing errs.Fields
	plain.Body(&missing, "reason", form.Get("reason"), true, markup.MaxBytes)
	if err := missing.Err(); err != nil {
		return err
	}
	made, err := s.Forum.Close(ctx(c), edge.Who(c), id, form.Get("reason"))
	if store.IsReplay(err) {
		return seeOther(c, threadPath(id, ""))
	}
	if err != nil {
		return err
	}
	return seeOther(c, threadHead(made).URL())
}

// changeThread is a button on a thread: it carries out one change and goes back.
func (s *Site) changeThread(change func(context.Context, access.Actor, int64) (forum.Thread, error)) edge.Handler {
	return func(c edge.Ctx) error {
		id, err := edge.ID(c, "id")
		if err != nil {
			return err
		}
		if _, err := submitted(c); err != nil {
			return err
		}
		made, err := change(ctx(c), edge.Who(c), id)
		if err != nil {
			return err
		}
		return seeOther(c, threadHead(made).URL())
	}
}

// seen notes how far the reader has looked. Scripts send it by themselves.
func (s *Site) seen(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	form, err := submitted(c)
	if err != nil {
		return err
	}
	var f errs.Fields
	seq := number(&f, form, "seq")
	if err := f.Err(); err != nil {
		return err
	}
	if err := s.Forum.MarkSeen(ctx(c), edge.Who(c), id, seq); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

func (s *Site) seenBy(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	at, err := edge.Page(c)
	if err != nil {
		return err
	}
	list, err := s.Forum.SeenBy(ctx(c), edge.Who(c), id, at)
	if err != nil {
		return err
	}
	t, err := s.Forum.Thread(ctx(c), edge.Who(c), id)
	if err != nil {
		return err
	}
	p := view.SeenByPage{Frame: s.frame(c), Thread: threadHead(t)}
	for _, one := range list.Items {
		p.People = append(p.People, view.SeenBy{Person: personOf(one.Person), At: one.At})
	}
	return s.ok(c, p)
}
