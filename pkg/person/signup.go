package person

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/mail"
	"plenary/pkg/page"
	"plenary/pkg/plain"
	"plenary/pkg/store"
)

// SignUpLife is how long somebody who has shown their address may take to fill
// in the form for their account.
const SignUpLife = time.Hour

// SignUpMode says who may make an account.
type SignUpMode string

// The modes.
const (
	Open         SignUpMode = "open"
	ByInvitation SignUpMode = "invitation"
	ByApproval   SignUpMode = "approval"
)

// SignUpRules are how accounts come to be.
type SignUpRules struct {
	Mode     SignUpMode
	Question string // asked of who wants an account by approval; may be empty
}

const (
	signUpKey   = "sign_up" // of the setting
	questionMax = 300
	answerMax   = 2000
	declineMax  = 1000
)

// Validate cleans the fields in place and complains of those that cannot be kept.
func (in *SignUpRules) Validate() error {
	var f errs.Fields
	switch in.Mode {
	case Open, ByInvitation, ByApproval:
	default:
		f.Add("sign_up", "field.choose")
	}
	in.Question = plain.Line(&f, "question", in.Question, false, questionMax)
	return f.Err()
}

// SignUpRules tells how accounts come to be.
func (p *People) SignUpRules(ctx context.Context) (SignUpRules, error) {
	rules, err := p.signUpRules(p.db.Read(ctx))
	return rules, store.Translate(err)
}

func (p *People) signUpRules(g *gorm.DB) (SignUpRules, error) {
	rules := SignUpRules{Mode: ByInvitation}
	text, err := setting(g, signUpKey)
	if err != nil || text == "" {
		return rules, err
	}
	if err := json.Unmarshal([]byte(text), &rules); err != nil {
		return rules, fmt.Errorf("read the setting %s: %w", signUpKey, err)
	}
	return rules, nil
}

// SetSignUpRules changes how accounts come to be, on behalf of an administrator.
func (p *People) SetSignUpRules(ctx context.Context, who access.Actor, in SignUpRules) error {
	if err := access.Check(who, access.Administer, access.Forum()); err != nil {
		return err
	}
	if err := in.Validate(); err != nil {
		return err
	}
	text, err := json.Marshal(in)
	if err != nil {
		return fmt.Errorf("write the setting %s: %w", signUpKey, err)
	}
	return p.db.Write(ctx, func(tx *store.Tx) error { return set(tx, signUpKey, string(text)) })
}

// signingUp is what is kept of somebody who has shown their address.
type signingUp struct{ Email, Next string }

// SigningUp is the address that was shown to be somebody's own, in the flow that
// makes their account. Gone "person.start_over" where it has run out.
func (p *People) SigningUp(ctx context.Context, token string) (email string, err error) {
	var kept signingUp
	_, err = p.flow(ctx, signUpFlow, token, &kept)
	return kept.Email, err
}

// NewAccount is what somebody says who makes an account for themselves.
type NewAccount struct {
	Name        string
	Handle      string // empty: made from the name
	Affiliation string
	Password    string // may be empty: mail or a passkey will do
	Answer      string // to the question, where there is one
	Device      string
}

// SignUp makes the account, and lets its owner in. Where an administrator has to
// agree first the account waits, and the error is Forbidden "person.waiting".
// Other errors: Invalid; Gone "person.start_over"; Forbidden
// "person.sign_up_closed".
func (p *People) SignUp(ctx context.Context, token string, in NewAccount) (Arrival, error) {
	var kept signingUp
	if _, err := p.flow(ctx, signUpFlow, token, &kept); err != nil {
		return Arrival{}, err
	}
	rules, err := p.SignUpRules(ctx)
	if err != nil {
		return Arrival{}, err
	}
	answer, err := in.answer(rules)
	account := NewPerson{Name: in.Name, Handle: in.Handle, Email: kept.Email, Affiliation: in.Affiliation, Password: in.Password}
	if err := join(nil, account.Validate(), err); err != nil {
		return Arrival{}, err
	}
	ready, err := p.Prepare(ctx, account)
	if err != nil {
		return Arrival{}, err
	}
	var r row
	err = p.db.Write(ctx, func(tx *store.Tx) error {
		if err := p.endFlow(tx, signUpFlow, token); err != nil {
			return err
		}
		r, err = p.insertNewcomer(tx, ready, answer)
		return err
	})
	if err != nil {
		return Arrival{}, err
	}
	e, err := p.enter(ctx, r, Proof{Method: ByMail, Device: in.Device})
	return Arrival{Entry: e, Next: kept.Next}, err
}

func (in NewAccount) answer(rules SignUpRules) (string, error) {
	if rules.Mode != ByApproval || rules.Question == "" {
		return "", nil
	}
	var f errs.Fields
	text := plain.Body(&f, "answer", in.Answer, true, answerMax)
	return text, f.Err()
}

