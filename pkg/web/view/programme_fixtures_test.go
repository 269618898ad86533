package view

import (
	"fmt"
	"html/template"
	"net/url"
	"time"

	"plenary/pkg/errs"
)

// The event of the fixtures is under way: it is Monday 23 November, 10:42 in
// London, which the reader in Brussels calls 11:42.
func london() *time.Location { return time.FixedZone("Europe/London", 0) }

func onDay(date, hour, minute int) time.Time {
	return time.Date(2026, 11, date, hour, minute, 0, 0, london())
}

func programmeHead(convene bool) ProgrammeHead {
	return ProgrammeHead{ID: 5, Title: "Harbour Assembly 2026: three days on the old quay", Thread: head(), Place: "Mechanics’ Hall, Old Quay 4", Link: "https://meet.example.org/harbour",
		Zone: london(), Template: "congress", First: onDay(23, 12, 0), Last: onDay(25, 12, 0), Published: 3, Rights: ProgrammeRights{Convene: convene, Propose: convene}}
}

func hallRooms() []ProgrammeRoom {
	return []ProgrammeRoom{{ID: 1, Name: "Great hall", Capacity: 120, Number: 1}, {ID: 2, Name: "Rope loft", Capacity: 30, Note: "Two flights of stairs, no lift", Number: 2}, {ID: 3, Name: "مقهى الزيتون", Capacity: 18, Number: 3}}
}

func session(id int64, title, room string, number int64, from, to time.Time) SessionCard {
	return SessionCard{ID: id, Programme: 5, Title: title, State: "confirmed", Starts: from, Ends: to, Zone: london(), Own: brussels(), Room: room, RoomID: number, SlotID: id, Taken: -1, Minutes: int(to.Sub(from).Minutes())}
}

func slot(id int64, title string, from, to time.Time, columns ...ProgrammeColumn) ProgrammeSlot {
	for i := range columns {
		columns[i].Slot = id
	}
	return ProgrammeSlot{ID: id, Title: title, Starts: from, Ends: to, Zone: london(), Columns: columns}
}

func column(r ProgrammeRoom, sessions ...SessionCard) ProgrammeColumn {
	return ProgrammeColumn{RoomID: r.ID, Room: r.Name, Number: r.Number, Sessions: sessions}
}

func programmeDays() []ProgrammeDay {
	rooms := hallRooms()
	opening := session(11, "Opening", "", 0, onDay(23, 9, 0), onDay(23, 10, 0))
	pipes := session(12, "Shared infrastructure: who owns the pipes?", rooms[0].Name, 1, onDay(23, 10, 15), onDay(23, 11, 45))
	pipes.Speakers = []Speaker{{Name: "فادي حداد", Affiliation: "تعاونية الزيتون", URL: "/u/fadi"}, {Name: "Dr. Ines Moura", Affiliation: "Casa do Cais"}}
	pipes.Now, pipes.Mine, pipes.Capacity, pipes.Going = true, "going", 120, 87
	firms := session(13, "Consortia of small firms", rooms[1].Name, 2, onDay(23, 10, 15), onDay(23, 11, 0))
	firms.Now, firms.State, firms.Reason = true, "cancelled", "The train from Ghent does not run."
	dishes := session(14, "Who does the dishes? Fair shares of unpaid work, counted for once, with a very long title that has to break somewhere", rooms[1].Name, 2, onDay(23, 11, 0), onDay(23, 11, 45))
	dishes.Speakers = []Speaker{{Name: "Chloé Lambert", URL: "/u/chloe"}}
	tea := session(15, "حديث حول الزيتون والشاي", rooms[2].Name, 3, onDay(23, 10, 15), onDay(23, 11, 45))
	tea.State = "proposed"
	night := session(16, "Songs past midnight", rooms[0].Name, 1, onDay(24, 22, 30), onDay(25, 0, 30))
	lunch := slot(23, "Lunch", onDay(23, 12, 0), onDay(23, 13, 30))
	lunch.Pause = true
	return []ProgrammeDay{
		{ID: 1, Date: "2026-11-23", At: onDay(23, 12, 0), Title: "Visits and panels", Today: true, Slots: []ProgrammeSlot{
			slot(21, "Welcome", onDay(23, 9, 0), onDay(23, 10, 0), ProgrammeColumn{Sessions: []SessionCard{opening}}),
			slot(22, "Morning", onDay(23, 10, 15), onDay(23, 11, 45), column(rooms[0], pipes), column(rooms[1], firms, dishes), column(rooms[2], tea)), lunch,
			slot(24, "Afternoon", onDay(23, 13, 30), onDay(23, 17, 0))}},
		{ID: 2, Date: "2026-11-24", At: onDay(24, 12, 0), Slots: []ProgrammeSlot{slot(25, "Evening", onDay(24, 22, 0), onDay(25, 1, 0), column(rooms[0], night))}},
		{ID: 3, Date: "2026-11-25", At: onDay(25, 12, 0), Title: "Departure"},
	}
}

