package view

import (
	"time"

	"plenary/pkg/errs"
)

func providerPages() []shown {
	id, other := Provider{ID: 3, Name: "Harbour ID"}, Provider{ID: 4, Name: "Waterkant inloggen"}
	failed := errs.Text{Code: "oidc.issuer_mismatch", Args: errs.Args{"Want": "https://login.example.org", "Got": "https://login.example.org/"}}
	whose := WhoseAccountPage{Frame: frame("/signin/whose/x", nil), Token: "x", Provider: id, OfGroup: true, Email: "amina@example.org", MayMake: true, Form: Form{Once: "w", Values: values1("name", "Amina Okafor")}}
	known, mine, refused := whose, whose, whose
	known.Known, known.MayMake, known.OfGroup = true, false, false
	mine.Frame.Viewer, mine.Email = member(), ""
	refused.MayMake, refused.OfGroup = false, false
	rejected := whose
	rejected.Question, rejected.Form = "Which cooperative are you from?", Form{Once: "w", Fields: required("name", "answer")}
	callback := "https://forum.example/signin/callback"
	head := groupHead("", "admin")
	rows := []ProviderRow{{Provider: id, Issuer: "https://login.example.org/realms/harbour-network-of-cooperatives", ClientID: "plenary", HasSecret: true, At: ago(9 * day)},
		{Provider: other, Issuer: "https://inloggen.example.nl", ClientID: "0oa1b2c3d4e5f6g7h8i9j0", At: ago(day)}}
	full := ProvidersPage{Frame: frame("/g/harbour/providers", member()), Group: &head, Callback: callback, Providers: rows, Required: 3, Came: 3, Add: Form{Once: "a"}, Edit: Form{Once: "e"}}
	through := full
	through.Required = 0
	wrong := full
	wrong.Add, wrong.Edit, wrong.Editing = Form{Once: "a", Values: values1("name", "X", "issuer", "https://login.example.org"), Fields: errs.Fields{"issuer": failed}}, Form{Once: "e", Fields: required("name")}, 4
	return []shown{
		{"signin-providers", SignInPage{Frame: frame("/signin", nil), SignUp: "open", Next: "/t/42", Providers: []Provider{id, other}}},
		{"signin-with", SignInWithPage{Frame: frame("/signin/with/3", nil), Provider: id, Next: "/t/42"}},
		{"signin-with-failed", SignInWithPage{Frame: frame("/signin/callback", nil), Provider: id, Next: "/t/42", Problem: failed}},
		{"signin-with-unknown", SignInWithPage{Frame: frame("/signin/callback", nil), Next: "/", Problem: errs.Text{Code: "provider.other_browser"}}},
		{"signin-leaving", LeavingPage{Frame: frame("", nil), Provider: id, Address: "https://login.example.org/auth?state=x", Host: "login.example.org"}},
		{"signin-whose-new", whose}, {"signin-whose-known", known}, {"signin-whose-mine", mine}, {"signin-whose-refused", refused}, {"signin-whose-rejected", rejected},
		{"group-signin-required", GroupSignInPage{Frame: frame("/g/harbour/signin", member()), Group: network, Providers: []Provider{id}, Required: true}},
		{"group-signin-offered", GroupSignInPage{Frame: frame("/g/harbour/signin", nil), Group: network, Providers: []Provider{id, other}}},
		{"group-signin-through", GroupSignInPage{Frame: frame("/g/harbour/signin", member()), Group: network, Providers: []Provider{id}, Required: true, Through: true}},
		{"group-signin-empty", GroupSignInPage{Frame: frame("/g/harbour/signin", nil), Group: network}},
		{"account-providers-full", AccountProvidersPage{Frame: frame("/account/providers", member()), Providers: []Provider{other},
			Identities: []Identity{{Provider: id, Email: "amina@example.org", At: ago(30 * day), LastUsed: ago(time.Hour), Current: true}, {Provider: Provider{ID: 5, Name: "Old"}, At: ago(80 * day)}}}},
		{"account-providers-last", AccountProvidersPage{Frame: frame("/account/providers", member()), Identities: []Identity{{Provider: id, At: ago(day)}}, Problem: errs.Text{Code: "provider.last_way_in"}}},
		{"account-providers-empty", AccountProvidersPage{Frame: frame("/account/providers", member())}},
		{"providers-group", full}, {"providers-group-through", through}, {"providers-rejected", wrong},
		{"providers-empty", ProvidersPage{Frame: frame("/g/harbour/providers", member()), Group: &head, Callback: callback}},
		{"providers-forum", ProvidersPage{Frame: frame("/admin/providers", administrator()), Callback: callback, Providers: rows, Requiring: []Requiring{{Group: network, Provider: "Harbour ID"}}}},
	}
}
