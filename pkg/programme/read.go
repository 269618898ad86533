package programme

import (
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/page"
	"plenary/pkg/store"
)

// maxOfThread bounds how many programmes OfThread lists.
const maxOfThread = 50

// Convenes reports whether the actor that the facts are about works on the
// programme: is its creator or a moderator, whatever state it is in.
func Convenes(who access.Actor, f access.Facts) bool {
	err := access.Check(who, access.EditProgramme, f)
	return err == nil || errs.Is(err, errs.Conflict)
}

// Programme reads a programme: as it is worked on for whoever convenes, and as it
// was published last for everybody else. Errors: NotFound where it is not there or
// not for this actor.
func (p *Programmes) Programme(ctx context.Context, who access.Actor, id int64) (Programme, error) {
	g := p.db.Read(ctx)
	found, err := p.readable(g, who, id)
	if err != nil {
		return Programme{}, err
	}
	out := []Programme{found}
	return out[0], putHeads(g, who, out)
}

// readable loads a programme as it is worked on, if the actor may read it.
func (p *Programmes) readable(g *gorm.DB, who access.Actor, id int64) (Programme, error) {
	found, err := load(g, who, id)
	if err != nil {
		return Programme{}, store.Translate(err)
	}
	return found, access.Check(who, access.ReadThread, found.facts)
}

// putHeads puts the published words into the programmes that the actor does not
// convene: one statement at most.
func putHeads(g *gorm.DB, who access.Actor, all []Programme) error {
	var ids []int64
	for _, one := range all {
		if !Convenes(who, one.facts) {
			ids = append(ids, one.ID)
		}
	}
	kept, err := published(g, ids)
	if err != nil {
		return err
	}
	for i := range all {
		if s, ok := kept[all[i].ID]; ok {
			all[i] = s.head(all[i])
		}
	}
	return nil
}

