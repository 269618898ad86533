package theme

import (
	"context"
	"fmt"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/person"
	"plenary/pkg/store"
)

// CallKind says what a Call is about.
type CallKind string

// The kinds.
const (
	CallToPropose   CallKind = "asked"    // somebody asks the actor to propose a theme, too
	CallToAnswer    CallKind = "question" // a question about a theme of the actor's waits
	CallOfCrediting CallKind = "credited" // a convenor has put a theme forward for the actor
)

// creditedFor is how long a theme is news to whoever it was put forward for.
const creditedFor = 14 * 24 * time.Hour

// Call is something about a theme that waits for the actor, or is news to them.
type Call struct {
	Kind    CallKind
	ThemeID int64
	Title   string
	Thread  string
	By      person.Brief
	At      time.Time
}

// Calls lists what waits for the actor in threads that they may read, the latest
// first: one statement.
func (t *Themes) Calls(ctx context.Context, who access.Actor, limit int) ([]Call, error) {
	if !who.SignedIn() {
		return nil, nil
	}
	may := access.VisibleThreads(who)
	args := []any{who.Person, who.Person, who.Person, who.Person, who.Person, store.At(t.now().Add(-creditedFor))}
	var rows []struct {
		Kind    CallKind
		ThemeID int64
		Title   string
		Thread  string
		At      store.Time
		person.Brief
	}
	query := t.db.Read(ctx).Table(`(SELECT 'asked' AS kind, x.theme_id, x.asked_by AS by_id, x.asked_at AS at FROM theme_proposers AS x WHERE x.person_id = ? AND x.answer = ''
		UNION ALL SELECT 'question', th.id, tc.author_id, tc.created_at FROM themes AS th JOIN theme_questions AS tq ON tq.theme_id = th.id
			JOIN comments AS tc ON tc.id = tq.comment_id AND tc.deleted_at IS NULL
			WHERE th.id IN (SELECT p.id FROM themes AS p WHERE p.proposer_id = ? UNION SELECT x.theme_id FROM theme_proposers AS x WHERE x.person_id = ? AND x.answer = 'accepted') AND `+waits+`
		UNION ALL SELECT 'credited', th.id, th.put_by, th.created_at FROM themes AS th WHERE th.proposer_id = ? AND th.credit = '' AND th.put_by <> ? AND th.created_at > ?) AS k`, args...).
		Select("k.kind, k.theme_id, k.at, h.title, t.title AS thread, b.id, b.handle, b.name, b.affiliation, b.picture").
		Joins("JOIN themes AS h ON h.id = k.theme_id").Joins("JOIN threads AS t ON t.id = h.thread_id").Joins("JOIN people AS b ON b.id = k.by_id").
		Where("h.state IN ?", []access.ThemeState{access.Proposed, access.Shortlisted, access.Scheduled}).Where(may.SQL, may.Args...)
	if err := query.Order("k.at DESC, k.theme_id").Limit(limit).Find(&rows).Error; err != nil {
		return nil, store.Translate(fmt.Errorf("look for what waits for person %d: %w", who.Person, err))
	}
	out := make([]Call, len(rows))
	for i, r := range rows {
		out[i] = Call{Kind: r.Kind, ThemeID: r.ThemeID, Title: r.Title, Thread: r.Thread, By: r.Brief, At: r.At.Time}
	}
	return out, nil
}
