package app_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"plenary/pkg/access"
	"plenary/pkg/forum"
	"plenary/pkg/programme"
	"plenary/pkg/testkit/browser"
)

// stagedEvent is a congress of one day in two rooms, of which nothing is placed yet.
type stagedEvent struct {
	*running
	omar     access.Actor
	id       int64
	sessions []int64
	slots    []programme.Slot
	rooms    []programme.Room
}

func stageEvent(t *testing.T) *stagedEvent {
	t.Helper()
	r := start(t, settings{})
	r.group("harbour", "Harbour Network", access.Public)
	e := &stagedEvent{running: r, omar: r.person("omar", "Omar Haddad", "Wadi Growers", "harbour", access.Moderator)}
	r.person("rosa", "Rosa Ferri", "", "harbour", access.Moderator)
	r.person("nia", "Nia Okafor", "Tin Roof Housing", "harbour", access.Member)
	thread, err := r.Forum.Start(r.ctx, e.omar, "harbour", forum.NewThread{Title: "Three days in June", Body: "What shall it be about?"})
	e.must(err)
	made, err := r.Programmes.Start(r.ctx, e.omar, thread.ID, programme.NewProgramme{Title: "Harbour Assembly", Place: "Old Quay 4", Zone: "Europe/London", Template: programme.Congress, StartsOn: "2031-06-20", Days: 1, Bare: true})
	e.must(err)
	e.id = made.ID
	for _, name := range []string{"Great hall", "Rope loft"} {
		room, err := r.Programmes.AddRoom(r.ctx, e.omar, e.id, programme.NewRoom{Name: name, Capacity: 30})
		e.must(err)
		e.rooms = append(e.rooms, room)
	}
	e.must(r.Programmes.DrawSlots(r.ctx, e.omar, e.id, programme.DayParts, nil, e.say))
	plan, err := r.Programmes.Plan(r.ctx, e.omar, e.id)
	e.must(err)
	e.slots = plan.Slots
	for _, title := range []string{"Who owns the pipes?", "Knots for beginners", "حديث حول الزيتون"} {
		one, err := r.Programmes.CreateSession(r.ctx, e.omar, e.id, programme.NewSession{Title: title, Minutes: 45, Confirmed: true, Speakers: []programme.NewSomeone{{Name: "Ines Moura", Affiliation: "Casa do Cais"}}})
		e.must(err)
		e.sessions = append(e.sessions, one.ID)
	}
	return e
}

// say puts what templates bring into English.
func (e *stagedEvent) say(key string) string { return e.Words.Localizer("en").T(key) }

func (e *stagedEvent) must(err error) {
	e.t.Helper()
	if err != nil {
		e.t.Fatal(err)
	}
}

func (e *stagedEvent) path(rest string) string { return fmt.Sprintf("/e/%d%s", e.id, rest) }

func (e *stagedEvent) card(i int) string { return fmt.Sprintf("#ses-%d", e.sessions[i]) }

func (e *stagedEvent) grip(i int) string { return fmt.Sprintf("#grip-%d", e.sessions[i]) }

func (e *stagedEvent) cell(slot, room int) string {
	return fmt.Sprintf("#cell-%d-%d", e.slots[slot].ID, e.rooms[room].ID)
}

// holds demands that a tab shows the session in the cell.
func (e *stagedEvent) holds(tab *browser.Tab, cell string, i int) {
	e.t.Helper()
	tab.Until(fmt.Sprintf("document.querySelector(%q)", cell+" "+e.card(i)))
}

// placed demands that the session is in the slot and room, in the database.
func (e *stagedEvent) placed(i, slot, room int) {
	e.t.Helper()
	one, err := e.Programmes.Working(e.ctx, e.omar, e.sessions[i])
	e.must(err)
	if one.SlotID != e.slots[slot].ID || one.RoomID != e.rooms[room].ID {
		e.t.Errorf("session %d is in slot %d and room %d, want %d and %d", i, one.SlotID, one.RoomID, e.slots[slot].ID, e.rooms[room].ID)
	}
}

// boardSaid is true once the live region of the board has said something.
func boardSaid(words string) string {
	return fmt.Sprintf(`document.querySelector("[data-board-said]").textContent.includes(%q)`, words)
}

// ready waits until the script has put up the grips.
func (e *stagedEvent) ready(tab *browser.Tab) {
	e.t.Helper()
	tab.Until(fmt.Sprintf("document.querySelector(%q)?.checkVisibility()", e.grip(0)))
}

func TestSessionsArePlacedByKeyboardAndByMouseWhileAnotherLooksOn(t *testing.T) {
	t.Parallel()
	e := stageEvent(t)
	omar, rosa := e.browse("omar", e.path("/edit")), e.browse("rosa", e.path("/edit"))
	e.ready(omar)
	e.ready(rosa)

	// By keyboard: take up, over to the first room of the morning, drop.
	browser.Eval[bool](omar, fmt.Sprintf("(document.querySelector(%q).focus(), true)", e.grip(0)))
	omar.Key(" ")
	omar.Until(boardSaid("is held"))
	omar.Key(kb.ArrowRight)
	omar.Until(boardSaid("Great hall: free"))
	omar.Key(kb.ArrowRight)
	omar.Until(boardSaid("Rope loft: free"))
	omar.Key(kb.Escape)
	omar.Until(boardSaid("back"))
	omar.Key(kb.Enter)
	omar.Key(kb.ArrowRight)
	omar.Key(kb.ArrowDown)
	omar.Key(kb.Enter)
	omar.Until(boardSaid("is now at"))
	e.holds(omar, e.cell(1, 0), 0)
	omar.Until(fmt.Sprintf("document.activeElement?.matches(%q)", e.grip(0)))
	e.placed(0, 1, 0)

	// Before anything is published the other board looks by itself.
	e.holds(rosa, e.cell(1, 0), 0)

	// By mouse, on the other board, once it is published: the first one follows the event.
	_, err := e.Programmes.Publish(e.ctx, e.omar, e.id, "", 0)
	e.must(err)
	rosa.Until(`!document.querySelector("[data-look]")`)
	e.drag(rosa, e.grip(1), e.cell(0, 1))
	e.holds(rosa, e.cell(0, 1), 1)
	e.holds(omar, e.cell(0, 1), 1)
	e.placed(1, 0, 1)
	if n := browser.Eval[int](omar, `document.querySelectorAll("[data-session]").length`); n != 3 {
		t.Errorf("the other board shows %d sessions, want 3", n)
	}
	omar.Faultless()
	rosa.Faultless()
}

