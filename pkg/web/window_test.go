package web

import (
	"context"
	"fmt"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"

	"plenary/pkg/forum"
	"plenary/pkg/testkit"
)

// long imports a discussion of n comments, one an hour: seq 2 to n+1.
func (h *house) long(key string, n int) int64 {
	h.t.Helper()
	start := h.clock.Now().Add(-time.Duration(n) * time.Hour)
	in := forum.Imported{Key: key, Title: "A long one", Body: "It began so.", At: start, Public: true, Author: forum.ImportedPerson{Key: "a", Name: "Ann Other"}}
	for i := range n {
		in.Comments = append(in.Comments, forum.ImportedComment{Author: forum.ImportedPerson{Key: fmt.Sprint(i % 7), Name: fmt.Sprintf("Person %d", i%7)},
			At: start.Add(time.Duration(i) * time.Hour), Body: fmt.Sprintf("Comment number %d.", i+1)})
	}
	made, _, err := h.site.Forum.Import(context.Background(), "harbour", in)
	h.must(err)
	return made.ID
}

// shown are the first and the last seq of the page's items, and their number.
func shown(s seen) (first, last, n int) {
	s.page.Find("#timeline [data-seq]").Each(func(i int, item *goquery.Selection) {
		seq, _ := strconv.Atoi(item.AttrOr("data-seq", ""))
		if n == 0 {
			first = seq
		}
		last = seq
		n++
	})
	return first, last, n
}

func TestALongThreadOpensWhereItIsAskedTo(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const comments = 400
		id := h.long("long", comments)
		for _, tc := range []struct {
			query          string
			first, last, n int
			atEnd          string
			earlier, later bool
		}{
			{"", 2, 51, 50, "false", false, true},
			{"?after=0", 2, 51, 50, "false", false, true},
			{"?after=51", 52, 101, 50, "false", true, true},
			{"?before=52", 2, 51, 50, "false", false, true},
			{"?before=2", 2, 51, 50, "false", false, true},
			{"?seq=200", 190, 239, 50, "false", true, true},
			{"?seq=3", 2, 51, 50, "false", false, true},
			{"?seq=401", 352, 401, 50, "true", true, false},
			{"?end=1", 352, 401, 50, "true", true, false},
			{"?before=", 352, 401, 50, "true", true, false},
			{"?after=390", 391, 401, 11, "true", true, false},
			{"?after=99999", 352, 401, 50, "true", true, false},
			{"?seq=99999", 352, 401, 50, "true", true, false},
		} {
			page := h.browser("").get(fmt.Sprintf("/t/%d%s", id, tc.query)).status(200)
			first, last, n := shown(page)
			list := page.page.Find("#timeline")
			if first != tc.first || last != tc.last || n != tc.n || list.AttrOr("data-at-end", "") != tc.atEnd {
				t.Errorf("%q shows %d items from %d to %d, at end %s; want %d from %d to %d, %s", tc.query, n, first, last,
					list.AttrOr("data-at-end", ""), tc.n, tc.first, tc.last, tc.atEnd)
			}
			if e, l := page.page.Find(".more-items a[href*='before=']").Length() > 0, page.page.Find(".more-items a[href*='end=1']").Length() > 0; e != tc.earlier || l != tc.later {
				t.Errorf("%q: earlier %v, later %v; want %v, %v", tc.query, e, l, tc.earlier, tc.later)
			}
		}
		for _, query := range []string{"?seq=x", "?after=-1", "?at=yesterday", "?before=99999999999999999999"} {
			h.browser("").get(fmt.Sprintf("/t/%d%s", id, query)).status(422)
		}
		day := h.clock.Now().Add(-100 * time.Hour).Format(time.DateOnly)
		if first, _, n := shown(h.browser("").get(fmt.Sprintf("/t/%d?at=%s", id, day)).status(200)); first < 270 || first > 310 || n != 50 {
			t.Errorf("a day shows %d items from %d", n, first)
		}
	})
}

// The pages of a thread, followed by their links in both directions, show every
// item once and in order.
func TestFollowingTheLinksShowsEveryItemOnce(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		id := h.long("long", 173)
		var want []string
		for seq := 2; seq <= 174; seq++ {
			want = append(want, strconv.Itoa(seq))
		}
		var down, up []string
		for path := fmt.Sprintf("/t/%d", id); path != ""; {
			page := h.browser("").get(path).status(200)
			down = append(down, seqs(page)...)
			path = page.page.Find(".more-items a[href*='after=']").Not("[href$='after=0']").AttrOr("href", "")
		}
		for path := fmt.Sprintf("/t/%d?end=1", id); path != ""; {
			page := h.browser("").get(path).status(200)
			up = append(seqs(page), up...)
			path = page.page.Find(".more-items a[href*='before=']").AttrOr("href", "")
		}
		if diff := cmp.Diff(want, down); diff != "" {
			t.Errorf("downwards (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(want, up); diff != "" {
			t.Errorf("upwards (-want +got):\n%s", diff)
		}
	})
}

