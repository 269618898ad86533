package app_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/testkit/browser"
	"plenary/pkg/transfer"
)

// TestFromAConversationToADecision is what the forum is for, played in a real
// browser by people who watch each other live.
func TestFromAConversationToADecision(t *testing.T) {
	f := start(t, settings{})
	f.group("coast", "Coast network", access.Public)
	f.person("mira", "Mira Kovač", "Seaside Bakery", "coast", access.Moderator)
	f.person("ana", "Ana Ruiz", "Salt Works", "coast", access.Member)
	f.person("ben", "Ben Adeyemi", "", "coast", access.Member)
	text, err := os.Open("testdata/transcript.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer text.Close()
	thread, _, err := transfer.Transcript(f.ctx, f.Forum, "coast", text, time.UTC)
	if err != nil {
		t.Fatal(err)
	}

	ana, ben := f.browse("ana", thread.Path()), f.browse("ben", thread.Path())
	for _, who := range []*browser.Tab{ana, ben} {
		who.Sees("Our three days in spring")
		who.Sees("Mira Kovač")
		who.Sees("Seen by 4")
		who.Sees("Buying energy together")
		who.Until(`document.querySelector("#live-state").innerText === "Live"`)
	}
	ana.Shoot("01-thread")

	// Ben is writing while Ana posts: he sees hers and keeps his words and the focus.
	ben.Type("#composer-body", "I was just going to say")
	ana.Type("#composer-body", "Could the visits be on **Friday** instead?")
	ana.Click("#composer .primary")
	ben.Sees("Could the visits be on Friday instead?")
	ana.Sees("Could the visits be on Friday instead?")
	if got := browser.Eval[string](ben, `document.activeElement.id + "|" + document.activeElement.value`); got != "composer-body|I was just going to say" {
		t.Errorf("Ben's half-written comment became %q", got)
	}
	count := `document.querySelectorAll("#timeline .comment").length`
	if a, b := browser.Eval[int](ana, count), browser.Eval[int](ben, count); a != 4 || b != 4 {
		t.Errorf("%d comments with Ana and %d with Ben, want 4: three imported, one new", a, b)
	}
	ana.Until(`document.querySelector("#composer-body").value === ""`)
	ben.Shoot("02-ben-sees-it")

	// Ana makes three themes out of Pilar's comment.
	pilar := browser.Eval[string](ana, `[...document.querySelectorAll("#timeline .comment")].find((c) => c.innerText.includes("Three connected themes")).id`)
	ana.ClickText("#"+pilar, "Make themes")
	ana.Until(`document.querySelectorAll("#theme-form .theme-row").length === 3`)
	ana.Shoot("03-themes-form")
	ana.Click("#theme-form .primary")
	ana.Sees("Shared kitchens")
	ben.Until(`document.querySelectorAll("#board .theme").length === 3`)
	ben.Sees("Federations made of small workshops")

	// Ben supports one; Ana sees the number move without reloading.
	ana.Open(f.URL + thread.Path())
	ana.Until(`document.querySelector("#live-state").innerText === "Live"`)
	kitchens := browser.Eval[string](ben, `[...document.querySelectorAll("#board .theme")].find((c) => c.innerText.includes("Shared kitchens")).id`)
	ben.ClickText("#"+kitchens, "Support")
	ben.Until(fmt.Sprintf(`document.querySelector("#%s-count").innerText.includes("1")`, kitchens))
	ana.Until(fmt.Sprintf(`document.querySelector("#%s-count").innerText.includes("1")`, kitchens))
	ana.Shoot("04-supported")

	// Mira, the convenor, shortlists all three and makes a poll of them.
	mira := f.browse("mira", fmt.Sprintf("/t/%d/themes", thread.ID))
	for range 3 {
		before := browser.Eval[int](mira, `document.querySelectorAll("main .theme.is-shortlisted, main .tag.is-shortlisted").length`)
		mira.Click(`main form.convene[action$="/shortlist"] button`)
		mira.Until(fmt.Sprintf(`document.querySelectorAll("main .theme.is-shortlisted, main .tag.is-shortlisted").length > %d`, before))
	}
	mira.Shoot("05-shortlist")
	mira.Open(fmt.Sprintf("%s/t/%d/polls/new?themes=shortlist&method=choice", f.URL, thread.ID))
	mira.Type("#poll-form [name=title]", "Which theme for Saturday morning?")
	browser.Eval[bool](mira, `(document.querySelector("#closes_at").value = new Date(Date.now() + 3 * 86400e3).toISOString().slice(0, 16), true)`)
	mira.Shoot("06-poll-form")
	mira.Click("#poll-form .primary")
	mira.Sees("Which theme for Saturday morning?")
	mira.Until(`/^\/(p|t)\//.test(location.pathname) && !location.pathname.endsWith("/new")`)
	for _, who := range []*browser.Tab{ana, ben} {
		who.Until(`document.querySelector("#asked").innerText.includes("Which theme for Saturday morning?")`)
	}
	poll := browser.Eval[string](ana, `document.querySelector("#timeline .poll a[href^='/p/']").getAttribute("href")`)

	// Both vote; the turnout moves on the page of the one who has voted already.
	ben.Open(f.URL + poll)
	ana.Open(f.URL + poll)
	ana.Until(`document.querySelector(".ballot")`)
	ana.Shoot("07-ballot")
	vote := func(who *browser.Tab, option string) {
		t.Helper()
		browser.Eval[bool](who, fmt.Sprintf(`([...document.querySelectorAll(".ballot .choice")].find((c) => c.innerText.includes(%q)).querySelector("input").click(), true)`, option))
		who.Click(".ballot .primary")
		who.Sees("Change my vote")
	}
	vote(ana, "Shared kitchens")
	ben.Until(`document.querySelector(".participation").innerText.includes("1 of 3")`)
	vote(ben, "Shared kitchens")
	ana.Until(`document.querySelector(".participation").innerText.includes("2 of 3")`)
	ana.Shoot("08-voted")

	// Mira closes the poll, publishes the outcome and closes the discussion.
	ana.Open(f.URL + thread.Path())
	ana.Until(`document.querySelector("#live-state").innerText === "Live"`)
	mira.Open(f.URL + poll)
	mira.ClickText("main", "Close the poll now")
	mira.Sees("Write the outcome")
	mira.Open(f.URL + poll + "/outcome")
	mira.Type("#outcome-form [name=statement]", "Saturday morning is about shared kitchens. Pilar prepares it with Ben.")
	mira.Click("#outcome-form .primary")
	mira.Sees("Saturday morning is about shared kitchens.")
	ana.Sees("Saturday morning is about shared kitchens.")
	mira.Open(f.URL + thread.Path())
	mira.ClickText("main", "Moderate")
	mira.Type("#close-reason", "Decided. Thank you all.")
	mira.ClickText("main", "Close this discussion")
	mira.Sees("Decided. Thank you all.")
	ana.Sees("Decided. Thank you all.")
	if left := browser.Eval[int](ana, `[...document.querySelectorAll(".support, .write-here, .for-commenters, .for-proposers, .manage a:not([href$='/people'])")].filter((it) => it.checkVisibility()).length`); left > 0 {
		t.Errorf("%d buttons on an open page still offer what the closed discussion refuses", left)
	}
	ana.Shoot("09-decided")
	for _, who := range []*browser.Tab{ana, ben, mira} {
		who.Faultless()
	}
	if got := browser.Eval[string](mira, `document.body.innerText`); strings.Contains(got, "Post comment") {
		t.Error("a closed discussion still offers to comment")
	}
	phone := f.browse("", thread.Path())
	phone.Size(320, 640)
	phone.Shoot("10-phone")
	if over := browser.Eval[int](phone, "document.documentElement.scrollWidth - innerWidth"); over > 0 {
		t.Errorf("on a phone the page is %d pixels too wide", over)
	}
}
