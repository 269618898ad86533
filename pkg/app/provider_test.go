package app_test

import (
	"strings"
	"testing"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/oidc"
	"plenary/pkg/person"
	"plenary/pkg/testkit/browser"
	"plenary/pkg/testkit/provider"
)

// beside starts a real provider beside the forum, on a site of its own.
func (r *running) beside(people ...provider.Account) person.NewProvider {
	r.t.Helper()
	r.People.UseProviders(oidc.New(oidc.Config{AllowPrivate: true, Now: time.Now}))
	issuer := provider.NewHonest(r.t, r.URL+"/signin/callback", people...)
	return person.NewProvider{Name: "Harbour ID", Issuer: issuer, ClientID: provider.ClientID, ClientSecret: provider.ClientSecret}
}

// through signs in at the provider that the tab has been led to.
func through(tab *browser.Tab, username string) {
	tab.Until(`location.hostname === "localhost" && document.querySelector("input[name=username]")`)
	tab.Type("input[name=username]", username)
	tab.Type("input[name=password]", provider.Password)
	tab.Click("button[type=submit]")
	tab.Until(`location.hostname === "127.0.0.1" && document.readyState === "complete"`)
}

// TestAnOrganisationSignsInThroughItsOwnProvider goes the whole way in a real
// browser, with a real provider on another site.
func TestAnOrganisationSignsInThroughItsOwnProvider(t *testing.T) {
	f := start(t, settings{})
	in := f.beside(provider.Account{Username: "ana", First: "Ana", Last: "Ruiz", Email: "ana@example.org", Verified: true},
		provider.Account{Username: "eve", First: "Eve", Last: "Moreau", Email: "eve@example.org", Verified: true})
	f.group("coast", "Coast network", access.Closed)
	f.person("ana", "Ana Ruiz", "Salt Works", "coast", access.Admin)

	// The admin adds the provider.
	ana := f.browse("ana", "/g/coast/providers")
	ana.Sees("There is no provider yet.")
	for field, text := range map[string]string{"name": in.Name, "issuer": in.Issuer, "client_id": in.ClientID, "client_secret": in.ClientSecret} {
		ana.Type("#add-"+field, text)
	}
	ana.FollowText("main", "Add the provider")
	ana.Sees("come through it yourself first")
	if page := browser.Eval[string](ana, "document.documentElement.outerHTML"); strings.Contains(page, in.ClientSecret) {
		t.Error("the page holds the secret")
	}

	// She comes through it herself, says that the account is hers, and requires it.
	ana.FollowText("main", "Harbour ID")
	ana.ClickText("main", "Continue with Harbour ID")
	through(ana, "ana")
	ana.Sees("Link with your account")
	ana.FollowText("main", "Link my account")
	ana.Until(`location.pathname === "/g/coast/providers"`)
	ana.FollowText("main", "Require it of all members")
	ana.Sees("Required")

	// Somebody new comes the same way, without a word of the forum before.
	eve := browser.Person(t)
	eve.Open(f.URL + "/g/coast/signin")
	eve.Sees("open only to those who sign in through its own provider")
	eve.ClickText("main", "Continue with Harbour ID")
	through(eve, "eve")
	eve.Sees("Which account is yours?")
	eve.Sees("eve@example.org")
	eve.FollowText("main", "Make my account")
	eve.Until(`location.pathname === "/g/coast"`)
	eve.Sees("Eve Moreau")

	// And next time nothing is asked in the forum any more.
	again := browser.Person(t)
	again.Open(f.URL + "/g/coast/signin")
	again.ClickText("main", "Continue with Harbour ID")
	through(again, "eve")
	again.Until(`location.pathname === "/g/coast"`)
	again.Sees("Eve Moreau")
	for _, tab := range []*browser.Tab{ana, eve, again} {
		tab.Faultless()
	}
}

// TestAProviderNeedsNoScript goes to the provider and back with nothing but forms
// and links.
func TestAProviderNeedsNoScript(t *testing.T) {
	f := start(t, settings{})
	in := f.beside(provider.Account{Username: "ana", First: "Ana", Last: "Ruiz", Email: "ana@example.org", Verified: true})
	if _, err := f.People.AddProvider(f.ctx, access.System(), in); err != nil {
		t.Fatal(err)
	}
	tab := browser.Person(t)
	tab.NoScripts()
	tab.Open(f.URL + "/signin")
	tab.ClickText("main", "Continue with Harbour ID")
	through(tab, "ana")
	tab.Sees("Which account is yours?")
	tab.Sees("made by invitation only")
}
