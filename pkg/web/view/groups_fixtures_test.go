package view

import (
	"net/url"

	"plenary/pkg/errs"
)

var (
	kitchen = GroupRef{Name: "Kitchen", Handle: "kitchen", Visibility: "closed"}
	ovens   = GroupRef{Name: "Ovens and other hot things", Handle: "ovens", Visibility: "secret"}
)

// kitchenHead is a closed group below another one, with a picture.
func kitchenHead(role string) GroupHead {
	return GroupHead{GroupRef: kitchen, Members: 8, Role: role, Line: []GroupRef{network}, Picture: "/g/kitchen/picture/" + sum, Joining: "request",
		CanEdit: role == "admin", CanSubgroup: role == "admin", CanAsk: role == "", CanLeave: role != "", CanSee: role != "", CanPeople: role != "", CanStart: role != ""}
}

const sum = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

func settingsOf(p GroupSettingsPage) GroupSettingsPage {
	all := []string{"member", "moderator", "admin"}
	rules := url.Values{}
	for _, name := range []string{"start_threads", "comment", "propose_themes", "raise_polls", "plan_programmes", "add_members", "mention_all", "edit_others", "delete_own"} {
		s := GroupSetting{Name: name, Choices: all}
		switch name {
		case "mention_all":
			s.Choices = append(all[:3:3], "nobody")
		case "edit_others":
			s.Choices = []string{"moderator", "admin", "nobody"}
		}
		p.Settings = append(p.Settings, s)
		rules.Set(s.Field(), s.Choices[len(s.Choices)-1])
	}
	p.Group = kitchenHead("admin")
	p.Frame = frame("/g/kitchen/edit", administrator())
	p.Parents = []GroupRef{network, {Name: "Board", Handle: "board", Visibility: "closed"}}
	for form, values := range map[*Form]url.Values{
		&p.About: values1("name", "Kitchen", "handle", "kitchen", "about", "Bread for *everybody*."),
		&p.Entry: values1("visibility", "closed", "joining", "request", "join_question", "Where do you bake?"),
		&p.Rules: rules, &p.Place: values1("parent", "harbour", "inherits_members", "1"), &p.Erasure: values1("on_erasure", "keep"),
	} {
		if !form.Rejected() {
			*form = Form{Once: "s", Values: values}
		}
	}
	return p
}

func complaint(field, code string, args errs.Args) errs.Fields {
	f := errs.Fields{}
	f.Add(field, code, args)
	return f
}

func groupSettingsPages() []shown {
	rejected := settingsOf(GroupSettingsPage{
		Entry: Form{Once: "s", Values: values1("visibility", "secret", "joining", "open"), Fields: complaint("visibility", "group.subgroups_in_the_way", errs.Args{"Names": "Ovens, Sinks"})},
		Rules: Form{Once: "s", Values: values1("permissions.comment", "king"), Fields: required("permissions.comment")},
		Place: Form{Once: "s", Values: values1("parent", "board"), Fields: complaint("parent", "group.too_deep", errs.Args{"Max": 5})},
		Image: Form{Once: "s", Fields: complaint("picture", "file.not_a_picture", nil)},
		About: Form{Once: "s", Values: values1("name", "", "handle", "harbour"), Fields: complaint("handle", "group.handle_changes", errs.Args{"Max": 3})}})
	plain := settingsOf(GroupSettingsPage{Saved: "rules"})
	plain.Group.Picture, plain.Group.Line, plain.ParentUnknown = "", nil, true
	tree := Nested([]GroupRow{{GroupRef: network, About: "Around the old harbour.", Members: 119, Role: "member"},
		{GroupRef: kitchen, Members: 8, Role: "member", Parent: network, Picture: "/g/kitchen/picture/" + sum},
		{GroupRef: ovens, Members: 3, Role: "member", Parent: kitchen},
		{GroupRef: GroupRef{Name: "Night shift", Handle: "night", Visibility: "closed"}, Members: 5, Role: "member", Parent: GroupRef{Name: "Bakery", Handle: "bakery", Visibility: "public"}}})
	below := []GroupRow{{GroupRef: ovens, Members: 3}}
	return []shown{
		{"group-settings-full", settingsOf(GroupSettingsPage{})},
		{"group-settings-empty", plain},
		{"group-settings-rejected", rejected},
		{"subgroup-form-empty", GroupFormPage{Frame: frame("/g/kitchen/subgroups/new", administrator()), Parent: ptr(kitchenHead("admin")), Form: Form{Once: "g", Values: values1("visibility", "closed")}}},
		{"subgroup-form-rejected", GroupFormPage{Frame: frame("/g/kitchen/subgroups/new", administrator()), Parent: ptr(kitchenHead("admin")), Form: Form{Once: "g", Values: values1("name", "Ovens", "visibility", "public", "inherits_members", "1"), Fields: complaint("visibility", "group.more_open_than_parent", errs.Args{"Parent": "Kitchen"})}}},
		{"group-below", GroupPage{Frame: frame("/g/kitchen", administrator()), Group: kitchenHead("admin"), Below: below}},
		{"group-closed", GroupPage{Frame: frame("/g/kitchen", member()), Group: kitchenHead(""), Below: below}},
		{"groups-nested", GroupsPage{Frame: frame("/groups", member()), Mine: tree, CanCreate: true}},
		{"groups-found-nothing", GroupsPage{Frame: frame("/groups?q=ship", member()), Words: "ship", CanCreate: true}},
	}
}
