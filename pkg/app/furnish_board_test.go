package app_test

import (
	"time"

	"plenary/pkg/forum"
	"plenary/pkg/poll"
	"plenary/pkg/tally"
	"plenary/pkg/theme"
)

// furnishBoard adds a board that has something of everything: rules, a theme of
// which there are earlier versions, a question that waits, somebody who was asked
// to propose, and a poll whose winners have no place yet.
func (r *running) furnishBoard() {
	r.t.Helper()
	who, err := r.People.ByHandle(r.ctx, aModerator)
	if err != nil {
		r.t.Fatal(err)
	}
	by := who.Actor()
	id := r.thread(by, "lodestone")
	closes := time.Now().Add(50 * time.Hour)
	if _, err := r.Themes.SetRules(r.ctx, by, id, theme.NewRules{ClosesAt: &closes, ThemesPerPerson: 5, SupportsPerPerson: 3}); err != nil {
		r.t.Fatal(err)
	}
	made, err := r.Themes.Propose(r.ctx, by, id, []theme.NewTheme{{Title: "Shared kitchens on the quay", For: aMember}, {Title: "Who owns the ovens", Credit: "Ida Holm"}, {Title: "A timetable for winter"}})
	if err != nil {
		r.t.Fatal(err)
	}
	title := "A timetable for the winter"
	_, err = r.Themes.Edit(r.ctx, by, made[2].ID, theme.ThemeEdit{Title: &title})
	if err == nil {
		_, err = r.Themes.AskProposer(r.ctx, by, made[2].ID, aMember)
	}
	if err == nil {
		_, err = r.Themes.Ask(r.ctx, by, made[0].ID, forum.NewComment{Body: "How old are the ovens?"})
	}
	if err != nil {
		r.t.Fatal(err)
	}
	asked, err := r.Themes.PollFrom(r.ctx, by, id, []int64{made[0].ID, made[1].ID}, poll.NewPoll{Title: "Which of the two?", Method: tally.Choice, ClosesAt: closes})
	if err == nil {
		_, err = r.Polls.Close(r.ctx, by, asked.ID)
	}
	if err != nil {
		r.t.Fatal(err)
	}
}
