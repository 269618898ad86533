package live

import (
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"plenary/pkg/event"
)

// request is a message of a client: {"type":"subscribe","thread":42,"after_seq":17}.
type request struct {
	Type     string `json:"type"`
	Thread   *int64 `json:"thread"`
	Group    *int64 `json:"group"`
	Poll     *int64 `json:"poll"`
	Inbox    *inbox `json:"inbox"`
	AfterSeq *int64 `json:"after_seq"`
	Format   string `json:"format"`
	Lang     string `json:"lang"`
	Newest   bool   `json:"newest"` // without the events that a later one makes stale
}

// inbox is whose inbox is meant: true in JSON, here 0, is the client's own.
type inbox int64

// UnmarshalJSON reads true or a person's id.
func (i *inbox) UnmarshalJSON(data []byte) error {
	if string(data) == "true" {
		*i = 0
		return nil
	}
	var id int64
	if err := json.Unmarshal(data, &id); err != nil || id <= 0 {
		return fmt.Errorf("inbox is neither true nor an id")
	}
	*i = inbox(id)
	return nil
}

// target is what a client subscribes to: a topic, or one poll of a thread, whose
// topic has to be found out.
type target struct {
	topic event.Topic
	poll  int64
}

// fault is what is wrong with a client's message, in words that say what to do.
type fault string

func (f fault) Error() string { return string(f) }

// parse reads a client's message and checks all that can be checked without
// knowing who sent it. Its errors are faults.
func parse(data []byte) (request, error) {
	if len(data) > messageLimit {
		return request{}, fault(fmt.Sprintf("Send at most %d bytes in a message.", messageLimit))
	}
	if !utf8.Valid(data) {
		return request{}, fault("Send text in UTF-8.")
	}
	var r request
	if err := json.Unmarshal(data, &r); err != nil {
		return request{}, fault(`Send one JSON object, such as {"type":"subscribe","thread":42}, with whole numbers as ids.`)
	}
	return r, r.check()
}

func (r request) check() error {
	switch r.Type {
	case "subscribe", "unsubscribe":
	case "writing":
		if r.Thread == nil {
			return fault(`Say where: {"type":"writing","thread":42}.`)
		}
	default:
		return fault(`The type must be "subscribe", "unsubscribe" or "writing".`)
	}
	if r.Format != "" && r.Format != "html" && r.Format != "json" {
		return fault(`The format must be "html" or "json"; without it, "json".`)
	}
	if r.AfterSeq != nil && *r.AfterSeq < 0 {
		return fault("after_seq is the last seq that you have, or 0.")
	}
	return r.checkTarget()
}

func (r request) checkTarget() error {
	named := 0
	for _, id := range []*int64{r.Thread, r.Group, r.Poll} {
		if id == nil {
			continue
		}
		named++
		if *id <= 0 {
			return fault("Ids are whole numbers above 0.")
		}
	}
	if r.Inbox != nil {
		named++
	}
	if named != 1 {
		return fault(`Name exactly one of "thread", "group", "poll" and "inbox".`)
	}
	return nil
}

// target is what the request names, for a person.
func (r request) target(person int64) target {
	switch {
	case r.Thread != nil:
		return target{topic: event.Thread(*r.Thread)}
	case r.Group != nil:
		return target{topic: event.Group(*r.Group)}
	case r.Poll != nil:
		return target{poll: *r.Poll}
	case *r.Inbox == 0:
		return target{topic: event.Inbox(person)}
	}
	return target{topic: event.Inbox(int64(*r.Inbox))}
}

// reply is a message of the hub itself, everything but events.
type reply struct {
	Type       string `json:"type"`
	Thread     int64  `json:"thread,omitempty"`
	Group      int64  `json:"group,omitempty"`
	Inbox      int64  `json:"inbox,omitempty"`
	Poll       int64  `json:"poll,omitempty"`
	LastSeq    *int64 `json:"last_seq,omitempty"`
	Code       string `json:"code,omitempty"`
	Detail     string `json:"detail,omitempty"`
	RetryAfter int64  `json:"retry_after_ms,omitempty"`
}

// about gives a reply the names of what it is about.
func (t target) about(r reply) reply {
	switch t.topic.Place {
	case event.InThread:
		r.Thread = t.topic.ID
	case event.InGroup:
		r.Group = t.topic.ID
	case event.InInbox:
		r.Inbox = t.topic.ID
	}
	r.Poll = t.poll
	return r
}

func (r reply) bytes() []byte {
	data, err := json.Marshal(r)
	if err != nil {
		panic(fmt.Sprintf("live: a reply of plain fields cannot be written: %v", err))
	}
	return data
}
