package poll

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/forum"
	"plenary/pkg/ledger"
	"plenary/pkg/markup"
	"plenary/pkg/store"
	"plenary/pkg/tally"
)

// NewPoll is what somebody who starts a poll has chosen.
type NewPoll struct {
	Title    string
	Details  string // Markdown; may be empty
	Method   tally.Method
	Options  []NewOption // of a choice; a proposal has its own
	Rules    tally.Rules // settings of the method; the method itself is taken from Method
	ClosesAt time.Time
	Settings
	OpensAt      *time.Time // of a draft: it opens by itself then
	CollectUntil *time.Time // voters add options until then, and vote from then on
	collected    *time.Time // CollectUntil as it was before an edit
	Named        []int64    // people, where the electorate is named
	Draft        bool       // prepare it, and open it later

	// Reminders say how long before the close those who have not voted are
	// reminded. Nil: a day before, where the poll runs for more than two; empty
	// and not nil: never.
	Reminders []time.Duration
}

// Start puts a poll into a thread and opens it, unless it is a draft. Errors:
// Invalid with fields (title, details, method, options, options.N from 0,
// closes_at, results, reminders, and the settings by their names in
// tally.Rules); by access.StartPoll.
func (p *Polls) Start(ctx context.Context, who access.Actor, threadID int64, in NewPoll) (Poll, error) {
	thread, err := p.forum.Thread(ctx, who, threadID)
	if err != nil {
		return Poll{}, err
	}
	if err := access.Check(who, access.StartPoll, thread.Facts()); err != nil {
		return Poll{}, err
	}
	if err := needsPerson(who); err != nil {
		return Poll{}, err
	}
	if err := in.validate(p.now()); err != nil {
		return Poll{}, err
	}
	details, err := p.render(ctx, &in)
	if err != nil {
		return Poll{}, err
	}
	var id int64
	err = p.db.Write(ctx, func(tx *store.Tx) error {
		thread, err := p.forum.LockThread(tx, who, threadID)
		if err != nil {
			return err
		}
		if err := access.Check(who, access.StartPoll, thread.Facts()); err != nil {
			return err
		}
		now := p.now()
		if id, err = insert(tx, who, threadID, in, details, now); err != nil {
			return err
		}
		return p.begin(tx, who, id, in, now)
	})
	if err != nil {
		return Poll{}, err
	}
	return p.Poll(ctx, who, id)
}

// Room is what a poll on its own brings with it besides the question: who may
// read it, and its tags.
type Room struct {
	Visibility access.Visibility // public or members; empty for what suits the group
	Tags       []string
}

// StartAlone puts a poll into a group, with a thread to talk about it whose title
// is the question, and opens it, unless it is a draft. Until it opens nobody else
// knows of the thread either. Errors: Invalid with fields as for Start, and
// visibility and tags; by access.StartPollAlone.
func (p *Polls) StartAlone(ctx context.Context, who access.Actor, groupHandle string, in NewPoll, room Room) (Poll, error) {
	if _, err := p.forum.Room(ctx, who, access.StartPollAlone, groupHandle); err != nil {
		return Poll{}, err
	}
	if err := needsPerson(who); err != nil {
		return Poll{}, err
	}
	invalid := in.validate(p.now())
	thread, err := p.forum.Plan(ctx, who, access.StartPollAlone, groupHandle,
		forum.NewThread{Title: in.Title, Body: in.Details, Visibility: room.Visibility, Tags: room.Tags})
	if err := complaints(invalid, err); err != nil {
		return Poll{}, err
	}
	details, err := p.render(ctx, &in)
	if err != nil {
		return Poll{}, err
	}
	var id int64
	err = p.db.Write(ctx, func(tx *store.Tx) error {
		now := p.now()
		put, err := thread.Put(tx, who, now)
		if err != nil {
			return err
		}
		if id, err = insert(tx, who, put.ID, in, details, now); err != nil {
			return err
		}
		if err := put.BelongTo(tx, id); err != nil {
			return err
		}
		return p.begin(tx, who, id, in, now)
	})
	if err != nil {
		return Poll{}, err
	}
	return p.Poll(ctx, who, id)
}

// complaints are those about the poll, with those about its thread under the names
// that the same things have in a poll.
func complaints(poll, thread error) error {
	about, ok := errors.AsType[*errs.Error](thread)
	if !ok || about.Kind != errs.Invalid {
		return cmp.Or(thread, poll)
	}
	var f errs.Fields
	if e, ok := errors.AsType[*errs.Error](poll); ok {
		f = maps.Clone(e.Fields)
	}
	for name, text := range about.Fields {
		if name == "body" {
			name = "details"
		}
		f.Add(name, text.Code, text.Args)
	}
	return f.Err()
}

// begin does what is left of starting a poll, once its row is there.
func (p *Polls) begin(tx *store.Tx, who access.Actor, id int64, in NewPoll, now time.Time) error {
	draft, err := load(tx.DB, who, id, now)
	if err != nil {
		return err
	}
	if in.Electorate == OfNamed {
		if err := setNamed(tx, draft, in.Named); err != nil {
			return err
		}
	}
	if err := p.wakeAt(tx, id, in.OpensAt); err != nil {
		return err
	}
	if err := remind(tx, id, in.reminders(now)); err != nil || in.Draft {
		return err
	}
	return p.open(tx, draft, who, now)
}

