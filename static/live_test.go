package static_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestACommentArrivesWhileOneIsWritten(t *testing.T) {
	t.Parallel()
	f := newForum(t, 30)
	p := openTab(t, f.URL+"/t/42")
	p.isLive()
	p.typed("#composer-body", "Half written")
	p.run(`document.querySelector("#composer-body").setSelectionRange(2, 6); scrollTo(0, 300)`)
	p.wait("scrollY === 300")
	for i := range 3 {
		f.comment("9", fmt.Sprintf("New %d", i+1))
	}
	p.wait(`document.querySelectorAll("#timeline .comment").length === 33`)
	p.want("text", `document.querySelector("#composer-body").value`, "Half written")
	p.want("selection", `(() => { const a = document.querySelector("#composer-body"); return a.selectionStart + "-" + a.selectionEnd })()`, "2-6")
	p.want("focus", "document.activeElement.id", "composer-body")
	p.want("scroll position", "scrollY", "300")
	p.want("button", `document.querySelector("#new-items").textContent`, "3 new comments")
	p.wait(`document.querySelector("#status").textContent.includes("new comment")`)
	p.click("#new-items")
	p.want("focus after going there", "document.activeElement.id", "c-131")
	p.want("button after going there", `document.querySelector("#new-items").hidden`, "true")
}

func TestMyOwnCommentAppearsOnce(t *testing.T) {
	t.Parallel()
	f := newForum(t, 2)
	p := openTab(t, f.URL+"/t/42")
	other := openTab(t, f.URL+"/t/42")
	p.isLive()
	other.isLive()
	p.typed("#composer-body", "Mine")
	p.click("#send")
	p.wait(`document.querySelector("#status").textContent === "Comment posted"`)
	f.comment("9", "After it")
	for _, tab := range []*tab{p, other} {
		tab.wait(`document.querySelectorAll("#timeline .comment").length === 4`)
		if diff := cmp.Diff([]string{"Old comment 1", "Old comment 2", "Mine", "After it"}, tab.comments()); diff != "" {
			t.Error(diff)
		}
	}
	p.want("composer", `document.querySelector("#composer-body").value`, "")
	p.want("my own comment counted as new", `document.querySelector("#new-items").hidden`, "true")
	p.want("edit link of my own comment", `document.querySelector("#c-103 [data-edit]").parentElement.hidden`, "false")
	p.want("edit link of another's comment", `document.querySelector("#c-104 [data-edit]").parentElement.hidden`, "true")
}

func TestWhatWasMissedArrivesOnceAndInOrder(t *testing.T) {
	t.Parallel()
	for name, code := range map[string]int{"cut line": 0, "normal closure": 1000, "going away": 1001, "refused": 1008, "server error": 1011, "restart": 1012, "unknown code": 4999} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newForum(t, 1)
			p := openTab(t, f.URL+"/t/42")
			p.isLive()
			f.set(func(f *forum) { f.refusing = true })
			f.cut(code)
			p.wait(`document.querySelector("#live-state").textContent === "Reconnecting"`)
			for i := range 3 {
				f.comment("9", fmt.Sprintf("Missed %d", i+1))
			}
			f.set(func(f *forum) { f.refusing = false })
			p.isLive()
			p.wait(`document.querySelectorAll("#timeline .comment").length === 4`)
			if diff := cmp.Diff([]string{"Old comment 1", "Missed 1", "Missed 2", "Missed 3"}, p.comments()); diff != "" {
				t.Error(diff)
			}
			p.want("newest seq", `document.querySelector("main").dataset.after`, "4")
		})
	}
}

func TestAHiddenPageWaitsAndCatchesUpWhenShown(t *testing.T) {
	t.Parallel()
	f := newForum(t, 1)
	p := openTab(t, f.URL+"/t/42")
	p.isLive()
	p.hide(true)
	f.cut(1001)
	p.wait(`document.querySelector("#live-state").textContent === "Paused"`)
	p.countDials()
	f.comment("9", "While away")
	p.run(`document.dispatchEvent(new Event("visibilitychange")); dispatchEvent(new Event("online")); dispatchEvent(new Event("pageshow"))`)
	p.want("sockets asked for while hidden", "dials", "0")
	p.hide(false)
	p.isLive()
	p.wait(`document.querySelectorAll("#timeline .comment").length === 2`)
}

