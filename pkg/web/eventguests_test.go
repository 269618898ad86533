package web

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/event"
	"plenary/pkg/programme"
	"plenary/pkg/store"
)

// openDay is a published event with a session in a loft of two seats and one in no
// room, at the same time, tomorrow in London.
type openDay struct {
	id, boats, birds int64
	page             string
}

func (h *house) openDay(handle string) openDay {
	h.t.Helper()
	ctx, mona := context.Background(), h.actor("mona")
	day := programme.Date(h.clock.Now().AddDate(0, 0, 1).Format(time.DateOnly))
	made, err := h.site.Programmes.Start(ctx, mona, h.thread("mona", handle, "An open day").ID,
		programme.NewProgramme{Title: "Open day <b>", Zone: "Europe/London", Template: programme.Congress, StartsOn: day, Days: 1, Bare: true})
	h.must(err)
	d := openDay{id: made.ID, page: fmt.Sprintf("/e/%d", made.ID)}
	plan, err := h.site.Programmes.Plan(ctx, mona, d.id)
	h.must(err)
	loft, err := h.site.Programmes.AddRoom(ctx, mona, d.id, programme.NewRoom{Name: "Loft", Capacity: 2})
	h.must(err)
	slot, err := h.site.Programmes.AddSlot(ctx, mona, d.id, programme.NewSlot{DayID: plan.Days[0].ID, Starts: 9 * 60, Ends: 10 * 60})
	h.must(err)
	for title, at := range map[string]struct {
		id   *int64
		room int64
	}{"Boats & co": {&d.boats, loft.ID}, "Birds": {&d.birds, 0}} {
		s, err := h.site.Programmes.CreateSession(ctx, mona, d.id, programme.NewSession{Title: title, Confirmed: true})
		h.must(err)
		_, err = h.site.Programmes.Place(ctx, mona, s.ID, programme.Placing{SlotID: slot.ID, RoomID: at.room}, 0)
		h.must(err)
		*at.id = s.ID
	}
	_, err = h.site.Programmes.Publish(ctx, mona, d.id, "", 0)
	h.must(err)
	return d
}

func (d openDay) session(id int64) string { return fmt.Sprintf("%s/s/%d", d.page, id) }

func TestPeopleSignUpOnPagesWithoutScripts(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		d := h.openDay("harbour")
		at := d.session(d.boats)
		h.browser("").get(at).status(200).has("Sign in to sign up").lacks("Who has signed up")
		h.browser("").post(at + "/signup").status(401)
		ben := h.browser("ben")
		ben.get(at).status(200).has("Sign up").has("Who has signed up")
		ben.post(at + "/signup").to(at + "#signup")
		ben.get(at).status(200).has("You have a seat").has("Give up my seat").has("1 of 2 seats taken")
		ben.get(d.session(d.birds)).status(200).has("At the same time you have signed up for").has("Boats & co")
		ben.post(d.session(d.birds) + "/signup").to(d.session(d.birds))
		ben.get(d.session(d.birds)).status(200).has("You have signed up for something else at the same time").has("1 person comes")
		h.browser("ada").post(at + "/signup").to(at)
		cleo := h.browser("cleo")
		cleo.get(at).status(200).has("Join the waiting list").has("There are no seats left.")
		cleo.post(at + "/signup").to(at)
		cleo.get(at).status(200).has("You are number 1 on the waiting list.").has("2 of 2 seats taken · 1 person waits")
		cleo.get(d.page).status(200).has("You are on the waiting list").has("2 of 2 seats taken")
		ben.post(at + "/leave").to(at)
		cleo.get(at).status(200).has("You have a seat")
		cleo.get("/").status(200).has("Coming up").has("Boats & co").has("Open day <b>")
		h.browser("stan").get("/").status(200).lacks("Coming up")

		// The page's script gets the same as a piece, with nobody else's part in it.
		piece := ben.stream(at + "/signup").status(200)
		if !strings.Contains(piece.body, `target="signup-mine"`) || !strings.Contains(piece.body, "number 1 on the waiting list") {
			t.Errorf("the script gets %s", piece.body)
		}
	})
}

