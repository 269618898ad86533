package app_test

import (
	"bytes"
	"cmp"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"plenary/pkg/access"
	"plenary/pkg/app"
	"plenary/pkg/forum"
	"plenary/pkg/group"
	"plenary/pkg/mail"
	"plenary/pkg/poll"
	"plenary/pkg/store"
	"plenary/pkg/testkit/browser"
)

// Three who look at the made-up assembly; the fourth is a visitor.
const (
	aMember         = "nia"
	aModerator      = "omar"
	anAdministrator = "root"
)

// madeUp serves the made-up assembly, with three real people among the others.
func madeUp(t testing.TB) *running {
	t.Helper()
	f := start(t, settings{})
	if _, err := app.FillDemo(f.ctx, f.Rooms); err != nil {
		t.Fatal(err)
	}
	f.person(aMember, "Nia Okafor", "Tin Roof Housing", "lodestone", access.Member)
	moderator := f.person(aModerator, "Omar Haddad", "Wadi Growers", "lodestone", access.Moderator)
	f.person(anAdministrator, "Rosa Ferri", "", "", "administrator")
	for _, handle := range []string{"programme", "board"} {
		if _, err := f.Groups.AddMember(f.ctx, access.System(), handle, aModerator, access.Admin); err != nil {
			t.Fatal(err)
		}
	}
	f.furnish(moderator)
	f.peopleTheGroups(moderator)
	return f
}

// furnish adds what the made-up assembly lacks: a picture, a poll that nobody has
// voted in and a mail.
func (r *running) furnish(by access.Actor) {
	r.t.Helper()
	threads, err := r.Forum.Recent(r.ctx, by, 1)
	if err != nil || len(threads) == 0 {
		r.t.Fatal("find a thread:", err)
	}
	info, err := r.Blobs.Put(r.ctx, bytes.NewReader(picture(r.t)), 1<<20)
	if err != nil {
		r.t.Fatal(err)
	}
	file, err := r.Forum.AddFile(r.ctx, by, forum.File{Name: "hall.png", MediaType: info.MediaType, Size: info.Size, Width: info.Width, Height: info.Height, SHA256: info.SHA256})
	if err != nil {
		r.t.Fatal(err)
	}
	if _, err := r.Forum.Post(r.ctx, by, threads[0].ID, forum.NewComment{Body: "The hall as it is now: ![the hall](" + file.Path() + "/hall.png)"}); err != nil {
		r.t.Fatal(err)
	}
	if _, err := r.Groups.Edit(r.ctx, access.System(), "lodestone", group.GroupEdit{ProxyLimit: new(2)}); err != nil {
		r.t.Fatal(err)
	}
	closes := r.Now().Add(72 * time.Hour)
	for _, asked := range []poll.NewPoll{
		{Title: "Shall we meet earlier?", Method: "proposal", ClosesAt: closes, Settings: poll.Settings{Proxies: true}},
		{Title: "Who keeps the key?", Method: "proposal", ClosesAt: closes, Settings: poll.Settings{Electorate: poll.OfNamed}, Named: []int64{by.Person}, Draft: true},
	} {
		if _, err := r.Polls.Start(r.ctx, by, threads[0].ID, asked); err != nil {
			r.t.Fatal(err)
		}
	}
	letter := mail.Letter{Kind: "test", To: mail.Address{Name: "Nia Okafor", Email: "nia@example.org"}, Args: map[string]string{"Name": "Rosa Ferri", "Path": "/groups"}}
	if err := r.DB.Write(r.ctx, func(tx *store.Tx) error { return r.Notify.Queue(tx, letter) }); err != nil {
		r.t.Fatal(err)
	}
}

// picture is a small PNG.
func picture(t testing.TB) []byte {
	t.Helper()
	var out bytes.Buffer
	img := image.NewRGBA(image.Rect(0, 0, 64, 48))
	draw.Draw(img, img.Bounds(), image.NewUniform(color.RGBA{R: 40, G: 120, B: 90, A: 255}), image.Point{}, draw.Src)
	if err := png.Encode(&out, img); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// routes are the addresses that pages are at.
func routes(t testing.TB) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "web", "testdata", "routes.txt"))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for line := range strings.Lines(string(text)) {
		if path, ok := strings.CutPrefix(line, "GET"); ok {
			out = append(out, strings.TrimSpace(path))
		}
	}
	return out
}

