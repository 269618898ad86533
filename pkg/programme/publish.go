package programme

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/forum"
	"plenary/pkg/page"
	"plenary/pkg/person"
	"plenary/pkg/plain"
	"plenary/pkg/store"
)

// Version is one publication of a programme.
type Version struct {
	Number   int
	Revision int
	Title    string // of the programme then
	Note     string // what whoever published it said
	Changes  []Change
	By       person.Brief
	At       time.Time
}

// Publish makes what those who convene have worked on what everybody reads, as a
// version of its own. note, which may be empty, says why. revision, where not 0, is
// the one that whoever publishes has seen. Errors: Invalid with field note; by
// access.PublishProgramme; Conflict "programme.nothing_to_publish" before there is a
// day, "programme.nothing_new" where nothing has changed since the last version, and
// "programme.edited_meanwhile".
func (p *Programmes) Publish(ctx context.Context, who access.Actor, id int64, note string, revision int) (Version, error) {
	if _, err := p.may(ctx, who, id, access.PublishProgramme); err != nil {
		return Version{}, err
	}
	var f errs.Fields
	note = plain.Body(&f, "note", note, false, MaxNote)
	if err := f.Err(); err != nil {
		return Version{}, err
	}
	if !who.SignedIn() {
		return Version{}, errs.New(errs.Unauthenticated, "access.sign_in")
	}
	var number int
	err := p.db.Write(ctx, func(tx *store.Tx) error {
		locked, err := p.lock(tx, who, id)
		if err != nil {
			return err
		}
		if err := access.Check(who, access.PublishProgramme, locked.facts); err != nil {
			return err
		}
		if revision != 0 && revision != locked.Revision {
			return errs.New(errs.Conflict, "programme.edited_meanwhile")
		}
		number = locked.Published + 1
		return p.publish(tx, who, locked, note, p.now())
	})
	if err != nil {
		return Version{}, err
	}
	v, _, err := p.Version(ctx, who, id, number)
	return v, err
}

func (p *Programmes) publish(tx *store.Tx, who access.Actor, locked Programme, note string, now time.Time) error {
	whole, err := plan(tx.DB, who, locked)
	if err != nil {
		return err
	}
	if len(whole.Days) == 0 {
		return errs.New(errs.Conflict, "programme.nothing_to_publish")
	}
	changes, text, err := p.since(tx.DB, whole)
	if err != nil {
		return err
	}
	if text == "" {
		return errs.New(errs.Conflict, "programme.nothing_new")
	}
	number := locked.Published + 1
	if err := insertVersion(tx, who, locked, number, note, text, changes, now); err != nil {
		return err
	}
	if err := tx.Exec("UPDATE programmes SET published = ? WHERE id = ?", number, locked.ID).Error; err != nil {
		return fmt.Errorf("publish programme %d: %w", locked.ID, err)
	}
	var stand []int64
	for _, s := range whole.Sessions {
		if s.publishes() {
			stand = append(stand, s.ID)
		}
	}
	if len(stand) > 0 {
		if err := tx.Exec("UPDATE programme_sessions SET published = ? WHERE id IN ?", number, stand).Error; err != nil {
			return fmt.Errorf("publish the sessions of programme %d: %w", locked.ID, err)
		}
	}
	data := map[string]any{"version": number, "changes": len(changes)}
	if note != "" {
		data["note"] = note
	}
	if _, err := forum.Tell(tx, locked.event(event.ProgrammePublished, who.Person, locked.ID, now), data); err != nil {
		return err
	}
	return p.announce(tx, locked.ID, event.ProgrammePublished, number, who.Person)
}

func insertVersion(tx *store.Tx, who access.Actor, of Programme, number int, note, text string, changes []Change, now time.Time) error {
	raw, err := json.Marshal(nameless(changes))
	if err != nil {
		return fmt.Errorf("write the changes of programme %d: %w", of.ID, err)
	}
	err = tx.Exec("INSERT INTO programme_versions (programme_id, version, revision, title, note, snapshot, changes, by_id, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
		of.ID, number, of.Revision, of.Title, note, text, string(raw), who.Person, store.At(now)).Error
	if err != nil {
		return fmt.Errorf("keep version %d of programme %d: %w", number, of.ID, err)
	}
	return nil
}

// nameless leaves out who spoke before and who speaks now: of people nothing is kept
// that would outlive their account.
func nameless(changes []Change) []Change {
	out := slices.Clone(changes)
	for i := range out {
		if out[i].Kind == SessionPeople {
			out[i].From, out[i].To = "", ""
		}
	}
	return out
}

