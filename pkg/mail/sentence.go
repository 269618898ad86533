package mail

import (
	"encoding/json"
	"fmt"
	"time"
)

// Sentence is a message of the catalogue with its values, for a letter to say in
// its reader's language. Values are texts, whole numbers and Words; where one is
// called Count, it chooses between one and many.
type Sentence struct {
	Code  string          `json:"code"`
	Texts map[string]Word `json:"texts,omitempty"`
	Count *int64          `json:"count,omitempty"`
	List  []Word          `json:"list,omitempty"` // the value Options, as a list
}

// Word is one of: the key of a message, a number, a time, a text as it stands. What
// comes first holds, and a key only where there is such a message.
type Word struct {
	Key    string    `json:"key,omitempty"`
	Number *int64    `json:"number,omitempty"`
	At     time.Time `json:"at,omitzero"`
	Zone   string    `json:"zone,omitempty"` // where At is told; empty for UTC, to the second
	Text   string    `json:"text,omitempty"`
}

// Arg is the sentence as a value among Letter.Args, whose name has to end in
// "Sentence".
func (s Sentence) Arg() (string, error) {
	text, err := json.Marshal(s)
	if err != nil {
		return "", fmt.Errorf("put the sentence %s into a letter: %w", s.Code, err)
	}
	return string(text), nil
}

// ParseSentence reads what Arg has written.
func ParseSentence(arg string) (s Sentence, err error) {
	if err := json.Unmarshal([]byte(arg), &s); err != nil {
		return s, fmt.Errorf("read a sentence of a letter: %w", err)
	}
	return s, nil
}

// TimeArg is an instant as a value among Letter.Args, whose name has to end in
// "Time": it is told in the zone, an IANA name, and in UTC where that is empty.
func TimeArg(at time.Time, zone string) string {
	return at.UTC().Format(time.RFC3339) + " " + zone
}

// ParseTime reads what TimeArg has written. An unknown zone is UTC.
func ParseTime(arg string) (at time.Time, zone *time.Location, err error) {
	var text, name string
	if n, err := fmt.Sscan(arg, &text, &name); n == 0 {
		return time.Time{}, nil, fmt.Errorf("read a time of a letter: %w", err)
	}
	if at, err = time.Parse(time.RFC3339, text); err != nil {
		return time.Time{}, nil, fmt.Errorf("read a time of a letter: %w", err)
	}
	if zone, err = time.LoadLocation(name); err != nil {
		zone = time.UTC
	}
	return at, zone, nil
}
