package web

import (
	"html/template"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/i18n"
	"plenary/pkg/ledger"
	"plenary/pkg/poll"
	"plenary/pkg/tally"
	"plenary/pkg/web/view"
)

// pollHead is what a poll knows of its thread.
func pollHead(p poll.Poll) view.ThreadHead {
	head := view.ThreadHead{ID: p.ThreadID, Slug: slugOf(p.ThreadTitle), Title: p.ThreadTitle, Group: homeOf(p.Group)}
	if p.Alone {
		head.OwnPoll = p.ID
	}
	return head
}

// pollCard is a poll as everybody sees it, without ballot and results.
func pollCard(p poll.Poll, words *i18n.Localizer) view.PollCard {
	card := view.PollCard{ID: p.ID, Thread: pollHead(p), Title: p.Title, Details: rendered(p.DetailsHTML), Author: personOf(p.Author),
		At: p.CreatedAt, Method: string(p.Method), Min: p.Rules.Min, Max: p.Rules.Max, State: string(p.State),
		ClosesAt: instant(p.ClosesAt), ClosedAt: instant(p.ClosedAt), Shows: string(p.Results),
		Fixed: p.State != access.Draft && !p.JoinsLate, Voters: voters(p, words), Weighted: p.Weighted, Votes: p.VoterWeight, Proxies: p.Proxies, Secret: p.Secret,
		Cast: p.BallotCount, Eligible: p.VoterCount, Waiting: p.NoAnswers, Quorum: int(p.QuorumNeeded())}
	if b := p.Beacon; b != nil {
		card.Beacon = &view.Beacon{Round: b.Round, At: instant(b.At), Missed: b.Missed}
	}
	if p.ClosedBy != nil {
		by := personOf(*p.ClosedBy)
		card.ClosedBy = &by
	}
	for _, o := range p.Options {
		card.Options = append(card.Options, optionView(p.ID, o))
	}
	return card
}

// voters says who may vote. A group that the reader may not know of is not named.
func voters(p poll.Poll, words *i18n.Localizer) string {
	switch p.Electorate {
	case poll.OfThread:
		return words.T("poll.voters_thread")
	case poll.OfNamed:
		return words.T("poll.voters_named")
	case poll.OfTitles:
		return words.T("poll.voters_titles", i18n.Args{"Titles": words.List(p.Titles)})
	case poll.OfGroup:
	}
	if !p.Group.Known() {
		return words.T("poll.voters_here", nil)
	}
	return words.T("poll.voters", i18n.Args{"Group": p.Group.Name})
}

func pollRights(who access.Actor, p poll.Poll) view.PollRights {
	may := func(do access.Action) bool { return access.May(who, do, p.Facts()) }
	return view.PollRights{Vote: may(access.Vote) && p.Method.Form() != tally.Nothing, Edit: may(access.EditPoll) && p.BallotCount == 0, Open: may(access.OpenPoll), Close: may(access.ClosePoll),
		Reopen: may(access.ReopenPoll) && p.Outcome == nil, Extend: may(access.ExtendPoll), Conclude: may(access.Conclude), Keep: may(access.KeepTemplates), Voters: may(access.ReadElectorate), HideReason: may(access.HideReason)}
}

// pollLine is a poll in one line for the reader it was loaded for. Words about
// the result are told only after the close.
func pollLine(who access.Actor, p poll.Poll, clock view.Clock) view.PollLine {
	head := pollHead(p)
	line := view.PollLine{ID: p.ID, Title: p.Title, State: string(p.State), ClosesAt: instant(p.ClosesAt), ClosedAt: instant(p.ClosedAt),
		Cast: p.BallotCount, Eligible: p.VoterCount, CanVote: !p.Voted() && access.May(who, access.Vote, p.Facts()), Voted: p.Voted(),
		ThreadURL: head.URL(), Thread: head.Title, Group: head.Group, Clock: clock}
	if p.Alone {
		line.Thread = "" // it is the question once more
	}
	return line
}

