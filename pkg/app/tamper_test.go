package app_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"plenary/pkg/app"
	"plenary/pkg/poll"
)

// tamperers have every role there is. None of them is in the electorate.
var tamperers = []string{"ada", "ana", "mo", "ben", "eve", ""}

// Whatever role somebody has and whatever they send to whatever address there is
// about polls: no ballot is cast, altered or removed by it. What is known of others,
// their ids, receipts and pseudonyms, is sent along in every field that anything
// could be called by.
func TestNoRoleCastsAltersOrRemovesABallot(t *testing.T) {
	t.Parallel()
	p := newPolling(t, 12)
	var named []int64
	for i := range 12 {
		named = append(named, p.who[voter(i)].Person)
	}
	for _, secret := range []bool{false, true} {
		in := poll.NewPoll{Settings: poll.Settings{Secret: secret, Electorate: poll.OfNamed}, Named: named}
		at := p.open(in)
		var receipts []poll.Receipt
		for i := range 11 { // the twelfth has not voted: somebody could do it for them
			receipts = append(receipts, p.cast(voter(i), at, i%2))
		}
		loot := p.loot(at, receipts)
		before := p.ballots(at)
		p.tamper(at, loot, "close", "reopen")
		if after := p.ballots(at); after != before {
			t.Errorf("secret %v, open: %s", secret, cmp.Diff(before, after))
		}
		moved, err := p.Polls.Poll(p.ctx, p.who["ana"], at.ID) // by those who may
		p.must(err)
		p.set(moved.ClosesAt.Add(time.Millisecond))
		exported := p.export(at)
		before = p.ballots(at)
		p.tamper(at, loot, "reopen", "reasons", "reasons/hide")
		if after := p.ballots(at); after != before {
			t.Errorf("secret %v, closed: %s", secret, cmp.Diff(before, after))
		}
		if after := p.export(at); after != exported {
			t.Errorf("secret %v, the export: %s", secret, cmp.Diff(exported, after))
		}
		// What moderators may do after the close leaves the ballots as they are, too.
		p.tamper(at, loot)
		if after := p.ballots(at); withoutReasons(after) != withoutReasons(before) {
			t.Errorf("secret %v, after all: %s", secret, cmp.Diff(before, after))
		}
		p.set(pollingStart)
	}
}

// export is what anybody can download.
func (p *polling) export(at poll.Poll) string {
	p.t.Helper()
	status, text := p.send("ana", http.MethodGet, pollPath(at.ID)+"/export.json", "")
	if status != http.StatusOK {
		p.t.Fatalf("export: %d %s", status, text)
	}
	return text
}

// ballots are all that is stored of votes, apart from when they were stored again.
func (p *polling) ballots(at poll.Poll) string {
	p.t.Helper()
	var out []string
	for _, query := range []string{
		"SELECT 'ballot ' || voter_id || ' ' || choices || ' ' || weight || ' ' || revision || ' ' || receipt || ' ' || record || ' ' || cast_at || ' ' || COALESCE(cast_by, 0) || ' reason ' || reason FROM ballots WHERE poll_id = ? ORDER BY voter_id",
		"SELECT 'box ' || code || ' ' || choices || ' ' || weight || ' ' || hex(commitment) || ' ' || hex(server_nonce) || ' ' || COALESCE(hex(change_key), '') || ' reason ' || reason FROM ballot_box WHERE poll_id = ? ORDER BY code",
		"SELECT 'voter ' || person_id || ' ' || weight || ' ' || voted_at || ' ' || COALESCE(removed_at, 0) FROM poll_voters WHERE poll_id = ? AND voted_at IS NOT NULL ORDER BY person_id",
		`SELECT 'log ' || content FROM poll_log WHERE poll_id = ? AND (content LIKE '%"kind":"cast"%' OR content LIKE '%"kind":"voted"%' OR content LIKE '%"kind":"withdrawn"%') ORDER BY number`,
		"SELECT 'count ' || ballot_count FROM polls WHERE id = ?",
	} {
		var rows []string
		p.must(p.DB.Read(p.ctx).Raw(query, at.ID).Scan(&rows).Error)
		out = append(out, rows...)
	}
	return strings.Join(out, "\n")
}

// withoutReasons leaves out what moderators may take away.
func withoutReasons(ballots string) string {
	var out []string
	for line := range strings.Lines(ballots) {
		kept, _, _ := strings.Cut(line, " reason ")
		out = append(out, strings.TrimSpace(kept))
	}
	return strings.Join(out, "\n")
}

// loot is what somebody may have come to know of other people's ballots.
type loot struct {
	options []int64
	person  int64 // who has not voted
	code    string
	key     string
	reason  string // the hash of one
}

func (p *polling) loot(at poll.Poll, receipts []poll.Receipt) loot {
	p.t.Helper()
	l := loot{person: p.who[voter(11)].Person, code: receipts[3].Receipt, key: strings.Repeat("ab", 32), reason: strings.Repeat("cd", 32)}
	for _, o := range at.Options {
		l.options = append(l.options, o.ID)
	}
	return l
}

