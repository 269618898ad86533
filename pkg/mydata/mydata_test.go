package mydata_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/mydata"
	"plenary/pkg/person"
)

// file keeps a content and gives its checksum.
func (h *house) file(content string) string {
	h.t.Helper()
	info, err := h.blobs.PutMade(func(w io.Writer) error { _, err := io.WriteString(w, content); return err })
	h.must(err)
	return info.SHA256
}

// references finds every column that names a person, as the schema has it, and
// those that do without saying so.
func (h *house) references() []string {
	h.t.Helper()
	query := `SELECT m.name || '.' || f."from" FROM sqlite_master AS m JOIN pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND f."table" = 'people' ORDER BY 1`
	if h.db.Postgres() {
		query = `SELECT c.conrelid::regclass || '.' || a.attname FROM pg_constraint AS c JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)
			WHERE c.contype = 'f' AND c.confrelid = 'people'::regclass ORDER BY 1`
	}
	var out []string
	if err := h.db.Read(h.ctx).Raw(query).Scan(&out).Error; err != nil || len(out) < 40 {
		h.t.Fatalf("%d columns name a person: %v", len(out), err)
	}
	return append(out, "old_handles.target_id", "ballots.voter_id", "events.topic_id", "once_keys.person_id")
}

func TestEveryColumnThatNamesAPersonIsGivenOrLeftOutForAReason(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		given := map[string]bool{}
		for _, s := range mydata.Sections() {
			for _, column := range s.Gives {
				table, name, _ := strings.Cut(column, ".")
				if !strings.Contains(s.Query, "FROM "+table) || !strings.Contains(s.Query, name+" = @me") {
					t.Errorf("%s does not ask for %s", s.Name, column)
				}
				given[column] = true
			}
		}
		known := h.references()
		for _, column := range known {
			reason := mydata.LeftOut()[column]
			if given[column] == (reason != "") {
				t.Errorf("%s: given %v, left out because %q; want one of the two", column, given[column], reason)
			}
		}
		for column := range mydata.LeftOut() {
			if !slices.Contains(known, column) {
				t.Errorf("%s is left out, but there is no such column", column)
			}
		}
	})
}

// export makes Zora's export and gives its files by their names.
func (h *house) export() map[string]string {
	h.t.Helper()
	asked, err := h.AskExport(h.ctx, h.zora.Actor())
	h.must(err)
	h.must(h.MakeExport(h.ctx, asked.ID))
	made, file, err := h.OpenExport(h.ctx, h.zora.Actor(), asked.ID)
	h.must(err)
	defer file.Close()
	all, err := io.ReadAll(file)
	h.must(err)
	if int64(len(all)) != made.Size {
		h.t.Errorf("it has %d bytes and not the %d that it says", len(all), made.Size)
	}
	z, err := zip.NewReader(bytes.NewReader(all), int64(len(all)))
	h.must(err)
	out := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		h.must(err)
		content, err := io.ReadAll(r)
		h.must(err)
		out[f.Name] = string(content)
	}
	return out
}

func TestAnExportHoldsEverythingAboutThePersonAndNoSecret(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.furnish()
		files := h.export()
		var data map[string]any
		if err := json.Unmarshal([]byte(files["data.json"]), &data); err != nil {
			t.Fatalf("data.json: %v\n%s", err, files["data.json"])
		}
		for _, s := range mydata.Sections() {
			rows, ok := data[s.Name].([]any)
			if !ok || len(rows) == 0 {
				t.Errorf("%s is empty, though she has some", s.Name)
			}
			if len(rows) > 0 && !strings.Contains(files["index.html"], `id="`+s.Name+`"`) {
				t.Errorf("%s is not in the page", s.Name)
			}
		}
		account := data["account"].([]any)[0].(map[string]any)
		if account["email"] != herEmail || account["administrator"] != false || account["created_at"] != "2026-03-01T09:00:00Z" {
			t.Errorf("account %v", account)
		}
		if ballot := data["ballots"].([]any)[0].(map[string]any); fmt.Sprint(ballot["choices"]) != "[1]" {
			t.Errorf("ballot %v", ballot)
		}
		for name, content := range map[string]string{"picture.jpg": "a picture", "files/1-kept.txt": "content 0", "files/2-" + herName + ".txt": "content 1", "files/3-" + herHandle + ".txt": "content 2"} {
			if files[name] != content {
				t.Errorf("%s holds %q", name, files[name])
			}
		}
		if len(files) != 6 {
			t.Errorf("%d files", len(files))
		}
		for _, of := range []string{"ben@example.org", "of Ben", "r2", "fedcba9876543210", "totp_secret", "password_hash", "argon2"} {
			if strings.Contains(files["data.json"], of) || strings.Contains(files["index.html"], of) {
				t.Errorf("it holds %q", of)
			}
		}
		if page := files["index.html"]; strings.Contains(page, "http://") || strings.Contains(page, "https://") || strings.Contains(page, "<script") {
			t.Error("the page needs a connection, or runs something")
		}
	})
}

