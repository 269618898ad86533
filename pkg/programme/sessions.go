package programme

import (
	"context"
	"fmt"
	"strings"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/forum"
	"plenary/pkg/markup"
	"plenary/pkg/plain"
	"plenary/pkg/store"
)

// NewSession is what somebody who makes or proposes a session has typed.
type NewSession struct {
	Title       string
	Description string // Markdown; may be empty
	Minutes     int    // 0 for as long as its slot
	Capacity    int    // 0 for as many as the room seats
	Speakers    []NewSomeone
	Hosts       []NewSomeone
	Themes      []int64
	Confirmed   bool // it takes place at once; for those who convene
	Material    []NewMaterial
	At          *Placing // where it is; nil while it has no place; for those who convene
}

// maxMinutes is how long a session can be: a day and a half, as a slot.
const maxMinutes = latest

func (in *NewSession) validate() error {
	var f errs.Fields
	in.Title = plain.Line(&f, "title", in.Title, true, MaxTitle)
	in.Description = plain.Body(&f, "description", in.Description, false, markup.MaxBytes)
	validMinutes(&f, "minutes", in.Minutes)
	validSeats(&f, in.Capacity)
	if len(in.Speakers)+len(in.Hosts) > MaxPeople {
		f.Add("speakers", "programme.people_too_many", errs.Args{"Max": MaxPeople})
	}
	if len(in.Themes) > MaxThemes {
		f.Add("themes", "programme.themes_too_many", errs.Args{"Max": MaxThemes})
	}
	validMaterial(&f, in.Material)
	return f.Err()
}

func validMinutes(f *errs.Fields, field string, minutes int) {
	if minutes < 0 || minutes > maxMinutes {
		f.Add(field, "programme.minutes_between", errs.Args{"Max": maxMinutes})
	}
}

// CreateSession makes a session, for those who convene: a draft, unless it is
// confirmed at once. Errors: Invalid with fields title, description, minutes,
// capacity, speakers, hosts, themes and material, and those of Place; by
// access.EditProgramme.
func (p *Programmes) CreateSession(ctx context.Context, who access.Actor, id int64, in NewSession) (Session, error) {
	state := Draft
	if in.Confirmed {
		state = Confirmed
	}
	return p.makeSession(ctx, who, id, access.EditProgramme, state, in)
}

// ProposeSession puts a session forward, which those who convene may confirm. Who
// proposes one without saying who hosts it hosts it. Errors: as for CreateSession;
// by access.ProposeSession.
func (p *Programmes) ProposeSession(ctx context.Context, who access.Actor, id int64, in NewSession) (Session, error) {
	return p.makeSession(ctx, who, id, access.ProposeSession, Proposed, in)
}

func (p *Programmes) makeSession(ctx context.Context, who access.Actor, id int64, do access.Action, state State, in NewSession) (Session, error) {
	of, err := p.may(ctx, who, id, do)
	if err != nil {
		return Session{}, err
	}
	if !who.SignedIn() {
		return Session{}, errs.New(errs.Unauthenticated, "access.sign_in")
	}
	if err := in.validate(); err != nil {
		return Session{}, err
	}
	html, err := p.forum.Preview(ctx, in.Description)
	if err != nil {
		return Session{}, err
	}
	if state == Proposed && len(in.Hosts) == 0 {
		in.Hosts = []NewSomeone{{person: who.Person}}
	}
	people, err := p.resolve(ctx, in.Speakers, in.Hosts)
	if err != nil {
		return Session{}, err
	}
	if err := p.mayUseThemes(ctx, who, of, in.Themes); err != nil {
		return Session{}, err
	}
	var made int64
	err = p.change(ctx, who, id, do, 0, func(tx *store.Tx, locked Programme, now time.Time) error {
		if err := roomForMore(tx, id, 1); err != nil {
			return err
		}
		row := newSession{ProgrammeID: id, Title: in.Title, Description: in.Description, DescriptionHTML: html, State: state,
			Minutes: orNull(in.Minutes), Capacity: in.Capacity, ProposedBy: who.Person, PutForward: state == Proposed, CreatedAt: store.At(now)}
		if err := tx.Create(&row).Error; err != nil {
			return fmt.Errorf("put a session into programme %d: %w", id, err)
		}
		made = row.ID
		if err := insertPeople(tx, made, people); err != nil {
			return err
		}
		if err := insertThemes(tx, made, in.Themes); err != nil {
			return err
		}
		for _, m := range in.Material {
			if err := m.addTo(tx, who, locked, made, now); err != nil {
				return err
			}
		}
		if state == Confirmed {
			if err := p.schedule(tx, who, locked, in.Themes, now); err != nil {
				return err
			}
		}
		if in.At != nil && do == access.EditProgramme {
			return p.placeNew(tx, who, locked, made, *in.At, now)
		}
		if state == Proposed && locked.Published > 0 {
			_, err := forum.Tell(tx, locked.event(event.SessionProposed, who.Person, made, now), nil)
			return err
		}
		return nil
	})
	if err != nil {
		return Session{}, err
	}
	return p.Session(ctx, who, made)
}

