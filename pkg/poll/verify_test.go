package poll_test

import (
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/ledger"
	"plenary/pkg/poll"
	"plenary/pkg/poll/box"
	"plenary/pkg/poll/download"
	"plenary/pkg/store"
	"plenary/pkg/tally"
	"plenary/pkg/testkit"
)

// verify exports the poll as somebody sees it and wants every check to hold or to
// be left open, as named.
func (s *stage) verify(who access.Actor, p poll.Poll, open ...string) ledger.Bundle {
	s.t.Helper()
	bundle, err := s.polls.Export(s.t.Context(), who, p.ID)
	if err != nil {
		s.t.Fatalf("export poll %d: %v", p.ID, err)
	}
	s.judge(bundle, open...)
	return bundle
}

func (s *stage) judge(bundle ledger.Bundle, open ...string) {
	s.t.Helper()
	data, err := json.MarshalIndent(bundle, "", "  ")
	if err != nil {
		s.t.Fatal(err)
	}
	read, err := ledger.ReadBundle(data)
	if err != nil {
		s.t.Fatal(err)
	}
	left := map[string]bool{"key": true} // that the key is the site's, nobody can tell from the file
	for _, check := range open {
		left[check] = true
	}
	for _, f := range ledger.Verify(read).Findings {
		if f.Status == ledger.Fails || f.Status == ledger.Open && !left[f.Check] {
			s.t.Errorf("%s %s: %s %v", f.Check, f.Status, f.Code, f.Args)
		}
	}
}

// secret is a choice whose ballots are secret.
func secret(labels ...string) poll.NewPoll {
	in := choice(labels...)
	in.Secret = true
	return in
}

// crowd adds members.
func (s *stage) crowd(n int) []access.Actor {
	s.t.Helper()
	people := make([]access.Actor, n)
	for i := range people {
		people[i] = s.person(fmt.Sprintf("member-%d", i), access.Member)
	}
	return people
}

func TestTheRecordOfAnOpenPollHoldsAfterEveryAct(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		in := choice("Monday", "Tuesday", "Friday")
		in.Options[0].ReasonPrompt, in.Options[1].Description = "Why so early?", "The day *after*."
		p := s.start(s.ben, in)
		s.verify(s.ana, p, "closing")
		title := "Which day, then?"
		p, err := s.polls.Edit(t.Context(), s.ben, p.ID, poll.PollEdit{Title: &title, Options: &in.Options})
		if err != nil {
			t.Fatal(err)
		}
		s.verify(s.ana, p, "closing")
		s.mustCast(s.cleo, p, "It is *quiet*", 0)
		s.mustCast(s.dan, p, "", 1)
		s.clock.Set(after(time.Hour))
		changed, err := s.polls.Cast(t.Context(), s.cleo, p.ID, poll.NewBallot{Answer: marks(p.Options[0].ID), Reasons: map[int64]string{p.Options[0].ID: "I rise at five."}})
		if err != nil {
			t.Fatal(err)
		}
		if b := s.verify(s.ana, p, "closing"); len(b.Reasons) != 1 || !strings.Contains(b.Reasons[0].Text, "Why so early?") || b.Log[changed.Record-1].Hash != changed.Hash {
			t.Errorf("reasons %v, and record %d is not the receipt's", b.Reasons, changed.Record)
		}
		if _, err := s.polls.Extend(t.Context(), s.ben, p.ID, after(300*time.Hour)); err != nil {
			t.Fatal(err)
		}
		s.verify(s.ana, p, "closing")
		if _, err := s.polls.Close(t.Context(), s.ben, p.ID); err != nil {
			t.Fatal(err)
		}
		first := s.verify(s.ana, p)
		if _, err := s.polls.Reopen(t.Context(), s.mo, p.ID, after(400*time.Hour)); err != nil {
			t.Fatal(err)
		}
		if b := s.verify(s.ana, p, "closing"); b.Certificate != nil || b.Result != nil {
			t.Error("a poll that is open again has no certificate and no result")
		}
		s.mustCast(s.mo, p, "", 2)
		s.clock.Set(after(401 * time.Hour))
		last := s.verify(s.ana, p) // which carries out the close
		signed, err := s.polls.Certificates(t.Context(), s.eve, p.ID)
		if err != nil || len(signed.Earlier) != 1 || signed.Earlier[0] != *first.Certificate || *signed.Now != *last.Certificate {
			t.Errorf("certificates %+v, %v", signed, err)
		}
		if b := s.verify(s.eve, p, "names"); b.Names != nil {
			t.Error("a stranger is told the names")
		}
		if n := len(last.Names); n != 5 {
			t.Errorf("%d names, want those of the electorate", n)
		}
	})
}

