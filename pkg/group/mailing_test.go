package group_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/group"
	"plenary/pkg/mail"
	"plenary/pkg/page"
	"plenary/pkg/person"
	"plenary/pkg/roster"
	"plenary/pkg/store"
)

const day = 24 * time.Hour

// mailing invites those of a list into the board.
func (h *hall) mailing(who, list string, change ...func(*group.Mailing)) ([]group.Verdict, error) {
	h.t.Helper()
	entries, err := roster.Read(list)
	h.must(err)
	in := group.Mailing{Entries: entries}
	for _, c := range change {
		c(&in)
	}
	return h.InviteByMail(h.ctx, h.who[who], "board", in)
}

// outcomes of a mailing that goes through, as "1 sent".
func (h *hall) outcomes(verdicts []group.Verdict, err error) []string {
	h.t.Helper()
	h.must(err)
	var out []string
	for _, v := range verdicts {
		out = append(out, fmt.Sprint(v.Line, " ", v.Outcome))
	}
	return out
}

// token is the secret in a letter.
func token(t *testing.T, l mail.Letter) string {
	t.Helper()
	secret, ok := strings.CutPrefix(l.Args["Path"], "/join/")
	if !ok {
		t.Fatalf("no way in: %+v", l)
	}
	return secret
}

func TestEachLineOfAListGetsItsVerdict(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		h.address("ben")
		h.address("dee")
		h.must(h.Ban(h.ctx, h.who["ana"], "board", "dee", "x"))
		h.outcomes(h.mailing("mo", "old@example.org"))
		h.letters()
		got := h.outcomes(h.mailing("mo", strings.Join([]string{
			"Fay Lee <fay@example.org>", "FAY@example.org", "ben@example.org", "old@example.org", "dee@example.org",
			"nobody", "gil@example.org,Gil,admin", "hal@example.org,Hal,king", "ida@example.org,Ida,moderator",
		}, "\n"), func(in *group.Mailing) { in.Message = "See you\r\nsoon." }))
		wanted := []string{"1 sent", "2 duplicate", "3 member", "4 pending", "5 banned", "6 bad_address", "7 role", "8 role", "9 sent"}
		if !slices.Equal(got, wanted) {
			t.Errorf("%v; want %v", got, wanted)
		}
		sent := h.letters()
		if len(sent) != 2 || sent[0].Kind != "invited" || sent[0].To != (mail.Address{Name: "Fay Lee", Email: "fay@example.org"}) ||
			sent[0].Args["By"] != "mo" || sent[0].Args["Group"] != "The board" || sent[0].Args["Message"] != "See you\nsoon." {
			t.Fatalf("letters %+v", sent)
		}
		list, err := h.Pending(h.ctx, h.who["mo"], "board", page.Page{Limit: 2})
		if err != nil || len(list.Items) != 2 || list.Items[0].Email != "ida@example.org" || list.Items[0].Role != access.Moderator || list.Items[1].Name != "Fay Lee" || list.Next == "" {
			t.Errorf("pending %+v, %v", list, err)
		}
		if list, err = h.Pending(h.ctx, h.who["mo"], "board", page.Page{Limit: 2, Cursor: list.Next}); err != nil || len(list.Items) != 1 || list.Items[0].Email != "old@example.org" {
			t.Errorf("pending, further: %+v, %v", list, err)
		}
		if links, err := h.Invitations(h.ctx, h.who["mo"], "board"); err != nil || len(links) != 0 {
			t.Errorf("links %+v, %v", links, err)
		}
	})
}

func TestAnInvitationByMailIsForItsAddressAlone(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		h.address("adm")
		h.outcomes(h.mailing("mo", "dee@example.org\nfay@example.org"))
		sent := h.letters()
		deeLink, fayLink := token(t, sent[0]), token(t, sent[1])
		want(t, second(h.Accept(h.ctx, h.who["adm"], deeLink)), errs.Forbidden, "group.invitation_other_address")
		want(t, second(h.Accept(h.ctx, h.who["dee"], deeLink)), errs.Forbidden, "group.invitation_other_address")
		h.address("dee")
		entered, err := h.Accept(h.ctx, h.who["dee"], deeLink)
		if err != nil || entered.Role != access.Member || entered.Thread != 0 {
			t.Errorf("entered %+v, %v", entered, err)
		}
		if dee, err := h.people.ByID(h.ctx, h.who["dee"].Person); err != nil || !dee.EmailConfirmed {
			t.Errorf("the address is not confirmed: %+v, %v", dee, err)
		}
		_, _, err = h.Register(h.ctx, fayLink, person.NewPerson{Name: "Fay", Email: "other@example.org", Password: secret})
		wantField(t, err, "email", "group.invitation_other_address")
		fay, _, err := h.Register(h.ctx, fayLink, person.NewPerson{Name: "Fay", Email: "Fay@example.org ", Password: secret})
		h.must(err)
		if fay, err = h.people.ByID(h.ctx, fay.ID); err != nil || !fay.EmailConfirmed {
			t.Errorf("the address is not confirmed: %+v, %v", fay, err)
		}
		_, _, err = h.Invited(h.ctx, fayLink)
		want(t, err, errs.Gone, "group.invitation_used_up")
		if list, err := h.Pending(h.ctx, h.who["mo"], "board", page.Page{}); err != nil || len(list.Items) != 0 {
			t.Errorf("still pending: %+v, %v", list, err)
		}
	})
}

