package web

import (
	"bytes"
	"fmt"
	"net/http"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"plenary/pkg/edge"
	"plenary/pkg/forum"
)

// pages keeps thread pages as visitors see them, who are all shown the same. A
// page is good for as long as nothing has happened in the thread; that it is
// there and may be read is asked anew each time.
type pages struct {
	kept *lru.Cache[pageKey, keptPage]
}

const (
	pagesKept    = 256
	pageLasts    = 10 * time.Second // names and times that no event tells of may be so old
	longestQuery = 64               // bytes; others are nobody's bookmark
)

// pageKey is what a visitor's page depends on.
type pageKey struct {
	thread, lastSeq               int64
	seenBy                        int
	uri, lang, zone, theme, forum string
}

type keptPage struct {
	html []byte
	at   time.Time
}

func newPages() (*pages, error) {
	kept, err := lru.New[pageKey, keptPage](pagesKept)
	if err != nil {
		return nil, fmt.Errorf("make room for pages: %w", err)
	}
	return &pages{kept}, nil
}

// visitorsThread answers a visitor with the thread's page, made once for all.
func (s *Site) visitorsThread(c edge.Ctx, t forum.Thread) error {
	key := pageKey{t.ID, t.LastSeq, t.SeenByCount, c.Request().URL.RequestURI(), s.words(c).Lang(), edge.Zone(c).String(), themeCookie(c), s.forumName(ctx(c))}
	now := s.Now()
	if page, ok := s.pages.kept.Get(key); ok && now.Sub(page.at) < pageLasts {
		return s.sendHTML(c, http.StatusOK, page.html)
	}
	p, _, err := s.fillThread(c, t, forum.ReadState{}, nil)
	if err != nil {
		return err
	}
	var html bytes.Buffer
	if err := s.View.Render(&html, key.lang, p); err != nil {
		return err
	}
	if len(c.Request().URL.RawQuery) <= longestQuery {
		s.pages.kept.Add(key, keptPage{html.Bytes(), now})
	}
	return s.sendHTML(c, http.StatusOK, html.Bytes())
}
