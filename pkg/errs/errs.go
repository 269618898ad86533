// Package errs holds the one error type that crosses room borders in Plenary.
//
// An Error has two audiences. People get its Code, a key of the message
// catalogue, with Args and, for rejected input, a message for each field. The
// log gets the cause. The package knows nothing of HTTP, of databases or of
// languages: pkg/edge maps kinds to statuses, pkg/store makes database errors
// into kinds, pkg/i18n turns codes into sentences.
package errs

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Kind says what sort of failure an error is, and so how it is answered.
type Kind uint8

// The kinds. Internal is the zero value: an error that nobody classified is ours.
const (
	Internal        Kind = iota // a fault of the program or of the machine
	Invalid                     // the input cannot be accepted as it is; Fields says why
	Unauthenticated             // signing in would help
	Forbidden                   // known, seen, but not allowed
	NotFound                    // unknown, or not to be known
	Gone                        // was here and has been removed
	Conflict                    // the state of the thing forbids it
	TooLarge                    // more bytes than are accepted
	Unsupported                 // a media type that is not accepted
	TooMany                     // too often; try again later
	Unavailable                 // busy or cut off; trying again will help
	Full                        // no space left on the disk
)

var kindNames = [...]string{"internal", "invalid", "unauthenticated", "forbidden", "not_found", "gone",
	"conflict", "too_large", "unsupported", "too_many", "unavailable", "full"}

// String gives the kind's name as it appears in logs.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return fmt.Sprintf("kind(%d)", uint8(k))
}

// Args are the named values that a message needs, such as {"Max": 200}.
type Args map[string]any

// Text is a message to be put into words later: a catalogue key with its values.
type Text struct {
	Code string
	Args Args
}

// Fields says for each rejected field, by its name in the form or the JSON
// body, what is wrong with it.
type Fields map[string]Text

// Add records that the field is wrong. The first complaint about a field stays.
func (f *Fields) Add(field, code string, args ...Args) {
	if *f == nil {
		*f = Fields{}
	}
	if _, taken := (*f)[field]; taken {
		return
	}
	t := Text{Code: code}
	if len(args) > 0 {
		t.Args = args[0]
	}
	(*f)[field] = t
}

// Err is nil where nothing was rejected, and otherwise an Invalid error that
// carries the fields.
func (f Fields) Err() error {
	if len(f) == 0 {
		return nil
	}
	return &Error{Kind: Invalid, Text: Text{Code: "error.invalid"}, Fields: f}
}

// Error is a classified failure.
type Error struct {
	Kind   Kind
	Text          // what people are told
	Fields Fields // for Invalid: what is wrong where
	cause  error
}

// New makes an error of a kind with the catalogue key of its message.
func New(kind Kind, code string, args ...Args) *Error {
	e := &Error{Kind: kind, Text: Text{Code: code}}
	if len(args) > 0 {
		e.Args = args[0]
	}
	return e
}

// Because returns a copy of e that keeps cause for the log.
func (e *Error) Because(cause error) *Error {
	c := *e
	c.cause = cause
	return &c
}

// Error is the text for the log. People never see it.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", e.Kind, e.Code)
	for _, name := range slices.Sorted(maps.Keys(e.Fields)) {
		fmt.Fprintf(&b, " %s=%s", name, e.Fields[name].Code)
	}
	if e.cause != nil {
		fmt.Fprintf(&b, ": %v", e.cause)
	}
	return b.String()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.cause }

// KindOf is the kind of the first Error in err's chain, and Internal where
// there is none.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Internal
}

// Is reports whether err is of the kind.
func Is(err error, kind Kind) bool { return err != nil && KindOf(err) == kind }

// CodeOf is the message key of the first Error in err's chain, or "error.internal".
func CodeOf(err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return "error.internal"
}