func TestOneInvitationByMailMakesOneAccount(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		h.outcomes(h.mailing("mo", "fay@example.org"))
		link := token(t, h.letters()[0])
		failed := make([]error, 6)
		var wg sync.WaitGroup
		for i := range failed {
			wg.Go(func() {
				_, _, failed[i] = h.Register(h.ctx, link, person.NewPerson{Name: "Fay", Email: "fay@example.org", Password: secret})
			})
		}
		wg.Wait()
		made := 0
		for _, err := range failed {
			switch e, _ := errors.AsType[*errs.Error](err); {
			case err == nil:
				made++
			case errs.CodeOf(err) == "group.invitation_used_up", e != nil && e.Fields["email"].Code == "person.address_has_account":
			default:
				t.Errorf("an answer that is not clear: %v", err)
			}
		}
		if g, err := h.ByHandle(h.ctx, access.System(), "board"); err != nil || made != 1 || g.MemberCount != 4 {
			t.Errorf("%d accounts, %d members, %v", made, g.MemberCount, err)
		}
	})
}

func TestAnInvitationByMailLeadsBelowAsWell(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		h.must(h.db.Write(h.ctx, func(tx *store.Tx) error {
			return tx.Exec("UPDATE groups SET parent_id = (SELECT id FROM groups WHERE handle = 'board') WHERE handle IN ('circle', 'garden')").Error
		}))
		_, err := h.mailing("mo", "dee@example.org", func(in *group.Mailing) { in.Below = []string{"board"} })
		wantField(t, err, "below", "field.unknown_group")
		h.address("dee")
		h.must(h.Ban(h.ctx, h.who["ana"], "garden", "dee", "x"))
		h.letters()
		h.outcomes(h.mailing("mo", "dee@example.org", func(in *group.Mailing) { in.Below = []string{"circle", "garden", "circle"} }))
		h.must(second(h.Accept(h.ctx, h.who["dee"], token(t, h.letters()[0]))))
		for handle, role := range map[string]access.Role{"board": access.Member, "circle": access.Member, "garden": access.NoRole} {
			if got := h.role(handle, "dee"); got != role {
				t.Errorf("%s: %q; want %q", handle, got, role)
			}
		}
		below, err := h.InvitableBelow(h.ctx, h.who["ben"], 2)
		if err != nil || len(below) != 0 {
			t.Errorf("a member can invite below into %+v, %v", below, err)
		}
	})
}

func TestRemindersAreFewAndFarBetween(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		mo := h.who["mo"]
		h.outcomes(h.mailing("mo", "Fay <fay@example.org>", func(in *group.Mailing) { in.Message = "Hello" }))
		first := token(t, h.letters()[0])
		list, err := h.Pending(h.ctx, mo, "board", page.Page{})
		h.must(err)
		id := list.Items[0].ID
		want(t, h.Remind(h.ctx, h.who["ben"], id), errs.Forbidden, "access.needs_moderator")
		want(t, h.Remind(h.ctx, mo, id), errs.Conflict, "group.reminded_lately")
		h.pass(3 * day)
		h.must(h.Remind(h.ctx, mo, id))
		sent := h.letters()
		if len(sent) != 1 || sent[0].Kind != "invited_reminder" || sent[0].To != (mail.Address{Name: "Fay", Email: "fay@example.org"}) || sent[0].Args["Message"] != "Hello" || sent[0].Args["By"] != "mo" {
			t.Fatalf("letters %+v", sent)
		}
		_, _, err = h.Invited(h.ctx, first)
		want(t, err, errs.NotFound, "group.invitation_unknown")
		if _, _, err := h.Invited(h.ctx, token(t, sent[0])); err != nil {
			t.Errorf("the new link: %v", err)
		}
		want(t, h.Remind(h.ctx, mo, id), errs.Conflict, "group.reminded_lately")
		h.pass(40 * day) // the invitation has run out meanwhile
		h.must(h.Remind(h.ctx, mo, id))
		if _, i, err := h.Invited(h.ctx, token(t, h.letters()[0])); err != nil || !i.ExpiresAt.Equal(h.now().AddDate(0, 0, 14)) {
			t.Errorf("good until %v, %v", i.ExpiresAt, err)
		}
		h.pass(3 * day)
		if n, err := h.RemindAll(h.ctx, mo, "board"); err != nil || n != 1 {
			t.Errorf("all: %d, %v", n, err)
		}
		h.pass(3 * day)
		want(t, h.Remind(h.ctx, mo, id), errs.Conflict, "group.reminded_often")
		if n, err := h.RemindAll(h.ctx, mo, "board"); err != nil || n != 0 {
			t.Errorf("all, once more: %d, %v", n, err)
		}
		h.must(h.RevokeInvitation(h.ctx, mo, id))
		want(t, h.Remind(h.ctx, mo, id), errs.Gone, "group.invitation_revoked")
		want(t, h.Remind(h.ctx, mo, 999), errs.NotFound, "error.not_found")
	})
}