func TestALeftPageLetsGoOfItsSocket(t *testing.T) {
	t.Parallel()
	f := newForum(t, 1)
	p := openTab(t, f.URL+"/t/42")
	p.isLive()
	p.run(`dispatchEvent(new Event("pagehide"))`)
	p.waitFor("no socket", func() bool { return len(f.open()) == 0 })
	f.comment("9", "While away")
	p.run(`dispatchEvent(new Event("pageshow"))`)
	p.wait(`document.querySelectorAll("#timeline .comment").length === 2`)
}

func TestTheBackButtonBringsACompletePage(t *testing.T) {
	t.Parallel()
	f := newForum(t, 1)
	p := openTab(t, f.URL+"/t/42")
	p.isLive()
	p.run(`addEventListener("pageshow", (e) => (window.restored = e.persisted))`)
	p.click("#elsewhere")
	p.wait(`document.title === "Home"`)
	f.comment("9", "While away 1")
	f.comment("9", "While away 2")
	p.run("setTimeout(() => history.back())")
	p.wait(`document.title === "Housing"`)
	p.isLive()
	p.wait(`document.querySelectorAll("#timeline .comment").length === 3`)
	if diff := cmp.Diff([]string{"Old comment 1", "While away 1", "While away 2"}, p.comments()); diff != "" {
		t.Error(diff)
	}
	p.want("taken from the back/forward cache", "window.restored", "true")
}

func TestDoubledAndOldEventsChangeNothing(t *testing.T) {
	t.Parallel()
	f := newForum(t, 2)
	p := openTab(t, f.URL+"/t/42")
	p.isLive()
	f.comment("9", "Third")
	for _, e := range get(f, func(f *forum) []event { return append([]event(nil), f.events...) }) {
		f.broadcast(e.message())
		f.broadcast(event{seq: e.seq, html: stream("append", "timeline", item(77, "9", "A ghost"))}.message())
	}
	f.comment("9", "Fourth")
	p.wait(`document.querySelectorAll("#timeline .comment").length === 4`)
	if diff := cmp.Diff([]string{"Old comment 1", "Old comment 2", "Third", "Fourth"}, p.comments()); diff != "" {
		t.Error(diff)
	}
}

// Of events that only repaint the page is told the newest; what it stands for is
// not missing.
func TestAnEventThatStandsForOthersLeavesNoHole(t *testing.T) {
	t.Parallel()
	f := newForum(t, 2)
	p := openTab(t, f.URL+"/t/42")
	p.isLive()
	for i, since := range []int{2, 5} {
		seq := 9 + 5*i
		message := event{seq: seq, html: stream("append", "timeline", item(seq, "9", fmt.Sprintf("Number %d", seq)))}.message()
		message["since"] = since
		f.broadcast(message)
	}
	p.wait(`document.querySelectorAll("#timeline .comment").length === 4`)
	p.want("after", `document.querySelector("[data-live-topic]").dataset.after`, "14")
	p.want("notices", `document.querySelector("#notices").innerText.trim()`, "")
	message := event{seq: 17, html: stream("append", "timeline", item(17, "9", "Behind a hole"))}.message()
	message["since"] = 15
	f.broadcast(message)
	p.wait(`document.querySelector("#notices").innerText.includes("missing")`)
}

