package programme

import (
	"fmt"
	"time"

	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/forum"
	"plenary/pkg/person"
	"plenary/pkg/store"
)

// row is a programme with the facts about it, in one query.
type row struct {
	ID              int64
	ThreadID        int64
	ThreadTitle     string
	Title           string
	Description     string
	DescriptionHTML string
	Place           string
	Link            string
	TimeZone        string
	Template        Template
	TakesProposals  bool
	TakesSignups    bool
	Revision        int
	Published       int
	PublishedAt     *store.Time
	CancelledAt     *store.Time
	CancelReason    string
	CreatedBy       int64
	CreatorHandle   string
	CreatorName     string
	CreatorAff      string
	CreatorPic      string
	CreatedAt       store.Time
	EditedAt        *store.Time
	First           Date
	Last            Date
	forum.PlaceRow  `gorm:"embedded"`
}

const columns = `p.id, p.thread_id, t.title AS thread_title, p.title, p.description, p.description_html, p.place, p.link, p.time_zone, p.template,
	p.takes_proposals, p.takes_signups, p.revision, p.published,
	(SELECT v.at FROM programme_versions AS v WHERE v.programme_id = p.id AND v.version = p.published) AS published_at,
	p.cancelled_at, p.cancel_reason, p.created_by, a.handle AS creator_handle, a.name AS creator_name, a.affiliation AS creator_aff,
	a.picture AS creator_pic, p.created_at, p.edited_at,
	COALESCE((SELECT MIN(d.day) FROM programme_days AS d WHERE d.programme_id = p.id), '') AS first,
	COALESCE((SELECT MAX(d.day) FROM programme_days AS d WHERE d.programme_id = p.id), '') AS last`

// programmes is the query that every reading of programmes begins with.
func programmes(g *gorm.DB, who access.Actor) *gorm.DB {
	place, args := forum.PlaceColumns(who)
	return g.Table("programmes AS p").Select(columns+", "+place, args...).
		Joins("JOIN threads AS t ON t.id = p.thread_id").
		Joins("JOIN people AS a ON a.id = p.created_by")
}

func (r row) programme(who access.Actor) Programme {
	place := r.PlaceRow.Place(who)
	p := Programme{ID: r.ID, ThreadID: r.ThreadID, ThreadTitle: r.ThreadTitle, Group: place.Home,
		Title: r.Title, Description: r.Description, DescriptionHTML: r.DescriptionHTML, Place: r.Place, Link: r.Link, Zone: r.TimeZone,
		Template: r.Template, TakesProposals: r.TakesProposals, TakesSignups: r.TakesSignups, Revision: r.Revision,
		Published: r.Published, PublishedAt: instant(r.PublishedAt), CancelledAt: instant(r.CancelledAt), CancelReason: r.CancelReason,
		Creator:   person.Brief{ID: r.CreatedBy, Handle: r.CreatorHandle, Name: r.CreatorName, Affiliation: r.CreatorAff, Picture: r.CreatorPic},
		CreatedAt: r.CreatedAt.Time, EditedAt: instant(r.EditedAt), First: r.First, Last: r.Last}
	p.facts = place.Facts
	p.facts.Own = who.SignedIn() && r.CreatedBy == who.Person
	p.facts.Programme, p.facts.Proposals, p.facts.Signups = p.State(), p.TakesProposals, p.TakesSignups
	return p
}

func instant(t *store.Time) *time.Time {
	if t == nil {
		return nil
	}
	return &t.Time
}

// find reads the programmes of a query made by programmes.
func find(query *gorm.DB, who access.Actor) ([]Programme, error) {
	var rows []row
	if err := query.Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("read programmes: %w", err)
	}
	out := make([]Programme, len(rows))
	for i, r := range rows {
		out[i] = r.programme(who)
	}
	return out, nil
}

// load reads one programme for an actor, without asking whether the actor may.
func load(g *gorm.DB, who access.Actor, id int64) (Programme, error) {
	found, err := find(programmes(g, who).Where("p.id = ?", id), who)
	if err != nil {
		return Programme{}, err
	}
	if len(found) == 0 {
		return Programme{}, fmt.Errorf("load programme %d: %w", id, gorm.ErrRecordNotFound)
	}
	return found[0], nil
}

// plan reads all that a programme is made of: seven statements, however much it
// is.
func plan(g *gorm.DB, who access.Actor, of Programme) (Plan, error) {
	out := Plan{Programme: of, Working: true}
	err := g.Table("programme_days").Select("id, day AS date, title").Where("programme_id = ?", of.ID).
		Order("day").Limit(MaxDays).Find(&out.Days).Error
	if err != nil {
		return Plan{}, fmt.Errorf("read the days of programme %d: %w", of.ID, err)
	}
	err = g.Table("programme_rooms").Select("id, name, capacity, link, note, position").Where("programme_id = ?", of.ID).
		Order("position, id").Limit(MaxRooms).Find(&out.Rooms).Error
	if err != nil {
		return Plan{}, fmt.Errorf("read the rooms of programme %d: %w", of.ID, err)
	}
	err = g.Table("programme_slots AS s").Select("s.id, s.day_id, s.title, s.starts, s.ends, s.pause").
		Joins("JOIN programme_days AS d ON d.id = s.day_id").Where("s.programme_id = ?", of.ID).
		Order("d.day, s.starts, s.id").Limit(MaxSlots).Find(&out.Slots).Error
	if err != nil {
		return Plan{}, fmt.Errorf("read the slots of programme %d: %w", of.ID, err)
	}
	out.Sessions, err = sessions(g, who, of, g.Where("s.programme_id = ?", of.ID))
	return out, err
}