func TestPendingOnesAreRemindedOnceAfterAWeek(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		h.outcomes(h.mailing("mo", "fay@example.org\ndee@example.org\ngil@example.org", func(in *group.Mailing) { in.Remind = true }))
		h.outcomes(h.mailing("mo", "ida@example.org"))
		h.letters()
		h.address("dee")
		h.add("board", "dee", access.Member)
		list, err := h.Pending(h.ctx, h.who["mo"], "board", page.Page{})
		if err != nil || len(list.Items) != 3 {
			t.Fatalf("pending %+v, %v", list, err)
		}
		h.must(h.RevokeInvitation(h.ctx, h.who["mo"], list.Items[1].ID)) // gil's
		h.pass(7*day - time.Hour)
		if n, err := h.RemindDue(h.ctx); err != nil || n != 0 {
			t.Errorf("before a week: %d, %v", n, err)
		}
		h.pass(time.Hour)
		for i, wanted := range []int{1, 0} {
			if n, err := h.RemindDue(h.ctx); err != nil || n != wanted {
				t.Errorf("call %d: %d reminded, %v; want %d", i, n, err, wanted)
			}
		}
		if sent := h.letters(); len(sent) != 1 || sent[0].To.Email != "fay@example.org" || sent[0].Kind != "invited_reminder" {
			t.Errorf("letters %+v", sent)
		}
	})
}

func TestAnAddressIsNotFloodedByAGroup(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		for i, wanted := range []string{"1 sent", "1 sent", "1 sent", "1 often"} {
			if got := h.outcomes(h.mailing("mo", "fay@example.org")); got[0] != wanted {
				t.Errorf("%d: %v; want %s", i, got, wanted)
			}
			list, err := h.Pending(h.ctx, h.who["mo"], "board", page.Page{})
			h.must(err)
			for _, one := range list.Items {
				h.must(h.RevokeInvitation(h.ctx, h.who["mo"], one.ID))
			}
		}
		h.pass(7 * day)
		if got := h.outcomes(h.mailing("mo", "fay@example.org")); got[0] != "1 sent" {
			t.Errorf("a week later: %v", got)
		}
	})
}

func TestAGroupSendsAThousandInvitationsADay(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		var list strings.Builder
		for i := range 1200 {
			fmt.Fprintf(&list, "p%d@example.org\n", i)
		}
		verdicts, err := h.mailing("mo", list.String())
		h.must(err)
		count := map[group.Outcome]int{}
		for _, v := range verdicts {
			count[v.Outcome]++
		}
		if count[group.Sent] != 1000 || count[group.TooMany] != 200 || len(h.letters()) != 1000 {
			t.Errorf("%v", count)
		}
		_, err = h.mailing("mo", "late@example.org")
		wantField(t, err, "addresses", "group.mails_today")
		h.pass(day)
		count = map[group.Outcome]int{}
		verdicts, err = h.mailing("mo", list.String())
		h.must(err)
		for _, v := range verdicts {
			count[v.Outcome]++
		}
		if count[group.Sent] != 200 || count[group.IsPending] != 1000 {
			t.Errorf("a day later: %v", count)
		}
	})
}

func TestWhoMaySendInvitations(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		for name, c := range map[string]struct {
			kind errs.Kind
			code string
		}{"": {errs.Unauthenticated, "access.sign_in"}, "dee": {errs.Forbidden, "access.members_only"}, "adm": {errs.Forbidden, "access.members_only"}, "ben": {errs.Forbidden, "access.needs_moderator"}} {
			want(t, second(h.mailing(name, "fay@example.org")), c.kind, c.code)
			want(t, second(h.Pending(h.ctx, h.who[name], "board", page.Page{})), c.kind, c.code)
			want(t, second(h.RemindAll(h.ctx, h.who[name], "board")), c.kind, c.code)
		}
		_, err := h.mailing("mo", "fay@example.org", func(in *group.Mailing) { in.Role = access.Admin })
		wantField(t, err, "role", "group.role_above_own")
		_, err = h.mailing("mo", "fay@example.org", func(in *group.Mailing) {
			in.Role, in.Message = "king", strings.Repeat("ä", 1001)
		})
		wantField(t, err, "role", "field.choose")
		wantField(t, err, "message", "field.too_long")
		_, err = h.InviteByMail(h.ctx, h.who["mo"], "board", group.Mailing{})
		wantField(t, err, "addresses", "roster.empty")
		if sent := h.letters(); len(sent) != 0 {
			t.Errorf("letters %+v", sent)
		}
	})
}
