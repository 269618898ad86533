package group_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/group"
	"plenary/pkg/page"
)

// below makes a group of ana's below another one.
func (h *hall) below(parent, handle string, v access.Visibility) group.Group {
	h.t.Helper()
	made, err := h.Create(h.ctx, h.who["ana"], group.NewGroup{Name: "The " + handle, Handle: handle, Visibility: v, Parent: parent})
	h.must(err)
	return made
}

func (h *hall) moved(who, handle, parent string) error {
	_, err := h.Edit(h.ctx, h.who[who], handle, group.GroupEdit{Parent: &parent})
	return err
}

// seen changes who may see a group.
func (h *hall) seen(who, handle string, v access.Visibility) error {
	_, err := h.Edit(h.ctx, h.who[who], handle, group.GroupEdit{Visibility: &v})
	return err
}

func TestAdminsMakeGroupsBelowTheirs(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		made, err := h.Create(h.ctx, h.who["ana"], group.NewGroup{Name: "Tools", Parent: "board"})
		h.must(err)
		board, err := h.ByHandle(h.ctx, h.who["ana"], "board")
		h.must(err)
		if made.ParentID != board.ID || made.Visibility != access.Closed || made.Joining != access.JoinInvitation || made.Role != access.Admin {
			t.Errorf("%+v", made)
		}
		for name, code := range map[string]string{"mo": "access.needs_admin", "ben": "access.needs_admin", "dee": "access.members_only"} {
			_, err := h.Create(h.ctx, h.who[name], group.NewGroup{Name: "Tools", Parent: "board"})
			want(t, err, errs.Forbidden, code)
		}
		_, err = h.Create(h.ctx, access.Visitor(), group.NewGroup{Name: "Tools", Parent: "board"})
		want(t, err, errs.Unauthenticated, "access.sign_in")
		for _, parent := range []string{"circle", "nothing", "a b"} {
			_, err := h.Create(h.ctx, h.who["dee"], group.NewGroup{Name: "Tools", Parent: parent})
			wantField(t, err, "parent", "group.parent_unknown")
		}
	})
}

func TestASubgroupIsNeverSeenByMorePeopleThanItsParent(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		_, err := h.Create(h.ctx, h.who["ana"], group.NewGroup{Name: "X", Parent: "board", Visibility: access.Public})
		wantField(t, err, "visibility", "group.more_open_than_parent")
		_, err = h.Create(h.ctx, h.who["ana"], group.NewGroup{Name: "X", Parent: "circle", Visibility: access.Closed})
		wantField(t, err, "visibility", "group.more_open_than_parent")
		h.below("board", "tools", access.Closed)
		h.below("board", "keys", access.Secret)
		wantField(t, h.seen("ana", "tools", access.Public), "visibility", "group.more_open_than_parent")
		wantField(t, h.seen("ana", "board", access.Secret), "visibility", "group.subgroups_in_the_way")
		wantField(t, h.moved("ana", "tools", "circle"), "parent", "group.more_open_than_parent")
		h.must(h.seen("ana", "tools", access.Secret))
		h.must(h.seen("ana", "board", access.Secret))
		h.must(h.moved("ana", "tools", "circle"))
		h.must(h.moved("ana", "tools", ""))
		h.must(h.seen("ana", "tools", access.Public))
	})
}

func TestGroupsGoFiveLevelsDeep(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		at := "garden"
		for i := range 4 {
			at = h.below(at, fmt.Sprintf("level-%d", i+2), access.Public).Handle
		}
		_, err := h.Create(h.ctx, h.who["ana"], group.NewGroup{Name: "X", Parent: at})
		wantField(t, err, "parent", "group.too_deep")
		h.below("board", "tools", access.Closed)
		wantField(t, h.moved("ana", "board", "level-4"), "parent", "group.too_deep")
		h.must(h.moved("ana", "tools", "level-4"))
	})
}

func TestAGroupIsNeverAboveItself(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		h.below("garden", "beds", access.Public)
		h.below("beds", "roses", access.Public)
		wantField(t, h.moved("ana", "garden", "garden"), "parent", "group.own_parent")
		wantField(t, h.moved("ana", "garden", "beds"), "parent", "group.below_itself")
		wantField(t, h.moved("ana", "garden", "roses"), "parent", "group.below_itself")
		want(t, h.moved("mo", "garden", "board"), errs.Forbidden, "access.needs_admin")
		h.must(second(h.SetRole(h.ctx, h.who["ana"], "board", "ben", access.Admin)))
		wantField(t, h.moved("ben", "board", "garden"), "parent", "group.parent_needs_admin")
		wantField(t, h.moved("ana", "garden", "nothing"), "parent", "group.parent_unknown")
		h.must(h.moved("ana", "roses", "garden"))
	})
}

