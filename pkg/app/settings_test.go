package app_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"plenary/pkg/access"
	"plenary/pkg/forum"
	"plenary/pkg/group"
	"plenary/pkg/testkit"
)

// obeyed is something that a group decides, as people and programs meet it.
type obeyed struct {
	setting  access.Setting
	open     access.Role // with it the person may
	closed   access.Role // with it they may not
	who      string      // "ben", a member, or "mo", a moderator
	page     string      // which shows
	button   string      // this, to who may
	form     string      // address to send it to
	fields   url.Values
	call     string // of the API, "POST /threads/1/comments"
	body     any
	words    string // what the page says to who may not
	code     string // and the API
	rejected int    // the status to both; 403 where 0
}

// hall is a group with a thread of ana's, with a comment by her and one by ben.
func hallWithSettings(t *testing.T, database string) (*running, map[string]access.Actor) {
	r := start(t, settings{database: database})
	r.group("hall", "The hall", access.Public)
	who := map[string]access.Actor{"ana": r.person("ana", "Ana", "", "hall", access.Admin),
		"mo": r.person("mo", "Mo", "", "hall", access.Moderator), "ben": r.person("ben", "Ben", "", "hall", access.Member)}
	r.person("cy", "Cy", "", "", "")
	if _, err := r.Forum.Start(r.ctx, who["ana"], "hall", forum.NewThread{Title: "Lamps", Body: "Which?"}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"ana", "ben"} {
		if _, err := r.Forum.Post(r.ctx, who[name], 1, forum.NewComment{Body: "By " + name}); err != nil {
			t.Fatal(err)
		}
	}
	return r, who
}

func rulesOfTheHall(r *running) []obeyed {
	closes := r.Now().AddDate(0, 0, 7)
	return []obeyed{
		{setting: access.StartThreads, open: access.Member, closed: access.Moderator, who: "ben", page: "/g/hall", button: `a[href="/g/hall/threads/new"]`,
			form: "/g/hall/threads", fields: url.Values{"title": {"x"}, "body": {"x"}}, call: "POST /groups/hall/threads", body: map[string]string{"title": "x", "body": "x"},
			words: "This is for the moderators of the group.", code: "access.needs_moderator"},
		{setting: access.Comment, open: access.Member, closed: access.Admin, who: "ben", page: "/t/1", button: "#composer textarea, [data-viewer-can~=comment]",
			form: "/t/1/comments", fields: url.Values{"body": {"x"}}, call: "POST /threads/1/comments", body: map[string]string{"body": "x"},
			words: "This is for the admins of the group.", code: "access.needs_admin"},
		{setting: access.ProposeThemes, open: access.Member, closed: access.Moderator, who: "ben", page: "/t/1", button: `a[href$="/themes/new"], [data-viewer-can~=propose]`,
			form: "/t/1/themes", fields: url.Values{"use": {"0"}, "title": {"x"}}, call: "POST /threads/1/themes", body: map[string]string{"title": "x"},
			words: "This is for the moderators of the group.", code: "access.needs_moderator"},
		{setting: access.RaisePolls, open: access.Moderator, closed: access.Admin, who: "mo", page: "/t/1", button: `a[href$="/polls/new"]`,
			form: "/t/1/polls", fields: url.Values{"title": {"x"}, "method": {"proposal"}, "closes_at": {closes.Format("2006-01-02T15:04")}},
			call: "POST /threads/1/polls", body: map[string]any{"title": "x", "method": "proposal", "closes_at": closes},
			words: "This is for the admins of the group.", code: "access.needs_admin"},
		{setting: access.PlanProgrammes, open: access.Moderator, closed: access.Admin, who: "mo", page: "/t/1", button: `a[href$="/events/new"]`,
			form: "/t/1/events", fields: url.Values{"title": {"x"}, "template": {"meeting"}, "starts_on": {"2031-06-20"}, "days": {"1"}, "time_zone": {"UTC"}},
			call: "POST /events", body: map[string]any{"thread": 1, "title": "x", "template": "meeting", "time_zone": "UTC", "starts_on": "2031-06-20"},
			words: "This is for the admins of the group.", code: "access.needs_admin"},
		{setting: access.AddMembers, open: access.Moderator, closed: access.Admin, who: "mo", page: "/g/hall/members", button: `form[method="post"][action="/g/hall/members"], a[href="/g/hall/invite"]`,
			form: "/g/hall/members", fields: url.Values{"person": {"cy"}, "role": {"member"}}, call: "POST /groups/hall/memberships", body: map[string]string{"user": "cy"},
			words: "This is for the admins of the group.", code: "access.needs_admin"},
		{setting: access.MentionAll, open: access.Moderator, closed: access.Nobody, who: "mo", page: "/mentions?thread=1&q=al", button: "all",
			form: "/t/1/comments", fields: url.Values{"body": {"Hear, @everyone"}}, call: "POST /threads/1/comments", body: map[string]string{"body": "Hear, @group"},
			words: "everybody", code: "error.invalid", rejected: 422},
		{setting: access.EditOthers, open: access.Moderator, closed: access.Nobody, who: "mo", page: "/c/1?edit=1", button: `form[action="/c/1/edit"]`,
			form: "/c/1/edit", fields: url.Values{"body": {"x"}}, call: "PATCH /comments/1", body: map[string]string{"body": "y"},
			words: "Only the person who wrote this", code: "access.only_own"},
		{setting: access.DeleteOwn, open: access.Member, closed: access.Moderator, who: "ben", page: "/c/2", button: `form[action="/c/2/delete"]`,
			form: "/c/2/delete", call: "DELETE /comments/2", words: "This is for the moderators of the group.", code: "access.needs_moderator"},
	}
}

