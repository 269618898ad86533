package programme

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/markup"
	"plenary/pkg/plain"
	"plenary/pkg/store"
)

// SessionEdit changes a session. What is nil stays as it is; a list that is given is
// the whole list, in its order.
type SessionEdit struct {
	Title       *string
	Description *string
	Minutes     *int
	Capacity    *int
	Speakers    *[]NewSomeone
	Hosts       *[]NewSomeone
	Themes      *[]int64
	Material    *[]NewMaterial
	Notes       *string
	Confirmed   *bool // agreed, or not agreed any more; for those who convene
	Version     int   // the one that was edited; 0 for whichever is current
}

func (in SessionEdit) apply(to Session) (Session, error) {
	to.Title, to.Description = orElse(in.Title, to.Title), orElse(in.Description, to.Description)
	to.Minutes, to.Capacity, to.Notes = orElse(in.Minutes, to.Minutes), orElse(in.Capacity, to.Capacity), orElse(in.Notes, to.Notes)
	var f errs.Fields
	to.Title = plain.Line(&f, "title", to.Title, true, MaxTitle)
	to.Description = plain.Body(&f, "description", to.Description, false, markup.MaxBytes)
	to.Notes = plain.Body(&f, "notes", to.Notes, false, markup.MaxBytes)
	validMinutes(&f, "minutes", to.Minutes)
	validSeats(&f, to.Capacity)
	if in.people(to) > MaxPeople {
		f.Add("speakers", "programme.people_too_many", errs.Args{"Max": MaxPeople})
	}
	if in.Themes != nil && len(*in.Themes) > MaxThemes {
		f.Add("themes", "programme.themes_too_many", errs.Args{"Max": MaxThemes})
	}
	if in.Material != nil {
		validMaterial(&f, *in.Material)
	}
	return to, f.Err()
}

// people is how many have a part in the session after the edit.
func (in SessionEdit) people(s Session) int {
	speakers, hosts := len(s.Speakers), len(s.Hosts)
	if in.Speakers != nil {
		speakers = len(*in.Speakers)
	}
	if in.Hosts != nil {
		hosts = len(*in.Hosts)
	}
	return speakers + hosts
}

// copied is the edit with lists of its own, which are put in order by judging them.
func (in SessionEdit) copied() SessionEdit {
	if in.Material != nil {
		in.Material = new(slices.Clone(*in.Material))
	}
	if in.Themes != nil {
		in.Themes = new(distinct(*in.Themes))
	}
	return in
}