func programmeFull() ProgrammePage {
	days := programmeDays()
	morning := days[0].Slots[1].Columns
	return ProgrammePage{Frame: frame("/e/5", member()), Programme: programmeHead(false), Description: "<p dir=\"auto\">Come early: there is coffee on the quay from eight.</p>",
		Rooms: hallRooms(), Days: days, Now: []SessionCard{morning[0].Sessions[0], morning[2].Sessions[0]}, Next: []SessionCard{morning[1].Sessions[1]}, Mine: []SessionCard{morning[0].Sessions[0]},
		Changes: programmeVersions()[:1], NextAt: onDay(23, 11, 0), LastSeq: 12}
}

func programmeVersions() []ProgrammeVersion {
	return []ProgrammeVersion{
		{Number: 3, At: ago(20 * day), By: bram, Note: "The loft is ours from ten.", Changes: []ProgrammeChange{
			{Kind: "cancelled", Text: errs.Text{Code: "schedule.state_cancelled"}, Session: Link{"Consortia of small firms", "/e/5/s/13"}}, {Kind: "changed", Text: errs.Text{Code: "schedule.rooms"}}}},
		{Number: 2, At: ago(25 * day), By: bram},
		{Number: 1, At: ago(30 * day), By: amina, Note: "Here it is."},
	}
}

// crowded is a programme with eight rooms and sixty sessions.
func crowded() ([]ProgrammeRoom, []ProgrammeDay) {
	var rooms []ProgrammeRoom
	for i := range 8 {
		rooms = append(rooms, ProgrammeRoom{ID: int64(i + 1), Name: []string{"Great hall", "Rope loft", "Boathouse", "Library", "Kitchen", "Chandlery", "Sail room", "Quay tent"}[i], Number: i + 1})
	}
	var days []ProgrammeDay
	id := int64(100)
	for d := range 2 {
		one := ProgrammeDay{ID: int64(d + 1), Date: fmt.Sprintf("2026-11-2%d", 3+d), At: onDay(23+d, 12, 0), Today: d == 0}
		for hour := range 4 {
			s := slot(int64(50+4*d+hour), []string{"Early", "Late morning", "Afternoon", "Late"}[hour], onDay(23+d, 9+2*hour, 0), onDay(23+d, 10+2*hour, 30))
			for _, r := range rooms {
				id++
				card := session(id, fmt.Sprintf("Panel %d: rents, tools and care", id-100), r.Name, r.ID, s.Starts, s.Ends)
				card.Speakers = []Speaker{{Name: "Edda Þórsdóttir"}, {Name: "Dario Conti", Affiliation: "Officina Lenta"}}
				s.Columns = append(s.Columns, ProgrammeColumn{Slot: s.ID, RoomID: r.ID, Room: r.Name, Number: r.Number, Sessions: []SessionCard{card}})
			}
			one.Slots = append(one.Slots, s)
		}
		days = append(days, one)
	}
	return rooms, days
}

