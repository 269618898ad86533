package poll

import (
	"context"
	"fmt"

	"gorm.io/gorm/clause"

	"plenary/pkg/access"
	"plenary/pkg/mail"
	"plenary/pkg/markup"
	"plenary/pkg/poll/figures"
	"plenary/pkg/poll/letters"
	"plenary/pkg/store"
)

// What is told of a poll by mail, to many: the kinds of the letters.
const (
	tellOpened    = "poll_opened"
	tellReminder  = "poll_reminder"
	tellExtended  = "poll_extended"
	tellReopened  = "poll_reopened"
	tellClosed    = "poll_closed"
	tellOption    = "option_added"
	tellOutcome   = "outcome_published"
	tellReview    = "outcome_review"
	lettersAtOnce = 100 // in one write
)

// asksForVote reports whether a letter of the kind asks for its reader's vote.
func asksForVote(kind string) bool {
	return kind == tellOpened || kind == tellReminder || kind == tellReopened
}

// about is what a letter says of the poll, as it is within the transaction.
func (p Poll) about() letters.About {
	out := letters.About{Poll: p.ID, Title: p.Title, Head: p.Head}
	if p.State != access.PollEnded {
		out.ClosesAt = p.ClosesAt
	}
	if p.State == access.PollOpen {
		out.CollectUntil = p.CollectUntil
	}
	return out
}

// TellLater sees to it that Tell is called with the id soon after the commit. It is
// part of the transaction.
type TellLater func(tx *store.Tx, telling int64) error

// TellBy has voters told by mail of what happens in polls. Without it nobody is told.
// Call it before the first poll is opened.
func (p *Polls) TellBy(later TellLater) { p.later = later }

// announce notes, inside the transaction of the cause, that there is something to
// tell. The letters are written afterwards, for they may be thousands. by is who
// did it, and is not told of it; 0 for the forum itself.
func (p *Polls) announce(tx *store.Tx, of Poll, kind string, by, subject int64) error {
	if p.later == nil {
		return nil
	}
	var who *int64
	if by != 0 {
		who = &by
	}
	var id int64
	err := tx.Raw("INSERT INTO poll_tellings (poll_id, kind, subject_id, by_id, created_at) VALUES (?, ?, ?, ?, ?) RETURNING id",
		of.ID, kind, subject, who, store.At(p.now())).Row().Scan(&id)
	if err != nil {
		return fmt.Errorf("note what is to be told of poll %d: %w", of.ID, err)
	}
	return p.later(tx, id)
}

// announceOpening tells the voters that a poll takes ballots, unless that is not
// wished. Whoever planned the opening for this time is told like everybody.
func (p *Polls) announceOpening(tx *store.Tx, draft Poll, by access.Actor) error {
	switch {
	case draft.Tell == TellNobody:
		return nil
	case draft.OpensAt != nil && !draft.OpensAt.After(p.now()):
		by = access.System()
	}
	return p.announce(tx, draft, tellOpened, by.Person, 0)
}

// telling is something to be told, and how far that has come.
type telling struct {
	ID        int64
	PollID    int64
	Kind      string
	SubjectID int64
	ByID      int64
	ToldTo    int64
}

