package app_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/forum"
	"plenary/pkg/group"
	"plenary/pkg/ledger"
	"plenary/pkg/person"
	"plenary/pkg/plain"
	"plenary/pkg/poll"
	"plenary/pkg/roster"
	"plenary/pkg/tally"
	"plenary/pkg/testkit/browser"
	"plenary/pkg/theme"
)

// payloads are attempts to make a page run a script: our own, and one in n of
// the public collection where it is there.
func payloads(t testing.TB, n int) []string {
	t.Helper()
	read := func(name string) []string {
		text, err := os.ReadFile(name)
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		return strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	}
	all := read("testdata/xss-payloads.txt")
	if len(all) < 20 {
		t.Fatalf("only %d attempts of our own", len(all))
	}
	public := read(shared + "xss-payloads.txt")
	if len(public) < 6000 {
		t.Log("the public collection is not beside the repository: our own attempts are made alone")
	}
	for i, line := range public {
		if i%n == 0 && line != "" {
			all = append(all, line)
		}
	}
	return all
}

// post writes a comment for each of the attempts, several at once, and gives the
// seq of the last.
func (r *running) post(who access.Actor, thread int64, texts []string) (last int64) {
	r.t.Helper()
	var wg sync.WaitGroup
	var mu sync.Mutex
	refused := 0
	for part := range slices.Chunk(texts, (len(texts)+7)/8) {
		wg.Go(func() {
			for _, text := range part {
				c, err := r.Forum.Post(r.ctx, who, thread, forum.NewComment{Body: text})
				mu.Lock()
				if err != nil {
					refused++
				}
				last = max(last, c.Seq)
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if refused > len(texts)/50 {
		r.t.Fatalf("%d of %d texts were refused", refused, len(texts))
	}
	return last
}

// packed puts up to four attempts into a text, to have fewer pages to open. Those
// that may swallow what comes after them stand alone.
func packed(all []string) (texts []string) {
	var pack []string
	for _, one := range all {
		if swallows.MatchString(one) {
			texts = append(texts, one)
			continue
		}
		if pack = append(pack, one); len(pack) == 4 {
			texts, pack = append(texts, strings.Join(pack, "\n\n")), nil
		}
	}
	return append(texts, strings.Join(pack, "\n\n"))
}

var swallows = regexp.MustCompile("(?i)<[!?]|<(script|style|textarea|title|xmp|plaintext|no|iframe|template|svg|math|select|object)|[`~\\[]|<[^>]*$")

func TestNoScriptInACommentRuns(t *testing.T) {
	t.Parallel()
	r := start(t, settings{})
	r.group("hall", "The hall", access.Public)
	ben := r.person("ben", "Ben", "", "hall", access.Member)
	thread := r.thread(ben, "hall")
	last := r.post(ben, thread, packed(payloads(t, 1)))
	var wg sync.WaitGroup
	const tabs, window = 2, 50
	for i := range int64(tabs) {
		tr := set(r.browse("ben", "/account"), r.URL)
		wg.Go(func() {
			for after := i * window; after < last; after += tabs * window {
				tr.visit(t, fmt.Sprintf("/t/%d?after=%d", thread, after))
			}
		})
	}
	wg.Wait()
}

func TestNoScriptThatArrivesLiveRuns(t *testing.T) {
	t.Parallel()
	r := start(t, settings{})
	r.group("hall", "The hall", access.Public)
	ben := r.person("ben", "Ben", "", "hall", access.Member)
	r.person("ana", "Ana", "", "hall", access.Member)
	thread := r.thread(ben, "hall")
	tr := set(r.browse("ana", "/account"), r.URL)
	path := fmt.Sprintf("/t/%d", thread)
	tr.visit(t, path)
	tr.Until("document.getElementById('live-state').dataset.state === 'live'")
	attempts := payloads(t, 22)
	r.post(ben, thread, attempts)
	end, err := r.Forum.Post(r.ctx, ben, thread, forum.NewComment{Body: "That was all."})
	if err != nil {
		t.Fatal(err)
	}
	tr.Until(fmt.Sprintf("document.getElementById('c-%d')", end.ID))
	if n := browser.Eval[int](tr.Tab, "document.querySelectorAll('article.comment').length"); n < len(attempts)*98/100 {
		t.Errorf("only %d of %d comments arrived", n, len(attempts))
	}
	tr.look(t, path)
}

// Names, titles and the like are text; each of them is shown in several places.
func TestNoScriptInANameOrATitleRuns(t *testing.T) {
	t.Parallel()
	r := start(t, settings{})
	root := r.person("root", "Root", "", "", "administrator")
	short := slices.DeleteFunc(payloads(t, 20), func(s string) bool {
		var refused errs.Fields
		plain.Line(&refused, "", s, true, 190)
		return refused != nil
	})
	next := 0
	attempt := func() string { next++; return short[next%len(short)] }
	made := r.mustGroup(root, attempt())
	r.nameEverything(root, made, attempt)
	tr := set(r.browse("root", "/account"), r.URL)
	for _, path := range []string{"/", "/groups", "/g/hall", "/g/hall/members", "/g/hall/themes", "/g/hall/polls", "/g/hall/decisions", "/g/hall/edit", "/admin", "/u/p1", "/account",
		"/t/1", "/t/1/edit", "/t/1/themes", "/t/1/themes/new", "/t/1/polls/new?method=choice", "/t/1/seen-by", "/c/1", "/c/1?edit=1", "/c/1/history", "/c/1/themes", "/themes/1", "/themes/2",
		"/p/1", "/p/2", "/p/2/outcome", "/t/2", "/t/3", "/g/den", "/g/den/ask", "/admin/groups", "/admin/mail", "/admin/mail/1", "/admin/people/2", "/admin/providers", "/t/1/people", "/signin/with/1"} {
		tr.visit(t, path)
	}
	first := set(browser.Person(t), r.URL)
	first.Open(r.URL + "/signin")
	browser.Eval[string](first.Tab, "document.cookie = "+strconv.Quote(r.sender(access.Actor{Person: 2}, new(atomic.Int64)).cookie+"; path=/"))
	for _, path := range []string{"/g/den", "/g/den/members", "/g/den/bans", "/g/den/invite", "/g/den/edit", "/g/den/providers", "/account/providers"} {
		first.visit(t, path)
	}
	for range 8 {
		for _, at := range []string{"/t/1/themes/new?text=", "/g/hall?tag=", "/admin?q=", "/t/1/polls/new?method="} {
			tr.visit(t, browser.Eval[string](tr.Tab, fmt.Sprintf("(() => { const u = new URL(%q + encodeURIComponent(%q), location); return u.pathname + u.search })()", at, attempt())))
		}
	}
}

func (r *running) mustGroup(root access.Actor, name string) group.Group {
	r.t.Helper()
	made, err := r.Groups.Create(r.ctx, root, group.NewGroup{Name: name, Handle: "hall", Description: strings.Join(payloads(r.t, 10_000)[:30], "\n\n"), Visibility: access.Public})
	if err != nil {
		r.t.Fatal(err)
	}
	return made
}

// nameEverything gives an attempt as a name to everything that has one.
func (r *running) nameEverything(root access.Actor, home group.Group, attempt func() string) {
	r.t.Helper()
	must := func(err error) {
		r.t.Helper()
		if err != nil {
			r.t.Fatal(err)
		}
	}
	must(r.People.SetForumName(r.ctx, root, attempt()[:min(20, len(attempt()))]))
	var people []access.Actor
	for i := range 40 {
		p, err := r.People.Add(r.ctx, root, person.NewPerson{Name: "a" + trimmed(attempt(), 90), Affiliation: trimmed(attempt(), 90), Handle: fmt.Sprint("p", i)})
		must(err)
		_, err = r.Groups.AddMember(r.ctx, root, "hall", p.Handle, access.Member)
		must(err)
		_, err = r.Groups.EditMember(r.ctx, access.System(), "hall", p.Handle, group.MemberEdit{Title: new(trimmed(attempt(), 40))})
		must(err)
		people = append(people, p.Actor())
	}
	for i := range 40 {
		t, err := r.Forum.Start(r.ctx, people[i], "hall", forum.NewThread{Title: attempt(), Body: attempt(), Tags: []string{trimmed(strings.ReplaceAll(attempt(), ",", ""), 25)}})
		must(err)
		must(r.Forum.MarkSeen(r.ctx, people[i], 1, 1))
		c, err := r.Forum.Post(r.ctx, people[i], 1, forum.NewComment{Body: attempt()})
		must(err)
		_, err = r.Forum.EditComment(r.ctx, people[i], c.ID, forum.CommentEdit{Body: attempt()})
		must(err)
		_, err = r.Forum.Post(r.ctx, people[i], 1, forum.NewComment{Body: attempt(), ParentID: c.ID})
		must(err)
		file, err := r.Forum.AddFile(r.ctx, people[i], forum.File{Name: attempt(), MediaType: "text/plain", Size: 1, SHA256: strings.Repeat("0", 64)})
		must(err)
		_, err = r.Forum.Post(r.ctx, people[i], 1, forum.NewComment{Body: fmt.Sprintf("[%s](%s/%s)", strings.NewReplacer("[", "", "]", "").Replace(file.Name), file.Path(), url.PathEscape(file.Name))})
		must(err)
		_, err = r.Themes.Propose(r.ctx, people[i], 1, []theme.NewTheme{{Title: attempt(), Description: attempt(), FromCommentID: c.ID, Quote: attempt()}})
		must(err)
		if i%10 == 9 {
			_, err = r.Forum.Close(r.ctx, root, t.ID, attempt())
			must(err)
		}
	}
	_, err := r.Themes.Decline(r.ctx, root, 2, attempt())
	must(err)
	r.askInEverywhere(people, attempt, must)
	r.askEverything(root, people, attempt, must)
}

// askInEverywhere fills what people tell a group that they want to come into, and
// what it tells them.
func (r *running) askInEverywhere(people []access.Actor, attempt func() string, must func(error)) {
	r.t.Helper()
	_, err := r.Groups.Create(r.ctx, people[0], group.NewGroup{Name: attempt(), Handle: "den", Description: attempt(), Visibility: access.Public, Joining: access.JoinOnRequest, JoinQuestion: attempt()})
	must(err)
	for i, who := range people[1:] {
		if i%2 == 0 {
			must(r.Groups.Ban(r.ctx, people[0], "den", fmt.Sprint("p", i+1), attempt()))
			continue
		}
		_, err = r.Groups.Ask(r.ctx, who, "den", attempt())
		must(err)
	}
	entries := []roster.Entry{{Line: 1, Email: "x@example.org", Name: trimmed(attempt(), 60)}}
	_, err = r.Groups.InviteByMail(r.ctx, people[0], "den", group.Mailing{Entries: entries, Message: attempt()})
	must(err)
	r.sql("INSERT INTO providers (id, name, issuer, client_id, created_at) VALUES (1, ?, 'https://id.example', 'forum', 1)", attempt())
}

func (r *running) askEverything(root access.Actor, people []access.Actor, attempt func() string, must func(error)) {
	r.t.Helper()
	options := make([]poll.NewOption, 40)
	for i := range options {
		options[i].Label = fmt.Sprint(i, trimmed(attempt(), 100))
	}
	for i := range 2 {
		p, err := r.Polls.Start(r.ctx, root, 1, poll.NewPoll{Title: attempt(), Details: attempt(), Method: "choice", Options: options, Settings: poll.Settings{Results: access.Always}, ClosesAt: r.Now().Add(time.Hour)})
		must(err)
		for j, who := range people {
			_, err := r.Polls.Cast(r.ctx, who, p.ID, poll.NewBallot{Answer: ledger.Answer{Form: tally.Marks, Chosen: []int64{p.Options[j%len(options)].ID}}, Reason: attempt()})
			must(err)
		}
		if i == 1 {
			_, err = r.Polls.Close(r.ctx, root, p.ID)
			must(err)
			_, err = r.Polls.Conclude(r.ctx, root, p.ID, poll.NewOutcome{Statement: attempt()})
			must(err)
		}
	}
}

func trimmed(s string, limit int) string {
	runes := []rune(s)
	return strings.TrimSpace(string(runes[:min(limit, len(runes))]))
}

// The checks above prove something only if they notice the same attempts in a
// page that takes them as they are.
func TestTheSameScriptsRunWhereNothingStopsThem(t *testing.T) {
	t.Parallel()
	all := payloads(t, 40)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var i, n int
		if _, err := fmt.Sscanf(r.URL.RawQuery, "%d-%d", &i, &n); err != nil {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if n == 0 {
			fmt.Fprintf(w, `<!doctype html><body class="body"><p title="%s">%s</p>`, strings.ReplaceAll(all[i], `"`, "&quot;"), all[i])
			return
		}
		fmt.Fprint(w, "<!doctype html>")
		for j := i; j < min(i+n, len(all)); j++ {
			fmt.Fprintf(w, `<iframe sandbox="allow-scripts allow-same-origin" src="/?%d-0"></iframe>`, j)
		}
	}))
	t.Cleanup(server.Close)
	tr := set(browser.Person(t), server.URL)
	const window = 40
	ran := map[string]bool{}
	for i := 0; i < len(all); i += window {
		tr.Do(chromedp.Navigate(fmt.Sprintf("%s/?%d-%d", server.URL, i, window)))
		browser.Eval[bool](tr.Tab, `(() => { for (const f of document.querySelectorAll("iframe")) try { f.contentWindow.eval(`+"`"+provoke+"`"+`) } catch {}; return true })()`)
		for _, frame := range browser.Eval[[]string](tr.Tab, "window.ran") {
			ran[frame] = true
		}
	}
	t.Logf("%d of %d attempts ran", len(ran), len(all))
	if len(ran) < len(all)/3 {
		t.Errorf("only %d of %d attempts ran", len(ran), len(all))
	}
	if len(tr.caught) == 0 {
		t.Error("none of them asked for anything from another host")
	}
	tr.Do(chromedp.Navigate(server.URL + "/?0-0"))
	if found := browser.Eval[[]string](tr.Tab, strays); len(found) == 0 {
		t.Errorf("nothing strange is found in a page with %s", all[0])
	}
}
