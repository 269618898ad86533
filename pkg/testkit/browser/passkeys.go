package browser

import (
	"context"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
)

// Device gives the tab a device that makes passkeys and always finds that it is
// its owner who asks. Outside of TLS a forum has to be reached as localhost.
func (p *Tab) Device() webauthn.AuthenticatorID {
	p.t.Helper()
	var device webauthn.AuthenticatorID
	p.Do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		if _, err := cdp.Call(ctx, target, webauthn.Enable, webauthn.EnableParams{}); err != nil {
			return err
		}
		made, err := cdp.Call(ctx, target, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
			Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal,
			HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true}})
		device = made.AuthenticatorID
		return err
	}))
	return device
}

// Before runs a script on every page from now on, before those of the page.
func (p *Tab) Before(script string) {
	p.t.Helper()
	p.Do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script})
		return err
	}))
}

// OffersNothingInFields has the browser wait for a button, where it would take a
// passkey as soon as a page asks for one.
func (p *Tab) OffersNothingInFields() {
	p.t.Helper()
	p.Before("PublicKeyCredential.isConditionalMediationAvailable = async () => false")
}
