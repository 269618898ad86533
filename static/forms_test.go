package static_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/chromedp/chromedp"
)

func TestARefusedFormKeepsTheTextAndTakesTheFocus(t *testing.T) {
	t.Parallel()
	f := newForum(t, 1)
	p := openTab(t, f.URL+"/t/42")
	p.isLive()
	p.typed("#composer-body", "   ")
	p.click("#send")
	p.wait(`document.activeElement.classList.contains("error-summary")`)
	p.want("title", "document.title", "Error: Housing")
	p.want("text", `document.querySelector("#composer-body").value`, "   ")
	p.typed("#composer-body", "Better")
	p.click("#send")
	p.wait(`document.querySelectorAll("#timeline .comment").length === 2`)
	p.wait(`document.title === "Housing"`)
	p.want("text after", `document.querySelector("#composer-body").value`, "")
}

func TestEverySendHasItsOwnOnceKey(t *testing.T) {
	t.Parallel()
	f := newForum(t, 1)
	p := openTab(t, f.URL+"/t/42")
	p.isLive()
	for i := range 3 {
		p.typed("#composer-body", fmt.Sprintf("Number %d", i))
		p.key("\n", 2) // with Ctrl
		p.wait(fmt.Sprintf(`document.querySelectorAll("#timeline .comment").length === %d`, i+2))
		p.wait(`document.querySelector("#composer-body").value === ""`)
	}
	keys := map[string]bool{}
	for _, post := range get(f, posted) {
		keys[post.once] = true
	}
	if len(keys) != 3 || !keys["first"] {
		t.Errorf("once keys %v, want three, the page's first among them", keys)
	}
}

type postedForm struct{ body, once, parent string }

// posted gives the comments sent; the forum's lock must be held.
func posted(f *forum) []postedForm {
	var all []postedForm
	for _, p := range f.posts {
		all = append(all, postedForm{p.Get("body"), p.Get("once"), p.Get("parent_id")})
	}
	return all
}

func TestASecondPressWhileSendingSendsNothing(t *testing.T) {
	t.Parallel()
	f := newForum(t, 1)
	release := make(chan struct{})
	f.set(func(f *forum) {
		f.answer = func(w http.ResponseWriter, _ *http.Request) {
			<-release
			answerStream(w, "")
		}
	})
	p := openTab(t, f.URL+"/t/42")
	p.isLive()
	p.typed("#composer-body", "Once")
	p.click("#send")
	p.want("button while sending", `document.querySelector("#send").getAttribute("aria-disabled")`, "true")
	p.click("#send")
	p.run(`document.querySelector("#composer").requestSubmit()`)
	close(release)
	p.wait(`document.querySelector("#composer-body").value === ""`)
	p.wait(`!document.querySelector("#send").hasAttribute("aria-disabled")`)
	if n := get(f, func(f *forum) int { return len(f.posts) }); n != 1 {
		t.Errorf("sent %d times", n)
	}
}

func TestAFailedSendKeepsTheFormAndIsNotRepeated(t *testing.T) {
	t.Parallel()
	hangUp := func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			_ = conn.Close()
		}
	}
	refuse := func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusConflict)
		fmt.Fprint(w, `<html><h1>This discussion is closed</h1>`)
	}
	explain := func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusTooManyRequests)
		fmt.Fprint(w, `<html><h1>Slow down</h1><p data-error-message>Wait a minute, then send again.</p>`)
	}
	for name, c := range map[string]struct {
		answer  http.HandlerFunc
		message string
	}{
		"line cut":         {hangUp, "Not sent. Your text is still here. Try again."},
		"not allowed now":  {refuse, "This discussion is closed"},
		"a reason is told": {explain, "Wait a minute, then send again."},
		"nothing is said":  {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }, "Not sent. Your text is still here. Try again."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newForum(t, 1)
			f.set(func(f *forum) { f.answer = c.answer })
			p := openTab(t, f.URL+"/t/42")
			p.isLive()
			// Counted in the page: the browser itself may repeat a request on a cut line.
			p.run(`const real = fetch; window.sends = 0; window.fetch = (...a) => (sends++, real(...a))`)
			p.typed("#composer-body", "Keep me")
			p.click("#send")
			p.wait(`document.querySelector("#composer [data-form-message]").textContent === ` + quoted(c.message))
			p.want("text", `document.querySelector("#composer-body").value`, "Keep me")
			p.run(`dispatchEvent(new Event("online"))`)
			p.isLive()
			p.want("sends", "sends", "1")
			f.set(func(f *forum) { f.answer = nil })
			p.click("#send")
			p.wait(`document.querySelectorAll("#timeline .comment").length === 2`)
			p.want("message after sending", `document.querySelector("#composer [data-form-message]").textContent`, "")
			once := get(f, posted)
			if first, last := once[0], once[len(once)-1]; first != last {
				t.Errorf("the second try was sent as %+v, not as %+v: it would count twice", last, first)
			}
		})
	}
}

