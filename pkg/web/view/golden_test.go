package view

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
)

var update = flag.Bool("update", false, "write the golden files again")

func render(t *testing.T, r *Renderer, p Page) string {
	t.Helper()
	var b bytes.Buffer
	if err := r.Render(&b, "en", p); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestPagesLookAsTheyDidBefore(t *testing.T) {
	t.Parallel()
	r := newTestRenderer(t)
	for _, s := range fixtures(t, r) {
		t.Run(s.name, func(t *testing.T) {
			compareGolden(t, filepath.Join("testdata", "pages", s.name+".html"), mainOf(t, render(t, r, s.page)))
		})
	}
}

func TestTheFrameLooksAsItDidBefore(t *testing.T) {
	t.Parallel()
	page := render(t, newTestRenderer(t), HomePage{Frame: frame("/", administrator())})
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	compareGolden(t, filepath.Join("testdata", "pages", "frame.html"), indented(root))
}

func TestLiveFragmentsLookAsTheyDidBefore(t *testing.T) {
	t.Parallel()
	r := newTestRenderer(t)
	for name, p := range streams() {
		t.Run(name, func(t *testing.T) {
			root, err := html.Parse(strings.NewReader("<body>" + string(partial(t, r, p))))
			if err != nil {
				t.Fatal(err)
			}
			compareGolden(t, filepath.Join("testdata", "streams", name+".html"), indented(element(root, "body")))
		})
	}
}

func TestAnswersToOwnFormsLookAsTheyDidBefore(t *testing.T) {
	t.Parallel()
	r := newTestRenderer(t)
	card := proposal()
	card.Receipt = &Receipt{At: ago(time.Minute), Revision: 1, Choices: []string{"Agree"}, Code: "7FQ2-K9", CanChange: true}
	own := comments()[0]
	own.Reactions[0].Mine = true
	for name, p := range map[string]Partial{"voted": Voted{card}, "reacted": Reacted{own}, "supported": Supported{themes()[0]}} {
		root, err := html.Parse(strings.NewReader("<body>" + string(partial(t, r, p))))
		if err != nil {
			t.Fatal(err)
		}
		compareGolden(t, filepath.Join("testdata", "streams", "answer-"+name+".html"), indented(element(root, "body")))
	}
}

// streams are all live events, each with the least and the most that it brings.
func streams() map[string]Partial {
	cs := comments()
	closed := proposal()
	closed.State, closed.ClosedAt, closed.Results, closed.Clock = "closed", ago(day), proposalResults(), Clock{}
	open := openPoll()
	open.Clock = Clock{}
	always := proposal()
	always.Results, always.Clock = proposalResults(), Clock{}
	sealed := openPoll()
	sealed.State, sealed.ClosedAt, sealed.Beacon, sealed.Clock = "sealed", ago(day), &Beacon{Round: 1000, At: ago(day)}, Clock{}
	shut := head()
	shut.Closed = &Closing{By: bram, At: ago(day), Reason: "Printed."}
	marker := Marker{Seq: 12, Kind: "poll.closed", At: ago(day), Subject: Link{closed.Title, closed.URL()}}
	card := themes()[0]
	card.Mine, card.CanSupport = false, false
	talk := &ThemeTalk{Card: card, Item: ThemeComment{Comment: cs[0], Question: true}, Asked: &ThemeComment{Comment: Comment{ID: 3}, Question: true, Answer: cs[0].ID}}
	gone := &ThemeTalk{Card: card, Item: ThemeComment{Comment: cs[3], Question: true}}
	return map[string]Partial{
		"comment-created": CommentCreated{Comment: cs[0]}, "comment-on-theme": CommentCreated{Comment: cs[0], On: talk}, "comment-edited": CommentChanged{Comment: cs[2], Excerpt: "We meet"}, "comment-deleted": CommentChanged{Comment: cs[3]}, "comment-on-theme-deleted": CommentChanged{Comment: cs[3], On: gone}, "reactions": ReactionsChanged{cs[4]},
		"theme-proposed": ThemeProposed{card, Marker{Seq: 9, Kind: "theme.proposed", At: ago(day), Actor: fadi, Subject: Link{card.Title, card.URL()}}, 3}, "theme-changed": ThemeChanged{Card: card}, "theme-back": ThemeChanged{Card: card, Moved: true, Back: true},
		"themes-convened": ThemesConvened{[]ThemeCard{tied(), card}, false, &Marker{Seq: 17, Kind: "theme.merged", At: ago(day), Actor: fadi, Reason: "Alike", Subject: Link{card.Title, card.URL()}, Object: Link{"Fibre for all", "/themes/5"}}},
		"poll-opened":     PollOpened{open, themes()[:1]}, "poll-voted-hidden": PollVoted{open}, "poll-voted-shown": PollVoted{always}, "poll-closed": PollChanged{closed, nil, &marker}, "poll-extended": PollChanged{Card: open}, "poll-sealed": PollChanged{Card: sealed},
		"outcome-new": OutcomeChanged{*decided(), true, nil}, "outcome-edited": OutcomeChanged{*decided(), false, nil},
		"outcome-own": OutcomeChanged{*decided(), true, &Marker{Seq: 15, Kind: "outcome.published", At: ago(day), Actor: bram}}, "poll-opened-own": PollChanged{Card: open, Marker: &Marker{Seq: 2, Kind: "poll.opened", At: ago(day), Actor: bram}},
		"programme-published": ProgrammeChanged{Public: true, Marker: &Marker{Seq: 16, Kind: "programme.published", At: ago(day), Actor: bram, Subject: Link{"Harbour Assembly", "/e/5/changes"}, Again: true}}, "programme-edited": ProgrammeChanged{},
		"group-changed": GroupChanged{},
		"thread-closed": ThreadStateChanged{shut, Marker{Seq: 13, Kind: "thread.closed", At: ago(day), Actor: bram, Reason: "Printed."}}, "thread-reopened": ThreadStateChanged{head(), Marker{Seq: 14, Kind: "thread.reopened", At: ago(day), Actor: bram}},
		"thread-edited": ThreadEdited{head(), "<p>New words.</p>"},
	}
}

func compareGolden(t *testing.T, file, got string) {
	t.Helper()
	if strings.Contains(got, "<no value>") {
		t.Error("a message asks for a value that it is not given")
	}
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v (write it with -update)", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("differs from %s; look at it, then run with -update (-want +got):\n%s", file, diff)
	}
}

// mainOf is the title and the main part of a page, indented for reading.
func mainOf(t *testing.T, page string) string {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	title := element(root, "title")
	return "<!-- " + title.FirstChild.Data + " -->\n" + indented(element(root, "main"))
}

func element(n *html.Node, name string) *html.Node {
	if n.Type == html.ElementNode && n.Data == name {
		return n
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if hit := element(c, name); hit != nil {
			return hit
		}
	}
	return nil
}

// indented writes one element or text a line.
func indented(n *html.Node) string {
	var b strings.Builder
	indent(&b, n, 0)
	return b.String()
}

func indent(b *strings.Builder, n *html.Node, depth int) {
	pad := strings.Repeat(" ", depth)
	switch n.Type {
	case html.TextNode:
		if text := strings.Join(strings.Fields(n.Data), " "); text != "" {
			b.WriteString(pad + text + "\n")
		}
	case html.ElementNode:
		b.WriteString(pad + "<" + n.Data)
		for _, a := range n.Attr {
			b.WriteString(" " + a.Key + `="` + a.Val + `"`)
		}
		b.WriteString(">\n")
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		indent(b, c, depth+1)
	}
}
