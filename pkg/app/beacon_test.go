package app_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/app"
	"plenary/pkg/beacon/relay"
	"plenary/pkg/config"
	"plenary/pkg/forum"
	"plenary/pkg/ledger"
	"plenary/pkg/person"
	"plenary/pkg/poll"
	"plenary/pkg/tally"
	"plenary/pkg/testkit"
	"plenary/pkg/testkit/fakebeacon"
)

// A poll is seen through the close by a visitor: sealed, then drawn, in words on each
// page, and in an export that holds.
func TestReadersAreToldWhatDrawsTheLot(t *testing.T) {
	t.Parallel()
	var skipped atomic.Int64
	now := func() time.Time { return time.Now().Add(time.Duration(skipped.Load())) }
	r := startWith(t, settings{}, app.Options{Password: person.Cost{Memory: 64, Time: 1, Threads: 1}, Now: now})
	fake := fakebeacon.New(1)
	var asked atomic.Int64
	relaying := fake.Relay(func() int64 { return fake.NotBefore(now().UnixMicro()) - 1 })
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		asked.Add(1)
		relaying.ServeHTTP(w, req)
	}))
	t.Cleanup(server.Close)
	source, err := relay.New(fake.Chain, []string{server.URL})
	if err != nil {
		t.Fatal(err)
	}
	r.Polls.DrawsWith(source)
	r.group("harbour", "Harbour", access.Public)
	ana, ben := r.person("ana", "Ana", "", "harbour", access.Admin), r.person("ben", "Ben", "", "harbour", access.Member)
	thread, err := r.Forum.Start(r.ctx, ana, "harbour", forum.NewThread{Title: "The boat", Visibility: access.Public})
	if err != nil {
		t.Fatal(err)
	}
	p, err := r.Polls.Start(r.ctx, ana, thread.ID, poll.NewPoll{Title: "Which colour?", Method: tally.Choice, ClosesAt: now().Add(time.Hour),
		Options: []poll.NewOption{{Label: "Red"}, {Label: "Blue"}}, Settings: poll.Settings{Results: access.AtClose}})
	if err != nil {
		t.Fatal(err)
	}
	for i, who := range []access.Actor{ana, ben} {
		if _, err := r.Polls.Cast(r.ctx, who, p.ID, poll.NewBallot{Answer: ledger.Answer{Form: tally.Marks, Chosen: []int64{p.Options[i].ID}}}); err != nil {
			t.Fatal(err)
		}
	}
	at := fmt.Sprintf("/p/%d", p.ID)
	r.reads(at, "If a lot is needed, a public beacon draws it after the close")
	if _, err := r.Polls.Close(r.ctx, ana, p.ID); err != nil {
		t.Fatal(err)
	}
	r.reads(at, "The ballots are sealed.", "The lot comes from the public beacon’s round", "The result shows when the lot is drawn.")
	r.reads(at+"/check", "Lots will come from a public beacon")
	r.reads(fmt.Sprintf("/api/v1/polls/%d", p.ID), `"state":"sealed"`, `"beacon":{"name":"drand/`)

	skipped.Add(int64(4 * time.Minute))
	if n, err := r.Polls.DrawDue(r.ctx); err != nil || n == 0 && asked.Load() == 0 { // the sweep may have been faster
		t.Fatalf("drew %d, %v", n, err)
	}
	r.reads(at, "which came after the ballots were sealed: nobody, not even who runs this server, could choose it", "With another lot others could have won.")
	r.reads(at+"/check", "Lots come from a public beacon", "drand/"+fake.Hash+"/")
	bundle, err := ledger.ReadBundle(r.fetched(at + "/export.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range ledger.Verify(bundle, fake.Chain).Findings {
		if f.Status == ledger.Fails || f.Check == "beacon" && f.Status != ledger.Holds {
			t.Errorf("%s %s: %s %v", f.Check, f.Status, f.Code, f.Args)
		}
	}
}

// reads wants the page to have these words for a visitor.
func (r *running) reads(path string, words ...string) {
	r.t.Helper()
	text := strings.Join(strings.Fields(string(r.fetched(path))), " ")
	for _, w := range words {
		if !strings.Contains(text, w) {
			r.t.Errorf("%s does not say %q", path, w)
		}
	}
}

// fetched is what a visitor gets at the path.
func (r *running) fetched(path string) []byte {
	r.t.Helper()
	resp, err := http.Get(r.URL + path)
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		r.t.Errorf("%s: %s, %v", path, resp.Status, err)
	}
	return body
}

func TestABeaconWithoutAnAddressIsRefused(t *testing.T) {
	t.Parallel()
	rooms, err := app.Open(t.Context(), config.Database{DataDir: t.TempDir()}, testkit.Quiet(), app.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { rooms.Close() })
	for _, beacon := range []string{"api.drand.sh", "ftp://api.drand.sh"} {
		if _, err := app.NewServer(rooms, config.Server{Addr: "127.0.0.1:0", Beacon: []string{beacon}}, "test"); err == nil || !strings.Contains(err.Error(), "--beacon") {
			t.Errorf("%s: %v", beacon, err)
		}
	}
}
