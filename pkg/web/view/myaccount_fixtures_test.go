package view

import "plenary/pkg/errs"

// myAccountPages are those of one's own account, and of people and groups in the
// administration.
func myAccountPages() []shown {
	tab := func(key, path string) AccountFrame { return AccountFrame{Frame: frame(path, member()), Tab: key} }
	admin := frame("/admin/people/3", administrator())
	const sum = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"
	pictured := amina
	pictured.Picture = sum
	profile := values1("name", "Amina Okafor", "handle", "amina", "affiliation", "Harbour Bakery", "pronouns", "she/her", "time_zone", "Europe/Brussels", "language", "en")
	zones := []OptionGroup{{Name: "Africa", Options: []ListOption{{Value: "Africa/Accra", Text: "Accra"}}}, {Name: "Europe", Options: []ListOption{{Value: "Europe/Brussels", Text: "Brussels", Chosen: true}}}}
	languages := []ListOption{{Value: "en", Text: "English", Chosen: true}}
	sessions := []Session{{ID: "1", Browser: "Firefox, Linux", Method: "passkey", At: ago(day), Last: now, Current: true}, {ID: "2", Browser: "Safari, iPhone", Method: "mail", At: ago(30 * day), Last: ago(3 * day)}}
	tokens := []Token{{ID: 1, Name: "Weekly export", Admin: true, At: ago(9 * day), LastUsed: ago(day), Until: now.Add(80 * day)}, {ID: 2, Name: "Calendar", At: ago(9 * day)}}
	kitchen := GroupRef{Name: "Kitchen", Handle: "kitchen", Visibility: "closed"}
	fates := Erasing{Handle: "amina", Kept: []GroupFate{{Group: network, Contributions: 42}}, Removed: []GroupFate{{Group: kitchen, Contributions: 1}, {Contributions: 3}}, Open: 1, Closed: 4, Form: Form{Once: "e"}}
	stuck := Erasing{Handle: "amina", LastAdmin: true, Handover: []GroupFate{{Group: kitchen, Contributions: 2}}}
	wrong := fates
	wrong.Form = Form{Once: "e", Values: values1("confirm", "amin"), Fields: errs.Fields{"confirm": {Code: "person.confirm_handle", Args: errs.Args{"Handle": "amina"}}}}
	full := AdminPersonPage{Frame: admin, Person: pictured, Email: "amina@example.org", EmailConfirmed: true, Since: ago(400 * day), HasPassword: true, HasSecond: true, Sessions: 2, Tokens: 1, Passkeys: 1,
		OldHandles: []string{"amina-o", "okafor"}, Groups: []Belonging{{Group: network, Role: "moderator", Since: ago(300 * day)}, {Role: "member", Since: ago(10 * day)}}, Erasing: fates, Disable: Form{Once: "d"}, Merge: Form{Once: "m"}}
	disabled, rejected := full, full
	disabled.Disabled, disabled.Administrator = &Disabling{By: bram, At: ago(day), Reason: "Sold things in every discussion."}, true
	rejected.Disable.Fields, rejected.Merge.Fields, rejected.Erasing = required("reason"), required("handle", "confirm"), wrong
	former := Person{ID: 12, Name: "Former member", Handle: "former-12"}
	return []shown{
		{"account-full", AccountPage{AccountFrame: tab("profile", "/account"), Me: pictured, Form: Form{Once: "p", Values: profile}, Zones: zones, Languages: languages, Browser: "Europe/Brussels", There: "14:05"}},
		{"account-empty", AccountPage{AccountFrame: tab("profile", "/account"), Me: amina, Form: Form{Once: "p", Values: values1("name", "Amina Okafor", "handle", "amina")}, Zones: zones, Languages: languages, There: "12:05"}},
		{"account-rejected", AccountPage{AccountFrame: tab("profile", "/account"), Me: amina, Form: Form{Once: "p", Values: profile, Fields: errs.Fields{"handle": {Code: "field.taken"}, "time_zone": {Code: "field.time_zone"}, "language": {Code: "field.language"}}},
			Picture: Form{Fields: errs.Fields{"picture": {Code: "file.not_a_picture"}}}, Zones: zones, Languages: languages, There: "14:05"}},
		{"account-sign-in-full", AccountSignInPage{AccountFrame: tab("sign_in", "/account/sign-in"), Email: "amina@example.org", Confirmed: true, HasPassword: true, NeedsOld: true, Change: &EmailChange{New: "amina@bakery.example", NeedsOld: true, NewAgreed: true, Until: now.Add(day)}, NewEmail: Form{Once: "e"}}},
		{"account-sign-in-empty", AccountSignInPage{AccountFrame: tab("sign_in", "/account/sign-in"), NewEmail: Form{Once: "e"}}},
		{"account-sign-in-rejected", AccountSignInPage{AccountFrame: tab("sign_in", "/account/sign-in"), Email: "amina@example.org", HasPassword: true, NeedsOld: true, NewEmail: Form{Once: "e", Values: values1("email", "amina"), Fields: errs.Fields{"email": {Code: "field.email"}}}, Password: Form{Fields: required("current", "password")}}},
		{"account-email-new", EmailLinkPage{Frame: frame("/account/email/x", nil), Token: "x", Handle: "amina", New: "amina@bakery.example", IsNew: true}},
		{"account-email-old", EmailLinkPage{Frame: frame("/account/email/x", nil), Token: "x", Handle: "amina", New: "amina@bakery.example"}},
		{"account-email-agreed", EmailLinkPage{Frame: frame("/account/email/x", nil), Handle: "amina", New: "amina@bakery.example", Agreed: true}},
		{"account-email-done", EmailLinkPage{Frame: frame("/account/email/x", nil), Handle: "amina", New: "amina@bakery.example", Done: true}},
		{"account-sessions-full", AccountSessionsPage{AccountFrame: tab("sessions", "/account/sessions"), Sessions: sessions}},
		{"account-sessions-one", AccountSessionsPage{AccountFrame: tab("sessions", "/account/sessions"), Sessions: sessions[:1]}},
		{"account-tokens-full", AccountTokensPage{AccountFrame: tab("tokens", "/account/tokens"), MayAdmin: true, NewToken: "plt_5bJx0Tq8mWnE2rYc7uVa", Form: Form{Once: "t", Values: values1("days", "90")}, Tokens: tokens}},
		{"account-tokens-rejected", AccountTokensPage{AccountFrame: tab("tokens", "/account/tokens"), Form: Form{Once: "t", Fields: required("name")}}},
		{"account-data-full", AccountDataPage{AccountFrame: tab("data", "/account/data"), Form: Form{Once: "x"}, Exports: []Export{{ID: 2, At: ago(day), Until: now.Add(6 * day), Size: 1_234_567, Ready: true}}}},
		{"account-data-making", AccountDataPage{AccountFrame: tab("data", "/account/data"), Exports: []Export{{ID: 3, At: now}, {ID: 2, At: ago(day), Until: now.Add(6 * day), Size: 9_000, Ready: true}}}},
		{"account-data-empty", AccountDataPage{AccountFrame: tab("data", "/account/data"), Form: Form{Once: "x"}}},
		{"account-erase-full", ErasePage{AccountFrame: tab("data", "/account/data/erase"), Erasing: fates}},
		{"account-erase-stuck", ErasePage{AccountFrame: tab("data", "/account/data/erase"), Erasing: stuck}},
		{"account-erase-rejected", ErasePage{AccountFrame: tab("data", "/account/data/erase"), Erasing: wrong}},
		{"admin-person-full", full},
		{"admin-person-disabled", disabled},
		{"admin-person-rejected", rejected},
		{"admin-person-self", AdminPersonPage{Frame: admin, Person: bram, Since: ago(day), Administrator: true, Myself: true, Erasing: stuck}},
		{"admin-person-erased", AdminPersonPage{Frame: admin, Person: former, Since: ago(day), Erased: true}},
		{"admin-person-merged", AdminPersonPage{Frame: admin, Person: edda, Since: ago(day), LinkedTo: "dario"}},
		{"admin-groups-full", AdminGroupsPage{Frame: frame("/admin/groups", administrator()), Next: "/admin/groups?cursor=x", Groups: []GroupOverview{
			{ID: 3, Group: GroupRef{Visibility: "secret"}, Members: 4, Since: ago(9 * day)}, {ID: 1, Group: network, Members: 119, Since: ago(400 * day), Last: ago(2 * day), Admins: []Person{bram, former}}}}},
		{"admin-groups-empty", AdminGroupsPage{Frame: frame("/admin/groups", administrator())}},
		{"profile-pictured", ProfilePage{Frame: frame("/u/amina", administrator()), Person: pictured, Pronouns: "she/her", Since: ago(80 * day), Admin: true, Shared: []Shared{{GroupRef: network, Role: "member"}}}},
		{"profile-former", ProfilePage{Frame: frame("/u/former-12", member()), Person: former, Since: ago(80 * day)}},
	}
}
