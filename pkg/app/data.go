package app

import (
	"context"
	"time"

	"plenary/pkg/jobs"
	"plenary/pkg/store"
)

// makeExport makes somebody's copy of their data.
type makeExport struct {
	Export int64 `json:"export"`
}

func (makeExport) Kind() string { return "mydata.export" }

// dropFiles deletes files that something has ceased to refer to.
type dropFiles struct {
	Checksums []string  `json:"checksums"`
	At        time.Time `json:"at"`
}

func (dropFiles) Kind() string { return "mydata.drop_files" }

func (r *Rooms) exportLater(tx *store.Tx, export int64) error {
	return r.Jobs.Enqueue(tx, makeExport{export})
}

func (r *Rooms) dropLater(tx *store.Tx, checksums []string, at time.Time) error {
	return r.Jobs.EnqueueAt(tx, dropFiles{checksums, at.UTC()}, at, true)
}

func (r *Rooms) handleData() {
	jobs.Handle(r.Jobs, func(ctx context.Context, j makeExport) error {
		return r.MyData.MakeExport(ctx, j.Export)
	})
	jobs.Handle(r.Jobs, func(ctx context.Context, j dropFiles) error {
		later, err := r.MyData.DropFiles(ctx, j.Checksums)
		if err != nil || len(later) == 0 {
			return err
		}
		return r.MyData.DropLater(ctx, later...)
	})
}
