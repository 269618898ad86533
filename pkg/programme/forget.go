package programme

import (
	"fmt"
	"strconv"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/event"
	"plenary/pkg/store"
)

// Forget takes somebody whose account is erased out of sessions: they come to none
// any more, and those who wait move up; they speak in none and host none. What they
// made is the group's and stays, of a former member.
func (p *Programmes) Forget(tx *store.Tx, person int64) error {
	var sessions []int64
	err := tx.Table("programme_signups AS n").Select("n.session_id").Joins("JOIN programme_sessions AS s ON s.id = n.session_id").
		Where("n.person_id = ?", person).Order("s.programme_id, n.session_id").Find(&sessions).Error
	if err != nil {
		return fmt.Errorf("find the sessions that person %d comes to: %w", person, err)
	}
	for _, session := range sessions {
		if err := p.freeSeat(tx, session, person, p.now()); err != nil {
			return err
		}
	}
	for _, statement := range []string{
		"DELETE FROM programme_session_people WHERE person_id = ?",
		"DELETE FROM programme_calendars WHERE person_id = ?",
		"UPDATE programme_signups SET came_by = NULL WHERE came_by = ?",
		"UPDATE programme_tellings SET by_id = NULL WHERE by_id = ?",
	} {
		if err := tx.Exec(statement, person).Error; err != nil {
			return fmt.Errorf("forget person %d in programmes: %w", person, err)
		}
	}
	return nil
}

// freeSeat takes somebody off a session and gives the seat to whoever waits.
func (p *Programmes) freeSeat(tx *store.Tx, session, person int64, now time.Time) error {
	of, _, err := p.LockSession(tx, access.System(), session)
	if err != nil {
		return err
	}
	if err := tx.Exec("DELETE FROM programme_signups WHERE session_id = ? AND person_id = ?", session, person).Error; err != nil {
		return fmt.Errorf("take person %d off session %d: %w", person, session, err)
	}
	at, err := seatingOf(tx, of, session)
	if err != nil || !at.there {
		return err
	}
	if _, _, err := p.settle(tx, at, 0, now); err != nil {
		return err
	}
	return at.tell(tx, event.SessionSignedOff, false, now)
}

// JoinPeople puts one person for another, who was the same all along, in what was
// published. What else names them the people's room hands over.
func (p *Programmes) JoinPeople(tx *store.Tx, from, to int64) error {
	var rows []struct {
		ProgrammeID int64
		Version     int
		Snapshot    string
	}
	was := strconv.FormatInt(from, 10)
	err := tx.Table("programme_versions").Select("programme_id, version, snapshot").
		Where("snapshot LIKE ? OR snapshot LIKE ?", `%"person_id":`+was+`%`, `%"proposed_by":`+was+`%`).Find(&rows).Error
	if err != nil {
		return fmt.Errorf("find versions with person %d: %w", from, err)
	}
	for _, r := range rows {
		kept, err := parseSnapshot(r.Snapshot)
		if err != nil {
			return err
		}
		text, err := kept.joined(from, to).text()
		if err != nil {
			return err
		}
		if text == r.Snapshot {
			continue // an id that only begins so
		}
		if err := tx.Exec("UPDATE programme_versions SET snapshot = ? WHERE programme_id = ? AND version = ?", text, r.ProgrammeID, r.Version).Error; err != nil {
			return fmt.Errorf("save version %d of programme %d: %w", r.Version, r.ProgrammeID, err)
		}
	}
	return nil
}

func (s snapshot) joined(from, to int64) snapshot {
	for i := range s.Sessions {
		one := &s.Sessions[i]
		if one.ProposedBy == from {
			one.ProposedBy = to
		}
		one.Speakers, one.Hosts = joinedPeople(one.Speakers, from, to), joinedPeople(one.Hosts, from, to)
	}
	return s
}

func joinedPeople(all []keptPerson, from, to int64) (out []keptPerson) {
	seen := false
	for _, one := range all {
		if one.PersonID == from {
			one.PersonID = to
		}
		if one.PersonID == to {
			if seen {
				continue
			}
			seen = true
		}
		out = append(out, one)
	}
	return out
}
