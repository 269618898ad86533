package web

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"plenary/pkg/programme"
)

func TestAProgrammeIsMadeAndPublishedOnPagesWithoutScripts(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		mona, visitor := h.browser("mona"), h.browser("")
		mona.get("/g/harbour/events").status(200).has("There is none here yet.").has("Start a programme")
		h.browser("ben").get("/g/harbour/events").status(200).lacks("Start a programme")
		form := mona.get("/g/harbour/events/new").status(200).has("Congress with panels")
		again := mona.post("/g/harbour/events", "once", form.once("#programme-form"), "title", "Days on the quay", "days", "2").status(422).has("What kind of event")
		if got := again.page.Find("[name=title]").AttrOr("value", ""); got != "Days on the quay" {
			t.Errorf("the form came back with the title %q", got)
		}
		fields := []string{"once", again.once("#programme-form"), "template", "open_space", "title", "Days on the quay", "starts_on", "2031-06-20", "days", "2", "time_zone", "Europe/London", "place", "Old Quay 4", "takes_proposals", "1", "takes_signups", "1"}
		edit := mona.post("/g/harbour/events", fields...).status(303).Header.Get("Location")
		e := strings.TrimSuffix(edit, "/edit")

		// What nobody has published yet, nobody else knows of.
		h.browser("ben").get(e).status(404)
		h.browser("ben").get(edit).status(404)
		visitor.get("/g/harbour/events").status(200).lacks("Days on the quay")
		mona.get("/g/harbour/events").status(200).has("Days on the quay").has("Draft")
		mona.get(e).status(200).has("Nobody but those who convene sees this yet.")

		// Days, rooms and slots, with what is wrong where it was typed.
		if got := mona.post(e+"/rooms", "name", "Boathouse", "capacity", "many").status(422).page.Find("#room-name").AttrOr("value", ""); got != "Boathouse" {
			t.Errorf("the form for a room came back with %q", got)
		}
		mona.post(e+"/rooms", "name", "Boathouse", "capacity", "20").to(e + "/frame#rooms")
		mona.post(e+"/days", "date", "2031-06-20").status(422)
		mona.post(e+"/days", "date", "2031-06-22", "title", "Departure").to(e + "/frame#days")
		mona.post(e+"/draw", "template", "day_parts").to(e + "/frame#days")
		mona.get(e + "/frame").status(200).has("Sunday 22 June 2031").has("Departure").has("Morning")

		// A session is made, placed and published.
		fresh := mona.get(e + "/sessions/new").status(200)
		mona.post(e+"/sessions", "once", fresh.once("#session-form"), "title", "", "state", "confirmed").status(422)
		mona.post(e+"/sessions", "once", fresh.once("#session-form"), "title", "Who owns <b>the pipes?", "state", "confirmed", "speaker", "@ben", "speaker_affiliation", "",
			"speaker", "Ines Moura", "speaker_affiliation", "Casa do Cais", "material_title", "A map", "material_link", "https://example.org/map").status(303)
		plan := h.planOf(t, e)
		one := plan.Sessions[len(plan.Sessions)-1]
		for _, s := range plan.Sessions {
			if s.Title == "Who owns <b>the pipes?" {
				one = s
			}
		}
		s := fmt.Sprintf("%s/s/%d", e, one.ID)
		mona.get(edit + fmt.Sprintf("?place=%d", one.ID)).status(200).has("Place it")
		mona.post(s+"/place", "slot_id", "999999", "room_id", "0").status(422)
		mona.post(s+"/place", "slot_id", fmt.Sprint(plan.Slots[0].ID), "room_id", fmt.Sprint(plan.Rooms[0].ID)).status(303)
		publish := mona.get(e + "/publish").status(200).has("This is the first version")
		mona.post(e+"/publish", "once", publish.once("form.form"), "revision", "1").status(409)
		mona.post(e+"/publish", "once", publish.once("form.form"), "note", "Here it is.").to(e)
		visitor.get(e).status(200).has("Who owns <b>the pipes?").has("Casa do Cais").has("Times are those of Europe/London")
		visitor.get(s).status(200).has("A map").has("Ben Example").lacks("Edit the session")
		visitor.get(e + "/print").status(200).has("Who owns <b>the pipes?")
		visitor.get(e + "/screen").status(200).has("Nothing is on right now.")
		visitor.get(e + "/screen?room=999999").status(404)
		visitor.get(e + "/changes").status(200).has("Here it is.")

		// A change is known to those who convene until it is published, too.
		mona.post(s+"/cancel", "reason", "").status(422)
		mona.post(s+"/cancel", "reason", "The train does not run.").to(s)
		mona.get(e).status(200).has("1 change not published yet")
		visitor.get(e).status(200).lacks("The train does not run.")
		again = mona.get(e + "/publish").status(200).has("does not take place: The train does not run.")
		mona.post(e+"/publish", "once", again.once("form.form")).to(e)
		visitor.get(e).status(200).has("The train does not run.").has("What changed on")
		visitor.get(e + "/changes?since=1").status(200).has("does not take place").lacks("Here it is.")

		// The whole event.
		mona.post(e+"/cancel", "reason", "Storm.").to(e)
		visitor.get(e).status(200).has("This event does not take place.").has("Storm.").lacks("after all")
		mona.get(edit).status(409)
		mona.post(e + "/resume").to(e)
		mona.get(edit).status(200)
	})
}

