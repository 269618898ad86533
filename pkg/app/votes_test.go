package app_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/forum"
	"plenary/pkg/ledger"
	"plenary/pkg/poll"
	"plenary/pkg/store"
	"plenary/pkg/tally"
)

// logged is a log that many write to at once.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logged) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

// voters adds members of a group, and gives each a token.
func (r *running) voters(n int, group string) []string {
	r.t.Helper()
	err := r.DB.Write(r.ctx, func(tx *store.Tx) error {
		const people = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) INSERT INTO people (handle, name, created_at) SELECT 'voter-' || i, 'Voter ' || i, 0 FROM n"
		if err := tx.Exec(people, n).Error; err != nil {
			return err
		}
		return tx.Exec(`INSERT INTO memberships (group_id, person_id, role, created_at)
			SELECT g.id, p.id, 'member', 0 FROM people AS p, groups AS g WHERE g.handle = ? AND p.handle LIKE 'voter-%'`, group).Error
	})
	if err != nil {
		r.t.Fatal(err)
	}
	var ids []int64
	if err := r.DB.Read(r.ctx).Raw("SELECT id FROM people WHERE handle LIKE 'voter-%' ORDER BY id").Scan(&ids).Error; err != nil {
		r.t.Fatal(err)
	}
	tokens := make([]string, n)
	var wg sync.WaitGroup
	for i, id := range ids {
		wg.Go(func() { tokens[i] = r.token(access.Actor{Person: id}) })
	}
	wg.Wait()
	return tokens
}

// given is the answer to a ballot.
type given struct {
	Receipt string
	Record  int
	Hash    string
}

// A thousand people vote over HTTP at once; afterwards each receipt is found in
// what anybody can download, and the whole holds.
func TestAThousandVotersFindTheirReceipts(t *testing.T) {
	t.Parallel()
	const many = 1000
	log := &logged{}
	r := start(t, settings{log: slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	r.group("harbour", "Harbour", access.Public)
	ana := r.person("ana", "Ana", "", "harbour", access.Admin)
	tokens := r.voters(many, "harbour")
	thread, err := r.Forum.Start(r.ctx, ana, "harbour", forum.NewThread{Title: "The boat", Visibility: access.Public})
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []bool{false, true} {
		p, err := r.Polls.Start(r.ctx, ana, thread.ID, poll.NewPoll{Title: "Which colour?", Method: tally.Choice, ClosesAt: time.Now().Add(time.Hour),
			Options: []poll.NewOption{{Label: "Red"}, {Label: "Blue"}}, Settings: poll.Settings{Secret: secret}})
		if err != nil {
			t.Fatal(err)
		}
		receipts := r.voteAll(tokens, p)
		if _, err := r.Polls.Close(r.ctx, ana, p.ID); err != nil {
			t.Fatal(err)
		}
		status, body, err := call(http.DefaultClient, "GET", fmt.Sprintf("%s/api/v1/polls/%d/export", r.URL, p.ID), tokens[0], "", nil)
		if err != nil || status != http.StatusOK {
			t.Fatalf("export: %d, %v", status, err)
		}
		bundle, err := ledger.ReadBundle(body)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range ledger.Verify(bundle).Findings {
			if f.Status == ledger.Fails || f.Status == ledger.Open && f.Check != "key" {
				t.Errorf("secret %v: %s %s: %s %v", secret, f.Check, f.Status, f.Code, f.Args)
			}
		}
		lost := 0
		for _, g := range receipts {
			if !inBundle(bundle, g) {
				lost++
			}
		}
		if lost > 0 || len(receipts) != many {
			t.Errorf("secret %v: %d of %d receipts are not in the export", secret, lost, len(receipts))
		}
		if secret {
			for _, g := range receipts {
				if strings.Contains(log.text.String(), g.Receipt) {
					t.Errorf("the log names the receipt %s", g.Receipt)
				}
			}
		}
	}
}

// voteAll sends everybody's ballot at once and gives the receipts.
func (r *running) voteAll(tokens []string, p poll.Poll) []given {
	r.t.Helper()
	client := &http.Client{Transport: &http.Transport{MaxConnsPerHost: 256, MaxIdleConnsPerHost: 256}}
	defer client.CloseIdleConnections()
	receipts := make([]given, len(tokens))
	began := time.Now()
	var wg sync.WaitGroup
	for i, token := range tokens {
		wg.Go(func() {
			status, body, err := call(client, "PUT", fmt.Sprintf("%s/api/v1/polls/%d/ballot", r.URL, p.ID), token, "", map[string]any{"choices": []int64{p.Options[i%2].ID}})
			if err != nil || status != http.StatusOK || json.Unmarshal(body, &receipts[i]) != nil {
				r.t.Errorf("ballot %d: %d %s, %v", i, status, body, err)
			}
		})
	}
	wg.Wait()
	r.t.Logf("%d ballots, secret %v, in %v", len(tokens), p.Secret, time.Since(began))
	return receipts
}

// inBundle finds a receipt where its voter is told to look.
func inBundle(b *ledger.Bundle, g given) bool {
	if g.Record > 0 {
		return g.Record <= len(b.Log) && b.Log[g.Record-1].Hash.String() == g.Hash
	}
	for _, ballot := range b.Box.Ballots {
		if ballot.Code == g.Receipt {
			return true
		}
	}
	return false
}
