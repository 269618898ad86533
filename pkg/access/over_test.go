package access_test

import (
	"testing"

	"plenary/pkg/access"
	"plenary/pkg/errs"
)

func TestModeratorsStandOnlyAboveLowerRoles(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		own, theirs access.Role
		may         bool
	}{
		{access.Admin, access.Admin, true}, {access.Admin, access.NoRole, true}, {access.Moderator, access.Member, true},
		{access.Moderator, access.NoRole, true}, {access.Moderator, access.Moderator, false}, {access.Moderator, access.Admin, false},
		{access.Member, access.Member, false}, {access.NoRole, access.NoRole, false}, {access.Barred, access.Member, false},
	} {
		err := access.CheckOver(access.Actor{Person: 1}, access.Facts{Group: access.Public, Role: c.own}, c.theirs)
		if (err == nil) != c.may || err != nil && errs.CodeOf(err) != "access.not_below" {
			t.Errorf("%q over %q: %v", c.own, c.theirs, err)
		}
	}
	if err := access.CheckOver(access.System(), access.Facts{}, access.Admin); err != nil {
		t.Errorf("the forum itself: %v", err)
	}
}