// needsPerson refuses the forum itself where only somebody can act.
func needsPerson(who access.Actor) error {
	if who.Person == 0 {
		return errs.New(errs.Unauthenticated, "access.sign_in")
	}
	return nil
}

type newPoll struct {
	ID            int64
	ThreadID      int64
	AuthorID      int64
	Title         string
	Details       string
	DetailsHTML   string
	MarkupVersion int
	Method        tally.Method
	Rules         string
	Settings      `gorm:"embedded"`
	State         access.PollState
	CreatedAt     store.Time
	OpensAt       *store.Time
	CollectUntil  *store.Time
	ClosesAt      store.Time
}

func (newPoll) TableName() string { return "polls" }

func newPollRow(thread, author int64, in NewPoll, details string, now time.Time) (newPoll, error) {
	rules, err := json.Marshal(in.Rules)
	if err != nil {
		return newPoll{}, fmt.Errorf("write the rules of a poll: %w", err)
	}
	return newPoll{ThreadID: thread, AuthorID: author, Title: in.Title, Details: in.Details, DetailsHTML: details,
		MarkupVersion: markup.RendererVersion, Method: in.Method, Rules: string(rules), Settings: in.Settings,
		State: access.Draft, CreatedAt: store.At(now), OpensAt: stored(in.OpensAt), CollectUntil: stored(in.CollectUntil), ClosesAt: store.At(in.ClosesAt)}, nil
}

// insert writes a draft with its options.
func insert(tx *store.Tx, who access.Actor, thread int64, in NewPoll, details string, now time.Time) (int64, error) {
	row, err := newPollRow(thread, who.Person, in, details, now)
	if err != nil {
		return 0, err
	}
	if err := tx.Create(&row).Error; err != nil {
		return 0, fmt.Errorf("start a poll: %w", err)
	}
	return row.ID, insertOptions(tx, who, thread, row.ID, in.Options, nil)
}

// render makes HTML of the texts of a poll and gives that of its details; that of
// the options is kept with them.
func (p *Polls) render(ctx context.Context, in *NewPoll) (details string, err error) {
	for i := range in.Options {
		if in.Options[i].html, err = p.forum.Preview(ctx, in.Options[i].Description); err != nil {
			return "", err
		}
	}
	return p.forum.Preview(ctx, in.Details)
}

func stored(at *time.Time) *store.Time {
	if at == nil {
		return nil
	}
	return new(store.At(*at))
}

// open fixes the electorate and takes ballots from now on.
func (p *Polls) open(tx *store.Tx, draft Poll, who access.Actor, now time.Time) error {
	if draft.Alone {
		if err := p.forum.BeginWith(tx, draft.ThreadID, now); err != nil {
			return err
		}
	}
	voters, err := entitled(tx.DB, draft, time.Time{})
	if err != nil {
		return err
	}
	if err := draft.checkVoters(voters); err != nil {
		return err
	}
	if err := draft.Settings.checkWeights(voters); err != nil {
		return err
	}
	entitled, err := p.enrol(tx, &draft, voters, now)
	if err != nil {
		return err
	}
	electorate := ledger.NewElectorate(string(draft.Electorate), entitled)
	err = tx.Table("polls").Where("id = ?", draft.ID).Updates(map[string]any{"state": access.PollOpen, "opened_at": store.At(now),
		"voter_count": electorate.Count, "voter_weight": electorate.Votes}).Error
	if err != nil {
		return fmt.Errorf("open poll %d: %w", draft.ID, err)
	}
	lots, err := p.promiseLots(tx, draft)
	if err != nil {
		return err
	}
	if err := p.recordOpening(tx, &draft, electorate, lots, now); err != nil {
		return err
	}
	if err := p.wakeAt(tx, draft.ID, draft.ClosesAt); err != nil {
		return err
	}
	if err := p.announceOpening(tx, draft, who); err != nil {
		return err
	}
	if !draft.Alone {
		if err := p.forum.TellAsked(tx, draft.ThreadID, who.Person, now); err != nil {
			return err
		}
	}
	return tell(tx, draft.event(event.PollOpened, who.Person, now), draft.headData(nil))
}

func (p *Polls) recordOpening(tx *store.Tx, draft *Poll, electorate ledger.Electorate, lots ledger.Lots, now time.Time) error {
	question, err := draft.question()
	if err != nil {
		return err
	}
	return p.record(tx, draft, &ledger.Opened{Stamp: stamp(now), Question: question, Poll: draft.ID, Electorate: electorate,
		Lots: lots, Program: p.program})
}

func (p *Polls) wakeAt(tx *store.Tx, id int64, at *time.Time) error {
	if at == nil {
		return nil
	}
	if err := p.schedule(tx, id, *at); err != nil {
		return fmt.Errorf("schedule the next step of poll %d: %w", id, err)
	}
	return nil
}
