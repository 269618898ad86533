package view

import (
	"bytes"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"plenary/pkg/i18n"
)

func TestManyReadersAtOnceGetTheSamePage(t *testing.T) {
	t.Parallel()
	r := newTestRenderer(t)
	page := WelcomePage{Frame: frame("/", nil), Threads: rows()}
	want := render(t, r, page)
	var readers sync.WaitGroup
	for range 8 {
		readers.Go(func() {
			var got bytes.Buffer
			if err := r.Render(&got, "en", page); err != nil || got.String() != want {
				t.Errorf("got another page, or the error %v", err)
			}
		})
	}
	readers.Wait()
}

func TestAnUnknownLanguageIsAnsweredInTheLastResort(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := newTestRenderer(t).Render(&b, "tlh", WelcomePage{Frame: frame("/", nil)}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), `<html lang="en" dir="ltr"`) {
		t.Error("the page does not say that it is English")
	}
}

func TestDevelopersSeeAChangedTemplateAtOnce(t *testing.T) {
	t.Parallel()
	bundle, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	file := &fstest.MapFile{Data: []byte(`{{define "marker"}}before{{end}}`)}
	files := fstest.MapFS{"partials/marker.html": file}
	r, err := New(Options{Files: files, Bundle: bundle, Asset: testAsset, Dev: true})
	if err != nil {
		t.Fatal(err)
	}
	file.Data = []byte(`{{define "marker"}}after{{end}}`)
	if got := partial(t, r, Marker{}); got != "after" {
		t.Errorf("got %q", got)
	}
}

func TestAPageThatFailsWritesNothing(t *testing.T) {
	t.Parallel()
	bundle, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	r, err := New(Options{Files: fstest.MapFS{"layouts/l.html": {Data: []byte(`{{define "layout"}}begun {{.NoSuchField}}{{end}}`)}, "pages/home.html": {Data: []byte(`{{define "main"}}{{end}}`)}}, Bundle: bundle, Asset: testAsset})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := r.Render(&b, "en", HomePage{}); err == nil || b.Len() > 0 {
		t.Errorf("error %v after writing %q", err, b.String())
	}
}

func TestNamesFromPeopleCannotBecomeMarkup(t *testing.T) {
	t.Parallel()
	r := newTestRenderer(t)
	evil := `<img src=x onerror=alert(1)>"'`
	page := ThreadPage{Frame: frame("/t/1", &Viewer{ID: 1, Name: evil, Handle: "e"}), Thread: head()}
	page.Thread.Title, page.Thread.Author.Name, page.Thread.Author.Affiliation, page.Thread.Tags = evil, evil, evil, []string{evil}
	page.Thread.Closed = &Closing{By: Person{Name: evil}, Reason: evil}
	page.Forum = evil
	if got := render(t, r, page); strings.Contains(got, "<img") {
		t.Error("a name became an element")
	}
	for _, p := range []Partial{Marker{Kind: "theme.proposed", Actor: Person{ID: 1, Name: evil}, Reason: evil, Subject: Link{evil, "/themes/1"}}, ThemeCard{Title: evil, Proposer: Person{Name: evil}, CanSupport: true}} {
		if strings.Contains(string(partial(t, r, p)), "<img") {
			t.Errorf("%T: a name became an element", p)
		}
	}
}

func TestEveryPartialCanBeRenderedEmpty(t *testing.T) {
	t.Parallel()
	r := newTestRenderer(t)
	for _, p := range []Partial{Comment{}, Marker{Kind: "thread.closed"}, Outcome{}, PollCard{Method: "choice"}, ThemeCard{State: "proposed"}} {
		if err := r.RenderPartial(io.Discard, "en", p); err != nil {
			t.Errorf("%T: %v", p, err)
		}
	}
}

func TestACardQuotesOnlyWhatItDoesNotSayItself(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ title, quote, want string }{
		{"New infrastructure", "New infrastructure: fibre and cloud", ""},
		{"Bodies made up of emerging (not necessarily…", "Bodies made up of emerging (not necessarily cooperative) firms", ""},
		{"Open up and let go", "A network requires opening up", "A network requires opening up"},
		{"Directly proposed", "", ""},
	} {
		if got := (ThemeCard{Title: c.title, Quote: c.quote}).Quoted(); got != c.want {
			t.Errorf("%q out of %q quotes %q, want %q", c.title, c.quote, got, c.want)
		}
	}
}
