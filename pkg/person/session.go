package person

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/store"
)

// A session ends after two weeks without use, and after 90 days in any case.
const (
	sessionIdle = 14 * 24 * time.Hour
	sessionLife = 90 * 24 * time.Hour
	usedEvery   = 10 * time.Minute // how often the last use is written down
	listed      = 200              // sessions or tokens of one person in a list
)

// Session is a place where somebody is signed in.
type Session struct {
	ID        int64
	Person    Person
	Method    Method    // by which the person last proved who they are
	Provider  int64     // through which it was opened; 0 for the forum's own ways
	ProvedAt  time.Time // when the person last proved who they are
	ExpiresAt time.Time // unless it is used before
}

// Actor is the session's person as somebody who acts.
func (s Session) Actor() access.Actor {
	who := s.Person.Actor()
	who.Provider = s.Provider
	return who
}

// SessionInfo is a session in the list of one's own.
type SessionInfo struct {
	ID         int64
	Device     string
	Method     Method // by which it was opened
	CreatedAt  time.Time
	LastUsedAt time.Time // exact to ten minutes
	ExpiresAt  time.Time
}

// errEnded answers for every session that is not there (any more).
func errEnded() error { return errs.New(errs.Unauthenticated, "person.session_ended") }

// cleanDevice keeps of a browser's name what can be shown in a list.
func cleanDevice(s string) string {
	const limit = 200
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	if runes := []rune(s); len(runes) > limit {
		s = string(runes[:limit])
	}
	return strings.TrimSpace(s)
}

// sessionRow is a session with its person.
type sessionRow struct {
	SessionID  int64
	Method     Method
	ProvedAt   store.Time
	StartedAt  store.Time
	LastUsedAt store.Time
	ExpiresAt  store.Time
	OtherWay   bool    // the account can be entered otherwise than through the session's provider
	Through    through `gorm:"embedded"`
	Person     row     `gorm:"embedded"`
}

// Session finds the session that a token opens, and Unauthenticated
// "person.session_ended" where there is none. Its use is written down at most
// every ten minutes.
func (p *People) Session(ctx context.Context, token string) (Session, error) {
	digest, ok := Digest(token)
	if !ok {
		return Session{}, errEnded()
	}
	now := p.now()
	kept, epoch, ok := p.cache.get(digest, now)
	if ok {
		return kept, nil
	}
	var r sessionRow
	err := p.db.Read(ctx).Table("sessions AS s").
		Select("s.id AS session_id, s.method, s.proved_at, s.created_at AS started_at, s.last_used_at, s.expires_at, "+otherWay+" AS other_way, "+throughColumns+", "+columns).
		Joins("JOIN people AS p ON p.id = s.person_id").Joins("LEFT JOIN providers AS v ON v.id = s.provider_id").
		Where("s.token_hash = ? AND s.expires_at > ? AND "+active, digest, store.At(now)).Take(&r).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return Session{}, errEnded()
	}
	if err != nil {
		return Session{}, store.Translate(fmt.Errorf("read a session: %w", err))
	}
	s := Session{ID: r.SessionID, Person: r.Through.as(r.Person), Method: r.Method, Provider: r.Through.provider(), ProvedAt: r.ProvedAt.Time, ExpiresAt: p.used(ctx, r, now)}
	if r.Method == ByProvider && r.Through.OfGroup && r.OtherWay {
		s.ProvedAt = time.Time{} // whoever runs a group's provider must not be able to change how the account is entered
	}
	p.cache.put(digest, s, now, epoch)
	return s, nil
}

// used writes down the use of a session and returns when it now ends. Where
// nothing can be written, say because the disk is full, people stay signed in.
func (p *People) used(ctx context.Context, r sessionRow, now time.Time) time.Time {
	if now.Sub(r.LastUsedAt.Time) < usedEvery {
		return r.ExpiresAt.Time
	}
	end := now.Add(sessionIdle)
	if last := r.StartedAt.Add(sessionLife); last.Before(end) {
		end = last
	}
	err := p.db.Write(ctx, func(tx *store.Tx) error {
		return tx.Exec("UPDATE sessions SET last_used_at = ?, expires_at = ? WHERE id = ?", store.At(now), store.At(end), r.SessionID).Error
	})
	if err != nil {
		return r.ExpiresAt.Time
	}
	return end
}

