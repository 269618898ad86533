package programme

import (
	"context"
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
	"plenary/pkg/store"
)

// Seat is what somebody who has signed up for a session has there.
type Seat struct {
	SessionID int64
	Waiting   bool // for a seat
	Turn      int  // among those who wait, from 1; 0 for whoever has a seat
}

// SignUp signs the actor up for a session as it was published. Whoever comes stands
// in a line, and seats are given in its order, as many as the session has, or else
// its room: who finds none waits. Signing up again changes nothing. Beside the seat
// come the sessions at the same time that the actor is signed up for already: that
// is their own affair. Errors: by access.SignUp; Conflict "attend.not_published" and
// "attend.over".
func (p *Programmes) SignUp(ctx context.Context, who access.Actor, session int64) (Seat, []Session, error) {
	plan, s, err := p.publishedSession(ctx, who, session)
	if err != nil {
		return Seat{}, nil, err
	}
	if err := access.Check(who, access.SignUp, s.facts); err != nil {
		return Seat{}, nil, err
	}
	times := When(plan)
	if span, placed := times[session]; placed && !p.now().Before(span.End) {
		return Seat{}, nil, errs.New(errs.Conflict, "attend.over")
	}
	err = p.changeSignups(ctx, who, session, event.SessionSignedUp, func(tx *store.Tx, of Programme, s Session, now time.Time) (bool, error) {
		if err := access.Check(who, access.SignUp, s.facts); err != nil {
			return false, err
		}
		added := tx.Exec(`INSERT INTO programme_signups (session_id, person_id, place, waiting, at)
			SELECT ?, ?, COALESCE(MAX(place), 0) + 1, ?, ? FROM programme_signups WHERE session_id = ? ON CONFLICT DO NOTHING`,
			session, who.Person, true, store.At(now), session)
		return added.RowsAffected > 0, added.Error
	})
	if err != nil {
		return Seat{}, nil, err
	}
	mine, err := p.Mine(ctx, who, plan.ID)
	if err != nil {
		return Seat{}, nil, err
	}
	return mine[session], clashes(plan, times, mine, session), nil
}

// Leave takes back the actor's signing up for a session. Whoever waited longest
// moves up, and is told. Leaving again changes nothing. Errors: Unauthenticated;
// NotFound.
func (p *Programmes) Leave(ctx context.Context, who access.Actor, session int64) error {
	if _, _, err := p.publishedSession(ctx, who, session); err != nil {
		return err
	}
	if !who.SignedIn() {
		return errs.New(errs.Unauthenticated, "access.sign_in")
	}
	return p.changeSignups(ctx, who, session, event.SessionSignedOff, func(tx *store.Tx, _ Programme, _ Session, _ time.Time) (bool, error) {
		gone := tx.Exec("DELETE FROM programme_signups WHERE session_id = ? AND person_id = ?", session, who.Person)
		return gone.RowsAffected > 0, gone.Error
	})
}

// publishedSession reads a session as it was published, with the plan that it
// stands in.
func (p *Programmes) publishedSession(ctx context.Context, who access.Actor, session int64) (Plan, Session, error) {
	var of []int64
	if err := p.db.Read(ctx).Table("programme_sessions").Select("programme_id").Where("id = ?", session).Find(&of).Error; err != nil {
		return Plan{}, Session{}, store.Translate(fmt.Errorf("find session %d: %w", session, err))
	}
	if len(of) == 0 {
		return Plan{}, Session{}, errs.New(errs.NotFound, "error.not_found")
	}
	plan, err := p.Published(ctx, who, of[0])
	if err != nil {
		return Plan{}, Session{}, err
	}
	if s, ok := byID(session, plan.Sessions); ok {
		return plan, s, nil
	}
	if _, ok := byID(session, plan.PutForward); ok || Convenes(who, plan.facts) {
		return Plan{}, Session{}, errs.New(errs.Conflict, "attend.not_published")
	}
	return Plan{}, Session{}, errs.New(errs.NotFound, "error.not_found")
}

