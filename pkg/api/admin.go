package api

import (
	"context"
	"fmt"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/jobs"
	"plenary/pkg/notify"
	"plenary/pkg/person"
)

func (a *API) forAdministrators() []route {
	return []route{
		{get, "/admin/mails", a.listMails},
		{get, "/admin/system", a.showSystem},
	}
}

// administersNow is for what changes who gets into the forum: it takes a recent
// proof, or an API token that was made for it.
func (a *API) administersNow(c edge.Ctx) error {
	if err := access.Check(edge.Who(c), access.Administer, access.Forum()); err != nil {
		return err
	}
	if edge.HasScope(c, person.ScopeAdmin) {
		return nil
	}
	if edge.Bearer(c) {
		return errs.New(errs.Forbidden, "person.needs_admin_scope")
	}
	return edge.Recent(c, a.Now())
}

// nothingNow is answerNothing for what takes administersNow.
func (a *API) nothingNow(c edge.Ctx, call func(context.Context, access.Actor, int64) error) error {
	return answerNothing(c, func(ctx context.Context, who access.Actor, id int64) error {
		if err := a.administersNow(c); err != nil {
			return err
		}
		return call(ctx, who, id)
	})
}

// mailAnswer is a mail without its words, which are for its reader.
type mailAnswer struct {
	ID        int64        `json:"id"`
	Kind      string       `json:"kind"`
	Name      string       `json:"name"`
	Email     string       `json:"email"`
	State     notify.State `json:"state"`
	Problem   string       `json:"problem,omitempty"`
	Answer    string       `json:"answer,omitempty"` // of the mail server
	Attempts  int          `json:"attempts"`
	CreatedAt time.Time    `json:"created_at"`
	SentAt    *time.Time   `json:"sent_at,omitempty"`
	FailedAt  *time.Time   `json:"failed_at,omitempty"`
	URL       string       `json:"url"`
}

func answerMail(m notify.Mail) mailAnswer {
	return mailAnswer{ID: m.ID, Kind: m.Kind, Name: m.To.Name, Email: m.To.Email, State: m.State, Problem: string(m.Reason), Answer: m.Answer,
		Attempts: m.Attempts, CreatedAt: m.At.UTC(), SentAt: utc(m.SentAt), FailedAt: utc(m.FailedAt), URL: fmt.Sprintf("/admin/mail/%d", m.ID)}
}

func (a *API) listMails(c edge.Ctx) error {
	at, err := edge.Page(c)
	if err != nil {
		return err
	}
	mails, err := a.Mail.List(c.Request().Context(), edge.Who(c), notify.State(c.QueryParam("state")), at)
	if err != nil {
		return err
	}
	return ok(c, paged(mails, answerMail))
}

type systemAnswer struct {
	Version    string         `json:"version"`
	Database   databaseAnswer `json:"database"`
	Broker     string         `json:"broker"`
	MailServer string         `json:"mail_server"`
	Files      filesAnswer    `json:"files"`
	Jobs       []jobsAnswer   `json:"jobs"`
	Failed     []failedAnswer `json:"failed_jobs"`
}

type databaseAnswer struct {
	Engine  string `json:"engine"`
	Version string `json:"version"`
	Bytes   int64  `json:"bytes"`
}

type filesAnswer struct {
	Count int64  `json:"count"`
	Bytes int64  `json:"bytes"`
	Free  *int64 `json:"free_bytes,omitempty"` // absent where the system does not tell
}

// jobsAnswer are the jobs of a kind that are not done.
type jobsAnswer struct {
	Kind      string `json:"kind"`
	Waiting   int64  `json:"waiting"`
	Scheduled int64  `json:"scheduled"`
	Running   int64  `json:"running"`
	Retrying  int64  `json:"retrying"`
	Failed    int64  `json:"failed"`
}

type failedAnswer struct {
	ID       int64     `json:"id"`
	Kind     string    `json:"kind"`
	Attempts int       `json:"attempts"`
	Over     bool      `json:"over"`
	At       time.Time `json:"at"`
	Error    string    `json:"error"`
}

func answerJobs(k jobs.KindStats) jobsAnswer {
	return jobsAnswer{Kind: k.Kind, Waiting: k.Waiting, Scheduled: k.Scheduled, Running: k.Running, Retrying: k.Retrying, Failed: k.Failed}
}

func answerFailed(f jobs.FailedJob) failedAnswer {
	return failedAnswer{ID: f.ID, Kind: f.Kind, Attempts: f.Attempts, Over: f.Over, At: f.At.UTC(), Error: f.Error}
}

func (a *API) showSystem(c edge.Ctx) error {
	r, err := a.System.Report(c.Request().Context(), edge.Who(c))
	if err != nil {
		return err
	}
	answer := systemAnswer{Version: r.Version, Database: databaseAnswer{r.Engine, r.EngineVersion, r.DatabaseBytes}, Broker: r.Broker, MailServer: a.Mail.Server(),
		Files: filesAnswer{Count: r.Files, Bytes: r.FileBytes}, Jobs: whole(r.Jobs, answerJobs).Items, Failed: whole(r.Failed, answerFailed).Items}
	if r.FreeKnown {
		answer.Files.Free = &r.FreeBytes
	}
	return ok(c, answer)
}
