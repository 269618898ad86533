package web

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/event"
	"plenary/pkg/forum"
	"plenary/pkg/group"
	"plenary/pkg/inbox"
	"plenary/pkg/page"
	"plenary/pkg/testkit"
	"plenary/pkg/theme"
)

// rows are the sentences of the rows that a page of an inbox shows.
func (s seen) rows() []string {
	var out []string
	for _, row := range s.page.Find(".inbox-row").EachIter() {
		out = append(out, strings.Join(strings.Fields(row.Find("h3, .byline").Text()), " "))
	}
	return out
}

// unread is the number beside the link to the inbox.
func (s seen) unread() string {
	return strings.Join(strings.Fields(s.page.Find("#inbox-count").Text()), " ")
}

// reply answers a comment.
func (h *house) reply(by string, to forum.Comment, body string) forum.Comment {
	h.t.Helper()
	c, err := h.site.Forum.Post(context.Background(), h.actor(by), to.ThreadID, forum.NewComment{Body: body, ParentID: to.ID})
	h.must(err)
	return c
}

// seqs are the rows of somebody's inbox, the latest first.
func (h *house) seqs(name string) []int64 {
	h.t.Helper()
	list, err := h.site.Inbox.List(context.Background(), h.actor(name), inbox.Filter{}, page.Page{})
	h.must(err)
	var out []int64
	for _, r := range list.Items {
		out = append(out, r.Seq)
	}
	return out
}

