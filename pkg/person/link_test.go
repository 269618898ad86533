package person_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/person"
	"plenary/pkg/store"
)

// imported makes or finds an imported account.
func (h *house) imported(key, name string) person.Brief {
	h.t.Helper()
	var b person.Brief
	err := h.db.Write(h.ctx, func(tx *store.Tx) (err error) {
		b, err = h.Imported(tx, key, name, "Mill", h.clock.now().AddDate(-7, 0, 0))
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return b
}

func TestAnImportedPersonIsMadeOnceAndUnclaimed(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.add("sion")
		made := h.imported("loomio:Sion", "Sion")
		if made.Handle != "sion-2" || made.Affiliation != "Mill" {
			t.Errorf("%+v", made)
		}
		if again := h.imported("loomio:Sion", "Another name"); again != made {
			t.Errorf("again: %+v", again)
		}
		if other := h.imported("loomio:Sion W", "Sion"); other.ID == made.ID {
			t.Error("another key, the same person")
		}
		p, err := h.ByID(h.ctx, made.ID)
		if err != nil || !p.Imported || p.HasPassword || p.Email != "" || p.CreatedAt.Year() != 2019 {
			t.Errorf("%+v, %v", p, err)
		}
		err = h.db.Write(h.ctx, func(tx *store.Tx) error {
			_, err := h.Imported(tx, "k", "", "", h.clock.now())
			return err
		})
		wantField(t, err, "name", "field.required")
	})
}

func TestWhatCannotBeLinked(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ana, ben := h.add("ana"), h.add("ben")
		ghost, shade := h.imported("a", "Ghost"), h.imported("b", "Shade")
		claimed := h.imported("c", "Claimed")
		if err := h.SetPassword(h.ctx, access.System(), claimed.Handle, secret); err != nil {
			t.Fatal(err)
		}
		want(t, h.Link(h.ctx, ana.Actor(), ghost.ID, ana.ID), errs.Forbidden, "access.needs_administrator")
		for _, c := range []struct {
			from, to    int64
			field, code string
		}{
			{999, ana.ID, "imported", "field.unknown"},
			{ana.ID, ben.ID, "imported", "person.link_not_imported"},
			{claimed.ID, ben.ID, "imported", "person.link_not_imported"},
			{ghost.ID, 999, "person", "field.unknown"},
			{ghost.ID, shade.ID, "person", "person.link_not_real"},
			{ghost.ID, ghost.ID, "person", "person.link_not_real"},
		} {
			wantField(t, h.Link(h.ctx, access.System(), c.from, c.to), c.field, c.code)
		}
		if err := h.Link(h.ctx, access.System(), ghost.ID, ana.ID); err != nil {
			t.Fatal(err)
		}
		wantField(t, h.Link(h.ctx, access.System(), ghost.ID, ben.ID), "imported", "person.link_done")
		wantField(t, h.Link(h.ctx, access.System(), shade.ID, ghost.ID), "person", "person.link_not_real")
	})
}

// references finds every column that names a person, as the schema has it.
func (h *house) references() []string {
	h.t.Helper()
	query := `SELECT m.name || '.' || f."from" FROM sqlite_master AS m JOIN pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND f."table" = 'people' ORDER BY 1`
	if h.db.Postgres() {
		query = `SELECT c.conrelid::regclass || '.' || a.attname FROM pg_constraint AS c JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)
			WHERE c.contype = 'f' AND c.confrelid = 'people'::regclass ORDER BY 1`
	}
	var out []string
	if err := h.db.Read(h.ctx).Raw(query).Scan(&out).Error; err != nil || len(out) < 25 {
		h.t.Fatalf("%d columns name a person: %v", len(out), err)
	}
	return out
}