func TestTextsCannotActInAnExport(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.furnish()
		h.exec("UPDATE comments SET body = '<script>alert(1)</script>' WHERE id = 1")
		if page := h.export()["index.html"]; strings.Contains(page, "<script") || !strings.Contains(page, "&lt;script&gt;") {
			t.Error("a comment became a part of the page")
		}
	})
}

func TestAnExportIsForItsOwnerForSevenDays(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		zora := h.zora.Actor()
		asked, err := h.AskExport(h.ctx, zora)
		h.must(err)
		if again, err := h.AskExport(h.ctx, zora); err != nil || again.ID != asked.ID || len(h.asked) != 1 {
			t.Errorf("asked again while it is made: %+v, %v, %d jobs", again, err, len(h.asked))
		}
		_, _, err = h.OpenExport(h.ctx, zora, asked.ID)
		want(t, err, errs.NotFound, "error.not_found")
		for range 2 { // a job may run twice
			h.must(h.MakeExport(h.ctx, asked.ID))
		}
		if len(h.letters) != 1 || h.letters[0].Kind != "export_ready" || h.letters[0].To.Email != herEmail {
			t.Errorf("letters %+v", h.letters)
		}
		for _, who := range []access.Actor{h.ben.Actor(), h.root.Actor()} {
			_, _, err = h.OpenExport(h.ctx, who, asked.ID)
			want(t, err, errs.NotFound, "error.not_found")
		}
		_, _, err = h.OpenExport(h.ctx, access.Visitor(), asked.ID)
		want(t, err, errs.Unauthenticated, "access.sign_in")
		list, err := h.Exports(h.ctx, zora)
		if err != nil || len(list) != 1 || !list[0].Ready() {
			t.Errorf("list %+v, %v", list, err)
		}
		h.pass(7*24*time.Hour + time.Second)
		_, _, err = h.OpenExport(h.ctx, zora, asked.ID)
		want(t, err, errs.NotFound, "error.not_found")
		if n, err := h.DropExpired(h.ctx); err != nil || n != 1 || len(h.dropped) != 1 || len(h.dropped[0]) != 1 {
			t.Errorf("dropped %d %v, %v", n, h.dropped, err)
		}
		if n := h.number("SELECT COUNT(*) FROM exports"); n != 0 {
			t.Errorf("%d exports are left", n)
		}
	})
}

func TestThreeExportsADay(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		for range 3 {
			asked, err := h.AskExport(h.ctx, h.zora.Actor())
			h.must(err)
			h.must(h.MakeExport(h.ctx, asked.ID))
		}
		_, err := h.AskExport(h.ctx, h.zora.Actor())
		want(t, err, errs.TooMany, "mydata.exports")
		if _, err := h.AskExport(h.ctx, h.ben.Actor()); err != nil {
			t.Errorf("Ben: %v", err)
		}
		h.pass(25 * time.Hour)
		if _, err := h.AskExport(h.ctx, h.zora.Actor()); err != nil {
			t.Errorf("a day later: %v", err)
		}
		_, err = h.AskExport(h.ctx, access.Visitor())
		want(t, err, errs.Unauthenticated, "access.sign_in")
	})
}

