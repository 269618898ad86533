package web

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"plenary/pkg/event"
	"plenary/pkg/forum"
	"plenary/pkg/store"
)

// Every form that is refused comes back with what was typed and what is wrong.
func TestARefusedFormKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 201)
	onBoth(t, func(t *testing.T, h *house) {
		f := h.furnish("harbour")
		forms := []struct {
			name, who, path string
			pairs           []string
			kept            string // selector of the field
			value           string
		}{
			{"thread", "ben", "/g/harbour/threads", []string{"title", "", "body", "Kept words"}, "textarea[name=body]", "Kept words"},
			{"edit of a thread", "ben", fmt.Sprintf("/t/%d/edit", f.thread.ID), []string{"title", long, "body", "Kept words"}, "textarea[name=body]", "Kept words"},
			{"comment", "ben", fmt.Sprintf("/t/%d/comments", f.thread.ID), []string{"body", " \n "}, "#composer textarea", " \n "},
			{"reply", "ben", fmt.Sprintf("/t/%d/comments", f.thread.ID), []string{"body", "", "parent_id", fmt.Sprint(f.comment)}, "#reply input[name=parent_id]", fmt.Sprint(f.comment)},
			{"edit of a comment", "ben", fmt.Sprintf("/c/%d/edit", f.comment), []string{"body", "", "version", "1"}, "input[name=version]", "1"},
			{"theme", "ben", fmt.Sprintf("/t/%d/themes", f.thread.ID), []string{"use", "0", "title", "", "description", "Kept words"}, "textarea[name=description]", "Kept words"},
			{"edit of a theme", "ben", fmt.Sprintf("/themes/%d/edit", f.theme), []string{"title", "", "description", "Kept words"}, "#theme-edit textarea", "Kept words"},
			{"refusal of a theme", "mona", fmt.Sprintf("/themes/%d/decline", f.theme), []string{"reason", ""}, "form[action$=decline] textarea", ""},
			{"comment on a theme", "ben", fmt.Sprintf("/themes/%d/comments", f.theme), []string{"body", ""}, "#composer textarea", ""},
			{"poll", "ben", fmt.Sprintf("/t/%d/polls", f.thread.ID), []string{"method", "choice", "title", "Which?", "option", "Only one", "option", "", "min", "1", "max", "1", "closes_at", "2031-07-01T18:00"}, "input[name=option]", "Only one"},
			{"poll without a time", "ben", fmt.Sprintf("/t/%d/polls", f.thread.ID), []string{"method", "proposal", "title", "Kept words", "closes_at", "soon"}, "input[name=title]", "Kept words"},
			{"edit of a poll", "mona", fmt.Sprintf("/p/%d/edit", f.draft), []string{"title", "", "details", "Kept words", "closes_at", "2031-07-01T18:00"}, "textarea[name=details]", "Kept words"},
			{"ballot", "ben", fmt.Sprintf("/p/%d/ballot", f.open), []string{"reason", "Kept words"}, "form.ballot textarea", "Kept words"},
			{"extension", "mona", fmt.Sprintf("/p/%d/extend", f.open), []string{"closes_at", "2031-01-01T10:00"}, "#manage-closes_at", "2031-01-01T10:00"},
			{"outcome", "mona", fmt.Sprintf("/p/%d/outcome", f.ended), []string{"statement", "Kept words", "review_on", "some day"}, "textarea[name=statement]", "Kept words"},
			{"group", "ben", "/groups", []string{"name", "Kept words", "handle", "a b", "visibility", "public"}, "input[name=name]", "Kept words"},
			{"edit of a group", "ada", "/g/harbour/edit", []string{"name", "", "about", "Kept words", "visibility", "public"}, "textarea[name=about]", "Kept words"},
			{"member", "ada", "/g/harbour/members", []string{"person", "nobody-here", "role", "member"}, "#add-person", "nobody-here"},
			{"invitations by mail", "ada", "/g/harbour/invite", []string{"addresses", "nobody", "message", "Come to the harbour"}, "#mail-message", "Come to the harbour"},
			{"ban", "ada", fmt.Sprintf("/g/harbour/members/%d/ban", h.who["cleo"].ID), []string{"reason", " "}, "#reason", ""},
			{"invitation", "ada", "/g/harbour/invitations", []string{"role", "member", "days", "9999", "uses", "1"}, "#link-days", "9999"},
			{"profile", "ben", "/account/profile", []string{"name", "", "affiliation", "Kept words"}, "#affiliation", "Kept words"},
			{"token", "ben", "/account/tokens", []string{"name", "Kept words", "days", "0"}, "#name", "Kept words"},
			{"password", "ben", "/account/password", []string{"current", "not it at all", "password", "another quiet evening"}, "#password-current", ""},
			{"person", "root", "/admin/people", []string{"name", "Kept words", "handle", "ben", "email", "new@example.org"}, "#add-name", "Kept words"},
			{"settings", "root", "/admin/settings", []string{"forum", long}, "#settings-forum", long},
		}
		for _, form := range forms {
			t.Run(form.name, func(t *testing.T) {
				res := h.browser(form.who).post(form.path, form.pairs...).status(422)
				if res.page.Find(".error-summary, .field-error").Length() == 0 {
					t.Error("nothing says what is wrong")
				}
				field := res.page.Find(form.kept).First()
				if field.Length() == 0 {
					t.Fatalf("no field %s", form.kept)
				}
				if got := field.AttrOr("value", field.Text()); form.value != "" && got != form.value {
					t.Errorf("%s holds %q, want %q", form.kept, got, form.value)
				}
				for _, link := range res.page.Find(".error-summary a").EachIter() {
					if id := link.AttrOr("href", ""); res.page.Find(strings.ReplaceAll(id, ".", `\.`)).Length() == 0 {
						t.Errorf("the summary leads to %s, which is not in the page", id)
					}
				}
			})
		}
	})
}