// form is a ballot of somebody else's as a page could send it, with every name that
// a field of a ballot, a voter or a poll has anywhere.
func (l loot) form(p *polling) url.Values {
	person := strconv.FormatInt(l.person, 10)
	form := url.Values{"choices": {strconv.FormatInt(l.options[2], 10)}, "reason": {l.reason}, "why": {"Because."}, "code": {l.code}, "key": {l.key}, "commitment": {l.key}, "made_key": {l.key},
		"for": {person}, "closes_at": {p.now().Add(100 * time.Hour).Format("2006-01-02T15:04")}, "title": {"Another"}, "method": {"choice"}, "secret": {"1"}, "label": {"Delta"}, "option": {"X", "Y"}, "statement": {"Done."}}
	for _, name := range []string{"voter", "voter_id", "person", "person_id", "user", "user_id", "member", "by", "cast_by", "actor", "as", "who"} {
		form.Set(name, person)
	}
	for name, value := range map[string]string{"weight": "99", "votes": "99", "revision": "9", "record": "1", "receipt": l.code, "ballot": l.code, "ballot_id": "1", "id": "1", "cast_at": "0", "voted_at": "", "state": "open",
		"ballot_count": "0", "voter_count": "0", "removed": "1", "withdraw": "1", "delete": "1", "undecided": "yes", "text": "eve@example.org", "to": voter(11), "electorate": "group", "joins_late": "1", "seed": "1", "result": "{}"} {
		form.Set(name, value)
	}
	return form
}

// bodies are the same as JSON: whole, and in the shapes that single calls take.
func (l loot) bodies(p *polling) []string {
	whole := map[string]any{}
	for name, values := range l.form(p) {
		whole[name] = values[0]
	}
	whole["choices"], whole["change"] = []int64{l.options[2]}, map[string]string{"code": l.code, "key": l.key}
	all, err := json.Marshal(whole)
	p.must(err)
	until := p.now().Add(100 * time.Hour).UTC().Format(time.RFC3339)
	return []string{string(all),
		fmt.Sprintf(`{"choices":[%d]}`, l.options[2]),
		fmt.Sprintf(`{"choices":[%d],"for":%q}`, l.options[2], voter(11)),
		fmt.Sprintf(`{"choices":[%d],"for":%q}`, l.options[2], voter(3)),
		fmt.Sprintf(`{"choices":[%d],"change":{"code":%q,"key":%q}}`, l.options[2], l.code, l.key),
		fmt.Sprintf(`{"closes_at":%q}`, until), `{"title":"Another"}`, `{"secret":true}`, `{"secret":false}`, `{"electorate":"group"}`, fmt.Sprintf(`{"named":[%q]}`, voter(11)),
		fmt.Sprintf(`{"to":%q}`, voter(11)), `{"text":"eve@example.org"}`, `{"statement":"Done."}`, `{"label":"Delta"}`, fmt.Sprintf(`{"reason":%q,"why":"Because."}`, l.reason), `{}`, ``}
}

// tamper knocks at every address about polls, but for those that end with one of
// the words left out, as everybody.
func (p *polling) tamper(at poll.Poll, l loot, leftOut ...string) {
	p.t.Helper()
	params := strings.NewReplacer(":person", strconv.FormatInt(l.person, 10), ":guest", "1", ":token", "nothing", ":user", voter(3), ":ballot", "1")
	refused, routes := 0, 0
	for _, route := range app.Served(p.Server) {
		method, path, _ := strings.Cut(route, " ")
		rest, about := strings.CutPrefix(path, "/p/:id")
		api := false
		if !about {
			rest, api = strings.CutPrefix(path, "/api/v1/polls/:id")
		}
		if !about && !api || slices.Contains(leftOut, strings.Trim(rest, "/")) || method == http.MethodGet || method == http.MethodHead {
			continue
		}
		routes++
		address := pollPath(at.ID) + params.Replace(rest)
		bodies := []string{l.form(p).Encode(), fmt.Sprintf("choices=%d", l.options[2]), ""}
		if api {
			address, bodies = pollCall(at.ID)+params.Replace(rest), l.bodies(p)
		}
		for _, body := range bodies {
			for _, name := range tamperers {
				status, text := p.send(name, method, address, body)
				if status >= 500 {
					p.t.Errorf("%s %s by %q: %d %s", method, address, name, status, text)
				}
				if status >= 400 {
					refused++
				}
				if strings.HasSuffix(address, "/ballot") && status < 400 {
					p.t.Errorf("%s %s by %q, who has no vote: %d", method, address, name, status)
				}
			}
		}
	}
	// Other methods than those served, and addresses of single ballots, which are none.
	for _, method := range []string{http.MethodPut, http.MethodPatch, http.MethodDelete} {
		for _, address := range []string{pollPath(at.ID) + "/ballot", pollCall(at.ID) + "/ballots", pollCall(at.ID) + "/ballots/1", pollCall(at.ID) + "/voters", pollCall(at.ID) + "/export", pollCall(at.ID) + "/results", "/api/v1/ballots/1"} {
			for _, name := range tamperers {
				if status, _ := p.send(name, method, address, `{"choices":[]}`); status < 400 {
					p.t.Errorf("%s %s by %q: %d", method, address, name, status)
				}
			}
		}
	}
	if routes < 20 || refused < 500 {
		p.t.Errorf("%d addresses, %d refusals: the test did not knock", routes, refused)
	}
}
