package static_test

import (
	"context"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

func TestThePolicyIsInForce(t *testing.T) {
	t.Parallel()
	f := newForum(t, 1)
	p := blankTab(t)
	p.do(chromedp.Navigate(f.URL + "/t/42"))
	p.isLive()
	// The control of all "no faults" checks: what is forbidden is refused and noted.
	p.want("a string as HTML", `(() => { try { document.createElement("p").innerHTML = "<b>"; return "taken" } catch { return "refused" } })()`, "refused")
	p.run(`const s = document.createElement("p"); s.setAttribute("style", "color: red"); document.body.append(s)`)
	p.want("a second policy", `(() => { try { trustedTypes.createPolicy("default", {}); return "made" } catch { return "refused" } })()`, "refused")
	p.wait("window.faults.length >= 3")
}

func TestHowFarIsReadIsTold(t *testing.T) {
	t.Parallel()
	f := newForum(t, 40)
	p := openTab(t, f.URL+"/t/42")
	p.isLive()
	seen := func() []string { return get(f, func(f *forum) []string { return append([]string(nil), f.seen...) }) }
	p.waitFor("a first beacon", func() bool { return len(seen()) == 1 })
	want := eval[string](p, `[...document.querySelectorAll("[data-seq]")].filter((el) => el.getBoundingClientRect().top < innerHeight).at(-1).dataset.seq`)
	if got := seen()[0]; got != want {
		t.Errorf("seen up to %s, want %s", got, want)
	}
	p.run(`const real = setTimeout; window.stays = 0; window.setTimeout = (f, ms, ...a) => { if (ms === 2000) stays++; return real(f, ms, ...a) }`)
	p.hide(true)
	p.run("scrollTo(0, document.body.scrollHeight)")
	p.wait("scrollY > 500")
	p.want("readings begun while hidden", "stays", "0")
	p.hide(false)
	p.waitFor("a second beacon", func() bool { return len(seen()) == 2 })
	if got := seen()[1]; got != "40" {
		t.Errorf("seen up to %s, want 40", got)
	}
	p.run("scrollTo(0, 0)")
	f.comment("9", "Out of sight")
	p.wait(`!document.querySelector("#new-items").hidden`)
	p.click("#new-items")
	p.waitFor("a third beacon", func() bool { return len(seen()) == 3 })
	if got := seen()[2]; got != "41" {
		t.Errorf("seen up to %s, want 41", got)
	}
}

func TestWhoIsHereAndWhoWrites(t *testing.T) {
	t.Parallel()
	f := newForum(t, 1)
	p := openTab(t, f.URL+"/t/42")
	p.isLive()
	person := func(name string) map[string]string { return map[string]string{"handle": name, "name": name} }
	for _, c := range []struct {
		here, writing []map[string]string
		count         int
		wantHere      string
		wantWriting   string
	}{
		{[]map[string]string{person("amina")}, nil, 1, "", ""},
		{[]map[string]string{person("amina"), person("Bram")}, []map[string]string{person("amina")}, 2, "Bram is here", ""},
		{[]map[string]string{person("Bram"), person("amina"), person("<i>Eve</i>")}, []map[string]string{person("Bram")}, 3, "Bram and <i>Eve</i> are here", "Bram is writing"},
		{[]map[string]string{person("A"), person("B"), person("C"), person("D"), person("E"), person("F")}, []map[string]string{person("A"), person("B")}, 9, "A, B, C, D, E, and 3 others are here", "A and B are writing"},
		{[]map[string]string{person("amina")}, nil, 2, "1 other is here", ""},
		{nil, nil, 3, "2 others are here", ""},
	} {
		f.broadcast(map[string]any{"type": "presence", "thread": 42, "here": c.here, "writing": c.writing, "count": c.count})
		p.wait(`document.querySelector("#presence").textContent === ` + quoted(c.wantHere))
		p.want("writing", `document.querySelector("#writing").textContent`, c.wantWriting)
		p.want("hidden", `document.querySelector("#presence").hidden`, map[bool]string{true: "true", false: "false"}[c.wantHere == ""])
	}
	p.typed("#composer-body", "Many letters typed quickly")
	writing := func() int {
		return get(f, func(f *forum) int {
			n := 0
			for _, m := range f.heard {
				if m["type"] == "writing" && m["thread"] == 42.0 {
					n++
				}
			}
			return n
		})
	}
	p.waitFor("a writing message", func() bool { return writing() > 0 })
	if n := writing(); n != 1 {
		t.Errorf("%d writing messages for one burst of typing", n)
	}
}

func TestShortcutsMoveAndPress(t *testing.T) {
	t.Parallel()
	f := newForum(t, 3)
	p := openTab(t, f.URL+"/t/42")
	p.isLive()
	press := p.keys
	press("j")
	p.wait(`document.activeElement.id === "c-101"`)
	press("jj")
	p.want("after j j j", "document.activeElement.id", "c-103")
	press("jk")
	p.want("after the last and back", "document.activeElement.id", "c-102")
	press("e")
	p.want("edit of another's comment", `document.activeElement.id`, "c-102")
	press("r")
	p.want("reply", `document.querySelector("[name=parent_id]").value`, "102")
	press("j?gh")
	p.want("typed, not obeyed", field+".value", "j?gh")
	p.run(`document.activeElement.blur()`)
	press("?")
	p.wait(`document.querySelector("#keys").open`)
	p.run(`document.querySelector("#keys").close()`)
	press("gh")
	p.wait(`document.title === "Home"`)
}

func TestShortcutsCanBeTurnedOff(t *testing.T) {
	t.Parallel()
	f := newForum(t, 3)
	f.set(func(f *forum) { f.keys = "off" })
	p := openTab(t, f.URL+"/t/42")
	p.isLive()
	p.keys("j")
	p.want("script of the shortcuts", `performance.getEntriesByType("resource").some((e) => e.name.includes("/keys"))`, "false")
	p.want("focus", "document.activeElement.tagName", "BODY")
}

func TestTimesAreTheViewers(t *testing.T) {
	t.Parallel()
	f := newForum(t, 1)
	p := blankTab(t, chromedp.WithNewBrowserContext()) // the zone is a cookie
	p.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetTimezoneOverride, emulation.SetTimezoneOverrideParams{TimezoneID: "America/Sao_Paulo"})
		return err
	}))
	p.do(chromedp.Navigate(f.URL + "/t/42"))
	p.isLive()
	p.want("long", `document.querySelector("#when").textContent`, "Mon 18 Feb 2019, 13:45")
	p.want("exact", `document.querySelector("#when").title.replace(/\s/g, " ")`, "Monday, February 18, 2019 at 1:45:00 PM GMT-3")
	p.want("relative", `document.querySelector("#recent").textContent`, "2 hours ago")
	p.want("zone told to the server", "document.cookie", "zone=America/Sao_Paulo")
}

func TestWhoMayModerateSeesTheTools(t *testing.T) {
	t.Parallel()
	f := newForum(t, 1)
	f.set(func(f *forum) { f.can = "comment moderate" })
	p := openTab(t, f.URL+"/t/42")
	p.isLive()
	f.comment("9", "Arrived later")
	p.wait(`document.querySelector("#c-102 [data-shown-to]")`)
	p.want("tools hidden", `document.querySelectorAll("[data-shown-to][hidden]").length`, "0")
}

func TestIconsAreDrawn(t *testing.T) {
	t.Parallel()
	f := newForum(t, 1)
	p := openTab(t, f.URL+"/t/42")
	p.isLive()
	p.wait(`document.querySelector("#icon use").getBBox().width > 5`)
}

func TestAPageLoadsFewFiles(t *testing.T) {
	t.Parallel()
	f := newForum(t, 5)
	p := openTab(t, f.URL+"/t/42")
	p.isLive()
	p.want("scripts before anything is touched", `performance.getEntriesByType("resource").filter((e) => e.name.endsWith(".js")).length`, "1")
}