func agendaPage() ProgrammePage {
	h := programmeHead(true)
	h.Template, h.Title, h.Last = "meeting", "Board meeting in November", h.First
	items := []SessionCard{session(31, "Minutes of the last meeting", "", 0, onDay(23, 10, 0), onDay(23, 10, 10)), session(32, "Budget of next year", "", 0, onDay(23, 10, 10), onDay(23, 10, 40)), session(33, "Any other business", "", 0, onDay(23, 10, 40), onDay(23, 11, 0))}
	items[0].Taken, items[1].Running, items[1].Now = 22, true, true
	return ProgrammePage{Frame: frame("/e/6", administrator()), Programme: h, Days: []ProgrammeDay{{ID: 1, Date: "2026-11-23", At: onDay(23, 12, 0), Today: true,
		Slots: []ProgrammeSlot{slot(41, "", onDay(23, 10, 0), onDay(23, 11, 0), ProgrammeColumn{Sessions: items})}}}, Late: 12, LastSeq: 3}
}

func programmePages() []shown {
	full := programmeFull()
	draft := full
	draft.Viewer, draft.Programme, draft.Draft = administrator(), programmeHead(true), true
	draft.Programme.Unpublished = 4
	draft.Proposed = []SessionCard{{ID: 17, Programme: 5, Title: "Knots for beginners", State: "proposed", Speakers: []Speaker{{Name: "Edda Þórsdóttir"}}, Taken: -1}}
	visitor := full
	visitor.Viewer, visitor.AskZone, visitor.Mine = nil, true, nil
	cancelled := full
	cancelled.Programme.CancelledAt, cancelled.Programme.CancelReason, cancelled.Now, cancelled.Next = ago(2*day), "The quay is under water.", nil, nil
	empty := ProgrammePage{Frame: frame("/e/6", administrator()), Programme: ProgrammeHead{ID: 6, Title: "Spring meeting", Thread: head(), Zone: london(), Template: "open_space", Rights: ProgrammeRights{Convene: true, Propose: true}}, Draft: true}
	rooms, days := crowded()
	many := full
	many.Rooms, many.Days, many.Now, many.Next, many.Mine, many.Changes = rooms, days, nil, nil, nil, nil
	pages := []shown{{"programme", full}, {"programme-draft", draft}, {"programme-visitor", visitor}, {"programme-cancelled", cancelled}, {"programme-empty", empty}, {"programme-many", many}, {"programme-agenda", agendaPage()},
		{"programme-changes", ProgrammeChangesPage{Frame: full.Frame, Programme: full.Programme, Versions: programmeVersions()}},
		{"programme-changes-none", ProgrammeChangesPage{Frame: full.Frame, Programme: full.Programme, Since: 3}},
		{"programme-print", ProgrammePrintPage{Frame: full.Frame, Programme: full.Programme, Rooms: full.Rooms, Days: full.Days}},
		{"programme-embed", ProgrammeEmbedPage{Frame: full.Frame, Programme: full.Programme, Rooms: full.Rooms, Days: full.Days}},
		{"programme-screen", ProgrammeScreenPage{Frame: full.Frame, Programme: full.Programme, Room: &full.Rooms[0], Now: full.Now[:1], Next: full.Next, NextAt: full.NextAt}},
		{"programme-screen-free", ProgrammeScreenPage{Frame: full.Frame, Programme: full.Programme}},
		{"programme-share", ProgrammeSharePage{Frame: full.Frame, Programme: full.Programme, Rooms: full.Rooms, Snippet: `<iframe src="https://forum.example.org/e/5/embed" width="100%" height="640" title="Harbour Assembly 2026"></iframe>`, Feeds: feeds(true)}},
		{"programme-share-members", ProgrammeSharePage{Frame: full.Frame, Programme: full.Programme, Feeds: feeds(false)}},
		{"programme-session", sessionPage()}, {"programme-session-visitor", sessionSeen(nil)}, {"programme-session-full", sessionSeen(func(b *SignupBox) { b.Mine, b.Turn = true, 3 })},
		{"programme-signups", signupsPage(false)}, {"programme-signups-none", SessionSignupsPage{Frame: full.Frame, Programme: full.Programme, Card: full.Mine[0]}}, {"programme-attendance", signupsPage(true)}, {"programme-session-cancelled", sessionCancelled()},
		{"group-programmes", GroupProgrammesPage{Frame: frame("/g/harbour/events", member()), Group: groupHead("programme", "member"), CanStart: true,
			Upcoming: []ProgrammeLine{{full.Programme}, {empty.Programme}}, Past: []ProgrammeLine{{cancelled.Programme}}}},
		{"group-programmes-none", GroupProgrammesPage{Frame: frame("/g/harbour/events", nil), Group: groupHead("programme", "")}}}
	return append(pages, builderPages()...)
}

