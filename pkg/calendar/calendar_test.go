package calendar_test

import (
	"bytes"
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	ical "github.com/emersion/go-ical"

	"plenary/pkg/calendar"
)

var update = flag.Bool("update", false, "write the golden files again")

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func written(t testing.TB, c calendar.Calendar) []byte {
	t.Helper()
	out, err := c.Write()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// readBack reads a file with a parser that shares nothing with what wrote it.
func readBack(t testing.TB, file []byte) *ical.Calendar {
	t.Helper()
	got, err := ical.NewDecoder(bytes.NewReader(file)).Decode()
	if err != nil {
		t.Fatalf("the file cannot be read back: %v\n%s", err, file)
	}
	return got
}

func TestACalendarLooksAsItDidBefore(t *testing.T) {
	london := zone(t, "Europe/London")
	changed := time.Date(2026, 6, 1, 9, 30, 0, 0, time.UTC)
	got := written(t, calendar.Calendar{
		Name: "Summer assembly", Text: "Three days in the Mechanics' Institute", Link: "https://forum.example/e/7", Zone: london, Refresh: time.Hour,
		Entries: []calendar.Entry{
			{UID: "session-1@forum.example", Sequence: 2, Changed: changed, Title: "Who owns the platform, and how; a panel", Text: "With Ana Ruiz (Calders)\nBring \\ paper",
				Place: "Great Hall, Mechanics' Institute, Manchester", Link: "https://forum.example/e/7#session-1", Kinds: []string{"Summer assembly"},
				Starts: time.Date(2026, 6, 20, 9, 0, 0, 0, london), Ends: time.Date(2026, 6, 20, 10, 30, 0, 0, london)},
			{UID: "session-2@forum.example", Sequence: 2, Changed: changed, Title: "Evening with music", Cancelled: true,
				Starts: time.Date(2026, 6, 20, 22, 30, 0, 0, london), Ends: time.Date(2026, 6, 21, 1, 0, 0, 0, london)},
		},
	})
	const golden = "testdata/assembly.ics"
	if *update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("the calendar is now\n%s\nand was\n%s", got, want)
	}
}

func TestNobodysAddressIsInACalendar(t *testing.T) {
	got := string(written(t, calendar.Calendar{Name: "x", Entries: []calendar.Entry{{UID: "1@forum.example", Title: "x", Starts: time.Unix(1e9, 0)}}}))
	for _, word := range []string{"ORGANIZER", "ATTENDEE", "mailto", "METHOD"} {
		if strings.Contains(strings.ToLower(got), strings.ToLower(word)) {
			t.Errorf("the calendar says %s:\n%s", word, got)
		}
	}
}

// Instants and wall times of sessions in zones unlike that of the machine, over
// midnight, and across changes of the clock in both directions.
func TestTimesAreReadBackAsTheyWereMeant(t *testing.T) {
	for _, local := range []string{"UTC", "Pacific/Auckland"} {
		before := time.Local
		time.Local = zone(t, local)
		t.Cleanup(func() { time.Local = before })
		for _, c := range []struct {
			what, zone   string
			starts, ends time.Time
			wall         string // DTSTART as it stands there
		}{
			{"a day in summer", "Europe/London", at("2026-06-20T08:00:00Z"), at("2026-06-20T09:30:00Z"), "20260620T090000"},
			{"over midnight", "America/St_Johns", at("2026-06-21T01:00:00Z"), at("2026-06-21T04:00:00Z"), "20260620T223000"},
			{"while the clock is put forward", "Europe/Paris", at("2026-03-28T23:30:00Z"), at("2026-03-29T02:00:00Z"), "20260329T003000"},
			{"while the clock is put back", "Europe/Paris", at("2026-10-24T23:30:00Z"), at("2026-10-25T02:30:00Z"), "20261025T013000"},
			{"in the hour that comes twice, the first time", "Europe/Paris", at("2026-10-25T00:15:00Z"), at("2026-10-25T00:45:00Z"), "20261025T001500Z"},
			{"in the hour that comes twice, the second time", "Europe/Paris", at("2026-10-25T01:15:00Z"), at("2026-10-25T01:45:00Z"), "20261025T011500Z"},
			{"where summer is in January", "Australia/Sydney", at("2026-01-10T00:00:00Z"), at("2026-01-10T01:00:00Z"), "20260110T110000"},
			{"half an hour of daylight saving", "Australia/Lord_Howe", at("2026-04-04T14:30:00Z"), at("2026-04-04T16:30:00Z"), "20260404T143000Z"},
			{"where winter is the time that is saved", "Europe/Dublin", at("2026-12-01T10:00:00Z"), at("2026-12-01T11:00:00Z"), "20261201T100000"},
			{"where the clock never changes", "Asia/Kathmandu", at("2026-06-20T08:00:00Z"), at("2026-06-20T09:30:00Z"), "20260620T134500"},
			{"in UTC", "UTC", at("2026-06-20T08:00:00Z"), at("2026-06-20T09:30:00Z"), "20260620T080000Z"},
		} {
			t.Run(c.what+" on a machine in "+local, func(t *testing.T) {
				file := written(t, calendar.Calendar{Name: "x", Zone: zone(t, c.zone), Entries: []calendar.Entry{
					{UID: "1@forum.example", Title: "x", Starts: c.starts, Ends: c.ends}}})
				cal := readBack(t, file)
				event := cal.Events()[0]
				if got := event.Props.Get(ical.PropDateTimeStart).Value; got != c.wall {
					t.Errorf("DTSTART is %s, want %s", got, c.wall)
				}
				for _, end := range []struct {
					name string
					want time.Time
				}{{ical.PropDateTimeStart, c.starts}, {ical.PropDateTimeEnd, c.ends}} {
					prop := event.Props.Get(end.name)
					if byName, err := prop.DateTime(time.UTC); err != nil || !byName.Equal(end.want) {
						t.Errorf("%s, by the zone's name, is %v (%v), want %v\n%s", end.name, byName, err, end.want, file)
					}
					if byRules := instant(t, cal, prop); !byRules.Equal(end.want) {
						t.Errorf("%s, by the zone in the file, is %v, want %v\n%s", end.name, byRules.UTC(), end.want, file)
					}
				}
			})
		}
	}
}

