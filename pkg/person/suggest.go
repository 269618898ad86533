package person

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"plenary/pkg/access"
	"plenary/pkg/store"
)

// suggestedMost is how many people a suggestion may hold.
const suggestedMost = 20

// Suggest finds whom a member of the group may mean by the beginning of a handle
// or of a name: members of the group first, then who else has written in the
// thread. 0 as thread leaves those out. Who may not see the members gets the
// refusal of access.ReadMembers.
func (p *People) Suggest(ctx context.Context, who access.Actor, threadID, groupID int64, prefix string, limit int) ([]Brief, error) {
	if err := p.checkMember(ctx, who, groupID); err != nil {
		return nil, err
	}
	prefix = strings.ToLower(strings.TrimPrefix(strings.TrimSpace(prefix), "@"))
	if !storable(prefix) {
		return nil, nil
	}
	start := store.Literal(prefix) + "%"
	const shown = "EXISTS (SELECT 1 FROM thread_groups AS x WHERE x.thread_id = t.id AND x.group_id = ?)"
	var out []Brief
	err := p.db.Read(ctx).Raw(`SELECT p.id, p.handle, p.name, p.affiliation, p.picture
		FROM people AS p LEFT JOIN memberships AS m ON m.group_id = ? AND m.person_id = p.id
		WHERE p.linked_to IS NULL AND p.erased_at IS NULL AND p.id <> ?
		AND (p.handle LIKE ? ESCAPE '!' OR lower(p.name) LIKE ? ESCAPE '!' OR lower(p.name) LIKE ? ESCAPE '!')
		AND (m.person_id IS NOT NULL
			OR EXISTS (SELECT 1 FROM threads AS t WHERE t.id = ? AND `+shown+` AND t.author_id = p.id)
			OR EXISTS (SELECT 1 FROM comments AS c JOIN threads AS t ON t.id = c.thread_id
				WHERE c.author_id = p.id AND c.thread_id = ? AND c.deleted_at IS NULL AND `+shown+`))
		ORDER BY CASE WHEN m.person_id IS NULL THEN 1 ELSE 0 END, p.handle LIMIT ?`,
		groupID, who.Person, start, start, "% "+start, threadID, groupID, threadID, groupID, min(max(limit, 1), suggestedMost)).Scan(&out).Error
	if err != nil {
		return nil, store.Translate(fmt.Errorf("suggest people: %w", err))
	}
	return out, nil
}

func (p *People) checkMember(ctx context.Context, who access.Actor, groupID int64) error {
	var f access.Facts
	err := p.db.Read(ctx).Raw(`SELECT g.visibility, `+access.RoleColumn+` FROM groups AS g
		LEFT JOIN memberships AS m ON m.group_id = g.id AND m.person_id = ? WHERE g.id = ?`, who.Provider, who.Person, groupID).Row().Scan(&f.Group, &f.Role)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return store.Translate(fmt.Errorf("read group %d: %w", groupID, err))
	}
	return access.Check(who, access.ReadMembers, f)
}
