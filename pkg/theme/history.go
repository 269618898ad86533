package theme

import (
	"context"
	"fmt"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/person"
	"plenary/pkg/store"
)

// Version is what a theme said from At on.
type Version struct {
	Number      int
	Title       string
	Description string // Markdown
	Editor      person.Brief
	At          time.Time
}

// History lists all versions of a theme, the first one first, the present one
// last. Each has the time from which it stood. Errors: as for Theme.
func (t *Themes) History(ctx context.Context, who access.Actor, id int64) ([]Version, error) {
	now, err := t.Theme(ctx, who, id)
	if err != nil {
		return nil, err
	}
	var rows []struct {
		Version            int
		Title, Description string
		At                 store.Time
		person.Brief
	}
	err = t.db.Read(ctx).Table("theme_versions AS v").
		Select("v.version, v.title, v.description, v.at, p.id, p.handle, p.name, p.affiliation, p.picture").
		Joins("JOIN people AS p ON p.id = v.editor_id").Where("v.theme_id = ?", id).Order("v.version").Find(&rows).Error
	if err != nil {
		return nil, store.Translate(fmt.Errorf("read versions of theme %d: %w", id, err))
	}
	// A kept version carries who replaced it, and when; each stands from when
	// the one before was replaced.
	out := make([]Version, 0, len(rows)+1)
	editor, at := now.Proposer, now.CreatedAt
	if now.PutBy != nil {
		editor = *now.PutBy
	}
	for _, r := range rows {
		out = append(out, Version{r.Version, r.Title, r.Description, editor, at})
		editor, at = r.Brief, r.At.Time
	}
	return append(out, Version{now.Version, now.Title, now.Description, editor, at}), nil
}