func TestAHoleIsSaidAndNothingIsPutBehindIt(t *testing.T) {
	t.Parallel()
	for name, message := range map[string]map[string]any{
		"resync":        {"type": "resync", "thread": 42, "last_seq": 3000},
		"a seq skipped": event{seq: 4, html: stream("append", "timeline", item(4, "9", "Behind the hole"))}.message(),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newForum(t, 2)
			p := openTab(t, f.URL+"/t/42")
			p.isLive()
			f.broadcast(message)
			p.wait(`document.querySelector("#notices a")`)
			p.want("notice", `document.querySelector("#notices").textContent`, "Something is missing here. Load what you missed")
			p.want("link", `document.querySelector("#notices a").getAttribute("href")`, "/t/42")
			seq := map[string]int{"resync": 3001, "a seq skipped": 5}[name]
			f.broadcast(event{seq: seq, html: stream("append", "timeline", item(seq, "9", "Later"))}.message())
			p.wait(`!document.querySelector("#new-items").hidden`)
			p.want("link to the end", `document.querySelector("#new-items").getAttribute("href")`, "/t/42?at=end")
			if diff := cmp.Diff([]string{"Old comment 1", "Old comment 2"}, p.comments()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestALostRightEndsTheRetries(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		code                int
		state, notice, link string
	}{
		{4401, "Signed out", "You have been signed out. Your text is kept on this device. Sign in and come back", "/signin?next=%2Ft%2F42"},
		{4403, "No longer open to you", "You can no longer read this.", "none"},
	} {
		t.Run(c.state, func(t *testing.T) {
			t.Parallel()
			f := newForum(t, 1)
			p := openTab(t, f.URL+"/t/42")
			p.isLive()
			f.cut(c.code)
			p.wait(`document.querySelector("#live-state").textContent === ` + quoted(c.state))
			p.want("notice", `document.querySelector("#notices").textContent`, c.notice)
			p.want("link", `document.querySelector("#notices a")?.getAttribute("href") ?? "none"`, c.link)
			p.countDials()
			p.run(`dispatchEvent(new Event("online")); dispatchEvent(new Event("pageshow"))`)
			p.want("sockets asked for afterwards", "dials", "0")
		})
	}
}

func TestAClosedTopicIsLeftAlone(t *testing.T) {
	t.Parallel()
	f := newForum(t, 1)
	p := openTab(t, f.URL+"/t/42")
	p.isLive()
	f.broadcast(map[string]any{"type": "error", "code": "gone", "thread": 42, "detail": "x"})
	p.wait(`document.querySelector("#live-state").textContent === "No longer open to you"`)
	f.comment("9", "Not for me")
	f.broadcast(map[string]any{"type": "presence", "thread": 42, "here": []map[string]string{{"handle": "bram", "name": "Bram"}}, "count": 1})
	p.wait(`!document.querySelector("#presence").hidden`)
	if got := len(p.comments()); got != 1 {
		t.Errorf("%d comments, want 1", got)
	}
}

func TestWhatTheReaderHoldsIsNotTakenAway(t *testing.T) {
	t.Parallel()
	edited := `<div class="body" id="c-101-body"><p>Edited</p></div>`
	for name, hold := range map[string]string{
		"focus inside":       `document.querySelector("#c-101-body a").focus()`,
		"selected text":      `getSelection().selectAllChildren(document.querySelector("#c-101-body p"))`,
		"a form in progress": `document.querySelector("#c-101-body").insertAdjacentElement("beforeend", document.createElement("form")).append(document.createElement("textarea"))`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newForum(t, 2)
			p := openTab(t, f.URL+"/t/42")
			p.isLive()
			p.run(hold)
			f.tell(stream("replace", "c-101-body", `<div class="body" id="c-101-body"><p>Edited once</p></div>`))
			f.tell(stream("replace", "c-101-body", edited))
			f.tell(stream("replace", "c-102-body", `<div class="body" id="c-102-body"><p>Edited too</p></div>`))
			p.wait(`document.querySelector("#c-102-body").textContent === "Edited too"`)
			p.want("held text", `document.querySelector("#c-101-body p").firstChild.textContent.trim()`, "Old comment 1")
			p.want("notes", `document.querySelectorAll(".changed-note").length`, "1")
			p.want("note", `document.querySelector("#c-101-body + .changed-note").textContent`, "This was changed. Show")
			p.click(".changed-note button")
			p.want("after Show", `document.querySelector("#c-101-body").textContent`, "Edited")
			p.want("notes after Show", `document.querySelectorAll(".changed-note").length`, "0")
		})
	}
}

