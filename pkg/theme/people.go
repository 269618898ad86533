package theme

import (
	"fmt"

	"plenary/pkg/store"
)

// JoinPeople makes one supporter and one proposer of two people who were one all
// along. Where both answered a merge, what the account that stays said holds; and
// whoever of the two supported a theme by themselves does so for both.
func (t *Themes) JoinPeople(tx *store.Tx, from, to int64) error {
	args := map[string]any{"from": from, "to": to}
	var touched []int64
	err := tx.Raw(`SELECT DISTINCT m.into_id FROM theme_merges AS m WHERE m.state = 'done' AND m.theme_id IN
		(SELECT s.theme_id FROM theme_supports AS s WHERE s.person_id IN (@from, @to)) ORDER BY m.into_id`, args).Scan(&touched).Error
	if err != nil {
		return fmt.Errorf("find the merged themes that person %d supports: %w", from, err)
	}
	for _, statement := range []string{
		"DELETE FROM theme_merge_answers WHERE person_id = @from AND merge_id IN (SELECT n.merge_id FROM theme_merge_answers AS n WHERE n.person_id = @to)",
		"UPDATE theme_merge_answers SET person_id = @to WHERE person_id = @from",
		`DELETE FROM theme_proposers WHERE person_id IN (@from, @to) AND theme_id IN (SELECT h.id FROM themes AS h WHERE h.proposer_id IN (@from, @to))`,
		`UPDATE theme_proposers SET answer = 'accepted' WHERE person_id = @to AND theme_id IN
			(SELECT c.theme_id FROM theme_proposers AS c WHERE c.person_id = @from AND c.answer = 'accepted')`,
		"DELETE FROM theme_proposers WHERE person_id = @from AND theme_id IN (SELECT c.theme_id FROM theme_proposers AS c WHERE c.person_id = @to)",
		"UPDATE theme_proposers SET person_id = @to WHERE person_id = @from",
	} {
		if err := tx.Exec(statement, args).Error; err != nil {
			return fmt.Errorf("make one proposer of %d and %d: %w", from, to, err)
		}
	}
	for _, id := range touched {
		if err := carry(tx, id); err != nil {
			return err
		}
	}
	return nil
}
