package person

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/oidc"
	"plenary/pkg/plain"
	"plenary/pkg/store"
)

// Identity is what somebody is called at a provider.
type Identity struct {
	Provider   Provider
	Email      string // as the provider says
	CreatedAt  time.Time
	LastUsedAt *time.Time // nil where never
}

// Pending is somebody whom a provider has vouched for, and whom the forum does
// not know by that provider yet.
type Pending struct {
	Provider Provider
	Name     string
	Email    string
	Trusted  bool   // the forum's own provider says that the address is theirs
	Known    bool   // and there is an account with that address
	MayMake  bool   // they may have a new account
	Next     string // where they were going

	Question string // to be answered for a new account; empty where none

	token    string
	subject  string
	approval bool // an administrator has to agree to the new account
}

// unknown is a Pending as it is kept in its flow.
type unknown struct {
	Provider int64  `json:"provider"`
	Browser  string `json:"browser"`
	Subject  string `json:"subject"`
	Name     string `json:"name,omitempty"`
	Email    string `json:"email,omitempty"`
	Verified bool   `json:"verified,omitempty"`
	Next     string `json:"next"`
}

// settle finds out whom a provider's claims are about.
func (p *People) settle(ctx context.Context, who access.Actor, from providerRow, said oidc.Claims, w wayBack, device string) (Landing, error) {
	a := Landing{Provider: from.provider(), Next: w.Next}
	r, err := p.identified(ctx, from, said)
	if err != nil {
		return a, err
	}
	if r.ID == 0 && !who.SignedIn() {
		r, err = p.linkTrusted(ctx, from, said)
	}
	switch {
	case err != nil:
		return a, err
	case r.ID == 0:
		a.Pending, err = p.waitFor(ctx, unknown{Provider: from.ID, Browser: w.Browser, Subject: said.Subject, Name: said.Name, Email: said.Email,
			Verified: said.EmailVerified, Next: w.Next})
		return a, err
	case who.SignedIn() && who.Person != r.ID:
		return a, errs.New(errs.Conflict, "provider.of_another_person", errs.Args{"Name": from.Name})
	}
	a.Entry, err = p.enter(ctx, r, Proof{Method: ByProvider, Provider: from.ID, Device: device})
	return a, err
}

// identified reads the account that the provider's person has, the zero row
// where none, and writes down that it was used.
func (p *People) identified(ctx context.Context, from providerRow, said oidc.Claims) (row, error) {
	r, err := one(p.db.Read(ctx), "p.id = (SELECT i.person_id FROM identities AS i WHERE i.provider_id = ? AND i.subject = ?)", from.ID, said.Subject)
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return row{}, nil
	}
	if err != nil {
		return row{}, store.Translate(fmt.Errorf("look for an identity at provider %d: %w", from.ID, err))
	}
	return r, p.db.Write(ctx, func(tx *store.Tx) error {
		return tx.Exec("UPDATE identities SET last_used_at = ?, email = ? WHERE provider_id = ? AND subject = ?",
			store.At(p.now()), keptEmail(said.Email), from.ID, said.Subject).Error
	})
}

// keptEmail is an address as it is kept beside an identity: for showing only.
func keptEmail(email string) string {
	var f errs.Fields
	if email = cleanEmail(&f, email); f != nil {
		return ""
	}
	return email
}

// linkTrusted links, without asking, an account whose address its person has
// confirmed here, where the forum's own provider says that the address is theirs.
// A group's provider is never believed so far: it would open everybody's account.
func (p *People) linkTrusted(ctx context.Context, from providerRow, said oidc.Claims) (row, error) {
	email := keptEmail(said.Email)
	if from.GroupID != nil || !said.EmailVerified || email == "" {
		return row{}, nil
	}
	trusted := func(g *gorm.DB) (row, error) {
		return one(g, "p.email = ? AND p.email_confirmed_at IS NOT NULL AND p.linked_to IS NULL", email)
	}
	if _, err := trusted(p.db.Read(ctx)); errors.Is(err, gorm.ErrRecordNotFound) {
		return row{}, nil // most often, and without a write
	} else if err != nil {
		return row{}, store.Translate(fmt.Errorf("look for an address: %w", err))
	}
	var r row
	err := p.db.Write(ctx, func(tx *store.Tx) (err error) {
		// Nothing of it may change meanwhile: the address decides whose account is opened.
		r, err = trusted(tx.Clauses(clause.Locking{Strength: "UPDATE"}))
		if errors.Is(err, gorm.ErrRecordNotFound) {
			r = row{}
			return nil
		}
		if err != nil {
			return fmt.Errorf("look for an address: %w", err)
		}
		if err := r.barred(); err != nil {
			return err
		}
		return p.link(tx, r.person(), from.provider(), said.Subject, email)
	})
	return r, err
}

