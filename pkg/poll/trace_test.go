package poll_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/ledger"
	"plenary/pkg/poll"
	"plenary/pkg/poll/box"
	"plenary/pkg/store"
	"plenary/pkg/testkit"
)

// traced is how many people vote in the tests below, of whom each third changes
// the vote.
const traced = 60

// voteTraced lets people vote one after the other and gives the codes of the
// ballots that count, in the order in which their voters came. A code is known to
// its voter alone: what the tests look for is whether the database tells it too.
func (s *stage) voteTraced(people []access.Actor, p poll.Poll) (codes []string) {
	s.t.Helper()
	for i, who := range people {
		s.clock.Set(after(time.Duration(i) * time.Minute))
		codes = append(codes, s.mustCast(who, p, fmt.Sprint("words of number ", i), i%2).Receipt)
	}
	return codes
}

// inPlace gives the places of the codes among others that a reader of the database
// has put in order.
func inPlace(codes, order []string) []float64 {
	out := make([]float64, len(codes))
	for i, code := range codes {
		out[i] = float64(slices.Index(order, code))
	}
	return out
}

// hits is how many ballots somebody gives to the right voter who takes the order for
// that in which people voted, or the reverse.
func hits(codes, order []string) int {
	forwards, backwards := 0, 0
	for i, code := range codes {
		if order[i] == code {
			forwards++
		}
		if order[len(order)-1-i] == code {
			backwards++
		}
	}
	return max(forwards, backwards)
}

// together is the rank correlation (Spearman) of the order of the codes with that
// of their voters: 1 or -1 where it gives all away, near 0 where it tells nothing.
func together(places []float64) float64 {
	n := float64(len(places))
	var sum float64
	for i, place := range places {
		d := place - float64(i)
		sum += d * d
	}
	return 1 - 6*sum/(n*(n*n-1))
}

// byChance is more than what a thousand shuffles in a row reach: of 60 a right
// guess comes once on average, and 12 of them are as good as impossible (Poisson,
// below 1e-9); correlation has a deviation of 1/sqrt(59), and 0.75 is almost six.
const (
	mostHits        = 12
	mostCorrelation = 0.75
)

func (s *stage) wantChance(what string, codes, order []string) {
	s.t.Helper()
	if len(order) != len(codes) {
		s.t.Fatalf("%s: %d ballots found, of %d", what, len(order), len(codes))
	}
	n, r := hits(codes, order), together(inPlace(codes, order))
	s.t.Logf("%s: %d of %d ballots matched, correlation %.2f", what, n, len(codes), r)
	if n > mostHits || r > mostCorrelation || r < -mostCorrelation {
		s.t.Errorf("%s gives ballots away: %d of %d matched with their voters, correlation %.2f", what, n, len(codes), r)
	}
}

// Whoever reads PostgreSQL's own columns finds which transaction wrote a row and
// where it lies. Before a box is mixed this joins it to the roll, which shows that
// the matcher can match; after it, nothing does.
func TestTheOrderOfRowsTellsNothingOnceABoxIsMixed(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		people := s.crowd(traced)
		p := s.start(s.ben, secret("A", "B"))
		codes := s.voteTraced(people, p)
		if db.Postgres() {
			if n := s.sameTransaction(); n != traced {
				t.Errorf("the matcher joins %d rows of %d; it could not find out anything", n, traced)
			}
			if n := hits(codes, s.codesBy("ctid")); n < traced/2 {
				t.Errorf("the order of rows gives %d ballots away; the matcher could not find out anything", n)
			}
		}
		if n, err := s.polls.MixBoxes(t.Context()); n != 1 || err != nil {
			t.Fatalf("%d boxes mixed, %v", n, err)
		}
		if n, err := s.polls.MixBoxes(t.Context()); n != 0 || err != nil {
			t.Errorf("%d boxes mixed in which nothing is new, %v", n, err)
		}
		s.wantNoOrder("mixed", codes)
		// A change of vote joins the old ballot to the new one until the next mixing.
		s.changeVote(p)
		if n, err := s.polls.MixBoxes(t.Context()); n != 1 || err != nil {
			t.Errorf("%d boxes mixed after a change, %v", n, err)
		}
		s.clock.Set(after(200 * time.Hour))
		if _, err := s.polls.CloseDue(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n, err := s.polls.MixBoxes(t.Context()); n != 0 || err != nil {
			t.Errorf("%d boxes of closed polls mixed, %v", n, err)
		}
		s.wantNoOrder("closed", codes)
		s.verify(s.ana, p)
	})
}

