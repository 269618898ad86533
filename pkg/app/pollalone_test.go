package app_test

import (
	"fmt"
	"testing"

	"plenary/pkg/access"
	"plenary/pkg/testkit/browser"
)

// A poll is started on its own, comes up on the open page of its group, is voted
// in and talked about on one page, closed and concluded, while others watch.
func TestAPollOnItsOwnFromItsStartToItsOutcome(t *testing.T) {
	f := start(t, settings{})
	f.group("coast", "Coast network", access.Public)
	f.person("ana", "Ana Ruiz", "Salt Works", "coast", access.Moderator)
	f.person("ben", "Ben Adeyemi", "", "coast", access.Member)
	live := `document.querySelector("#live-state").innerText === "Live"`

	ana, ben := f.browse("ana", "/g/coast/polls"), f.browse("ben", "/g/coast/polls")
	ben.Sees("No polls yet.")
	ana.FollowText(".group-title", "Start a poll")
	ana.Follow(`a[href$="purpose=consent"]`)
	ana.Shoot("alone-01-form")
	closes := func(days int) {
		t.Helper()
		browser.Eval[bool](ana, fmt.Sprintf(`(document.querySelector("#closes_at").value = new Date(Date.now() + %d * 86400e3).toISOString().slice(0, 16), true)`, days))
	}
	ana.Type("#poll-form [name=title]", "Shall we buy the boat?")
	ana.Type("#poll-form [name=details]", "It is **cheap**, and it floats.")
	ana.Type("#poll-form [name=tags]", "boats")
	browser.Eval[bool](ana, `(document.querySelector("#visibility [value=members]").click(), true)`)
	closes(-3)
	ana.Follow("#poll-form .primary")
	ana.Sees("The closing time has passed already.")
	kept := `["title", "details", "tags"].map((name) => document.querySelector("#poll-form [name=" + name + "]").value).join("|") + "|" + document.querySelector("#visibility :checked").value`
	if got := browser.Eval[string](ana, kept); got != "Shall we buy the boat?|It is **cheap**, and it floats.|boats|members" {
		t.Errorf("the rejected form came back with %q", got)
	}
	closes(3)
	ana.Follow("#poll-form .primary")
	ana.Until(`/^\/p\/\d+$/.test(location.pathname)`)
	path := browser.Eval[string](ana, `location.pathname`)
	ana.Until(live)
	ben.Until(`document.querySelector("#listed").innerText.includes("Shall we buy the boat?")`)
	ben.Shoot("alone-02-list")
	ben.Size(320, 700)
	ben.Shoot("alone-06-list-narrow")
	ben.Size(1280, 800)

	ben.FollowText("#listed", "Shall we buy the boat?")
	ben.Until(live)
	if n := browser.Eval[int](ben, `document.querySelectorAll("main .poll").length * 10 + document.querySelectorAll("h1").length`); n != 11 {
		t.Errorf("%d: the poll and its heading stand there more than once", n)
	}
	browser.Eval[bool](ben, `(document.querySelector(".ballot .choice input").click(), true)`)
	ben.Click(".ballot .primary")
	ben.Sees("Change my vote")
	ana.Until(`document.querySelector(".participation").innerText.includes("1 of 2")`)
	ben.Type("#composer-body", "Does it *really* float?")
	ben.Click("#composer .primary")
	ana.Sees("Does it really float?")
	ana.Shoot("alone-03-poll")
	ben.Size(320, 700)
	ben.Shoot("alone-05-narrow")
	ben.Size(1280, 800)
	ana.Open(f.URL + path)
	ana.Until(live)

	ben.Open(f.URL + fmt.Sprintf("/t/%s", browser.Eval[string](ben, `document.querySelector("main").dataset.liveTopic.slice(7)`)))
	ben.Until(live)
	if got := browser.Eval[string](ben, `location.pathname`); got != path {
		t.Errorf("the discussion leads to %s, want %s", got, path)
	}
	ana.ClickText("main .poll", "Close the poll now")
	ben.Until(`document.querySelector("#timeline").innerText.includes("closed the poll")`)
	ana.Open(f.URL + path + "/outcome")
	ana.Type("#outcome-form [name=statement]", "We buy the boat.")
	ana.Click("#outcome-form .primary")
	ben.Until(`document.querySelector(".outcome.decided").innerText.includes("We buy the boat.")`)
	ben.Until(`document.querySelector("#timeline").innerText.includes("published the outcome")`)
	if n := browser.Eval[int](ben, `document.body.innerText.split("We buy the boat.").length - 1`); n != 1 {
		t.Errorf("the outcome stands there %d times", n)
	}
	ben.Type("#composer-body", "Good.")
	ben.Click("#composer .primary")
	ana.Open(f.URL + path)
	ana.Sees("Good.")
	ana.Shoot("alone-04-decided")
	ana.Open(f.URL + "/g/coast/decisions")
	ana.Sees("We buy the boat.")
	for _, who := range []*browser.Tab{ana, ben} {
		who.Faultless()
	}
}