// drag takes something by the mouse to the middle of something else.
func (e *stagedEvent) drag(tab *browser.Tab, from, to string) {
	e.t.Helper()
	a, b := e.middle(tab, from), e.middle(tab, to)
	mouse := func(kind input.DispatchMouseEventType, x, y float64) chromedp.Action[chromedp.Void] {
		return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
			_, err := cdp.Call(ctx, t, input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: kind, X: x, Y: y, Button: input.MouseButtonLeft, Buttons: 1, ClickCount: 1})
			return err
		})
	}
	tab.Do(mouse(input.DispatchMouseEventTypeMouseMoved, a[0], a[1]), mouse(input.DispatchMouseEventTypeMousePressed, a[0], a[1]), mouse(input.DispatchMouseEventTypeMouseMoved, a[0]+12, a[1]+12), mouse(input.DispatchMouseEventTypeMouseMoved, b[0], b[1]), mouse(input.DispatchMouseEventTypeMouseMoved, b[0]+1, b[1]+1))
	tab.Until(fmt.Sprintf("document.querySelector(%q)?.matches('.is-target')", to))
	tab.Do(mouse(input.DispatchMouseEventTypeMouseReleased, b[0]+1, b[1]+1))
	tab.Until(boardSaid("is now at"))
}

func (e *stagedEvent) middle(tab *browser.Tab, selector string) [2]float64 {
	e.t.Helper()
	tab.Until(fmt.Sprintf("document.querySelector(%q)", selector))
	at := browser.Eval[[]float64](tab, fmt.Sprintf(`(() => { const box = document.querySelector(%q).getBoundingClientRect(); return [box.left + box.width / 2, box.top + Math.min(20, box.height / 2)] })()`, selector))
	return [2]float64{at[0], at[1]}
}

func TestSessionsArePlacedByFinger(t *testing.T) {
	t.Parallel()
	e := stageEvent(t)
	tab := e.browse("omar", e.path("/edit"))
	tab.Size(900, 1400)
	e.ready(tab)
	from, to := e.middle(tab, e.grip(2)), e.middle(tab, e.cell(0, 0))
	touch := func(kind input.DispatchTouchEventType, points ...*input.TouchPoint) {
		tab.Do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
			_, err := cdp.Call(ctx, t, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: kind, TouchPoints: points})
			return err
		}))
	}
	touch(input.DispatchTouchEventTypeTouchStart, &input.TouchPoint{X: from[0], Y: from[1]})
	touch(input.DispatchTouchEventTypeTouchMove, &input.TouchPoint{X: from[0] + 20, Y: from[1] + 10})
	touch(input.DispatchTouchEventTypeTouchMove, &input.TouchPoint{X: to[0], Y: to[1]})
	tab.Until(fmt.Sprintf("document.querySelector(%q)?.matches('.is-target')", e.cell(0, 0)))
	touch(input.DispatchTouchEventTypeTouchEnd)
	tab.Until(boardSaid("is now at"))
	e.holds(tab, e.cell(0, 0), 2)
	e.placed(2, 0, 0)
	tab.Faultless()
}

func TestSessionsArePlacedWithoutScripts(t *testing.T) {
	t.Parallel()
	e := stageEvent(t)
	p := withoutScripts(t)
	p.Open(e.URL + "/signin?next=" + e.path("/edit"))
	p.send("form", "Sign in", "email", "omar@example.org", "password", password)
	p.FollowText(e.card(0), "Place…")
	p.fill("#place-slot_id", fmt.Sprint(e.slots[2].ID))
	p.fill("#place-room_id", fmt.Sprint(e.rooms[1].ID))
	p.FollowText("#place-form", "Place it")
	e.holds(p.Tab, e.cell(2, 1), 0)
	e.placed(0, 2, 1)
}

func TestABoardOfAPhoneIsAListWithoutSidewaysScrolling(t *testing.T) {
	t.Parallel()
	e := stageEvent(t)
	tab := e.browse("omar", e.path("/edit"))
	tab.Size(320, 700)
	e.ready(tab)
	browser.Eval[bool](tab, fmt.Sprintf("(document.querySelector(%q).focus(), true)", e.grip(0)))
	tab.Key(" ")
	tab.Key(kb.ArrowDown)
	tab.Key(" ")
	e.holds(tab, e.cell(0, 0), 0)
	if over := browser.Eval[int](tab, "document.documentElement.scrollWidth - innerWidth"); over > 0 {
		t.Errorf("the board is %d px too wide", over)
	}
}
