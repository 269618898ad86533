package view

import (
	"time"
)

// ThreadPeoplePage says who takes part in a thread: the groups that it is shown
// in, and its guests.
type ThreadPeoplePage struct {
	Frame
	Thread    ThreadHead
	Reach     int // members of its groups and guests
	Guests    []ThreadGuest
	Targets   []GroupRef // into which the viewer may share it
	Share     Form       // group
	Invite    Form       // person
	CanSee    bool       // the guests
	CanShare  bool
	CanInvite bool
	CanLeave  bool // as a guest
}

func (ThreadPeoplePage) page() string { return "thread-people" }

// ThreadGuest is somebody who was invited into one thread.
type ThreadGuest struct {
	Person Person
	By     *Person // nil where not known
	Since  time.Time
}
