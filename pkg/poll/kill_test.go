package poll_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/forum"
	"plenary/pkg/group"
	"plenary/pkg/ledger"
	"plenary/pkg/markup"
	"plenary/pkg/person"
	"plenary/pkg/poll"
	"plenary/pkg/store"
	"plenary/pkg/testkit"
)

// victimOf tells a child process, as the text of a hall, where to vote until it is
// killed.
const victimOf = "PLENARY_TEST_POLL_VICTIM"

func TestMain(m *testing.M) {
	if where := os.Getenv(victimOf); where != "" {
		if err := beVictim(where); err != nil {
			fmt.Println("error", err)
		}
		return
	}
	testkit.Main(m)
}

// hall is where a life of the victim votes: a poll whose ballots are open, one
// whose ballots are secret, and the people who vote in both.
type hall struct {
	open, secret int64
	first, last  int64 // ids of people
	url          string
}

const hallText = "%d %d %d %d %s"

// beVictim votes for one person after another, from several goroutines: once in
// either poll, and then again otherwise. It says each receipt once it has it.
func beVictim(where string) error {
	var h hall
	if _, err := fmt.Sscanf(where, hallText, &h.open, &h.secret, &h.first, &h.last, &h.url); err != nil {
		return err
	}
	db, err := store.Open(context.Background(), h.url, testkit.Quiet())
	if err != nil {
		return err
	}
	at := func() time.Time { return after(time.Minute) }
	people := person.New(db, at, rand.Reader)
	groups := group.New(db, people, at, rand.Reader)
	polls := poll.New(db, groups, forum.New(db, people, markup.New(), at), nil, at, rand.Reader)
	voters := make(chan int64)
	var speaks sync.Mutex
	for range 4 {
		go func() {
			for id := range voters {
				err := h.vote(polls, access.Actor{Person: id}, func(what string) {
					speaks.Lock()
					defer speaks.Unlock()
					fmt.Println(what)
				})
				if err != nil {
					fmt.Println("error", err)
				}
			}
		}()
	}
	for id := h.first; id <= h.last; id++ {
		voters <- id
	}
	select {}
}

func (h hall) vote(polls *poll.Polls, who access.Actor, say func(string)) error {
	ctx := context.Background()
	var change *poll.Change
	for place := range 2 {
		for _, id := range []int64{h.open, h.secret} {
			p, err := polls.Poll(ctx, who, id)
			if err != nil {
				return err
			}
			ballot := poll.NewBallot{Answer: marks(p.Options[place].ID)}
			if id == h.secret {
				ballot.Change = change
			}
			r, err := polls.Cast(ctx, who, id, ballot)
			if err != nil {
				return err
			}
			if r.Sealed != nil {
				change = &poll.Change{Code: r.Receipt, Key: *r.Sealed.Key}
				say("secret " + r.Receipt)
			} else {
				say(fmt.Sprintf("open %d %s", r.Record, r.Hash))
			}
		}
	}
	return nil
}

func TestNoAcknowledgedBallotIsLostWhenTheProcessIsKilled(t *testing.T) {
	for name, makeURL := range map[string]func(testing.TB) string{"sqlite": testkit.SQLiteURL, "postgres": testkit.PostgresURL} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const each = 40 // voters in one life; it dies before they are through
			url := makeURL(t)
			s := newStage(t, testkit.OpenDatabase(t, url), access.Public)
			people := s.crowd(each * testkit.Rounds())
			first := people[0].Person
			open, secret := s.start(s.ben, choice("A", "B")), s.start(s.ben, secret("A", "B"))
			records, codes := map[int64]string{}, map[string]bool{}
			for round := range testkit.Rounds() {
				here := hall{open.ID, secret.ID, first, first + each - 1, url}
				first += each
				where := fmt.Sprintf(hallText, here.open, here.secret, here.first, here.last, here.url)
				for _, line := range testkit.Kill(t, victimOf, where, 30+round%7) {
					switch said := strings.Fields(line); {
					case len(said) == 3 && said[0] == "open":
						number, err := strconv.ParseInt(said[1], 10, 64)
						if err != nil || records[number] != "" {
							t.Fatalf("%q: %v, and before it was %q", line, err, records[number])
						}
						records[number] = said[2]
					case len(said) == 2 && said[0] == "secret" && !codes[said[1]]:
						codes[said[1]] = true
					default:
						t.Fatalf("the victim said %q", line)
					}
				}
				s.holds(open, secret, records, codes)
			}
			s.closes(open, secret)
			t.Logf("%d open and %d secret ballots acknowledged in %d lives, none lost", len(records), len(codes), testkit.Rounds())
		})
	}
}

// holds demands that every acknowledged ballot is in the record of its poll.
func (s *stage) holds(open, secret poll.Poll, records map[int64]string, codes map[string]bool) {
	s.t.Helper()
	log := s.verify(s.ana, open, "closing").Log
	for number, hash := range records {
		if number > int64(len(log)) || log[number-1].Hash.String() != hash {
			s.t.Errorf("record %d was acknowledged as %s and is not in the log of %d records", number, hash, len(log))
		}
	}
	for code := range codes {
		if found, err := s.polls.FindReceipt(s.t.Context(), s.eve, secret.ID, code); err != nil || found.Standing == poll.NotThere {
			s.t.Errorf("the ballot %s was acknowledged and is %s: %v", code, found.Standing, err)
		}
	}
	for _, p := range []poll.Poll{open, secret} {
		rows := s.number("SELECT COUNT(*) FROM poll_voters WHERE poll_id = ? AND voted_at IS NOT NULL", p.ID)
		ballots := s.number("SELECT (SELECT COUNT(*) FROM ballots WHERE poll_id = ?) + (SELECT COUNT(*) FROM ballot_box WHERE poll_id = ? AND choices <> '')", p.ID, p.ID)
		if now := s.again(s.ana, p); int64(now.BallotCount) != rows || rows != ballots {
			s.t.Errorf("%d are counted, %d people have voted, %d ballots are in", now.BallotCount, rows, ballots)
		}
	}
}

// closes demands that both polls can be closed and checked.
func (s *stage) closes(some ...poll.Poll) {
	s.t.Helper()
	for _, p := range some {
		if _, err := s.polls.Close(s.t.Context(), s.ben, p.ID); err != nil {
			s.t.Fatal(err)
		}
		if b := s.verify(s.ana, p); b.Certificate == nil || b.Certificate.Signature == (ledger.Signature{}) {
			s.t.Error("nothing is certified")
		}
	}
}