// published reads what was published last of programmes.
func published(g *gorm.DB, ids []int64) (map[int64]snapshot, error) {
	out := make(map[int64]snapshot, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	var rows []struct {
		ProgrammeID int64
		Snapshot    string
	}
	err := g.Table("programme_versions AS v").Select("v.programme_id, v.snapshot").
		Joins("JOIN programmes AS p ON p.id = v.programme_id AND p.published = v.version").Where("p.id IN ?", ids).Find(&rows).Error
	if err != nil {
		return nil, store.Translate(fmt.Errorf("read published programmes: %w", err))
	}
	for _, r := range rows {
		if out[r.ProgrammeID], err = parseSnapshot(r.Snapshot); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Plan reads a programme with all that it is made of: as it is worked on for
// whoever convenes, and what was published last for everybody else. The same number
// of statements, however much it is. Errors: as for Programme.
func (p *Programmes) Plan(ctx context.Context, who access.Actor, id int64) (Plan, error) {
	g := p.db.Read(ctx)
	found, err := p.readable(g, who, id)
	if err != nil {
		return Plan{}, err
	}
	if !Convenes(who, found.facts) {
		return p.public(g, who, found)
	}
	out, err := plan(g, who, found)
	return out, store.Translate(err)
}

// Published reads what was published last, also for those who convene. Errors: as
// for Programme; Conflict "programme.state_draft" before the first publication.
func (p *Programmes) Published(ctx context.Context, who access.Actor, id int64) (Plan, error) {
	g := p.db.Read(ctx)
	found, err := p.readable(g, who, id)
	if err != nil {
		return Plan{}, err
	}
	return p.public(g, who, found)
}

func (p *Programmes) public(g *gorm.DB, who access.Actor, of Programme) (Plan, error) {
	kept, err := published(g, []int64{of.ID})
	if err != nil {
		return Plan{}, err
	}
	snapshot, ok := kept[of.ID]
	if !ok {
		return Plan{}, errs.New(errs.Conflict, "programme.state_draft")
	}
	out, err := snapshot.plan(g, p.people, of)
	if err != nil {
		return Plan{}, store.Translate(err)
	}
	now, err := sessions(g, who, of, g.Where("s.programme_id = ?", of.ID))
	if err != nil {
		return Plan{}, store.Translate(err)
	}
	out.bring(who, now)
	return out, nil
}

// bring puts into published sessions what has come to them since, and beside them
// what the actor may know of besides.
func (p *Plan) bring(who access.Actor, now []Session) {
	at := make(map[int64]Session, len(now))
	for _, s := range now {
		at[s.ID] = s
	}
	for i, s := range p.Sessions {
		live, ok := at[s.ID]
		if !ok {
			p.Sessions[i].facts = factsOf(s, p.Programme, who)
			continue
		}
		s.Notes, s.NotesHTML, s.Material, s.MinutesTaken, s.StartedAt = live.Notes, live.NotesHTML, live.Material, live.MinutesTaken, live.StartedAt
		s.ThreadID, s.Going, s.Waiting, s.Version, s.PutForward = live.ThreadID, live.Going, live.Waiting, live.Version, live.PutForward
		s.CreatedAt, s.EditedAt, s.facts = live.CreatedAt, live.EditedAt, live.facts
		p.Sessions[i] = s
		delete(at, s.ID)
	}
	for _, s := range now {
		if _, left := at[s.ID]; left && s.State != Cancelled && (s.PutForward || s.facts.Hosting) && access.May(who, access.ReadThread, s.facts) {
			p.PutForward = append(p.PutForward, s)
		}
	}
}

// Session reads a session of a programme, as Plan does. Errors: NotFound.
func (p *Programmes) Session(ctx context.Context, who access.Actor, id int64) (Session, error) {
	_, s, err := p.InPlan(ctx, who, id)
	return s, err
}

// InPlan reads a session with the plan that it stands in. Errors: NotFound.
func (p *Programmes) InPlan(ctx context.Context, who access.Actor, session int64) (Plan, Session, error) {
	var of int64
	err := p.db.Read(ctx).Table("programme_sessions").Select("programme_id").Where("id = ?", session).Take(&of).Error
	if err != nil {
		return Plan{}, Session{}, store.Translate(fmt.Errorf("find session %d: %w", session, err))
	}
	plan, err := p.Plan(ctx, who, of)
	if err != nil {
		return Plan{}, Session{}, err
	}
	if found, ok := plan.Session(session); ok {
		return plan, found, nil
	}
	return Plan{}, Session{}, errs.New(errs.NotFound, "error.not_found")
}

// OfThread lists the programmes that stand in a thread, the newest first, at most
// fifty. Errors: NotFound.
func (p *Programmes) OfThread(ctx context.Context, who access.Actor, threadID int64) ([]Programme, error) {
	if _, err := p.forum.Thread(ctx, who, threadID); err != nil {
		return nil, err
	}
	g := p.db.Read(ctx)
	may := access.VisibleProgrammes(who)
	found, err := find(programmes(g, who).Where("p.thread_id = ?", threadID).Where(may.SQL, may.Args...).Order("p.id DESC").Limit(maxOfThread), who)
	if err != nil {
		return nil, store.Translate(err)
	}
	return found, putHeads(g, who, found)
}

// OfGroup lists the programmes in the threads of a group that the actor may read,
// the newest first. Errors: by access.ReadContent; Invalid with field cursor.
func (p *Programmes) OfGroup(ctx context.Context, who access.Actor, handle string, at page.Page) (page.List[Programme], error) {
	none := page.List[Programme]{}
	home, err := p.groups.ByHandle(ctx, who, handle)
	if err != nil {
		return none, err
	}
	if err := access.Check(who, access.ReadContent, home.Facts()); err != nil {
		return none, err
	}
	after, err := page.Decode(at.Cursor, 1)
	if err != nil {
		return none, err
	}
	g := p.db.Read(ctx)
	may := access.VisibleProgrammes(who)
	query := programmes(g, who).Where("t.id IN (SELECT x.thread_id FROM thread_groups AS x WHERE x.group_id = ?)", home.ID).Where(may.SQL, may.Args...)
	if after != nil {
		query = query.Where("p.id < ?", after[0])
	}
	found, err := find(query.Order("p.id DESC").Limit(at.Size()+1), who)
	if err != nil {
		return none, store.Translate(err)
	}
	out := page.Cut(at, found, func(one Programme) []int64 { return []int64{one.ID} })
	return out, putHeads(g, who, out.Items)
}

// Programmes reads published programmes by their ids, with their published words.
// It asks nobody's leave: the caller has checked the threads. Facts are those of a
// visitor.
func (p *Programmes) Programmes(ctx context.Context, ids []int64) (map[int64]Programme, error) {
	out := make(map[int64]Programme, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	g, who := p.db.Read(ctx), access.Visitor()
	found, err := find(programmes(g, who).Where("p.id IN ? AND p.published > 0", ids), who)
	if err != nil {
		return nil, store.Translate(err)
	}
	if err := putHeads(g, who, found); err != nil {
		return nil, err
	}
	for _, one := range found {
		out[one.ID] = one
	}
	return out, nil
}

// Sessions reads sessions that readers of their programmes know of, by their ids: as
// they were published, or as they were put forward. It asks nobody's leave: the
// caller has checked the threads. Facts are those of a visitor. Six statements,
// however many there are.
func (p *Programmes) Sessions(ctx context.Context, ids []int64) (map[int64]Session, error) {
	out := make(map[int64]Session, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	g, who := p.db.Read(ctx), access.Visitor()
	found, err := allSessions(g, g.Where("s.id IN ?", ids))
	if err != nil || len(found) == 0 {
		return out, store.Translate(err)
	}
	var of []int64
	for _, s := range found {
		of = append(of, s.ProgrammeID)
	}
	all, err := find(programmes(g, who).Where("p.id IN ? AND p.published > 0", of), who)
	if err != nil {
		return nil, store.Translate(err)
	}
	kept, err := published(g, of)
	if err != nil {
		return nil, err
	}
	for _, s := range found {
		i := slices.IndexFunc(all, func(one Programme) bool { return one.ID == s.ProgrammeID })
		if i < 0 {
			continue
		}
		s.facts = factsOf(s, all[i], who)
		if s.State = s.facts.Session; s.State == Draft {
			continue
		}
		for _, k := range kept[s.ProgrammeID].Sessions {
			if k.ID == s.ID {
				s.Title, s.Description, s.DescriptionHTML, s.State, s.Reason = k.Title, k.Description, k.DescriptionHTML, k.State, k.Reason
				s.SlotID, s.RoomID, s.Begins, s.Minutes, s.Position, s.Capacity = k.SlotID, k.RoomID, k.Begins, k.Minutes, k.Position, k.Capacity
			}
		}
		out[s.ID] = s
	}
	return out, nil
}

// Session finds a session of the plan by its id, also among those that were put
// forward since.
func (p Plan) Session(id int64) (Session, bool) { return byID(id, p.Sessions, p.PutForward) }

func byID(id int64, lists ...[]Session) (Session, bool) {
	for _, list := range lists {
		if i := slices.IndexFunc(list, func(s Session) bool { return s.ID == id }); i >= 0 {
			return list[i], true
		}
	}
	return Session{}, false
}

// Slot finds a slot of the plan by its id.
func (p Plan) Slot(id int64) (Slot, bool) {
	i := slices.IndexFunc(p.Slots, func(s Slot) bool { return s.ID == id })
	if i < 0 {
		return Slot{}, false
	}
	return p.Slots[i], true
}

// Day finds a day of the plan by its id.
func (p Plan) Day(id int64) (Day, bool) {
	i := slices.IndexFunc(p.Days, func(d Day) bool { return d.ID == id })
	if i < 0 {
		return Day{}, false
	}
	return p.Days[i], true
}

// Room finds a room of the plan by its id.
func (p Plan) Room(id int64) (Room, bool) {
	i := slices.IndexFunc(p.Rooms, func(r Room) bool { return r.ID == id })
	if i < 0 {
		return Room{}, false
	}
	return p.Rooms[i], true
}
