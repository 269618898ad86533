package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"plenary/pkg/edge"
)

// upload sends a file as the composer does.
func (b *browser) upload(field, name string, body []byte) seen {
	b.h.t.Helper()
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	part, err := w.CreateFormFile(field, name)
	b.h.must(err)
	_, err = part.Write(body)
	b.h.must(err)
	b.h.must(w.Close())
	r, err := http.NewRequest(http.MethodPost, origin+"/files", &form)
	b.h.must(err)
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.Header.Set("Accept", "application/json")
	r.Header.Set("Origin", origin)
	return b.do(r)
}

func picture(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewRGBA(image.Rect(0, 0, 8, 6))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestAPictureIsShownToWhoeverMayReadItsThread(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		thread := h.thread("ada", "cellar", "One").ID
		ben := h.browser("ben")
		var made uploaded
		h.must(json.Unmarshal([]byte(ben.upload("file", "our harbour.png", picture(t)).status(201).body), &made))
		if made.URL != "/files/1/our%20harbour.png" || made.Type != "image/png" || made.Name != "our harbour.png" {
			t.Fatalf("answer %+v", made)
		}
		h.browser("cleo").get(made.URL).status(404) // it is Ben's alone until it is posted
		ben.post(fmt.Sprintf("/t/%d/comments", thread), "body", "![The harbour]("+made.URL+")").status(303)
		res := h.browser("cleo").get(made.URL).status(200)
		for name, want := range map[string]string{"Content-Type": "image/png", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": filePolicy,
			"Content-Disposition": `inline; filename="our harbour.png"`, "Cache-Control": "private, max-age=3600"} {
			if got := res.Header.Get(name); got != want {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
		}
		h.browser("stan").get(made.URL).status(404)
		h.browser("").get(made.URL).status(404)
		if n := h.browser("cleo").get(fmt.Sprintf("/t/%d", thread)).page.Find("#timeline img").Length(); n != 1 {
			t.Errorf("the thread shows %d pictures", n)
		}
	})
}

func TestAFileThatIsNoPictureIsSavedAndNeverShown(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		ben := h.browser("ben")
		var made uploaded
		h.must(json.Unmarshal([]byte(ben.upload("file", "notes.html", []byte("just words, no markup")).status(201).body), &made))
		res := ben.get(made.URL).status(200)
		if got := res.Header.Get("Content-Disposition"); !strings.HasPrefix(got, "attachment") {
			t.Errorf("disposition %q", got)
		}
		ben.upload("file", "page.html", []byte("<!doctype html><script>alert(1)</script>")).status(415)
		h.must(json.Unmarshal([]byte(ben.upload("file", "drawing.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`)).status(201).body), &made))
		drawing := ben.get(made.URL).status(200) // words, whatever its name says
		if kind, how := drawing.Header.Get("Content-Type"), drawing.Header.Get("Content-Disposition"); kind != "text/plain; charset=utf-8" || !strings.HasPrefix(how, "attachment") {
			t.Errorf("a drawing is sent as %s, %s", kind, how)
		}
		ben.upload("file", "empty.txt", nil).status(422)
		ben.upload("other", "a.txt", []byte("x")).status(422)
		ben.upload("file", "big.txt", bytes.Repeat([]byte("words "), edge.UploadLimit/5)).status(413)
		h.browser("").upload("file", "a.txt", []byte("words")).status(401)
	})
}

func TestAPreviewLooksAsThePostWillAndRunsNothing(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		res := h.browser("ben").post("/preview", "body", "**Bold** <script>alert(1)</script> @ada").status(200)
		if !strings.Contains(res.body, "<strong>Bold</strong>") || strings.Contains(res.body, "<script") {
			t.Errorf("preview %s", res.body)
		}
	})
}

func TestMentionsAreOfferedToMembersOnly(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		thread := h.thread("ada", "harbour", "One").ID
		path := fmt.Sprintf("/mentions?thread=%d&q=mo", thread)
		if body := h.browser("ben").get(path).status(200).body; !strings.Contains(body, `"handle":"mona"`) || !strings.Contains(body, `"affiliation":"Mona Co-op"`) {
			t.Errorf("suggestions %s", body)
		}
		if body := h.browser("ben").get(fmt.Sprintf("/mentions?thread=%d&q=zz", thread)).status(200).body; strings.TrimSpace(body) != "[]" {
			t.Errorf("suggestions %s", body)
		}
		h.browser("stan").get(path).status(403)
	})
}
