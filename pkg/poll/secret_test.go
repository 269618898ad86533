package poll_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/event"
	"plenary/pkg/ledger"
	"plenary/pkg/page"
	"plenary/pkg/poll"
	"plenary/pkg/store"
	"plenary/pkg/testkit"
)

// columnsOf lists the columns of a table.
func (s *stage) columnsOf(table string) []string {
	s.t.Helper()
	query := "SELECT name FROM pragma_table_info(?)"
	if s.db.Postgres() {
		query = "SELECT column_name FROM information_schema.columns WHERE table_name = ?"
	}
	var out []string
	if err := s.db.Read(s.t.Context()).Raw(query, table).Scan(&out).Error; err != nil || len(out) == 0 {
		s.t.Fatalf("columns of %s: %v, %v", table, out, err)
	}
	return out
}

func TestNothingJoinsTheVoterAndTheBallotOfASecretPoll(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		people := s.crowd(12)
		p := s.start(s.ben, secret("A", "B"))
		var order []string
		for i, who := range people {
			s.clock.Set(after(time.Duration(i) * time.Minute))
			order = append(order, s.mustCast(who, p, "words of mine", i%2).Receipt)
		}
		for _, column := range s.columnsOf("ballot_box") {
			for _, telling := range []string{"_at", "person", "voter", "seq", "number", "record", "pseudonym", "id"} {
				if column != "poll_id" && (column == telling || strings.HasSuffix(column, telling)) {
					t.Errorf("the box has a column %s", column)
				}
			}
		}
		for _, table := range []string{"poll_voters", "poll_log", "events", "once_keys", "ballots", "ballot_revisions", "polls"} {
			var text []string
			if err := db.Read(t.Context()).Raw("SELECT " + strings.Join(texts(s.columnsOf(table)), " || '|' || ") + " FROM " + table).Scan(&text).Error; err != nil {
				t.Fatal(err)
			}
			for _, code := range order {
				if strings.Contains(strings.Join(text, "\n"), code) {
					t.Errorf("%s names the receipt %s", table, code)
				}
			}
		}
		if n := s.number("SELECT COUNT(*) FROM ballots WHERE poll_id = ?", p.ID); n != 0 {
			t.Errorf("%d ballots of a secret poll lie with their voters", n)
		}
		mine, err := s.polls.MyBallot(t.Context(), people[3], p.ID)
		if err != nil || len(mine.Answer.Chosen) > 0 || mine.Receipt != "" || !mine.CastAt.Equal(after(3*time.Minute)) {
			t.Errorf("what is told of one's own ballot: %+v, %v", mine, err)
		}
		for _, e := range s.events(event.PollVoted) {
			if e.Actor != 0 || len(dataOf(t, e)) != 1 {
				t.Errorf("the event tells more than the turnout: %+v %s", e, e.Data)
			}
		}
		s.clock.Set(after(200 * time.Hour))
		if _, err := s.polls.CloseDue(t.Context()); err != nil {
			t.Fatal(err)
		}
		var stored []string
		if err := db.Read(t.Context()).Raw("SELECT code FROM ballot_box").Scan(&stored).Error; err != nil {
			t.Fatal(err)
		}
		if strings.Join(stored, " ") == strings.Join(order, " ") {
			t.Error("the box lies in the order in which people voted")
		}
		if list, err := s.polls.Ballots(t.Context(), s.ana, p.ID, page.Page{}); err != nil || len(list.Items) > 0 {
			t.Errorf("named ballots of a secret poll: %v, %v", list.Items, err)
		}
		if db.Postgres() {
			if n := s.number("SELECT COUNT(*) FROM poll_voters AS v JOIN ballot_box AS b ON v.xmin = b.xmin"); n != 0 {
				t.Errorf("%d rows were written by the transaction that wrote a voter's", n)
			}
		}
	})
}

// texts are columns as texts that are never NULL; those of bytes are left out.
func texts(columns []string) []string {
	var out []string
	for _, c := range columns {
		if !slices.Contains([]string{"salt", "hash", "log_head", "lots_secret", "signature", "reason_salt"}, c) {
			out = append(out, `COALESCE(CAST("`+c+`" AS TEXT), '')`)
		}
	}
	return out
}

