package poll

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

// Proxies is who votes for whom, as one reader may know it.
type Proxies struct {
	Limit int          // for how many others one person may vote; 0 where for nobody
	Mine  *Delegation  // who votes for the reader; nil where nobody does
	ForMe []Delegation // for whom the reader votes
	All   []Delegation // everybody's, for moderators; at most maxNames
}

// Delegate puts the actor's vote in all polls of a group that allow it into the
// hands of another member. One that was named before is none any more. Errors: by
// access.NameProxy; Invalid with field "to"; Conflict "proxy.none_here" where the
// group has no proxies, "proxy.holds_others" where the actor is one.
func (p *Polls) Delegate(ctx context.Context, who access.Actor, handle, to string) (Delegation, error) {
	if err := p.mayInGroup(ctx, who, access.NameProxy, handle); err != nil {
		return Delegation{}, err
	}
	var made int64
	err := p.db.Write(ctx, func(tx *store.Tx) error {
		home, err := p.groups.LockFor(tx, who, access.NameProxy, handle)
		if err != nil {
			return err
		}
		made, err = p.name(tx, naming{home: home, from: who.Person, to: to})
		return err
	})
	if err != nil {
		return Delegation{}, err
	}
	return p.delegation(p.db.Read(ctx), made)
}

func (p *Polls) mayInGroup(ctx context.Context, who access.Actor, do access.Action, handle string) error {
	home, err := p.groups.ByHandle(ctx, who, handle)
	if err != nil {
		return err
	}
	if err := access.Check(who, do, home.Facts()); err != nil {
		return err
	}
	return needsPerson(who)
}

// DelegateIn is Delegate for a single poll, whose voter the actor and the proxy
// have to be. Errors: by access.NameProxyIn; Conflict "proxy.not_in_poll" where the
// poll has no proxies, "proxy.voted" where the actor has voted; otherwise as for
// Delegate.
func (p *Polls) DelegateIn(ctx context.Context, who access.Actor, id int64, to string) (Delegation, error) {
	found, err := p.mayNow(ctx, who, id, access.NameProxyIn)
	if err != nil {
		return Delegation{}, err
	}
	if err := needsPerson(who); err != nil {
		return Delegation{}, err
	}
	var made int64
	err = p.db.Write(ctx, func(tx *store.Tx) error {
		// The group before the thread, as invitations into a thread have it.
		home, err := p.groups.LockByID(tx, who, found.homeID)
		if err != nil {
			return err
		}
		open, _, err := p.lock(tx, who, id)
		if err != nil {
			return err
		}
		if err := access.Check(who, access.NameProxyIn, open.facts); err != nil {
			return err
		}
		switch {
		case !open.Proxies:
			return errs.New(errs.Conflict, "proxy.not_in_poll")
		case open.facts.Voted:
			return errs.New(errs.Conflict, "proxy.voted")
		}
		made, err = p.name(tx, naming{home: home, poll: open, from: who.Person, to: to})
		return err
	})
	if err != nil {
		return Delegation{}, err
	}
	return p.delegation(p.db.Read(ctx), made)
}

// naming asks for somebody to be another's proxy, in a locked group.
type naming struct {
	home group.Group
	poll Poll // zero for all polls of the group
	from int64
	to   string // handle
}

// scope is the condition on delegations AS d that they hold in the same polls.
func (n naming) scope() (string, []any) {
	if n.poll.ID != 0 {
		return "d.ended_at IS NULL AND d.group_id = ? AND (d.poll_id IS NULL OR d.poll_id = ?)", []any{n.home.ID, n.poll.ID}
	}
	return `d.ended_at IS NULL AND d.group_id = ? AND (d.poll_id IS NULL
		OR d.poll_id IN (SELECT p.id FROM polls AS p WHERE p.id = d.poll_id AND p.state <> 'closed'))`, []any{n.home.ID}
}

// path is where those whom it concerns see it.
func (n naming) path() string {
	if n.poll.ID != 0 {
		return fmt.Sprintf("/p/%d/proxies", n.poll.ID)
	}
	return "/g/" + n.home.Handle + "/proxies"
}

// name judges and writes, and tells the proxy.
func (p *Polls) name(tx *store.Tx, n naming) (int64, error) {
	if n.home.ProxyLimit == 0 {
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
		n.home.ID, n.poll.ID, n.from).Find(&old).Error
	if err != nil {
		return 0, fmt.Errorf("look for the proxy of person %d: %w", n.from, err)
	}
	if len(old) > 0 && old[0].ToID == to {
		return old[0].ID, nil
	}
	now := store.At(p.now())
	for _, d := range old {
		if err := tx.Exec("UPDATE delegations SET ended_at = ? WHERE id = ?", now, d.ID).Error; err != nil {
			return 0, fmt.Errorf("end delegation %d: %w", d.ID, err)
		}
		ended := event.Event{Kind: event.ProxyEnded, At: now.Time, Actor: n.from, Thread: n.poll.ThreadID, Subject: d.ID}
		if err := tx.EmitToInboxes(ended, []int64{d.ToID}); err != nil { // whose vote it is hears of the new one
			return 0, err
		}
	}
	var one *int64
	if n.poll.ID != 0 {
		one = &n.poll.ID
	}
	var id int64
	err = tx.Raw("INSERT INTO delegations (group_id, poll_id, from_id, to_id, created_at) VALUES (?, ?, ?, ?, ?) RETURNING id",
		n.home.ID, one, n.from, to, now).Row().Scan(&id)
	if err != nil {
		return 0, fmt.Errorf("name a proxy for person %d: %w", n.from, err)
	}
	named := event.Event{Kind: event.ProxyNamed, At: now.Time, Actor: n.from, Thread: n.poll.ThreadID, Subject: id}
	if err := tx.EmitToInboxes(named, []int64{n.from, to}); err != nil {
		return 0, err
	}
	return id, p.tellProxy(tx, n, id)
}