func TestLiveFiguresSayNothingAboutAnybody(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		d := h.openDay("harbour")
		for _, name := range []string{"ben", "ada", "cleo"} {
			_, _, err := h.site.Programmes.SignUp(context.Background(), h.actor(name), d.boats)
			h.must(err)
		}
		plan, err := h.site.Programmes.Published(context.Background(), access.Visitor(), d.id)
		h.must(err)
		events, err := store.Events(h.db.Read(context.Background()), event.Thread(plan.ThreadID), store.Span{Limit: 100})
		h.must(err)
		out, err := h.site.RenderEvents(context.Background(), events, "en", true)
		h.must(err)
		last := string(out[len(out)-1])
		if !strings.Contains(last, fmt.Sprintf(`target=\"ses-%d-figures\"`, d.boats)) || !strings.Contains(last, "2 of 2 seats taken · 1 person waits") {
			t.Errorf("the last one is %s", last)
		}
		for _, name := range []string{"Cleo", "cleo", "form"} {
			if strings.Contains(last, name) {
				t.Errorf("%s is in %s", name, last)
			}
		}
	})
}

func TestWhoCameIsNotedOnAPage(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		d := h.openDay("harbour")
		at := d.session(d.boats)
		for _, name := range []string{"ben", "cleo"} {
			h.browser(name).post(at + "/signup").to(at)
		}
		ben, cleo := fmt.Sprint(h.who["ben"].ID), fmt.Sprint(h.who["cleo"].ID)
		h.browser("cleo").get(at + "/signups").status(200).has("Ben Example").lacks("Tick who came")
		h.browser("stan").get(at + "/signups").status(403)
		h.browser("cleo").post(at+"/attendance", "listed", ben, "came", ben).status(403)
		mona := h.browser("mona")
		mona.get(at + "/signups").status(200).has("Tick who came").has("Others in the room")
		wrong := mona.post(at+"/attendance", "listed", ben, "listed", cleo, "came", ben, "others", "many").status(422)
		if wrong.page.Find(`a[href="#attendance-others"]`).Length() != 1 || wrong.page.Find("#attendance-others").AttrOr("value", "") != "many" {
			t.Error("the form does not come back as it was, with what is wrong")
		}
		mona.post(at+"/attendance", "listed", ben, "listed", cleo, "came", ben, "others", "4").to(at + "/signups?saved=1")
		mona.get(at + "/signups").status(200).has("5 people were there")
		h.browser("").get(at).status(200).has("5 people were there")
		file := mona.get(d.page + "/signups.csv").status(200)
		if !strings.Contains(file.body, ",Boats & co,1,Ben Example,") || !strings.Contains(file.body, ",false,") {
			t.Errorf("the file is %s", file.body)
		}
		h.browser("cleo").get(d.page + "/signups.csv").status(403)
	})
}

func TestDiscussionsOfSessionsAreOpenedOnPages(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		d := h.openDay("harbour")
		mona := h.browser("mona")
		h.browser("ben").get(d.page).status(200).lacks("Open the discussions")
		h.browser("ben").post(d.page + "/talks").status(403)
		mona.get(d.session(d.boats)).status(200).has("Open the discussion of this session")
		mona.post(d.session(d.boats) + "/talk").to(d.session(d.boats))
		mona.get(d.page).status(200).has("Open the discussions").has("1 session has no discussion yet.")
		mona.post(d.page + "/talks").to(d.page)
		mona.get(d.page).status(200).lacks("Open the discussions")
		plan, err := h.site.Programmes.Published(context.Background(), access.Visitor(), d.id)
		h.must(err)
		boats, _ := plan.Session(d.boats)
		h.comment("ben", boats.ThreadID, "What about sails?")
		h.browser("").get(d.session(d.boats)).status(200).has("Discussion of this session").has("1 comment")
		h.browser("").get(fmt.Sprintf("/t/%d/boats-co", boats.ThreadID)).status(200).has("Boats & co").has("What about sails?")
		h.browser("").get("/g/harbour").status(200).lacks("Boats & co")
	})
}

