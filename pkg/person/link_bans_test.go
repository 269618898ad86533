package person_test

import (
	"testing"

	"plenary/pkg/access"
)

func TestABanUnderOneNameHoldsUnderTheOther(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ana, ghost := h.add("ana"), h.imported("a", "Ghost")
		who := map[string]any{"from": ghost.ID, "to": ana.ID, "one": 1}
		for _, statement := range []string{
			"INSERT INTO groups (id, handle, name, visibility, created_at) VALUES (1, 'g1', 'G', 'public', @one), (2, 'g2', 'G', 'public', 1), (3, 'g3', 'G', 'public', 1), (4, 'g4', 'G', 'public', 1)",
			"UPDATE groups SET parent_id = id - @one WHERE id IN (2, 3)",
			"UPDATE groups SET parent_id = @one WHERE id = 4",
			"INSERT INTO memberships (group_id, person_id, role, created_at, inherited) VALUES (1, @to, 'member', 1, FALSE), (2, @to, 'member', 1, TRUE), (3, @to, 'member', 1, TRUE), (4, @to, 'member', 1, FALSE)",
			"INSERT INTO bans (group_id, person_id, reason, created_at) VALUES (1, @from, 'r', 1)",
			"INSERT INTO threads (id, group_id, author_id, title, visibility, created_at, last_activity_at) VALUES (1, 1, @to, 'T', 'members', 1, 1), (2, 4, @to, 'T', 'members', 1, 1)",
			"INSERT INTO thread_guests (thread_id, person_id, created_at) VALUES (1, @to, 1), (2, @to, 1)",
		} {
			h.exec(statement, who)
		}
		if err := h.Link(h.ctx, access.System(), ghost.ID, ana.ID); err != nil {
			t.Fatal(err)
		}
		if n := h.number("SELECT COALESCE(SUM(group_id), 0) FROM memberships WHERE person_id = ?", ana.ID); n != 4 {
			t.Errorf("the memberships that are left add up to %d; want the one in group 4", n)
		}
		if n := h.number("SELECT COALESCE(SUM(thread_id), 0) FROM thread_guests WHERE person_id = ?", ana.ID); n != 2 {
			t.Errorf("the guest's threads add up to %d; want thread 2", n)
		}
	})
}
