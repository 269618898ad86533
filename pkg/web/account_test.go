package web

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/person"
)

// sendFile sends a form with a file and pairs of names and values, as a browser
// without scripts does.
func (b *browser) sendFile(path, field string, content []byte, pairs ...string) seen {
	b.h.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for i := 0; i+1 < len(pairs); i += 2 {
		b.h.must(form.WriteField(pairs[i], pairs[i+1]))
	}
	part, err := form.CreateFormFile(field, "me.png")
	b.h.must(err)
	_, err = part.Write(content)
	b.h.must(err)
	b.h.must(form.Close())
	r, err := http.NewRequest(http.MethodPost, origin+path, &body)
	b.h.must(err)
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("Accept", "text/html")
	r.Header.Set("Origin", origin)
	return b.do(r)
}

func avatar(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewRGBA(image.Rect(0, 0, 300, 200))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// bombed is a PNG that says it has 400 megapixels.
func bombed() []byte {
	b := []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x00\x00\x4e\x20\x00\x00\x4e\x20\x08\x02\x00\x00\x00")
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[12:]))
}

func TestAPictureIsPutUpShownAndTakenDownWithoutAScript(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		ben := h.browser("ben")
		if form := ben.get("/account").page.Find("form[action='/account/picture'][enctype='multipart/form-data']"); form.Length() != 1 {
			t.Error("there is no form for it")
		}
		ben.sendFile("/account/picture", "picture", avatar(t)).status(303)
		shown := ben.get("/account").status(200)
		address := shown.page.Find("img.face").First().AttrOr("src", "")
		if !strings.HasPrefix(address, "/u/ben/picture/") {
			t.Fatalf("the picture is at %q", address)
		}
		for _, who := range []string{"", "stan", "ben"} {
			res := h.browser(who).get(address).status(200)
			for name, want := range map[string]string{"Content-Type": "image/jpeg", "Cache-Control": "private, max-age=31536000, immutable",
				"X-Content-Type-Options": "nosniff", "Content-Security-Policy": filePolicy} {
				if got := res.Header.Get(name); got != want {
					t.Errorf("%s is %q, want %q", name, got, want)
				}
			}
		}
		for _, path := range []string{"/u/ben", "/g/harbour/members", "/"} {
			if page := ben.get(path); page.page.Find("img.face[src='"+address+"']").Length() == 0 {
				t.Errorf("it is not shown at %s", path)
			}
		}
		h.browser("").get(strings.Replace(address, "/u/ben/", "/u/ada/", 1)).status(404)
		ben.post("/account/picture/remove").status(303)
		h.browser("").get(address).status(404)
		if ben.get("/account").page.Find("img.face").Length() != 0 {
			t.Error("it is still shown")
		}
	})
}

func TestAPictureThatCannotBeUsedIsRefusedInThePage(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		ben := h.browser("ben")
		for name, content := range map[string][]byte{"a bomb": bombed(), "a text": []byte("a text"), "nothing": nil, "a broken one": avatar(t)[:60],
			"a large one": append(avatar(t), make([]byte, 2<<20)...), "a page": []byte("<!DOCTYPE html><script>alert(1)</script>")} {
			res := ben.sendFile("/account/picture", "picture", content)
			if res.StatusCode != 422 || res.page.Find("#picture-error").Length() != 1 {
				t.Errorf("%s: %d %s", name, res.StatusCode, res.page.Find(".error-summary").Text())
			}
		}
		ben.sendFile("/account/picture", "other", avatar(t)).status(422)
	})
}

func TestAProfileIsChangedAndItsOldAddressLeadsOn(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		ben := h.browser("ben")
		ben.post("/account/profile", "name", "Ben B", "handle", "ben-b", "pronouns", "he/him", "affiliation", "Mill", "time_zone", "Europe/Brussels", "language", "en").
			status(303).to("/account?saved=1")
		ben.get("/account?saved=1").has("Saved.").has("It is now 11:0") // summer in Brussels, two hours ahead
		res := h.browser("").get("/u/ben").status(301)
		if to := res.Header.Get("Location"); to != "/u/ben-b" {
			t.Errorf("leads to %q", to)
		}
		h.browser("").get("/u/ben-b").status(200).has("he/him").has("Mill")
		h.browser("cleo").post("/account/profile", "name", "Cleo", "handle", "ben").status(422).has("Somebody has this already")
		h.browser("cleo").post("/account/profile", "name", "Root Example").status(422).has("administrator of the forum")
	})
}

