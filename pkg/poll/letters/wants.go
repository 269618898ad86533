package letters

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm/clause"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/group"
	"plenary/pkg/person"
	"plenary/pkg/store"
)

// Wants says of which polls of a group somebody hears by mail. What concerns their
// own vote alone, such as a proxy who has voted for them, they are told always.
type Wants string

// What one can want.
const (
	AllMails    Wants = "all"
	NeededMails Wants = "needed" // where one's vote is asked for
	NoMails     Wants = "none"
)

// AllWants lists what one can want, the most first.
func AllWants() []Wants { return []Wants{AllMails, NeededMails, NoMails} }

// Takes reports whether a letter is wanted: one that asks for somebody's vote, or one
// that does not.
func (w Wants) Takes(asksForVote bool) bool {
	return w == AllMails || w == NeededMails && asksForVote
}

func (w Wants) validate() error {
	var f errs.Fields
	if !slices.Contains(AllWants(), w) {
		f.Add("polls", "field.choose")
	}
	return f.Err()
}

// Wanted says of which polls of a group the actor hears by mail. Errors: by
// access.ChooseMails.
func (l *Letters) Wanted(ctx context.Context, who access.Actor, handle string) (Wants, error) {
	home, err := l.choosing(ctx, who, handle)
	if err != nil {
		return "", err
	}
	var wants []Wants
	err = l.db.Read(ctx).Table("poll_mails").Where("person_id = ? AND group_id = ?", who.Person, home.ID).Pluck("wants", &wants).Error
	if err != nil {
		return "", store.Translate(fmt.Errorf("read which mails person %d wants: %w", who.Person, err))
	}
	if len(wants) == 0 {
		return AllMails, nil
	}
	return wants[0], nil
}

func (l *Letters) choosing(ctx context.Context, who access.Actor, handle string) (group.Group, error) {
	home, err := l.groups.ByHandle(ctx, who, handle)
	if err != nil {
		return home, err
	}
	if err := access.Check(who, access.ChooseMails, home.Facts()); err != nil {
		return home, err
	}
	if who.Person == 0 {
		return home, errs.New(errs.Unauthenticated, "access.sign_in")
	}
	return home, nil
}

// Choose says of which polls of a group the actor wants to hear by mail. Errors:
// by access.ChooseMails; Invalid with field polls.
func (l *Letters) Choose(ctx context.Context, who access.Actor, handle string, wants Wants) error {
	home, err := l.choosing(ctx, who, handle)
	if err != nil {
		return err
	}
	if err := wants.validate(); err != nil {
		return err
	}
	return l.db.Write(ctx, func(tx *store.Tx) error {
		if err := l.GiveTokens(tx, home.ID, []Reader{{ID: who.Person}}); err != nil {
			return err
		}
		err := tx.Exec("UPDATE poll_mails SET wants = ? WHERE person_id = ? AND group_id = ?", wants, who.Person, home.ID).Error
		if err != nil {
			return fmt.Errorf("note which mails person %d wants: %w", who.Person, err)
		}
		return nil
	})
}

// mailsRow is what somebody wants to hear of the polls of a group.
type mailsRow struct {
	PersonID int64
	GroupID  int64
	Wants    Wants
	Token    string
}

func (mailsRow) TableName() string { return "poll_mails" }

// GiveTokens sees to it that each of the readers has something to unsubscribe with
// from the polls of a group. It is the same in all letters, so that an old one works
// too, and is of use for nothing else.
func (l *Letters) GiveTokens(tx *store.Tx, groupID int64, to []Reader) error {
	var rows []mailsRow
	var people []int64
	for _, r := range to {
		if r.Token != "" {
			continue
		}
		token, _, err := person.NewSecret(l.random)
		if err != nil {
			return err
		}
		rows = append(rows, mailsRow{r.ID, groupID, AllMails, token})
		people = append(people, r.ID)
	}
	if len(rows) == 0 {
		return nil
	}
	if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&rows).Error; err != nil {
		return fmt.Errorf("let people unsubscribe from the polls of group %d: %w", groupID, err)
	}
	var kept []mailsRow // another transaction may have been first
	if err := tx.Select("person_id, token").Where("group_id = ? AND person_id IN ?", groupID, people).Find(&kept).Error; err != nil {
		return fmt.Errorf("read with what to unsubscribe from the polls of group %d: %w", groupID, err)
	}
	tokens := map[int64]string{}
	for _, row := range kept {
		tokens[row.PersonID] = row.Token
	}
	for i := range to {
		to[i].Token = cmp.Or(to[i].Token, tokens[to[i].ID])
	}
	return nil
}

