package app_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"plenary/pkg/poll"
	"plenary/pkg/tally"
)

// said is a problem as the API tells it.
type said struct {
	Code   string            `json:"code"`
	Detail string            `json:"detail"`
	Title  string            `json:"title"`
	Fields map[string]string `json:"fields"`
}

// A ballot that cannot be one is refused by page and API alike, with the field and
// in words, and nothing is stored of it. Options are called A, B, C, and F is one of
// another poll.
func TestABallotThatCannotBeIsRefusedInWords(t *testing.T) {
	t.Parallel()
	p := newPolling(t, 1)
	foreign := p.open(poll.NewPoll{Title: "Another"}).Options[0].ID
	polls := map[tally.Method]poll.Poll{}
	for _, m := range []tally.Method{tally.Choice, tally.Approval, tally.Score, tally.DotVote, tally.Quadratic, tally.InstantRunoff, tally.Schulze, tally.STAR, tally.MajorityJudgment, tally.Proposal} {
		polls[m] = p.open(poll.NewPoll{Method: m})
	}
	const refused = http.StatusUnprocessableEntity
	for _, c := range []struct {
		name       string
		method     tally.Method
		form, body string // empty: there is no such form, or body
		status     int    // of the API; 422 where 0
		field      string
	}{
		{"a foreign option", tally.Choice, "choices=F", `{"choices":[F]}`, 0, "choices"},
		{"an option that is nobody's", tally.Approval, "choices=A&choices=987654321", `{"choices":[A,987654321]}`, 0, "choices"},
		{"an option below nothing", tally.Choice, "choices=-1", `{"choices":[-1]}`, 0, "choices"},
		{"an option of no number", tally.Choice, "choices=NaN", `{"choices":["NaN"]}`, 0, "choices"},
		{"a number beyond 64 bits", tally.Choice, "choices=99999999999999999999", `{"choices":[99999999999999999999]}`, 0, "choices"},
		{"half an option", tally.Choice, "choices=1.5", `{"choices":[1.5]}`, 0, "choices"},
		{"nothing", tally.Choice, "", `{"choices":[]}`, 0, "choices"},
		{"two where one may be", tally.Choice, "choices=A&choices=B", `{"choices":[A,B]}`, 0, "choices"},
		{"one twice", tally.Approval, "choices=A&choices=A", `{"choices":[A,A]}`, 0, "choices"},
		{"two ranks alike where they may not be", tally.InstantRunoff, "rank-A=1&rank-B=1", `{"choices":[[A,B]]}`, 0, "choices"},
		{"one in two ranks", tally.Schulze, "", `{"choices":[[A],[B],[A]]}`, 0, "choices"},
		{"an empty rank", tally.Schulze, "", `{"choices":[[A],[]]}`, 0, "choices"},
		{"a rank of a foreign option", tally.InstantRunoff, "rank-A=1&rank-F=2", `{"choices":[[A],[F]]}`, 0, "choices"},
		{"rank nothing", tally.InstantRunoff, "rank-A=0", `{"choices":[]}`, 0, "choices"},
		{"a rank below nothing", tally.InstantRunoff, "rank-A=-1", ``, 0, "choices"},
		{"a rank of no number", tally.InstantRunoff, "rank-A=first", `{"choices":[["A"]]}`, 0, "choices"},
		{"marks where ranks are asked for", tally.Schulze, "choices=A", `{"choices":[A]}`, 0, "choices"},
		{"a score too high", tally.Score, "score-A=6", `{"choices":{"A":6}}`, 0, "choices"},
		{"a score below nothing", tally.Score, "score-A=-1", `{"choices":{"A":-1}}`, 0, "choices"},
		{"a score of no number", tally.Score, "score-A=NaN", `{"choices":{"A":"NaN"}}`, 0, "choices"},
		{"NaN as it is", tally.Score, "score-A=Infinity", `{"choices":{"A":NaN}}`, http.StatusBadRequest, ""},
		{"half a point", tally.Score, "score-A=2.5", `{"choices":{"A":2.5}}`, 0, "choices"},
		{"a huge score", tally.Score, "score-A=1e400", `{"choices":{"A":1e400}}`, 0, "choices"},
		{"a score beyond 64 bits", tally.STAR, "score-A=99999999999999999999", `{"choices":{"A":99999999999999999999}}`, 0, "choices"},
		{"a score of a foreign option", tally.Score, "score-F=1", `{"choices":{"F":1}}`, 0, "choices"},
		{"a grade too high", tally.MajorityJudgment, "score-A=6&score-B=1&score-C=1", `{"choices":{"A":6,"B":1,"C":1}}`, 0, "choices"},
		{"too many dots", tally.DotVote, "score-A=5&score-B=4", `{"choices":{"A":5,"B":4}}`, 0, "choices"},
		{"dots below nothing", tally.DotVote, "score-A=9&score-B=-1", `{"choices":{"A":9,"B":-1}}`, 0, "choices"},
		{"dots that overflow", tally.DotVote, "score-A=9223372036854775807&score-B=9223372036854775807", `{"choices":{"A":2147483647,"B":2147483647}}`, 0, "choices"},
		{"more credits than there are", tally.Quadratic, "score-A=9&score-B=9", `{"choices":{"A":9,"B":9}}`, 0, "choices"},
		{"credits that overflow", tally.Quadratic, "score-A=4294967296", `{"choices":{"A":4294967296}}`, 0, "choices"},
		{"a reason too long", tally.Choice, "choices=A&reason=" + strings.Repeat("x", poll.MaxReason+1), `{"choices":[A],"reason":"` + strings.Repeat("x", poll.MaxReason+1) + `"}`, 0, "reason"},
		{"a block without a reason", tally.Proposal, "choices=STOP", `{"choices":["block"]}`, 0, "reason"},
		{"another's name", tally.Choice, "choices=A&for=1", `{"choices":[A],"for":"ana"}`, 0, "for"},
		{"no JSON", tally.Choice, "", `{"choices":[`, http.StatusBadRequest, ""},
		{"a field of no ballot", tally.Choice, "", `{"choices":[A],"weight":99}`, 0, "weight"},
	} {
		at := polls[c.method]
		var names []string
		for i, o := range at.Options {
			names = append(names, string("ABCD"[i]), fmt.Sprint(o.ID))
		}
		ids := strings.NewReplacer(append([]string{"NaN", "NaN", "STOP", fmt.Sprint(at.Options[len(at.Options)-1].ID), "F", fmt.Sprint(foreign)}, names...)...)
		if c.body != "" {
			status, text := p.send(voter(0), http.MethodPut, pollCall(at.ID)+"/ballot", ids.Replace(c.body))
			var problem said
			want := c.status
			if want == 0 {
				want = refused
			}
			if err := json.Unmarshal([]byte(text), &problem); err != nil || status != want || c.field != "" && problem.Fields[c.field] == "" || problem.Code == "" {
				t.Errorf("%s, by the API: %d %s", c.name, status, text)
			}
		}
		status, text := p.send(voter(0), http.MethodPost, pollPath(at.ID)+"/ballot", ids.Replace(c.form))
		if status != refused || !strings.Contains(text, "field-error") && !strings.Contains(text, "error-summary") {
			t.Errorf("%s, by the page: %d, %d bytes", c.name, status, len(text))
		}
		if again, err := p.Polls.Poll(p.ctx, p.who["ana"], at.ID); err != nil || again.BallotCount != 0 {
			t.Fatalf("%s was counted: %d ballots, %v", c.name, again.BallotCount, err)
		}
	}
}

