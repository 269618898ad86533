package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"plenary/pkg/person"
	"plenary/pkg/store"
	"plenary/pkg/testkit/authenticator"
)

// script sends JSON as the page's script does.
func (b *browser) script(path, body string) seen {
	b.h.t.Helper()
	r, err := http.NewRequest(http.MethodPost, origin+path, strings.NewReader(body))
	b.h.must(err)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/json")
	r.Header.Set("Origin", origin)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36")
	return b.do(r)
}

// brings answers a question that was asked at path+"/options".
func (b *browser) brings(path, next string, answer []byte) seen {
	b.h.t.Helper()
	body, err := json.Marshal(map[string]any{"credential": json.RawMessage(answer), "next": next})
	b.h.must(err)
	return b.script(path, string(body))
}

// says gives a member of a JSON answer.
func (s seen) says(name string) string {
	s.t.Helper()
	var all map[string]any
	if err := json.Unmarshal([]byte(s.body), &all); err != nil {
		s.t.Fatalf("%s: %v\n%.300s", s.Request.URL, err, s.body)
	}
	return fmt.Sprint(all[name])
}

// adds makes a passkey on the device.
func (b *browser) adds(d *authenticator.Device) seen {
	b.h.t.Helper()
	asked := b.script("/account/passkeys/options", "{}").status(200)
	return b.brings("/account/passkeys", "", d.Make([]byte(asked.body))).status(200)
}

func (b *browser) asked(path string) []byte {
	b.h.t.Helper()
	return []byte(b.script(path+"/options", "{}").status(200).body)
}

func TestAPasskeyIsAddedAndSignsInAndGoesBackWhereOneCameFrom(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		ben, d := h.browser("ben"), authenticator.New(t, origin)
		ben.get("/account/passkeys").status(200).has("You have no passkey yet")
		next := ben.adds(d).says("next")
		ben.get(next).status(200).has("Chrome, Linux").has("New").has("not used yet")
		h.told("passkey_added")

		visitor := h.browser("")
		for wanted, to := range map[string]string{"/t/1?x=2": "/t/1?x=2", "https://evil.example/": "/", "//evil.example": "/", "": "/"} {
			if got := visitor.brings("/signin/passkey", wanted, d.Sign(visitor.asked("/signin/passkey"))).status(200).says("next"); got != to {
				t.Errorf("%q leads to %q, want %q", wanted, got, to)
			}
		}
		visitor.get("/account/passkeys").status(200).has("last used")
	})
}

func TestWhatADeviceIsAskedIsKeptFromScripts(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		res := h.browser("").script("/signin/passkey/options", "{}").status(200)
		cookie := res.Header.Get("Set-Cookie")
		for _, want := range []string{"plenary_passkey=", "Path=/;", "HttpOnly", "SameSite=Strict", "Max-Age=300"} {
			if !strings.Contains(cookie, want) {
				t.Errorf("no %s in %s", want, cookie)
			}
		}
		if got := res.Header.Get("Cache-Control"); got != "no-store" {
			t.Error(got)
		}
		if got := res.Header.Get("Permissions-Policy"); !strings.Contains(got, "publickey-credentials-get=(self)") {
			t.Error(got)
		}
	})
}

func TestARefusedPasskeyIsToldWhyAndSignsNobodyIn(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		d := authenticator.New(t, origin)
		h.browser("ben").adds(d)
		visitor := h.browser("")
		far := d.Copy()
		far.Origin = "https://evil.example"
		res := visitor.brings("/signin/passkey", "/", far.Sign(visitor.asked("/signin/passkey"))).status(403)
		if !strings.Contains(res.says("detail"), "Open "+origin) || res.says("code") != "passkey.other_site" {
			t.Error(res.body)
		}
		first := d.Sign(visitor.asked("/signin/passkey"))
		h.clock.pass(person.CeremonyLife)
		if res := visitor.brings("/signin/passkey", "/", first).status(410); res.says("code") != "passkey.late" {
			t.Error(res.body)
		}
		stranger := h.browser("")
		if res := stranger.brings("/signin/passkey", "/", d.Sign(visitor.asked("/signin/passkey"))).status(410); res.says("code") != "passkey.late" {
			t.Error("an answer counts in a browser that was not asked:", res.body)
		}
		visitor.script("/signin/passkey", `{"credential":{}}`).status(422)
		visitor.script("/signin/passkey", `{"credential":null,"more":1}`).status(422)
		visitor.script("/signin/passkey", `{`).status(400)
		visitor.post("/signin/passkey", "credential", "x").status(415)
		visitor.get("/account/passkeys").to("/signin?next=")
	})
}