// proxy finds the person who was named: a member, or for one poll one of its
// voters.
func (n naming) proxy(tx *store.Tx) (int64, error) {
	var f errs.Fields
	handle := handleOf(n.to)
	if strings.TrimSpace(n.to) == "" {
		f.Add("to", "field.required")
		return 0, f.Err()
	}
	where, args := "EXISTS (SELECT 1 FROM memberships AS m WHERE m.group_id = ? AND m.person_id = a.id)", []any{n.home.ID}
	code := "proxy.not_member"
	if n.poll.ID != 0 {
		where, args = "EXISTS (SELECT 1 FROM poll_voters AS v WHERE v.poll_id = ? AND v.person_id = a.id AND v.removed_at IS NULL)", []any{n.poll.ID}
		code = "proxy.not_voter"
	}
	var found []int64
	err := tx.Table("people AS a").Where("a.handle = ? AND a.disabled_at IS NULL", handle).Where(where, args...).Pluck("a.id", &found).Error
	switch {
	case err != nil:
		return 0, fmt.Errorf("find a proxy: %w", err)
	case len(found) == 0:
		f.Add("to", code)
	case found[0] == n.from:
		f.Add("to", "proxy.self")
	default:
		return found[0], nil
	}
	return 0, f.Err()
}

// handleOf is a handle as it is stored; empty where the text cannot be one.
func handleOf(text string) string {
	var f errs.Fields
	handle := plain.Handle(&f, "handle", text)
	if f != nil {
		return ""
	}
	return handle
}

// judge refuses chains and more than one person may hold: whoever has named a
// proxy cannot be one, and whoever is one cannot name another.
func (n naming) judge(tx *store.Tx, to int64) error {
	scope, args := n.scope()
	var seen struct {
		Given int // what the proxy has given away
		Held  int // by who names one now
		Holds int // how many others the proxy votes for
	}
	err := tx.Raw(`SELECT COUNT(CASE WHEN d.from_id = ? THEN 1 END) AS given, COUNT(CASE WHEN d.to_id = ? THEN 1 END) AS held,
		COUNT(DISTINCT CASE WHEN d.to_id = ? AND d.from_id <> ? THEN d.from_id END) AS holds FROM delegations AS d WHERE `+scope,
		append([]any{to, n.from, to, n.from}, args...)...).Scan(&seen).Error
	if err != nil {
		return fmt.Errorf("count the proxies in group %d: %w", n.home.ID, err)
	}
	var f errs.Fields
	switch {
	case seen.Held > 0:
		return errs.New(errs.Conflict, "proxy.holds_others")
	case seen.Given > 0:
		f.Add("to", "proxy.passes_on")
	case seen.Holds >= n.home.ProxyLimit:
		f.Add("to", "proxy.limit", errs.Args{"Count": n.home.ProxyLimit})
	}
	return f.Err()
}

// tellProxy writes to somebody that another has named them.
func (p *Polls) tellProxy(tx *store.Tx, n naming, id int64) error {
	d, err := p.delegation(tx.DB, id)
	if err != nil {
		return err
	}
	return p.letters.Notice(tx, n.poll.about(), d.To.ID, "proxy_named", map[string]string{"Name": d.From.Name, "Path": n.path()})
}

// EndDelegation takes a vote out of a proxy's hands, on behalf of either of the
// two or of a moderator. What the proxy has cast stays until the member casts
// otherwise. Errors: NotFound also for those whom it does not concern.
func (p *Polls) EndDelegation(ctx context.Context, who access.Actor, id int64) error {
	d, err := p.delegation(p.db.Read(ctx), id)
	if err != nil {
		return err
	}
	return p.db.Write(ctx, func(tx *store.Tx) error {
		home, err := p.groups.LockByID(tx, who, d.group)
		if err != nil {
			return err
		}
		if err := d.concerns(who, home); err != nil {
			return err
		}
		now := store.At(p.now())
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
		var of Poll
		if d.PollID != 0 {
			if of, err = load(tx.DB, access.System(), d.PollID, p.now()); err != nil {
				return err
			}
		}
		return p.letters.Notice(tx, of.about(), d.From.ID, "proxy_ended", map[string]string{"Name": d.To.Name, "Path": "/g/" + home.Handle + "/proxies"})
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
	if err := query.Order("d.id").Limit(maxNames).Find(&rows).Error; err != nil {
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

func (p *Polls) delegation(g *gorm.DB, id int64) (Delegation, error) {
	found, err := readDelegations(delegations(g).Where("d.id = ?", id))
	if err == nil && len(found) == 0 {
		err = errs.New(errs.NotFound, "error.not_found")
	}
	if err != nil {
		return Delegation{}, err
	}
	return found[0], nil
}
