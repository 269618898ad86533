package programme

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"time"

	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/forum"
	"plenary/pkg/page"
	"plenary/pkg/plain"
	"plenary/pkg/store"
)

// Attendance is who came to a session, as somebody who was there has noted it.
type Attendance struct {
	Came   []int64 // people who had signed up
	Absent []int64 // people who had, and did not come
	Others *int    // in the room without having signed up; nil for what is noted already
}

// Attended is how many came to a session.
type Attended struct {
	Taken  bool // somebody has looked
	Came   int  // of those who had signed up
	Absent int
	Others int // besides
}

// All is how many there were.
func (a Attended) All() int { return a.Came + a.Others }

// MaxAttended is how many people can be noted in one go.
const MaxAttended = 2000

// TakeAttendance notes who came to a session. Of whom nothing is said nothing is
// changed; people who have not signed up are left out. Errors: Invalid with field
// others; by access.TakeAttendance.
func (p *Programmes) TakeAttendance(ctx context.Context, who access.Actor, session int64, in Attendance) (Attended, error) {
	_, s, err := p.InPlan(ctx, who, session)
	if err != nil {
		return Attended{}, err
	}
	if err := access.Check(who, access.TakeAttendance, s.facts); err != nil {
		return Attended{}, err
	}
	if err := in.validate(); err != nil {
		return Attended{}, err
	}
	var now Attended
	err = p.db.Write(ctx, func(tx *store.Tx) error {
		of, s, err := p.LockSession(tx, who, session)
		if err != nil {
			return err
		}
		if err := access.Check(who, access.TakeAttendance, s.facts); err != nil {
			return err
		}
		now, err = in.note(tx, who, of, session, p.now())
		return err
	})
	return now, err
}

func (in Attendance) validate() error {
	var f errs.Fields
	if in.Others != nil && (*in.Others < 0 || *in.Others > MaxSeats) {
		f.Add("others", "field.between", errs.Args{"Min": 0, "Max": MaxSeats})
	}
	if len(in.Came)+len(in.Absent) > MaxAttended {
		f.Add("came", "field.too_many", errs.Args{"Max": MaxAttended})
	}
	return f.Err()
}

func (in Attendance) note(tx *store.Tx, who access.Actor, of Programme, session int64, at time.Time) (Attended, error) {
	for came, people := range map[bool][]int64{true: in.Came, false: in.Absent} {
		if len(people) == 0 {
			continue
		}
		err := tx.Table("programme_signups").Where("session_id = ? AND person_id IN ?", session, people).
			Updates(map[string]any{"came": came, "came_by": who.Person}).Error
		if err != nil {
			return Attended{}, fmt.Errorf("note who came to session %d: %w", session, err)
		}
	}
	if in.Others != nil {
		if err := tx.Exec("UPDATE programme_sessions SET others_came = ? WHERE id = ?", *in.Others, session).Error; err != nil {
			return Attended{}, fmt.Errorf("note who else came to session %d: %w", session, err)
		}
	}
	now, err := attended(tx.DB, session)
	if err != nil {
		return Attended{}, err
	}
	_, err = forum.Tell(tx, of.event(event.SessionAttended, who.Person, session, at), map[string]any{"attended": now.All()})
	return now, err
}

const attendedSQL = `SELECT COUNT(CASE WHEN n.came THEN 1 END), COUNT(CASE WHEN NOT n.came THEN 1 END),
	(SELECT s.others_came FROM programme_sessions AS s WHERE s.id = ?) FROM programme_signups AS n WHERE n.session_id = ?`

func attended(g *gorm.DB, session int64) (Attended, error) {
	var out Attended
	var others *int
	err := g.Raw(attendedSQL, session, session).Row().Scan(&out.Came, &out.Absent, &others)
	if err != nil {
		return out, fmt.Errorf("count who came to session %d: %w", session, err)
	}
	out.Others, out.Taken = orZero(others), others != nil || out.Came+out.Absent > 0
	return out, nil
}

// Attended tells how many came to a session. Whoever may read the session may know
// that: the caller has asked.
func (p *Programmes) Attended(ctx context.Context, session int64) (Attended, error) {
	out, err := attended(p.db.Read(ctx), session)
	return out, store.Translate(err)
}

// WriteSignups writes who has signed up for the sessions of a programme, and who
// came, as a table for a spreadsheet. Errors: as for Signups.
func (p *Programmes) WriteSignups(ctx context.Context, who access.Actor, id int64, w io.Writer) error {
	plan, err := p.Plan(ctx, who, id)
	if err != nil {
		return err
	}
	titles := map[int64]string{}
	for _, s := range plan.Sessions {
		titles[s.ID] = s.Title
	}
	out := csv.NewWriter(w)
	head := []string{"session", "title", "place", "name", "affiliation", "handle", "waiting", "signed_up_at", "came"}
	if err := out.Write(head); err != nil {
		return fmt.Errorf("write who comes to programme %d: %w", id, err)
	}
	for at := (page.Page{Limit: page.Max}); ; {
		list, err := p.SignupsOf(ctx, who, id, at)
		if err != nil {
			return err
		}
		for _, s := range list.Items {
			if err := out.Write(s.row(titles[s.SessionID])); err != nil {
				return fmt.Errorf("write who comes to programme %d: %w", id, err)
			}
		}
		if at.Cursor = list.Next; at.Cursor == "" {
			break
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write who comes to programme %d: %w", id, err)
	}
	return nil
}

func (s Signup) row(title string) []string {
	came := ""
	if s.Came != nil {
		came = strconv.FormatBool(*s.Came)
	}
	return []string{strconv.FormatInt(s.SessionID, 10), plain.Cell(title), strconv.Itoa(s.Place), plain.Cell(s.Person.Name), plain.Cell(s.Person.Affiliation),
		s.Person.Handle, strconv.FormatBool(s.Waiting), s.At.UTC().Format(time.RFC3339), came}
}
