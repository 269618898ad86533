package app_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"plenary/pkg/access"
	"plenary/pkg/testkit/browser"
)

// endSessions ends every session of somebody, as from another of their browsers.
func (r *running) endSessions(who access.Actor) {
	r.t.Helper()
	open, err := r.People.Sessions(r.ctx, who)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, one := range open {
		if err := r.People.EndSession(r.ctx, who, one.ID); err != nil {
			r.t.Fatal(err)
		}
	}
}

// saidOnce demands that a thread has the words as exactly one comment.
func (r *running) saidOnce(who access.Actor, thread int64, words string) {
	r.t.Helper()
	count := 0
	items, _ := r.sender(who, new(atomic.Int64)).api(fmt.Sprintf("/threads/%d/timeline", thread), "items").([]any)
	for _, item := range items {
		entry, _ := item.(map[string]any)
		if comment, is := entry["comment"].(map[string]any); is && comment["body"] == words {
			count++
		}
	}
	if count != 1 {
		r.t.Errorf("%q was said %d times, want once: %v", words, count, items)
	}
}

const longThought = "Rye in the morning, <b>barley</b> at noon.\n\nAnd \"oats\" — for whoever stays."

// A session that ends while somebody writes costs them a password and not a word.
func TestWordsOutliveTheSessionTheyWereWrittenIn(t *testing.T) {
	t.Parallel()
	r := start(t, settings{})
	r.group("hall", "The hall", access.Public)
	ben := r.person("ben", "Ben", "", "hall", access.Member)
	thread := r.thread(ben, "hall")
	tab := r.browse("ben", fmt.Sprintf("/t/%d", thread))
	tab.Type("#composer textarea", longThought)
	r.endSessions(ben)
	tab.Click("#composer button:not([type=button])")
	tab.Until(`document.querySelector("#composer [data-form-message] a")`)
	if kept := browser.Eval[string](tab, `document.querySelector("#composer textarea").value`); kept != longThought {
		t.Errorf("the field holds %q", kept)
	}
	tab.Click("#composer [data-form-message] a")
	tab.Type(`#signin-form [name="email"]`, "ben@example.org")
	tab.Type(`#signin-form [name="password"]`, password)
	tab.Click("#signin-form button")
	tab.Until(fmt.Sprintf("location.pathname.startsWith('/t/%d') && document.querySelector('#composer textarea')?.value", thread))
	if kept := browser.Eval[string](tab, `document.querySelector("#composer textarea").value`); kept != longThought {
		t.Errorf("the field holds %q after signing in again", kept)
	}
	tab.Click("#composer button:not([type=button])")
	tab.Until(`document.querySelector("article.comment") && document.querySelector("#composer textarea").value === ""`)
	r.saidOnce(ben, thread, longThought)
	tab.Open(fmt.Sprintf("%s/t/%d", r.URL, thread))
	if left := browser.Eval[string](tab, `document.querySelector("#composer textarea").value`); left != "" {
		t.Errorf("the field still holds %q", left)
	}
}

func TestWordsOutliveTheSessionWithoutScripts(t *testing.T) {
	t.Parallel()
	r := start(t, settings{})
	r.group("hall", "The hall", access.Public)
	ben := r.person("ben", "Ben", "", "hall", access.Member)
	thread := r.thread(ben, "hall")
	tab := browser.Person(t)
	tab.Do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	}))
	signIn := func(form string) {
		tab.Type(form+` [name="email"]`, "ben@example.org")
		tab.Type(form+` [name="password"]`, password)
		tab.Click(form + " button")
	}
	tab.Do(chromedp.Navigate(fmt.Sprintf("%s/signin?next=/t/%d", r.URL, thread)))
	signIn("#signin-form")
	tab.Until("location.pathname.startsWith('/t/')")
	tab.Type("#composer textarea", longThought)
	r.endSessions(ben)
	tab.Click("#composer button:not([type=button])")
	tab.Until("document.querySelector('#expired-form')")
	if shown := browser.Eval[string](tab, "document.querySelector('.kept').innerText"); !strings.Contains(shown, "<b>barley</b>") {
		t.Errorf("the page that asks to sign in again shows %q", shown)
	}
	tab.Type(`#expired-form [name="email"]`, "ben@example.org")
	tab.Type(`#expired-form [name="password"]`, "not the right one")
	tab.Click("#expired-form button")
	tab.Until("document.querySelector('.error-summary')")
	browser.Eval[bool](tab, `(document.querySelector('#expired-form [name="email"]').value = "", true)`)
	sent, err := url.ParseQuery(browser.Eval[string](tab, "new URLSearchParams(new FormData(document.querySelector('#expired-form'))).toString()"))
	if err != nil {
		t.Fatal(err)
	}
	signIn("#expired-form")
	tab.Until("location.pathname.startsWith('/t/') && document.querySelector('article.comment')")
	r.saidOnce(ben, thread, longThought)

	sent.Set("email", "ben@example.org")
	sent.Set("password", password)
	if again := r.sender(access.Visitor(), new(atomic.Int64)).form("/signin", sent); again.status != http.StatusSeeOther {
		t.Errorf("the form sent again: %d", again.status)
	}
	r.saidOnce(ben, thread, longThought)
}
