package app_test

import (
	"fmt"
	"testing"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/poll"
	"plenary/pkg/tally"
	"plenary/pkg/testkit/browser"
	"plenary/pkg/theme"
)

// What is typed narrows the board down, and names what looks alike; what others do
// shows up by itself in whatever view is open.
func TestTheBoardFollowsWhatIsTypedAndWhatHappens(t *testing.T) {
	f := start(t, settings{})
	f.group("harbour", "The Harbour", access.Public)
	mo, ben := f.person("mo", "Mo", "", "harbour", access.Moderator), f.person("ben", "Ben", "", "harbour", access.Member)
	id := f.thread(mo, "harbour")
	propose := func(titles ...string) []theme.Theme {
		t.Helper()
		in := make([]theme.NewTheme, len(titles))
		for i, title := range titles {
			in[i].Title = title
		}
		out, err := f.Themes.Propose(f.ctx, ben, id, in)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	made := propose("Shared kitchens on the quay", "Who owns the ovens")
	board := fmt.Sprintf("/t/%d/themes", id)
	tab := f.browse("mo", board)
	shown := func(n int) string {
		return fmt.Sprintf(`document.querySelectorAll("#themes-shown [id$=-title]").length === %d`, n)
	}
	tab.Until(shown(2))
	tab.Type("#board-words", "oven")
	tab.Until(shown(1))
	if got := browser.Eval[string](tab, "location.search"); got != "?q=oven" {
		t.Errorf("what was typed is not in the address: %q", got)
	}
	for _, view := range []string{"board", "list", "groups"} {
		tab.Open(f.URL + board + "?view=" + view)
		before := browser.Eval[int](tab, `document.querySelectorAll("#themes-shown [id$=-title]").length`)
		propose("One more for the view " + view)
		tab.Until(shown(before + 1))
	}
	tab.Open(f.URL + board)
	if _, err := f.Themes.Support(f.ctx, ben, made[0].ID); err != nil {
		t.Fatal(err)
	}
	tab.Until(fmt.Sprintf(`document.querySelector("#th-%d-count").innerText.includes("1")`, made[0].ID))
	if _, err := f.Themes.Shortlist(f.ctx, mo, made[0].ID); err != nil {
		t.Fatal(err)
	}
	tab.Until(fmt.Sprintf(`document.querySelector(".board-columns .is-shortlisted #th-%d")`, made[0].ID))
	closes := time.Now().Add(50 * time.Hour)
	if _, err := f.Themes.SetRules(f.ctx, mo, id, theme.NewRules{ClosesAt: &closes}); err != nil {
		t.Fatal(err)
	}
	tab.Until(`document.querySelector("#theme-rules").innerText.includes("in 2 days")`)

	tab.Open(f.URL + board + "/new")
	tab.Type("[name=title]", "Shared kitchen on the quay")
	tab.Until(`document.querySelector(".similar li")`)
	tab.ClickText(".similar", "Support this one instead")
	tab.Sees("What you typed is still here")
	if got := browser.Eval[string](tab, `document.querySelector("[name=title]").value`); got != "Shared kitchen on the quay" {
		t.Errorf("what was typed is %q", got)
	}
	tab.Faultless()
}

// An open page of a group shows by itself that a poll has opened in a thread.
func TestAnOpenGroupPageShowsAPollThatOpensInAThread(t *testing.T) {
	f := start(t, settings{})
	f.group("harbour", "The Harbour", access.Public)
	mo := f.person("mo", "Mo", "", "harbour", access.Moderator)
	id := f.thread(mo, "harbour")
	tab := f.browse("mo", "/g/harbour/polls")
	tab.Until(`document.querySelector("#listed")`)
	if _, err := f.Polls.Start(f.ctx, mo, id, poll.NewPoll{Title: "Which one?", Method: tally.Choice, ClosesAt: time.Now().Add(time.Hour),
		Options: []poll.NewOption{{Label: "This"}, {Label: "That"}}}); err != nil {
		t.Fatal(err)
	}
	tab.Until(`document.querySelectorAll("#listed .poll-row").length === 1`)
	tab.Faultless()
}
