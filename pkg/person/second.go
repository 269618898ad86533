package person

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/mail"
	"plenary/pkg/store"
)

// Codes of an app as RFC 6238 has them, with the settings that every app knows.
const (
	stepSeconds   = 30
	stepsOff      = 1  // so many steps a clock may be off, either way
	keyBytesOTP   = 20 // RFC 4226, 4: as long as what SHA-1 gives
	recoveryCodes = 10
	recoveryBytes = 10 // 80 bits: a plain hash is enough at rest
)

var base32Plain = base32.StdEncoding.WithPadding(base32.NoPadding)

// SecondState is how it stands with one's second factor.
type SecondState struct {
	On    bool
	Since time.Time
	Key   string // of the app, while it has not been confirmed; empty otherwise
	Link  string // the key as an app reads it
	Left  int    // recovery codes that have not been used
}

// secondRow is what is stored of a second factor.
type secondRow struct {
	TOTPSecret   string
	TOTPSince    *store.Time
	TOTPLastStep int64
	Email        *string
	Handle       string
}

func secondOf(tx *store.Tx, person int64) (secondRow, error) {
	var r secondRow
	err := tx.Table("people").Select("totp_secret, totp_since, totp_last_step, email, handle").Where("id = ?", person).Take(&r).Error
	if err != nil {
		return r, fmt.Errorf("read the second factor of person %d: %w", person, err)
	}
	return r, nil
}

// Second tells how it stands with one's own second factor.
func (p *People) Second(ctx context.Context, s Session) (SecondState, error) {
	id := s.Person.ID
	r, err := secondOf(&store.Tx{DB: p.db.Read(ctx)}, id)
	if err != nil {
		return SecondState{}, store.Translate(err)
	}
	if r.TOTPSince == nil {
		state := SecondState{Key: r.TOTPSecret}
		if r.TOTPSecret != "" {
			forum, err := p.ForumName(ctx)
			if err != nil {
				return SecondState{}, err
			}
			state.Link = keyLink(forum, s.Person, r.TOTPSecret)
		}
		return state, nil
	}
	state := SecondState{On: true, Since: r.TOTPSince.Time}
	err = p.db.Read(ctx).Raw("SELECT COUNT(*) FROM recovery_codes WHERE person_id = ? AND used_at IS NULL", id).Row().Scan(&state.Left)
	if err != nil {
		return SecondState{}, store.Translate(fmt.Errorf("count recovery codes: %w", err))
	}
	return state, nil
}

// keyLink is the key in the form that apps read,
// https://github.com/google/google-authenticator/wiki/Key-Uri-Format.
func keyLink(forum string, who Person, key string) string {
	account := who.Email
	if account == "" {
		account = who.Handle
	}
	forum = strings.ReplaceAll(forum, ":", " ")
	return "otpauth://totp/" + url.PathEscape(forum) + ":" + url.PathEscape(account) + "?secret=" + key + "&issuer=" + url.QueryEscape(forum)
}

// BeginSecond draws the key for one's app. It counts for nothing before it is
// confirmed.
func (p *People) BeginSecond(ctx context.Context, s Session) error {
	if err := CheckRecent(s, p.now()); err != nil {
		return err
	}
	b := make([]byte, keyBytesOTP)
	if _, err := io.ReadFull(p.random, b); err != nil {
		return fmt.Errorf("draw a key: %w", err)
	}
	return p.db.Write(ctx, func(tx *store.Tx) error {
		begun := tx.Exec("UPDATE people SET totp_secret = ?, totp_last_step = 0 WHERE id = ? AND totp_since IS NULL", base32Plain.EncodeToString(b), s.Person.ID)
		if begun.Error != nil {
			return fmt.Errorf("begin a second factor: %w", begun.Error)
		}
		if begun.RowsAffected == 0 {
			return errs.New(errs.Conflict, "person.second_on")
		}
		return nil
	})
}

