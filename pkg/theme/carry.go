package theme

import (
	"fmt"

	"plenary/pkg/access"
	"plenary/pkg/store"
)

// The support that a theme has is what people gave it, and what comes along with
// the themes that have been merged into it: everybody who supports one of those,
// and does not object to its merge, counts once. What comes along is never counted
// on from before but worked out anew from what people gave and said, so that
// merges can be made and undone in any order.

// carryTo is who supports a theme because of a merge, and of which: the earliest.
// A move brings only those who can read where the theme goes on.
var carryTo = `INSERT INTO theme_supports (theme_id, person_id, created_at, via_merge)
	SELECT @id, s.person_id, MIN(s.created_at), MIN(m.id) FROM theme_merges AS m JOIN theme_supports AS s ON s.theme_id = m.theme_id
	WHERE m.into_id = @id AND m.state = 'done'
	AND NOT EXISTS (SELECT 1 FROM theme_merge_answers AS n WHERE n.merge_id = m.id AND n.person_id = s.person_id AND n.answer = 'object')
	AND NOT EXISTS (SELECT 1 FROM theme_supports AS o WHERE o.theme_id = @id AND o.person_id = s.person_id)
	AND (m.kind = 'merge' OR EXISTS (SELECT 1 FROM themes AS h JOIN threads AS t ON t.id = h.thread_id
		WHERE h.id = @id AND ` + access.VisibleThreadsAs("s.person_id") + `))
	GROUP BY s.person_id`

// mostMerged bounds a chain of merges, each into the next.
const mostMerged = 1000

// carry brings the support of a theme up to date with the merges into it, and that
// of what it has been merged into itself. The caller holds the locks of their
// threads.
func carry(tx *store.Tx, id int64) error {
	for range mostMerged {
		args := map[string]any{"id": id}
		for _, statement := range []string{
			"DELETE FROM theme_supports WHERE theme_id = @id AND via_merge IS NOT NULL",
			carryTo,
			"UPDATE themes SET support_count = (SELECT COUNT(*) FROM theme_supports AS s WHERE s.theme_id = @id) WHERE id = @id",
		} {
			if err := tx.Exec(statement, args).Error; err != nil {
				return fmt.Errorf("bring the support of theme %d up to date: %w", id, err)
			}
		}
		var next []int64
		if err := tx.Table("themes").Where("id = ? AND merged_into IS NOT NULL", id).Pluck("merged_into", &next).Error; err != nil {
			return fmt.Errorf("see what theme %d is merged into: %w", id, err)
		}
		if len(next) == 0 {
			return nil
		}
		id = next[0]
	}
	return fmt.Errorf("theme %d is merged in a circle", id)
}

// linked is a theme that another has been merged into, directly or not.
type linked struct {
	ID       int64
	ThreadID int64
}

// upwards are the themes that a theme has been merged into, the nearest first.
func upwards(tx *store.Tx, id int64) ([]linked, error) {
	var out []linked
	err := tx.Raw(`WITH RECURSIVE up (id, thread_id, next, far) AS (
			SELECT h.id, h.thread_id, h.merged_into, 0 FROM themes AS h WHERE h.id = ?
			UNION ALL SELECT h.id, h.thread_id, h.merged_into, u.far + 1 FROM up AS u JOIN themes AS h ON h.id = u.next WHERE u.far < ?)
		SELECT id, thread_id FROM up WHERE far > 0 ORDER BY far`, id, mostMerged).Scan(&out).Error
	if err != nil {
		return nil, fmt.Errorf("see what theme %d is merged into: %w", id, err)
	}
	return out, nil
}

// unsupportCarried has somebody who takes support back that came with merges
// object to those: the themes that were merged keep it.
func unsupportCarried(tx *store.Tx, id, person int64, now store.Time) error {
	err := tx.Exec(`INSERT INTO theme_merge_answers (merge_id, person_id, answer, at)
		SELECT m.id, s.person_id, 'object', CAST(? AS BIGINT) FROM theme_merges AS m JOIN theme_supports AS s ON s.theme_id = m.theme_id AND s.person_id = ?
		WHERE m.into_id = ? AND m.state = 'done'
		ON CONFLICT (merge_id, person_id) DO UPDATE SET answer = 'object', at = excluded.at`, now, person, id).Error
	if err != nil {
		return fmt.Errorf("take back the support that came to theme %d: %w", id, err)
	}
	return nil
}

// makeOwn makes support that came along with a merge the actor's own.
func makeOwn(tx *store.Tx, who access.Actor, id int64) error {
	err := tx.Exec("UPDATE theme_supports SET via_merge = NULL WHERE theme_id = ? AND person_id = ? AND via_merge IS NOT NULL", id, who.Person).Error
	if err != nil {
		return fmt.Errorf("keep support of theme %d: %w", id, err)
	}
	return nil
}
