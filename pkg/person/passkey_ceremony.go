package person

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"plenary/pkg/errs"
	"plenary/pkg/store"
)

// CeremonyLife is how long a device may take for its answer.
const CeremonyLife = 5 * time.Minute

// challengesFromAddress is how many challenges an address of the network gets in
// ten minutes, since each is kept: a whole hall may open the sign-in page.
const challengesFromAddress = 3000

// What a challenge was made for, as the table of flows names it. An answer to
// one is none to another.
const (
	registerFlow = "passkey_register"
	signInFlow   = "passkey_signin"
	proveFlow    = "passkey_prove"
)

// Ceremony is a question to a device that waits for its answer.
type Ceremony struct {
	Options []byte // JSON for the browser
	Secret  string // to be kept by the browser and brought back with the answer, once
}

// Reached says at which address people reach the forum: passkeys are bound to
// its host, and answers that a device gave elsewhere are refused. Where the host
// is no name but a number there can be no passkeys. Call it before the first
// request.
func (p *People) Reached(base *url.URL) {
	p.party = nil
	host := strings.ToLower(base.Hostname())
	if protocol.ValidateRPID(host) != nil {
		return
	}
	required := true
	p.party = &webauthn.WebAuthn{Config: &webauthn.Config{
		RPID: host, RPDisplayName: defaultForumName, RPOrigins: []string{base.Scheme + "://" + strings.ToLower(base.Host)},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{RequireResidentKey: &required, ResidentKey: protocol.ResidentKeyRequirementRequired,
			UserVerification: protocol.VerificationRequired},
		// Some password managers tell more than they were asked; none of it is used.
		ExtensionsUnsolicitedOutputPolicy: protocol.UnsolicitedOutputPolicyIgnore,
	}}
}

// PasskeysWork tells whether the forum is reached in a way that allows passkeys.
func (p *People) PasskeysWork() bool { return p.party != nil }

func (p *People) relyingParty() (*webauthn.WebAuthn, error) {
	if p.party == nil {
		return nil, errs.New(errs.Conflict, "passkey.no_host")
	}
	return p.party, nil
}

// challenge is what has to be signed: 256 bits that nobody can foresee.
func (p *People) challenge() ([]byte, error) {
	b := make([]byte, secretBytes)
	if _, err := io.ReadFull(p.random, b); err != nil {
		return nil, fmt.Errorf("draw a challenge: %w", err)
	}
	return b, nil
}

// begin keeps the challenge until its answer comes, in place of the one that the
// browser had before. person is 0 where it is not known who will answer.
func (p *People) begin(ctx context.Context, kind string, person int64, options any, asked *webauthn.SessionData, before string) (Ceremony, error) {
	shown, err := json.Marshal(options)
	if err != nil {
		return Ceremony{}, fmt.Errorf("write the question to a device: %w", err)
	}
	c := Ceremony{Options: shown}
	err = p.db.Write(ctx, func(tx *store.Tx) error {
		if old, ok := Digest(before); ok {
			if err := tx.Exec("DELETE FROM flows WHERE token_hash = ? AND kind = ?", old, kind).Error; err != nil {
				return fmt.Errorf("drop a challenge: %w", err)
			}
		}
		c.Secret, err = p.beginFlow(tx, kind, person, asked, CeremonyLife)
		return err
	})
	return c, err
}

// errLate answers for a challenge that has been answered, has expired, belongs
// to somebody else or was never given out: which of these is nobody's business.
func errLate() error { return errs.New(errs.Gone, "passkey.late") }

// take gives back what was asked, and forgets it: whatever the answer is worth,
// there is no second try.
func (p *People) take(ctx context.Context, kind, secret string, person int64) (webauthn.SessionData, error) {
	var asked webauthn.SessionData
	kept, err := p.flow(ctx, kind, secret, &asked)
	if err == nil {
		err = p.db.Write(ctx, func(tx *store.Tx) error { return p.endFlow(tx, kind, secret) })
	}
	if errs.Is(err, errs.Gone) {
		return asked, errLate()
	}
	if err != nil {
		return asked, err
	}
	owner := int64(0)
	if kept.PersonID != nil {
		owner = *kept.PersonID
	}
	if owner != person {
		return asked, errLate()
	}
	return asked, nil
}

// refused says in words that help why an answer was not accepted. The library
// tells its reasons in English for the log; the answer itself says the same.
func refused(asked webauthn.SessionData, party *webauthn.WebAuthn, told protocol.CollectedClientData, by protocol.AuthenticatorData, cause error) error {
	host := sha256.Sum256([]byte(party.Config.RPID))
	e := errs.New(errs.Unauthenticated, "passkey.refused")
	switch {
	case told.Challenge != asked.Challenge:
		e = errs.New(errs.Gone, "passkey.late")
	case !protocol.IsOriginInHaystack(told.Origin, party.Config.RPOrigins), !bytes.Equal(by.RPIDHash, host[:]):
		e = errs.New(errs.Forbidden, "passkey.other_site", errs.Args{"Address": party.Config.RPOrigins[0]})
	case !by.Flags.HasUserVerified():
		e = errs.New(errs.Forbidden, "passkey.not_verified")
	}
	return e.Because(detailed(cause))
}

// detailed adds what the library keeps apart from an error's text.
func detailed(err error) error {
	if e, ok := errors.AsType[*protocol.Error](err); ok && e.DevInfo != "" {
		return fmt.Errorf("%w: %s", err, e.DevInfo)
	}
	return err
}

func unreadable(cause error) error {
	return errs.New(errs.Invalid, "passkey.unreadable").Because(detailed(cause))
}
