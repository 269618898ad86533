package group_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/group"
)

// renamed gives a group another handle.
func (h *hall) renamed(who, from, to string) error {
	_, err := h.Edit(h.ctx, h.who[who], from, group.GroupEdit{Handle: &to})
	return err
}

func TestAnOldHandleLeadsOnToWhoMayKnowOfTheGroup(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		h.must(h.renamed("ana", "garden", "Orchard"))
		h.must(h.renamed("ana", "circle", "ring"))
		for old, to := range map[string]string{"garden": "orchard", "GARDEN": "orchard"} {
			if got, err := h.Moved(h.ctx, access.Visitor(), old); err != nil || got != to {
				t.Errorf("%s leads to %q, %v", old, got, err)
			}
		}
		if got, err := h.Moved(h.ctx, h.who["ben"], "circle"); err != nil || got != "ring" {
			t.Errorf("a member of the secret group: %q, %v", got, err)
		}
		for _, old := range []string{"circle", "orchard", "nothing", "a b", "аna", ""} {
			_, err := h.Moved(h.ctx, h.who["dee"], old)
			want(t, err, errs.NotFound, "error.not_found")
		}
		_, err := h.ByHandle(h.ctx, h.who["ana"], "garden")
		want(t, err, errs.NotFound, "error.not_found")
	})
}

func TestHandlesThatAGroupCannotHave(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		h.must(h.renamed("ana", "garden", "orchard"))
		for handle, code := range map[string]string{
			"board": "field.taken", "BOARD": "field.taken", "circle": "field.taken", "new": "field.reserved", "everyone": "field.reserved",
			"bоard": "field.handle" /* a Cyrillic o */, "bo\u202eard": "field.handle", "-x": "field.handle", "x": "field.handle", "": "field.handle",
			strings.Repeat("x", 41): "field.handle",
		} {
			wantField(t, h.renamed("ana", "orchard", handle), "handle", code)
		}
		wantField(t, h.renamed("ana", "board", "garden"), "handle", "field.taken")
		_, err := h.Create(h.ctx, h.who["dee"], group.NewGroup{Name: "X", Handle: "garden"})
		wantField(t, err, "handle", "field.taken")
		made, err := h.Create(h.ctx, h.who["dee"], group.NewGroup{Name: "Garden"})
		if err != nil || made.Handle != "garden-2" {
			t.Errorf("the name of an old handle: %q, %v", made.Handle, err)
		}
		made, err = h.Create(h.ctx, h.who["dee"], group.NewGroup{Name: "Everyone"})
		if err != nil || made.Handle != "group" {
			t.Errorf("a reserved name: %q, %v", made.Handle, err)
		}
	})
}

func TestAGroupIsRenamedAtMostThreeTimesAMonthAndCanAlwaysGoBack(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		at := "garden"
		for i := range 3 {
			next := fmt.Sprintf("garden-%d", i)
			h.must(h.renamed("ana", at, next))
			at = next
		}
		wantField(t, h.renamed("ana", at, "garden-9"), "handle", "group.handle_changes")
		h.must(h.renamed("ana", at, "garden"))
		h.pass(31 * 24 * time.Hour)
		h.must(h.renamed("ana", "garden", "garden-9"))
		if got, err := h.Moved(h.ctx, access.Visitor(), "garden-1"); err != nil || got != "garden-9" {
			t.Errorf("the one in the middle leads to %q, %v", got, err)
		}
	})
}

func TestTwoGroupsNeverHaveOneHandle(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		for i := range 8 {
			handle, free := fmt.Sprintf("place-%d", i), fmt.Sprintf("other-%d", i)
			h.must(second(h.Create(h.ctx, h.who["ana"], group.NewGroup{Name: "X", Handle: handle})))
			var both sync.WaitGroup
			both.Go(func() { _ = h.renamed("ana", handle, free) })
			both.Go(func() { _, _ = h.Create(h.ctx, h.who["dee"], group.NewGroup{Name: "Y", Handle: handle}) })
			both.Go(func() { _ = h.renamed("ana", []string{"garden", "board", "circle"}[i%3], free) })
			both.Wait()
		}
		var doubled int
		h.must(h.db.Read(h.ctx).Raw(`SELECT COUNT(*) FROM groups AS g JOIN old_handles AS o ON o.handle = g.handle AND o.kind = 'group'
			AND o.target_id <> g.id`).Row().Scan(&doubled))
		if doubled != 0 {
			t.Errorf("%d handles are had by one group and lead to another", doubled)
		}
	})
}