// planOf is the programme at an address, as those work on it who convene.
func (h *house) planOf(t *testing.T, path string) programme.Plan {
	t.Helper()
	var id int64
	if _, err := fmt.Sscanf(path, "/e/%d", &id); err != nil {
		t.Fatal(err)
	}
	plan, err := h.site.Programmes.Plan(context.Background(), h.actor("mona"), id)
	h.must(err)
	return plan
}

func TestDraftsThatHaveAPlaceAreNamedAndConfirmedWherePublished(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		ctx, who, d := context.Background(), h.actor("mona"), h.openDay("harbour")
		plan, err := h.site.Programmes.Plan(ctx, who, d.id)
		h.must(err)
		made, err := h.site.Programmes.CreateSession(ctx, who, d.id, programme.NewSession{Title: "Still to be agreed"})
		h.must(err)
		_, err = h.site.Programmes.Place(ctx, who, made.ID, programme.Placing{SlotID: plan.Slots[0].ID}, 0)
		h.must(err)
		mona := h.browser("mona")
		mona.get(d.page).status(200).has("1 session that has a place is a draft").lacks("Everything here is published")
		mona.get(d.page + "/publish").status(200).has("Still to be agreed")
		mona.post(d.page+"/publish", "do", "confirm").status(422).has("Tick those that take place.").has("Still to be agreed")
		mona.post(d.page+"/publish", "do", "confirm", "confirm", fmt.Sprint(made.ID)).to(d.page + "/publish")
		mona.get(d.page + "/publish").status(200).lacks("Confirm the ticked").has("Still to be agreed")
		mona.get(d.page).status(200).has("not published yet").lacks("that has a place is a draft")
	})
}

func TestAMemberProposesASessionAndAReaderElsewhereSeesTheirOwnTime(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		d := h.openDay("harbour")
		ben := h.browser("ben")
		ben.get(d.page + "/sessions/new").status(409) // it takes none
		mona := h.browser("mona")
		details := mona.get(d.page + "/details").status(200)
		mona.post(d.page+"/details", "once", details.once("#programme-form"), "title", "Open day", "time_zone", "Europe/London", "takes_proposals", "1", "takes_signups", "1").to(d.page + "/edit")
		form := ben.get(d.page + "/sessions/new").status(200).has("Propose a session").lacks("How far it has come")
		made := ben.post(d.page+"/sessions", "once", form.once("#session-form"), "title", "Knots for beginners", "speaker", "@ben").status(303).Header.Get("Location")
		ben.get(made).status(200).has("Knots for beginners").has("Proposed")
		ben.get(made + "/edit").status(200).has("Knots for beginners")
		h.browser("cleo").get(made + "/edit").status(403)
		mona.get(d.page + "/edit").status(200).has("Knots for beginners")
		mona.post(made + "/confirm").to(made)
		mona.get(made).status(200).has("Confirmed")

		// London is at 09:00 then, Auckland at 20:00.
		cleo := h.browser("cleo")
		zone := cleo.get("/account").status(200)
		cleo.post("/account/profile", "once", zone.once("form[action='/account/profile']"), "name", "Cleo Example", "handle", "cleo", "time_zone", "Pacific/Auckland").status(303)
		cleo.get(d.page).status(200).has("09:00–10:00").has("(20:00–21:00 your time)")
		h.browser("").get(d.page).status(200).has("09:00–10:00").lacks("your time")
	})
}

func TestWhatGoesOnIsMarkedAndAnAgendaTellsHowLateItIs(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		ctx, who := context.Background(), h.actor("mona")
		day := programme.Date(h.clock.Now().Format(time.DateOnly))
		made, err := h.site.Programmes.Start(ctx, who, h.thread("mona", "harbour", "Board meeting").ID,
			programme.NewProgramme{Title: "Board meeting", Zone: "UTC", Template: programme.Meeting, StartsOn: day, Days: 1, Say: func(key string) string { return key }})
		h.must(err)
		_, err = h.site.Programmes.Publish(ctx, who, made.ID, "", 0)
		h.must(err)
		plan, err := h.site.Programmes.Plan(ctx, who, made.ID)
		h.must(err)
		page := fmt.Sprintf("/e/%d", made.ID)
		first, second := plan.Sessions[0], plan.Sessions[1]
		h.clock.pass(programme.When(plan)[first.ID].Start.Sub(h.clock.Now()))
		mona := h.browser("mona")
		if got := mona.get(page).status(200).page.Find(".is-now").AttrOr("id", ""); got != fmt.Sprintf("ses-%d", first.ID) {
			t.Errorf("what is marked as going on is %q", got)
		}
		mona.post(fmt.Sprintf("%s/s/%d/start", page, first.ID)).status(303)
		h.clock.pass(17 * time.Minute)
		mona.post(fmt.Sprintf("%s/s/%d/finish", page, first.ID)).status(303)
		mona.post(fmt.Sprintf("%s/s/%d/start", page, second.ID)).status(303)
		h.browser("").get(page).status(200).has("5 minutes planned").has("17 taken").has("12 minutes behind").lacks("Finish")
		mona.get(page).status(200).has("Finish")
		mona.get(page + "/screen").status(200).has(second.Title)
	})
}
