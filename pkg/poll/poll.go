package poll

import (
	"iter"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/event"
	"plenary/pkg/forum"
	"plenary/pkg/ledger"
	"plenary/pkg/person"
	"plenary/pkg/tally"
)

// Poll is a question put to a group, in one of its threads or on its own with a
// thread to talk about it.
type Poll struct {
	ID          int64
	ThreadID    int64
	ThreadTitle string
	Alone       bool       // it was started on its own, and the thread came with it
	Group       forum.Home // zero where the reader may not know of it
	Author      person.Brief
	Title       string
	Details     string // Markdown
	DetailsHTML string // rendered and safe
	Method      tally.Method
	Rules       tally.Rules // complete: nothing is left to a default
	Settings
	State        access.PollState // closed from the closing time on
	Options      []Option         // in their order
	CreatedAt    time.Time
	EditedAt     *time.Time
	OpenedAt     *time.Time
	OpensAt      *time.Time // when a draft opens by itself; nil where by hand
	CollectUntil *time.Time // options are collected until then, and ballots taken from then on; nil where they are not
	ClosesAt     *time.Time // nil where no time was set
	ClosedAt     *time.Time
	ClosedBy     *person.Brief   // nil where it closed by time
	VoterCount   int             // how many may vote; 0 in a draft
	VoterWeight  int64           // the votes that they have together
	BallotCount  int             // how many have
	NoAnswers    int             // how many have said that they have none yet; 0 where the poll does not offer that or is over
	Outcome      *Outcome        // nil until it is published
	Reminders    []time.Duration // before the close, the first to come before others; nil where the poll is not read alone
	Head         ledger.Head     // of its log; zero in a draft, and where it has none
	Beacon       *Beacon         // what decides the lots beside the secret; nil for nothing

	facts     access.Facts
	homeID    int64 // of the thread's home group, for looking things up only
	noAnswer  bool  // the actor has said that they have none yet
	unsettled bool  // it takes no more ballots, and has no result yet
	stopped   bool  // that is written down, and nobody changes its ballots any more
}

// Facts are what decisions about the poll rest on, for the actor it was loaded
// for.
func (p Poll) Facts() access.Facts { return p.facts }

// HomeID is the id of the thread's home group, whether or not the actor may know of
// it.
func (p Poll) HomeID() int64 { return p.homeID }

// Voted reports whether the actor that the poll was loaded for has cast a ballot.
func (p Poll) Voted() bool { return p.facts.Voted }

// NoAnswer reports whether the actor that the poll was loaded for has said that
// they have no answer yet.
func (p Poll) NoAnswer() bool { return p.noAnswer }

// QuorumNeeded is how many ballots the quorum asks for, 0 where there is none.
func (p Poll) QuorumNeeded() int64 {
	result, err := tally.Count(p.Rules, len(p.Options), p.VoterWeight, noBallots())
	if err != nil || result.Turnout.Quorum == nil {
		return 0
	}
	return result.Turnout.Quorum.Needed
}

func noBallots() iter.Seq[tally.Ballot] { return func(func(tally.Ballot) bool) {} }

// known answers whether the actor may know of the poll: whoever reads the
// thread, and for a draft only those who could open it.
func (p Poll) known(who access.Actor) error { return access.Check(who, access.ReadThread, p.facts) }

// place gives the options' numbers in a count, by their ids.
func (p Poll) place() map[int64]int {
	out := make(map[int64]int, len(p.Options))
	for i, o := range p.Options {
		out[o.ID] = i
	}
	return out
}

// event is one of the thread's timeline about the poll, still to be emitted.
func (p Poll) event(kind event.Kind, actor int64, at time.Time) event.Event {
	return event.Event{Topic: event.Thread(p.ThreadID), Kind: kind, At: at, Actor: actor, Thread: p.ThreadID, Subject: p.ID}
}

// Ranked reports whether voters put the options in order, so that counting
// programs for rankings can read the ballots.
func (p Poll) Ranked() bool { return p.Method.Form() == tally.Ranking }
