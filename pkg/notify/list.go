package notify

import (
	"context"
	"fmt"
	"strings"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/mail"
	"plenary/pkg/page"
	"plenary/pkg/store"
)

// conditions find the letters in a state. They agree with row.state.
var conditions = map[State]string{
	"":      "1 = 1",
	Waiting: "m.sent_at IS NULL AND m.failed_at IS NULL AND m.problem <> '" + string(noServer) + "'",
	Sent:    "m.sent_at IS NOT NULL",
	Failed:  "m.failed_at IS NOT NULL AND m.sent_at IS NULL",
	Held:    "m.sent_at IS NULL AND m.failed_at IS NULL AND m.problem = '" + string(noServer) + "'",
}

// List lists the letters of the last month, the newest first, for
// administrators: all, or those in one state.
func (o *Outbox) List(ctx context.Context, who access.Actor, state State, at page.Page) (page.List[Mail], error) {
	none := page.List[Mail]{}
	if err := access.Check(who, access.Administer, access.Forum()); err != nil {
		return none, err
	}
	condition, known := conditions[state]
	if !known {
		var f errs.Fields
		f.Add("state", "field.choose")
		return none, f.Err()
	}
	after, err := page.Decode(at.Cursor, 1)
	if err != nil {
		return none, err
	}
	g := rows(o.db.Read(ctx)).Where(condition)
	if after != nil {
		g = g.Where("m.id < ?", after[0])
	}
	var found []row
	if err := g.Order("m.id DESC").Limit(at.Size() + 1).Find(&found).Error; err != nil {
		return none, store.Translate(fmt.Errorf("list mails: %w", err))
	}
	list := make([]Mail, len(found))
	for i, r := range found {
		list[i] = r.mail()
	}
	return page.Cut(at, list, func(m Mail) []int64 { return []int64{m.ID} }), nil
}

// Show gives one letter to an administrator, and its words where it stays here
// because there is no mail server. What is on its way is for its reader alone;
// words is nil then.
func (o *Outbox) Show(ctx context.Context, who access.Actor, id int64) (m Mail, words *Written, err error) {
	if err := access.Check(who, access.Administer, access.Forum()); err != nil {
		return Mail{}, nil, err
	}
	r, err := o.read(ctx, id)
	if err != nil || r.state() != Held || o.way.Mailer != nil {
		return r.mail(), nil, err
	}
	l, err := r.letter()
	if err != nil {
		return Mail{}, nil, err
	}
	w, err := o.write(ctx, l)
	return r.mail(), &w, err
}

// Secretive reports whether the words of the mail open an account, or change
// whose it is. Of a mail to somebody else they are shown only to an administrator
// who has proved a moment ago who they are.
func (m Mail) Secretive() bool {
	switch m.Kind {
	case "sign_in", "sign_up", "new_email", "old_email":
		return true
	}
	return false
}

// Test sends a mail at once, so that an administrator sees whether mail leaves.
// What the server said is kept with it. A failure is a complaint about the field
// "email", in words, with the answer of the server.
func (o *Outbox) Test(ctx context.Context, who access.Actor, name, email, language string) (Mail, error) {
	if err := access.Check(who, access.Administer, access.Forum()); err != nil {
		return Mail{}, err
	}
	var f errs.Fields
	to := mail.Address{Email: strings.TrimSpace(email)}
	if !to.Valid() {
		f.Add("email", "field.email")
	}
	if o.way.Mailer == nil {
		f.Add("email", "mail.why_no_server")
	}
	if err := f.Err(); err != nil {
		return Mail{}, err
	}
	var id int64
	err := o.db.Write(ctx, func(tx *store.Tx) (err error) {
		id, err = o.keep(tx, mail.Letter{Kind: "test", To: to, Language: language,
			Args: map[string]string{"Name": name, "Path": "/"}})
		return err
	})
	if err != nil {
		return Mail{}, err
	}
	return o.tryOut(ctx, id)
}

// tryOut sends the mail once. It is not tried again.
func (o *Outbox) tryOut(ctx context.Context, id int64) (Mail, error) {
	tried := o.Deliver(ctx, id)
	r, err := o.read(ctx, id)
	if err != nil {
		return Mail{}, err
	}
	m := r.mail()
	if m.State == Sent {
		return m, nil
	}
	if tried != nil && m.Reason == "" { // not the mail's fault
		return Mail{}, tried
	}
	if m.State == Waiting {
		err = o.set(ctx, id, "failed_at = ?, args = ''", store.At(o.now()))
	}
	var f errs.Fields
	f.Add("email", "mail.why_"+string(m.Reason), errs.Args{"Answer": m.Answer})
	if err == nil {
		err = f.Err()
	}
	return m, err
}
