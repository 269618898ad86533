// Package system tells administrators how the forum's machine is doing: what is
// stored, what waits to be done and what went wrong with it.
//
// It does not know what any of it is about.
package system

import (
	"context"
	"fmt"

	"plenary/pkg/access"
	"plenary/pkg/blob"
	"plenary/pkg/jobs"
	"plenary/pkg/store"
)

// System is the machinery. It is safe for concurrent use.
type System struct {
	db      *store.DB
	jobs    *jobs.Jobs
	files   *blob.Store
	version string
	broker  string
}

// New makes a System. Version is the program's; broker is where the one between
// several processes is, without user and password, and empty where there is none.
func New(db *store.DB, queue *jobs.Jobs, files *blob.Store, version, broker string) *System {
	return &System{db: db, jobs: queue, files: files, version: version, broker: broker}
}

// Report is how things stand.
type Report struct {
	Version       string
	Engine        string // of the database, such as postgres
	EngineVersion string
	Broker        string // empty where there is none

	DatabaseBytes int64
	Files         int64 // that were uploaded
	FileBytes     int64 // which they take; the same content counts once
	FreeBytes     int64 // on the disk of the files
	FreeKnown     bool  // the system tells

	Jobs   []jobs.KindStats // that are not done
	Failed []jobs.FailedJob
}

// Report measures, for an administrator.
func (s *System) Report(ctx context.Context, who access.Actor) (r Report, err error) {
	if err := access.Check(who, access.Administer, access.Forum()); err != nil {
		return Report{}, err
	}
	r = Report{Version: s.version, Engine: s.db.Engine(), Broker: s.broker}
	if r.EngineVersion, err = s.db.EngineVersion(ctx); err != nil {
		return Report{}, err
	}
	if r.DatabaseBytes, err = s.db.Size(ctx); err != nil {
		return Report{}, err
	}
	err = s.db.Read(ctx).Raw(`SELECT COALESCE(SUM(n), 0), COALESCE(SUM(size), 0)
		FROM (SELECT COUNT(*) AS n, MAX(size) AS size FROM files GROUP BY sha256) AS kept`).Row().Scan(&r.Files, &r.FileBytes)
	if err != nil {
		return Report{}, store.Translate(fmt.Errorf("count the files: %w", err))
	}
	if r.FreeBytes, r.FreeKnown, err = s.files.Free(); err != nil {
		return Report{}, err
	}
	if r.Jobs, err = s.jobs.ByKind(ctx); err != nil {
		return Report{}, err
	}
	r.Failed, err = s.jobs.Failed(ctx)
	return r, err
}

// Retry has a failed job done again, on behalf of an administrator.
func (s *System) Retry(ctx context.Context, who access.Actor, job int64) error {
	if err := access.Check(who, access.Administer, access.Forum()); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *store.Tx) error { return s.jobs.Retry(tx, job) })
}
