package view

import (
	"time"

	"plenary/pkg/errs"
)

func adminPagesShown() []shown {
	f := func(path string) Frame { return frame(path, administrator()) }
	refused := MailRow{ID: 12, Kind: "Test mail", Email: "bram@example.org", State: "failed", Why: errs.Text{Code: "mail.why_refused", Args: errs.Args{"Answer": "550 5.1.1 No such user here"}}, At: ago(day), FailedAt: ago(day), Attempts: 1}
	sent := MailRow{ID: 11, Kind: "Test mail", Name: "فادي حداد", Email: "fadi@example.org", State: "sent", At: ago(2 * day), SentAt: ago(2*day - time.Second), Answer: "250 2.0.0 OK: queued as 4Xk2"}
	waiting := MailRow{ID: 13, Kind: "Test mail", Email: "edda@example.org", State: "waiting", Why: errs.Text{Code: "mail.why_not_now", Args: errs.Args{"Answer": "451 4.7.1 Greylisted"}}, At: ago(time.Hour), Attempts: 3}
	held := MailRow{ID: 14, Kind: "Test mail", Email: "amina@example.org", State: "held", Why: errs.Text{Code: "mail.why_no_server"}, At: ago(time.Minute)}
	down := errs.Fields{}
	down.Add("email", "mail.why_unreachable", errs.Args{"Answer": "dial tcp 192.0.2.7:587: connection refused"})
	test := Form{Once: "m", Values: values1("email", "bram@example.org")}
	rejected := test
	rejected.Fields = down
	words := &MailWords{Subject: "Mail from Harbour Assembly arrives", Text: "Bram de Wit has asked Harbour Assembly to send this mail.\n\nOpen Harbour Assembly:\nhttps://forum.example/\n",
		HTML: "<!doctype html>\n<html lang=\"en\"><body><p>Bram de Wit has asked</p></body></html>", Links: []string{"https://forum.example/", "https://forum.example/account?from=mail&with=a-very-long-word-that-does-not-fit-into-one-line-of-a-small-screen"}}
	return []shown{
		{"mails-full", MailsPage{Frame: f("/admin/mail"), Server: "smtp://mail.example:587", From: "noreply@forum.example", Mails: []MailRow{waiting, refused, sent}, Next: "/admin/mail?cursor=x", Test: test}},
		{"mails-held", MailsPage{Frame: f("/admin/mail"), Mails: []MailRow{held}, State: "held"}},
		{"mails-empty", MailsPage{Frame: f("/admin/mail")}},
		{"mails-filtered", MailsPage{Frame: f("/admin/mail?state=failed"), State: "failed", Server: "smtp://mail.example:587", From: "noreply@forum.example", Test: test}},
		{"mails-rejected", MailsPage{Frame: f("/admin/mail"), Server: "smtp://mail.example:587", From: "noreply@forum.example", Test: rejected}},
		{"mails-impossible", MailsPage{Frame: f("/admin/mail"), Test: Form{Fields: errs.Fields{"email": {Code: "mail.why_no_server"}}}}},
		{"mail-held", MailPage{Frame: f("/admin/mail/14"), Mail: held, Words: words}},
		{"mail-sent", MailPage{Frame: f("/admin/mail/11"), Mail: sent}},
		{"mail-failed", MailPage{Frame: f("/admin/mail/12"), Mail: refused}},
		{"mail-waiting", MailPage{Frame: f("/admin/mail/13"), Mail: waiting}},
		{"system-full", SystemPage{Frame: f("/admin/system"), DatabaseBytes: 48_300_000, Files: 312, FileBytes: 1_930_000_000, FreeBytes: 800_000_000, FreeKnown: true,
			Jobs:   []JobsLine{{"Sending mail", []JobCount{{"waiting", 3}, {"retrying", 1}, {"failed", 1}}}, {"Closing polls on time", []JobCount{{"scheduled", 2}}}},
			Failed: []FailedJob{{ID: 7, Kind: "Sending mail", Attempts: 25, Over: true, At: ago(day), Error: "write a letter of kind test: the template cannot be read"}, {ID: 9, Kind: "Sending mail", Attempts: 2, At: now.Add(time.Minute), Error: "the mail did not leave: unreachable"}},
			Engine: "PostgreSQL 17.2", Broker: "nats.example:4222", Server: "smtp://mail.example:587"}},
		{"system-empty", SystemPage{Frame: f("/admin/system"), DatabaseBytes: 180_000, Engine: "SQLite 3.50.4"}},
	}
}
