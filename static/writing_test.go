package static_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"
)

const field = `document.querySelector("#composer-body")`

func TestADraftComesBackWhereItWasWritten(t *testing.T) {
	t.Parallel()
	f := newForum(t, 1)
	p := openTab(t, f.URL+"/t/42")
	p.isLive()
	p.typed("#composer-body", "Unfinished")
	p.wait(`document.querySelector("[data-draft-state]").textContent.startsWith("Draft saved ")`)
	p.typed("#composer-body", " thought")
	p.do(chromedp.Reload()) // before the next second is over
	p.isLive()
	p.want("draft after loading again", field+".value", "Unfinished thought")
	if got := p.text("[data-draft-state]"); !strings.HasPrefix(got, "Your draft from ") {
		t.Errorf("state %q", got)
	}
	p.do(chromedp.Navigate(f.URL + "/t/43"))
	p.wait(field)
	p.want("draft in another thread", field+".value", "")
	p.do(chromedp.Navigate(f.URL + "/t/42"))
	p.isLive()
	p.click("#send")
	p.wait(`document.querySelector("#status").textContent === "Comment posted"`)
	p.do(chromedp.Reload())
	p.isLive()
	p.want("draft after sending", field+".value", "")
}

func TestADraftIsOnlyOfferedWhereThereIsTextAlready(t *testing.T) {
	t.Parallel()
	f := newForum(t, 1)
	p := openTab(t, f.URL+"/t/42")
	p.isLive()
	p.typed("#composer-body", "My draft")
	p.do(chromedp.Navigate(f.URL + "/t/42?text=Given"))
	p.isLive()
	p.want("text", field+".value", "Given")
	p.run(`[...document.querySelectorAll("[data-draft-state] button")].find((b) => b.textContent === "Use it").click()`)
	p.want("text after Use it", field+".value", "My draft")
	p.do(chromedp.Navigate(f.URL + "/t/42?text=Given"))
	p.isLive()
	p.run(`[...document.querySelectorAll("[data-draft-state] button")].find((b) => b.textContent === "Discard it").click()`)
	p.want("text after Discard it", field+".value", "Given")
	p.want("drafts left", `Object.keys(localStorage).length`, "0")
}

// compose opens a page and waits until the field has its help.
func compose(t *testing.T) (*forum, *tab) {
	t.Helper()
	f := newForum(t, 1)
	p := openTab(t, f.URL+"/t/42")
	p.isLive()
	p.run(field + ".focus()")
	p.wait(`document.querySelector("markdown-toolbar")`)
	return f, p
}

func TestTheToolsOfTheComposerHaveWords(t *testing.T) {
	t.Parallel()
	_, p := compose(t)
	got := eval[[]string](p, `[...document.querySelectorAll(".composer-tools .tool")].map((b) => b.textContent)`)
	if diff := cmp.Diff([]string{"Bold", "Italic", "Quote", "Link", "List", "Numbers", "Add a file", "Preview"}, got); diff != "" {
		t.Error(diff)
	}
	p.want("focus while the tools came", "document.activeElement.id", "composer-body")
	p.typed("#composer-body", "make bold")
	p.run(field + ".setSelectionRange(5, 9)")
	p.click("md-bold")
	p.want("text", field+".value", "make **bold**")
}

func TestNamesAreCompleted(t *testing.T) {
	t.Parallel()
	_, p := compose(t)
	p.keys("Ask @br")
	p.wait(`document.querySelectorAll(".suggestions [role=option]").length === 2`)
	p.want("first", `document.querySelector(".suggestions [role=option]").textContent`, "Bram <b> @bram · Coop A")
	p.want("role", field+`.getAttribute("role")`, "combobox")
	p.keys("\n")
	p.want("text", field+".value", "Ask @bram ")
	p.want("suggestions left", `document.querySelectorAll(".suggestions").length`, "0")
	p.keys("@zzz")
	p.wait(field + `.value === "Ask @bram @zzz"`)
	p.wait(`document.querySelectorAll(".suggestions").length === 0`)
}

func TestEmojiAreCompletedByName(t *testing.T) {
	t.Parallel()
	_, p := compose(t)
	p.keys(":balloo")
	p.wait(`document.querySelector(".suggestions [role=option]")`)
	p.keys("\n")
	p.want("text", field+".value", "🎈 ")
}

func TestEnterGoesOnWithAList(t *testing.T) {
	t.Parallel()
	_, p := compose(t)
	p.keys("- one\ntwo\n\nafter")
	p.want("bullets", field+".value", "- one\n- two\nafter")
	p.run(field + `.value = ""`)
	p.keys("9. nine\nten\n\n")
	p.want("numbers", field+".value", "9. nine\n10. ten\n")
	p.run(field + `.value = ""`)
	p.keys("- [x] done\nnext")
	p.want("tasks", field+".value", "- [x] done\n- [ ] next")
	p.run(field + `.value = ""`)
	p.keys("no list\nnext")
	p.want("plain lines", field+".value", "no list\nnext")
}

func TestThePreviewShowsAndGoesAway(t *testing.T) {
	t.Parallel()
	_, p := compose(t)
	button := `[...document.querySelectorAll(".composer-tools button")].find((b) => b.textContent === "Preview")`
	p.run(button + ".click()")
	p.wait(`document.querySelector(".composer-preview").textContent === "Nothing to show yet."`)
	p.run(button + ".click()")
	p.typed("#composer-body", "Hello <i>")
	p.run(button + ".click()")
	p.wait(`document.querySelector(".composer-preview em")?.textContent === "Hello <i>"`)
	p.want("field", `document.querySelector("text-expander").hidden`, "true")
	p.run(button + ".click()")
	p.want("field again", `document.querySelector("text-expander").hidden`, "false")
	p.want("focus", "document.activeElement.id", "composer-body")
}

