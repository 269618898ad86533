package view

// roomsOfSheet is how many rooms stand beside one another on a sheet of paper, where
// they are to be read at arm's length. More go onto further sheets of the same day.
const roomsOfSheet = 8

// ProgrammeSheet is a page of a printed programme: a day, or some of its rooms.
type ProgrammeSheet struct {
	ProgrammeDay
	Rooms []ProgrammeRoom
	Part  int // from 1
	Parts int // 1 where the day is on one sheet
}

// Wide is how many columns the sheet has.
func (s ProgrammeSheet) Wide() int { return wide(s.Rooms) }

// First and Last are the rooms at the sides of the sheet.
func (s ProgrammeSheet) First() string { return s.Rooms[0].Name }

// Last is the room at the end.
func (s ProgrammeSheet) Last() string { return s.Rooms[len(s.Rooms)-1].Name }

// Sheets are the pages of the programme: one a day, or several with about as many
// rooms each. What is for everybody stands on each of them; rooms in which nothing is
// on a day are left out where there is more than one sheet.
func (p ProgrammePrintPage) Sheets() []ProgrammeSheet {
	var out []ProgrammeSheet
	for _, d := range p.Days {
		rooms := p.Rooms
		if len(rooms) > roomsOfSheet {
			rooms = d.used(rooms)
		}
		n := max(1, (len(rooms)+roomsOfSheet-1)/roomsOfSheet)
		for i := range n {
			part := rooms[i*len(rooms)/n : (i+1)*len(rooms)/n]
			out = append(out, d.sheet(part, i+1, n))
		}
	}
	return out
}

// used are the rooms in which something is on the day.
func (d ProgrammeDay) used(rooms []ProgrammeRoom) []ProgrammeRoom {
	busy := map[int64]bool{}
	for _, s := range d.Slots {
		for _, c := range s.Columns {
			busy[c.RoomID] = true
		}
	}
	var out []ProgrammeRoom
	for _, r := range rooms {
		if busy[r.ID] {
			out = append(out, r)
		}
	}
	return out
}

// sheet is the day with some of its rooms, whose columns are numbered anew.
func (d ProgrammeDay) sheet(rooms []ProgrammeRoom, part, parts int) ProgrammeSheet {
	out := ProgrammeSheet{ProgrammeDay: d, Part: part, Parts: parts}
	number := map[int64]int{0: 0}
	for i, r := range rooms {
		r.Number = i + 1
		number[r.ID] = r.Number
		out.Rooms = append(out.Rooms, r)
	}
	out.Slots = make([]ProgrammeSlot, len(d.Slots))
	for i, s := range d.Slots {
		columns := s.Columns
		s.Columns = nil
		for _, c := range columns {
			if at, here := number[c.RoomID]; here {
				c.Number = at
				s.Columns = append(s.Columns, c)
			}
		}
		out.Slots[i] = s
	}
	return out
}

// ProgrammeFilter is what a reader wants to see of a programme; its zero value is all.
type ProgrammeFilter struct {
	Rooms   []ListOption // to choose from
	Room    string       // the name of the one that was chosen; empty for all
	Mine    bool         // only what the viewer takes part in
	CanMine bool
	Draft   bool   // what is not published yet is asked for
	Query   string // of the address of what is shown, with its ?
}

// Shown reports whether there is anything to choose.
func (f ProgrammeFilter) Shown() bool { return len(f.Rooms) > 1 || f.CanMine || f.Any() }

// Any reports whether something is left out.
func (f ProgrammeFilter) Any() bool { return f.Room != "" || f.Mine }
