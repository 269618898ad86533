package programme_test

import (
	"fmt"
	"strings"
	"testing"

	"plenary/pkg/access"
	"plenary/pkg/event"
	"plenary/pkg/programme"
	"plenary/pkg/store"
	"plenary/pkg/testkit"
)

// told is all that a session says of itself, in one line.
func told(s programme.Session) string {
	var out []string
	for _, one := range append(append([]programme.Someone{}, s.Speakers...), s.Hosts...) {
		out = append(out, one.Name+one.Affiliation)
	}
	for _, one := range s.Themes {
		out = append(out, one.Title)
	}
	for _, one := range s.Material {
		out = append(out, one.Title)
	}
	return fmt.Sprint(s.Title, " ", s.Minutes, " ", s.State, " ", s.Notes, " [", strings.Join(out, ", "), "]")
}

func TestASessionIsChangedWholeOrNotAtAll(t *testing.T) {
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		ctx, made := t.Context(), s.start(programme.Congress)
		themes := s.propose("Boats", "Ropes")
		one := s.session(made.ID, programme.NewSession{Title: "Knots", Speakers: []programme.NewSomeone{{Handle: "ben"}, {Name: "Ana"}}, Themes: themes[:1], Confirmed: true,
			Material: []programme.NewMaterial{{Title: "Map", Link: "https://example.org/map"}}})
		s.publish(made.ID)
		before, edits := told(one), len(s.events(event.ProgrammeEdited))

		all := func(change func(*programme.SessionEdit)) programme.SessionEdit {
			in := programme.SessionEdit{Title: new("Hitches"), Minutes: new(30), Speakers: &[]programme.NewSomeone{{Name: "Ana", Affiliation: "Coop"}, {Handle: "cleo"}},
				Hosts: &[]programme.NewSomeone{{Handle: "ben"}}, Themes: &[]int64{themes[1]}, Material: &[]programme.NewMaterial{{Title: "Film", Link: "https://example.org/film"}},
				Notes: new("All went well"), Confirmed: new(false)}
			change(&in)
			return in
		}
		for name, c := range map[string]struct {
			in   programme.SessionEdit
			want string
		}{
			"no title":           {all(func(in *programme.SessionEdit) { in.Title = new("") }), "invalid title=field.required"},
			"nobody there":       {all(func(in *programme.SessionEdit) { in.Hosts = &[]programme.NewSomeone{{Handle: "nobody"}} }), "invalid hosts=programme.person_unknown"},
			"no such theme":      {all(func(in *programme.SessionEdit) { in.Themes = &[]int64{99999} }), "invalid themes=programme.theme_not_here"},
			"no web address":     {all(func(in *programme.SessionEdit) { in.Material = &[]programme.NewMaterial{{Title: "x", Link: "ftp://x"}} }), "invalid material=programme.link_web"},
			"an older one":       {all(func(in *programme.SessionEdit) { in.Version = 77 }), "conflict programme.edited_meanwhile"},
			"too long for a day": {all(func(in *programme.SessionEdit) { in.Minutes = new(99999) }), "invalid minutes=programme.minutes_between"},
		} {
			_, err := s.programmes.EditSession(ctx, s.mo, one.ID, c.in)
			wantSaid(t, name, err, c.want)
			now, err := s.programmes.Working(ctx, s.mo, one.ID)
			if err != nil || told(now) != before || len(s.events(event.ProgrammeEdited)) != edits {
				t.Errorf("%s: something was changed: %s, %v", name, told(now), err)
			}
		}
		ana := one.Speakers[1].ID
		changed, err := s.programmes.EditSession(ctx, s.mo, one.ID, all(func(in *programme.SessionEdit) { in.Version = one.Version }))
		wantSaid(t, "all at once", err, "yes")
		if want := "Hitches 30 draft All went well [AnaCoop, cleo, ben, Ropes, Film]"; told(changed) != want {
			t.Errorf("changed: %s\nwant %s", told(changed), want)
		}
		if changed.Speakers[0].ID != ana || changed.Version != one.Version+1 {
			t.Errorf("who stays keeps their part: %+v, version %d", changed.Speakers, changed.Version)
		}
		if got := len(s.events(event.ProgrammeEdited)) - edits; got != 1 {
			t.Errorf("told %d times", got)
		}
		_, err = s.programmes.EditSession(ctx, s.mo, one.ID, all(func(*programme.SessionEdit) {}))
		wantSaid(t, "the same again", err, "yes")
		if got := len(s.events(event.ProgrammeEdited)) - edits; got != 1 {
			t.Errorf("nothing was changed, and it was told: %d", got)
		}
		if boats, _ := s.themes.Theme(ctx, s.mo, themes[0]); boats.State == access.Scheduled {
			t.Errorf("a theme without a session is %s", boats.State)
		}
		_, err = s.programmes.AddMaterial(ctx, s.mo, one.ID, programme.NewMaterial{Title: "More", Link: "https://example.org/more"})
		wantSaid(t, "material", err, "yes")
		_, err = s.programmes.EditSession(ctx, s.mo, one.ID, programme.SessionEdit{Material: &[]programme.NewMaterial{}, Version: changed.Version})
		wantSaid(t, "without what came meanwhile", err, "conflict programme.edited_meanwhile")
	})
}

func TestWhoHostsASessionDecidesNothingAboutIt(t *testing.T) {
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		ctx, made := t.Context(), s.start(programme.Congress)
		one := s.session(made.ID, programme.NewSession{Title: "Knots", Hosts: []programme.NewSomeone{{Handle: "ben"}}, Confirmed: true})
		s.publish(made.ID)
		_, err := s.programmes.EditSession(ctx, s.ben, one.ID, programme.SessionEdit{Title: new("Hitches"), Notes: new("So far: three knots")})
		wantSaid(t, "by a host", err, "yes")
		_, err = s.programmes.EditSession(ctx, s.ben, one.ID, programme.SessionEdit{Title: new("Bends"), Confirmed: new(false)})
		wantSaid(t, "a host unconfirms", err, "forbidden access.needs_moderator")
		_, err = s.programmes.EditSession(ctx, s.cleo, one.ID, programme.SessionEdit{Title: new("Bends")})
		wantSaid(t, "a member", err, "forbidden access.needs_moderator")
		plan := s.plan(s.cleo, made.ID) // notes are read at once, words with the next publication
		if got, _ := plan.Session(one.ID); got.Title != "Knots" || got.Notes != "So far: three knots" {
			t.Errorf("readers meet %q with the notes %q", got.Title, got.Notes)
		}
	})
}
