package person

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"gorm.io/gorm"

	"plenary/pkg/errs"
	"plenary/pkg/mail"
	"plenary/pkg/store"
)

// MailLife is how long a link and its code are good for.
const MailLife = 15 * time.Minute

// codeTries is how often a code may be typed before a new one is needed.
const codeTries = 5

// Purposes of a link, as they are stored.
const (
	toSignIn = "sign_in"
	toSignUp = "sign_up"
)

// Ask is a request for a link and a code by mail.
type Ask struct {
	Email    string
	Next     string // where to go afterwards, inside the forum
	Device   string // the browser's name, told in the letter; empty for an unknown one
	Address  string // of the network, for the limit
	Language string // of the browser; an account's own goes first

	Browser string  // secret of what this browser asked for before; that becomes void
	Known   string  // secret by which the browser is known, from KnowBrowser
	Own     Session // that the browser is signed in with; the zero value where none
}

// Browser is where somebody arrives with a link or a code.
type Browser struct {
	Device  string  // its name, shown in the list of sessions
	Address string  // of the network, for the limit
	Own     Session // that it is signed in with; the zero value where none
}

// AskByMail sends a link and a code with which to sign in, or to sign up where
// nobody has the address and the forum is open to newcomers. It returns the
// secret with which the browser that asked is known again.
//
// Whether there is such an account shows neither in the answer nor in the work:
// where no letter is to leave, it is written all the same and taken back.
// Errors: Invalid for what is no address, TooMany "person.too_many_mails".
func (p *People) AskByMail(ctx context.Context, in Ask) (browser string, err error) {
	var f errs.Fields
	if strings.TrimSpace(in.Email) == "" {
		f.Add("email", "field.required")
	}
	in.Email = cleanEmail(&f, in.Email)
	if err := f.Err(); err != nil {
		return "", err
	}
	r, err := one(p.db.Read(ctx), "p.email = ? AND p.linked_to IS NULL AND p.erased_at IS NULL", in.Email)
	if err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
		return "", store.Translate(fmt.Errorf("look for an account: %w", err))
	}
	if err := p.mayAsk(ctx, r, in); err != nil {
		return "", err
	}
	s, err := p.newSecrets()
	if err != nil {
		return "", err
	}
	rules, err := p.signUpRules(p.db.Read(ctx))
	if err != nil {
		return "", store.Translate(err)
	}
	l := letterFor(r, in, s)
	err = p.db.Write(ctx, func(tx *store.Tx) error {
		if err := p.keepRequest(tx, r.ID, l.Kind, in, s); err != nil {
			return err
		}
		return p.postIf(tx, r.ID != 0 || rules.Mode != ByInvitation, l)
	})
	return s.browser, err
}

// secrets are those of one request: the link's, the browser's and the code.
type secrets struct {
	token, browser, code string
	tokenHash            []byte
}

func (p *People) newSecrets() (secrets, error) {
	var s secrets
	var err error
	if s.token, s.tokenHash, err = NewSecret(p.random); err != nil {
		return s, err
	}
	if s.browser, _, err = NewSecret(p.random); err != nil {
		return s, err
	}
	b := make([]byte, 8)
	if _, err := io.ReadFull(p.random, b); err != nil {
		return s, fmt.Errorf("draw a code: %w", err)
	}
	s.code = fmt.Sprintf("%06d", binary.BigEndian.Uint64(b)%1_000_000)
	return s, nil
}

// codeDigest is what is stored of a code. A million codes are soon tried, so it
// takes the browser's secret, of which only a hash is stored, to check one.
func codeDigest(browser, code string) []byte {
	mac := hmac.New(sha256.New, []byte(browser))
	mac.Write([]byte(code))
	return mac.Sum(nil)
}

func letterFor(r row, in Ask, s secrets) mail.Letter {
	l := mail.Letter{Kind: toSignUp, To: mail.Address{Email: in.Email}, Language: in.Language,
		Args: map[string]string{"Path": "/signin/link/" + s.token, "Code": s.code, "Device": cleanDevice(in.Device)}}
	if r.ID != 0 {
		l.Kind, l.To.Name, l.Person = toSignIn, r.Name, r.ID
		if r.Language != "" {
			l.Language = r.Language
		}
	}
	return l
}

