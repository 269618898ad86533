package notify

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"plenary/pkg/errs"
	"plenary/pkg/mail"
	"plenary/pkg/store"
)

const (
	keptFor  = 30 * 24 * time.Hour // how long it is known that a mail was sent
	triedFor = 3 * 24 * time.Hour  // how long a mail that fails is tried again
)

// Deliver sends the letter, unless that was done before. An error means that it
// is worth to try again later; what is final is recorded, and no error.
func (o *Outbox) Deliver(ctx context.Context, id int64) error {
	r, err := o.read(ctx, id)
	if errs.Is(err, errs.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	switch {
	case r.state() == Sent || r.state() == Failed:
		return nil
	case r.AccountErased:
		return o.drop(ctx, id)
	case r.AccountClosed:
		return o.giveUp(ctx, r, accountClosed, "")
	case o.way.Mailer == nil && r.last():
		return o.drop(ctx, id)
	case o.way.Mailer == nil:
		return o.hold(ctx, id)
	}
	if err := o.send(ctx, r); err != nil || !r.last() {
		return err
	}
	return o.drop(ctx, id)
}

// last reports whether the letter is the last to somebody whose account was
// erased. Their address is not kept, whatever became of the letter.
func (r row) last() bool { return r.Kind == "erased" }

func (o *Outbox) send(ctx context.Context, r row) error {
	msg, err := o.message(ctx, r)
	if err != nil {
		return err
	}
	said, err := o.way.Mailer.Send(ctx, msg)
	if err == nil {
		return o.sent(ctx, r.ID, said)
	}
	f, known := errors.AsType[*mail.Failure](err)
	if !known {
		f = &mail.Failure{Reason: mail.Broken}
	}
	switch {
	case f.Final:
		return o.giveUp(ctx, r, f.Reason, f.Answer)
	case o.now().Sub(r.CreatedAt.Time) > triedFor:
		return o.giveUp(ctx, r, gaveUp, f.Answer)
	}
	return errors.Join(err, o.postpone(ctx, r.ID, f))
}

// message is the letter in words, ready to leave. Its id is always the same, so
// that a mail server or reader can tell a double.
func (o *Outbox) message(ctx context.Context, r row) (mail.Message, error) {
	l, err := r.letter()
	if err != nil {
		return mail.Message{}, err
	}
	w, err := o.write(ctx, l)
	if err != nil {
		return mail.Message{}, err
	}
	from := o.way.From
	from.Name = w.Forum
	m := mail.Message{ID: "mail-" + strconv.FormatInt(r.ID, 10) + "." + strconv.FormatInt(r.CreatedAt.UnixMicro(), 36) + "@" + o.way.Base.Hostname(),
		From: from, To: l.To, Subject: w.Subject, Text: w.Text, HTML: w.HTML, Date: o.now()}
	if w.Unsubscribe != "" { // with one click, as of RFC 8058
		m.Headers = map[string]string{"List-Unsubscribe": "<" + w.Unsubscribe + ">", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
	}
	return m, nil
}

func (o *Outbox) read(ctx context.Context, id int64) (row, error) {
	var r row
	if err := rows(o.db.Read(ctx)).Where("m.id = ?", id).Take(&r).Error; err != nil {
		return row{}, store.Translate(fmt.Errorf("read the mail %d: %w", id, err))
	}
	return r, nil
}

// set records what became of a letter, even when the program is about to stop:
// a mail that has left must not leave again.
func (o *Outbox) set(ctx context.Context, id int64, statement string, args ...any) error {
	return o.db.Write(context.WithoutCancel(ctx), func(tx *store.Tx) error {
		if err := tx.Exec("UPDATE mails SET "+statement+" WHERE id = ? AND sent_at IS NULL AND failed_at IS NULL", append(args, id)...).Error; err != nil {
			return fmt.Errorf("record what became of the mail %d: %w", id, err)
		}
		return nil
	})
}

func (o *Outbox) sent(ctx context.Context, id int64, said string) error {
	return o.set(ctx, id, "sent_at = ?, args = '', problem = ?", store.At(o.now()), problem("sent", said))
}

func (o *Outbox) giveUp(ctx context.Context, r row, why mail.Reason, said string) error {
	return o.set(ctx, r.ID, "failed_at = ?, args = '', attempts = attempts + 1, problem = ?", store.At(o.now()), problem(why, said))
}

func (o *Outbox) postpone(ctx context.Context, id int64, f *mail.Failure) error {
	return o.set(ctx, id, "attempts = attempts + 1, problem = ?", problem(f.Reason, f.Answer))
}

func (o *Outbox) hold(ctx context.Context, id int64) error {
	return o.set(ctx, id, "problem = ?", string(noServer))
}

func (o *Outbox) drop(ctx context.Context, id int64) error {
	return o.db.Write(ctx, func(tx *store.Tx) error {
		return tx.Exec("DELETE FROM mails WHERE id = ?", id).Error
	})
}

// DropOld forgets the letters of a month ago and those to people who have had
// their accounts erased.
func (o *Outbox) DropOld(ctx context.Context) error {
	return o.db.Write(ctx, func(tx *store.Tx) error {
		err := tx.Exec(`DELETE FROM mails WHERE created_at < ? OR person_id IN (SELECT id FROM people WHERE erased_at IS NOT NULL)`,
			store.At(o.now().Add(-keptFor))).Error
		if err != nil {
			return fmt.Errorf("drop old mails: %w", err)
		}
		return nil
	})
}
