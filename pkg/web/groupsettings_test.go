package web

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plenary/pkg/access"
	"plenary/pkg/group"
)

// subgroup makes a group of Ada's below another one.
func (h *house) subgroup(parent, handle string, v access.Visibility) {
	h.t.Helper()
	_, err := h.site.Groups.Create(context.Background(), h.actor("ada"), group.NewGroup{Name: "The " + handle, Handle: handle, Visibility: v, Parent: parent})
	h.must(err)
}

// rulesForm are fields that let all do what they may do at most.
func rulesForm() []string {
	var pairs []string
	for _, s := range access.Settings() {
		pairs = append(pairs, "permissions."+string(s), string(access.Choices(s)[0]))
	}
	return pairs
}

func TestAdminsSaveTheSettingsPartByPart(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		h.subgroup("harbour", "pier", access.Public)
		ada := h.browser("ada")
		for _, c := range []struct {
			part, path string
			pairs      []string
			selected   string // what the page then shows
		}{
			{"about", "/g/harbour/edit", []string{"name", "The port", "handle", "harbour", "about", "Ships."}, "input[name=name][value='The port']"},
			{"entry", "/g/harbour/edit/entry", []string{"visibility", "public", "joining", "request", "join_question", "Which ship?"}, "input[name=joining][value=request][checked]"},
			{"rules", "/g/harbour/edit/rules", rulesForm(), "select[name='permissions.edit_others'] option[value=moderator][selected]"},
			{"erasure", "/g/harbour/edit/erasure", []string{"on_erasure", "remove"}, "input[name=on_erasure][value=remove][checked]"},
		} {
			back := ada.post(c.path, c.pairs...).status(303).Header.Get("Location")
			if back != "/g/harbour/edit?saved="+c.part+"#part-"+c.part {
				t.Errorf("%s leads back to %s", c.part, back)
			}
			page := ada.get(strings.Split(back, "#")[0]).status(200).page
			if page.Find(c.selected).Length() != 1 || page.Find("#part-"+c.part+" .receipt").Length() != 1 {
				t.Errorf("%s is not shown as saved", c.part)
			}
		}
		ada.post("/g/pier/edit/place", "parent", "harbour", "inherits_members", "1").status(303)
		if page := ada.get("/g/pier/edit").page; page.Find("#parent option[value=harbour][selected]").Length() != 1 || page.Find("input[name=inherits_members][checked]").Length() != 1 {
			t.Error("the place is not shown as saved")
		}
		if words := h.browser("stan").get("/g/harbour").page.Find(".group-head").Text(); !strings.Contains(words, "Join on request") || !strings.Contains(words, "Ask to join") {
			t.Errorf("a stranger is not told how to come in: %s", words)
		}
	})
}

func TestRefusedSettingsKeepWhatWasChosen(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		h.subgroup("harbour", "pier", access.Public)
		long := strings.Repeat("x", 10_000)
		for _, c := range []struct {
			name, path  string
			pairs       []string
			kept, words string
		}{
			{"a description without end", "/g/harbour/edit", []string{"name", "Kept", "handle", "harbour", "about", long}, "input[name=name][value=Kept]", "10000 bytes"},
			{"a homograph", "/g/harbour/edit", []string{"name", "Kept", "handle", "hаrbour"}, "input[name=name][value=Kept]", ""},
			{"a handle that is taken", "/g/harbour/edit", []string{"name", "Kept", "handle", "cellar"}, "input[name=handle][value=cellar]", "Somebody has this already"},
			{"a reserved handle", "/g/harbour/edit", []string{"name", "Kept", "handle", "new"}, "input[name=handle][value=new]", "kept for the forum"},
			{"subgroups in the way", "/g/harbour/edit/entry", []string{"visibility", "closed", "joining", "open"}, "input[name=visibility][value=closed][checked]", "The pier"},
			{"an open secret group", "/g/harbour/edit/entry", []string{"visibility", "secret", "joining", "open"}, "input[name=joining][value=open][checked]", ""},
			{"an unknown permission", "/g/harbour/edit/rules", append(rulesForm()[2:], "permissions.start_threads", "king"), "select[name='permissions.comment']", ""},
			{"itself as parent", "/g/harbour/edit/place", []string{"parent", "harbour"}, "#parent", "cannot stand below itself"},
			{"its subgroup as parent", "/g/harbour/edit/place", []string{"parent", "pier"}, "#parent option[value=pier][selected]", "The pier stands below this group"},
			{"members of no group", "/g/harbour/edit/place", []string{"parent", "", "inherits_members", "1"}, "input[name=inherits_members][checked]", "there is none"},
			{"a group that is more open", "/g/cellar/subgroups", []string{"name", "Kept", "handle", "vats", "visibility", "public"}, "input[name=name][value=Kept]", "never seen by more people"},
		} {
			res := h.browser("ada").post(c.path, c.pairs...).status(422)
			if res.page.Find(c.kept).Length() != 1 {
				t.Errorf("%s: %s is not kept", c.name, c.kept)
			}
			if words := res.page.Find(".error-summary").Text(); words == "" || !strings.Contains(words, c.words) {
				t.Errorf("%s: %q does not say %q", c.name, words, c.words)
			}
			for _, link := range res.page.Find(".error-summary a").EachIter() {
				if id := link.AttrOr("href", ""); res.page.Find(strings.ReplaceAll(id, ".", `\.`)).Length() != 1 {
					t.Errorf("%s: the summary leads to %s, which is not in the page", c.name, id)
				}
			}
		}
	})
}

