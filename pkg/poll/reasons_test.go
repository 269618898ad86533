package poll_test

import (
	"fmt"
	"strings"
	"testing"

	"plenary/pkg/access"
	"plenary/pkg/ledger"
	"plenary/pkg/poll"
	"plenary/pkg/store"
	"plenary/pkg/testkit"
)

const libel = "Zora-steals-from-the-till"

// A moderator can take away what somebody wrote beside a ballot: from everything
// that is stored and published, while the record goes on to hold.
func TestAModeratorTakesAReasonAway(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		people := s.crowd(12)
		for name, in := range map[string]poll.NewPoll{"open": choice("A", "B"), "secret": secret("A", "B"), "counted": countOnly("A", "B")} {
			p := s.start(s.ben, in)
			for i, who := range people {
				reason := fmt.Sprint("good reason ", i)
				if i == 4 {
					reason = libel
				}
				s.mustCast(who, p, reason, i%2)
			}
			if _, err := s.polls.Close(t.Context(), s.ben, p.ID); err != nil {
				t.Fatal(err)
			}
			before := s.verify(s.ana, p)
			given, err := s.polls.Reasons(t.Context(), s.eve, p.ID)
			if err != nil || len(given) != 12 {
				t.Fatalf("%s: %d reasons, %v", name, len(given), err)
			}
			var bad poll.Given
			for _, one := range given {
				if strings.Contains(one.HTML, libel) {
					bad = one
				}
				if (one.Voter == nil) != in.Secret {
					t.Errorf("%s: a reason of %v", name, one.Voter)
				}
			}
			hide := func(who access.Actor, reason ledger.Hash, why string) error {
				return s.polls.HideReason(t.Context(), who, p.ID, reason, why)
			}
			wantSaid(t, "a voter", hide(s.cleo, bad.Hash, "no"), "forbidden access.needs_moderator")
			wantSaid(t, "its author", hide(s.ben, bad.Hash, "no"), "forbidden access.needs_moderator")
			wantSaid(t, "the forum's administrator", hide(s.ada, bad.Hash, "no"), "forbidden access.members_only")
			wantSaid(t, "without a why", hide(s.mo, bad.Hash, " "), "invalid why=field.required")
			wantSaid(t, "another hash", hide(s.mo, ledger.Hash{1}, "no"), "not_found error.not_found")
			wantSaid(t, "a moderator", hide(s.mo, bad.Hash, "It is a libel."), "yes")
			wantSaid(t, "twice", hide(s.mo, bad.Hash, "It is a libel."), "not_found error.not_found")
			for _, table := range []string{"ballots", "ballot_revisions", "ballot_box", "poll_log", "events", "polls", "hidden_reasons"} {
				if strings.Contains(s.dump(table), libel) {
					t.Errorf("%s: %s still holds the text", name, table)
				}
			}
			b := s.verify(s.eve, p, "names", "electorate")
			if asJSON(t, b.Certificate) != asJSON(t, before.Certificate) || len(b.Hidden) != 1 || b.Hidden[0].Reason != bad.Hash || b.Hidden[0].Why != "It is a libel." || strings.Contains(asJSON(t, b), libel) {
				t.Errorf("%s: exported %+v", name, b.Hidden)
			}
			after, err := s.polls.Reasons(t.Context(), s.eve, p.ID)
			gone := 0
			for _, one := range after {
				if one.Hid != nil {
					gone++
					if one.Hash != bad.Hash || one.Hid.By.ID != s.mo.Person || one.HTML != "" {
						t.Errorf("%s: hidden %+v", name, one)
					}
				}
			}
			if err != nil || len(after) != 12 || gone != 1 {
				t.Errorf("%s: %d reasons after, %d hidden, %v", name, len(after), gone, err)
			}
			// A text that somebody puts in its place is found out.
			if in.Secret {
				s.exec("UPDATE ballot_box SET reason = 'Another text', reason_salt = reason_hash WHERE poll_id = ? AND reason_hash = ?", p.ID, bad.Hash[:])
				if forged, err := s.polls.Export(t.Context(), s.ana, p.ID); err != nil || ledger.Verify(&forged).OK() {
					t.Errorf("%s: another text stands in its place, and nobody would know, %v", name, err)
				}
			}
		}
	})
}

// countOnly is a secret choice whose receipts only count.
func countOnly(labels ...string) poll.NewPoll {
	in := secret(labels...)
	in.Receipts = poll.CountOnly
	return in
}

// dump is all of a table as text.
func (s *stage) dump(table string) string {
	s.t.Helper()
	var rows []map[string]any
	if err := s.db.Read(s.t.Context()).Table(table).Find(&rows).Error; err != nil {
		s.t.Fatal(err)
	}
	var out strings.Builder
	for _, row := range rows {
		for column, value := range row {
			if bytes, ok := value.([]byte); ok {
				value = string(bytes)
			}
			fmt.Fprintf(&out, "%s=%v\n", column, value)
		}
	}
	return out.String()
}

// While an open poll runs, the voter of a hidden reason can vote again, and with
// other words.
func TestAReasonIsHiddenWhileAPollRuns(t *testing.T) {
	t.Parallel()
	s := newStage(t, testkit.SQLite(t), access.Public)
	p := s.start(s.ben, choice("A", "B"))
	s.mustCast(s.cleo, p, libel, 0)
	s.mustCast(s.cleo, p, libel, 1)
	given, err := s.polls.Reasons(t.Context(), s.mo, p.ID)
	if err != nil || len(given) != 1 {
		t.Fatalf("%+v, %v", given, err)
	}
	if err := s.polls.HideReason(t.Context(), s.mo, p.ID, given[0].Hash, "libel"); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(s.dump("ballots")+s.dump("ballot_revisions"), libel) {
		t.Error("the text is still there")
	}
	s.verify(s.ana, p, "closing")
	s.mustCast(s.cleo, p, "better words", 1)
	s.verify(s.ana, p, "closing")
	locked := s.start(s.ben, secret("A", "B"))
	s.mustCast(s.cleo, locked, libel, 0)
	_, err = s.polls.Reasons(t.Context(), s.mo, locked.ID)
	wantSaid(t, "those of a secret poll that runs", err, "forbidden poll.results_at_close")
}
