package group_test

import (
	"strings"
	"testing"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/group"
	"plenary/pkg/page"
)

func TestAdminsSetWhatTheirGroupDoes(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		sum := strings.Repeat("ab", 32)
		got, err := h.Edit(h.ctx, h.who["ana"], "garden", group.GroupEdit{Joining: new(access.JoinOnRequest), JoinQuestion: new(" Who are you? "),
			OnErasure: new(group.Erased), Picture: &sum,
			Permissions: map[access.Setting]access.Role{access.Comment: access.Moderator, access.MentionAll: access.Nobody}})
		h.must(err)
		if got.Joining != access.JoinOnRequest || got.JoinQuestion != "Who are you?" || got.OnErasure != group.Erased || got.Picture != sum ||
			got.Permissions.Of(access.Comment) != access.Moderator || got.Permissions.Of(access.MentionAll) != access.Nobody {
			t.Errorf("%+v", got)
		}
		got, err = h.Edit(h.ctx, h.who["ana"], "garden", group.GroupEdit{Picture: new(""),
			Permissions: map[access.Setting]access.Role{access.Comment: access.Member}})
		if err != nil || got.Picture != "" || got.Permissions.Of(access.Comment) != access.Member || got.Permissions.Of(access.MentionAll) != access.Nobody {
			t.Errorf("one decision changed: %+v, %v", got, err)
		}
	})
}

func TestSettingsThatAGroupCannotHave(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		for _, c := range []struct {
			in          group.GroupEdit
			field, code string
		}{
			{group.GroupEdit{Description: new(strings.Repeat("x", 10_000))}, "description", "field.too_many_bytes"},
			{group.GroupEdit{JoinQuestion: new(strings.Repeat("x", 301))}, "join_question", "field.too_long"},
			{group.GroupEdit{Joining: new(access.Joining("anyhow"))}, "joining", "field.choose"},
			{group.GroupEdit{OnErasure: new("burn")}, "on_erasure", "field.choose"},
			{group.GroupEdit{Picture: new("../../etc/passwd")}, "picture", "field.unknown"},
			{group.GroupEdit{Permissions: map[access.Setting]access.Role{"fly": access.Member}}, "permissions.fly", "field.unknown"},
			{group.GroupEdit{Permissions: map[access.Setting]access.Role{access.Comment: "king"}}, "permissions.comment", "field.choose"},
			{group.GroupEdit{Permissions: map[access.Setting]access.Role{access.EditOthers: access.Member}}, "permissions.edit_others", "field.choose"},
			{group.GroupEdit{Permissions: map[access.Setting]access.Role{access.Comment: access.Nobody}}, "permissions.comment", "field.choose"},
			{group.GroupEdit{InheritsMembers: new(true)}, "inherits_members", "group.nothing_to_inherit"},
			{group.GroupEdit{Visibility: new(access.Secret), Joining: new(access.JoinOpenly)}, "joining", "group.secret_by_invitation"},
		} {
			_, err := h.Edit(h.ctx, h.who["ana"], "garden", c.in)
			wantField(t, err, c.field, c.code)
		}
		_, err := h.Edit(h.ctx, h.who["ana"], "circle", group.GroupEdit{Joining: new(access.JoinOnRequest)})
		wantField(t, err, "joining", "group.secret_by_invitation")
		_, err = h.Create(h.ctx, h.who["dee"], group.NewGroup{Name: "X", Visibility: access.Secret, Joining: access.JoinOpenly})
		wantField(t, err, "joining", "group.secret_by_invitation")
		_, err = h.Create(h.ctx, h.who["dee"], group.NewGroup{Name: "X", InheritsMembers: true})
		wantField(t, err, "inherits_members", "group.nothing_to_inherit")
		_, err = h.Edit(h.ctx, h.who["mo"], "garden", group.GroupEdit{Permissions: map[access.Setting]access.Role{access.Comment: access.Admin}})
		want(t, err, errs.Forbidden, "access.needs_admin")
	})
}

func TestAGroupThatBecomesSecretIsJoinedByInvitationAlone(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		got, err := h.Edit(h.ctx, h.who["ana"], "garden", group.GroupEdit{Visibility: new(access.Secret)})
		if err != nil || got.Joining != access.JoinInvitation {
			t.Errorf("%+v, %v", got, err)
		}
	})
}

func TestGroupsAreFoundByTheirName(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		h.must(second(h.Create(h.ctx, h.who["ana"], group.NewGroup{Name: "Žito 100% rye"})))
		for words, wanted := range map[string]string{"GARD": "garden", "Žit": "zito-100-rye", "zito": "zito-100-rye", "100%": "zito-100-rye", "the": "garden board circle",
			"_": "", "%%": "", "nobody": ""} {
			list, err := h.Search(h.ctx, h.who["ben"], words, page.Page{})
			h.must(err)
			var got []string
			for _, g := range list.Items {
				got = append(got, g.Handle)
			}
			if strings.Join(got, " ") != wanted {
				t.Errorf("%q finds %v; want %s", words, got, wanted)
			}
		}
		if list, err := h.Search(h.ctx, h.who["dee"], "circle", page.Page{}); err != nil || len(list.Items) != 0 {
			t.Errorf("a stranger finds the secret group: %v, %v", list, err)
		}
		_, err := h.Search(h.ctx, h.who["dee"], strings.Repeat("x", 101), page.Page{})
		wantField(t, err, "q", "field.too_long")
	})
}
