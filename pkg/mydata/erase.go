package mydata

import (
	"context"
	"encoding/json"
	"fmt"

	"gorm.io/gorm/clause"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/mail"
	"plenary/pkg/person"
	"plenary/pkg/plain"
	"plenary/pkg/store"
)

// formerName stands where the name was. Pages show the reader's own words for it
// instead.
const formerName = "Former member"

// Erase takes an account's name, address and all that is known of the person
// away, at once and for good: for the person, or for an administrator. To
// confirm, the account's handle is typed. What was written stays, of "a former
// member", or goes, as each group has chosen. Its sessions and tokens are dead
// when Erase returns. Errors: Invalid with field confirm; Conflict
// "mydata.last_admin", "person.last_administrator", "mydata.erased".
func (d *Data) Erase(ctx context.Context, who access.Actor, id int64, confirm string) error {
	if err := mayErase(who, id); err != nil {
		return err
	}
	return d.db.Write(ctx, func(tx *store.Tx) error {
		whose, err := d.people.Lock(tx, id)
		if err != nil {
			return err
		}
		if whose.Erased || whose.LinkedTo != 0 {
			return errs.New(errs.Conflict, "mydata.erased")
		}
		var f errs.Fields
		if handle := plain.Handle(&f, "confirm", confirm); f != nil || handle != whose.Handle {
			f = nil
			f.Add("confirm", "person.confirm_handle", errs.Args{"Handle": whose.Handle})
			return f.Err()
		}
		if err := d.holdGroups(tx, id); err != nil {
			return err
		}
		p, err := d.plan(tx.DB, who, whose)
		if err != nil {
			return err
		}
		if err := p.problem(); err != nil {
			return err
		}
		return d.erase(tx, whose)
	})
}

// holdGroups keeps other admins from leaving the person's groups meanwhile.
func (d *Data) holdGroups(tx *store.Tx, id int64) error {
	var held []int64
	err := tx.Clauses(clause.Locking{Strength: "UPDATE"}).Table("groups").Select("id").
		Where("id IN (SELECT m.group_id FROM memberships AS m WHERE m.person_id = ?)", id).Order("id").Find(&held).Error
	if err != nil {
		return fmt.Errorf("lock the groups of person %d: %w", id, err)
	}
	return nil
}

func (d *Data) erase(tx *store.Tx, whose person.Person) error {
	e := erasure{Data: d, tx: tx, whose: whose, me: whose.ID}
	for _, step := range []func() error{e.files, e.comments, e.words, e.electorates, e.programmes, e.traces, e.membership, e.doors, e.address, e.account, e.farewell} {
		if err := step(); err != nil {
			return fmt.Errorf("erase person %d: %w", whose.ID, err)
		}
	}
	d.people.Gone(tx, whose.ID)
	return nil
}

// erasure is the erasing of one account, in steps.
type erasure struct {
	*Data
	tx    *store.Tx
	whose person.Person
	me    int64
	sums  []string // of files that nothing may refer to any more
}

// exec runs statements about the person @me, or the one named @x.
func (e *erasure) exec(statements ...string) error {
	for _, s := range statements {
		args := map[string]any{"me": e.me, "now": store.At(e.now()), "email": e.whose.Email, "name": formerName}
		if err := e.tx.Exec(s, args).Error; err != nil {
			return err
		}
	}
	return nil
}

// removing are the threads whose home group has the words of former members
// removed.
const removing = "(SELECT t.id FROM threads AS t JOIN groups AS g ON g.id = t.group_id WHERE g.on_erasure = 'remove')"

// files forgets the person's uploads: those that neither a thread nor an option
// of a poll holds, and those in threads of groups that have the words removed.
func (e *erasure) files() error {
	err := e.exec("UPDATE poll_options SET file_id = NULL, picture_alt = '' WHERE file_id IN (SELECT f.id FROM files AS f WHERE f.owner_id = @me)" +
		" AND poll_id IN (SELECT p.id FROM polls AS p WHERE p.thread_id IN " + removing + ")")
	if err != nil {
		return err
	}
	var gone []string
	err = e.tx.Raw("DELETE FROM files WHERE owner_id = @me AND (thread_id IS NULL OR thread_id IN "+removing+
		") AND NOT EXISTS (SELECT 1 FROM poll_options AS o WHERE o.file_id = files.id) RETURNING sha256",
		map[string]any{"me": e.me}).Scan(&gone).Error
	if err != nil {
		return err
	}
	e.sums = append(e.sums, gone...)
	if e.whose.Picture != "" {
		e.sums = append(e.sums, e.whose.Picture)
	}
	var exported []string
	err = e.tx.Raw("DELETE FROM exports WHERE person_id = @me RETURNING sha256", map[string]any{"me": e.me}).Scan(&exported).Error
	for _, sum := range exported {
		if sum != "" {
			e.sums = append(e.sums, sum)
		}
	}
	return err
}

