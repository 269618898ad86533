package jobs

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/riverqueue/river/rivermigrate"

	"plenary/pkg/store"
)

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
	if c.lock != nil {
		unlock, err := c.lock(ctx)
		if err != nil {
			return err
		}
		defer unlock()
	}
	m, err := rivermigrate.New(c.driver, config)
	if err != nil {
		return err
	}
	pending, err := pendingMigrations(ctx, m, c)
	if err != nil || !pending {
		return err
	}
	if _, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		// Another process may have been quicker; SQLite has no lock to wait on.
		if pending, again := pendingMigrations(ctx, m, c); again == nil && !pending {
			return nil
		}
		return err
	}
	return nil
}

// pendingMigrations reports whether there is anything to migrate.
func pendingMigrations[T any](ctx context.Context, m *rivermigrate.Migrator[T], c *connection[T]) (bool, error) {
	all := m.AllVersions()
	have, err := m.ExistingVersions(ctx)
	if err == nil {
		return len(have) < len(all), nil
	}
	// River fails on a version that it does not know, without saying so in a
	// way that a program understands.
	var newest int
	row := c.driver.GetExecutor().QueryRow(ctx, "SELECT max(version) FROM river_migration")
	if row.Scan(&newest) == nil && newest > all[len(all)-1].Version {
		return false, store.ErrNewerSchema
	}
	return false, err
}
