package programme

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/forum"
	"plenary/pkg/markup"
	"plenary/pkg/plain"
	"plenary/pkg/store"
)

// NewProgramme is what somebody who starts a programme has typed.
type NewProgramme struct {
	Title       string
	Description string // Markdown; may be empty
	Place       string
	Link        string
	Zone        string
	Template    Template // empty for Meeting
	StartsOn    Date     // the first day
	Days        int      // how many days in a row; 0 for what suits the template
	Dates       []NewDay // the days, in place of StartsOn and Days; in any order

	TakesProposals *bool // nil for what suits the template
	TakesSignups   *bool
	Bare           bool  // the days alone, without the template's rooms, slots and sessions
	Say            Words // the language of what the template brings; nil leaves its keys
}

// NewDay is a day of an event.
type NewDay struct {
	Date  Date
	Title string
}

// Hall is what a programme on its own brings with it besides: who may read it, and
// the tags of its thread.
type Hall struct {
	Visibility access.Visibility // public or members; empty for what suits the group
	Tags       []string
}

// Start makes a programme in a thread, from a template. Only those who may edit it
// know of it until it is published. Errors: Invalid with fields title, description,
// place, link, time_zone, template, starts_on and days; by access.StartProgramme.
func (p *Programmes) Start(ctx context.Context, who access.Actor, threadID int64, in NewProgramme) (Programme, error) {
	thread, err := p.forum.Thread(ctx, who, threadID)
	if err != nil {
		return Programme{}, err
	}
	if err := mayStart(who, access.StartProgramme, thread); err != nil {
		return Programme{}, err
	}
	if err := in.validate(); err != nil {
		return Programme{}, err
	}
	html, err := p.forum.Preview(ctx, in.Description)
	if err != nil {
		return Programme{}, err
	}
	var id int64
	err = p.db.Write(ctx, func(tx *store.Tx) error {
		thread, err := p.forum.LockThread(tx, who, threadID)
		if err != nil {
			return err
		}
		if err := mayStart(who, access.StartProgramme, thread); err != nil {
			return err
		}
		id, err = insert(tx, who, threadID, in, html, p.now())
		return err
	})
	if err != nil {
		return Programme{}, err
	}
	return p.Programme(ctx, who, id)
}

// StartInGroup makes a programme in a group, with a thread to talk about it whose
// title and context are its title and description. The thread begins at once; the
// programme is known to others when it is published. Errors: as for Start, and
// Invalid with fields visibility and tags; by access.StartProgrammeAlone.
func (p *Programmes) StartInGroup(ctx context.Context, who access.Actor, handle string, in NewProgramme, hall Hall) (Programme, error) {
	room, err := p.forum.Room(ctx, who, access.StartProgrammeAlone, handle)
	if err != nil {
		return Programme{}, err
	}
	if err := mayStart(who, access.StartProgrammeAlone, room); err != nil {
		return Programme{}, err
	}
	invalid := in.validate()
	thread, err := p.forum.Plan(ctx, who, access.StartProgrammeAlone, handle,
		forum.NewThread{Title: in.Title, Body: in.Description, Visibility: hall.Visibility, Tags: hall.Tags})
	if err := complaints(invalid, err); err != nil {
		return Programme{}, err
	}
	html, err := p.forum.Preview(ctx, in.Description)
	if err != nil {
		return Programme{}, err
	}
	var id int64
	err = p.db.Write(ctx, func(tx *store.Tx) error {
		now := p.now()
		put, err := thread.Put(tx, who, now)
		if err != nil {
			return err
		}
		if err := put.Begin(tx, now); err != nil {
			return err
		}
		id, err = insert(tx, who, put.ID, in, html, now)
		return err
	})
	if err != nil {
		return Programme{}, err
	}
	return p.Programme(ctx, who, id)
}

// mayStart asks for a known person: a programme has somebody who made it.
func mayStart(who access.Actor, do access.Action, thread forum.Thread) error {
	if err := access.Check(who, do, thread.Facts()); err != nil {
		return err
	}
	if !who.SignedIn() {
		return errs.New(errs.Unauthenticated, "access.sign_in")
	}
	return nil
}

// complaints are those about the programme, with those about its thread under the
// names that the same things have in a programme.
func complaints(programme, thread error) error {
	about, ok := errors.AsType[*errs.Error](thread)
	if !ok || about.Kind != errs.Invalid {
		return cmp.Or(thread, programme)
	}
	var f errs.Fields
	if e, ok := errors.AsType[*errs.Error](programme); ok {
		f = maps.Clone(e.Fields)
	}
	for name, text := range about.Fields {
		if name == "body" {
			name = "description"
		}
		f.Add(name, text.Code, text.Args)
	}
	return f.Err()
}

