package web

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"

	"plenary/pkg/access"
	"plenary/pkg/event"
	"plenary/pkg/forum"
	"plenary/pkg/ledger"
	"plenary/pkg/poll"
	"plenary/pkg/tally"
	"plenary/pkg/theme"
)

// life puts one of each kind of event into a thread, and more than one of some.
func life(h *house) (thread int64, steps []func()) {
	ctx := context.Background()
	f, polls, themes := h.site.Forum, h.site.Polls, h.site.Themes
	ada, ben, cleo, mona := h.actor("ada"), h.actor("ben"), h.actor("cleo"), h.actor("mona")
	thread = h.thread("ada", "harbour", "Three days in June").ID
	first := h.comment("ben", thread, "Let us *meet*.")
	gone := h.comment("cleo", thread, "Words that will go.")
	var late forum.Comment
	var rye, oats theme.Theme
	var p, held, open poll.Poll
	title, body := "Three days in July", "It was moved."
	return thread, []func(){
		func() { late = h.comment("cleo", thread, "> Let us meet\n\nWhere?") },
		func() {
			_, err := f.Post(ctx, ada, thread, forum.NewComment{Body: "On the quay.", ParentID: late.ID})
			h.must(err)
		},
		func() {
			_, err := f.EditComment(ctx, ben, first.ID, forum.CommentEdit{Body: "Let us meet **soon**."})
			h.must(err)
		},
		func() { _, err := f.React(ctx, cleo, first.ID, "👍", true); h.must(err) },
		func() { _, err := f.React(ctx, ada, first.ID, "👍", true); h.must(err) },
		func() { _, err := f.React(ctx, cleo, first.ID, "👍", false); h.must(err) },
		func() { h.must(f.DeleteComment(ctx, mona, gone.ID)) },
		func() { rye = h.theme("ben", thread, "Rye & barley") },
		func() { _, err := themes.Support(ctx, cleo, rye.ID); h.must(err) },
		func() {
			_, err := themes.Edit(ctx, ben, rye.ID, theme.ThemeEdit{Description: &body})
			h.must(err)
		},
		func() { _, err := themes.Shortlist(ctx, mona, rye.ID); h.must(err) },
		func() { _, err := themes.Unlist(ctx, mona, rye.ID); h.must(err) },
		func() { _, err := themes.Unsupport(ctx, cleo, rye.ID); h.must(err) },
		func() { _, err := themes.Decline(ctx, mona, rye.ID, "Too dry."); h.must(err) },
		func() { _, err := themes.Restore(ctx, mona, rye.ID); h.must(err) },
		func() {
			_, err := themes.SetRules(ctx, mona, thread, theme.NewRules{SupportsPerPerson: 3})
			h.must(err)
		},
		func() { _, err := themes.Schedule(ctx, mona, rye.ID); h.must(err) },
		func() { _, err := themes.Unschedule(ctx, mona, rye.ID); h.must(err) },
		func() {
			_, err := themes.AskProposer(ctx, ben, rye.ID, "cleo")
			h.must(err)
			_, err = themes.AnswerProposer(ctx, cleo, rye.ID, true)
			h.must(err)
		},
		func() {
			_, err := themes.Comment(ctx, ada, rye.ID, forum.NewComment{Body: "Of which mill?"})
			h.must(err)
		},
		func() { oats = h.theme("cleo", thread, "Oats") },
		func() {
			_, err := themes.SuggestMerge(ctx, ben, oats.ID, rye.ID, "Both are <grain>.")
			h.must(err)
		},
		func() {
			_, err := themes.Merge(ctx, mona, oats.ID, theme.MergeOrder{Into: rye.ID, Reason: "Both are <grain>.", Now: true})
			h.must(err)
		},
		func() { _, err := themes.Unmerge(ctx, mona, oats.ID, "They are not."); h.must(err) },
		func() { _, err := themes.Under(ctx, mona, oats.ID, rye.ID, ""); h.must(err) },
		func() { _, err := themes.Under(ctx, mona, oats.ID, 0, ""); h.must(err) },
		func() {
			_, err := themes.Split(ctx, mona, oats.ID, []theme.NewTheme{{Title: "Rolled oats"}, {Title: "Oat <milk>", Description: "By the litre."}}, "They are two.")
			h.must(err)
		},
		func() { _, err := themes.Withdraw(ctx, ben, rye.ID); h.must(err) },
		func() { _, err := themes.Withdraw(ctx, cleo, rye.ID); h.must(err) },
		func() { p = h.proposal("mona", thread, access.Always) },
		func() { h.vote("ben", p, 0) },
		func() { h.vote("cleo", p, 2) },
		func() { h.vote("ben", p, 2) },
		func() { _, err := polls.Extend(ctx, mona, p.ID, h.clock.Now().Add(90*time.Hour)); h.must(err) },
		func() { _, err := polls.Close(ctx, mona, p.ID); h.must(err) },
		func() {
			_, err := polls.Conclude(ctx, mona, p.ID, poll.NewOutcome{Statement: "We do *not*."})
			h.must(err)
		},
		func() {
			_, err := polls.Conclude(ctx, mona, p.ID, poll.NewOutcome{Statement: "We do it later."})
			h.must(err)
		},
		func() { held = h.proposal("mona", thread, access.AtClose) },
		func() { h.vote("ben", held, 1) },
		func() { _, err := polls.Close(ctx, mona, held.ID); h.must(err) },
		func() { _, err := polls.Reopen(ctx, mona, held.ID, h.clock.Now().Add(40*time.Hour)); h.must(err) },
		func() {
			var err error
			open, err = polls.Start(ctx, mona, thread, poll.NewPoll{Title: "When?", Method: tally.Choice, ClosesAt: h.clock.Now().Add(40 * time.Hour),
				Options: []poll.NewOption{{Label: "Soon"}, {Label: "Later"}}, Settings: poll.Settings{Undecided: true, Results: access.Always}})
			h.must(err)
		},
		func() { h.must(polls.Undecided(ctx, cleo, open.ID, true)) },
		func() { h.must(polls.Undecided(ctx, ben, open.ID, true)) },
		func() { h.vote("ben", open, 1) },
		func() { h.must(polls.Undecided(ctx, cleo, open.ID, false)) },
		func() { _, err := f.Pin(ctx, mona, thread); h.must(err) },
		func() { _, err := f.Unpin(ctx, mona, thread); h.must(err) },
		func() { _, err := f.Edit(ctx, ada, thread, forum.ThreadEdit{Title: &title, Body: &body}); h.must(err) },
		func() { _, err := f.Close(ctx, mona, thread, "Enough said."); h.must(err) },
		func() { _, err := f.Reopen(ctx, mona, thread); h.must(err) },
	}
}

