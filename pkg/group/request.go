package group

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/mail"
	"plenary/pkg/person"
	"plenary/pkg/plain"
	"plenary/pkg/store"
)

const (
	answerMax    = 2000                // bytes of an answer to the group's question, and of a note
	askAgain     = 30 * 24 * time.Hour // after a no
	tellAskers   = time.Hour           // between letters to those who can answer
	toldMost     = 200                 // who can answer and are told
	requestsMost = 200                 // in a list
)

// JoinRequest is somebody's wish to come into a group.
type JoinRequest struct {
	ID       int64
	Person   person.Brief
	Question string // what the group asked; empty where nothing
	Answer   string
	At       time.Time
}

// Ask asks to come into a group, on behalf of who wants to; those who can answer
// are told.
//
// Errors: by access.AskToJoin; Invalid under "answer", which has to be given
// where the group asks something; Conflict "group.asked_already";
// "group.asked_lately" within 30 days of a no.
func (g *Groups) Ask(ctx context.Context, who access.Actor, handle, answer string) (JoinRequest, error) {
	if !who.SignedIn() {
		return JoinRequest{}, g.refuseVisitor(ctx, who, access.AskToJoin, handle)
	}
	var made JoinRequest
	err := g.db.Write(ctx, func(tx *store.Tx) error {
		found, err := g.lockFor(tx, who, access.AskToJoin, handle)
		if err != nil {
			return err
		}
		var f errs.Fields
		answer := plain.Body(&f, "answer", answer, found.JoinQuestion != "", answerMax)
		if err := f.Err(); err != nil {
			return err
		}
		if found.Asked {
			return errs.New(errs.Conflict, "group.asked_already")
		}
		if err := g.declinedLately(tx, found.ID, who.Person); err != nil {
			return err
		}
		if made, err = g.insertRequest(tx, who, found, answer); err != nil {
			return err
		}
		return g.tellOfRequest(tx, who, found, made)
	})
	return made, err
}

// declinedLately complains where a no is not yet old enough to ask again.
func (g *Groups) declinedLately(tx *store.Tx, groupID, personID int64) error {
	var last *store.Time
	err := tx.Raw("SELECT MAX(decided_at) FROM join_requests WHERE group_id = ? AND person_id = ? AND decision = 'declined'", groupID, personID).Row().Scan(&last)
	if err != nil {
		return fmt.Errorf("look for a refused request of person %d to group %d: %w", personID, groupID, err)
	}
	if last == nil {
		return nil
	}
	if left := last.Add(askAgain).Sub(g.now()); left > 0 {
		return errs.New(errs.Conflict, "group.asked_lately", errs.Args{"Count": days(left)})
	}
	return nil
}

// days is a time to wait in days, at least one.
func days(d time.Duration) int { return int((d + 24*time.Hour - 1) / (24 * time.Hour)) }

func (g *Groups) insertRequest(tx *store.Tx, who access.Actor, to Group, answer string) (JoinRequest, error) {
	var id int64
	err := tx.Raw("INSERT INTO join_requests (group_id, person_id, question, answer, created_at) VALUES (?, ?, ?, ?, ?) RETURNING id",
		to.ID, who.Person, to.JoinQuestion, answer, store.At(g.now())).Row().Scan(&id)
	if err != nil {
		return JoinRequest{}, fmt.Errorf("note that person %d asks to join group %d: %w", who.Person, to.ID, err)
	}
	r, err := request(tx.DB, to.ID, "j.id = ?", id)
	return r.request(), err
}

// tellOfRequest tells those who can answer: in their inboxes each time, by mail
// at most once an hour.
func (g *Groups) tellOfRequest(tx *store.Tx, who access.Actor, in Group, r JoinRequest) error {
	answerers, err := answerers(tx, in)
	if err != nil {
		return err
	}
	now := g.now()
	ids := make([]int64, len(answerers))
	for i, a := range answerers {
		ids[i] = a.ID
	}
	if err := tx.EmitToInboxes(event.Event{Kind: event.JoinAsked, At: now, Actor: who.Person, Subject: r.ID, Data: aboutGroup(in, "")}, ids); err != nil {
		return err
	}
	if err := g.requestsChanged(tx, in.ID, r.ID); err != nil {
		return err
	}
	due := tx.Exec("UPDATE groups SET askers_told_at = ? WHERE id = ? AND (askers_told_at IS NULL OR askers_told_at <= ?)",
		store.At(now), in.ID, store.At(now.Add(-tellAskers)))
	if due.Error != nil {
		return fmt.Errorf("note that those who answer in group %d are told: %w", in.ID, due.Error)
	}
	if due.RowsAffected == 0 {
		return nil
	}
	for _, to := range answerers {
		l := mail.Letter{Kind: "join_asked", Args: map[string]string{"Group": in.Name, "Name": r.Person.Name, "Answer": r.Answer, "Path": in.path() + "/members#requests"}}
		if err := g.tell(tx, to.person(), l); err != nil {
			return err
		}
	}
	return nil
}