// Sessions lists one's own open sessions, the latest first.
func (p *People) Sessions(ctx context.Context, who access.Actor) ([]SessionInfo, error) {
	if !who.SignedIn() {
		return nil, errSignIn()
	}
	var rows []struct {
		ID                               int64
		Device                           string
		Method                           Method
		CreatedAt, LastUsedAt, ExpiresAt store.Time
	}
	err := p.db.Read(ctx).Table("sessions").Select("id, device, method, created_at, last_used_at, expires_at").
		Where("person_id = ? AND expires_at > ?", who.Person, store.At(p.now())).Order("id DESC").Limit(listed).Find(&rows).Error
	if err != nil {
		return nil, store.Translate(fmt.Errorf("list the sessions of person %d: %w", who.Person, err))
	}
	out := make([]SessionInfo, len(rows))
	for i, r := range rows {
		out[i] = SessionInfo{ID: r.ID, Device: r.Device, Method: r.Method, CreatedAt: r.CreatedAt.Time, LastUsedAt: r.LastUsedAt.Time, ExpiresAt: r.ExpiresAt.Time}
	}
	return out, nil
}

func errSignIn() error { return errs.New(errs.Unauthenticated, "access.sign_in") }

// SignOut ends the session that the token opens. That it has ended already is
// no error.
func (p *People) SignOut(ctx context.Context, token string) error {
	digest, ok := Digest(token)
	if !ok {
		return nil
	}
	return p.db.Write(ctx, func(tx *store.Tx) error {
		_, err := p.end(tx, "token_hash = ?", digest)
		return err
	})
}

// EndSession ends one of one's own sessions.
func (p *People) EndSession(ctx context.Context, who access.Actor, id int64) error {
	if !who.SignedIn() {
		return errSignIn()
	}
	return p.db.Write(ctx, func(tx *store.Tx) error {
		ended, err := p.end(tx, "id = ? AND person_id = ?", id, who.Person)
		if err == nil && ended == 0 {
			return errs.New(errs.NotFound, "error.not_found")
		}
		return err
	})
}

// EndOtherSessions ends one's own sessions, but for the one with the id, and
// says how many they were.
func (p *People) EndOtherSessions(ctx context.Context, who access.Actor, keep int64) (ended int, err error) {
	if !who.SignedIn() {
		return 0, errSignIn()
	}
	err = p.db.Write(ctx, func(tx *store.Tx) error {
		ended, err = p.end(tx, "person_id = ? AND id <> ?", who.Person, keep)
		return err
	})
	return ended, err
}

// end deletes the sessions of a person that the condition finds, and says so.
func (p *People) end(tx *store.Tx, condition string, args ...any) (int, error) {
	var people []int64
	if err := tx.Raw("DELETE FROM sessions WHERE "+condition+" RETURNING person_id", args...).Scan(&people).Error; err != nil {
		return 0, fmt.Errorf("end sessions: %w", err)
	}
	if len(people) > 0 {
		p.changedRights(tx, people[0])
	}
	return len(people), nil
}

// DropExpired deletes what has expired: sessions, API tokens, and what was begun
// by mail or in a browser and not finished. It returns how many rows that were.
func (p *People) DropExpired(ctx context.Context) (int64, error) {
	var n int64
	err := p.db.Write(ctx, func(tx *store.Tx) error {
		n = 0
		for _, table := range []string{"sessions", "api_tokens", "mail_codes", "email_changes", "flows"} {
			gone := tx.Exec("DELETE FROM "+table+" WHERE expires_at <= ?", store.At(p.now()))
			if gone.Error != nil {
				return fmt.Errorf("drop expired %s: %w", table, gone.Error)
			}
			n += gone.RowsAffected
		}
		return nil
	})
	return n, err
}
