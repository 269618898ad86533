package group_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/group"
	"plenary/pkg/page"
	"plenary/pkg/roster"
)

func TestAMemberHasOneVoteUntilAnAdminDecidesOtherwise(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		got, err := h.EditMember(h.ctx, h.who["ana"], "garden", "ben", group.MemberEdit{Votes: new(int64(3))})
		if err != nil || got.Votes != 3 {
			t.Fatalf("%+v, %v", got, err)
		}
		if last := h.last("garden"); last.Kind != event.MemberChanged || last.Subject != h.who["ben"].Person {
			t.Errorf("the group is told of %+v", last)
		}
		members, err := h.Members(h.ctx, h.who["ben"], "garden", page.Page{})
		h.must(err)
		votes := map[string]int64{}
		for _, m := range members.Items {
			votes[m.Person.Handle] = m.Votes
		}
		if diff := cmp.Diff(map[string]int64{"ana": 1, "mo": 1, "ben": 3}, votes); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if n, sum, err := h.Votes(h.ctx, h.who["ben"], "garden"); n != 3 || sum != 5 || err != nil {
			t.Errorf("%d members with %d votes, %v", n, sum, err)
		}
		for _, votes := range []int64{0, -1, group.VotesMost + 1} {
			_, err := h.EditMember(h.ctx, h.who["ana"], "garden", "ben", group.MemberEdit{Votes: &votes})
			wantField(t, err, "votes", "field.between")
		}
		_, err = h.EditMember(h.ctx, h.who["mo"], "garden", "ben", group.MemberEdit{Votes: new(int64(9))})
		want(t, err, errs.Forbidden, "access.needs_admin")
	})
}

func TestAListOfVotesIsTakenLineByLine(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		h.address("mo")
		list, err := roster.Figures("ana,2\nMO@example.org;4\nben,1\n@ana,3\ndee,5\nmo,0\nben,many\nnobody at all")
		h.must(err)
		verdicts, err := h.SetVotes(h.ctx, h.who["ana"], "garden", list)
		h.must(err)
		var got []string
		for _, v := range verdicts {
			got = append(got, fmt.Sprint(v.Outcome, " ", v.Why().Code))
		}
		want1 := []string{"set ", "set ", "same ", "duplicate outcome.votes_duplicate", "not_member outcome.votes_not_member",
			"duplicate outcome.votes_duplicate", "unread roster.no_number", "unread roster.no_figure"}
		if diff := cmp.Diff(want1, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if _, sum, err := h.Votes(h.ctx, h.who["ana"], "garden"); sum != 7 || err != nil {
			t.Errorf("%d votes, %v", sum, err)
		}
		unfit, err := roster.Figures("ben,1000001\nmo,-3")
		h.must(err)
		verdicts, err = h.SetVotes(h.ctx, h.who["ana"], "garden", unfit)
		if err != nil || verdicts[0].Outcome != group.VotesUnfit || verdicts[1].Outcome != group.VotesUnfit {
			t.Errorf("%+v, %v", verdicts, err)
		}
		_, err = h.SetVotes(h.ctx, h.who["mo"], "garden", list)
		want(t, err, errs.Forbidden, "access.needs_admin")
		_, err = h.SetVotes(h.ctx, h.who["dee"], "circle", list)
		want(t, err, errs.NotFound, "error.not_found")
	})
}

func TestTenThousandLinesOfVotesAreJudged(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		list, err := roster.Figures(strings.Repeat("nobody,1\n", roster.Most-1) + "ben,2")
		h.must(err)
		verdicts, err := h.SetVotes(h.ctx, h.who["ana"], "garden", list)
		if err != nil || len(verdicts) != roster.Most || verdicts[roster.Most-1].Outcome != group.VotesSet {
			t.Errorf("%d verdicts, %v", len(verdicts), err)
		}
	})
}

func TestAGroupDecidesForHowManyOthersOneMayVote(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		got, err := h.Edit(h.ctx, h.who["ana"], "garden", group.GroupEdit{ProxyLimit: new(2)})
		if err != nil || got.ProxyLimit != 2 {
			t.Errorf("%+v, %v", got, err)
		}
		for _, n := range []int{-1, 101} {
			_, err := h.Edit(h.ctx, h.who["ana"], "garden", group.GroupEdit{ProxyLimit: &n})
			wantField(t, err, "proxy_limit", "field.between")
		}
	})
}

func TestTitlesThatMembersHaveAreListedOnce(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		for handle, title := range map[string]string{"ana": "Treasurer", "mo": "Cook", "ben": "Cook"} {
			_, err := h.EditMember(h.ctx, access.System(), "garden", handle, group.MemberEdit{Title: &title})
			h.must(err)
		}
		got, err := h.Titles(h.ctx, h.who["ben"], "garden")
		if diff := cmp.Diff([]string{"Cook", "Treasurer"}, got); diff != "" || err != nil {
			t.Errorf("%s%v", diff, err)
		}
		_, err = h.Titles(h.ctx, h.who["dee"], "board")
		want(t, err, errs.Forbidden, "access.members_only")
	})
}