// placeNew puts a session that has just been made into its slot.
func (p *Programmes) placeNew(tx *store.Tx, who access.Actor, of Programme, id int64, at Placing, now time.Time) error {
	whole, err := plan(tx.DB, who, of)
	if err != nil {
		return err
	}
	s, ok := whole.Session(id)
	if !ok {
		return fmt.Errorf("session %d is not in its programme", id)
	}
	return p.place(tx, who, whole, s, at, now)
}

// roomForMore refuses more sessions than a programme can have.
func roomForMore(tx *store.Tx, id int64, more int) error {
	var n int64
	if err := tx.Table("programme_sessions").Where("programme_id = ?", id).Count(&n).Error; err != nil {
		return fmt.Errorf("count the sessions of programme %d: %w", id, err)
	}
	if int(n)+more > MaxSessions {
		return errs.New(errs.Conflict, "programme.sessions_too_many", errs.Args{"Max": MaxSessions})
	}
	return nil
}

func orNull(n int) *int {
	if n == 0 {
		return nil
	}
	return &n
}

func saveSession(tx *store.Tx, id int64, set map[string]any) error {
	if err := tx.Table("programme_sessions").Where("id = ?", id).Updates(set).Error; err != nil {
		return fmt.Errorf("save session %d: %w", id, err)
	}
	return nil
}

// ConfirmSession agrees that a session takes place. Its themes are scheduled.
// Confirming it again changes nothing. Errors: by access.EditProgramme; Conflict
// "programme.session_cancelled".
func (p *Programmes) ConfirmSession(ctx context.Context, who access.Actor, id int64) (Session, error) {
	return p.setState(ctx, who, id, func(s Session) (State, string, error) {
		if s.State == Cancelled {
			return "", "", errs.New(errs.Conflict, "programme.session_cancelled")
		}
		return Confirmed, "", nil
	})
}

// ConfirmDrafts agrees, all at once, that the given sessions of a programme take
// place; those that are no drafts stay as they are. Errors: Invalid with field
// confirm where none is given, or one is not of this programme; by
// access.EditProgramme.
func (p *Programmes) ConfirmDrafts(ctx context.Context, who access.Actor, id int64, sessions []int64) error {
	return p.changePlan(ctx, who, id, 0, func(tx *store.Tx, locked Plan, now time.Time) error {
		var f errs.Fields
		if len(sessions) == 0 {
			f.Add("confirm", "programme.tick_drafts")
		}
		var drafts []Session
		for _, one := range sessions {
			s, ok := locked.Session(one)
			if !ok {
				f.Add("confirm", "programme.draft_unknown")
			}
			if s.State == Draft {
				drafts = append(drafts, s)
			}
		}
		if err := f.Err(); err != nil {
			return err
		}
		for _, s := range drafts {
			err := saveSession(tx, s.ID, map[string]any{"state": Confirmed, "state_reason": "", "version": s.Version + 1, "edited_at": store.At(now)})
			if err != nil {
				return err
			}
			if err := p.schedule(tx, who, locked.Programme, s.themeIDs(), now); err != nil {
				return err
			}
		}
		return nil
	})
}

