package api

import (
	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/group"
	"plenary/pkg/roster"
)

// forElectorates are about who may vote, with how many votes, and by whom a vote
// may be cast.
func (a *API) forElectorates() []route {
	return []route{
		{put, "/groups/{handle}/votes", a.setVotes},
		{get, "/groups/{handle}/poll-mails", a.showPollMails},
		{put, "/groups/{handle}/poll-mails", a.choosePollMails},
		{get, "/groups/{handle}/proxies", a.listProxies},
		{post, "/groups/{handle}/proxies", a.nameProxy},
		{get, "/polls/{id}/proxies", a.listProxiesOfPoll},
		{post, "/polls/{id}/proxies", a.nameProxyInPoll},
		{del, "/proxies/{id}", a.endProxy},
		{get, "/polls/{id}/guests", a.listPollGuests},
		{post, "/polls/{id}/guests", a.invitePollGuests},
		{post, "/polls/{id}/guests/remind", a.remindPollGuests},
		{del, "/polls/{id}/guests/{guest}", a.revokePollGuest},
		{post, "/polls/{id}/guests/{guest}/resend", a.resendPollGuest},
	}
}

type votesVerdict struct {
	Line    int                `json:"line"`
	Text    string             `json:"text"`
	Votes   int64              `json:"votes,omitempty"`
	Outcome group.VotesOutcome `json:"outcome"`
	Why     string             `json:"why,omitempty"`
}

type votesVerdicts struct {
	Items []votesVerdict `json:"items"`
	Set   int            `json:"set"`
}

// listText is a list as people have it.
type listText struct {
	Text string `json:"text"`
}

func (a *API) setVotes(c edge.Ctx) error {
	in, err := read[listText](c)
	if err != nil {
		return err
	}
	list, unfit := roster.Figures(in.Text)
	verdicts, err := a.Groups.SetVotes(c.Request().Context(), edge.Who(c), c.Param("handle"), list)
	if unfit != nil && (err == nil || errs.Is(err, errs.Invalid)) { // whoever may not set them learns that first
		err = unfit
	}
	if err != nil {
		return renamed(err, "list", "text")
	}
	out := votesVerdicts{Items: make([]votesVerdict, len(verdicts))}
	words := a.Edge.WordsFor(c)
	for i, v := range verdicts {
		out.Items[i] = votesVerdict{Line: v.Line, Text: v.Text, Votes: v.Value, Outcome: v.Outcome}
		if v.Outcome == group.VotesSet {
			out.Set++
		}
		if why := v.Why(); why.Code != "" {
			out.Items[i].Why = words.T(why.Code, why.Args)
		}
	}
	return ok(c, out)
}
