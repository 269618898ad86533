package app_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/app"
	"plenary/pkg/ledger"
	"plenary/pkg/person"
	"plenary/pkg/poll"
	"plenary/pkg/tally"
	"plenary/pkg/testkit"
)

// A poll is closed, by hand or by its time, while a thousand vote over HTTP: each
// ballot that was acknowledged is in the count and in the export, no other is, and
// who came too late is told so.
func TestACloseWhileAThousandVoteLosesNoneAndAddsNone(t *testing.T) {
	t.Parallel()
	type way struct{ byTime, secret bool }
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		v := newVoting(t, "")
		for _, w := range []way{{false, false}, {false, true}, {true, false}, {true, true}} {
			v.closeMeanwhile(w.byTime, w.secret)
		}
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		v := newVoting(t, testkit.PostgresURL(t))
		for _, w := range []way{{false, true}, {true, false}} {
			v.closeMeanwhile(w.byTime, w.secret)
		}
	})
}

// voting is a thousand people with a thread in which they are asked.
type voting struct {
	*running
	t      *testing.T
	ahead  atomic.Int64 // of the true time, in ns
	ana    access.Actor
	chair  string // her token
	voters []string
	thread int64
	client *http.Client
}

func newVoting(t *testing.T, database string) *voting {
	t.Helper()
	v := &voting{t: t, client: &http.Client{Transport: &http.Transport{MaxConnsPerHost: 64, MaxIdleConnsPerHost: 64}}}
	t.Cleanup(v.client.CloseIdleConnections)
	v.running = startWith(t, settings{database: database}, app.Options{Now: v.now, Password: person.Cost{Memory: 64, Time: 1, Threads: 1}})
	v.group("harbour", "Harbour", access.Public)
	v.ana = v.person("ana", "Ana", "", "harbour", access.Admin)
	v.chair, v.voters = v.token(v.ana), v.running.voters(1000, "harbour")
	v.thread = v.running.thread(v.ana, "harbour")
	return v
}

func (v *voting) now() time.Time { return time.Now().Add(time.Duration(v.ahead.Load())) }

// ballot is what became of one.
type ballot struct {
	given
	taken bool // else the poll was said to be closed
}

// vote sends a ballot, again for as long as the forum is too busy.
func (v *voting) vote(url, token string, option int64, over *atomic.Bool) (ballot, error) {
	for {
		tooLate := over.Load()
		status, body, err := call(v.client, "PUT", url+"/ballot", token, "", map[string]any{"choices": []int64{option}})
		var b ballot
		var refused struct{ Code, Detail string }
		switch {
		case err != nil:
			return b, err
		case status == http.StatusServiceUnavailable:
			continue
		case status == http.StatusOK && tooLate:
			return b, errors.New("it was taken after the close")
		case status == http.StatusOK:
			b.taken = true
			return b, json.Unmarshal(body, &b.given)
		case status == http.StatusConflict && json.Unmarshal(body, &refused) == nil && refused.Code == "poll.state_closed" && strings.Contains(refused.Detail, "closed"):
			return b, nil
		}
		return b, fmt.Errorf("%d %s", status, body)
	}
}

// closeMeanwhile has everybody vote, closes the poll when some hundreds have, and
// compares what they were told with what is counted and published.
func (v *voting) closeMeanwhile(byTime, secret bool) {
	t, name := v.t, fmt.Sprintf("by time %v, secret %v", byTime, secret)
	p, err := v.Polls.Start(v.ctx, v.ana, v.thread, poll.NewPoll{Title: "Which colour?", Method: tally.Choice, ClosesAt: v.now().Add(5 * time.Minute),
		Options: []poll.NewOption{{Label: "Red"}, {Label: "Blue"}}, Settings: poll.Settings{Secret: secret}})
	if err != nil {
		t.Fatal(err)
	}
	url := fmt.Sprintf("%s/api/v1/polls/%d", v.URL, p.ID)
	end := func() {
		if byTime {
			v.ahead.Add(int64(p.ClosesAt.Sub(v.now())))
		} else if status, body, err := call(caller(t), "POST", url+"/close", v.chair, "", map[string]any{}); err != nil || status != http.StatusOK {
			t.Errorf("%s: the close: %d %s, %v", name, status, body, err)
		}
	}
	const before = 300
	ballots := make([]ballot, len(v.voters))
	var came atomic.Int64
	var over atomic.Bool
	var all sync.WaitGroup
	for i, token := range v.voters {
		all.Go(func() {
			var err error
			if ballots[i], err = v.vote(url, token, p.Options[i%2].ID, &over); err != nil {
				t.Errorf("%s: ballot %d: %v", name, i, err)
			}
			if came.Add(1) == before {
				end()
				over.Store(true)
			}
		})
	}
	all.Wait()
	if _, err := v.Polls.CloseDue(v.ctx); err != nil {
		t.Fatal(err)
	}
	v.compare(name, p, ballots)
}

func (v *voting) compare(name string, p poll.Poll, ballots []ballot) {
	t := v.t
	status, body, err := call(v.client, "GET", fmt.Sprintf("%s/api/v1/polls/%d/export", v.URL, p.ID), v.chair, "", nil)
	if err != nil || status != http.StatusOK {
		t.Fatalf("%s: export: %d, %v", name, status, err)
	}
	bundle, err := ledger.ReadBundle(body)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range ledger.Verify(bundle).Findings {
		if f.Status == ledger.Fails {
			t.Errorf("%s: %s %s: %s %v", name, f.Check, f.Status, f.Code, f.Args)
		}
	}
	taken := 0
	for i, b := range ballots {
		if !b.taken {
			continue
		}
		taken++
		if !inBundle(bundle, b.given) {
			t.Errorf("%s: the acknowledged ballot %d is not in the export", name, i)
		}
	}
	result, err := v.Polls.Results(v.ctx, v.ana, p.ID)
	if err != nil || result.Turnout.Cast != int64(taken) {
		t.Errorf("%s: %d ballots are counted, %d were acknowledged, %v", name, result.Turnout.Cast, taken, err)
	}
	if taken == 0 || taken == len(ballots) {
		t.Errorf("%s: %d of %d ballots were in time", name, taken, len(ballots))
	}
	t.Logf("%s: %d of %d in time", name, taken, len(ballots))
}
