package poll_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"plenary/pkg/access"
	"plenary/pkg/ledger"
	"plenary/pkg/poll"
	"plenary/pkg/poll/download"
	"plenary/pkg/poll/template"
	"plenary/pkg/store"
	"plenary/pkg/tally"
	"plenary/pkg/testkit"
)

// summed is a secret ranking whose ballots are published as sums.
func summed(m tally.Method, labels ...string) poll.NewPoll {
	in := secret(labels...)
	in.Method, in.Rules, in.Publish = m, tally.Rules{}, poll.PublishTotals
	return in
}

// rank casts a ranking of options by their places in the poll.
func (s *stage) rank(who access.Actor, p poll.Poll, places ...int) poll.Receipt {
	s.t.Helper()
	answer := ledger.Answer{Form: tally.Ranking}
	for _, place := range places {
		answer.Ranks = append(answer.Ranks, []int64{p.Options[place].ID})
	}
	r, err := s.polls.Cast(s.t.Context(), who, p.ID, poll.NewBallot{Answer: answer})
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

// A mark that was agreed on, an unusual order of the last options, is in nothing
// that anybody can get; what is published is enough for a count by duels.
func TestOfASecretRankingSumsAloneCanBePublished(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		people := s.crowd(12)
		for m, open := range map[tally.Method][]string{tally.Schulze: {"box"}, tally.Borda: {"box"}, tally.InstantRunoff: {"box", "count"}, tally.STVMeek: {"box", "count"}} {
			p := s.start(s.ben, summed(m, "A", "B", "C", "D", "E", "F"))
			if p.Receipts != poll.CountOnly {
				t.Errorf("%s: receipts %q prove more than a mark", m, p.Receipts)
			}
			var codes []string
			for i, who := range people {
				order := []int{0, 1, 2, 3, 4, 5}
				if i == 0 {
					order = []int{1, 5, 0, 4, 2, 3} // the mark
				}
				r := s.rank(who, p, order...)
				if strings.Contains(r.Sealed.Promise, "answer") {
					t.Errorf("%s: the receipt says what is on the ballot: %s", m, r.Sealed.Promise)
				}
				codes = append(codes, r.Receipt)
			}
			if _, err := s.polls.Close(t.Context(), s.ben, p.ID); err != nil {
				t.Fatal(err)
			}
			b := s.verify(s.ana, p, open...)
			if b.Box != nil || b.Totals == nil || b.Totals.First[1] != 1 || b.Totals.Duels[0][1] != 11 || len(b.Totals.Codes) != 12 {
				t.Fatalf("%s: box %v, totals %+v", m, b.Box, b.Totals)
			}
			for _, code := range codes {
				if found, err := s.polls.FindReceipt(t.Context(), s.eve, p.ID, code); err != nil || found.Standing != poll.Counted || found.Answer != nil {
					t.Errorf("%s: the receipt finds %+v, %v", m, found, err)
				}
				if !strings.Contains(strings.Join(b.Totals.Codes, " "), code) {
					t.Errorf("%s: a receipt is not among those that were counted", m)
				}
			}
			for _, format := range []download.Format{download.CSV, download.BLT} {
				_, err := download.File(t.Context(), s.polls, s.ana, p.ID, format, "")
				wantSaid(t, string(format), err, "conflict poll.ballots_not_published")
			}
			mark := ledger.Answer{Form: tally.Ranking}
			for _, place := range []int{1, 5, 0, 4, 2, 3} {
				mark.Ranks = append(mark.Ranks, []int64{p.Options[place].ID})
			}
			file, err := download.File(t.Context(), s.polls, s.ana, p.ID, download.JSON, "")
			var small bytes.Buffer
			if err != nil || json.Compact(&small, file) != nil || strings.Contains(small.String(), mark.String()) {
				t.Errorf("%s: the export holds the mark, %v", m, err)
			}
			// The site is held to its box by the certificate.
			s.exec("UPDATE ballot_box SET choices = ? WHERE poll_id = ? AND code = ?", mark.String(), p.ID, codes[5])
			forged, err := s.polls.Export(t.Context(), s.ana, p.ID)
			if err != nil || ledger.Verify(&forged).OK() {
				t.Errorf("%s: a ballot was changed after the close and nobody would know, %v", m, err)
			}
		}
	})
}

func TestFewSecretRankingsAreNotSummedUp(t *testing.T) {
	t.Parallel()
	s := newStage(t, testkit.SQLite(t), access.Public)
	p := s.start(s.ben, summed(tally.InstantRunoff, "A", "B"))
	s.rank(s.cleo, p, 0, 1)
	if _, err := s.polls.Close(t.Context(), s.ben, p.ID); err != nil {
		t.Fatal(err)
	}
	if b := s.verify(s.ana, p, "box", "count", "totals"); b.Totals != nil {
		t.Errorf("sums of one ballot: %+v", b.Totals)
	}
}

func TestWhatIsPublishedIsDecidedBeforeThePollOpens(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		start := func(change func(*poll.NewPoll)) error {
			in := summed(tally.Borda, "A", "B")
			change(&in)
			_, err := s.polls.Start(t.Context(), s.ben, s.thread, in)
			return err
		}
		wantSaid(t, "of an open poll", start(func(in *poll.NewPoll) { in.Secret = false }), "invalid publish=poll.totals_secret")
		wantSaid(t, "of a choice", start(func(in *poll.NewPoll) { in.Method = tally.Choice }), "invalid publish=poll.totals_rankings")
		wantSaid(t, "something else", start(func(in *poll.NewPoll) { in.Publish = "all" }), "invalid publish=field.choose")
		p := s.start(s.ben, summed(tally.Borda, "A", "B"))
		if !strings.Contains(s.logText(p), `"publish":"totals"`) {
			t.Errorf("the opening does not say what is published: %s", s.logText(p))
		}
		settings := p.Settings
		settings.Publish = poll.PublishBallots
		_, err := s.polls.Edit(t.Context(), s.ben, p.ID, poll.PollEdit{Settings: &settings})
		wantSaid(t, "changed once it is open", err, "invalid publish=poll.publication_is_fixed")
		in := summed(tally.Borda, "A", "B")
		in.Draft = true
		draft := s.start(s.ben, in)
		if _, err := s.polls.Edit(t.Context(), s.ben, draft.ID, poll.PollEdit{Settings: &settings}); err != nil {
			t.Errorf("changed before: %v", err)
		}
		if kept, err := template.New(db, s.groups, s.polls, s.clock.Now).Keep(t.Context(), s.ana, p.ID, template.Words{Name: "Sums"}); err != nil || kept.Settings.Publish != poll.PublishTotals {
			t.Errorf("kept as %+v, %v", kept.Settings, err)
		}
	})
}

// logText is the log as it is stored.
func (s *stage) logText(p poll.Poll) string {
	s.t.Helper()
	var lines []string
	if err := s.db.Read(s.t.Context()).Raw("SELECT content FROM poll_log WHERE poll_id = ? ORDER BY number", p.ID).Scan(&lines).Error; err != nil {
		s.t.Fatal(err)
	}
	return strings.Join(lines, "\n")
}
