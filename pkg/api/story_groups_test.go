package api_test

import (
	"bytes"
	"image"
	"image/png"
	"strings"
	"testing"
)

// settingsStory is about what a group sets, and about groups within groups.
var settingsStory = []step{
	{call: "ana POST /groups", body: `{"name":"Quay","handle":"quay","visibility":"closed","joining":"request","join_question":"Which boat?","on_erasure":"remove",
		"permissions":{"comment":"moderator"}}`, status: 201,
		want: `{"joining":"request","join_question":"Which boat?","on_erasure":"remove","inherits_members":false,"subgroups":[],
		"permissions":{"comment":"moderator","start_threads":"member","mention_all":"moderator","edit_others":"nobody"}}`},
	{call: "ana POST /groups/quay/memberships", body: `{"user":"mo","role":"moderator"}`, status: 201},
	{call: "ana PATCH /groups/quay", body: `{"permissions":{"comment":"admin","fly":"member"}}`, status: 422, want: `{"fields":{"permissions.fly":"*"}}`},
	{call: "ana PATCH /groups/quay", body: `{"permissions":{"comment":"king"}}`, status: 422, want: `{"fields":{"permissions.comment":"*"}}`},
	{call: "ana PATCH /groups/quay", body: `{"permissions":["comment"]}`, status: 422, want: `{"fields":{"permissions":"*"}}`},
	{call: "ana PATCH /groups/quay", body: `{"joining":"anyhow","on_erasure":"burn"}`, status: 422, want: `{"fields":{"joining":"*","on_erasure":"*"}}`},
	{call: "ana PATCH /groups/quay", body: `{"picture":"boat.png"}`, status: 422, want: `{"fields":{"picture":"*"}}`},
	{call: "ana PATCH /groups/quay", body: `{"permissions":{"raise_polls":"admin"},"joining":"open"}`, status: 200,
		want: `{"joining":"open","permissions":{"comment":"moderator","raise_polls":"admin"}}`},
	{call: "mo PATCH /groups/quay", body: `{"permissions":{"comment":"member"}}`, status: 403, want: `{"code":"access.needs_admin"}`},
	{call: "dee PATCH /groups/quay", body: `{"joining":"open"}`, status: 403},

	{call: "ana POST /groups", body: `{"name":"Ropes","handle":"ropes","parent":"quay","inherits_members":true}`, status: 201,
		want: `{"parent":"quay","visibility":"closed","inherits_members":true,"member_count":2}`},
	{call: "mo POST /groups", body: `{"name":"Knots","parent":"quay"}`, status: 403, want: `{"code":"access.needs_admin"}`},
	{call: "dee POST /groups", body: `{"name":"Knots","parent":"vault"}`, status: 422, want: `{"fields":{"parent":"*"}}`},
	{call: "ana POST /groups", body: `{"name":"Knots","parent":"quay","visibility":"public"}`, status: 422, want: `{"fields":{"visibility":"*"}}`},
	{call: "ana POST /groups", body: `{"name":"Chest","handle":"chest","parent":"quay","visibility":"secret"}`, status: 201},
	{call: "- GET /groups/quay", status: 200, want: `{"subgroups":[{"handle":"ropes"}]}`},
	{call: "ana GET /groups/quay", status: 200, want: `{"subgroups":[{"handle":"chest"},{"handle":"ropes","visibility":"closed"}]}`},
	{call: "ana PATCH /groups/quay", body: `{"parent":"ropes"}`, status: 422, want: `{"fields":{"parent":"*"}}`},
	{call: "ana PATCH /groups/quay", body: `{"parent":"quay"}`, status: 422, want: `{"fields":{"parent":"*"}}`},
	{call: "ana PATCH /groups/quay", body: `{"visibility":"secret"}`, status: 422, want: `{"fields":{"visibility":"*"}}`},
	{call: "dee POST /groups/quay/memberships", status: 201},
	{call: "dee GET /groups/ropes", status: 200, want: `{"role":"member","parent":"quay"}`},
	{call: "dee DELETE /groups/quay/memberships/dee", status: 204},
	{call: "ana PATCH /groups/ropes", body: `{"inherits_members":false,"parent":""}`, status: 200, want: `{"inherits_members":false,"member_count":2}`},
	{call: "ana GET /groups?q=rope", status: 200, want: `{"items":[{"handle":"ropes"}],"next":""}`},
	{call: "- GET /groups?q=chest", status: 200, want: `{"items":[]}`},

	{call: "ana PATCH /groups/quay", body: `{"handle":"Pier"}`, status: 200, want: `{"handle":"pier","url":"/g/pier"}`},
	{call: "- GET /groups/quay", status: 200, want: `{"handle":"pier"}`},
	{call: "- GET /groups/QUAY", status: 200, want: `{"handle":"pier"}`},
	{call: "mo GET /groups/quay/memberships", status: 200},
	{call: "ana PATCH /groups/quay", body: `{"description":"By its old handle"}`, status: 200, want: `{"handle":"pier","description":"By its old handle"}`},
	{call: "mo POST /groups/quay/threads", body: `{"title":"By its old handle"}`, status: 201},
	{call: "dee POST /groups", body: `{"name":"Quay","handle":"quay"}`, status: 422, want: `{"fields":{"handle":"*"}}`},
	{call: "ana PATCH /groups/chest", body: `{"handle":"trunk"}`, status: 200},
	{call: "dee GET /groups/chest", status: 404},
	{call: "dee PATCH /groups/chest", body: `{"name":"Mine"}`, status: 404},
}

// liveWithGroupPictures gives a group a picture, and takes it away.
func liveWithGroupPictures(t *testing.T, h *house) {
	var bomb bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&bomb, image.NewGray(image.Rect(0, 0, 9000, 9000))); err != nil {
		t.Fatal(err)
	}
	drawn := string(picture(t))
	for _, one := range []struct {
		name, who, group, body string
		status                 int
	}{
		{"a visitor's", "", "lodge", drawn, 401},
		{"a moderator's", "mo", "lodge", drawn, 403},
		{"a stranger's to a secret group", "dee", "vault", drawn, 404},
		{"a broken one", "ana", "lodge", drawn[:40], 422},
		{"no picture", "ana", "lodge", "%PDF-1.7 words", 415},
		{"a bomb", "ana", "lodge", bomb.String(), 413},
		{"too large", "ana", "lodge", drawn + strings.Repeat("words ", 3<<20/6), 413},
	} {
		if got := h.ask(t, one.who, "PUT", "/groups/"+one.group+"/picture", one.body, "Content-Type", "image/png"); got.status != one.status {
			t.Errorf("%s: %d, want %d\n%.500s", one.name, got.status, one.status, got.body)
		}
	}
	got := h.ask(t, "ana", "PUT", "/groups/lodge/picture", drawn, "Content-Type", "image/png")
	if where, _ := got.value["picture"].(string); got.status != 200 || !strings.HasPrefix(where, "/g/lodge/picture/") {
		t.Fatalf("%d %s", got.status, got.body)
	}
	if got := h.ask(t, "mo", "DELETE", "/groups/lodge/picture", ""); got.status != 403 {
		t.Errorf("taken away by a moderator: %d", got.status)
	}
	got = h.ask(t, "ana", "DELETE", "/groups/lodge/picture", "")
	if _, there := got.value["picture"]; got.status != 200 || there {
		t.Errorf("%d %s", got.status, got.body)
	}
}