// changeVote lets one more person vote, and then change the vote.
func (s *stage) changeVote(p poll.Poll) {
	s.t.Helper()
	first := s.mustCast(s.cleo, p, "", 0).Sealed
	change := poll.NewBallot{Answer: marks(p.Options[1].ID), Change: &poll.Change{Code: first.Code, Key: *first.Key}}
	if _, err := s.polls.Cast(s.t.Context(), s.cleo, p.ID, change); err != nil {
		s.t.Fatal(err)
	}
}

// codesBy lists the codes of the box as the database gives them in some order.
func (s *stage) codesBy(order string) (codes []string) {
	s.t.Helper()
	if err := s.db.Read(s.t.Context()).Raw("SELECT code FROM ballot_box ORDER BY " + order).Scan(&codes).Error; err != nil {
		s.t.Fatal(err)
	}
	return codes
}

// sameTransaction counts the ballots that were written along with one voter's line
// on the roll.
func (s *stage) sameTransaction() int64 {
	return s.number("SELECT COUNT(*) FROM poll_voters AS v JOIN ballot_box AS b ON v.xmin = b.xmin")
}

func (s *stage) wantNoOrder(when string, codes []string) {
	s.t.Helper()
	known := func(all []string) []string {
		return slices.DeleteFunc(all, func(code string) bool { return !slices.Contains(codes, code) })
	}
	if !s.db.Postgres() {
		s.wantChance(when+", as SQLite gives them", codes, known(s.codesBy("1")))
		return
	}
	if n := s.sameTransaction(); n != 0 {
		s.t.Errorf("%s: %d ballots were written along with a voter's line", when, n)
	}
	if n := s.number("SELECT COUNT(DISTINCT CAST(xmin AS TEXT)) FROM ballot_box"); n != 1 {
		s.t.Errorf("%s: the box was written by %d transactions", when, n)
	}
	s.wantChance(when+", by place", codes, known(s.codesBy("ctid")))
	s.wantChance(when+", by transaction", codes, known(s.codesBy("CAST(CAST(xmin AS TEXT) AS BIGINT), ctid")))
}