func TestFilesAreAddedAsLinksAndPictures(t *testing.T) {
	t.Parallel()
	f, p := compose(t)
	dir := t.TempDir()
	var files []string
	for _, name := range []string{"plan.pdf", "roof.png", "bad.exe"} {
		files = append(files, filepath.Join(dir, name))
		if err := os.WriteFile(files[len(files)-1], []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p.typed("#composer-body", "See")
	p.do(chromedp.SetUploadFiles(chromedp.CSS("#composer input[type=file]"), files, chromedp.NodeReady))
	p.wait(field + `.value.includes("bad.exe was not added.")`)
	p.wait("!" + field + `.value.includes("Adding")`)
	got := strings.Fields(eval[string](p, field+".value"))
	slices.Sort(got)
	want := strings.Fields("See [plan.pdf](/files/9/plan.pdf) ![roof](/files/9/roof.png) bad.exe was not added. Programs cannot be attached.")
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if n := get(f, func(f *forum) int { return len(f.uploads) }); n != 3 {
		t.Errorf("%d uploads", n)
	}
}

func TestPastedRichTextBecomesMarkdown(t *testing.T) {
	t.Parallel()
	f, p := compose(t)
	// Word processors add a picture of the text: it is not wanted.
	paste := func(html, plain string) {
		p.run(fmt.Sprintf(`const d = new DataTransfer(); d.setData("text/html", %s); d.setData("text/plain", %s);
d.items.add(new File(["x"], "picture.png", {type: "image/png"}));
%s.dispatchEvent(new ClipboardEvent("paste", {clipboardData: d, bubbles: true, cancelable: true}))`, quoted(html), quoted(plain), field))
	}
	paste(`<h2>Roof</h2><p>We <b>must</b> <a href="https://example.org/">decide</a>.</p><ul><li>slate</li><li>grass</li></ul><img src="https://example.org/spy.png"><script>alert(1)</script><p onclick="alert(2)">end</p>`, "Roof We must decide")
	p.wait(field + `.value.includes("end")`)
	want := lines("## Roof", "", "We **must** [decide](https://example.org/).", "", "-   slate", "-   grass", "", "end")
	p.want("text", field+".value", want)
	p.run(field + `.value = ""`)
	paste(`<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>`, "a b 1 2")
	p.wait(field + `.value.includes("| 1 | 2 |")`)
	p.run(field + `.value = ""; window.plain = true`)
	p.run(fmt.Sprintf(`const d = new DataTransfer(); d.setData("text/html", "<span>plain</span>"); d.setData("text/plain", "plain");
const e = new ClipboardEvent("paste", {clipboardData: d, bubbles: true, cancelable: true}); %s.dispatchEvent(e); window.plain = !e.defaultPrevented`, field))
	p.want("plain text left to the browser", "window.plain", "true")
	if n := get(f, func(f *forum) int { return len(f.uploads) }); n != 0 {
		t.Errorf("%d uploads", n)
	}
}

func TestSelectedTextIsQuotedOrMadeATheme(t *testing.T) {
	t.Parallel()
	f := newForum(t, 2)
	p := openTab(t, f.URL+"/t/42")
	p.isLive()
	selectText := `getSelection().selectAllChildren(document.querySelector("#c-102-body p"))`
	p.run(selectText)
	p.wait(`document.querySelector(".quote-popover:popover-open")`)
	p.run(`[...document.querySelectorAll(".quote-popover button")].find((b) => b.textContent === "Quote").click()`)
	p.want("text", field+".value", "> Old comment 2 link\n\n")
	p.want("focus", "document.activeElement.id", "composer-body")
	p.want("reply line", `document.querySelector("#reply-to").innerText`, "In reply to Bram Not a reply")
	p.keys("Yes")
	p.click("#send")
	p.wait(`document.querySelector("#status").textContent === "Comment posted"`)
	p.want("reply line after sending", `document.querySelector("#reply-to").hidden`, "true")
	want := postedForm{body: "> Old comment 2 link\n\nYes", once: "first", parent: "102"}
	if got := get(f, posted); len(got) != 1 || got[0] != want {
		t.Errorf("sent %+v, want %+v", got, want)
	}
	p.run("document.activeElement.blur(); " + selectText)
	p.wait(`document.querySelector(".quote-popover:popover-open")`)
	p.run(`[...document.querySelectorAll(".quote-popover button")].find((b) => b.textContent === "Make this a theme").click()`)
	p.wait(`document.title === "New theme"`)
	p.want("address", "location.pathname + location.search", "/t/42/themes/new?from=102&text=Old+comment+2+link")
}

func TestAReplyCanBeTakenBack(t *testing.T) {
	t.Parallel()
	f := newForum(t, 2)
	p := openTab(t, f.URL+"/t/42")
	p.isLive()
	p.click("#c-101 [data-reply]")
	p.want("parent", `document.querySelector("[name=parent_id]").value`, "101")
	p.want("focus", "document.activeElement.id", "composer-body")
	p.click("[data-reply-cancel]")
	p.want("parent after", `document.querySelector("[name=parent_id]").value`, "")
	p.want("line after", `document.querySelector("#reply-to").hidden`, "true")
	p.click("#c-102 [data-quote]")
	p.want("quoted", field+".value", "> Old comment 2 link\n\n")
}
