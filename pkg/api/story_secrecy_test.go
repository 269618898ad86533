package api_test

import "testing"

// liveWithSecrecy tells what is published of ballots, whose weights few have, and
// what becomes of a reason that a moderator takes away.
func liveWithSecrecy(t *testing.T, h *house) {
	const closes = `"closes_at":"2027-05-01T11:00:00Z"`
	h.live(t, []step{
		{call: "ben POST /groups/harbour/threads", body: `{"title":"Secrets"}`, status: 201, save: "thread"},
		{call: "ben POST /threads/{thread}/polls", body: `{"title":"Who?","method":"schulze",` + closes + `,"options":[{"label":"A"},{"label":"B"}],"publish":"totals"}`, status: 422, want: `{"fields":{"publish":"*"}}`},
		{call: "ben POST /threads/{thread}/polls", body: `{"title":"Who?","method":"choice",` + closes + `,"options":[{"label":"A"},{"label":"B"}],"secret":true,"publish":"totals"}`, status: 422, want: `{"fields":{"publish":"*"}}`},
		{call: "ben POST /threads/{thread}/polls", body: `{"title":"Who?","method":"schulze",` + closes + `,"options":[{"label":"A"},{"label":"B"}],"secret":true,"publish":"some"}`, status: 422, want: `{"fields":{"publish":"*"}}`},
		{call: "ben POST /threads/{thread}/polls", body: `{"title":"Who?","method":"schulze",` + closes + `,"options":[{"label":"A"},{"label":"B"}],"secret":true,"publish":"totals"}`, status: 201,
			want: `{"publish":"totals","receipts":"count","rare_weights":false}`, save: "sums"},
		{call: "ben PATCH /polls/{sums}", body: `{"publish":"ballots"}`, status: 422, want: `{"fields":{"publish":"*"}}`},
		{call: "mo PUT /polls/{sums}/ballot", body: `{"choices":[[{option0}],[{option1}]]}`, status: 200, want: `{"sealed":{"signature":"*"}}`},
		{call: "ben POST /polls/{sums}/close", status: 200},
		{call: "ben GET /polls/{sums}/export", status: 200, want: `{"box":null,"totals":null}`}, // of one ballot
		{call: "ben GET /polls/{sums}/reasons", status: 200, want: `{"items":[],"next":""}`},

		{call: "ana PUT /groups/harbour/votes", body: `{"text":"mo,7"}`, status: 200},
		{call: "ben POST /threads/{thread}/polls", body: `{"title":"Which?","method":"choice",` + closes + `,"options":[{"label":"A"},{"label":"B"}],"secret":true,"weighted":true}`, status: 422, want: `{"fields":{"rare_weights":"*"}}`},
		{call: "ben POST /threads/{thread}/polls", body: `{"title":"Which?","method":"choice",` + closes + `,"options":[{"label":"A"},{"label":"B"}],"secret":true,"weighted":true,"rare_weights":true}`, status: 201, want: `{"rare_weights":true}`},
		{call: "ana PUT /groups/harbour/votes", body: `{"text":"mo,1"}`, status: 200},
	})
	poll := h.ask(t, "ben", "POST", h.newThread(t, "harbour")+"/polls", `{"title":"Why?","method":"choice",`+closes+`,"options":[{"label":"A"},{"label":"B"}]}`)
	path := "/polls/" + number(poll.value["id"])
	option := number(poll.value["options"].([]any)[0].(map[string]any)["id"])
	if got := h.ask(t, "ben", "PUT", path+"/ballot", `{"choices":[`+option+`],"reason":"Zora steals."}`); got.status != 200 {
		t.Fatalf("vote: %d %s", got.status, got.body)
	}
	listed := h.ask(t, "", "GET", path+"/reasons", "")
	items, _ := listed.value["items"].([]any)
	if len(items) != 1 {
		t.Fatalf("reasons: %d %s", listed.status, listed.body)
	}
	reason := items[0].(map[string]any)["reason"].(string)
	hide := `{"reason":"` + reason + `","why":"It is a libel."}`
	h.live(t, []step{
		{call: "- POST " + path + "/reasons/hide", body: hide, status: 401},
		{call: "ben POST " + path + "/reasons/hide", body: hide, status: 403},
		{call: "mo POST " + path + "/reasons/hide", body: `{"reason":"` + reason + `","why":""}`, status: 422, want: `{"fields":{"why":"*"}}`},
		{call: "mo POST " + path + "/reasons/hide", body: `{"reason":"nonsense","why":"It is."}`, status: 404},
		{call: "mo POST " + path + "/reasons/hide", body: hide, status: 204},
		{call: "mo POST " + path + "/reasons/hide", body: hide, status: 404},
		{call: "- GET " + path + "/reasons", status: 200, want: `{"items":[{"reason":"` + reason + `","html":"","voter":null,"hidden":{"by":{"handle":"mo"},"why":"It is a libel.","at":"*"}}]}`},
		{call: "ben GET " + path + "/ballot", status: 200, want: `{"choices":[` + option + `],"reason":""}`},
		{call: "- GET " + path + "/export", status: 200, want: `{"reasons":null,"hidden":[{"reason":"` + reason + `","why":"It is a libel."}]}`},
		{call: "- GET " + path + "/results", status: 200, want: `{"turnout":{"cast":1}}`},
	})
}
