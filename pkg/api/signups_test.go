package api_test

import (
	"context"
	"fmt"
	"testing"

	"plenary/pkg/errs"
	"plenary/pkg/person"
)

// newcomer makes an account that waits for an administrator.
func (h *house) newcomer(t *testing.T, name string) int64 {
	t.Helper()
	ctx := context.Background()
	browser, err := h.people.AskByMail(ctx, person.Ask{Email: name + "@example.org"})
	h.must(err)
	in, err := h.people.EnterByCode(ctx, browser, h.last.Args["Code"], person.Browser{})
	h.must(err)
	_, err = h.people.SignUp(ctx, in.SignUp, person.NewAccount{Name: name, Answer: "Ben knows me."})
	if errs.CodeOf(err) != "person.waiting" {
		t.Fatal(err)
	}
	var id int64
	h.must(h.db.Read(ctx).Raw("SELECT id FROM people WHERE handle = ?", name).Row().Scan(&id))
	return id
}

func liveWithNewcomers(t *testing.T, h *house) {
	h.live(t, []step{
		{call: "- GET /admin/sign_up", status: 401},
		{call: "ana GET /admin/sign_up", status: 403, want: `{"code":"access.needs_administrator"}`},
		{call: "root GET /admin/sign_up", status: 200, want: `{"sign_up":"invitation","question":""}`},
		{call: "- PATCH /admin/sign_up", body: `{}`, status: 401},
		{call: "ana PATCH /admin/sign_up", body: `{"sign_up":"open"}`, status: 403},
		{call: "root PATCH /admin/sign_up", body: `{"sign_up":"anybody","question":"a\nb"}`, status: 422, want: `{"fields":{"sign_up":"*","question":"*"}}`},
		{call: "root PATCH /admin/sign_up", body: `{"sign_up":"approval","question":"Who knows you?"}`, status: 200, want: `{"sign_up":"approval","question":"Who knows you?"}`},
		{call: "root PATCH /admin/sign_up", body: `{}`, status: 200, want: `{"sign_up":"approval","question":"Who knows you?"}`},
		{call: "root GET /admin/sign_ups", status: 200, want: `{"items":[],"next":""}`},
	})
	dora, eva := h.newcomer(t, "dora"), h.newcomer(t, "eva")
	h.live(t, []step{
		{call: "- GET /admin/sign_ups", status: 401},
		{call: "ana GET /admin/sign_ups", status: 403},
		{call: "root GET /admin/sign_ups?cursor=!", status: 422, want: `{"fields":{"cursor":"*"}}`},
		{call: "root GET /admin/sign_ups?limit=1", status: 200, want: `{"items":[{"handle":"dora","email":"dora@example.org","answer":"Ben knows me.","since":"*"}],"next":"*"}`},
		{call: fmt.Sprintf("ana POST /admin/sign_ups/%d/approve", dora), status: 403},
		{call: fmt.Sprintf("- POST /admin/sign_ups/%d/decline", dora), status: 401},
		{call: "root POST /admin/sign_ups/999/approve", status: 404},
		{call: "root POST /admin/sign_ups/x/decline", status: 404},
		{call: fmt.Sprintf("root POST /admin/sign_ups/%d/approve", dora), status: 204},
		{call: fmt.Sprintf("root POST /admin/sign_ups/%d/approve", dora), status: 404},
		{call: fmt.Sprintf("root POST /admin/sign_ups/%d/decline", eva), body: `{"notes":"x"}`, status: 422, want: `{"fields":{"notes":"*"}}`},
		{call: fmt.Sprintf("root POST /admin/sign_ups/%d/decline", eva), body: `{"note":"Nobody knows you."}`, status: 204},
		{call: fmt.Sprintf("root POST /admin/sign_ups/%d/decline", eva), status: 404},
		{call: "root GET /admin/sign_ups", status: 200, want: `{"items":[],"next":""}`},
		{call: "root PATCH /admin/sign_up", body: `{"sign_up":"invitation","question":""}`, status: 200},
	})
	if h.last.Kind != "sign_up_declined" || h.last.Args["Note"] != "Nobody knows you." {
		t.Errorf("the last letter is %+v", h.last)
	}
}
