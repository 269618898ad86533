package person

import (
	"context"
	"fmt"
	"time"

	"plenary/pkg/errs"
	"plenary/pkg/store"
)

// knownFlow is the kind of flow that remembers a browser which has been signed in
// to an account. It opens nothing: strangers who use up what a mailbox may be
// asked for do not keep its owner out.
const knownFlow = "known_browser"

// KnownLife is how long a browser is remembered.
const KnownLife = 180 * 24 * time.Hour

// KnowBrowser remembers a browser that is signed in to the account. It returns
// the secret that the browser is to keep: the one that it had, where that is
// good.
func (p *People) KnowBrowser(ctx context.Context, person int64, had string) (secret string, err error) {
	known, err := p.knownTo(ctx, person, had)
	if err != nil || known {
		return had, err
	}
	err = p.db.Write(ctx, func(tx *store.Tx) error {
		secret, err = p.beginFlow(tx, knownFlow, person, struct{}{}, KnownLife)
		return err
	})
	return secret, err
}

func (p *People) knownTo(ctx context.Context, person int64, secret string) (bool, error) {
	f, err := p.flow(ctx, knownFlow, secret, new(struct{}))
	if errs.Is(err, errs.Gone) {
		return false, nil
	}
	return err == nil && f.PersonID != nil && *f.PersonID == person, err
}

// mayAsk counts a request for a mail: by person where the browser is signed in
// to the account or has been, and by mailbox and network address for strangers.
func (p *People) mayAsk(ctx context.Context, r row, in Ask) error {
	own := r.ID != 0 && in.Own.ID != 0 && in.Own.Person.ID == r.ID
	if r.ID != 0 && !own {
		known, err := p.knownTo(ctx, r.ID, in.Known)
		if err != nil {
			return err
		}
		own = known
	}
	if own {
		return p.ownMails.take(byPerson(r.ID), p.now())
	}
	if err := p.CountStranger(in.Address); err != nil {
		return err
	}
	return p.toMailbox.take(in.Email, p.now())
}

// CountStranger counts what somebody does who is not signed in and whose answer
// tells something of an account. TooMany "person.too_many_mails".
func (p *People) CountStranger(address string) error {
	return p.fromAddress.take(neighbourhood(address), p.now())
}

// mayType counts a code that is typed by somebody who is not signed in: by
// network address, and less often for one mailbox from there. Each request has
// its own few tries besides. What others type elsewhere counts for nothing.
func (p *People) mayType(email string, at Browser) error {
	from := neighbourhood(at.Address)
	if err := p.codesFrom.take(from, p.now()); err != nil {
		return err
	}
	return p.typedCodes.take(from+" "+email, p.now())
}

func byPerson(id int64) string { return fmt.Sprintf("person %d", id) }
