package view

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"plenary/pkg/testkit/browser"
)

// Every form is filled in by mouse, by keyboard and without scripts, and the
// answer that arrives is the same.
func TestABallotArrivesTheSameHoweverItIsFilledIn(t *testing.T) {
	p := newPolling(t)
	type way = func(b booth)
	again := func(b booth, key string, times int) {
		for range times {
			b.Key(key)
		}
	}
	for _, c := range []struct {
		name               string
		want               string
		mouse, keys, plain way
	}{
		{"one", "choices=92", func(b booth) { b.pick("choices", "92") }, func(b booth) { b.focus(`[value="91"]`); b.Key(" "); b.Key(kb.ArrowDown) }, nil},
		{"several", "choices=91,93", func(b booth) { b.pick("choices", "92"); b.pick("choices", "93") }, func(b booth) { b.focus(`[value="92"]`); b.Key(" "); b.Key(kb.Tab); b.Key(kb.Tab); b.Key(" ") }, nil},
		{"consent", "choices=92", func(b booth) { b.pick("choices", "92") }, func(b booth) { b.focus(`[value="93"]`); b.Key(kb.ArrowUp) }, nil},
		{"opt-in", "choices=91", func(b booth) { b.pick("choices", "91") }, func(b booth) { b.focus(`[value="91"]`); b.Key(" ") }, nil},
		{"ranking", "rank-91=2 rank-92=3 rank-93=1", func(b booth) {
			b.tool(91, "in")
			b.tool(93, "in")
			b.tool(93, "up")
			b.tool(93, "up")
			b.tool(92, "down")
		},
			func(b booth) {
				b.focus(grip(91))
				b.Key(" ")
				again(b, kb.ArrowUp, 2) // ranked after the first, then before it
				b.Key(" ")
				b.focus(grip(93))
				b.Key(kb.ArrowUp, chromedp.ModifierAlt)
				again(b, kb.ArrowUp, 0)
				for range 2 {
					b.Key(kb.ArrowUp, chromedp.ModifierAlt)
				}
			},
			func(b booth) { b.set("rank-93", "1"); b.set("rank-91", "2"); b.set("rank-92", "3") }},
		{"equal", "rank-91=1 rank-92=2 rank-93=2", func(b booth) { b.tool(92, "down"); b.tool(93, "same") },
			func(b booth) { b.set("rank-92", "2"); b.set("rank-93", "2") }, nil},
		{"score", "score-91=7 score-94=0", func(b booth) { b.pick("score-91", "7"); b.pick("score-94", "0") },
			func(b booth) {
				b.focus(`[name="score-91"][value="6"]`)
				b.Key(" ")
				b.Key(kb.ArrowRight)
				b.focus(`[name="score-94"][value="0"]`)
				b.Key(" ")
			}, nil},
		{"score100", "score-91=-5 score-92=100", func(b booth) { b.set("score-91", "-5"); b.set("score-92", "100") }, func(b booth) { b.set("score-91", "-5"); b.set("score-92", "100") }, nil},
		{"star", "score-91=4 score-92=0 score-93=5", func(b booth) { b.pick("score-91", "4"); b.pick("score-93", "5") },
			func(b booth) {
				b.focus(`[name="score-91"][value="5"]`)
				b.Key(kb.ArrowLeft)
				b.focus(`[name="score-93"][value="5"]`)
				b.Key(" ")
			}, nil},
		{"grades", "score-91=5 score-92=0", func(b booth) { b.pick("score-92", "0") }, func(b booth) { b.focus(`[name="score-92"][value="0"]`); b.Key(" ") }, nil},
		{"dots", "score-91=5 score-92=2", func(b booth) { b.more(92, 1); b.more(92, 1) }, func(b booth) { b.set("score-92", "2") }, nil},
		{"credits", "score-91=4 score-92=-2 score-93=1", func(b booth) { b.more(91, 1); b.more(93, 1) }, func(b booth) { b.set("score-91", "4"); b.set("score-93", "1") }, nil},
		{"times", "score-91=2 score-92=1 score-93=2 score-94=2", func(b booth) {
			b.pick("score-92", "1")
			b.Click(".day:last-of-type [data-all]")
			b.pick("score-94", "2")
		},
			func(b booth) {
				b.focus(`[name="score-92"][value="1"]`)
				b.Key(" ")
				b.focus(".day:last-of-type [data-all]")
				b.Key(kb.Enter)
				b.pick("score-94", "2")
			},
			func(b booth) { b.pick("score-92", "1"); b.pick("score-93", "2"); b.pick("score-94", "2") }},
		{"words", "reason=Ask the baker", func(b booth) { b.Type("textarea", "Ask the baker") }, func(b booth) { b.focus("textarea"); b.Do(chromedp.KeyEvent("Ask the baker")) }, nil},
	} {
		plain := c.plain
		if plain == nil {
			plain = c.keys
		}
		if c.name == "dots" || c.name == "credits" || c.name == "score100" {
			plain = c.keys
		}
		for how, fill := range map[string]way{"mouse": c.mouse, "keyboard": c.keys, "no scripts": plain} {
			t.Run(c.name+" by "+how, func(t *testing.T) {
				b := p.enter(t, "ballot-"+c.name, 1280, how == "no scripts")
				fill(b)
				if got := b.send(); got != c.want {
					t.Errorf("arrived as %q, want %q", got, c.want)
				}
			})
		}
	}
}