func TestWhatAGroupDecidesIsObeyedOnPagesInTheAPIAndLive(t *testing.T) {
	t.Parallel()
	for name, database := range map[string]func() string{"sqlite": func() string { return "" }, "postgres": func() string { return testkit.PostgresURL(t) }} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, who := hallWithSettings(t, database())
			seen := map[access.Setting]bool{}
			for _, o := range rulesOfTheHall(r) {
				seen[o.setting] = true
				t.Run(string(o.setting), func(t *testing.T) { r.obeys(t, o, who) })
			}
			for _, setting := range access.Settings() {
				if !seen[setting] {
					t.Errorf("nothing tests %s", setting)
				}
			}
		})
	}
}

// decides lets the hall decide one thing.
func (r *running) decides(t *testing.T, setting access.Setting, from access.Role) {
	t.Helper()
	_, err := r.Groups.Edit(r.ctx, access.System(), "hall", group.GroupEdit{Permissions: map[access.Setting]access.Role{setting: from}})
	if err != nil {
		t.Fatal(err)
	}
}

func (r *running) obeys(t *testing.T, o obeyed, who map[string]access.Actor) {
	s, token := r.sender(who[o.who], new(atomic.Int64)), r.token(who[o.who])
	live := connect(t, r.URL, token)
	live.subscribe(1, 0, "html")
	if o.rejected == 0 {
		o.rejected = http.StatusForbidden
	}

	r.decides(t, o.setting, o.closed)
	if r.shows(t, s, o) {
		t.Errorf("%s shows %s to who may not", o.page, o.button)
	}
	if a := s.do(http.MethodPost, o.form, formType, o.fields.Encode()); a.status != o.rejected || !strings.Contains(a.body, o.words) {
		t.Errorf("POST %s: %d without the words %q\n%.3000s", o.form, a.status, o.words, textOf(a.body))
	}
	method, path, _ := strings.Cut(o.call, " ")
	status, body, err := call(s.client, method, r.URL+"/api/v1"+path, token, "", o.body)
	if err != nil || status != o.rejected || !strings.Contains(string(body), `"`+o.code+`"`) {
		t.Errorf("%s: %d %s, %v; want %s", o.call, status, body, err, o.code)
	}
	r.hearsNoAction(t, live, who["ana"])
	r.announces(t, live, o.setting != access.Comment)

	r.decides(t, o.setting, o.open)
	if !r.shows(t, s, o) {
		t.Errorf("%s does not show %s to who may", o.page, o.button)
	}
	if o.setting == access.Comment {
		r.announces(t, live, true)
	}
	if a := s.do(http.MethodPost, o.form, formType, o.fields.Encode()); a.status >= 400 {
		t.Errorf("POST %s by who may: %d\n%.3000s", o.form, a.status, textOf(a.body))
	}
}