// changeSignups changes who comes to a session, settles its seats and tells how
// many there are now. Who it was is not told: not everybody who reads the programme
// may know. fn says whether it has changed anything.
func (p *Programmes) changeSignups(ctx context.Context, who access.Actor, session int64, kind event.Kind, fn func(tx *store.Tx, of Programme, s Session, now time.Time) (bool, error)) error {
	return p.db.Write(ctx, func(tx *store.Tx) error {
		of, s, err := p.LockSession(tx, who, session)
		if err != nil {
			return err
		}
		now := p.now()
		changed, err := fn(tx, of, s, now)
		if err != nil || !changed {
			return err
		}
		at, err := seatingOf(tx, of, session)
		if err != nil {
			return err
		}
		if _, _, err := p.settle(tx, at, who.Person, now); err != nil {
			return err
		}
		return at.tell(tx, kind, false, now)
	})
}

// Seats is how many people a session of the plan is for: as many as it says, else as
// many as its room seats; 0 for any number.
func (p Plan) Seats(s Session) int {
	if s.Capacity > 0 {
		return s.Capacity
	}
	room, _ := p.Room(s.RoomID)
	return room.Capacity
}

// settledAtOnce is how many people move up in one transaction.
const settledAtOnce = 100

// seating is a session as it was published, with its seats.
type seating struct {
	Plan
	session Session
	there   bool // it was published
	seats   int  // 0 for any number
}

func seatingOf(tx *store.Tx, of Programme, session int64) (seating, error) {
	kept, err := published(tx.DB, []int64{of.ID})
	if err != nil {
		return seating{}, err
	}
	at := seating{Plan: kept[of.ID].bare(of)}
	at.session, at.there = byID(session, at.Sessions)
	at.seats = at.Seats(at.session)
	return at, nil
}

// settle gives the free seats of a session to those who wait, in their order, and
// tells them, except for who has come just now. Nobody loses a seat, also where
// there are fewer than before. more says that others may wait for seats that are
// free. The caller holds the programme's lock.
func (p *Programmes) settle(tx *store.Tx, at seating, except int64, now time.Time) (moved, more bool, err error) {
	if !at.there {
		return false, false, nil
	}
	free, session := settledAtOnce, at.session.ID
	if at.seats > 0 {
		going, _, err := figures(tx.DB, session)
		if err != nil {
			return false, false, err
		}
		free = min(free, at.seats-going)
	}
	if free <= 0 {
		return false, false, nil
	}
	var next []int64
	err = tx.Table("programme_signups").Where("session_id = ? AND waiting", session).Order("place").Limit(free).Pluck("person_id", &next).Error
	if err != nil {
		return false, false, fmt.Errorf("find who waits for session %d: %w", session, err)
	}
	if len(next) == 0 {
		return false, false, nil
	}
	err = tx.Exec("UPDATE programme_signups SET waiting = ? WHERE session_id = ? AND person_id IN ?", false, session, next).Error
	if err != nil {
		return false, false, fmt.Errorf("give seats in session %d: %w", session, err)
	}
	told := slices.DeleteFunc(slices.Clone(next), func(id int64) bool { return id == except })
	return true, len(next) == settledAtOnce, p.tellSeats(tx, at, told, now)
}

// tell tells the programme's readers how many come to the session now, and for how
// many it is: 0 for any number. movedUp says that somebody who had waited before has a
// seat, though nobody gave one up.
func (at seating) tell(tx *store.Tx, kind event.Kind, movedUp bool, now time.Time) error {
	going, waiting, err := figures(tx.DB, at.session.ID)
	if err != nil {
		return err
	}
	data := map[string]any{"going": going, "waiting": waiting, "seats": at.seats}
	if movedUp {
		data["moved_up"] = true
	}
	_, err = forum.Tell(tx, at.event(kind, 0, at.session.ID, now), data)
	return err
}

