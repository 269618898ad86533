package proxy

import (
	"context"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/group"
	"plenary/pkg/person"
	"plenary/pkg/plain"
	"plenary/pkg/poll/letters"
	"plenary/pkg/store"
)

// Delegation is a member's vote in the hands of another, who is then the
// member's proxy. One for a single poll holds there in place of the one for all
// polls of the group.
type Delegation struct {
	ID        int64
	PollID    int64  // 0 where it is for all polls of the group
	PollTitle string // empty where it is for all
	From      person.Brief
	To        person.Brief // the proxy
	Since     time.Time

	group  int64
	thread int64 // of the poll; 0 where it is for all
}

// Delegate puts the actor's vote in all polls of a group that allow it into the
// hands of another member. One that was named before is none any more. Errors: by
// access.NameProxy; Invalid with field "to"; Conflict "proxy.none_here" where the
// group has no proxies, "proxy.holds_others" where the actor is one.
func (r *Delegations) Delegate(ctx context.Context, who access.Actor, handle, to string) (Delegation, error) {
	if err := r.mayInGroup(ctx, who, access.NameProxy, handle); err != nil {
		return Delegation{}, err
	}
	var made int64
	err := r.db.Write(ctx, func(tx *store.Tx) error {
		home, err := r.groups.LockFor(tx, who, access.NameProxy, handle)
		if err != nil {
			return err
		}
		made, err = r.Name(tx, Naming{Home: home, From: who.Person, To: to})
		return err
	})
	if err != nil {
		return Delegation{}, err
	}
	return One(r.db.Read(ctx), made)
}

func (r *Delegations) mayInGroup(ctx context.Context, who access.Actor, do access.Action, handle string) error {
	home, err := r.groups.ByHandle(ctx, who, handle)
	if err != nil {
		return err
	}
	if err := access.Check(who, do, home.Facts()); err != nil {
		return err
	}
	if who.Person == 0 {
		return errs.New(errs.Unauthenticated, "access.sign_in")
	}
	return nil
}

// Naming asks for somebody to be another's proxy.
type Naming struct {
	Home   group.Group   // which is locked
	Poll   letters.About // which is locked; zero for all polls of the group
	Thread int64         // of the poll
	From   int64
	To     string // handle
}

// scope is the condition on delegations AS d that they hold in the same polls.
func (n Naming) scope() (string, []any) {
	if n.Poll.Poll != 0 {
		return "d.ended_at IS NULL AND d.group_id = ? AND (d.poll_id IS NULL OR d.poll_id = ?)", []any{n.Home.ID, n.Poll.Poll}
	}
	return `d.ended_at IS NULL AND d.group_id = ? AND (d.poll_id IS NULL
		OR d.poll_id IN (SELECT p.id FROM polls AS p WHERE p.id = d.poll_id AND p.state <> 'closed'))`, []any{n.Home.ID}
}

// path is where those whom it concerns see it.
func (n Naming) path() string {
	if n.Poll.Poll != 0 {
		return fmt.Sprintf("/p/%d/proxies", n.Poll.Poll)
	}
	return "/g/" + n.Home.Handle + "/proxies"
}

// Name judges and writes, and tells the proxy. One that was named before is none any
// more. It gives the id of the delegation. Errors: as for Delegate.
func (r *Delegations) Name(tx *store.Tx, n Naming) (int64, error) {
	if n.Home.ProxyLimit == 0 {
		return 0, errs.New(errs.Conflict, "proxy.none_here")
	}
	to, err := n.proxy(tx)
	if err != nil {
		return 0, err
	}
	if err := n.judge(tx, to); err != nil {
		return 0, err
	}
	var old []struct{ ID, ToID int64 }
	err = tx.Table("delegations").Select("id, to_id").Where("ended_at IS NULL AND group_id = ? AND coalesce(poll_id, 0) = ? AND from_id = ?",
		n.Home.ID, n.Poll.Poll, n.From).Find(&old).Error
	if err != nil {
		return 0, fmt.Errorf("look for the proxy of person %d: %w", n.From, err)
	}
	if len(old) > 0 && old[0].ToID == to {
		return old[0].ID, nil
	}
	now := store.At(r.now())
	for _, d := range old {
		if err := tx.Exec("UPDATE delegations SET ended_at = ? WHERE id = ?", now, d.ID).Error; err != nil {
			return 0, fmt.Errorf("end delegation %d: %w", d.ID, err)
		}
		ended := event.Event{Kind: event.ProxyEnded, At: now.Time, Actor: n.From, Thread: n.Thread, Subject: d.ID}
		if err := tx.EmitToInboxes(ended, []int64{d.ToID}); err != nil { // whose vote it is hears of the new one
			return 0, err
		}
	}
	var one *int64
	if n.Poll.Poll != 0 {
		one = &n.Poll.Poll
	}
	var id int64
	err = tx.Raw("INSERT INTO delegations (group_id, poll_id, from_id, to_id, created_at) VALUES (?, ?, ?, ?, ?) RETURNING id",
		n.Home.ID, one, n.From, to, now).Row().Scan(&id)
	if err != nil {
		return 0, fmt.Errorf("name a proxy for person %d: %w", n.From, err)
	}
	named := event.Event{Kind: event.ProxyNamed, At: now.Time, Actor: n.From, Thread: n.Thread, Subject: id}
	if err := tx.EmitToInboxes(named, []int64{n.From, to}); err != nil {
		return 0, err
	}
	return id, r.tellProxy(tx, n, id)
}

