package access_test

import (
	"slices"
	"testing"

	"plenary/pkg/access"
	"plenary/pkg/errs"
)

func TestWhatIsUnknownToTheRulesIsNotFound(t *testing.T) {
	t.Parallel()
	admin := access.Actor{Person: 1, Administrator: true}
	for name, c := range map[string]struct {
		who access.Actor
		do  access.Action
		f   access.Facts
	}{
		"an unknown action":             {access.System(), "group.burn", access.Facts{Group: access.Public, Role: access.Admin}},
		"no action":                     {admin, "", access.Facts{Group: access.Public, Role: access.Admin}},
		"no facts":                      {admin, access.ReadThread, access.Facts{}},
		"no facts, the forum itself":    {access.System(), access.ReadThread, access.Facts{}},
		"no facts but a role":           {admin, access.ReadThread, access.Facts{Role: access.Admin}},
		"an unknown group visibility":   {admin, access.ReadGroup, access.Facts{Group: "open"}},
		"an unknown thread visibility":  {admin, access.ReadThread, access.Facts{Group: access.Public, Thread: "open"}},
		"an unknown role":               {admin, access.ReadGroup, access.Facts{Group: access.Secret, Role: "king"}},
		"a thread in an unknown group":  {admin, access.ReadThread, access.Facts{Group: "open", Thread: access.Public}},
		"a public thread in a closed":   {admin, access.ReadThread, access.Facts{Group: access.Closed, Thread: access.Public}},
		"own things in a secret group":  {admin, access.ReadThread, access.Facts{Group: access.Secret, Thread: access.Public, Own: true}},
		"a voter who left the group":    {admin, access.Vote, access.Facts{Group: access.Closed, Thread: access.Public, Poll: access.PollOpen, Voter: true}},
		"a group that is for 'members'": {admin, access.ReadGroup, access.Facts{Group: access.MembersOnly}},
	} {
		if err := access.Check(c.who, c.do, c.f); !errs.Is(err, errs.NotFound) || errs.CodeOf(err) != "error.not_found" {
			t.Errorf("%s: %v; want not found", name, err)
		}
		if access.May(c.who, c.do, c.f) {
			t.Errorf("%s: may", name)
		}
	}
}

func TestWhoLeftTheGroupHasNoRightsOverTheirOwnThings(t *testing.T) {
	t.Parallel()
	f := access.Facts{Group: access.Public, Thread: access.Public, Own: true, Theme: access.Proposed, Poll: access.PollOpen}
	for _, do := range []access.Action{access.EditThread, access.EditComment, access.DeleteComment, access.EditTheme, access.WithdrawTheme, access.EditPoll, access.ClosePoll} {
		if err := access.Check(access.Actor{Person: 1}, do, f); errs.CodeOf(err) != "access.members_only" {
			t.Errorf("%s: %v", do, err)
		}
	}
}

func TestAVisitorOnlyReads(t *testing.T) {
	t.Parallel()
	reads := []access.Action{access.ReadGroup, access.ReadContent, access.ReadThread, access.ReadHistory, access.ReadResults}
	everyCell(func(do access.Action, a actor, f access.Facts) {
		if err := access.Check(a.who, do, f); err == nil && !a.who.SignedIn() && a.who.OnlyPoll == 0 && !slices.Contains(reads, do) {
			t.Errorf("a visitor may %s with %+v", do, f)
		}
	})
}

func TestAGuestOfAPollReadsAndVotesInItAndMayNothingElse(t *testing.T) {
	t.Parallel()
	guest := access.Actor{Person: 1, OnlyPoll: 7}
	may := []access.Action{access.ReadThread, access.ReadResults, access.Vote}
	everyCell(func(do access.Action, _ actor, f access.Facts) {
		f.PollGuest, f.Role, f.Guest, f.Own, f.Others = f.Poll != "", access.NoRole, false, false, nil
		visits := access.May(access.Visitor(), do, f)
		if access.May(guest, do, f) && !visits && !slices.Contains(may, do) {
			t.Errorf("a guest may %s with %+v", do, f)
		}
		f.PollGuest = false // another poll, or none
		if access.May(guest, do, f) != visits {
			t.Errorf("elsewhere a guest is no visitor: %s with %+v", do, f)
		}
	})
}

func TestAHigherRoleMayWhatALowerOneMay(t *testing.T) {
	t.Parallel()
	roles := []access.Role{access.NoRole, access.Member, access.Moderator, access.Admin}
	everyCell(func(do access.Action, a actor, f access.Facts) {
		if do == access.JoinGroup || do == access.AskToJoin || do == access.LeaveThread || !a.who.SignedIn() {
			return
		}
		for i := 1; i < len(roles); i++ {
			lower, higher := f, f
			lower.Role, higher.Role = roles[i-1], roles[i]
			if access.May(a.who, do, lower) && !access.May(a.who, do, higher) {
				t.Errorf("%s: %q may and %q may not, with %+v", do, roles[i-1], roles[i], f)
			}
		}
	})
}

func TestTheForumItselfIsOnlyHeldByTheStateOfThings(t *testing.T) {
	t.Parallel()
	everyCell(func(do access.Action, _ actor, f access.Facts) {
		f.Role, f.Own = access.NoRole, false
		err := access.Check(access.System(), do, f)
		if err != nil && !errs.Is(err, errs.Conflict) && !errs.Is(err, errs.Gone) {
			t.Errorf("%s with %+v: %v", do, f, err)
		}
	})
}

func TestAnAdministratorHasNoPrivilegeInAGroup(t *testing.T) {
	t.Parallel()
	everyCell(func(do access.Action, a actor, f access.Facts) {
		if do == access.Administer || !a.who.SignedIn() {
			return
		}
		with := access.Check(access.Actor{Person: 1, Administrator: true}, do, f)
		without := access.Check(access.Actor{Person: 1}, do, f)
		if errs.CodeOf(with) != errs.CodeOf(without) {
			t.Errorf("%s with %+v: %v, and without %v", do, f, with, without)
		}
	})
}

func TestRolesAreRanked(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		role, other access.Role
		want        bool
	}{
		{access.Admin, access.Moderator, true}, {access.Moderator, access.Admin, false}, {access.Member, access.Member, true},
		{access.NoRole, access.Member, false}, {"king", access.Member, false}, {access.Member, access.NoRole, true},
	} {
		if got := c.role.AtLeast(c.other); got != c.want {
			t.Errorf("%q at least %q: %v", c.role, c.other, got)
		}
	}
	if access.NoRole.Valid() || access.Role("king").Valid() || !access.Member.Valid() {
		t.Error("what is a role and what is not")
	}
}