// path is the address of the group's page.
func (g Group) path() string { return "/g/" + g.Handle }

// requestsChanged tells the group's timeline that there is something else to
// answer. It does not say who asks: more people follow it than may answer.
func (g *Groups) requestsChanged(tx *store.Tx, groupID, id int64) error {
	_, err := tx.Emit(event.Event{Topic: event.Group(groupID), Kind: event.RequestsChanged, At: g.now(), Subject: id})
	return err
}

// aboutGroup is what an event in an inbox says of the group it is about.
func aboutGroup(in Group, reason string) json.RawMessage {
	data, err := json.Marshal(struct {
		Group  string `json:"group"`
		Reason string `json:"reason,omitempty"`
	}{in.Handle, reason})
	if err != nil {
		return nil
	}
	return data
}

// addressee is somebody who is told something by mail.
type addressee struct {
	ID       int64
	Name     string
	Email    *string
	Language string
}

func (a addressee) person() person.Person {
	p := person.Person{Brief: person.Brief{ID: a.ID, Name: a.Name}, Language: a.Language}
	if a.Email != nil {
		p.Email = *a.Email
	}
	return p
}

// answerers are those who may answer requests in a group.
func answerers(tx *store.Tx, in Group) ([]addressee, error) {
	var roles []access.Role
	for _, role := range []access.Role{access.Member, access.Moderator, access.Admin} {
		if access.May(access.Actor{Person: 1}, access.AnswerAsker, access.Facts{Group: in.Visibility, Role: role, Rules: in.Permissions}) {
			roles = append(roles, role)
		}
	}
	var out []addressee
	err := tx.Table("memberships AS m").Select("p.id, p.name, p.email, p.language").Joins("JOIN people AS p ON p.id = m.person_id").
		Where("m.group_id = ? AND m.role IN ? AND p.disabled_at IS NULL AND p.erased_at IS NULL", in.ID, roles).
		Order("CASE m.role WHEN 'admin' THEN 0 WHEN 'moderator' THEN 1 ELSE 2 END, m.created_at, p.id").Limit(toldMost).Find(&out).Error
	if err != nil {
		return nil, fmt.Errorf("find who answers requests in group %d: %w", in.ID, err)
	}
	return out, nil
}

// Withdraw takes one's own request back. Errors: NotFound "group.not_asked".
func (g *Groups) Withdraw(ctx context.Context, who access.Actor, handle string) error {
	return g.db.Write(ctx, func(tx *store.Tx) error {
		found, err := g.Find(tx.DB, who, handle)
		if err != nil {
			return err
		}
		if err := access.Check(who, access.ReadGroup, found.Facts()); err != nil {
			return err
		}
		if !who.SignedIn() {
			return errs.New(errs.Unauthenticated, "access.sign_in")
		}
		if found, err = g.lock(tx, who, found.ID); err != nil {
			return err
		}
		r, err := request(tx.DB, found.ID, "j.person_id = ? AND j.decision = ''", who.Person)
		if errors.Is(err, gorm.ErrRecordNotFound) {
			return errs.New(errs.NotFound, "group.not_asked")
		}
		if err != nil {
			return err
		}
		if err := g.decide(tx, who, r.RequestID, "withdrawn", ""); err != nil {
			return err
		}
		return g.requestsChanged(tx, found.ID, r.RequestID)
	})
}

// Requests lists who asks to come in, the first ones first, for those who can
// answer.
func (g *Groups) Requests(ctx context.Context, who access.Actor, handle string) ([]JoinRequest, error) {
	found, err := g.ByHandle(ctx, who, handle)
	if err != nil {
		return nil, err
	}
	if err := access.Check(who, access.AnswerAsker, found.Facts()); err != nil {
		return nil, err
	}
	var rows []requestRow
	err = requests(g.db.Read(ctx), found.ID).Where("j.decision = ''").Order("j.id").Limit(requestsMost).Find(&rows).Error
	if err != nil {
		return nil, store.Translate(fmt.Errorf("list the requests to join group %d: %w", found.ID, err))
	}
	out := make([]JoinRequest, len(rows))
	for i, r := range rows {
		out[i] = r.request()
	}
	return out, nil
}

// OwnRequest reads the actor's request that waits. Errors: NotFound
// "group.not_asked".
func (g *Groups) OwnRequest(ctx context.Context, who access.Actor, handle string) (JoinRequest, error) {
	found, err := g.ByHandle(ctx, who, handle)
	if err != nil {
		return JoinRequest{}, err
	}
	r, err := request(g.db.Read(ctx), found.ID, "j.person_id = ? AND j.decision = ''", who.Person)
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return JoinRequest{}, errs.New(errs.NotFound, "group.not_asked")
	}
	return r.request(), store.Translate(err)
}

