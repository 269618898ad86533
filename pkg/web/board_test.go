package web

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"

	"plenary/pkg/access"
	"plenary/pkg/poll"
	"plenary/pkg/store"
	"plenary/pkg/tally"
	"plenary/pkg/testkit"
	"plenary/pkg/theme"
)

// cards are the titles of the themes that a page shows, in their order.
func (s seen) cards() string {
	var out []string
	for _, n := range s.page.Find("#themes-shown [id^=th-][id$=-title]").EachIter() {
		out = append(out, strings.TrimSpace(n.Text()))
	}
	return strings.Join(out, ", ")
}

func TestTheBoardInItsViews(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		ctx, themes := context.Background(), h.site.Themes
		thread := h.thread("ada", "harbour", "Three days").ID
		path := fmt.Sprintf("/t/%d/themes", thread)
		h.browser("ben").get(path).status(200).has("No themes yet")
		rye, oats, wheat := h.theme("ben", thread, "Rye"), h.theme("cleo", thread, "Oats é"), h.theme("ben", thread, "Wheat")
		for _, name := range []string{"ada", "cleo"} {
			_, err := themes.Support(ctx, h.actor(name), oats.ID)
			h.must(err)
		}
		_, err := themes.Shortlist(ctx, h.actor("mona"), wheat.ID)
		h.must(err)
		_, err = themes.Decline(ctx, h.actor("mona"), rye.ID, "Too dry.")
		h.must(err)
		for _, c := range []struct{ who, query, want string }{
			{"ben", "", "Oats é, Wheat, Rye"}, // in columns
			{"ben", "?view=list", "Oats é, Rye, Wheat"},
			{"ben", "?view=list&sort=new", "Wheat, Oats é, Rye"},
			{"ben", "?state=settled", "Rye"}, {"ben", "?state=scheduled", ""},
			{"ben", "?view=list&whose=mine", "Rye, Wheat"}, {"cleo", "?whose=supported&view=list", "Oats é"},
			{"ben", "?view=list&by=cleo", "Oats é"}, {"ben", "?view=list&q=OATS+E", "Oats é"}, {"ben", "?q=example&view=list", "Oats é, Rye, Wheat"},
			{"ben", "?view=groups", "Oats é, Rye, Wheat"},
			{"", "?view=nonsense&sort=x&state=y&whose=mine&after=0", "Oats é, Wheat, Rye"},
			{"ben", "?q=zebra", ""},
		} {
			if got := h.browser(c.who).get(path + c.query).status(200).cards(); got != c.want {
				t.Errorf("%s sees %q at %q, want %q", c.who, got, c.query, c.want)
			}
		}
		h.browser("ben").get(path + "?q=zebra").has("No theme fits this.")
		h.browser("ben").get(path + "?state=scheduled").has("There are none in this state.")
		one, two := h.browser("ben").get(path+"?sort=shuffled&view=list").cards(), h.browser("ben").get(path+"?sort=shuffled&view=list").cards()
		if one != two {
			t.Errorf("the same reader meets %q and then %q", one, two)
		}
		printed := h.browser("ben").get(path + "?view=print").status(200).has("Oats é")
		if printed.page.Find("main form").Length() != 0 {
			t.Error("the paper holds forms")
		}
		list := h.browser("ben").get(path + "?view=list&q=oats&whose=mine")
		if href := list.page.Find(`nav a:contains("Newest")`).AttrOr("href", ""); href != path+"?q=oats&sort=new&view=list&whose=mine" {
			t.Errorf("the order leads to %q", href)
		}
		h.browser("").get("/g/harbour/themes").status(200).has("Oats é")
	})
}