func (h *house) comments(thread int64) int {
	n := 0
	for _, e := range h.timeline(thread) {
		if e.Kind == event.CommentCreated {
			n++
		}
	}
	return n
}

func TestAFormSentTwiceIsOneAct(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		thread := h.thread("ada", "harbour", "One").ID
		path := fmt.Sprintf("/t/%d/comments", thread)
		ben := h.browser("ben")
		var both sync.WaitGroup
		for range 4 {
			both.Go(func() {
				if res := ben.post(path, "once", "the-same-key", "body", "Once only."); res.StatusCode != 303 {
					t.Errorf("status %d", res.StatusCode)
				}
			})
		}
		both.Wait()
		ben.stream(path, "once", "the-same-key", "body", "Once only.").status(204)
		if n := h.comments(thread); n != 1 {
			t.Errorf("%d comments, want 1", n)
		}
		// Another person's key is another key.
		h.browser("cleo").post(path, "once", "the-same-key", "body", "Mine.").status(303)
		if n := h.comments(thread); n != 2 {
			t.Errorf("%d comments, want 2", n)
		}
	})
}

func TestTheScriptGetsPiecesForThePageAndOthersArriveByTheEvent(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		f := h.furnish("harbour")
		cleo := h.browser("cleo")
		posted := cleo.stream(fmt.Sprintf("/t/%d/comments", f.thread.ID), "once", "k", "body", "Hello **there**").status(200)
		if !strings.HasPrefix(posted.Header.Get("Content-Type"), streamType) || !strings.Contains(posted.body, "<strong>there</strong>") {
			t.Errorf("answer %s", posted.body)
		}
		liked := cleo.stream(fmt.Sprintf("/c/%d/reactions?emoji=%s", f.comment, url.QueryEscape("👍")), "on", "1").status(200)
		if !strings.Contains(liked.body, `aria-pressed="true" value="0"`) {
			t.Errorf("the button is not pressed: %s", liked.body)
		}
		cleo.stream(fmt.Sprintf("/themes/%d/support", f.theme)).status(200)
		option := h.browser("cleo").get(fmt.Sprintf("/p/%d", f.open)).page.Find("input[name=choices]").First().AttrOr("value", "")
		voted := cleo.stream(fmt.Sprintf("/p/%d/ballot", f.open), "choices", option).status(200)
		if !strings.Contains(voted.body, `class="receipt"`) {
			t.Errorf("no receipt: %s", voted.body)
		}
		refused := cleo.stream(fmt.Sprintf("/t/%d/comments", f.thread.ID), "body", "").status(422)
		if refused.page.Find("#composer .error-summary").Length() != 1 {
			t.Error("the refused form does not come back")
		}
	})
}

