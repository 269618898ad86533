package view

import (
	"net/url"
	"strconv"
	"time"

	"plenary/pkg/errs"
)

// Provider is a provider of sign-in, as it is offered to people.
type Provider struct {
	ID   int64
	Name string
}

// URL is the page that leads to the provider.
func (p Provider) URL() string { return "/signin/with/" + strconv.FormatInt(p.ID, 10) }

// SignInWithPage offers to sign in through one provider, and says what went wrong
// where that was tried.
type SignInWithPage struct {
	Frame
	Provider Provider // zero where it is not known any more
	Next     string
	Problem  errs.Text // empty where nothing went wrong yet
}

func (SignInWithPage) page() string { return "signin-with" }

// LeavingPage sends the browser on to a provider. A form may not lead to another
// site; a page may.
type LeavingPage struct {
	Frame
	Provider Provider
	Address  string
	Host     string
}

func (LeavingPage) page() string { return "signin-leaving" }

// WhoseAccountPage asks somebody whom a provider has vouched for which account is
// theirs.
type WhoseAccountPage struct {
	Frame
	Token    string
	Provider Provider
	OfGroup  bool // the provider is that of a group
	Email    string
	Known    bool   // there is an account with that address
	MayMake  bool   // a new account may be made
	Question string // to be answered for a new account; empty where none
	Form     Form   // name, answer
}

func (WhoseAccountPage) page() string { return "signin-whose" }

// GroupSignInPage says how to come into a group through its providers.
type GroupSignInPage struct {
	Frame
	Group     GroupRef
	Providers []Provider // the required one alone, where one is
	Required  bool
	Through   bool // the viewer came through it already
}

func (GroupSignInPage) page() string { return "group-signin" }

// AccountProvidersPage is what one is called at providers.
type AccountProvidersPage struct {
	Frame
	Identities []Identity
	Providers  []Provider // of the forum, to link with
	Problem    errs.Text
}

func (AccountProvidersPage) page() string { return "account-providers" }

// Identity is one's account at a provider.
type Identity struct {
	Provider
	Email    string
	At       time.Time
	LastUsed time.Time // zero: never
	Current  bool      // the viewer came through it
}

// ProvidersPage is where the providers of a group, or of the forum, are looked
// after.
type ProvidersPage struct {
	Frame
	Group     *GroupHead // nil for the forum's own
	Callback  string     // the address that has to be entered at the provider
	Providers []ProviderRow
	Required  int64 // the provider that members have to come through; 0 where none
	Came      int64 // the one that the viewer came through
	Add       Form  // name, issuer, client_id, client_secret
	Edit      Form  // name, client_id, client_secret
	Editing   int64 // whose Edit came back rejected
	Problem   errs.Text
	Requiring []Requiring // for the forum's administrators
}

func (ProvidersPage) page() string { return "providers" }

// Rejected reports whether a form on the page comes back with complaints.
func (p ProvidersPage) Rejected() bool {
	return p.Add.Rejected() || p.Edit.Rejected() || p.Problem.Code != ""
}

// Base is where the page is.
func (p ProvidersPage) Base() string {
	if p.Group == nil {
		return "/admin/providers"
	}
	return p.Group.URL() + "/providers"
}

// ProviderRow is a provider as those see it who look after it.
type ProviderRow struct {
	Provider
	Issuer    string
	ClientID  string
	HasSecret bool
	At        time.Time
}

// EditForm is the form of the row: what is stored, or what came back rejected.
func (p ProvidersPage) EditForm(r ProviderRow) Form {
	if p.Editing == r.ID && p.Edit.Rejected() {
		return p.Edit
	}
	return Form{Once: p.Edit.Once, Values: map[string][]string{"name": {r.Name}, "client_id": {r.ClientID}}}
}

// Requiring is a group that requires a provider.
type Requiring struct {
	Group    GroupRef
	Provider string
}

// Link leads to the provider and back to the page.
func (p ProvidersPage) Link(to Provider) Link {
	return Link{Text: to.Name, URL: to.URL() + "?next=" + url.QueryEscape(p.Base())}
}
