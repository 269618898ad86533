package api_test

// inboxStory is what comes to somebody, and what they do with it.
var inboxStory = []step{
	{call: "- GET /inbox", status: 401},
	{call: "- GET /inbox/polls", status: 401},
	{call: "- POST /inbox/mark", body: `{"as":"read","all":true}`, status: 401},

	{call: "ana POST /groups", body: `{"name":"Granary","handle":"granary","visibility":"closed"}`, status: 201},
	{call: "ana POST /groups/granary/memberships", body: `{"user":"ben","role":"member"}`, status: 201},
	{call: "ben POST /inbox/mark", body: `{"as":"away","all":true}`, status: 200, want: `{"unread_count":0}`},
	{call: "ana POST /inbox/mark", body: `{"as":"away","all":true}`, status: 200, want: `{"unread_count":0}`},
	{call: "ana POST /groups/granary/threads", body: `{"title":"Rye","body":"What do we plant?"}`, status: 201, save: "thread"},
	{call: "ben POST /threads/{thread}/comments", body: `{"body":"Oats."}`, status: 201, save: "oats"},
	{call: "ana POST /threads/{thread}/comments", body: `{"body":"And you, @ben?"}`, status: 201},
	{call: "ana POST /threads/{thread}/comments", body: `{"body":"Oats are dear.","parent_id":{oats}}`, status: 201},

	{call: "ben GET /inbox", status: 200, want: `{"items":[
		{"kind":"comment.replied","actor":{"handle":"ana"},"comment":{"body":"Oats are dear."},"thread_title":"Rye","group":{"handle":"*"},"read_at":null,"put_away_at":null,"url":"*"},
		{"kind":"comment.mentioned","comment":{"body":"And you, @ben?"},"read_at":null}],"next":"","unread_count":2}`},
	{call: "ben GET /inbox?limit=1", status: 200, want: `{"items":[{"kind":"comment.replied"}],"next":"*","unread_count":2}`, save: "reply"},
	{call: "ben GET /inbox?group=granary", status: 200, want: `{"items":["*","*"]}`},
	{call: "ben GET /inbox?group=granary&show=themes", status: 200, want: `{"items":[],"next":"","unread_count":2}`},
	{call: "ben GET /inbox?show=mentions&group=nowhere", status: 200, want: `{"items":[]}`},
	{call: "ben GET /inbox?show=nonsense", status: 422, want: `{"fields":{"show":"*"}}`},
	{call: "ben GET /inbox?cursor=_____w", status: 422, want: `{"fields":{"cursor":"*"}}`},
	{call: "ana GET /inbox", status: 200, want: `{"items":[],"unread_count":0}`},

	{call: "ben POST /inbox/mark", body: `{"as":"read","seqs":[{reply}]}`, status: 200, want: `{"rows":1,"unread_count":1,"at":"*"}`},
	{call: "ben POST /inbox/mark", body: `{"as":"read","seqs":[{reply}]}`, status: 200, want: `{"rows":0,"unread_count":1}`},
	{call: "ben GET /inbox?show=unread", status: 200, want: `{"items":[{"kind":"comment.mentioned"}],"unread_count":1}`, save: "mention"},
	{call: "ben POST /inbox/mark", body: `{"as":"away","seqs":[{mention}]}`, status: 200, want: `{"rows":1,"unread_count":0}`},
	{call: "ben GET /inbox", status: 200, want: `{"items":[{"seq":{reply},"read_at":"*"}]}`},
	{call: "ben GET /inbox?show=away&limit=1", status: 200, want: `{"items":[{"seq":{mention},"put_away_at":"*"}]}`},
	{call: "ben POST /inbox/mark", body: `{"as":"unread","seqs":[{reply},{mention}]}`, status: 200, want: `{"rows":2,"unread_count":2}`},
	{call: "ben POST /inbox/mark", body: `{"as":"read","all":true,"up_to":{mention}}`, status: 200, want: `{"rows":1,"unread_count":1}`},
	{call: "ben POST /inbox/mark", body: `{"as":"read","all":true,"show":"themes"}`, status: 200, want: `{"rows":0,"unread_count":1}`},
	{call: "ben POST /inbox/mark", body: `{"as":"read"}`, status: 422, want: `{"fields":{"seqs":"*"}}`},
	{call: "ben POST /inbox/mark", body: `{"as":"eaten","seqs":[1]}`, status: 422, want: `{"fields":{"as":"*"}}`},
	{call: "ben POST /inbox/mark", body: `{"as":"undo"}`, status: 422, want: `{"fields":{"at":"*"}}`},
	{call: "ben POST /inbox/mark", body: `{"as":"read","all":true,"up_to":-1}`, status: 422, want: `{"fields":{"up_to":"*"}}`},
	{call: "ben POST /inbox/mark", body: `{"as":"undo","at":"2001-01-01T00:00:00Z"}`, status: 200, want: `{"rows":0}`},
	{call: "ana POST /inbox/mark", body: `{"as":"read","all":true}`, status: 200, want: `{"rows":0}`},

	{call: "ana POST /threads/{thread}/polls", body: `{"title":"Oats?","method":"proposal","closes_at":"2027-02-01T00:00:00Z"}`, status: 201, save: "poll"},
	{call: "ben GET /inbox/polls", status: 200, want: `{"next":""}`},
}
