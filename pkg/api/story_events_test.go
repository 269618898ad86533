package api_test

import (
	"fmt"
	"testing"
	"time"
)

// eventStory is a gathering of two days, from the first idea of it to the day.
var eventStory = []step{
	{call: "ben POST /groups/harbour/threads", body: `{"title":"A gathering"}`, status: 201, save: "thread"},
	{call: "ben POST /groups/vault/threads", body: `{"title":"Vaulted"}`, status: 201, save: "hidden"},
	{call: "ben POST /threads/{thread}/themes", body: `{"title":"Mending boats"}`, status: 201, save: "boats"},
	{call: "ben POST /threads/{thread}/themes", body: `{"title":"Ropes"}`, status: 201, save: "ropes"},
	{call: "ben POST /threads/{thread}/themes", body: `{"title":"Songs"}`, status: 201, save: "songs"},
	{call: "ben PUT /themes/{boats}/support", status: 200},
	{call: "mo PUT /themes/{boats}/support", status: 200},
	{call: "ben PUT /themes/{ropes}/support", status: 200},
	{call: "mo PATCH /themes/{songs}", body: `{"state":"shortlisted"}`, status: 200},

	{call: "- POST /events", body: `{"thread":{thread},"title":"Gathering","time_zone":"Europe/London","starts_on":"2027-06-19"}`, status: 401},
	{call: "ben POST /events", body: `{"thread":{thread},"title":"Gathering","time_zone":"Europe/London","starts_on":"2027-06-19"}`, status: 403, want: `{"code":"access.needs_moderator"}`},
	{call: "mo POST /events", body: `{"title":"Gathering","time_zone":"Europe/London","starts_on":"2027-06-19"}`, status: 422, want: `{"fields":{"thread":"*"}}`},
	{call: "mo POST /events", body: `{"thread":{thread},"group":"harbour","title":"Gathering","time_zone":"Europe/London","starts_on":"2027-06-19"}`, status: 422},
	{call: "mo POST /events", body: `{"thread":{thread},"title":"","time_zone":"Atlantis","starts_on":"tomorrow","day_count":99}`, status: 422,
		want: `{"fields":{"title":"*","time_zone":"No time zone is called “Atlantis”. Names look like Europe/London.","starts_on":"*"}}`},
	{call: "mo POST /events", body: `{"thread":{thread},"title":"Gathering","time_zone":"Europe/London","starts_on":"2027-06-19","day_count":99}`, status: 422, want: `{"fields":{"day_count":"*"}}`},
	{call: "dee POST /events", body: `{"thread":{hidden},"title":"Gathering","time_zone":"Europe/London","starts_on":"2027-06-19"}`, status: 404},
	{call: "mo POST /events", body: `{"thread":{thread},"title":"Gathering","description":"Of *all* boats","place":"The old mill","time_zone":"Europe/London","template":"congress","days":["2027-06-20",{"date":"2027-06-19","title":"First"}],"bare":true}`,
		status: 201, want: `{"title":"Gathering","state":"draft","version":0,"working":true,"starts_on":"2027-06-19","ends_on":"2027-06-20","description_html":"*","rooms":[],"slots":[],
		"days":[{"date":"2027-06-19","title":"First"},{"date":"2027-06-20","title":""}]}`, save: "event"},
	{call: "ben GET /events/{event}", status: 404},
	{call: "- GET /events/99999", status: 404},
	{call: "ben GET /threads/{thread}/events", status: 200, want: `{"items":[],"next":""}`},
	{call: "mo GET /threads/{thread}/events", status: 200, want: `{"items":[{"id":{event},"title":"Gathering"}],"next":""}`},
	{call: "dee GET /threads/{hidden}/events", status: 404},
	{call: "mo GET /groups/harbour/events?limit=1", status: 200, want: `{"items":[{"id":{event}}],"next":""}`},
	{call: "mo PATCH /events/{event}", body: `{"title":"Summer gathering","revision":1,"takes_signups":true}`, status: 200, want: `{"title":"Summer gathering","revision":2,"takes_signups":true}`},
	{call: "mo PATCH /events/{event}", body: `{"title":"Winter gathering","revision":1}`, status: 409, want: `{"code":"programme.edited_meanwhile"}`},
	{call: "mo PATCH /events/{event}", body: `{"link":"ftp://elsewhere"}`, status: 422, want: `{"fields":{"link":"*"}}`},

	{call: "mo POST /events/{event}/days", body: `{"date":"2027-06-21"}`, status: 201, want: `{"date":"2027-06-21"}`, save: "third"},
	{call: "mo POST /events/{event}/days", body: `{"date":"2027-06-21"}`, status: 422, want: `{"fields":{"date":"2027-06-21 is there already."}}`},
	{call: "ben POST /events/{event}/days", body: `{"date":"2027-06-22"}`, status: 404},
	{call: "mo PATCH /events/{event}/days/{third}", body: `{"title":"Afterwards"}`, status: 200, want: `{"date":"2027-06-21","title":"Afterwards"}`},
	{call: "mo DELETE /events/{event}/days/{third}", status: 204},
	{call: "mo DELETE /events/{event}/days/{third}", status: 404},
	{call: "mo POST /events/{event}/days", body: `{"date":"2027-06-18","title":"Arrival"}`, status: 201, save: "day"},

	{call: "mo POST /events/{event}/rooms", body: `{"name":"Hall","capacity":40}`, status: 201, want: `{"name":"Hall","position":1}`, save: "hall"},
	{call: "mo POST /events/{event}/rooms", body: `{"name":"hall"}`, status: 422, want: `{"fields":{"name":"*"}}`},
	{call: "mo POST /events/{event}/rooms", body: `{"name":"Loft","capacity":1}`, status: 201, save: "loft"},
	{call: "mo POST /events/{event}/rooms", body: `{"name":"Shed"}`, status: 201, save: "shed"},
	{call: "mo PATCH /events/{event}/rooms/{loft}", body: `{"note":"Up the stairs"}`, status: 200, want: `{"name":"Loft","note":"Up the stairs","capacity":1}`},
	{call: "mo PUT /events/{event}/rooms", body: `{"rooms":[{loft},{hall}]}`, status: 422},
	{call: "mo PUT /events/{event}/rooms", body: `{"rooms":[{loft},{hall},{shed}]}`, status: 204},
	{call: "mo DELETE /events/{event}/rooms/{shed}", status: 204},

	{call: "mo POST /events/{event}/slots", body: `{"day_id":{day},"title":"Morning","starts":"09:00","ends":"12:30"}`, status: 201,
		want: `{"starts":"09:00","ends":"12:30","starts_at":"2027-06-18T08:00:00Z","ends_at":"2027-06-18T11:30:00Z"}`, save: "morning"},
	{call: "mo POST /events/{event}/slots", body: `{"day_id":{day},"starts":"12:00","ends":"13:00"}`, status: 422, want: `{"fields":{"starts":"On 2027-06-18 there is a slot from 09:00 to 12:30 at the same time."}}`},
	{call: "mo POST /events/{event}/slots", body: `{"day_id":{day},"starts":"nine","ends":"13:00"}`, status: 422, want: `{"fields":{"starts":"*"}}`},
	{call: "mo POST /events/{event}/slots", body: `{"day_id":99999,"starts":"09:00","ends":"13:00"}`, status: 422, want: `{"fields":{"day_id":"*"}}`},
	{call: "mo POST /events/{event}/slots", body: `{"day_id":{day},"title":"Bonfire","starts":"22:00","ends":"01:30"}`, status: 201,
		want: `{"ends":"25:30","ends_at":"2027-06-19T00:30:00Z"}`, save: "night"},
	{call: "mo PATCH /events/{event}/slots/{morning}", body: `{"ends":"12:00"}`, status: 200, want: `{"title":"Morning","ends":"12:00"}`},
	{call: "mo DELETE /events/{event}/slots/{night}", status: 204},
	{call: "mo POST /events/{event}/slots/draw", body: `{"template":"weeks"}`, status: 422, want: `{"fields":{"template":"*"}}`},
	{call: "mo POST /events/{event}/slots/draw", body: `{"template":"day_parts","days":[{day}]}`, status: 422, want: `{"fields":{"days":"*"}}`},

	{call: "mo POST /events/{event}/fill", body: `{"poll":1,"themes":[{boats}]}`, status: 422},
	{call: "mo POST /events/{event}/fill", body: `{"themes":[{boats},{ropes}]}`, status: 200, want: `{"items":[{"title":"Mending boats","state":"draft","themes":[{"id":{boats}}]},{"title":"Ropes"}],"next":""}`},
	{call: "mo POST /events/{event}/fill", status: 200, want: `{"items":[{"title":"Songs"}],"next":""}`},
	{call: "mo POST /events/{event}/sessions", body: `{"title":"Welcome","minutes":30,"hosts":["@mo"],"speakers":[{"name":"Ana Čížková","affiliation":"Coop"}],"state":"confirmed"}`, status: 201,
		want: `{"title":"Welcome","state":"confirmed","hosts":[{"handle":"mo"}],"speakers":[{"name":"Ana Čížková","affiliation":"Coop"}],"starts_at":null}`, save: "welcome"},
	{call: "mo POST /events/{event}/sessions", body: `{"title":"A","hosts":["@nobody-here"],"speakers":[{"name":""}]}`, status: 422, want: `{"fields":{"hosts":"*","speakers":"*"}}`},
	{call: "mo POST /events/{event}/sessions", body: `{"title":"Second","minutes":60,"speakers":["ana  čížková"]}`, status: 201, save: "second"},
	{call: "mo PATCH /sessions/{second}", body: `{"title":"The second","version":1}`, status: 200, want: `{"title":"The second","version":2}`},
	{call: "mo PATCH /sessions/{second}", body: `{"title":"The third","version":1}`, status: 409},
	{call: "mo PATCH /sessions/{second}", body: `{"title":"x","state":"confirmed"}`, status: 422},
	{call: "mo PATCH /sessions/{second}", body: `{"state":"confirmed"}`, status: 200, want: `{"state":"confirmed"}`},

	{call: "mo PUT /sessions/{welcome}/place", body: `{"slot_id":{morning},"room_id":[{hall},{loft}]}`, status: 422, want: `{"fields":{"room_id":"A session is in one room. Leave the room out for one that everybody is to come to, or make a session for each room."}}`},
	{call: "mo PUT /sessions/{welcome}/place", body: `{"slot_id":99999}`, status: 422, want: `{"fields":{"slot_id":"*"}}`},
	{call: "mo PUT /sessions/{welcome}/place", body: `{"slot_id":{morning},"begins":-5}`, status: 422, want: `{"fields":{"begins":"It cannot begin before its slot does, at 09:00."}}`},
	{call: "mo PUT /sessions/{welcome}/place", body: `{"slot_id":{morning},"room_id":{hall},"begins":170}`, status: 422, want: `{"fields":{"begins":"*"}}`},
	{call: "mo PUT /sessions/{welcome}/place", body: `{"slot_id":{morning},"room_id":{hall}}`, status: 200, want: `{"slot_id":{morning},"room_id":{hall},"starts_at":"2027-06-18T08:00:00Z","ends_at":"2027-06-18T08:30:00Z"}`},
	{call: "mo PUT /sessions/{second}/place", body: `{"slot_id":{morning},"room_id":{loft}}`, status: 200},
	{call: "mo GET /events/{event}/clashes", status: 200, want: `{"items":[{"kind":"person","sessions":[{second},{welcome}],"person":"*","text":"*"}],"next":""}`},
	{call: "ben GET /events/{event}/clashes", status: 404},
	{call: "mo PUT /sessions/{second}/place", body: `{"slot_id":{morning},"room_id":{hall},"position":0}`, status: 200, want: `{"starts_at":"2027-06-18T08:00:00Z"}`},
	{call: "mo PUT /events/{event}/slots/{morning}/sessions", body: `{"room_id":{hall},"sessions":[{welcome},{second}]}`, status: 204},
	{call: "mo GET /sessions/{second}", status: 200, want: `{"starts_at":"2027-06-18T08:30:00Z","title":"The second"}`},
	{call: "mo DELETE /sessions/{second}/place", status: 200, want: `{"starts_at":null}`},
	{call: "mo PATCH /sessions/{second}", body: `{"state":"draft"}`, status: 200, want: `{"state":"draft"}`},
	{call: "mo DELETE /sessions/{second}", status: 204},
	{call: "mo GET /sessions/{second}", status: 404},

	{call: "mo POST /sessions/{welcome}/people", body: `{"part":"speaker","handle":"ben"}`, status: 200, want: `{"speakers":[{"name":"Ana Čížková"},{"handle":"ben"}]}`},
	{call: "mo POST /sessions/{welcome}/people", body: `{"part":"speaker","handle":"nobody-here"}`, status: 422, want: `{"fields":{"handle":"*"}}`},
	{call: "mo POST /sessions/{welcome}/people", body: `{"part":"host","name":"Zoë"}`, status: 200},
	{call: "mo DELETE /sessions/{welcome}/people/99999", status: 404},
	{call: "mo PUT /sessions/{welcome}/themes/{songs}", status: 200, want: `{"themes":[{"id":{songs},"state":"scheduled"}]}`},
	{call: "mo PUT /sessions/{welcome}/themes/99999", status: 422, want: `{"fields":{"theme":"*"}}`},
	{call: "mo DELETE /sessions/{welcome}/themes/{songs}", status: 200, want: `{"themes":[]}`},
	{call: "mo POST /sessions/{welcome}/material", body: `{"title":"Plan","link":"https://example.org/plan"}`, status: 200, want: `{"material":[{"title":"Plan"}]}`},
	{call: "mo POST /sessions/{welcome}/material", body: `{"title":"Plan","link":"javascript:alert(1)"}`, status: 422, want: `{"fields":{"link":"*"}}`},
	{call: "mo DELETE /sessions/{welcome}/material/99999", status: 404},

	{call: "mo POST /events/{event}/arrange", body: `{"seed":4}`, status: 200, want: `{"moves":[{"slot_id":{morning},"room_id":{loft},"begins":null}],"left":["*","*"],"before":{"unplaced":3},"after":{"unplaced":2},"proven":true,"steps":"*","revision":"*"}`},
	{call: "mo POST /events/{event}/slots", body: `{"day_id":{day},"title":"Afternoon","starts":"14:00","ends":"15:00"}`, status: 201, save: "afternoon"},
	{call: "mo POST /events/{event}/arrange", status: 200, want: `{"moves":["*","*","*"],"left":[],"after":{"unplaced":0}}`},
	{call: "mo POST /events/{event}/arrange/apply", body: `{"moves":[{"session":{welcome},"slot_id":{afternoon},"room_id":{loft}}],"revision":1}`, status: 409},
	{call: "mo POST /events/{event}/arrange/apply", body: `{"moves":[{"session":{welcome},"slot_id":99999}]}`, status: 422, want: `{"fields":{"moves":"*"}}`},
	{call: "mo POST /events/{event}/arrange/apply", body: `{"moves":[{"session":{welcome},"slot_id":{afternoon},"room_id":{loft}}]}`, status: 200, want: `{"id":{event}}`},

	{call: "ben POST /events/{event}/publish", status: 404},
	{call: "mo GET /events/{event}/changes", status: 200, want: `{"changed":true,"changes":[]}`},
	{call: "mo POST /events/{event}/publish", body: `{"note":"Come all"}`, status: 201, want: `{"version":1,"note":"Come all","changes":[],"by":{"handle":"mo"}}`},
	{call: "mo POST /events/{event}/publish", status: 409, want: `{"code":"programme.nothing_new"}`},
	{call: "- GET /events/{event}", status: 200, want: `{"working":false,"state":"published","sessions":[{"id":{welcome},"starts_at":"2027-06-18T13:00:00Z"}],"put_forward":[]}`},
	{call: "- GET /events/{event}?published=true", status: 200},
	{call: "mo GET /events/{event}?published=true", status: 200, want: `{"working":false}`},
	{call: "- GET /groups/harbour/events", status: 200, want: `{"items":[{"id":{event},"state":"published"}]}`},
	{call: "- GET /threads/{thread}/timeline", status: 200},
	{call: "ben GET /events/{event}/clashes", status: 403},
	{call: "ben POST /events/{event}/sessions", body: `{"title":"Knots"}`, status: 409, want: `{"code":"programme.no_proposals"}`},
	{call: "mo PATCH /events/{event}", body: `{"takes_proposals":true}`, status: 200},
	{call: "dee POST /events/{event}/sessions", body: `{"title":"Knots"}`, status: 403},
	{call: "ben POST /events/{event}/sessions", body: `{"title":"Knots"}`, status: 201, want: `{"state":"proposed","put_forward":true,"hosts":[{"handle":"ben"}]}`, save: "knots"},
	{call: "ben PATCH /sessions/{knots}", body: `{"title":"Knots for all"}`, status: 200, want: `{"title":"Knots for all"}`},
	{call: "ben PATCH /sessions/{knots}", body: `{"state":"confirmed"}`, status: 403},
	{call: "- GET /events/{event}", status: 200, want: `{"put_forward":[{"id":{knots},"title":"Knots for all"}]}`},
	{call: "mo POST /sessions/{knots}/themes/{ropes}/move", body: `{"to":{welcome}}`, status: 404},
	{call: "mo PUT /sessions/{knots}/themes/{songs}", status: 200},
	{call: "mo POST /sessions/{knots}/themes/{songs}/move", body: `{"to":{welcome}}`, status: 200, want: `{"id":{welcome},"themes":[{"id":{songs}}]}`},
	{call: "mo PATCH /sessions/{knots}", body: `{"state":"confirmed"}`, status: 200},
	{call: "mo PUT /sessions/{knots}/place", body: `{"slot_id":{morning},"room_id":{hall}}`, status: 200},
	{call: "mo GET /events/{event}/changes", status: 200, want: `{"changed":true,"changes":[{"kind":"session_added","session":{knots},"title":"Knots for all","to":"Hall","to_at":"2027-06-18T08:00:00Z"}]}`},
	{call: "mo POST /events/{event}/publish", status: 201, want: `{"version":2,"changes":[{"kind":"session_added"}]}`},
	{call: "- GET /events/{event}/versions?limit=1", status: 200, want: `{"items":[{"version":2}],"next":"*"}`},
	{call: "- GET /events/{event}/versions/1", status: 200, want: `{"version":1,"event":{"sessions":[{"id":{welcome}}]}}`},
	{call: "- GET /events/{event}/versions/9", status: 404},
	{call: "mo PATCH /sessions/{knots}", body: `{"state":"cancelled"}`, status: 422, want: `{"fields":{"reason":"*"}}`},
	{call: "mo PATCH /sessions/{knots}", body: `{"state":"cancelled","reason":"No rope"}`, status: 200, want: `{"state":"cancelled","state_reason":"No rope"}`},
	{call: "mo DELETE /sessions/{knots}", status: 409, want: `{"code":"programme.session_known"}`},
	{call: "- GET /sessions/{knots}", status: 200, want: `{"state":"confirmed"}`},

	{call: "ben PUT /sessions/{welcome}/notes", body: `{"notes":"It was **good**"}`, status: 200, want: `{"notes":"It was **good**","notes_html":"*"}`},
	{call: "dee PUT /sessions/{welcome}/notes", body: `{"notes":"It was bad"}`, status: 403},
	{call: "mo PUT /sessions/{welcome}/minutes", body: `{"now":"finish"}`, status: 409},
	{call: "mo PUT /sessions/{welcome}/minutes", body: `{"now":"start"}`, status: 200, want: `{"started_at":"*","minutes_taken":null}`, then: func(h *house) { h.clock.pass(40 * time.Minute) }},
	{call: "- GET /events/{event}/slots/{afternoon}/agenda", status: 200, want: `{"items":[]}`},
	{call: "mo PUT /sessions/{welcome}/minutes", body: `{"now":"finish"}`, status: 200, want: `{"minutes_taken":40}`},
	{call: "mo PUT /sessions/{welcome}/minutes", body: `{"taken":35}`, status: 200, want: `{"minutes_taken":35}`},
	{call: "mo PUT /sessions/{welcome}/minutes", body: `{"now":"pause"}`, status: 422, want: `{"fields":{"now":"*"}}`},

	{call: "mo POST /events/{event}/cancel", body: `{"reason":""}`, status: 422, want: `{"fields":{"reason":"*"}}`},
	{call: "ben POST /events/{event}/cancel", body: `{"reason":"Rain"}`, status: 403},
	{call: "mo POST /events/{event}/cancel", body: `{"reason":"Rain"}`, status: 200, want: `{"state":"cancelled","cancel_reason":"Rain"}`},
	{call: "mo PATCH /events/{event}", body: `{"title":"Sun"}`, status: 409, want: `{"code":"programme.state_cancelled"}`},
	{call: "mo POST /events/{event}/resume", status: 200, want: `{"state":"published"}`},
	{call: "- GET /threads/{thread}/timeline?limit=200", status: 200},
	{call: "mo POST /events", body: `{"group":"harbour","title":"Alone","time_zone":"UTC","starts_on":"2027-06-19"}`, status: 201, want: `{"template":"meeting","sessions":["*","*","*","*","*","*"]}`, save: "alone"},
	{call: "mo POST /events/{alone}/slots/draw", body: `{"template":"day_parts"}`, status: 422, want: `{"fields":{"days":"Each day has slots already. Take them out of a day to divide it anew."}}`},
	{call: "mo POST /events/{alone}/days", body: `{"date":"2027-06-20"}`, status: 201, save: "second_day"},
	{call: "mo POST /events/{alone}/slots/draw", body: `{"template":"stretch"}`, status: 200, want: `{"slots":["*","*"]}`},
	{call: "mo POST /events/{alone}/slots/draw", body: `{"template":"hours","days":[{second_day}]}`, status: 422, want: `{"fields":{"days":"*"}}`},
}

