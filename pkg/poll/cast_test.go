package poll_test

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"plenary/pkg/access"
	"plenary/pkg/event"
	"plenary/pkg/page"
	"plenary/pkg/person"
	"plenary/pkg/poll"
	"plenary/pkg/store"
	"plenary/pkg/tally"
	"plenary/pkg/testkit"
)

func TestABallotIsChangedUntilTheCloseAndKeepsItsRevisions(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		in := choice("Monday", "Tuesday", "Friday")
		in.Rules.Max = 2
		p := s.start(s.ben, in)
		first := s.mustCast(s.cleo, p, "", 1, 0)
		if first.Revision != 1 || !first.At.Equal(start) || !regexp.MustCompile(`^[A-F0-9]{4}(-[A-F0-9]{4}){3}$`).MatchString(first.Receipt) {
			t.Errorf("first receipt: %+v", first)
		}
		s.clock.Set(after(time.Hour))
		if again := s.mustCast(s.cleo, p, "", 0, 1); again != first {
			t.Errorf("the same choices in another order: %+v, want the receipt %+v", again, first)
		}
		second := s.mustCast(s.cleo, p, "Friday is *better*", 2)
		if second.Revision != 2 || second.Receipt == first.Receipt || !second.At.Equal(after(time.Hour)) {
			t.Errorf("second receipt: %+v", second)
		}
		mine, err := s.polls.MyBallot(t.Context(), s.cleo, p.ID)
		if err != nil {
			t.Fatal(err)
		}
		want := poll.Ballot{PollID: p.ID, Voter: person.Brief{ID: s.cleo.Person, Handle: "cleo", Name: "cleo"}, Answer: marks(p.Options[2].ID), Weight: 1, Record: 3, Hash: second.Hash,
			Reason: "Friday is *better*", ReasonHTML: mine.ReasonHTML, Revision: 2, Receipt: second.Receipt, CastAt: second.At}
		if diff := cmp.Diff(want, *mine); diff != "" || !strings.Contains(mine.ReasonHTML, "<em>better</em>") {
			t.Errorf("my ballot (-want +got):\n%s\n%s", diff, mine.ReasonHTML)
		}
		if n := s.number("SELECT COUNT(*) FROM ballot_revisions"); n != 2 {
			t.Errorf("%d revisions are kept, want 2", n)
		}
		if p = s.again(s.cleo, p); p.BallotCount != 1 || !p.Voted() {
			t.Errorf("%d ballots, voted %v", p.BallotCount, p.Voted())
		}
		if none, err := s.polls.MyBallot(t.Context(), s.dan, p.ID); none != nil || err != nil {
			t.Errorf("dan's ballot: %v, %v", none, err)
		}
		voted := s.events(event.PollVoted)
		if len(voted) != 2 {
			t.Fatalf("%d events, want one for the ballot and one for the change", len(voted))
		}
		for _, e := range voted {
			if e.Actor != 0 || e.Item != 0 {
				t.Errorf("the event names its voter or is shown: %+v", e)
			}
			if diff := cmp.Diff(map[string]any{"ballot_count": 1.0}, dataOf(t, e)); diff != "" {
				t.Errorf("the event says more than the turnout: %s", diff)
			}
		}
	})
}

