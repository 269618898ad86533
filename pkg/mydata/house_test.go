package mydata_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/blob"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/forum"
	"plenary/pkg/group"
	"plenary/pkg/i18n"
	"plenary/pkg/mail"
	"plenary/pkg/markup"
	"plenary/pkg/mydata"
	"plenary/pkg/person"
	"plenary/pkg/poll"
	"plenary/pkg/store"
	"plenary/pkg/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

const secret = "a long walk by the river"

// What is known of the person that the tests are about. Whatever else they wrote
// holds these words, so that they can be looked for.
const (
	herName   = "Zora Quillfeather"
	herHandle = "zora-q"
	herEmail  = "zora@quill.example"
)

// house is a forum with Zora, who will ask for her data, and Ben.
type house struct {
	*mydata.Data
	t      *testing.T
	ctx    context.Context
	db     *store.DB
	blobs  *blob.Store
	people *person.People
	groups *group.Groups
	polls  *poll.Polls

	mu      sync.Mutex
	at      time.Time
	letters []mail.Letter
	asked   []int64    // exports to be made
	dropped [][]string // files to be dropped
	heard   []event.Signal

	zora, ben, root person.Person
}

func (h *house) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.at
}

func (h *house) pass(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.at = h.at.Add(d)
}

func each(t *testing.T, test func(t *testing.T, h *house)) {
	t.Helper()
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) { test(t, open(t, db)) })
}

func open(t *testing.T, db *store.DB) *house {
	h := &house{t: t, ctx: t.Context(), db: db, at: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)}
	words, err := i18n.Load()
	h.must(err)
	h.blobs, err = blob.Open(t.TempDir())
	h.must(err)
	h.people = person.New(db, h.now, rand.Reader, person.WithCost(person.Cost{Memory: 8, Time: 1, Threads: 1}), person.WithPost(func(tx *store.Tx, l mail.Letter) error {
		tx.AfterCommit(func() { h.letters = append(h.letters, l) })
		return nil
	}))
	h.people.OnRightsChanged(func(s event.Signal) { h.heard = append(h.heard, s) })
	h.groups = group.New(db, h.people, h.now, rand.Reader)
	h.polls = poll.New(db, h.groups, forum.New(db, h.people, markup.New(), h.now), nil, h.now, rand.Reader)
	h.Data = mydata.New(db, h.people, h.groups, h.polls, h.blobs, words, mydata.Later{
		Make: func(tx *store.Tx, id int64) error {
			tx.AfterCommit(func() { h.asked = append(h.asked, id) })
			return nil
		},
		Drop: func(tx *store.Tx, sums []string, _ time.Time) error {
			tx.AfterCommit(func() { h.dropped = append(h.dropped, slices.Clone(sums)) })
			return nil
		},
	}, h.now)
	h.zora = h.add(person.NewPerson{Name: herName, Handle: herHandle, Email: herEmail, Affiliation: herName + " Mill"})
	h.ben = h.add(person.NewPerson{Name: "Ben", Handle: "ben", Email: "ben@example.org"})
	h.root = h.add(person.NewPerson{Name: "Root", Handle: "root", Administrator: true})
	return h
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) add(in person.NewPerson) person.Person {
	h.t.Helper()
	in.Password = secret
	p, err := h.people.Add(h.ctx, access.System(), in)
	h.must(err)
	return p
}

func (h *house) exec(sql string, args ...any) {
	h.t.Helper()
	if err := h.db.Write(h.ctx, func(tx *store.Tx) error { return tx.Exec(sql, args...).Error }); err != nil {
		h.t.Fatalf("%s: %v", sql, err)
	}
}

func (h *house) number(sql string, args ...any) int64 {
	h.t.Helper()
	var n int64
	if err := h.db.Read(h.ctx).Raw(sql, args...).Row().Scan(&n); err != nil {
		h.t.Fatalf("%s: %v", sql, err)
	}
	return n
}

func want(t *testing.T, err error, kind errs.Kind, code string) {
	t.Helper()
	if !errs.Is(err, kind) || errs.CodeOf(err) != code {
		t.Errorf("got %v; want %v %s", err, kind, code)
	}
}

func wantField(t *testing.T, err error, field, code string) {
	t.Helper()
	e, ok := errors.AsType[*errs.Error](err)
	if !ok || e.Fields[field].Code != code {
		t.Errorf("got %v; want field %s with %q", err, field, code)
	}
}