func TestTheSameFragmentTwiceIsNotAChange(t *testing.T) {
	t.Parallel()
	f := newForum(t, 1)
	p := openTab(t, f.URL+"/t/42")
	p.isLive()
	f.comment("9", "Read by somebody")
	p.wait(`document.querySelector("#c-102-body")`)
	p.run(`document.querySelector("#c-102-body a").focus()`)
	f.tell(stream("append", "timeline", item(2, "9", "Read by somebody")))
	f.comment("9", "After it")
	p.wait(`document.querySelectorAll("#timeline .comment").length === 3`)
	p.want("notes", `document.querySelectorAll(".changed-note").length`, "0")
}

func TestABallotIsNeverReplacedByAnEvent(t *testing.T) {
	t.Parallel()
	f := newForum(t, 1)
	p := openTab(t, f.URL+"/t/42")
	p.isLive()
	p.run(`document.querySelector("[name=choice][value='2']").checked = true; document.querySelector("[name=reason]").value = "Because"`)
	f.tell(stream("replace", "p-7", `<section id="p-7">Gone</section>`))
	f.tell(stream("update", "p-7-participation", "2 of 9 have voted"))
	p.wait(`document.querySelector("#p-7-participation").textContent === "2 of 9 have voted"`)
	p.want("choice", `new FormData(document.querySelector("#p-7-ballot")).get("choice")`, "2")
	p.want("reason", `new FormData(document.querySelector("#p-7-ballot")).get("reason")`, "Because")
}

func TestFragmentsActAsTheirWordsSay(t *testing.T) {
	t.Parallel()
	f := newForum(t, 2)
	p := openTab(t, f.URL+"/t/42")
	p.isLive()
	order := `[...document.querySelectorAll("#timeline > li")].map((li) => li.textContent.trim().slice(0, 3)).join(" ")`
	p.run(`document.querySelectorAll("#timeline .comment").forEach((c, i) => c.replaceChildren("c" + i + "."))`)
	steps := []struct{ fragment, order string }{
		{stream("prepend", "timeline", `<li id="x1">x1.</li>`), "x1. c0. c1."},
		{stream("append", "timeline", `<li id="x2">x2.</li><li id="x3">x3.</li>`), "x1. c0. c1. x2. x3."},
		{stream("append", "timeline", `<li id="x1">x1!</li>`), "x1! c0. c1. x2. x3."},
		{stream("before", "x2", `<li id="x4">x4.</li>`), "x1! c0. c1. x4. x2. x3."},
		{stream("after", "x2", `<li id="x5">x5.</li>`), "x1! c0. c1. x4. x2. x5. x3."},
		{stream("remove", "x4", ""), "x1! c0. c1. x2. x5. x3."},
		{stream("replace", "x5", `<li id="x6">x6.</li>`), "x1! c0. c1. x2. x6. x3."},
		{stream("update", "x6", `x7.`), "x1! c0. c1. x2. x7. x3."},
		{`<turbo-stream action="remove" targets="#x1, #x3"></turbo-stream>`, "c0. c1. x2. x7."},
		{stream("remove", "nowhere", "") + stream("explode", "x2", "") + `<turbo-stream action="remove"></turbo-stream>` + stream("remove", "x2", ""), "c0. c1. x7."},
	}
	for _, s := range steps {
		f.tell(s.fragment)
		p.wait(order + " === " + quoted(s.order))
	}
	f.tell(`<turbo-stream action="notice"><template>The poll has closed</template></turbo-stream>`)
	p.wait(`document.querySelector("#status").textContent.includes("The poll has closed")`)
	f.tell(`<turbo-stream action="reload"></turbo-stream>`)
	p.wait(`document.querySelector("#notices a")?.textContent === "Load what you missed"`)
}