// insertNewcomer writes the account, as the rules of this moment have it.
func (p *People) insertNewcomer(tx *store.Tx, ready Prepared, answer string) (row, error) {
	rules, err := p.signUpRules(tx.DB)
	if err != nil {
		return row{}, err
	}
	if rules.Mode == ByInvitation {
		return row{}, errs.New(errs.Forbidden, "person.sign_up_closed")
	}
	made, err := p.Insert(tx, ready)
	if err != nil {
		return row{}, err
	}
	now := store.At(p.now())
	var waiting *store.Time
	if rules.Mode == ByApproval {
		waiting = &now
	}
	err = tx.Exec("UPDATE people SET email_confirmed_at = ?, waiting_since = ?, sign_up_note = ? WHERE id = ?", now, waiting, answer, made.ID).Error
	if err != nil {
		return row{}, fmt.Errorf("note how person %d signed up: %w", made.ID, err)
	}
	if waiting != nil {
		if err := p.tellOfNewcomer(tx); err != nil {
			return row{}, err
		}
	}
	return one(tx.DB, "p.id = ?", made.ID)
}

// Newcomer is somebody whose account waits for an administrator.
type Newcomer struct {
	Person Person
	Answer string // to the question that was asked
	Since  time.Time
}

// Newcomers lists who waits for an administrator, the longest first.
func (p *People) Newcomers(ctx context.Context, who access.Actor, at page.Page) (page.List[Newcomer], error) {
	none := page.List[Newcomer]{}
	if err := access.Check(who, access.Administer, access.Forum()); err != nil {
		return none, err
	}
	after, err := page.Decode(at.Cursor, 1)
	if err != nil {
		return none, err
	}
	g := p.db.Read(ctx).Table("people AS p").Select(columns + ", p.sign_up_note").Where("p.waiting_since IS NOT NULL")
	if after != nil {
		g = g.Where("p.id > ?", after[0])
	}
	var rows []struct {
		Row        row `gorm:"embedded"`
		SignUpNote string
	}
	if err := g.Order("p.id").Limit(at.Size() + 1).Find(&rows).Error; err != nil {
		return none, store.Translate(fmt.Errorf("list who waits: %w", err))
	}
	list := make([]Newcomer, len(rows))
	for i, r := range rows {
		list[i] = Newcomer{Person: r.Row.person(), Answer: r.SignUpNote, Since: r.Row.WaitingSince.Time}
	}
	return page.Cut(at, list, func(n Newcomer) []int64 { return []int64{n.Person.ID} }), nil
}

// Approve lets a newcomer in, on behalf of an administrator, and tells them.
func (p *People) Approve(ctx context.Context, who access.Actor, id int64) error {
	return p.decide(ctx, who, func(tx *store.Tx) error {
		r, err := waiting(tx, id)
		if err != nil {
			return err
		}
		if err := decided(tx.Exec("UPDATE people SET waiting_since = NULL WHERE id = ? AND waiting_since IS NOT NULL", id)); err != nil {
			return err
		}
		return p.tell(tx, r.person(), "sign_up_approved", map[string]string{"Path": "/signin"})
	})
}

// Decline deletes the account of a newcomer, on behalf of an administrator, and
// tells them why.
func (p *People) Decline(ctx context.Context, who access.Actor, id int64, note string) error {
	var f errs.Fields
	note = plain.Body(&f, "note", note, false, declineMax)
	return p.decide(ctx, who, func(tx *store.Tx) error {
		if err := f.Err(); err != nil {
			return err
		}
		r, err := waiting(tx, id)
		if err != nil {
			return err
		}
		if err := decided(tx.Exec("DELETE FROM people WHERE id = ? AND waiting_since IS NOT NULL", id)); err != nil {
			return err
		}
		if r.Email == nil {
			return nil
		}
		// Nobody's letter, so that it does not go with the account.
		return p.post(tx, mail.Letter{Kind: "sign_up_declined", To: mail.Address{Name: r.Name, Email: *r.Email}, Language: r.Language,
			Args: map[string]string{"Note": note}})
	})
}

func (p *People) decide(ctx context.Context, who access.Actor, act func(tx *store.Tx) error) error {
	if err := access.Check(who, access.Administer, access.Forum()); err != nil {
		return err
	}
	return p.db.Write(ctx, act)
}

// decided answers the second of two administrators who decide at once that
// nobody waits any more.
func decided(done *gorm.DB) error {
	if done.Error != nil {
		return fmt.Errorf("decide about a newcomer: %w", done.Error)
	}
	if done.RowsAffected == 0 {
		return errs.New(errs.NotFound, "error.not_found")
	}
	return nil
}

func waiting(tx *store.Tx, id int64) (row, error) {
	r, err := one(tx.DB, "p.id = ? AND p.waiting_since IS NOT NULL", id)
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return r, errs.New(errs.NotFound, "error.not_found")
	}
	if err != nil {
		return r, fmt.Errorf("read person %d: %w", id, err)
	}
	return r, nil
}
