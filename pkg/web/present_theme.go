package web

import (
	"fmt"

	"plenary/pkg/access"
	"plenary/pkg/markup"
	"plenary/pkg/theme"
	"plenary/pkg/web/view"
)

// themeSummary is how many characters of a description stand on a card.
const themeSummary = 200

// themeCard is a theme as everybody sees it. What it offers is offered to those
// only who may propose, by the page's styles, and decided when it is done.
func themeCard(t theme.Theme) view.ThemeCard {
	card := view.ThemeCard{ID: t.ID, Thread: t.ThreadID, Title: t.Title, Summary: markup.Excerpt(t.Description, themeSummary),
		Proposer: personOf(t.Proposer), At: t.CreatedAt, State: string(t.State), Supporters: t.SupportCount, Comments: t.CommentCount,
		FromComment: t.FromCommentID, FromContext: t.FromContext(), Quote: t.Quote, Reason: t.StateReason,
		Others: peopleOf(t.CoProposers), Credit: t.Credit, Unanswered: t.Unanswered, Under: t.Under.ID}
	card.Ties = themeTies(t)
	if t.PutBy != nil {
		card.PutBy = personOf(*t.PutBy)
	}
	if n := len(t.PollIDs); n > 0 {
		card.Poll = view.Link{URL: fmt.Sprintf("/p/%d", t.PollIDs[n-1])}
	}
	return card
}

// themeCardFor is a theme with what the reader it was loaded for may do.
func themeCardFor(who access.Actor, t theme.Theme) view.ThemeCard {
	card := themeCard(t)
	card.Mine = t.Supported
	card.CanSupport = access.May(who, access.SupportTheme, t.Facts())
	card.CanConvene = card.Afoot() && access.May(who, access.Convene, t.Facts())
	return card
}

func themeCardsFor(who access.Actor, list []theme.Theme) []view.ThemeCard {
	out := make([]view.ThemeCard, len(list))
	for i, t := range list {
		out[i] = themeCardFor(who, t)
	}
	return out
}

func themeRights(who access.Actor, t theme.Theme) view.ThemeRights {
	may := func(do access.Action) bool { return access.May(who, do, t.Facts()) }
	convene := may(access.Convene)
	out := t.State == access.Declined || t.State == access.Withdrawn
	return view.ThemeRights{Support: may(access.SupportTheme), Edit: may(access.EditTheme), Comment: may(access.CommentTheme),
		Withdraw: may(access.WithdrawTheme), Shortlist: convene && t.State == access.Proposed, Unlist: convene && t.State == access.Shortlisted,
		Decline: convene && !out && t.State != access.Scheduled, Restore: convene && out,
		Schedule: convene && (t.State == access.Proposed || t.State == access.Shortlisted), Unschedule: convene && t.State == access.Scheduled}
}
