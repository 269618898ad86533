package web

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/forum"
)

// Whatever goes wrong with a form, its text is given back.
func TestAnErrorPageSaysWhatHappenedAndGivesTheTextBack(t *testing.T) {
	t.Parallel()
	const words = "A long thought that took an hour to write down."
	onBoth(t, func(t *testing.T, h *house) {
		failures := map[string]error{
			"/fails/busy":  errs.New(errs.Unavailable, "error.busy", errs.Args{"RetryAfter": 3}),
			"/fails/full":  errs.New(errs.Full, "error.disk_full"),
			"/fails/fault": fmt.Errorf("a secret of the machine"),
		}
		for path, failure := range failures {
			h.edge.Echo.POST(path, func(c edge.Ctx) error {
				if _, err := submitted(c); err != nil {
					return err
				}
				return failure
			})
		}
		for path, status := range map[string]int{"/fails/busy": 503, "/fails/full": 507, "/fails/fault": 500} {
			res := h.browser("ben").post(path, "body", words, "password", "a very secret password").status(status)
			if got := res.page.Find("#kept").Text(); got != words {
				t.Errorf("%s gives back %q", path, got)
			}
			res.lacks("very secret").lacks("secret of the machine")
			if res.page.Find("main a[href='/']").Length() == 0 {
				t.Errorf("%s offers no way on", path)
			}
		}
		if after := h.browser("ben").post("/fails/busy").Header.Get("Retry-After"); after != "3" {
			t.Errorf("Retry-After %q", after)
		}
	})
}

func TestTextThatIsNoUTF8IsRefusedAndNeverAFault(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		f := h.furnish("harbour")
		for _, bad := range []string{"\xff\xfe words that are long enough", "a\x00b words that are long enough", "\xed\xa0\x80 half a surrogate, and words"} {
			for _, path := range []string{"/g/harbour/threads", fmt.Sprintf("/t/%d/comments", f.thread.ID), fmt.Sprintf("/c/%d/edit", f.comment),
				fmt.Sprintf("/t/%d/themes", f.thread.ID), "/account/profile", fmt.Sprintf("/t/%d/polls", f.thread.ID), "/groups", "/preview"} {
				res := h.browser("ben").post(path, "title", bad, "body", bad, "name", bad, "use", "0", "description", bad, "method", "proposal", "closes_at", bad)
				if res.StatusCode != 422 && !(path == "/preview" && res.StatusCode == 200) {
					t.Errorf("%s answers %d to %q", path, res.StatusCode, bad)
				}
			}
			if res := h.browser("").post("/signin", "email", bad, "password", bad); res.StatusCode != 422 {
				t.Errorf("sign-in answers %d to %q", res.StatusCode, bad)
			}
			if res := h.browser("ben").get("/g/harbour?tag=" + fmt.Sprintf("%%%02x", bad[0])); res.StatusCode >= 500 {
				t.Errorf("a tag of %q answers %d", bad[0], res.StatusCode)
			}
		}
	})
}

// hostile are texts that have broken other forums.
var hostile = []string{"<script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, "javascript:alert(1)", "[x](javascript:alert(1))", "{{.}}",
	"' OR 1=1 --", "%00", "../../etc/passwd", "\u202eabc", "Z̮̞̠͙͔ͅḀ̗̞͈̻̗Ḷ͙͎̯̹̞͓G", "𝕬 👩‍👩‍👧‍👦 ﷽", "<turbo-stream action=replace target=main><template>x</template></turbo-stream>"}

func TestHostileTextIsShownAsTextOrRefused(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		for i, words := range hostile {
			ben := h.browser("ben")
			res := ben.post("/g/harbour/threads", "title", words, "body", words, "visibility", "public", "tags", words)
			switch res.StatusCode {
			case 303:
				path := res.Header.Get("Location")
				page := ben.get(path).status(200)
				if got := page.page.Find("h1").Text(); got != words {
					t.Errorf("%d: the title is %q, want %q", i, got, words)
				}
				clean(t, page)
				ben.post(strings.Join(strings.Split(path, "/")[:3], "/")+"/comments", "body", words).status(303)
				clean(t, ben.get(path).status(200))
				clean(t, ben.get("/g/harbour").status(200))
			case 422:
				clean(t, res)
			default:
				t.Errorf("%d: status %d for %q", i, res.StatusCode, words)
			}
		}
	})
}

// clean fails where a page holds an element or an address that would act.
func clean(t *testing.T, s seen) {
	t.Helper()
	s.page.Find("script").Each(func(_ int, script *goquery.Selection) {
		if !strings.HasPrefix(script.AttrOr("src", ""), "/static/") {
			t.Errorf("%s holds a script", s.Request.URL)
		}
	})
	for _, bad := range []string{"[onerror]", "[onload]", "[href^='javascript:']", "[src^='javascript:']", "main turbo-stream", "[style]"} {
		if s.page.Find(bad).Length() > 0 {
			t.Errorf("%s holds %s", s.Request.URL, bad)
		}
	}
}

func TestEveryPageCarriesThePolicyAndIsNotKeptForOthers(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		id := h.thread("ada", "harbour", "One").ID
		for range 2 { // made, and kept
			res := h.browser("").get(fmt.Sprintf("/t/%d", id)).status(200)
			for name, want := range map[string]string{"Cache-Control": "private, no-cache", "Content-Type": "text/html; charset=UTF-8", "X-Content-Type-Options": "nosniff"} {
				if got := res.Header.Get(name); got != want {
					t.Errorf("%s: %q", name, got)
				}
			}
			if !strings.Contains(res.Header.Get("Content-Security-Policy"), "default-src 'none'") {
				t.Error("no policy")
			}
		}
	})
}

// A visitor's page is made once, and made anew as soon as anything happens.
func TestAVisitorsPageIsNeverOlderThanItsThread(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		id := h.thread("ada", "harbour", "One").ID
		visitor, path := h.browser(""), fmt.Sprintf("/t/%d", id)
		visitor.get(path).status(200)
		if n := h.statements(func() { visitor.get(path).status(200) }); n > 2 {
			t.Errorf("the kept page takes %d statements", n)
		}
		h.comment("ben", id, "Fresh words.")
		visitor.get(path).status(200).has("Fresh words.")
		members := forum.ThreadEdit{Visibility: new(access.MembersOnly)}
		_, err := h.site.Forum.Edit(context.Background(), h.actor("ada"), id, members)
		h.must(err)
		visitor.get(path).status(http.StatusNotFound)
	})
}