func sessionPage() SessionPage {
	card := programmeDays()[0].Slots[1].Columns[0].Sessions[0]
	return SessionPage{Frame: frame(card.URL(), administrator()), Programme: programmeHead(true), Card: card, Description: "<p dir=\"auto\">Fibre, data, heat: what we would rather own together.</p>",
		Notes: template.HTML("<p dir=\"auto\">A working group meets in January.</p>"), Hosts: []Speaker{{Name: "Bram de Wit", URL: "/u/bram"}}, Themes: []SessionTheme{{1, "Shared infrastructure", "فادي حداد", 12}},
		Material: []MaterialRow{{Title: "A map of the pipes", Link: "/files/9", Kind: "PDF", Size: 1_240_000}, {Title: "A film", Link: "https://example.org/film"}}, Talk: SessionTalk{URL: "/t/77", Comments: 12, Polls: []Link{{"When do we begin?", "/p/31"}}, Outcomes: []TalkOutcome{{Link{"Who owns the pipes?", "/p/30"}, "The port does, and we run them."}}}, Signup: signupBox(card, 0), ProposedBy: fadi, RoomNote: "Level access from the quay.", Rights: SessionRights{Edit: true, Convene: true, Delete: true, Notes: true}, Waits: true, TakeNotes: Form{Once: "once-notes"}}
}

func sessionCancelled() SessionPage {
	p := sessionPage()
	p.Card = programmeDays()[0].Slots[1].Columns[1].Sessions[0]
	p.Viewer, p.Rights, p.Programme, p.Material, p.Talk, p.Notes, p.Hosts, p.Signup = nil, SessionRights{}, programmeHead(false), nil, SessionTalk{}, "", nil, SignupBox{}
	return p
}

// boardPage is the board with everything on it.
func boardPage() ProgrammeBoardPage {
	h := programmeHead(true)
	h.Unpublished = 4
	rooms := append(hallRooms(), ProgrammeRoom{Number: 4})
	days := programmeDays()
	for d := range days {
		for s := range days[d].Slots {
			one := &days[d].Slots[s]
			if one.Pause {
				continue
			}
			filled := map[int64][]SessionCard{}
			for _, c := range one.Columns {
				filled[c.RoomID] = c.Sessions
			}
			one.Columns = nil
			for _, r := range rooms {
				one.Columns = append(one.Columns, ProgrammeColumn{Slot: one.ID, RoomID: r.ID, Room: r.Name, Number: r.Number, Sessions: filled[r.ID]})
			}
		}
	}
	torn := &days[0].Slots[1].Columns[0].Sessions[0]
	torn.Clashes = []Clash{{Kind: "speaker", Text: errs.Text{Code: "schedule.state_cancelled"}, With: []Link{{"Who does the dishes?", "#ses-14"}}}}
	return ProgrammeBoardPage{Frame: frame("/e/5/edit", administrator()), Programme: h, Rooms: rooms, Days: days, Tray: []SessionCard{{ID: 17, Programme: 5, Title: "Knots for beginners", State: "proposed", Minutes: 45, Taken: -1, Zone: london()},
		{ID: 18, Programme: 5, Title: "حديث حول الشباك", State: "draft", Taken: -1, Zone: london()}}, Themes: []SessionTheme{{3, "Neutral ownership", "Chloé Lambert", 7}},
		Clashes: []SessionClashes{{Link{torn.Title, "#ses-12"}, torn.Clashes}}, Polls: []Link{{"Which themes should fill Saturday?", "7"}}, Fill: Form{Once: "once-fill"}, Unfit: []SessionCard{*torn}, Namesakes: []Namesake{{"Ines Moura", fadi, "fadi", 2}}, LastSeq: 12}
}

