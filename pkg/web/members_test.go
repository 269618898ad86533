package web

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"plenary/pkg/access"
	"plenary/pkg/group"
	"plenary/pkg/store"
)

// sql changes what no page does.
func (h *house) sql(statement string, args ...any) {
	h.t.Helper()
	h.must(h.db.Write(context.Background(), func(tx *store.Tx) error { return tx.Exec(statement, args...).Error }))
}

func TestPeopleAskToJoinAndAreLetIn(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		h.sql("UPDATE groups SET joining = 'request', join_question = 'Why here?' WHERE handle = 'cellar'")
		stan, mona := h.browser("stan"), h.browser("mona")
		stan.get("/g/cellar/ask").status(200).has("Why here?")
		stan.post("/g/cellar/ask", "answer", " ").status(422).has("Why here?")
		stan.post("/g/cellar/ask", "answer", "For the cheese.").to("/g/cellar/ask")
		stan.get("/g/cellar/ask").status(200).has("For the cheese.")
		h.browser("ben").get("/g/cellar/members").status(200).lacks("For the cheese.")
		list := mona.get("/g/cellar/members").status(200).has("For the cheese.")
		action, ok := list.page.Find("#requests form").Attr("action")
		if !ok {
			t.Fatal("nothing to answer with")
		}
		h.browser("ben").post(action).status(403)
		mona.post(action, "note", "Welcome").to("/g/cellar/members")
		stan.get("/g/cellar").status(200).has("Threads")
		mona.post(action).status(409)
		stan.post("/g/cellar/ask/withdraw").status(404)
	})
}

func TestModeratorsBanWhoStandsBelowThem(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		mona := h.browser("mona")
		for name, status := range map[string]int{"ada": 403, "mona": 409} {
			mona.post(fmt.Sprintf("/g/harbour/members/%d/ban", h.who[name].ID), "reason", "x").status(status)
			mona.post(fmt.Sprintf("/g/harbour/members/%d/remove", h.who[name].ID)).status(403)
		}
		mona.post(fmt.Sprintf("/g/harbour/members/%d/edit", h.who["mona"].ID), "role", "admin").status(403)
		mona.post("/g/harbour/members", "person", "stan", "role", "admin").status(422)
		mona.post("/g/harbour/invite", "addresses", "x@example.org", "role", "admin").status(422)
		form := fmt.Sprintf("/g/harbour/members/%d/ban", h.who["cleo"].ID)
		mona.get(form).status(200).has("Cleo Example")
		h.browser("ben").get(form).status(403)
		mona.post(form, "reason", "Too many nets.").to("/g/harbour/members")
		h.browser("cleo").post("/g/harbour/join").status(403)
		h.browser("ben").get("/g/harbour/bans").status(403)
		mona.get("/g/harbour/bans").status(200).has("Too many nets.")
		mona.post(fmt.Sprintf("/g/harbour/bans/%d/lift", h.who["cleo"].ID)).to("/g/harbour/bans")
		h.browser("cleo").post("/g/harbour/join").to("/g/harbour")
	})
}

func TestWhatWasNotSentComesBackToBeCorrected(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		mona := h.browser("mona")
		res := mona.post("/g/harbour/invite", "addresses", "fay@example.org\nnobody\nben@example.org", "message", "Come.", "role", "member").status(422)
		res.has("1 invitation is on its way").has("it has no @").has("They are a member already")
		if kept := res.page.Find("#mail-addresses").Text(); kept != "nobody\nben@example.org" {
			t.Errorf("kept %q", kept)
		}
		mona.post("/g/harbour/invite", "addresses", "gil@example.org").to("/g/harbour/invite?sent=1")
		page := mona.get("/g/harbour/invite?sent=1").status(200).has("1 invitation is on its way").has("gil@example.org")
		action, ok := page.page.Find("form[id^=revoke-]").Attr("action")
		if !ok {
			t.Fatal("nothing to take an invitation back with")
		}
		mona.post(action).to("/g/harbour/invite")
		mona.get("/g/harbour/invite").status(200).lacks("gil@example.org")
		mona.post("/g/harbour/invitations/remind").to("/g/harbour/invite?reminded=0")
		h.browser("ben").get("/g/harbour/invite").status(403)
	})
}

func TestWhoIsInvitedIntoOneDiscussionIsNotToldOfItsGroup(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		th := h.thread("ben", "attic", "Under the roof")
		h.browser("ben").post(fmt.Sprintf("/t/%d/guests", th.ID), "person", "stan@example.org").to(fmt.Sprintf("/t/%d/people", th.ID))
		h.browser("ben").get(fmt.Sprintf("/t/%d/people", th.ID)).status(200).has("stan@example.org")
		var args string
		h.must(h.db.Read(ctx).Raw("SELECT args FROM mails WHERE kind = 'invited_guest'").Row().Scan(&args))
		_, rest, _ := strings.Cut(args, "/join/")
		link := "/join/" + strings.SplitN(rest, `"`, 2)[0]
		for _, name := range []string{"", "stan", "cleo"} {
			h.browser(name).get(link).status(200).has("Under the roof").lacks("The attic")
		}
		h.browser("cleo").post(link).status(403)
		h.browser("stan").post(link).to(fmt.Sprintf("/t/%d", th.ID))
		h.browser("stan").get(fmt.Sprintf("/t/%d", th.ID)).status(200).lacks("The attic")
		h.browser("stan").get("/g/attic").status(404)
	})
}

func TestTitlesStandInDiscussionsAndOnProfiles(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		_, err := h.site.Groups.EditMember(context.Background(), access.System(), "harbour", "ben", group.MemberEdit{Title: new("Treasurer")})
		h.must(err)
		th := h.thread("mona", "harbour", "Accounts")
		c := h.comment("ben", th.ID, "All is paid.")
		h.browser("").get(fmt.Sprintf("/t/%d", th.ID)).status(200).has("Treasurer")
		h.browser("").get(fmt.Sprintf("/c/%d", c.ID)).status(200).has("Treasurer")
		h.browser("mona").get("/u/ben").status(200).has("Treasurer")
		h.browser("stan").get("/u/ben").status(200).lacks("Treasurer")
		messages, err := h.site.RenderEvents(context.Background(), h.timeline(th.ID), "en", true)
		h.must(err)
		if last := string(messages[len(messages)-1]); !strings.Contains(last, `"title":"Treasurer"`) || !strings.Contains(last, "held-title") {
			t.Errorf("live: %s", last)
		}
	})
}

func TestLeavingASecretGroupIsAskedAbout(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		if h.browser("cleo").get("/g/attic").status(200).page.Find("a[href='/g/attic/leave']").Length() != 1 {
			t.Error("the group's page does not lead to the question")
		}
		h.browser("cleo").get("/g/attic/leave").status(200).has("only by an invitation")
		h.browser("stan").get("/g/attic/leave").status(404)
		h.browser("cleo").get("/g/harbour/leave").to("/g/harbour")
		h.browser("cleo").post("/g/attic/leave").to("/groups")
	})
}
