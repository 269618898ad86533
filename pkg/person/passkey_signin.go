package person

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/store"
)

// BeginPasskeySignIn asks whatever device is there for a passkey of this forum;
// whose it is the answer tells. from is the address in the network that asks;
// before is the secret of the ceremony that the browser had begun earlier, if
// any.
func (p *People) BeginPasskeySignIn(ctx context.Context, from, before string) (Ceremony, error) {
	party, err := p.relyingParty()
	if err != nil {
		return Ceremony{}, err
	}
	if err := p.challenges.take(neighbourhood(from), p.now()); err != nil {
		return Ceremony{}, err
	}
	challenge, err := p.challenge()
	if err != nil {
		return Ceremony{}, err
	}
	options, asked, err := party.BeginDiscoverableLogin(webauthn.WithChallenge(challenge))
	if err != nil {
		return Ceremony{}, fmt.Errorf("begin to sign in by passkey: %w", err)
	}
	return p.begin(ctx, signInFlow, 0, options.Response, asked, before)
}

// SignInByPasskey lets in whose device has answered. The device has checked by
// finger, face or code that it is them, so no second factor is asked for.
//
// Errors: Gone "passkey.late" for a challenge that is no longer good,
// Unauthenticated "passkey.unknown" and "passkey.refused", Forbidden
// "passkey.other_site", "passkey.not_verified" and "passkey.copied", and what
// keeps the account closed.
func (p *People) SignInByPasskey(ctx context.Context, secret string, answer []byte, device string) (Entry, error) {
	r, err := p.answered(ctx, signInFlow, 0, secret, answer)
	if err != nil {
		return Entry{}, err
	}
	return p.enter(ctx, r, Proof{Method: ByPasskey, Device: device})
}

// BeginPasskeyProof asks for one of one's own passkeys, to prove again who one
// is. Conflict "passkey.none" where there is none.
func (p *People) BeginPasskeyProof(ctx context.Context, who access.Actor, before string) (Ceremony, error) {
	if !who.SignedIn() {
		return Ceremony{}, errSignIn()
	}
	party, err := p.relyingParty()
	if err != nil {
		return Ceremony{}, err
	}
	h, err := p.holder(ctx, who.Person)
	if err != nil {
		return Ceremony{}, err
	}
	if len(h.keys) == 0 {
		return Ceremony{}, errs.New(errs.Conflict, "passkey.none")
	}
	challenge, err := p.challenge()
	if err != nil {
		return Ceremony{}, err
	}
	options, asked, err := party.BeginLogin(h, webauthn.WithChallenge(challenge))
	if err != nil {
		return Ceremony{}, fmt.Errorf("begin a proof by passkey of person %d: %w", who.Person, err)
	}
	return p.begin(ctx, proveFlow, who.Person, options.Response, asked, before)
}

// ProveByPasskey checks the answer to BeginPasskeyProof and notes that the
// session's person has just proved who they are. As with Reprove the session's
// secret is replaced: token is the present one, fresh the new one. The errors are
// those of SignInByPasskey.
func (p *People) ProveByPasskey(ctx context.Context, s Session, token, secret string, answer []byte) (fresh string, err error) {
	if s.ID == 0 {
		return "", errSignIn()
	}
	if _, err := p.answered(ctx, proveFlow, s.Person.ID, secret, answer); err != nil {
		return "", err
	}
	return p.Reprove(ctx, s, token, ByPasskey)
}

// answered checks an answer and gives back whose passkey gave it.
func (p *People) answered(ctx context.Context, kind string, person int64, secret string, answer []byte) (row, error) {
	party, err := p.relyingParty()
	if err != nil {
		return row{}, err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return row{}, unreadable(err)
	}
	asked, err := p.take(ctx, kind, secret, person)
	if err != nil {
		return row{}, err
	}
	k, h, err := p.keyOf(ctx, parsed.RawID)
	switch {
	case errors.Is(err, gorm.ErrRecordNotFound), err == nil && person != 0 && h.ID != person:
		return row{}, errs.New(errs.Unauthenticated, "passkey.unknown")
	case err != nil:
		return row{}, store.Translate(fmt.Errorf("look for a passkey: %w", err))
	}
	used, err := checked(party, h, asked, parsed)
	if err != nil {
		return row{}, refused(asked, party, parsed.Response.CollectedClientData, parsed.Response.AuthenticatorData, err)
	}
	return h.row, p.passkeyUsed(ctx, k, used)
}

// checked verifies the signature and everything that is signed. Which of one's
// own passkeys answered does not matter, so the list that was asked for is left
// out: it may have changed meanwhile.
func checked(party *webauthn.WebAuthn, h holder, asked webauthn.SessionData, parsed *protocol.ParsedCredentialAssertionData) (*webauthn.Credential, error) {
	asked.AllowedCredentialIDs = nil
	if len(asked.UserID) > 0 {
		return party.ValidateLogin(h, asked, parsed)
	}
	_, used, err := party.ValidatePasskeyLogin(func(_, _ []byte) (webauthn.User, error) { return h, nil }, asked, parsed)
	return used, err
}

// passkeyUsed writes down the use of a passkey, and what its counter says. One
// whose counter did not go on has a copy somewhere: it is marked and never
// accepted again.
func (p *People) passkeyUsed(ctx context.Context, k passkeyRow, used *webauthn.Credential) error {
	kept, err := json.Marshal(used)
	if err != nil {
		return fmt.Errorf("write down passkey %d: %w", k.ID, err)
	}
	copied := used.Authenticator.CloneWarning
	at := k.LastUsedAt
	if !copied {
		at = store.AtPtr(p.now())
	}
	err = p.db.Write(ctx, func(tx *store.Tx) error {
		// Only as it was when it was checked: of two answers at once with the
		// same counter one is a copy's.
		done := tx.Exec("UPDATE passkeys SET credential = ?, last_used_at = ? WHERE id = ? AND credential = ?", string(kept), at, k.ID, k.Credential)
		if done.Error != nil {
			return fmt.Errorf("write down the use of passkey %d: %w", k.ID, done.Error)
		}
		if done.RowsAffected == 0 {
			return errLate()
		}
		return nil
	})
	if err == nil && copied {
		err = errs.New(errs.Forbidden, "passkey.copied")
	}
	return err
}
