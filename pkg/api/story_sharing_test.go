package api_test

// The vault is secret; ben and mo are members everywhere, dee nowhere until she
// joins the harbour.
var sharingStory = []step{
	{call: "ben POST /groups/vault/threads", body: `{"title":"Plans","visibility":"members","tags":["shared"]}`, status: 201, want: `{"shared_into":[],"group":{"handle":"vault"}}`, save: "plans"},
	{call: "- PUT /threads/{plans}/groups/harbour", status: 401},
	{call: "dee PUT /threads/{plans}/groups/harbour", status: 404},
	{call: "ben PUT /threads/{plans}/groups/nowhere", status: 422, want: `{"fields":{"group":"*"}}`},
	{call: "ben PUT /threads/{plans}/groups/harbour", status: 200, want: `{"shared_into":[{"handle":"harbour"}],"group":{"handle":"vault"}}`},
	{call: "ben PUT /threads/{plans}/groups/harbour", status: 409, want: `{"code":"thread.shared_already"}`},
	{call: "ben DELETE /threads/{plans}/groups/vault", status: 409, want: `{"code":"thread.at_home"}`},
	{call: "ben DELETE /threads/{plans}/groups/lodge", status: 404, want: `{"code":"thread.not_shared_there"}`},

	{call: "dee GET /threads/{plans}", status: 404},
	{call: "dee POST /groups/harbour/memberships", status: 201},
	{call: "dee GET /threads/{plans}", status: 200, want: `{"title":"Plans","group":{"handle":"harbour"},"shared_into":[]}`},
	{call: "dee GET /groups/harbour/threads?tag=shared", status: 200, want: `{"items":[{"title":"Plans","group":{"handle":"harbour"}}],"next":""}`},
	{call: "dee POST /threads/{plans}/comments", body: `{"body":"So this is it."}`, status: 201},
	{call: "dee GET /groups/vault", status: 404},
	{call: "dee DELETE /threads/{plans}/groups/harbour", status: 403},
	{call: "mo DELETE /threads/{plans}/groups/harbour", status: 204},
	{call: "dee GET /threads/{plans}", status: 404},
	{call: "dee DELETE /groups/harbour/memberships/dee", status: 204},

	{call: "ben PUT /threads/{plans}/guests/nobody", status: 422, want: `{"fields":{"person":"*"}}`},
	{call: "ben PUT /threads/{plans}/guests/mo", status: 409, want: `{"code":"thread.guest_is_member"}`},
	{call: "ben PUT /threads/{plans}/guests/dee", status: 200, want: `{"user":{"handle":"dee"}}`},
	{call: "ben PUT /threads/{plans}/guests/dee", status: 409, want: `{"code":"thread.guest_already"}`},
	{call: "ben GET /threads/{plans}/guests", status: 200, want: `{"items":[{"user":{"handle":"dee"},"invited_by":{"handle":"ben"}}],"next":""}`},
	{call: "dee GET /threads/{plans}", status: 200, want: `{"title":"Plans","guest":true,"group":null,"shared_into":[]}`},
	{call: "dee GET /threads/{plans}/guests", status: 403},
	{call: "dee POST /threads/{plans}/comments", body: `{"body":"A guest speaks."}`, status: 201},
	{call: "dee POST /threads/{plans}/polls", body: `{"title":"No","method":"proposal"}`, status: 403, want: `{"code":"access.members_only"}`},
	{call: "dee GET /groups/vault", status: 404},
	{call: "dee POST /threads/{plans}/comments", body: `{"body":"Hear, @all"}`, status: 422, want: `{"fields":{"body":"*"}}`},
	{call: "mo POST /threads/{plans}/comments", body: `{"body":"Hear, @all"}`, status: 201},
	{call: "dee DELETE /threads/{plans}/guests/dee", status: 204},
	{call: "dee DELETE /threads/{plans}/guests/dee", status: 404},
	{call: "dee GET /threads/{plans}", status: 404},
	{call: "ben DELETE /threads/{plans}/guests/dee", status: 404, want: `{"code":"thread.not_a_guest"}`},
}
