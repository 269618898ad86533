package live

import (
	"encoding/json"
	"errors"
	"testing"

	"plenary/pkg/event"
)

func TestRequestsNameTheirTarget(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]target{
		`{"type":"subscribe","thread":42}`:              {topic: event.Thread(42)},
		`{"type":"subscribe","group":5}`:                {topic: event.Group(5)},
		`{"type":"subscribe","poll":7}`:                 {poll: 7},
		`{"type":"subscribe","inbox":true}`:             {topic: event.Inbox(3)},
		`{"type":"unsubscribe","inbox":9}`:              {topic: event.Inbox(9)},
		`{"type":"writing","thread":1,"later":"field"}`: {topic: event.Thread(1)},
	} {
		r, err := parse([]byte(text))
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := r.target(3); got != want {
			t.Errorf("%s names %+v, want %+v", text, got, want)
		}
	}
}

// endless is a message that inflates for ever.
type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

func TestAMessageThatInflatesForEverIsReadToTheLimitOnly(t *testing.T) {
	t.Parallel()
	data, err := readMessage(endless{})
	if err != nil || len(data) <= messageLimit {
		t.Errorf("read %d bytes, %v", len(data), err)
	}
	if _, err := parse(data); err == nil {
		t.Error("accepted")
	}
}

func FuzzAnyMessageIsReadOrExplained(f *testing.F) {
	for _, seed := range []string{
		`{"type":"subscribe","thread":42,"after_seq":17,"format":"html","lang":"fr"}`,
		`{"type":"unsubscribe","poll":7}`, `{"type":"writing","thread":42}`, `{"type":"subscribe","inbox":true}`,
		`{"type":"subscribe","inbox":"true"}`, `{"thread":1e3}`, `[]`, `null`, "\xff", ``, `{"type":"subscribe","thread":42}x`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := parse(data)
		if err != nil {
			if why, ok := errors.AsType[fault](err); !ok || why == "" {
				t.Fatalf("%q: %v does not say what to do", data, err)
			}
			return
		}
		to := r.target(3)
		if to.poll <= 0 && to.topic.ID <= 0 {
			t.Fatalf("%q names nothing: %+v", data, to)
		}
		if r.AfterSeq != nil && *r.AfterSeq < 0 {
			t.Fatalf("%q: after_seq %d", data, *r.AfterSeq)
		}
		if !json.Valid(to.about(reply{Type: "subscribed", Detail: r.Lang}).bytes()) {
			t.Fatalf("%q: the reply is not JSON", data)
		}
	})
}

func FuzzNothingOnTheBusBreaksAHub(f *testing.F) {
	for _, seed := range []string{`{"node":"b","topic":"thread.42","seq":3}`, `{"node":"b","person":3}`, `{`, `{"topic":"x"}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		n, err := decodeNotice(data)
		if err != nil {
			return
		}
		again, err := encodeNotice(n.Node, n.Signal)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := decodeNotice(again); err != nil || back.Signal != n.Signal {
			t.Fatalf("%q: %+v, then %+v, %v", data, n, back, err)
		}
	})
}