// A ballot counts until just before the close and from just after the opening,
// wherever it comes from.
func TestABallotCountsToTheMillisecond(t *testing.T) {
	t.Parallel()
	p := newPolling(t, 8)
	for _, secret := range []bool{false, true} {
		p.set(pollingStart)
		opens := pollingStart.Add(time.Hour)
		at := p.open(poll.NewPoll{Settings: poll.Settings{Secret: secret}, OpensAt: &opens, ClosesAt: pollingStart.Add(3 * time.Hour)})
		form, body := fmt.Sprintf("choices=%d", at.Options[0].ID), fmt.Sprintf(`{"choices":[%d]}`, at.Options[0].ID)
		try := func(when time.Time, page, api string, want int, code string) {
			t.Helper()
			p.set(when)
			status, text := p.send(api, http.MethodPut, pollCall(at.ID)+"/ballot", body)
			var problem said
			if status != want || code != "" && (json.Unmarshal([]byte(text), &problem) != nil || problem.Code != code) {
				t.Errorf("secret %v, %s, API: %d %s; want %d %s", secret, when.Sub(pollingStart), status, text, want, code)
			}
			status, text = p.send(page, http.MethodPost, pollPath(at.ID)+"/ballot", form)
			if (status >= 400) != (want >= 400) || status >= 400 && (status != want || len(text) < 500) {
				t.Errorf("secret %v, %s, page: %d; want %d", secret, when.Sub(pollingStart), status, want)
			}
		}
		// A draft is found only by those who could open it.
		try(opens.Add(-time.Millisecond), voter(0), voter(1), http.StatusNotFound, "error.not_found")
		try(opens.Add(-time.Millisecond), "ben", "ben", http.StatusForbidden, "access.not_in_electorate")
		p.set(opens)
		if n, err := p.Polls.OpenDue(p.ctx); err != nil && n > 1 {
			t.Fatal(err)
		}
		try(opens.Add(time.Millisecond), voter(0), voter(1), http.StatusOK, "")
		try(at.ClosesAt.Add(-time.Millisecond), voter(2), voter(3), http.StatusOK, "")
		try(*at.ClosesAt, voter(4), voter(5), http.StatusConflict, "poll.state_closed")
		try(at.ClosesAt.Add(time.Millisecond), voter(6), voter(7), http.StatusConflict, "poll.state_closed")
		export := p.export(at)
		if n := strings.Count(export, `\"kind\":\"cast\"`) + strings.Count(export, `\"kind\":\"voted\"`); n != 4 {
			t.Errorf("secret %v: %d ballots are on record, want 4", secret, n)
		}
	}
}