func TestAddressesOfAFormerHandleLeadOn(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		ada := h.browser("ada")
		ada.post("/g/harbour/edit", "name", "The port", "handle", "port").status(303)
		ada.post("/g/attic/edit", "name", "The loft", "handle", "loft").status(303)
		for path, to := range map[string]string{
			"/g/harbour": "/g/port", "/g/HARBOUR": "/g/port", "/g/harbour/polls?cursor=%2F": "/g/port/polls?cursor=%2F",
			"/g/harbour/threads/new": "/g/port/threads/new", "/g/harbour/edit": "/g/port/edit", "/g/harbour/picture/abc": "/g/port/picture/abc",
		} {
			if res := ada.get(path).status(301); res.Header.Get("Location") != to {
				t.Errorf("%s leads to %s; want %s", path, res.Header.Get("Location"), to)
			}
		}
		if res := ada.post("/g/harbour/threads", "title", "x", "body", "x").status(308); res.Header.Get("Location") != "/g/port/threads" {
			t.Errorf("a form leads to %s", res.Header.Get("Location"))
		}
		h.browser("ben").get("/g/attic").status(301)
		for _, name := range []string{"", "stan", "root"} {
			h.browser(name).get("/g/attic").status(404)
			h.browser(name).get("/g/attic/edit").status(404)
		}
		h.browser("").get("/g/nowhere").status(404)
	})
}

// pictureForm is a form with a file.
func (b *browser) pictureForm(path string, content []byte) seen {
	b.h.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	part, err := w.CreateFormFile("picture", "boat.png")
	b.h.must(err)
	_, err = part.Write(content)
	b.h.must(err)
	b.h.must(w.Close())
	r := b.form(path)
	r.Body, r.ContentLength = http.NoBody, 0
	with, err := http.NewRequest(http.MethodPost, origin+path, &body)
	b.h.must(err)
	with.Header = r.Header
	with.Header.Set("Content-Type", w.FormDataContentType())
	return b.do(with)
}

func pngOf(t testing.TB, width, height int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&b, image.NewGray(image.Rect(0, 0, width, height))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestAGroupHasAPictureForWhoMayKnowOfIt(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		ada := h.browser("ada")
		for name, content := range map[string][]byte{"nothing": nil, "a broken one": pngOf(t, 30, 20)[:40], "a program": []byte("\x7fELF\x02\x01\x01"),
			"a bomb": pngOf(t, 9000, 9000), "too large": append(pngOf(t, 3, 2), bytes.Repeat([]byte("words "), 6<<20/6)...)} {
			res := ada.pictureForm("/g/attic/picture", content).status(422)
			if res.page.Find("#part-image .error-summary").Length() != 1 {
				t.Errorf("%s: nothing says what is wrong", name)
			}
		}
		for name, status := range map[string]int{"mona": 403, "stan": 404, "": 404} {
			h.browser(name).pictureForm("/g/attic/picture", pngOf(t, 3, 2)).status(status)
		}
		ada.pictureForm("/g/attic/picture", pngOf(t, 300, 200)).status(303)
		where := h.browser("ben").get("/g/attic").page.Find(".group-head img").AttrOr("src", "")
		res := h.browser("ben").get(where).status(200)
		size, err := jpeg.DecodeConfig(strings.NewReader(res.body))
		if err != nil || size.Width != 256 || size.Height != 256 || res.Header.Get("Content-Security-Policy") != filePolicy {
			t.Errorf("%s: %+v, %v, %v", where, size, err, res.Header)
		}
		for _, name := range []string{"", "stan", "root"} {
			h.browser(name).get(where).status(404)
		}
		if h.browser("ben").get("/groups").page.Find("img[src='"+where+"']").Length() != 1 {
			t.Error("the list does not show the picture")
		}
		ada.post("/g/attic/picture/remove").status(303)
		h.browser("ben").get(where).status(404)
	})
}