func TestTheRecordOfASecretPollHolds(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Closed)
		people := s.crowd(12)
		for _, receipts := range []poll.Receipts{poll.FindBallot, poll.CountOnly} {
			in := secret("Monday", "Tuesday")
			in.Receipts = receipts
			p := s.start(s.ben, in)
			key, err := s.polls.Key(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var given []*box.Sealed
			for i, who := range people[:11] {
				r := s.mustCast(who, p, "", i%2)
				var said ledger.Receipt
				if err := json.Unmarshal([]byte(r.Sealed.Promise), &said); err != nil {
					t.Fatal(err)
				}
				if said.Code != r.Receipt || (said.Answer == nil) != (receipts == poll.CountOnly) || !said.Verify(ed25519.PublicKey(key.Public), r.Sealed.Signature) ||
					ledger.Code(p.ID, ledger.Commitment(*r.Sealed.Key), r.Sealed.Nonce) != r.Receipt {
					t.Errorf("the receipt does not hold: %+v", r.Sealed)
				}
				given = append(given, r.Sealed)
			}
			changed, err := s.polls.Cast(t.Context(), people[3], p.ID, poll.NewBallot{Answer: marks(p.Options[0].ID), Change: &poll.Change{Code: strings.ToLower(given[3].Code), Key: *given[3].Key}})
			if err != nil || changed.Revision != 2 {
				t.Fatalf("changed: %+v, %v", changed, err)
			}
			_, err = s.polls.Export(t.Context(), s.ana, p.ID)
			wantSaid(t, "an export while it is open", err, "forbidden poll.results_at_close")
			if _, err := s.polls.Close(t.Context(), s.ben, p.ID); err != nil {
				t.Fatal(err)
			}
			b := s.verify(s.ana, p)
			if b.Box == nil || len(b.Box.Ballots) != 11 || len(b.Box.Superseded) != 1 || b.Box.Superseded[0].Code != given[3].Code {
				t.Fatalf("box %+v", b.Box)
			}
			codes := fmt.Sprint(b.Box.Ballots)
			for i, sealed := range given {
				if i != 3 && !strings.Contains(codes, sealed.Code) {
					t.Errorf("the receipt of voter %d is not in the box", i)
				}
			}
			_, err = s.polls.Results(t.Context(), s.eve, p.ID)
			wantSaid(t, "a stranger to a closed group", err, "not_found error.not_found")
			if r, err := s.polls.Results(t.Context(), s.ana, p.ID); err != nil || r.Table[0].Votes != 7 || r.Turnout.Cast != 11 {
				t.Errorf("counted %+v, %v", r.Table, err)
			}
			_, err = s.polls.Reopen(t.Context(), s.mo, p.ID, after(500*time.Hour))
			wantSaid(t, "open it again", err, "conflict poll.secret_stays_closed")
		}
	})
}

func TestFewSecretBallotsAreNotPublished(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		people := s.crowd(11)
		few, weighty := s.start(s.ben, secret("A", "B")), secret("A", "B")
		s.exec("UPDATE memberships SET votes = 7 WHERE person_id = ?", people[10].Person)
		weighty.Weighted, weighty.RareWeights = true, true
		weighted := s.start(s.ben, weighty)
		for i, who := range people {
			if i < 9 {
				s.mustCast(who, few, "", 0)
			}
			s.mustCast(who, weighted, "", 1)
		}
		for _, p := range []poll.Poll{few, weighted} {
			if _, err := s.polls.Close(t.Context(), s.ben, p.ID); err != nil {
				t.Fatal(err)
			}
			if b := s.verify(s.ana, p, "box", "count"); b.Box != nil {
				t.Errorf("the ballots of poll %d tell whose they are", p.ID)
			}
			_, err := download.Ballots(t.Context(), s.polls, s.ana, p.ID)
			wantSaid(t, "a file of ballots", err, "conflict poll.ballots_not_published")
		}
		if r, err := s.polls.Results(t.Context(), s.ana, weighted.ID); err != nil || r.Table[1].Votes != 17 || r.Turnout.Eligible != 22 {
			t.Errorf("weights: %+v of %d, %v", r.Table, r.Turnout.Eligible, err)
		}
	})
}

func TestAWeightedOpenPollIsCountedByItsWeights(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		s.exec("UPDATE memberships SET votes = 1000000 WHERE person_id = ?", s.cleo.Person)
		in := choice("A", "B")
		in.Weighted = true
		p := s.start(s.ben, in)
		s.mustCast(s.cleo, p, "", 0)
		s.mustCast(s.dan, p, "", 1)
		for range 2 {
			r, err := s.polls.Results(t.Context(), s.ana, p.ID)
			if err != nil || r.Table[0].Votes != 1000000 || r.Turnout.Eligible != 1000004 {
				t.Errorf("%+v of %d, %v", r.Table, r.Turnout.Eligible, err)
			}
			if _, err := s.polls.Close(t.Context(), s.ben, p.ID); err == nil {
				s.verify(s.ana, p)
			}
		}
	})
}

