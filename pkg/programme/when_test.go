package programme_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"plenary/pkg/programme"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc := programme.Zone(name)
	if loc == nil {
		t.Fatalf("no zone %s", name)
	}
	return loc
}

func TestTheClockOnTheWall(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		zone string
		day  programme.Date
		at   string
		want string // in UTC, and what is odd about it
	}{
		{"Europe/London", "2026-06-20", "09:30", "2026-06-20 08:30"},
		{"Europe/London", "2026-01-20", "09:30", "2026-01-20 09:30"},
		{"Asia/Kathmandu", "2026-06-20", "09:30", "2026-06-20 03:45"},
		{"Europe/London", "2026-06-20", "25:30", "2026-06-21 00:30"},
		// The clocks are put forward at one in the night on the 29th of March.
		{"Europe/London", "2026-03-29", "00:59", "2026-03-29 00:59"},
		{"Europe/London", "2026-03-29", "01:00", "2026-03-29 01:00 missing 01:00 02:00"},
		{"Europe/London", "2026-03-29", "01:30", "2026-03-29 01:00 missing 01:00 02:00"},
		{"Europe/London", "2026-03-28", "25:30", "2026-03-29 01:00 missing 01:00 02:00"},
		{"Europe/London", "2026-03-29", "02:00", "2026-03-29 01:00"},
		{"Europe/Berlin", "2026-03-29", "02:30", "2026-03-29 01:00 missing 02:00 03:00"},
		{"America/New_York", "2026-03-08", "02:15", "2026-03-08 07:00 missing 02:00 03:00"},
		// And back at two on the 25th of October: half past one comes twice.
		{"Europe/London", "2026-10-25", "01:30", "2026-10-25 00:30 doubled"},
		{"Europe/London", "2026-10-25", "02:00", "2026-10-25 02:00"},
		{"Europe/London", "2026-10-25", "00:59", "2026-10-24 23:59"},
		{"Australia/Lord_Howe", "2026-04-05", "01:45", "2026-04-04 14:45 doubled"}, // by half an hour
		// Samoa left a whole day out when it went to the other side of the date line.
		{"Pacific/Apia", "2011-12-30", "12:00", "2011-12-30 10:00 missing 00:00 00:00"},
		{"Pacific/Apia", "2011-12-31", "00:30", "2011-12-30 10:30"},
	} {
		m, ok := programme.ParseMinute(c.at)
		if !ok {
			t.Fatalf("%s is no time", c.at)
		}
		wall := programme.OnTheWall(c.day, m, zone(t, c.zone))
		got := wall.At.UTC().Format("2006-01-02 15:04")
		if wall.Missing {
			got += " missing " + wall.Before + " " + wall.After
		}
		if wall.Doubled {
			got += " doubled"
		}
		if got != c.want {
			t.Errorf("%s on %s in %s: got %s, want %s", c.at, c.day, c.zone, got, c.want)
		}
	}
}

func TestTimesOfTheDayAreRead(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{"09:30": 570, "9:05": 545, " 18:00 ": 1080, "24:00": 1440, "36:00": 2160, "36:01": -1, "9:5": -1, "": -1, "9": -1, "-1:00": -1,
		"09:60": -1, "100:00": -1, "ab:cd": -1, "09:30:00": -1} {
		got, ok := programme.ParseMinute(text)
		if !ok {
			got = -1
		}
		if int(got) != want {
			t.Errorf("%q: got %d, want %d", text, got, want)
		}
	}
	if got := programme.Minute(1530).String(); got != "01:30" {
		t.Errorf("in the night after the day: got %s", got)
	}
}

// day is a plan of one day in London with a slot from nine to noon.
func day(date programme.Date, starts, ends programme.Minute, sessions ...programme.Session) programme.Plan {
	for i := range sessions {
		sessions[i].SlotID, sessions[i].State = 1, programme.Confirmed
		if sessions[i].ID == 0 {
			sessions[i].ID = int64(i + 1)
		}
		if sessions[i].Position == 0 {
			sessions[i].Position = i + 1
		}
	}
	return programme.Plan{Programme: programme.Programme{Zone: "Europe/London"}, Days: []programme.Day{{ID: 1, Date: date}},
		Rooms: []programme.Room{{ID: 1, Name: "Hall"}, {ID: 2, Name: "Attic"}},
		Slots: []programme.Slot{{ID: 1, DayID: 1, Starts: starts, Ends: ends}}, Sessions: sessions}
}