func TestOnesOwnReactionsArePressedAndNobodyElses(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		f := h.furnish("harbour")
		react, thread := fmt.Sprintf("/c/%d/reactions?emoji=%s", f.comment, url.QueryEscape("👍")), fmt.Sprintf("/t/%d", f.thread.ID)
		pressed := func(name string) string {
			return h.browser(name).get(thread).status(200).page.Find(fmt.Sprintf("#r-%d-1f44d", f.comment)).AttrOr("aria-pressed", "")
		}
		h.browser("cleo").post(react, "on", "1").to("/t/")
		for name, want := range map[string]string{"cleo": "true", "ben": "false", "": "false"} {
			if got := pressed(name); got != want {
				t.Errorf("for %q the button is pressed: %s", name, got)
			}
		}
		h.browser("cleo").post(react, "on", "0").to("/t/")
		if got := pressed("cleo"); got != "false" {
			t.Errorf("after taking it back the button is pressed: %s", got)
		}
	})
}

func TestAClosedDiscussionTakesNothingAndGivesTheTextBack(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		f := h.furnish("harbour")
		_, err := h.site.Forum.Close(context.Background(), h.actor("mona"), f.thread.ID, "Enough.")
		h.must(err)
		ben := h.browser("ben")
		const words = "A long thought that took an hour."
		for path, pairs := range map[string][]string{
			fmt.Sprintf("/t/%d/comments", f.thread.ID): {"body", words},
			fmt.Sprintf("/c/%d/edit", f.comment):       {"body", words, "version", "1"},
			fmt.Sprintf("/t/%d/themes", f.thread.ID):   {"use", "0", "title", "Rye", "description", words},
			fmt.Sprintf("/p/%d/ballot", f.open):        {"choices", "1", "reason", words},
		} {
			res := ben.post(path, pairs...).status(409)
			if got := res.page.Find("textarea#kept").Text(); got != words {
				t.Errorf("%s gives back %q", path, got)
			}
		}
		ben.get(fmt.Sprintf("/t/%d", f.thread.ID)).status(200).has("Enough.")
	})
}

func TestOtherPeoplesThingsAreNotThere(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		f := h.furnish("attic")
		stan := h.browser("stan")
		for _, path := range []string{"/g/attic", fmt.Sprintf("/t/%d", f.thread.ID), fmt.Sprintf("/c/%d", f.comment), fmt.Sprintf("/themes/%d", f.theme),
			fmt.Sprintf("/p/%d", f.open), "/t/999999", "/t/0", "/t/-1", "/t/x", "/t/99999999999999999999", "/nowhere"} {
			stan.get(path).status(404).lacks("Three days in June")
		}
		for _, path := range []string{fmt.Sprintf("/t/%d/comments", f.thread.ID), fmt.Sprintf("/c/%d/edit", f.comment), fmt.Sprintf("/p/%d/ballot", f.open),
			fmt.Sprintf("/themes/%d/support", f.theme), fmt.Sprintf("/t/%d/seen", f.thread.ID)} {
			stan.post(path, "body", "x", "choices", "1", "seq", "1").status(404)
		}
		sessions, err := h.site.People.Sessions(context.Background(), h.actor("ben"))
		h.must(err)
		_ = sessions
		h.browser("ben")
		sessions, err = h.site.People.Sessions(context.Background(), h.actor("ben"))
		h.must(err)
		stan.post(fmt.Sprintf("/account/sessions/%d/end", sessions[0].ID)).status(404)
	})
}

