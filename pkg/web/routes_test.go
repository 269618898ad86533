package web

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"plenary/pkg/access"
	"plenary/pkg/forum"
	"plenary/pkg/group"
	"plenary/pkg/poll"
	"plenary/pkg/programme"
)

var update = flag.Bool("update", false, "write the golden files again")

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v (make it with -update, and read it)", err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

func TestEveryAddressIsListed(t *testing.T) {
	t.Parallel()
	s := &Site{}
	var lines []string
	for _, r := range s.table() {
		lines = append(lines, fmt.Sprintf("%-5s %s", r.method, r.path))
	}
	slices.SortFunc(lines, func(a, b string) int { return strings.Compare(a[6:]+a, b[6:]+b) })
	golden(t, "routes.txt", strings.Join(lines, "\n")+"\n")
}

// furnished is one of everything in a group: a thread with a comment, a theme,
// an open poll, a closed poll with an outcome, a draft, and an event that is
// published, with a session.
type furnished struct {
	handle                             string
	thread                             forum.Thread
	comment, theme, open, ended, draft int64
	invitation, mail                   int64
	event, session                     int64
	token                              string
}

func (h *house) furnish(handle string) furnished {
	h.t.Helper()
	ctx := context.Background()
	f := furnished{handle: handle, thread: h.thread("ben", handle, "Three days in June")}
	f.comment = h.comment("ben", f.thread.ID, "Words of Ben.").ID
	f.theme = h.theme("ben", f.thread.ID, "Rye").ID
	f.open = h.proposal("mona", f.thread.ID, access.AtClose).ID
	f.ended = h.proposal("mona", f.thread.ID, access.AtClose).ID
	_, err := h.site.Polls.Close(ctx, h.actor("mona"), f.ended)
	h.must(err)
	_, err = h.site.Polls.Conclude(ctx, h.actor("mona"), f.ended, poll.NewOutcome{Statement: "Decided."})
	h.must(err)
	draft, err := h.site.Polls.Start(ctx, h.actor("mona"), f.thread.ID, poll.NewPoll{Title: "A draft", Method: "proposal", Draft: true,
		ClosesAt: h.clock.Now().Add(72 * time.Hour)})
	h.must(err)
	f.draft = draft.ID
	token, made, err := h.site.Groups.Invite(ctx, h.actor("ada"), handle, group.NewInvitation{})
	h.must(err)
	f.token, f.invitation = token, made.ID
	f.mail = h.letter("Ben Example", "ben@example.org")
	event, err := h.site.Programmes.Start(ctx, h.actor("mona"), f.thread.ID, programme.NewProgramme{Title: "Three days", Zone: "Europe/London",
		Template: programme.Congress, StartsOn: "2031-06-20", Days: 1})
	h.must(err)
	plan, err := h.site.Programmes.Plan(ctx, h.actor("mona"), event.ID)
	h.must(err)
	f.event, f.session = event.ID, plan.Sessions[0].ID
	_, err = h.site.Programmes.Publish(ctx, h.actor("mona"), event.ID, "", 0)
	h.must(err)
	return f
}

// address fills in a route's path with things of the furnished group.
func (f furnished) address(path string, h *house) string {
	id := map[string]int64{"/t/": f.thread.ID, "/c/": f.comment, "/themes/": f.theme, "/p/": f.open, "/e/": f.event}
	for prefix, n := range id {
		if strings.HasPrefix(path, prefix) {
			path = strings.Replace(path, ":id", fmt.Sprint(n), 1)
		}
	}
	handle := f.handle
	if strings.HasPrefix(path, "/u/") {
		handle = "ben"
	}
	return strings.NewReplacer(":session", fmt.Sprint(f.session), ":seq", "999", ":part", "999", ":handle", handle, ":slug", "any-words", ":name", "plan.pdf", ":token", f.token,
		":person", fmt.Sprint(h.who["cleo"].ID), "/invitations/:id", "/invitations/999", "/requests/:id", "/requests/999", ":invitation", "999",
		"/people/:id", "/people/999", "/signup/:id", "/signup/999",
		"/tokens/:id", "/tokens/999", "/sessions/:id", "/sessions/999999", "/exports/:id", "/exports/999", "/passkeys/:id", "/passkeys/999", "/files/:id", "/files/999",
		"/admin/mail/:id", fmt.Sprint("/admin/mail/", f.mail), "/jobs/:id", "/jobs/999",
		"/providers/:id", "/providers/999", "/signin/with/:id", "/signin/with/999").Replace(path)
}

// changing are the forms after which others meet other people or things. They
// have tests of their own.
var changing = []string{"/signout", "/account/password", "/join/:token", "/g/:handle/join", "/g/:handle/leave",
	"/g/:handle/members/:person/remove", "/g/:handle/members/:person/edit", "/c/:id/delete", "/p/:id/close"}

var visitors = []string{"", "stan", "cleo", "mona", "ada", "root"}

// Every page and every form, for somebody of each sort, in a group of each sort:
// what they are answered. Forms are sent empty, each to a forum of its own kind
// of things, so that what one changes is seen by the next.
func TestEverySortOfVisitorGetsTheRightAnswerEverywhere(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		var table strings.Builder
		for _, handle := range []string{"harbour", "cellar", "attic"} {
			f := h.furnish(handle)
			fmt.Fprintf(&table, "%-42s %s\n", handle, strings.Join([]string{"visitor", "stranger", "member", "moderator", "admin", "administrator"}, " "))
			for _, r := range h.site.table() {
				if r.path == "/live" || r.path == "/static/*" || strings.HasPrefix(r.path, "/setup/") || handle != "harbour" && !strings.Contains(r.path, ":id") && !strings.Contains(r.path, ":handle") {
					continue
				}
				if r.method == http.MethodPost && slices.Contains(changing, r.path) {
					continue
				}
				fmt.Fprintf(&table, "%-5s %-36s", r.method, r.path)
				for _, name := range visitors {
					fmt.Fprintf(&table, " %s", h.visit(name, r.method, f.address(r.path, h)))
				}
				table.WriteString("\n")
			}
		}
		golden(t, "visits.txt", table.String())
	})
}

// visit answers with the status, and where a redirect leads to the sign-in page.
func (h *house) visit(name, method, path string) string {
	b := h.browser(name)
	if method == http.MethodGet {
		res := b.get(path)
		if strings.HasPrefix(res.Header.Get("Location"), "/signin?next=") {
			return "sign"
		}
		if res.StatusCode == 200 && strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") && res.page.Find("h1").Length() != 1 {
			h.t.Errorf("%s shows %q %d headings of the first level", path, name, res.page.Find("h1").Length())
		}
		return fmt.Sprintf("%4d", res.StatusCode)
	}
	res := b.post(path)
	if res.StatusCode >= 500 {
		h.t.Errorf("POST %s by %q: %d", path, name, res.StatusCode)
	}
	return fmt.Sprintf("%4d", res.StatusCode)
}
