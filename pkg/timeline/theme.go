package timeline

import (
	"time"

	"plenary/pkg/access"
	"plenary/pkg/theme"
)

// Theme is a theme as JSON.
type Theme struct {
	ID              int64             `json:"id"`
	ThreadID        int64             `json:"thread_id"`
	Seq             int64             `json:"seq"`
	Proposer        Person            `json:"proposer"`
	Title           string            `json:"title"`
	Description     string            `json:"description"`
	DescriptionHTML string            `json:"description_html"`
	State           access.ThemeState `json:"state"`
	StateReason     string            `json:"state_reason,omitempty"`
	StateBy         *Person           `json:"state_by,omitempty"`
	StateAt         *time.Time        `json:"state_at,omitempty"`
	FromCommentID   int64             `json:"from_comment_id,omitempty"`
	Quote           string            `json:"quote,omitempty"`
	SupportCount    int               `json:"support_count"`
	CommentCount    int               `json:"comment_count"`
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
	parts, credits := make([]int64, len(t.Parts)), make([]Person, len(t.Credits))
	for i, part := range t.Parts {
		parts[i] = part.ID
	}
	for i, one := range t.Credits {
		credits[i] = PersonOf(one)
	}
	return Theme{ID: t.ID, ThreadID: t.ThreadID, Seq: t.Seq, Proposer: PersonOf(t.Proposer), Title: t.Title,
		Description: t.Description, DescriptionHTML: t.DescriptionHTML, State: t.State, StateReason: t.StateReason,
		StateBy: personOrNone(t.StateBy), StateAt: utc(t.StateAt), FromCommentID: t.FromCommentID, Quote: t.Quote,
		SupportCount: t.SupportCount, CommentCount: t.CommentCount, PollIDs: append([]int64{}, t.PollIDs...),
		GroupID: t.Under.ID, Parts: parts, MergedInto: t.MergedInto.ID, Moved: t.MovedTo != 0, SplitFrom: t.SplitFrom, Credits: credits,
		Version: t.Version, CreatedAt: t.CreatedAt.UTC(), EditedAt: utc(t.EditedAt)}
}
