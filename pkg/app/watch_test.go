package app_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/person"
	"plenary/pkg/poll"
	"plenary/pkg/tally"
	"plenary/pkg/testkit/browser"
)

// People watch each other say that they have no answer yet, and vote; then many
// vote at once, and the poll closes. Every page moves by itself, and none asks the
// forum for anything.
func TestAPollMovesOnAllPagesAndNoneAsksForIt(t *testing.T) {
	t.Parallel()
	r := start(t, settings{})
	r.group("coast", "Coast", access.Public)
	ana := r.person("ana", "Ana", "", "coast", access.Admin)
	ben := r.person("ben", "Ben", "", "coast", access.Member)
	tokens := r.voters(40, "coast")
	thread := r.thread(ana, "coast")
	p, err := r.Polls.Start(r.ctx, ana, thread, poll.NewPoll{Title: "Where do we meet?", Method: tally.Choice, ClosesAt: time.Now().Add(time.Hour),
		Options: []poll.NewOption{{Label: "The mill"}, {Label: "The harbour"}}, Settings: poll.Settings{Results: access.AtClose, Undecided: true}})
	if err != nil {
		t.Fatal(err)
	}
	own := fmt.Sprintf("/p/%d", p.ID)
	his, hers, visitors := r.browse("ben", own), r.browse("ana", own), r.browse("", fmt.Sprintf("/t/%d", thread))

	says := func(words string) {
		t.Helper()
		for _, tab := range []*browser.Tab{his, hers, visitors} {
			tab.Until(fmt.Sprintf(`document.querySelector(".participation").innerText.includes(%q)`, words))
		}
	}
	his.ClickText(".ballot", "I have no answer yet")
	says("1 has no answer yet")
	his.ClickText(".ballot", "Take that back")
	hers.Until(`!document.querySelector(".participation").innerText.includes("no answer yet")`)
	if err := r.Polls.Undecided(r.ctx, ben, p.ID, true); err != nil {
		t.Fatal(err)
	}
	says("1 has no answer yet")
	browser.Eval[bool](his, `([...document.querySelectorAll(".ballot .choice")].find((c) => c.innerText.includes("The mill")).querySelector("input").click(), true)`)
	his.Click(".ballot .primary")
	his.Sees("Change my vote")
	says("1 of 42 have voted")
	hers.Until(`!document.querySelector(".participation").innerText.includes("no answer yet")`)

	c := caller(t)
	asked := r.asked.Load()
	r.voteAll(tokens, p)
	says("41 of 42 have voted")
	if n := r.asked.Load() - asked; n != int64(len(tokens)) {
		t.Errorf("%d requests beside those that voted", n-int64(len(tokens)))
	}
	counted := r.Polls.Counts()
	asked = r.asked.Load()
	if status, body, err := call(c, "POST", fmt.Sprintf("%s/api/v1/polls/%d/close", r.URL, p.ID), r.token(ana), "", map[string]any{}); err != nil || status != http.StatusOK {
		t.Fatalf("the close: %d %s, %v", status, body, err)
	}
	for _, tab := range []*browser.Tab{his, hers, visitors} {
		tab.Until(`document.querySelector(".results").innerText.includes("The mill")`)
		tab.Until(`document.querySelector(".poll .state").innerText.includes("closed")`)
		if n := browser.Eval[int](tab, `performance.getEntriesByType("resource").filter((e) => e.initiatorType === "fetch" || e.initiatorType === "xmlhttprequest").length`); tab != his && n > 0 {
			t.Errorf("a page fetched %d times", n)
		}
		tab.Faultless()
	}
	if n := r.asked.Load() - asked; n != 1 {
		t.Errorf("%d requests came of the close beside the close itself", n-1)
	}
	if n := r.Polls.Counts() - counted; n != 1 {
		t.Errorf("the close counted %d times", n)
	}
}

// What is pushed into an open page names times as the page does that is loaded
// afterwards: in the zone that its reader has chosen.
func TestTimesThatArePushedAreTheReaders(t *testing.T) {
	t.Parallel()
	r := start(t, settings{})
	r.group("coast", "Coast", access.Public)
	ana, ben := r.person("ana", "Ana", "", "coast", access.Admin), r.person("ben", "Ben", "", "coast", access.Member)
	if _, err := r.People.EditProfile(r.ctx, ana, person.ProfileEdit{TimeZone: new("Asia/Kolkata")}); err != nil {
		t.Fatal(err)
	}
	day := time.Now().UTC().AddDate(0, 0, 40).Truncate(24 * time.Hour)
	slot := func(hours, long int) poll.NewOption {
		return poll.NewOption{StartsAt: new(day.Add(time.Duration(hours) * time.Hour)), EndsAt: new(day.Add(time.Duration(hours+long) * time.Hour))}
	}
	p, err := r.Polls.Start(r.ctx, ana, r.thread(ana, "coast"), poll.NewPoll{Title: "When do we meet?", Method: tally.TimePoll, ClosesAt: time.Now().Add(50 * time.Hour),
		Options: []poll.NewOption{slot(8, 2), slot(17, 1), slot(20, 3)}, Settings: poll.Settings{Results: access.Always}})
	if err != nil {
		t.Fatal(err)
	}
	tab := r.browse("ana", fmt.Sprintf("/p/%d", p.ID))
	scores := map[string]int{}
	for i, o := range p.Options {
		scores[fmt.Sprint(o.ID)] = i
	}
	if status, body, err := call(caller(t), "PUT", fmt.Sprintf("%s/api/v1/polls/%d/ballot", r.URL, p.ID), r.token(ben), "", map[string]any{"choices": scores}); err != nil || status != http.StatusOK {
		t.Fatalf("the ballot: %d %s, %v", status, body, err)
	}
	tab.Until(`document.querySelector(".results svg.chart")`)
	if _, err := r.Polls.Extend(r.ctx, ana, p.ID, time.Now().Add(80*time.Hour)); err != nil {
		t.Fatal(err)
	}
	tab.Until(`document.querySelector(".poll .state").innerText.includes("in 3 days")`)

	const state = `document.querySelector(".poll .state time").textContent`
	const results = `(() => {
		const part = document.querySelector(".results").cloneNode(true);
		const days = new Set([...part.querySelectorAll("svg.chart > g > title")].map((el) => el.textContent));
		part.querySelectorAll(".who-voted, svg.chart > g > title, svg.chart text[font-size='12']").forEach((el) => el.remove());
		const words = part.textContent.replace(/\s+/g, " ").trim();
		return words + " | " + [...days].join(" | ") + " | " + [...part.querySelectorAll("[aria-label]")].map((el) => el.getAttribute("aria-label")).join(" | ");
	})()`
	closes, pushed := browser.Eval[string](tab, state), browser.Eval[string](tab, results)
	tab.Open(fmt.Sprintf("%s/p/%d", r.URL, p.ID))
	if again := browser.Eval[string](tab, state); closes != again {
		t.Errorf("pushed %q, loaded %q", closes, again)
	}
	if again := browser.Eval[string](tab, results); pushed != again || strings.Contains(pushed, "UTC") || !strings.Contains(pushed, "13:30 – 15:30") {
		t.Errorf("pushed\n%s\nloaded\n%s", pushed, again)
	}
	tab.Faultless()
}
