package web

import (
	"strings"
	"testing"
)

// A newcomer's way without any script: sign in, read, write, decide.
func TestADiscussionGoesFromTheFirstWordToADecisionWithoutScripts(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		ben := h.browser("")
		ben.get("/").status(200).has("Sign in")
		in := ben.get("/signin?next=/g/harbour").status(200)
		if next := in.page.Find("#signin-form input[name=next]").AttrOr("value", ""); next != "/g/harbour" {
			t.Fatalf("next is %q", next)
		}
		ben.post("/signin", "email", "ben@example.org", "password", "wrong wrong wrong", "next", "/g/harbour").status(422)
		ben.post("/signin", "email", "ben@example.org", "password", password, "next", "/g/harbour").to("/g/harbour")
		ben.get("/g/harbour").status(200).has("The harbour")

		form := ben.get("/g/harbour/threads/new").status(200)
		started := ben.post("/g/harbour/threads", "once", form.once("#thread-form"), "title", "Three days in June", "body", "Who comes?", "visibility", "public").to("/t/")
		path := started.Header.Get("Location")
		page := ben.get(path).status(200).has("Who comes?")
		thread := strings.Split(path, "/")[2]
		ben.post("/t/"+thread+"/comments", "once", page.once("#composer"), "body", "Bread:\n\n- Rye\n- Barley\n").to("/t/" + thread)
		ben.get(path).status(200).has("Barley")
		h.browser("").get(path).status(200).has("Barley").has("Sign in")

		cleo := h.browser("cleo")
		c := cleo.get(path).page.Find("article.comment").AttrOr("id", "")
		fromComment := cleo.get("/c/" + strings.TrimPrefix(c, "c-") + "/themes").status(200).has("Propose")
		if n := fromComment.page.Find("input[name=title]").Length(); n != 2 {
			t.Fatalf("the form has %d themes, want 2", n)
		}
		cleo.post("/t/"+thread+"/themes", "from_comment_id", strings.TrimPrefix(c, "c-"), "use", "0", "title", "Rye", "description", "", "use", "1", "title", "Barley", "description", "").
			to("/t/" + thread + "/themes")
		board := ben.get("/t/" + thread + "/themes").status(200).has("Rye").has("Barley")
		support, _ := board.page.Find("form.support").First().Attr("action")
		ben.post(support).to("/themes/")

		mona := h.browser("mona")
		for _, id := range []string{"1", "2"} {
			mona.post("/themes/" + id + "/shortlist").to("/themes/" + id)
		}
		build := mona.get("/t/" + thread + "/polls/new?themes=shortlist").status(200)
		if n := build.page.Find("input[name=theme][checked]").Length(); n != 2 {
			t.Fatalf("%d themes are ticked, want 2", n)
		}
		mona.post("/t/"+thread+"/polls", "once", build.once("#poll-form"), "method", "choice", "title", "Which grain?", "theme", "1", "theme", "2", "option", "",
			"min", "1", "max", "1", "results", "after_vote", "closes_at", "2031-06-20T18:00").to("/t/" + thread)
		card := ben.get(path).status(200).has("Which grain?")
		choice, _ := card.page.Find("form.ballot input[name=choices]").First().Attr("value")
		ben.post("/p/1/ballot", "choices", choice, "reason", "Good bread").to("/p/1")
		ben.get("/p/1").status(200).has("Good bread")

		mona.post("/p/1/close").to("/p/1")
		mona.get("/p/1/outcome").status(200)
		mona.post("/p/1/outcome", "statement", "We bake **rye**.").to("/p/1")
		mona.post("/t/"+thread+"/close", "reason", "Decided.").to("/t/" + thread)
		ben.get(path).status(200).has("We bake rye.").has("Decided.")
		ben.get("/g/harbour/decisions").status(200).has("We bake rye.")
	})
}
