package store

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"gorm.io/gorm/logger"
)

// init keeps values out of the log for queries that are scanned, too: gorm records
// those by a logger of its own, which asks nobody else.
func init() { logger.RecorderParamsFilter = bare }

// bare is a statement without its values.
func bare(_ context.Context, statement string, _ ...any) (string, []any) { return statement, nil }

// patientLog is gorm's log without the queries that were given up because whoever
// asked has left: a page that is closed while it loads is nobody's error.
type patientLog struct {
	logger.Interface
}

func newLog(log *slog.Logger) logger.Interface {
	return patientLog{logger.NewSlogLogger(log, logger.Config{
		SlowThreshold:             200 * time.Millisecond,
		LogLevel:                  logger.Warn,
		IgnoreRecordNotFoundError: true,
	})}
}

func (l patientLog) LogMode(level logger.LogLevel) logger.Interface {
	return patientLog{l.Interface.LogMode(level)}
}

func (l patientLog) Trace(ctx context.Context, begin time.Time, told func() (string, int64), err error) {
	if errors.Is(err, context.Canceled) {
		return
	}
	l.Interface.Trace(ctx, begin, told, err)
}

// ParamsFilter keeps values out of the log; gorm looks for it on the outermost one.
func (l patientLog) ParamsFilter(ctx context.Context, statement string, values ...any) (string, []any) {
	return bare(ctx, statement, values...)
}