func figures(g *gorm.DB, session int64) (going, waiting int, err error) {
	err = g.Raw(`SELECT COUNT(CASE WHEN waiting THEN NULL ELSE 1 END), COUNT(CASE WHEN waiting THEN 1 END) FROM programme_signups WHERE session_id = ?`, session).
		Row().Scan(&going, &waiting)
	if err != nil {
		return 0, 0, fmt.Errorf("count who comes to session %d: %w", session, err)
	}
	return going, waiting, nil
}

// Signup is somebody who has signed up for a session.
type Signup struct {
	SessionID int64
	Person    person.Brief
	Place     int // in the order of coming
	Waiting   bool
	At        time.Time
	Came      *bool // nil where nobody has looked
}

// Signups lists who has signed up for a session: those with a seat before those who
// wait, both in the order in which they came. Errors: by access.ReadSignups; Invalid
// with field cursor.
func (p *Programmes) Signups(ctx context.Context, who access.Actor, session int64, at page.Page) (page.List[Signup], error) {
	plan, _, err := p.mayReadSignups(ctx, who, session)
	if err != nil {
		return page.List[Signup]{}, err
	}
	return p.signups(ctx, plan.ID, session, at)
}

// SignupsOf lists who has signed up for any session of a programme, by session.
// Errors: as for Signups.
func (p *Programmes) SignupsOf(ctx context.Context, who access.Actor, id int64, at page.Page) (page.List[Signup], error) {
	found, err := p.Programme(ctx, who, id)
	if err != nil {
		return page.List[Signup]{}, err
	}
	if err := access.Check(who, access.ReadSignups, found.facts); err != nil {
		return page.List[Signup]{}, err
	}
	return p.signups(ctx, id, 0, at)
}

func (p *Programmes) mayReadSignups(ctx context.Context, who access.Actor, session int64) (Plan, Session, error) {
	plan, s, err := p.InPlan(ctx, who, session)
	if err != nil {
		return Plan{}, Session{}, err
	}
	return plan, s, access.Check(who, access.ReadSignups, s.facts)
}

const signupOrder = "n.session_id, CASE WHEN n.waiting THEN 1 ELSE 0 END, n.place"

// signups reads those of one session, or of all of the programme where it is 0.
func (p *Programmes) signups(ctx context.Context, programme, session int64, at page.Page) (page.List[Signup], error) {
	key, err := page.Decode(at.Cursor, 3)
	if err != nil {
		return page.List[Signup]{}, err
	}
	query := p.db.Read(ctx).Table("programme_signups AS n").
		Select("n.session_id, n.place, n.waiting, n.at, n.came, a.id, a.handle, a.name, a.affiliation, a.picture").
		Joins("JOIN programme_sessions AS s ON s.id = n.session_id").Joins("JOIN people AS a ON a.id = n.person_id").
		Where("s.programme_id = ?", programme)
	if session != 0 {
		query = query.Where("n.session_id = ?", session)
	}
	if key != nil {
		query = query.Where("(n.session_id, CASE WHEN n.waiting THEN 1 ELSE 0 END, n.place) > (?, CAST(? AS BIGINT), ?)", key[0], key[1], key[2])
	}
	var rows []struct {
		SessionID    int64
		Place        int
		Waiting      bool
		At           store.Time
		Came         *bool
		person.Brief `gorm:"embedded"`
	}
	if err := query.Order(signupOrder).Limit(at.Size() + 1).Find(&rows).Error; err != nil {
		return page.List[Signup]{}, store.Translate(fmt.Errorf("list who comes to programme %d: %w", programme, err))
	}
	out := make([]Signup, len(rows))
	for i, r := range rows {
		out[i] = Signup{SessionID: r.SessionID, Person: r.Brief, Place: r.Place, Waiting: r.Waiting, At: r.At.Time, Came: r.Came}
	}
	return page.Cut(at, out, func(s Signup) []int64 {
		waiting := int64(0)
		if s.Waiting {
			waiting = 1
		}
		return []int64{s.SessionID, waiting, int64(s.Place)}
	}), nil
}
