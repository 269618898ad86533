package poll_test

import (
	"encoding/json"
	"testing"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/ledger"
	"plenary/pkg/poll"
	"plenary/pkg/poll/download"
	"plenary/pkg/poll/figures"
	"plenary/pkg/store"
	"plenary/pkg/testkit"
)

// members puts many people into the group at once.
func (s *stage) members(n int) {
	s.t.Helper()
	series := "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
	s.exec(series+"INSERT INTO people (handle, name, created_at) SELECT 'many-' || i, 'Many', 0 FROM n", n)
	s.exec("INSERT INTO memberships (group_id, person_id, role, created_at) SELECT 1, id, 'member', 0 FROM people WHERE handle LIKE 'many-%'")
}

func TestALargeElectorateIsWrittenAtOnce(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		const many = 10_000
		s := newStage(t, db, access.Public)
		s.members(many)
		began := time.Now()
		p := s.start(s.ben, choice("A", "B"))
		t.Logf("opened for %d voters in %v", p.VoterCount, time.Since(began))
		if p.VoterCount != many+5 || p.VoterWeight != many+5 {
			t.Errorf("%d voters with %d votes", p.VoterCount, p.VoterWeight)
		}
		if n := s.number("SELECT COUNT(DISTINCT pseudonym) FROM poll_voters WHERE poll_id = ? AND salt IS NOT NULL", p.ID); n != many+5 {
			t.Errorf("%d pseudonyms", n)
		}
		s.mustCast(s.cleo, p, "", 0)
		began = time.Now()
		if _, err := s.polls.Close(t.Context(), s.ben, p.ID); err != nil {
			t.Fatal(err)
		}
		t.Logf("closed in %v", time.Since(began))
		s.verify(s.ana, p)
	})
}

// An open poll's results are counted once for each ballot, however many look.
func TestLooksAtAnOpenPollDoNotCountAgain(t *testing.T) {
	t.Parallel()
	s := newStage(t, testkit.SQLite(t), access.Public)
	p := s.start(s.ben, choice("A", "B"))
	s.mustCast(s.cleo, p, "", 0)
	look := func() figures.Results {
		r, err := s.polls.Results(t.Context(), s.ana, p.ID)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	look()
	s.exec("UPDATE ballots SET choices = 'nonsense'") // which a count would stumble over
	if r := look(); r.Table[0].Votes != 1 {
		t.Errorf("counted %+v", r.Table)
	}
	if _, err := s.polls.Close(t.Context(), s.ben, p.ID); err != nil {
		t.Fatal(err)
	}
	if r := look(); r.Table[0].Votes != 1 { // of the log, which holds what was cast
		t.Errorf("counted at the close %+v", r.Table)
	}
}

func TestAPollOfBeforeThereWasALogGoesOnWithoutOne(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		p := s.start(s.ben, choice("A", "B"))
		s.exec("DELETE FROM poll_log")
		s.exec("UPDATE polls SET log_length = 0, log_head = NULL, log_at = NULL, lots_secret = NULL")
		s.exec("UPDATE poll_voters SET salt = NULL, pseudonym = '', record = 0")
		if r := s.mustCast(s.cleo, p, "so", 0); r.Record != 0 || r.Receipt == "" {
			t.Errorf("receipt %+v", r)
		}
		s.mustCast(s.cleo, p, "so", 1)
		if _, err := s.polls.Extend(t.Context(), s.ben, p.ID, after(300*time.Hour)); err != nil {
			t.Fatal(err)
		}
		s.clock.Set(after(301 * time.Hour))
		if _, err := s.polls.Reopen(t.Context(), s.mo, p.ID, after(400*time.Hour)); err != nil {
			t.Fatal(err)
		}
		if _, err := s.polls.Close(t.Context(), s.mo, p.ID); err != nil {
			t.Fatal(err)
		}
		_, err := s.polls.Export(t.Context(), s.ana, p.ID)
		wantSaid(t, "export it", err, "conflict poll.without_log")
		if r, err := s.polls.Results(t.Context(), s.ana, p.ID); err != nil || r.Table[1].Votes != 1 {
			t.Errorf("counted %+v, %v", r.Table, err)
		}
	})
}

func TestTheFeedOfHeadsNamesOnlyWhatVisitorsMayRead(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		p := s.start(s.ben, choice("A", "B"))
		draft := choice("A", "B")
		draft.Draft = true
		s.start(s.ben, draft)
		s.clock.Set(after(time.Minute))
		s.mustCast(s.cleo, p, "", 0)
		for _, c := range []struct {
			visibility access.Visibility
			title      string
		}{{access.Public, "Which evening?"}, {access.Secret, ""}} {
			s.exec("UPDATE groups SET visibility = ?", c.visibility)
			heads, err := s.polls.Heads(t.Context())
			want := poll.HeadLine{Poll: p.ID, Title: c.title, Head: s.again(s.ana, p).Head, At: after(time.Minute)}
			if err != nil || len(heads) != 1 || heads[0] != want || want.Head.Number != 2 {
				t.Errorf("heads %+v, %v; want %+v", heads, err, want)
			}
		}
	})
}

func TestBallotsAreWrittenForOtherPrograms(t *testing.T) {
	t.Parallel()
	s := newStage(t, testkit.SQLite(t), access.Public)
	in := choice("A", "B")
	in.Method = "borda"
	p := s.start(s.ben, in)
	for i, who := range []access.Actor{s.cleo, s.dan, s.mo} {
		ranked := ledger.Answer{Form: p.Method.Form(), Ranks: [][]int64{{p.Options[i%2].ID}, {p.Options[1-i%2].ID}}}
		if _, err := s.polls.Cast(t.Context(), who, p.ID, poll.NewBallot{Answer: ranked}); err != nil {
			t.Fatal(err)
		}
	}
	for format, want := range map[download.Format]string{download.BLT: "2 1\n", download.CSV: "receipt,votes:ranks,A,B\n", download.JSON: "{\n"} {
		file, err := download.File(t.Context(), s.polls, s.ana, p.ID, format, "https://forum.example")
		if err != nil || len(file) < len(want) || string(file[:len(want)]) != want {
			t.Errorf("%s: %s, %v", format, file, err)
		}
	}
	file, err := download.File(t.Context(), s.polls, s.ana, p.ID, download.JSON, "https://forum.example")
	if err != nil {
		t.Fatal(err)
	}
	var bundle ledger.Bundle
	if err := json.Unmarshal(file, &bundle); err != nil || bundle.Poll.URL != "https://forum.example/p/1" {
		t.Errorf("leads to %s, %v", bundle.Poll.URL, err)
	}
}