func TestABallotThatDoesNotFitIsRefusedAndNotTrimmed(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		elsewhere := s.start(s.ben, choice("Here", "There"))
		in := choice("Monday", "Tuesday", "Friday")
		in.Rules.Max = 2
		several := s.start(s.ben, in)
		exact := choice("A", "B", "C")
		exact.Rules.Min, exact.Rules.Max = 2, 2
		two := s.start(s.ben, exact)
		yesno := s.start(s.ben, proposal())
		o := several.Options
		long := strings.Repeat("é", poll.MaxReason+1)
		for name, c := range map[string]struct {
			poll    poll.Poll
			choices []int64
			reason  string
			want    string
		}{
			"none":                           {several, nil, "", "invalid choices=tally.ballot.empty"},
			"three of two":                   {several, []int64{o[0].ID, o[1].ID, o[2].ID}, "", "invalid choices=tally.ballot.too_many"},
			"one of two":                     {two, []int64{two.Options[0].ID}, "", "invalid choices=tally.ballot.too_few"},
			"one twice":                      {several, []int64{o[0].ID, o[0].ID}, "", "invalid choices=tally.ballot.duplicate"},
			"an option of another poll":      {several, []int64{o[0].ID, elsewhere.Options[0].ID}, "", "invalid choices=tally.ballot.unknown_option"},
			"an option of nowhere":           {several, []int64{-1}, "", "invalid choices=tally.ballot.unknown_option"},
			"two answers to a proposal":      {yesno, []int64{yesno.Options[0].ID, yesno.Options[1].ID}, "", "invalid choices=tally.ballot.too_many"},
			"a reason that is too long":      {several, []int64{o[0].ID}, long, "invalid reason=field.too_long"},
			"a reason with a NUL":            {several, []int64{o[0].ID}, "a\x00b", "invalid reason=field.control_characters"},
			"a reason that is not UTF-8":     {several, []int64{o[0].ID}, "a\xffb", "invalid reason=field.not_utf8"},
			"everything wrong":               {several, []int64{-1}, long, "invalid choices=tally.ballot.unknown_option reason=field.too_long"},
			"a reason of exactly 2000 runes": {several, []int64{o[0].ID}, long[:len(long)-2], "yes"},
		} {
			_, err := s.polls.Cast(t.Context(), s.dan, c.poll.ID, poll.NewBallot{Answer: marks(c.choices...), Reason: c.reason})
			wantSaid(t, name, err, c.want)
		}
	})
}

func TestWhichBallotsNeedAReason(t *testing.T) {
	t.Parallel()
	s := newStage(t, testkit.SQLite(t), access.Public)
	required := proposal()
	required.Reasons = poll.RequiredReasons
	which := choice("A", "B")
	which.Reasons = poll.RequiredReasons
	free, asked, chosen, unasked := s.start(s.ben, proposal()), s.start(s.ben, required), s.start(s.ben, which), s.start(s.ben, choice("A", "B"))
	const needed = "invalid reason=poll.reason_needed"
	for _, c := range []struct {
		name   string
		poll   poll.Poll
		choice int
		reason string
		want   string
	}{
		{"agree", free, tally.Agree, "", "yes"},
		{"abstain", free, tally.Abstain, "", "yes"},
		{"disagree", free, tally.Disagree, "", "yes"},
		{"block", free, tally.Block, "", needed},
		{"block with white space", free, tally.Block, " \n\t", needed},
		{"block with a reason", free, tally.Block, "It would sink.", "yes"},
		{"agree where asked", asked, tally.Agree, "", "yes"},
		{"abstain where asked", asked, tally.Abstain, "", "yes"},
		{"disagree where asked", asked, tally.Disagree, "", needed},
		{"block where asked", asked, tally.Block, "", needed},
		{"disagree with a reason", asked, tally.Disagree, "Too dear.", "yes"},
		{"choose where asked", chosen, 0, "", needed},
		{"choose with a reason", chosen, 0, "Because.", "yes"},
		{"choose where not asked", unasked, 0, "", "yes"},
	} {
		_, err := s.cast(s.dan, c.poll, c.reason, c.choice)
		wantSaid(t, c.name, err, c.want)
	}
}

func TestWhoMayVote(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		late := s.person("fay", access.NoRole)
		for _, c := range []struct {
			visibility              access.Visibility
			stranger, visitor, left string
		}{
			{access.Public, "forbidden access.members_only", "unauthenticated access.sign_in", "forbidden access.members_only"},
			{access.Closed, "not_found error.not_found", "not_found error.not_found", "not_found error.not_found"},
			{access.Secret, "not_found error.not_found", "not_found error.not_found", "not_found error.not_found"},
		} {
			s.exec("UPDATE groups SET visibility = ?", c.visibility)
			s.exec("DELETE FROM memberships WHERE person_id = ?", late.Person)
			s.exec("INSERT INTO memberships (group_id, person_id, role, created_at) VALUES (?, ?, 'member', 0) ON CONFLICT DO NOTHING", groupID, s.dan.Person)
			p := s.start(s.ben, proposal())
			s.exec("INSERT INTO memberships (group_id, person_id, role, created_at) VALUES (?, ?, 'member', 0)", groupID, late.Person)
			s.mustCast(s.dan, p, "", tally.Agree)
			s.leave(s.dan)
			for _, one := range []struct {
				name string
				who  access.Actor
				want string
			}{
				{"a member", s.cleo, "yes"}, {"the author", s.ben, "yes"}, {"the admin", s.ana, "yes"},
				{"who joined after the opening", late, "forbidden access.not_in_electorate"},
				{"who has left", s.dan, c.left},
				{"a stranger", s.eve, c.stranger}, {"an administrator who is no member", s.ada, c.stranger},
				{"a visitor", access.Visitor(), c.visitor}, {"the forum itself", access.System(), "unauthenticated access.sign_in"},
			} {
				_, err := s.cast(one.who, p, "", tally.Disagree)
				wantSaid(t, one.name+" votes in a "+string(c.visibility)+" group", err, one.want)
			}
			if got := s.again(s.ana, p); got.BallotCount != 4 || got.VoterCount != 5 {
				t.Errorf("%d of %d: the ballot of who left must count", got.BallotCount, got.VoterCount)
			}
			r, err := s.polls.Results(t.Context(), s.ana, p.ID)
			if err != nil || r.Table[tally.Agree].Votes != 1 {
				t.Errorf("who left is not counted: %+v, %v", r.Table, err)
			}
		}
	})
}

