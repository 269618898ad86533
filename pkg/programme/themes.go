package programme

import (
	"context"
	"fmt"
	"slices"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/store"
)

// mayUseThemes refuses themes that the actor may not read, or that stand in another
// group than the programme: there its readers are others.
func (p *Programmes) mayUseThemes(ctx context.Context, who access.Actor, of Programme, ids []int64) error {
	var f errs.Fields
	for _, id := range ids {
		found, err := p.themes.Theme(ctx, who, id)
		switch {
		case errs.Is(err, errs.NotFound):
			f.Add("themes", "programme.theme_not_here")
		case err != nil:
			return err
		case found.ThreadID != of.ThreadID && (found.Group.ID != of.Group.ID || !found.Group.Known()):
			f.Add("themes", "programme.theme_elsewhere")
		case found.State == access.Merged || found.State == access.Withdrawn || found.State == access.Declined:
			f.Add("themes", "theme.state_"+string(found.State))
		}
	}
	return f.Err()
}

func insertThemes(tx *store.Tx, session int64, ids []int64) error {
	for i, id := range ids {
		err := tx.Exec("INSERT INTO programme_session_themes (session_id, theme_id, position) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", session, id, i+1).Error
		if err != nil {
			return fmt.Errorf("put themes into session %d: %w", session, err)
		}
	}
	return nil
}

// AddTheme fills a session with one more theme, after those that it has. It is
// scheduled where the session is confirmed or placed. Doing it again changes
// nothing. Errors: Invalid with field themes; by access.EditSession.
func (p *Programmes) AddTheme(ctx context.Context, who access.Actor, session, theme int64) (Session, error) {
	of, err := p.programmeOf(ctx, who, session)
	if err != nil {
		return Session{}, err
	}
	if err := p.mayUseThemes(ctx, who, of, []int64{theme}); err != nil {
		return Session{}, err
	}
	return p.changeParts(ctx, who, session, func(tx *store.Tx, of Programme, s Session, now time.Time) error {
		return p.putTheme(tx, who, of, s, theme, now)
	})
}

// programmeOf reads the programme of a session that the actor may edit.
func (p *Programmes) programmeOf(ctx context.Context, who access.Actor, session int64) (Programme, error) {
	s, err := p.Working(ctx, who, session)
	if err != nil {
		return Programme{}, err
	}
	return p.readable(p.db.Read(ctx), who, s.ProgrammeID)
}

func (p *Programmes) putTheme(tx *store.Tx, who access.Actor, of Programme, s Session, theme int64, now time.Time) error {
	if slices.Contains(s.themeIDs(), theme) {
		return errUnchanged
	}
	if len(s.Themes) >= MaxThemes {
		return tooMany("themes", "programme.themes_too_many", MaxThemes)
	}
	if err := appendTheme(tx, s.ID, theme); err != nil {
		return err
	}
	if s.schedules() {
		return p.schedule(tx, who, of, []int64{theme}, now)
	}
	return nil
}

// appendTheme puts a theme after those that the session has.
func appendTheme(tx *store.Tx, session, theme int64) error {
	err := tx.Exec(`INSERT INTO programme_session_themes (session_id, theme_id, position)
		VALUES (?, ?, (SELECT COALESCE(MAX(x.position), 0) + 1 FROM programme_session_themes AS x WHERE x.session_id = ?))`, session, theme, session).Error
	if err != nil {
		return fmt.Errorf("put theme %d into session %d: %w", theme, session, err)
	}
	return nil
}

// schedules reports whether the session's themes have their place in the programme.
func (s Session) schedules() bool {
	return s.State == Confirmed || s.SlotID != 0 && s.State != Cancelled
}

// RemoveTheme takes a theme out of a session. It goes back to where it was before it
// was scheduled, unless another session has it. Errors: NotFound; by
// access.EditSession.
func (p *Programmes) RemoveTheme(ctx context.Context, who access.Actor, session, theme int64) (Session, error) {
	return p.changeParts(ctx, who, session, func(tx *store.Tx, of Programme, _ Session, now time.Time) error {
		if err := removed(tx, "DELETE FROM programme_session_themes WHERE session_id = ? AND theme_id = ?", session, theme); err != nil {
			return err
		}
		return p.unschedule(tx, who, of, []int64{theme}, now)
	})
}

// MoveTheme takes a theme out of one session and puts it into another one of the
// same programme. It gives the other one. Errors: NotFound; by access.EditSession in
// both.
func (p *Programmes) MoveTheme(ctx context.Context, who access.Actor, from, theme, to int64) (Session, error) {
	if _, err := p.Working(ctx, who, from); err != nil {
		return Session{}, err
	}
	return p.changeParts(ctx, who, to, func(tx *store.Tx, of Programme, s Session, now time.Time) error {
		source, err := working(tx.DB, who, of, from)
		if err != nil {
			return err
		}
		if err := access.Check(who, access.EditSession, source.facts); err != nil {
			return err
		}
		if from == to {
			return errUnchanged
		}
		if err := removed(tx, "DELETE FROM programme_session_themes WHERE session_id = ? AND theme_id = ?", from, theme); err != nil {
			return err
		}
		if err := saveSession(tx, from, map[string]any{"version": source.Version + 1}); err != nil {
			return err
		}
		if slices.Contains(s.themeIDs(), theme) {
			return nil // both had it
		}
		if err := p.putTheme(tx, who, of, s, theme, now); err != nil {
			return err
		}
		return p.unschedule(tx, who, of, []int64{theme}, now)
	})
}

// schedule notes that themes have their place in the programme.
func (p *Programmes) schedule(tx *store.Tx, who access.Actor, of Programme, ids []int64, now time.Time) error {
	for _, id := range ids {
		if err := p.themes.ScheduleIn(tx, who, id, of.known(), now); err != nil {
			return err
		}
	}
	return nil
}

// unschedule notes that themes have lost their place, where no other session of any
// programme has it for them. A session that is taken out of its slot, or that is not
// agreed any more, keeps its themes.
func (p *Programmes) unschedule(tx *store.Tx, who access.Actor, of Programme, ids []int64, now time.Time) error {
	if len(ids) == 0 {
		return nil
	}
	var kept []int64
	err := tx.Table("programme_session_themes AS x").Select("x.theme_id").Joins("JOIN programme_sessions AS s ON s.id = x.session_id").
		Where("x.theme_id IN ? AND s.state <> 'cancelled'", ids).Find(&kept).Error
	if err != nil {
		return fmt.Errorf("look which themes have a place: %w", err)
	}
	for _, id := range ids {
		if slices.Contains(kept, id) {
			continue
		}
		if err := p.themes.UnscheduleIn(tx, who, id, of.known(), now); err != nil {
			return err
		}
	}
	return nil
}

// known is the id of a programme that others know of; 0 for another one.
func (p Programme) known() int64 {
	if p.Published == 0 {
		return 0
	}
	return p.ID
}