// A page made at any moment, with the fragments of all that happened since,
// shows the same timeline as the page made now.
func TestAPageThatStayedOpenShowsWhatAFreshOneShows(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		thread, steps := life(h)
		visitor := h.browser("")
		path := fmt.Sprintf("/t/%d", thread)
		type open struct {
			page  *goquery.Document
			after int64
		}
		var pages []open
		last := int64(0)
		for i, step := range steps {
			if i%8 == 0 || i == len(steps)-1 {
				p := visitor.get(path).status(200).page
				pages = append(pages, open{p, last})
			}
			step()
			events := h.timeline(thread)
			told := since(events, last)
			if len(told) == 0 {
				t.Fatalf("step %d told nothing", i)
			}
			last = events[len(events)-1].Seq
			messages, err := h.site.RenderEvents(t.Context(), told, "en", true)
			h.must(err)
			for _, m := range messages {
				for _, p := range pages {
					applyMessage(t, p.page, m)
				}
			}
			want := timelineOf(visitor.get(path).page)
			for _, p := range pages {
				if diff := cmp.Diff(want, timelineOf(p.page)); diff != "" {
					t.Fatalf("step %d (%s): the page opened after %d differs (-fresh +open):\n%s", i, events[len(events)-1].Kind, p.after, diff)
				}
			}
		}
	})
}

