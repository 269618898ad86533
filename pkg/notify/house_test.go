package notify_test

import (
	"context"
	"net/url"
	"sync"
	"testing"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/i18n"
	"plenary/pkg/jobs"
	"plenary/pkg/mail"
	"plenary/pkg/notify"
	"plenary/pkg/store"
	"plenary/pkg/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// clock is a time that only moves when told.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// house is an outbox with its jobs.
type house struct {
	*notify.Outbox
	t     *testing.T
	db    *store.DB
	jobs  *jobs.Jobs
	clock *clock
}

var root = access.Actor{Person: 1, Administrator: true}

func open(t *testing.T, db *store.DB) *house {
	t.Helper()
	h := &house{t: t, db: db, clock: &clock{at: time.Date(2027, 2, 1, 9, 0, 0, 0, time.UTC)}}
	words, err := i18n.Load()
	h.must(err)
	h.jobs, err = jobs.New(db, testkit.Quiet(), jobs.Settings{Poll: 100 * time.Millisecond, Backoff: func(int) time.Duration { return time.Millisecond }})
	h.must(err)
	h.must(h.jobs.Migrate(t.Context()))
	h.Outbox, err = notify.New(db, h.jobs, words, h.clock.now)
	h.must(err)
	h.by("")
	return h
}

// by sends mail by way of the server, or holds it where there is none.
func (h *house) by(smtp string) {
	h.t.Helper()
	way := notify.Way{From: mail.Address{Email: "noreply@forum.example"}, Base: &url.URL{Scheme: "https", Host: "forum.example"},
		Forum: func(context.Context) (string, error) { return "Harbour Assembly", nil }}
	if smtp != "" {
		settings, err := mail.ParseSMTP(smtp)
		h.must(err)
		way.Mailer = mail.NewMailer(settings, "forum.example")
	}
	h.SendBy(way)
}

// start begins to work off the queue.
func (h *house) start() {
	h.t.Helper()
	h.must(h.jobs.Start(h.t.Context()))
	h.t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		if err := h.jobs.Stop(ctx); err != nil {
			h.t.Error(err)
		}
	})
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) queue(l mail.Letter) {
	h.t.Helper()
	h.must(h.db.Write(h.t.Context(), func(tx *store.Tx) error { return h.Queue(tx, l) }))
}

// person adds an account, with the columns that the letters look at.
func (h *house) person(id int64) {
	h.t.Helper()
	h.must(h.db.Write(h.t.Context(), func(tx *store.Tx) error {
		return tx.Exec("INSERT INTO people (id, handle, name, created_at) VALUES (?, ?, ?, 0)", id, "ana", "Ana").Error
	}))
}

func (h *house) change(statement string, args ...any) {
	h.t.Helper()
	h.must(h.db.Write(h.t.Context(), func(tx *store.Tx) error { return tx.Exec(statement, args...).Error }))
}

// args are what is still known of the values of the letter's words.
func (h *house) args(id int64) (args string) {
	h.t.Helper()
	h.must(h.db.Read(h.t.Context()).Raw("SELECT args FROM mails WHERE id = ?", id).Row().Scan(&args))
	return args
}

func letter() mail.Letter {
	return mail.Letter{Kind: "test", To: mail.Address{Name: "Ana Ruiz", Email: "ana@example.org"},
		Args: map[string]string{"Name": "Root Example", "Path": "/t/42?seq=7"}}
}
