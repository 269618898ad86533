package api_test

import (
	"context"

	"plenary/pkg/mail"
	"plenary/pkg/store"
)

var systemStory = []step{
	{call: "- GET /admin/mails", status: 401},
	{call: "ana GET /admin/mails", status: 403, want: `{"code":"access.needs_administrator"}`},
	{call: "root GET /admin/mails", status: 200, want: `{"items":[],"next":""}`, then: writeMails},
	{call: "root GET /admin/mails", status: 200, want: `{"items":[
		{"kind":"test","name":"Ben","email":"ben@example.org","state":"failed","problem":"refused","answer":"550 no such user","attempts":1,"failed_at":"*","url":"*"},
		{"state":"held","problem":"no_server"},{"state":"sent","answer":"250 OK","sent_at":"*"},{"state":"waiting","attempts":0}],"next":""}`},
	{call: "root GET /admin/mails?state=held", status: 200, want: `{"items":[{"state":"held"}]}`},
	{call: "root GET /admin/mails?limit=3", status: 200, want: `{"items":["*","*","*"],"next":"*"}`},
	{call: "root GET /admin/mails?state=lost", status: 422, want: `{"fields":{"state":"*"}}`},
	{call: "root GET /admin/mails?cursor=!", status: 422, want: `{"fields":{"cursor":"*"}}`},

	{call: "- GET /admin/system", status: 401},
	{call: "ana GET /admin/system", status: 403},
	{call: "root GET /admin/system", status: 200, want: `{"version":"test","broker":"nats.example:4222","mail_server":"",
		"database":{"engine":"*","version":"*","bytes":"*"},"files":{"count":"*","bytes":"*"},
		"jobs":[{"kind":"mail.deliver","waiting":3,"failed":1}],"failed_jobs":[{"kind":"mail.deliver","over":true,"at":"*"}]}`},
}

// writeMails puts a letter into each state, and has a job fail for good.
func writeMails(h *house) {
	ctx := context.Background()
	for _, change := range []string{"attempts = 0", "sent_at = 1, problem = 'sent: 250 OK'", "problem = 'no_server'", "failed_at = 1, attempts = 1, problem = 'refused: 550 no such user'"} {
		h.must(h.db.Write(ctx, func(tx *store.Tx) error {
			err := h.mail.Queue(tx, mail.Letter{Kind: "test", To: mail.Address{Name: "Ben", Email: "ben@example.org"}, Args: map[string]string{"Name": "Root"}})
			if err != nil {
				return err
			}
			return tx.Exec("UPDATE mails SET " + change + " WHERE id = (SELECT max(id) FROM mails)").Error
		}))
	}
	h.must(h.db.Write(ctx, func(tx *store.Tx) error {
		return tx.Exec("UPDATE river_job SET state = 'discarded', finalized_at = CURRENT_TIMESTAMP WHERE id = (SELECT max(id) FROM river_job)").Error
	}))
}