// The same holds where a page is told several steps at once, and of what only
// repaints the newest.
func TestAPageThatIsToldTheNewestOnlyShowsWhatAFreshOneShows(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		thread, steps := life(h)
		visitor := h.browser("")
		path := fmt.Sprintf("/t/%d", thread)
		page, left := visitor.get(path).status(200).page, 0
		after := h.timeline(thread)[2].Seq
		for i, step := range steps {
			step()
			if i%6 != 5 && i != len(steps)-1 {
				continue
			}
			events := since(h.timeline(thread), after)
			after = events[len(events)-1].Seq
			newest := slices.DeleteFunc(slices.Clone(events), func(e event.Event) bool {
				return e.Kind.Repaints() && slices.ContainsFunc(events, func(later event.Event) bool {
					return later.Seq > e.Seq && later.Kind.Repaints() && later.Kind.Noun() == e.Kind.Noun() && later.Subject == e.Subject
				})
			})
			left += len(events) - len(newest)
			messages, err := h.site.RenderEvents(t.Context(), newest, "en", true)
			h.must(err)
			for _, m := range messages {
				applyMessage(t, page, m)
			}
			if diff := cmp.Diff(timelineOf(visitor.get(path).page), timelineOf(page)); diff != "" {
				t.Fatalf("after step %d the page differs (-fresh +open):\n%s", i, diff)
			}
		}
		if left < 5 {
			t.Errorf("%d events were left out: the test shows nothing", left)
		}
	})
}

func indexAfter(events []event.Event, seq int64) int {
	for i, e := range events {
		if e.Seq > seq {
			return i
		}
	}
	return len(events)
}

func since(events []event.Event, seq int64) []event.Event { return events[indexAfter(events, seq):] }

// applyMessage does to a page what the page's script does with a live event.
func applyMessage(t *testing.T, page *goquery.Document, raw json.RawMessage) {
	t.Helper()
	applyTo(t, page, raw, nil)
}

// applyTo is applyMessage on a page that may fetch parts of itself again.
func applyTo(t *testing.T, page *goquery.Document, raw json.RawMessage, again func() *goquery.Document) {
	t.Helper()
	var m struct{ HTML string }
	if err := json.Unmarshal(raw, &m); err != nil {
		t.Fatal(err)
	}
	// A template's content is out of reach for a selector, so it is unpacked.
	plain := strings.NewReplacer("<template>", "<div data-content>", "</template>", "</div>").Replace(m.HTML)
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(plain))
	if err != nil {
		t.Fatal(err)
	}
	doc.Find("turbo-stream").Each(func(_ int, stream *goquery.Selection) {
		target := page.Find(stream.AttrOr("targets", "#"+stream.AttrOr("target", "missing")))
		content, _ := stream.ChildrenFiltered("[data-content]").Html()
		switch stream.AttrOr("action", "") {
		case "append":
			appendOnce(target, content)
		case "replace":
			target.ReplaceWithHtml(content)
		case "update":
			target.SetHtml(content)
		case "remove":
			target.Remove()
		case "refresh":
			if target.Length() == 0 {
				return
			}
			if again == nil {
				t.Fatalf("%s is to be fetched again", stream.AttrOr("target", ""))
			}
			html, err := goquery.OuterHtml(again().Find("#" + target.AttrOr("id", "missing")))
			if err != nil || html == "" {
				t.Fatalf("%s is not there any more: %v", target.AttrOr("id", "what has no id"), err)
			}
			target.ReplaceWithHtml(html)
		default:
			t.Fatalf("no action for %v", stream.AttrOr("action", ""))
		}
	})
}

var itemID = regexp.MustCompile(`id="([^"]+)"`)

func appendOnce(target *goquery.Selection, content string) {
	if id := itemID.FindStringSubmatch(content); id != nil {
		if there := target.Find("#" + id[1]); there.Length() > 0 {
			for there.Parent().Length() > 0 && there.Parent().Get(0) != target.Get(0) {
				there = there.Parent()
			}
			there.ReplaceWithHtml(content)
			return
		}
	}
	target.AppendHtml(content)
}

// timelineOf is what the timeline says, a line for each piece. The words in
// <time> are the reader's, and class names only colour what the words say.
func timelineOf(page *goquery.Document) []string { return saidIn(page, "#timeline") }

