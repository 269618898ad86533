// Package theme collects what people want to talk about: themes are proposed in
// a thread, directly or out of a comment, supported, discussed, shortlisted or
// declined, and the shortlist becomes a poll in one step.
//
// The package must never know how ballots are counted or how a board is shown.
//
// # Rules
//
// A theme is credited to whoever proposes it, or, where a moderator puts
// forward what somebody else's comment says and asks for that, to the author of
// the comment. Proposing is not supporting: nobody supports a theme without
// saying so.
//
// Themes are convened: they stand under an overarching one (one level only), become
// part of another, are split, or go on in another thread. The support that a theme
// gets by a merge is worked out anew from what people gave and said each time, so
// that nobody counts twice and any merge can be taken back as long as what it led
// to is in no poll. Who put forward what was merged is named on what it became.
//
// Themes that are proposed or shortlisted are afoot: they can be edited,
// supported and withdrawn. An option of an open poll can be neither withdrawn
// nor declined. The close of a poll does not change the state of its themes by itself: whoever
// convenes schedules what it chose.
//
// A thread may have rules: a time for themes, which holds for convenors too, and
// how many themes and supports each person may have. They are looked at under the
// thread's lock, so that no haste gets around them. What is put forward for
// somebody counts as theirs.
//
// Several people may propose a theme together. Each may edit it and step back;
// the last one withdraws it. A question to them waits until one of them replies.
package theme

import (
	"time"

	"plenary/pkg/forum"
	"plenary/pkg/group"
	"plenary/pkg/poll"
	"plenary/pkg/store"
)

// Bounds of what is accepted, in runes unless another unit is named.
const (
	MaxTitle  = 200
	MaxQuote  = 2000
	MaxReason = 2000
	MaxCredit = 120 // the name of a proposer without an account
	MaxAtOnce = 20  // themes proposed in one go
)

// Themes is the room's one type. It is safe for concurrent use.
type Themes struct {
	db     *store.DB
	groups *group.Groups
	forum  *forum.Forum
	polls  *poll.Polls
	now    func() time.Time

	compared comparing
}

// New opens the room.
func New(db *store.DB, groups *group.Groups, threads *forum.Forum, polls *poll.Polls, now func() time.Time) *Themes {
	t := &Themes{db: db, groups: groups, forum: threads, polls: polls, now: now}
	threads.OnPost(t.said)
	return t
}
