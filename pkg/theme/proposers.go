package theme

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/forum"
	"plenary/pkg/person"
	"plenary/pkg/store"
)

// MaxProposers bounds how many people a theme asks to propose it.
const MaxProposers = 20

// Ask is a question to somebody whether they will propose a theme, too.
type Ask struct {
	Person  person.Brief
	AskedBy person.Brief
	AskedAt time.Time
	Answer  string // "accepted", "declined", or empty while it is open
}

// coProposersOf reads who has accepted to propose themes, in the order in which
// they did.
func coProposersOf(g *gorm.DB, themes []int64) (map[int64][]person.Brief, error) {
	out := map[int64][]person.Brief{}
	if len(themes) == 0 {
		return out, nil
	}
	var rows []struct {
		ThemeID int64
		person.Brief
	}
	err := g.Table("theme_proposers AS x").Select("x.theme_id, a.id, a.handle, a.name, a.affiliation, a.picture").
		Joins("JOIN people AS a ON a.id = x.person_id").Where("x.theme_id IN ? AND x.answer = 'accepted'", themes).
		Order("x.theme_id, x.answered_at, a.id").Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read the proposers of themes: %w", err)
	}
	for _, r := range rows {
		out[r.ThemeID] = append(out[r.ThemeID], r.Brief)
	}
	return out, nil
}

// AskProposer asks somebody who takes part in the thread whether they will
// propose the theme, too. Asking again changes nothing. Errors: Invalid with field
// person; by access.EditTheme; Conflict "theme.proposes_already" and
// "theme.will_not_propose", for who has said no.
func (t *Themes) AskProposer(ctx context.Context, who access.Actor, id int64, handle string) (Theme, error) {
	handle = strings.ToLower(strings.TrimPrefix(strings.TrimSpace(handle), "@"))
	return t.change(ctx, who, id, access.EditTheme, func(tx *store.Tx, locked Theme, now time.Time) error {
		people, err := t.forum.TakingPart(tx.DB, locked.ThreadID, []string{handle})
		if err != nil {
			return err
		}
		asked, ok := people[handle]
		if !ok {
			var f errs.Fields
			f.Add("person", "theme.nobody_here")
			return f.Err()
		}
		return t.invite(tx, who, locked, asked.ID, now)
	})
}

func (t *Themes) invite(tx *store.Tx, who access.Actor, of Theme, asked int64, now time.Time) error {
	if of.proposes(asked) {
		return errs.New(errs.Conflict, "theme.proposes_already")
	}
	asks, err := asksOf(tx.DB, of.ID)
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(asks, func(a Ask) bool { return a.Person.ID == asked }); i >= 0 {
		if asks[i].Answer == "declined" {
			return errs.New(errs.Conflict, "theme.will_not_propose")
		}
		return nil
	}
	if len(asks) >= MaxProposers {
		return errs.New(errs.Conflict, "theme.too_many_proposers", errs.Args{"Max": MaxProposers})
	}
	err = tx.Exec("INSERT INTO theme_proposers (theme_id, person_id, asked_by, asked_at) VALUES (?, ?, ?, ?)", of.ID, asked, who.Person, store.At(now)).Error
	if err != nil {
		return fmt.Errorf("ask person %d to propose theme %d: %w", asked, of.ID, err)
	}
	return t.tell(tx, of, news{kind: event.ThemeProposerAsked, by: who.Person, at: now, to: []int64{asked}, letter: "theme_proposer_asked"})
}

// UnaskProposer takes back a question that has no answer yet. Errors: by
// access.EditTheme.
func (t *Themes) UnaskProposer(ctx context.Context, who access.Actor, id int64, handle string) (Theme, error) {
	return t.change(ctx, who, id, access.EditTheme, func(tx *store.Tx, _ Theme, _ time.Time) error {
		err := tx.Exec("DELETE FROM theme_proposers WHERE theme_id = ? AND answer = '' AND person_id IN (SELECT id FROM people WHERE handle = ?)",
			id, strings.ToLower(handle)).Error
		if err != nil {
			return fmt.Errorf("take back who was asked about theme %d: %w", id, err)
		}
		return nil
	})
}

// Asks lists who was asked to propose a theme, too: all of them to those who may
// edit it, to others their own alone. Errors: as for Theme.
func (t *Themes) Asks(ctx context.Context, who access.Actor, id int64) ([]Ask, error) {
	found, err := t.Theme(ctx, who, id)
	if err != nil {
		return nil, err
	}
	asks, err := asksOf(t.db.Read(ctx), id)
	if err != nil {
		return nil, store.Translate(err)
	}
	if access.May(who, access.EditTheme, found.facts) {
		return asks, nil
	}
	return slices.DeleteFunc(asks, func(a Ask) bool { return a.Person.ID != who.Person }), nil
}

