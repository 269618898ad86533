package person_test

import (
	"testing"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/person"
)

func TestAProfileChangesWhatIsGiven(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ana := h.add("ana")
		token := h.signIn("ana")
		if _, err := h.Session(h.ctx, token); err != nil {
			t.Fatal(err)
		}
		changed, err := h.EditProfile(h.ctx, ana.Actor(), person.ProfileEdit{
			Name: new(" Ana B. "), Affiliation: new("Mill"), TimeZone: new("Europe/Brussels"), Language: new("de-at"),
		})
		wanted := ana
		wanted.Name, wanted.Affiliation, wanted.TimeZone, wanted.Language = "Ana B.", "Mill", "Europe/Brussels", "de-AT"
		if err != nil || changed != wanted {
			t.Errorf("%+v, %v; want %+v", changed, err, wanted)
		}
		if s, err := h.Session(h.ctx, token); err != nil || s.Person != wanted {
			t.Errorf("the session still knows %+v, %v", s.Person, err)
		}
		wanted.Affiliation = ""
		if changed, err = h.EditProfile(h.ctx, ana.Actor(), person.ProfileEdit{Affiliation: new("")}); err != nil || changed != wanted {
			t.Errorf("%+v, %v; want %+v", changed, err, wanted)
		}
		if changed, err = h.EditProfile(h.ctx, ana.Actor(), person.ProfileEdit{}); err != nil || changed != wanted {
			t.Errorf("nothing given: %+v, %v; want %+v", changed, err, wanted)
		}
	})
}

func TestProfilesThatCannotBe(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ana := h.add("ana")
		_, err := h.EditProfile(h.ctx, access.Visitor(), person.ProfileEdit{})
		want(t, err, errs.Unauthenticated, "access.sign_in")
		_, err = h.EditProfile(h.ctx, ana.Actor(), person.ProfileEdit{
			Name: new("  "), Affiliation: new("a\nb"), TimeZone: new("Local"), Language: new("no language"),
		})
		for field, code := range map[string]string{"name": "field.required", "affiliation": "field.control_characters",
			"time_zone": "field.time_zone", "language": "field.language"} {
			wantField(t, err, field, code)
		}
	})
}

const other = "another long walk, uphill"

func TestAPasswordIsChangedByWhoKnowsTheOldOne(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ana := h.add("ana")
		want(t, h.ChangePassword(h.ctx, access.Visitor(), secret, other), errs.Unauthenticated, "access.sign_in")
		wantField(t, h.ChangePassword(h.ctx, ana.Actor(), "wrong", other), "current", "person.wrong_current_password")
		wantField(t, h.ChangePassword(h.ctx, ana.Actor(), secret, "name of ana"), "password", "person.password_personal")
		wantField(t, h.ChangePassword(h.ctx, ana.Actor(), secret, ""), "password", "field.required")
		h.signIn("ana")
		if err := h.ChangePassword(h.ctx, ana.Actor(), secret, other); err != nil {
			t.Fatal(err)
		}
		if _, err := h.SignIn(h.ctx, "ana", other, ""); err != nil {
			t.Errorf("the new one: %v", err)
		}
		_, err := h.SignIn(h.ctx, "ana", secret, "")
		want(t, err, errs.Unauthenticated, "person.wrong_password")
	})
}

func TestAnOpenBrowserIsNoWayToGuessThePassword(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ana := h.add("ana")
		for range 10 {
			wantField(t, h.ChangePassword(h.ctx, ana.Actor(), "wrong", other), "current", "person.wrong_current_password")
		}
		want(t, h.ChangePassword(h.ctx, ana.Actor(), secret, other), errs.TooMany, "person.too_many_attempts")
		h.signIn("ana")
	})
}

func TestAnAdministratorSetsAPassword(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ana := h.add("ana")
		want(t, h.SetPassword(h.ctx, ana.Actor(), "ana", other), errs.Forbidden, "access.needs_administrator")
		want(t, h.SetPassword(h.ctx, access.System(), "nobody", other), errs.NotFound, "error.not_found")
		wantField(t, h.SetPassword(h.ctx, access.System(), "ana", "password"), "password", "person.password_common")
		if err := h.SetPassword(h.ctx, access.System(), "@ana", other); err != nil {
			t.Fatal(err)
		}
		if _, err := h.SignIn(h.ctx, "ana", other, ""); err != nil {
			t.Error(err)
		}
	})
}
