package web

import (
	"fmt"

	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/programme"
	"plenary/pkg/store"
	"plenary/pkg/web/view"
)

// unfitOf are the sessions that do not fit their slots.
func (t timetable) unfitOf() []view.SessionCard {
	var out []view.SessionCard
	for _, one := range t.plan.Unfit() {
		out = append(out, t.dated(one))
	}
	return out
}

// makeFit takes the sessions that do not fit their slots out of them, or puts them
// next, and tells on the board what was done.
func (s *Site) makeFit(c edge.Ctx) error {
	plan, err := s.programmeToEdit(c)
	if err != nil {
		return err
	}
	form, err := submitted(c)
	if err != nil {
		return err
	}
	do := form.Get("do")
	if do != "next" && do != "unplace" {
		var f errs.Fields
		f.Add("do", "field.choose")
		return f.Err()
	}
	got, err := s.Programmes.MakeFit(ctx(c), edge.Who(c), plan.ID, do == "next", 0)
	if err != nil && !store.IsReplay(err) {
		return err
	}
	return seeOther(c, eventPath(plan.ID, fmt.Sprintf("/edit?moved=%d&unplaced=%d", len(got.Moved), len(got.Unplaced))))
}

// settleNamesake notes whether somebody who is only named is somebody with an account.
func (s *Site) settleNamesake(c edge.Ctx) error {
	plan, err := s.programmeToEdit(c)
	if err != nil {
		return err
	}
	form, err := submitted(c)
	if err != nil {
		return err
	}
	err = s.Programmes.Settle(ctx(c), edge.Who(c), plan.ID, form.Get("name"), form.Get("handle"), form.Get("same") == "1")
	if err != nil && !store.IsReplay(err) {
		return err
	}
	return seeOther(c, eventPath(plan.ID, "/edit#builder"))
}

func namesakesOf(all []programme.Namesake) []view.Namesake {
	out := make([]view.Namesake, len(all))
	for i, one := range all {
		out[i] = view.Namesake{Name: one.Name, Person: personOf(one.Person), Handle: one.Person.Handle, Sessions: len(one.Sessions)}
	}
	return out
}