// link adds an identity to an account that is there already, and tells its owner
// by mail.
func (p *People) link(tx *store.Tx, owner Person, from Provider, subject, email string) error {
	if err := p.insertIdentity(tx, from.ID, subject, email, owner.ID); err != nil {
		return err
	}
	return p.tell(tx, owner, "provider_linked", map[string]string{"Provider": from.Name, "Path": "/account/providers"})
}

func (p *People) insertIdentity(tx *store.Tx, provider int64, subject, email string, person int64) error {
	now := store.At(p.now())
	made := tx.Exec(`INSERT INTO identities (provider_id, subject, person_id, email, created_at, last_used_at)
		VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (provider_id, subject) DO NOTHING`, provider, subject, person, email, now, now)
	if made.Error != nil {
		return fmt.Errorf("link person %d with provider %d: %w", person, provider, made.Error)
	}
	if made.RowsAffected == 0 {
		return errs.New(errs.Conflict, "provider.linked_meanwhile")
	}
	tx.AfterCommit(func() { p.cache.drop(person) }) // sessions through another provider are worth less now
	return nil
}

// Pending tells who waits behind a token, in the browser that they came with:
// Gone "person.start_over" where nobody.
func (p *People) Pending(ctx context.Context, token, browser string) (Pending, error) {
	var w unknown
	if _, err := p.flow(ctx, pendingFlow, token, &w); err != nil {
		return Pending{}, err
	}
	if !isBrowser(browser, w.Browser) {
		return Pending{}, errStartOver()
	}
	g := p.db.Read(ctx)
	from, err := providerByID(g, w.Provider)
	if errs.Is(err, errs.NotFound) {
		return Pending{}, errStartOver() // removed meanwhile
	}
	if err != nil {
		return Pending{}, err
	}
	out := Pending{Provider: from.provider(), Name: w.Name, Email: keptEmail(w.Email), Next: w.Next, token: token, subject: w.Subject}
	if from.GroupID != nil {
		out.MayMake = true
		return out, nil
	}
	return p.bySignUpRules(g, out, w.Verified)
}

// bySignUpRules says what the forum's own provider leads to.
func (p *People) bySignUpRules(g *gorm.DB, who Pending, verified bool) (_ Pending, err error) {
	who.Trusted = verified && who.Email != ""
	if who.Trusted {
		if who.Known, err = p.hasAccount(g, who.Email); err != nil {
			return Pending{}, err
		}
	}
	rules, err := p.signUpRules(g)
	if err != nil {
		return Pending{}, store.Translate(err)
	}
	who.MayMake = !who.Known && rules.Mode != ByInvitation
	who.approval = rules.Mode == ByApproval
	if who.MayMake && who.approval {
		who.Question = rules.Question
	}
	return who, nil
}

func (p *People) hasAccount(g *gorm.DB, email string) (bool, error) {
	_, err := one(g, "p.email = ?", email)
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return false, nil
	}
	if err != nil {
		return false, store.Translate(fmt.Errorf("look for an address: %w", err))
	}
	return true, nil
}

// LinkPending links an account with the provider that vouched for its person,
// once, and tells its owner by mail.
func (p *People) LinkPending(tx *store.Tx, who Pending, person int64) error {
	if err := p.endFlow(tx, pendingFlow, who.token); err != nil {
		return err
	}
	r, err := lockPerson(tx, person)
	if err != nil {
		return err
	}
	if err := r.barred(); err != nil {
		return err
	}
	return p.link(tx, r.person(), who.Provider, who.subject, who.Email)
}

// ThroughProvider is what somebody says who makes an account after a provider
// has vouched for them.
type ThroughProvider struct {
	Name    string
	Answer  string // to the question, where there is one
	Invited bool   // they hold an invitation, so nobody has to agree to the account
}

// PrepareThrough checks the account that somebody who came through a provider is
// to have. Of their address only that is taken which the forum's own provider
// vouches for: another could name anybody's, and hold the account when its owner
// comes. They can add one on their account page, which asks for a proof.
func (p *People) PrepareThrough(ctx context.Context, who Pending, in *ThroughProvider) (Prepared, error) {
	account := NewPerson{Name: in.Name}
	if who.Trusted && !who.Known {
		account.Email = who.Email
	}
	var f errs.Fields
	if who.Question != "" && !in.Invited {
		in.Answer = plain.Body(&f, "answer", in.Answer, true, answerMax)
	}
	if err := join(nil, account.Validate(), f.Err()); err != nil {
		return Prepared{}, err
	}
	return p.Prepare(ctx, account)
}

