package theme

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/person"
	"plenary/pkg/store"
)

// Merge is how a theme becomes part of another, or goes on in another thread.
type Merge struct {
	ID          int64
	Moves       bool // into another thread
	ThreadID    int64
	Theme       Ref // zero where the actor may not read it
	Into        Ref // zero where the actor may not read it
	State       MergeState
	Reason      string
	SuggestedBy person.Brief
	SuggestedAt time.Time
	DueAt       *time.Time    // when it happens, of one that is asked
	DecidedBy   *person.Brief // nil where nobody has decided, or the time did
	DecidedAt   *time.Time
	Decision    string // why it was refused or taken back

	Asked     []Asked // the proposers of the theme, of one that is asked
	Mine      string  // what the actor has said: "agree", "object" or nothing
	MayAnswer bool    // the actor is asked, or supports the theme
}

// Pending reports whether it is still to be decided.
func (m Merge) Pending() bool { return m.State == MergeSuggested || m.State == MergeAsked }

// Asked is a proposer, and what they have said.
type Asked struct {
	person.Brief
	Answer string // "agree", "object" or nothing
}

// mergeView is a merge with the names of what and whom it is about.
type mergeView struct {
	Row             mergeRow `gorm:"embedded"`
	ThemeTitle      string
	ThemeThread     int64
	IntoTitle       string
	IntoThread      int64
	SuggesterHandle string
	SuggesterName   string
	SuggesterAff    string
	SuggesterPic    string
	DeciderHandle   *string
	DeciderName     *string
	DeciderAff      *string
	DeciderPic      *string
	Mine            string
	Supports        bool
	Proposes        bool
}

func mergeViews(g *gorm.DB, who access.Actor) *gorm.DB {
	return g.Table("theme_merges AS m").Select(mergeColumns+`, h.title AS theme_title, h.thread_id AS theme_thread, i.title AS into_title, i.thread_id AS into_thread,
		a.handle AS suggester_handle, a.name AS suggester_name, a.affiliation AS suggester_aff, a.picture AS suggester_pic,
		b.handle AS decider_handle, b.name AS decider_name, b.affiliation AS decider_aff, b.picture AS decider_pic, COALESCE(n.answer, '') AS mine,
		EXISTS (SELECT 1 FROM theme_supports AS s WHERE s.theme_id = h.id AND s.person_id = ?) AS supports,
		h.proposer_id = ? OR EXISTS (SELECT 1 FROM theme_proposers AS c WHERE c.theme_id = h.id AND c.person_id = ? AND c.answer = 'accepted') AS proposes`,
		who.Person, who.Person, who.Person).
		Joins("JOIN themes AS h ON h.id = m.theme_id").Joins("JOIN themes AS i ON i.id = m.into_id").
		Joins("JOIN people AS a ON a.id = m.suggested_by").Joins("LEFT JOIN people AS b ON b.id = m.decided_by").
		Joins("LEFT JOIN theme_merge_answers AS n ON n.merge_id = m.id AND n.person_id = ?", who.Person)
}

func (v mergeView) merge() Merge {
	m := Merge{ID: v.Row.ID, Moves: v.Row.Kind == "move", ThreadID: v.ThemeThread, Theme: Ref{v.Row.ThemeID, v.ThemeTitle}, Into: Ref{v.Row.IntoID, v.IntoTitle},
		State: v.Row.State, Reason: v.Row.Reason, SuggestedAt: v.Row.SuggestedAt.Time, DecidedAt: instant(v.Row.DecidedAt), Decision: v.Row.Decision, Mine: v.Mine,
		SuggestedBy: person.Brief{ID: v.Row.SuggestedBy, Handle: v.SuggesterHandle, Name: v.SuggesterName, Affiliation: v.SuggesterAff, Picture: v.SuggesterPic}}
	if v.Row.State == MergeAsked {
		m.DueAt = instant(v.Row.DueAt)
	}
	if v.Row.DecidedBy != nil && v.DeciderHandle != nil {
		m.DecidedBy = &person.Brief{ID: *v.Row.DecidedBy, Handle: *v.DeciderHandle, Name: *v.DeciderName, Affiliation: *v.DeciderAff, Picture: *v.DeciderPic}
	}
	m.MayAnswer = v.Row.State == MergeAsked && (v.Supports || v.Proposes) || v.Row.State == MergeDone && v.Supports
	return m
}