func TestTheInboxShowsWhatConcernsOneAndKeepsWhatWasRead(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		th := h.thread("ada", "cellar", "Where do we meet?")
		own := h.comment("ben", th.ID, "By the sea.")
		h.comment("ada", th.ID, "What do you say, @ben?")
		h.reply("mona", own, "Too far for me.")
		h.reply("ada", own, "And @ben is named in an answer: told once.")
		h.reply("ben", own, "One's own answers concern nobody.")
		_, err := h.site.Themes.Propose(context.Background(), h.actor("mona"), th.ID, []theme.NewTheme{{Title: "Boats", Description: "By rail", For: "ben"}})
		h.must(err)
		poll := h.proposal("ada", th.ID, access.Always)

		ben := h.browser("ben")
		all := ben.get("/inbox").status(200)
		want := []string{"put this theme forward for you", "named you", "answered you", "named you"}
		if lost := ben.get("/nowhere").status(404).unread(); lost == "" || lost != all.unread() {
			t.Errorf("an error page counts %q, the inbox %q", lost, all.unread())
		}
		got := all.rows()
		if len(got) != len(want) {
			t.Fatalf("rows %q; want %q", got, want)
		}
		for i := range want {
			if !strings.Contains(got[i], want[i]) || !strings.Contains(got[i], "The cellar") || !strings.Contains(got[i], "unread") {
				t.Errorf("row %d is %q; want %q, unread, in the cellar", i, got[i], want[i])
			}
		}
		all.has("Too far for me.").has("Shall we?").has("Today")
		if all.unread() != "4 unread" {
			t.Errorf("%q beside the link", all.unread())
		}
		seqs := h.seqs("ben")

		// Each choice shows its own, and says what is empty.
		for query, n := range map[string]int{"?show=unread": 4, "?show=mentions": 3, "?show=themes": 1, "?show=programme": 0, "?show=votes": 0, "?show=away": 0,
			"?group=cellar": 4, "?group=harbour": 0, "?group=attic&show=unread": 0, "?show=nonsense": 4} {
			if rows := ben.get("/inbox" + query).status(200).rows(); len(rows) != n {
				t.Errorf("%s shows %q; want %d", query, rows, n)
			}
		}
		ben.get("/inbox?show=votes").has("Shall we?")
		ben.get("/inbox?show=programme").has("Nothing about sessions").lacks("Shall we?")
		ben.get("/inbox?show=votes&group=harbour").has("Nothing needs your vote")
		h.vote("ben", poll, 0)
		ben.get("/inbox?show=votes").has("Nothing needs your vote")

		// Opening is reading; a guess of the browser is not.
		ben.prefetch(fmt.Sprintf("/inbox/%d", seqs[1]), "prefetch").to(fmt.Sprintf("/t/%d?seq=", th.ID))
		if n := ben.get("/inbox").unread(); n != "4 unread" {
			t.Errorf("%q after a guess", n)
		}
		ben.get(fmt.Sprintf("/inbox/%d", seqs[1])).to(fmt.Sprintf("/t/%d?seq=", th.ID))
		ben.get(fmt.Sprintf("/inbox/%d", seqs[0])).to("/themes/")
		if n := ben.get("/inbox").unread(); n != "2 unread" {
			t.Errorf("%q after opening two", n)
		}
		if rows := ben.get("/inbox?show=unread").rows(); len(rows) != 2 {
			t.Errorf("unread: %q", rows)
		}

		// One, several, all; and back.
		one := func(as string, seq int64) seen {
			return ben.post("/inbox/mark", "show", "unread", "one", fmt.Sprintf("%s.%d", as, seq))
		}
		one("unread", seqs[0]).to("/inbox?")
		ben.post("/inbox/mark", "do", "read", "seq", fmt.Sprint(seqs[2]), "seq", fmt.Sprint(seqs[3])).to("/inbox?")
		if n := ben.get("/").unread(); n != "1 unread" {
			t.Errorf("%q at home after marking", n)
		}
		one("away", seqs[2])
		if rows := ben.get("/inbox").rows(); len(rows) != 3 {
			t.Errorf("%q with one put away", rows)
		}
		if rows := ben.get("/inbox?show=away").rows(); len(rows) != 1 {
			t.Errorf("%q are put away", rows)
		}
		one("back", seqs[2])
		h.clock.pass(time.Second)
		one("unread", seqs[2])
		to := ben.post("/inbox/mark", "all", "read", "up_to", fmt.Sprint(seqs[0]-1)).to("/inbox?").Header.Get("Location")
		if n := ben.get("/inbox").unread(); n != "1 unread" {
			t.Errorf("%q: what came after the page was made is read", n)
		}
		said := ben.get(to).has("1 marked as read.")
		at, _ := said.page.Find("#inbox-undo input[name=at]").Attr("value")
		ben.post("/inbox/mark", "do", "undo", "at", at).to("/inbox?")
		if n := ben.get("/inbox").unread(); n != "2 unread" {
			t.Errorf("%q after undoing", n)
		}
		ben.stream("/inbox/mark", "all", "read").status(200)
		if n := ben.get("/inbox").unread(); n != "" {
			t.Errorf("%q after reading all", n)
		}
		ben.get("/inbox?show=unread").has("You have read everything")

		ben.post("/inbox/mark", "do", "read").status(422).has("Choose what to mark first.")
		ben.post("/inbox/mark", "do", "eat", "seq", "1").status(422)
		ben.post("/inbox/mark", "do", "read", "seq", "x").status(422)
		ben.get("/inbox/99999").status(404)
		ben.get("/inbox?cursor=%21").status(422)
	})
}

func TestReadingTheThreadReadsItsRows(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		th := h.thread("ada", "cellar", "Where do we meet?")
		h.comment("ada", th.ID, "First, @ben.")
		second := h.comment("ada", th.ID, "Second, @ben.")
		ben := h.browser("ben")
		ben.cookie("zone", "Europe/Brussels")
		ben.post(fmt.Sprintf("/t/%d/seen", th.ID), "seq", fmt.Sprint(second.Seq-1)).status(204)
		if n := ben.get("/inbox").unread(); n != "1 unread" {
			t.Errorf("%q after seeing the first", n)
		}
		ben.post(fmt.Sprintf("/t/%d/seen", th.ID), "seq", fmt.Sprint(second.Seq)).status(204)
		if n := ben.get("/inbox").unread(); n != "" {
			t.Errorf("%q after seeing both", n)
		}
	})
}

