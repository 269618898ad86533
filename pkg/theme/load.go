package theme

import (
	"fmt"
	"time"

	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/forum"
	"plenary/pkg/person"
	"plenary/pkg/store"
)

// row is a theme with the facts about it, in one query.
type row struct {
	ID              int64
	ThreadID        int64
	ThreadTitle     string
	Seq             int64
	ProposerID      int64
	ProposerHandle  string
	ProposerName    string
	ProposerAff     string
	ProposerPic     string
	PutBy           *int64
	PutterHandle    *string
	PutterName      *string
	PutterAff       *string
	Credit          string
	Title           string
	Description     string
	DescriptionHTML string
	State           access.ThemeState
	StateReason     string
	StateBy         *int64
	StaterHandle    *string
	StaterName      *string
	StaterAff       *string
	StateAt         *store.Time
	FromCommentID   *int64
	Quote           string
	SupportCount    int
	CommentCount    int
	Unanswered      int
	Version         int
	CreatedAt       store.Time
	EditedAt        *store.Time
	forum.PlaceRow  `gorm:"embedded"`
	Supported       bool
	UnderID         *int64
	UnderTitle      *string
	MergedInto      *int64
	MergedTitle     *string
	MergedThread    *int64
	SplitFrom       *int64
	CoProposes      bool
}

const columns = `th.id, th.thread_id, t.title AS thread_title, th.seq,
	th.proposer_id, a.handle AS proposer_handle, a.name AS proposer_name, a.affiliation AS proposer_aff, a.picture AS proposer_pic,
	th.put_by, pb.handle AS putter_handle, pb.name AS putter_name, pb.affiliation AS putter_aff, th.credit,
	th.title, th.description, th.description_html, th.state, th.state_reason,
	th.state_by, sb.handle AS stater_handle, sb.name AS stater_name, sb.affiliation AS stater_aff, th.state_at,
	th.from_comment_id, th.quote, th.support_count, th.comment_count, th.version, th.created_at, th.edited_at,
	` + unanswered + ` AS unanswered, s.person_id IS NOT NULL AS supported, cp.person_id IS NOT NULL AS co_proposes,
	ov.id AS under_id, ov.title AS under_title, th.merged_into, mi.title AS merged_title, mi.thread_id AS merged_thread, th.split_from`

// unanswered counts the questions about themes AS th that wait for an answer.
const unanswered = `(SELECT COUNT(*) FROM theme_questions AS tq JOIN comments AS tc ON tc.id = tq.comment_id AND tc.deleted_at IS NULL
	WHERE tq.theme_id = th.id AND ` + waits + `)`

// themes is the query that every reading of themes begins with.
func themes(g *gorm.DB, who access.Actor) *gorm.DB {
	place, args := forum.PlaceColumns(who)
	return g.Table("themes AS th").Select(columns+", "+place, args...).
		Joins("JOIN threads AS t ON t.id = th.thread_id").
		Joins("JOIN people AS a ON a.id = th.proposer_id").
		Joins("LEFT JOIN people AS sb ON sb.id = th.state_by").
		Joins("LEFT JOIN themes AS ov ON ov.id = th.under_id AND ov.state IN "+playing).
		Joins("LEFT JOIN themes AS mi ON mi.id = th.merged_into").
		Joins("LEFT JOIN people AS pb ON pb.id = th.put_by").
		Joins("LEFT JOIN theme_proposers AS cp ON cp.theme_id = th.id AND cp.person_id = ? AND cp.answer = 'accepted'", who.Person).
		Joins("LEFT JOIN theme_supports AS s ON s.theme_id = th.id AND s.person_id = ?", who.Person)
}

func (r row) theme(who access.Actor) Theme {
	place := r.Place(who)
	t := Theme{
		ID: r.ID, ThreadID: r.ThreadID, ThreadTitle: r.ThreadTitle,
		Group: place.Home, Seq: r.Seq,
		Proposer: person.Brief{ID: r.ProposerID, Handle: r.ProposerHandle, Name: r.ProposerName, Affiliation: r.ProposerAff, Picture: r.ProposerPic},
		Title:    r.Title, Description: r.Description, DescriptionHTML: r.DescriptionHTML,
		State: r.State, StateReason: r.StateReason, StateAt: instant(r.StateAt), Quote: r.Quote,
		SupportCount: r.SupportCount, CommentCount: r.CommentCount, Version: r.Version,
		CreatedAt: r.CreatedAt.Time, EditedAt: instant(r.EditedAt), Supported: r.Supported, Credit: r.Credit, Unanswered: r.Unanswered,
	}
	if r.PutBy != nil && r.PutterHandle != nil {
		t.PutBy = &person.Brief{ID: *r.PutBy, Handle: *r.PutterHandle, Name: *r.PutterName, Affiliation: *r.PutterAff}
	}
	if r.StateBy != nil && r.StaterHandle != nil {
		t.StateBy = &person.Brief{ID: *r.StateBy, Handle: *r.StaterHandle, Name: *r.StaterName, Affiliation: *r.StaterAff}
	}
	if r.FromCommentID != nil {
		t.FromCommentID = *r.FromCommentID
	}
	r.putTies(&t)
	t.facts = place.Facts
	t.facts.Own, t.facts.Theme = who.SignedIn() && (r.ProposerID == who.Person || r.CoProposes), r.State
	return t
}

func instant(t *store.Time) *time.Time {
	if t == nil {
		return nil
	}
	return &t.Time
}

// find reads the themes of a query made by themes, with their polls, parts,
// credits and further proposers: five queries however many there are.
func find(query *gorm.DB, g *gorm.DB, who access.Actor) ([]Theme, error) {
	var rows []row
	if err := query.Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("read themes: %w", err)
	}
	ids := make([]int64, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	polls, err := pollsOf(g, ids)
	if err != nil {
		return nil, err
	}
	parts, credits, err := tiesOf(g, ids)
	if err != nil {
		return nil, err
	}
	others, err := coProposersOf(g, ids)
	if err != nil {
		return nil, err
	}
	out := make([]Theme, len(rows))
	for i, r := range rows {
		out[i] = r.theme(who)
		out[i].PollIDs, out[i].Parts, out[i].Credits = polls[r.ID], parts[r.ID], credits[r.ID]
		out[i].CoProposers = others[r.ID]
	}
	return out, nil
}

func pollsOf(g *gorm.DB, themes []int64) (map[int64][]int64, error) {
	out := map[int64][]int64{}
	if len(themes) == 0 {
		return out, nil
	}
	var rows []struct{ ThemeID, PollID int64 }
	err := g.Table("poll_options AS o").Select("o.theme_id, o.poll_id").Joins("JOIN polls AS p ON p.id = o.poll_id").
		Where("o.theme_id IN ? AND p.state <> 'draft'", themes).Order("o.theme_id, o.poll_id").Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read the polls of themes: %w", err)
	}
	for _, r := range rows {
		out[r.ThemeID] = append(out[r.ThemeID], r.PollID)
	}
	return out, nil
}

// load reads one theme for an actor, without asking whether the actor may.
func load(g *gorm.DB, who access.Actor, id int64) (Theme, error) {
	found, err := find(themes(g, who).Where("th.id = ?", id), g, who)
	if err != nil {
		return Theme{}, err
	}
	if len(found) == 0 {
		return Theme{}, fmt.Errorf("load theme %d: %w", id, gorm.ErrRecordNotFound)
	}
	return found[0], nil
}