func builderPages() []shown {
	board := boardPage()
	placing := board
	placing.Place = &PlaceForm{Session: board.Tray[0], Slots: slotChoices(), Rooms: roomChoices(), Form: Form{Once: "once-place"}}
	bare := ProgrammeBoardPage{Frame: board.Frame, Programme: ProgrammeHead{ID: 6, Title: "Spring meeting", Thread: head(), Zone: london(), Template: "open_space", Rights: ProgrammeRights{Convene: true, Propose: true}}}
	rooms, days := crowded()
	many := ProgrammeBoardPage{Frame: board.Frame, Programme: board.Programme, Rooms: rooms, Days: days, LastSeq: 12}
	gain := ProgrammePlanPage{Frame: frame("/e/5/plan", administrator()), Programme: board.Programme, Before: PlanCost{3, 31}, After: PlanCost{1, 4}, Form: Form{Once: "once-plan"}, Plan: []ListOption{{Value: "move", Text: "17:22:2"}},
		Moves: []PlanMove{{Session: board.Tray[0], To: PlanPlace{onDay(23, 10, 15), london(), "Rope loft"}}, {Session: board.Days[0].Slots[1].Columns[0].Sessions[0], From: PlanPlace{onDay(23, 10, 15), london(), "Great hall"}, To: PlanPlace{onDay(23, 13, 30), london(), ""}}}}
	none := gain
	none.Moves, none.Plan, none.After, none.Proven = nil, nil, none.Before, true
	first := ProgrammePublishPage{Frame: frame("/e/6/publish", administrator()), Programme: bare.Programme, Form: Form{Once: "once-publish"}, Clashes: 2, Drafts: []Draft{{ID: 7, Title: "Rye and wheat", Placed: true, URL: "/e/6/s/7"}, {ID: 8, Title: "Ovens", URL: "/e/6/s/8"}}, Unplaced: 1, Days: 1}
	changed := ProgrammePublishPage{Frame: frame("/e/5/publish", administrator()), Programme: board.Programme, Changes: programmeVersions()[0].Changes, Any: true, Days: 3, Form: Form{Once: "once-publish"}}
	unticked := first
	unticked.Confirm = Form{Fields: map[string]errs.Text{"confirm": {Code: "programme.tick_drafts"}}}
	nothing := changed
	nothing.Changes, nothing.Any = nil, false
	return append([]shown{{"programme-board", board}, {"programme-board-placing", placing}, {"programme-board-empty", bare}, {"programme-board-many", many}, {"programme-plan", gain}, {"programme-plan-none", none},
		{"programme-publish-first", first}, {"programme-publish-unticked", unticked}, {"programme-publish", changed}, {"programme-publish-nothing", nothing},
		{"programme-cancel", ProgrammeCancelPage{Frame: first.Frame, Programme: board.Programme, Form: Form{Once: "once", Fields: required("reason")}}}}, programmeForms()...)
}

func slotChoices() []OptionGroup {
	return []OptionGroup{{Name: "Monday 23 November 2026", Options: []ListOption{{Value: "22", Text: "10:15–11:45 Morning", Chosen: true}, {Value: "24", Text: "13:30–17:00 Afternoon"}}}}
}