func TestAnInboxShowsNothingThatItsOwnerMayNotReadNow(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		const secret = "quince and medlar"
		open := h.thread("ada", "harbour", "Open "+secret)
		c := h.comment("ada", open.ID, secret+" for @stan")
		stan := h.browser("stan") // in no group: a reader of what is public
		seq := h.seqs("stan")[0]
		look := func(why string, want int) {
			t.Helper()
			p := stan.get("/inbox").status(200)
			if n := len(p.rows()); n != want {
				t.Errorf("%s: %d rows, want %d", why, n, want)
			}
			if want > 0 {
				return
			}
			p.lacks(secret)
			if p.unread() != "" {
				t.Errorf("%s: %q beside the link", why, p.unread())
			}
			stan.get(fmt.Sprintf("/inbox/%d", seq)).status(404).lacks(secret)
		}
		look("public", 1)
		members := access.MembersOnly
		_, err := h.site.Forum.Edit(ctx, h.actor("ada"), open.ID, forum.ThreadEdit{Visibility: &members})
		h.must(err)
		look("made private", 0)
		public := access.Public
		_, err = h.site.Forum.Edit(ctx, h.actor("ada"), open.ID, forum.ThreadEdit{Visibility: &public})
		h.must(err)
		look("public again", 1)
		h.must(h.site.Forum.DeleteComment(ctx, h.actor("ada"), c.ID))
		look("deleted", 0)

		closed := h.thread("ada", "cellar", "Closed "+secret)
		h.comment("ada", closed.ID, secret+" for @ben")
		made, err := h.site.Themes.Propose(ctx, h.actor("mona"), closed.ID, []theme.NewTheme{{Title: "Jam", Description: "of " + secret, For: "ben"}})
		h.must(err)
		ben := h.browser("ben")
		if p := ben.get("/inbox").has("of " + secret); len(p.rows()) != 2 {
			t.Errorf("a member's rows: %q", p.rows())
		}
		_, err = h.site.Themes.Withdraw(ctx, h.actor("ben"), made[0].ID)
		h.must(err)
		ben.get("/inbox").has("Withdrawn since").lacks("of " + secret)
		ben.get("/inbox?show=unread&group=cellar").lacks("of " + secret)
		h.must(h.site.Groups.RemoveMember(ctx, h.actor("ada"), "cellar", "ben"))
		for _, path := range []string{"/inbox", "/inbox?show=unread", "/inbox?group=cellar", "/"} {
			if p := ben.get(path).lacks("Closed " + secret).lacks("of " + secret).lacks("Jam"); len(p.rows()) != 0 || p.unread() != "" {
				t.Errorf("%s after leaving: %q, %q", path, p.rows(), p.unread())
			}
		}
		if n, err := h.site.Inbox.CountFor(ctx, h.who["ben"].ID); err != nil || n.Unread != 0 {
			t.Errorf("pages that are told count %+v, %v", n, err)
		}
	})
}

