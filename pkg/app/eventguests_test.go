package app_test

import (
	"fmt"
	"testing"

	"plenary/pkg/access"
	"plenary/pkg/programme"
	"plenary/pkg/testkit/browser"
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
	rosa.Sees("You have a seat") // on the page that she has had open since
	rosa.Open(e.URL + e.session(1))
	rosa.Sees("At the same time you have signed up for")
	nia.Faultless()
	rosa.Faultless()
}

func TestWhoMovesUpSeesItOnTheOpenPageAndNobodyElseDoes(t *testing.T) {
	t.Parallel()
	e := stageEvent(t)
	e.published()
	goes, waits, later := e.person("ada", "Ada Eze", "", "harbour", access.Member), e.person("bea", "Bea Lund", "", "harbour", access.Member), e.person("tomek", "Tomek Sowa", "", "harbour", access.Member)
	for _, who := range []access.Actor{goes, waits, later} {
		_, _, err := e.Programmes.SignUp(e.ctx, who, e.sessions[0])
		e.must(err)
	}
	bea, tomek, nia, lists := e.browse("bea", e.session(0)), e.browse("tomek", e.session(0)), e.browse("nia", e.session(0)), e.browse("bea", e.path(""))
	bea.Sees("You are number 1 on the waiting list.")
	tomek.Sees("You are number 2 on the waiting list.")
	nia.Sees("2 people wait")
	lists.Sees("You are on the waiting list")
	e.must(e.Programmes.Leave(e.ctx, goes, e.sessions[0]))
	bea.Sees("You have a seat")
	bea.Sees("Give up my seat")
	tomek.Sees("You are number 1 on the waiting list.")
	nia.Sees("1 person waits")
	lists.Sees("You have a seat")
	nia.Sees("There are no seats left.")
	for _, tab := range []*browser.Tab{tomek, nia} {
		if browser.Eval[bool](tab, `document.body.textContent.includes("Give up my seat")`) {
			t.Error("somebody else was given the seat, too")
		}
	}
	e.must(e.Programmes.Leave(e.ctx, waits, e.sessions[0]))
	e.must(e.Programmes.Leave(e.ctx, later, e.sessions[0]))
	nia.Until(`!document.body.textContent.includes("There are no seats left.")`)
	nia.Sees("Sign up") // there is a seat
	for _, tab := range []*browser.Tab{bea, tomek, nia, lists} {
		tab.Faultless()
	}
}