// Tell writes the letters of something that is to be told, some in each transaction,
// which also notes how far it has come: however often it is cut short and called
// again, by several at once, everybody gets one. Of what is over by now nobody is
// told any more, and nobody who cannot vote any more is told.
func (p *Polls) Tell(ctx context.Context, id int64) error {
	for more := true; more; {
		err := p.db.Write(ctx, func(tx *store.Tx) (err error) {
			more, err = p.tellSome(tx, id)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (p *Polls) tellSome(tx *store.Tx, id int64) (more bool, err error) {
	var found []telling
	err = tx.Clauses(clause.Locking{Strength: "UPDATE"}).Table("poll_tellings").
		Select("id, poll_id, kind, subject_id, COALESCE(by_id, 0) AS by_id, told_to").Where("id = ?", id).Find(&found).Error
	if err != nil {
		return false, fmt.Errorf("read what is to be told: %w", err)
	}
	if len(found) == 0 {
		return false, nil // it was done before
	}
	t := found[0]
	of, err := load(tx.DB, access.System(), t.PollID, p.now())
	if err != nil {
		return false, err
	}
	var to []letters.Reader
	if t.holds(of) {
		who := t.audience(of)
		who.After, who.Most = t.ToldTo, lettersAtOnce
		if to, err = letters.Readers(tx, of.ID, who); err != nil {
			return false, err
		}
		if err := p.tellAll(tx, of, t, to); err != nil {
			return false, err
		}
	}
	if more = len(to) == lettersAtOnce; more {
		err = tx.Exec("UPDATE poll_tellings SET told_to = ? WHERE id = ?", to[len(to)-1].ID, id).Error
	} else {
		err = tx.Exec("DELETE FROM poll_tellings WHERE id = ?", id).Error
	}
	if err != nil {
		return false, fmt.Errorf("note how far it was told: %w", err)
	}
	return more, nil
}

// holds reports whether it is still so.
func (t telling) holds(of Poll) bool {
	switch t.Kind {
	case tellClosed:
		return of.State == access.PollEnded
	case tellOutcome, tellReview:
		return of.Outcome != nil
	}
	return of.State == access.PollOpen
}

// audience is whom the telling is for.
func (t telling) audience(of Poll) letters.Audience {
	args := map[string]any{"by": t.ByID}
	voters := "SELECT x.person_id FROM poll_voters AS x WHERE x.poll_id = @poll AND x.removed_at IS NULL"
	switch t.Kind {
	case tellOpened: // not to guests who were invited since, and have their letter
		voters += " AND x.record = 1"
	case tellReminder:
		voters += " AND x.voted_at IS NULL AND x.undecided_at IS NULL"
	case tellOption:
		voters += " AND x.voted_at IS NOT NULL"
	}
	where := "a.id IN (" + voters + ") AND (a.guest OR " + access.TakesPartAs("a.id") + ")"
	switch t.Kind {
	case tellClosed:
		args["author"] = of.Author.ID
		where += " OR a.id = @author AND " + access.VisibleThreadsAs("a.id")
	case tellReview:
		args["author"], args["home"] = of.Outcome.Author.ID, of.homeID
		args["roles"] = access.RolesThat(access.Conclude, access.Facts{Group: of.facts.Group, Rules: of.facts.Rules, Poll: access.PollEnded})
		where = `(a.id = @author OR a.id IN (SELECT x.person_id FROM memberships AS x WHERE x.group_id = @home AND x.role IN @roles))
			AND ` + access.VisibleThreadsAs("a.id")
	}
	return letters.Audience{Where: "a.id <> @by AND (" + where + ")", Args: args}
}

func (p *Polls) tellAll(tx *store.Tx, of Poll, t telling, to []letters.Reader) error {
	var wanted []letters.Reader
	for _, r := range to {
		if r.Wants.Takes(asksForVote(t.Kind)) {
			wanted = append(wanted, r)
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	if err := p.letters.GiveTokens(tx, of.homeID, wanted); err != nil {
		return err
	}
	said, err := p.saidOf(tx, of, t)
	if err != nil {
		return err
	}
	for _, r := range wanted {
		if err := p.letters.Write(tx, of.about(), r, t.Kind, said.to(of, r)); err != nil {
			return err
		}
	}
	return nil
}

// said is what a letter says besides what every one does.
type said struct {
	args   map[string]string
	result string // for those who may see it
}

func (s said) to(of Poll, r letters.Reader) map[string]string {
	if s.result == "" || !of.showsResults(r) {
		return s.args
	}
	return map[string]string{"ResultSentence": s.result}
}

func (p *Polls) saidOf(tx *store.Tx, of Poll, t telling) (said, error) {
	switch t.Kind {
	case tellOption:
		for _, o := range of.Options {
			if o.ID == t.SubjectID {
				return said{args: map[string]string{"Option": o.Label}}, nil
			}
		}
	case tellOutcome, tellReview:
		return said{args: map[string]string{"Outcome": markup.Excerpt(of.Outcome.Statement, excerptRunes)}}, nil
	case tellClosed:
		result, err := p.resultOf(tx.DB, of)
		if err != nil {
			return said{}, err
		}
		sentence, err := of.inLetter(of.sentence(result.Summary))
		return said{result: sentence}, err
	}
	return said{}, nil
}

// excerptRunes is how much of an outcome stands in a letter.
const excerptRunes = 600

// showsResults asks of a reader what would be asked if they opened the poll.
func (p Poll) showsResults(r letters.Reader) bool {
	facts, who := p.facts, access.Actor{Person: r.ID}
	facts.Role, facts.Voter, facts.Voted = access.Member, true, r.Voted
	if r.Guest != 0 {
		who.OnlyPoll, facts.Role, facts.PollGuest = p.ID, access.NoRole, true
	}
	return access.May(who, access.ReadResults, facts)
}

// inLetter is a sentence of the count for readers of any language.
func (p Poll) inLetter(s figures.Sentence) (string, error) {
	out := mail.Sentence{Code: s.Code, Texts: map[string]mail.Word{}}
	for name, value := range s.Args {
		n, number := value.(int64)
		switch {
		case number && name == "Count":
			out.Count = &n
		case number && name == "Grade" && p.Rules.Grades == usualGrades:
			out.Texts[name] = mail.Word{Number: &n, Key: fmt.Sprintf("ballot.grade_%d", n)}
		case number:
			out.Texts[name] = mail.Word{Number: &n}
		default:
			out.Texts[name] = mail.Word{Text: fmt.Sprint(value)}
		}
	}
	byID := map[int64]Option{}
	for _, o := range p.Options {
		byID[o.ID] = o
	}
	for _, id := range s.Options {
		o := byID[id]
		w := mail.Word{Text: o.Label}
		if o.Key != "" {
			w.Key = "answer." + o.Key
		}
		if o.StartsAt != nil {
			w.At = *o.StartsAt
		}
		out.List = append(out.List, w)
	}
	return out.Arg()
}

// usualGrades is how many grades have words.
const usualGrades = 6
