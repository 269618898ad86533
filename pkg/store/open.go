package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"gorm.io/driver/postgres"
	"gorm.io/driver/sqlite"
	"gorm.io/gorm"

	"plenary/pkg/event"
)

// How many connections each side of a pool may use.
const (
	sqliteReaders       = 8
	postgresConnections = 16
)

// DB is an open database.
type DB struct {
	engine   engine
	postgres bool
	path     string // SQLite: the file

	reader *gorm.DB
	writer *gorm.DB
	queue  *queue // SQLite: who waits for the one writer; nil on PostgreSQL

	committed []func([]event.Event)
}

// Open opens the database that the URL names, and makes the file and its folder
// where a SQLite database is not there yet. It does not migrate; see Migrate.
func Open(ctx context.Context, rawURL string, log *slog.Logger) (*DB, error) {
	to, err := parseURL(rawURL)
	if err != nil {
		return nil, err
	}
	if to.postgres {
		return openPostgres(ctx, to.dsn, log)
	}
	return openSQLite(ctx, to.engine, to.path, log)
}

func gormConfig(log *slog.Logger) *gorm.Config {
	return &gorm.Config{
		// PrepareStmt stays off and the default transaction on: both changes
		// freeze or bloat SQLite. See docs/decisions.
		NowFunc: func() time.Time { return time.Now().UTC().Truncate(time.Microsecond) },
		Logger:  newLog(log),
	}
}

func openSQLite(ctx context.Context, e engine, path string, log *slog.Logger) (*DB, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	writer, err := openHandle(ctx, e.driver, e.writer(path), 1, log)
	if err != nil {
		return nil, fmt.Errorf("open %s for writing: %w", path, err)
	}
	reader, err := openHandle(ctx, e.driver, e.reader(path), sqliteReaders, log)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open %s for reading: %w", path, err), closeHandle(writer))
	}
	db := &DB{engine: e, path: path, reader: reader, writer: writer}
	db.queue = startQueue(writer)
	return db, nil
}

func openHandle(ctx context.Context, driver, dsn string, connections int, log *slog.Logger) (*gorm.DB, error) {
	pool, err := sql.Open(driver, dsn)
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(connections)
	pool.SetMaxIdleConns(connections)
	pool.SetConnMaxLifetime(0)
	if err := pool.PingContext(ctx); err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	return gorm.Open(sqlite.Dialector{DriverName: driver, Conn: pool}, gormConfig(log))
}

func openPostgres(ctx context.Context, dsn string, log *slog.Logger) (*DB, error) {
	g, err := gorm.Open(postgres.Open(dsn), gormConfig(log))
	if err != nil {
		return nil, fmt.Errorf("open PostgreSQL: %w", err)
	}
	pool, err := g.DB()
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(postgresConnections)
	pool.SetMaxIdleConns(postgresConnections)
	pool.SetConnMaxLifetime(time.Hour)
	if err := pool.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("reach PostgreSQL: %w", err), pool.Close())
	}
	return &DB{engine: engine{name: "postgres"}, postgres: true, reader: g, writer: g}, nil
}

// Close finishes the writes that wait and closes every connection.
func (db *DB) Close() error {
	if db.postgres {
		return closeHandle(db.writer)
	}
	db.queue.stop()
	return errors.Join(closeHandle(db.reader), db.Checkpoint(context.Background()), closeHandle(db.writer))
}

func closeHandle(g *gorm.DB) error {
	pool, err := g.DB()
	if err != nil {
		return err
	}
	return pool.Close()
}

// Postgres reports whether this is PostgreSQL and not SQLite.
func (db *DB) Postgres() bool { return db.postgres }

// Engine is the engine's name, for the log.
func (db *DB) Engine() string { return db.engine.name }

// Read is a handle for queries. On SQLite it cannot write; anything found wrong
// through it goes through Translate before it leaves its room.
func (db *DB) Read(ctx context.Context) *gorm.DB { return db.reader.WithContext(ctx) }

// WriterPool is the pool that writes go through, for the job queue, which keeps
// its own tables in the same database.
func (db *DB) WriterPool() (*sql.DB, error) { return db.writer.DB() }

// Ping answers whether the database can be written to now.
func (db *DB) Ping(ctx context.Context) error {
	return db.Write(ctx, func(tx *Tx) error {
		return tx.Exec("UPDATE settings SET value = value WHERE key = 'schema_probe'").Error
	})
}

// Vacuum lets PostgreSQL write over what was deleted from a table. SQLite does so
// with everything at once.
func (db *DB) Vacuum(ctx context.Context, table string) error {
	if !db.postgres {
		return nil
	}
	if err := db.writer.WithContext(ctx).Exec("VACUUM " + table).Error; err != nil {
		return fmt.Errorf("vacuum %s: %w", table, err)
	}
	return nil
}

// Checkpoint copies SQLite's write-ahead log into the database file and empties
// it. PostgreSQL does that by itself.
func (db *DB) Checkpoint(ctx context.Context) error {
	if db.postgres {
		return nil
	}
	// The pragma answers with a row; run by Exec it would leave the statement
	// open and wedge the only writer.
	var busy, log, moved int
	row := db.writer.WithContext(ctx).Raw("PRAGMA wal_checkpoint(TRUNCATE)").Row()
	if err := row.Scan(&busy, &log, &moved); err != nil {
		return fmt.Errorf("checkpoint the write-ahead log: %w", err)
	}
	return nil
}
