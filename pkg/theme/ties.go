package theme

import (
	"fmt"

	"gorm.io/gorm"

	"plenary/pkg/person"
)

// playing are the states, in SQL, in which a theme has a part to play.
const playing = "('proposed', 'shortlisted', 'scheduled')"

// putTies fills in what a theme stands under and what it has become.
func (r row) putTies(t *Theme) {
	if r.UnderID != nil {
		t.Under = Ref{*r.UnderID, *r.UnderTitle}
	}
	if r.SplitFrom != nil {
		t.SplitFrom = *r.SplitFrom
	}
	switch {
	case r.MergedInto == nil:
	case *r.MergedThread == r.ThreadID:
		t.MergedInto = Ref{*r.MergedInto, *r.MergedTitle}
	default:
		t.MovedTo = *r.MergedInto
	}
}

// tiesOf are the parts of themes, and the proposers of what was merged into them,
// however many times over.
func tiesOf(g *gorm.DB, themes []int64) (parts map[int64][]Ref, credits map[int64][]person.Brief, err error) {
	parts, credits = map[int64][]Ref{}, map[int64][]person.Brief{}
	if len(themes) == 0 {
		return parts, credits, nil
	}
	var below []struct {
		UnderID int64
		Ref     `gorm:"embedded"`
	}
	err = g.Table("themes").Select("under_id, id, title").Where("under_id IN ? AND state IN "+playing, themes).Order("under_id, id").Find(&below).Error
	if err != nil {
		return nil, nil, fmt.Errorf("read the parts of themes: %w", err)
	}
	for _, b := range below {
		parts[b.UnderID] = append(parts[b.UnderID], b.Ref)
	}
	var credited []struct {
		Root         int64
		person.Brief `gorm:"embedded"`
	}
	err = g.Raw(`WITH RECURSIVE within (root, id) AS (
			SELECT h.merged_into, h.id FROM themes AS h WHERE h.merged_into IN ?
			UNION SELECT w.root, h.id FROM within AS w JOIN themes AS h ON h.merged_into = w.id),
		proposed (root, person_id, credit, first) AS (
			SELECT w.root, CASE WHEN h.credit = '' THEN h.proposer_id ELSE 0 END, h.credit, w.id FROM within AS w JOIN themes AS h ON h.id = w.id
			UNION ALL SELECT w.root, c.person_id, '', w.id FROM within AS w JOIN theme_proposers AS c ON c.theme_id = w.id AND c.answer = 'accepted')
		SELECT c.root, COALESCE(a.id, 0) AS id, COALESCE(a.handle, '') AS handle, COALESCE(a.name, c.credit) AS name,
			COALESCE(a.affiliation, '') AS affiliation, COALESCE(a.picture, '') AS picture
		FROM proposed AS c JOIN themes AS r ON r.id = c.root LEFT JOIN people AS a ON a.id = c.person_id
		WHERE CASE WHEN c.credit <> '' THEN c.credit <> r.credit ELSE (c.person_id <> r.proposer_id OR r.credit <> '')
			AND NOT EXISTS (SELECT 1 FROM theme_proposers AS o WHERE o.theme_id = c.root AND o.person_id = c.person_id AND o.answer = 'accepted') END
		GROUP BY c.root, c.credit, a.id, a.handle, a.name, a.affiliation, a.picture ORDER BY c.root, MIN(c.first), a.id`, themes).Scan(&credited).Error
	if err != nil {
		return nil, nil, fmt.Errorf("read whose themes were merged: %w", err)
	}
	for _, c := range credited {
		credits[c.Root] = append(credits[c.Root], c.Brief)
	}
	return parts, credits, nil
}