// proxy finds the person who was named: a member, or for one poll one of its
// voters.
func (n Naming) proxy(tx *store.Tx) (int64, error) {
	var f errs.Fields
	handle := plain.HandleOf(n.To)
	if strings.TrimSpace(n.To) == "" {
		f.Add("to", "field.required")
		return 0, f.Err()
	}
	where, args := "EXISTS (SELECT 1 FROM memberships AS m WHERE m.group_id = ? AND m.person_id = a.id)", []any{n.Home.ID}
	code := "proxy.not_member"
	if n.Poll.Poll != 0 {
		where, args = "EXISTS (SELECT 1 FROM poll_voters AS v WHERE v.poll_id = ? AND v.person_id = a.id AND v.removed_at IS NULL)", []any{n.Poll.Poll}
		code = "proxy.not_voter"
	}
	var found []int64
	err := tx.Table("people AS a").Where("a.handle = ? AND a.disabled_at IS NULL", handle).Where(where, args...).Pluck("a.id", &found).Error
	switch {
	case err != nil:
		return 0, fmt.Errorf("find a proxy: %w", err)
	case len(found) == 0:
		f.Add("to", code)
	case found[0] == n.From:
		f.Add("to", "proxy.self")
	default:
		return found[0], nil
	}
	return 0, f.Err()
}

// judge refuses chains and more than one person may hold: whoever has named a
// proxy cannot be one, and whoever is one cannot name another.
func (n Naming) judge(tx *store.Tx, to int64) error {
	scope, args := n.scope()
	var seen struct {
		Given int // what the proxy has given away
		Held  int // by who names one now
		Holds int // how many others the proxy votes for
	}
	err := tx.Raw(`SELECT COUNT(CASE WHEN d.from_id = ? THEN 1 END) AS given, COUNT(CASE WHEN d.to_id = ? THEN 1 END) AS held,
		COUNT(DISTINCT CASE WHEN d.to_id = ? AND d.from_id <> ? THEN d.from_id END) AS holds FROM delegations AS d WHERE `+scope,
		append([]any{to, n.From, to, n.From}, args...)...).Scan(&seen).Error
	if err != nil {
		return fmt.Errorf("count the proxies in group %d: %w", n.Home.ID, err)
	}
	var f errs.Fields
	switch {
	case seen.Held > 0:
		return errs.New(errs.Conflict, "proxy.holds_others")
	case seen.Given > 0:
		f.Add("to", "proxy.passes_on")
	case seen.Holds >= n.Home.ProxyLimit:
		f.Add("to", "proxy.limit", errs.Args{"Count": n.Home.ProxyLimit})
	}
	return f.Err()
}

// tellProxy writes to somebody that another has named them.
func (r *Delegations) tellProxy(tx *store.Tx, n Naming, id int64) error {
	d, err := One(tx.DB, id)
	if err != nil {
		return err
	}
	return r.letters.Notice(tx, n.Poll, d.To.ID, "proxy_named", map[string]string{"Name": d.From.Name, "Path": n.path()})
}