func TestProgramsFollowAProgramme(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		d := h.openDay("harbour")
		visitor := h.browser("")
		file := visitor.get(d.page + ".ics").status(200)
		if got := entries(t, file.body); len(got) != 2 || !strings.HasSuffix(got[0]+got[1], "CONFIRMED") {
			t.Errorf("the calendar has %q", got)
		}
		if file.Header.Get("Cache-Control") != "no-cache" || !strings.Contains(file.body, "TZID=Europe/London:") {
			t.Errorf("the calendar is %v\n%s", file.Header, file.body)
		}
		again, err := http.NewRequest(http.MethodGet, origin+d.page+".ics", nil)
		h.must(err)
		again.Header.Set("If-None-Match", file.Header.Get("ETag"))
		visitor.do(again).status(http.StatusNotModified)
		if got := entries(t, visitor.get(d.session(d.boats)+".ics").status(200).body); len(got) != 1 || !strings.Contains(got[0], "Boats & co") {
			t.Errorf("the session's calendar has %q", got)
		}
		visitor.get(d.session(999_999) + ".ics").status(404)

		_, err = h.site.Programmes.CancelSession(context.Background(), h.actor("mona"), d.birds, "No birds.")
		h.must(err)
		_, err = h.site.Programmes.Publish(context.Background(), h.actor("mona"), d.id, "So sorry", 0)
		h.must(err)
		var feed atom
		h.must(xml.Unmarshal([]byte(visitor.get(d.page+".atom").status(200).body), &feed))
		if len(feed.Entries) != 2 || !strings.Contains(feed.Entries[0].Content, "So sorry\nBirds: ") || feed.Title != "Open day <b>" || feed.Updated != feed.Entries[0].Updated {
			t.Errorf("the feed is %+v", feed)
		}
		data := visitor.get(d.page + ".json").status(200)
		var got eventJSON
		h.must(json.Unmarshal([]byte(data.body), &got))
		if len(got.Sessions) != 2 || got.Title != "Open day <b>" || got.Version != 2 || data.Header.Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("as data it is %s, %v", data.body, data.Header)
		}
		visitor.get(d.page + "/share").status(200).has("Calendar of all sessions").lacks("My own calendar")

		cellar := h.openDay("cellar")
		for _, ending := range []string{".ics", ".atom", ".json"} {
			visitor.get(cellar.page + ending).status(404)
			if origin := h.browser("ben").get(cellar.page + ending).status(200).Header.Get("Access-Control-Allow-Origin"); origin != "" {
				t.Errorf("%s of a closed group is open to %s", ending, origin)
			}
		}
	})
}

func TestMyOwnCalendarHasAPrivateAddress(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		d := h.openDay("cellar")
		ben := h.browser("ben")
		ben.post(d.session(d.boats) + "/signup").to(d.session(d.boats))
		ben.get(d.page + "/share").status(200).has("Not everybody may read this programme").has("Make a private address")
		ben.post(d.page + "/calendar").to(d.page + "/share#my-calendar")
		at, _ := ben.get(d.page + "/share").status(200).page.Find("#my-calendar-address").Attr("value")
		at = strings.TrimPrefix(at, origin)
		nobody := h.browser("")
		mine := nobody.get(at).status(200)
		if got := entries(t, mine.body); len(got) != 1 || !strings.Contains(got[0], "Boats & co") {
			t.Errorf("my calendar has %q", got)
		}
		if mine.Header.Get("Cache-Control") != "private, no-cache" || mine.Header.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("it is sent with %v", mine.Header)
		}
		if got := entries(t, nobody.get(at+"?all=1").status(200).body); len(got) != 2 {
			t.Errorf("the whole has %q", got)
		}
		ben.post(d.page + "/calendar/revoke").to(d.page + "/share")
		nobody.get(at).status(404)
		h.browser("stan").post(d.page + "/calendar").status(404)
	})
}
