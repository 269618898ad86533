package api_test

import (
	"context"
	"time"

	"plenary/pkg/store"
)

// number gives an invitation by mail an id that a story can name.
func (h *house) number(id int, email string) {
	err := h.db.Write(context.Background(), func(tx *store.Tx) error {
		return tx.Exec("UPDATE invitations SET id = ? WHERE email = ?", id, email).Error
	})
	if err != nil {
		panic(err)
	}
}

// Ana is the admin of all groups, mo their moderator and ben a member; dee is
// none. The lodge is closed.
var membersStory = []step{
	{call: "ana PATCH /groups/lodge", body: `{"joining":"request","join_question":"What do you bring?"}`, status: 200},
	{call: "- POST /groups/lodge/requests", status: 401},
	{call: "ben POST /groups/lodge/requests", status: 409, want: `{"code":"access.already_member"}`},
	{call: "dee POST /groups/vault/requests", status: 404},
	{call: "dee POST /groups/lodge/requests", body: `{"answer":""}`, status: 422, want: `{"fields":{"answer":"*"}}`},
	{call: "dee POST /groups/lodge/requests", body: `{"answer":"Bread."}`, status: 201, want: `{"user":{"handle":"dee"},"question":"What do you bring?","answer":"Bread."}`},
	{call: "dee POST /groups/lodge/requests", body: `{"answer":"Bread."}`, status: 409, want: `{"code":"group.asked_already"}`},
	{call: "dee DELETE /groups/lodge/requests", status: 204},
	{call: "dee DELETE /groups/lodge/requests", status: 404},
	{call: "dee POST /groups/lodge/requests", body: `{"answer":"Butter."}`, status: 201, save: "asked"},
	{call: "ben GET /groups/lodge/requests", status: 403},
	{call: "mo GET /groups/lodge/requests", status: 200, want: `{"items":[{"user":{"handle":"dee"},"answer":"Butter."}],"next":""}`},
	{call: "ben POST /groups/lodge/requests/{asked}/approve", status: 403},
	{call: "mo POST /groups/harbour/requests/{asked}/approve", status: 404},
	{call: "mo POST /groups/lodge/requests/{asked}/approve", body: `{"note":"Welcome."}`, status: 204},
	{call: "dee GET /groups/lodge/memberships?role=member&q=dee", status: 200, want: `{"items":[{"user":{"handle":"dee"}}],"next":""}`},
	{call: "mo DELETE /groups/lodge/memberships/dee", status: 204},
	{call: "dee POST /groups/lodge/requests", body: `{"answer":"Milk."}`, status: 201, save: "asked"},
	{call: "mo POST /groups/lodge/requests/{asked}/decline", body: `{"note":"Not now."}`, status: 204},
	{call: "mo POST /groups/lodge/requests/{asked}/approve", status: 409, want: `{"code":"group.request_decided"}`},
	{call: "dee POST /groups/lodge/requests", body: `{"answer":"Jam."}`, status: 409, want: `{"code":"group.asked_lately"}`},

	{call: "mo POST /groups/lodge/bans", body: `{"user":"dee","reason":""}`, status: 422, want: `{"fields":{"reason":"*"}}`},
	{call: "ben POST /groups/lodge/bans", body: `{"user":"dee","reason":"Loud."}`, status: 403},
	{call: "mo POST /groups/lodge/bans", body: `{"user":"ana","reason":"Loud."}`, status: 403, want: `{"code":"access.not_below"}`},
	{call: "mo POST /groups/lodge/bans", body: `{"user":"dee","reason":"Loud."}`, status: 204},
	{call: "mo GET /groups/lodge/bans", status: 200, want: `{"items":[{"user":{"handle":"dee"},"reason":"Loud."}],"next":""}`},
	{call: "ben GET /groups/lodge/bans", status: 403},
	{call: "ana POST /groups/lodge/memberships", body: `{"user":"dee"}`, status: 409, want: `{"code":"group.banned"}`},
	{call: "dee POST /groups/lodge/requests", body: `{"answer":"Jam."}`, status: 403, want: `{"code":"access.banned"}`},
	{call: "mo DELETE /groups/lodge/bans/dee", status: 204},
	{call: "mo DELETE /groups/lodge/bans/dee", status: 404},

	{call: "mo PATCH /groups/lodge/memberships/mo", body: `{"role":"admin"}`, status: 403},
	{call: "mo PATCH /groups/lodge/memberships/ben", body: `{"title":"Boss"}`, status: 403},
	{call: "ana PATCH /groups/lodge/memberships/ben", body: `{"title":"Treasurer","delegate":true}`, status: 200, want: `{"title":"Treasurer","delegate":true,"role":"member"}`},
	{call: "ana GET /groups/lodge/memberships?q=treas&delegates=true", status: 200, want: `{"items":[{"user":{"handle":"ben"}}],"next":""}`},
	{call: "ben POST /groups/lodge/threads", body: `{"title":"Accounts"}`, status: 201, save: "accounts"},
	{call: "ben POST /threads/{accounts}/comments", body: `{"body":"All is paid."}`, status: 201},
	{call: "mo GET /threads/{accounts}", status: 200, want: `{"author":{"handle":"ben","title":"Treasurer"}}`},
	{call: "ana PATCH /groups/lodge/memberships/ben", body: `{"title":"","delegate":false}`, status: 200},

	{call: "ben POST /groups/lodge/invitations/batch", body: `{"text":"fay@example.org"}`, status: 403},
	{call: "mo POST /groups/lodge/invitations/batch", body: `{"text":""}`, status: 422, want: `{"fields":{"text":"*"}}`},
	{call: "mo POST /groups/lodge/invitations/batch", body: `{"text":"fay@example.org","role":"admin"}`, status: 422, want: `{"fields":{"role":"*"}}`},
	{call: "mo POST /groups/lodge/invitations/batch", body: `{"text":"fay@example.org","items":[{"email":"x"}]}`, status: 422, want: `{"fields":{"text":"*"}}`},
	{call: "mo POST /groups/lodge/invitations/batch", body: `{"text":"fay@example.org\nnobody","message":"Come."}`, status: 200,
		want: `{"sent":1,"items":[{"line":1,"email":"fay@example.org","outcome":"sent"},{"line":2,"outcome":"bad_address","why":"*"}]}`},
	{call: "mo POST /groups/lodge/invitations/batch", body: `{"items":[{"email":"fay@example.org"},{"email":"gil@example.org","name":"Gil","role":"moderator"}],"remind":true}`, status: 200,
		want: `{"sent":1,"items":[{"line":1,"outcome":"pending","why":"*"},{"line":2,"outcome":"sent"}]}`},
	{call: "mo GET /groups/lodge/invitations/batch", status: 200, want: `{"items":[{"email":"gil@example.org","name":"Gil","role":"moderator"},{"email":"fay@example.org"}],"next":""}`},
	{call: "ben GET /groups/lodge/invitations/batch", status: 403},
	{call: "mo POST /invitations/9999/remind", status: 404, then: func(h *house) { h.number(7001, "fay@example.org") }},
	{call: "mo POST /invitations/7001/remind", status: 409, want: `{"code":"group.reminded_lately"}`, then: func(h *house) { h.clock.pass(73 * time.Hour) }},
	{call: "ben POST /invitations/7001/remind", status: 403},
	{call: "mo POST /invitations/7001/remind", status: 204},

	{call: "dee POST /threads/{accounts}/invitations", body: `{"text":"hal@example.org"}`, status: 404},
	{call: "ben POST /threads/{accounts}/invitations", body: `{"text":"hal@example.org"}`, status: 200, want: `{"sent":1}`},
	{call: "ben GET /threads/{accounts}/invitations", status: 200, want: `{"items":[{"email":"hal@example.org"}],"next":""}`},
	{call: "ben DELETE /threads/{accounts}/invitations/9999", status: 404, then: func(h *house) { h.number(7002, "hal@example.org") }},
	{call: "dee DELETE /threads/{accounts}/invitations/7002", status: 404},
	{call: "ben DELETE /threads/{accounts}/invitations/7002", status: 204},
	{call: "ana PATCH /groups/lodge", body: `{"joining":"invitation","join_question":""}`, status: 200},
}
