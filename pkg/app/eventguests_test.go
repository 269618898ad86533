package app_test

import (
	"fmt"
	"testing"

	"plenary/pkg/programme"
)

// published places the first two sessions at the same time, in rooms of one seat
// and of thirty, and publishes.
func (e *stagedEvent) published() {
	e.t.Helper()
	one := 1
	_, err := e.Programmes.EditSession(e.ctx, e.omar, e.sessions[0], programme.SessionEdit{Capacity: &one})
	e.must(err)
	for i := range 2 {
		_, err := e.Programmes.Place(e.ctx, e.omar, e.sessions[i], programme.Placing{SlotID: e.slots[0].ID, RoomID: e.rooms[i].ID}, 0)
		e.must(err)
	}
	_, err = e.Programmes.Publish(e.ctx, e.omar, e.id, "", 0)
	e.must(err)
}

func (e *stagedEvent) session(i int) string { return fmt.Sprintf("/e/%d/s/%d", e.id, e.sessions[i]) }

func TestTwoPeopleSignUpAndSeeEachOthersFigures(t *testing.T) {
	t.Parallel()
	e := stageEvent(t)
	e.published()
	nia, rosa := e.browse("nia", e.session(0)), e.browse("rosa", e.path(""))
	nia.Click("#signup-form button")
	nia.Sees("You have a seat")
	nia.Sees("1 of 1 seats taken")
	rosa.Sees("1 of 1 seats taken") // on the programme's page, without loading it again
	rosa.Open(e.URL + e.session(0))
	rosa.Sees("There are no seats left.")
	rosa.Click("#signup-form button")
	rosa.Sees("You are number 1 on the waiting list.")
	nia.Sees("1 person waits")
	nia.Click("#signup-form button")
	nia.Sees("Join the waiting list")
	rosa.Open(e.URL + e.session(0))
	rosa.Sees("You have a seat")
	rosa.Open(e.URL + e.session(1))
	rosa.Sees("At the same time you have signed up for")
	nia.Faultless()
	rosa.Faultless()
}
