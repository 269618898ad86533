package person

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/mail"
	"regexp"
	"strings"

	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/plain"
	"plenary/pkg/renames"
	"plenary/pkg/store"
)

const (
	nameMax        = 100
	affiliationMax = 100
	pronounsMax    = 40
	emailMax       = 254 // RFC 5321, 4.5.3.1.3, without the angle brackets
)

// NewPerson describes an account to be made.
type NewPerson struct {
	Name          string
	Handle        string // empty: made from the name, and numbered when taken
	Email         string // may be empty
	Affiliation   string
	Password      string // empty: nobody can sign in until one is set
	Administrator bool
}

// Validate cleans the fields in place and complains of those that cannot be kept.
func (in *NewPerson) Validate() error {
	var f errs.Fields
	in.Name = plain.Name(&f, "name", in.Name, nameMax)
	in.Affiliation = plain.Line(&f, "affiliation", in.Affiliation, false, affiliationMax)
	in.Email = cleanEmail(&f, in.Email)
	if in.Handle != "" {
		in.Handle = plain.Handle(&f, "handle", in.Handle)
		notReserved(&f, in.Handle)
	}
	if in.Password != "" {
		checkPassword(&f, "password", in.Password, in.Name, in.Handle, in.Email)
	}
	return f.Err()
}

// cleanEmail checks the address of the field "email" and gives it in small letters. Empty is allowed.
func cleanEmail(f *errs.Fields, text string) string {
	text = strings.ToLower(plain.Line(f, "email", text, false, emailMax))
	if text == "" {
		return ""
	}
	at, err := mail.ParseAddress(text)
	if err != nil || at.Address != text || at.Name != "" || len(text) > emailMax {
		f.Add("email", "field.email")
	}
	return text
}

// formerHandle is what accounts are called once they are erased.
var formerHandle = regexp.MustCompile(`^former-[0-9]+$`)

// reserved are the names that address more than one person, or nobody.
func reserved(handle string) bool {
	switch handle {
	case "all", "everyone", "group", "here", "me":
		return true
	}
	return formerHandle.MatchString(handle)
}

func notReserved(f *errs.Fields, handle string) {
	if reserved(handle) {
		f.Add("handle", "field.reserved")
	}
}

// Prepared is a checked account with its password hashed, ready to be inserted.
type Prepared struct {
	in   NewPerson
	hash string
}

// Prepare checks an account and hashes its password, which is too slow to be
// done inside a write.
func (p *People) Prepare(ctx context.Context, in NewPerson) (Prepared, error) {
	if err := in.Validate(); err != nil {
		return Prepared{}, err
	}
	ready := Prepared{in: in}
	if in.Password == "" {
		return ready, nil
	}
	var err error
	ready.hash, err = p.hasher.hash(ctx, in.Password)
	return ready, err
}

// PrepareOwn is Prepare for an account that somebody makes for themselves: with
// email and password, so that they can sign in.
func (p *People) PrepareOwn(ctx context.Context, in NewPerson) (Prepared, error) {
	unfit := in.Validate()
	if err := join(nil, missing(in), unfit); err != nil {
		return Prepared{}, err
	}
	return p.Prepare(ctx, in)
}

// Add makes an account, on behalf of an administrator.
func (p *People) Add(ctx context.Context, who access.Actor, in NewPerson) (Person, error) {
	if err := access.Check(who, access.Administer, access.Forum()); err != nil {
		return Person{}, err
	}
	ready, err := p.Prepare(ctx, in)
	if err != nil {
		return Person{}, err
	}
	var made Person
	err = p.db.Write(ctx, func(tx *store.Tx) error {
		made, err = p.Insert(tx, ready)
		return err
	})
	return made, err
}

// Insert writes a prepared account. A taken handle or address is Invalid. Who
// may do that, the caller has checked.
func (p *People) Insert(tx *store.Tx, ready Prepared) (Person, error) {
	in := ready.in
	if err := p.free(tx, "email", in.Email); err != nil {
		return Person{}, err
	}
	if !in.Administrator {
		if err := p.unlikeAdministrators(tx, 0, in.Name); err != nil {
			return Person{}, err
		}
	}
	r := row{
		Name: in.Name, Affiliation: in.Affiliation, PasswordHash: ready.hash,
		Administrator: in.Administrator, CreatedAt: store.At(p.now()),
	}
	if in.Email != "" {
		r.Email = &in.Email
	}
	if in.Handle == "" {
		return p.insertNamed(tx, r)
	}
	r.Handle = in.Handle
	made, err := insert(tx, &r)
	if err == nil && !made {
		var f errs.Fields
		f.Add("handle", "field.taken")
		return Person{}, f.Err()
	}
	return r.person(), err
}

// free complains where another account has the address already.
func (p *People) free(tx *store.Tx, field, email string) error {
	if email == "" {
		return nil
	}
	_, err := one(tx.DB, "p.email = ?", email)
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look for an address: %w", err)
	}
	var f errs.Fields
	f.Add(field, "field.taken")
	return f.Err()
}

// insertNamed writes the row under a handle made from its name: "ana", or where
// that is taken "ana-2" and so on, and at last "ana-" with a random number.
func (p *People) insertNamed(tx *store.Tx, r row) (Person, error) {
	const numbered, drawn = 20, 20
	base := plain.HandleFrom(r.Name)
	if base == "" || reserved(base) {
		base = "person"
	}
	for i := range numbered + drawn {
		switch {
		case i == 0:
			r.Handle = base
		case i < numbered:
			r.Handle = fmt.Sprintf("%.33s-%d", base, i+1)
		default:
			token, _, err := NewSecret(p.random)
			if err != nil {
				return Person{}, err
			}
			r.Handle = strings.TrimRight(fmt.Sprintf("%.29s-%.10s", base, strings.ToLower(token)), "-_")
		}
		if made, err := insert(tx, &r); made || err != nil {
			return r.person(), err
		}
	}
	var f errs.Fields
	f.Add("handle", "field.taken")
	return Person{}, f.Err()
}

// insert writes the row and sets its id. It is false where the handle is taken,
// or leads to somebody who had it before.
func insert(tx *store.Tx, r *row) (bool, error) {
	if led, err := renames.Leads(tx.DB, renames.Person, r.Handle); led != 0 || err != nil {
		return false, err
	}
	err := tx.Raw(`INSERT INTO people (handle, name, affiliation, email, password_hash, administrator, imported_from, created_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (handle) DO NOTHING RETURNING id`,
		r.Handle, r.Name, r.Affiliation, r.Email, r.PasswordHash, r.Administrator, r.ImportedFrom, r.CreatedAt).Row().Scan(&r.ID)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("insert a person: %w", err)
	}
	return true, nil
}