// many puts n themes with s supports each into a new thread, past the rooms.
func (h *house) many(n, supports int) int64 {
	h.t.Helper()
	thread := h.thread("ada", "harbour", "Many").ID
	h.must(h.db.Write(context.Background(), func(tx *store.Tx) error {
		for i := range supports {
			if err := tx.Exec("INSERT INTO people (handle, name, created_at) VALUES (?, ?, 0) ON CONFLICT DO NOTHING", fmt.Sprintf("crowd%d", i), fmt.Sprintf("Crowd %d", i)).Error; err != nil {
				return err
			}
		}
		for i := range n {
			about := strings.Repeat(fmt.Sprintf("Theme %d is about the harbour and who mends the boats. ", i), 6)
			err := tx.Exec(`INSERT INTO themes (thread_id, seq, proposer_id, title, description, state, created_at, support_count) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
				thread, 1000+i, h.who["ben"].ID, fmt.Sprintf("What becomes of quay number %d in winter", i), about,
				[]access.ThemeState{access.Proposed, access.Proposed, access.Proposed, access.Shortlisted, access.Declined}[i%5], i, supports).Error
			if err != nil {
				return err
			}
		}
		return tx.Exec(`INSERT INTO theme_supports (theme_id, person_id, created_at) SELECT th.id, p.id, 0 FROM themes AS th, people AS p
			WHERE th.thread_id = ? AND p.handle LIKE 'crowd%'`, thread).Error
	}))
	return thread
}

// boardMost is what a page of a board may weigh, in bytes as brotli leaves them:
// as much as that of a thread. A page of a hundred themes is the largest.
const boardMost = 25_000

// pressed is how many bytes of a text go over the wire.
func pressed(t *testing.T, text string) int {
	t.Helper()
	var small bytes.Buffer
	press := brotli.NewWriterLevel(&small, 5)
	if _, err := press.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := press.Close(); err != nil {
		t.Fatal(err)
	}
	return small.Len()
}

func TestABoardOfAThousandThemesTakesNoMoreStatementsThanOneOfTen(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		few, many := h.many(10, 10), h.many(1000, 10)
		if n := h.db.Read(context.Background()).Raw("SELECT COUNT(*) FROM theme_supports AS s JOIN themes AS th ON th.id = s.theme_id WHERE th.thread_id = ?", many).Row(); n != nil {
			var supports int
			h.must(n.Scan(&supports))
			if supports != 10_000 {
				t.Fatalf("%d supports", supports)
			}
		}
		ben := h.browser("ben")
		ben.get(fmt.Sprintf("/t/%d/themes", few)) // what is remembered from then on is no matter of the board
		for _, query := range []string{"", "?view=list", "?view=groups", "?view=print", "?view=list&sort=shuffled", "?view=list&q=quay+7", "?state=proposed&sort=new"} {
			var page seen
			ask := func(thread int64) int64 {
				return h.statements(func() { page = ben.get(fmt.Sprintf("/t/%d/themes%s", thread, query)).status(200) })
			}
			small := ask(few)
			if large := ask(many); large != small || large > 25 {
				t.Errorf("%q: %d statements for a thousand themes and %d for ten", query, large, small)
			}
			shown := page.page.Find("#themes-shown [id^=th-][id$=-title], ol.print-options > li").Length()
			if shown == 0 || shown > 100 {
				t.Errorf("%q shows %d themes", query, shown)
			}
			weight := pressed(t, page.body)
			t.Logf("%q: %d themes, %d bytes, %d with brotli, %d statements", query, shown, len(page.body), weight, small)
			if weight > boardMost {
				t.Errorf("%q weighs %d bytes, at most %d are allowed", query, weight, boardMost)
			}
		}
		seen := map[string]bool{}
		next := fmt.Sprintf("/t/%d/themes?view=list", many)
		for pages := 0; next != "" && pages < 20; pages++ {
			page := ben.get(next).status(200)
			for _, n := range page.page.Find("#themes-shown [id^=th-][id$=-title]").EachIter() {
				seen[n.Text()] = true
			}
			next = page.page.Find("a[rel=next]").AttrOr("href", "")
		}
		if len(seen) != 1000 {
			t.Errorf("all pages together show %d themes", len(seen))
		}
	})
}

func TestWhatIsNearlyThereAlreadyIsAskedAboutOnce(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		thread := h.thread("ada", "harbour", "Three days").ID
		boats := h.theme("ben", thread, "Mending old boats")
		path, cleo := fmt.Sprintf("/t/%d/themes", thread), h.browser("cleo")
		if got := cleo.get(path + "/similar?title=mending+boats").status(200); !strings.Contains(got.body, "Mending old boats") {
			t.Errorf("while typing: %s", got.body)
		}
		typed := []string{"title", "Mending old boat", "description", "We could do it in spring.", "use", "0"}
		asked := cleo.post(path, typed...).status(422).has("Put mine forward all the same").has("Mending old boats")
		if got := asked.page.Find("textarea[name=description]").Text(); got != "We could do it in spring." {
			t.Errorf("the text came back as %q", got)
		}
		instead := cleo.post(path, append(typed, "support", fmt.Sprint(boats.ID))...).status(200).has("What you typed is still here")
		if got := instead.page.Find("input[name=title]").AttrOr("value", ""); got != "Mending old boat" {
			t.Errorf("the title came back as %q", got)
		}
		if now, err := h.site.Themes.Theme(context.Background(), h.actor("cleo"), boats.ID); err != nil || !now.Supported {
			t.Errorf("it is not supported: %v", err)
		}
		cleo.post(path, append(typed, "anyway", "1")...).to("/themes/")
		cleo.post(path, "title", "Something quite different", "use", "0").to("/themes/")
	})
}

func TestAThemeOutsideTheRulesComesBackWithItsText(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		thread := h.thread("ada", "harbour", "Three days").ID
		path, mona, ben := fmt.Sprintf("/t/%d/themes", thread), h.browser("mona"), h.browser("ben")
		form := mona.get(path + "/rules").status(200)
		mona.post(path+"/rules", "once", form.once("#theme-rules-form"), "opens_at", "2031-01-02T10:00", "closes_at", "2031-01-01T10:00").status(422).has("after it begins")
		mona.post(path+"/rules", "closes_at", "2001-01-01T10:00", "supports_per_person", "1").to(path)
		ben.get(path).status(200).has("The time for themes ended").has("Everybody may support 1.")
		late := ben.post(path, "title", "Rye bread", "description", "With caraway.", "use", "0").status(http.StatusConflict).has("The time for themes ended")
		if got := late.page.Find("textarea[name=description]").Text(); got != "With caraway." {
			t.Errorf("the text came back as %q", got)
		}
		if n := strings.Count(late.page.Find("main").Text(), "The time for themes ended"); n != 1 {
			t.Errorf("the refusal is said %d times", n)
		}
		said := h.comment("cleo", thread, "- Rye bread\n- Oats").ID
		for _, at := range []string{path, fmt.Sprintf("/t/%d", thread), fmt.Sprintf("/c/%d", said)} {
			if n := ben.get(at).status(200).page.Find(`main a[href$="/themes/new"], main .manage a[href$="/themes"]`).Length(); n != 0 {
				t.Errorf("%s offers %d ways to put a theme forward, which would be refused", at, n)
			}
		}
		for _, at := range []string{path + "/new", fmt.Sprintf("/c/%d/themes", said)} {
			over := ben.get(at).status(200).has("The time for themes ended").has("Back to the themes")
			if n := over.page.Find("main form").Length(); n != 0 {
				t.Errorf("%s has a form", at)
			}
		}
		mona.post(path+"/rules", "themes_per_person", "1", "supports_per_person", "1").to(path)
		if ben.get(fmt.Sprintf("/c/%d", said)).page.Find(`.manage a[href$="/themes"]`).Length() != 1 {
			t.Error("the comment offers to make no themes though the time for them has not ended")
		}
		ben.post(path, "title", "Rye bread", "use", "0").to("/themes/")
		ben.post(path, "title", "Oats", "use", "0").status(http.StatusConflict).has("you have 1")
		mona.post(path, "title", "Barley", "use", "0", "for", "cleo").to("/themes/")
		mona.post(path, "title", "Spelt", "use", "0", "for", "stan").status(422).has("Nobody with this handle")
		mona.post(path, "title", "Millet", "use", "0", "credit", "Ida").to("/themes/")
		ben.get(path).has("Ida, put forward by Mona Example").has("Cleo Example, put forward by Mona Example")
		ben.post("/themes/1/support").to("/themes/1")
		ben.post("/themes/2/support").status(http.StatusConflict).has("You support “Rye bread”")
		h.browser("cleo").get("/").status(200).has("put this forward for you")
		events := h.timeline(thread)
		if kind := events[1].Kind; kind != "theme.rules_changed" {
			t.Errorf("the timeline tells %s", kind)
		}
		ben.get(fmt.Sprintf("/t/%d", thread)).status(200).has("set the rules for themes")
	})
}

// What a comment lists is made into themes once: what is one already says so, and is
// not made again by sending the form as it stands.
func TestWhatIsAThemeAlreadyIsNotMadeAgain(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		thread := h.thread("ada", "harbour", "Three days").ID
		said := h.comment("ben", thread, "- Rye bread\n- Swapping staff between houses\n- Pensions")
		at := fmt.Sprintf("/c/%d/themes", said.ID)
		cleo := h.browser("cleo")
		cleo.get(at).status(200).lacks("Already a theme")
		cleo.post(fmt.Sprintf("/t/%d/themes", thread), "from_comment_id", fmt.Sprint(said.ID), "mine", "1", "use", "0", "use", "2",
			"title", "Bread of rye", "description", "", "quote", "Rye bread", "title", "Left out", "description", "", "quote", "Swapping staff between houses",
			"title", "Pensions", "description", "", "quote", "").to(fmt.Sprintf("/t/%d/themes", thread))
		again := cleo.get(at).status(200).has("Already a theme")
		if n := again.page.Find("input[name=use]").Length(); n != 3 {
			t.Errorf("%d rows, want 3", n)
		}
		if n := again.page.Find("input[name=use][checked]").Length(); n != 1 {
			t.Errorf("%d rows are ticked, want the one that is no theme yet", n)
		}
		for _, id := range []string{"1", "2"} {
			if again.page.Find(`fieldset a[href="/themes/`+id+`"]`).Length() != 1 {
				t.Errorf("no link to theme %s", id)
			}
			cleo.get("/themes/" + id).status(200).has("1 supporter")
		}
	})
}

// Who puts a theme forward supports it by a tick, as far as the rules leave room.
func TestATickSupportsOnesOwnTheme(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		thread := h.thread("ada", "harbour", "Three days").ID
		path, ben := fmt.Sprintf("/t/%d/themes", thread), h.browser("ben")
		ben.get(path + "/new").status(200).has("I support it, too")
		ben.post(path, "title", "Rye bread", "use", "0").to("/themes/1")
		ben.get("/themes/1").has("0 supporters")
		ben.post(path, "title", "Swapping staff", "use", "0", "mine", "1").to("/themes/2")
		ben.get("/themes/2").has("1 supporter")
		h.browser("mona").post(path+"/rules", "supports_per_person", "1").to(path)
		full := ben.post(path, "title", "Pensions", "use", "0", "mine", "1").status(http.StatusConflict).has("You support “Swapping staff”")
		if got := full.page.Find("input[name=title]").AttrOr("value", ""); got != "Pensions" {
			t.Errorf("what was typed came back as %q", got)
		}
	})
}

func TestThemesOutOfTheContext(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		thread := h.thread("ben", "harbour", "Three days").ID
		h.must(h.db.Write(context.Background(), func(tx *store.Tx) error {
			return tx.Exec("UPDATE threads SET body = ? WHERE id = ?", "Two ideas so far:\n\n- Shared kitchens\n- Who owns the ovens", thread).Error
		}))
		mona, path := h.browser("mona"), fmt.Sprintf("/t/%d", thread)
		mona.get(path).status(200).has("Make themes of this")
		form := mona.get(path + "/themes/new?context=1").status(200).has("Out of the context by Ben Example")
		if n := form.page.Find("input[name=title]").Length(); n != 2 {
			t.Fatalf("%d rows", n)
		}
		mona.post(path+"/themes", "context", "1", "use", "0", "title", "Shared kitchens", "description", "", "quote", "Shared kitchens",
			"use", "1", "title", "Who owns the ovens", "description", "", "quote", "Who owns the ovens").to(path + "/themes")
		card := mona.get("/themes/1").status(200).has("Ben Example, put forward by Mona Example").has("out of the context").has("Shared kitchens")
		if href := card.page.Find(".from a").AttrOr("href", ""); href != path+"#thread-context" {
			t.Errorf("the source is %q", href)
		}
		one := mona.get(path + "/themes/new?context=1&text=shared+ovens").status(200)
		if got := one.page.Find("input[name=quote]").AttrOr("value", ""); got != "shared ovens" {
			t.Errorf("the selection is quoted as %q", got)
		}
	})
}

func TestProposersAndQuestionsOnTheThemesPage(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		thread := h.thread("ada", "harbour", "Three days").ID
		h.theme("ben", thread, "Rye")
		ben, cleo, mona := h.browser("ben"), h.browser("cleo"), h.browser("mona")
		ben.post("/themes/1/proposers", "person", "stan").status(422).has("Nobody with this handle")
		ben.post("/themes/1/proposers", "person", "@cleo").to("/themes/1#proposers")
		ben.get("/themes/1").has("Cleo Example was asked")
		cleo.get("/").has("asks whether you propose this, too")
		cleo.get("/themes/1").status(200).has("Ben Example asks whether you propose this theme, too.")
		cleo.post("/themes/1/proposers/accept").to("/themes/1")
		h.browser("").get(fmt.Sprintf("/t/%d/themes", thread)).has("Ben Example and Cleo Example")

		mona.post("/themes/1/comments", "body", "Who grinds it?", "question", "1").to("/themes/1#tc-1")
		ben.get("/").has("asks you a question")
		mona.get(fmt.Sprintf("/t/%d/themes", thread)).has("1 question waits")
		page := cleo.get("/themes/1").status(200).has("Waits for an answer").has("Answer this question")
		if mona.get("/themes/1").page.Find(".asks a:not([hidden])").Length() != 0 {
			t.Error("who asked can answer")
		}
		question := page.page.Find(".asks a[data-reply]:not([hidden])").AttrOr("data-reply", "")
		cleo.get("/c/" + question).status(200).has("reply")
		cleo.post("/themes/1/comments", "body", "We do.", "parent_id", question).to("/themes/1#tc-2")
		cleo.get("/themes/1").has("Answered").has("In reply to Mona Example")
		h.browser("").get(fmt.Sprintf("/t/%d", thread)).has("On the theme Rye").has("We do.")

		title := "Rye bread"
		_, err := h.site.Themes.Edit(context.Background(), h.actor("cleo"), 1, theme.ThemeEdit{Title: &title})
		h.must(err)
		history := h.browser("").get("/themes/1/history").status(200)
		if got := history.page.Find("ins").Text(); !strings.Contains(got, "bread") {
			t.Errorf("added is %q", got)
		}
		cleo.post("/themes/1/withdraw").to("/themes/1")
		if got := h.browser("").get("/themes/1").status(200); strings.Contains(got.page.Find("main").Text(), "Withdrawn") {
			t.Error("one of two steps back and the theme is gone")
		}
	})
}

func TestWhatAPollChoseIsScheduled(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		thread := h.thread("ada", "harbour", "Three days").ID
		rye, oats := h.theme("ben", thread, "Rye"), h.theme("ben", thread, "Oats")
		p, err := h.site.Themes.PollFrom(ctx, h.actor("mona"), thread, []int64{rye.ID, oats.ID}, poll.NewPoll{Title: "Which grain?", Method: tally.Choice,
			ClosesAt: h.clock.Now().Add(time.Hour), Settings: poll.Settings{Results: access.AtClose}})
		h.must(err)
		path, mona := fmt.Sprintf("/p/%d", p.ID), h.browser("mona")
		mona.get(path + "/schedule").status(http.StatusConflict)
		h.browser("ben").get("/themes/2").status(200).has("Which grain?").lacks("Place 1")
		h.vote("cleo", p, 1)
		_, err = h.site.Polls.Close(ctx, h.actor("mona"), p.ID)
		h.must(err)
		h.browser("ben").get("/themes/2").status(200).has("Place 1 of 2")
		if h.browser("ben").get(path).status(200).page.Find(`a[href="/themes/2"]`).Length() == 0 {
			t.Error("the results do not lead to the themes")
		}
		mona.get(path).has("Schedule what it chose")
		h.browser("ben").get(path).lacks("Schedule what it chose")
		mona.get(fmt.Sprintf("/t/%d/themes", thread)).has("Schedule what it chose")
		form := mona.get(path + "/schedule").status(200)
		if got := form.page.Find("input[name=themes][checked]").AttrOr("value", ""); got != "2" {
			t.Errorf("the winner is %q", got)
		}
		h.browser("ben").get(path + "/schedule").status(http.StatusForbidden)
		mona.post(path+"/schedule", "once", form.once("#schedule-form")).status(422).has("Choose at least one theme")
		mona.post(path+"/schedule", "themes", "2").to(fmt.Sprintf("/t/%d/themes", thread))
		if got := mona.get(fmt.Sprintf("/t/%d/themes?state=scheduled", thread)).cards(); got != "Oats" {
			t.Errorf("scheduled are %q", got)
		}
		mona.get(fmt.Sprintf("/t/%d", thread)).has("scheduled the theme Oats")
		mona.get("/themes/2").has("Take off the schedule")
		mona.post("/themes/2/unschedule").to("/themes/2")
	})
}

// A board of a thousand themes with ten thousand supports beside one of ten.
func BenchmarkBoardOfAThousandThemes(b *testing.B) {
	h := newHouse(b, testkit.SQLite(b))
	for _, n := range []int{10, 1000} {
		thread := h.many(n, 10)
		ben := h.browser("ben")
		for _, view := range []string{"board", "list"} {
			b.Run(fmt.Sprintf("%s of %d", view, n), func(b *testing.B) {
				for b.Loop() {
					ben.get(fmt.Sprintf("/t/%d/themes?view=%s", thread, view)).status(200)
				}
			})
		}
	}
}
