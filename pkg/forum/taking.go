package forum

import (
	"fmt"
	"slices"

	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/person"
)

// TakingPart finds those of the handles, present or former, whose people take
// part in the thread: members of one of its groups, and its guests. The others
// are left out.
func (f *Forum) TakingPart(g *gorm.DB, threadID int64, handles []string) (map[string]person.Brief, error) {
	ids, err := f.people.Named(g, handles)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	wanted := make([]int64, 0, len(ids))
	for _, id := range ids {
		wanted = append(wanted, id)
	}
	slices.Sort(wanted)
	var found []person.Brief
	err = g.Table("people AS a").Select("a.id, a.handle, a.name, a.affiliation, a.picture").Joins("JOIN threads AS t ON t.id = ?", threadID).
		Where("a.id IN ? AND a.erased_at IS NULL", wanted).Where(access.TakesPartAs("a.id")).Find(&found).Error
	if err != nil {
		return nil, fmt.Errorf("find who takes part in thread %d: %w", threadID, err)
	}
	byID := make(map[int64]person.Brief, len(found))
	for _, b := range found {
		byID[b.ID] = b
	}
	out := make(map[string]person.Brief, len(found))
	for handle, id := range ids {
		if b, ok := byID[id]; ok {
			out[handle] = b
		}
	}
	return out, nil
}