// InsertThrough makes the account that was prepared, linked with the provider.
func (p *People) InsertThrough(tx *store.Tx, who Pending, ready Prepared, in ThroughProvider) (Person, error) {
	made, err := p.Insert(tx, ready)
	if err != nil {
		return Person{}, err
	}
	now := store.At(p.now())
	var confirmed, waits *store.Time
	if made.Email != "" {
		confirmed = &now
	}
	if who.approval && !in.Invited {
		waits = &now
	}
	err = tx.Exec("UPDATE people SET email_confirmed_at = ?, waiting_since = ?, sign_up_note = ? WHERE id = ?", confirmed, waits, in.Answer, made.ID).Error
	if err != nil {
		return Person{}, fmt.Errorf("note how person %d signed up: %w", made.ID, err)
	}
	if err := p.endFlow(tx, pendingFlow, who.token); err != nil {
		return Person{}, err
	}
	return made, p.insertIdentity(tx, who.Provider.ID, who.subject, who.Email, made.ID)
}

// EnterThrough lets in somebody whom a provider has vouched for a moment ago.
// Errors: as for signing in.
func (p *People) EnterThrough(ctx context.Context, person, provider int64, device string) (Entry, error) {
	r, err := one(p.db.Read(ctx), "p.id = ?", person)
	if err != nil {
		return Entry{}, store.Translate(fmt.Errorf("read person %d: %w", person, err))
	}
	return p.enter(ctx, r, Proof{Method: ByProvider, Provider: provider, Device: device})
}

// ReplaceThrough opens a session through a provider in place of the one that the
// token opens, for its person, who has just been linked with the provider. All
// that was asked for then, such as a second factor, is not asked for again.
func (p *People) ReplaceThrough(ctx context.Context, session string, person, provider int64, device string) (string, error) {
	token, err := p.openSession(ctx, person, Proof{Method: ByProvider, Provider: provider, Device: device})
	if err != nil {
		return "", err
	}
	return token, p.SignOut(ctx, session)
}

// Identities lists what one is called at providers, in the order in which they
// were linked.
func (p *People) Identities(ctx context.Context, who access.Actor) ([]Identity, error) {
	if !who.SignedIn() {
		return nil, errSignIn()
	}
	var rows []struct {
		Email      string
		LinkedAt   store.Time
		LastUsedAt *store.Time
		Provider   providerRow `gorm:"embedded"`
	}
	err := p.db.Read(ctx).Table("identities AS i").
		Select("i.email, i.created_at AS linked_at, i.last_used_at, v.id, v.group_id, v.name, v.issuer, v.client_id, v.client_secret, v.created_at").
		Joins("JOIN providers AS v ON v.id = i.provider_id").Where("i.person_id = ?", who.Person).Order("i.created_at, v.id").Limit(listed).Find(&rows).Error
	if err != nil {
		return nil, store.Translate(fmt.Errorf("list the identities of person %d: %w", who.Person, err))
	}
	out := make([]Identity, len(rows))
	for i, r := range rows {
		out[i] = Identity{Provider: r.Provider.provider(), Email: r.Email, CreatedAt: r.LinkedAt.Time, LastUsedAt: instant(r.LastUsedAt)}
	}
	return out, nil
}

// Unlink forgets what one is called at a provider. Sessions and tokens that came
// through it end, the present one too: the caller opens a new one. The last way
// in stays: Conflict "provider.last_way_in".
func (p *People) Unlink(ctx context.Context, who access.Actor, provider int64) error {
	if !who.SignedIn() {
		return errSignIn()
	}
	return p.db.Write(ctx, func(tx *store.Tx) error {
		r, err := lockPerson(tx, who.Person) // two at once must not take away the last two
		if err != nil {
			return err
		}
		from, err := providerByID(tx.DB, provider)
		if err != nil {
			return err
		}
		gone := tx.Exec("DELETE FROM identities WHERE provider_id = ? AND person_id = ?", provider, who.Person)
		if gone.Error != nil {
			return fmt.Errorf("unlink person %d from provider %d: %w", who.Person, provider, gone.Error)
		}
		if gone.RowsAffected == 0 {
			return errs.New(errs.NotFound, "error.not_found")
		}
		if ways, err := waysIn(tx.DB, who.Person, 0); err != nil || ways == 0 {
			return errors.Join(err, errs.New(errs.Conflict, "provider.last_way_in"))
		}
		for _, table := range []string{"sessions", "api_tokens"} {
			if err := tx.Exec("DELETE FROM "+table+" WHERE person_id = ? AND provider_id = ?", who.Person, provider).Error; err != nil {
				return fmt.Errorf("end %s of person %d through provider %d: %w", table, who.Person, provider, err)
			}
		}
		p.changedRights(tx, who.Person)
		return p.tell(tx, r.person(), "provider_unlinked", map[string]string{"Provider": from.Name, "Path": "/account/providers"})
	})
}
