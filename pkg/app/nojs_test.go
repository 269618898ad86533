package app_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"plenary/pkg/testkit/browser"
)

// plainly is a tab in which no script runs.
type plainly struct {
	*browser.Tab
	t *testing.T
}

func withoutScripts(t *testing.T) plainly {
	t.Helper()
	tab := browser.Person(t)
	tab.Size(1280, 900)
	tab.NoScripts()
	return plainly{tab, t}
}

// send fills in fields of a form, by name, and presses its button.
func (p plainly) send(form, button string, fields ...string) {
	p.t.Helper()
	for i := 0; i < len(fields); i += 2 {
		p.fill(fmt.Sprintf("%s [name=%q]", form, fields[i]), fields[i+1])
	}
	p.FollowText(form, button)
}

func (p plainly) fill(field, value string) {
	p.t.Helper()
	p.Until(fmt.Sprintf("document.querySelector(%q)", field))
	browser.Eval[bool](p.Tab, fmt.Sprintf("(document.querySelector(%q).value = %q, true)", field, value))
}

// tick chooses the answer with the label.
func (p plainly) tick(within, label string) {
	p.t.Helper()
	find := fmt.Sprintf("[...document.querySelectorAll(%q)].find((l) => l.innerText.includes(%q))", within+" label", label)
	p.Until(find)
	browser.Eval[bool](p.Tab, "("+find+".click(), true)")
}

// refused demands the error summary, the prefix in the title and the kept value.
func (p plainly) refused(field, kept string) {
	p.t.Helper()
	p.Until(`document.querySelector(".error-summary")?.checkVisibility() && document.title.startsWith("Error:")`)
	if got := browser.Eval[string](p.Tab, fmt.Sprintf("document.querySelector(%q)?.value ?? 'gone'", field)); got != kept {
		p.t.Errorf("after a refusal %s holds %q, want %q", field, got, kept)
	}
	if dead := browser.Eval[string](p.Tab, `[...document.querySelectorAll(".error-summary a")].map((a) => a.getAttribute("href")).filter((h) => !document.querySelector(CSS.escape ? "#" + CSS.escape(h.slice(1)) : h)).join(" ")`); dead != "" {
		p.t.Errorf("the summary leads nowhere with %s", dead)
	}
}

func (p plainly) at() string {
	return browser.Eval[string](p.Tab, "location.pathname")
}

// A whole story without a single script: the forum is set up, somebody comes by
// an invitation, talks, proposes, votes, and it is decided.
func TestEverythingWorksWithoutScripts(t *testing.T) {
	f := start(t, settings{})
	token, _, err := f.People.SetUpToken(f.ctx)
	if err != nil {
		t.Fatal(err)
	}
	rosa, sam := withoutScripts(t), withoutScripts(t)
	var link, thread, proposal, choice string
	for _, part := range []struct {
		name string
		play func(t *testing.T)
	}{
		{"the set-up page makes the forum, its administrator and an assembly", func(t *testing.T) { rosa.in(t).setsUp(f.URL, token) }},
		{"an invitation is made", func(t *testing.T) { link = rosa.in(t).invites(f.URL) }},
		{"whoever has the link makes an account and is a member", func(t *testing.T) { sam.in(t).comesBy(link) }},
		{"signing out and in, once with a wrong password", func(t *testing.T) { sam.in(t).signsInAgain(f.URL) }},
		{"a thread is started", func(t *testing.T) { thread = sam.in(t).startsThread(f.URL) }},
		{"commenting, replying, editing and reacting", func(t *testing.T) { rosa.in(t).talks(f.URL + thread) }},
		{"proposing themes, one and several, and supporting", func(t *testing.T) { rosa.in(t).proposes(f.URL + thread) }},
		{"supporting another's theme", func(t *testing.T) { sam.in(t).supports(f.URL + thread) }},
		{"a proposal is opened", func(t *testing.T) { proposal = rosa.in(t).opensProposal(f.URL + thread) }},
		{"a choice is opened", func(t *testing.T) { choice = rosa.in(t).opensChoice(f.URL + thread) }},
		{"voting, and changing the vote", func(t *testing.T) { sam.in(t).votes(f.URL+proposal, f.URL+choice) }},
		{"closing, concluding and closing the discussion", func(t *testing.T) { rosa.in(t).decides(f.URL+choice, f.URL+thread) }},
		{"leaving the group and joining again", func(t *testing.T) { sam.in(t).leavesAndJoins(f.URL) }},
	} {
		if !t.Run(part.name, part.play) {
			return // what follows builds on it
		}
	}
}

