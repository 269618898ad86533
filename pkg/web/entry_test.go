package web

import (
	"context"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"plenary/pkg/access"
	"plenary/pkg/person"
)

// keeps is what the browser keeps under the name.
func (b *browser) keeps(name string) string {
	u, _ := url.Parse(origin + "/signin")
	for _, c := range b.client.Jar.Cookies(u) {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

func (h *house) mode(m person.SignUpMode, question string) {
	h.t.Helper()
	h.must(h.site.People.SetSignUpRules(context.Background(), access.System(), person.SignUpRules{Mode: m, Question: question}))
}

// secondOf turns on the second factor of one of the cast.
func (h *house) secondOf(name string) (key string, recovery []string) {
	h.t.Helper()
	b := h.browser(name)
	b.post("/account/second-factor/begin").to("/account/second-factor")
	page := b.get("/account/second-factor").status(200)
	key = strings.ReplaceAll(page.page.Find("code.key").Text(), " ", "")
	if d := page.page.Find("svg.qr path").AttrOr("d", ""); len(d) < 500 {
		h.t.Fatalf("the picture of the key is %q", d)
	}
	shown := b.post("/account/second-factor/confirm", "code", h.app(key)).status(200)
	for _, one := range shown.page.Find(".codes code").EachIter() {
		recovery = append(recovery, one.Text())
	}
	if len(recovery) != 10 {
		h.t.Fatalf("recovery codes: %v", recovery)
	}
	h.told("second_on")
	h.clock.pass(time.Minute)
	return key, recovery
}

func (h *house) app(key string) string {
	h.t.Helper()
	code, err := totp.GenerateCode(key, h.clock.Now())
	h.must(err)
	return code
}

func TestSigningInByMailWithoutAPassword(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		ben := h.browser("")
		ben.post("/signin", "email", "ben@example.org", "next", "/g/harbour").to("/signin/sent")
		ben.get("/signin/sent").status(200).has("We sent you a link and a code").has("ben@example.org")
		first := h.told("sign_in")
		ben.post("/signin/code", "code", "nothing").status(422).has("This code is not right")
		ben.post("/signin/code", "code", first.Args["Code"]).to("/g/harbour")
		ben.get("/account").status(200)
		ben.get("/signin/sent").status(http.StatusGone)

		here := h.browser("")
		here.post("/signin", "email", "ben@example.org", "next", "/groups").to("/signin/sent")
		link := h.told("sign_in").Args["Path"]
		there := h.browser("")
		for range 10 {
			there.get(link).status(200).has("You asked for this on another device")
		}
		if page := here.get(link).status(200); strings.Contains(page.body, "another device") {
			t.Error("the browser that asked is taken for another one")
		}
		there.post(link).to("/groups")
		there.get("/account").status(200)
		here.post(link).status(http.StatusGone).has("no longer good")
		here.get(link).status(http.StatusGone).has("no longer good")
		here.get("/account").to("/signin")
	})
}

func TestKnownAndUnknownAddressesAreAnsweredAlike(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		answer := func(email string) string {
			b := h.browser("")
			res := b.post("/signin", "email", email).status(303)
			page := b.get("/signin/sent").status(200)
			return fmt.Sprint(res.Header.Get("Location"), strings.ReplaceAll(page.body, email, "…"), len(b.keeps("plenary_asked")))
		}
		known := answer("ben@example.org")
		h.told("sign_in")
		if unknown := answer("nobody@example.org"); unknown != known {
			t.Errorf("known %s\nunknown %s", known, unknown)
		}
		if len(h.box.letters) != 0 {
			t.Errorf("letters %+v", h.box.letters)
		}
		for _, email := range []string{"ben@example.org", "nobody@example.org"} {
			for range 4 {
				h.browser("").post("/signin", "email", email).status(303)
			}
			h.browser("").post("/signin", "email", email).status(429).has("Too many mails")
		}
	})
}

