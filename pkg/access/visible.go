package access

// Filter is a condition in SQL, the same for both databases, with its arguments.
type Filter struct {
	SQL  string
	Args []any
}

const isMember = "EXISTS (SELECT 1 FROM memberships AS am WHERE am.group_id = g.id AND am.person_id = ?)"

// VisibleThreads is ReadThread as a condition on threads AS t joined with their
// home groups AS g.
func VisibleThreads(a Actor) Filter {
	switch {
	case a.System:
		return Filter{SQL: "1 = 1"}
	case !a.SignedIn():
		return Filter{SQL: "(t.visibility = 'public' AND g.visibility = 'public')"}
	}
	return Filter{SQL: "((t.visibility = 'public' AND g.visibility = 'public') OR " + isMember + ")", Args: []any{a.Person}}
}

// VisibleGroups is ReadGroup as a condition on groups AS g.
func VisibleGroups(a Actor) Filter {
	switch {
	case a.System:
		return Filter{SQL: "1 = 1"}
	case !a.SignedIn():
		return Filter{SQL: "g.visibility <> 'secret'"}
	}
	return Filter{SQL: "(g.visibility <> 'secret' OR " + isMember + ")", Args: []any{a.Person}}
}
