// Package notify is the forum's outbox: letters that rooms put in with what they
// write, and that leave soon after, in the words of the reader's language.
//
// A letter is kept as its kind and the values its words need, and put into words
// when it leaves. It is stored in the transaction of its cause, so that it
// exists if and only if the change does. Where no mail server is set up it stays,
// for administrators to read, so that a forum can be tried out without one.
//
// The package does not know why anybody is written to.
package notify

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"time"

	"plenary/pkg/i18n"
	"plenary/pkg/jobs"
	"plenary/pkg/mail"
	"plenary/pkg/store"
)

// Outbox holds the letters that are to leave. It is safe for concurrent use.
type Outbox struct {
	db    *store.DB
	jobs  *jobs.Jobs
	words *i18n.Bundle
	now   func() time.Time
	paper paper
	way   Way
}

// Way is how letters leave a forum that serves.
type Way struct {
	Mailer *mail.Mailer // nil where no mail server is set up: letters stay
	From   mail.Address // the name is the forum's
	Base   *url.URL     // the forum's own address
	Forum  func(ctx context.Context) (string, error)
}

// New opens the outbox and registers with the jobs what delivers a letter.
// Letters can be put in at once; they leave where SendBy has said how.
func New(db *store.DB, queue *jobs.Jobs, words *i18n.Bundle, now func() time.Time) (*Outbox, error) {
	sheets, err := readPaper()
	if err != nil {
		return nil, err
	}
	o := &Outbox{db: db, jobs: queue, words: words, now: now, paper: sheets, way: Way{
		Base:  &url.URL{Scheme: "http", Host: "localhost"},
		Forum: func(context.Context) (string, error) { return "Plenary", nil },
	}}
	jobs.Handle(queue, func(ctx context.Context, job deliver) error { return o.Deliver(ctx, job.Mail) })
	return o, nil
}

// SendBy says how letters leave. Call it before the jobs start.
func (o *Outbox) SendBy(w Way) { o.way = w }

// Server is where mail is handed in, and empty where none is set up.
func (o *Outbox) Server() string {
	if o.way.Mailer == nil {
		return ""
	}
	return o.way.Mailer.Server()
}

// From is the address that mail comes from.
func (o *Outbox) From() string { return o.way.From.Email }

// deliver is the job that sends one letter.
type deliver struct {
	Mail int64 `json:"mail"`
}

func (deliver) Kind() string { return "mail.deliver" }

// Queue puts the letter into the transaction. It leaves soon after the commit,
// and not at all after a rollback. A letter that there are no words for is a
// mistake in the program, and an error.
func (o *Outbox) Queue(tx *store.Tx, l mail.Letter) error {
	id, err := o.keep(tx, l)
	if err != nil {
		return err
	}
	return o.jobs.Enqueue(tx, deliver{id})
}

func (o *Outbox) keep(tx *store.Tx, l mail.Letter) (id int64, err error) {
	if !o.words.Localizer(l.Language).Has("mail." + l.Kind + ".subject") {
		return 0, fmt.Errorf("queue a letter: there are no words for the kind %q", l.Kind)
	}
	args, err := json.Marshal(l.Args)
	if err != nil {
		return 0, fmt.Errorf("queue a letter of kind %s: %w", l.Kind, err)
	}
	var person *int64
	if l.Person != 0 {
		person = &l.Person
	}
	err = tx.Raw(`INSERT INTO mails (kind, address, name, person_id, language, args, created_at) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id`,
		l.Kind, l.To.Email, l.To.Name, person, l.Language, string(args), store.At(o.now())).Row().Scan(&id)
	if err != nil {
		return 0, fmt.Errorf("queue a letter of kind %s: %w", l.Kind, err)
	}
	return id, nil
}