func TestAMorphLeavesWhatIsOpenOpen(t *testing.T) {
	t.Parallel()
	f := newForum(t, 1)
	p := openTab(t, f.URL+"/t/42")
	p.isLive()
	p.run(`document.querySelector("#p-7-results").open = true; window.kept = document.querySelector("#p-7-results")`)
	f.tell(`<turbo-stream action="update" method="morph" target="p-7-results"><template><summary>Results</summary><p>Slate 2</p></template></turbo-stream>`)
	f.comment("9", "Behind the morph")
	p.wait(`document.querySelector("#p-7-results p").textContent === "Slate 2"`)
	p.want("open and the same", `kept.open && kept === document.querySelector("#p-7-results")`, "true")
	p.wait(`document.querySelectorAll("#timeline .comment").length === 2`)
}

func TestAPollPageFollowsItsThreadsEvents(t *testing.T) {
	t.Parallel()
	f := newForum(t, 3)
	f.set(func(f *forum) { f.topic = "poll:7" })
	p := openTab(t, f.URL+"/t/42")
	p.isLive()
	for _, seq := range []int{5, 9, 9, 5} {
		f.broadcast(event{seq: seq, html: stream("append", "p-7", fmt.Sprintf("<p class='got'>%d</p>", seq))}.message())
	}
	f.broadcast(event{seq: 12, html: stream("update", "p-7-participation", "all")}.message())
	p.wait(`document.querySelector("#p-7-participation").textContent === "all"`)
	p.want("events", `[...document.querySelectorAll(".got")].map((el) => el.textContent).join()`, "5,9")
	p.want("notices", `document.querySelector("#notices").textContent`, "")
}

func TestNotAtTheEndNewCommentsAreCountedAndLinked(t *testing.T) {
	t.Parallel()
	f := newForum(t, 3)
	f.set(func(f *forum) { f.atEnd = false })
	p := openTab(t, f.URL+"/t/42")
	p.isLive()
	f.comment("9", "Elsewhere 1")
	f.comment("3", "My own, from another place")
	f.comment("9", "Elsewhere 2")
	p.wait(`document.querySelector("#new-items").textContent === "2 new comments"`)
	p.want("comments", `document.querySelectorAll("#timeline .comment").length`, "3")
	p.want("link", `document.querySelector("#new-items").getAttribute("href")`, "/t/42?at=end")
}

func TestVisitorsFollowToo(t *testing.T) {
	t.Parallel()
	f := newForum(t, 1)
	f.set(func(f *forum) { f.viewer, f.script = "", "visitor.js" })
	p := openTab(t, f.URL+"/t/42")
	p.isLive()
	f.comment("9", "For everybody")
	p.wait(`document.querySelectorAll("#timeline .comment").length === 2`)
	p.want("edit links shown", `document.querySelectorAll("[data-edit]:not([hidden] *)").length`, "0")
	p.keys("j")
	p.wait(`document.activeElement.id === "c-101"`)
}

func TestTheStatusLineDoesNotChatter(t *testing.T) {
	t.Parallel()
	f := newForum(t, 1)
	p := openTab(t, f.URL+"/t/42")
	p.isLive()
	p.run(`window.said = []; window.times = [];
new MutationObserver(() => { const w = document.querySelector("#status").textContent; if (w) said.push(w), times.push(performance.now()) }).observe(document.querySelector("#status"), {childList: true})`)
	for i := range 10 {
		f.comment("9", fmt.Sprintf("Lively %d", i))
		p.wait(fmt.Sprintf(`document.querySelectorAll("#timeline .comment").length === %d`, i+2))
	}
	p.wait(`said.join().match(/\d+/g)?.reduce((a, b) => a + Number(b), 0) === 10`)
	p.want("gaps shorter than the page allows", "times.filter((t, i) => i > 0 && t - times[i - 1] < 250).length", "0")
}