func TestAFileIsDroppedOnceNothingRefersToIt(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		sum, fresh := h.file("shared"), h.file("put a moment ago")
		h.exec("UPDATE people SET picture = ? WHERE id IN (?, ?)", sum, h.zora.ID, h.ben.ID)
		age(t, h, sum)
		drop := func() []string {
			t.Helper()
			later, err := h.DropFiles(h.ctx, []string{sum, fresh})
			h.must(err)
			return later
		}
		h.exec("UPDATE people SET picture = '' WHERE id = ?", h.zora.ID)
		if later := drop(); !slices.Equal(later, []string{fresh}) {
			t.Errorf("to be looked at later: %v", later)
		}
		f, err := h.blobs.Open(sum)
		if err != nil {
			t.Fatal("Ben's picture is gone")
		}
		f.Close()
		h.exec("UPDATE people SET picture = '' WHERE id = ?", h.ben.ID)
		drop()
		_, err = h.blobs.Open(sum)
		want(t, err, errs.NotFound, "error.not_found")
	})
}

// age makes a kept file an hour old.
func age(t *testing.T, h *house, sum string) {
	t.Helper()
	f, err := h.blobs.Open(sum)
	h.must(err)
	defer f.Close()
	name := f.(*os.File).Name()
	past := time.Now().Add(-time.Hour)
	h.must(os.Chtimes(filepath.Clean(name), past, past))
}

func TestThePlanSaysBeforehandWhatWillHappen(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.furnish()
		p, err := h.Plan(h.ctx, h.zora.Actor(), h.zora.ID)
		h.must(err)
		if !p.Possible() || p.OpenPolls != 1 || p.ClosedPolls != 1 || len(p.Groups) != 2 {
			t.Fatalf("%+v", p)
		}
		keeping, removing := p.Groups[0], p.Groups[1]
		if keeping.Removed || !removing.Removed || keeping.Contributions != 3 || removing.Contributions != 3 || removing.Name != "Removing" {
			t.Errorf("%+v", p.Groups)
		}
		seen, err := h.Plan(h.ctx, h.root.Actor(), h.zora.ID)
		h.must(err)
		if name := seen.Groups[1].Name + seen.Groups[1].Handle; name != "" {
			t.Errorf("an administrator reads the secret group's name %q", name)
		}
		_, err = h.Plan(h.ctx, h.ben.Actor(), h.zora.ID)
		want(t, err, errs.Forbidden, "access.needs_administrator")
		_, err = h.Plan(h.ctx, access.Visitor(), h.zora.ID)
		want(t, err, errs.Unauthenticated, "access.sign_in")
	})
}

func TestWhatKeepsAnAccountFromBeingErased(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.furnish()
		zora := h.zora.Actor()
		want(t, h.Erase(h.ctx, h.ben.Actor(), h.zora.ID, herHandle), errs.Forbidden, "access.needs_administrator")
		for _, confirm := range []string{"", "zora", herName, "yes"} {
			wantField(t, h.Erase(h.ctx, zora, h.zora.ID, confirm), "confirm", "person.confirm_handle")
		}
		h.exec("UPDATE memberships SET role = 'member' WHERE group_id = 2 AND person_id = ?", h.ben.ID)
		p, err := h.Plan(h.ctx, zora, h.zora.ID)
		if err != nil || p.Possible() || len(p.Handover) != 1 || p.Handover[0].Handle != "removing" {
			t.Errorf("%+v, %v", p, err)
		}
		want(t, h.Erase(h.ctx, zora, h.zora.ID, herHandle), errs.Conflict, "mydata.last_admin")
		want(t, h.Erase(h.ctx, h.root.Actor(), h.root.ID, "root"), errs.Conflict, "person.last_administrator")
		h.exec("DELETE FROM memberships WHERE group_id = 2 AND person_id = ?", h.ben.ID)
		if err := h.Erase(h.ctx, zora, h.zora.ID, "@"+herHandle); err != nil {
			t.Errorf("alone in the group: %v", err)
		}
		want(t, h.Erase(h.ctx, h.root.Actor(), h.zora.ID, fmt.Sprint("former-", h.zora.ID)), errs.Conflict, "mydata.erased")
	})
}

func TestAfterErasingNothingInTheDatabaseNamesThePerson(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.furnish()
		for _, word := range []string{herName, herHandle, herEmail} {
			if found := h.find(word); len(found) < 10 {
				t.Fatalf("before it, %q stands in %v only, so the search itself is broken", word, found)
			}
		}
		h.must(h.Erase(h.ctx, h.zora.Actor(), h.zora.ID, herHandle))
		for _, word := range []string{herName, herHandle, herEmail, "quillfeather"} {
			for _, place := range h.find(word) {
				t.Errorf("%q still stands in %s", word, place)
			}
		}
	})
}