// in lets faults be told by the part of the story that they are in.
func (p plainly) in(t *testing.T) plainly { return plainly{p.Tab.For(t), t} }

func (p plainly) setsUp(base, token string) {
	p.Open(base + "/setup/" + token)
	p.send("#setup-form", "Open the forum", "forum", "Harbour forum", "name", "Rosa Ferri", "handle", "Not a handle", "email", "rosa@example.org", "password", password)
	p.refused("#setup-form [name=name]", "Rosa Ferri")
	p.tick("#setup-form", "made-up")
	p.send("#setup-form", "Open the forum", "handle", "rosa", "password", password)
	p.Sees("Lodestone Network")
	p.Sees("Harbour forum")
}

func (p plainly) invites(base string) string {
	p.Open(base + "/g/lodestone/members")
	p.FollowText("main", "Invite people")
	p.send(`form[action$="/invitations"]`, "Make a link", "days", "7")
	p.Until(`document.querySelector(".receipt code")`)
	return browser.Eval[string](p.Tab, `document.querySelector(".receipt code").innerText`)
}

func (p plainly) comesBy(link string) {
	p.Open(link)
	p.Sees("Lodestone Network")
	p.send("#join-form", "Make my account and join", "name", "Sam Brook", "handle", "sam", "email", "sam@example.org", "password", "short")
	p.refused("#join-form [name=name]", "Sam Brook")
	p.send("#join-form", "Make my account and join", "handle", "sam-brook", "password", password)
	p.Until(`location.pathname === "/g/lodestone"`)
	p.Sees("you are a member")
}

func (p plainly) signsInAgain(base string) {
	p.Click(".account-menu > summary")
	p.FollowText("header", "Sign out")
	p.Open(base + "/signin?next=/g/lodestone")
	p.send("#signin-form", "Sign in", "email", "sam@example.org", "password", "not this one 1")
	p.refused("#signin-form [name=email]", "sam@example.org")
	p.send("#signin-form", "Sign in", "password", password)
	p.Until(`location.pathname === "/g/lodestone"`)
}

func (p plainly) startsThread(base string) string {
	p.Open(base + "/g/lodestone")
	p.FollowText("main", "Start a discussion")
	p.send("#thread-form", "Start the discussion", "title", "  ", "body", "Who brings a **projector**?")
	p.refused("#thread-form [name=body]", "Who brings a **projector**?")
	p.send("#thread-form", "Start the discussion", "title", "Things to bring")
	p.Until(`document.querySelector("#thread-context strong")?.innerText === "projector"`)
	return strings.Join(strings.Split(p.at(), "/")[:3], "/") // /t/ and the number
}

func (p plainly) talks(thread string) {
	p.Open(thread)
	p.send("#composer", "Post comment", "body", " \n ")
	p.refused("#composer [name=body]", " \n ")
	p.Open(thread)
	p.send("#composer", "Post comment", "body", "- Tables\n- Chairs")
	p.Until(`document.querySelectorAll("#timeline .comment li").length === 2`)
	p.FollowText("#timeline .comment", "Reply")
	p.send("#reply", "Post reply", "body", "And lamps.")
	p.Until(`document.querySelector("#timeline .comment.reply")`)
	p.Sees("In reply to Rosa Ferri")
	p.FollowText("#timeline .comment.reply", "More")
	p.FollowText("main", "Edit")
	p.send(".composer[id$='-edit']", "Save the changes", "body", "And lamps, two.")
	p.Open(thread)
	p.Sees("And lamps, two.")
	p.Sees("edited")
	p.Follow("#timeline .comment:not(.reply) .reactions button")
	p.Until(`document.querySelector("#timeline .comment:not(.reply) .reactions button[aria-pressed=true] [data-n='1'], .comment .reactions button[aria-pressed=true] [data-n='1']")`)
}

func (p plainly) proposes(thread string) {
	p.Open(thread)
	p.FollowText("main", "Propose a theme")
	p.send("#theme-form", "Propose this theme", "title", " ", "description", "For the evening.")
	p.refused("#theme-form [name=description]", "For the evening.")
	p.send("#theme-form", "Propose this theme", "title", "Music")
	p.Open(thread)
	p.Sees("Music")
	p.FollowText("#timeline .comment:not(.reply)", "Make themes")
	p.Until(`document.querySelectorAll("#theme-form .theme-row").length === 2`)
	p.FollowText("#theme-form", "Propose the chosen themes")
	p.Open(thread + "/themes")
	p.Sees("Tables")
	p.Sees("Chairs")
}