func TestOthersSeeTheGroupsThatTheyAreInThemselves(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		h.browser("cleo").get("/u/ben").has("The harbour").has("The attic")
		for _, who := range []string{"", "stan", "root"} {
			h.browser(who).get("/u/ben").lacks("The harbour").lacks("The attic").lacks("The cellar")
		}
	})
}

// old lets the proof that came with signing in grow old.
func (h *house) old() { h.clock.pass(person.RecentFor + time.Minute) }

func TestWhatWouldHurtMostTakesARecentProof(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		ben, root := h.browser("ben"), h.browser("root")
		target := fmt.Sprintf("/admin/people/%d", h.who["stan"].ID)
		h.old()
		ben.get("/account/data/erase").status(303).to("/signin/again?next=%2Faccount%2Fdata%2Ferase")
		for path, pairs := range map[string][]string{"/account/email": {"email", "new@example.org"}, "/account/data/erase": {"confirm", "ben"}} {
			ben.post(path, pairs...).status(401).has("Is it still you?")
		}
		for path, pairs := range map[string][]string{"/administrator": {"administrator", "yes"}, "/merge": {"handle", "cleo", "confirm", "stan"}, "/erase": {"confirm", "stan"}} {
			root.post(target+path, pairs...).status(401).has("Is it still you?")
		}
		if p, err := h.site.People.ByHandle(context.Background(), "stan"); err != nil || p.Administrator || p.Erased {
			t.Errorf("%+v, %v", p, err)
		}
		ben.get("/u/ben").status(200)
	})
}

// link is the address in the last letter of the kind.
func (h *house) link(kind string) string {
	h.t.Helper()
	for i := len(h.letters) - 1; i >= 0; i-- {
		if h.letters[i].Kind == kind {
			return h.letters[i].Args["Path"]
		}
	}
	h.t.Fatalf("there is no letter %q", kind)
	return ""
}

func TestAnAddressIsChangedByTwoLetters(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		ben, elsewhere := h.browser("ben"), h.browser("ben")
		ben.post("/account/email", "email", "no address").status(422)
		free := ben.post("/account/email", "email", "new@example.org").status(303)
		page := ben.get("/account/sign-in").has("new@example.org").has("A letter is on its way to the new address")
		taken := h.browser("cleo").post("/account/email", "email", "ada@example.org").status(303)
		other := h.browser("cleo").get("/account/sign-in").has("ada@example.org")
		if free.Header.Get("Location") != taken.Header.Get("Location") || page.page.Find(".receipt li").Text() != other.page.Find(".receipt li").Text() {
			t.Error("the page tells that an address is taken")
		}
		// The letters are opened where nobody is signed in. Looking does nothing.
		visitor := h.browser("")
		visitor.get(h.link("new_email")).status(200).has("new@example.org")
		visitor.post(h.link("new_email")).status(200).has("once the other address")
		visitor.post(h.link("new_email")).status(410)
		for _, l := range h.letters {
			if l.Kind == "old_email" && l.To.Email == "ben@example.org" {
				ben.post(l.Args["Path"]).status(200).has("The address is now")
			}
		}
		ben.get("/account/sign-in").status(200).has("new@example.org").lacks("on its way")
		elsewhere.get("/account").status(303)
	})
}

func TestSessionsAreShownInWordsAndEnded(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		here, there := h.browser("ben"), h.browser("ben")
		if n := here.get("/account/sessions").page.Find(".rows li").Length(); n != 2 {
			t.Errorf("%d sessions", n)
		}
		here.post("/account/sessions/end-others").status(303)
		here.get("/account/sessions").status(200).has("opened when the account was made").lacks("Sign out everywhere else")
		there.get("/account/sessions").status(303)
	})
}

func TestACopyIsAskedForAndDownloadedByItsOwnerAlone(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		ben := h.browser("ben")
		ben.get("/account/data").has("Make a copy")
		ben.post("/account/data/export").status(303)
		ben.get("/account/data").has("being made").lacks("Download")
		if len(h.exports) != 1 {
			t.Fatalf("%d are to be made", len(h.exports))
		}
		path := fmt.Sprint("/account/data/exports/", h.exports[0])
		ben.get(path).status(404)
		h.must(h.site.MyData.MakeExport(context.Background(), h.exports[0]))
		ben.get("/account/data").has("Download")
		res := ben.get(path).status(200)
		if res.Header.Get("Content-Type") != "application/zip" || res.Header.Get("Cache-Control") != "private, no-store" || !strings.HasPrefix(res.body, "PK") {
			t.Errorf("%v", res.Header)
		}
		h.browser("cleo").get(path).status(404)
		h.browser("root").get(path).status(404)
		h.browser("").get(path).status(303)
		h.clock.pass(8 * 24 * time.Hour)
		h.browser("ben").get(path).status(404)
	})
}

