package app_test

import (
	"fmt"
	"testing"

	"plenary/pkg/access"
	"plenary/pkg/forum"
	"plenary/pkg/testkit/browser"
	"plenary/pkg/theme"
)

// Two people have a theme's page open side by side: what one of them writes, edits,
// answers and decides, the other sees, without losing what she is writing, where she
// is on the page, or the focus.
func TestAThemesPageIsLiveForTwoPeople(t *testing.T) {
	f := start(t, settings{})
	f.group("harbour", "The Harbour", access.Public)
	mo, ben := f.person("mo", "Mo", "", "harbour", access.Moderator), f.person("ben", "Ben", "", "harbour", access.Member)
	ana := f.person("ana", "Ana", "", "harbour", access.Member)
	made, err := f.Themes.Propose(f.ctx, ben, f.thread(mo, "harbour"), []theme.NewTheme{{Title: "Shared kitchens", Description: "On the *quay*."}})
	if err != nil {
		t.Fatal(err)
	}
	id := made[0].ID
	for i := range 12 { // longer than the window
		if _, err := f.Themes.Comment(f.ctx, mo, id, forum.NewComment{Body: fmt.Sprintf("Remark %d.", i)}); err != nil {
			t.Fatal(err)
		}
	}
	path := fmt.Sprintf("/themes/%d", id)
	anas, bens := f.browse("ana", path), f.browse("ben", path)
	for _, tab := range []*browser.Tab{anas, bens} {
		tab.Until(`document.getElementById("live-state").dataset.state === "live"`)
	}

	// Ana is writing; meanwhile Ben comments without leaving his page.
	anas.Type("#composer-body", "Half a sentence")
	const writes = `document.activeElement.id === "composer-body" && document.activeElement.value === "Half a sentence"`
	before := browser.Eval[float64](anas, `document.activeElement.getBoundingClientRect().top`)
	bens.Type("#composer-body", "I bring the ovens.")
	bens.ClickText("#composer", "Post comment")
	for _, tab := range []*browser.Tab{anas, bens} {
		tab.Until(fmt.Sprintf(`document.querySelector("#th-%d-comments").innerText.includes("I bring the ovens.")`, id))
		tab.Until(fmt.Sprintf(`document.querySelector("#th-%d-talk").innerText === "13 comments"`, id))
	}
	bens.Until(`document.querySelector("#composer-body").value === ""`)
	if !browser.Eval[bool](anas, writes) {
		t.Error("what Ana was writing, or her focus, is lost")
	}
	if after := browser.Eval[float64](anas, `document.activeElement.getBoundingClientRect().top`); after < before-2 || after > before+2 {
		t.Errorf("where Ana writes moved from %v to %v", before, after)
	}

	// Ana asks; Ben, who proposes the theme, is offered to answer, and does.
	anas.Type("#composer-body", " and a question?")
	anas.Click("#question-tick input")
	anas.ClickText("#composer", "Post comment")
	anas.Until(`document.querySelector("#composer-body").value === "" && !document.querySelector("#question-tick input").checked`)
	bens.Until(`document.querySelector(".asks .tag.new")`)
	bens.ClickText(".asks", "Answer this question")
	bens.Until(`document.activeElement.id === "composer-body" && !document.getElementById("reply-to").hidden`)
	bens.Type("#composer-body", "From the bakery.")
	bens.ClickText("#composer", "Post comment")
	for _, tab := range []*browser.Tab{anas, bens} {
		tab.Until(`!document.querySelector(".asks .tag.new") && document.querySelector(".asks a.tag")?.innerText === "Answered"`)
	}

	// What is edited and deleted elsewhere, shows.
	said, err := f.Themes.Comment(f.ctx, ben, id, forum.NewComment{Body: "With twelve plates."})
	if err != nil {
		t.Fatal(err)
	}
	anas.Sees("With twelve plates.")
	if _, err := f.Forum.EditComment(f.ctx, ben, said.ID, forum.CommentEdit{Body: "With forty plates."}); err != nil {
		t.Fatal(err)
	}
	anas.Sees("With forty plates.")
	if err := f.Forum.DeleteComment(f.ctx, ben, said.ID); err != nil {
		t.Fatal(err)
	}
	anas.Until(fmt.Sprintf(`!document.querySelector("#tc-%d").innerText.includes("plates")`, said.ID))

	// Somebody joins the proposers, and a convenor declines the theme and restores it.
	if _, err := f.Themes.AskProposer(f.ctx, ben, id, "ana"); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Themes.AnswerProposer(f.ctx, ana, id, true); err != nil {
		t.Fatal(err)
	}
	bens.Until(fmt.Sprintf(`document.querySelector("#th-%d-now .byline").innerText.includes("Ana")`, id))
	bens.Type("#composer-body", "Half a word")
	if _, err := f.Themes.Decline(f.ctx, mo, id, "It is full."); err != nil {
		t.Fatal(err)
	}
	bens.Sees("It is full.")
	bens.Until(`!document.querySelector("form[action$='/withdraw']") && getComputedStyle(document.querySelector("#edit")).display === "none"`)
	if _, err := f.Themes.Restore(f.ctx, mo, id); err != nil {
		t.Fatal(err)
	}
	bens.Until(`document.querySelector("form[action$='/withdraw']") && getComputedStyle(document.querySelector("#edit")).display !== "none"`)
	if !browser.Eval[bool](bens, `document.querySelector("#composer-body").value === "Half a word"`) {
		t.Error("what Ben was writing is lost")
	}
	anas.Faultless()
	bens.Faultless()
}
