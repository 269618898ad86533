package notify

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"plenary/pkg/mail"
	"plenary/pkg/store"
)

// State is what has become of a letter.
type State string

// The states.
const (
	Waiting State = "waiting" // for its turn, or for another attempt
	Sent    State = "sent"    // a mail server has taken it
	Failed  State = "failed"  // it will not leave
	Held    State = "held"    // it would have been sent, had there been a mail server
)

// Reasons beside those of package mail.
const (
	noServer      mail.Reason = "no_server"      // none is set up
	accountClosed mail.Reason = "account_closed" // the reader's account was, before it left
	gaveUp        mail.Reason = "gave_up"        // after it had failed for days
)

// Mail is a letter as administrators see it: without its words.
type Mail struct {
	ID       int64
	Kind     string
	To       mail.Address
	State    State
	Reason   mail.Reason // why it has not left, where it has been tried; empty otherwise
	Answer   string      // what the mail server said last; may be empty
	Attempts int         // that went wrong
	At       time.Time   // put into the outbox
	SentAt   *time.Time
	FailedAt *time.Time
}

// row is a letter as stored, with the state of its reader's account.
type row struct {
	ID            int64
	Kind          string
	Address       string
	Name          string
	PersonID      *int64
	Language      string
	Args          string
	CreatedAt     store.Time
	SentAt        *store.Time
	FailedAt      *store.Time
	Attempts      int
	Problem       string
	AccountClosed bool // since the letter was written; one that tells of it is written with it
	AccountErased bool
}

func rows(g *gorm.DB) *gorm.DB {
	return g.Table("mails AS m").
		Select(`m.id, m.kind, m.address, m.name, m.person_id, m.language, m.args, m.created_at, m.sent_at, m.failed_at, m.attempts, m.problem,
			p.disabled_at > m.created_at AS account_closed, p.erased_at IS NOT NULL AS account_erased`).
		Joins("LEFT JOIN people AS p ON p.id = m.person_id")
}

func (r row) state() State {
	switch {
	case r.SentAt != nil:
		return Sent
	case r.FailedAt != nil:
		return Failed
	case r.Problem == string(noServer):
		return Held
	}
	return Waiting
}

func (r row) mail() Mail {
	m := Mail{ID: r.ID, Kind: r.Kind, To: mail.Address{Name: r.Name, Email: r.Address}, State: r.state(), Attempts: r.Attempts, At: r.CreatedAt.Time}
	reason, said, _ := strings.Cut(r.Problem, ": ")
	m.Reason, m.Answer = mail.Reason(reason), said
	if r.SentAt != nil {
		m.SentAt, m.Reason = &r.SentAt.Time, ""
	}
	if r.FailedAt != nil {
		m.FailedAt = &r.FailedAt.Time
	}
	return m
}

// letter is the row as it was put in. What was sent has forgotten its Args.
func (r row) letter() (mail.Letter, error) {
	l := mail.Letter{Kind: r.Kind, To: mail.Address{Name: r.Name, Email: r.Address}, Language: r.Language}
	if r.Args == "" {
		return l, nil
	}
	if err := json.Unmarshal([]byte(r.Args), &l.Args); err != nil {
		return l, fmt.Errorf("read the letter %d: %w", r.ID, err)
	}
	return l, nil
}

// problem is a reason and what the server said, in one column.
func problem(reason mail.Reason, answer string) string {
	if answer == "" {
		return string(reason)
	}
	return string(reason) + ": " + answer
}