// find looks through every column of every table for a text.
func (h *house) find(text string) []string {
	h.t.Helper()
	query := `SELECT m.name AS "table", c.name AS "column" FROM sqlite_master AS m JOIN pragma_table_info(m.name) AS c WHERE m.type = 'table' ORDER BY 1, 2`
	contains := "instr(lower(CAST(%s AS TEXT)), ?) > 0"
	if h.db.Postgres() {
		query = `SELECT table_name AS "table", column_name AS "column" FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2`
		contains = "position(? in lower(%s::text)) > 0 OR position(encode(convert_to('" + text + "', 'UTF8'), 'hex') in %[1]s::text) > 0"
	}
	var columns []struct{ Table, Column string }
	if err := h.db.Read(h.ctx).Raw(query).Scan(&columns).Error; err != nil || len(columns) < 150 {
		h.t.Fatalf("%d columns: %v", len(columns), err)
	}
	var found []string
	for _, c := range columns {
		if h.number(fmt.Sprintf(`SELECT COUNT(*) FROM "`+c.Table+`" WHERE `+contains, `"`+c.Column+`"`), strings.ToLower(text)) > 0 {
			found = append(found, c.Table+"."+c.Column)
		}
	}
	return found
}

// stays are the columns that may still name the account once it has no name,
// each with its reason.
var stays = map[string]string{
	"groups.created_by": "the group's history", "invitations.created_by": "the group's history; it leads nowhere any more", "invitations.accepted_by": "the group's history",
	"threads.author_id": "a contribution", "threads.closed_by": "a contribution", "thread_versions.editor_id": "a contribution", "thread_groups.shared_by": "a contribution",
	"comments.author_id": "a contribution, or its place", "comments.deleted_by": "says that its author removed it", "comment_versions.editor_id": "a contribution",
	"themes.proposer_id": "a contribution", "themes.state_by": "a contribution", "theme_versions.editor_id": "a contribution", "theme_supports.person_id": "counted",
	"reactions.person_id": "counted", "files.owner_id": "a contribution", "polls.author_id": "a contribution", "polls.closed_by": "a contribution", "outcomes.author_id": "the group's decision", "hidden_reasons.hidden_by": "an act of a moderator",
	"poll_voters.person_id": "the electorate of a closed poll", "ballots.voter_id": "a ballot in a closed poll", "events.actor_id": "the timeline",
	"bans.banned_by": "another's ban", "join_requests.decided_by": "another's request", "people.linked_to": "an account that was merged", "people.disabled_by": "another's account",
	"providers.created_by": "a setting of the forum", "thread_guests.invited_by": "another's invitation", "poll_guests.invited_by": "another's invitation",
	"themes.put_by": "a contribution", "theme_proposers.person_id": "a contribution", "theme_proposers.asked_by": "another's contribution",
	"theme_merges.suggested_by": "what became of a theme", "theme_merges.decided_by": "what became of a theme", "theme_merge_answers.person_id": "support",
	"poll_options.added_by": "a contribution", "ballots.cast_by": "another's ballot", "ballot_revisions.cast_by": "another's ballot", "poll_templates.created_by": "the group's",
	"programmes.created_by": "the group's event", "programme_versions.by_id": "the group's event", "programme_sessions.proposed_by": "a contribution", "programme_material.added_by": "a contribution",
}

func TestAfterErasingOnlyContributionsReferToTheAccount(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.furnish()
		columns := h.references()
		count := func(column string) int64 {
			table, name, _ := strings.Cut(column, ".")
			condition := ""
			if column == "events.topic_id" {
				condition = " AND place = 'person'"
			}
			return h.number("SELECT COUNT(*) FROM "+table+" WHERE "+name+" = ?"+condition, h.zora.ID)
		}
		for _, column := range columns {
			if count(column) == 0 {
				t.Errorf("%s has nothing of hers, so it is not tested", column)
			}
		}
		h.must(h.Erase(h.ctx, h.zora.Actor(), h.zora.ID, herHandle))
		for _, column := range columns {
			if n := count(column); n > 0 && stays[column] == "" {
				t.Errorf("%s still refers to her %d times", column, n)
			}
		}
	})
}