func TestAddressesThatAreNoneComeBack(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		h.mode(person.Open, "")
		for _, bad := range []string{"", "ben", "a\x00b@example.org", "x@example.org, y@example.org"} {
			h.browser("").post("/signin", "email", bad).status(422)
			h.browser("").post("/signup", "email", bad).status(422)
		}
		h.browser("").post("/signin", "email", "ben", "by", "password").status(422).has("do not belong together")
		h.browser("").get("/signin/link/a%00b").status(http.StatusGone)
		h.browser("").post("/signin/code", "code", "123456").status(http.StatusGone)
	})
}

func TestAPlantedSessionIsWorthNothing(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		planted := strings.Repeat("A", 43)
		jar, err := cookiejar.New(nil)
		h.must(err)
		u, _ := url.Parse(origin)
		jar.SetCookies(u, []*http.Cookie{{Name: "plenary", Value: planted}})
		b := h.browser("")
		b.client.Jar = jar
		b.post("/signin", "email", "ben", "password", password).to("/")
		if b.keeps("plenary") == planted {
			t.Fatal("the planted session was kept")
		}
		b.get("/account").status(200)
		stranger := h.browser("")
		stranger.client.Jar.SetCookies(u, []*http.Cookie{{Name: "plenary", Value: planted}})
		stranger.get("/account").to("/signin")
		stolen := b.keeps("plenary")
		b.post("/signout").to("/")
		stranger.client.Jar.SetCookies(u, []*http.Cookie{{Name: "plenary", Value: stolen}})
		stranger.get("/account").to("/signin")
	})
}

func TestNextLeadsNowhereElse(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		key, _ := h.secondOf("ben")
		for _, next := range []string{"https://evil.example", "//evil.example", `/\evil.example`, "/%2f%2fevil.example", "javascript:alert(1)", "/a\r\nb"} {
			b := h.browser("")
			b.post("/signin", "email", "cleo@example.org", "next", next).to("/signin/sent")
			if to := b.post(h.told("sign_in").Args["Path"]).status(303).Header.Get("Location"); to != "/" {
				t.Errorf("%q leads to %q", next, to)
			}
			h.clock.pass(20 * time.Minute)
			b = h.browser("")
			b.post("/signin", "email", "ben", "password", password, "next", next).to("/signin/second?next=%2F")
			if to := b.post("/signin/second", "code", h.app(key), "next", next).status(303).Header.Get("Location"); to != "/" {
				t.Errorf("%q leads to %q", next, to)
			}
			b.get("/signin/again?next=" + url.QueryEscape(next)).status(200)
			if to := b.post("/signin/again", "password", password, "second", "x", "next", next).status(422).page.Find("#again-form input[name=next]").AttrOr("value", ""); to != "/" {
				t.Errorf("%q leads to %q", next, to)
			}
		}
	})
}

func TestASecondFactorStandsBetweenPasswordAndForum(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		key, recovery := h.secondOf("ben")
		b := h.browser("")
		b.post("/signin", "email", "ben", "password", password, "next", "/groups").to("/signin/second?next=%2Fgroups")
		b.get("/account").to("/signin")
		b.get("/signin/second?next=%2Fgroups").status(200).has("One more step")
		b.post("/signin/second", "code", "000000", "next", "/groups").status(422)
		code := h.app(key)
		b.post("/signin/second", "code", code, "next", "/groups").to("/groups")
		b.get("/account").status(200)

		b = h.browser("")
		b.post("/signin", "email", "ben", "password", password).to("/signin/second")
		b.post("/signin/second", "code", code).status(422).has("has been used")
		b.post("/signin/second", "code", recovery[0]).to("/")
		for i := range 6 {
			b = h.browser("")
			if i == 0 {
				b.post("/signin", "email", "ben", "password", password).to("/signin/second")
				b.post("/signin/second", "code", recovery[0]).status(422)
			}
		}
		b.get("/signin/second").status(http.StatusGone).has("begin again")
		b.post("/signin/second", "code", h.app(key)).status(http.StatusGone).has("begin again")
	})
}