func TestAnotherSitesPageCannotSendOurForms(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		thread := h.thread("ada", "harbour", "One").ID
		ben := h.browser("ben")
		for _, foreign := range []struct{ origin, site string }{{"https://evil.example", "cross-site"}, {"https://evil.example", ""},
			{"null", "cross-site"}, {"http://forum.test.evil.example", ""}, {origin + ":81", "same-site"}} {
			r := ben.form(fmt.Sprintf("/t/%d/comments", thread), "body", "From elsewhere")
			r.Header.Set("Origin", foreign.origin)
			r.Header.Del("Sec-Fetch-Site")
			if foreign.site != "" {
				r.Header.Set("Sec-Fetch-Site", foreign.site)
			}
			ben.do(r).status(403)
		}
		if n := h.comments(thread); n != 0 {
			t.Errorf("%d comments were posted", n)
		}
	})
}

// Somebody writes for weeks, or is signed out on another device: what was
// written is posted after signing in again.
func TestTextSurvivesTheEndOfTheSession(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		thread := h.thread("ada", "harbour", "One").ID
		path := fmt.Sprintf("/t/%d/comments", thread)
		ben := h.browser("ben")
		once := ben.get(fmt.Sprintf("/t/%d", thread)).once("#composer")
		h.clock.pass(15 * 24 * time.Hour)
		const words = "Line one\n\n\"quoted\" & <b>plain</b>"
		page := ben.post(path, "once", once, "body", words).status(401).has("Line one")
		if page.page.Find("input[type=hidden][name='kept.body']").AttrOr("value", "") != words {
			t.Fatalf("the text is not kept: %s", page.body)
		}
		pairs := []string{"email", "ben@example.org"}
		for _, field := range page.page.Find("#expired-form input[type=hidden]").EachIter() {
			pairs = append(pairs, field.AttrOr("name", ""), field.AttrOr("value", ""))
		}
		wrong := ben.post("/signin", append(pairs, "password", "not the password")...).status(401).has("Line one")
		if wrong.page.Find(".error-summary").Length() != 1 {
			t.Error("nothing says that the password is wrong")
		}
		ben.post("/signin", append(pairs, "password", password)...).to(fmt.Sprintf("/t/%d?seq=", thread))
		if n := h.comments(thread); n != 1 {
			t.Fatalf("%d comments, want 1", n)
		}
		ben.get(fmt.Sprintf("/t/%d", thread)).status(200).has(`"quoted" & plain`)
		// The script is told so that it can keep the draft.
		h.browser("").stream(path, "body", words).status(401)
	})
}

func TestSigningInLeadsOnlyIntoThisForum(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		for _, next := range []string{"https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/%2f/evil.example", ""} {
			res := h.browser("").post("/signin", "email", "ben", "password", password, "next", next)
			if to := res.status(303).Header.Get("Location"); to != "/" {
				t.Errorf("next %q leads to %q", next, to)
			}
			h.browser("").post("/signin", "email", "ben", "password", password, "resume", next).status(303)
		}
	})
}

func TestSigningOutEndsTheSession(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		ben := h.browser("ben")
		ben.get("/account").status(200)
		ben.post("/signout").to("/")
		ben.get("/account").to("/signin?next=%2Faccount")
	})
}

func TestChangingThePasswordKeepsThisBrowserAndEndsTheOthers(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		here, there := h.browser("ben"), h.browser("ben")
		here.post("/account/password", "current", password, "password", "a different quiet morning").to("/account")
		here.get("/account").status(200)
		there.get("/account").to("/signin")
	})
}