// sessionRow is a session as stored, with how many come to it.
type sessionRow struct {
	ID              int64
	ProgrammeID     int64
	Title           string
	Description     string
	DescriptionHTML string
	Notes           string
	NotesHTML       string
	State           State
	StateReason     string
	SlotID          *int64
	RoomID          *int64
	Begins          *int
	Minutes         *int
	StartedAt       *store.Time
	MinutesTaken    *int
	Position        int
	Capacity        int
	ThreadID        *int64
	ProposedBy      int64
	ProposerHandle  string
	ProposerName    string
	ProposerAff     string
	ProposerPic     string
	PutForward      bool
	Published       int
	Version         int
	CreatedAt       store.Time
	EditedAt        *store.Time
	Going           int
	Waiting         int
}

const sessionColumns = `s.id, s.programme_id, s.title, s.description, s.description_html, s.notes, s.notes_html, s.state, s.state_reason,
	s.slot_id, s.room_id, s.begins, s.minutes, s.started_at, s.minutes_taken, s.position, s.capacity, s.thread_id,
	s.proposed_by, a.handle AS proposer_handle, a.name AS proposer_name, a.affiliation AS proposer_aff, a.picture AS proposer_pic,
	s.put_forward, s.published, s.version, s.created_at, s.edited_at,
	(SELECT COUNT(*) FROM programme_signups AS n WHERE n.session_id = s.id AND NOT n.waiting) AS going,
	(SELECT COUNT(*) FROM programme_signups AS n WHERE n.session_id = s.id AND n.waiting) AS waiting`

// sessions reads the sessions of a programme for which the condition on
// programme_sessions AS s holds, with all that belongs to them: four statements.
func sessions(g *gorm.DB, who access.Actor, of Programme, which *gorm.DB) ([]Session, error) {
	out, err := allSessions(g, which)
	for i := range out {
		out[i].facts = factsOf(out[i], of, who)
	}
	return out, err
}

