package api_test

import (
	"testing"
)

// liveWithElectorates is the story of weights, proxies and guests of polls.
func liveWithElectorates(t *testing.T, h *house) {
	h.live(t, []step{
		{call: "ana POST /groups", body: `{"name":"Co-op","handle":"coop","visibility":"closed"}`, status: 201, want: `{"proxy_limit":0}`},
		{call: "ana POST /groups/coop/memberships", body: `{"user":"ben","role":"member"}`, status: 201, want: `{"votes":1}`},
		{call: "ana POST /groups/coop/memberships", body: `{"user":"mo","role":"member"}`, status: 201},

		{call: "ana PATCH /groups/coop/memberships/ben", body: `{"votes":0}`, status: 422, want: `{"fields":{"votes":"*"}}`},
		{call: "ana PATCH /groups/coop/memberships/ben", body: `{"votes":-1}`, status: 422},
		{call: "ana PATCH /groups/coop/memberships/ben", body: `{"votes":1000001}`, status: 422},
		{call: "ana PATCH /groups/coop/memberships/ben", body: `{"votes":99999999999999999999}`, status: 422},
		{call: "ana PATCH /groups/coop/memberships/ben", body: `{"votes":"many"}`, status: 422},
		{call: "ana PATCH /groups/coop/memberships/ben", body: `{"votes":3}`, status: 200, want: `{"votes":3}`},
		{call: "ben PUT /groups/coop/votes", body: `{"text":"ben,9"}`, status: 403},
		{call: "ana PUT /groups/coop/votes", body: `{"text":""}`, status: 422, want: `{"fields":{"text":"*"}}`},
		{call: "ana PUT /groups/coop/votes", body: `{"text":"ben,4\nnobody,2\nmo,NaN"}`, status: 200,
			want: `{"set":1,"items":[{"line":1,"votes":4,"outcome":"set"},{"outcome":"not_member","why":"*"},{"outcome":"unread","why":"*"}]}`},

		{call: "ben POST /groups/coop/proxies", body: `{"to":"mo"}`, status: 409, want: `{"code":"proxy.none_here"}`},
		{call: "ana PATCH /groups/coop", body: `{"proxy_limit":101}`, status: 422, want: `{"fields":{"proxy_limit":"*"}}`},
		{call: "ana PATCH /groups/coop", body: `{"proxy_limit":1}`, status: 200, want: `{"proxy_limit":1}`},
		{call: "ben GET /groups/coop/poll-mails", status: 200, want: `{"polls":"all"}`},
		{call: "ben PUT /groups/coop/poll-mails", body: `{"polls":"some"}`, status: 422, want: `{"fields":{"polls":"*"}}`},
		{call: "ben PUT /groups/coop/poll-mails", body: `{"polls":"needed"}`, status: 200, want: `{"polls":"needed"}`},
		{call: "ben GET /groups/coop/poll-mails", status: 200, want: `{"polls":"needed"}`},
		{call: "- GET /groups/coop/poll-mails", status: 401},
		{call: "ben POST /groups/coop/proxies", body: `{"to":"ben"}`, status: 422, want: `{"fields":{"to":"*"}}`},
		{call: "ben POST /groups/coop/proxies", body: `{"to":"dee"}`, status: 422},
		{call: "dee POST /groups/coop/proxies", body: `{"to":"ben"}`, status: 403},
		{call: "ben POST /groups/coop/proxies", body: `{"to":"mo"}`, status: 201, want: `{"from":{"handle":"ben"},"to":{"handle":"mo"},"poll_id":null}`, save: "given"},
		{call: "mo POST /groups/coop/proxies", body: `{"to":"ben"}`, status: 409, want: `{"code":"proxy.holds_others"}`},
		{call: "mo GET /groups/coop/proxies", status: 200, want: `{"limit":1,"mine":null,"for_me":[{"from":{"handle":"ben"}}],"all":null}`},
		{call: "ana GET /groups/coop/proxies", status: 200, want: `{"all":[{"to":{"handle":"mo"}}]}`},

		{call: "ana POST /groups/coop/threads", body: `{"title":"Shares"}`, status: 201, save: "thread"},
		{call: "ana POST /threads/{thread}/polls", body: `{"title":"x","method":"proposal","closes_at":"2027-02-01T00:00:00Z","electorate":"named","named":["ben","nobody"]}`, status: 422,
			want: `{"fields":{"named.1":"*"}}`},
		{call: "ana POST /threads/{thread}/polls", body: `{"title":"x","method":"proposal","closes_at":"2027-02-01T00:00:00Z","named":["ben"]}`, status: 422, want: `{"fields":{"named":"*"}}`},
		{call: "ana POST /threads/{thread}/polls", body: `{"title":"x","method":"proposal","closes_at":"2027-02-01T00:00:00Z","electorate":"titles","titles":["Pilot"]}`, status: 422,
			want: `{"fields":{"titles":"*"}}`},
		{call: "ana POST /threads/{thread}/polls", body: `{"title":"Pay out?","method":"proposal","closes_at":"2027-02-01T00:00:00Z","electorate":"named","named":["ben"],"draft":true}`, status: 201, save: "poll"},
		{call: "ana GET /polls/{poll}", status: 200, want: `{"reminders_hours":[24]}`},
		{call: "ana PATCH /polls/{poll}", body: `{"reminders_hours":[5,72]}`, status: 200, want: `{"reminders_hours":[72,5]}`},
		{call: "ana PATCH /polls/{poll}", body: `{"title":"Pay out?"}`, status: 200, want: `{"reminders_hours":[72,5]}`},
		{call: "ana PATCH /polls/{poll}", body: `{"reminders_hours":[99999]}`, status: 422, want: `{"fields":{"reminders_hours":"*"}}`},
		{call: "ana PATCH /polls/{poll}", body: `{"reminders_hours":[1,2,3,4,5,6]}`, status: 422, want: `{"fields":{"reminders_hours":"*"}}`},
		{call: "ana PATCH /polls/{poll}", body: `{"reminders_hours":[]}`, status: 200, want: `{"reminders_hours":[]}`},
		{call: "ana GET /polls/{poll}/voters", status: 200, want: `{"count":1,"votes":1,"sources":{"named":1},"items":[{"person":{"handle":"ben"},"source":"named"}]}`},
		{call: "ana PATCH /polls/{poll}", body: `{"named":["ben","mo"],"weighted":true,"proxies":true}`, status: 200},
		{call: "ana POST /polls/{poll}/guests", body: `{"text":"gil@example.org\ngil@example.org\nnobody"}`, status: 200,
			want: `{"sent":1,"items":[{"outcome":"sent"},{"outcome":"duplicate","why":"*"},{"outcome":"bad_address","why":"*"}]}`},
		{call: "ben POST /polls/{poll}/guests", body: `{"text":"hal@example.org"}`, status: 404},
		{call: "ana POST /polls/{poll}/guests/remind", status: 409},
		{call: "ana POST /polls/{poll}/open", status: 200, want: `{"voter_count":3}`, save: "poll"},
		{call: "ana PATCH /polls/{poll}", body: `{"reminders_hours":[24]}`, status: 422, want: `{"fields":{"reminders_hours":"*"}}`},
		{call: "ana PATCH /polls/{poll}", body: `{"weighted":false}`, status: 422, want: `{"fields":{"weighted":"*"}}`},
		{call: "ana GET /polls/{poll}/voters", status: 200, want: `{"count":3,"votes":6,"sources":{"named":2,"guest":1}}`},
		{call: "ben POST /polls/{poll}/guests", body: `{"text":"hal@example.org"}`, status: 403},
		{call: "ana POST /polls/{poll}/guests/remind", status: 200, want: `{"sent":1}`},

		{call: "mo PUT /polls/{poll}/ballot", body: `{"choices":["agree"],"for":"ana"}`, status: 422, want: `{"fields":{"for":"*"}}`},
		{call: "mo PUT /polls/{poll}/ballot", body: `{"choices":["agree"],"for":"not-there"}`, status: 422, want: `{"fields":{"for":"*"}}`},
		{call: "mo PUT /polls/{poll}/ballot", body: `{"choices":["agree"],"for":"ben"}`, status: 200},
		{call: "ben GET /polls/{poll}/ballot", status: 200, want: `{"by":{"handle":"mo"},"voter":{"handle":"ben"}}`},
		{call: "ben GET /polls/{poll}/proxies", status: 200, want: `{"mine":{"to":{"handle":"mo"}}}`},
		{call: "ben POST /polls/{poll}/proxies", body: `{"to":"mo"}`, status: 409, want: `{"code":"proxy.voted"}`},
		{call: "ana POST /threads/{thread}/polls", body: `{"title":"Again?","method":"proposal","closes_at":"2027-02-01T00:00:00Z","proxies":true,"tell":"nobody","reminders_hours":[48]}`, status: 201, want: `{"tell":"nobody","reminders_hours":[48]}`, save: "poll"},
		{call: "ben POST /polls/{poll}/proxies", body: `{"to":"ana"}`, status: 201, want: `{"poll_id":"*"}`},
		{call: "dee DELETE /proxies/{given}", status: 404},
		{call: "mo DELETE /proxies/{given}", status: 204},
		{call: "ben DELETE /proxies/{given}", status: 404},
		{call: "ana POST /polls/{poll}/guests", body: `{"text":"hal@example.org"}`, status: 200, want: `{"sent":1}`},
	})
	polls := h.ask(t, "ana", "GET", "/groups/coop/polls", "")
	newest, _ := polls.value["items"].([]any)[0].(map[string]any)
	at := "/polls/" + number(newest["id"]) + "/guests"
	guests := h.ask(t, "ana", "GET", at, "")
	hal, _ := guests.value["items"].([]any)[0].(map[string]any)
	one := at + "/" + number(hal["id"])
	h.live(t, []step{
		{call: "ben GET " + at, status: 403},
		{call: "ana GET " + at, status: 200, want: `{"items":[{"email":"hal@example.org","name":"hal","revoked":false,"voted":false}]}`},
		{call: "ana DELETE " + at + "/999999", status: 404},
		{call: "ana DELETE " + one, status: 204},
		{call: "ana GET " + at, status: 200, want: `{"items":[{"revoked":true}]}`},
		{call: "ana POST " + one + "/resend", status: 204},
		{call: "ana GET " + at, status: 200, want: `{"items":[{"revoked":false}]}`},
	})
}