func saidIn(page *goquery.Document, part string) []string {
	list := goquery.CloneDocument(page).Find(part)
	list.Find("time").Each(func(_ int, s *goquery.Selection) { s.SetText(s.AttrOr("datetime", "")) })
	var lines []string
	list.Find("[id], p, h3, h4, li, q, button, td, th").Each(func(_ int, s *goquery.Selection) {
		own := s.Clone()
		own.Find("[id], p, h3, h4, li, q, button, td, th").Remove()
		words := strings.Join(strings.Fields(own.Text()), " ")
		if id := s.AttrOr("id", ""); id != "" || words != "" {
			lines = append(lines, strings.TrimSpace(id+" "+words))
		}
	})
	return lines
}

func TestALiveMessageHasTheShapeOfTheContract(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		thread := h.thread("ada", "harbour", "One").ID
		h.comment("ben", thread, "Good <morning>")
		messages, err := h.site.RenderEvents(t.Context(), h.timeline(thread), "en", false)
		h.must(err)
		var got map[string]any
		h.must(json.Unmarshal(messages[1], &got))
		if got["type"] != "event" || got["thread"] != float64(thread) || got["seq"] != 2.0 || got["kind"] != "comment.created" || got["html"] != nil {
			t.Errorf("message %s", messages[1])
		}
		if body := got["data"].(map[string]any)["comment"].(map[string]any)["body"]; body != "Good <morning>" {
			t.Errorf("body %q", body)
		}
	})
}

// A page that is open about one's proxies says that there is something new; which
// poll of a thread that one may not read it was in, nobody is told.
func TestProxiesAreToldOfInInboxes(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		owner := event.Inbox(h.who["ben"].ID)
		events := []event.Event{{Topic: owner, Seq: 1, Kind: event.ProxyNamed, Subject: 1}, {Topic: owner, Seq: 2, Kind: event.ProxyEnded, Subject: 1, Thread: 999}}
		messages, err := h.site.RenderEvents(t.Context(), events, "en", true)
		h.must(err)
		if !strings.Contains(string(messages[0]), `<turbo-stream action=\"reload\" target=\"proxies\">`) {
			t.Errorf("message %s", messages[0])
		}
		if want := fmt.Sprintf(`{"type":"event","inbox":%d,"seq":2,"kind":"proxy.ended"}`, owner.ID); string(messages[1]) != want {
			t.Errorf("message %s, want %s", messages[1], want)
		}
	})
}

// Nobody learns from a page's source or from a live message how a poll stands
// before they may.
func TestHiddenResultsAreNowhereToBeFound(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const reason = "because-of-the-harbour-wall"
		ctx := t.Context()
		thread := h.thread("ada", "harbour", "One").ID
		for _, shown := range []access.Results{access.AfterVote, access.AtClose} {
			p := h.proposal("mona", thread, shown)
			_, err := h.site.Polls.Cast(ctx, h.actor("ben"), p.ID, poll.NewBallot{Answer: ledger.Answer{Form: tally.Marks, Chosen: []int64{p.Options[2].ID}}, Reason: reason})
			h.must(err)
			for _, name := range []string{"", "stan", "cleo", "mona", "root"} {
				b := h.browser(name)
				for _, path := range []string{fmt.Sprintf("/t/%d", thread), fmt.Sprintf("/p/%d", p.ID), "/g/harbour/polls", "/"} {
					page := b.get(path).status(200).lacks(reason).lacks("Disagree</th>").lacks(`class="sentence"`)
					if n := page.page.Find("table.tally").Length(); n != 0 {
						t.Errorf("%s shows %q a table of results", path, name)
					}
				}
				if res := b.get(fmt.Sprintf("/p/%d/chart.svg", p.ID)); res.StatusCode != 403 {
					t.Errorf("the chart answers %q with %d", name, res.StatusCode)
				}
			}
		}
		for _, html := range []bool{true, false} {
			messages, err := h.site.RenderEvents(ctx, h.timeline(thread), "en", html)
			h.must(err)
			for _, m := range messages {
				for _, leak := range []string{reason, "class=\\\"sentence", "tally", "winner", "votes\""} {
					if strings.Contains(string(m), leak) {
						t.Errorf("a message holds %s: %s", leak, m)
					}
				}
			}
		}
	})
}
