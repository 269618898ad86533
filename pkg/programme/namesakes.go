package programme

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"
	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/person"
	"plenary/pkg/store"
)

// Namesake is somebody with an account, a member of the group or a speaker or host of
// the programme, who has the name of somebody who is only named in it. They may be the
// same person, and only people can tell.
type Namesake struct {
	Name     string // as it was typed first
	Person   person.Brief
	Sessions []int64 // in which the name is typed
}

// maxNamesakes bounds how many members are looked at.
const maxNamesakes = 5000

// plainName makes the same of names that are written with and without accents.
func plainName(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(fold(name)))
}

// Namesakes lists who may be the same person, by the order of the sessions, for those
// who convene: without those who were said to be somebody else. Errors: by
// access.EditProgramme, but for its state.
func (p *Programmes) Namesakes(ctx context.Context, who access.Actor, id int64) ([]Namesake, error) {
	whole, err := p.Plan(ctx, who, id)
	if err != nil {
		return nil, err
	}
	if !whole.Working {
		return nil, access.Check(who, access.EditProgramme, whole.facts)
	}
	out, err := p.NamesakesIn(ctx, whole)
	return out, err
}

// NamesakesIn is Namesakes for a plan that those who convene work on: one statement
// at most. It asks nobody's leave.
func (p *Programmes) NamesakesIn(ctx context.Context, of Plan) ([]Namesake, error) {
	out, err := namesakes(p.db.Read(ctx), of)
	return out, store.Translate(err)
}

func namesakes(g *gorm.DB, of Plan) ([]Namesake, error) {
	names, typed := of.typed()
	if len(names) == 0 {
		return nil, nil
	}
	known := of.withAccounts()
	var members []person.Brief
	err := g.Table("memberships AS m").Select("p.id, p.handle, p.name, p.affiliation, p.picture").Joins("JOIN people AS p ON p.id = m.person_id").
		Where("m.group_id = ?", of.Group.ID).Order("p.id").Limit(maxNamesakes).Find(&members).Error
	if err != nil {
		return nil, fmt.Errorf("look for namesakes of programme %d: %w", of.ID, err)
	}
	for _, one := range members {
		if !slices.ContainsFunc(known, func(k person.Brief) bool { return k.ID == one.ID }) {
			known = append(known, one)
		}
	}
	var out []Namesake
	for _, name := range names {
		for _, one := range known {
			if one.Handle != "" && plainName(one.Name) == name {
				same := typed[name]
				same.Person = one
				out = append(out, same)
			}
		}
	}
	return out, nil
}

// typed are the names of those who are only named and were not told apart from
// anybody, in the order of the sessions.
func (p Plan) typed() (names []string, by map[string]Namesake) {
	by = map[string]Namesake{}
	apart := map[string]bool{}
	p.eachNamed(func(_ Session, one Someone) {
		if one.Apart {
			apart[plainName(one.Name)] = true
		}
	})
	p.eachNamed(func(s Session, one Someone) {
		name := plainName(one.Name)
		if apart[name] {
			return
		}
		found, known := by[name]
		if !known {
			names = append(names, name)
			found.Name = one.Name
		}
		if !slices.Contains(found.Sessions, s.ID) {
			found.Sessions = append(found.Sessions, s.ID)
		}
		by[name] = found
	})
	return names, by
}

func (p Plan) eachNamed(fn func(Session, Someone)) {
	for _, s := range p.Sessions {
		for _, list := range [][]Someone{s.Speakers, s.Hosts} {
			for _, one := range list {
				if one.Person == nil {
					fn(s, one)
				}
			}
		}
	}
}

// withAccounts are those with an account who have a part in a session.
func (p Plan) withAccounts() []person.Brief {
	var out []person.Brief
	for _, s := range p.Sessions {
		for _, list := range [][]Someone{s.Speakers, s.Hosts} {
			for _, one := range list {
				if one.Person != nil && !slices.ContainsFunc(out, func(k person.Brief) bool { return k.ID == one.Person.ID }) {
					out = append(out, *one.Person)
				}
			}
		}
	}
	return out
}

// Settle says of a namesake whether it is the same person, as those who convene know.
// If so, all parts of that name in the programme are theirs from then on, as if the
// handle had been typed. If not, it is not asked again. Errors: Invalid with field
// handle where they are no namesakes; by access.EditProgramme.
func (p *Programmes) Settle(ctx context.Context, who access.Actor, id int64, name, handle string, same bool) error {
	if _, err := p.may(ctx, who, id, access.EditProgramme); err != nil {
		return err
	}
	return p.changePlan(ctx, who, id, 0, func(tx *store.Tx, locked Plan, _ time.Time) error {
		all, err := namesakes(tx.DB, locked)
		if err != nil {
			return err
		}
		handle = strings.TrimPrefix(strings.TrimSpace(handle), "@")
		i := slices.IndexFunc(all, func(n Namesake) bool {
			return plainName(n.Name) == plainName(name) && strings.EqualFold(n.Person.Handle, handle)
		})
		if i < 0 {
			var f errs.Fields
			f.Add("handle", "programme.no_namesake")
			return f.Err()
		}
		for _, session := range all[i].Sessions {
			s, _ := locked.Session(session)
			if err := settleIn(tx, s, all[i], same); err != nil {
				return err
			}
		}
		return nil
	})
}

// settleIn gives the parts of a name in one session to a person, or notes that they
// are somebody else's.
func settleIn(tx *store.Tx, s Session, is Namesake, same bool) error {
	for _, list := range [][]Someone{s.Speakers, s.Hosts} {
		taken := slices.ContainsFunc(list, func(one Someone) bool { return one.Person != nil && one.Person.ID == is.Person.ID })
		for _, one := range list {
			if one.Person != nil || plainName(one.Name) != plainName(is.Name) {
				continue
			}
			var err error
			switch {
			case !same:
				err = tx.Exec("UPDATE programme_session_people SET apart = ? WHERE id = ?", true, one.ID).Error
			case taken: // twice is once too often
				err = tx.Exec("DELETE FROM programme_session_people WHERE id = ?", one.ID).Error
			default:
				err = tx.Exec("UPDATE programme_session_people SET person_id = ?, name = '', affiliation = '' WHERE id = ?", is.Person.ID, one.ID).Error
			}
			if err != nil {
				return fmt.Errorf("settle who %q is in session %d: %w", is.Name, s.ID, err)
			}
			taken = taken || same
		}
	}
	if !same {
		return nil
	}
	return saveSession(tx, s.ID, map[string]any{"version": s.Version + 1})
}

// perhaps names who may have a part in both sessions: who is only named in one of them
// and has the name of somebody in the other, by accents or by having an account.
func perhaps(one, other Session) []string {
	var out []string
	for _, a := range parts(one) {
		for _, b := range parts(other) {
			if maybeSame(a, b) && !slices.Contains(out, a.Name) {
				out = append(out, a.Name)
			}
		}
	}
	slices.Sort(out)
	return out
}

func parts(s Session) []Someone { return slices.Concat(s.Speakers, s.Hosts) }

func maybeSame(a, b Someone) bool {
	switch {
	case a.Apart || b.Apart || a.Person != nil && b.Person != nil || plainName(a.Name) != plainName(b.Name):
		return false
	case a.Person == nil && b.Person == nil:
		return fold(a.Name) != fold(b.Name) // else it is the same name, and a clash for certain
	}
	return true
}