func distinct(ids []int64) []int64 {
	var out []int64
	for _, id := range ids {
		if !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

// editing is an edit that has been judged, with what was looked up for it outside the
// transaction.
type editing struct {
	SessionEdit
	description, notes string // rendered
	people             []NewSomeone
	before             Session
}

// EditSession changes what a session says of itself, who has a part in it, what it
// deals with, what there is to read, and what was said: all of it or nothing, told
// once. Readers of a published session meet its notes and its material at once, and
// the rest with the next publication. Errors: Invalid with fields title, description,
// minutes, capacity, speakers, hosts, themes, material and notes; by
// access.EditSession, access.TakeNotes where the notes are changed, and
// access.EditProgramme where it is agreed or not; Conflict
// "programme.edited_meanwhile" and "programme.session_cancelled".
func (p *Programmes) EditSession(ctx context.Context, who access.Actor, id int64, in SessionEdit) (Session, error) {
	ready, err := p.prepare(ctx, who, id, in.copied())
	if err != nil {
		return Session{}, err
	}
	return p.changeSession(ctx, who, id, access.EditSession, func(tx *store.Tx, of Programme, s Session, now time.Time) error {
		if s.Version != ready.before.Version || in.Version != 0 && in.Version != s.Version {
			return errs.New(errs.Conflict, "programme.edited_meanwhile")
		}
		changed := false
		for _, part := range []func(*store.Tx, access.Actor, Programme, Session, time.Time) (bool, error){
			ready.saveWords, ready.savePeople, ready.saveMaterial,
			func(tx *store.Tx, who access.Actor, of Programme, s Session, now time.Time) (bool, error) {
				return p.saveAgreed(tx, who, of, s, ready.SessionEdit, now)
			},
		} {
			did, err := part(tx, who, of, s, now)
			if err != nil {
				return err
			}
			changed = changed || did
		}
		if !changed {
			return errUnchanged
		}
		return saveSession(tx, id, map[string]any{"version": s.Version + 1, "edited_at": store.At(now)})
	})
}

// prepare judges an edit and looks up what is slow to find.
func (p *Programmes) prepare(ctx context.Context, who access.Actor, id int64, in SessionEdit) (editing, error) {
	out := editing{SessionEdit: in}
	var err error
	if out.before, err = p.Working(ctx, who, id); err != nil {
		return out, err
	}
	wanted, err := in.apply(out.before)
	if err != nil {
		return out, err
	}
	if out.description, err = p.forum.Preview(ctx, wanted.Description); err != nil {
		return out, err
	}
	if out.notes, err = p.forum.Preview(ctx, wanted.Notes); err != nil {
		return out, err
	}
	if out.people, err = p.resolve(ctx, orElse(in.Speakers, nil), orElse(in.Hosts, nil)); err != nil {
		return out, err
	}
	if in.Themes == nil {
		return out, nil
	}
	of, err := p.readable(p.db.Read(ctx), who, out.before.ProgrammeID)
	if err != nil {
		return out, err
	}
	added := slices.DeleteFunc(slices.Clone(*in.Themes), func(theme int64) bool { return slices.Contains(out.before.themeIDs(), theme) })
	return out, p.mayUseThemes(ctx, who, of, added)
}

// saveWords writes what the session says of itself, and what was said in it.
func (e editing) saveWords(tx *store.Tx, who access.Actor, of Programme, s Session, _ time.Time) (bool, error) {
	next, err := e.apply(s)
	if err != nil {
		return false, err
	}
	if next.Notes != s.Notes {
		if err := access.Check(who, access.TakeNotes, s.facts); err != nil {
			return false, err
		}
	}
	if next.Minutes != s.Minutes {
		if err := fitsInPlace(tx, who, of, next); err != nil {
			return false, err
		}
	}
	if next.Title == s.Title && next.Description == s.Description && next.Minutes == s.Minutes && next.Capacity == s.Capacity && next.Notes == s.Notes {
		return false, nil
	}
	return true, saveSession(tx, s.ID, map[string]any{"title": next.Title, "description": next.Description, "description_html": e.description,
		"minutes": orNull(next.Minutes), "capacity": next.Capacity, "notes": next.Notes, "notes_html": e.notes})
}

// savePeople makes those who have a part in the session those of the edit. Whoever
// stays keeps the id of their part.
func (e editing) savePeople(tx *store.Tx, _ access.Actor, _ Programme, s Session, _ time.Time) (changed bool, err error) {
	for _, list := range []struct {
		part  Part
		given bool
		have  []Someone
	}{{Speaker, e.Speakers != nil, s.Speakers}, {Host, e.Hosts != nil, s.Hosts}} {
		if !list.given {
			continue
		}
		var want []NewSomeone
		for _, one := range e.people {
			if one.part == list.part && !slices.ContainsFunc(want, one.same) {
				want = append(want, one)
			}
		}
		did, err := replacePeople(tx, s.ID, list.have, want)
		if err != nil {
			return false, err
		}
		changed = changed || did
	}
	return changed, nil
}

// replacePeople writes the people of one part. Where nobody comes, goes or changes
// places, nothing is written.
func replacePeople(tx *store.Tx, session int64, have []Someone, want []NewSomeone) (bool, error) {
	left, stay := slices.Clone(have), make([]Someone, len(want))
	same := len(have) == len(want)
	for i, one := range want {
		at := slices.IndexFunc(left, one.stays)
		if at < 0 {
			same = false
			continue
		}
		stay[i] = left[at]
		left = slices.Delete(left, at, at+1)
		same = same && stay[i].ID == have[i].ID && (stay[i].Person != nil || stay[i].Name == one.Name && stay[i].Affiliation == one.Affiliation)
	}
	if same {
		return false, nil
	}
	for _, gone := range left {
		if err := tx.Exec("DELETE FROM programme_session_people WHERE id = ?", gone.ID).Error; err != nil {
			return false, fmt.Errorf("take people out of session %d: %w", session, err)
		}
	}
	for i, one := range want {
		if stay[i].ID == 0 {
			if err := insertPerson(tx, session, one, i+1); err != nil {
				return false, err
			}
			continue
		}
		set := map[string]any{"position": i + 1}
		if stay[i].Person == nil {
			set["name"], set["affiliation"] = one.Name, one.Affiliation
		}
		if err := tx.Table("programme_session_people").Where("id = ?", stay[i].ID).Updates(set).Error; err != nil {
			return false, fmt.Errorf("save the people of session %d: %w", session, err)
		}
	}
	return true, nil
}

// saveMaterial makes what there is to read, watch or bring what the edit lists.
func (e editing) saveMaterial(tx *store.Tx, who access.Actor, of Programme, s Session, now time.Time) (changed bool, err error) {
	if e.Material == nil {
		return false, nil
	}
	left := slices.Clone(s.Material)
	for _, one := range *e.Material {
		at := slices.IndexFunc(left, func(m Material) bool { return m.Title == one.Title && m.Link == one.Link })
		if at >= 0 {
			left = slices.Delete(left, at, at+1)
			continue
		}
		changed = true
		if err := one.addTo(tx, who, of, s.ID, now); err != nil {
			return false, err
		}
	}
	for _, gone := range left {
		changed = true
		if err := tx.Exec("DELETE FROM programme_material WHERE id = ?", gone.ID).Error; err != nil {
			return false, fmt.Errorf("take material away from session %d: %w", s.ID, err)
		}
	}
	return changed, nil
}

// saveAgreed writes whether the session is agreed and what it deals with. Its themes
// have their place or not according to both.
func (p *Programmes) saveAgreed(tx *store.Tx, who access.Actor, of Programme, s Session, in SessionEdit, now time.Time) (bool, error) {
	next := s
	switch {
	case in.Confirmed == nil || *in.Confirmed == (s.State == Confirmed):
	case s.State == Cancelled:
		return false, errs.New(errs.Conflict, "programme.session_cancelled")
	case *in.Confirmed:
		next.State = Confirmed
	default:
		next.State = s.unagreed()
	}
	if next.State != s.State {
		if err := access.Check(who, access.EditProgramme, of.facts); err != nil {
			return false, err
		}
		if err := saveSession(tx, s.ID, map[string]any{"state": next.State, "state_reason": ""}); err != nil {
			return false, err
		}
	}
	gone, added, err := saveThemes(tx, s, in.Themes)
	if err != nil {
		return false, err
	}
	changed := next.State != s.State || len(gone)+len(added) > 0
	switch scheduled := append(slices.DeleteFunc(s.themeIDs(), func(id int64) bool { return slices.Contains(gone, id) }), added...); {
	case next.State == Confirmed && s.State != Confirmed:
		err = p.schedule(tx, who, of, scheduled, now)
	case next.schedules():
		err = p.schedule(tx, who, of, added, now)
	}
	if err != nil {
		return false, err
	}
	return changed, p.unschedule(tx, who, of, gone, now)
}

// saveThemes makes the themes of a session those of the list, and tells which have
// gone and which have come.
func saveThemes(tx *store.Tx, s Session, wanted *[]int64) (gone, added []int64, err error) {
	if wanted == nil {
		return nil, nil, nil
	}
	for _, id := range s.themeIDs() {
		if !slices.Contains(*wanted, id) {
			gone = append(gone, id)
		}
	}
	if len(gone) > 0 {
		err := tx.Exec("DELETE FROM programme_session_themes WHERE session_id = ? AND theme_id IN ?", s.ID, gone).Error
		if err != nil {
			return nil, nil, fmt.Errorf("take themes out of session %d: %w", s.ID, err)
		}
	}
	for _, id := range *wanted {
		if slices.Contains(s.themeIDs(), id) {
			continue
		}
		added = append(added, id)
		if err := appendTheme(tx, s.ID, id); err != nil {
			return nil, nil, err
		}
	}
	return gone, added, nil
}

// validMaterial judges material, each of which is put in order, and complains about
// all of it under one name.
func validMaterial(f *errs.Fields, all []NewMaterial) {
	if len(all) > MaxMaterial {
		f.Add("material", "programme.material_too_many", errs.Args{"Max": MaxMaterial})
	}
	for i := range all {
		if wrong := (*errs.Error)(nil); errors.As(all[i].validate(), &wrong) {
			for _, text := range wrong.Fields {
				f.Add("material", text.Code, text.Args)
			}
		}
	}
}

// Rewritten reports whether a session that was published says something else by now
// than its readers meet. Errors: by access.EditSession.
func (p *Programmes) Rewritten(ctx context.Context, who access.Actor, id int64) (bool, error) {
	now, err := p.Working(ctx, who, id)
	if err != nil {
		return false, err
	}
	kept, err := published(p.db.Read(ctx), []int64{now.ProgrammeID})
	if err != nil {
		return false, err
	}
	i := slices.IndexFunc(kept[now.ProgrammeID].Sessions, func(k keptSession) bool { return k.ID == id })
	if i < 0 {
		return false, nil
	}
	return !reflect.DeepEqual(kept[now.ProgrammeID].Sessions[i], keepSession(now)), nil
}