// routeOf finds the route that a path is answered by: the one with the most
// words of the path in it.
func routeOf(all []string, path string) string {
	best, most := "", -1
	for _, route := range all {
		if same, ok := fits(route, path); ok && same > most {
			best, most = route, same
		}
	}
	return best
}

func fits(route, path string) (same int, ok bool) {
	if rest, is := strings.CutSuffix(route, "*"); is {
		return 0, strings.HasPrefix(path, rest)
	}
	want, got := strings.Split(route, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return 0, false
	}
	for i, part := range want {
		switch {
		case part == got[i]:
			same++
		case !strings.HasPrefix(part, ":"), !strings.HasSuffix(got[i], ending(part)):
			return 0, false
		case ending(part) != "":
			same++
		}
	}
	return same, true
}

// ending is what a part of a route ends in: ".ics" for ":id.ics".
func ending(part string) string {
	if i := strings.LastIndexByte(part, '.'); i > 0 {
		return part[i:]
	}
	return ""
}

// visited is a page with its size in bytes.
type visited struct {
	path string
	size int
}

// walker follows every link of the forum.
type walker struct {
	*running
	client *http.Client
	from   map[string]string // where each address was found
	todo   []string

	administers bool // and is no member of any group

	pages map[string][]visited // the pages found, by route
}

// walk follows all links from the first page, as somebody or as a visitor.
func (r *running) walk(handle string, all []string) *walker {
	r.t.Helper()
	w := &walker{running: r, administers: handle == anAdministrator, client: r.visit(handle), from: map[string]string{}, pages: map[string][]visited{}}
	for w.found("/", "the door"); len(w.todo) > 0; {
		path := w.todo[0]
		w.todo = w.todo[1:]
		w.look(path, all)
	}
	return w
}

// visit is a browser without scripts or pictures, signed in as somebody.
func (r *running) visit(handle string) *http.Client {
	r.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		r.t.Fatal(err)
	}
	client := &http.Client{Jar: jar, Timeout: patience}
	if handle == "" {
		return client
	}
	answer, err := client.PostForm(r.URL+"/signin", url.Values{"email": {handle + "@example.org"}, "password": {password}})
	if err != nil {
		r.t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK || answer.Request.URL.Path != "/" {
		r.t.Fatalf("%s cannot sign in: %s at %s", handle, answer.Status, answer.Request.URL)
	}
	return client
}

func (w *walker) found(path, on string) {
	if _, known := w.from[path]; !known {
		w.from[path] = on
		w.todo = append(w.todo, path)
	}
}

// enough pages of a kind show whether its links are sound.
const enough = 12

