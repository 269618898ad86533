package demo

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"plenary/pkg/access"
	"plenary/pkg/programme"
)

// event is a programme as the script tells it: one file in assembly/programmes.
type event struct {
	Title, Text, Place string
	Zone               string
	Day                []eventDay
	Room               []eventRoom
	Session            []eventSession
	Publish            string // what is said with its publication; empty for a draft
}

// eventDay is one of the three days, in their order.
type eventDay struct {
	Title string
	Slot  []eventSlot
}

type eventSlot struct {
	Key, Title   string
	Starts, Ends string // as on a clock
	Pause        bool
}

type eventRoom struct {
	Key, Name, Note string
	Capacity        int
}

type eventSession struct {
	Title, Text     string
	Slot, Room      string   // keys; a session without a slot is still to be placed
	Minutes         int      // 0 for as long as its slot
	Capacity        int      // 0 for as many as the room seats
	Speakers, Hosts []string // persons, or "Name, what they are of"
	Themes          []string // keys
	Signed          []string // persons, in the order in which they signed up
	Open            bool     // still to be confirmed
}

// program makes an event in the thread, fills and publishes it, and lets people
// sign up.
func (sc *scene) program(ctx context.Context, a act) error {
	who, err := sc.actor(a.By)
	if err != nil {
		return err
	}
	var told event
	if err := decode(assembly, "assembly/programmes/"+a.Event+".toml", &told); err != nil {
		return err
	}
	in := programme.NewProgramme{Title: sc.text(told.Title), Description: sc.text(told.Text), Place: told.Place, Zone: told.Zone,
		Template: programme.Congress, StartsOn: programme.Date(firstDay(sc.present).Format("2006-01-02")), Days: len(told.Day), Bare: true}
	made, err := sc.programmes.Start(ctx, who, sc.thread, in)
	if err != nil {
		return err
	}
	slots, err := sc.days(ctx, who, made.ID, told.Day)
	if err != nil {
		return err
	}
	rooms := map[string]int64{}
	for _, r := range told.Room {
		room, err := sc.programmes.AddRoom(ctx, who, made.ID, programme.NewRoom{Name: r.Name, Capacity: r.Capacity, Note: r.Note})
		if err != nil {
			return fmt.Errorf("room %s: %w", r.Key, err)
		}
		rooms[r.Key] = room.ID
	}
	ids := make([]int64, len(told.Session))
	for i, s := range told.Session {
		if ids[i], err = sc.session(ctx, who, made.ID, s, slots, rooms); err != nil {
			return fmt.Errorf("session %q: %w", s.Title, err)
		}
	}
	if told.Publish == "" {
		return nil
	}
	if _, err := sc.programmes.Publish(ctx, who, made.ID, told.Publish, 0); err != nil {
		return err
	}
	for i, s := range told.Session {
		if err := sc.comeTo(ctx, ids[i], s.Signed); err != nil {
			return fmt.Errorf("session %q: %w", s.Title, err)
		}
	}
	return nil
}

// days names the days and gives them their slots, by the keys of these.
func (sc *scene) days(ctx context.Context, who access.Actor, id int64, told []eventDay) (map[string]int64, error) {
	plan, err := sc.programmes.Plan(ctx, who, id)
	if err != nil {
		return nil, err
	}
	slots := map[string]int64{}
	for i, d := range told {
		day := plan.Days[i].ID
		if _, err := sc.programmes.EditDay(ctx, who, id, day, programme.DayEdit{Title: &d.Title}); err != nil {
			return nil, fmt.Errorf("day %q: %w", d.Title, err)
		}
		for _, s := range d.Slot {
			starts, _ := programme.ParseMinute(s.Starts)
			ends, _ := programme.ParseMinute(s.Ends)
			made, err := sc.programmes.AddSlot(ctx, who, id, programme.NewSlot{DayID: day, Title: s.Title, Starts: starts, Ends: ends, Pause: s.Pause})
			if err != nil {
				return nil, fmt.Errorf("slot %q of %q: %w", s.Title, d.Title, err)
			}
			slots[cmp.Or(s.Key, fmt.Sprint(made.ID))] = made.ID
		}
	}
	return slots, nil
}

func (sc *scene) session(ctx context.Context, who access.Actor, id int64, s eventSession, slots, rooms map[string]int64) (int64, error) {
	in := programme.NewSession{Title: s.Title, Description: sc.text(s.Text), Minutes: s.Minutes, Capacity: s.Capacity,
		Speakers: sc.someone(s.Speakers), Hosts: sc.someone(s.Hosts), Confirmed: !s.Open}
	for _, key := range s.Themes {
		theme, err := lookUp("theme", sc.theme, key)
		if err != nil {
			return 0, err
		}
		in.Themes = append(in.Themes, theme)
	}
	made, err := sc.programmes.CreateSession(ctx, who, id, in)
	if err != nil || s.Slot == "" {
		return made.ID, err
	}
	at := programme.Placing{RoomID: rooms[s.Room]}
	if at.SlotID, err = lookUp("slot", slots, s.Slot); err != nil {
		return 0, err
	}
	_, err = sc.programmes.Place(ctx, who, made.ID, at, 0)
	return made.ID, err
}

// someone finds persons by their keys; who has none is only named.
func (sc *scene) someone(who []string) []programme.NewSomeone {
	var out []programme.NewSomeone
	for _, one := range who {
		if handle := sc.handles[one]; handle != "" {
			out = append(out, programme.NewSomeone{Handle: handle})
			continue
		}
		name, of, _ := strings.Cut(one, ", ")
		out = append(out, programme.NewSomeone{Name: name, Affiliation: of})
	}
	return out
}

// comeTo lets people sign up for a session, one after the other.
func (sc *scene) comeTo(ctx context.Context, session int64, who []string) error {
	for _, by := range who {
		if sc.absent(by) {
			continue
		}
		actor, err := sc.actor(by)
		if err != nil {
			return err
		}
		if _, _, err := sc.programmes.SignUp(ctx, actor, session); err != nil {
			return fmt.Errorf("%s signs up: %w", by, err)
		}
	}
	return nil
}
