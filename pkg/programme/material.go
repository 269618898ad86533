package programme

import (
	"context"
	"fmt"
	"regexp"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/forum"
	"plenary/pkg/markup"
	"plenary/pkg/plain"
	"plenary/pkg/store"
)

// NewMaterial is something that somebody adds to a session: a page of the web, or a
// file that they have uploaded here.
type NewMaterial struct {
	Title string
	Link  string // https://…, or /files/N
}

var ownFile = regexp.MustCompile(`^/files/[1-9]\d{0,17}$`)

func (in *NewMaterial) validate() error {
	var f errs.Fields
	in.Link = plain.Line(&f, "link", in.Link, true, MaxLink)
	if in.Link != "" && !ownFile.MatchString(in.Link) {
		in.Link = webLink(&f, in.Link, true)
	}
	in.Title = plain.Line(&f, "title", in.Title, true, MaxTitle)
	return f.Err()
}

// AddMaterial adds something to read, watch or bring to a session. It is seen at
// once. Errors: Invalid with fields title and link; by access.EditSession.
func (p *Programmes) AddMaterial(ctx context.Context, who access.Actor, session int64, in NewMaterial) (Session, error) {
	if _, err := p.Working(ctx, who, session); err != nil {
		return Session{}, err
	}
	if err := in.validate(); err != nil {
		return Session{}, err
	}
	return p.changeParts(ctx, who, session, func(tx *store.Tx, of Programme, s Session, now time.Time) error {
		if len(s.Material) >= MaxMaterial {
			return tooMany("title", "programme.material_too_many", MaxMaterial)
		}
		return in.addTo(tx, who, of, session, now)
	})
}

func (in NewMaterial) addTo(tx *store.Tx, who access.Actor, of Programme, session int64, now time.Time) error {
	if ownFile.MatchString(in.Link) {
		if err := forum.Attach(tx, who, of.ThreadID, in.Link); err != nil {
			return err
		}
	}
	err := tx.Exec(`INSERT INTO programme_material (session_id, title, link, position, added_by, added_at)
		VALUES (?, ?, ?, (SELECT COALESCE(MAX(x.position), 0) + 1 FROM programme_material AS x WHERE x.session_id = ?), ?, ?)`,
		session, in.Title, in.Link, session, who.Person, store.At(now)).Error
	if err != nil {
		return fmt.Errorf("add material to session %d: %w", session, err)
	}
	return nil
}

// RemoveMaterial takes something away from a session. Errors: NotFound; by
// access.EditSession.
func (p *Programmes) RemoveMaterial(ctx context.Context, who access.Actor, session, material int64) (Session, error) {
	return p.changeParts(ctx, who, session, func(tx *store.Tx, _ Programme, _ Session, _ time.Time) error {
		return removed(tx, "DELETE FROM programme_material WHERE id = ? AND session_id = ?", material, session)
	})
}

// SetNotes keeps what was said in a session. It is seen at once. version, where not
// 0, is the one that was edited. Errors: Invalid with field notes; by
// access.TakeNotes; Conflict "programme.edited_meanwhile".
func (p *Programmes) SetNotes(ctx context.Context, who access.Actor, session int64, notes string, version int) (Session, error) {
	var f errs.Fields
	notes = plain.Body(&f, "notes", notes, false, markup.MaxBytes)
	if err := f.Err(); err != nil {
		return Session{}, err
	}
	html, err := p.forum.Preview(ctx, notes)
	if err != nil {
		return Session{}, err
	}
	return p.changeSession(ctx, who, session, access.TakeNotes, func(tx *store.Tx, _ Programme, s Session, now time.Time) error {
		switch {
		case version != 0 && version != s.Version:
			return errs.New(errs.Conflict, "programme.edited_meanwhile")
		case s.Notes == notes:
			return errUnchanged
		}
		return saveSession(tx, session, map[string]any{"notes": notes, "notes_html": html, "version": s.Version + 1, "edited_at": store.At(now)})
	})
}
