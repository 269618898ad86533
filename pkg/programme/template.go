package programme

// Words puts a key of the catalogue into somebody's language.
type Words func(key string) string

// drawn is a slot of a template, with the sessions that come with it.
type drawn struct {
	key      string // of its title; empty for none
	starts   Minute
	ends     Minute
	pause    bool
	sessions []drawnSession
}

type drawnSession struct {
	key     string
	minutes int // 0 for as long as its slot
	room    int // index of the template's rooms; -1 for none
}

// layout is what a template makes of an event: the slots of its first day, of those
// between, and of its last one.
type layout struct {
	days      int // unless another number is asked for
	rooms     []string
	first     []drawn
	next      []drawn
	last      []drawn // where there are several days; nil for next
	proposals bool
	signups   bool
}

func hours(h, m int) Minute { return Minute(h*60 + m) }

var layouts = map[Template]layout{
	Meeting: {days: 1, first: []drawn{{key: "programme.made.meeting", starts: hours(18, 0), ends: hours(20, 0), sessions: []drawnSession{
		{"programme.made.welcome", 5, -1}, {"programme.made.last_minutes", 10, -1}, {"programme.made.reports", 20, -1},
		{"programme.made.decisions", 60, -1}, {"programme.made.other_business", 15, -1}, {"programme.made.next_meeting", 10, -1}}}},
		next: []drawn{{key: "programme.made.meeting", starts: hours(18, 0), ends: hours(20, 0)}}},

	Assembly: {days: 1, rooms: []string{"programme.made.hall"}, signups: true, first: []drawn{
		{key: "programme.made.arrival", starts: hours(9, 0), ends: hours(9, 30), pause: true},
		{key: "programme.made.morning", starts: hours(9, 30), ends: hours(12, 30), sessions: []drawnSession{
			{"programme.made.opening_assembly", 20, 0}, {"programme.made.annual_report", 50, 0}, {"programme.made.accounts", 50, 0}, {"programme.made.discharge", 20, 0}}},
		{key: "programme.made.lunch", starts: hours(12, 30), ends: hours(13, 30), pause: true},
		{key: "programme.made.afternoon", starts: hours(13, 30), ends: hours(16, 30), sessions: []drawnSession{
			{"programme.made.proposals", 90, 0}, {"programme.made.elections", 60, 0}, {"programme.made.closing", 15, 0}}}},
		next: dayParts},

	OpenSpace: {days: 1, rooms: []string{"programme.made.hall", "programme.made.room_1", "programme.made.room_2", "programme.made.room_3"},
		proposals: true, signups: true, first: rounds, next: rounds},

	Congress: {days: 2, rooms: []string{"programme.made.hall", "programme.made.room_1", "programme.made.room_2"}, signups: true,
		first: panels("programme.made.opening", 0), next: panels("", 0), last: panels("programme.made.closing", 6)},
}

var dayParts = []drawn{
	{key: "programme.made.morning", starts: hours(9, 30), ends: hours(12, 30)},
	{key: "programme.made.lunch", starts: hours(12, 30), ends: hours(13, 30), pause: true},
	{key: "programme.made.afternoon", starts: hours(13, 30), ends: hours(16, 30)},
}

// rounds are a day of an open space: people say in the opening circle what they
// offer, and it fills the rounds.
var rounds = []drawn{
	{key: "programme.made.opening_circle", starts: hours(9, 0), ends: hours(10, 0), sessions: []drawnSession{{"programme.made.opening_circle", 0, 0}}},
	{key: "programme.made.round_1", starts: hours(10, 15), ends: hours(11, 15)},
	{key: "programme.made.round_2", starts: hours(11, 30), ends: hours(12, 30)},
	{key: "programme.made.lunch", starts: hours(12, 30), ends: hours(13, 45), pause: true},
	{key: "programme.made.round_3", starts: hours(13, 45), ends: hours(14, 45)},
	{key: "programme.made.round_4", starts: hours(15, 0), ends: hours(16, 0)},
	{key: "programme.made.closing_circle", starts: hours(16, 15), ends: hours(17, 0), sessions: []drawnSession{{"programme.made.closing_circle", 0, 0}}},
}

// panels are a day of a congress, with one session in the hall in one of its slots.
func panels(session string, at int) []drawn {
	day := []drawn{
		{key: "programme.made.morning", starts: hours(9, 0), ends: hours(10, 30)},
		{key: "programme.made.coffee", starts: hours(10, 30), ends: hours(11, 0), pause: true},
		{key: "programme.made.late_morning", starts: hours(11, 0), ends: hours(12, 30)},
		{key: "programme.made.lunch", starts: hours(12, 30), ends: hours(14, 0), pause: true},
		{key: "programme.made.afternoon", starts: hours(14, 0), ends: hours(15, 30)},
		{key: "programme.made.coffee", starts: hours(15, 30), ends: hours(16, 0), pause: true},
		{key: "programme.made.late_afternoon", starts: hours(16, 0), ends: hours(17, 30)},
	}
	if session != "" {
		day[at].sessions = []drawnSession{{session, 0, 0}}
	}
	return day
}

// of are the slots of the i-th of n days.
func (l layout) of(i, n int) []drawn {
	switch {
	case i == 0:
		return l.first
	case i == n-1 && l.last != nil:
		return l.last
	}
	return l.next
}

// SlotTemplate is a way to divide a day.
type SlotTemplate string

// The ways to divide a day.
const (
	DayParts   SlotTemplate = "day_parts" // morning, afternoon, evening
	Hours      SlotTemplate = "hours"     // hour by hour, with an hour for lunch
	OneStretch SlotTemplate = "stretch"   // from nine to five
)

// SlotTemplates lists the ways to divide a day.
func SlotTemplates() []SlotTemplate { return []SlotTemplate{DayParts, Hours, OneStretch} }

func (t SlotTemplate) slots() []drawn {
	switch t {
	case DayParts:
		return []drawn{
			{key: "programme.made.morning", starts: hours(9, 0), ends: hours(12, 30)},
			{key: "programme.made.afternoon", starts: hours(14, 0), ends: hours(17, 30)},
			{key: "programme.made.evening", starts: hours(19, 0), ends: hours(21, 30)},
		}
	case Hours:
		var out []drawn
		for h := 9; h < 17; h++ {
			slot := drawn{starts: hours(h, 0), ends: hours(h+1, 0)}
			if h == 12 {
				slot.key, slot.pause = "programme.made.lunch", true
			}
			out = append(out, slot)
		}
		return out
	case OneStretch:
		return []drawn{{starts: hours(9, 0), ends: hours(17, 0)}}
	}
	return nil
}
