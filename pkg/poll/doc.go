// Package poll asks a question of the members of a group: options, an
// electorate fixed at the opening, ballots that can be changed until the close,
// results, and the outcome that was decided.
//
// Counting itself is in package tally. The package must never know how a poll
// is shown, who is told of it, or what the themes behind its options mean.
//
// What does not need a poll has a room below: figures tells a count, box keeps secret
// ballots and keys what they are signed with, letters writes to people, proxy keeps who
// votes for whom. What a poll does not need has one above: template and download.
//
// # Rules
//
// The electorate is everybody who is a member of the thread's group when the
// poll opens. Who joins later cannot vote in it. Who leaves keeps the ballot
// already cast, which is counted, but is no longer a member and so cannot cast
// or change one; where the group is not public the poll is not found any more.
//
// A poll takes ballots until just before its closing time: one cast at that
// very microsecond is late. From then on it counts as closed for everybody,
// even before the closing has been carried out. Where the discussion around it
// is closed a poll takes no ballots either, and closes at its time.
//
// A close is carried out in steps, each of which can be done again by whoever
// comes first: the poll is stopped; where its opening named a beacon the ballots
// are sealed, and it waits for the round; the ballots are counted, and the result
// is written down with the certificate. Only the writing is done under a lock.
//
// Question, options and rules can be changed until the first ballot is in. A
// poll with a published outcome is not opened again.
//
// A block always gives a reason. Where reasons are required, a disagreement
// does too, and so does every ballot of a poll that is no proposal.
package poll

import (
	"io"
	"time"

	"plenary/pkg/event"
	"plenary/pkg/forum"
	"plenary/pkg/group"
	"plenary/pkg/poll/box"
	"plenary/pkg/poll/keys"
	"plenary/pkg/poll/letters"
	"plenary/pkg/poll/proxy"
	"plenary/pkg/store"
)

// Bounds of what is accepted, in runes unless another unit is named.
const (
	MaxTitle       = 200 // of a poll, and of a member
	MaxLabel       = 200
	MaxReason      = 2000
	MinOptions     = 2
	MaxOptions     = 500
	MaxDescription = 2000 // of an option
	MaxPictureAlt  = 200
	MaxReminders   = 5
	MaxYears       = 2 // how far ahead a poll may close
)

// Schedule sees to it that CloseDue and DrawDue are called at an instant, or soon
// after. It is part of the transaction.
type Schedule func(tx *store.Tx, pollID int64, at time.Time) error

// Polls is the room's one type. It is safe for concurrent use.
type Polls struct {
	db       *store.DB
	groups   *group.Groups
	forum    *forum.Forum
	schedule Schedule
	now      func() time.Time
	random   io.Reader
	program  string // name and version, which the log names
	source   Source // of rounds of a beacon; nil without one
	counted  counts
	later    TellLater // nil where nobody is told of anything
	keys     *keys.Keys
	clerk    *box.Clerk
	letters  *letters.Letters
	proxies  *proxy.Delegations
}

// New opens the room. schedule may be nil where CloseDue is called often enough
// anyway; random makes receipts and is, outside of tests, crypto/rand.Reader.
func New(db *store.DB, groups *group.Groups, threads *forum.Forum, schedule Schedule, now func() time.Time, random io.Reader) *Polls {
	if schedule == nil {
		schedule = func(*store.Tx, int64, time.Time) error { return nil }
	}
	signing := keys.New(db, now, random)
	p := &Polls{db: db, groups: groups, forum: threads, schedule: schedule, now: now, random: random, program: "plenary",
		keys: signing, clerk: box.NewClerk(signing, random), letters: letters.New(db, groups, random)}
	p.proxies = proxy.New(db, groups, p.letters, p.aboutNow, now)
	return p
}

// Letters gives the room of the letters about polls.
func (p *Polls) Letters() *letters.Letters { return p.letters }

// Runs names the version of the program, which the log of every poll says. Call
// it before the first poll is opened.
func (p *Polls) Runs(version string) { p.program = "plenary " + version }

// tell appends the event to the thread's timeline.
func tell(tx *store.Tx, e event.Event, data map[string]any) error {
	_, err := forum.Tell(tx, e, data)
	return err
}
