package web

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"plenary/pkg/programme"
)

func TestAReaderChoosesARoomOrTheirOwnSessions(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		d := h.openDay("harbour")
		mona, ctx, who := h.browser("mona"), context.Background(), h.actor("mona")
		plan := h.planOf(t, d.page)
		for i := range 20 {
			room, err := h.site.Programmes.AddRoom(ctx, who, d.id, programme.NewRoom{Name: fmt.Sprintf("Tent %d", i+1)})
			h.must(err)
			_, err = h.site.Programmes.CreateSession(ctx, who, d.id, programme.NewSession{Title: fmt.Sprintf("Talk %d", i+1), Confirmed: true, At: &programme.Placing{SlotID: plan.Slots[0].ID, RoomID: room.ID}})
			h.must(err)
		}
		publish := mona.get(d.page + "/publish").status(200)
		mona.post(d.page+"/publish", "once", publish.once("form.form")).to(d.page)

		// Every room has a column of its own.
		visitor := h.browser("")
		all := visitor.get(d.page).status(200)
		if all.page.Find(".cols-21").Length() != 1 || all.page.Find(".pcell.col-21").Length() != 1 || all.page.Find(".pcell.col-12 .ses").Length() != 1 {
			t.Error("not every room has its column")
		}
		if n := visitor.get(d.page + "/print").status(200).has("sheet 1 of 3").page.Find(".sheet").Length(); n != 3 {
			t.Errorf("%d sheets of paper", n)
		}

		// One room, with what is for everybody; on paper too.
		loft := plan.Rooms[0].ID
		one := visitor.get(fmt.Sprintf("%s?room=%d", d.page, loft)).status(200).has("Show everything")
		if days := one.page.Find(".pday").Text(); !strings.Contains(days, "Boats & co") || !strings.Contains(days, "Birds") || strings.Contains(days, "Talk 7") {
			t.Errorf("of the loft is shown: %s", days)
		}
		if one.page.Find("#filter-room option[selected]").Text() != "Loft" || one.page.Find("[name=mine]").Length() != 0 {
			t.Error("the choice is not shown, or offers a visitor sessions of their own")
		}
		visitor.get(one.page.Find("a[href*='/print']").AttrOr("href", "")).status(200).has("Boats & co").lacks("Talk 7")
		visitor.get(d.page + "?room=99999").status(404)

		// What somebody takes part in.
		ben := h.browser("ben")
		ben.get(d.page + "?mine=1").status(200).has("Nothing of the programme is left")
		ben.post(d.session(d.birds) + "/signup").to(d.session(d.birds))
		if days := ben.get(d.page + "?mine=1").status(200).page.Find(".pday").Text(); !strings.Contains(days, "Birds") || strings.Contains(days, "Boats & co") || strings.Contains(days, "Talk 3") {
			t.Errorf("of Ben's is shown: %s", days)
		}
		visitor.get(d.page + "?mine=1").status(200).has("Boats & co") // has none
	})
}