// Merges lists what is suggested, asked and done about a theme, and what was, the
// oldest first: of itself, and of others into it as long as that is not over.
// Errors: as for Theme.
func (t *Themes) Merges(ctx context.Context, who access.Actor, id int64) ([]Merge, error) {
	if _, err := t.Theme(ctx, who, id); err != nil {
		return nil, err
	}
	return t.readable(ctx, who, mergeViews(t.db.Read(ctx), who).
		Where("m.theme_id = ? OR m.into_id = ? AND m.state IN ('suggested', 'asked', 'done')", id, id))
}

// Pending lists what is suggested and asked in a thread, the oldest first. Errors:
// NotFound.
func (t *Themes) Pending(ctx context.Context, who access.Actor, threadID int64) ([]Merge, error) {
	if _, err := t.forum.Thread(ctx, who, threadID); err != nil {
		return nil, err
	}
	return t.readable(ctx, who, mergeViews(t.db.Read(ctx), who).Where("h.thread_id = ? AND m.state IN ('suggested', 'asked')", threadID))
}

// Merging reads one merge, of a theme that the actor may read. Errors: NotFound.
func (t *Themes) Merging(ctx context.Context, who access.Actor, id int64) (Merge, error) {
	if _, err := t.merge(ctx, who, id); err != nil {
		return Merge{}, err
	}
	found, err := t.readable(ctx, who, mergeViews(t.db.Read(ctx), who).Where("m.id = ?", id))
	if err == nil && len(found) == 0 {
		err = errs.New(errs.NotFound, "error.not_found")
	}
	if err != nil {
		return Merge{}, err
	}
	return found[0], nil
}

// readable reads merges, without the titles of threads' themes that the actor may
// not read, and with whoever is asked.
func (t *Themes) readable(ctx context.Context, who access.Actor, query *gorm.DB) ([]Merge, error) {
	var rows []mergeView
	if err := query.Order("m.id").Limit(maxMerges).Find(&rows).Error; err != nil {
		return nil, store.Translate(fmt.Errorf("list merges: %w", err))
	}
	var threads, asked []int64
	for _, r := range rows {
		if r.Row.Kind == "move" {
			threads = append(threads, r.ThemeThread, r.IntoThread)
		}
		if r.Row.State == MergeAsked {
			asked = append(asked, r.Row.ID)
		}
	}
	open := map[int64]bool{}
	if len(threads) > 0 {
		var err error
		if open, err = t.forum.Readable(ctx, who, threads); err != nil {
			return nil, err
		}
	}
	answers, err := askedOf(t.db.Read(ctx), asked)
	if err != nil {
		return nil, store.Translate(err)
	}
	out := make([]Merge, len(rows))
	for i, r := range rows {
		out[i] = r.merge()
		out[i].Asked = answers[r.Row.ID]
		if r.Row.Kind != "move" {
			continue
		}
		if !open[r.ThemeThread] {
			out[i].Theme = Ref{}
		}
		if !open[r.IntoThread] {
			out[i].Into = Ref{}
		}
	}
	return out, nil
}

// askedOf are the proposers who are asked about merges.
func askedOf(g *gorm.DB, merges []int64) (map[int64][]Asked, error) {
	out := map[int64][]Asked{}
	if len(merges) == 0 {
		return out, nil
	}
	var rows []struct {
		MergeID int64
		Asked   `gorm:"embedded"`
	}
	err := g.Raw(`SELECT q.merge_id, a.id, a.handle, a.name, a.affiliation, a.picture, COALESCE(n.answer, '') AS answer FROM
			(SELECT m.id AS merge_id, h.proposer_id AS person_id FROM theme_merges AS m JOIN themes AS h ON h.id = m.theme_id WHERE m.id IN ?
			UNION SELECT m.id, c.person_id FROM theme_merges AS m JOIN theme_proposers AS c ON c.theme_id = m.theme_id AND c.answer = 'accepted' WHERE m.id IN ?) AS q
		JOIN people AS a ON a.id = q.person_id LEFT JOIN theme_merge_answers AS n ON n.merge_id = q.merge_id AND n.person_id = a.id
		ORDER BY q.merge_id, a.id`, merges, merges).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read who is asked about merges: %w", err)
	}
	for _, r := range rows {
		out[r.MergeID] = append(out[r.MergeID], r.Asked)
	}
	return out, nil
}