func (p plainly) supports(thread string) {
	p.Open(thread)
	p.FollowText(".board-strip", "See all 3")
	board := p.at()
	p.Follow(".theme .support button")
	if now := p.at(); now != board {
		p.t.Errorf("supporting a theme leads from %s to %s", board, now)
	}
	p.Until(`document.querySelector(".support button[aria-pressed=true]")`)
}

// inThreeDays is a time as a form takes it.
func inThreeDays() string { return time.Now().Add(72 * time.Hour).UTC().Format("2006-01-02T15:04") }

func (p plainly) opensProposal(thread string) string {
	p.Open(thread + "/polls/new?method=proposal")
	p.send("#poll-form", "Open the poll", "title", " ", "closes_at", inThreeDays())
	p.refused("#poll-form [name=closes_at]", inThreeDays())
	p.send("#poll-form", "Open the poll", "title", "Shall we rent lamps?")
	p.Sees("Shall we rent lamps?")
	return p.poll("Shall we rent lamps?", thread)
}

func (p plainly) opensChoice(thread string) string {
	p.Open(thread + "/polls/new?method=choice&max=1")
	p.fill(`label:nth-of-type(1) > [name="option"]`, "Friday")
	p.send("#poll-form", "Open the poll", "title", "Which day?", "closes_at", inThreeDays())
	p.refused("#poll-form [name=title]", "Which day?")
	browser.Eval[bool](p.Tab, `["Friday", "Saturday"].every((day, i) => document.querySelectorAll("#poll-form [name=option]")[i].value = day)`)
	p.FollowText("#poll-form", "Open the poll")
	p.Until(`!document.querySelector(".error-summary")`)
	return p.poll("Which day?", thread)
}

// poll is the address of the poll with the title.
func (p plainly) poll(title, thread string) string {
	p.t.Helper()
	p.Open(thread)
	p.Sees(title)
	return browser.Eval[string](p.Tab, fmt.Sprintf(`[...document.querySelectorAll("#timeline .poll a[href^='/p/']")].find((a) => a.textContent.includes(%q)).getAttribute("href")`, title))
}

func (p plainly) votes(proposal, choice string) {
	p.Open(proposal)
	p.tick(".ballot", "Block")
	p.send(".ballot", "Send my vote", "reason", " ")
	p.refused(".ballot [name=reason]", " ")
	p.tick(".ballot", "Agree")
	p.send(".ballot", "Send my vote", "reason", "It is dark there.")
	p.Sees("It is dark there.")
	p.FollowText(".receipt", "Change my vote")
	p.tick(".ballot", "Abstain")
	p.FollowText(".ballot", "Send the change")
	p.Until(`document.querySelector(".receipt strong").innerText === "Abstain"`)
	p.Open(choice)
	p.tick(".ballot", "Saturday")
	p.FollowText(".ballot", "Send my vote")
	p.Until(`document.querySelector(".receipt strong").innerText === "Saturday"`)
}

func (p plainly) decides(poll, thread string) {
	p.Open(poll)
	p.FollowText("main", "Close the poll now")
	p.FollowText("main", "Write the outcome")
	p.send("#outcome-form", "Publish the outcome", "statement", " ")
	p.refused("#outcome-form [name=statement]", " ")
	p.send("#outcome-form", "Publish the outcome", "statement", "We meet on Saturday.")
	p.Open(thread)
	p.Sees("We meet on Saturday.")
	p.fill("#close-reason", "Settled.")
	p.Click("details:has(#close-reason) > summary")
	p.FollowText("main", "Close this discussion")
	p.Sees("Settled.")
	if text := browser.Eval[string](p.Tab, "document.body.innerText"); strings.Contains(text, "Post comment") {
		p.t.Error("a closed discussion still offers to comment")
	}
}

func (p plainly) leavesAndJoins(base string) {
	p.Open(base + "/g/lodestone")
	p.ClickText("main", "More")
	p.FollowText("main", "Leave this group")
	p.Open(base + "/g/lodestone")
	p.FollowText("main", "Join this group")
	p.Open(base + "/g/lodestone")
	p.Sees("you are a member")
}
