package api_test

import (
	"strings"
	"testing"

	"plenary/pkg/access"
	"plenary/pkg/oidc"
	"plenary/pkg/person"
	"plenary/pkg/testkit/provider"
)

var providerStory = []step{
	{call: "- GET /admin/providers", status: 401},
	{call: "ana GET /admin/providers", status: 403, want: `{"code":"access.needs_administrator"}`},
	{call: "root GET /admin/providers", status: 200, want: `{"items":[],"next":""}`},
	{call: "ana POST /admin/providers", body: `{"name":"X","issuer":"{issuer}","client_id":"plenary"}`, status: 403},
	{call: "root POST /admin/providers", body: `{"name":"","issuer":"{issuer}/","client_id":""}`, status: 422, want: `{"fields":{"name":"*","client_id":"*"}}`},
	{call: "root POST /admin/providers", body: `{"name":"X","issuer":"{issuer}/","client_id":"x"}`, status: 422, want: `{"fields":{"issuer":"*"}}`},
	{call: "root POST /admin/providers", body: `{"name":" Harbour ID ","issuer":"{issuer}","client_id":"plenary","client_secret":"hush hush"}`, status: 201,
		want: `{"name":"Harbour ID","issuer":"{issuer}","client_id":"plenary","has_secret":true,"required":false,"url":"*"}`, save: "forums"},
	{call: "root PATCH /admin/providers/{forums}", body: `{"name":"Quay ID"}`, status: 200, want: `{"name":"Quay ID","has_secret":true}`},
	{call: "root PATCH /admin/providers/{forums}", body: `{"issuer":"{issuer}"}`, status: 422, want: `{"fields":{"issuer":"*"}}`},
	{call: "ana PATCH /groups/harbour/providers/{forums}", body: `{"name":"Mine"}`, status: 404},
	{call: "ben PATCH /admin/providers/{forums}", body: `{"name":"Mine"}`, status: 403},

	{call: "- GET /groups/harbour/providers", status: 401},
	{call: "mo GET /groups/harbour/providers", status: 403},
	{call: "dee GET /groups/vault/providers", status: 404},
	{call: "root POST /groups/harbour/providers", body: `{"name":"X","issuer":"{issuer}","client_id":"plenary"}`, status: 403},
	{call: "ana POST /groups/harbour/providers", body: `{"name":"Ours","issuer":"{issuer}","client_id":"plenary"}`, status: 201,
		want: `{"name":"Ours","has_secret":false}`, save: "ours"},
	{call: "ana GET /groups/harbour/providers", status: 200, want: `{"items":[{"name":"Ours","required":false}]}`},
	{call: "ana PATCH /groups/harbour/providers/{ours}", body: `{"name":"Ours still","required":true}`, status: 409, want: `{"code":"provider.not_yours"}`},
	{call: "through PATCH /groups/harbour/providers/{ours}", body: `{"required":true}`, status: 200, want: `{"name":"Ours still","required":true}`},
	{call: "through GET /groups/harbour/providers", status: 200, want: `{"items":[{"required":true}]}`},
	{call: "through PATCH /groups/harbour/providers/{ours}", body: `{"client_id":"other","required":false}`, status: 200, want: `{"client_id":"other","required":false}`},
	{call: "mo DELETE /groups/harbour/providers/{ours}", status: 403},
	{call: "ana DELETE /groups/harbour/providers/{forums}", status: 404},
	{call: "ana DELETE /groups/harbour/providers/{ours}", status: 204},
	{call: "through GET /me", status: 401, want: `{"code":"error.bad_token"}`},
	{call: "ana DELETE /admin/providers/{forums}", status: 403},
	{call: "root DELETE /admin/providers/{forums}", status: 204},
	{call: "root DELETE /admin/providers/{forums}", status: 404},
}

// liveWithProviders tells the story beside a provider. "through" is ana with a
// token of a session that came through the group's provider.
func liveWithProviders(t *testing.T, h *house) {
	t.Helper()
	l := provider.NewLying(t, h.clock.now)
	h.people.UseProviders(oidc.New(oidc.Config{AllowPrivate: true, Now: h.clock.now}))
	steps := make([]step, len(providerStory))
	for i, s := range providerStory {
		s.body, s.want = strings.ReplaceAll(s.body, "{issuer}", l.URL), strings.ReplaceAll(s.want, "{issuer}", l.URL)
		if s.save == "ours" {
			s.then = func(h *house) { h.tokens["through"] = h.through("ana") }
		}
		steps[i] = s
	}
	h.live(t, steps)
}

// through makes a token for somebody who came through the provider added last.
func (h *house) through(handle string) string {
	h.t.Helper()
	var id int64
	ctx := h.t.Context()
	h.must(h.db.Read(ctx).Raw("SELECT MAX(id) FROM providers").Row().Scan(&id))
	p, err := h.people.ByHandle(ctx, handle)
	h.must(err)
	token, _, err := h.people.NewToken(ctx, access.Actor{Person: p.ID, Provider: id}, person.NewToken{Name: "through"})
	h.must(err)
	return token
}