// comments leaves the places of the comments whose words are removed, so that
// replies keep their meaning.
func (e *erasure) comments() error {
	const mine = "c.author_id = @me AND c.deleted_at IS NULL AND c.thread_id IN " + removing
	var gone []struct{ ID, ThreadID int64 }
	err := e.tx.Raw("SELECT c.id, c.thread_id FROM comments AS c WHERE "+mine+" ORDER BY c.thread_id, c.id", map[string]any{"me": e.me}).Scan(&gone).Error
	if err != nil || len(gone) == 0 {
		return err
	}
	in := " IN (SELECT c.id FROM comments AS c WHERE " + mine + ")"
	err = e.exec(
		"UPDATE threads SET comment_count = comment_count - (SELECT COUNT(*) FROM comments AS c WHERE c.thread_id = threads.id AND "+mine+") WHERE id IN "+removing,
		"UPDATE themes SET comment_count = comment_count - (SELECT COUNT(*) FROM comments AS c WHERE c.theme_id = themes.id AND "+mine+") WHERE thread_id IN "+removing,
		`UPDATE comments SET reply_count = reply_count - (SELECT COUNT(*) FROM comments AS c WHERE c.parent_id = comments.id AND `+mine+`)
			WHERE id IN (SELECT c.parent_id FROM comments AS c WHERE c.parent_id IS NOT NULL AND `+mine+")",
		"DELETE FROM comment_versions WHERE comment_id"+in,
		"DELETE FROM reactions WHERE comment_id"+in,
		"DELETE FROM mentions WHERE comment_id"+in,
		"UPDATE themes SET quote = '' WHERE from_comment_id"+in,
		"UPDATE comments SET body = '', body_html = '', marked_empty = FALSE, deleted_at = @now, deleted_by = @me WHERE id"+in)
	if err != nil {
		return err
	}
	for _, c := range gone {
		if err := e.tell(event.Thread(c.ThreadID), event.CommentDeleted, c.ThreadID, c.ID, nil); err != nil {
			return err
		}
	}
	return nil
}

// tell writes an event that no person is behind.
func (e *erasure) tell(topic event.Topic, kind event.Kind, thread, subject int64, data map[string]any) error {
	told := event.Event{Topic: topic, Kind: kind, At: e.now(), Thread: thread, Subject: subject}
	if data != nil {
		raw, err := json.Marshal(data)
		if err != nil {
			return err
		}
		told.Data = raw
	}
	_, err := e.tx.Emit(told)
	return err
}