// keepRequest writes the request down. It makes void what the same browser asked
// for before, and nothing that another one did: a stranger must not be able to
// keep somebody out by asking in their name.
func (p *People) keepRequest(tx *store.Tx, person int64, purpose string, in Ask, s secrets) error {
	now := store.At(p.now())
	if before, ok := Digest(in.Browser); ok {
		err := tx.Exec("UPDATE mail_codes SET used_at = ? WHERE email = ? AND browser_hash = ? AND purpose IN ('sign_in', 'sign_up') AND used_at IS NULL",
			now, in.Email, before).Error
		if err != nil {
			return fmt.Errorf("void older links: %w", err)
		}
	}
	err := tx.Exec(`UPDATE mail_codes SET used_at = ? WHERE email = ? AND purpose IN ('sign_in', 'sign_up') AND used_at IS NULL
		AND id NOT IN (SELECT id FROM mail_codes WHERE email = ? AND purpose IN ('sign_in', 'sign_up') AND used_at IS NULL ORDER BY id DESC LIMIT ?)`,
		now, in.Email, in.Email, linksKept-1).Error
	if err != nil {
		return fmt.Errorf("void the oldest links: %w", err)
	}
	var whose *int64
	if person != 0 {
		whose = &person
	}
	browser, _ := Digest(s.browser)
	err = tx.Exec(`INSERT INTO mail_codes (purpose, email, person_id, token_hash, code_hash, browser_hash, next, created_at, expires_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		purpose, in.Email, whose, s.tokenHash, codeDigest(s.browser, s.code), browser, in.Next, now, store.At(p.now().Add(MailLife))).Error
	if err != nil {
		return fmt.Errorf("keep a link: %w", err)
	}
	return nil
}

// postIf posts the letter, or does all the work of it and takes it back.
func (p *People) postIf(tx *store.Tx, leaves bool, l mail.Letter) error {
	const point = "letter"
	if err := tx.SavePoint(point).Error; err != nil {
		return fmt.Errorf("begin a letter: %w", err)
	}
	if leaves {
		if err := p.post(tx, l); err != nil {
			return err
		}
		return tx.Exec("RELEASE SAVEPOINT " + point).Error
	}
	// What is to happen after the commit is left behind with this Tx.
	if err := p.post(&store.Tx{DB: tx.DB}, l); err != nil {
		return err
	}
	return tx.RollbackTo(point).Error
}

// Asked is a request that a browser waits for.
type Asked struct {
	Email string
	Next  string
}

// AskedBy is what the browser has asked for last; Gone "person.link_gone" where
// nothing, or where it is no longer good.
func (p *People) AskedBy(ctx context.Context, browser string) (Asked, error) {
	digest, ok := Digest(browser)
	if !ok {
		return Asked{}, errLinkGone()
	}
	m, err := p.mailed(ctx, "browser_hash = ?", digest)
	return Asked{Email: m.Email, Next: m.Next}, err
}

// LinkInfo is what a link that is still good leads to.
type LinkInfo struct {
	Email  string
	Here   bool // it is opened in the browser that asked for it
	SignUp bool // to a new account
}

// MailLink looks where a link leads, without using it up: programs that look at
// mail open links too. Gone "person.link_gone" where it is not good any more.
func (p *People) MailLink(ctx context.Context, token, browser string) (LinkInfo, error) {
	digest, ok := Digest(token)
	if !ok {
		return LinkInfo{}, errLinkGone()
	}
	m, err := p.mailed(ctx, "token_hash = ?", digest)
	if err != nil {
		return LinkInfo{}, err
	}
	own, ok := Digest(browser)
	return LinkInfo{Email: m.Email, Here: ok && hmac.Equal(own, m.BrowserHash), SignUp: m.Purpose == toSignUp}, nil
}

// mailRow is a stored request.
type mailRow struct {
	ID          int64
	Purpose     string
	Email       string
	PersonID    *int64
	CodeHash    []byte
	BrowserHash []byte
	Next        string
}

const mailColumns = "id, purpose, email, person_id, code_hash, browser_hash, next"

func errLinkGone() error { return errs.New(errs.Gone, "person.link_gone") }

// mailed reads the request that the condition finds, while it is good.
func (p *People) mailed(ctx context.Context, condition string, digest []byte) (mailRow, error) {
	var m mailRow
	err := p.db.Read(ctx).Table("mail_codes").Select(mailColumns).
		Where(condition+" AND purpose IN ('sign_in', 'sign_up') AND used_at IS NULL AND expires_at > ?", digest, store.At(p.now())).
		Order("id DESC").Limit(1).Take(&m).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return m, errLinkGone()
	}
	if err != nil {
		return m, store.Translate(fmt.Errorf("read a link: %w", err))
	}
	return m, nil
}

// Arrival is where a link or a code has led: to an entry, or where there is no
// account yet to the making of one.
type Arrival struct {
	Entry
	SignUp string // secret of the flow in which the account is made
	Next   string
}

// EnterByLink uses up a link. Of several who try at once one gets in. Errors:
// Gone "person.link_gone" and those of an entry.
func (p *People) EnterByLink(ctx context.Context, token string, at Browser) (Arrival, error) {
	digest, ok := Digest(token)
	if !ok {
		return Arrival{}, errLinkGone()
	}
	var m mailRow
	var next func(context.Context) (Arrival, error)
	err := p.db.Write(ctx, func(tx *store.Tx) (err error) {
		if m, err = p.spendLink(tx, digest); err != nil {
			return err
		}
		next, err = p.arrive(tx, m, at)
		return err
	})
	if err != nil {
		return Arrival{}, err
	}
	return next(ctx)
}

func (p *People) spendLink(tx *store.Tx, digest []byte) (mailRow, error) {
	now := store.At(p.now())
	var found []mailRow
	err := tx.Raw(`UPDATE mail_codes SET used_at = ? WHERE token_hash = ? AND purpose IN ('sign_in', 'sign_up') AND used_at IS NULL AND expires_at > ?
		RETURNING `+mailColumns, now, digest, now).Scan(&found).Error
	if err != nil {
		return mailRow{}, fmt.Errorf("use a link: %w", err)
	}
	if len(found) == 0 {
		return mailRow{}, errLinkGone()
	}
	return found[0], nil
}

// EnterByCode uses up the code that was sent to the browser's last request.
// Errors: Invalid about the field "code", Gone "person.link_gone" where it has
// run out or was tried too often, TooMany "person.too_many_codes", and those of
// an entry.
func (p *People) EnterByCode(ctx context.Context, browser, code string, at Browser) (Arrival, error) {
	asked, err := p.AskedBy(ctx, browser)
	if err != nil {
		return Arrival{}, err
	}
	if err := p.mayType(asked.Email, at); err != nil {
		return Arrival{}, err
	}
	var wrong error
	var next func(context.Context) (Arrival, error)
	err = p.db.Write(ctx, func(tx *store.Tx) error {
		m, right, err := p.tryCode(tx, browser, code)
		if err != nil || !right {
			wrong = errCode("code")
			return err // a wrong try is counted, so it is committed
		}
		wrong = nil
		next, err = p.arrive(tx, m, at)
		return err
	})
	if err == nil {
		err = wrong
	}
	if err != nil {
		return Arrival{}, err
	}
	return next(ctx)
}

func errCode(field string) error {
	var f errs.Fields
	f.Add(field, "person.wrong_code")
	return f.Err()
}

// tryCode counts a try of the browser's code, and uses the code up where it is
// the right one.
func (p *People) tryCode(tx *store.Tx, browser, code string) (mailRow, bool, error) {
	digest, ok := Digest(browser)
	if !ok {
		return mailRow{}, false, errLinkGone()
	}
	now := store.At(p.now())
	var found []mailRow
	err := tx.Raw(`UPDATE mail_codes SET tries = tries + 1 WHERE browser_hash = ? AND purpose IN ('sign_in', 'sign_up')
		AND used_at IS NULL AND expires_at > ? AND tries < ? RETURNING `+mailColumns, digest, now, codeTries).Scan(&found).Error
	if err != nil {
		return mailRow{}, false, fmt.Errorf("try a code: %w", err)
	}
	if len(found) == 0 {
		return mailRow{}, false, errLinkGone()
	}
	m := found[0]
	if !hmac.Equal(m.CodeHash, codeDigest(browser, digits(code))) {
		return m, false, nil
	}
	if err := tx.Exec("UPDATE mail_codes SET used_at = ? WHERE id = ?", now, m.ID).Error; err != nil {
		return m, false, fmt.Errorf("use a code: %w", err)
	}
	return m, true, nil
}

// digits leaves of a code what people put between its parts.
func digits(code string) string {
	return strings.NewReplacer(" ", "", "-", "", "\u00a0", "").Replace(strings.TrimSpace(code))
}

// arrive notes in the same write that the address has been shown to be one's
// own, and returns how to go on after the commit.
func (p *People) arrive(tx *store.Tx, m mailRow, at Browser) (func(context.Context) (Arrival, error), error) {
	r, err := one(tx.DB, "p.email = ? AND p.linked_to IS NULL", m.Email)
	switch {
	case errors.Is(err, gorm.ErrRecordNotFound) && m.Purpose == toSignUp:
		token, err := p.beginFlow(tx, signUpFlow, 0, signingUp{Email: m.Email, Next: m.Next}, SignUpLife)
		return func(context.Context) (Arrival, error) { return Arrival{SignUp: token, Next: m.Next}, nil }, err
	case errors.Is(err, gorm.ErrRecordNotFound), err == nil && m.PersonID != nil && *m.PersonID != r.ID:
		return nil, errLinkGone() // the address has moved on meanwhile
	case err != nil:
		return nil, fmt.Errorf("look for an account: %w", err)
	}
	if r, err = p.proven(tx, r, at.Own); err != nil {
		return nil, err
	}
	return func(ctx context.Context) (Arrival, error) {
		e, err := p.enter(ctx, r, Proof{Method: ByMail, Device: at.Device})
		return Arrival{Entry: e, Next: m.Next}, err
	}, nil
}
