package group_test

import (
	"strings"
	"testing"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/group"
	"plenary/pkg/store"
)

// onRequest has people ask to come into the board, and answer a question.
func (h *hall) onRequest(question string) {
	h.t.Helper()
	h.must(h.db.Write(h.ctx, func(tx *store.Tx) error {
		return tx.Exec("UPDATE groups SET joining = 'request', join_question = ? WHERE handle = 'board'", question).Error
	}))
}

// inbox reads the kinds of what somebody was told.
func (h *hall) inbox(handle string) []event.Event {
	h.t.Helper()
	events, err := store.Events(h.db.Read(h.ctx), event.Inbox(h.who[handle].Person), store.Span{Limit: 50})
	h.must(err)
	return events
}

func TestWhoAsksIsLetIn(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		h.onRequest("What do you grow?")
		dee, mo := h.who["dee"], h.who["mo"]
		h.address("mo")
		h.address("dee")
		_, err := h.Ask(h.ctx, dee, "board", " ")
		wantField(t, err, "answer", "field.required")
		_, err = h.Ask(h.ctx, dee, "board", strings.Repeat("x", 2001))
		wantField(t, err, "answer", "field.too_many_bytes")
		made, err := h.Ask(h.ctx, dee, "board", "Beans.\r\nAnd kale.")
		if err != nil || made.Person.Handle != "dee" || made.Question != "What do you grow?" || made.Answer != "Beans.\nAnd kale." || !made.At.Equal(h.now()) {
			t.Fatalf("%+v, %v", made, err)
		}
		if e := h.last("board"); e.Kind != event.RequestsChanged || e.Actor != 0 || e.Data != nil {
			t.Errorf("the group's timeline tells who asks: %+v", e)
		}
		for name, told := range map[string]bool{"ana": true, "mo": true, "ben": false, "dee": false} {
			if in := h.inbox(name); (len(in) == 1) != told || told && (in[0].Kind != event.JoinAsked || in[0].Actor != dee.Person || in[0].Subject != made.ID) {
				t.Errorf("%s is told %+v", name, in)
			}
		}
		if l := h.letters(); len(l) != 1 || l[0].Kind != "join_asked" || l[0].To.Email != "mo@example.org" || l[0].Args["Path"] != "/g/board/members#requests" || l[0].Args["Answer"] != made.Answer {
			t.Errorf("letters %+v", l)
		}
		_, err = h.Ask(h.ctx, dee, "board", "Again")
		want(t, err, errs.Conflict, "group.asked_already")
		if own, err := h.OwnRequest(h.ctx, dee, "board"); err != nil || own != made {
			t.Errorf("own %+v, %v", own, err)
		}
		if list, err := h.Requests(h.ctx, mo, "board"); err != nil || len(list) != 1 || list[0] != made {
			t.Errorf("listed %+v, %v", list, err)
		}
		h.must(h.Approve(h.ctx, mo, "board", made.ID, "Welcome"))
		if role := h.role("board", "dee"); role != access.Member {
			t.Errorf("role %q", role)
		}
		if in := h.inbox("dee"); len(in) != 1 || in[0].Kind != event.JoinApproved || string(in[0].Data) != `{"group":"board","reason":"Welcome"}` {
			t.Errorf("dee is told %+v", in)
		}
		if l := h.letters(); len(l) != 1 || l[0].Kind != "join_approved" || l[0].To.Email != "dee@example.org" || l[0].Args["Path"] != "/g/board" || l[0].Args["Note"] != "Welcome" {
			t.Errorf("letters %+v", l)
		}
		want(t, h.Approve(h.ctx, mo, "board", made.ID, ""), errs.Conflict, "group.request_decided")
		if list, err := h.Requests(h.ctx, mo, "board"); err != nil || len(list) != 0 {
			t.Errorf("still listed: %+v, %v", list, err)
		}
	})
}

