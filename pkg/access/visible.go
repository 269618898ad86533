package access

import "slices"

// Filter is a condition in SQL, the same for both databases, with its arguments.
type Filter struct {
	SQL  string
	Args []any
}

// The ways to see a thread: as part of the public, in one of its groups, and as
// its guest. The names begin with v, so that they mean nothing else around them.
const (
	inPublic = `(t.visibility = 'public' AND EXISTS (SELECT 1 FROM thread_groups AS vx JOIN groups AS vg ON vg.id = vx.group_id
		WHERE vx.thread_id = t.id AND vg.visibility = 'public'))`
	inGroup = `EXISTS (SELECT 1 FROM thread_groups AS vx JOIN groups AS vg ON vg.id = vx.group_id
		JOIN memberships AS vm ON vm.group_id = vx.group_id AND vm.person_id = ?
		WHERE vx.thread_id = t.id AND (vg.only_provider_id IS NULL OR vg.only_provider_id = ?))`
	asGuest = "EXISTS (SELECT 1 FROM thread_guests AS vq WHERE vq.thread_id = t.id AND vq.person_id = ?)"
)

// What is asked in a discussion of its own poll is hidden while that is a draft,
// but to those who could open it.
const (
	begun     = "(t.poll_id IS NULL OR NOT EXISTS (SELECT 1 FROM polls AS vd WHERE vd.id = t.poll_id AND vd.state = 'draft'))"
	couldOpen = `EXISTS (SELECT 1 FROM thread_groups AS vx JOIN groups AS vg ON vg.id = vx.group_id
		JOIN memberships AS vm ON vm.group_id = vx.group_id AND vm.person_id = ?
		WHERE vx.thread_id = t.id AND (vg.only_provider_id IS NULL OR vg.only_provider_id = ?) AND (vm.role <> 'member' OR t.author_id = vm.person_id))`
)

// VisibleThreads is ReadThread as a condition on threads AS t.
func VisibleThreads(a Actor) Filter {
	switch {
	case a.System:
		return Filter{SQL: "1 = 1"}
	case !a.SignedIn():
		return Filter{SQL: "(" + inPublic + " AND " + begun + ")"}
	}
	return Filter{SQL: "((" + inPublic + " OR " + inGroup + " OR " + asGuest + ") AND (" + begun + " OR " + couldOpen + "))",
		Args: []any{a.Person, a.Provider, a.Person, a.Person, a.Provider}}
}

// VisibleProgrammes is ReadThread as a condition on programmes AS p in threads AS
// t: one that was never published is for those who may edit it.
func VisibleProgrammes(a Actor) Filter {
	may := VisibleThreads(a)
	switch {
	case a.System:
		return may
	case !a.SignedIn():
		return Filter{SQL: "(" + may.SQL + " AND p.published > 0)", Args: may.Args}
	}
	return Filter{SQL: "(" + may.SQL + ` AND (p.published > 0 OR EXISTS (SELECT 1 FROM thread_groups AS vx JOIN groups AS vg ON vg.id = vx.group_id
		JOIN memberships AS vm ON vm.group_id = vx.group_id AND vm.person_id = ?
		WHERE vx.thread_id = t.id AND (vg.only_provider_id IS NULL OR vg.only_provider_id = ?) AND (vm.role <> 'member' OR p.created_by = vm.person_id))))`,
		Args: append(slices.Clone(may.Args), a.Person, a.Provider)}
}

// TakesPart is the condition on threads AS t that the actor is a member of one of
// their groups, or their guest.
func TakesPart(a Actor) Filter {
	return Filter{SQL: "(" + inGroup + " OR " + asGuest + ")", Args: []any{a.Person, a.Provider, a.Person}}
}

// TakesPartAs is TakesPart for whomever the expression gives the id of, in queries
// about many people at once. In which way they sign in nobody knows, so what a
// group asks of that is left out: they are told of a thing, and not shown it.
func TakesPartAs(person string) string {
	return `(EXISTS (SELECT 1 FROM thread_groups AS vx JOIN memberships AS vm ON vm.group_id = vx.group_id
		WHERE vx.thread_id = t.id AND vm.person_id = ` + person + `)
		OR EXISTS (SELECT 1 FROM thread_guests AS vq WHERE vq.thread_id = t.id AND vq.person_id = ` + person + `))`
}

// VisibleThreadsAs is VisibleThreads in the same way.
func VisibleThreadsAs(person string) string {
	couldOpenAs := `EXISTS (SELECT 1 FROM thread_groups AS vx JOIN memberships AS vm ON vm.group_id = vx.group_id AND vm.person_id = ` + person + `
		WHERE vx.thread_id = t.id AND (vm.role <> 'member' OR t.author_id = vm.person_id))`
	return "((" + inPublic + " OR " + TakesPartAs(person) + ") AND (" + begun + " OR " + couldOpenAs + "))"
}

// RolesThat lists the roles in a group of which the rules let their holders do the
// action, whatever the state of things.
func RolesThat(do Action, in Facts) []Role {
	r, known := rules[do]
	if !known {
		return nil
	}
	var out []Role
	for _, role := range []Role{Member, Moderator, Admin} {
		in.Role = role
		if r.allows(Actor{Person: 1}, in) == nil {
			out = append(out, role)
		}
	}
	return out
}

// VisibleGroups is ReadGroup as a condition on groups AS g. A member who has
// signed in otherwise than the group asks knows of it all the same.
func VisibleGroups(a Actor) Filter {
	switch {
	case a.System:
		return Filter{SQL: "1 = 1"}
	case !a.SignedIn():
		return Filter{SQL: "g.visibility <> 'secret'"}
	}
	return Filter{SQL: "(g.visibility <> 'secret' OR EXISTS (SELECT 1 FROM memberships AS vm WHERE vm.group_id = g.id AND vm.person_id = ?))",
		Args: []any{a.Person}}
}

// AnswersAskers is AnswerAsker as a condition on groups AS g.
func AnswersAskers(a Actor) Filter {
	if a.System {
		return Filter{SQL: "1 = 1"}
	}
	decided := func(from Role) string {
		return "' ' || g.permissions || ' ' LIKE '% " + string(AddMembers) + "=" + string(from) + " %'"
	}
	return Filter{SQL: `EXISTS (SELECT 1 FROM memberships AS vm WHERE vm.group_id = g.id AND vm.person_id = ? AND (g.only_provider_id IS NULL OR g.only_provider_id = ?)
		AND (vm.role = 'admin' OR ` + decided(Member) + " OR vm.role = 'moderator' AND NOT " + decided(Admin) + "))", Args: []any{a.Person, a.Provider}}
}

// RoleColumn is what a membership AS m in a group AS g counts for, given the
// provider through which its person has signed in.
const RoleColumn = "CASE WHEN m.role IS NULL THEN '' WHEN g.only_provider_id IS NULL OR g.only_provider_id = ? THEN m.role ELSE 'barred' END"