// allSessions is sessions without the facts, of whichever programmes.
func allSessions(g *gorm.DB, which *gorm.DB) ([]Session, error) {
	var rows []sessionRow
	err := g.Table("programme_sessions AS s").Select(sessionColumns).
		Joins("JOIN people AS a ON a.id = s.proposed_by").
		Joins("LEFT JOIN programme_slots AS l ON l.id = s.slot_id").
		Joins("LEFT JOIN programme_days AS d ON d.id = l.day_id").
		Joins("LEFT JOIN programme_rooms AS r ON r.id = s.room_id").
		Where(which).
		Order("CASE WHEN s.slot_id IS NULL THEN 1 ELSE 0 END, d.day, l.starts, CASE WHEN s.room_id IS NULL THEN 0 ELSE 1 END, r.position, r.id, s.position, s.id").
		Limit(MaxSessions).Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read sessions: %w", err)
	}
	out, at := make([]Session, len(rows)), make(map[int64]*Session, len(rows))
	ids := make([]int64, len(rows))
	for i, r := range rows {
		out[i], ids[i] = r.session(), r.ID
		at[r.ID] = &out[i]
	}
	if len(ids) > 0 {
		if err := addParts(g, ids, at); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (r sessionRow) session() Session {
	return Session{ID: r.ID, ProgrammeID: r.ProgrammeID, Title: r.Title, Description: r.Description, DescriptionHTML: r.DescriptionHTML,
		Notes: r.Notes, NotesHTML: r.NotesHTML, State: r.State, Reason: r.StateReason, SlotID: orZero(r.SlotID), RoomID: orZero(r.RoomID),
		Begins: r.Begins, Minutes: orZero(r.Minutes), StartedAt: instant(r.StartedAt), MinutesTaken: r.MinutesTaken, Position: r.Position, Capacity: r.Capacity,
		ThreadID: orZero(r.ThreadID), PutForward: r.PutForward, Published: r.Published, Version: r.Version, CreatedAt: r.CreatedAt.Time, EditedAt: instant(r.EditedAt),
		ProposedBy: person.Brief{ID: r.ProposedBy, Handle: r.ProposerHandle, Name: r.ProposerName, Affiliation: r.ProposerAff, Picture: r.ProposerPic},
		Going:      r.Going, Waiting: r.Waiting}
}

func orZero[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

// factsOf are the facts about a session for the actor of its programme.
func factsOf(s Session, of Programme, who access.Actor) access.Facts {
	f := of.facts
	f.Session = s.known(of)
	f.Proposer = who.SignedIn() && s.ProposedBy.ID == who.Person
	f.Hosting = who.SignedIn() && s.involves(who.Person)
	return f
}

// known is the session's state as readers of the programme may know it: what has
// not been published is being prepared, whatever it is among those who convene.
func (s Session) known(of Programme) State {
	switch {
	case of.Published == 0 || s.State == Draft || s.State == Proposed:
		return s.State
	case s.Published == of.Published:
		return s.State
	case s.PutForward && s.State == Confirmed:
		return Proposed
	case s.PutForward:
		return s.State
	}
	return Draft
}

// involves reports whether the person speaks in the session or hosts it.
func (s Session) involves(person int64) bool {
	for _, list := range [][]Someone{s.Speakers, s.Hosts} {
		for _, one := range list {
			if one.Person != nil && one.Person.ID == person {
				return true
			}
		}
	}
	return false
}

// addParts reads people, themes and material of sessions.
func addParts(g *gorm.DB, ids []int64, at map[int64]*Session) error {
	if err := addPeople(g, ids, at); err != nil {
		return err
	}
	var themes []struct {
		SessionID int64
		ThemeRef  `gorm:"embedded"`
	}
	err := g.Table("programme_session_themes AS x").
		Select("x.session_id, th.id, th.title, th.thread_id, th.state, CASE WHEN th.credit <> '' THEN th.credit ELSE a.name END AS proposer").
		Joins("JOIN themes AS th ON th.id = x.theme_id").Joins("JOIN people AS a ON a.id = th.proposer_id").
		Where("x.session_id IN ?", ids).Order("x.session_id, x.position, th.id").Find(&themes).Error
	if err != nil {
		return fmt.Errorf("read the themes of sessions: %w", err)
	}
	for _, one := range themes {
		at[one.SessionID].Themes = append(at[one.SessionID].Themes, one.ThemeRef)
	}
	return addMaterial(g, ids, at)
}

// addMaterial reads what there is to read, watch or bring. Of a file it is told what it
// is where it belongs to the programme's thread: whoever reads the one may read the
// other.
func addMaterial(g *gorm.DB, ids []int64, at map[int64]*Session) error {
	var rows []struct {
		SessionID int64
		ID        int64
		Title     string
		Link      string
		FileName  *string
		MediaType *string
		Size      *int64
	}
	err := g.Table("programme_material AS m").Select("m.session_id, m.id, m.title, m.link, f.name AS file_name, f.media_type, f.size").
		Joins("JOIN programme_sessions AS s ON s.id = m.session_id").Joins("JOIN programmes AS p ON p.id = s.programme_id").
		Joins("LEFT JOIN files AS f ON f.thread_id = p.thread_id AND f.id = CASE WHEN m.link LIKE '/files/%' THEN CAST(SUBSTR(m.link, 8) AS BIGINT) END").
		Where("m.session_id IN ?", ids).Order("m.session_id, m.position, m.id").Find(&rows).Error
	if err != nil {
		return fmt.Errorf("read the material of sessions: %w", err)
	}
	for _, r := range rows {
		one := Material{ID: r.ID, Title: r.Title, Link: r.Link}
		if r.FileName != nil {
			one.File = &MaterialFile{Name: *r.FileName, MediaType: *r.MediaType, Size: *r.Size}
		}
		at[r.SessionID].Material = append(at[r.SessionID].Material, one)
	}
	return nil
}

const (
	speaker = "speaker"
	host    = "host"
)

func addPeople(g *gorm.DB, ids []int64, at map[int64]*Session) error {
	var rows []struct {
		ID          int64
		SessionID   int64
		Part        string
		PersonID    *int64
		Handle      *string
		PersonName  *string
		PersonAff   *string
		Picture     *string
		Name        string
		Affiliation string
		Apart       bool
	}
	err := g.Table("programme_session_people AS x").
		Select(`x.id, x.session_id, x.part, x.person_id, a.handle, a.name AS person_name, a.affiliation AS person_aff, a.picture,
			x.name, x.affiliation, x.apart`).
		Joins("LEFT JOIN people AS a ON a.id = x.person_id").
		Where("x.session_id IN ?", ids).Order("x.session_id, x.position, x.id").Find(&rows).Error
	if err != nil {
		return fmt.Errorf("read the people of sessions: %w", err)
	}
	for _, r := range rows {
		one := Someone{ID: r.ID, Name: r.Name, Affiliation: r.Affiliation, Apart: r.Apart}
		if r.PersonID != nil && r.PersonName != nil {
			one.Person = &person.Brief{ID: *r.PersonID, Handle: *r.Handle, Name: *r.PersonName, Affiliation: *r.PersonAff, Picture: *r.Picture}
			one.Name, one.Affiliation = one.Person.Name, one.Person.Affiliation
		}
		s := at[r.SessionID]
		if r.Part == host {
			s.Hosts = append(s.Hosts, one)
		} else {
			s.Speakers = append(s.Speakers, one)
		}
	}
	return nil
}
