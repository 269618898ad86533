package jobs

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
)

// postgresConnections is how many connections River has for itself: one
// listens, the others fetch and finish jobs. Handlers use the store's.
const postgresConnections = 4

// connectPostgres opens connections of River's own to where the pool leads,
// because River works with pgx itself, for the sake of its notifications.
func connectPostgres(ctx context.Context, pool *sql.DB) (*connection[pgx.Tx], error) {
	dsn, err := connString(ctx, pool)
	if err != nil {
		return nil, err
	}
	config, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, errors.New("the database URL cannot be read again") // the error could show the password
	}
	config.MaxConns = postgresConnections
	own, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	return &connection[pgx.Tx]{
		driver:  riverpgxv5.New(own),
		migrate: func(ctx context.Context, m *rivermigrate.Migrator[pgx.Tx]) error { return migratePostgres(ctx, own, m) },
		close:   own.Close,
	}, nil
}

func connString(ctx context.Context, pool *sql.DB) (dsn string, err error) {
	conn, err := pool.Conn(ctx)
	if err != nil {
		return "", fmt.Errorf("connect: %w", err)
	}
	defer conn.Close()
	err = conn.Raw(func(driver any) error {
		c, ok := driver.(*stdlib.Conn)
		if !ok {
			return fmt.Errorf("the database's driver is not pgx, but %T", driver)
		}
		dsn = c.Conn().Config().ConnString()
		return nil
	})
	return dsn, err
}

// borrow gives the transaction of database/sql as one of pgx, so that River
// writes into it. database/sql hides its connection, but pgx shows it to the
// rewriter of a query.
func borrow(ctx context.Context, tx *sql.Tx) (pgx.Tx, error) {
	var b borrowed
	if _, err := tx.ExecContext(ctx, "SELECT 1", &b); err != nil {
		return nil, fmt.Errorf("borrow the transaction: %w", err)
	}
	return b, nil
}

// pgConn gives the embedded field a name other than that of the method Conn.
type pgConn = pgx.Conn

// borrowed is an open transaction that somebody else will end. River only runs
// statements in it.
type borrowed struct{ *pgConn }

var errBorrowed = errors.New("a borrowed transaction is begun and ended by its owner")

// RewriteQuery implements pgx.QueryRewriter: it keeps the connection and leaves
// the query as it is.
func (b *borrowed) RewriteQuery(_ context.Context, conn *pgx.Conn, query string, args []any) (string, []any, error) {
	b.pgConn = conn
	return query, args, nil
}

// Begin implements pgx.Tx and always fails, as Commit and Rollback do.
func (borrowed) Begin(context.Context) (pgx.Tx, error) { return nil, errBorrowed }

// Commit implements pgx.Tx.
func (borrowed) Commit(context.Context) error { return errBorrowed }

// Rollback implements pgx.Tx.
func (borrowed) Rollback(context.Context) error { return errBorrowed }

// LargeObjects implements pgx.Tx; River has none.
func (borrowed) LargeObjects() pgx.LargeObjects { return pgx.LargeObjects{} }

// Conn implements pgx.Tx.
func (b borrowed) Conn() *pgx.Conn { return b.pgConn }