// What was written when the session ended survives the second factor too.
func TestAKeptFormPassesTheSecondFactor(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		key, _ := h.secondOf("ben")
		thread := h.thread("ada", "harbour", "A talk")
		action := fmt.Sprintf("/t/%d/comments", thread.ID)
		b := h.browser("")
		b.post(action, "body", "Line one").status(401).has("Line one")
		pairs := []string{"resume", action, "kept.body", "Line one", "kept.once", "k1"}
		b.post("/signin", append(pairs, "email", "ben", "password", "not it")...).status(401).has("Line one")
		page := b.post("/signin", append(pairs, "email", "ben", "password", password)...).status(401).has("One more step")
		if kept := page.page.Find(`#second-form input[name="kept.body"]`).AttrOr("value", ""); kept != "Line one" {
			t.Fatalf("kept %q", kept)
		}
		page = b.post("/signin/second", append(pairs, "code", "000000")...).status(422)
		if kept := page.page.Find(`#second-form input[name="kept.body"]`).AttrOr("value", ""); kept != "Line one" {
			t.Fatalf("kept %q after a wrong code", kept)
		}
		b.post("/signin/second", append(pairs, "code", h.app(key))...).to(fmt.Sprintf("/t/%d?seq=", thread.ID))
		b.get(fmt.Sprintf("/t/%d", thread.ID)).status(200).has("Line one")
	})
}

func TestDangerousActsTakeARecentProof(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		_, _ = h.secondOf("cleo")
		b := h.browser("ben")
		before := b.keeps("plenary")
		h.clock.pass(person.RecentFor + time.Minute)
		page := b.post("/account/second-factor/begin").status(401).has("Is it still you?")
		if action := page.page.Find("#again-form input[name=resume]").AttrOr("value", ""); action != "/account/second-factor/begin" {
			t.Fatalf("afterwards %q", action)
		}
		b.post("/signin/again", "resume", "/account/second-factor/begin", "password", "wrong").status(422).has("This is not your password")
		b.post("/signin/again", "resume", "/account/second-factor/begin").status(422)
		b.post("/signin/again", "resume", "/account/second-factor/begin", "password", password).to("/account/second-factor")
		b.get("/account/second-factor").status(200).has("Scan this")
		if b.keeps("plenary") == before {
			t.Error("the session kept its secret")
		}

		h.clock.pass(person.RecentFor + time.Minute)
		b.get("/account/second-factor").to("/signin/again?next=%2Faccount%2Fsecond-factor") // the key is a secret
		b.post("/signin/again", "by", "mail", "next", "/account/second-factor").to("/signin/again?sent=1")
		b.get("/signin/again?sent=1&next=/account/second-factor").status(200).has("A code is on its way")
		b.post("/signin/again", "sent", "1", "code", "1", "next", "/account/second-factor").status(422)
		b.post("/signin/again", "sent", "1", "code", h.told("sign_in").Args["Code"], "next", "/account/second-factor").to("/account/second-factor")
		b.get("/account/second-factor").status(200)
		h.clock.pass(person.RecentFor + time.Minute)
		b.post("/signin/again", "by", "mail", "resume", "/account/second-factor/off").status(200).has("A code is on its way")
		b.post("/signin/again", "resume", "/account/second-factor/off", "sent", "1", "code", h.told("sign_in").Args["Code"]).to("/account/second-factor")
		b.get("/account/second-factor").status(200).has("Set up an app")
		h.browser("").get("/signin/again").to("/signin?next=")
		h.browser("").post("/signin/again", "password", password).status(401)
	})
}

