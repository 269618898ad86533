package web

import (
	"context"
	"fmt"
	"testing"

	"plenary/pkg/programme"
)

// eventOf is a published event with n sessions, each with a speaker and a theme.
func (h *house) eventOf(n int) int64 {
	h.t.Helper()
	ctx, mona := context.Background(), h.actor("mona")
	thread := h.thread("mona", "harbour", fmt.Sprintf("An event of %d sessions", n)).ID
	event, err := h.site.Programmes.Start(ctx, mona, thread, programme.NewProgramme{Title: "Days on the quay", Zone: "Europe/London",
		Template: programme.Congress, StartsOn: "2031-06-20", Days: 2})
	h.must(err)
	plan, err := h.site.Programmes.Plan(ctx, mona, event.ID)
	h.must(err)
	for i := range n {
		in := programme.NewSession{Title: fmt.Sprintf("Session %d", i), Confirmed: true, Speakers: []programme.NewSomeone{{Handle: "ben"}},
			Themes: []int64{h.theme("ben", thread, fmt.Sprintf("Theme %d", i)).ID}, At: &programme.Placing{SlotID: plan.Slots[0].ID, RoomID: plan.Rooms[i%len(plan.Rooms)].ID}}
		in.Minutes = 1
		_, err := h.site.Programmes.CreateSession(ctx, mona, event.ID, in)
		h.must(err)
	}
	_, err = h.site.Programmes.Publish(ctx, mona, event.ID, "", 0)
	h.must(err)
	return event.ID
}

func TestAProgrammeOfManySessionsTakesNoMoreStatementsThanOneOfFew(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		few, many := h.eventOf(2), h.eventOf(60)
		for _, c := range []struct{ who, path string }{
			{"", ""}, {"", "/print"}, {"", "/screen"}, {"", "/embed"}, {"ben", ""}, {"mona", ""}, {"mona", "/edit"}, {"mona", "/publish"}, {"mona", "/frame"},
		} {
			b := h.browser(c.who)
			ask := func(event int64) int64 {
				path := fmt.Sprintf("/e/%d%s", event, c.path)
				b.get(path).status(200) // what is remembered from then on is no matter of the page
				return h.statements(func() { b.get(path).status(200) })
			}
			if small, large := ask(few), ask(many); large != small || large > 40 {
				t.Errorf("/e/:id%s for %q: %d statements for many sessions and %d for few", c.path, c.who, large, small)
			}
		}
	})
}
