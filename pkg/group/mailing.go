package group

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/mail"
	"plenary/pkg/person"
	"plenary/pkg/plain"
	"plenary/pkg/roster"
	"plenary/pkg/store"
)

const (
	messageMax = 1000 // runes
	mailDays   = 30   // how long an invitation by mail is good
	atOnce     = 500  // invitations in one write
	mailsADay  = 1000 // of one group
	mailsAWeek = 3    // of one group to one address
	belowMost  = 50   // groups below that an invitation leads into as well
)

// Outcome says what has become of an entry of a list.
type Outcome string

// What can become of an entry.
const (
	Sent       Outcome = "sent"
	BadAddress Outcome = "bad_address" // Problem says why
	Duplicate  Outcome = "duplicate"   // it stands further up in the list
	IsMember   Outcome = "member"
	IsGuest    Outcome = "guest"
	IsPending  Outcome = "pending" // invited already
	IsBanned   Outcome = "banned"
	RoleAbove  Outcome = "role"  // a role above the inviter's own, or none that there is
	TooOften   Outcome = "often" // three mails in a week are enough
	TooMany    Outcome = "limit" // the group has sent as many as it may today
)

// Verdict is an entry of a list with what has become of it.
type Verdict struct {
	roster.Entry
	Outcome Outcome
}

// Mailing is an invitation to many at once, by mail.
type Mailing struct {
	Entries []roster.Entry
	Role    access.Role // of those whose entry names none; empty: member
	Message string      // plain text; may be empty
	Below   []string    // handles of groups below, which they join at once
	Remind  bool        // once, after a week
}

// Validate cleans the fields in place and complains of those that cannot be kept.
func (in *Mailing) Validate() error {
	var f errs.Fields
	if in.Role == access.NoRole {
		in.Role = access.Member
	}
	if !in.Role.Valid() {
		f.Add("role", "field.choose")
	}
	in.Message = cleanMessage(&f, in.Message)
	if len(in.Entries) == 0 {
		f.Add("addresses", "roster.empty")
	}
	if len(in.Entries) > roster.Most {
		f.Add("addresses", "roster.too_many", errs.Args{"Count": roster.Most})
	}
	if len(in.Below) > belowMost {
		f.Add("below", "field.choose")
	}
	return f.Err()
}

func cleanMessage(f *errs.Fields, text string) string {
	text = plain.Body(f, "message", text, false, 4*messageMax)
	if len([]rune(text)) > messageMax {
		f.Add("message", "field.too_long", errs.Args{"Max": messageMax})
	}
	return text
}

// InviteByMail sends an invitation to each good address of a list, and says of
// each entry what has become of it, in the same order. What cannot be sent does
// not hold up the rest.
//
// Errors: by access.Invite; Invalid under "role", "message", "below", and under
// "addresses" "group.mails_today" where nothing more can be sent today.
func (g *Groups) InviteByMail(ctx context.Context, who access.Actor, handle string, in Mailing) ([]Verdict, error) {
	found, err := g.ByHandle(ctx, who, handle)
	if err != nil {
		return nil, err
	}
	if err := access.Check(who, access.Invite, found.Facts()); err != nil {
		return nil, err
	}
	if err := in.Validate(); err != nil {
		return nil, err
	}
	if err := mayGive(who, found.Role, in.Role); err != nil {
		return nil, err
	}
	m := mailing{who: who, groupID: found.ID, role: in.Role, message: in.Message, remind: in.Remind, letter: "invited"}
	if m.below, err = g.belowIDs(ctx, who, found, in.Below); err != nil {
		return nil, err
	}
	m.check = func(_ *store.Tx, now Group) error {
		if err := access.Check(who, access.Invite, now.Facts()); err != nil {
			return err
		}
		return mayGive(who, now.Role, in.Role)
	}
	return g.mailAll(ctx, m, judge(in.Entries, found.Role, in.Role))
}

// ThreadMailing invites people to one thread, as its guests. Who may do that,
// the caller knows.
type ThreadMailing struct {
	GroupID, ThreadID int64
	Title             string
	Entries           []roster.Entry
	Message           string
	Taken             map[string]Outcome                         // addresses that take part already
	Check             func(tx *store.Tx, who access.Actor) error // whether the actor still may, inside the write
}

