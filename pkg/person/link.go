package person

import (
	"context"
	"fmt"

	"gorm.io/gorm/clause"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/plain"
	"plenary/pkg/store"
)

// Link hands everything that an imported account stands for to a real one, on
// behalf of an administrator: threads, comments, themes, support, ballots,
// memberships and what came into its inbox. Where both did the same thing, it
// counts once. The imported account stays, pointing to the real one. What one
// signs in with is not handed over.
//
// The electorate of a closed poll is left as it was where both were in it: the
// result has been published with that number.
func (p *People) Link(ctx context.Context, who access.Actor, imported, real int64) error {
	return p.join(ctx, who, imported, real, func(from Person) errs.Fields {
		var f errs.Fields
		if !from.Imported {
			f.Add("imported", "person.link_not_imported")
		}
		return f
	})
}

// Merge is Link for two accounts of one person, the first of which may be a real
// one too: what it was entered with is dropped, and its handle leads on. It
// cannot be taken back, so confirm has to be the handle of the account that
// goes. Who administers the forum is not merged away.
func (p *People) Merge(ctx context.Context, who access.Actor, from, to int64, confirm string) error {
	return p.join(ctx, who, from, to, func(goes Person) errs.Fields {
		var f errs.Fields
		switch handle := plain.Handle(&f, "confirm", confirm); {
		case f != nil || handle != goes.Handle:
			f = nil
			f.Add("confirm", "person.confirm_handle", errs.Args{"Handle": goes.Handle})
		case from == to:
			f.Add("person", "person.merge_itself")
		case goes.Administrator:
			f.Add("person", "person.merge_administrator")
		}
		return f
	})
}

func (p *People) join(ctx context.Context, who access.Actor, imported, real int64, fits func(from Person) errs.Fields) error {
	if err := access.Check(who, access.Administer, access.Forum()); err != nil {
		return err
	}
	return p.db.Write(ctx, func(tx *store.Tx) error {
		if err := lockForLink(tx, imported, real, fits); err != nil {
			return err
		}
		l := link{tx: tx, from: imported, to: real, movers: p.movers}
		if err := l.everything(); err != nil {
			return fmt.Errorf("link person %d to %d: %w", imported, real, err)
		}
		p.changedRights(tx, imported)
		p.changedRights(tx, real)
		return nil
	})
}

// lockForLink locks both accounts and refuses what cannot be linked.
func lockForLink(tx *store.Tx, imported, real int64, fits func(from Person) errs.Fields) error {
	var rows []row
	err := tx.Clauses(clause.Locking{Strength: "UPDATE"}).Table("people AS p").Select(columns).
		Where("p.id IN ? AND p.guest = ?", []int64{imported, real}, false).Order("p.id").Find(&rows).Error
	if err != nil {
		return fmt.Errorf("lock two people: %w", err)
	}
	people := map[int64]Person{}
	for _, r := range rows {
		people[r.ID] = r.person()
	}
	var f errs.Fields
	from, known := people[imported]
	switch {
	case !known:
		f.Add("imported", "field.unknown")
	case from.LinkedTo != 0, from.Erased:
		f.Add("imported", "person.link_done")
	default:
		f = fits(from)
	}
	to, known := people[real]
	switch {
	case !known:
		f.Add("person", "field.unknown")
	case to.Imported || to.LinkedTo != 0 || to.Erased:
		f.Add("person", "person.link_not_real")
	}
	return f.Err()
}

// Mover hands what belongs to one account to another, inside the transaction.
type Mover func(tx *store.Tx, from, to int64) error

// OnMerge registers what is to be moved along when two accounts become one.
// Register before the first request.
func (p *People) OnMerge(move Mover) { p.movers = append(p.movers, move) }

// link is the move from one account to another, in steps.
type link struct {
	tx       *store.Tx
	from, to int64
	movers   []Mover
}

