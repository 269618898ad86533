package api

import (
	"time"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/group"
	"plenary/pkg/roster"
	"plenary/pkg/timeline"
)

// mailedAnswer is an invitation to one address that waits.
type mailedAnswer struct {
	ID         int64           `json:"id"`
	Email      string          `json:"email"`
	Name       string          `json:"name,omitempty"`
	Role       access.Role     `json:"role"`
	By         timeline.Person `json:"by"`
	SentAt     time.Time       `json:"sent_at"`
	RemindedAt *time.Time      `json:"reminded_at,omitempty"`
	Reminders  int             `json:"reminders"`
	ExpiresAt  time.Time       `json:"expires_at"`
}

func answerMailed(i group.Invitation) mailedAnswer {
	out := mailedAnswer{ID: i.ID, Email: i.Email, Name: i.Name, Role: i.Role, By: timeline.PersonOf(i.CreatedBy), SentAt: i.SentAt.UTC(),
		Reminders: i.Reminders, ExpiresAt: i.ExpiresAt.UTC()}
	if !i.RemindedAt.IsZero() {
		out.RemindedAt = utc(&i.RemindedAt)
	}
	return out
}

func (a *API) listMailed(c edge.Ctx) error {
	at, err := edge.Page(c)
	if err != nil {
		return err
	}
	found, err := a.Groups.Pending(c.Request().Context(), edge.Who(c), c.Param("handle"), at)
	if err != nil {
		return err
	}
	return ok(c, paged(found, answerMailed))
}

// newMailing is a list of people to invite: as text, or one by one.
type newMailing struct {
	Text    string        `json:"text"`
	Items   []mailingItem `json:"items"`
	Role    access.Role   `json:"role"`
	Message string        `json:"message"`
	Below   []string      `json:"subgroups"`
	Remind  bool          `json:"remind"`
}

type mailingItem struct {
	Email string `json:"email"`
	Name  string `json:"name"`
	Role  string `json:"role"`
}

// entries are the list, whichever way it was given.
func (in newMailing) entries() ([]roster.Entry, error) {
	if len(in.Items) == 0 {
		return roster.Read(in.Text)
	}
	var f errs.Fields
	if in.Text != "" {
		f.Add("text", "roster.text_or_items")
	}
	if len(in.Items) > roster.Most {
		f.Add("items", "roster.too_many", errs.Args{"Count": roster.Most})
	}
	if err := f.Err(); err != nil {
		return nil, err
	}
	out := make([]roster.Entry, len(in.Items))
	for i, item := range in.Items {
		out[i] = roster.One(i+1, item.Email, item.Name, item.Role)
	}
	return out, nil
}

// verdictAnswer is what has become of an entry.
type verdictAnswer struct {
	Line    int           `json:"line"`
	Text    string        `json:"text"`
	Email   string        `json:"email,omitempty"`
	Outcome group.Outcome `json:"outcome"`
	Why     string        `json:"why,omitempty"`
}

// verdicts puts each entry of a list into its shape, and says why it was not sent.
func (a *API) verdicts(c edge.Ctx, list []group.Verdict, whyNot func(group.Verdict) errs.Text) map[string]any {
	words := a.Edge.WordsFor(c)
	items := make([]verdictAnswer, len(list))
	sent := 0
	for i, v := range list {
		items[i] = verdictAnswer{Line: v.Line, Text: v.Text, Email: v.Email, Outcome: v.Outcome}
		if v.Outcome == group.Sent {
			sent++
			continue
		}
		why := whyNot(v)
		items[i].Why = words.T(why.Code, why.Args)
	}
	return map[string]any{"items": items, "sent": sent}
}

func (a *API) inviteByMail(c edge.Ctx) error {
	in, err := read[newMailing](c)
	if err != nil {
		return err
	}
	entries, unfit := in.entries()
	list, err := a.Groups.InviteByMail(c.Request().Context(), edge.Who(c), c.Param("handle"), group.Mailing{Entries: entries, Role: in.Role,
		Message: in.Message, Below: in.Below, Remind: in.Remind})
	if unfit != nil && (err == nil || errs.Is(err, errs.Invalid)) { // whoever may not invite learns that first
		err = unfit
	}
	if err != nil {
		return renamed(renamed(err, "addresses", "text"), "below", "subgroups")
	}
	return ok(c, a.verdicts(c, list, group.Verdict.Why))
}

func (a *API) remindInvitation(c edge.Ctx) error { return answerNothing(c, a.Groups.Remind) }

func (a *API) listGuestInvitations(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	found, err := a.Forum.GuestInvitations(c.Request().Context(), a.Groups, edge.Who(c), id)
	if err != nil {
		return err
	}
	return ok(c, whole(found, answerMailed))
}

type newGuests struct {
	Text    string `json:"text"`
	Message string `json:"message"`
}

func (a *API) inviteGuests(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	in, err := read[newGuests](c)
	if err != nil {
		return err
	}
	list, err := a.Forum.InviteGuests(c.Request().Context(), a.Groups, edge.Who(c), id, in.Text, in.Message)
	if err != nil {
		return renamed(err, "addresses", "text")
	}
	return ok(c, a.verdicts(c, list, group.Verdict.Why))
}

func (a *API) revokeGuestInvitation(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	invitation, err := edge.ID(c, "invitation")
	if err != nil {
		return err
	}
	if err := a.Forum.RevokeGuestInvitation(c.Request().Context(), a.Groups, edge.Who(c), id, invitation); err != nil {
		return err
	}
	return done(c)
}