// InviteToThread is InviteByMail into one thread.
func (g *Groups) InviteToThread(ctx context.Context, who access.Actor, in ThreadMailing) ([]Verdict, error) {
	if !who.SignedIn() {
		return nil, errs.New(errs.Unauthenticated, "access.sign_in")
	}
	var f errs.Fields
	in.Message = cleanMessage(&f, in.Message)
	if err := f.Err(); err != nil {
		return nil, err
	}
	verdicts := judge(in.Entries, access.Member, access.Member)
	for i, v := range verdicts {
		if taken, is := in.Taken[v.Email]; is && v.Outcome == Sent {
			verdicts[i].Outcome = taken
		}
	}
	m := mailing{who: who, groupID: in.GroupID, threadID: in.ThreadID, title: in.Title, role: access.Member, message: in.Message, letter: "invited_guest"}
	m.check = func(tx *store.Tx, _ Group) error { return in.Check(tx, who) }
	return g.mailAll(ctx, m, verdicts)
}

// judge says what a list says of itself: what is no address, what stands there
// twice, and whose role would be above the inviter's. All others are to be sent.
func judge(entries []roster.Entry, own, usual access.Role) []Verdict {
	seen := map[string]bool{}
	out := make([]Verdict, len(entries))
	for i, e := range entries {
		v := Verdict{Entry: e, Outcome: Sent}
		role := access.Role(e.Role)
		if e.Role == "" {
			role = usual
			v.Role = string(usual)
		}
		switch {
		case e.Email == "":
			v.Outcome = BadAddress
		case seen[e.Email]:
			v.Outcome = Duplicate
		case !role.Valid() || !own.AtLeast(role):
			v.Outcome = RoleAbove
		}
		seen[e.Email] = true
		out[i] = v
	}
	return out
}

// mailing is what the invitations of one list have in common.
type mailing struct {
	who      access.Actor
	groupID  int64
	threadID int64 // 0 for the group
	title    string
	role     access.Role
	message  string
	remind   bool
	below    []int64
	letter   string
	check    func(tx *store.Tx, now Group) error
}

// mailAll sends what is to be sent, some at a time, so that other writes get
// their turn in between.
func (g *Groups) mailAll(ctx context.Context, m mailing, verdicts []Verdict) ([]Verdict, error) {
	var good []int
	for i, v := range verdicts {
		if v.Outcome == Sent {
			good = append(good, i)
		}
	}
	if len(good) == 0 {
		return verdicts, nil
	}
	left, err := g.mailsLeft(g.db.Read(ctx), m.groupID)
	if err != nil {
		return nil, store.Translate(err)
	}
	if left == 0 {
		var f errs.Fields
		f.Add("addresses", "group.mails_today", errs.Args{"Max": mailsADay})
		return nil, f.Err()
	}
	for part := range slices.Chunk(good, atOnce) {
		chunk := make([]Verdict, len(part))
		for i, at := range part {
			chunk[i] = verdicts[at]
		}
		if err := g.mailSome(ctx, m, chunk); err != nil {
			return nil, err
		}
		for i, at := range part {
			verdicts[at] = chunk[i]
		}
	}
	return verdicts, nil
}

// mailSome sends a part of a list in one write.
func (g *Groups) mailSome(ctx context.Context, m mailing, chunk []Verdict) error {
	secrets, err := g.secrets(len(chunk))
	if err != nil {
		return err
	}
	var outcomes []Outcome
	err = g.db.Write(ctx, func(tx *store.Tx) error {
		found, err := g.lock(tx, m.who, m.groupID)
		if err != nil {
			return err
		}
		if err := m.check(tx, found); err != nil {
			return err
		}
		outcomes, err = g.mailLocked(tx, m, found, chunk, secrets)
		return err
	})
	if err != nil {
		return err
	}
	for i := range chunk {
		chunk[i].Outcome = outcomes[i]
	}
	return nil
}

type secretPair struct {
	token  string
	digest []byte
}

func (g *Groups) secrets(n int) ([]secretPair, error) {
	out := make([]secretPair, n)
	for i := range out {
		token, digest, err := person.NewSecret(g.random)
		if err != nil {
			return nil, err
		}
		out[i] = secretPair{token, digest}
	}
	return out, nil
}