func (w *walker) look(path string, all []string) {
	w.t.Helper()
	bare, _, _ := strings.Cut(path, "?")
	route := routeOf(all, bare)
	if len(w.pages[route]) >= enough {
		return
	}
	answer, err := w.client.Get(w.URL + path)
	if err != nil {
		w.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	if answer.StatusCode != http.StatusOK {
		w.t.Errorf("%s answers %s; the link to it is on %s", path, answer.Status, w.from[path])
		return
	}
	if route == "" {
		w.t.Errorf("%s is on no list of pages", path)
	}
	w.pages[route] = append(w.pages[route], visited{path, len(body)})
	if strings.HasPrefix(answer.Header.Get("Content-Type"), "text/html") {
		w.read(answer.Request.URL, body)
	}
}

// read looks for the heading, for fragments that lead nowhere and for links.
func (w *walker) read(at *url.URL, body []byte) {
	w.t.Helper()
	page, err := goquery.NewDocumentFromReader(bytes.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	if n := page.Find("h1").Length(); n != 1 {
		w.t.Errorf("%s has %d headings of the first level", at.Path, n)
	}
	can := strings.Fields(page.Find("main").AttrOr("data-viewer-can", ""))
	for class, word := range map[string]string{".for-commenters": "comment", ".for-proposers": "propose"} {
		if !slices.Contains(can, word) {
			page.Find(class).Remove() // as the style sheet does
		}
	}
	page.Find("[hidden], .letter").Remove() // a letter leads where its reader may go
	for attribute, tags := range map[string]string{"href": "a[href], link[href]", "src": "img[src], script[src]"} {
		page.Find(tags).Each(func(_ int, s *goquery.Selection) {
			to, err := at.Parse(s.AttrOr(attribute, ""))
			if err != nil {
				w.t.Errorf("%s: %v", at.Path, err)
				return
			}
			if to.Host != at.Host {
				return
			}
			if to.Fragment != "" && to.Path == at.Path && to.RawQuery == at.RawQuery && page.Find("[id='"+to.Fragment+"']").Length() == 0 {
				w.t.Errorf("%s: the link %q leads to no #%s", at.Path, strings.TrimSpace(s.Text()), to.Fragment)
			}
			w.found(to.RequestURI(), at.RequestURI())
		})
	}
}

// apart are the addresses that no link leads to.
var apart = map[string]string{
	"/healthz": "for machines", "/readyz": "for machines", "/live": "a socket", "/mentions": "asked by the script", "/t/:id/themes/similar": "asked by the script", "/e/:id/revision": "asked by the script",
	"/join/:token": "sent by its maker", "/setup/:token": "printed at the start", "/t/:id": "the short form; links carry the words too",
	"/files/:id": "the short form; links carry the name too", "/signin": "has its own test", "/static/*": "not pages",
	"/signin/again": "asked before a dangerous act", "/signin/link/:token": "sent by mail", "/signin/second": "asked after the password",
	"/signin/sent": "follows the question for an address", "/signup": "offered where sign-up is open", "/signup/details": "follows the link in a mail",
	"/signup/waiting": "follows a request for an account", "/account/email/:token": "sent by mail", "/account/data/exports/:id": "made in the background",
	"/g/:handle/signin": "led to where a provider is required", "/signin/callback": "for providers", "/signin/whose/:token": "follows a provider's answer",
	"/p/:id/guest/:token": "sent by mail", "/unsubscribe/:token": "sent by mail", "/p/:id/export.json": "a file", "/p/:id/export.csv": "a file", "/p/:id/export.blt": "a file", "/heads.atom": "a feed", "/p/:id.ics": "a file",
	"/e/:id.ics": "a file", "/e/:id/s/:session.ics": "a file", "/e/:id/my/:token.ics": "a file", "/e/:id.atom": "a feed", "/e/:id.json": "a file", "/e/:id/signups.csv": "a file",
	"/p/:id/chart.svg": "a picture", "/p/:id/pictures/:file": "a picture", "/p/:id/results.csv": "a file", "/p/:id/results.json": "a file", "/g/:handle/decisions.csv": "a file",
	"/g/:handle/picture/:sum": "a picture", "/u/:handle/picture/:sum": "a picture",
}

// Every link on every page, for each sort of visitor, leads somewhere; every
// address that there is can be reached by links; and what they lead to is
// accessible, breaks nothing and fits on a phone.
func TestEveryPageIsSoundForEverybody(t *testing.T) {
	f := madeUp(t)
	f.furnishBoard()
	all := routes(t)
	reached := map[string]bool{}
	walked := map[string]*walker{}
	for _, handle := range eyes {
		walked[handle] = f.walk(handle, all)
		for route := range walked[handle].pages {
			reached[route] = true
		}
	}
	for _, route := range all {
		if apart[route] == "" && !reached[route] {
			t.Errorf("no link leads to %s", route)
		}
	}
	for _, handle := range eyes {
		t.Run("as "+cmp.Or(handle, "visitor"), func(t *testing.T) {
			f := &running{Server: f.Server, t: t, ctx: f.ctx, URL: f.URL}
			f.audit(handle, append(walked[handle].samples(), fullest[handle]...))
		})
	}
}

// eyes are those that the pages are seen with.
var eyes = []string{"", aMember, aModerator, anAdministrator}

// fullest are pages that have something of everything, where the largest of
// their kind have not.
var fullest = map[string][]string{
	"":              {"/signup", "/g/buying"},
	aMember:         {"/g/buying", "/g/buying/ask", "/signin/with/1"},
	aModerator:      {"/g/buying", "/g/buying/members", "/g/buying/members?q=none", "/g/buying/bans", "/g/buying/invite", "/g/buying/edit", "/g/buying/leave"},
	anAdministrator: {"/admin/people/18", "/admin/mail?state=failed"},
}

// samples are the largest page of each kind, files left out; of polls each. An administrator, who
// is no member, sees little else than a visitor does.
func (w *walker) samples() []string {
	var out []string
	for route, pages := range w.pages {
		if apart[route] != "" && route != "/signin" || strings.HasPrefix(route, "/files/") || strings.Contains(route, ".") || w.administers && !strings.HasPrefix(route, "/admin") && route != "/groups/new" && route != "/" {
			continue
		}
		pages = slices.Clone(pages)
		slices.SortStableFunc(pages, func(a, b visited) int { return cmp.Compare(b.size, a.size) })
		for i, p := range pages {
			if i == 0 || route == "/p/:id" {
				out = append(out, p.path)
			}
		}
	}
	slices.Sort(out)
	return out
}

// audit opens pages in a browser and has axe-core look at them.
func (r *running) audit(handle string, paths []string) {
	r.t.Helper()
	tab := r.browse(handle, "/")
	for i, path := range paths {
		tab.Scheme(i%2 == 1)
		tab.Size(1280, 900)
		tab.Open(r.URL + path)
		r.sound(tab, fmt.Sprintf("page-%s-%s", cmp.Or(handle, "visitor"), shotName(path)))
		tab.Faultless()
	}
}

// sound has axe-core look at the page in the tab, wide and on a phone, demands
// that it fits, and takes its picture.
func (r *running) sound(tab *browser.Tab, shot string) {
	r.t.Helper()
	axe, err := os.ReadFile(filepath.Join("..", "web", "view", "testdata", "axe-core@4.14.1", "axe.min.js"))
	if err != nil {
		r.t.Fatal(err)
	}
	browser.Eval[bool](tab, string(axe)+"; "+laidOut+"; true")
	at := browser.Eval[string](tab, "location.pathname + (matchMedia('(prefers-color-scheme: dark)').matches ? ', dark,' : '')")
	for width, rules := range map[int64]string{1280: everything, 320: whatWidthChanges} {
		tab.Size(width, 900)
		if found := browser.Eval[string](tab, fmt.Sprintf(auditPage, rules)); found != "" {
			r.t.Errorf("%s at %d px:\n%s", at, width, found)
		}
		if over := browser.Eval[int](tab, "document.documentElement.scrollWidth - innerWidth"); over > 0 {
			r.t.Errorf("%s at %d px is %d px too wide", at, width, over)
		}
		tab.Shoot(fmt.Sprintf("%s-%d", shot, width))
	}
	tab.Size(1280, 900)
}

var noLetters = regexp.MustCompile("[^a-z0-9]+")

func shotName(path string) string {
	name := strings.Trim(noLetters.ReplaceAllString(path, "-"), "-")
	return cmp.Or(name[:min(len(name), 24)], "home")
}

// laidOut makes the browser lay out what is far below, and lets nothing stick to
// the window's edges, where it would cover what is measured.
const laidOut = `(() => {
	const sheet = new CSSStyleSheet()
	sheet.replaceSync("* { content-visibility: visible !important } .top, .talk-bar, .rail { position: static !important }")
	document.adoptedStyleSheets = [sheet]
})()`

// What axe-core looks for: WCAG 2.2 AA and good practice, or what another width
// and other colours can change.
const (
	everything       = `{type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}`
	whatWidthChanges = `{type: "rule", values: ["color-contrast", "link-in-text-block", "target-size", "scrollable-region-focusable", "link-name", "button-name", "heading-order", "label"]}`
)

// auditPage gives what axe-core finds.
const auditPage = `axe.run(document, {runOnly: %s}).then((found) => found.violations.map((v) => v.id + ": " + v.help + " | " +
	v.nodes.slice(0, 3).map((n) => n.target.join(" ") + " " + (n.any[0] ? n.any[0].message : "")).join(" | ")).join("\n"))`