// words empties the person's texts other than comments, where they are removed.
// Titles stay, since what others wrote hangs on them, and so do outcomes and the
// text of polls that were opened, which are the group's: its fingerprint is in
// the poll's log.
func (e *erasure) words() error {
	for _, s := range []struct {
		kind          event.Kind
		table, thread string
		mine, set     string
	}{
		{event.ThreadEdited, "threads", "id", "author_id = @me AND body <> '' AND (poll_id IS NULL OR poll_id IN (SELECT p.id FROM polls AS p WHERE p.log_length = 0))", "body = '', body_html = ''"},
		{event.ThemeEdited, "themes", "thread_id", "proposer_id = @me AND description <> ''", "description = '', description_html = ''"},
		{event.PollEdited, "polls", "thread_id", "author_id = @me AND log_length = 0 AND details <> ''", "details = '', details_html = ''"},
	} {
		var changed []struct{ ID, Thread int64 }
		err := e.tx.Raw("UPDATE "+s.table+" SET "+s.set+" WHERE "+s.mine+" AND "+s.thread+" IN "+removing+" RETURNING id, "+s.thread+" AS thread",
			map[string]any{"me": e.me}).Scan(&changed).Error
		if err != nil {
			return err
		}
		for _, c := range changed {
			if err := e.tell(event.Thread(c.Thread), s.kind, c.Thread, c.ID, nil); err != nil {
				return err
			}
		}
	}
	return e.exec(
		"UPDATE thread_versions SET body = '' WHERE editor_id = @me AND thread_id IN "+removing,
		"UPDATE thread_versions SET body = '' WHERE thread_id IN (SELECT t.id FROM threads AS t WHERE t.author_id = @me AND t.id IN "+removing+")",
		"UPDATE theme_versions SET description = '' WHERE editor_id = @me AND theme_id IN (SELECT h.id FROM themes AS h WHERE h.thread_id IN "+removing+")",
		"UPDATE theme_versions SET description = '' WHERE theme_id IN (SELECT h.id FROM themes AS h WHERE h.proposer_id = @me AND h.thread_id IN "+removing+")",
		"DELETE FROM comment_versions WHERE editor_id = @me AND comment_id IN (SELECT c.id FROM comments AS c WHERE c.thread_id IN "+removing+")",
		"UPDATE threads SET close_reason = '' WHERE closed_by = @me AND id IN "+removing,
		"UPDATE themes SET state_reason = '' WHERE state_by = @me AND thread_id IN "+removing,
		"UPDATE theme_merges SET reason = '' WHERE suggested_by = @me AND theme_id IN (SELECT h.id FROM themes AS h WHERE h.thread_id IN "+removing+")",
		"UPDATE theme_merges SET decision = '' WHERE decided_by = @me AND theme_id IN (SELECT h.id FROM themes AS h WHERE h.thread_id IN "+removing+")",
		"UPDATE events SET data = NULL WHERE actor_id = @me AND data LIKE '%\"reason\"%' AND thread_id IN "+removing,
		"UPDATE ballots SET reason = '', reasons = '', reason_html = '', reason_salt = NULL WHERE voter_id = @me AND poll_id IN (SELECT p.id FROM polls AS p WHERE p.thread_id IN "+removing+")",
		`UPDATE ballot_revisions SET reason = '' WHERE ballot_id IN (SELECT b.id FROM ballots AS b JOIN polls AS p ON p.id = b.poll_id
			WHERE b.voter_id = @me AND p.thread_id IN `+removing+")")
}

// electorates takes the person out of the electorates of open polls, with the ballot.
// In closed ones it stays: the result was published with it.
func (e *erasure) electorates() error {
	var open []struct{ ID, ThreadID int64 }
	err := e.tx.Raw(`SELECT p.id, p.thread_id FROM polls AS p JOIN poll_voters AS v ON v.poll_id = p.id
		WHERE v.person_id = ? AND p.state <> 'closed' AND p.log_length = 0 AND (p.closes_at IS NULL OR p.closes_at > ?) ORDER BY p.id`+e.forUpdate(),
		e.me, store.At(e.now())).Scan(&open).Error
	if err != nil {
		return err
	}
	for _, p := range open {
		var ballots int
		gone := e.tx.Exec("DELETE FROM ballots WHERE poll_id = ? AND voter_id = ?", p.ID, e.me)
		if gone.Error != nil {
			return gone.Error
		}
		if err := e.tx.Exec("DELETE FROM poll_voters WHERE poll_id = ? AND person_id = ?", p.ID, e.me).Error; err != nil {
			return err
		}
		err := e.tx.Raw("UPDATE polls SET voter_count = voter_count - 1, ballot_count = ballot_count - ? WHERE id = ? RETURNING ballot_count",
			gone.RowsAffected, p.ID).Row().Scan(&ballots)
		if err != nil {
			return err
		}
		if err := e.tell(event.Thread(p.ThreadID), event.PollVoted, p.ThreadID, p.ID, map[string]any{"ballot_count": ballots}); err != nil {
			return err
		}
	}
	if err := e.polls.Forget(e.tx, e.me); err != nil {
		return err
	}
	return e.exec(
		"DELETE FROM poll_guests WHERE person_id = @me",
		"DELETE FROM poll_named WHERE person_id = @me",
		"DELETE FROM poll_mails WHERE person_id = @me",
		"UPDATE poll_tellings SET by_id = NULL WHERE by_id = @me",
		"DELETE FROM delegations WHERE from_id = @me OR to_id = @me")
}

// programmes takes the person out of events, after the rooms have done what that
// means to others. What they put together is the group's and stays; what they proposed
// and nobody agreed to goes where words are removed.
func (e *erasure) programmes() error {
	for _, forget := range e.forgetters {
		if err := forget(e.tx, e.me); err != nil {
			return err
		}
	}
	return e.exec(
		"DELETE FROM programme_signups WHERE person_id = @me",
		"DELETE FROM programme_calendars WHERE person_id = @me",
		"DELETE FROM programme_session_people WHERE person_id = @me",
		"UPDATE programme_signups SET came_by = NULL WHERE came_by = @me",
		"UPDATE programme_tellings SET by_id = NULL WHERE by_id = @me",
		`UPDATE programme_sessions SET description = '', description_html = '' WHERE proposed_by = @me AND put_forward AND published = 0
			AND programme_id IN (SELECT p.id FROM programmes AS p WHERE p.thread_id IN `+removing+")")
}