func TestWhoIsRefusedAsksAgainAfterThirtyDays(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		h.onRequest("")
		h.address("dee")
		made, err := h.Ask(h.ctx, h.who["dee"], "board", "")
		h.must(err)
		h.must(h.Decline(h.ctx, h.who["mo"], "board", made.ID, "We are full."))
		if l := h.letters(); len(l) != 1 || l[0].Kind != "join_declined" || l[0].Args["Note"] != "We are full." || l[0].Args["Days"] != "30" {
			t.Errorf("letters %+v", l)
		}
		if in := h.inbox("dee"); len(in) != 1 || in[0].Kind != event.JoinDeclined {
			t.Errorf("dee is told %+v", in)
		}
		h.pass(30*24*time.Hour - time.Second)
		_, err = h.Ask(h.ctx, h.who["dee"], "board", "")
		want(t, err, errs.Conflict, "group.asked_lately")
		h.pass(time.Second)
		_, err = h.Ask(h.ctx, h.who["dee"], "board", "")
		h.must(err)
	})
}

func TestThoseWhoAnswerGetAMailAtMostOnceAnHour(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		h.onRequest("")
		h.address("ana")
		for i, c := range []struct {
			wait    time.Duration
			letters int
		}{{0, 1}, {40 * time.Minute, 0}, {19 * time.Minute, 0}, {time.Minute, 1}} {
			h.pass(c.wait)
			if _, err := h.Ask(h.ctx, h.addPerson("asker"+string(rune('a'+i))), "board", ""); err != nil {
				t.Fatal(err)
			}
			if l := h.letters(); len(l) != c.letters {
				t.Errorf("request %d: %d letters; want %d", i, len(l), c.letters)
			}
		}
	})
}

func TestARequestEndsWhenItsPersonWithdrawsOrComesInOtherwise(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		h.onRequest("")
		dee := h.who["dee"]
		made, err := h.Ask(h.ctx, dee, "board", "")
		h.must(err)
		want(t, h.Withdraw(h.ctx, h.who["adm"], "board"), errs.NotFound, "group.not_asked")
		h.must(h.Withdraw(h.ctx, dee, "board"))
		want(t, h.Withdraw(h.ctx, dee, "board"), errs.NotFound, "group.not_asked")
		want(t, h.Approve(h.ctx, h.who["mo"], "board", made.ID, ""), errs.Conflict, "group.request_decided")
		if made, err = h.Ask(h.ctx, dee, "board", ""); err != nil {
			t.Fatalf("asking again after withdrawing: %v", err)
		}
		h.add("board", "dee", access.Member)
		want(t, h.Decline(h.ctx, h.who["mo"], "board", made.ID, ""), errs.Conflict, "group.request_decided")
	})
}

func TestWhoMayAskAndAnswer(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		_, err := h.Ask(h.ctx, h.who["dee"], "garden", "")
		want(t, err, errs.Conflict, "access.join_openly")
		_, err = h.Ask(h.ctx, h.who["dee"], "board", "")
		want(t, err, errs.Forbidden, "access.invitation_only")
		h.onRequest("")
		for name, c := range map[string]struct {
			kind errs.Kind
			code string
		}{"": {errs.Unauthenticated, "access.sign_in"}, "ben": {errs.Conflict, "access.already_member"}} {
			_, err = h.Ask(h.ctx, h.who[name], "board", "")
			want(t, err, c.kind, c.code)
		}
		_, err = h.Ask(h.ctx, h.who["dee"], "circle", "")
		want(t, err, errs.NotFound, "error.not_found")
		made, err := h.Ask(h.ctx, h.who["dee"], "board", "")
		h.must(err)
		for name, c := range map[string]struct {
			kind errs.Kind
			code string
		}{"": {errs.Unauthenticated, "access.sign_in"}, "dee": {errs.Forbidden, "access.members_only"}, "ben": {errs.Forbidden, "access.needs_moderator"}, "adm": {errs.Forbidden, "access.members_only"}} {
			want(t, second(h.Requests(h.ctx, h.who[name], "board")), c.kind, c.code)
			want(t, h.Approve(h.ctx, h.who[name], "board", made.ID, ""), c.kind, c.code)
			want(t, h.Decline(h.ctx, h.who[name], "board", made.ID, ""), c.kind, c.code)
		}
		want(t, h.Approve(h.ctx, h.who["ana"], "garden", made.ID, ""), errs.NotFound, "error.not_found")
		want(t, h.Approve(h.ctx, h.who["ana"], "board", 999, ""), errs.NotFound, "error.not_found")
		wantField(t, h.Approve(h.ctx, h.who["ana"], "board", made.ID, strings.Repeat("x", 2001)), "note", "field.too_many_bytes")
		h.must(h.db.Write(h.ctx, func(tx *store.Tx) error {
			return tx.Exec("UPDATE groups SET permissions = 'add_members=member' WHERE handle = 'board'").Error
		}))
		h.must(h.Approve(h.ctx, h.who["ben"], "board", made.ID, ""))
	})
}