func (in *NewProgramme) validate() error {
	var f errs.Fields
	in.Title = plain.Line(&f, "title", in.Title, true, MaxTitle)
	in.Description = plain.Body(&f, "description", in.Description, false, markup.MaxBytes)
	in.Place = plain.Line(&f, "place", in.Place, false, MaxPlace)
	in.Link = webLink(&f, in.Link, false)
	in.Zone = validZone(&f, in.Zone)
	in.Template = cmp.Or(in.Template, Meeting)
	if _, known := layouts[in.Template]; !known {
		f.Add("template", "field.choose")
	}
	in.days(&f)
	if err := f.Err(); err != nil {
		return err
	}
	return in.clocks()
}

// days fills in Dates, in order.
func (in *NewProgramme) days(f *errs.Fields) {
	field := "days"
	if len(in.Dates) == 0 {
		field = "starts_on"
		n := cmp.Or(in.Days, layouts[in.Template].days, 1)
		switch {
		case in.StartsOn == "":
			f.Add("starts_on", "field.required")
			return
		case !in.StartsOn.Valid():
			f.Add("starts_on", "field.date")
			return
		case n < 1 || n > MaxDays:
			f.Add("days", "programme.days_between", errs.Args{"Max": MaxDays})
			return
		}
		for i := range n {
			in.Dates = append(in.Dates, NewDay{Date: in.StartsOn.Plus(i)})
		}
	}
	if len(in.Dates) > MaxDays {
		f.Add(field, "programme.days_between", errs.Args{"Max": MaxDays})
		return
	}
	in.Dates = slices.Clone(in.Dates)
	slices.SortFunc(in.Dates, func(a, b NewDay) int { return cmp.Compare(a.Date, b.Date) })
	for i := range in.Dates {
		in.Dates[i].Title = plain.Line(f, field, in.Dates[i].Title, false, MaxName)
		validDate(f, field, in.Dates[i].Date)
		if i > 0 && in.Dates[i].Date == in.Dates[i-1].Date {
			f.Add(field, "programme.day_taken", errs.Args{"Day": string(in.Dates[i].Date)})
		}
	}
}

// clocks refuses a template whose slots begin or end when the clock never shows it.
func (in NewProgramme) clocks() error {
	if in.Bare {
		return nil
	}
	var f errs.Fields
	loc, form := Zone(in.Zone), layouts[in.Template]
	for i, day := range in.Dates {
		for _, slot := range form.of(i, len(in.Dates)) {
			OnTheWall(day.Date, slot.starts, loc).complain(&f, "starts_on", day.Date, slot.starts, in.Zone)
			OnTheWall(day.Date, slot.ends, loc).complain(&f, "starts_on", day.Date, slot.ends, in.Zone)
		}
	}
	return f.Err()
}

// The years in which events are planned. Clocks of later years nobody knows.
const (
	firstDay Date = "1970-01-01"
	lastDay  Date = "2199-12-31"
)

func validDate(f *errs.Fields, field string, d Date) {
	switch {
	case d == "":
		f.Add(field, "field.required")
	case !d.Valid():
		f.Add(field, "field.date")
	case d < firstDay || d > lastDay:
		f.Add(field, "programme.day_far")
	}
}

func validZone(f *errs.Fields, name string) string {
	name = strings.TrimSpace(name)
	switch {
	case name == "":
		f.Add("time_zone", "field.required")
	case Zone(name) == nil:
		f.Add("time_zone", "programme.zone_unknown", errs.Args{"Zone": plain.Cell(name)})
	}
	return name
}

// webLink checks an address of the web, under the field link.
func webLink(f *errs.Fields, text string, required bool) string {
	text = plain.Line(f, "link", text, required, MaxLink)
	if text == "" {
		return ""
	}
	at, err := url.Parse(text)
	if err != nil || at.Scheme != "http" && at.Scheme != "https" || at.Host == "" || at.User != nil {
		f.Add("link", "programme.link_web")
	}
	return text
}

type newProgramme struct {
	ID              int64
	ThreadID        int64
	Title           string
	Description     string
	DescriptionHTML string
	Place           string
	Link            string
	TimeZone        string
	Template        Template
	TakesProposals  bool
	TakesSignups    bool
	CreatedBy       int64
	CreatedAt       store.Time
}

func (newProgramme) TableName() string { return "programmes" }