// assembly is a forum in which @me has done everything that can be done, with
// @name, @handle and @email in all her words, and @ben some of it. Group 1 keeps
// the words of former members, group 2 removes them. Words of hers in group 1
// are without her name: those stay by the group's choice.
var assembly = []string{
	"INSERT INTO groups (id, handle, name, visibility, created_by, created_at, on_erasure) VALUES (1, 'keeping', 'Keeping', 'public', @me, 1, 'keep'), (2, 'removing', 'Removing', 'secret', @ben, 1, 'remove')",
	"INSERT INTO memberships (group_id, person_id, role, title, created_at) VALUES (1, @me, 'moderator', @name, 1), (1, @ben, 'admin', '', 1), (2, @me, 'admin', '', 1), (2, @ben, 'admin', '', 1)",
	"INSERT INTO invitations (id, group_id, token_hash, role, created_by, created_at, expires_at, max_uses, email, accepted_by) VALUES (1, 1, @bytes, 'member', @me, 1, 2, 3, '', @me), (2, 1, @other, 'member', @ben, 1, 2, 3, @email, NULL)",
	"INSERT INTO join_requests (group_id, person_id, question, answer, note, created_at, decision, decided_by) VALUES (1, @me, 'who', @name, @name, 1, 'approved', @me)",
	"INSERT INTO bans (group_id, person_id, reason, banned_by, created_at) VALUES (1, @me, @name, @me, 1)",
	"INSERT INTO providers (id, name, issuer, client_id, created_by, created_at) VALUES (1, 'P', 'i', 'c', @me, 1)",
	`INSERT INTO threads (id, group_id, author_id, title, body, body_html, visibility, created_at, closed_at, closed_by, close_reason, last_activity_at, comment_count, seen_by_count)
		VALUES (1, 1, @me, 'Kept thread', 'kept thread body', 'kept', 'public', 1, 2, @me, 'kept reason', 1, 2, 2), (2, 2, @me, 'Emptied thread', @name, @email, 'members', 1, 2, @me, @handle, 1, 3, 1)`,
	"INSERT INTO thread_versions (thread_id, version, title, body, editor_id, at) VALUES (1, 1, 't', 'kept version', @me, 1), (2, 1, 't', @name, @me, 1), (2, 2, 't', @name, @ben, 2)",
	"INSERT INTO thread_groups (thread_id, group_id, shared_by, created_at) VALUES (1, 2, @me, 1)",
	"INSERT INTO thread_guests (thread_id, person_id, invited_by, created_at) VALUES (1, @me, @me, 1)",
	`INSERT INTO comments (id, thread_id, seq, author_id, parent_id, body, body_html, created_at, deleted_at, deleted_by, reply_count) VALUES
		(1, 1, 1, @me, NULL, 'kept comment', 'kept', 1, NULL, NULL, 0), (2, 1, 2, @ben, NULL, '', '', 1, 2, @me, 0),
		(3, 2, 1, @ben, NULL, 'of Ben', 'of Ben', 1, NULL, NULL, 1), (4, 2, 2, @me, 3, @name, @email, 1, NULL, NULL, 1), (5, 2, 3, @ben, 4, 'a reply of Ben', '', 1, NULL, NULL, 0)`,
	"INSERT INTO comment_versions (comment_id, version, body, editor_id, at) VALUES (1, 1, 'kept version', @me, 1), (4, 1, @name, @me, 1)",
	"INSERT INTO reactions (comment_id, person_id, emoji, created_at) VALUES (1, @me, '+', 1), (3, @me, '+', 1), (4, @ben, '+', 1)",
	"INSERT INTO mentions (person_id, comment_id, created_at) VALUES (@me, 2, 1), (@ben, 4, 1)",
	"INSERT INTO read_states (thread_id, person_id, seq, item, seen_at) VALUES (1, @me, 1, 1, 1), (1, @ben, 1, 1, 1), (2, @me, 1, 1, 1)",
	`INSERT INTO themes (id, thread_id, seq, proposer_id, title, description, description_html, state, state_by, state_reason, from_comment_id, quote, created_at, support_count) VALUES
		(1, 1, 3, @me, 'Kept theme', 'kept description', 'kept', 'declined', @me, 'kept reason', NULL, '', 1, 1), (2, 2, 4, @me, 'Emptied theme', @name, @name, 'declined', @me, @handle, 4, @name, 1, 0)`,
	"INSERT INTO theme_versions (theme_id, version, title, description, editor_id, at) VALUES (1, 1, 't', 'kept', @me, 1), (2, 1, 't', @name, @me, 1)",
	"INSERT INTO theme_supports (theme_id, person_id, created_at) VALUES (1, @me, 1)",
	"UPDATE themes SET put_by = @me WHERE id = 1",
	"INSERT INTO theme_proposers (theme_id, person_id, asked_by, asked_at, answer) VALUES (1, @me, @ben, 1, 'accepted'), (2, @me, @ben, 1, ''), (2, @ben, @me, 1, '')",
	`INSERT INTO theme_merges (id, theme_id, into_id, state, reason, suggested_by, suggested_at, decided_by, decided_at, decision) VALUES
		(1, 2, 1, 'refused', @name, @me, 1, @me, 1, @handle)`,
	"INSERT INTO theme_merge_answers (merge_id, person_id, answer, at) VALUES (1, @me, 'agree', 1)",
	"INSERT INTO theme_apart (one_id, other_id, by_id, at) VALUES (1, 2, @me, 1)",
	"INSERT INTO theme_rules (thread_id, changed_by, changed_at) VALUES (1, @me, 1)",
	`INSERT INTO polls (id, thread_id, author_id, title, details, method, rules, results, state, created_at, closed_at, opened_at, closed_by, voter_count, ballot_count) VALUES
		(1, 1, @me, 'Open poll', 'kept details', 'choice', '', 'always', 'open', 1, NULL, 1, NULL, 2, 2), (2, 2, @me, 'Closed poll', @name, 'choice', '', 'always', 'closed', 1, 2, 1, @me, 2, 1)`,
	"INSERT INTO poll_voters (poll_id, person_id) VALUES (1, @me), (1, @ben), (2, @me), (2, @ben)",
	"INSERT INTO ballots (id, poll_id, voter_id, choices, reason, reason_html, revision, receipt, cast_at) VALUES (1, 1, @me, '[1]', @name, @name, 1, 'r1', 1), (2, 1, @ben, '[1]', '', '', 1, 'r2', 1), (3, 2, @me, '[2]', @name, @email, 1, 'r3', 1)",
	"INSERT INTO ballot_revisions (ballot_id, revision, choices, reason, cast_at, cast_by) VALUES (3, 1, '[2]', @name, 1, @me)",
	"UPDATE ballots SET cast_by = @me, reasons = @name WHERE id = 3",
	"INSERT INTO poll_guests (poll_id, person_id, email, token_hash, invited_by, created_at) VALUES (1, @me, lower(@email), @bytes, @me, 1), (1, @ben, 'ben@example.org', @other, @me, 1)",
	"INSERT INTO poll_named (poll_id, person_id) VALUES (1, @me)",
	"INSERT INTO poll_tellings (poll_id, kind, by_id, created_at) VALUES (1, 'k', @me, 1)",
	"INSERT INTO poll_mails (person_id, group_id, wants, token) VALUES (@me, 1, 'needed', 'a secret')",
	"INSERT INTO delegations (group_id, from_id, to_id, created_at) VALUES (1, @me, @ben, 1), (1, @ben, @me, 1)",
	"INSERT INTO poll_templates (group_id, name, settings, created_by, created_at) VALUES (1, 'T', '{}', @me, 1)",
	"INSERT INTO hidden_reasons (poll_id, reason, hidden_by, why, hidden_at) VALUES (2, @bytes, @me, 'kept why', 1)",
	"INSERT INTO outcomes (poll_id, author_id, statement, statement_html, created_at) VALUES (2, @me, 'decided', 'decided', 1)",
	`INSERT INTO programmes (id, thread_id, title, time_zone, template, created_by, created_at) VALUES (1, 1, 'Kept programme', 'UTC', 'meeting', @me, 1),
		(2, 2, 'Programme', 'UTC', 'meeting', @ben, 1)`,
	"INSERT INTO programme_versions (programme_id, version, revision, title, note, snapshot, by_id, at) VALUES (1, 1, 1, 'Kept programme', 'kept note', '{}', @me, 1)",
	`INSERT INTO programme_sessions (id, programme_id, title, description, description_html, state, proposed_by, put_forward, created_at) VALUES
		(1, 1, 'Kept session', 'kept description', 'kept', 'confirmed', @me, FALSE, 1), (2, 2, 'Emptied session', @name, @email, 'proposed', @me, TRUE, 1)`,
	"INSERT INTO programme_session_people (session_id, part, person_id) VALUES (1, 'speaker', @me), (1, 'host', @ben)",
	"INSERT INTO programme_material (session_id, title, link, added_by, added_at) VALUES (1, 'Kept material', '/files/1', @me, 1)",
	"INSERT INTO programme_signups (session_id, person_id, place, at, came_by) VALUES (1, @me, 1, 1, NULL), (1, @ben, 2, 1, @me)",
	"INSERT INTO programme_calendars (programme_id, person_id, token, created_at) VALUES (1, @me, 'another secret', 1)",
	"INSERT INTO programme_tellings (programme_id, kind, version, since, by_id, created_at) VALUES (1, 'k', 1, 0, @me, 1)",
	"INSERT INTO sessions (person_id, token_hash, device, created_at, last_used_at, expires_at) VALUES (@me, @other, @name, 1, 1, 1)",
	"INSERT INTO api_tokens (person_id, token_hash, name, created_at) VALUES (@me, @other, @name, 1)",
	"INSERT INTO passkeys (person_id, credential_id, credential, name, created_at) VALUES (@me, @other, @handle, @name, 1)",
	"INSERT INTO recovery_codes (person_id, code_hash) VALUES (@me, @other)",
	"INSERT INTO identities (provider_id, subject, person_id, email, created_at) VALUES (1, @handle, @me, @email, 1)",
	"INSERT INTO flows (kind, token_hash, person_id, data, created_at, expires_at) VALUES ('k', @other, @me, @name, 1, 2)",
	"INSERT INTO mail_codes (purpose, email, person_id, token_hash, code_hash, created_at, expires_at) VALUES ('sign_in', @email, @me, @other, @other, 1, 2), ('sign_in', @email, NULL, @bytes, @bytes, 1, 2)",
	"INSERT INTO email_changes (person_id, new_email, created_at, expires_at) VALUES (@me, 'new' || @email, 1, 2)",
	"INSERT INTO mails (kind, address, name, person_id, args, created_at) VALUES ('k', @email, @name, @me, @handle, 1), ('k', @email, @name, NULL, '', 1)",
	"INSERT INTO old_handles (kind, handle, target_id, created_at) VALUES ('person', 'old-' || @handle, @me, 1)",
	"INSERT INTO once_keys (person_id, key, scope, created_at, body, location) VALUES (@me, 'k1', 's', 1, @name, ''), (@ben, 'k2', 's', 1, 'found ' || @email, '/people/' || @handle)",
	"UPDATE people SET pronouns = @name, sign_up_note = @name, disabled_reason = @name, disabled_by = @me, imported_from = 'transcript:' || @name, language = 'en', time_zone = 'Europe/Brussels', totp_secret = @handle, totp_since = 1 WHERE id = @me",
	"INSERT INTO people (id, handle, name, affiliation, imported_from, linked_to, created_at) VALUES (900, @handle || '-2', @name, @name, 'other:' || @name, @me, 1)",
}