func (g *Groups) mailLocked(tx *store.Tx, m mailing, to Group, chunk []Verdict, secrets []secretPair) ([]Outcome, error) {
	known, err := g.knownOf(tx, m, chunk)
	if err != nil {
		return nil, err
	}
	left, err := g.mailsLeft(tx.DB, m.groupID)
	if err != nil {
		return nil, err
	}
	by, err := nameOf(tx, m.who.Person)
	if err != nil {
		return nil, err
	}
	outcomes := make([]Outcome, len(chunk))
	var rows []invitationInsert
	for i, v := range chunk {
		k := known[v.Email]
		if outcomes[i] = k.outcome(); outcomes[i] == Sent && left == 0 {
			outcomes[i] = TooMany
		}
		if outcomes[i] != Sent {
			continue
		}
		left--
		rows = append(rows, g.insertOf(m, v, secrets[i].digest))
		if err := g.send(tx, m.letterTo(v, k, to, by, secrets[i].token)); err != nil {
			return nil, err
		}
	}
	return outcomes, insertInvitations(tx, rows, m.below)
}

// letterTo is the letter that brings an invitation.
func (m mailing) letterTo(v Verdict, k knownAddress, to Group, by, token string) mail.Letter {
	l := mail.Letter{Kind: m.letter, To: mail.Address{Name: v.Name, Email: v.Email}, Person: k.ID, Language: k.Language,
		Args: map[string]string{"Path": "/join/" + token, "By": by, "Message": m.message}}
	if l.To.Name == "" {
		l.To.Name = k.Name
	}
	if m.threadID != 0 {
		l.Args["Title"] = m.title // and not the group, which may be a secret one
	} else {
		l.Args["Group"] = to.Name
	}
	return l
}

// invitationInsert is a new invitation by mail.
type invitationInsert struct {
	ID        int64 `gorm:"primaryKey"`
	GroupID   int64
	ThreadID  *int64
	TokenHash []byte
	Role      string
	CreatedBy int64
	CreatedAt store.Time
	ExpiresAt store.Time
	MaxUses   int
	Email     string
	Name      string
	Message   string
	Remind    bool
	SentAt    store.Time
}

func (invitationInsert) TableName() string { return "invitations" }

func (g *Groups) insertOf(m mailing, v Verdict, digest []byte) invitationInsert {
	now := g.now()
	row := invitationInsert{GroupID: m.groupID, TokenHash: digest, Role: v.Role, CreatedBy: m.who.Person, CreatedAt: store.At(now),
		ExpiresAt: store.At(now.AddDate(0, 0, mailDays)), MaxUses: 1, Email: v.Email, Name: v.Name, Message: m.message, Remind: m.remind, SentAt: store.At(now)}
	if m.threadID != 0 {
		row.ThreadID = &m.threadID
	}
	return row
}

// leadsBelow notes that an invitation leads into a group below as well.
type leadsBelow struct {
	InvitationID int64
	GroupID      int64
}

func (leadsBelow) TableName() string { return "invitation_groups" }

func insertInvitations(tx *store.Tx, rows []invitationInsert, below []int64) error {
	if len(rows) == 0 {
		return nil
	}
	if err := tx.CreateInBatches(&rows, 100).Error; err != nil {
		return fmt.Errorf("write %d invitations: %w", len(rows), err)
	}
	var leads []leadsBelow
	for _, r := range rows {
		for _, id := range below {
			leads = append(leads, leadsBelow{r.ID, id})
		}
	}
	if len(leads) == 0 {
		return nil
	}
	if err := tx.CreateInBatches(&leads, atOnce).Error; err != nil {
		return fmt.Errorf("write where %d invitations lead as well: %w", len(rows), err)
	}
	return nil
}

// mailsLeft is how many invitations the group may still send today.
func (g *Groups) mailsLeft(h *gorm.DB, groupID int64) (int, error) {
	since := store.At(g.now().Add(-24 * time.Hour))
	var sent int
	err := h.Raw(`SELECT COALESCE(SUM(CASE WHEN sent_at > ? THEN 1 ELSE 0 END + CASE WHEN reminded_at > ? THEN 1 ELSE 0 END), 0)
		FROM invitations WHERE group_id = ? AND email <> '' AND (sent_at > ? OR reminded_at > ?)`, since, since, groupID, since, since).Row().Scan(&sent)
	if err != nil {
		return 0, fmt.Errorf("count the mails of group %d: %w", groupID, err)
	}
	return max(0, mailsADay-sent), nil
}