// insert writes a programme with what its template brings.
func insert(tx *store.Tx, who access.Actor, thread int64, in NewProgramme, html string, now time.Time) (int64, error) {
	form := layouts[in.Template]
	row := newProgramme{ThreadID: thread, Title: in.Title, Description: in.Description, DescriptionHTML: html, Place: in.Place, Link: in.Link,
		TimeZone: in.Zone, Template: in.Template, TakesProposals: orElse(in.TakesProposals, form.proposals),
		TakesSignups: orElse(in.TakesSignups, form.signups), CreatedBy: who.Person, CreatedAt: store.At(now)}
	if err := tx.Create(&row).Error; err != nil {
		return 0, fmt.Errorf("start a programme: %w", err)
	}
	return row.ID, in.furnish(tx, who, row.ID, form, now)
}

func orElse[T any](given *T, otherwise T) T {
	if given != nil {
		return *given
	}
	return otherwise
}

// furnish writes the days, and the rooms, slots and sessions of the template.
func (in NewProgramme) furnish(tx *store.Tx, who access.Actor, id int64, form layout, now time.Time) error {
	say := in.Say
	if say == nil {
		say = func(key string) string { return key }
	}
	var rooms []int64
	if !in.Bare {
		for i, key := range form.rooms {
			room, err := insertRoom(tx, id, Room{Name: say(key), Position: i + 1})
			if err != nil {
				return err
			}
			rooms = append(rooms, room)
		}
	}
	for i, one := range in.Dates {
		day, err := insertDay(tx, id, one)
		if err != nil {
			return err
		}
		if in.Bare {
			continue
		}
		if err := insertDrawn(tx, who, id, day, form.of(i, len(in.Dates)), rooms, say, now); err != nil {
			return err
		}
	}
	return nil
}

// insertDrawn writes slots of a template into a day, with their sessions.
func insertDrawn(tx *store.Tx, who access.Actor, id, day int64, slots []drawn, rooms []int64, say Words, now time.Time) error {
	for _, d := range slots {
		slot := Slot{DayID: day, Starts: d.starts, Ends: d.ends, Pause: d.pause}
		if d.key != "" {
			slot.Title = say(d.key)
		}
		slotID, err := insertSlot(tx, id, slot)
		if err != nil {
			return err
		}
		for i, s := range d.sessions {
			row := newSession{ProgrammeID: id, Title: say(s.key), State: Confirmed, SlotID: &slotID, Position: i + 1, ProposedBy: who.Person, CreatedAt: store.At(now)}
			if s.minutes > 0 {
				row.Minutes = &s.minutes
			}
			if s.room >= 0 && s.room < len(rooms) {
				row.RoomID = &rooms[s.room]
			}
			if err := tx.Create(&row).Error; err != nil {
				return fmt.Errorf("put a session into programme %d: %w", id, err)
			}
		}
	}
	return nil
}

type newSession struct {
	ID              int64
	ProgrammeID     int64
	Title           string
	Description     string
	DescriptionHTML string
	State           State
	SlotID          *int64
	RoomID          *int64
	Begins          *int
	Minutes         *int
	Position        int
	Capacity        int
	ProposedBy      int64
	PutForward      bool
	CreatedAt       store.Time
}

func (newSession) TableName() string { return "programme_sessions" }

func insertDay(tx *store.Tx, programme int64, in NewDay) (id int64, err error) {
	err = tx.Raw("INSERT INTO programme_days (programme_id, day, title) VALUES (?, ?, ?) RETURNING id", programme, in.Date, in.Title).Row().Scan(&id)
	if err != nil {
		return 0, fmt.Errorf("add a day to programme %d: %w", programme, err)
	}
	return id, nil
}

func insertRoom(tx *store.Tx, programme int64, in Room) (id int64, err error) {
	err = tx.Raw("INSERT INTO programme_rooms (programme_id, name, capacity, link, note, position) VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
		programme, in.Name, in.Capacity, in.Link, in.Note, in.Position).Row().Scan(&id)
	if err != nil {
		return 0, fmt.Errorf("add a room to programme %d: %w", programme, err)
	}
	return id, nil
}

func insertSlot(tx *store.Tx, programme int64, in Slot) (id int64, err error) {
	err = tx.Raw("INSERT INTO programme_slots (programme_id, day_id, title, starts, ends, pause) VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
		programme, in.DayID, in.Title, in.Starts, in.Ends, in.Pause).Row().Scan(&id)
	if err != nil {
		return 0, fmt.Errorf("add a slot to programme %d: %w", programme, err)
	}
	return id, nil
}
