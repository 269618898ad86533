package access

import "plenary/pkg/errs"

// CheckOver answers whether the actor, who may do an action to members at all,
// may do it to one of the given role: moderators only to a lower role than their
// own, admins to everybody. Errors: Forbidden "access.not_below".
func CheckOver(a Actor, f Facts, theirs Role) error {
	if a.System || f.Role == Admin || rank[f.Role] > rank[theirs] {
		return nil
	}
	return errs.New(errs.Forbidden, "access.not_below")
}
