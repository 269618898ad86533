package group_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/group"
	"plenary/pkg/page"
)

func TestWhoMakesAGroupIsItsAdmin(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		made, err := h.Create(h.ctx, h.who["dee"], group.NewGroup{Name: " Mill & River ", Description: "What we do.\r\n"})
		h.must(err)
		wanted := group.Group{ID: made.ID, Handle: "mill-river", Name: "Mill & River", Description: "What we do.", Visibility: access.Public,
			MemberCount: 1, CreatedAt: h.now(), LastSeq: 1, Role: access.Admin,
			Joining: access.JoinOpenly, OnErasure: group.Keep, MergeHours: 72}
		if made != wanted {
			t.Errorf("%+v; want %+v", made, wanted)
		}
		if read, err := h.ByID(h.ctx, h.who["dee"], made.ID); err != nil || read != wanted {
			t.Errorf("by id: %+v, %v", read, err)
		}
		wanted.Role = access.NoRole
		if read, err := h.ByHandle(h.ctx, access.Visitor(), "Mill-River"); err != nil || read != wanted {
			t.Errorf("a visitor: %+v, %v", read, err)
		}
		again, err := h.Create(h.ctx, h.who["dee"], group.NewGroup{Name: "Mill River"})
		if err != nil || again.Handle != "mill-river-2" {
			t.Errorf("the same name again: %q, %v", again.Handle, err)
		}
		empty, err := h.Create(h.ctx, access.System(), group.NewGroup{Name: "李", Visibility: access.Secret})
		if err != nil || empty.MemberCount != 0 || empty.Handle != "group" {
			t.Errorf("by the forum itself: %+v, %v", empty, err)
		}
	})
}

func TestGroupsThatCannotBeMade(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		_, err := h.Create(h.ctx, access.Visitor(), group.NewGroup{Name: "X"})
		want(t, err, errs.Unauthenticated, "access.sign_in")
		for _, c := range []struct {
			in          group.NewGroup
			field, code string
		}{
			{group.NewGroup{}, "name", "field.required"},
			{group.NewGroup{Name: strings.Repeat("x", 101)}, "name", "field.too_long"},
			{group.NewGroup{Name: "X", Handle: "a b"}, "handle", "field.handle"},
			{group.NewGroup{Name: "X", Handle: "new"}, "handle", "field.reserved"},
			{group.NewGroup{Name: "X", Handle: "GARDEN"}, "handle", "field.taken"},
			{group.NewGroup{Name: "X", Handle: "circle"}, "handle", "field.taken"},
			{group.NewGroup{Name: "X", Description: strings.Repeat("x", 4001)}, "description", "field.too_many_bytes"},
			{group.NewGroup{Name: "X", Visibility: access.MembersOnly}, "visibility", "field.choose"},
		} {
			_, err := h.Create(h.ctx, h.who["dee"], c.in)
			wantField(t, err, c.field, c.code)
		}
	})
}

func TestASecretGroupIsNotThereForOthers(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		circle, err := h.ByHandle(h.ctx, h.who["ben"], "circle")
		h.must(err)
		for _, name := range []string{"", "dee", "adm"} {
			who := h.who[name]
			for action, err := range map[string]error{
				"read":        second(h.ByHandle(h.ctx, who, "circle")),
				"read by id":  second(h.ByID(h.ctx, who, circle.ID)),
				"edit":        second(h.Edit(h.ctx, who, "circle", group.GroupEdit{Name: new("Mine")})),
				"join":        h.Join(h.ctx, who, "circle"),
				"leave":       h.Leave(h.ctx, who, "circle"),
				"members":     second(h.Members(h.ctx, who, "circle", page.Page{})),
				"add":         second(h.AddMember(h.ctx, who, "circle", "dee", access.Admin)),
				"set role":    second(h.SetRole(h.ctx, who, "circle", "ben", access.Admin)),
				"remove":      h.RemoveMember(h.ctx, who, "circle", "ben"),
				"invitations": second(h.Invitations(h.ctx, who, "circle")),
			} {
				if err == nil {
					t.Errorf("%q may %s", name, action)
				}
				want(t, err, errs.NotFound, "error.not_found")
			}
			_, _, err := h.Invite(h.ctx, who, "circle", group.NewInvitation{})
			want(t, err, errs.NotFound, "error.not_found")
		}
	})
}

