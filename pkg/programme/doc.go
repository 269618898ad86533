// Package programme makes the programme of an event: its days, rooms, slots and
// sessions, who speaks, who comes, and what has been published.
//
// The package must never know how a programme is shown, or how a poll is counted.
//
// # Rules
//
// A programme stands in a thread: who may read the one may read the other, and
// what happens in it is told in that thread's timeline. Readers meet what was
// published last; what has been changed since is for those who convene.
//
// Days and times are those of the clock on the wall where the event is. An instant
// is worked out from them only when it is needed, so that moving an event to
// another place moves its times along.
package programme