func TestWhatWasWrittenStaysOrGoesAsTheGroupHasChosen(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.furnish()
		h.must(h.Erase(h.ctx, h.zora.Actor(), h.zora.ID, herHandle))
		for query, wanted := range map[string]int64{
			"SELECT COUNT(*) FROM comments WHERE id = 1 AND body = 'kept comment' AND deleted_at IS NULL":              1,
			"SELECT COUNT(*) FROM comment_versions WHERE comment_id = 1 AND body = 'kept version'":                     1,
			"SELECT COUNT(*) FROM threads WHERE id = 1 AND body = 'kept thread body' AND comment_count = 2":            1,
			"SELECT COUNT(*) FROM themes WHERE id = 1 AND description = 'kept description'":                            1,
			"SELECT COUNT(*) FROM files WHERE thread_id = 1":                                                           1,
			"SELECT COUNT(*) FROM comments WHERE id = 4 AND body = '' AND body_html = '' AND deleted_by = author_id":   1,
			"SELECT COUNT(*) FROM comment_versions WHERE comment_id = 4":                                               0,
			"SELECT COUNT(*) FROM comments WHERE id = 5 AND body = 'a reply of Ben'":                                   1,
			"SELECT reply_count FROM comments WHERE id = 3":                                                            0,
			"SELECT comment_count FROM threads WHERE id = 2":                                                           2,
			"SELECT COUNT(*) FROM threads WHERE id = 2 AND body = '' AND title = 'Emptied thread'":                     1,
			"SELECT COUNT(*) FROM themes WHERE id = 2 AND description = '' AND quote = '' AND title = 'Emptied theme'": 1,
			"SELECT COUNT(*) FROM polls WHERE id = 2 AND details = ''":                                                 1,
			"SELECT COUNT(*) FROM files WHERE owner_id > 0":                                                            1,
			"SELECT COUNT(*) FROM events WHERE place = 'thread' AND topic_id = 2 AND kind = 'comment.deleted'":         1,
			"SELECT COUNT(*) FROM events WHERE place = 'thread' AND topic_id = 2 AND kind = 'thread.edited'":           1,
			"SELECT seen_by_count FROM threads WHERE id = 1":                                                           1,
			"SELECT seen_by_count FROM threads WHERE id = 2":                                                           0,
		} {
			if n := h.number(query); n != wanted {
				t.Errorf("%s: %d; want %d", query, n, wanted)
			}
		}
	})
}

func TestPicturesOfOptionsStayOrGoAsTheGroupHasChosen(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.furnish()
		for poll := range 3 { // the third picture was never used
			h.exec("INSERT INTO files (id, owner_id, name, media_type, size, width, height, sha256, created_at) VALUES (?, ?, 'hall.png', 'image/png', 1, 8, 6, ?, 1)",
				71+poll, h.zora.ID, h.file(fmt.Sprint("hall ", poll)))
		}
		for _, poll := range []int64{1, 2} {
			h.exec("INSERT INTO poll_options (id, poll_id, position, label, file_id, picture_alt) VALUES (?, ?, 8, 'The hall', ?, 'A hall')", 70+poll, poll, 70+poll)
		}
		h.must(h.Erase(h.ctx, h.zora.Actor(), h.zora.ID, herHandle))
		for query, wanted := range map[string]int64{
			"SELECT COUNT(*) FROM poll_options WHERE id = 71 AND file_id = 71 AND picture_alt = 'A hall'": 1,
			"SELECT COUNT(*) FROM poll_options WHERE id = 72 AND file_id IS NULL AND picture_alt = ''":    1,
			"SELECT COUNT(*) FROM files WHERE id IN (71, 72, 73)":                                         1,
		} {
			if n := h.number(query); n != wanted {
				t.Errorf("%s: %d; want %d", query, n, wanted)
			}
		}
	})
}

func TestBallotsStayInClosedPollsAndLeaveOpenOnes(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.furnish()
		h.must(h.Erase(h.ctx, h.zora.Actor(), h.zora.ID, herHandle))
		for query, wanted := range map[string]int64{
			"SELECT COUNT(*) FROM ballots WHERE poll_id = 1":                                     1,
			"SELECT COUNT(*) FROM poll_voters WHERE poll_id = 1":                                 1,
			"SELECT voter_count FROM polls WHERE id = 1":                                         1,
			"SELECT ballot_count FROM polls WHERE id = 1":                                        1,
			"SELECT COUNT(*) FROM ballots WHERE poll_id = 2 AND choices = '[2]' AND reason = ''": 1,
			"SELECT COUNT(*) FROM poll_voters WHERE poll_id = 2":                                 2,
			"SELECT voter_count FROM polls WHERE id = 2":                                         2,
			"SELECT ballot_count FROM polls WHERE id = 2":                                        1,
		} {
			if n := h.number(query); n != wanted {
				t.Errorf("%s: %d; want %d", query, n, wanted)
			}
		}
	})
}

