package programme

import (
	"context"
	"fmt"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/forum"
	"plenary/pkg/markup"
	"plenary/pkg/plain"
	"plenary/pkg/store"
)

// Edit changes a programme. What is nil stays as it is.
type Edit struct {
	Title          *string
	Description    *string
	Place          *string
	Link           *string
	Zone           *string
	TakesProposals *bool
	TakesSignups   *bool
	Revision       int // the one that was edited; 0 for whichever is current
}

// apply puts the edit over the programme and judges the result.
func (in Edit) apply(to Programme) (Programme, error) {
	for _, field := range []struct{ to, given *string }{
		{&to.Title, in.Title}, {&to.Description, in.Description}, {&to.Place, in.Place}, {&to.Link, in.Link}, {&to.Zone, in.Zone},
	} {
		if field.given != nil {
			*field.to = *field.given
		}
	}
	to.TakesProposals, to.TakesSignups = orElse(in.TakesProposals, to.TakesProposals), orElse(in.TakesSignups, to.TakesSignups)
	var f errs.Fields
	to.Title = plain.Line(&f, "title", to.Title, true, MaxTitle)
	to.Description = plain.Body(&f, "description", to.Description, false, markup.MaxBytes)
	to.Place = plain.Line(&f, "place", to.Place, false, MaxPlace)
	to.Link = webLink(&f, to.Link, false)
	to.Zone = validZone(&f, to.Zone)
	return to, f.Err()
}

// Edit changes what a programme says of itself. Its times keep what the clock on
// the wall shows when it goes to another time zone. Errors: Invalid with fields
// title, description, place, link and time_zone; by access.EditProgramme; Conflict
// "programme.edited_meanwhile".
func (p *Programmes) Edit(ctx context.Context, who access.Actor, id int64, in Edit) (Programme, error) {
	before, err := p.may(ctx, who, id, access.EditProgramme)
	if err != nil {
		return Programme{}, err
	}
	wanted, err := in.apply(before)
	if err != nil {
		return Programme{}, err
	}
	html, err := p.forum.Preview(ctx, wanted.Description)
	if err != nil {
		return Programme{}, err
	}
	err = p.changePlan(ctx, who, id, in.Revision, func(tx *store.Tx, locked Plan, now time.Time) error {
		next, err := in.apply(locked.Programme)
		switch {
		case err != nil:
			return err
		case next.Description != wanted.Description:
			return errs.New(errs.Conflict, "programme.edited_meanwhile")
		case next.words() == locked.words():
			return errUnchanged
		}
		if err := locked.keepsClocks(next.Zone); err != nil {
			return err
		}
		err = tx.Table("programmes").Where("id = ?", id).Updates(map[string]any{"title": next.Title, "description": next.Description,
			"description_html": html, "place": next.Place, "link": next.Link, "time_zone": next.Zone,
			"takes_proposals": next.TakesProposals, "takes_signups": next.TakesSignups}).Error
		if err != nil {
			return fmt.Errorf("save programme %d: %w", id, err)
		}
		return nil
	})
	if err != nil {
		return Programme{}, err
	}
	return p.Programme(ctx, who, id)
}

// words is what an edit changes.
type words struct {
	title, description, place, link, zone string
	proposals, signups                    bool
}

func (p Programme) words() words {
	return words{p.Title, p.Description, p.Place, p.Link, p.Zone, p.TakesProposals, p.TakesSignups}
}

// keepsClocks refuses a time zone whose clocks never show one of the slots' times.
func (p Plan) keepsClocks(zone string) error {
	var f errs.Fields
	loc := Zone(zone)
	for _, slot := range p.Slots {
		day, _ := p.Day(slot.DayID)
		for _, m := range []Minute{slot.Starts, slot.Ends} {
			OnTheWall(day.Date, m, loc).complain(&f, "time_zone", day.Date, m, zone)
		}
	}
	return f.Err()
}

// Cancel calls the whole event off. It stays readable, and nothing of it is changed
// any more. Errors: Invalid with field reason; by access.CancelProgramme.
func (p *Programmes) Cancel(ctx context.Context, who access.Actor, id int64, reason string) (Programme, error) {
	if _, err := p.may(ctx, who, id, access.CancelProgramme); err != nil {
		return Programme{}, err
	}
	reason, err := validReason(reason)
	if err != nil {
		return Programme{}, err
	}
	err = p.change(ctx, who, id, access.CancelProgramme, 0, func(tx *store.Tx, locked Programme, now time.Time) error {
		err := tx.Table("programmes").Where("id = ?", id).Updates(map[string]any{"cancelled_at": store.At(now), "cancel_reason": reason}).Error
		if err != nil {
			return fmt.Errorf("cancel programme %d: %w", id, err)
		}
		return p.say(tx, locked, event.ProgrammeCancelled, who, now, map[string]any{"reason": reason})
	})
	if err != nil {
		return Programme{}, err
	}
	return p.Programme(ctx, who, id)
}

// Resume takes the cancelling of an event back. Errors: by access.ResumeProgramme.
func (p *Programmes) Resume(ctx context.Context, who access.Actor, id int64) (Programme, error) {
	err := p.change(ctx, who, id, access.ResumeProgramme, 0, func(tx *store.Tx, locked Programme, now time.Time) error {
		err := tx.Table("programmes").Where("id = ?", id).Updates(map[string]any{"cancelled_at": nil, "cancel_reason": ""}).Error
		if err != nil {
			return fmt.Errorf("resume programme %d: %w", id, err)
		}
		return p.say(tx, locked, event.ProgrammeResumed, who, now, nil)
	})
	if err != nil {
		return Programme{}, err
	}
	return p.Programme(ctx, who, id)
}

// say tells what happened to a programme that others know of, and has those who are
// signed up told.
func (p *Programmes) say(tx *store.Tx, of Programme, kind event.Kind, who access.Actor, now time.Time, data map[string]any) error {
	if of.Published == 0 {
		return nil
	}
	if _, err := forum.Tell(tx, of.event(kind, who.Person, of.ID, now), data); err != nil {
		return err
	}
	return p.announce(tx, of.ID, kind, of.Published, who.Person)
}

// may reads a programme with which the actor may do something, before anything slow
// is done.
func (p *Programmes) may(ctx context.Context, who access.Actor, id int64, do access.Action) (Programme, error) {
	found, err := p.readable(p.db.Read(ctx), who, id)
	if err != nil {
		return Programme{}, err
	}
	return found, access.Check(who, do, found.facts)
}

func validReason(reason string) (string, error) {
	var f errs.Fields
	reason = plain.Body(&f, "reason", reason, true, MaxReason)
	return reason, f.Err()
}