// since compares a plan with what was published last, and gives the text in which it
// is kept: empty where that is the very same. The first version changes nothing.
func (p *Programmes) since(g *gorm.DB, whole Plan) (changes []Change, text string, err error) {
	next := keep(whole)
	if text, err = next.text(); err != nil {
		return nil, "", err
	}
	before, err := published(g, []int64{whole.ID})
	if err != nil || whole.Published == 0 {
		return []Change{}, text, err
	}
	last := before[whole.ID]
	if was, err := last.text(); err != nil || was == text {
		return []Change{}, "", err
	}
	old, err := last.plan(g, p.people, whole.Programme)
	if err != nil {
		return nil, "", err
	}
	now, err := next.plan(g, p.people, whole.Programme)
	if err != nil {
		return nil, "", err
	}
	return append([]Change{}, Compare(old, now)...), text, nil
}

// Pending is what would change for readers if the programme were published now.
type Pending struct {
	Changes []Change
	Any     bool // something has changed, even where Changes, such as of a room's note, has no word for it
	Drafts  int  // sessions that have a place and stay hidden, as they are drafts
}

// Changes lists what has changed since the last publication, for those who convene.
// Errors: NotFound; by access.EditProgramme, but for its state.
func (p *Programmes) Changes(ctx context.Context, who access.Actor, id int64) (Pending, error) {
	g := p.db.Read(ctx)
	found, err := p.readable(g, who, id)
	if err != nil {
		return Pending{}, err
	}
	if !Convenes(who, found.facts) {
		return Pending{}, access.Check(who, access.EditProgramme, found.facts)
	}
	whole, err := plan(g, who, found)
	if err != nil {
		return Pending{}, store.Translate(err)
	}
	changes, text, err := p.since(g, whole)
	pending := Pending{Changes: changes, Any: text != ""}
	for _, s := range whole.Sessions {
		if s.State == Draft && s.SlotID != 0 {
			pending.Drafts++
		}
	}
	return pending, store.Translate(err)
}

// versionRow is a version as stored.
type versionRow struct {
	Version     int
	Revision    int
	Title       string
	Note        string
	Changes     string
	At          store.Time
	ByID        int64
	Handle      string
	Name        string
	Affiliation string
	Picture     string
	Snapshot    string
}

func versions(g *gorm.DB, id int64, more string) *gorm.DB {
	return g.Table("programme_versions AS v").Select("v.version, v.revision, v.title, v.note, v.changes, v.at, v.by_id, a.handle, a.name, a.affiliation, a.picture"+more).
		Joins("JOIN people AS a ON a.id = v.by_id").Where("v.programme_id = ?", id)
}

func (r versionRow) version() (Version, error) {
	v := Version{Number: r.Version, Revision: r.Revision, Title: r.Title, Note: r.Note, At: r.At.Time,
		By: person.Brief{ID: r.ByID, Handle: r.Handle, Name: r.Name, Affiliation: r.Affiliation, Picture: r.Picture}}
	if err := json.Unmarshal([]byte(r.Changes), &v.Changes); err != nil {
		return v, fmt.Errorf("read the changes of version %d: %w", r.Version, err)
	}
	return v, nil
}

// Versions lists what has been published of a programme, the newest first. Errors:
// NotFound; Invalid with field cursor.
func (p *Programmes) Versions(ctx context.Context, who access.Actor, id int64, at page.Page) (page.List[Version], error) {
	none := page.List[Version]{}
	g := p.db.Read(ctx)
	if _, err := p.readable(g, who, id); err != nil {
		return none, err
	}
	after, err := page.Decode(at.Cursor, 1)
	if err != nil {
		return none, err
	}
	query := versions(g, id, "")
	if after != nil {
		query = query.Where("v.version < ?", after[0])
	}
	var rows []versionRow
	if err := query.Order("v.version DESC").Limit(at.Size() + 1).Find(&rows).Error; err != nil {
		return none, store.Translate(fmt.Errorf("list the versions of programme %d: %w", id, err))
	}
	out := make([]Version, len(rows))
	for i, r := range rows {
		if out[i], err = r.version(); err != nil {
			return none, err
		}
	}
	return page.Cut(at, out, func(v Version) []int64 { return []int64{int64(v.Number)} }), nil
}

// Version reads one version of a programme, with the programme as it was published
// then. Errors: NotFound.
func (p *Programmes) Version(ctx context.Context, who access.Actor, id int64, number int) (Version, Plan, error) {
	g := p.db.Read(ctx)
	of, err := p.readable(g, who, id)
	if err != nil {
		return Version{}, Plan{}, err
	}
	var row versionRow
	if err := versions(g, id, ", v.snapshot").Where("v.version = ?", number).Take(&row).Error; err != nil {
		return Version{}, Plan{}, store.Translate(fmt.Errorf("read version %d of programme %d: %w", number, id, err))
	}
	v, err := row.version()
	if err != nil {
		return Version{}, Plan{}, err
	}
	kept, err := parseSnapshot(row.Snapshot)
	if err != nil {
		return Version{}, Plan{}, err
	}
	plan, err := kept.plan(g, p.people, of)
	return v, plan, store.Translate(err)
}
