// Package app is where the rooms are put together: the same for every command
// and for the tests that start the whole. It holds no rule of the forum; it
// knows which room needs which, and in what order to open and close them.
package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"plenary/pkg/blob"
	"plenary/pkg/config"
	"plenary/pkg/forum"
	"plenary/pkg/group"
	"plenary/pkg/i18n"
	"plenary/pkg/jobs"
	"plenary/pkg/markup"
	"plenary/pkg/mydata"
	"plenary/pkg/notify"
	"plenary/pkg/person"
	"plenary/pkg/poll"
	"plenary/pkg/poll/template"
	"plenary/pkg/programme"
	"plenary/pkg/store"
	"plenary/pkg/theme"
	"plenary/pkg/timeline"
)

// Rooms are the forum without its doors: what commands work with, and what
// Serve opens to browsers and programs.
type Rooms struct {
	DB         *store.DB
	Jobs       *jobs.Jobs
	Blobs      *blob.Store
	Notify     *notify.Outbox
	People     *person.People
	Groups     *group.Groups
	Forum      *forum.Forum
	Polls      *poll.Polls
	Templates  *template.Templates
	Themes     *theme.Themes
	Programmes *programme.Programmes
	Timeline   *timeline.Reader
	MyData     *mydata.Data

	Log   *slog.Logger
	Now   func() time.Time
	Words *i18n.Bundle

	closing sync.Mutex // held while polls are closed because it is time
}

// Options are what may differ in tests. The zero value is right for production.
type Options struct {
	Now      func() time.Time
	Random   io.Reader
	Password person.Cost // of hashing; zero for the default
	Jobs     jobs.Settings
}

func (o Options) withDefaults() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Random == nil {
		o.Random = rand.Reader
	}
	return o
}

// Open opens the database, brings it to this program's schema and puts the rooms
// together. Close them again.
func Open(ctx context.Context, cfg config.Database, log *slog.Logger, opts Options) (*Rooms, error) {
	db, err := store.Open(ctx, cfg.URL(), log)
	if err != nil {
		return nil, err
	}
	rooms, err := furnish(ctx, db, cfg, log, opts.withDefaults())
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return rooms, nil
}

func furnish(ctx context.Context, db *store.DB, cfg config.Database, log *slog.Logger, opts Options) (*Rooms, error) {
	if err := db.Migrate(ctx); err != nil {
		return nil, err
	}
	queue, err := jobs.New(db, log, opts.Jobs)
	if err != nil {
		return nil, err
	}
	if err := queue.Migrate(ctx); err != nil {
		return nil, fmt.Errorf("migrate the job queue: %w", err)
	}
	blobs, err := blob.Open(cfg.Files())
	if err != nil {
		return nil, err
	}
	words, err := i18n.Load()
	if err != nil {
		return nil, fmt.Errorf("read the messages: %w", err)
	}
	r := &Rooms{DB: db, Jobs: queue, Blobs: blobs, Log: log, Now: opts.Now, Words: words}
	if r.Notify, err = notify.New(db, queue, words, opts.Now); err != nil {
		return nil, err
	}
	people := []person.Option{person.WithPost(r.Notify.Queue)}
	if opts.Password != (person.Cost{}) {
		people = append(people, person.WithCost(opts.Password))
	}
	r.People = person.New(db, opts.Now, opts.Random, people...)
	r.Groups = group.New(db, r.People, opts.Now, opts.Random, group.WithPost(r.Notify.Queue))
	r.Forum = forum.New(db, r.People, markup.New(), opts.Now)
	r.Polls = poll.New(db, r.Groups, r.Forum, r.closeLater, opts.Now, opts.Random)
	r.Templates = template.New(db, r.Groups, r.Polls, opts.Now)
	r.Polls.TellBy(r.tellLater)
	r.People.OnMerge(r.Polls.Merge)
	r.Themes = theme.New(db, r.Groups, r.Forum, r.Polls, opts.Now)
	r.People.OnMerge(r.Themes.JoinPeople)
	r.Programmes = programme.New(db, r.People, r.Groups, r.Forum, r.Polls, r.Themes, opts.Now, opts.Random)
	r.Programmes.TellBy(r.tellOfProgramme)
	r.Timeline = timeline.New(db, r.People, r.Forum, r.Polls, r.Themes, r.Programmes)
	r.MyData = mydata.New(db, r.People, r.Groups, r.Polls, blobs, words, mydata.Later{Make: r.exportLater, Drop: r.dropLater}, opts.Now)
	r.MyData.OnErase(r.Programmes.Forget)
	r.People.OnMerge(r.Programmes.JoinPeople)
	r.handleJobs()
	return r, nil
}

// Close closes what Open opened.
func (r *Rooms) Close() error { return r.DB.Close() }