func TestAnInvitationMakesAnAccountAndAMember(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		made := h.browser("ada").post("/g/attic/invitations", "role", "member", "days", "3", "uses", "5").status(200)
		link := made.page.Find(".receipt code").Text()
		if !strings.HasPrefix(link, origin+"/join/") {
			t.Fatalf("the link is %q", link)
		}
		path := strings.TrimPrefix(link, origin)
		newcomer := h.browser("")
		newcomer.get(path).status(200).has("The attic")
		newcomer.post(path, "name", "Nia New", "handle", "nia", "email", "nia@example.org", "password", "short").status(422)
		newcomer.post(path, "name", "Nia New", "handle", "nia", "email", "nia@example.org", "password", "a quiet place to think").to("/g/attic")
		newcomer.get("/g/attic").status(200)
		h.browser("stan").post(path).to("/g/attic")
		h.browser("").get("/join/no-such-token").status(404)
	})
}

func TestTheFirstRunNamesTheForumAndSignsIn(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		h.must(h.db.Write(ctx, func(tx *store.Tx) error { return tx.Exec("UPDATE people SET administrator = false").Error }))
		token, needed, err := h.site.People.SetUpToken(ctx)
		h.must(err)
		if !needed {
			t.Fatal("no set-up is needed")
		}
		b := h.browser("")
		b.get("/setup/wrong").status(403)
		b.get("/setup/" + token).status(200)
		b.post("/setup/"+token, "forum", "", "name", "First", "email", "first@example.org", "password", "a quiet place to think").status(422)
		b.post("/setup/"+token, "forum", "Harbour Assembly", "name", "First", "email", "first@example.org", "password", "a quiet place to think", "start", "empty").to("/")
		b.get("/admin").status(200).has("Harbour Assembly")
		b.get("/setup/" + token).status(410)
	})
}

func TestAnAdministratorLinksAnImportedPerson(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		_, _, err := h.site.Forum.Import(ctx, "harbour", forum.Imported{Key: "k", Title: "Old", At: h.clock.Now(), Public: true,
			Author: forum.ImportedPerson{Key: "p", Name: "Old Ben"}})
		h.must(err)
		root := h.browser("root")
		page := root.get("/admin?q=old").status(200)
		action, ok := page.page.Find("form[action$='/link']").Attr("action")
		if !ok {
			t.Fatal("no form to link the imported person")
		}
		if root.post(action, "handle", "nobody-here").status(422).page.Find(".field-error").Length() != 1 {
			t.Error("nothing says what is wrong")
		}
		root.post(action, "handle", "ben").to("/admin")
		if at := h.browser("").get("/u/old-ben").status(301).Header.Get("Location"); at != "/u/ben" {
			t.Errorf("the linked account leads to %s", at)
		}
	})
}

func TestOnlyTheForumsPeopleSeeWhoIsInAGroup(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		h.browser("").get("/g/harbour/members").to("/signin")
		h.browser("stan").get("/g/harbour/members").status(403)
		h.browser("ben").get("/g/harbour/members").status(200).has("Mona Example")
		ada := h.browser("ada")
		ada.post(fmt.Sprintf("/g/harbour/members/%d/edit", h.who["cleo"].ID), "role", "moderator", "title", "Keeper", "delegate", "1").to("/g/harbour/members")
		ada.post(fmt.Sprintf("/g/harbour/members/%d/remove", h.who["cleo"].ID)).to("/g/harbour/members")
		h.browser("cleo").get("/g/harbour/members").status(403)
		h.browser("cleo").post("/g/harbour/join").to("/g/harbour")
		h.browser("cleo").post("/g/harbour/leave").to("/g/harbour")
		ada.post("/g/harbour/leave").status(409)
	})
}
