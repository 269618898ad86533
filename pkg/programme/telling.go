package programme

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"gorm.io/gorm/clause"

	"plenary/pkg/access"
	"plenary/pkg/event"
	"plenary/pkg/store"
)

// TellLater sees to it that Tell is called with the id soon after the commit. It is
// part of the transaction.
type TellLater func(tx *store.Tx, telling int64) error

// TellBy has people told of what is published and cancelled. Without it nobody is,
// and seats that a newer version brings are given when somebody comes or goes. Call
// it before the first programme is published.
func (p *Programmes) TellBy(later TellLater) { p.later = later }

// lettersAtOnce is how many people are told in one write.
const lettersAtOnce = 100

// announce notes, inside the transaction of the cause, that there is something to
// tell those who come. Their letters are written afterwards, for there may be many.
// by is who did it, and is not told of it.
func (p *Programmes) announce(tx *store.Tx, programme int64, kind event.Kind, version int, by int64) error {
	if p.later == nil || kind == event.ProgrammePublished && version == 1 { // nobody can have signed up for it before
		return nil
	}
	since := 0
	if kind == event.ProgrammePublished {
		var err error
		if since, err = known(tx, programme, version); err != nil {
			return err
		}
	}
	var who *int64
	if by != 0 {
		who = &by
	}
	var id int64
	err := tx.Raw("INSERT INTO programme_tellings (programme_id, kind, version, since, by_id, created_at) VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
		programme, kind, version, since, who, store.At(p.now())).Row().Scan(&id)
	if err != nil {
		return fmt.Errorf("note what is to be told of programme %d: %w", programme, err)
	}
	return p.later(tx, id)
}

// known is the version that people have heard of. One that nobody has been told of
// yet is told together with the next.
func known(tx *store.Tx, programme int64, version int) (int, error) {
	var waiting []struct{ ID, Since int64 }
	err := tx.Clauses(clause.Locking{Strength: "UPDATE"}).Table("programme_tellings").Select("id, since").
		Where("programme_id = ? AND kind = ? AND told_to = 0", programme, event.ProgrammePublished).Order("id").Find(&waiting).Error
	if err != nil {
		return 0, fmt.Errorf("look what is still to be told of programme %d: %w", programme, err)
	}
	since := int64(version - 1)
	for _, w := range waiting {
		since = min(since, w.Since)
		if err := tx.Exec("DELETE FROM programme_tellings WHERE id = ?", w.ID).Error; err != nil {
			return 0, fmt.Errorf("put what is to be told of programme %d together: %w", programme, err)
		}
	}
	return int(since), nil
}

// telling is something to be told, and how far that has come.
type telling struct {
	ID          int64
	ProgrammeID int64
	Kind        event.Kind
	Version     int
	Since       int
	ByID        int64
	ToldTo      int64
}

