package web

import (
	"context"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"

	"plenary/pkg/testkit"
	chromium "plenary/pkg/testkit/browser"
)

// phone is somebody's browser with a device that makes passkeys, in front of a
// forum that is served over a network.
type phone struct {
	*chromium.Tab
	t      *testing.T
	h      *house
	origin string
	device webauthn.AuthenticatorID
}

func newPhone(t *testing.T) *phone {
	t.Helper()
	h := newHouse(t, testkit.SQLite(t))
	server := httptest.NewServer(h.edge.Echo)
	t.Cleanup(server.Close)
	// A passkey is bound to a name, and outside of TLS browsers allow one only.
	address, err := url.Parse(strings.Replace(server.URL, "127.0.0.1", "localhost", 1))
	h.must(err)
	h.site.People.Reached(address)
	p := &phone{Tab: chromium.Person(t), t: t, h: h, origin: address.String()}
	p.device = p.Device()
	return p
}

// comesInAs signs somebody in by other means.
func (p *phone) comesInAs(name string) {
	p.t.Helper()
	token, err := p.h.site.People.OpenSession(context.Background(), p.h.who[name].ID, "Test browser")
	p.h.must(err)
	p.Open(p.origin + "/groups")
	chromium.Eval[string](p.Tab, "document.cookie = 'plenary="+token+"; path=/'")
}

// verifies has the device find, or not find, that it is its owner.
func (p *phone) verifies(is bool) {
	p.t.Helper()
	p.Do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, webauthn.SetUserVerified, webauthn.SetUserVerifiedParams{AuthenticatorID: p.device, IsUserVerified: is})
		return err
	}))
}

const onPasskey = "[data-passkey]:not([hidden]) button:not([hidden])"

func TestSomebodyAddsAPasskeySignsInWithItAndRemovesIt(t *testing.T) {
	p := newPhone(t)
	p.OffersNothingInFields()
	p.comesInAs("ben")
	p.Open(p.origin + "/")
	p.FollowText(".passkey-offer", "Add a passkey")
	p.Sees("You have no passkey yet")

	p.verifies(false)
	p.Click(onPasskey)
	p.Sees("Nothing was changed: the question on your device was closed")
	if on := chromium.Eval[string](p.Tab, "document.activeElement?.textContent"); on != "Add a passkey" {
		t.Errorf("the focus went to %q", on)
	}
	p.verifies(true)
	p.Follow(onPasskey)
	p.Sees("not used yet")
	p.Until("document.activeElement?.id.startsWith('passkey-')")
	p.Click(onPasskey)
	p.Sees("There is a passkey for this account on that device already")

	p.Open(p.origin + "/")
	if chromium.Eval[bool](p.Tab, "!!document.querySelector('.passkey-offer')") {
		t.Error("a passkey is offered to somebody who has one")
	}
	p.Click(".account-menu summary")
	p.FollowText(".account-menu", "Sign out")

	p.Open(p.origin + "/signin?next=%2Faccount%2Fpasskeys")
	p.verifies(false)
	p.Click(onPasskey)
	p.Sees("the question on your device was closed")
	p.verifies(true)
	p.Follow(onPasskey)
	p.Until("location.pathname === '/account/passkeys'")
	p.Sees("last used")
	p.FollowText(".rows", "Remove")
	p.Sees("You have no passkey yet")

	p.Click(".account-menu summary")
	p.FollowText(".account-menu", "Sign out")
	p.Open(p.origin + "/signin")
	p.Click(onPasskey)
	p.Sees("The forum does not know this passkey")
}

func TestABrowserOffersThePasskeyInTheFieldForTheAddress(t *testing.T) {
	p := newPhone(t)
	p.comesInAs("ben")
	p.Open(p.origin + "/account/passkeys")
	p.Follow(onPasskey)
	p.Click(".account-menu summary")
	p.FollowText(".account-menu", "Sign out")
	// A device that always says yes takes the offer as soon as it is made.
	p.Do(chromedp.Navigate(p.origin + "/signin?next=%2Faccount%2Fpasskeys"))
	p.Until("location.pathname === '/account/passkeys'")
	p.Sees("last used")
}

func TestABrowserWithoutPasskeysSaysSo(t *testing.T) {
	p := newPhone(t)
	p.Before("delete window.PublicKeyCredential")
	p.comesInAs("ben")
	p.Open(p.origin + "/account/passkeys")
	p.Sees("This browser cannot use passkeys here")
	p.NoScripts()
	p.Open(p.origin + "/account/passkeys")
	p.Sees("needs JavaScript, which is off")
}

// Browsers that know no JSON for passkeys make and read the bytes themselves.
func TestAnOlderBrowserAddsAPasskeyAndSignsInWithIt(t *testing.T) {
	p := newPhone(t)
	p.OffersNothingInFields()
	p.Before(`delete PublicKeyCredential.parseCreationOptionsFromJSON;
delete PublicKeyCredential.parseRequestOptionsFromJSON; delete PublicKeyCredential.prototype.toJSON`)
	p.comesInAs("ben")
	p.Open(p.origin + "/account/passkeys")
	p.Follow(onPasskey)
	p.Sees("not used yet")
	p.Click(".account-menu summary")
	p.FollowText(".account-menu", "Sign out")
	p.Open(p.origin + "/signin?next=%2Faccount%2Fpasskeys")
	p.Follow(onPasskey)
	p.Until("location.pathname === '/account/passkeys'")
	p.Sees("last used")
}

func TestAPasskeyCarriesOutWhatWaitedForAProof(t *testing.T) {
	p := newPhone(t)
	p.OffersNothingInFields()
	p.comesInAs("ben")
	p.Open(p.origin + "/account/passkeys")
	p.Follow(onPasskey)
	p.Sees("not used yet")

	p.h.clock.pass(time.Hour)
	p.Follow(onPasskey) // to add another: the page leads to the proof and back
	p.Until("location.pathname === '/signin/again'")
	p.Follow(onPasskey)
	p.Until("location.pathname === '/account/passkeys'")
	p.Sees("last used")

	p.h.clock.pass(time.Hour)
	p.FollowText(".rows", "Remove")
	p.Until("document.querySelector('[data-passkey=again]')")
	p.Follow(onPasskey)
	p.Sees("You have no passkey yet")
}

func TestAPasskeyCarriesOutWhatWasSentAfterTheSessionEnded(t *testing.T) {
	p := newPhone(t)
	p.OffersNothingInFields()
	p.comesInAs("ben")
	p.Open(p.origin + "/account/passkeys")
	p.Follow(onPasskey)
	p.Click(".rows summary")
	const field = "#passkey-1-name"
	chromium.Eval[string](p.Tab, "document.querySelector('"+field+"').value = ''")
	p.Type(field, "The red phone")
	p.h.exec("DELETE FROM sessions")
	p.h.site.People.Forget(0)
	p.FollowText(".rows", "Save the name")
	p.Until("document.querySelector('#expired-form')")
	p.Follow(onPasskey)
	p.Until("location.pathname === '/account/passkeys'")
	p.Sees("The red phone")
}
