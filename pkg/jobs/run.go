package jobs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// Settings are how the workers work. A zero field takes its default.
type Settings struct {
	Workers     int                             // jobs at once in this process; 2 on SQLite, 4 on PostgreSQL
	Timeout     time.Duration                   // after which a job's context ends; 1 minute
	RescueAfter time.Duration                   // after which a running job counts as lost with its process; 2 minutes, and more than Timeout
	Poll        time.Duration                   // how often to look for jobs, at least 100 ms; 1 second
	Backoff     func(attempt int) time.Duration // how long to wait after so many failed attempts; the fourth power in seconds
}

// hardStop is how long jobs have to return once their contexts were cancelled.
const hardStop = 5 * time.Second

func (s Settings) orDefaults(postgres bool) Settings {
	workers := 2
	if postgres {
		workers = 4
	}
	return Settings{
		Workers:     cmp.Or(s.Workers, workers),
		Timeout:     cmp.Or(s.Timeout, time.Minute),
		RescueAfter: cmp.Or(s.RescueAfter, 2*time.Minute),
		Poll:        cmp.Or(s.Poll, time.Second),
		Backoff:     s.Backoff,
	}
}

// Start begins to work and returns. The workers go on after ctx has ended, until
// Stop.
func (j *Jobs) Start(ctx context.Context) error {
	if j.running {
		return errors.New("start the jobs: started already")
	}
	config, err := j.workingConfig()
	if err != nil {
		return fmt.Errorf("start the jobs: %w", err)
	}
	if err := j.queue.start(ctx, config); err != nil {
		return fmt.Errorf("start the jobs: %w", err)
	}
	j.running = true
	return nil
}

// Stop takes no more jobs and waits for those that run. When ctx ends before
// they do, their contexts are cancelled; what was cut short runs again after the
// next start. An error means that a job did not heed even that.
func (j *Jobs) Stop(ctx context.Context) error {
	if !j.running {
		return nil
	}
	j.running = false
	if err := j.queue.stop(ctx); err != nil {
		return fmt.Errorf("stop the jobs: %w", err)
	}
	return nil
}

func (j *Jobs) baseConfig() *river.Config {
	return &river.Config{Logger: slog.New(warnings{j.log.Handler()}), Workers: j.workers}
}

func (j *Jobs) workingConfig() (*river.Config, error) {
	if len(j.kinds) == 0 {
		return nil, errors.New("no handler is registered")
	}
	c := j.baseConfig()
	c.Queues = map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: j.settings.Workers}}
	c.JobTimeout = j.settings.Timeout
	c.RescueStuckJobsAfter = j.settings.RescueAfter
	c.FetchPollInterval = j.settings.Poll
	c.ErrorHandler = failures{j.log}
	// On SQLite River's listener is a query every 50 ms on the one writer
	// connection; a look once in Poll is enough.
	c.PollOnly = !j.db.Postgres()
	if j.settings.Backoff != nil {
		c.RetryPolicy = backoff(j.settings.Backoff)
	}
	for _, p := range j.periodic {
		if !j.kinds[p.job.Kind()] {
			return nil, fmt.Errorf("no handler is registered for the periodic %s", p.job.Kind())
		}
		c.PeriodicJobs = append(c.PeriodicJobs, p.river())
	}
	return c, nil
}

// river runs the job at the start as well: the interval is counted in memory, and
// a process that is restarted more often than that would never get there.
func (p periodic) river() *river.PeriodicJob {
	construct := func() (river.JobArgs, *river.InsertOpts) {
		return p.job, &river.InsertOpts{UniqueOpts: oneAtATime()}
	}
	return river.NewPeriodicJob(river.PeriodicInterval(p.every), construct, &river.PeriodicJobOpts{RunOnStart: true})
}

type backoff func(attempt int) time.Duration

// NextRetry implements river.ClientRetryPolicy. Only attempts that ended in an
// error count.
func (b backoff) NextRetry(job *rivertype.JobRow) time.Time {
	return time.Now().Add(b(len(job.Errors) + 1))
}

// failures puts every failed attempt into the log.
type failures struct{ log *slog.Logger }

// HandleError implements river.ErrorHandler.
func (f failures) HandleError(ctx context.Context, job *rivertype.JobRow, err error) *river.ErrorHandlerResult {
	f.report(ctx, job, "error", err)
	return nil
}

// HandlePanic implements river.ErrorHandler.
func (f failures) HandlePanic(ctx context.Context, job *rivertype.JobRow, value any, trace string) *river.ErrorHandlerResult {
	f.report(ctx, job, "panic", value, "trace", trace)
	return nil
}

func (f failures) report(ctx context.Context, job *rivertype.JobRow, what ...any) {
	what = append(what, "kind", job.Kind, "job", job.ID, "attempt", job.Attempt)
	if job.Attempt >= job.MaxAttempts {
		f.log.ErrorContext(ctx, "a job failed for the last time", what...)
		return
	}
	f.log.WarnContext(ctx, "a job failed and will be tried again", what...)
}

// warnings passes on what is a warning or worse: River tells much else.
type warnings struct{ slog.Handler }

// Enabled implements slog.Handler.
func (w warnings) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && w.Handler.Enabled(ctx, level)
}

// WithAttrs implements slog.Handler.
func (w warnings) WithAttrs(attrs []slog.Attr) slog.Handler {
	return warnings{w.Handler.WithAttrs(attrs)}
}

// WithGroup implements slog.Handler.
func (w warnings) WithGroup(name string) slog.Handler { return warnings{w.Handler.WithGroup(name)} }
