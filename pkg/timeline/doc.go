// Package timeline puts the things behind a timeline's events: the comment that
// was posted, the theme that was proposed, the poll that closed, and who did it.
// It also says what all of them look like as JSON, which the API and the live
// messages share.
//
// What it gives is the same for every reader, so it must never know who is
// asking: rights are checked before, by whoever read the events. It says
// nothing that only some may see, such as the results of a poll.
package timeline

import (
	"plenary/pkg/forum"
	"plenary/pkg/person"
	"plenary/pkg/poll"
	"plenary/pkg/programme"
	"plenary/pkg/store"
	"plenary/pkg/theme"
)

// Reader looks up what events tell of. It is safe for concurrent use.
type Reader struct {
	db         *store.DB
	people     *person.People
	forum      *forum.Forum
	polls      *poll.Polls
	themes     *theme.Themes
	programmes *programme.Programmes
}

// New makes a Reader on the rooms that own the things.
func New(db *store.DB, people *person.People, threads *forum.Forum, polls *poll.Polls, themes *theme.Themes, programmes *programme.Programmes) *Reader {
	return &Reader{db: db, people: people, forum: threads, polls: polls, themes: themes, programmes: programmes}
}
