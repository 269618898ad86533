package web

import (
	"context"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/poll"
	"plenary/pkg/tally"
)

// bread opens a poll with one vote for each of the first options.
func (h *house) bread(group string, shown access.Results, voters ...string) poll.Poll {
	h.t.Helper()
	p, err := h.site.Polls.Start(context.Background(), h.actor("mona"), h.thread("ada", group, "Baking").ID, poll.NewPoll{Title: "Which bread? <b>", Method: tally.Choice,
		Settings: poll.Settings{Results: shown}, Options: []poll.NewOption{{Label: "=Rye"}, {Label: "Oats & barley"}}, ClosesAt: h.clock.Now().Add(72 * time.Hour)})
	h.must(err)
	for _, name := range voters {
		h.vote(name, p, 0)
	}
	return p
}

func TestAResultCanBeTakenAlong(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		at := fmt.Sprintf("/p/%d", h.bread("harbour", access.Always, "ben", "cleo").ID)
		b := h.browser("")

		table := b.get(at + "/results.csv").status(200)
		if kind := table.Header.Get("Content-Type"); kind != "text/csv; charset=utf-8" {
			t.Errorf("the table comes as %s", kind)
		}
		if to := table.Header.Get("Content-Disposition"); !strings.HasPrefix(to, `attachment; filename="poll-`) {
			t.Errorf("the table is saved as %s", to)
		}
		rows, err := csv.NewReader(strings.NewReader(table.body)).ReadAll()
		h.must(err)
		if len(rows) != 3 || !slices.Equal(rows[1][1:4], []string{"'=Rye", "2", "1"}) {
			t.Errorf("the table is %q", rows)
		}
		if to := b.get(at + "/results.json").status(303).Header.Get("Location"); to != "/api/v1/polls/"+strings.TrimPrefix(at, "/p/")+"/results" {
			t.Errorf("the result as JSON is at %s", to)
		}
		b.get(at + "/print").status(200).has("Which bread? <b>").has("Oats & barley").has("Not final").lacks("Check it, take it along")
		page := b.get(at).status(200)
		for _, to := range []string{"/chart.svg?kind=bars&download=1", "/results.csv", "/results.json", "/print"} {
			if page.page.Find(`a[href="`+at+to+`"]`).Length() != 1 {
				t.Errorf("the page does not lead to %s", to)
			}
		}
		snippet := page.page.Find(".snippet").Text()
		if want := `<img src="` + origin + at + `/chart.svg" alt="Which bread? &lt;b&gt;: `; !strings.HasPrefix(snippet, want) {
			t.Errorf("the snippet is %s, want it to begin with %s", snippet, want)
		}
	})
}

func TestThePictureMayStandElsewhereWhereEverybodyMaySeeIt(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		public := fmt.Sprintf("/p/%d/chart.svg", h.bread("harbour", access.Always, "ben").ID)
		afterVote := fmt.Sprintf("/p/%d/chart.svg", h.bread("harbour", access.AfterVote, "ben").ID)
		members := fmt.Sprintf("/p/%d/chart.svg", h.bread("cellar", access.Always, "ben").ID)
		for _, c := range []struct{ who, path, want string }{{"", public, "cross-origin"}, {"ben", public, "cross-origin"}, {"ben", afterVote, "same-origin"}, {"ben", members, "same-origin"}} {
			picture := h.browser(c.who).get(c.path).status(200)
			if got := picture.Header.Get("Cross-Origin-Resource-Policy"); got != c.want {
				t.Errorf("%s for %q may be shown by %s, want %s", c.path, c.who, got, c.want)
			}
			if kind := picture.Header.Get("Content-Type"); kind != "image/svg+xml" {
				t.Errorf("the picture comes as %s", kind)
			}
			if policy := picture.Header.Get("Content-Security-Policy"); policy != filePolicy {
				t.Errorf("as a page the picture may do %s", policy)
			}
			if !strings.Contains(picture.body, "Which bread? &lt;b&gt;") || !strings.Contains(picture.body, "Not final") || strings.Contains(picture.body, "style=") {
				t.Errorf("the picture is %s", picture.body)
			}
		}
		h.browser("").get(members).status(404)
		if page := h.browser("ben").get(strings.TrimSuffix(members, "/chart.svg")).status(200); page.page.Find(".snippet").Length() != 0 {
			t.Error("the page of a members' poll offers its picture to others")
		}
		h.browser("").get(public + "?kind=duels").status(404)
		if to := h.browser("").get(public + "?kind=bars&download=1").status(200).Header.Get("Content-Disposition"); !strings.Contains(to, "-bars.svg") {
			t.Errorf("the picture is saved as %q", to)
		}
	})
}

func TestOnPaperNobodySeesMoreThanOnThePage(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		at := fmt.Sprintf("/p/%d/print", h.bread("harbour", access.Always, "ben").ID)
		h.browser("mona").get(at).status(200).has("Cleo Example") // who has not voted, for members
		h.browser("").get(at).status(200).lacks("Cleo Example")
		hidden := fmt.Sprintf("/p/%d/print", h.bread("harbour", access.AtClose, "ben").ID)
		h.browser("mona").get(hidden).status(403)
	})
}

func TestARegisterCanBeSearchedAndSaved(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		conclude := func(group, statement, review string) {
			p := h.bread(group, access.AtClose, "ben")
			_, err := h.site.Polls.Close(context.Background(), h.actor("mona"), p.ID)
			h.must(err)
			_, err = h.site.Polls.Conclude(context.Background(), h.actor("mona"), p.ID, poll.NewOutcome{Statement: statement, ReviewOn: review})
			h.must(err)
		}
		conclude("harbour", "We bake rye.", "2031-06-01")
		conclude("harbour", "+Oats it is.", "2031-12-01")
		conclude("cellar", "Nobody hears of this.", "")

		b := h.browser("")
		b.get("/g/harbour/decisions").status(200).has("We bake rye.").has("Oats it is.").has("wins with 1 vote").has("Review due since").lacks("Nobody hears")
		b.get("/g/harbour/decisions?q=RYE").status(200).has("We bake rye.").lacks("Oats it is.")
		b.get("/g/harbour/decisions?review=planned&method=choice").status(200).has("Oats it is.").lacks("We bake rye.")
		b.get("/g/harbour/decisions?q=spelt").status(200).has("No decision is like this.")
		wrong := b.get("/g/harbour/decisions?from=soon&q=rye").status(422)
		if typed := wrong.page.Find("#find-q").AttrOr("value", ""); typed != "rye" {
			t.Errorf("the search comes back with %q", typed)
		}
		if wrong.page.Find(`a[href="#find-from"]`).Length() != 1 {
			t.Error("nothing leads to the field that is wrong")
		}
		rows, err := csv.NewReader(strings.NewReader(b.get("/g/harbour/decisions.csv?review=planned").status(200).body)).ReadAll()
		h.must(err)
		if len(rows) != 2 || rows[1][2] != "'+Oats it is." || rows[1][5] != "2031-12-01" || !strings.HasPrefix(rows[1][7], origin+"/p/") {
			t.Errorf("the file is %q", rows)
		}
		b.get("/g/harbour/decisions.csv?review=never").status(422)
	})
}