// ConfirmSecond turns the second factor on, for who shows by a code that their
// app has the key. It returns the recovery codes, which are shown this once.
// Errors: Invalid about the field "code".
func (p *People) ConfirmSecond(ctx context.Context, s Session, code string) ([]string, error) {
	if err := CheckRecent(s, p.now()); err != nil {
		return nil, err
	}
	account := secondAccount(s.Person.ID)
	if err := p.throttle.begin(account, p.now()); err != nil {
		return nil, err
	}
	codes, digests, err := p.newRecovery()
	if err != nil {
		return nil, err
	}
	err = p.db.Write(ctx, func(tx *store.Tx) error {
		r, err := secondOf(tx, s.Person.ID)
		if err != nil {
			return err
		}
		if r.TOTPSince != nil {
			return errs.New(errs.Conflict, "person.second_on")
		}
		step, ok := stepOf(r.TOTPSecret, digits(code), p.now())
		if !ok {
			return errCode("code")
		}
		err = tx.Exec("UPDATE people SET totp_since = ?, totp_last_step = ? WHERE id = ?", store.At(p.now()), step, s.Person.ID).Error
		if err != nil {
			return fmt.Errorf("turn a second factor on: %w", err)
		}
		if err := keepRecovery(tx, s.Person.ID, digests); err != nil {
			return err
		}
		return p.secondChanged(tx, s, "second_on")
	})
	if err != nil {
		return nil, err
	}
	p.throttle.succeeded(account)
	return codes, nil
}

// secondChanged ends the person's other sessions and tells them.
func (p *People) secondChanged(tx *store.Tx, s Session, kind string) error {
	if err := p.waysChanged(tx, s.Person.ID, s.ID); err != nil {
		return err
	}
	return p.tell(tx, s.Person, kind, nil)
}

// waysChanged ends a person's sessions but for the one to keep, after how one
// gets into the account has changed: whoever got in otherwise is out.
func (p *People) waysChanged(tx *store.Tx, person, keep int64) error {
	tx.AfterCommit(func() { p.cache.drop(person) })
	_, err := p.end(tx, "person_id = ? AND id <> ?", person, keep)
	return err
}

// tell posts a letter to a person who has an address.
func (p *People) tell(tx *store.Tx, who Person, kind string, args map[string]string) error {
	if who.Email == "" {
		return nil
	}
	return p.post(tx, mail.Letter{Kind: kind, To: mail.Address{Name: who.Name, Email: who.Email}, Person: who.ID, Language: who.Language, Args: args})
}

// RenewRecovery makes new recovery codes in place of the old ones.
func (p *People) RenewRecovery(ctx context.Context, s Session) ([]string, error) {
	if err := CheckRecent(s, p.now()); err != nil {
		return nil, err
	}
	codes, digests, err := p.newRecovery()
	if err != nil {
		return nil, err
	}
	err = p.db.Write(ctx, func(tx *store.Tx) error {
		r, err := secondOf(tx, s.Person.ID)
		if err != nil {
			return err
		}
		if r.TOTPSince == nil {
			return errs.New(errs.Conflict, "person.second_off")
		}
		if err := keepRecovery(tx, s.Person.ID, digests); err != nil {
			return err
		}
		return p.waysChanged(tx, s.Person.ID, s.ID)
	})
	return codes, err
}

// DropSecond turns one's own second factor off, or forgets a key that was not
// confirmed.
func (p *People) DropSecond(ctx context.Context, s Session) error {
	if err := CheckRecent(s, p.now()); err != nil {
		return err
	}
	return p.db.Write(ctx, func(tx *store.Tx) error {
		on, err := dropSecond(tx, s.Person.ID)
		if err != nil || !on {
			return err
		}
		return p.secondChanged(tx, s, "second_off")
	})
}

