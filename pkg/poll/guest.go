package poll

import (
	"context"
	"encoding/base32"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/group"
	"plenary/pkg/person"
	"plenary/pkg/poll/letters"
	"plenary/pkg/roster"
	"plenary/pkg/store"
)

const (
	maxGuests    = 1000 // of one poll
	guestsAtOnce = 100  // in one write
)

// Guest is somebody who was invited to one poll by mail. They vote by a link of
// their own, without an account, and may nothing else.
type Guest struct {
	ID        int64
	Email     string
	Name      string
	InvitedAt time.Time
	Revoked   bool
	Voted     bool // false where RollShown is not
}

// InviteGuests sends each good address of a list its link, and says of each entry
// what has become of it, in the same order. In an open poll they may vote at once,
// otherwise from the opening on. Errors: by access.InviteVoter; Invalid with field
// addresses.
func (p *Polls) InviteGuests(ctx context.Context, who access.Actor, id int64, list string) ([]group.Verdict, error) {
	if _, err := p.mayNow(ctx, who, id, access.InviteVoter); err != nil {
		return nil, err
	}
	if err := needsPerson(who); err != nil {
		return nil, err
	}
	entries, err := roster.Read(list)
	if err != nil {
		return nil, err
	}
	out, good := judged(entries)
	for part := range slices.Chunk(good, guestsAtOnce) {
		err := p.db.Write(ctx, func(tx *store.Tx) error {
			locked, now, err := p.lockFor(tx, who, access.InviteVoter, id)
			if err != nil {
				return err
			}
			return p.inviteSome(tx, who, &locked, part, now)
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// judged says of each entry whether it is an address that stands there for the
// first time; good are those that are.
func judged(entries []roster.Entry) (all []group.Verdict, good []*group.Verdict) {
	all = make([]group.Verdict, len(entries))
	seen := map[string]bool{}
	for i, e := range entries {
		all[i] = group.Verdict{Entry: e, Outcome: group.Sent}
		switch {
		case e.Email == "":
			all[i].Outcome = group.BadAddress
		case seen[e.Email]:
			all[i].Outcome = group.Duplicate
		default:
			good = append(good, &all[i])
		}
		seen[e.Email] = true
	}
	return all, good
}

// inviteSome invites a part of a list to a locked poll.
func (p *Polls) inviteSome(tx *store.Tx, who access.Actor, to *Poll, part []*group.Verdict, now time.Time) error {
	known, err := p.knownGuests(tx, *to, part)
	if err != nil {
		return err
	}
	var fresh []voter
	var guests []guestRow
	for _, v := range part {
		if v.Outcome = known.outcome(v.Email); v.Outcome != group.Sent {
			continue
		}
		known.guests++
		guest, err := p.newGuest(tx, who, *to, v.Entry, now)
		if err != nil {
			return err
		}
		guests = append(guests, guest)
		fresh = append(fresh, voter{person: guest.PersonID, weight: 1, source: byInvitation})
	}
	opens := to.State == access.PollOpen && len(fresh) > 0
	if opens {
		if err := p.admit(tx, to, fresh, "invited", now); err != nil {
			return err
		}
	}
	for _, guest := range guests { // after the record of them, which their letters name
		if err := p.sendLink(tx, who, *to, guest); err != nil {
			return err
		}
	}
	if !opens {
		return nil
	}
	return tell(tx, to.event(event.PollEdited, who.Person, now), to.headData(nil))
}

// WhyNot says why somebody on a list was not invited; zero where they were.
func WhyNot(v group.Verdict) errs.Text {
	switch v.Outcome {
	case group.IsMember:
		return errs.Text{Code: "outcome.poll_voter"}
	case group.TooMany:
		return errs.Text{Code: "outcome.poll_guests", Args: errs.Args{"Max": maxGuests}}
	default:
		return v.Why()
	}
}

// knownGuests is what is known of the addresses of a part of a list.
type knownGuests struct {
	guests  int // of the poll
	invited map[string]bool
	voters  map[string]bool // accounts that may vote anyway
}

func (k knownGuests) outcome(email string) group.Outcome {
	switch {
	case k.voters[email]:
		return group.IsMember
	case k.invited[email]:
		return group.IsPending
	case k.guests >= maxGuests:
		return group.TooMany
	}
	return group.Sent
}

func (p *Polls) knownGuests(tx *store.Tx, of Poll, part []*group.Verdict) (knownGuests, error) {
	k := knownGuests{invited: map[string]bool{}, voters: map[string]bool{}}
	emails := make([]string, len(part))
	for i, v := range part {
		emails[i] = v.Email
	}
	var had []string
	if err := tx.Table("poll_guests").Where("poll_id = ?", of.ID).Pluck("email", &had).Error; err != nil {
		return k, fmt.Errorf("list the guests of poll %d: %w", of.ID, err)
	}
	for _, email := range had {
		k.invited[email] = true
	}
	k.guests = len(had)
	var accounts []struct {
		ID    int64
		Email string
	}
	if err := tx.Table("people").Select("id, email").Where("email IN ?", emails).Find(&accounts).Error; err != nil {
		return k, fmt.Errorf("look for the accounts of guests: %w", err)
	}
	may, err := p.voting(tx, of)
	for _, a := range accounts {
		k.voters[a.Email] = may[a.ID]
	}
	return k, err
}

// voting are those who may vote in a poll, or of a draft who could.
func (p *Polls) voting(tx *store.Tx, of Poll) (map[int64]bool, error) {
	out := map[int64]bool{}
	if of.State == access.Draft {
		all, err := entitled(tx.DB, of, time.Time{})
		for _, v := range all {
			out[v.person] = true
		}
		return out, err
	}
	var ids []int64
	if err := tx.Table("poll_voters").Where("poll_id = ? AND removed_at IS NULL", of.ID).Pluck("person_id", &ids).Error; err != nil {
		return nil, fmt.Errorf("list the voters of poll %d: %w", of.ID, err)
	}
	for _, id := range ids {
		out[id] = true
	}
	return out, nil
}

// guestRow is a guest as stored.
type guestRow struct {
	ID        int64
	PollID    int64
	PersonID  int64
	Email     string
	TokenHash []byte
	Weight    int64
	InvitedBy int64
	CreatedAt store.Time
	RevokedAt *store.Time

	token string // not stored
}

func (guestRow) TableName() string { return "poll_guests" }

// newGuest makes the person who votes, whom nobody can sign in as, and their link.
func (p *Polls) newGuest(tx *store.Tx, who access.Actor, of Poll, e roster.Entry, now time.Time) (guestRow, error) {
	var b [10]byte
	if _, err := io.ReadFull(p.random, b[:]); err != nil {
		return guestRow{}, fmt.Errorf("make a handle: %w", err)
	}
	name := e.Name
	if name == "" {
		name, _, _ = strings.Cut(e.Email, "@")
	}
	token, digest, err := person.NewSecret(p.random)
	if err != nil {
		return guestRow{}, err
	}
	row := guestRow{PollID: of.ID, Email: e.Email, TokenHash: digest, Weight: 1, InvitedBy: who.Person, CreatedAt: store.At(now), token: token}
	handle := "guest-" + strings.ToLower(base32.StdEncoding.EncodeToString(b[:]))
	err = tx.Raw("INSERT INTO people (handle, name, guest, created_at) VALUES (?, ?, ?, ?) RETURNING id", handle, name, true, store.At(now)).Row().Scan(&row.PersonID)
	if err != nil {
		return row, fmt.Errorf("make a guest of poll %d: %w", of.ID, err)
	}
	if err := tx.Create(&row).Error; err != nil {
		return row, fmt.Errorf("invite a guest to poll %d: %w", of.ID, err)
	}
	return row, nil
}

// sendLink writes a guest a letter with their link, in the language of an account
// with the address where there is one.
func (p *Polls) sendLink(tx *store.Tx, who access.Actor, to Poll, g guestRow) error {
	var by string
	if err := tx.Raw("SELECT COALESCE((SELECT name FROM people WHERE id = ?), '')", who.Person).Row().Scan(&by); err != nil {
		return fmt.Errorf("read who invites to poll %d: %w", to.ID, err)
	}
	found, err := letters.Readers(tx, to.ID, letters.Audience{Where: "a.id = @guest", Args: map[string]any{"guest": g.PersonID}, Most: 1})
	if err != nil {
		return err
	}
	if len(found) == 0 {
		return fmt.Errorf("guest %d of poll %d cannot be written to", g.ID, to.ID)
	}
	if err := p.letters.GiveTokens(tx, to.homeID, found); err != nil {
		return err
	}
	found[0].Link = g.token
	return p.letters.Write(tx, to.about(), found[0], "poll_invitation", map[string]string{"By": by})
}

// Guests lists who was invited to a poll by mail, the first invited first. Errors:
// by access.InviteVoter, whatever state the poll is in.
func (p *Polls) Guests(ctx context.Context, who access.Actor, id int64) ([]Guest, error) {
	found, err := p.mayNow(ctx, who, id, access.InviteVoter)
	if err != nil {
		return nil, err
	}
	rows, err := guestsOf(p.db.Read(ctx), id)
	if err != nil {
		return nil, store.Translate(err)
	}
	out := make([]Guest, len(rows))
	for i, r := range rows {
		out[i] = Guest{ID: r.Row.ID, Email: r.Row.Email, Name: r.Name, InvitedAt: r.Row.CreatedAt.Time, Revoked: r.Row.RevokedAt != nil, Voted: r.Voted && found.RollShown()}
	}
	return out, nil
}

// listedGuest is a guest with their name, and whether they have voted.
type listedGuest struct {
	Row   guestRow `gorm:"embedded"`
	Name  string
	Voted bool
}

func guestsOf(g *gorm.DB, poll int64) ([]listedGuest, error) {
	var rows []listedGuest
	err := g.Table("poll_guests AS q").Select("q.id, q.poll_id, q.person_id, q.email, q.weight, q.created_at, q.revoked_at, a.name, v.voted_at IS NOT NULL AS voted").
		Joins("JOIN people AS a ON a.id = q.person_id").Joins("LEFT JOIN poll_voters AS v ON v.poll_id = q.poll_id AND v.person_id = q.person_id").
		Where("q.poll_id = ?", poll).Order("q.id").Limit(maxGuests).Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("list the guests of poll %d: %w", poll, err)
	}
	return rows, nil
}