// End takes a vote out of a proxy's hands, on behalf of either of the
// two or of a moderator. What the proxy has cast stays until the member casts
// otherwise. Errors: NotFound also for those whom it does not concern.
func (r *Delegations) End(ctx context.Context, who access.Actor, id int64) error {
	d, err := One(r.db.Read(ctx), id)
	if err != nil {
		return err
	}
	return r.db.Write(ctx, func(tx *store.Tx) error {
		home, err := r.groups.LockByID(tx, who, d.group)
		if err != nil {
			return err
		}
		if err := d.concerns(who, home); err != nil {
			return err
		}
		now := store.At(r.now())
		done := tx.Exec("UPDATE delegations SET ended_at = ? WHERE id = ? AND ended_at IS NULL", now, id)
		if done.Error != nil {
			return fmt.Errorf("end delegation %d: %w", id, done.Error)
		}
		if done.RowsAffected == 0 {
			return nil
		}
		ended := event.Event{Kind: event.ProxyEnded, At: now.Time, Actor: who.Person, Thread: d.thread, Subject: id}
		if err := tx.EmitToInboxes(ended, []int64{d.From.ID, d.To.ID}); err != nil {
			return err
		}
		if who.Person == d.From.ID {
			return nil
		}
		var of letters.About
		if d.PollID != 0 {
			if of, err = r.about(tx, d.PollID); err != nil {
				return err
			}
		}
		return r.letters.Notice(tx, of, d.From.ID, "proxy_ended", map[string]string{"Name": d.To.Name, "Path": "/g/" + home.Handle + "/proxies"})
	})
}

// concerns answers NotFound to those whom the delegation does not concern.
func (d Delegation) concerns(who access.Actor, home group.Group) error {
	if who.SignedIn() && (who.Person == d.From.ID || who.Person == d.To.ID) || access.May(who, access.ReadProxies, home.Facts()) {
		return nil
	}
	return errs.New(errs.NotFound, "error.not_found")
}

// delegations is the query that every reading of delegations in force begins with.
func delegations(g *gorm.DB) *gorm.DB {
	return g.Table("delegations AS d").Select(`d.id, d.group_id, coalesce(d.poll_id, 0) AS poll_id, coalesce(q.title, '') AS poll_title, coalesce(q.thread_id, 0) AS thread_id, d.created_at,
		a.id AS from_id, a.handle AS from_handle, a.name AS from_name, a.affiliation AS from_aff, a.picture AS from_pic,
		b.id AS to_id, b.handle AS to_handle, b.name AS to_name, b.affiliation AS to_aff, b.picture AS to_pic`).
		Joins("JOIN people AS a ON a.id = d.from_id").Joins("JOIN people AS b ON b.id = d.to_id").Joins("LEFT JOIN polls AS q ON q.id = d.poll_id").
		Where("d.ended_at IS NULL")
}

type delegationRow struct {
	ID, GroupID, PollID, ThreadID          int64
	PollTitle                              string
	CreatedAt                              store.Time
	FromID                                 int64
	FromHandle, FromName, FromAff, FromPic string
	ToID                                   int64
	ToHandle, ToName, ToAff, ToPic         string
}

func readDelegations(query *gorm.DB) ([]Delegation, error) {
	var rows []delegationRow
	if err := query.Order("d.id").Limit(most).Find(&rows).Error; err != nil {
		return nil, store.Translate(fmt.Errorf("read who votes for whom: %w", err))
	}
	out := make([]Delegation, len(rows))
	for i, r := range rows {
		out[i] = Delegation{ID: r.ID, PollID: r.PollID, PollTitle: r.PollTitle, Since: r.CreatedAt.Time, group: r.GroupID, thread: r.ThreadID,
			From: person.Brief{ID: r.FromID, Handle: r.FromHandle, Name: r.FromName, Affiliation: r.FromAff, Picture: r.FromPic},
			To:   person.Brief{ID: r.ToID, Handle: r.ToHandle, Name: r.ToName, Affiliation: r.ToAff, Picture: r.ToPic}}
	}
	return out, nil
}

// One is a delegation in force. Errors: NotFound.
func One(g *gorm.DB, id int64) (Delegation, error) {
	found, err := readDelegations(delegations(g).Where("d.id = ?", id))
	if err == nil && len(found) == 0 {
		err = errs.New(errs.NotFound, "error.not_found")
	}
	if err != nil {
		return Delegation{}, err
	}
	return found[0], nil
}