func TestWhenSessionsAre(t *testing.T) {
	t.Parallel()
	type session = programme.Session
	for name, c := range map[string]struct {
		plan programme.Plan
		want []string
	}{
		"one after another":           {day("2026-01-20", 540, 720, session{Minutes: 30}, session{Minutes: 45}, session{Minutes: 20}), []string{"09:00-09:30", "09:30-10:15", "10:15-10:35"}},
		"the last goes on to the end": {day("2026-01-20", 540, 720, session{Minutes: 30}, session{}), []string{"09:00-09:30", "09:30-12:00"}},
		"each room by itself": {day("2026-01-20", 540, 720, session{RoomID: 1, Minutes: 30}, session{RoomID: 2, Minutes: 45}, session{RoomID: 1, Minutes: 20}),
			[]string{"09:00-09:30", "09:00-09:45", "09:30-09:50"}},
		"a beginning of its own":    {day("2026-01-20", 540, 720, session{Minutes: 30}, session{Minutes: 30, Begins: new(60)}, session{Minutes: 15}), []string{"09:00-09:30", "10:00-10:30", "10:30-10:45"}},
		"one that begins earlier":   {day("2026-01-20", 540, 720, session{Minutes: 60}, session{Minutes: 30, Begins: new(0)}, session{Minutes: 15}), []string{"09:00-10:00", "09:00-09:30", "10:00-10:15"}},
		"two without minutes":       {day("2026-01-20", 540, 720, session{}, session{}), []string{"09:00-12:00", "12:00-15:00"}},
		"by position and not by id": {day("2026-01-20", 540, 720, session{Minutes: 30, Position: 2}, session{Minutes: 45, Position: 1}), []string{"09:45-10:15", "09:00-09:45"}},
		"over midnight":             {day("2026-01-20", 1380, 1560, session{Minutes: 90}, session{}), []string{"23:00-00:30", "00:30-02:00"}},
		"an hour is missing":        {day("2026-03-29", 0, 240, session{Minutes: 90}, session{Minutes: 60}, session{}), []string{"00:00-02:30", "02:30-03:30", "03:30-04:00"}},
		"an hour comes twice":       {day("2026-10-25", 0, 240, session{Minutes: 90}, session{Minutes: 60}, session{}), []string{"00:00-01:30", "01:30-01:30", "01:30-04:00"}},
	} {
		when := programme.When(c.plan)
		for i, s := range c.plan.Sessions {
			span := when[s.ID]
			if got := span.Start.Format("15:04") + "-" + span.End.Format("15:04"); got != c.want[i] {
				t.Errorf("%s: session %d is at %s, want %s", name, i+1, got, c.want[i])
			}
		}
	}
	cancelled := day("2026-01-20", 540, 720, session{Minutes: 30}, session{Minutes: 30}, session{Minutes: 30})
	cancelled.Sessions[1].State = programme.Cancelled
	if got := programme.When(cancelled)[3].Start.Format("15:04"); got != "09:30" {
		t.Errorf("after a cancelled one: got %s, want 09:30", got)
	}
	if got := programme.When(day("2026-01-20", 540, 720, session{})); len(got) != 1 {
		t.Errorf("got %d spans", len(got))
	}
	unplaced := day("2026-01-20", 540, 720, session{})
	unplaced.Sessions[0].SlotID = 0
	if got := programme.When(unplaced); len(got) != 0 {
		t.Errorf("without a slot: got %v", got)
	}
}