// more presses the plus or minus of an option.
func (b booth) more(option, by int) {
	b.t.Helper()
	b.Click(fmt.Sprintf(`.number-row:has(#p-9-score-%d) [data-by="%d"]`, option, by))
}

func TestDraggingRanksByMouseAndByFinger(t *testing.T) {
	p := newPolling(t)
	for _, c := range []struct {
		how   string
		width int64
		touch bool
	}{{"mouse", 1280, false}, {"mouse at 320 px", 320, false}, {"finger at 320 px", 320, true}} {
		t.Run(c.how, func(t *testing.T) {
			b := p.enter(t, "ballot-ranking", c.width, false)
			b.drag(93, 92, false, c.touch)
			b.Until(`document.querySelector("#p-9-rank-93").value === "1"`)
			if got, want := b.order(), "93:1 92:2 | 91: 94:"; got != want {
				t.Errorf("after dragging in: %s, want %s", got, want)
			}
			b.drag(92, 94, true, c.touch)
			b.Until(`document.querySelector("#p-9-rank-92").value === ""`)
			if got, want := b.order(), "93:1 | 91: 92: 94:"; got != want {
				t.Errorf("after dragging out: %s, want %s", got, want)
			}
			if got, want := b.send(), "rank-93=1"; got != want {
				t.Errorf("arrived as %q, want %q", got, want)
			}
		})
	}
}

func TestRankingTellsWhatItDoesAndKeepsTheFocus(t *testing.T) {
	p := newPolling(t)
	b := p.enter(t, "ballot-ranking", 1280, false)
	step := func(what string, do func(), heard, order string) {
		t.Helper()
		do()
		if got := b.heard(); got != heard {
			t.Errorf("%s: heard %q, want %q", what, got, heard)
		}
		if got := b.order(); got != order {
			t.Errorf("%s: %s, want %s", what, got, order)
		}
	}
	step("rank another", func() { b.tool(91, "in") }, "Solar on the bakery, rank 2 of 2", "92:1 91:2 | 93: 94:")
	step("press up", func() { b.tool(91, "up") }, "Solar on the bakery, rank 1 of 2", "91:1 92:2 | 93: 94:")
	if !browser.Eval[bool](b.Tab, `document.activeElement.matches("li:has(#p-9-rank-91) [data-rank=up]")`) {
		t.Error("the pressed button has lost the focus")
	}
	step("pick up", func() { b.focus(grip(92)); b.Key(" ") }, "A green roof is picked up. Move it with the arrow keys, drop it with the space bar, put it back with Escape.", "91:1 92:2 | 93: 94:")
	step("move up", func() { b.Key(kb.ArrowUp) }, "A green roof, rank 1 of 2", "92:1 91:2 | 93: 94:")
	step("put back", func() { b.Key(kb.Escape) }, "A green roof is back where it was.", "91:1 92:2 | 93: 94:")
	step("type a number", func() { b.set("rank-94", "1") }, "سقف أخضر, rank 1 of 3", "94:1 91:2 92:3 | 93:")
	step("type too great a number", func() { b.set("rank-93", "77") }, "Leave it as it is until the harbour authority has said what happens to the quay, rank 4 of 4", "94:1 91:2 92:3 93:4 |")
	step("empty a number", func() { b.set("rank-91", "") }, "Solar on the bakery, not ranked", "94:1 92:2 93:3 | 91:")
	step("remove", func() { b.tool(94, "out") }, "سقف أخضر, not ranked", "92:1 93:2 | 91: 94:")
	if !browser.Eval[bool](b.Tab, `document.activeElement.matches("li:has(#p-9-rank-94) [data-rank=in]")`) {
		t.Error("after removing, the focus is not on the way back")
	}
}

