package view

import "plenary/pkg/errs"

func passkeyPages() []shown {
	f := frame("/account/passkeys", member())
	keys := []Passkey{
		{ID: 5, Name: "Chrome, Android", At: now},
		{ID: 4, Name: "The old laptop in the kitchen of the bakery", At: ago(30 * day), LastUsed: ago(9 * day), Copied: true},
		{ID: 3, Name: "كمبيوتر المكتب", At: ago(80 * day), LastUsed: ago(day), Synced: true},
	}
	return []shown{
		{"passkeys-full", PasskeysPage{Frame: f, Work: true, Passkeys: keys, Added: 5}},
		{"passkeys-empty", PasskeysPage{Frame: f, Work: true}},
		{"passkeys-rejected", PasskeysPage{Frame: f, Work: true, Full: true, Passkeys: keys[2:], Renaming: 3, Rename: Form{Once: "r", Fields: required("name")}}},
		{"passkeys-last-way", PasskeysPage{Frame: f, Work: true, Passkeys: keys[2:], Refused: Form{Err: errs.Text{Code: "passkey.last_way"}}}},
		{"passkeys-no-host", PasskeysPage{Frame: f}},
		{"signin-again-passkey", AgainPage{Frame: frame("/signin/again", member()), Next: "/account/passkeys", HasPasskey: true, Action: "/account/passkeys/3/remove", Kept: values1("x", "y")}},
		{"home-passkey-offer", HomePage{Frame: frame("/", member()), Groups: groups(), OfferPasskey: true}},
	}
}
