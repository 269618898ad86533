package access

import (
	"slices"
	"strings"

	"plenary/pkg/errs"
)

// Setting is something that a group decides about its own members: from which
// role on they may do it.
type Setting string

// What a group can decide.
const (
	StartThreads   Setting = "start_threads"
	Comment        Setting = "comment" // in a thread and on a theme; guests of a thread count as members
	ProposeThemes  Setting = "propose_themes"
	RaisePolls     Setting = "raise_polls"
	PlanProgrammes Setting = "plan_programmes"
	AddMembers     Setting = "add_members" // add, invite, and answer who asks to come in
	MentionAll     Setting = "mention_all" // name everybody at once
	EditOthers     Setting = "edit_others" // comments of others, with the version before kept
	DeleteOwn      Setting = "delete_own"  // one's own comments
)

// Nobody may: not a role of anybody, only an answer to a Setting.
const Nobody Role = "nobody"

// defaults are what a group does that has decided nothing, in the order in which
// the settings are shown; choices are what it can decide.
var defaults = []struct {
	setting Setting
	from    Role
	choices []Role
}{
	{StartThreads, Member, []Role{Member, Moderator, Admin}},
	{Comment, Member, []Role{Member, Moderator, Admin}},
	{ProposeThemes, Member, []Role{Member, Moderator, Admin}},
	{RaisePolls, Member, []Role{Member, Moderator, Admin}},
	{PlanProgrammes, Moderator, []Role{Member, Moderator, Admin}},
	{AddMembers, Moderator, []Role{Member, Moderator, Admin}},
	{MentionAll, Moderator, []Role{Member, Moderator, Admin, Nobody}},
	{EditOthers, Nobody, []Role{Moderator, Admin, Nobody}},
	{DeleteOwn, Member, []Role{Member, Moderator, Admin}},
}

// Settings lists what a group can decide, in the order in which it is shown.
func Settings() []Setting {
	all := make([]Setting, len(defaults))
	for i, d := range defaults {
		all[i] = d.setting
	}
	return all
}

// Choices lists the roles that a setting can be given; none for an unknown one.
func Choices(s Setting) []Role {
	for _, d := range defaults {
		if d.setting == s {
			return slices.Clone(d.choices)
		}
	}
	return nil
}

// Permissions are the decisions of a group as they are stored, such as
// "comment=moderator add_members=admin". What is not in them has its default, so
// the empty text is a group that has decided nothing.
type Permissions string

// Of tells from which role on the setting is allowed. An unknown setting, or a
// decision that is none of its choices, is for nobody.
func (p Permissions) Of(s Setting) Role {
	for _, d := range defaults {
		if d.setting != s {
			continue
		}
		if p == "" {
			return d.from
		}
		for word := range strings.FieldsSeq(string(p)) {
			name, role, _ := strings.Cut(word, "=")
			if Setting(name) != s {
				continue
			}
			if !slices.Contains(d.choices, Role(role)) {
				return Nobody
			}
			return Role(role)
		}
		return d.from
	}
	return Nobody
}

// With decides one setting. Errors: Invalid, under the setting's name, where it
// cannot be decided so.
func (p Permissions) With(s Setting, from Role) (Permissions, error) {
	if !slices.Contains(Choices(s), from) {
		var f errs.Fields
		f.Add(string(s), "field.choose")
		return p, f.Err()
	}
	var words []string
	for _, d := range defaults {
		role := p.Of(d.setting)
		if d.setting == s {
			role = from
		}
		if role != d.from {
			words = append(words, string(d.setting)+"="+string(role))
		}
	}
	return Permissions(strings.Join(words, " ")), nil
}

// Joining says how people come into a group.
type Joining string

// The ways into a group.
const (
	JoinOpenly     Joining = "open"
	JoinOnRequest  Joining = "request"
	JoinInvitation Joining = "invitation"
)