func TestTooManyDotsAreToldBeforeTheyAreSent(t *testing.T) {
	p := newPolling(t)
	b := p.enter(t, "ballot-dots", 320, false)
	left := func() string {
		t.Helper()
		return browser.Eval[string](b.Tab, `document.querySelector("[data-budget]").textContent`)
	}
	if got := left(); got != "3 of 8 dots left" {
		t.Errorf("at first: %q", got)
	}
	for range 5 {
		b.more(92, 1)
	}
	if got := left(); got != "0 of 8 dots left" {
		t.Errorf("after pressing five times for three dots: %q", got)
	}
	b.set("score-93", "2")
	if got := left(); got != "You have used 10 of 8 dots. Take some back." {
		t.Errorf("after typing two too many: %q", got)
	}
	b.Click(".ballot-send .primary")
	if n := len(p.sent); n != 0 {
		t.Errorf("%d ballots were sent over the limit", n)
	}
	b.more(91, -1)
	b.more(91, -1)
	if got, want := b.send(), "score-91=3 score-92=3 score-93=2"; got != want {
		t.Errorf("arrived as %q, want %q", got, want)
	}
}

func TestNoneOfTheseAndAnAnswerEndEachOther(t *testing.T) {
	p := newPolling(t)
	b := p.enter(t, "ballot-several", 320, false)
	b.pick("none", "1")
	b.Until(`!document.querySelector("[name=choices]:checked")`)
	b.pick("choices", "93")
	b.Until(`!document.querySelector("[name=none]").checked`)
	if got, want := b.send(), "choices=93"; got != want {
		t.Errorf("arrived as %q, want %q", got, want)
	}
	b = p.enter(t, "ballot-ranking", 320, false)
	b.pick("none", "1")
	if got, want := b.send(), "none=1"; got != want {
		t.Errorf("arrived as %q, want %q", got, want)
	}
}

// The forms as the scripts have made them are as accessible as they came, in
// both widths. Pictures of them are made where PLENARY_TEST_SHOTS says.
func TestBallotsServedByScriptsAreAccessible(t *testing.T) {
	axe, err := os.ReadFile(filepath.Join("testdata", "axe-core@4.14.1", "axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	p := newPolling(t)
	for _, name := range []string{"ranking", "equal", "several", "dots", "credits", "times", "secret-changing"} {
		for _, width := range []int64{1280, 320} {
			b := p.enter(t, "ballot-"+name, width, false)
			browser.Eval[bool](b.Tab, string(axe)+"; true")
			if found := browser.Eval[string](b.Tab, audit(everything)); found != "" {
				t.Errorf("%s at %d px:\n%s", name, width, found)
			}
			if over := browser.Eval[int](b.Tab, "document.documentElement.scrollWidth - innerWidth"); over > 0 {
				t.Errorf("%s is %d px too wide at %d px", name, over, width)
			}
			b.Shoot(fmt.Sprintf("%s-%d", name, width))
		}
	}
}

// Where a finger points, everything that can be pressed is at least 44 px.
func TestToolsOfABallotAreLargeEnoughForFingers(t *testing.T) {
	p := newPolling(t)
	for _, name := range []string{"ranking", "equal", "dots", "grades", "times", "several"} {
		b := p.enter(t, "ballot-"+name, 320, false)
		small := browser.Eval[string](b.Tab, `[...document.querySelectorAll(".ballot :is(button, .step, .choice, .rank-number, .number-set > input)")].filter((el) => el.checkVisibility() && !el.matches(".small")).map((el) => [el.className || el.name, el.getBoundingClientRect()]).filter(([, box]) => box.width < 44 || box.height < 44).map(([name, box]) => name + " " + box.width + "x" + box.height).join("; ")`)
		if small != "" {
			t.Errorf("%s: %s", name, small)
		}
	}
}
