package jobs

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivermigrate"

	"plenary/pkg/store"
)

// migrationLock is the advisory lock of whoever migrates the job tables; the
// number means nothing.
const migrationLock = 7_236_010_842

// Migrate brings the job tables to the form that this program's River knows.
// They are River's own and so are their migrations, counted in the table
// river_migration. Run it after the store's Migrate and before Start or the
// first Enqueue. It returns store.ErrNewerSchema, and changes nothing, where the
// tables are ahead. Several processes may call it at once.
func (j *Jobs) Migrate(ctx context.Context) error {
	if err := j.queue.migrate(ctx, &rivermigrate.Config{Logger: slog.New(warnings{j.log.Handler()})}); err != nil {
		return fmt.Errorf("migrate the job tables: %w", err)
	}
	return nil
}

func (q *riverQueue[T]) migrate(ctx context.Context, config *rivermigrate.Config) error {
	c, err := q.connect(ctx)
	if err != nil {
		return err
	}
	defer c.close()
	m, err := rivermigrate.New(c.driver, config)
	if err != nil {
		return err
	}
	all := m.AllVersions()
	have, err := m.ExistingVersions(ctx)
	switch {
	case err != nil && newerThan(ctx, c.driver.GetExecutor(), all[len(all)-1].Version):
		return store.ErrNewerSchema
	case err != nil:
		return err
	case len(have) == len(all):
		return nil
	}
	return c.migrate(ctx, m)
}

// newerThan reports whether the database has a migration after the latest that
// is known. River fails on one, but not in a way that a program understands.
func newerThan(ctx context.Context, db riverdriver.Executor, latest int) bool {
	var newest int
	err := db.QueryRow(ctx, "SELECT max(version) FROM river_migration").Scan(&newest)
	return err == nil && newest > latest
}

// migrateSQLite migrates in one transaction. It takes the write lock at its
// beginning, so that other processes wait for it and then find nothing to do.
func migrateSQLite(ctx context.Context, pool *sql.DB, m *rivermigrate.Migrator[*sql.Tx]) error {
	tx, err := pool.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after the commit
	//nolint:staticcheck // deprecated for migrations that cannot share a transaction; on SQLite all can
	if _, err := m.MigrateTx(ctx, tx, rivermigrate.DirectionUp, nil); err != nil {
		return err
	}
	return tx.Commit()
}

// migratePostgres holds an advisory lock, for not every change that River makes
// there can be in one transaction with the next.
func migratePostgres(ctx context.Context, pool *pgxpool.Pool, m *rivermigrate.Migrator[pgx.Tx]) error {
	lock, err := pool.Begin(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = lock.Rollback(context.WithoutCancel(ctx)) }() // a lost connection gives up its locks too
	if _, err := lock.Exec(ctx, "SELECT pg_advisory_xact_lock($1)", migrationLock); err != nil {
		return err
	}
	_, err = m.Migrate(ctx, rivermigrate.DirectionUp, nil)
	return err
}