func TestAnAccountIsErasedByWhoTypesItsHandle(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		thread := h.thread("ben", "harbour", "Words that stay")
		h.comment("ben", thread.ID, "A thought.")
		ben, elsewhere := h.browser("ben"), h.browser("ben")
		page := ben.get("/account/data/erase").status(200).has("The harbour").has("former member")
		if page.page.Find("form[action='/account/data/erase']").Length() != 1 {
			t.Error("there is no form")
		}
		ben.post("/account/data/erase", "confirm", "Ben").status(303).to("/?erased=1")
		ben.get("/?erased=1").status(200).has("Your account was erased")
		ben.get("/account").status(303)
		elsewhere.get("/account").status(303)
		h.browser("").get("/u/ben").status(404)
		h.browser("cleo").get(fmt.Sprint("/t/", thread.ID)).status(200).has("A former member").lacks("Ben Example").has("A thought.")
		h.browser("cleo").get(fmt.Sprint("/u/former-", h.who["ben"].ID)).status(200).has("A former member")
	})
}

func TestTheLastAdminHandsOverFirst(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		ada := h.browser("ada")
		page := ada.get("/account/data/erase").status(200).has("Make somebody else an admin there first")
		if page.page.Find("form[action='/account/data/erase']").Length() != 0 {
			t.Error("there is a form all the same")
		}
		ada.post("/account/data/erase", "confirm", "ada").status(409)
		h.browser("root").get("/account/data/erase").has("Nobody else administers the forum")
	})
}

func TestAnAdministratorDisablesEnablesAndErases(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		root, stan := h.browser("root"), h.browser("stan")
		path := fmt.Sprintf("/admin/people/%d", h.who["stan"].ID)
		h.browser("ben").get(path).status(403)
		root.get(path).status(200).has("stan@example.org").has("In no group")
		root.post(path+"/disable", "reason", "").status(422)
		root.post(path+"/disable", "reason", "Sold things.").status(303)
		stan.get("/account").status(303)
		root.get(path).has("Sold things.").has("Enable this account")
		h.browser("").post("/signin", "email", "stan", "password", password).has("Sold things.")
		root.post(path + "/enable").status(303)
		root.post(path+"/administrator", "administrator", "yes").status(303)
		h.browser("stan").get("/admin").status(200)
		root.post(path+"/administrator", "administrator", "no").status(303)
		h.browser("stan").get("/admin").status(403)
		root.post(path + "/sign-in-mail").status(303)
		if h.letters[len(h.letters)-1].To.Email != "stan@example.org" {
			t.Errorf("the letter went to %s", h.letters[len(h.letters)-1].To.Email)
		}
		root.post(path+"/erase", "confirm", "nobody").status(422)
		root.post(path+"/erase", "confirm", "stan").status(303)
		root.get(path).status(200).has("A former member")
		own := fmt.Sprintf("/admin/people/%d", h.who["root"].ID)
		root.post(own+"/administrator", "administrator", "no").status(409)
		root.post(own+"/disable", "reason", "x").status(409)
	})
}

func TestAnAdministratorMergesTwoAccounts(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		root := h.browser("root")
		path := fmt.Sprintf("/admin/people/%d", h.who["stan"].ID)
		root.post(path+"/merge", "handle", "ben", "confirm", "ben").status(422)
		root.post(path+"/merge", "handle", "nobody-here", "confirm", "stan").status(422).has("Nobody here has this handle")
		root.post(path+"/merge", "handle", "ben", "confirm", "stan").status(303)
		root.get(path).status(200).has("@ben")
		if to := h.browser("").get("/u/stan").status(301).Header.Get("Location"); to != "/u/ben" {
			t.Errorf("leads to %q", to)
		}
	})
}

func TestOfASecretGroupAdministratorsSeeThatItIsThere(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		root := h.browser("root")
		root.get("/admin/groups").status(200).has("The harbour").has("The cellar").has("A secret group, number").lacks("attic")
		root.get(fmt.Sprintf("/admin/people/%d", h.who["ben"].ID)).has("The harbour").has("A secret group").lacks("attic")
		_, err := h.site.Groups.AddMember(context.Background(), h.actor("ada"), "attic", "root", access.Member)
		h.must(err)
		root.get("/admin/groups").has("The attic")
	})
}