// The bytes of a database file are what is left when a machine or a backup is
// lost. In them nothing joins voter and ballot: not the order in which ballots lie,
// not a time, a name or a number of a person near one, not what stood there before
// it was replaced.
func TestTheFileOfTheDatabaseJoinsNoVoterAndBallot(t *testing.T) {
	t.Parallel()
	db := testkit.SQLite(t)
	s := newStage(t, db, access.Public)
	in := secret("A", "B")
	in.ClosesAt = after(500 * time.Hour)
	people := s.crowd(traced)
	p := s.start(s.ben, in)
	var sealed []*box.Sealed
	for i, who := range people {
		s.clock.Set(after(time.Duration(i) * time.Minute))
		sealed = append(sealed, s.mustCast(who, p, fmt.Sprintf("first words of %03d.", i), i%2).Sealed)
	}
	codes := make([]string, traced)
	var old []string
	for i, who := range people {
		codes[i] = sealed[i].Code
		if i%3 != 0 {
			continue
		}
		change := poll.NewBallot{Answer: marks(p.Options[1].ID), Reason: fmt.Sprintf("second words of %03d.", i), Change: &poll.Change{Code: sealed[i].Code, Key: *sealed[i].Key}}
		r, err := s.polls.Cast(t.Context(), who, p.ID, change)
		if err != nil {
			t.Fatal(err)
		}
		old, codes[i] = append(old, codes[i]), r.Receipt
	}
	var file string
	if err := db.Read(t.Context()).Raw("SELECT file FROM pragma_database_list WHERE name = 'main'").Row().Scan(&file); err != nil || file == "" {
		t.Fatalf("the file: %q, %v", file, err)
	}
	raw := s.raw(file)
	if !bytes.Contains(raw, []byte("first words of 001.")) || !bytes.Contains(raw, []byte("second words of 000.")) {
		t.Fatal("the file does not hold what was voted; the test could not find out anything")
	}
	if bytes.Contains(raw, []byte("first words of 000.")) {
		t.Error("what a replaced ballot said is still in the file")
	}
	var kept []string
	for i, code := range codes {
		if i%3 != 0 {
			kept = append(kept, code)
		}
	}
	if most := slices.Max(concordances(raw, kept)); most < 0.6 {
		t.Errorf("before the box is mixed the matcher finds an order of %.2f at most; it could not find out anything", most)
	}
	if _, err := s.polls.MixBoxes(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.wantNoTrace("while it is open", file, people, sealed, codes, old)
	s.clock.Set(after(501 * time.Hour))
	if _, err := s.polls.CloseDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.wantNoTrace("closed", file, people, sealed, codes, old)
	s.verify(s.ana, p)
	given, err := s.polls.Reasons(t.Context(), s.mo, p.ID)
	if err != nil || len(given) != traced {
		t.Fatalf("%d reasons, %v", len(given), err)
	}
	words := strings.Trim(given[0].HTML, "<p>/\n")
	if !bytes.Contains(s.raw(file), []byte(words)) {
		t.Fatalf("%q is not in the file", words)
	}
	if err := s.polls.HideReason(t.Context(), s.mo, p.ID, given[0].Hash, "libel"); err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(s.raw(file), []byte(words)) {
		t.Errorf("what a moderator took away is still in the file: %q", words)
	}
}

// raw is the file after its log was copied into it, with what is left of the log.
func (s *stage) raw(file string) []byte {
	s.t.Helper()
	if err := s.db.Checkpoint(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		s.t.Fatal(err)
	}
	if log, err := os.ReadFile(file + "-wal"); err == nil {
		raw = append(raw, log...)
	}
	return raw
}

func (s *stage) wantNoTrace(when, file string, people []access.Actor, sealed []*box.Sealed, codes, old []string) {
	s.t.Helper()
	raw := s.raw(file)
	for i := range people {
		text := fmt.Sprintf("first words of %03d.", i)
		if i%3 == 0 && bytes.Contains(raw, []byte(text)) {
			s.t.Errorf("%s: what a replaced ballot said is still in the file: %s", when, text)
		}
		if key := sealed[i].Key; i%3 != 0 && (bytes.Contains(raw, key[:]) || bytes.Contains(raw, []byte(key.String()))) {
			s.t.Errorf("%s: the file holds the change key of a ballot", when)
		}
	}
	for _, code := range slices.Concat(codes, old) {
		if n := bytes.Count(raw, []byte(code)); n == 0 {
			s.t.Errorf("%s: the receipt %s is not in the file", when, code)
		}
	}
	// Where the words of the ballots, and each of their codes for the first, last,
	// and any other time, lie in the file.
	lie := map[string][]string{}
	for occurrence := range 4 {
		type at struct {
			code  string
			place int
		}
		var all []at
		for _, code := range codes {
			from, place := 0, -1
			for n := 0; n <= occurrence; n++ {
				next := bytes.Index(raw[from:], []byte(code))
				if next < 0 {
					break
				}
				place, from = from+next, from+next+1
			}
			all = append(all, at{code, place})
		}
		slices.SortFunc(all, func(a, b at) int { return a.place - b.place })
		name := fmt.Sprint("place ", occurrence+1, " of the code")
		for _, a := range all {
			lie[name] = append(lie[name], a.code)
		}
	}
	for name, order := range lie {
		s.wantChance(when+", "+name, codes, order)
	}
	for i, found := range concordances(raw, codes) {
		s.t.Logf("%s, index %d: an order of %.2f within pages", when, i, found)
		if found > mostConcordance {
			s.t.Errorf("%s, index %d: ballots lie within pages in the order of their voters: %.2f", when, i, found)
		}
	}
	// A page that holds a ballot holds nothing of a person.
	for page := range slices.Chunk(raw, pageSize) {
		if !slices.ContainsFunc(codes, func(code string) bool { return bytes.Contains(page, []byte(code)) }) {
			continue
		}
		for i := range people {
			if name := fmt.Sprintf("member-%d", i); bytes.Contains(page, []byte(name)) {
				s.t.Errorf("%s: %s lies on a page with ballots", when, name)
			}
		}
		if bytes.Contains(page, []byte(`"voter":"`)) {
			s.t.Errorf("%s: a line of the roll lies on a page with ballots", when)
		}
	}
	s.wantApart(when, people, codes)
}

// wantApart looks into every table but the box for what leads to a ballot, and into
// the box for what leads to a person or a time.
func (s *stage) wantApart(when string, people []access.Actor, codes []string) {
	s.t.Helper()
	var tables []string
	if err := s.db.Read(s.t.Context()).Raw("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '%search%'").Scan(&tables).Error; err != nil || len(tables) < 40 {
		s.t.Fatalf("%d tables, %v", len(tables), err)
	}
	for _, table := range tables {
		text := s.dump(table)
		for i, code := range codes {
			words := fmt.Sprintf("words of %03d.", i)
			if table != "ballot_box" && (strings.Contains(text, code) || strings.Contains(text, words)) {
				s.t.Errorf("%s: %s leads to a ballot", when, table)
			}
		}
		if table != "ballot_box" {
			continue
		}
		for i := range people {
			if strings.Contains(text, fmt.Sprintf("member-%d", i)) {
				s.t.Errorf("%s: the box leads to a person", when)
			}
		}
		if strings.Contains(text, "2026") || strings.Contains(text, fmt.Sprint(start.UnixMicro())[:7]) {
			s.t.Errorf("%s: the box knows a time", when)
		}
	}
}

// pageSize is that of SQLite's files here.
const pageSize = 4096

// mostConcordance is beyond chance within pages: with some 60 pairs on each of five
// pages or more the deviation is about 0.1.
const mostConcordance = 0.45

// concordances says for the table and each of its indexes, told apart by how many
// ballots they have on a page, how well the order of the bytes within pages agrees
// with that of the voters, or with its reverse: Kendall's tau over the pairs that lie
// on one page. SQLite fills a page from its end in the order in which rows come.
func concordances(raw []byte, codes []string) []float64 {
	type score struct{ with, against float64 }
	kinds := map[int]*score{}
	for page := range slices.Chunk(raw, pageSize) {
		places := map[int]int{}
		for i, code := range codes {
			if at := bytes.Index(page, []byte(code)); at >= 0 {
				places[i] = at
			}
		}
		if len(places) < 4 {
			continue
		}
		kind := 0 // rows are long, entries of an index short
		if len(places) > 20 {
			kind = 1
		}
		if kinds[kind] == nil {
			kinds[kind] = &score{}
		}
		for i := range places {
			for j := range places {
				if i >= j {
					continue
				}
				if places[i] < places[j] {
					kinds[kind].with++
				} else {
					kinds[kind].against++
				}
			}
		}
	}
	out := []float64{0}
	for _, s := range kinds {
		tau := (s.with - s.against) / (s.with + s.against)
		out = append(out, max(tau, -tau))
	}
	return out
}

// What is given out about a voter, or to a voter, leads to no ballot either.
func TestWhatIsGivenOutJoinsNoVoterAndBallot(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		people := s.crowd(12)
		p := s.start(s.ben, secret("A", "B"))
		codes := s.voteTraced(people, p)
		if _, err := s.polls.Close(t.Context(), s.ben, p.ID); err != nil {
			t.Fatal(err)
		}
		b := s.verify(s.ana, p)
		box, err := json.Marshal(b.Box)
		if err != nil {
			t.Fatal(err)
		}
		b.Box = nil
		rest := asJSON(t, b)
		for i, code := range codes {
			if strings.Contains(rest, code) || strings.Contains(rest, fmt.Sprint("number ", i)) {
				t.Errorf("the export joins a ballot to the roll: %s", code)
			}
		}
		for _, line := range b.Log {
			var voted ledger.Voted
			if json.Unmarshal([]byte(line.Content), &voted) == nil && voted.Kind == ledger.KindVoted && bytes.Contains(box, []byte(voted.Voter.String())) {
				t.Error("the box names a pseudonym")
			}
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, code := range codes {
			if strings.Contains(asJSON(t, s.letters), code) {
				t.Error("a letter names a receipt")
			}
		}
	})
}