func TestTheBannedStayOut(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		h.onRequest("")
		ana, mo, dee := h.who["ana"], h.who["mo"], h.who["dee"]
		email := h.address("dee")
		asked, err := h.Ask(h.ctx, dee, "board", "")
		h.must(err)
		link, _, err := h.Invite(h.ctx, mo, "board", group.NewInvitation{})
		h.must(err)
		wantField(t, h.Ban(h.ctx, mo, "board", "dee", " "), "reason", "field.required")
		h.told()
		h.letters()
		h.must(h.Ban(h.ctx, mo, "board", "dee", "Sold our seeds."))
		if l := h.letters(); len(l) != 1 || l[0].Kind != "banned" || l[0].To.Email != email || l[0].Args["Reason"] != "Sold our seeds." {
			t.Errorf("letters %+v", l)
		}
		if told := h.told(); len(told) != 1 || told[0].Person != dee.Person {
			t.Errorf("told %+v", told)
		}
		want(t, h.Approve(h.ctx, mo, "board", asked.ID, ""), errs.Conflict, "group.request_decided")
		want(t, second(h.Ask(h.ctx, dee, "board", "")), errs.Forbidden, "access.banned")
		want(t, second(h.Accept(h.ctx, dee, link)), errs.Forbidden, "access.banned")
		want(t, second(h.AddMember(h.ctx, ana, "board", "dee", access.Member)), errs.Conflict, "group.banned")
		want(t, h.Ban(h.ctx, mo, "board", "dee", "Again."), errs.Conflict, "group.banned_already")
		list, err := h.Bans(h.ctx, mo, "board")
		if err != nil || len(list) != 1 || list[0].Person.Handle != "dee" || list[0].Reason != "Sold our seeds." || list[0].By != "mo" || !list[0].At.Equal(h.now()) {
			t.Errorf("bans %+v, %v", list, err)
		}
		h.must(h.Unban(h.ctx, mo, "board", "dee"))
		want(t, h.Unban(h.ctx, mo, "board", "dee"), errs.NotFound, "group.not_banned")
		want(t, h.Unban(h.ctx, mo, "board", "nobody"), errs.NotFound, "group.not_banned")
		h.must(second(h.Accept(h.ctx, dee, link)))
	})
}