func roomChoices() []ListOption {
	return []ListOption{{Value: "1", Text: "Great hall"}, {Value: "2", Text: "Rope loft"}}
}

func programmeForms() []shown {
	thread, g, h := head(), groupHead("programme", "member"), programmeHead(true)
	zones := []OptionGroup{{Name: "Europe", Options: []ListOption{{Value: "Europe/Brussels", Text: "Brussels"}, {Value: "Europe/London", Text: "London", Chosen: true}}}}
	templates := []string{"assembly", "open_space", "congress", "meeting"}
	start := ProgrammeFormPage{Frame: frame("/t/42/events/new", member()), Thread: &thread, Templates: templates, Zones: zones, Form: Form{Once: "once-start", Values: url.Values{"template": {"congress"}, "days": {"3"}, "takes_signups": {"1"}}}}
	rejected := start
	rejected.Thread, rejected.Group = nil, &g
	rejected.Form = Form{Once: "once-2", Values: url.Values{"days": {"0"}}, Fields: required("template", "title", "starts_on")}
	details := ProgrammeFormPage{Frame: frame("/e/5/details", member()), Programme: &h, Zones: zones, Form: Form{Once: "once-3", Values: url.Values{"title": {h.Title}, "place": {h.Place}}}}
	rows := []RoomRow{}
	for i, r := range hallRooms() {
		rows = append(rows, RoomRow{ProgrammeRoom: r, Form: Form{Values: url.Values{"name": {r.Name}}}, Sessions: 4, First: i == 0, Last: i == 2})
	}
	var days []DayRow
	for _, d := range programmeDays() {
		row := DayRow{ProgrammeDay: d}
		for _, s := range d.Slots {
			row.Slots = append(row.Slots, SlotRow{s, Form{Values: url.Values{"title": {s.Title}, "starts": {"09:00"}, "ends": {"10:00"}}}})
		}
		days = append(days, row)
	}
	parts := ProgrammeFramePage{Frame: frame("/e/5/frame", member()), Programme: h, Days: days, Rooms: rows}
	wrong := parts
	wrong.Failed, wrong.Edited = "room-2", Form{Values: url.Values{"name": {""}}, Fields: required("name")}
	card := programmeDays()[0].Slots[1].Columns[0].Sessions[0]
	ticks := []ThemeTick{{SessionTheme{1, "Shared infrastructure", "Fadi", 12}, true}, {SessionTheme{2, "Consortia of small firms", "Fadi", 5}, false}}
	edit := SessionFormPage{Frame: frame(card.Path("/edit"), member()), Programme: h, Session: &card, Themes: ticks, Slots: slotChoices(), Rooms: roomChoices(), Version: 4,
		Form: Form{Once: "once-4", Values: url.Values{"title": {card.Title}, "state": {"confirmed"}}}, Speakers: []SpeakerRow{{"@fadi", ""}, {"Dr. Ines Moura", "Casa do Cais"}, {}}, Hosts: []SpeakerRow{{}}, Material: []MaterialRow{{Title: "A map of the pipes", Link: "/files/9", Kind: "PDF", Size: 1_240_000}, {}}}
	fresh := edit
	fresh.Session, fresh.Version, fresh.Form = nil, 0, Form{Once: "once-5", Values: url.Values{"state": {"draft"}}, Fields: required("title")}
	propose := SessionFormPage{Frame: frame("/e/5/sessions/new", member()), Programme: programmeHead(false), Proposing: true, Form: Form{Once: "once-6"}, Speakers: []SpeakerRow{{"@amina", ""}, {}}, Hosts: []SpeakerRow{{}}}
	return []shown{{"programme-form", start}, {"programme-form-rejected", rejected}, {"programme-details", details}, {"programme-frame", parts}, {"programme-frame-rejected", wrong}, {"programme-frame-empty", ProgrammeFramePage{Frame: parts.Frame, Programme: h}},
		{"programme-session-form", edit}, {"programme-session-new", fresh}, {"programme-session-propose", propose}}
}
