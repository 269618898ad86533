package app_test

import (
	"fmt"
	"testing"
	"time"

	"plenary/pkg/programme"
	"plenary/pkg/testkit/browser"
)

func TestAnOpenProgrammeFollowsTheClockAndWhatIsPublished(t *testing.T) {
	t.Parallel()
	e := stageEvent(t)
	today := e.Now().UTC()
	_, err := e.Programmes.Edit(e.ctx, e.omar, e.id, programme.Edit{Zone: new("UTC")})
	e.must(err)
	day, err := e.Programmes.AddDay(e.ctx, e.omar, e.id, programme.NewDay{Date: programme.Date(today.Format(time.DateOnly))})
	e.must(err)
	slot, err := e.Programmes.AddSlot(e.ctx, e.omar, e.id, programme.NewSlot{DayID: day.ID, Starts: 0, Ends: 24*60 + 60})
	e.must(err)
	_, err = e.Programmes.EditSession(e.ctx, e.omar, e.sessions[0], programme.SessionEdit{Minutes: new(0)})
	e.must(err)
	_, err = e.Programmes.Place(e.ctx, e.omar, e.sessions[0], programme.Placing{SlotID: slot.ID, RoomID: e.rooms[0].ID}, 0)
	e.must(err)
	_, err = e.Programmes.Publish(e.ctx, e.omar, e.id, "", 0)
	e.must(err)

	reader, visitor := e.browse("nia", e.path("")), e.browse("", e.path(""))
	for _, tab := range []*browser.Tab{reader, visitor} {
		tab.Until(fmt.Sprintf(`document.querySelector(%q)?.checkVisibility()`, e.card(0)+".is-now [data-now-tag]"))
		tab.Sees("Now")
	}
	visitor.Size(320, 700)
	if over := browser.Eval[int](visitor, "document.documentElement.scrollWidth - innerWidth"); over > 0 {
		t.Errorf("the programme is %d px too wide for a phone", over)
	}

	// The session ends: the mark goes without a reload.
	browser.Eval[bool](visitor, fmt.Sprintf(`(document.querySelector(%q).dataset.ends = new Date(Date.now() - 5000).toISOString(), true)`, e.card(0)))
	visitor.Until(fmt.Sprintf(`!document.querySelector(%q).matches(".is-now") && document.querySelector(%q).hidden`, e.card(0), e.card(0)+" [data-now-tag]"))

	// What is published comes to whoever has the page open; what is only planned does not.
	_, err = e.Programmes.Place(e.ctx, e.omar, e.sessions[1], programme.Placing{SlotID: slot.ID, RoomID: e.rooms[1].ID}, 0)
	e.must(err)
	_, err = e.Programmes.Publish(e.ctx, e.omar, e.id, "Knots, too.", 0)
	e.must(err)
	for _, tab := range []*browser.Tab{reader, visitor} {
		tab.Until(fmt.Sprintf(`document.querySelector(%q)`, e.card(1)))
	}
	reader.Until(`document.querySelector("#changed")?.open`)
	reader.Sees("Knots for beginners")
	reader.Faultless()
	visitor.Faultless()
}
