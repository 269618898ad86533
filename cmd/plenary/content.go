package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/app"
	"plenary/pkg/config"
	"plenary/pkg/errs"
	"plenary/pkg/store"
	"plenary/pkg/transfer"
)

type importTranscriptCommand struct {
	config.Database
	File  string `arg:"" help:"Text of the thread, as copied from its page; - for standard input."`
	Group string `required:"" help:"Handle of the group to import into."`
	Zone  string `help:"Time zone of the times in the text." default:"UTC"`
}

// Run imports the thread and prints its address.
func (c *importTranscriptCommand) Run(t *tools) error {
	zone, err := time.LoadLocation(c.Zone)
	if err != nil {
		return fmt.Errorf("--zone %q: want a name such as Europe/Berlin: %w", c.Zone, errUsage)
	}
	file, err := openInput(c.File, t.in)
	if err != nil {
		return err
	}
	defer file.Close()
	return t.with(c.Database, func(r *app.Rooms) error {
		if _, err := r.Groups.ByHandle(t.ctx, access.System(), c.Group); errs.Is(err, errs.NotFound) {
			return noSuch("group", c.Group, "plenary group add")
		}
		thread, made, err := transfer.Transcript(t.ctx, r.Forum, c.Group, file, zone)
		if err != nil {
			return fmt.Errorf("%s: %w", c.File, err)
		}
		if !made {
			fmt.Fprintln(t.stderr, "This discussion was imported before; nothing was changed.")
		}
		_, err = fmt.Fprintln(t.out, thread.Path())
		return err
	})
}

func openInput(name string, in io.Reader) (io.ReadCloser, error) {
	if name == "-" {
		return io.NopCloser(in), nil
	}
	return os.Open(name)
}

type migrateCommand struct {
	config.Database
	DryRun bool `help:"Only say what would be done."`
}

// Run migrates the database, or says what would be done.
func (c *migrateCommand) Run(t *tools) error {
	if !c.DryRun {
		return t.with(c.Database, func(r *app.Rooms) error {
			s, err := r.DB.Schema(t.ctx)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(t.out, "The database has version %d.\n", s.Version)
			return err
		})
	}
	db, err := store.Open(t.ctx, c.URL(), t.quietLog())
	if err != nil {
		return err
	}
	defer db.Close()
	s, err := db.Schema(t.ctx)
	switch {
	case err != nil:
		return err
	case s.Version > s.Latest:
		return store.ErrNewerSchema
	}
	_, err = fmt.Fprintf(t.out, "The database has version %d of %d; to be applied: %v\n", s.Version, s.Latest, s.Pending)
	return err
}

type versionCommand struct{}

// Run prints the version.
func (versionCommand) Run(t *tools) error {
	_, err := fmt.Fprintln(t.out, version)
	return err
}
