package person

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"plenary/pkg/errs"
	"plenary/pkg/store"
)

// Kinds of flows that this room begins for signing in.
const (
	secondFlow = "second"
	signUpFlow = "sign_up"
)

// flowRow is a stored flow.
type flowRow struct {
	PersonID *int64
	Data     string
}

func errStartOver() error { return errs.New(errs.Gone, "person.start_over") }

// beginFlow keeps data for the next step of what was begun in a browser, and
// returns the secret that the browser keeps. person is 0 for nobody yet.
func (p *People) beginFlow(tx *store.Tx, kind string, person int64, data any, life time.Duration) (token string, err error) {
	token, digest, err := NewSecret(p.random)
	if err != nil {
		return "", err
	}
	return token, p.keepFlow(tx, kind, digest, person, data, life)
}

// keepFlow is beginFlow for a secret that is known already.
func (p *People) keepFlow(tx *store.Tx, kind string, digest []byte, person int64, data any, life time.Duration) error {
	text, err := json.Marshal(data)
	if err != nil {
		return fmt.Errorf("write a flow: %w", err)
	}
	var whose *int64
	if person != 0 {
		whose = &person
	}
	err = tx.Exec("INSERT INTO flows (kind, token_hash, person_id, data, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)",
		kind, digest, whose, string(text), store.At(p.now()), store.At(p.now().Add(life))).Error
	if err != nil {
		return fmt.Errorf("begin a flow: %w", err)
	}
	return nil
}

// flow reads what was kept, into data. Gone "person.start_over" where it has
// run out.
func (p *People) flow(ctx context.Context, kind, token string, data any) (flowRow, error) {
	digest, ok := Digest(token)
	if !ok {
		return flowRow{}, errStartOver()
	}
	var r flowRow
	err := p.db.Read(ctx).Table("flows").Select("person_id, data").
		Where("token_hash = ? AND kind = ? AND expires_at > ?", digest, kind, store.At(p.now())).Take(&r).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return r, errStartOver()
	}
	if err != nil {
		return r, store.Translate(fmt.Errorf("read a flow: %w", err))
	}
	if err := json.Unmarshal([]byte(r.Data), data); err != nil {
		return r, fmt.Errorf("read a flow: %w", err)
	}
	return r, nil
}

// endFlow uses a flow up. Of several who try at once one does.
func (p *People) endFlow(tx *store.Tx, kind, token string) error {
	digest, ok := Digest(token)
	if !ok {
		return errStartOver()
	}
	ended := tx.Exec("DELETE FROM flows WHERE token_hash = ? AND kind = ? AND expires_at > ?", digest, kind, store.At(p.now()))
	if ended.Error != nil {
		return fmt.Errorf("end a flow: %w", ended.Error)
	}
	if ended.RowsAffected == 0 {
		return errStartOver()
	}
	return nil
}