// somePlan draws plans of three days, three rooms and up to eight sessions.
func somePlan(t *rapid.T) programme.Plan {
	p := programme.Plan{Programme: programme.Programme{Zone: rapid.SampledFrom([]string{"Europe/London", "UTC", "America/New_York", "Australia/Lord_Howe"}).Draw(t, "zone")}}
	first := programme.Date(rapid.SampledFrom([]string{"2026-03-07", "2026-03-28", "2026-06-20", "2026-10-24"}).Draw(t, "first day"))
	slot := int64(0)
	for d := range rapid.IntRange(1, 3).Draw(t, "days") {
		p.Days = append(p.Days, programme.Day{ID: int64(d + 1), Date: first.Plus(d)})
		from := rapid.IntRange(180, 600).Draw(t, "from")
		for range rapid.IntRange(1, 3).Draw(t, "slots") {
			slot++
			to := from + rapid.IntRange(20, 120).Draw(t, "long")
			p.Slots = append(p.Slots, programme.Slot{ID: slot, DayID: int64(d + 1), Starts: programme.Minute(from), Ends: programme.Minute(to), Pause: rapid.IntRange(0, 5).Draw(t, "pause") == 0})
			from = to + rapid.IntRange(0, 30).Draw(t, "pause between")
		}
	}
	for r := range rapid.IntRange(0, 3).Draw(t, "rooms") {
		p.Rooms = append(p.Rooms, programme.Room{ID: int64(r + 1), Name: string(rune('A' + r)), Capacity: rapid.SampledFrom([]int{0, 2, 5}).Draw(t, "seats"), Position: r + 1})
	}
	for i := range rapid.IntRange(0, 7).Draw(t, "sessions") {
		s := programme.Session{ID: int64(i + 1), Title: string(rune('a' + i)), State: rapid.SampledFrom([]programme.State{programme.Confirmed, programme.Confirmed, programme.Draft, programme.Cancelled}).Draw(t, "state"),
			Minutes: rapid.SampledFrom([]int{0, 0, 20, 30, 45}).Draw(t, "minutes"), Position: rapid.IntRange(0, 3).Draw(t, "position")}
		for _, theme := range rapid.SliceOfNDistinct(rapid.Int64Range(1, 6), 0, 2, rapid.ID).Draw(t, "themes") {
			s.Themes = append(s.Themes, programme.ThemeRef{ID: theme})
		}
		if who := rapid.IntRange(0, 4).Draw(t, "speaker"); who > 0 {
			s.Speakers = []programme.Someone{{Name: string(rune('P' + who))}}
		}
		if rapid.Bool().Draw(t, "placed") {
			s.SlotID = rapid.Int64Range(1, slot).Draw(t, "slot")
			if len(p.Rooms) > 0 {
				s.RoomID = rapid.Int64Range(0, int64(len(p.Rooms))).Draw(t, "room")
			}
			if rapid.Bool().Draw(t, "begins") {
				s.Begins = new(rapid.IntRange(0, 60).Draw(t, "after"))
			}
		}
		p.Sessions = append(p.Sessions, s)
	}
	return p
}

func someCrowd(t *rapid.T) programme.Crowd {
	crowd := programme.Crowd{}
	for theme := range int64(6) {
		people := rapid.SliceOfNDistinct(rapid.Int64Range(1, 8), 0, 5, rapid.ID).Draw(t, "supporters")
		crowd[theme+1] = append(crowd[theme+1], people...)
		sortIDs(crowd[theme+1])
	}
	return crowd
}

func TestSessionsOfAQueueFollowOneAnother(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := somePlan(t)
		when := programme.When(p)
		for _, s := range p.Sessions {
			span, ok := when[s.ID]
			if ok != (s.SlotID != 0) {
				t.Fatalf("session %d with slot %d has a time: %v", s.ID, s.SlotID, ok)
			}
			if !ok {
				continue
			}
			slot, _ := p.Slot(s.SlotID)
			of := p.SlotSpan(slot)
			if !span.End.After(span.Start) && of.End.After(of.Start) {
				t.Fatalf("session %d takes no time: %v", s.ID, span)
			}
			if s.Minutes > 0 && span.Minutes() != s.Minutes {
				t.Fatalf("session %d of %d minutes takes %d", s.ID, s.Minutes, span.Minutes())
			}
			if s.Begins != nil && !span.Start.Equal(of.Start.Add(time.Duration(*s.Begins)*time.Minute)) {
				t.Fatalf("session %d begins at %v, %d minutes after %v", s.ID, span.Start, *s.Begins, of.Start)
			}
			for _, other := range p.Sessions {
				if other.ID == s.ID || other.SlotID != s.SlotID || other.RoomID != s.RoomID || s.Begins != nil || other.Begins != nil ||
					s.State == programme.Cancelled || other.State == programme.Cancelled {
					continue
				}
				if span.Overlaps(when[other.ID]) {
					t.Fatalf("sessions %d and %d follow one another and overlap: %v, %v", s.ID, other.ID, span, when[other.ID])
				}
			}
		}
	})
}