func TestABallotAtTheCloseIsLate(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		p := s.start(s.ben, proposal())
		for _, c := range []struct {
			at   time.Duration
			want string
		}{{-time.Microsecond, "yes"}, {0, "conflict poll.state_closed"}, {time.Microsecond, "conflict poll.state_closed"}} {
			s.clock.Set(p.ClosesAt.Add(c.at))
			_, err := s.cast(s.cleo, p, "", tally.Agree)
			wantSaid(t, "at "+c.at.String()+" from the close", err, c.want)
			_, err = s.cast(s.dan, p, "", tally.Agree)
			wantSaid(t, "a second one at "+c.at.String(), err, c.want)
		}
		if n := s.number("SELECT COUNT(*) FROM ballots"); n != 2 {
			t.Errorf("%d ballots, want the two in time", n)
		}
	})
}

// tickingClock answers the first calls with before and every later one with
// late: the close comes while a ballot waits for its turn.
type tickingClock struct {
	mu           sync.Mutex
	calls, early int
	before, late time.Time
}

func (c *tickingClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls++
	if c.calls <= c.early {
		return c.before
	}
	return c.late
}

func TestABallotThatWaitsPastTheCloseIsLate(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		p := s.start(s.ben, proposal())
		ticking := &tickingClock{early: 1, before: p.ClosesAt.Add(-time.Microsecond), late: *p.ClosesAt}
		slow := poll.New(db, nil, s.forum, nil, ticking.Now, zeros{})
		_, err := slow.Cast(t.Context(), s.cleo, p.ID, poll.NewBallot{Answer: marks(p.Options[0].ID)})
		wantSaid(t, "a ballot that was sent in time and came to its turn too late", err, "conflict poll.state_closed")
		if ticking.calls < 2 {
			t.Errorf("the clock was read %d times; the write must read it again", ticking.calls)
		}
	})
}

// zeros is a source of no randomness.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

func TestManyVotesOfOnePersonAtOnceAreOneBallot(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		same, different := s.start(s.ben, choice("A", "B", "C")), s.start(s.ben, choice("A", "B", "C"))
		const votes = 200
		receipts := make([]poll.Receipt, votes)
		var wg sync.WaitGroup
		for i := range votes {
			wg.Go(func() {
				var err error
				if receipts[i], err = s.cast(s.cleo, same, "", 0); err != nil {
					t.Errorf("vote %d: %v", i, err)
				}
				if _, err := s.cast(s.cleo, different, "", i%3); err != nil {
					t.Errorf("different vote %d: %v", i, err)
				}
			})
		}
		wg.Wait()
		for _, r := range receipts {
			if r != receipts[0] || r.Revision != 1 {
				t.Fatalf("identical votes have the receipts %+v and %+v", r, receipts[0])
			}
		}
		for _, p := range []poll.Poll{same, different} {
			if got := s.again(s.cleo, p); got.BallotCount != 1 {
				t.Errorf("%d ballots are counted, want 1", got.BallotCount)
			}
			if n := s.number("SELECT COUNT(*) FROM ballots WHERE poll_id = ?", p.ID); n != 1 {
				t.Errorf("%d ballots are there, want 1", n)
			}
		}
		revisions := s.number("SELECT COUNT(*) FROM ballot_revisions AS r JOIN ballots AS b ON b.id = r.ballot_id WHERE b.poll_id = ?", different.ID)
		if last := s.number("SELECT revision FROM ballots WHERE poll_id = ?", different.ID); last != revisions {
			t.Errorf("the ballot is at revision %d and %d are kept", last, revisions)
		}
		r, err := s.polls.Results(t.Context(), s.cleo, different.ID)
		if err != nil || r.Turnout.Cast != 1 {
			t.Errorf("counted %d, %v", r.Turnout.Cast, err)
		}
	})
}

