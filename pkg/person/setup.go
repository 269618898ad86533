package person

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/plain"
	"plenary/pkg/store"
)

// Keys of the settings that this room keeps.
const (
	forumNameKey  = "forum_name"
	setUpTokenKey = "set_up_token" // the digest, in hexadecimal
)

// defaultForumName is what a forum is called until somebody names it.
const defaultForumName = "Plenary"

// SetUp is what the first run asks for: what the forum is called, and the
// account of its first administrator.
type SetUp struct {
	Forum       string
	Name        string
	Handle      string // may be empty
	Email       string
	Affiliation string
	Password    string
}

// Validate cleans the fields in place and complains of those that cannot be kept.
func (in *SetUp) Validate() error {
	var f errs.Fields
	in.Forum = plain.Line(&f, "forum", in.Forum, true, nameMax)
	someone := in.administrator()
	unfit := someone.Validate()
	return join(f, missing(someone), unfit)
}

func (in *SetUp) administrator() NewPerson {
	return NewPerson{Name: in.Name, Handle: in.Handle, Email: in.Email, Affiliation: in.Affiliation,
		Password: in.Password, Administrator: true}
}

// missing complains of the fields without which nobody can sign in.
func missing(in NewPerson) error {
	var f errs.Fields
	if in.Email == "" {
		f.Add("email", "field.required")
	}
	if in.Password == "" {
		f.Add("password", "field.required")
	}
	return f.Err()
}

// join puts the complaints of several checks into one error.
func join(f errs.Fields, others ...error) error {
	for _, err := range others {
		e, ok := errors.AsType[*errs.Error](err)
		if !ok {
			continue
		}
		for name, text := range e.Fields {
			f.Add(name, text.Code, text.Args)
		}
	}
	return f.Err()
}

// SetUpToken makes the token that opens the first run, in place of an earlier
// one. While somebody administers the forum none is needed.
func (p *People) SetUpToken(ctx context.Context) (token string, needed bool, err error) {
	token, digest, err := NewSecret(p.random)
	if err != nil {
		return "", false, err
	}
	err = p.db.Write(ctx, func(tx *store.Tx) error {
		if needed, err = unadministered(tx.DB); err != nil {
			return err
		}
		if !needed {
			return tx.Exec("DELETE FROM settings WHERE key = ?", setUpTokenKey).Error
		}
		return set(tx, setUpTokenKey, hex.EncodeToString(digest))
	})
	if err != nil || !needed {
		return "", false, err
	}
	return token, true, nil
}

// CheckSetUp tells whether the token still opens the first run: nil, Gone where
// the forum has an administrator, Forbidden where it is another token.
func (p *People) CheckSetUp(ctx context.Context, token string) error {
	return store.Translate(checkSetUp(p.db.Read(ctx), token))
}

func checkSetUp(g *gorm.DB, token string) error {
	open, err := unadministered(g)
	if err != nil {
		return err
	}
	if !open {
		return errs.New(errs.Gone, "person.set_up_done")
	}
	want, err := setting(g, setUpTokenKey)
	if err != nil {
		return err
	}
	if digest, ok := Digest(token); !ok || want != hex.EncodeToString(digest) {
		return errs.New(errs.Forbidden, "person.set_up_token")
	}
	return nil
}

// SetUp names the forum and makes its first administrator. The token is spent
// by it.
func (p *People) SetUp(ctx context.Context, token string, in SetUp) (Person, error) {
	if err := p.CheckSetUp(ctx, token); err != nil {
		return Person{}, err
	}
	if err := in.Validate(); err != nil {
		return Person{}, err
	}
	ready, err := p.Prepare(ctx, in.administrator())
	if err != nil {
		return Person{}, err
	}
	var first Person
	err = p.db.Write(ctx, func(tx *store.Tx) error {
		if err := checkSetUp(tx.DB, token); err != nil {
			return err
		}
		spent := tx.Exec("DELETE FROM settings WHERE key = ?", setUpTokenKey)
		if spent.Error != nil {
			return fmt.Errorf("spend the set-up token: %w", spent.Error)
		}
		if spent.RowsAffected == 0 { // somebody else was quicker
			return errs.New(errs.Gone, "person.set_up_done")
		}
		if err := set(tx, forumNameKey, in.Forum); err != nil {
			return err
		}
		first, err = p.Insert(tx, ready)
		return err
	})
	return first, err
}

func unadministered(g *gorm.DB) (bool, error) {
	var n int64
	if err := g.Raw("SELECT COUNT(*) FROM people WHERE administrator").Row().Scan(&n); err != nil {
		return false, fmt.Errorf("look for an administrator: %w", err)
	}
	return n == 0, nil
}

// ForumName is what the forum is called.
func (p *People) ForumName(ctx context.Context) (string, error) {
	name, err := setting(p.db.Read(ctx), forumNameKey)
	if err != nil {
		return "", store.Translate(err)
	}
	if name == "" {
		return defaultForumName, nil
	}
	return name, nil
}

// SetForumName renames the forum, on behalf of an administrator.
func (p *People) SetForumName(ctx context.Context, who access.Actor, name string) error {
	if err := access.Check(who, access.Administer, access.Forum()); err != nil {
		return err
	}
	var f errs.Fields
	name = plain.Line(&f, "forum", name, true, nameMax)
	if err := f.Err(); err != nil {
		return err
	}
	return p.db.Write(ctx, func(tx *store.Tx) error { return set(tx, forumNameKey, name) })
}

// setting reads a setting; one that was never set is empty.
func setting(g *gorm.DB, key string) (string, error) {
	var value string
	err := g.Raw("SELECT COALESCE((SELECT value FROM settings WHERE key = ?), '')", key).Row().Scan(&value)
	if err != nil {
		return "", fmt.Errorf("read the setting %s: %w", key, err)
	}
	return value, nil
}

func set(tx *store.Tx, key, value string) error {
	err := tx.Exec("INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", key, value).Error
	if err != nil {
		return fmt.Errorf("write the setting %s: %w", key, err)
	}
	return nil
}