func (l link) everything() error {
	steps := []func() error{
		l.authorship, l.memberships, l.bans, l.requests, l.guests, l.readStates, l.supports, l.events, l.reactions,
		l.electorates, l.others, l.delegations, l.inbox, l.doors, l.account,
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// named are the columns that say who did something, where one person may have
// done any number of them.
var named = [...]struct{ table, column string }{
	{"groups", "created_by"}, {"invitations", "created_by"},
	{"threads", "author_id"}, {"threads", "closed_by"}, {"thread_versions", "editor_id"},
	{"comments", "author_id"}, {"comments", "deleted_by"}, {"comment_versions", "editor_id"},
	{"themes", "proposer_id"}, {"themes", "state_by"}, {"themes", "put_by"}, {"theme_versions", "editor_id"},
	{"theme_rules", "changed_by"}, {"theme_proposers", "asked_by"}, {"theme_merges", "suggested_by"}, {"theme_merges", "decided_by"}, {"theme_apart", "by_id"},
	{"polls", "author_id"}, {"polls", "closed_by"}, {"outcomes", "author_id"}, {"hidden_reasons", "hidden_by"},
	{"files", "owner_id"}, {"events", "actor_id"},
	{"invitations", "accepted_by"}, {"bans", "banned_by"}, {"join_requests", "decided_by"}, {"people", "disabled_by"},
	{"providers", "created_by"}, {"thread_groups", "shared_by"}, {"thread_guests", "invited_by"},
	{"poll_options", "added_by"}, {"poll_guests", "person_id"}, {"poll_guests", "invited_by"}, {"poll_templates", "created_by"}, {"poll_tellings", "by_id"},
	{"ballots", "cast_by"}, {"ballot_revisions", "cast_by"},
	{"programmes", "created_by"}, {"programme_versions", "by_id"}, {"programme_sessions", "proposed_by"}, {"programme_material", "added_by"},
	{"programme_signups", "came_by"}, {"programme_tellings", "by_id"},
}

func (l link) authorship() error {
	for _, c := range named {
		if err := l.exec("UPDATE " + c.table + " SET " + c.column + " = @to WHERE " + c.column + " = @from"); err != nil {
			return err
		}
	}
	return nil
}

// exec runs statements that name the two accounts @from and @to.
func (l link) exec(statements ...string) error {
	for _, s := range statements {
		if err := l.tx.Exec(s, map[string]any{"from": l.from, "to": l.to}).Error; err != nil {
			return err
		}
	}
	return nil
}

// merge moves the rows of a table that has at most one for a person and a thing,
// and drops those that the real account has too.
func (l link) merge(table, thing string) error {
	both := "SELECT " + thing + " FROM " + table + " WHERE person_id = @to"
	return l.exec(
		"DELETE FROM "+table+" WHERE person_id = @from AND ("+thing+") IN ("+both+")",
		"UPDATE "+table+" SET person_id = @to WHERE person_id = @from")
}

// memberships keeps the higher of two roles, and what either was made besides.
func (l link) memberships() error {
	theirs := " AND group_id IN (SELECT o.group_id FROM memberships AS o WHERE o.person_id = @from AND "
	err := l.exec(
		"UPDATE memberships SET inherited = FALSE WHERE person_id = @to AND inherited"+theirs+"NOT o.inherited)",
		"UPDATE memberships SET delegate = TRUE WHERE person_id = @to AND NOT delegate"+theirs+"o.delegate)",
		`UPDATE memberships SET title = (SELECT o.title FROM memberships AS o WHERE o.person_id = @from AND o.group_id = memberships.group_id)
			WHERE person_id = @to AND title = ''`+theirs+"o.title <> '')")
	if err != nil {
		return err
	}
	err = l.exec(`UPDATE memberships SET votes = (SELECT o.votes FROM memberships AS o WHERE o.person_id = @from AND o.group_id = memberships.group_id)
		WHERE person_id = @to` + theirs + "o.votes > memberships.votes)")
	if err != nil {
		return err
	}
	for _, r := range []access.Role{access.Moderator, access.Admin} {
		lower := "('member')"
		if r == access.Admin {
			lower = "('member', 'moderator')"
		}
		err := l.exec("UPDATE memberships SET role = '" + string(r) + "' WHERE person_id = @to AND role IN " + lower +
			theirs + "o.role = '" + string(r) + "')")
		if err != nil {
			return err
		}
	}
	return l.merge("memberships", "group_id")
}

// bans keeps out of a group whoever was banned from it under either name.
func (l link) bans() error {
	if err := l.merge("bans", "group_id"); err != nil {
		return err
	}
	// What comes with a membership of a group above goes with it, however far down.
	return l.exec(`DELETE FROM memberships WHERE person_id = @to AND group_id IN (
		WITH RECURSIVE outside (id) AS (SELECT b.group_id FROM bans AS b WHERE b.person_id = @to
			UNION SELECT g.id FROM outside AS o JOIN groups AS g ON g.parent_id = o.id
				JOIN memberships AS m ON m.group_id = g.id AND m.person_id = @to AND m.inherited)
		SELECT id FROM outside)`)
}

// requests leaves one of two that wait before the same group.
func (l link) requests() error {
	return l.exec(
		`DELETE FROM join_requests WHERE person_id = @from AND decision = ''
			AND group_id IN (SELECT o.group_id FROM join_requests AS o WHERE o.person_id = @to AND o.decision = '')`,
		"UPDATE join_requests SET person_id = @to WHERE person_id = @from")
}

// guests are none of the threads of groups that they were banned from.
func (l link) guests() error {
	if err := l.merge("thread_guests", "thread_id"); err != nil {
		return err
	}
	return l.exec(`DELETE FROM thread_guests WHERE person_id = @to AND thread_id IN (SELECT t.id FROM threads AS t
		JOIN bans AS b ON b.group_id = t.group_id WHERE b.person_id = @to)`)
}

// readStates keeps the further of two, and counts the two readers as one.
func (l link) readStates() error {
	both := "SELECT a.thread_id FROM read_states AS a JOIN read_states AS b ON b.thread_id = a.thread_id WHERE a.person_id = @from AND b.person_id = @to"
	further := "thread_id IN (SELECT a.thread_id FROM read_states AS a JOIN read_states AS b ON b.thread_id = a.thread_id" +
		" WHERE a.person_id = @from AND b.person_id = @to AND a.seq > b.seq)"
	err := l.exec(
		"UPDATE threads SET seen_by_count = seen_by_count - 1 WHERE id IN ("+both+")",
		"DELETE FROM read_states WHERE person_id = @to AND "+further)
	if err != nil {
		return err
	}
	return l.merge("read_states", "thread_id")
}

func (l link) supports() error {
	err := l.exec(`UPDATE themes SET support_count = support_count - 1 WHERE id IN (SELECT a.theme_id FROM theme_supports AS a
		JOIN theme_supports AS b ON b.theme_id = a.theme_id WHERE a.person_id = @from AND b.person_id = @to)`)
	if err != nil {
		return err
	}
	// Support that one of the two gave by themselves does not go when a merge is undone.
	err = l.exec(`UPDATE theme_supports SET via_merge = NULL WHERE person_id = @to AND via_merge IS NOT NULL AND theme_id IN
		(SELECT o.theme_id FROM theme_supports AS o WHERE o.person_id = @from AND o.via_merge IS NULL)`)
	if err != nil {
		return err
	}
	return l.merge("theme_supports", "theme_id")
}

func (l link) reactions() error {
	if err := l.merge("reactions", "comment_id, emoji"); err != nil {
		return err
	}
	return l.merge("mentions", "comment_id")
}

// electorates moves the right to vote, and the ballot with it, in polls without a
// log. In an open poll where both may vote the real account's ballot counts, if
// it has one.
func (l link) electorates() error {
	var polls []struct {
		ID     int64
		Closed bool
		Both   bool
	}
	err := l.tx.Raw(`SELECT p.id, p.state = 'closed' AS closed, b.person_id IS NOT NULL AS both
		FROM poll_voters AS a JOIN polls AS p ON p.id = a.poll_id
		LEFT JOIN poll_voters AS b ON b.poll_id = a.poll_id AND b.person_id = ?
		WHERE a.person_id = ? AND p.log_length = 0 ORDER BY p.id`, l.to, l.from).Scan(&polls).Error
	if err != nil {
		return err
	}
	for _, p := range polls {
		switch {
		case p.Both && p.Closed:
			continue
		case p.Both:
			err = l.oneVoter(p.ID)
		default:
			err = l.otherVoter(p.ID)
		}
		if err != nil {
			return fmt.Errorf("poll %d: %w", p.ID, err)
		}
	}
	return nil
}

// otherVoter puts the real account into the electorate in place of the imported.
func (l link) otherVoter(poll int64) error {
	if err := l.tx.Exec("INSERT INTO poll_voters (poll_id, person_id) VALUES (?, ?)", poll, l.to).Error; err != nil {
		return err
	}
	if err := l.tx.Exec("UPDATE ballots SET voter_id = ? WHERE poll_id = ? AND voter_id = ?", l.to, poll, l.from).Error; err != nil {
		return err
	}
	return l.tx.Exec("DELETE FROM poll_voters WHERE poll_id = ? AND person_id = ?", poll, l.from).Error
}

// oneVoter makes one voter out of two.
func (l link) oneVoter(poll int64) error {
	moved := l.tx.Exec(`UPDATE ballots SET voter_id = ? WHERE poll_id = ? AND voter_id = ?
		AND NOT EXISTS (SELECT 1 FROM ballots AS o WHERE o.poll_id = ? AND o.voter_id = ?)`, l.to, poll, l.from, poll, l.to)
	if moved.Error != nil {
		return moved.Error
	}
	dropped := l.tx.Exec("DELETE FROM ballots WHERE poll_id = ? AND voter_id = ?", poll, l.from)
	if dropped.Error != nil {
		return dropped.Error
	}
	if err := l.tx.Exec("DELETE FROM poll_voters WHERE poll_id = ? AND person_id = ?", poll, l.from).Error; err != nil {
		return err
	}
	return l.tx.Exec("UPDATE polls SET voter_count = voter_count - 1, ballot_count = ballot_count - ? WHERE id = ?", dropped.RowsAffected, poll).Error
}

// others has the rooms above move what is theirs.
func (l link) others() error {
	for _, move := range l.movers {
		if err := move(l.tx, l.from, l.to); err != nil {
			return err
		}
	}
	if err := l.merge("poll_mails", "group_id"); err != nil {
		return err
	}
	return l.merge("poll_named", "poll_id")
}

// delegations ends those that the real account has given too, and those between
// the two.
func (l link) delegations() error {
	return l.exec(
		"DELETE FROM delegations WHERE from_id = @from AND to_id = @to OR from_id = @to AND to_id = @from",
		`DELETE FROM delegations WHERE from_id = @from AND ended_at IS NULL AND (group_id, COALESCE(poll_id, 0)) IN
			(SELECT d.group_id, COALESCE(d.poll_id, 0) FROM delegations AS d WHERE d.from_id = @to AND d.ended_at IS NULL)`,
		"UPDATE delegations SET from_id = @to WHERE from_id = @from",
		"UPDATE delegations SET to_id = @to WHERE to_id = @from")
}

// inbox appends what came into the imported account's inbox to that of the real
// one. Both are numbered without gaps, so the shifted numbers are too.
func (l link) inbox() error {
	return l.exec(
		`UPDATE events SET topic_id = @to, seq = seq + (SELECT last_seq FROM people WHERE id = @to),
			item = item + (SELECT last_item FROM people WHERE id = @to) WHERE place = 'person' AND topic_id = @from`,
		`UPDATE people SET last_seq = last_seq + (SELECT f.last_seq FROM people AS f WHERE f.id = @from),
			last_item = last_item + (SELECT f.last_item FROM people AS f WHERE f.id = @from) WHERE id = @to`,
		"UPDATE people SET last_seq = 0, last_item = 0 WHERE id = @from")
}

// doors are what an account is entered by, what was begun with it, and what was
// sent or made for it. None of it is of use to anybody else.
var doors = [...]string{
	"sessions", "api_tokens", "passkeys", "recovery_codes", "identities", "flows", "mail_codes", "email_changes",
	"mails", "exports", "once_keys",
}

func (l link) doors() error {
	for _, table := range doors {
		if err := l.exec("DELETE FROM " + table + " WHERE person_id = @from"); err != nil {
			return err
		}
	}
	return nil
}

// account leaves nothing with which the account could act, and lets its handles
// lead on.
func (l link) account() error {
	return l.exec(
		"UPDATE old_handles SET target_id = @to WHERE kind = 'person' AND target_id = @from",
		"UPDATE people SET linked_to = @to WHERE linked_to = @from",
		`UPDATE people SET linked_to = @to, administrator = FALSE, email = NULL, password_hash = '', picture = '',
			totp_secret = '', totp_since = NULL WHERE id = @from`)
}
