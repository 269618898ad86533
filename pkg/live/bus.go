package live

import (
	"encoding/json"
	"fmt"

	"plenary/pkg/event"
)

// Bus carries short messages between the processes of one forum, at most once:
// a message may be lost, doubled or late. Everybody who is subscribed hears it,
// the sender too.
type Bus interface {
	// Publish sends the message to all subscribers of the subject. It does not
	// wait for them, and fails where the bus is known to be cut off.
	Publish(subject Subject, message []byte) error

	// Subscribe has every later message on the subject handed to receive, one at
	// a time, until stop is called. Receive must return quickly and must not keep
	// the bytes. A message already under way may still arrive after stop.
	Subscribe(subject Subject, receive func(message []byte)) (stop func(), err error)

	// Close ends all subscriptions and lets go of the connection.
	Close() error
}

// Subject is what a message is about, in words parted by dots.
type Subject string

// accessSubject carries changes of rights.
const accessSubject Subject = "access"

// eventSubject carries "there is a new event", such as "ev.thread.42".
func eventSubject(t event.Topic) Subject { return Subject("ev." + t.String()) }

// hereSubject carries who is here, such as "here.thread.42".
func hereSubject(t event.Topic) Subject { return Subject("here." + t.String()) }

// notice is a signal on its way: the topic, which the signal itself does not
// spell out, and the process it comes from.
type notice struct {
	Node  string `json:"node"`
	Topic string `json:"topic,omitempty"`
	event.Signal
}

func encodeNotice(node string, s event.Signal) ([]byte, error) {
	n := notice{Node: node, Signal: s}
	if s.Topic != (event.Topic{}) {
		n.Topic = s.Topic.String()
	}
	return json.Marshal(n)
}

func decodeNotice(message []byte) (notice, error) {
	var n notice
	if err := json.Unmarshal(message, &n); err != nil {
		return notice{}, fmt.Errorf("notice on the bus: %w", err)
	}
	if n.Topic == "" {
		return n, nil
	}
	topic, err := event.ParseTopic(n.Topic)
	n.Signal.Topic = topic
	return n, err
}
