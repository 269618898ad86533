package web

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/poll"
	"plenary/pkg/tally"
	"plenary/pkg/testkit"
)

// alone starts a poll on its own.
func (h *house) alone(by, handle, title string, room poll.Room, draft bool) poll.Poll {
	h.t.Helper()
	p, err := h.site.Polls.StartAlone(context.Background(), h.actor(by), handle,
		poll.NewPoll{Title: title, Details: "It *floats*.", Method: tally.Proposal, Draft: draft, ClosesAt: h.clock.Now().Add(72 * time.Hour)}, room)
	h.must(err)
	return p
}

func TestAPollOnItsOwnIsStartedFromItsGroupWithoutScripts(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		ben := h.browser("ben")
		ben.get("/g/harbour/polls").status(200).has("No polls yet.")
		h.browser("").get("/g/harbour/polls").status(200).has("No polls yet.").lacks("Start a poll")
		ben.get("/g/harbour/polls/new").status(200).has("What is the poll for?")
		build := ben.get("/g/harbour/polls/new?purpose=consent").status(200)
		if got := build.page.Find("#visibility [checked]").AttrOr("value", ""); got != "public" {
			t.Errorf("a public group begins with %q", got)
		}
		fields := []string{"once", build.once("#poll-form"), "method", "proposal", "purpose", "consent", "title", "Shall we buy the boat?", "details", "It *floats*.",
			"tags", "boats, money", "visibility", "members"}
		again := ben.post("/g/harbour/polls", fields...).status(422)
		var kept []string
		for _, at := range []string{"[name=title]", "[name=tags]", "#visibility [checked]"} {
			kept = append(kept, again.page.Find(at).AttrOr("value", ""))
		}
		if got := strings.Join(kept, "|"); got != "Shall we buy the boat?|boats, money|members" {
			t.Errorf("the form came back with %q", got)
		}
		if n := ben.post("/g/harbour/polls", append(fields, "preview", "1")...).status(200).page.Find("#ballot-preview .ballot").Length(); n != 1 {
			t.Errorf("%d ballots beside the form", n)
		}
		fields[1] = again.once("#poll-form")
		made := ben.post("/g/harbour/polls", append(fields, "closes_at", "2031-06-20T18:00")...).to("/p/1")
		ben.post("/g/harbour/polls", append(fields, "closes_at", "2031-06-20T18:00")...).to("/g/harbour/polls") // sent twice, made once

		page := ben.get(made.Header.Get("Location")).status(200).has("Shall we buy the boat?").has("opened the poll")
		if polls, h1 := page.page.Find(".poll").Length(), page.page.Find("h1").Length(); polls != 1 || h1 != 1 {
			t.Errorf("%d polls and %d headings", polls, h1)
		}
		thread := strings.TrimPrefix(page.page.Find("main").AttrOr("data-live-topic", ""), "thread:")
		ben.get("/t/" + thread + "?seq=2").to("/p/1?seq=2")
		ben.post("/t/"+thread+"/comments", "once", page.once("#composer"), "body", "").status(422).has("Shall we buy the boat?")
		ben.post("/t/"+thread+"/comments", "once", page.once("#composer"), "body", "Does it?").to("/t/" + thread)
		cleo := h.browser("cleo")
		cleo.post("/p/1/ballot").status(422).has("Does it?")
		choice, _ := cleo.get("/p/1").status(200).has("Does it?").page.Find("form.ballot input[name=choices]").First().Attr("value")
		cleo.post("/p/1/ballot", "choices", choice, "reason", "Yes, it does").to("/p/1")
		h.browser("stan").get("/p/1").status(404)
		h.browser("").get("/t/" + thread).status(404)

		edit := ben.get("/t/" + thread + "/edit").status(200).has("Change them in the poll")
		if n := edit.page.Find("#thread-form [name=title], #thread-form [name=body]").Length(); n != 0 {
			t.Errorf("%d fields for words that are the poll's", n)
		}
		ben.post("/t/"+thread+"/edit", "once", edit.once("#thread-form"), "tags", "boats", "visibility", "public").to("/p/1")
		h.browser("").get("/p/1").status(200).has("Does it?").has("Yes, it does")
		h.browser("").get("/g/harbour").status(200).has("Shall we buy the boat?")
	})
}

func TestThePollsOfAGroupAreNarrowed(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		thread := h.thread("ben", "harbour", "Around the boat")
		h.proposal("mona", thread.ID, access.AtClose)
		h.alone("ben", "harbour", "Ours", poll.Room{Visibility: access.MembersOnly}, false)
		h.alone("ben", "harbour", "Not yet", poll.Room{}, true)
		over := h.alone("ben", "harbour", "Over", poll.Room{}, false)
		_, err := h.site.Polls.Close(context.Background(), h.actor("ben"), over.ID)
		h.must(err)
		titles := func(name, query string) string {
			var out []string
			page := h.browser(name).get("/g/harbour/polls" + query).status(200)
			for _, row := range page.page.Find("#listed .poll-row h3").EachIter() {
				out = append(out, row.Text())
			}
			return strings.Join(out, ", ")
		}
		inThread := titles("", "?show=open")
		for _, tc := range []struct{ who, query, want string }{
			{"", "", inThread + ", Over"}, {"stan", "?show=open", inThread}, {"", "?show=closed", "Over"}, {"", "?show=vote", ""},
			{"ben", "", "Not yet, " + inThread + ", Ours, Over"}, {"mona", "", "Not yet, " + inThread + ", Ours, Over"}, {"cleo", "", inThread + ", Ours, Over"},
			{"cleo", "?show=vote", inThread + ", Ours"}, {"cleo", "?show=anything", inThread + ", Ours, Over"},
		} {
			if got := titles(tc.who, tc.query); got != tc.want {
				t.Errorf("%q sees %q with %q, want %q", tc.who, got, tc.query, tc.want)
			}
		}
		h.browser("stan").get("/g/harbour/polls?show=vote").status(200).has("No poll here waits for your vote.")
		h.browser("cleo").get("/p/3").status(404)
		h.browser("ben").get("/p/3").status(200).has("Open the poll").lacks("Write a comment")
		h.browser("ben").post("/p/3/open").to("/p/3")
		h.browser("cleo").get("/p/3").status(200).has("Write a comment")
	})
}

// A poll's page and its group's list cost the same number of statements however
// much is said and asked.
func TestAPollOnItsOwnCostsNoMoreInAGroupOfMany(t *testing.T) {
	t.Parallel()
	h := newHouse(t, testkit.SQLite(t))
	p := h.alone("ben", "harbour", "Ours", poll.Room{}, false)
	cleo := h.browser("cleo")
	cleo.cookie("zone", "Europe/Brussels") // what was seen is told by scripts
	ask := func(path string) int64 {
		t.Helper()
		cleo.get(path).status(200)
		return h.statements(func() { cleo.get(path).status(200) })
	}
	h.comment("cleo", p.ThreadID, "First.")
	page, list := ask(pollURL(p.ID)), ask("/g/harbour/polls")
	for i := range 60 {
		h.comment("ben", p.ThreadID, fmt.Sprint("Comment ", i))
		h.alone("ben", "harbour", fmt.Sprint("Poll ", i), poll.Room{}, i%5 == 0)
	}
	if got := ask(pollURL(p.ID)); got != page {
		t.Errorf("the poll's page runs %d statements with 61 comments, and %d with one", got, page)
	}
	if got := ask("/g/harbour/polls"); got != list {
		t.Errorf("the list runs %d statements with 61 polls, and %d with one", got, list)
	}
}