func TestASecondFactorIsRenewedTurnedOffAndReset(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		_, old := h.secondOf("ben")
		b := h.browser("ben")
		b.get("/account/second-factor").status(200).has("10 codes have not been used")
		shown := b.post("/account/second-factor/recovery").status(200)
		if strings.Contains(shown.body, old[0]) || shown.page.Find(".codes code").Length() != 10 {
			t.Error("the old recovery codes are shown again")
		}
		b.post("/account/second-factor/begin").to("/account/second-factor")
		b.post("/account/second-factor/off").to("/account/second-factor")
		h.told("second_off")
		b.get("/account/second-factor").status(200).has("Set up an app")

		h.secondOf("ben")
		path := fmt.Sprintf("/admin/people/%d/reset-second", h.who["ben"].ID)
		h.browser("ada").post(path).status(403)
		root := h.browser("root")
		root.get("/admin").status(200).has("Reset second factor")
		root.post(path).to("/admin")
		h.told("second_reset")
		root.post(path).status(409)
		b.get("/account").to("/signin")
	})
}

func TestNewcomersComeInByTheRules(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		visitor := h.browser("")
		visitor.get("/signup").status(200).has("by invitation")
		visitor.post("/signup", "email", "dora@example.org").status(403)
		if strings.Contains(visitor.get("/").body+visitor.get("/signin").body, "/signup") {
			t.Error("an account is offered that nobody can make")
		}
		root := h.browser("root")
		root.post("/admin/signup", "sign_up", "anybody").status(422)
		root.post("/admin/signup", "sign_up", "open").to("/admin/signup")
		visitor.get("/").has("Create an account")
		visitor.get("/signin").has("Create an account")

		visitor.get("/signup?next=/g/harbour").status(200)
		visitor.post("/signup", "email", "dora@example.org", "next", "/g/harbour").to("/signin/sent")
		visitor.post("/signin/code", "code", h.told("sign_up").Args["Code"]).to("/signup/details")
		visitor.get("/signup/details").status(200).has("dora@example.org")
		visitor.post("/signup/details", "name", "", "password", "password").status(422).has("much used")
		visitor.post("/signup/details", "name", "Dora Diaz", "handle", "ben").status(422)
		visitor.post("/signup/details", "name", "Dora Diaz").to("/g/harbour")
		visitor.get("/u/dora-diaz").status(200)
		visitor.get("/signup").to("/")
		visitor.post("/signup/details", "name", "Twice").status(http.StatusGone)
	})
}

func TestAnAccountWaitsUntilAnAdministratorAgrees(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		root := h.browser("root")
		root.post("/admin/signup", "sign_up", "approval", "question", "Who knows you?").to("/admin/signup")
		ask := func(name string) *browser {
			b := h.browser("")
			b.post("/signup", "email", name+"@example.org").to("/signin/sent")
			b.post(h.told("sign_up").Args["Path"]).to("/signup/details")
			b.get("/signup/details").status(200).has("Who knows you?")
			b.post("/signup/details", "name", name, "password", password, "answer", "Ben does.").to("/signup/waiting")
			b.get("/signup/waiting").status(200)
			b.get("/account").to("/signin")
			return b
		}
		dora, eve := ask("dora"), ask("eve")
		dora.post("/signin", "email", "dora", "password", password).status(403).has("waits for an administrator")
		h.browser("ben").get("/u/dora").status(404)
		page := root.get("/admin/signup").status(200).has("Ben does.").has("dora@example.org")
		approve, _ := page.page.Find(`form[action$="/approve"]`).First().Attr("action")
		decline, _ := page.page.Find(`form[action$="/decline"]`).Last().Attr("action")
		h.browser("ada").post(approve).status(403)
		root.post(approve).to("/admin/signup")
		h.told("sign_up_approved")
		root.post(approve).status(404)
		dora.post("/signin", "email", "dora", "password", password).to("/")
		root.post(decline, "note", strings.Repeat("x", 2000)).status(422).has("too long")
		root.post(decline, "note", "Nobody knows you.").to("/admin/signup")
		if l := h.told("sign_up_declined"); l.Args["Note"] != "Nobody knows you." {
			t.Errorf("%+v", l)
		}
		eve.post("/signin", "email", "eve", "password", password).status(422)
		root.get("/admin/signup").status(200).has("Nobody is waiting")
	})
}
