package web

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	ical "github.com/emersion/go-ical"

	"plenary/pkg/access"
	"plenary/pkg/ledger"
	"plenary/pkg/poll"
	"plenary/pkg/tally"
)

// entries reads a calendar back with a parser that shares nothing with what wrote
// it, and lists its entries as "start end summary status".
func entries(t *testing.T, file string) []string {
	t.Helper()
	cal, err := ical.NewDecoder(strings.NewReader(file)).Decode()
	if err != nil {
		t.Fatalf("the calendar cannot be read: %v\n%s", err, file)
	}
	out := []string{}
	for _, e := range cal.Events() {
		starts, err := e.DateTimeStart(time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		line := starts.UTC().Format(time.RFC3339)
		if e.Props.Get(ical.PropDateTimeEnd) != nil {
			ends, err := e.DateTimeEnd(time.UTC)
			if err != nil {
				t.Fatal(err)
			}
			line += " " + ends.UTC().Format(time.RFC3339)
		}
		title, err := e.Props.Text(ical.PropSummary)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, line+" "+title+" "+e.Props.Get(ical.PropStatus).Value)
	}
	return out
}

func TestAPollsTimesCanBeTakenIntoACalendar(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		talk := h.thread("ada", "harbour", "When to meet")
		closes := h.clock.Now().Add(72 * time.Hour)
		first, second := closes.Add(24*time.Hour), closes.Add(48*time.Hour)
		p, err := h.site.Polls.Start(context.Background(), h.actor("mona"), talk.ID, poll.NewPoll{Title: "When; where, and how?", Method: tally.TimePoll,
			Settings: poll.Settings{Results: access.AtClose}, ClosesAt: closes,
			Options: []poll.NewOption{{StartsAt: &first}, {StartsAt: &second, EndsAt: new(second.Add(90 * time.Minute))}}})
		h.must(err)
		at := fmt.Sprintf("/p/%d", p.ID)
		visitor := h.browser("")
		visitor.get(at).status(200).has("Add the closing to my calendar")
		open := visitor.get(at + ".ics").status(200)
		if kind := open.Header.Get("Content-Type"); kind != "text/calendar; charset=utf-8" {
			t.Errorf("the calendar comes as %s", kind)
		}
		want := []string{closes.UTC().Format(time.RFC3339) + " Closes: When; where, and how? CONFIRMED"}
		if got := entries(t, open.body); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("while it is open the calendar has %q, want %q", got, want)
		}
		_, err = h.site.Polls.Cast(context.Background(), h.actor("ben"), p.ID, poll.NewBallot{Answer: ledger.Answer{Form: tally.Scores, Scores: map[int64]int{p.Options[0].ID: 0, p.Options[1].ID: 2}}})
		h.must(err)
		h.clock.pass(73 * time.Hour)
		want = append(want, second.UTC().Format(time.RFC3339)+" "+second.Add(90*time.Minute).UTC().Format(time.RFC3339)+" When; where, and how? CONFIRMED")
		if got := entries(t, visitor.get(at+".ics").status(200).body); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("when it is over the calendar has %q, want %q", got, want)
		}
		visitor.get(at).status(200).has("Add to my calendar")
		members := h.bread("cellar", access.Always)
		visitor.get(fmt.Sprintf("/p/%d.ics", members.ID)).status(404)
		visitor.get("/p/999999.ics").status(404)
	})
}
