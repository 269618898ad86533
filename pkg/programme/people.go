package programme

import (
	"context"
	"fmt"
	"strings"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/plain"
	"plenary/pkg/store"
)

// Part is what somebody does in a session.
type Part string

// The parts.
const (
	Speaker Part = speaker
	Host    Part = host
)

// NewSomeone is a speaker or host to be: by the handle of an account, or by a name.
type NewSomeone struct {
	Handle      string
	Name        string // where there is no handle
	Affiliation string // of somebody who is only named

	person int64 // found by the handle, or given
	part   Part
}

// resolve judges people and finds those with an account.
func (p *Programmes) resolve(ctx context.Context, speakers, hosts []NewSomeone) ([]NewSomeone, error) {
	var f errs.Fields
	var out []NewSomeone
	for _, list := range []struct {
		part  Part
		field string
		all   []NewSomeone
	}{{Speaker, "speakers", speakers}, {Host, "hosts", hosts}} {
		for _, one := range list.all {
			one.part = list.part
			if err := p.find(ctx, &f, list.field, &one); err != nil {
				return nil, err
			}
			out = append(out, one)
		}
	}
	return out, f.Err()
}

// find fills in who is meant.
func (p *Programmes) find(ctx context.Context, f *errs.Fields, field string, one *NewSomeone) error {
	if one.person != 0 {
		return nil
	}
	handle := strings.TrimPrefix(strings.TrimSpace(one.Handle), "@")
	if handle == "" {
		one.Name = plain.Name(f, field, one.Name, MaxName)
		one.Affiliation = plain.Line(f, field, one.Affiliation, false, MaxName)
		return nil
	}
	found, err := p.people.ByHandle(ctx, handle)
	if errs.Is(err, errs.NotFound) {
		f.Add(field, "programme.person_unknown", errs.Args{"Handle": plain.Cell(handle)})
		return nil
	}
	one.person, one.Name, one.Affiliation = found.ID, "", ""
	return err
}

func insertPeople(tx *store.Tx, session int64, people []NewSomeone) error {
	for i, one := range people {
		if err := insertPerson(tx, session, one, i+1); err != nil {
			return err
		}
	}
	return nil
}

func insertPerson(tx *store.Tx, session int64, one NewSomeone, position int) error {
	var person *int64
	if one.person != 0 {
		person = &one.person
	}
	err := tx.Exec("INSERT INTO programme_session_people (session_id, part, person_id, name, affiliation, position) VALUES (?, ?, ?, ?, ?, ?)",
		session, one.part, person, one.Name, one.Affiliation, position).Error
	if err != nil {
		return fmt.Errorf("put people into session %d: %w", session, err)
	}
	return nil
}

// AddPerson adds a speaker or host to a session, after those that it has. Adding
// somebody again changes nothing. Errors: Invalid with field speakers or hosts; by
// access.EditSession.
func (p *Programmes) AddPerson(ctx context.Context, who access.Actor, session int64, part Part, in NewSomeone) (Session, error) {
	if _, err := p.Working(ctx, who, session); err != nil {
		return Session{}, err
	}
	var lists [2][]NewSomeone
	switch part {
	case Speaker:
		lists[0] = []NewSomeone{in}
	case Host:
		lists[1] = []NewSomeone{in}
	default:
		var f errs.Fields
		f.Add("part", "field.choose")
		return Session{}, f.Err()
	}
	people, err := p.resolve(ctx, lists[0], lists[1])
	if err != nil {
		return Session{}, err
	}
	return p.changeParts(ctx, who, session, func(tx *store.Tx, _ Programme, s Session, _ time.Time) error {
		there := s.Speakers
		if part == Host {
			there = s.Hosts
		}
		for _, one := range there {
			if people[0].is(one) {
				return errUnchanged
			}
		}
		if len(s.Speakers)+len(s.Hosts) >= MaxPeople {
			return tooMany(string(part)+"s", "programme.people_too_many", MaxPeople)
		}
		var last int
		err := tx.Raw("SELECT COALESCE(MAX(position), 0) FROM programme_session_people WHERE session_id = ?", session).Row().Scan(&last)
		if err != nil {
			return fmt.Errorf("count the people of session %d: %w", session, err)
		}
		return insertPerson(tx, session, people[0], last+1)
	})
}

// is reports whether the newcomer is there already.
func (n NewSomeone) is(one Someone) bool {
	if n.person != 0 || one.Person != nil {
		return one.Person != nil && one.Person.ID == n.person
	}
	return fold(one.Name) == fold(n.Name)
}

// same reports whether both newcomers are the same.
func (n NewSomeone) same(other NewSomeone) bool {
	if n.person != 0 || other.person != 0 {
		return n.person == other.person
	}
	return fold(n.Name) == fold(other.Name)
}

// stays reports whether somebody who has a part is the one who is listed anew. Of
// somebody who has left there is no handle to be listed by, and the name is enough.
func (n NewSomeone) stays(one Someone) bool {
	if n.person == 0 && one.Person != nil && one.Person.Handle == "" {
		return one.Name == n.Name
	}
	return n.is(one)
}

// fold makes the same of names that are written a little differently.
func fold(name string) string { return strings.ToLower(strings.Join(strings.Fields(name), " ")) }

// RemovePerson takes a speaker or host out of a session, by the id of their part.
// Errors: NotFound; by access.EditSession.
func (p *Programmes) RemovePerson(ctx context.Context, who access.Actor, session, part int64) (Session, error) {
	return p.changeParts(ctx, who, session, func(tx *store.Tx, _ Programme, _ Session, _ time.Time) error {
		return removed(tx, "DELETE FROM programme_session_people WHERE id = ? AND session_id = ?", part, session)
	})
}

// removed deletes one row; NotFound where there is none.
func removed(tx *store.Tx, query string, args ...any) error {
	done := tx.Exec(query, args...)
	switch {
	case done.Error != nil:
		return fmt.Errorf("%s: %w", query, done.Error)
	case done.RowsAffected == 0:
		return notHere()
	}
	return nil
}