// assembly is a forum in which @from and @to have done everything that can be
// done, much of it both of them.
var assembly = []string{
	"INSERT INTO groups (id, handle, name, visibility, created_by, created_at) VALUES (1, 'g1', 'G', 'public', @from, 1), (2, 'g2', 'G', 'public', @to, 1), (3, 'g3', 'G', 'public', @to, 1)",
	"INSERT INTO memberships (group_id, person_id, role, created_at) VALUES (1, @from, 'moderator', 1), (1, @to, 'member', 2), (2, @from, 'member', 1), (3, @from, 'member', 3), (3, @to, 'admin', 4)",
	"INSERT INTO invitations (id, group_id, token_hash, role, created_by, created_at, expires_at, max_uses, accepted_by) VALUES (1, 1, @bytes, 'member', @from, 1, 2, 3, @from)",
	`INSERT INTO groups (id, handle, name, visibility, created_by, created_at) VALUES (4, 'g4', 'G', 'public', @to, 1), (5, 'g5', 'G', 'public', @to, 1)`,
	"INSERT INTO memberships (group_id, person_id, role, created_at) VALUES (4, @to, 'member', 1), (5, @to, 'member', 1)",
	"INSERT INTO bans (group_id, person_id, reason, banned_by, created_at) VALUES (4, @from, 'r', @from, 1)",
	"INSERT INTO join_requests (group_id, person_id, created_at, decision, decided_by) VALUES (5, @from, 1, 'declined', @from), (4, @from, 1, '', NULL), (4, @to, 1, '', NULL)",
	"INSERT INTO providers (id, name, issuer, client_id, created_by, created_at) VALUES (1, 'P', 'i', 'c', @from, 1)",
	"UPDATE people SET disabled_by = @from WHERE id = @from",
	`INSERT INTO threads (id, group_id, author_id, title, visibility, created_at, closed_at, last_activity_at, closed_by, seen_by_count)
		VALUES (1, 1, @from, 'T', 'public', 1, 2, 1, @from, 2), (2, 1, @to, 'T', 'public', 1, NULL, 1, NULL, 1)`,
	"INSERT INTO thread_groups (thread_id, group_id, shared_by, created_at) VALUES (1, 2, @from, 1)",
	"INSERT INTO thread_guests (thread_id, person_id, invited_by, created_at) VALUES (1, @from, @from, 1), (1, @to, @to, 1), (2, @from, @to, 1)",
	"INSERT INTO thread_versions (thread_id, version, title, body, editor_id, at) VALUES (1, 1, 't', 'b', @from, 1)",
	"INSERT INTO comments (id, thread_id, seq, author_id, created_at, deleted_at, deleted_by) VALUES (1, 1, 1, @from, 1, 2, @from), (2, 1, 2, @to, 1, NULL, NULL)",
	"INSERT INTO comment_versions (comment_id, version, body, editor_id, at) VALUES (1, 1, 'b', @from, 1)",
	"INSERT INTO themes (id, thread_id, seq, proposer_id, title, state, state_by, created_at, support_count) VALUES (1, 1, 3, @from, 'T', 'declined', @from, 1, 2), (2, 1, 4, @to, 'T', 'proposed', NULL, 1, 1)",
	"INSERT INTO theme_versions (theme_id, version, title, description, editor_id, at) VALUES (1, 1, 't', 'd', @from, 1)",
	"INSERT INTO theme_supports (theme_id, person_id, created_at) VALUES (1, @from, 1), (1, @to, 1), (2, @from, 1)",
	"INSERT INTO reactions (comment_id, person_id, emoji, created_at) VALUES (1, @from, '+', 1), (1, @to, '+', 1), (1, @from, '-', 1)",
	"INSERT INTO mentions (person_id, comment_id, created_at) VALUES (@from, 1, 1), (@to, 1, 1), (@from, 2, 1)",
	"INSERT INTO files (owner_id, thread_id, name, media_type, size, sha256, created_at) VALUES (@from, 1, 'f', 'text/plain', 1, 'x', 1)",
	"INSERT INTO read_states (thread_id, person_id, seq, item, seen_at) VALUES (1, @from, 9, 9, 1), (1, @to, 5, 5, 1), (2, @from, 3, 3, 1)",
	`INSERT INTO polls (id, thread_id, author_id, title, method, rules, results, state, created_at, closed_at, opened_at, closed_by, voter_count, ballot_count) VALUES
		(1, 1, @from, 'both, open, one ballot', 'choice', '', 'always', 'open', 1, NULL, 1, NULL, 2, 1),
		(2, 1, @to, 'both, open, two ballots', 'choice', '', 'always', 'open', 1, NULL, 1, NULL, 2, 2),
		(3, 1, @to, 'one, closed', 'choice', '', 'always', 'closed', 1, 2, 1, @from, 1, 1),
		(4, 1, @to, 'both, closed', 'choice', '', 'always', 'closed', 1, 2, 1, @to, 2, 0)`,
	"INSERT INTO poll_voters (poll_id, person_id) VALUES (1, @from), (1, @to), (2, @from), (2, @to), (3, @from), (4, @from), (4, @to)",
	`INSERT INTO ballots (id, poll_id, voter_id, choices, revision, receipt, cast_at) VALUES
		(1, 1, @from, '[1]', 1, 'r1', 1), (2, 2, @from, '[2]', 1, 'r2', 1), (3, 2, @to, '[3]', 1, 'r3', 1), (4, 3, @from, '[4]', 1, 'r4', 1)`,
	"UPDATE ballots SET cast_by = @from WHERE id = 4",
	"INSERT INTO ballot_revisions (ballot_id, revision, choices, reason, cast_at, cast_by) VALUES (4, 1, '[4]', '', 1, @from)",
	"INSERT INTO poll_options (id, poll_id, position, label, added_by) VALUES (1, 1, 0, 'A', @from)",
	"INSERT INTO hidden_reasons (poll_id, reason, hidden_by, why, hidden_at) VALUES (1, @bytes, @from, 'w', 1)",
	"INSERT INTO poll_guests (poll_id, person_id, email, token_hash, invited_by, created_at) VALUES (1, @from, 'g', @bytes, @from, 1)",
	"INSERT INTO poll_named (poll_id, person_id) VALUES (1, @from), (1, @to), (2, @from)",
	"INSERT INTO poll_tellings (poll_id, kind, by_id, created_at) VALUES (1, 'k', @from, 1)",
	"INSERT INTO poll_mails (person_id, group_id, wants, token) VALUES (@from, 1, 'none', 'a'), (@to, 1, 'all', 'b'), (@from, 2, 'none', 'c')",
	"INSERT INTO delegations (group_id, from_id, to_id, created_at) VALUES (1, @from, @to, 1), (2, @to, @from, 1)",
	"INSERT INTO poll_templates (group_id, name, settings, created_by, created_at) VALUES (1, 'T', '{}', @from, 1)",
	"INSERT INTO outcomes (poll_id, author_id, statement, statement_html, created_at) VALUES (3, @from, 's', 's', 1)",
	"UPDATE themes SET put_by = @from WHERE id = 2",
	"INSERT INTO theme_rules (thread_id, changed_by, changed_at) VALUES (1, @from, 1)",
	"INSERT INTO theme_proposers (theme_id, person_id, asked_by, asked_at) VALUES (2, @from, @from, 1)",
	"INSERT INTO theme_merges (id, theme_id, into_id, state, suggested_by, suggested_at, decided_by) VALUES (1, 1, 2, 'refused', @from, 1, @from)",
	"INSERT INTO theme_merge_answers (merge_id, person_id, answer, at) VALUES (1, @from, 'agree', 1)",
	"INSERT INTO theme_apart (one_id, other_id, by_id, at) VALUES (1, 2, @from, 1)",
	"INSERT INTO programmes (id, thread_id, title, time_zone, template, created_by, created_at) VALUES (1, 1, 'P', 'UTC', 'meeting', @from, 1), (2, 1, 'P', 'UTC', 'meeting', @to, 1)",
	"INSERT INTO programme_versions (programme_id, version, revision, title, snapshot, by_id, at) VALUES (1, 1, 1, 'P', '{}', @from, 1)",
	"INSERT INTO programme_sessions (id, programme_id, title, state, proposed_by, created_at) VALUES (1, 1, 'S', 'confirmed', @from, 1), (2, 1, 'S', 'confirmed', @to, 1)",
	"INSERT INTO programme_session_people (session_id, part, person_id) VALUES (1, 'speaker', @from), (1, 'speaker', @to), (2, 'host', @from)",
	"INSERT INTO programme_material (session_id, title, link, added_by, added_at) VALUES (1, 'M', 'l', @from, 1)",
	"INSERT INTO programme_signups (session_id, person_id, place, waiting, at, came_by) VALUES (1, @from, 1, FALSE, 1, @from), (1, @to, 2, TRUE, 1, NULL), (2, @from, 1, FALSE, 1, NULL)",
	"INSERT INTO programme_calendars (programme_id, person_id, token, created_at) VALUES (1, @from, 'a', 1), (1, @to, 'b', 1), (2, @from, 'c', 1)",
	"INSERT INTO programme_tellings (programme_id, kind, version, since, by_id, created_at) VALUES (1, 'k', 1, 0, @from, 1)",
	"INSERT INTO sessions (person_id, token_hash, created_at, last_used_at, expires_at) VALUES (@from, @bytes, 1, 1, 1)",
	"INSERT INTO api_tokens (person_id, token_hash, name, created_at) VALUES (@from, @bytes, 'n', 1)",
	"INSERT INTO passkeys (person_id, credential_id, credential, name, created_at) VALUES (@from, @bytes, '{}', 'n', 1)",
	"INSERT INTO recovery_codes (person_id, code_hash) VALUES (@from, @bytes)",
	"INSERT INTO identities (provider_id, subject, person_id, created_at) VALUES (1, 's', @from, 1)",
	"INSERT INTO flows (kind, token_hash, person_id, created_at, expires_at) VALUES ('k', @bytes, @from, 1, 2)",
	"INSERT INTO mail_codes (purpose, email, person_id, token_hash, code_hash, created_at, expires_at) VALUES ('sign_in', 'e', @from, @bytes, @bytes, 1, 2)",
	"INSERT INTO email_changes (person_id, new_email, created_at, expires_at) VALUES (@from, 'e', 1, 2)",
	"INSERT INTO mails (kind, address, person_id, created_at) VALUES ('k', 'a', @from, 1)",
	"INSERT INTO exports (person_id, asked_at, expires_at) VALUES (@from, 1, 2)",
	"INSERT INTO old_handles (kind, handle, target_id, created_at) VALUES ('person', 'older', @from, 1)",
}