func TestTheSeedOfTheLotsIsTheOneThatWasPromised(t *testing.T) {
	t.Parallel()
	s := newStage(t, testkit.SQLite(t), access.Public)
	p := s.start(s.ben, choice("A", "B"))
	s.mustCast(s.cleo, p, "", 0)
	s.mustCast(s.dan, p, "", 1)
	if _, err := s.polls.Close(t.Context(), s.ben, p.ID); err != nil {
		t.Fatal(err)
	}
	bundle := s.verify(s.ana, p)
	var result tally.Result
	if err := json.Unmarshal(bundle.Result, &result); err != nil || result.Lots == nil || !strings.Contains(bundle.Log[3].Content, `"seed":"`+result.Lots.Seed) {
		t.Errorf("lots %+v of %s, %v", result.Lots, bundle.Log[3].Content, err)
	}
}

func TestWhatIsChangedInTheDatabaseIsFound(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		people := s.crowd(11)
		for name, c := range map[string]struct {
			secret    bool
			statement string
		}{
			"a record is dropped":             {false, "DELETE FROM poll_log WHERE poll_id = @poll AND number = 4"},
			"a vote is dropped from the roll": {true, "DELETE FROM poll_log WHERE poll_id = @poll AND number = 4"},
			"a weight is raised":              {false, "UPDATE poll_voters SET weight = 9 WHERE poll_id = @poll AND person_id = @who"},
			"a voter is invented":             {false, "UPDATE poll_voters SET pseudonym = '" + strings.Repeat("ab", 32) + "' WHERE poll_id = @poll AND person_id = @who"},
			"a title is changed":              {false, "UPDATE polls SET title = 'Another question' WHERE id = @poll"},
			"an option is changed":            {false, "UPDATE poll_options SET label = 'C' WHERE poll_id = @poll AND position = 1"},
			"a reason is changed":             {false, "UPDATE ballots SET reason = 'I never said so' WHERE poll_id = @poll AND voter_id = @who"},
			"the result is changed":           {false, "UPDATE polls SET result = replace(result, '\"votes\":11', '\"votes\":12') WHERE id = @poll"},
			"a secret ballot is changed":      {true, "UPDATE ballot_box SET choices = '[@b]' WHERE poll_id = @poll"},
			"a secret ballot is dropped":      {true, "DELETE FROM ballot_box WHERE code = (SELECT MIN(code) FROM ballot_box WHERE poll_id = @poll)"},
			"a secret ballot is added":        {true, "INSERT INTO ballot_box (code, poll_id, commitment, server_nonce, choices) SELECT 'AAAA-AAAA-AAAA-AAAA-AAAA', poll_id, server_nonce, commitment, '[@b]' FROM ballot_box WHERE poll_id = @poll LIMIT 1"},
			"the certificate is changed":      {true, "UPDATE polls SET certificate = replace(certificate, '\"roll\":11', '\"roll\":12') WHERE id = @poll"},
		} {
			in := choice("A", "B")
			in.Secret = c.secret
			p := s.start(s.ben, in)
			for _, who := range people {
				s.mustCast(who, p, "because", 0)
			}
			if _, err := s.polls.Close(t.Context(), s.ben, p.ID); err != nil {
				t.Fatal(err)
			}
			s.verify(s.ana, p)
			statement := strings.NewReplacer("@poll", fmt.Sprint(p.ID), "@who", fmt.Sprint(people[5].Person), "@b", fmt.Sprint(p.Options[1].ID)).Replace(c.statement)
			s.exec(statement)
			bundle, err := s.polls.Export(t.Context(), s.ana, p.ID)
			if err != nil {
				t.Errorf("%s: %v", name, err)
			} else if ledger.Verify(&bundle).OK() {
				t.Errorf("%s, and nobody would know", name)
			}
		}
		if err := db.Write(t.Context(), func(tx *store.Tx) error { return tx.Exec("UPDATE poll_log SET content = ''").Error }); err == nil {
			t.Error("the database lets the log be rewritten in place")
		}
	})
}

// Whatever happens to a poll, in whatever order, its record holds.
func TestTheRecordHoldsWhateverHappens(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		people := append(s.crowd(4), s.ana, s.mo, s.ben, s.cleo)
		dice := rand.New(rand.NewPCG(7, 11)) //nolint:gosec // repeatable on purpose
		for range 8 {
			s.clock.Set(start)
			p := s.start(s.ben, choice("A", "B", "C"))
			for range 25 {
				who := people[dice.IntN(len(people))]
				switch dice.IntN(8) {
				case 0:
					_, _ = s.polls.Close(t.Context(), s.mo, p.ID)
				case 1:
					_, _ = s.polls.Reopen(t.Context(), s.mo, p.ID, s.clock.Now().Add(100*time.Hour))
				case 2:
					_, _ = s.polls.Extend(t.Context(), s.mo, p.ID, s.clock.Now().Add(200*time.Hour))
				default:
					_, _ = s.cast(who, p, "why not", dice.IntN(3))
				}
				s.clock.Set(s.clock.Now().Add(time.Minute))
			}
			open := []string{"closing"}
			if s.again(s.ana, p).State == access.PollEnded {
				open = nil
			}
			s.verify(s.ana, p, open...)
		}
	})
}