func TestAnExpiredSessionKeepsTheTextForAfterSigningIn(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]http.HandlerFunc{
		"401": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) },
		"redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/signin?next=x", http.StatusSeeOther)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newForum(t, 1)
			f.set(func(f *forum) { f.answer = answer })
			p := openTab(t, f.URL+"/t/42")
			p.isLive()
			p.typed("#composer-body", "Long thoughts")
			p.click("#send")
			p.wait(`document.querySelector("#composer [data-form-message] a")`)
			p.want("link", `document.querySelector("#composer [data-form-message] a").getAttribute("href")`, "/signin?next=%2Ft%2F42")
			p.want("text", `document.querySelector("#composer-body").value`, "Long thoughts")
			p.click("#composer [data-form-message] a")
			p.wait(`document.title === "Sign in"`)

			f.set(func(f *forum) { f.answer, f.viewer = nil, "8" })
			p.do(chromedp.Navigate(f.URL + "/t/42"))
			p.isLive()
			p.want("text for another person", `document.querySelector("#composer-body").value`, "")

			f.set(func(f *forum) { f.viewer = "3" })
			p.do(chromedp.Navigate(f.URL + "/t/42"))
			p.isLive()
			p.want("text after signing in again", `document.querySelector("#composer-body").value`, "Long thoughts")
			p.click("#send")
			p.wait(`document.querySelectorAll("#timeline .comment").length === 2`)
		})
	}
}

func TestAnAnswerThatIsAPageIsGoneTo(t *testing.T) {
	t.Parallel()
	f := newForum(t, 1)
	f.set(func(f *forum) {
		f.answer = func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/home", http.StatusSeeOther) }
	})
	p := openTab(t, f.URL+"/t/42")
	p.isLive()
	p.typed("#composer-body", "Sent and gone")
	p.click("#send")
	p.wait(`document.title === "Home"`)
	p.want("drafts left", `Object.keys(localStorage).length`, "0")
}

func TestAPressedButtonKeepsTheFocusAndChangesItsState(t *testing.T) {
	t.Parallel()
	f := newForum(t, 1)
	p := openTab(t, f.URL+"/t/42")
	p.isLive()
	p.run(`document.querySelector("#support-button").focus()`)
	for _, want := range []string{"true", "false", "true"} {
		p.keys(" ")
		p.wait(`document.querySelector("#support-button").getAttribute("aria-pressed") === ` + quoted(want))
		p.want("focus", "document.activeElement.id", "support-button")
	}
}

func TestAfterVotingTheFocusIsOnTheReceipt(t *testing.T) {
	t.Parallel()
	f := newForum(t, 1)
	p := openTab(t, f.URL+"/t/42")
	p.isLive()
	p.run(`document.querySelector("[name=choice][value='2']").checked = true; document.querySelector("#p-7-ballot button").focus()`)
	p.keys("\n")
	p.wait(`document.activeElement.id === "receipt"`)
	p.want("receipt", `document.querySelector("#receipt").textContent`, "You voted 2")
}

func TestALinkLiftsAPartOfAnotherPageIntoThisOne(t *testing.T) {
	t.Parallel()
	f := newForum(t, 0)
	f.comment("3", "As it was")
	p := openTab(t, f.URL+"/t/42")
	p.isLive()
	p.click("#c-101 [data-edit]")
	p.wait(`document.activeElement.id === "edit"`)
	p.want("place", "location.pathname", "/t/42")
	p.want("what was lifted", `document.querySelector("#c-101-body").tagName`, "FORM")
	f.tell(stream("replace", "c-101-body", `<div id="c-101-body">Edited elsewhere</div>`))
	p.wait(`document.querySelector(".changed-note")`)
	p.want("form while editing", `document.querySelector("#c-101-body").tagName`, "FORM")
}

func TestALinkToAPageWithoutThePartIsFollowed(t *testing.T) {
	t.Parallel()
	f := newForum(t, 1)
	p := openTab(t, f.URL+"/t/42")
	p.isLive()
	p.run(`document.querySelector("#elsewhere").dataset.into = "timeline"; document.querySelector("#elsewhere").click()`)
	p.wait(`document.title === "Home"`)
}