// furnish fills the house with an assembly, and both inboxes.
func (h *house) furnish(from, to int64) {
	h.t.Helper()
	for _, statement := range assembly {
		h.exec(statement, map[string]any{"from": from, "to": to, "bytes": []byte("0123456789abcdef")})
	}
	err := h.db.Write(h.ctx, func(tx *store.Tx) error {
		for i, inbox := range []int64{to, from, to, from, from} {
			if _, err := tx.Emit(event.Event{Topic: event.Inbox(inbox), Kind: event.CommentCreated, At: h.clock.now(), Actor: from, Subject: int64(100 + i)}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

// movedElsewhere is what the room of the themes moves, as what it registers with
// OnMerge; it is tested there.
var movedElsewhere = map[string]bool{"theme_proposers.person_id": true, "theme_merge_answers.person_id": true}

func TestEverythingOfAnImportedPersonBecomesTheRealOnes(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ana, ghost := h.add("ana"), h.imported("a", "Ghost")
		h.furnish(ghost.ID, ana.ID)
		filled := map[string]bool{}
		for _, column := range h.references() {
			table, name, _ := strings.Cut(column, ".")
			filled[column] = h.number(fmt.Sprintf("SELECT COUNT(*) FROM %s WHERE %s = ?", table, name), ghost.ID) > 0
			if !filled[column] && column != "people.linked_to" {
				t.Errorf("%s has nothing of the imported person, so it is not tested", column)
			}
		}
		if err := h.Link(h.ctx, access.System(), ghost.ID, ana.ID); err != nil {
			t.Fatal(err)
		}
		for column := range filled {
			if movedElsewhere[column] {
				continue
			}
			table, name, _ := strings.Cut(column, ".")
			if table == "theme_merge_answers" || column == "theme_proposers.person_id" {
				continue // those pkg/theme moves, which counts them anew
			}
			condition := ""
			if table == "poll_voters" {
				condition = " AND poll_id <> 4" // closed, and both were in it
			}
			if n := h.number(fmt.Sprintf("SELECT COUNT(*) FROM %s WHERE %s = ?"+condition, table, name), ghost.ID); n != 0 {
				t.Errorf("%s still names the imported person", column)
			}
		}
		if found := h.imported("a", "Ghost"); found != ana.Brief {
			t.Errorf("the import finds %+v", found)
		}
		if p, err := h.ByHandle(h.ctx, ghost.Handle); err != nil || p != ana {
			t.Errorf("the old handle leads to %+v, %v", p, err)
		}
		if told := h.told(); len(told) != 2 {
			t.Errorf("told of %v; want both", told)
		}
	})
}

func TestWhatBothDidCountsOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ana, ghost := h.add("ana"), h.imported("a", "Ghost")
		h.furnish(ghost.ID, ana.ID)
		if err := h.Link(h.ctx, access.System(), ghost.ID, ana.ID); err != nil {
			t.Fatal(err)
		}
		got := map[string]int64{}
		wanted := map[string]int64{
			"SELECT COUNT(*) FROM memberships":                                           4,
			"SELECT COUNT(*) FROM memberships WHERE group_id = 4":                        0, // banned under the other name
			"SELECT COUNT(*) FROM join_requests WHERE group_id = 4":                      1,
			"SELECT COUNT(*) FROM thread_guests":                                         2,
			"SELECT COUNT(*) FROM old_handles":                                           1,
			"SELECT COUNT(*) FROM memberships WHERE group_id = 1 AND role = 'moderator'": 1,
			"SELECT COUNT(*) FROM memberships WHERE group_id = 3 AND role = 'admin'":     1,
			"SELECT seen_by_count FROM threads WHERE id = 1":                             1,
			"SELECT seen_by_count FROM threads WHERE id = 2":                             1,
			"SELECT seq FROM read_states WHERE thread_id = 1":                            9,
			"SELECT COUNT(*) FROM read_states":                                           2,
			"SELECT support_count FROM themes WHERE id = 1":                              1,
			"SELECT support_count FROM themes WHERE id = 2":                              1,
			"SELECT COUNT(*) FROM theme_supports":                                        2,
			"SELECT COUNT(*) FROM reactions":                                             2,
			"SELECT COUNT(*) FROM mentions":                                              2,
			"SELECT voter_count FROM polls WHERE id = 1":                                 1,
			"SELECT ballot_count FROM polls WHERE id = 1":                                1,
			"SELECT id FROM ballots WHERE poll_id = 1":                                   1,
			"SELECT voter_count FROM polls WHERE id = 2":                                 1,
			"SELECT ballot_count FROM polls WHERE id = 2":                                1,
			"SELECT id FROM ballots WHERE poll_id = 2":                                   3,
			"SELECT voter_count FROM polls WHERE id = 3":                                 1,
			"SELECT id FROM ballots WHERE poll_id = 3":                                   4,
			"SELECT voter_count FROM polls WHERE id = 4":                                 2,
			"SELECT COUNT(*) FROM poll_voters WHERE poll_id = 4":                         2,
			"SELECT COUNT(*) FROM poll_voters":                                           5,
		}
		for query := range wanted {
			got[query] = h.number(query)
		}
		if diff := cmp.Diff(wanted, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestTwoInboxesBecomeOneWithoutGaps(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ana, ghost := h.add("ana"), h.imported("a", "Ghost")
		h.furnish(ghost.ID, ana.ID)
		if err := h.Link(h.ctx, access.System(), ghost.ID, ana.ID); err != nil {
			t.Fatal(err)
		}
		events, err := store.Events(h.db.Read(h.ctx), event.Inbox(ana.ID), store.Span{Limit: 10})
		if err != nil {
			t.Fatal(err)
		}
		var subjects []int64
		for i, e := range events {
			subjects = append(subjects, e.Subject)
			if e.Seq != int64(i+1) || e.Item != int64(i+1) {
				t.Errorf("event %d has seq %d and item %d", i, e.Seq, e.Item)
			}
		}
		if diff := cmp.Diff([]int64{100, 102, 101, 103, 104}, subjects); diff != "" {
			t.Error(diff)
		}
		heads, err := h.db.Heads(h.ctx, []event.Topic{event.Inbox(ana.ID), event.Inbox(ghost.ID)})
		if err != nil || heads[event.Inbox(ana.ID)] != 5 || heads[event.Inbox(ghost.ID)] != 0 {
			t.Errorf("heads %v, %v", heads, err)
		}
	})
}
