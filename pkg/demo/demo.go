// Package demo fills an empty forum with a made-up assembly, so that a newcomer
// can look around a place where people have been talking for weeks: a network of
// cooperatives that plans three days together.
//
// What happens is written down in the folder assembly, as acts with a time; the
// package plays them through the same rooms and under the same rules as
// everything else, with a clock of its own. It must never write to a table, and
// none of its people can sign in.
package demo

import (
	"context"
	"fmt"
	"io"
	"time"

	"plenary/pkg/errs"
	"plenary/pkg/poll"
	"plenary/pkg/store"
)

// Options are what the forum lends for the play.
type Options struct {
	Random   io.Reader     // outside of tests crypto/rand.Reader
	Schedule poll.Schedule // sees to the close of the poll that is still running
	Now      time.Time     // the present, at which the play ends
	Guest    int64         // somebody real, who takes part in every group; 0 for nobody
}

// Guide says what was made.
type Guide struct {
	Groups   []string // handles: the public one, the closed one, the secret one
	People   int
	Threads  int
	Comments int
	Themes   int
	Polls    int
	Start    string // path of the thread to look at first
}

// Fill plays the assembly into the database. Errors: Conflict "demo.not_empty"
// where there is a group already. What was played before another error stays.
func Fill(ctx context.Context, db *store.DB, in Options) (Guide, error) {
	if err := empty(ctx, db); err != nil {
		return Guide{}, err
	}
	who, stories, err := read(assembly)
	if err != nil {
		return Guide{}, err
	}
	s := newStage(db, in)
	if err := s.found(ctx, who, in.Guest); err != nil {
		return Guide{}, fmt.Errorf("found the made-up assembly: %w", err)
	}
	if err := s.play(ctx, stories); err != nil {
		return Guide{}, fmt.Errorf("play the made-up assembly: %w", err)
	}
	return s.guide, nil
}

func empty(ctx context.Context, db *store.DB) error {
	var groups int64
	if err := db.Read(ctx).Table("groups").Count(&groups).Error; err != nil {
		return store.Translate(fmt.Errorf("count the groups: %w", err))
	}
	if groups > 0 {
		return errs.New(errs.Conflict, "demo.not_empty")
	}
	return nil
}