func asksOf(g *gorm.DB, id int64) ([]Ask, error) {
	var rows []struct {
		Answer  string
		AskedAt store.Time
		person.Brief
		AskerID     int64
		AskerHandle string
		AskerName   string
	}
	err := g.Table("theme_proposers AS x").Select(`x.answer, x.asked_at, a.id, a.handle, a.name, a.affiliation, a.picture,
		b.id AS asker_id, b.handle AS asker_handle, b.name AS asker_name`).Joins("JOIN people AS a ON a.id = x.person_id").
		Joins("JOIN people AS b ON b.id = x.asked_by").Where("x.theme_id = ?", id).Order("x.asked_at, a.id").Limit(MaxProposers).Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read who was asked about theme %d: %w", id, err)
	}
	out := make([]Ask, len(rows))
	for i, r := range rows {
		out[i] = Ask{Person: r.Brief, AskedBy: person.Brief{ID: r.AskerID, Handle: r.AskerHandle, Name: r.AskerName}, AskedAt: r.AskedAt.Time, Answer: r.Answer}
	}
	return out, nil
}

// AnswerProposer says whether the actor, who was asked, proposes the theme, too.
// Who has said no may still say yes. Errors: by access.JoinTheme where they
// accept; Conflict "theme.not_asked".
func (t *Themes) AnswerProposer(ctx context.Context, who access.Actor, id int64, accept bool) (Theme, error) {
	do := access.ReadThread
	if accept {
		do = access.JoinTheme
	}
	return t.change(ctx, who, id, do, func(tx *store.Tx, locked Theme, now time.Time) error {
		if !who.SignedIn() {
			return errs.New(errs.Unauthenticated, "access.sign_in")
		}
		answer := "declined"
		if accept {
			answer = "accepted"
		}
		var before []string
		if err := tx.Table("theme_proposers").Select("answer").Where("theme_id = ? AND person_id = ?", id, who.Person).Find(&before).Error; err != nil {
			return fmt.Errorf("read who was asked about theme %d: %w", id, err)
		}
		switch {
		case len(before) == 0 || before[0] == "accepted" && !accept:
			return errs.New(errs.Conflict, "theme.not_asked")
		case before[0] == answer:
			return nil
		}
		err := tx.Exec("UPDATE theme_proposers SET answer = ?, answered_at = ? WHERE theme_id = ? AND person_id = ?", answer, store.At(now), id, who.Person).Error
		if err != nil {
			return fmt.Errorf("answer whether to propose theme %d: %w", id, err)
		}
		if !accept {
			return nil
		}
		if _, err = forum.Tell(tx, locked.event(event.ThemeProposerJoined, who.Person, now), nil); err != nil {
			return err
		}
		return t.tell(tx, locked, locked.toProposers(event.ThemeProposerJoined, who.Person, now))
	})
}

// Withdraw takes back one's own theme; where several propose it, only the actor
// steps back, and the first of the others stands in their place. Errors: by
// access.WithdrawTheme; Conflict "theme.in_open_poll" where it would be withdrawn.
func (t *Themes) Withdraw(ctx context.Context, who access.Actor, id int64) (Theme, error) {
	return t.change(ctx, who, id, access.WithdrawTheme, func(tx *store.Tx, locked Theme, now time.Time) error {
		proposers := locked.Proposers()
		if !locked.proposes(who.Person) || len(proposers) == 1 && locked.Credit == "" {
			return t.takeStep(tx, who, locked, withdrawal, now)
		}
		if err := stepBack(tx, locked, who.Person); err != nil {
			return err
		}
		if _, err := forum.Tell(tx, locked.event(event.ThemeProposerLeft, who.Person, now), nil); err != nil {
			return err
		}
		return t.tell(tx, locked, locked.toProposers(event.ThemeProposerLeft, who.Person, now))
	})
}

// withdrawal ends a theme by the will of whoever proposed it.
var withdrawal = step{do: access.WithdrawTheme, kind: event.ThemeWithdrawn, ends: true,
	from: []access.ThemeState{access.Proposed, access.Shortlisted}, to: access.Withdrawn}

// stepBack takes one of several proposers off a theme.
func stepBack(tx *store.Tx, of Theme, who int64) error {
	leaves := who
	if of.Proposer.ID == who && of.Credit == "" {
		leaves = of.CoProposers[0].ID // takes the first place
		if err := tx.Exec("UPDATE themes SET proposer_id = ?, put_by = NULL WHERE id = ?", leaves, of.ID).Error; err != nil {
			return fmt.Errorf("put another proposer first on theme %d: %w", of.ID, err)
		}
	}
	if err := tx.Exec("DELETE FROM theme_proposers WHERE theme_id = ? AND person_id = ?", of.ID, leaves).Error; err != nil {
		return fmt.Errorf("take a proposer off theme %d: %w", of.ID, err)
	}
	return nil
}
