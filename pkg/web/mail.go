package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/i18n"
	"plenary/pkg/jobs"
	"plenary/pkg/mail"
	"plenary/pkg/notify"
	"plenary/pkg/store"
	"plenary/pkg/web/view"
)

func (s *Site) adminRoutes() []route {
	return []route{
		get("/admin/mail", s.mails), get("/admin/mail/:id", s.mail), post("/admin/mail/test", s.testMail),
		get("/admin/system", s.system), post("/admin/system/jobs/:id/retry", s.retryJob),
	}
}

func (s *Site) mails(c edge.Ctx) error {
	form, err := s.form(url.Values{"email": {edge.Person(c).Email}})
	if err != nil {
		return err
	}
	return s.showMails(c, http.StatusOK, form)
}

// showMails answers with the outbox, and with the form for a test mail.
func (s *Site) showMails(c edge.Ctx, status int, test view.Form) error {
	at, err := edge.Page(c)
	if err != nil {
		return err
	}
	state := c.QueryParam("state")
	list, err := s.Mail.List(ctx(c), edge.Who(c), notify.State(state), at)
	if err != nil {
		return err
	}
	p := view.MailsPage{Frame: s.frame(c), Server: s.Mail.Server(), From: s.Mail.From(), State: state, Test: test,
		Next: nextPage("/admin/mail", url.Values{"state": {state}}, list.Next)}
	for _, m := range list.Items {
		p.Mails = append(p.Mails, mailRow(s.words(c), m))
	}
	return s.show(c, status, p)
}

func mailRow(words *i18n.Localizer, m notify.Mail) view.MailRow {
	row := view.MailRow{ID: m.ID, Kind: named(words, "mailkind.", m.Kind), Name: m.To.Name, Email: m.To.Email, State: string(m.State), At: m.At,
		SentAt: instant(m.SentAt), FailedAt: instant(m.FailedAt), Attempts: m.Attempts, Answer: m.Answer}
	if m.Reason != "" {
		row.Why = whyNot(m.Reason, m.Answer)
	}
	return row
}

// whyNot is why a mail has not left, in words to come.
func whyNot(reason mail.Reason, answer string) errs.Text {
	return errs.Text{Code: "mail.why_" + string(reason), Args: errs.Args{"Answer": answer}}
}

// named is the word for a kind of mail or job, and the kind itself where the
// catalogue has none.
func named(words *i18n.Localizer, beginning, kind string) string {
	if key := beginning + strings.ReplaceAll(kind, ".", "_"); words.Has(key) {
		return words.T(key)
	}
	return kind
}

func (s *Site) mail(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	m, words, err := s.Mail.Show(ctx(c), edge.Who(c), id)
	if err != nil {
		return err
	}
	if words != nil && m.Secretive() && m.To.Email != edge.Person(c).Email {
		if err := s.recently(c); err != nil {
			return err
		}
		s.edge.Log.InfoContext(ctx(c), "an administrator reads a mail that opens somebody's account", "administrator", edge.Who(c).Person, "mail", m.ID, "kind", m.Kind)
	}
	p := view.MailPage{Frame: s.frame(c), Mail: mailRow(s.words(c), m)}
	if words != nil {
		p.Words = &view.MailWords{Subject: words.Subject, Text: words.Text, HTML: words.HTML, Links: words.Links}
	}
	return s.ok(c, p)
}

// testMail sends a mail at once. Where it went well the page of the mail tells
// what the server said; otherwise the form does.
func (s *Site) testMail(c edge.Ctx) error {
	form, err := submitted(c)
	if err != nil {
		return err
	}
	sent, err := s.Mail.Test(ctx(c), edge.Who(c), edge.Person(c).Name, form.Get("email"), s.words(c).Lang())
	switch {
	case err == nil:
		return seeOther(c, fmt.Sprintf("/admin/mail/%d", sent.ID))
	case store.IsReplay(err):
		return seeOther(c, "/admin/mail")
	}
	again, err := s.again(form, err)
	if err != nil {
		return err
	}
	return s.showMails(c, http.StatusUnprocessableEntity, again)
}

func (s *Site) system(c edge.Ctx) error {
	r, err := s.System.Report(ctx(c), edge.Who(c))
	if err != nil {
		return err
	}
	p := view.SystemPage{Frame: s.frame(c), DatabaseBytes: r.DatabaseBytes, Files: r.Files, FileBytes: r.FileBytes, FreeBytes: r.FreeBytes, FreeKnown: r.FreeKnown,
		Engine: engineName(r.Engine) + " " + r.EngineVersion, Broker: r.Broker, Server: s.Mail.Server()}
	words := s.words(c)
	for _, k := range r.Jobs {
		p.Jobs = append(p.Jobs, view.JobsLine{Kind: named(words, "jobkind.", k.Kind), Counts: jobCounts(k.Stats)})
	}
	for _, f := range r.Failed {
		p.Failed = append(p.Failed, view.FailedJob{ID: f.ID, Kind: named(words, "jobkind.", f.Kind), Attempts: f.Attempts, Over: f.Over, At: f.At, Error: f.Error})
	}
	return s.ok(c, p)
}

func engineName(engine string) string {
	if strings.HasPrefix(engine, "postgres") {
		return "PostgreSQL"
	}
	return "SQLite"
}

// jobCounts are the states that there are jobs in.
func jobCounts(s jobs.Stats) []view.JobCount {
	var out []view.JobCount
	for _, c := range []view.JobCount{{State: "waiting", N: s.Waiting}, {State: "scheduled", N: s.Scheduled}, {State: "running", N: s.Running},
		{State: "retrying", N: s.Retrying}, {State: "failed", N: s.Failed}} {
		if c.N > 0 {
			out = append(out, c)
		}
	}
	return out
}

func (s *Site) retryJob(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	if err := s.System.Retry(ctx(c), edge.Who(c), id); err != nil {
		return err
	}
	return seeOther(c, "/admin/system")
}