func TestASecretBallotIsChangedByItsReceiptAlone(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		p, other := s.start(s.ben, secret("A", "B")), s.start(s.ben, secret("A", "B"))
		elsewhere := s.mustCast(s.cleo, other, "", 0).Sealed
		cast := func(who access.Actor, option int, c *poll.Change) (poll.Receipt, error) {
			return s.polls.Cast(t.Context(), who, p.ID, poll.NewBallot{Answer: marks(p.Options[option].ID), Change: c})
		}
		_, err := cast(s.cleo, 0, &poll.Change{Code: elsewhere.Code, Key: *elsewhere.Key})
		wantSaid(t, "a change before the first vote", err, "conflict poll.not_voted_yet")
		first := s.mustCast(s.cleo, p, "", 0).Sealed
		log := s.number("SELECT log_length FROM polls WHERE id = ?", p.ID)
		_, err = cast(s.cleo, 1, nil)
		wantSaid(t, "a second vote without the receipt", err, "conflict poll.needs_receipt")
		_, err = cast(s.cleo, 1, &poll.Change{Code: first.Code})
		wantSaid(t, "without the key", err, "invalid code=poll.receipt_unknown")
		_, err = cast(s.cleo, 1, &poll.Change{Code: "nonsense", Key: *first.Key})
		wantSaid(t, "without the code", err, "invalid code=poll.receipt_unknown")
		_, err = cast(s.cleo, 1, &poll.Change{Code: elsewhere.Code, Key: *elsewhere.Key})
		wantSaid(t, "the receipt of another poll", err, "invalid code=poll.receipt_unknown")
		second, err := cast(s.cleo, 1, &poll.Change{Code: strings.ReplaceAll(first.Code, "-", " "), Key: *first.Key})
		wantSaid(t, "with both", err, "yes")
		_, err = cast(s.cleo, 0, &poll.Change{Code: first.Code, Key: *first.Key})
		wantSaid(t, "with the old one again", err, "conflict poll.receipt_replaced")
		if now := s.number("SELECT log_length FROM polls WHERE id = ?", p.ID); now != log {
			t.Errorf("the log tells of the change: %d records, then %d", log, now)
		}
		for code, want := range map[string]poll.Standing{first.Code: poll.Replaced, second.Receipt: poll.Counted, elsewhere.Code: poll.NotThere, "AAAA": poll.NotThere} {
			if found, err := s.polls.FindReceipt(t.Context(), s.eve, p.ID, code); err != nil || found.Standing != want || found.Answer != nil {
				t.Errorf("%s: %+v, %v; want %s", code, found, err, want)
			}
		}
		s.clock.Set(after(200 * time.Hour))
		_, err = cast(s.cleo, 0, &poll.Change{Code: second.Receipt, Key: *second.Sealed.Key})
		wantSaid(t, "after the close", err, "conflict poll.state_closed")
		s.verify(s.ana, p, "box", "count")
	})
}

func TestASecretBallotThatIsSentAgainIsTheSame(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		p := s.start(s.ben, secret("A", "B"))
		key := ledger.Hash{7}
		commitment := ledger.Commitment(key)
		cast := func(who access.Actor, option int) (poll.Receipt, error) {
			return s.polls.Cast(t.Context(), who, p.ID, poll.NewBallot{Answer: marks(p.Options[option].ID), Commitment: &commitment})
		}
		const tabs = 20
		var wg sync.WaitGroup
		receipts := make([]poll.Receipt, tabs)
		for i := range tabs {
			wg.Go(func() {
				var err error
				if receipts[i], err = cast(s.cleo, 0); err != nil {
					t.Errorf("tab %d: %v", i, err)
				}
			})
		}
		wg.Wait()
		for _, r := range receipts {
			if r.Receipt != receipts[0].Receipt || r.Sealed.Signature != receipts[0].Sealed.Signature || r.Sealed.Key != nil {
				t.Fatalf("two receipts of one ballot: %+v and %+v", r, receipts[0])
			}
		}
		_, err := cast(s.cleo, 1)
		wantSaid(t, "another answer under the same commitment", err, "conflict poll.commitment_used")
		_, err = cast(s.dan, 0)
		wantSaid(t, "another voter with the same commitment", err, "conflict poll.commitment_used")
		if n := s.number("SELECT COUNT(*) FROM ballot_box"); n != 1 || s.again(s.ana, p).BallotCount != 1 {
			t.Errorf("%d ballots are in the box", n)
		}
	})
}

