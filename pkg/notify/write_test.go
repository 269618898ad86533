package notify_test

import (
	"flag"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"plenary/pkg/i18n"
	"plenary/pkg/mail"
	"plenary/pkg/notify"
	"plenary/pkg/testkit"
)

var update = flag.Bool("update", false, "write the golden files again")

// read queues the letter and reads it as an administrator would.
func (h *house) read(l mail.Letter) notify.Written {
	h.t.Helper()
	h.queue(l)
	id := h.first().ID
	h.must(h.Deliver(h.t.Context(), id))
	_, words, err := h.Show(h.t.Context(), root, id)
	h.must(err)
	return *words
}

// whole has all that a letter can have, whatever its kind.
func whole(kind string) mail.Letter {
	return mail.Letter{Kind: kind, To: mail.Address{Name: "Ana Čížková", Email: "ana@example.org"},
		Args: map[string]string{"Name": "Root Example", "Path": "/t/42?seq=7", "Code": "482 913", "Group": "Harbour Network", "Minutes": "15", "Title": "Three days in June"}}
}

// golden wants a text as its file has it, and with -update writes the file.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v (make it with -update, and read it)", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

func TestALetterLooksAsItDidBefore(t *testing.T) {
	t.Parallel()
	w := open(t, testkit.SQLite(t)).read(whole("test"))
	for name, got := range map[string]string{"test.txt": w.Subject + "\n\n" + w.Text, "test.html": w.HTML} {
		golden(t, name, got)
	}
}

// Every kind that there are words for has a subject and something to say, and
// what it does with values it was not given must not show.
func TestEveryKindOfLetterHasItsWords(t *testing.T) {
	t.Parallel()
	words, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string][]string{}
	for _, key := range words.Localizer("en").Keys() {
		if part := strings.Split(key, "."); part[0] == "mail" && len(part) == 3 && part[1] != "frame" {
			parts[part[1]] = append(parts[part[1]], part[2])
		}
	}
	if len(parts) == 0 {
		t.Fatal("there are no letters, so the search itself is broken")
	}
	for kind, has := range parts {
		for _, must := range []string{"subject", "lead"} {
			if !slices.Contains(has, must) {
				t.Errorf("the letter %s has no %s", kind, must)
			}
		}
		for _, part := range has {
			if !slices.Contains([]string{"subject", "lead", "button", "code", "note"}, part) {
				t.Errorf("nothing shows %q of the letter %s", part, kind)
			}
		}
		if !words.Localizer("en").Has("mailkind." + kind) {
			t.Errorf("administrators have no word for letters of the kind %s: give it mailkind.%s", kind, kind)
		}
	}
}

func TestLettersOnlyLeadToTheForumItself(t *testing.T) {
	t.Parallel()
	h := open(t, testkit.SQLite(t))
	for path, want := range map[string]string{
		"/t/42?seq=7#c9":        "https://forum.example/t/42?seq=7#c9",
		"t/42":                  "https://forum.example/t/42",
		"//evil.example/x":      "https://forum.example/evil.example/x",
		"https://evil.example/": "https://forum.example/https://evil.example/",
		"@evil.example":         "https://forum.example/@evil.example",
		`\\evil.example`:        "https://forum.example/evil.example",
		"/%zz":                  "https://forum.example",
		"/a b\r\nc":             "https://forum.example",
		`/"><script>`:           "https://forum.example/%22%3E%3Cscript%3E",
		"":                      "https://forum.example/",
	} {
		l := whole("test")
		l.Args = map[string]string{"Name": "Root", "Path": path, "OtherPath": "/account"}
		w := h.read(l)
		if len(w.Links) != 2 || w.Links[0] != want || w.Links[1] != "https://forum.example/account" {
			t.Errorf("%q leads to %q, want %s", path, w.Links, want)
		}
		for _, link := range linksOf(t, w.HTML) {
			if u, err := url.Parse(link); err != nil || u.Host != "forum.example" || u.Scheme != "https" {
				t.Errorf("%q: the letter links to %q", path, link)
			}
		}
	}
}

func linksOf(t *testing.T, text string) (links []string) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && !slices.Contains(strings.Fields("html head meta title body div p a h1 br"), n.Data) {
			t.Errorf("<%s> is in the letter", n.Data)
		}
		for _, a := range n.Attr {
			if a.Key == "href" || a.Key == "src" {
				links = append(links, a.Val)
			}
		}
	}
	return links
}

func TestWhatPeopleTypeStaysTextInALetter(t *testing.T) {
	t.Parallel()
	h := open(t, testkit.SQLite(t))
	for _, typed := range []string{`<script>alert(1)</script>`, `<img src="https://evil.example/pixel.gif">`, "{{.Code}}", `"><a href="https://evil.example">`, "a\x00\x1b[31m", "\u202egnp.exe", "line\nBcc: x@example.org"} {
		l := whole("test")
		l.To.Name, l.Args["Name"] = typed, typed
		w := h.read(l)
		for _, link := range linksOf(t, w.HTML) {
			if !strings.HasPrefix(link, "https://forum.example") {
				t.Errorf("%q: the letter links to %q", typed, link)
			}
		}
		if strings.ContainsAny(w.Subject, "\r\n") || strings.ContainsAny(w.Text+w.HTML+w.Subject, "\x00\x1b\u202e") {
			t.Errorf("%q came through", typed)
		}
	}
}

func TestPlainTextIsBrokenBetweenWords(t *testing.T) {
	t.Parallel()
	h := open(t, testkit.SQLite(t))
	l := whole("test")
	l.Args["Name"] = strings.Repeat("word ", 60)
	l.Args["Path"] = "/" + strings.Repeat("x", 200)
	for line := range strings.Lines(h.read(l).Text) {
		if line = strings.TrimRight(line, "\n"); len([]rune(line)) > 72 && !strings.HasPrefix(line, "https://") {
			t.Errorf("this line is %d long: %s", len([]rune(line)), line)
		}
	}
	if w := h.read(l); !strings.Contains(w.Text, "\nhttps://forum.example/"+strings.Repeat("x", 200)+"\n") {
		t.Error("the address does not stand on a line of its own")
	}
}
