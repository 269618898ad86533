package view

import (
	"fmt"
	"testing"
)

func TestManyRoomsGoOntoSeveralSheets(t *testing.T) {
	rooms := make([]ProgrammeRoom, 50)
	slot := ProgrammeSlot{ID: 1, Columns: []ProgrammeColumn{{Sessions: []SessionCard{{ID: 99, Title: "Opening"}}}}}
	for i := range rooms {
		rooms[i] = ProgrammeRoom{ID: int64(i + 1), Name: fmt.Sprint("Room ", i+1), Number: i + 1}
		if i < 17 {
			slot.Columns = append(slot.Columns, ProgrammeColumn{RoomID: rooms[i].ID, Number: i + 1, Sessions: []SessionCard{{ID: rooms[i].ID}}})
		}
	}
	p := ProgrammePrintPage{Rooms: rooms, Days: []ProgrammeDay{{ID: 1, Slots: []ProgrammeSlot{slot}}, {ID: 2}}}
	seen := map[int64]int{}
	sheets := p.Sheets()
	for _, s := range sheets {
		if len(s.Rooms) > roomsOfSheet || s.Wide() != max(1, len(s.Rooms)) {
			t.Errorf("sheet %d has %d rooms and %d columns", s.Part, len(s.Rooms), s.Wide())
		}
		for _, slot := range s.Slots {
			for _, c := range slot.Columns {
				if c.Number > len(s.Rooms) || c.RoomID != 0 && s.Rooms[c.Number-1].ID != c.RoomID {
					t.Errorf("room %d stands in column %d", c.RoomID, c.Number)
				}
				seen[c.Sessions[0].ID]++
			}
		}
	}
	if len(sheets) != 4 || sheets[0].Parts != 3 || sheets[3].Parts != 1 {
		t.Fatalf("%d sheets", len(sheets))
	}
	for id := range int64(17) {
		if seen[id+1] != 1 {
			t.Errorf("session %d stands on %d sheets", id+1, seen[id+1])
		}
	}
	if seen[99] != 3 {
		t.Errorf("what is for everybody stands on %d sheets", seen[99])
	}
	if slot.Columns[9].Number != 9 {
		t.Error("the page was changed by making sheets of it")
	}
}