func TestWhoMayBanWhom(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		for name, c := range map[string]struct {
			kind errs.Kind
			code string
		}{"": {errs.Unauthenticated, "access.sign_in"}, "dee": {errs.Forbidden, "access.members_only"}, "ben": {errs.Forbidden, "access.needs_moderator"}} {
			want(t, h.Ban(h.ctx, h.who[name], "garden", "mo", "x"), c.kind, c.code)
			want(t, h.Unban(h.ctx, h.who[name], "garden", "mo"), c.kind, c.code)
			want(t, second(h.Bans(h.ctx, h.who[name], "garden")), c.kind, c.code)
		}
		h.addPerson("mio")
		h.add("garden", "mio", access.Moderator)
		want(t, h.Ban(h.ctx, h.who["mo"], "garden", "ana", "x"), errs.Forbidden, "access.not_below")
		want(t, h.Ban(h.ctx, h.who["mo"], "garden", "mio", "x"), errs.Forbidden, "access.not_below")
		want(t, h.Ban(h.ctx, h.who["ana"], "garden", "ana", "x"), errs.Conflict, "group.ban_self")
		want(t, h.Ban(h.ctx, h.who["mo"], "garden", "nobody", "x"), errs.NotFound, "group.not_a_member")
		h.must(h.Ban(h.ctx, h.who["mo"], "garden", "ben", "x"))
		if e := h.last("garden"); e.Kind != event.MemberLeft || e.Subject != h.who["ben"].Person || e.Data != nil {
			t.Errorf("event %+v %s", e, e.Data)
		}
		want(t, h.Join(h.ctx, h.who["ben"], "garden"), errs.Forbidden, "access.banned")
		h.must(h.Ban(h.ctx, h.who["ana"], "garden", "mio", "x"))
		want(t, h.Ban(h.ctx, access.System(), "garden", "ana", "x"), errs.Conflict, "group.last_admin")
		if h.role("garden", "ana") != access.Admin {
			t.Error("the last admin is gone")
		}
	})
}

func TestTitlesAndDelegates(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		ana := h.who["ana"]
		for _, name := range []string{"mo", "ben"} {
			_, err := h.EditMember(h.ctx, h.who[name], "garden", name, group.MemberEdit{Title: new("Boss")})
			want(t, err, errs.Forbidden, "access.needs_admin")
		}
		_, err := h.EditMember(h.ctx, ana, "garden", "ben", group.MemberEdit{Title: new(strings.Repeat("x", 41))})
		wantField(t, err, "title", "field.too_long")
		_, err = h.EditMember(h.ctx, ana, "garden", "ben", group.MemberEdit{Role: new(access.Role("king"))})
		wantField(t, err, "role", "field.choose")
		_, err = h.EditMember(h.ctx, ana, "garden", "dee", group.MemberEdit{Delegate: new(true)})
		want(t, err, errs.NotFound, "group.not_a_member")
		m, err := h.EditMember(h.ctx, ana, "garden", "ben", group.MemberEdit{Title: new(" Treasurer "), Delegate: new(true), Role: new(access.Moderator)})
		if err != nil || m.Title != "Treasurer" || !m.Delegate || m.Role != access.Moderator {
			t.Errorf("%+v, %v", m, err)
		}
		e := h.last("garden")
		if e.Kind != event.MemberChanged || e.Subject != h.who["ben"].Person {
			t.Errorf("event %+v", e)
		}
		if _, err := h.EditMember(h.ctx, ana, "garden", "ben", group.MemberEdit{Title: new("Treasurer")}); err != nil || h.last("garden").Seq != e.Seq {
			t.Errorf("the same again: %v, or an event for nothing", err)
		}
		for query, found := range map[group.MembersQuery]string{
			{Text: "TREAS"}: "ben", {Text: "@be"}: "ben", {Text: "100%"}: "", {Delegates: true}: "ben", {Role: access.Admin}: "ana", {Role: access.Member}: "", {Text: "\xff\x00"}: "ana mo ben",
		} {
			list, err := h.FindMembers(h.ctx, h.who["ben"], "garden", query)
			var got []string
			for _, m := range list.Items {
				got = append(got, m.Person.Handle)
			}
			if err != nil || strings.Join(got, " ") != found {
				t.Errorf("%+v: %v, %v; want %s", query, got, err, found)
			}
		}
		shared, err := h.InCommon(h.ctx, h.who["mo"], h.who["ben"].Person)
		if err != nil || len(shared) != 3 || shared[2].Group.Handle != "garden" || shared[2].Title != "Treasurer" {
			t.Errorf("in common %+v, %v", shared, err)
		}
		for _, name := range []string{"", "dee"} {
			if shared, err := h.InCommon(h.ctx, h.who[name], h.who["ben"].Person); err != nil || len(shared) != 0 {
				t.Errorf("%q has in common %+v, %v", name, shared, err)
			}
		}
	})
}
