package store

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations
var migrations embed.FS

// ErrNewerSchema means that a newer Plenary has been at this database.
var ErrNewerSchema = errors.New("the database was brought to its present form by a newer version of Plenary; run that version, or restore a backup made before")

// Schema says how far the database is.
type Schema struct {
	Version int64   // of the database; 0 for an empty one
	Latest  int64   // that this program knows
	Pending []int64 // versions that Migrate would apply
}

func (db *DB) migrator() (*goose.Provider, error) {
	dialect, folder := goose.DialectSQLite3, "migrations/sqlite"
	var options []goose.ProviderOption
	if db.postgres {
		dialect, folder = goose.DialectPostgres, "migrations/postgres"
		locker, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return nil, err
		}
		options = append(options, goose.WithSessionLocker(locker))
	}
	files, err := fs.Sub(migrations, folder)
	if err != nil {
		return nil, err
	}
	pool, err := db.WriterPool()
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(dialect, pool, files, options...)
}

// Schema reports which migrations the database has and lacks.
func (db *DB) Schema(ctx context.Context) (Schema, error) {
	p, err := db.migrator()
	if err != nil {
		return Schema{}, fmt.Errorf("read the migrations: %w", err)
	}
	return schemaOf(ctx, p)
}

func schemaOf(ctx context.Context, p *goose.Provider) (Schema, error) {
	version, err := p.GetDBVersion(ctx)
	if err != nil {
		return Schema{}, fmt.Errorf("read the schema's version: %w", err)
	}
	s := Schema{Version: version}
	for _, source := range p.ListSources() {
		s.Latest = max(s.Latest, source.Version)
		if source.Version > version {
			s.Pending = append(s.Pending, source.Version)
		}
	}
	return s, nil
}

// Migrate brings the database to this program's schema. It returns
// ErrNewerSchema, and changes nothing, where the database is ahead. Several
// processes may call it at once.
func (db *DB) Migrate(ctx context.Context) error {
	p, err := db.migrator()
	if err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	before, err := schemaOf(ctx, p)
	switch {
	case err != nil:
		return err
	case before.Version > before.Latest:
		return ErrNewerSchema
	case len(before.Pending) == 0:
		return nil
	}
	if _, err := p.Up(ctx); err != nil {
		// Another process may have been quicker; SQLite has no lock to wait on.
		if now, again := schemaOf(ctx, p); again == nil && now.Version == now.Latest {
			return nil
		}
		return fmt.Errorf("migrate the database: %w", err)
	}
	return nil
}