// Approve lets in who asked; note is told them and may be empty. Errors: by
// access.AnswerAsker; NotFound; Invalid under "note"; Conflict
// "group.request_decided".
func (g *Groups) Approve(ctx context.Context, who access.Actor, handle string, id int64, note string) error {
	return g.answer(ctx, who, handle, id, answerTo{"approved", event.JoinApproved, "join_approved", note})
}

// Decline refuses who asked; they can ask again after 30 days. Errors are those
// of Approve.
func (g *Groups) Decline(ctx context.Context, who access.Actor, handle string, id int64, note string) error {
	return g.answer(ctx, who, handle, id, answerTo{"declined", event.JoinDeclined, "join_declined", note})
}

// answerTo is a decision about a request, and how its person is told.
type answerTo struct {
	decision string
	kind     event.Kind
	letter   string
	note     string
}

func (g *Groups) answer(ctx context.Context, who access.Actor, handle string, id int64, a answerTo) error {
	var f errs.Fields
	a.note = plain.Body(&f, "note", a.note, false, answerMax)
	return g.db.Write(ctx, func(tx *store.Tx) error {
		found, err := g.lockFor(tx, who, access.AnswerAsker, handle)
		if err != nil {
			return err
		}
		if err := f.Err(); err != nil {
			return err
		}
		r, err := request(tx.DB, found.ID, "j.id = ?", id)
		if err != nil {
			return err
		}
		if r.Decision != "" {
			return errs.New(errs.Conflict, "group.request_decided")
		}
		if err := g.decide(tx, who, id, a.decision, a.note); err != nil {
			return err
		}
		if a.kind == event.JoinApproved {
			if err := g.enter(tx, who, found.ID, r.Person.ID, access.Member); err != nil {
				return err
			}
		}
		return g.tellAnswer(tx, who, found, r, a)
	})
}

func (g *Groups) tellAnswer(tx *store.Tx, who access.Actor, in Group, r requestRow, a answerTo) error {
	if err := g.requestsChanged(tx, in.ID, r.RequestID); err != nil {
		return err
	}
	e := event.Event{Kind: a.kind, At: g.now(), Actor: who.Person, Subject: r.RequestID, Data: aboutGroup(in, a.note)}
	if err := tx.EmitToInboxes(e, []int64{r.Person.ID}); err != nil {
		return err
	}
	args := map[string]string{"Group": in.Name, "Note": a.note}
	if a.kind == event.JoinApproved {
		args["Path"] = in.path()
	} else {
		args["Days"] = strconv.Itoa(days(askAgain))
	}
	return g.tell(tx, addressee{r.Person.ID, r.Person.Name, r.Email, r.Language}.person(), mail.Letter{Kind: a.letter, Args: args})
}

func (g *Groups) decide(tx *store.Tx, who access.Actor, id int64, decision, note string) error {
	var by *int64
	if who.SignedIn() {
		by = &who.Person
	}
	err := tx.Exec("UPDATE join_requests SET decision = ?, decided_by = ?, decided_at = ?, note = ? WHERE id = ?", decision, by, store.At(g.now()), note, id).Error
	if err != nil {
		return fmt.Errorf("decide request %d: %w", id, err)
	}
	return nil
}

// closeRequest ends the request of somebody who has come in otherwise.
func (g *Groups) closeRequest(tx *store.Tx, who access.Actor, groupID, member int64) error {
	r, err := request(tx.DB, groupID, "j.person_id = ? AND j.decision = ''", member)
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := g.decide(tx, who, r.RequestID, "approved", ""); err != nil {
		return err
	}
	return g.requestsChanged(tx, groupID, r.RequestID)
}

// requestRow is a request as stored, with its person.
type requestRow struct {
	RequestID int64
	Question  string
	Answer    string
	AskedAt   store.Time
	Decision  string
	Email     *string
	Language  string
	Person    person.Brief `gorm:"embedded"`
}

func (r requestRow) request() JoinRequest {
	return JoinRequest{ID: r.RequestID, Person: r.Person, Question: r.Question, Answer: r.Answer, At: r.AskedAt.Time}
}

func requests(h *gorm.DB, groupID int64) *gorm.DB {
	return h.Table("join_requests AS j").
		Select(`j.id AS request_id, j.question, j.answer, j.created_at AS asked_at, j.decision, p.email, p.language,
			p.id, p.handle, p.name, p.affiliation`).
		Joins("JOIN people AS p ON p.id = j.person_id").Where("j.group_id = ?", groupID)
}

func request(h *gorm.DB, groupID int64, condition string, args ...any) (requestRow, error) {
	var r requestRow
	if err := requests(h, groupID).Where(condition, args...).Take(&r).Error; err != nil {
		return r, fmt.Errorf("read a request to join: %w", err)
	}
	return r, nil
}
