package person

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/mail"
	"plenary/pkg/plain"
	"plenary/pkg/store"
)

// BeginPasskey asks a device to make a passkey for one's own account. before is
// the secret of the ceremony that the browser had begun earlier, if any.
// Conflict "passkey.too_many" where one has as many as are allowed.
func (p *People) BeginPasskey(ctx context.Context, who access.Actor, before string) (Ceremony, error) {
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
	if err := roomForOne(len(h.keys)); err != nil {
		return Ceremony{}, err
	}
	forum, err := p.ForumName(ctx)
	if err != nil {
		return Ceremony{}, err
	}
	challenge, err := p.challenge()
	if err != nil {
		return Ceremony{}, err
	}
	options, asked, err := party.BeginRegistration(h, webauthn.WithRegistrationRelyingPartyName(forum),
		webauthn.WithExclusions(webauthn.Credentials(h.keys).CredentialDescriptors()),
		func(o *protocol.PublicKeyCredentialCreationOptions) error { o.Challenge = challenge; return nil })
	if err != nil {
		return Ceremony{}, fmt.Errorf("begin a passkey of person %d: %w", who.Person, err)
	}
	return p.begin(ctx, registerFlow, who.Person, options.Response, asked, before)
}

// holder is the person with their passkeys. An account that is closed has none.
func (p *People) holder(ctx context.Context, person int64) (holder, error) {
	g := p.db.Read(ctx)
	r, err := one(g, "p.id = ?", person)
	if err != nil {
		return holder{}, store.Translate(fmt.Errorf("read person %d: %w", person, err))
	}
	if err := r.barred(); err != nil {
		return holder{}, err
	}
	h, err := holds(g, r)
	return h, store.Translate(err)
}

func roomForOne(have int) error {
	if have >= PasskeysMax {
		return errs.New(errs.Conflict, "passkey.too_many", errs.Args{"Max": PasskeysMax})
	}
	return nil
}

// AddPasskey keeps the passkey that a device made in answer to BeginPasskey, and
// tells its owner by mail. One's sessions end, but for the one to keep. name says where it is.
func (p *People) AddPasskey(ctx context.Context, who access.Actor, keep int64, secret string, answer []byte, name string) (Passkey, error) {
	if !who.SignedIn() {
		return Passkey{}, errSignIn()
	}
	var f errs.Fields
	name = plain.Line(&f, "name", name, true, nameMax)
	if err := f.Err(); err != nil {
		return Passkey{}, err
	}
	made, err := p.made(ctx, who, secret, answer)
	if err != nil {
		return Passkey{}, err
	}
	kept, err := json.Marshal(made)
	if err != nil {
		return Passkey{}, fmt.Errorf("write down a passkey: %w", err)
	}
	r := passkeyRow{PersonID: who.Person, Credential: string(kept), Name: name, CreatedAt: store.At(p.now())}
	err = p.db.Write(ctx, func(tx *store.Tx) error {
		if err := p.keep(tx, &r, made.ID); err != nil {
			return err
		}
		return p.waysChanged(tx, who.Person, keep)
	})
	if err != nil {
		return Passkey{}, err
	}
	return r.passkey()
}

// made checks what the device made.
func (p *People) made(ctx context.Context, who access.Actor, secret string, answer []byte) (*webauthn.Credential, error) {
	party, err := p.relyingParty()
	if err != nil {
		return nil, err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return nil, unreadable(err)
	}
	asked, err := p.take(ctx, registerFlow, secret, who.Person)
	if err != nil {
		return nil, err
	}
	h, err := p.holder(ctx, who.Person)
	if err != nil {
		return nil, err
	}
	made, err := party.CreateCredential(h, asked, parsed)
	if err != nil {
		return nil, refused(asked, party, parsed.Response.CollectedClientData, parsed.Response.AttestationObject.AuthData, err)
	}
	return made, nil
}

// keep stores the passkey and writes to its owner, who should know of every new
// key to the account.
func (p *People) keep(tx *store.Tx, k *passkeyRow, credential []byte) error {
	owner, err := lockPerson(tx, k.PersonID)
	if err != nil {
		return err
	}
	if err := owner.barred(); err != nil {
		return err
	}
	have, err := passkeysOf(tx.DB, owner.ID)
	if err != nil {
		return err
	}
	if err := roomForOne(len(have)); err != nil {
		return err
	}
	var taken bool
	if err := tx.Raw("SELECT EXISTS (SELECT 1 FROM passkeys WHERE credential_id = ?)", credential).Row().Scan(&taken); err != nil {
		return fmt.Errorf("look for a passkey: %w", err)
	}
	if taken {
		return errs.New(errs.Conflict, "passkey.taken")
	}
	err = tx.Raw("INSERT INTO passkeys (person_id, credential_id, credential, name, created_at) VALUES (?, ?, ?, ?, ?) RETURNING id",
		k.PersonID, credential, k.Credential, k.Name, k.CreatedAt).Row().Scan(&k.ID)
	if err != nil {
		return fmt.Errorf("keep a passkey of person %d: %w", owner.ID, err)
	}
	if owner.Email == nil {
		return nil
	}
	return p.post(tx, mail.Letter{Kind: "passkey_added", To: mail.Address{Name: owner.Name, Email: *owner.Email}, Person: owner.ID,
		Language: owner.Language, Args: map[string]string{"Passkey": k.Name, "Path": "/account/passkeys"}})
}
