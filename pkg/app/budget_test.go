package app_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/andybalholm/brotli"

	"plenary/pkg/access"
	"plenary/pkg/forum"
)

// What a thread's page may weigh with a hundred comments, and what it may fetch.
const (
	pageBudget    = 25_000 // bytes, as brotli leaves them
	requestBudget = 5      // with the page itself, without pictures
)

// The comments are those of the made-up assembly over and over, each with a
// number, so that they are as long as people write. The page shows a window of them.
func TestAThreadOfAHundredCommentsIsLight(t *testing.T) {
	f := madeUp(t)
	ids := make([]int64, 40)
	for i := range ids {
		ids[i] = int64(i + 1)
	}
	found, err := f.Forum.Comments(f.ctx, ids)
	if err != nil {
		t.Fatal(err)
	}
	var words []string
	for _, id := range ids {
		if c, ok := found[id]; ok && c.Body != "" {
			words = append(words, c.Body)
		}
	}
	who := f.person("ida", "Ida Holm", "Fjord Bakers", "lodestone", access.Member)
	id := f.thread(who, "lodestone")
	for i := range 100 {
		if _, err := f.Forum.Post(f.ctx, who, id, forum.NewComment{Body: fmt.Sprintf("No. %d: %s", i, words[i%len(words)])}); err != nil {
			t.Fatal(err)
		}
	}
	answer, err := http.Get(fmt.Sprintf("%s/t/%d?after=0", f.URL, id))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	html, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	var small bytes.Buffer
	press := brotli.NewWriterLevel(&small, 5)
	if _, err := press.Write(html); err != nil {
		t.Fatal(err)
	}
	if err := press.Close(); err != nil {
		t.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(html))
	if err != nil {
		t.Fatal(err)
	}
	shown := doc.Find("#timeline .comment").Length()
	t.Logf("%d comments: %d bytes, %d with brotli, %d elements", shown, len(html), small.Len(), doc.Find("*").Length())
	if small.Len() > pageBudget {
		t.Errorf("the page weighs %d bytes, at most %d are allowed", small.Len(), pageBudget)
	}
	if n := 1 + doc.Find("link[rel=stylesheet], link[rel=icon], script[src]").Length(); n > requestBudget || strings.Contains(string(html), "<style") {
		t.Errorf("the page needs %d requests, at most %d are allowed, and no styles within", n, requestBudget)
	}
}