func TestAClosedAccountIsToldWhenItsPasskeyComes(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		d := authenticator.New(t, origin)
		h.browser("ben").adds(d)
		h.exec("UPDATE people SET disabled_at = 1, disabled_reason = 'selling things' WHERE handle = 'ben'")
		visitor := h.browser("")
		res := visitor.brings("/signin/passkey", "/", d.Sign(visitor.asked("/signin/passkey"))).status(403)
		if res.says("code") != "person.disabled" {
			t.Error(res.body)
		}
	})
}

func TestPasskeysAreRenamedAndRemovedWithoutScripts(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		ben := h.browser("ben")
		_, id, _ := strings.Cut(ben.adds(authenticator.New(t, origin)).says("next"), "added=")
		path := "/account/passkeys/" + id
		ben.post(path+"/rename", "name", "The red phone").to("/account/passkeys")
		ben.get("/account/passkeys").has("The red phone")
		ben.post(path+"/rename", "name", " ").status(422).has("Please fill this in")
		for _, other := range []string{"stan", "root"} {
			h.browser(other).post(path+"/rename", "name", "Mine").status(404)
			h.browser(other).post(path + "/remove").status(404)
		}
		h.browser("").post(path + "/remove").status(401)

		h.exec("UPDATE people SET password_hash = '' WHERE handle = 'ben'")
		ben.post(path + "/remove").status(409).has("This is the only way into your account").has("The red phone")
		h.exec("UPDATE people SET password_hash = 'x' WHERE handle = 'ben'")
		ben.post(path + "/remove").to("/account/passkeys")
		ben.get("/account/passkeys").has("You have no passkey yet")
	})
}

func TestAPasskeyIsOfferedUntilItIsDeclinedOrThere(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const offer = "Sign in without a password next time"
		ben := h.browser("ben")
		ben.get("/").has(offer)
		res := ben.post("/account/passkeys/not-now").to("/")
		if got := res.Header.Get("Set-Cookie"); !strings.Contains(got, "Max-Age=31536000") {
			t.Error(got)
		}
		ben.get("/").lacks(offer)

		d := authenticator.New(t, origin)
		h.browser("cleo").adds(d)
		h.browser("cleo").get("/").lacks(offer)
		h.browser("").get("/").lacks(offer)
	})
}

func TestAPasskeyProvesAgainWhoSomebodyIs(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		ben, d := h.browser("ben"), authenticator.New(t, origin)
		ben.adds(d)
		other := authenticator.New(t, origin)
		h.browser("cleo").adds(other)
		h.clock.pass(time.Hour)
		if res := ben.brings("/signin/again/passkey", "/", other.Sign(ben.asked("/signin/again/passkey"))).status(401); res.says("code") != "passkey.unknown" {
			t.Error(res.body)
		}
		res := ben.brings("/signin/again/passkey", "/account/passkeys", d.Sign(ben.asked("/signin/again/passkey"))).status(200)
		if res.says("next") != "/account/passkeys" || !strings.Contains(fmt.Sprint(res.Header["Set-Cookie"]), "plenary=") {
			t.Errorf("%s %v", res.body, res.Header)
		}
		ben.get("/account/passkeys").status(200)
		h.browser("").script("/signin/again/passkey/options", "{}").status(401)
	})
}

func TestWhatADeviceSaysCannotBecomeMarkup(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		ben := h.browser("ben")
		_, id, _ := strings.Cut(ben.adds(authenticator.New(t, origin)).says("next"), "added=")
		ben.post("/account/passkeys/"+id+"/rename", "name", `"><script>alert(1)</script>`).to("/account/passkeys")
		if page := ben.get("/account/passkeys"); strings.Contains(page.body, "<script>alert") {
			t.Error("a name became markup")
		}
	})
}

// exec runs a statement that no room offers.
func (h *house) exec(sql string, args ...any) {
	h.t.Helper()
	h.must(h.db.Write(h.t.Context(), func(tx *store.Tx) error { return tx.Exec(sql, args...).Error }))
}