// Who is taken out of the group while the ballot is on the way is told so, and the
// ballot is not counted.
func TestWhoIsRemovedMeanwhileIsTold(t *testing.T) {
	t.Parallel()
	p := newPolling(t, 3)
	for i, secret := range []bool{false, true} {
		at := p.open(poll.NewPoll{Settings: poll.Settings{Secret: secret}})
		name := voter(i)
		if status, _ := p.send(name, http.MethodGet, pollPath(at.ID), ""); status != http.StatusOK {
			t.Fatalf("the page: %d", status)
		}
		if err := p.Groups.RemoveMember(p.ctx, p.who["ana"], "coast", name); err != nil {
			t.Fatal(err)
		}
		status, text := p.send(name, http.MethodPost, pollPath(at.ID)+"/ballot", fmt.Sprintf("choices=%d", at.Options[0].ID))
		if status != http.StatusForbidden || len(text) < 500 {
			t.Errorf("secret %v, page: %d", secret, status)
		}
		status, text = p.send(name, http.MethodPut, pollCall(at.ID)+"/ballot", fmt.Sprintf(`{"choices":[%d]}`, at.Options[0].ID))
		if status != http.StatusForbidden || !strings.Contains(text, `"code":"access.`) {
			t.Errorf("secret %v, API: %d %s", secret, status, text)
		}
		if again, err := p.Polls.Poll(p.ctx, p.who["ana"], at.ID); err != nil || again.BallotCount != 0 {
			t.Errorf("secret %v: %d ballots, %v", secret, again.BallotCount, err)
		}
	}
}