func TestGroupsWithinGroupsAreShownToWhoMayKnowOfThem(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		ada := h.browser("ada")
		res := ada.post("/g/attic/subgroups", "name", "The chest", "handle", "chest", "visibility", "secret", "inherits_members", "1").status(303)
		if res.Header.Get("Location") != "/g/chest" {
			t.Errorf("leads to %s", res.Header.Get("Location"))
		}
		h.subgroup("harbour", "keys", access.Secret)
		h.subgroup("harbour", "pier", access.Public)
		if _, err := h.site.Groups.AddMember(context.Background(), h.actor("ada"), "chest", "stan", access.Member); err != nil {
			t.Fatal(err)
		}
		if body := h.browser("stan").get("/g/chest").status(200).body; strings.Contains(body, "attic") {
			t.Error("the page names a group above that its reader may not know of")
		}
		if crumb := h.browser("ben").get("/g/chest").page.Find(".crumbs a").AttrOr("href", ""); crumb != "/g/attic" {
			t.Errorf("a member of both sees %q above", crumb)
		}
		for name, wanted := range map[string]string{"": "pier", "ben": "pier", "ada": "keys pier"} {
			var got []string
			for _, a := range h.browser(name).get("/g/harbour").page.Find("[aria-labelledby=below-title] h3 a").EachIter() {
				got = append(got, strings.TrimPrefix(a.AttrOr("href", ""), "/g/"))
			}
			if strings.Join(got, " ") != wanted {
				t.Errorf("%q sees %v below; want %s", name, got, wanted)
			}
		}
		nested := h.browser("ada").get("/groups").page.Find(".rows.below a[href='/g/chest']").Length()
		found := h.browser("ada").get("/groups?q=CHEST").page
		if nested != 1 || found.Find(".rows h3").Length() != 1 || !strings.Contains(found.Find(".rows").Text(), "in The attic") {
			t.Errorf("in the list %d; found %s", nested, found.Find(".rows").Text())
		}
		if text := h.browser("stan").get("/groups?q=attic").page.Find(".empty").Text(); !strings.Contains(text, "attic") {
			t.Errorf("nothing is found, and told as %q", text)
		}
		h.browser("mona").get("/g/harbour/subgroups/new").status(403)
		ada.get("/g/harbour/subgroups/new").status(200)
	})
}

func TestEverybodyIsNamedWithLeave(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		thread := h.thread("ada", "harbour", "Ropes").ID
		path := fmt.Sprintf("/mentions?thread=%d&q=", thread)
		for typed, wanted := range map[string]string{"": "all", "a": "all", "EV": "everyone", "group": "group", "x": ""} {
			if got := h.browser("mona").get(path + typed).status(200).body; wanted != "" && !strings.Contains(got, `"handle":"`+wanted+`"`) || wanted == "" && strings.Contains(got, "Everybody") {
				t.Errorf("%q offers %s", typed, got)
			}
			if got := h.browser("ben").get(path + typed).body; strings.Contains(got, "Everybody") {
				t.Errorf("%q offers a member %s", typed, got)
			}
		}
		comments := fmt.Sprintf("/t/%d/comments", thread)
		res := h.browser("ben").post(comments, "body", "Hear, @all").status(422)
		if diff := cmp.Diff("Hear, @all", res.page.Find("#composer textarea").Text()); diff != "" {
			t.Error(diff)
		}
		h.browser("mona").post(comments, "body", "Hear, @everyone").status(303)
		for _, name := range []string{"ada", "ben", "cleo"} {
			if text := h.browser(name).get("/").page.Find("main").Text(); !strings.Contains(text, "Hear, @everyone") {
				t.Errorf("%s was not told", name)
			}
		}
	})
}