// Tell tells those who come, speak or host of something, in their inboxes and by
// mail, some in each transaction, which also notes how far it has come: however
// often it is cut short and called again, by several at once, everybody is told
// once. Of a version that was published it first gives the seats that there are now,
// and has discussions say what their sessions say. Nobody is told who may not read
// the programme any more, and of nothing that is over by now.
func (p *Programmes) Tell(ctx context.Context, id int64) error {
	if err := p.follow(ctx, id); err != nil {
		return err
	}
	for more := true; more; {
		err := p.db.Write(ctx, func(tx *store.Tx) (err error) {
			more, err = p.tellSome(tx, id)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// follow does what comes after a publication besides telling.
func (p *Programmes) follow(ctx context.Context, id int64) error {
	g := p.db.Read(ctx)
	var found []telling
	err := g.Table("programme_tellings").Select("id, programme_id, kind, COALESCE(by_id, 0) AS by_id, told_to").Where("id = ?", id).Find(&found).Error
	if err != nil {
		return store.Translate(fmt.Errorf("read what is to be told: %w", err))
	}
	if len(found) == 0 || found[0].Kind != event.ProgrammePublished || found[0].ToldTo != 0 {
		return nil
	}
	if err := p.SettleAll(ctx, found[0].ProgrammeID); err != nil {
		return err
	}
	of, err := load(g, access.System(), found[0].ProgrammeID)
	if err != nil {
		return store.Translate(err)
	}
	kept, err := published(g, []int64{of.ID})
	if err != nil {
		return err
	}
	return p.rewordTalks(ctx, of, kept[of.ID], found[0].ByID, p.now())
}

// SettleAll gives the free seats of all sessions of a programme, as it was published
// last, to those who wait.
func (p *Programmes) SettleAll(ctx context.Context, id int64) error {
	var waited []int64
	err := p.db.Read(ctx).Table("programme_signups AS n").Joins("JOIN programme_sessions AS s ON s.id = n.session_id").
		Where("s.programme_id = ? AND n.waiting", id).Distinct("n.session_id").Order("n.session_id").Pluck("n.session_id", &waited).Error
	if err != nil {
		return store.Translate(fmt.Errorf("find who waits for sessions of programme %d: %w", id, err))
	}
	for _, session := range waited {
		for more := true; more; {
			err := p.db.Write(ctx, func(tx *store.Tx) (err error) {
				more, err = p.settleOne(tx, session)
				return err
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *Programmes) settleOne(tx *store.Tx, session int64) (more bool, err error) {
	of, s, err := p.LockSession(tx, access.System(), session)
	if err != nil {
		return false, err
	}
	if of.State() != access.ProgrammePublished || s.State != Confirmed {
		return false, nil
	}
	at, err := seatingOf(tx, of, session)
	if err != nil {
		return false, err
	}
	moved, more, err := p.settle(tx, at, 0, p.now())
	if err != nil || !moved {
		return false, err
	}
	return more, at.tell(tx, event.SessionSignedUp, true, p.now())
}

func (p *Programmes) tellSome(tx *store.Tx, id int64) (more bool, err error) {
	var found []telling
	err = tx.Clauses(clause.Locking{Strength: "UPDATE"}).Table("programme_tellings").
		Select("id, programme_id, kind, version, since, COALESCE(by_id, 0) AS by_id, told_to").Where("id = ?", id).Find(&found).Error
	if err != nil {
		return false, fmt.Errorf("read what is to be told: %w", err)
	}
	if len(found) == 0 {
		return false, nil // it was done before, or is told together with something newer
	}
	t := found[0]
	of, err := load(tx.DB, access.System(), t.ProgrammeID)
	if err != nil {
		return false, err
	}
	var to []reader
	if t.holds(of) {
		if to, err = p.tellNext(tx, of, t); err != nil {
			return false, err
		}
	}
	if more = len(to) == lettersAtOnce; more {
		err = tx.Exec("UPDATE programme_tellings SET told_to = ? WHERE id = ?", to[len(to)-1].ID, id).Error
	} else {
		err = tx.Exec("DELETE FROM programme_tellings WHERE id = ?", id).Error
	}
	if err != nil {
		return false, fmt.Errorf("note how far it was told: %w", err)
	}
	return more, nil
}

// holds reports whether it is still so.
func (t telling) holds(of Programme) bool {
	return (t.Kind == event.ProgrammeCancelled) == (of.CancelledAt != nil)
}

// tellNext tells the next of those whom it is for.
func (p *Programmes) tellNext(tx *store.Tx, of Programme, t telling) ([]reader, error) {
	if t.Kind != event.ProgrammePublished {
		return p.tellOfEvent(tx, of, t)
	}
	before, err := version(tx, of.ID, t.Since)
	if err != nil {
		return nil, err
	}
	after, err := version(tx, of.ID, t.Version)
	if err != nil {
		return nil, err
	}
	changed := differences(of, before, after)
	maps.DeleteFunc(changed, func(_ int64, d difference) bool { return d.over(p.now()) })
	if len(changed) == 0 {
		return nil, nil
	}
	to, theirs, err := readers(tx, of, t, slices.Sorted(maps.Keys(changed)))
	if err != nil || len(to) == 0 {
		return nil, err
	}
	return to, p.tellOfSessions(tx, after.head(of), t, to, theirs, changed)
}

// version reads what was published once.
func version(tx *store.Tx, programme int64, number int) (snapshot, error) {
	var text string
	err := tx.Table("programme_versions").Select("snapshot").Where("programme_id = ? AND version = ?", programme, number).Row().Scan(&text)
	if err != nil {
		return snapshot{}, fmt.Errorf("read version %d of programme %d: %w", number, programme, err)
	}
	return parseSnapshot(text)
}

// difference is what a version says otherwise of a session than an earlier one.
type difference struct {
	kind          string // "cancelled", "gone", "moved", "room", "renamed"
	title, before string // what it is called, and was
	at, was       Span   // zero where it has no time
	room          string
	reason        string
}

// differences are those between two versions that matter to whoever comes, by the
// ids of the sessions.
func differences(of Programme, before, after snapshot) map[int64]difference {
	old, now := before.bare(of), after.bare(of)
	was, is := When(old), When(now)
	out := map[int64]difference{}
	for _, o := range old.Sessions {
		if o.State == Cancelled {
			continue
		}
		room, _ := old.Room(o.RoomID)
		d := difference{title: o.Title, before: o.Title, at: is[o.ID], was: was[o.ID]}
		n, there := now.Session(o.ID)
		if there {
			d.title, d.reason = n.Title, n.Reason
		}
		newRoom, _ := now.Room(n.RoomID)
		d.room = newRoom.Name
		switch {
		case !there:
			d.kind = "gone"
		case n.State == Cancelled:
			d.kind = "cancelled"
		case !d.at.Start.Equal(d.was.Start) || !d.at.End.Equal(d.was.End):
			d.kind = "moved"
		case newRoom.Name != room.Name:
			d.kind = "room"
		case n.Title != o.Title:
			d.kind = "renamed"
		default:
			continue
		}
		out[o.ID] = d
	}
	return out
}

// over reports whether what it is about has been, as it was and as it is.
func (d difference) over(now time.Time) bool {
	end := d.was.End
	if d.at.End.After(end) {
		end = d.at.End
	}
	return !end.IsZero() && !end.After(now)
}
