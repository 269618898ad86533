package person

import (
	"context"
	"fmt"
	"strings"
	"time"

	"golang.org/x/text/language"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/plain"
	"plenary/pkg/store"
)

// ProfileEdit changes what is not nil.
type ProfileEdit struct {
	Name        *string
	Handle      *string // the old one leads on to the new one
	Affiliation *string
	Pronouns    *string
	TimeZone    *string // IANA name, such as Europe/Brussels; empty for that of the forum
	Language    *string // BCP 47 tag; empty for that of the browser
}

// Validate cleans the fields in place and complains of those that cannot be kept.
func (in *ProfileEdit) Validate() error {
	var f errs.Fields
	clean(in.Name, func(s string) string { return plain.Name(&f, "name", s, nameMax) })
	clean(in.Handle, func(s string) string { return plain.Handle(&f, "handle", s) })
	clean(in.Pronouns, func(s string) string { return plain.Line(&f, "pronouns", s, false, pronounsMax) })
	clean(in.Affiliation, func(s string) string { return plain.Line(&f, "affiliation", s, false, affiliationMax) })
	clean(in.TimeZone, func(s string) string { return timeZone(&f, "time_zone", s) })
	clean(in.Language, func(s string) string { return languageTag(&f, "language", s) })
	return f.Err()
}

func clean(s *string, by func(string) string) {
	if s != nil {
		*s = by(*s)
	}
}

func timeZone(f *errs.Fields, name, s string) string {
	s = strings.TrimSpace(s)
	if s == "" {
		return ""
	}
	if _, err := time.LoadLocation(s); err != nil || s == "Local" {
		f.Add(name, "field.time_zone")
	}
	return s
}

func languageTag(f *errs.Fields, name, s string) string {
	s = strings.TrimSpace(s)
	if s == "" {
		return ""
	}
	tag, err := language.Parse(s)
	if err != nil || len(s) > 35 { // RFC 5646, 4.4.1
		f.Add(name, "field.language")
		return s
	}
	return tag.String()
}

// columns are what is to be written, by column; the handle is another matter.
func (in *ProfileEdit) columns() map[string]any {
	set := map[string]any{}
	for column, value := range map[string]*string{"name": in.Name, "affiliation": in.Affiliation, "pronouns": in.Pronouns,
		"time_zone": in.TimeZone, "language": in.Language} {
		if value != nil {
			set[column] = *value
		}
	}
	return set
}

// EditProfile changes one's own account. Errors: Invalid with fields; TooMany
// "person.handle_changes" after three new handles within thirty days.
func (p *People) EditProfile(ctx context.Context, who access.Actor, in ProfileEdit) (Person, error) {
	if !who.SignedIn() {
		return Person{}, errSignIn()
	}
	if err := in.Validate(); err != nil {
		return Person{}, err
	}
	var r row
	err := p.db.Write(ctx, func(tx *store.Tx) (err error) {
		if r, err = lockRow(tx, who.Person); err != nil {
			return err
		}
		if err := p.edit(tx, r, in); err != nil {
			return err
		}
		r, err = one(tx.DB, "p.id = ?", who.Person)
		return err
	})
	return r.person(), err
}

func (p *People) edit(tx *store.Tx, r row, in ProfileEdit) error {
	if in.Name != nil && *in.Name != r.Name && !r.Administrator {
		if err := p.unlikeAdministrators(tx, r.ID, *in.Name); err != nil {
			return err
		}
	}
	if in.Handle != nil && *in.Handle != r.Handle {
		if err := p.rename(tx, r, *in.Handle); err != nil {
			return err
		}
	}
	if set := in.columns(); len(set) > 0 {
		if err := tx.Table("people").Where("id = ?", r.ID).Updates(set).Error; err != nil {
			return fmt.Errorf("edit person %d: %w", r.ID, err)
		}
	}
	tx.AfterCommit(func() { p.cache.drop(r.ID) })
	return nil
}

// ChangePassword replaces one's own password and ends all of one's sessions, the
// present one too: the caller opens a new one with OpenSession. API tokens stay.
func (p *People) ChangePassword(ctx context.Context, who access.Actor, old, new string) error {
	if !who.SignedIn() {
		return errSignIn()
	}
	r, err := one(p.db.Read(ctx), "p.id = ?", who.Person)
	if err != nil {
		return store.Translate(fmt.Errorf("read person %d: %w", who.Person, err))
	}
	if err := p.proveOld(ctx, r, old); err != nil {
		return err
	}
	return p.replacePassword(ctx, r, new, false)
}

// proveOld checks the present password, as slowly for a guesser as SignIn does.
func (p *People) proveOld(ctx context.Context, r row, old string) error {
	account := fmt.Sprintf("person %d", r.ID) // a login has no space in it
	if err := p.throttle.begin(account, p.now()); err != nil {
		return err
	}
	ok, err := p.hasher.matches(ctx, r.PasswordHash, old)
	if err != nil {
		p.throttle.undo(account)
		return err
	}
	if !ok {
		var f errs.Fields
		f.Add("current", "person.wrong_current_password")
		return f.Err()
	}
	p.throttle.succeeded(account)
	return nil
}

// SetPassword gives a person a new password, on behalf of an administrator, and
// ends all their sessions.
func (p *People) SetPassword(ctx context.Context, who access.Actor, handle, password string) error {
	if err := access.Check(who, access.Administer, access.Forum()); err != nil {
		return err
	}
	r, err := p.rowByHandle(ctx, handle)
	if err != nil {
		return err
	}
	return p.replacePassword(ctx, r, password, false)
}

func (p *People) replacePassword(ctx context.Context, r row, password string, tokens bool) error {
	var f errs.Fields
	personal := []string{r.Name, r.Handle}
	if r.Email != nil {
		personal = append(personal, *r.Email)
	}
	checkPassword(&f, "password", password, personal...)
	if err := f.Err(); err != nil {
		return err
	}
	hash, err := p.hasher.hash(ctx, password)
	if err != nil {
		return err
	}
	return p.db.Write(ctx, func(tx *store.Tx) error {
		changed := tx.Exec("UPDATE people SET password_hash = ? WHERE id = ? AND password_hash = ?", hash, r.ID, r.PasswordHash)
		if changed.Error != nil {
			return fmt.Errorf("change the password of person %d: %w", r.ID, changed.Error)
		}
		if changed.RowsAffected == 0 {
			return errs.New(errs.Conflict, "person.password_changed_meanwhile")
		}
		if _, err := p.end(tx, "person_id = ?", r.ID); err != nil {
			return err
		}
		if tokens {
			if err := tx.Exec("DELETE FROM api_tokens WHERE person_id = ?", r.ID).Error; err != nil {
				return fmt.Errorf("end the tokens of person %d: %w", r.ID, err)
			}
		}
		// Who is half way in has proved the old password.
		if err := tx.Exec("DELETE FROM flows WHERE kind = 'second' AND person_id = ?", r.ID).Error; err != nil {
			return fmt.Errorf("end the sign-ins of person %d: %w", r.ID, err)
		}
		p.changedRights(tx, r.ID)
		return nil
	})
}