func TestWhoAsksToComeInIsToldToThoseWhoMayAnswerNow(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		joining := access.JoinOnRequest
		_, err := h.site.Groups.Edit(ctx, h.actor("ada"), "cellar", group.GroupEdit{Joining: &joining})
		h.must(err)
		r, err := h.site.Groups.Ask(ctx, h.actor("stan"), "cellar", "")
		h.must(err)
		for _, from := range []access.Role{access.Moderator, access.Admin, access.Member} {
			_, err := h.site.Groups.Edit(ctx, h.actor("ada"), "cellar", group.GroupEdit{Permissions: map[access.Setting]access.Role{access.AddMembers: from}})
			h.must(err)
			for name, role := range map[string]access.Role{"ada": access.Admin, "mona": access.Moderator} {
				shown := len(h.browser(name).get("/inbox").status(200).rows()) == 1
				g, err := h.site.Groups.ByHandle(ctx, h.actor(name), "cellar")
				h.must(err)
				if may := access.May(h.actor(name), access.AnswerAsker, g.Facts()); shown != may {
					t.Errorf("from %s on: %s, a %s, is shown it: %v; may answer: %v", from, name, role, shown, may)
				}
			}
		}
		h.must(h.site.Groups.Approve(ctx, h.actor("ada"), "cellar", r.ID, "Welcome"))
		stan := h.browser("stan")
		stan.get("/inbox").has("you are a member now").has("The cellar")
		stan.get(fmt.Sprintf("/inbox/%d", h.seqs("stan")[0])).to("/g/cellar")
	})
}

func TestVisitorsAreLedToSignInAndBackToTheInbox(t *testing.T) {
	t.Parallel()
	h := newHouse(t, testkit.SQLite(t))
	visitor := h.browser("")
	for _, path := range []string{"/inbox", "/inbox?show=unread", "/inbox/1"} {
		visitor.get(path).to("/signin?next=" + url.QueryEscape(path))
	}
	visitor.post("/inbox/mark", "all", "read").status(401)
	if visitor.get("/").page.Find("#inbox-count, [data-live-topic]").Length() != 0 {
		t.Error("visitors have an inbox")
	}
}

func TestALongInboxIsPagedAndTakesNoMoreStatementsThanAShortOne(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		th := h.thread("ada", "cellar", "Where do we meet?")
		h.comment("ada", th.ID, "Only one, @cleo.")
		for i := range 70 {
			h.comment("ada", th.ID, fmt.Sprintf("Number %d, @ben.", i))
		}
		ask := func(name string) int64 {
			b := h.browser(name)
			b.get("/inbox")
			return h.statements(func() { b.get("/inbox").status(200) })
		}
		if few, many := ask("cleo"), ask("ben"); few != many || many > 24 {
			t.Errorf("%d statements for one row and %d for thirty", few, many)
		}
		ben, seen := h.browser("ben"), map[string]bool{}
		next, pages := "/inbox?group=cellar", 0
		for ; next != "" && pages < 5; pages++ {
			p := ben.get(next).status(200)
			for _, n := range p.page.Find(".inbox-row").EachIter() {
				id, _ := n.Attr("id")
				seen[id] = true
			}
			next, _ = p.page.Find("a[rel=next]").Attr("href")
		}
		if len(seen) != 70 || pages != 3 {
			t.Errorf("%d rows on %d pages", len(seen), pages)
		}
		for range 40 {
			h.comment("ada", th.ID, "More, @ben.")
		}
		if n := ben.get("/").unread(); n != "99+ unread" {
			t.Errorf("%q beside the link", n)
		}
	})
}

func TestEveryKindOfRowHasItsSentence(t *testing.T) {
	t.Parallel()
	h := newHouse(t, testkit.SQLite(t))
	words := h.site.Words.Localizer("en")
	for _, kind := range []event.Kind{event.Mentioned, event.Replied, event.ThemeCredited, event.ThemeProposerAsked, event.ThemeQuestioned, event.ThemeAnswered, event.ThemeCommented, event.ThemeShortlisted, event.ThemeDeclined, event.ThemeReopened, event.ThemeScheduled, event.ThemeMerged, event.ThemeMergeAsked,
		event.ThemeSplit, event.ProgrammeCancelled, event.ProgrammeResumed, event.SessionSeat, event.SessionMoved, event.JoinAsked, event.JoinApproved, event.JoinDeclined,
		event.ProxyNamed, event.ProxyEnded} {
		if key := "inbox.say_" + strings.ReplaceAll(string(kind), ".", "_"); !words.Has(key) {
			t.Errorf("there is no sentence %s", key)
		}
	}
}