// Mailing is whether somebody wants letters about what goes on in a group, and the
// path with which they end them.
type Mailing struct {
	Wanted bool
	Path   string
}

// Mailings tells for each of the people whether to write to them about something in
// a group that concerns them: not to those who want no mails about its polls. One
// choice and one link hold for all that the group writes about.
func (l *Letters) Mailings(tx *store.Tx, groupID int64, people []int64) (map[int64]Mailing, error) {
	var rows []mailsRow
	if err := tx.Select("person_id, wants, token").Where("group_id = ? AND person_id IN ?", groupID, people).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("read who wants mails from group %d: %w", groupID, err)
	}
	out := make(map[int64]Mailing, len(people))
	for _, row := range rows {
		out[row.PersonID] = Mailing{row.Wants != NoMails, "/unsubscribe/" + row.Token}
	}
	var others []Reader
	for _, id := range people {
		if _, known := out[id]; !known {
			others = append(others, Reader{ID: id})
		}
	}
	if err := l.GiveTokens(tx, groupID, others); err != nil {
		return nil, err
	}
	for _, r := range others {
		out[r.ID] = Mailing{true, "/unsubscribe/" + r.Token}
	}
	return out, nil
}

// Subscription is what a link to unsubscribe is about.
type Subscription struct {
	Group string // name; empty for a secret one
	Poll  string // of a guest: the title of the one poll
	Wants Wants
}

// Subscription finds what a link to unsubscribe is about. Whoever has it may look.
// Errors: NotFound "pollmails.unknown".
func (l *Letters) Subscription(ctx context.Context, token string) (Subscription, error) {
	unknown := errs.New(errs.NotFound, "pollmails.unknown")
	if _, ok := person.Digest(token); !ok {
		return Subscription{}, unknown
	}
	public := access.VisibleGroups(access.Visitor()) // letters are passed on
	var rows []Subscription
	err := l.db.Read(ctx).Raw(`SELECT w.wants, CASE WHEN `+public.SQL+` THEN g.name ELSE '' END AS "group",
		COALESCE((SELECT p.title FROM poll_guests AS q JOIN polls AS p ON p.id = q.poll_id WHERE a.guest AND q.person_id = a.id), '') AS poll
		FROM poll_mails AS w JOIN people AS a ON a.id = w.person_id JOIN groups AS g ON g.id = w.group_id
		WHERE w.token = ? AND a.erased_at IS NULL`, token).Scan(&rows).Error
	if err != nil {
		return Subscription{}, store.Translate(fmt.Errorf("look up a link to unsubscribe: %w", err))
	}
	if len(rows) == 0 {
		return Subscription{}, unknown
	}
	return rows[0], nil
}

// Unsubscribe says, by the link in a letter, which mails its reader wants. Errors: as
// for Subscription; Invalid with field polls.
func (l *Letters) Unsubscribe(ctx context.Context, token string, wants Wants) error {
	if err := wants.validate(); err != nil {
		return err
	}
	if _, err := l.Subscription(ctx, token); err != nil {
		return err
	}
	return l.db.Write(ctx, func(tx *store.Tx) error {
		if err := tx.Exec("UPDATE poll_mails SET wants = ? WHERE token = ?", wants, token).Error; err != nil {
			return fmt.Errorf("unsubscribe: %w", err)
		}
		return nil
	})
}