// second is the error of a call that returns something else too.
func second[T any](_ T, err error) error { return err }

func TestGroupsAreListedToWhoMayKnowOfThemOwnFirst(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		for _, name := range []string{"Zebra", "apple"} {
			_, err := h.Create(h.ctx, h.who["dee"], group.NewGroup{Name: name})
			h.must(err)
		}
		for name, wanted := range map[string][]string{
			"":    {"garden", "board", "zebra", "apple"},
			"adm": {"garden", "board", "zebra", "apple"},
			"dee": {"zebra", "apple", "garden", "board"},
			"ben": {"garden", "board", "circle", "zebra", "apple"},
		} {
			for limit := 1; limit <= 6; limit += 5 {
				if got := h.listed(h.who[name], limit); !slices.Equal(got, wanted) {
					t.Errorf("%q sees %v; want %v", name, got, wanted)
				}
			}
		}
		if got := h.listed(access.System(), 2); len(got) != 5 {
			t.Errorf("the forum itself sees %v", got)
		}
		_, err := h.List(h.ctx, access.Visitor(), page.Page{Cursor: page.Encode(1)})
		wantField(t, err, "cursor", "field.cursor")
	})
}

func (h *hall) listed(who access.Actor, limit int) (handles []string) {
	h.t.Helper()
	for at := (page.Page{Limit: limit}); ; {
		list, err := h.List(h.ctx, who, at)
		h.must(err)
		for _, g := range list.Items {
			handles = append(handles, g.Handle)
		}
		if list.Next == "" {
			return handles
		}
		at.Cursor = list.Next
	}
}

func TestOnesOwnGroupsAreListedByName(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		for name, wanted := range map[string][]string{"": nil, "dee": nil, "ben": {"board", "circle", "garden"}} {
			mine, err := h.Mine(h.ctx, h.who[name])
			var got []string
			for _, g := range mine {
				got = append(got, g.Handle)
			}
			if err != nil || !slices.Equal(got, wanted) {
				t.Errorf("%q: %v, %v; want %v", name, got, err, wanted)
			}
		}
	})
}

func TestAdminsEditTheirGroup(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		for name, code := range map[string]string{"dee": "access.members_only", "ben": "access.needs_admin", "mo": "access.needs_admin", "adm": "access.members_only"} {
			_, err := h.Edit(h.ctx, h.who[name], "garden", group.GroupEdit{Name: new("Mine")})
			want(t, err, errs.Forbidden, code)
		}
		_, err := h.Edit(h.ctx, h.who["ana"], "garden", group.GroupEdit{Name: new(""), Visibility: new(access.Visibility("hidden"))})
		wantField(t, err, "name", "field.required")
		wantField(t, err, "visibility", "field.choose")
		before, err := h.ByHandle(h.ctx, h.who["ana"], "garden")
		h.must(err)
		same, err := h.Edit(h.ctx, h.who["ana"], "garden", group.GroupEdit{})
		if err != nil || same != before {
			t.Errorf("nothing given: %+v, %v", same, err)
		}
		h.told()
		changed, err := h.Edit(h.ctx, h.who["ana"], "garden", group.GroupEdit{Description: new("Beds"), Visibility: new(access.Closed)})
		wanted := before
		wanted.Description, wanted.Visibility, wanted.LastSeq = "Beds", access.Closed, before.LastSeq+1
		if err != nil || changed != wanted {
			t.Errorf("%+v, %v; want %+v", changed, err, wanted)
		}
		if e := h.last("garden"); e.Kind != event.GroupEdited || e.Subject != before.ID || e.Actor != h.who["ana"].Person {
			t.Errorf("event %+v", e)
		}
		if diff := cmp.Diff([]event.Signal{{Group: before.ID}}, h.told()); diff != "" {
			t.Error(diff)
		}
	})
}