func TestTwoMovesAtOnceMakeNoCircle(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		for i := range 10 {
			a, b := fmt.Sprintf("a-%d", i), fmt.Sprintf("b-%d", i)
			for _, top := range []string{a, b} {
				h.must(second(h.Create(h.ctx, h.who["ana"], group.NewGroup{Name: top, Handle: top})))
				h.below(top, top+"-sub", access.Public)
			}
			errors := make([]error, 2)
			var both sync.WaitGroup
			both.Go(func() { errors[0] = h.moved("ana", a, b+"-sub") })
			both.Go(func() { errors[1] = h.moved("ana", b, a+"-sub") })
			both.Wait()
			if (errors[0] == nil) == (errors[1] == nil) {
				t.Errorf("round %d: %v and %v", i, errors[0], errors[1])
			}
			for _, err := range errors {
				if err != nil && !errs.Is(err, errs.Invalid) && errs.CodeOf(err) != "group.moved_meanwhile" {
					t.Errorf("round %d: %v", i, err)
				}
			}
		}
	})
}

func TestAParentAndItsSubgroupChangedAtOnceStayWithinTheLimits(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		for i := range 6 {
			top := fmt.Sprintf("top-%d", i)
			h.must(second(h.Create(h.ctx, h.who["ana"], group.NewGroup{Name: top, Handle: top})))
			var both sync.WaitGroup
			both.Go(func() { _ = h.seen("ana", top, access.Closed) })
			both.Go(func() {
				_, _ = h.Create(h.ctx, h.who["ana"], group.NewGroup{Name: "X", Handle: top + "-sub", Parent: top, Visibility: access.Public})
			})
			both.Wait()
		}
		var wrong int
		h.must(h.db.Read(h.ctx).Raw(`SELECT COUNT(*) FROM groups AS g JOIN groups AS p ON p.id = g.parent_id
			WHERE g.visibility = 'public' AND p.visibility <> 'public'`).Row().Scan(&wrong))
		if wrong != 0 {
			t.Errorf("%d subgroups are public in a closed group", wrong)
		}
	})
}

func TestWhatIsAboveAndBelowIsToldToWhoMayKnowOfIt(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		h.below("garden", "beds", access.Public)
		h.below("garden", "keys", access.Secret)
		vault := h.below("keys", "vault", access.Secret)
		h.add("vault", "dee", access.Member)
		for name, wanted := range map[string]string{"": "beds", "dee": "beds", "ana": "beds keys"} {
			garden, err := h.ByHandle(h.ctx, h.who[name], "garden")
			h.must(err)
			kin, err := h.Kin(h.ctx, h.who[name], []group.Group{garden})
			h.must(err)
			var got []string
			for _, sub := range kin.Subgroups[garden.ID] {
				got = append(got, sub.Handle)
			}
			if strings.Join(got, " ") != wanted {
				t.Errorf("%q sees %v below; want %s", name, got, wanted)
			}
		}
		for name, wanted := range map[string][]string{"ana": {"garden", "keys"}, "dee": nil} {
			vault, err := h.ByID(h.ctx, h.who[name], vault.ID)
			h.must(err)
			line, err := h.Line(h.ctx, h.who[name], vault)
			h.must(err)
			var got []string
			for _, one := range line {
				got = append(got, one.Handle)
			}
			kin, err := h.Kin(h.ctx, h.who[name], []group.Group{vault})
			h.must(err)
			if _, known := kin.Parents[vault.ID]; !slices.Equal(got, wanted) || known != (name == "ana") {
				t.Errorf("%q sees %v above; want %v", name, got, wanted)
			}
		}
		places, err := h.Places(h.ctx, h.who["ana"], vault)
		if err != nil || len(places) != 5 {
			t.Errorf("places %v, %v", places, err)
		}
		if list, err := h.List(h.ctx, h.who["dee"], page.Page{}); err != nil || list.Items[0].ID != vault.ID {
			t.Errorf("%v, %v", list, err)
		}
	})
}