// shows reports whether the page offers the action.
func (r *running) shows(t *testing.T, s *sender, o obeyed) bool {
	t.Helper()
	a := s.do(http.MethodGet, o.page, "", "")
	if a.status != http.StatusOK {
		t.Fatalf("%s: %d", o.page, a.status)
	}
	if strings.HasPrefix(o.page, "/mentions") {
		var offered []struct{ Handle string }
		if err := json.Unmarshal([]byte(a.body), &offered); err != nil {
			t.Fatal(err)
		}
		return len(offered) > 0 && offered[0].Handle == o.button
	}
	return documentOf(t, a.body).Find(o.button).Length() > 0
}

func documentOf(t *testing.T, html string) *goquery.Document {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(html))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func textOf(html string) string {
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(html))
	if err != nil {
		return html
	}
	return strings.Join(strings.Fields(doc.Find("main").Text()), " ")
}

// hearsNoAction waits for a comment's fragment, which is the same for everybody:
// each action in it has to be one that the page shows only to who may.
func (r *running) hearsNoAction(t *testing.T, live *socket, by access.Actor) {
	t.Helper()
	words := fmt.Sprint("Heard at ", r.Now().UnixNano())
	if _, err := r.Forum.Post(r.ctx, by, 1, forum.NewComment{Body: words}); err != nil {
		t.Fatal(err)
	}
	heard := live.until("the comment arrives", func(m told) bool { return strings.Contains(m.HTML, words) })
	doc := documentOf(t, heard.HTML)
	doc.Find(".for-commenters, .for-reactors, .for-proposers, [data-shown-to][hidden]").Remove()
	for _, sel := range []string{`a[href*="edit"]`, `a[href*="themes"]`, `a[href$="#reply"]`, `form[action$="/delete"]`, `button:not(.reactions button)`} {
		if n := doc.Find(sel).Length(); n > 0 {
			t.Errorf("the fragment shows everybody %s", sel)
		}
	}
}

// announces says that the person is writing, and holds the answer to whether they
// may comment.
func (r *running) announces(t *testing.T, live *socket, may bool) {
	t.Helper()
	if err := live.ws.WriteMessage(1, []byte(`{"type":"writing","thread":1}`)); err != nil {
		t.Fatal(err)
	}
	// What is not known is answered too, so that there is an answer to wait for.
	if err := live.ws.WriteMessage(1, []byte(`{"type":"subscribe","thread":999}`)); err != nil {
		t.Fatal(err)
	}
	refused := false
	live.until("the answer to what is not there", func(m told) bool {
		refused = refused || m.Type == "error" && m.Code == "forbidden" && m.Thread == 1
		return m.Type == "error" && m.Thread == 999
	})
	if refused == may {
		t.Errorf("announcing to write was refused: %v", refused)
	}
}

func TestWhoLosesSightOfAGroupHearsNoMoreOfIt(t *testing.T) {
	t.Parallel()
	r, _ := hallWithSettings(t, "")
	reader := connect(t, r.URL, "")
	reader.subscribe(1, 0, "json")
	closed := access.Closed
	if _, err := r.Groups.Edit(r.ctx, access.System(), "hall", group.GroupEdit{Visibility: &closed}); err != nil {
		t.Fatal(err)
	}
	reader.until("the visitor is told that the discussion is gone", func(m told) bool { return m.Type == "error" && m.Code == "gone" && m.Thread == 1 })
}