func TestAPollWhoseTimeHasComeKeepsItsBallots(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.furnish()
		h.exec("UPDATE polls SET closes_at = ? WHERE id = 1", h.at.Add(-time.Second).UnixMicro())
		h.must(h.Erase(h.ctx, h.zora.Actor(), h.zora.ID, herHandle))
		if n := h.number("SELECT COUNT(*) FROM ballots WHERE poll_id = 1"); n != 2 {
			t.Errorf("%d ballots are counted when it is published as closed", n)
		}
	})
}

func TestSessionsTokensAndHandlesDieAtOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		in, err := h.people.OpenSession(h.ctx, h.zora.ID, "a browser")
		h.must(err)
		if _, err := h.people.Session(h.ctx, in); err != nil { // and it is remembered
			t.Fatal(err)
		}
		token, _, err := h.people.NewToken(h.ctx, h.zora.Actor(), person.NewToken{Name: "a program"})
		h.must(err)
		h.heard = nil
		h.must(h.Erase(h.ctx, h.root.Actor(), h.zora.ID, herHandle))
		_, err = h.people.Session(h.ctx, in)
		want(t, err, errs.Unauthenticated, "person.session_ended")
		_, err = h.people.ByToken(h.ctx, token)
		want(t, err, errs.Unauthenticated, "person.token_unknown")
		if !slices.ContainsFunc(h.heard, func(s event.Signal) bool { return s.Person == h.zora.ID }) {
			t.Error("nobody is told, so sockets stay open")
		}
		if _, err := h.people.OpenSession(h.ctx, h.zora.ID, ""); !errs.Is(err, errs.Unauthenticated) {
			t.Errorf("a new session: %v", err)
		}
		_, err = h.people.ByHandle(h.ctx, herHandle)
		want(t, err, errs.NotFound, "error.not_found")
		p, err := h.people.ByID(h.ctx, h.zora.ID)
		if err != nil || !p.Erased || p.Handle != fmt.Sprint("former-", h.zora.ID) || p.Email != "" || p.HasPassword {
			t.Errorf("%+v, %v", p, err)
		}
		last := h.letters[len(h.letters)-1]
		if last.Kind != "erased" || last.To.Email != herEmail || last.Person != 0 {
			t.Errorf("letters %+v", h.letters)
		}
		if _, err := h.people.Add(h.ctx, access.System(), person.NewPerson{Name: "Another", Handle: herHandle, Email: herEmail}); err != nil {
			t.Errorf("the handle and the address are not free: %v", err)
		}
	})
}

func TestErasedFilesAreDroppedFromTheFolder(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.furnish()
		h.must(h.Erase(h.ctx, h.zora.Actor(), h.zora.ID, herHandle))
		if len(h.dropped) != 1 || len(h.dropped[0]) != 4 { // two files, the picture, the export
			t.Fatalf("dropped %v", h.dropped)
		}
		for _, sum := range h.dropped[0] {
			age(t, h, sum)
		}
		later, err := h.DropFiles(h.ctx, h.dropped[0])
		if err != nil || len(later) != 0 {
			t.Errorf("%v, %v", later, err)
		}
		for _, sum := range h.dropped[0] {
			if f, err := h.blobs.Open(sum); err == nil {
				f.Close()
				t.Errorf("%s is still there", sum)
			}
		}
	})
}

func TestAnExportThatIsUnderWayEndsWithTheAccount(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		asked, err := h.AskExport(h.ctx, h.zora.Actor())
		h.must(err)
		h.must(h.Erase(h.ctx, h.zora.Actor(), h.zora.ID, herHandle))
		h.must(h.MakeExport(h.ctx, asked.ID))
		if n := h.number("SELECT COUNT(*) FROM exports"); n != 0 {
			t.Errorf("%d exports", n)
		}
	})
}
