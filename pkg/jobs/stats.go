package jobs

import (
	"context"
	"fmt"
	"time"

	"github.com/riverqueue/river/rivertype"

	"plenary/pkg/store"
)

// Stats says how the queue is doing.
type Stats struct {
	Waiting   int64     // to be run as soon as a worker is free
	Scheduled int64     // for later
	Running   int64     // being worked on, or lost with their process and not yet rescued
	Retrying  int64     // have failed and will be tried again
	Failed    int64     // have failed for the last time, within the past week
	Oldest    time.Time // when the first of those not yet run is or was due; zero where there is none
}

// Stats counts the jobs of all processes.
func (j *Jobs) Stats(ctx context.Context) (Stats, error) {
	rows, err := j.counted(ctx, "")
	if err != nil {
		return Stats{}, err
	}
	var s Stats
	for _, r := range rows {
		s.count(rivertype.JobState(r.State), r.Count, r.Due.Time)
	}
	return s, nil
}

// counted is how many jobs are in a state, and since when.
type counted struct {
	Kind  string
	State string
	Count int64
	Due   store.Time
}

// counted counts the jobs that are not done by their state, and by the columns
// before it, each with a comma.
func (j *Jobs) counted(ctx context.Context, by string) (rows []counted, err error) {
	micros := "CAST(unixepoch(min(scheduled_at), 'subsec') * 1000000 AS integer)"
	if j.db.Postgres() {
		micros = "CAST(extract(epoch FROM min(scheduled_at)) * 1000000 AS bigint)"
	}
	err = j.db.Read(ctx).Raw("SELECT " + by + "CAST(state AS text) AS state, count(*) AS count, " + micros + ` AS due
		FROM river_job WHERE state NOT IN ('completed', 'cancelled') GROUP BY ` + by + "state ORDER BY " + by + "state").Scan(&rows).Error
	if err != nil {
		return nil, store.Translate(fmt.Errorf("count the jobs: %w", err))
	}
	return rows, nil
}

func (s *Stats) count(state rivertype.JobState, n int64, due time.Time) {
	switch state {
	case rivertype.JobStateRunning:
		s.Running = n
		return
	case rivertype.JobStateDiscarded:
		s.Failed = n
		return
	case rivertype.JobStateAvailable:
		s.Waiting = n
	case rivertype.JobStateRetryable:
		s.Retrying = n
	default:
		s.Scheduled += n
	}
	if s.Oldest.IsZero() || due.Before(s.Oldest) {
		s.Oldest = due
	}
}
