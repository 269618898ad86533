package web

import (
	"net/url"
	"slices"
	"strconv"

	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/programme"
	"plenary/pkg/web/view"
)

// filtered leaves in the timetable what the address asks for: what is in a room, and
// what is for everybody, or what the viewer takes part in. Times stay what they are.
// mine must be known.
func (t timetable) filtered(c edge.Ctx) (timetable, view.ProgrammeFilter, error) {
	room, err := edge.Number(c, "room")
	if err != nil {
		return t, view.ProgrammeFilter{}, err
	}
	signedIn := edge.Who(c).SignedIn()
	f := view.ProgrammeFilter{Mine: signedIn && c.QueryParam("mine") != "", CanMine: signedIn, Draft: c.QueryParam("show") == "draft"}
	query := url.Values{}
	if f.Draft {
		query.Set("show", "draft")
	}
	for _, r := range t.rooms(false) {
		f.Rooms = append(f.Rooms, view.ListOption{Value: strconv.FormatInt(r.ID, 10), Text: r.Name, Chosen: r.ID == room})
	}
	if room != 0 {
		chosen, ok := t.plan.Room(room)
		if !ok {
			return t, f, errs.New(errs.NotFound, "error.not_found")
		}
		f.Room = chosen.Name
		query.Set("room", strconv.FormatInt(room, 10))
	}
	if f.Mine {
		query.Set("mine", "1")
	}
	if len(query) > 0 {
		f.Query = "?" + query.Encode()
	}
	if f.Any() {
		t.plan.Sessions = slices.DeleteFunc(slices.Clone(t.plan.Sessions), func(s programme.Session) bool {
			return room != 0 && s.RoomID != 0 && s.RoomID != room || f.Mine && t.mine[s.ID] == "" && !s.Facts().Hosting
		})
	}
	return t, f, nil
}

// filled leaves out slots and days in which nothing is left.
func filled(days []view.ProgrammeDay) []view.ProgrammeDay {
	var out []view.ProgrammeDay
	for _, d := range days {
		d.Slots = slices.DeleteFunc(slices.Clone(d.Slots), func(s view.ProgrammeSlot) bool { return len(s.Columns) == 0 })
		if len(d.Slots) > 0 {
			out = append(out, d)
		}
	}
	return out
}