// forUpdate holds the rows of a query, where the database knows that. SQLite has
// one writer anyway.
func (e *erasure) forUpdate() string {
	if e.db.Postgres() {
		return " FOR UPDATE OF p"
	}
	return ""
}

// traces takes away what the person has read, and what came into their inbox.
func (e *erasure) traces() error {
	return e.exec(
		"UPDATE threads SET seen_by_count = seen_by_count - 1 WHERE seen_by_count > 0 AND id IN (SELECT r.thread_id FROM read_states AS r WHERE r.person_id = @me)",
		"DELETE FROM read_states WHERE person_id = @me",
		"DELETE FROM mentions WHERE person_id = @me",
		"DELETE FROM theme_proposers WHERE person_id = @me AND answer <> 'accepted'",
		"UPDATE theme_apart SET by_id = NULL WHERE by_id = @me",
		"UPDATE theme_rules SET changed_by = NULL WHERE changed_by = @me",
		"DELETE FROM reactions WHERE person_id = @me AND comment_id IN (SELECT c.id FROM comments AS c WHERE c.thread_id IN "+removing+")",
		"DELETE FROM events WHERE place = 'person' AND topic_id = @me")
}

func (e *erasure) membership() error {
	if err := e.groups.Forget(e.tx, e.me); err != nil {
		return err
	}
	return e.exec(
		"DELETE FROM join_requests WHERE person_id = @me",
		"DELETE FROM bans WHERE person_id = @me",
		"DELETE FROM thread_guests WHERE person_id = @me")
}

// doors are the tables of what an account is entered by, and of what was begun
// with it.
var doors = [...]string{
	"sessions", "api_tokens", "passkeys", "recovery_codes", "identities", "flows", "mail_codes", "email_changes", "mails", "once_keys",
}

func (e *erasure) doors() error {
	for _, table := range doors {
		if err := e.exec("DELETE FROM " + table + " WHERE person_id = @me"); err != nil {
			return err
		}
	}
	return e.exec("DELETE FROM old_handles WHERE kind = 'person' AND target_id = @me")
}

// address takes the address out of what names it without naming the account,
// and name, handle and address out of answers that are kept for others.
func (e *erasure) address() error {
	if e.whose.Email != "" {
		err := e.exec(
			"DELETE FROM invitations WHERE email = @email",
			"DELETE FROM mail_codes WHERE email = @email",
			"DELETE FROM mails WHERE lower(address) = @email")
		if err != nil {
			return err
		}
	}
	for _, told := range []string{e.whose.Name, e.whose.Handle, e.whose.Email} {
		if told == "" {
			continue
		}
		part := "%" + store.Literal(told) + "%"
		err := e.tx.Exec("UPDATE once_keys SET body = NULL, location = NULL WHERE body LIKE ? ESCAPE '!' OR location LIKE ? ESCAPE '!'", part, part).Error
		if err != nil {
			return err
		}
	}
	return nil
}

// account leaves a row that names nobody, for what refers to it; and so for the
// accounts that were merged into it.
func (e *erasure) account() error {
	return e.exec(
		"UPDATE people SET disabled_by = NULL WHERE id = @me",
		`UPDATE people SET handle = 'former-' || id, name = @name, affiliation = '', pronouns = '', picture = '', email = NULL, email_confirmed_at = NULL,
			password_hash = '', administrator = FALSE, imported_from = NULL, time_zone = '', language = '', last_seq = 0, last_item = 0,
			waiting_since = NULL, sign_up_note = '', disabled_at = NULL, disabled_reason = '', totp_secret = '', totp_since = NULL, totp_last_step = 0,
			erased_at = @now WHERE id = @me OR linked_to = @me`)
}

// farewell tells the person, at the address that was theirs, and has the files
// deleted.
func (e *erasure) farewell() error {
	if e.whose.Email != "" {
		err := e.people.Post(e.tx, mail.Letter{Kind: "erased", To: mail.Address{Email: e.whose.Email}, Language: e.whose.Language})
		if err != nil {
			return err
		}
	}
	if len(e.sums) == 0 {
		return nil
	}
	return e.later.Drop(e.tx, e.sums, e.now().Add(again))
}
