package app_test

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-ical"

	"plenary/pkg/access"
	"plenary/pkg/testkit"
	"plenary/pkg/testkit/browser"
	"plenary/pkg/transfer"
)

// seed is the thread that the forum was made for. It is not part of this
// repository; the test runs where it lies beside it.
const seed = "../../../shared/seed/cecop-thread.txt"

// seeded is the seed, with the four people who take part in it at their browsers.
type seeded struct {
	*running
	thread                    int64
	sion, shaun, graham, roy  *browser.Tab
	infrastructure, duplicate string // the elements' ids of themes on boards
	event                     string // its path
}

// TestTheSeedFromAThreadToAProgramme plays what the thread asked for, by the four
// people who take part in it: from its themes, which stand in comments, to the
// programme of the event.
func TestTheSeedFromAThreadToAProgramme(t *testing.T) {
	t.Parallel()
	s := sow(t)
	s.takesThemesOutOfWords()
	s.supports()
	s.mergesAndTakesBack()
	s.groups()
	poll := s.votes()
	s.concludes(poll)
	s.plans()
	s.publishes()
	for _, who := range []*browser.Tab{s.sion, s.shaun, s.graham, s.roy} {
		who.Faultless()
	}
}

// sow imports the thread and gives its people their accounts.
func sow(t *testing.T) *seeded {
	t.Helper()
	text, err := os.Open(seed)
	if errors.Is(err, os.ErrNotExist) {
		testkit.Missing(t, "the seed is not beside this repository")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer text.Close()
	s := &seeded{running: start(t, settings{})}
	s.group("coops", "Worker co-ops", access.Public)
	thread, _, err := transfer.Transcript(s.ctx, s.Forum, "coops", text, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	s.thread = thread.ID
	for _, one := range []struct {
		handle, name string
		role         access.Role
		tab          **browser.Tab
	}{
		{"sion", "Sion Whellens", access.Moderator, &s.sion}, {"shaun", "Shaun Fensom", access.Member, &s.shaun},
		{"graham", "Graham", access.Member, &s.graham}, {"roy", "Roy Brooks", access.Member, &s.roy},
	} {
		real := s.person("real-"+one.handle, one.name, "", "coops", one.role)
		var imported int64
		if err := s.DB.Read(s.ctx).Raw("SELECT id FROM people WHERE name = ? AND imported_from IS NOT NULL", one.name).Row().Scan(&imported); err != nil {
			t.Fatalf("%s in the thread: %v", one.name, err)
		}
		if err := s.People.Link(s.ctx, access.System(), imported, real.Person); err != nil {
			t.Fatal(err)
		}
		*one.tab = s.browse("real-"+one.handle, fmt.Sprintf("/t/%d", s.thread))
	}
	return s
}

func (s *seeded) board() string { return fmt.Sprintf("%s/t/%d/themes", s.URL, s.thread) }

// onBoard is the id of the card of a theme on somebody's board.
func onBoard(who *browser.Tab, words string) string {
	find := fmt.Sprintf(`[...document.querySelectorAll("main .theme")].find((c) => c.querySelector("h3").innerText.includes(%q))`, words)
	who.Until(find)
	return browser.Eval[string](who, find+".id")
}

// takesThemesOutOfWords has Shaun make three themes of his comment, and Sion two
// of what stands in the opening words.
func (s *seeded) takesThemesOutOfWords() {
	s.t.Helper()
	s.sion.Open(s.board())
	comment := browser.Eval[string](s.shaun, `[...document.querySelectorAll("#timeline .comment")].find((c) => c.textContent.includes("Three connected themes")).id`)
	browser.Eval[bool](s.shaun, fmt.Sprintf("(document.querySelector(%q).scrollIntoView(), true)", "#"+comment))
	s.shaun.FollowText("#"+comment, "Make themes")
	s.shaun.Until(`document.querySelectorAll("#theme-form .theme-row").length === 3`)
	s.shaun.Shoot("seed-01-themes-of-a-comment")
	s.shaun.Follow("#theme-form .primary")
	s.shaun.Until(`document.querySelectorAll("main .theme").length === 3`)
	s.sion.Until(`document.querySelectorAll("main .theme").length === 3`) // live

	other := s.browse("real-sion", fmt.Sprintf("/t/%d", s.thread))
	other.FollowText("main", "Make themes of this")
	other.Until(`document.querySelectorAll("#theme-form .theme-row").length >= 2`)
	browser.Eval[bool](other, `(document.querySelectorAll("#theme-form .theme-row").forEach((row) => {
		const title = row.querySelector("[name=title]").value
		row.querySelector("[name=use]").checked = title.startsWith("New forms of coop") || title.startsWith("State repression")
	}), true)`)
	other.Shoot("seed-02-themes-of-the-context")
	other.Follow("#theme-form .primary")
	s.sion.Until(`document.querySelectorAll("main .theme").length === 5`)
	s.sion.Sees("State repression, state sponsorship of European coops")
	s.sion.Shoot("seed-03-board")
}

// supports counts live on the convenor's board.
func (s *seeded) supports() {
	s.t.Helper()
	for _, who := range []*browser.Tab{s.graham, s.roy} {
		who.Open(s.board())
		for _, words := range []string{"New infrastructure coops", "New forms of coop", "neutrality lock", "State repression"} {
			card := onBoard(who, words)
			who.ClickText("#"+card, "Support")
			who.Until(fmt.Sprintf(`document.querySelector("#%s [aria-pressed=true]")`, card))
		}
	}
	s.infrastructure = onBoard(s.sion, "New infrastructure coops")
	s.sion.Until(fmt.Sprintf(`document.querySelector("#%s-count").innerText.includes("2")`, s.infrastructure))
}

// mergesAndTakesBack has Roy put forward what Shaun has, told that it is alike; the
// convenor makes one of them, and takes it back.
func (s *seeded) mergesAndTakesBack() {
	s.t.Helper()
	s.roy.Open(s.board() + "/new")
	s.roy.Type(`#theme-form [name="title"]`, "Infrastructure coops, new and beyond energy")
	s.roy.Until(`document.querySelector(".similar").innerText.includes("New infrastructure coops")`)
	s.roy.Shoot("seed-04-alike-while-typing")
	s.roy.Follow("#theme-form .primary")
	if browser.Eval[bool](s.roy, `!!document.querySelector("#theme-form")`) { // he is asked once more
		s.roy.Follow("#theme-form .primary")
	}
	s.duplicate = onBoard(s.sion, "Infrastructure coops, new and beyond")
	s.shaun.Open(s.board())
	s.shaun.ClickText("#"+s.duplicate, "Support")
	s.sion.Until(fmt.Sprintf(`document.querySelector("#%s-count").innerText.includes("1")`, s.duplicate))

	whole, part := number(s.infrastructure), number(s.duplicate)
	s.sion.Open(fmt.Sprintf("%s/themes/%d/convene", s.URL, part))
	s.sion.Click(fmt.Sprintf(`[name="into"][value="%d"]`, whole))
	s.sion.Type("#merge-reason", "Both ask who builds what comes after energy.")
	s.sion.Shoot("seed-05-merge")
	s.sion.FollowText("#merge", "Merge at once")
	s.sion.Open(s.board())
	s.sion.Until(fmt.Sprintf(`document.querySelector("#%s-count").innerText.includes("3")`, s.infrastructure)) // Graham, Roy and Shaun
	s.shaun.Until(fmt.Sprintf(`document.querySelector("#%s-count").innerText.includes("3")`, s.infrastructure))
	s.shaun.Until(fmt.Sprintf(`document.querySelector("#%s").innerText.includes("Roy Brooks")`, s.infrastructure)) // credited
	s.sion.Shoot("seed-06-merged")

	s.sion.Open(fmt.Sprintf("%s/themes/%d/convene#undo", s.URL, part))
	s.sion.Type("#undo-reason", "Roy means something else.")
	s.sion.FollowText("#undo", "Take it back")
	s.sion.Open(s.board())
	for card, count := range map[string]string{s.infrastructure: "2", s.duplicate: "1"} {
		s.shaun.Until(fmt.Sprintf(`document.querySelector("#%s-count").innerText.includes(%q)`, card, count))
		s.sion.Until(fmt.Sprintf(`document.querySelector("#%s-count").innerText.includes(%q)`, card, count))
	}
}

// number is the id at the end of an element's.
func number(id string) (n int64) {
	_, _ = fmt.Sscanf(id[strings.LastIndex(id, "-")+1:], "%d", &n)
	return n
}

// groups puts what belongs together under the heading that the convenor suggested,
// after he has put Graham's words on the board for him.
func (s *seeded) groups() {
	s.t.Helper()
	s.sion.Open(fmt.Sprintf("%s/t/%d", s.URL, s.thread))
	comment := browser.Eval[string](s.sion, `[...document.querySelectorAll("#timeline .comment")].find((c) => c.textContent.includes("opening up and letting go")).id`)
	browser.Eval[bool](s.sion, fmt.Sprintf("(document.querySelector(%q).scrollIntoView(), true)", "#"+comment))
	s.sion.FollowText("#"+comment, "Make themes")
	browser.Eval[bool](s.sion, `(document.querySelector("#theme-form [name=title]").value = "A network has to open up and let go", true)`)
	s.sion.Follow("#theme-form .primary")
	s.sion.Shoot("seed-zz")
	card := onBoard(s.graham, "A network has to open up")
	s.graham.Until(fmt.Sprintf(`document.querySelector("#%s").innerText.includes("Graham")`, card)) // it is his

	s.sion.Open(s.board() + "/convene")
	s.sion.Shoot("seed-07-convene")
	for _, words := range []string{"New infrastructure coops", "Consortiums", "neutrality lock", "New forms of coop", "State repression"} {
		s.sion.Click(fmt.Sprintf(`#item-%d [name="part"]`, number(onBoard(s.graham, words))))
	}
	s.sion.Type(`#regroup [name="title"]`, "Cooperative organising in a time of social, political crisis")
	s.sion.FollowText("#regroup", "Make an overarching theme")
	s.sion.Sees("Cooperative organising in a time of social, political crisis")
	s.graham.Open(s.board() + "?view=groups")
	s.graham.Sees("Cooperative organising in a time of social, political crisis")
	s.graham.Shoot("seed-08-grouped")
	s.sion.Open(s.board() + "/convene")
	s.sion.Shoot("seed-09-convened")
}

// votes shortlists the five and asks for a ranking of them; all four vote.
func (s *seeded) votes() string {
	s.t.Helper()
	s.sion.Open(s.board())
	for _, words := range []string{"New infrastructure coops", "Consortiums", "neutrality lock", "New forms of coop", "State repression"} {
		card := onBoard(s.sion, words)
		s.sion.Click("#" + card + ` form.convene[action$="/shortlist"] button`)
		s.sion.Until(fmt.Sprintf(`document.querySelector("#%s-state").textContent.includes("Shortlisted")`, card))
	}
	s.sion.Open(fmt.Sprintf("%s/t/%d/polls/new?themes=shortlist&method=ranked_pairs", s.URL, s.thread))
	s.sion.Type("#poll-form [name=title]", "What do we open Saturday morning with?")
	browser.Eval[bool](s.sion, `(document.querySelector("#closes_at").value = new Date(Date.now() + 3 * 86400e3).toISOString().slice(0, 16), true)`)
	s.sion.Shoot("seed-10-poll-form")
	s.sion.Click("#poll-form .primary")
	s.sion.Until(`/^\/(p|t)\/\d+/.test(location.pathname) && !location.pathname.endsWith("/new")`)
	s.graham.Open(fmt.Sprintf("%s/t/%d", s.URL, s.thread))
	s.graham.Until(`document.querySelector("#asked").innerText.includes("What do we open Saturday morning with?")`)
	poll := browser.Eval[string](s.graham, `document.querySelector("#timeline .poll a[href^='/p/']").getAttribute("href")`)
	for _, who := range []*browser.Tab{s.sion, s.shaun, s.graham, s.roy} {
		who.Open(s.URL + poll)
		who.Until(`document.querySelector("[data-ranking].is-served")`)
		for _, words := range []string{"New forms of coop", "New infrastructure coops"} {
			browser.Eval[bool](who, fmt.Sprintf(`([...document.querySelectorAll("[data-ranking] li")].find((it) => it.textContent.includes(%q)).querySelector("[data-rank=in]").click(), true)`, words))
		}
		who.Shoot("seed-11-ballot")
		who.Click(".ballot-send .primary")
		who.Sees("Your vote is in")
	}
	s.graham.Until(`document.querySelector(".participation").innerText.includes("4 of 4")`)
	return poll
}

// concludes closes the poll, says what was decided and schedules what won.
func (s *seeded) concludes(poll string) {
	s.t.Helper()
	s.sion.Open(s.URL + poll)
	s.sion.ClickText("main", "Close the poll now")
	s.sion.Sees("Write the outcome")
	s.graham.Sees("New forms of coop")
	s.sion.Open(s.URL + poll + "/outcome")
	s.sion.Type("#outcome-form [name=statement]", "Saturday opens with new forms of cooperatives. The others stay below the heading.")
	s.sion.Click("#outcome-form .primary")
	s.sion.Sees("Saturday opens with new forms of cooperatives.")
	s.sion.Open(s.URL + poll + "/schedule")
	s.sion.Shoot("seed-12-schedule")
	s.sion.Follow("main form .primary")
	s.roy.Open(s.board())
	card := onBoard(s.roy, "New forms of coop")
	s.roy.Until(fmt.Sprintf(`document.querySelector("#%s-state").textContent.includes("Scheduled")`, card))
}

// plans begins the programme, fills Saturday with what won and Friday afternoon
// with what Graham said, and publishes it.
func (s *seeded) plans() {
	s.t.Helper()
	s.sion.Open(s.board())
	card := onBoard(s.sion, "A network has to open up")
	s.sion.Click("#" + card + ` form.convene[action$="/shortlist"] button`)
	s.sion.Until(fmt.Sprintf(`document.querySelector("#%s-state").textContent.includes("Shortlisted")`, card))

	s.sion.Open(fmt.Sprintf("%s/t/%d/events/new", s.URL, s.thread))
	s.sion.Click(`#template [value="congress"]`)
	s.sion.Type("#programme-form [name=title]", "CECOP in Manchester")
	for field, value := range map[string]string{"starts_on": "2027-06-17", "days": "3", "time_zone": "Europe/London", "place": "Manchester"} {
		browser.Eval[bool](s.sion, fmt.Sprintf(`(document.querySelector("#programme-form [name=%s]").value = %q, true)`, field, value))
	}
	s.sion.Shoot("seed-13-start")
	s.sion.Follow("#programme-form .primary")
	s.event = browser.Eval[string](s.sion, `location.pathname.match(/^\/e\/\d+/)[0]`)
	s.sion.Open(s.URL + s.event + "/edit")
	s.sion.Click("details.fold > summary")
	s.sion.FollowText("main", "Make sessions")
	s.sion.Sees("New forms of coop")
	s.place("New forms of coop", "Sat")

	s.sion.Open(s.URL + s.event + "/edit")
	s.sion.Follow(`.tray a[href*="sessions/new?theme="][aria-label*="A network has to open up"]`)
	s.sion.Shoot("seed-14-session")
	s.sion.Follow("#session-form .primary")
	s.place("A network has to open up", "Fri")
	s.sion.Shoot("seed-15-builder")
}

// place puts a session into the afternoon or the first slot of a day, in the first room.
func (s *seeded) place(title, day string) {
	s.t.Helper()
	s.sion.Open(s.URL + s.event + "/edit")
	item := fmt.Sprintf(`[...document.querySelectorAll("#builder .bses")].find((it) => it.textContent.includes(%q))`, title)
	s.sion.Until(item)
	id := browser.Eval[string](s.sion, item+".dataset.session")
	s.sion.Open(s.URL + s.event + "/edit?place=" + id + "#place")
	chosen := browser.Eval[string](s.sion, fmt.Sprintf(`(() => {
		const group = [...document.querySelectorAll("#place-slot_id optgroup")].find((it) => it.label.includes(%q))
		const slots = [...group.querySelectorAll("option")]
		const slot = slots.find((it) => it.textContent.includes("Afternoon")) || slots[0]
		document.querySelector("#place-slot_id").value = slot.value
		document.querySelector("#place-room_id").selectedIndex = 1
		return slot.textContent
	})()`, day))
	s.sion.Click("#place-form .primary")
	s.sion.Until(fmt.Sprintf(`!document.querySelector("#cell-0-0").textContent.includes(%q) && document.querySelector("#builder").textContent.includes(%q)`, title, title))
	if chosen == "" {
		s.t.Errorf("no slot of %s was chosen for %q", day, title)
	}
}

// publishes makes it what everybody reads: on a phone, on paper, and in calendars.
func (s *seeded) publishes() {
	s.t.Helper()
	s.graham.Open(fmt.Sprintf("%s/t/%d", s.URL, s.thread))
	s.sion.Open(s.URL + s.event + "/publish")
	s.sion.Type("main form [name=note]", "The first version.")
	s.sion.FollowText("main form", "Publish")
	s.graham.Sees("CECOP in Manchester") // live, in the thread

	s.graham.Size(320, 640)
	s.graham.Open(s.URL + s.event)
	s.graham.Sees("New forms of coop")
	s.graham.Sees("A network has to open up and let go")
	if over := browser.Eval[int](s.graham, "document.documentElement.scrollWidth - innerWidth"); over > 0 {
		s.t.Errorf("on a phone the programme is %d pixels too wide", over)
	}
	s.graham.Shoot("seed-16-phone")
	s.graham.FollowText("main", "New forms of coop coming up in response to the changing composition of the European working class")
	s.graham.Click("#signup-form .primary")
	s.graham.Until(`document.querySelector("#signup-mine .ses-mine")`)
	s.graham.Shoot("seed-17-signed-up")

	s.sion.Open(s.URL + s.event + "/print")
	if pages := s.printed(s.sion, "seed-18-print.pdf"); pages != 3 {
		s.t.Errorf("printed, the three days take %d pages", pages)
	}
	s.inCalendars()
}

// printed prints a page to A4 and counts the sheets.
func (s *seeded) printed(who *browser.Tab, name string) int {
	s.t.Helper()
	pdf := who.Print()
	if dir := os.Getenv("PLENARY_TEST_SHOTS"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, name), pdf, 0o644); err != nil {
			s.t.Fatal(err)
		}
	}
	return len(pdfPage.FindAll(pdf, -1))
}

// inCalendars reads the calendar with a parser that is not the one that wrote it.
func (s *seeded) inCalendars() {
	s.t.Helper()
	answer, err := http.Get(s.URL + s.event + ".ics")
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	read, err := ical.NewDecoder(answer.Body).Decode()
	if err != nil {
		s.t.Fatalf("the calendar cannot be read: %v", err)
	}
	starts := map[string]time.Time{}
	for _, e := range read.Events() {
		title, err := e.Props.Text(ical.PropSummary)
		if err != nil {
			s.t.Fatal(err)
		}
		if starts[title], err = e.DateTimeStart(time.UTC); err != nil {
			s.t.Fatal(err)
		}
	}
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		s.t.Fatal(err)
	}
	for title, day := range map[string]int{"A network has to open up and let go": 18,
		"New forms of coop coming up in response to the changing composition of the European working class": 19} {
		if at := starts[title].In(london); at.Month() != time.June || at.Day() != day || at.Hour() < 9 {
			s.t.Errorf("%q begins on %v in the calendar, want it on %d June", title, at, day)
		}
	}
}