// Of two tabs that send at once the later one holds in an open poll, and both are
// told. In a secret one the first holds, since only its receipt can change it, and
// the other tab is told that.
func TestOfTwoTabsAtOnceBothAreTold(t *testing.T) {
	t.Parallel()
	p := newPolling(t, 2)
	both := func(send func(tab int) (int, string)) (statuses [2]int, texts [2]string) {
		var wg sync.WaitGroup
		for tab := range 2 {
			wg.Go(func() { statuses[tab], texts[tab] = send(tab) })
		}
		wg.Wait()
		return statuses, texts
	}
	open := p.open(poll.NewPoll{})
	statuses, texts := both(func(tab int) (int, string) {
		return p.send(voter(0), http.MethodPut, pollCall(open.ID)+"/ballot", fmt.Sprintf(`{"choices":[%d]}`, open.Options[tab].ID))
	})
	var receipts [2]struct{ Revision int }
	for tab := range 2 {
		if statuses[tab] != http.StatusOK || json.Unmarshal([]byte(texts[tab]), &receipts[tab]) != nil {
			t.Fatalf("tab %d: %d %s", tab, statuses[tab], texts[tab])
		}
	}
	later := 0
	if receipts[1].Revision == 2 {
		later = 1
	}
	if receipts[0].Revision+receipts[1].Revision != 3 {
		t.Errorf("revisions %+v", receipts)
	}
	if _, text := p.send(voter(0), http.MethodGet, pollCall(open.ID)+"/ballot", ""); !strings.Contains(text, fmt.Sprintf(`"choices":[%d]`, open.Options[later].ID)) {
		t.Errorf("the later tab was %d, and the ballot is %s", later, text)
	}
	statuses, _ = both(func(tab int) (int, string) {
		return p.send(voter(1), http.MethodPost, pollPath(open.ID)+"/ballot", fmt.Sprintf("choices=%d", open.Options[tab].ID))
	})
	if statuses[0] >= 400 || statuses[1] >= 400 {
		t.Errorf("pages: %v", statuses)
	}
	secret := p.open(poll.NewPoll{Settings: poll.Settings{Secret: true}})
	for name, send := range map[string]func(who string, tab int) (int, string){
		voter(0): func(who string, tab int) (int, string) {
			return p.send(who, http.MethodPut, pollCall(secret.ID)+"/ballot", fmt.Sprintf(`{"choices":[%d]}`, secret.Options[tab].ID))
		},
		voter(1): func(who string, tab int) (int, string) {
			return p.send(who, http.MethodPost, pollPath(secret.ID)+"/ballot", fmt.Sprintf("choices=%d", secret.Options[tab].ID))
		},
	} {
		statuses, texts := both(func(tab int) (int, string) { return send(name, tab) })
		won, lost := 0, 1
		if statuses[1] < 400 {
			won, lost = 1, 0
		}
		if statuses[won] >= 400 || statuses[lost] != http.StatusConflict && statuses[lost] != http.StatusUnprocessableEntity || !strings.Contains(texts[lost], "receipt") {
			t.Errorf("%s in a secret poll: %v, %.300s", name, statuses, texts[lost])
		}
	}
	if again, err := p.Polls.Poll(p.ctx, p.who["ana"], secret.ID); err != nil || again.BallotCount != 2 {
		t.Errorf("%d ballots, %v", again.BallotCount, err)
	}
}

// A poll has from two to five hundred options.
func TestAPollHasAsManyOptionsAsItCan(t *testing.T) {
	t.Parallel()
	p := newPolling(t, 0)
	closes := p.now().Add(72 * time.Hour)
	for n, want := range map[int]bool{0: false, 1: false, 2: true, 500: true, 501: false} {
		var labels, form []string
		for i := range n {
			labels, form = append(labels, fmt.Sprintf(`{"label":"Option %d"}`, i)), append(form, fmt.Sprintf("option=Option+%d", i))
		}
		status, text := p.send("ben", http.MethodPost, fmt.Sprintf("/api/v1/threads/%d/polls", p.thread),
			fmt.Sprintf(`{"title":"Which?","method":"approval","closes_at":%q,"options":[%s]}`, closes.UTC().Format(time.RFC3339), strings.Join(labels, ",")))
		var problem said
		if want != (status == http.StatusCreated) || !want && (status != http.StatusUnprocessableEntity || json.Unmarshal([]byte(text), &problem) != nil || problem.Fields["options"] == "") {
			t.Errorf("%d options, API: %d %.200s", n, status, text)
		}
		status, text = p.send("ben", http.MethodPost, fmt.Sprintf("/t/%d/polls", p.thread),
			"title=Which%3F&method=approval&closes_at="+closes.Format("2006-01-02T15:04")+"&"+strings.Join(form, "&"))
		if want != (status == http.StatusSeeOther) || !want && (status != http.StatusUnprocessableEntity || !strings.Contains(text, "error-summary")) {
			t.Errorf("%d options, page: %d", n, status)
		}
	}
	for m, want := range map[tally.Method]bool{tally.OptIn: true, tally.Question: true, tally.Proposal: true, tally.Sortition: false} {
		status, text := p.send("ben", http.MethodPost, fmt.Sprintf("/api/v1/threads/%d/polls", p.thread), fmt.Sprintf(`{"title":"Which?","method":%q,"closes_at":%q}`, m, closes.UTC().Format(time.RFC3339)))
		if want != (status == http.StatusCreated) {
			t.Errorf("%s without options: %d %s", m, status, text)
		}
	}
	if status, _ := p.send("eve", http.MethodPost, fmt.Sprintf("/api/v1/threads/%d/polls", p.thread), `{}`); status != http.StatusForbidden {
		t.Errorf("somebody who may not: %d", status)
	}
}