func TestManyPeopleVotingAtOnceAreAllCounted(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		var crowd []access.Actor
		for i := range 50 {
			crowd = append(crowd, s.person(fmt.Sprintf("p%02d", i), access.Member))
		}
		p := s.start(s.ben, choice("A", "B", "C"))
		var wg sync.WaitGroup
		for i, who := range crowd {
			wg.Go(func() {
				if _, err := s.cast(who, p, "", i%3); err != nil {
					t.Errorf("vote of %d: %v", i, err)
				}
			})
		}
		wg.Wait()
		p = s.again(s.ana, p)
		if n := s.number("SELECT COUNT(*) FROM ballots"); p.BallotCount != len(crowd) || n != int64(len(crowd)) {
			t.Errorf("the poll says %d ballots and %d are there, want %d", p.BallotCount, n, len(crowd))
		}
		for i, e := range s.events(event.PollVoted) {
			if got := dataOf(t, e)["ballot_count"]; got != float64(i+1) {
				t.Errorf("event %d says %v ballots", i, got)
			}
		}
		r, err := s.polls.Results(t.Context(), s.ana, p.ID)
		if err != nil {
			t.Fatal(err)
		}
		votes := []int64{r.Table[0].Votes, r.Table[1].Votes, r.Table[2].Votes}
		if diff := cmp.Diff([]int64{17, 17, 16}, votes); diff != "" {
			t.Errorf("counted (-want +got):\n%s", diff)
		}
	})
}

func TestBallotsAreNamedWhereResultsMayBeSeen(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		p := s.start(s.ben, choice("A", "B"))
		for _, who := range []access.Actor{s.cleo, s.dan, s.mo} {
			s.mustCast(who, p, "so", 1)
		}
		var names []string
		at := page.Page{Limit: 2}
		for {
			list, err := s.polls.Ballots(t.Context(), s.dan, p.ID, at)
			if err != nil {
				t.Fatal(err)
			}
			for _, b := range list.Items {
				names = append(names, b.Voter.Handle)
				if b.Receipt != "" {
					t.Errorf("the receipt of %s is shown to dan", b.Voter.Handle)
				}
			}
			if at.Cursor = list.Next; at.Cursor == "" {
				break
			}
		}
		if diff := cmp.Diff([]string{"cleo", "dan", "mo"}, names); diff != "" {
			t.Error(diff)
		}
		_, err := s.polls.Ballots(t.Context(), s.dan, p.ID, page.Page{Cursor: "rubbish!"})
		wantSaid(t, "a cursor of nothing", err, "invalid cursor=field.cursor")
	})
}

func TestWhoHasVotedIsForMembers(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		in := choice("A", "B")
		in.Results = access.AtClose
		p := s.start(s.ben, in)
		s.mustCast(s.mo, p, "", 1)
		s.mustCast(s.cleo, p, "", 1)
		voted, notYet, err := s.polls.Voted(t.Context(), s.dan, p.ID)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"cleo", "mo"}, handles(voted)); diff != "" {
			t.Errorf("voted (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"ana", "ben", "dan"}, handles(notYet)); diff != "" {
			t.Errorf("not yet (-want +got):\n%s", diff)
		}
		_, _, err = s.polls.Voted(t.Context(), s.eve, p.ID)
		wantSaid(t, "a stranger asks", err, "forbidden access.members_only")
		_, _, err = s.polls.Voted(t.Context(), access.Visitor(), p.ID)
		wantSaid(t, "a visitor asks", err, "unauthenticated access.sign_in")
	})
}

func handles(people []person.Brief) []string {
	out := make([]string, len(people))
	for i, p := range people {
		out[i] = p.Handle
	}
	return out
}