// ResetSecond takes the second factor from somebody who has lost it, on behalf
// of an administrator. Their sessions end, and they are told.
func (p *People) ResetSecond(ctx context.Context, who access.Actor, handle string) error {
	if err := access.Check(who, access.Administer, access.Forum()); err != nil {
		return err
	}
	r, err := p.rowByHandle(ctx, handle)
	if err != nil {
		return err
	}
	return p.db.Write(ctx, func(tx *store.Tx) error {
		on, err := dropSecond(tx, r.ID)
		if err != nil {
			return err
		}
		if !on {
			return errs.New(errs.Conflict, "person.second_off")
		}
		if _, err := p.end(tx, "person_id = ?", r.ID); err != nil {
			return err
		}
		p.changedRights(tx, r.ID)
		return p.tell(tx, r.person(), "second_reset", map[string]string{"Path": "/account/second-factor"})
	})
}

// dropSecond deletes all of a second factor, and reports whether it was on.
func dropSecond(tx *store.Tx, person int64) (on bool, err error) {
	r, err := secondOf(tx, person)
	if err != nil {
		return false, err
	}
	for _, statement := range []string{
		"UPDATE people SET totp_secret = '', totp_since = NULL, totp_last_step = 0 WHERE id = ?",
		"DELETE FROM recovery_codes WHERE person_id = ?",
		"DELETE FROM flows WHERE kind = 'second' AND person_id = ?",
	} {
		if err := tx.Exec(statement, person).Error; err != nil {
			return false, fmt.Errorf("drop a second factor: %w", err)
		}
	}
	return r.TOTPSince != nil, nil
}

// useSecond uses up a code of the person's app, or a recovery code, and reports
// whether it was good. Neither is good twice.
func (p *People) useSecond(tx *store.Tx, person int64, code string) (bool, error) {
	r, err := secondOf(tx, person)
	if err != nil || r.TOTPSince == nil {
		return false, err
	}
	code = digits(code)
	var used *gorm.DB
	if step, ok := stepOf(r.TOTPSecret, code, p.now()); ok {
		used = tx.Exec("UPDATE people SET totp_last_step = ? WHERE id = ? AND totp_last_step < ?", step, person, step)
	} else {
		used = tx.Exec("UPDATE recovery_codes SET used_at = ? WHERE person_id = ? AND code_hash = ? AND used_at IS NULL",
			store.At(p.now()), person, recoveryDigest(code))
	}
	if used.Error != nil {
		return false, fmt.Errorf("use a second factor: %w", used.Error)
	}
	return used.RowsAffected > 0, nil
}

// stepOf is the time step that the code belongs to, of those that are near.
func stepOf(key, code string, now time.Time) (int64, bool) {
	if key == "" || len(code) != int(otp.DigitsSix) {
		return 0, false
	}
	present := now.Unix() / stepSeconds
	for step := present + stepsOff; step >= present-stepsOff; step-- {
		want, err := hotp.GenerateCodeCustom(key, uint64(step), hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err == nil && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			return step, true
		}
	}
	return 0, false
}

// newRecovery draws recovery codes, as they are shown and as they are stored.
func (p *People) newRecovery() (codes []string, digests [][]byte, err error) {
	for range recoveryCodes {
		b := make([]byte, recoveryBytes)
		if _, err := io.ReadFull(p.random, b); err != nil {
			return nil, nil, fmt.Errorf("draw a recovery code: %w", err)
		}
		text := strings.ToLower(base32Plain.EncodeToString(b))
		codes = append(codes, text[:4]+"-"+text[4:8]+"-"+text[8:12]+"-"+text[12:])
		digests = append(digests, recoveryDigest(text))
	}
	return codes, digests, nil
}

// recoveryDigest is what is stored of a recovery code, however it was typed.
func recoveryDigest(code string) []byte {
	sum := sha256.Sum256([]byte(strings.ToLower(digits(code))))
	return sum[:]
}

func keepRecovery(tx *store.Tx, person int64, digests [][]byte) error {
	if err := tx.Exec("DELETE FROM recovery_codes WHERE person_id = ?", person).Error; err != nil {
		return fmt.Errorf("drop recovery codes: %w", err)
	}
	for _, digest := range digests {
		if err := tx.Exec("INSERT INTO recovery_codes (person_id, code_hash) VALUES (?, ?)", person, digest).Error; err != nil {
			return fmt.Errorf("keep a recovery code: %w", err)
		}
	}
	return nil
}