// liveWithParts takes out again what was put into a session.
func liveWithParts(t *testing.T, h *house) {
	ask := func(method, path, body string, status int) map[string]any {
		t.Helper()
		got := h.ask(t, "mo", method, path, body)
		if got.status != status {
			t.Fatalf("%s %s: %d, want %d\n%s", method, path, got.status, status, got.body)
		}
		return got.value
	}
	event := ask("POST", "/events", `{"group":"harbour","title":"Parts","time_zone":"UTC","starts_on":"2027-06-19","bare":true}`, 201)
	session := ask("POST", fmt.Sprintf("/events/%v/sessions", event["id"]), `{"title":"Sails","speakers":["Ana"]}`, 201)
	at := fmt.Sprintf("/sessions/%v", session["id"])
	session = ask("POST", at+"/material", `{"title":"Plan","link":"https://example.org"}`, 200)
	part := func(list string) any { return session[list].([]any)[0].(map[string]any)["id"] }
	session = ask("DELETE", fmt.Sprintf("%s/people/%v", at, part("speakers")), "", 200)
	session = ask("DELETE", fmt.Sprintf("%s/material/%v", at, part("material")), "", 200)
	if len(session["speakers"].([]any))+len(session["material"].([]any)) != 0 {
		t.Errorf("still there: %v", session)
	}
}
