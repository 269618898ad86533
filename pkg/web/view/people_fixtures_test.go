package view

import "plenary/pkg/errs"

func peoplePages() []shown {
	shared := head()
	shared.Shared = []GroupRef{{Name: "Kitchen", Handle: "kitchen", Visibility: "closed"}, {Name: "مطبخ الحي", Handle: "matbakh", Visibility: "public"}}
	unknown := errs.Fields{}
	unknown.Add("person", "field.unknown_person")
	targets := []GroupRef{{Name: "Cellar", Handle: "cellar", Visibility: "closed"}}
	hidden := head()
	hidden.Group = GroupRef{}
	return []shown{
		{"thread-people-full", ThreadPeoplePage{Frame: frame("/t/42/people", member()), Thread: shared, Reach: 131, CanSee: true, CanShare: true, CanInvite: true, Targets: targets,
			Guests: []ThreadGuest{{Person: dario, By: &amina, Since: ago(5 * day)}, {Person: fadi, Since: ago(9 * day)}}}},
		{"thread-people-empty", ThreadPeoplePage{Frame: frame("/t/42/people", member()), Thread: head(), Reach: 1, CanSee: true, CanShare: true, CanInvite: true}},
		{"thread-people-guest", ThreadPeoplePage{Frame: frame("/t/42/people", member()), Thread: hidden, Reach: 131, CanLeave: true}},
		{"thread-people-rejected", ThreadPeoplePage{Frame: frame("/t/42/people", member()), Thread: head(), Reach: 119, CanSee: true, CanShare: true, CanInvite: true, Targets: targets,
			Invite: Form{Once: "k", Values: values1("person", "nobody"), Fields: unknown}}},
	}
}
