package timeline

import (
	"time"

	"plenary/pkg/access"
	"plenary/pkg/person"
	"plenary/pkg/theme"
)

// Theme is a theme as JSON.
type Theme struct {
	ID              int64             `json:"id"`
	ThreadID        int64             `json:"thread_id"`
	Seq             int64             `json:"seq"`
	Proposer        Person            `json:"proposer"`
	CoProposers     []Person          `json:"co_proposers"`     // who propose it, too, and have said so; never null
	PutBy           *Person           `json:"put_by,omitempty"` // who put it forward for its proposer
	Credit          string            `json:"credit,omitempty"` // the name of a proposer without an account, in whose place proposer stands
	Title           string            `json:"title"`
	Description     string            `json:"description"`
	DescriptionHTML string            `json:"description_html"`
	State           access.ThemeState `json:"state"`
	StateReason     string            `json:"state_reason,omitempty"`
	StateBy         *Person           `json:"state_by,omitempty"`
	StateAt         *time.Time        `json:"state_at,omitempty"`
	FromCommentID   int64             `json:"from_comment_id,omitempty"`
	FromContext     bool              `json:"from_context,omitempty"` // it comes out of the thread's own text
	Quote           string            `json:"quote,omitempty"`
	SupportCount    int               `json:"support_count"`
	CommentCount    int               `json:"comment_count"`
	Unanswered      int               `json:"unanswered_count"`      // questions to its proposers
	PollIDs         []int64           `json:"poll_ids"`              // never null
	GroupID         int64             `json:"group_id,omitempty"`    // the overarching theme that it stands under
	Parts           []int64           `json:"parts"`                 // what stands under it; never null
	MergedInto      int64             `json:"merged_into,omitempty"` // the theme of the same thread that it has become part of
	Moved           bool              `json:"moved,omitempty"`       // it goes on in another thread
	SplitFrom       int64             `json:"split_from,omitempty"`
	Credits         []Person          `json:"credits"` // who put forward what was merged into it; never null
	Version         int               `json:"version"`
	CreatedAt       time.Time         `json:"created_at"`
	EditedAt        *time.Time        `json:"edited_at,omitempty"`
}

// ThemeOf is the shape of a theme.
func ThemeOf(t theme.Theme) Theme {
	out := Theme{ID: t.ID, ThreadID: t.ThreadID, Seq: t.Seq, Proposer: PersonOf(t.Proposer), Title: t.Title,
		Description: t.Description, DescriptionHTML: t.DescriptionHTML, State: t.State, StateReason: t.StateReason,
		StateBy: personOrNone(t.StateBy), StateAt: utc(t.StateAt), FromCommentID: t.FromCommentID, Quote: t.Quote,
		SupportCount: t.SupportCount, CommentCount: t.CommentCount, PollIDs: append([]int64{}, t.PollIDs...),
		Version: t.Version, CreatedAt: t.CreatedAt.UTC(), EditedAt: utc(t.EditedAt), PutBy: personOrNone(t.PutBy), Credit: t.Credit,
		FromContext: t.FromContext(), Unanswered: t.Unanswered, CoProposers: peopleOf(t.CoProposers),
		GroupID: t.Under.ID, Parts: make([]int64, len(t.Parts)), MergedInto: t.MergedInto.ID, Moved: t.MovedTo != 0, SplitFrom: t.SplitFrom,
		Credits: peopleOf(t.Credits)}
	for i, part := range t.Parts {
		out.Parts[i] = part.ID
	}
	return out
}

// peopleOf is never nil.
func peopleOf(briefs []person.Brief) []Person {
	out := make([]Person, len(briefs))
	for i, b := range briefs {
		out[i] = PersonOf(b)
	}
	return out
}
