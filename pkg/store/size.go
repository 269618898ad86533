package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// Size is how many bytes the database takes, with SQLite's write-ahead log.
func (db *DB) Size(ctx context.Context) (size int64, err error) {
	if db.postgres {
		if err := db.Read(ctx).Raw("SELECT pg_database_size(current_database())").Row().Scan(&size); err != nil {
			return 0, Translate(fmt.Errorf("measure the database: %w", err))
		}
		return size, nil
	}
	for _, name := range []string{db.path, db.path + "-wal"} {
		info, err := os.Stat(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return 0, fmt.Errorf("measure the database: %w", err)
		}
		size += info.Size()
	}
	return size, nil
}

// EngineVersion is the version of the engine, such as 3.50.4 or 17.2.
func (db *DB) EngineVersion(ctx context.Context) (version string, err error) {
	ask := "SELECT sqlite_version()"
	if db.postgres {
		ask = "SHOW server_version"
	}
	if err := db.Read(ctx).Raw(ask).Row().Scan(&version); err != nil {
		return "", Translate(fmt.Errorf("ask the database for its version: %w", err))
	}
	return version, nil
}
