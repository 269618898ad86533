package app_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"plenary/pkg/ledger"
	"plenary/pkg/poll"
)

// Fifty people vote in a secret poll by page and by API, and some change their
// vote. What the forum writes besides the box, into its log, its tables, its letters,
// its jobs, its pages and the copies of what it keeps of somebody, leads to none of
// their ballots. Its figures are by route alone; see metrics_test.go.
func TestFiftySecretVotesLeaveNoTraceButTheBox(t *testing.T) {
	t.Parallel()
	const many = 50
	log := &logged{}
	p := newPollingWith(t, many, settings{log: slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	at := p.open(poll.NewPoll{Settings: poll.Settings{Secret: true}})
	var traces []string // what nobody but the voter and the box may have
	for i := range many {
		p.set(p.now().Add(time.Minute))
		words, key := fmt.Sprintf("Particular words %03d", i), ledger.Hash{byte(i), 7}
		if i%2 == 0 {
			status, text := p.send(voter(i), http.MethodPost, pollPath(at.ID)+"/ballot", fmt.Sprintf("choices=%d&reason=%s&commitment=%s", at.Options[i%3].ID, strings.ReplaceAll(words, " ", "+"), ledger.Commitment(key)))
			if status != http.StatusOK {
				t.Fatalf("page: %d %.500s", status, text)
			}
			traces = append(traces, words)
			continue
		}
		code := p.castSealed(voter(i), at, fmt.Sprintf(`{"choices":[%d],"reason":%q,"commitment":%q}`, at.Options[i%3].ID, words, ledger.Commitment(key)))
		traces = append(traces, code, words)
		if i%5 == 0 {
			again := fmt.Sprintf("Changed words %03d", i)
			traces = append(traces, again, p.castSealed(voter(i), at, fmt.Sprintf(`{"choices":[%d],"reason":%q,"change":{"code":%q,"key":%q}}`, at.Options[(i+1)%3].ID, again, code, key)))
			traces = append(traces, key.String())
		}
	}
	p.set(at.ClosesAt.Add(time.Minute))
	if _, err := p.Polls.CloseDue(p.ctx); err != nil {
		t.Fatal(err)
	}
	var sinks []sink
	for _, table := range p.tables() {
		if table != "ballot_box" {
			sinks = append(sinks, sink{"table " + table, p.dump(table)})
		}
	}
	log.mu.Lock()
	sinks = append(sinks, sink{"the log", log.text.String()})
	log.mu.Unlock()
	if !strings.Contains(sinks[len(sinks)-1].text, "/ballot") {
		t.Error("the log knows of no ballot at all; the test could not find out anything")
	}
	sinks = append(sinks, sink{"the copy of a voter's data", p.copyOf(voter(1))}, sink{"the letters", p.dump("mails")})
	for _, name := range []string{voter(1), "mo", "eve", ""} {
		for _, page := range []string{pollPath(at.ID), pollPath(at.ID) + "/check", pollPath(at.ID) + "/voters", "/", fmt.Sprintf("/t/%d", p.thread), pollCall(at.ID), pollCall(at.ID) + "/ballot", pollCall(at.ID) + "/ballots", pollCall(at.ID) + "/voters", pollCall(at.ID) + "/results", fmt.Sprintf("/api/v1/threads/%d/timeline", p.thread)} {
			_, text := p.send(name, http.MethodGet, page, "")
			sinks = append(sinks, sink{page + " as " + name, text})
		}
	}
	box := p.dump("ballot_box")
	for _, trace := range traces {
		if !strings.Contains(box, trace) && strings.Contains(trace, "words 001") {
			t.Errorf("the box does not hold %q; the test could not find out anything", trace)
		}
		for _, s := range sinks {
			if strings.Contains(s.text, trace) {
				t.Errorf("%s leads to a ballot: %q", s.name, trace)
			}
		}
	}
	for i := range many {
		if strings.Contains(box, fmt.Sprint("Name of ", voter(i))) || strings.Contains(box, voter(i)+"@") {
			t.Errorf("the box leads to %s", voter(i))
		}
	}
}

// sink is a place to which things are written.
type sink struct{ name, text string }

// castSealed casts a ballot by the API and gives its code.
func (p *polling) castSealed(name string, at poll.Poll, body string) string {
	p.t.Helper()
	status, text := p.send(name, http.MethodPut, pollCall(at.ID)+"/ballot", body)
	var got given
	if status != http.StatusOK || json.Unmarshal([]byte(text), &got) != nil || got.Receipt == "" {
		p.t.Fatalf("%s: %d %s", body, status, text)
	}
	return got.Receipt
}

func (p *polling) tables() (names []string) {
	p.t.Helper()
	p.must(p.DB.Read(p.ctx).Raw("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").Scan(&names).Error)
	if len(names) < 40 {
		p.t.Fatalf("only %d tables", len(names))
	}
	return names
}

// dump is all of a table as text.
func (p *polling) dump(table string) string {
	p.t.Helper()
	var rows []map[string]any
	p.must(p.DB.Read(p.ctx).Table(table).Find(&rows).Error)
	var out strings.Builder
	for _, row := range rows {
		for column, value := range row {
			if raw, ok := value.([]byte); ok {
				value = string(raw)
			}
			fmt.Fprintf(&out, "%s=%v\n", column, value)
		}
	}
	return out.String()
}

// copyOf is everything that the forum gives somebody as kept of them.
func (p *polling) copyOf(name string) string {
	p.t.Helper()
	asked, err := p.MyData.AskExport(p.ctx, p.who[name])
	p.must(err)
	p.must(p.MyData.MakeExport(p.ctx, asked.ID))
	_, file, err := p.MyData.OpenExport(p.ctx, p.who[name], asked.ID)
	p.must(err)
	defer file.Close()
	raw, err := io.ReadAll(file)
	p.must(err)
	all, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	p.must(err)
	var out strings.Builder
	for _, f := range all.File {
		part, err := f.Open()
		p.must(err)
		_, err = io.Copy(&out, part)
		p.must(err)
		p.must(part.Close())
	}
	if !strings.Contains(out.String(), "voted_at") {
		p.t.Error("the copy does not say that they voted")
	}
	return out.String()
}