func pollLines(who access.Actor, list []poll.Poll, clock view.Clock) []view.PollLine {
	out := make([]view.PollLine, len(list))
	for i, p := range list {
		out[i] = pollLine(who, p, clock)
	}
	return out
}

// answer is an option's name in the reader's words: the answers of a proposal
// are keys.
func answer(words *i18n.Localizer, o poll.Option) string {
	if o.Key != "" {
		return words.T("answer." + o.Key)
	}
	return o.Label
}

func outcomeOf(p poll.Poll, o poll.Outcome, thread view.ThreadHead) view.Outcome {
	out := view.Outcome{ID: o.ID, PollID: p.ID, Poll: p.Title, Thread: thread.ID, ThreadTitle: thread.Title, Group: thread.Group,
		Author: personOf(o.Author), At: o.CreatedAt, Statement: rendered(o.StatementHTML)}
	if thread.OwnPoll == p.ID {
		out.ThreadTitle = "" // it is the question once more
	}
	if on, err := time.Parse(time.DateOnly, o.ReviewOn); err == nil {
		out.ReviewOn = on
	}
	return out
}

// addBallots puts reasons and names to a count, by answer in the order of the
// options.
func addBallots(to *view.Results, p poll.Poll, ballots []poll.Ballot, say answerTeller) {
	groups := map[int64]*view.ReasonGroup{}
	for _, o := range p.Options {
		groups[o.ID] = &view.ReasonGroup{Key: o.Key, Label: say.name(o)}
	}
	rest := &view.ReasonGroup{} // of answers that put nothing first
	for _, b := range ballots {
		to.Who = append(to.Who, view.Vote{Person: personOf(b.Voter), At: b.CastAt, Labels: say.lines(b.Answer)})
		if b.ReasonHTML == "" {
			continue
		}
		group := groups[firstOf(b.Answer)]
		if group == nil {
			group = rest
		}
		group.Reasons = append(group.Reasons, view.Reason{Author: personOf(b.Voter), At: b.CastAt, Text: template.HTML(b.ReasonHTML)})
	}
	for _, o := range p.Options {
		if group := groups[o.ID]; len(group.Reasons) > 0 {
			to.Reasons = append(to.Reasons, *group)
		}
	}
	if len(rest.Reasons) > 0 {
		to.Reasons = append(to.Reasons, *rest)
	}
}

// firstOf is the option under which the reason of an answer stands: the first
// that is chosen, or the one that is ranked first; 0 for none.
func firstOf(a ledger.Answer) int64 {
	switch {
	case len(a.Chosen) > 0:
		return a.Chosen[0]
	case len(a.Ranks) > 0 && len(a.Ranks[0]) > 0:
		return a.Ranks[0][0]
	}
	return 0
}

func receiptOf(p poll.Poll, b poll.Ballot, say answerTeller, canChange bool) *view.Receipt {
	r := &view.Receipt{At: b.CastAt, Revision: b.Revision, Reason: b.Reason, Code: b.Receipt, Secret: p.Secret, CanChange: canChange}
	if b.By != nil {
		r.By = b.By.Name
	}
	if !p.Secret {
		r.Choices, r.Lines = say.lines(b.Answer), b.Answer.Form != tally.Marks
	}
	return r
}

// pollBadges says for the threads of a list what is asked in them: "vote" where
// the reader's ballot is missing, "open", "decided".
func pollBadges(who access.Actor, polls []poll.Poll) map[int64]string {
	weight := map[string]int{"decided": 1, "open": 2, "vote": 3}
	badges := map[int64]string{}
	for _, p := range polls {
		badge := ""
		switch {
		case p.State == access.PollOpen && !p.Voted() && access.May(who, access.Vote, p.Facts()):
			badge = "vote"
		case p.State == access.PollOpen:
			badge = "open"
		case p.Outcome != nil:
			badge = "decided"
		}
		if weight[badge] > weight[badges[p.ThreadID]] {
			badges[p.ThreadID] = badge
		}
	}
	return badges
}

func badged(rows []view.ThreadRow, badges map[int64]string) []view.ThreadRow {
	for i := range rows {
		rows[i].Poll = badges[rows[i].ID]
	}
	return rows
}