func TestWhoVotedInASecretPollShowsAtTheClose(t *testing.T) {
	t.Parallel()
	s := newStage(t, testkit.SQLite(t), access.Public)
	p := s.start(s.ben, secret("A", "B"))
	s.mustCast(s.cleo, p, "", 0)
	_, _, err := s.polls.Voted(t.Context(), s.ana, p.ID)
	wantSaid(t, "while it is open", err, "forbidden poll.roll_at_close")
	if _, err := s.polls.Close(t.Context(), s.ben, p.ID); err != nil {
		t.Fatal(err)
	}
	voted, notYet, err := s.polls.Voted(t.Context(), s.ana, p.ID)
	if err != nil || len(voted) != 1 || len(notYet) != 4 {
		t.Errorf("voted %v, not %v, %v", voted, notYet, err)
	}
}

func TestNoVotesAreTakenWhileOptionsAreCollected(t *testing.T) {
	t.Parallel()
	s := newStage(t, testkit.SQLite(t), access.Public)
	in := choice("A", "B")
	until := after(time.Hour)
	in.OptionsBy, in.CollectUntil = poll.ByVoters, &until
	p := s.start(s.ben, in)
	_, err := s.cast(s.cleo, p, "", 0)
	wantSaid(t, "before", err, "conflict poll.collecting")
	s.clock.Set(until)
	_, err = s.cast(s.cleo, p, "", 0)
	wantSaid(t, "from then on", err, "yes")
}

// A close comes while many ballots are on their way: what was acknowledged is
// counted, and nothing else.
func TestACloseAmongManyBallotsLosesNoneAndAddsNone(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		people := s.crowd(300)
		for _, in := range []poll.NewPoll{choice("A", "B"), secret("A", "B")} {
			s.clock.Set(start)
			p := s.start(s.ben, in)
			var acknowledged, late atomic.Int64
			var wg sync.WaitGroup
			for i, who := range people {
				wg.Go(func() {
					switch _, err := s.cast(who, p, "", i%2); said(err) {
					case "yes":
						if acknowledged.Add(1) == 100 {
							s.clock.Set(*p.ClosesAt) // for all that come after it
						}
					case "conflict poll.state_closed":
						late.Add(1)
					default:
						t.Errorf("vote %d: %v", i, err)
					}
				})
			}
			wg.Wait()
			s.clock.Set(*p.ClosesAt)
			s.verify(s.ana, p)
			r, err := s.polls.Results(t.Context(), s.ana, p.ID)
			if err != nil || r.Turnout.Cast != acknowledged.Load() || acknowledged.Load()+late.Load() != int64(len(people)) || late.Load() == 0 {
				t.Errorf("secret %v: %d acknowledged and %d late of %d, %d counted, %v", in.Secret, acknowledged.Load(), late.Load(), len(people), r.Turnout.Cast, err)
			}
		}
	})
}

// The key that signs is in the one column that holds it and nowhere in what is
// given away.
func TestThePrivateKeyIsGivenToNobody(t *testing.T) {
	t.Parallel()
	s := newStage(t, testkit.SQLite(t), access.Public)
	key, err := s.polls.Key(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if again, err := s.polls.Key(t.Context()); err != nil || again.Fingerprint != key.Fingerprint {
		t.Errorf("another key: %v, %v", again, err)
	}
	var private []byte
	if err := s.db.Read(t.Context()).Raw("SELECT private FROM signing_keys").Row().Scan(&private); err != nil || len(private) != 32 {
		t.Fatalf("%d bytes, %v", len(private), err)
	}
	p := s.start(s.ben, choice("A", "B"))
	if _, err := s.polls.Close(t.Context(), s.ben, p.ID); err != nil {
		t.Fatal(err)
	}
	bundle := s.verify(s.ana, p)
	if told := asJSON(t, bundle) + asJSON(t, key); strings.Contains(told, fmt.Sprintf("%x", private)) {
		t.Error("the private key is in an export")
	}
	// No other package reads the table.
	err = filepath.WalkDir("..", func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.HasPrefix(path, "../poll/keys/") {
			return err
		}
		source, err := os.ReadFile(path)
		if err == nil && strings.Contains(string(source), "signing_keys") {
			t.Errorf("%s reads the signing keys", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