func at(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

// instant works out what a time is by the zone described in the file alone, as RFC
// 5545 has it: by the last change before it, and of two readings the first.
func instant(t testing.TB, cal *ical.Calendar, prop *ical.Prop) time.Time {
	t.Helper()
	const wall = "20060102T150405"
	if utc, ok := strings.CutSuffix(prop.Value, "Z"); ok {
		return parse(t, wall, utc)
	}
	local := parse(t, wall, prop.Value)
	var best, latest time.Time
	for _, part := range parts(t, cal, prop.Params.Get(ical.ParamTimezoneID)) {
		from, to := seconds(t, part.Props.Get(ical.PropTimezoneOffsetFrom).Value), seconds(t, part.Props.Get(ical.PropTimezoneOffsetTo).Value)
		onset := parse(t, wall, part.Props.Get(ical.PropDateTimeStart).Value).Add(-from)
		// A time that was skipped, and the first of two, are read with the offset before.
		if !local.Add(-from).Before(onset) && !local.Add(-to).Before(onset) && !onset.Before(latest) {
			latest, best = onset, local.Add(-to)
		}
	}
	if best.IsZero() {
		t.Fatalf("no change of the clock is told by which %s could be read", prop.Value)
	}
	return best
}

func parts(t testing.TB, cal *ical.Calendar, id string) []*ical.Component {
	t.Helper()
	for _, child := range cal.Children {
		if child.Name == ical.CompTimezone && child.Props.Get(ical.PropTimezoneID).Value == id {
			return child.Children
		}
	}
	t.Fatalf("the zone %q is not described", id)
	return nil
}

func parse(t testing.TB, layout, s string) time.Time {
	t.Helper()
	out, err := time.Parse(layout, s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func seconds(t testing.TB, offset string) time.Duration {
	t.Helper()
	d, err := time.ParseDuration(offset[1:3] + "h" + offset[3:5] + "m")
	if err != nil {
		t.Fatal(err)
	}
	if offset[0] == '-' {
		return -d
	}
	return d
}

func TestAZoneThatSavesDaylightHasAStandardTimeToo(t *testing.T) {
	for _, month := range []time.Month{time.January, time.July} {
		cal := readBack(t, written(t, calendar.Calendar{Name: "x", Zone: zone(t, "Europe/Madrid"), Entries: []calendar.Entry{
			{UID: "1@forum.example", Title: "x", Starts: time.Date(2026, month, 3, 10, 0, 0, 0, time.UTC)}}}))
		standard := 0
		for _, part := range parts(t, cal, "Europe/Madrid") {
			if part.Name == ical.CompTimezoneStandard {
				standard++
			}
		}
		if standard != 1 {
			t.Errorf("in %s there are %d standard times", month, standard)
		}
	}
}

func TestLinesAreFoldedAtSeventyFiveBytes(t *testing.T) {
	file := written(t, calendar.Calendar{Name: strings.Repeat("ö", 200), Entries: []calendar.Entry{
		{UID: "1@forum.example", Title: strings.Repeat("日本", 100), Text: strings.Repeat("word ", 100), Starts: time.Unix(1e9, 0)}}})
	for line := range strings.Lines(string(file)) {
		if body := strings.TrimSuffix(line, "\r\n"); body == line || len(body) > 75 {
			t.Errorf("a line of %d bytes: %q", len(body), line)
		}
	}
}

// FuzzTexts holds that whatever stands in a title or description comes back as it
// was, apart from control characters and kinds of line ends, and that no text can
// become a line of its own.
func FuzzTexts(f *testing.F) {
	f.Add("Platform; co-ops, and \\ \"us\"", "one\ntwo\r\nthree\rfour", "Hall: 2")
	f.Add("x\r\nATTENDEE:mailto:ana@example.org", "\x00\x07\x1b[31m", strings.Repeat("é ", 80))
	f.Add(" leading", "trailing ", "\t\n\\n\\N\\;\\,")
	f.Add("👩🏽‍🌾", "\u2028\u0085\ufeff", "\xff\xfe")
	f.Fuzz(func(t *testing.T, title, text, place string) {
		file := written(t, calendar.Calendar{Name: title, Text: text, Zone: zone(t, "Europe/London"), Entries: []calendar.Entry{
			{UID: "1@forum.example", Title: title, Text: text, Place: place, Kinds: []string{title}, Starts: time.Unix(1e9, 0)}}})
		events := readBack(t, file).Events()
		if len(events) != 1 {
			t.Fatalf("%d entries\n%s", len(events), file)
		}
		for name, want := range map[string]string{ical.PropSummary: title, ical.PropDescription: text, ical.PropLocation: place} {
			got, err := events[0].Props.Text(name)
			if err != nil || got != calendar.Clean(want) {
				t.Errorf("%s is %q (%v), want %q\n%s", name, got, err, calendar.Clean(want), file)
			}
		}
		if got := events[0].Props.Get("ATTENDEE"); got != nil {
			t.Errorf("a text became a property: %v", got)
		}
	})
}