// UnconfirmSession takes the agreement back: what was put forward is proposed
// again, anything else a draft. Errors: by access.EditProgramme; Conflict
// "programme.session_cancelled".
func (p *Programmes) UnconfirmSession(ctx context.Context, who access.Actor, id int64) (Session, error) {
	return p.setState(ctx, who, id, func(s Session) (State, string, error) {
		if s.State == Cancelled {
			return "", "", errs.New(errs.Conflict, "programme.session_cancelled")
		}
		return s.unagreed(), "", nil
	})
}

func (s Session) unagreed() State {
	if s.PutForward {
		return Proposed
	}
	return Draft
}

// CancelSession calls a session off, or refuses one that is proposed; whoever
// proposed it may withdraw it. Those who are signed up are told when that is
// published. Errors: Invalid with field reason; by access.EditProgramme, and by
// access.EditSession for who proposed it.
func (p *Programmes) CancelSession(ctx context.Context, who access.Actor, id int64, reason string) (Session, error) {
	return p.setState(ctx, who, id, func(s Session) (State, string, error) {
		if s.own() && strings.TrimSpace(reason) == "" {
			return Cancelled, "", nil // who withdraws owes no reason
		}
		why, err := validReason(reason)
		return Cancelled, why, err
	})
}

// RestoreSession takes the cancelling of a session back: one that was published is
// confirmed again, another one proposed or a draft. Errors: by access.EditProgramme;
// Conflict "programme.session_not_cancelled".
func (p *Programmes) RestoreSession(ctx context.Context, who access.Actor, id int64) (Session, error) {
	return p.setState(ctx, who, id, func(s Session) (State, string, error) {
		switch {
		case s.State != Cancelled:
			return "", "", errs.New(errs.Conflict, "programme.session_not_cancelled")
		case s.Published > 0:
			return Confirmed, "", nil
		}
		return s.unagreed(), "", nil
	})
}

// setState brings a session into the state that to finds for it.
func (p *Programmes) setState(ctx context.Context, who access.Actor, id int64, to func(Session) (State, string, error)) (Session, error) {
	return p.changeSession(ctx, who, id, access.EditSession, func(tx *store.Tx, of Programme, s Session, now time.Time) error {
		state, reason, err := to(s)
		if err != nil {
			return err
		}
		if err := access.Check(who, access.EditProgramme, of.facts); err != nil && (state != Cancelled || !s.own()) {
			return err
		}
		if state == s.State && reason == s.Reason {
			return errUnchanged
		}
		err = saveSession(tx, id, map[string]any{"state": state, "state_reason": reason, "version": s.Version + 1, "edited_at": store.At(now)})
		if err != nil {
			return err
		}
		if state == Confirmed {
			return p.schedule(tx, who, of, s.themeIDs(), now)
		}
		return p.unschedule(tx, who, of, s.themeIDs(), now)
	})
}

// own reports whether the actor proposed the session and it is not agreed yet, so
// that they may take it back.
func (s Session) own() bool { return s.facts.Proposer && s.State == Proposed }

func (s Session) themeIDs() []int64 {
	ids := make([]int64, len(s.Themes))
	for i, theme := range s.Themes {
		ids[i] = theme.ID
	}
	return ids
}

// DeleteSession removes a session that has never been published and that nobody
// else put forward: those are cancelled, so that people learn why. Errors: by
// access.EditProgramme; Conflict "programme.session_known".
func (p *Programmes) DeleteSession(ctx context.Context, who access.Actor, id int64) error {
	return p.db.Write(ctx, func(tx *store.Tx) error {
		of, s, err := p.LockSession(tx, who, id)
		if err != nil {
			return err
		}
		if err := access.Check(who, access.ReadThread, s.facts); err != nil {
			return err
		}
		if err := access.Check(who, access.EditProgramme, of.facts); err != nil {
			return err
		}
		if s.Published > 0 || s.PutForward && s.ProposedBy.ID != who.Person {
			return errs.New(errs.Conflict, "programme.session_known")
		}
		now := p.now()
		if err := tx.Exec("DELETE FROM programme_sessions WHERE id = ?", id).Error; err != nil {
			return fmt.Errorf("delete session %d: %w", id, err)
		}
		if err := p.unschedule(tx, who, of, s.themeIDs(), now); err != nil {
			return err
		}
		return touch(tx, of, who, now)
	})
}