// furnish fills the forum, with a picture and two files of Zora's.
func (h *house) furnish() {
	h.t.Helper()
	args := map[string]any{"me": h.zora.ID, "ben": h.ben.ID, "name": herName, "handle": herHandle, "email": herEmail,
		"bytes": []byte("0123456789abcdef"), "other": []byte("fedcba9876543210")}
	for _, s := range assembly {
		h.exec(s, args)
	}
	h.exec("INSERT INTO poll_options (id, poll_id, position, label, added_by) VALUES (1, 1, 0, 'Rye', NULL), (2, 2, 0, 'Spelt', ?)", h.zora.ID)
	for i, thread := range []any{1, 2, nil} {
		h.exec("INSERT INTO files (owner_id, thread_id, name, media_type, size, sha256, created_at) VALUES (?, ?, ?, 'text/plain', 1, ?, 1)",
			h.zora.ID, thread, []string{"kept.txt", herName + ".txt", "../../" + herHandle + ".txt"}[i], h.file(fmt.Sprint("content ", i)))
	}
	h.exec("UPDATE people SET picture = ? WHERE id = ?", h.file("a picture"), h.zora.ID)
	h.exec("INSERT INTO exports (person_id, asked_at, made_at, expires_at, sha256, size) VALUES (?, 1, 2, 3, ?, 1)", h.zora.ID, h.file("an export of "+herName))
	h.must(h.db.Write(h.ctx, func(tx *store.Tx) error {
		for _, e := range []event.Event{
			{Topic: event.Inbox(h.zora.ID), Kind: event.Mentioned, Actor: h.ben.ID, Subject: 2},
			{Topic: event.Inbox(h.ben.ID), Kind: event.Mentioned, Actor: h.zora.ID, Subject: 4},
			{Topic: event.Thread(2), Kind: event.ThreadClosed, Actor: h.zora.ID, Thread: 2, Subject: 2, Data: []byte(`{"reason":"` + herName + `"}`)},
		} {
			e.At = h.at
			if _, err := tx.Emit(e); err != nil {
				return err
			}
		}
		return nil
	}))
}