func seqs(s seen) []string {
	var out []string
	s.page.Find("#timeline [data-seq]").Each(func(_ int, item *goquery.Selection) { out = append(out, item.AttrOr("data-seq", "")) })
	return out
}

func TestAReaderGoesOnAtTheFirstUnreadComment(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		id := h.long("long", 200)
		path := fmt.Sprintf("/t/%d", id)
		ben := h.browser("ben")
		u := ben.get(path).status(200) // the first visit, without scripts: what was shown is seen
		if u.page.Find("#unread").Length() != 0 {
			t.Error("the first visit has an unread line")
		}
		again := ben.get(path).status(200)
		if first, _, _ := shown(again); first != 42 {
			t.Errorf("the second visit begins at %d, want ten items before the first unread", first)
		}
		if next := again.page.Find("#unread").NextAll().First().Find("[data-seq]").AttrOr("data-seq", ""); next != "52" {
			t.Errorf("the unread line stands before %s, want 52", next)
		}
		h.browser("cleo").get(path)
		scripted := h.browser("cleo")
		scripted.cookie("zone", "Europe/Brussels")
		for range 2 { // with scripts a look alone marks nothing
			if first, _, _ := shown(scripted.get(path)); first != 42 {
				t.Errorf("a reader with scripts begins at %d", first)
			}
		}
		scripted.post(path+"/seen", "seq", "150").status(204)
		far := scripted.get(path + "?after=0").status(200)
		if link := far.page.Find(".talk-head a").AttrOr("href", ""); link != fmt.Sprintf("/t/%d/a-long-one?seq=151#unread", id) {
			t.Errorf("the link to the first unread is %q", link)
		}
		scripted.post(path+"/seen", "seq", "99999").status(204)
		if _, last, n := shown(scripted.get(path)); last != 201 || n != 50 {
			t.Errorf("who has read all sees %d items up to %d", n, last)
		}
	})
}

func (b *browser) cookie(name, value string) {
	b.client.Jar.SetCookies(originURL, cookies(name, value))
}

func TestAPrefetchedPageIsNotSeen(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		id := h.long("long", 60)
		for _, purpose := range []string{"prefetch", "prefetch;prerender"} {
			h.browser("ben").prefetch(fmt.Sprintf("/t/%d", id), purpose).status(200)
		}
		state, err := h.site.Forum.ReadState(context.Background(), h.actor("ben"), id)
		h.must(err)
		if state.Opened {
			t.Errorf("it counts as seen: %+v", state)
		}
	})
}

// statements counts what a page asks the database.
func (h *house) statements(ask func()) int64 {
	h.t.Helper()
	var n atomic.Int64
	count := func(*gorm.DB) { n.Add(1) }
	g := h.db.Read(context.Background())
	name := fmt.Sprintf("test:%d", h.clock.Now().UnixNano())
	h.must(g.Callback().Query().Before("gorm:query").Register(name, count))
	h.must(g.Callback().Row().Before("gorm:row").Register(name, count))
	h.must(g.Callback().Raw().Before("gorm:raw").Register(name, count))
	ask()
	h.must(g.Callback().Query().Remove(name))
	h.must(g.Callback().Row().Remove(name))
	h.must(g.Callback().Raw().Remove(name))
	return n.Load()
}

func TestAThreadOfTenThousandCommentsAsksNoMoreThanAShortOne(t *testing.T) {
	t.Parallel()
	h := newHouse(t, testkit.SQLite(t))
	short, long := h.long("short", 120), h.long("long", 10_000)
	for _, name := range []string{"", "ben"} {
		b := h.browser(name)
		b.cookie("zone", "Europe/Brussels") // what was seen is told by scripts
		for _, id := range []int64{short, long} {
			h.must(h.site.Forum.MarkSeen(context.Background(), h.actor("ben"), id, 30))
			b.get(fmt.Sprintf("/t/%d", id)).status(200)
		}
		for _, query := range []string{"", "?after=0", "?end=1", "?seq=40", "?before=50"} {
			few := h.statements(func() { b.get(fmt.Sprintf("/t/%d%s", short, query)).status(200) })
			many := h.statements(func() { b.get(fmt.Sprintf("/t/%d%s", long, query)).status(200) })
			if few != many {
				t.Errorf("%q for %q: %d statements for 120 comments, %d for 10,000", query, name, few, many)
			}
			if many > statementBudget {
				t.Errorf("%q for %q: %d statements, the budget is %d", query, name, many, statementBudget)
			}
		}
	}
	page := h.browser("").get(fmt.Sprintf("/t/%d?end=1", long)).status(200)
	if first, last, n := shown(page); first != 9952 || last != 10_001 || n != 50 {
		t.Errorf("the end shows %d items from %d to %d", n, first, last)
	}
	if _, last, n := shown(h.browser("ben").get(fmt.Sprintf("/t/%d?seq=5000", long))); last != 5039 || n != 50 {
		t.Errorf("the middle shows %d items to %d", n, last)
	}
}

// statementBudget is how often a thread page may ask the database: for the thread
// and its timeline, its polls, themes with their rules, and programmes.
const statementBudget = 28
