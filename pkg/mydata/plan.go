package mydata

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/person"
	"plenary/pkg/store"
)

// Plan says what erasing an account would do, before it is done.
type Plan struct {
	Person            person.Person
	LastAdministrator bool        // nobody else administers the forum
	Handover          []GroupFate // groups that have no other admin and other members: they come first
	Groups            []GroupFate // where the person is a member or has written something
	OpenPolls         int         // in which the ballot, or the right to vote, is taken out
	ClosedPolls       int         // in which the ballot stays, without a name
}

// Possible reports whether nothing has to be done before.
func (p Plan) Possible() bool { return !p.LastAdministrator && len(p.Handover) == 0 }

// GroupFate is what happens to the person's contributions in a group.
type GroupFate struct {
	ID            int64
	Handle, Name  string // empty for a group that the person may not know of any more
	Removed       bool   // the words are taken away; otherwise they stay, of "a former member"
	Contributions int    // discussions, comments and themes
}

// Plan tells what erasing the account would do, for its person or for an
// administrator.
func (d *Data) Plan(ctx context.Context, who access.Actor, id int64) (Plan, error) {
	if err := mayErase(who, id); err != nil {
		return Plan{}, err
	}
	whose, err := d.people.ByID(ctx, id)
	if err != nil {
		return Plan{}, err
	}
	p, err := d.plan(d.db.Read(ctx), who, whose)
	return p, store.Translate(err)
}

// mayErase lets everybody erase themselves, and administrators anybody.
func mayErase(who access.Actor, id int64) error {
	if who.SignedIn() && who.Person == id {
		return nil
	}
	return access.Check(who, access.Administer, access.Forum())
}

func (d *Data) plan(g *gorm.DB, who access.Actor, whose person.Person) (Plan, error) {
	p := Plan{Person: whose}
	var err error
	if p.LastAdministrator, err = d.people.LastAdministrator(g, whose.ID); err != nil {
		return p, err
	}
	if p.Handover, err = fates(g, who, whose.ID, `EXISTS (SELECT 1 FROM memberships AS m WHERE m.group_id = g.id AND m.person_id = @me AND m.role = 'admin')
		AND EXISTS (SELECT 1 FROM memberships AS m WHERE m.group_id = g.id AND m.person_id <> @me)
		AND NOT EXISTS (SELECT 1 FROM memberships AS m WHERE m.group_id = g.id AND m.person_id <> @me AND m.role = 'admin')`); err != nil {
		return p, err
	}
	if p.Groups, err = fates(g, who, whose.ID, `EXISTS (SELECT 1 FROM memberships AS m WHERE m.group_id = g.id AND m.person_id = @me)
		OR EXISTS (SELECT 1 FROM threads AS t WHERE t.group_id = g.id AND (t.author_id = @me
			OR EXISTS (SELECT 1 FROM comments AS c WHERE c.thread_id = t.id AND c.author_id = @me)
			OR EXISTS (SELECT 1 FROM themes AS h WHERE h.thread_id = t.id AND h.proposer_id = @me)))`); err != nil {
		return p, err
	}
	now := store.At(d.now())
	err = g.Raw(`SELECT COALESCE(SUM(CASE WHEN p.state <> 'closed' AND (p.closes_at IS NULL OR p.closes_at > ?) THEN 1 ELSE 0 END), 0),
		COALESCE(SUM(CASE WHEN p.state <> 'closed' AND (p.closes_at IS NULL OR p.closes_at > ?) THEN 0 ELSE 1 END), 0)
		FROM poll_voters AS v JOIN polls AS p ON p.id = v.poll_id WHERE v.person_id = ?`, now, now, whose.ID).Row().Scan(&p.OpenPolls, &p.ClosedPolls)
	if err != nil {
		return p, fmt.Errorf("count the polls of person %d: %w", whose.ID, err)
	}
	return p, nil
}

// fatesMost bounds a list of groups.
const fatesMost = 500

func fates(g *gorm.DB, who access.Actor, me int64, which string) ([]GroupFate, error) {
	var rows []struct {
		GroupFate
		OnErasure string
		Hidden    bool
	}
	err := g.Raw(`SELECT g.id, g.handle, g.name, g.on_erasure,
		g.visibility = 'secret' AND NOT EXISTS (SELECT 1 FROM memberships AS m WHERE m.group_id = g.id AND m.person_id = @who) AS hidden,
		(SELECT COUNT(*) FROM threads AS t WHERE t.group_id = g.id AND t.author_id = @me)
		+ (SELECT COUNT(*) FROM comments AS c JOIN threads AS t ON t.id = c.thread_id WHERE t.group_id = g.id AND c.author_id = @me AND c.deleted_at IS NULL)
		+ (SELECT COUNT(*) FROM themes AS h JOIN threads AS t ON t.id = h.thread_id WHERE t.group_id = g.id AND h.proposer_id = @me) AS contributions
		FROM groups AS g WHERE `+which+" ORDER BY lower(g.name), g.id LIMIT @most",
		map[string]any{"me": me, "who": who.Person, "most": fatesMost}).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("look for the groups of person %d: %w", me, err)
	}
	var out []GroupFate
	for _, r := range rows {
		f := r.GroupFate
		f.Removed = r.OnErasure == "remove"
		if r.Hidden {
			f.Handle, f.Name = "", ""
		}
		out = append(out, f)
	}
	return out, nil
}

// problem says what has to be done before, if so.
func (p Plan) problem() error {
	switch {
	case p.LastAdministrator:
		return errs.New(errs.Conflict, "person.last_administrator")
	case len(p.Handover) > 0:
		return errs.New(errs.Conflict, "mydata.last_admin")
	}
	return nil
}
