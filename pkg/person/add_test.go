package person_test

import (
	"strings"
	"sync"
	"testing"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/person"
)

func TestOnlyAdministratorsAddPeople(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		in := person.NewPerson{Name: "Ana"}
		_, err := h.Add(h.ctx, access.Visitor(), in)
		want(t, err, errs.Unauthenticated, "access.sign_in")
		_, err = h.Add(h.ctx, access.Actor{Person: 1}, in)
		want(t, err, errs.Forbidden, "access.needs_administrator")
		if _, err = h.Add(h.ctx, access.Actor{Person: 1, Administrator: true}, in); err != nil {
			t.Error(err)
		}
	})
}

func TestAnAccountIsKeptAsItWasDescribed(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		made, err := h.Add(h.ctx, access.System(), person.NewPerson{
			Name: " Ana Čížková ", Handle: "@Ana", Email: "Ana@Example.org", Affiliation: "Mill", Password: secret, Administrator: true,
		})
		if err != nil {
			t.Fatal(err)
		}
		read, err := h.ByHandle(h.ctx, "ANA")
		wanted := person.Person{
			Brief: person.Brief{ID: made.ID, Handle: "ana", Name: "Ana Čížková", Affiliation: "Mill"},
			Email: "ana@example.org", Administrator: true, HasPassword: true, CreatedAt: h.clock.now(),
		}
		if err != nil || read != wanted || made != wanted {
			t.Errorf("made %+v, read %+v, %v; want %+v", made, read, err, wanted)
		}
		if byID, err := h.ByID(h.ctx, made.ID); err != nil || byID != wanted {
			t.Errorf("by id: %+v, %v", byID, err)
		}
	})
}

func TestHandlesAreMadeFromNames(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		for _, c := range []struct{ name, handle string }{
			{"Ana Čížková", "ana-cizkova"},
			{"Ana Čížková", "ana-cizkova-2"},
			{"ana cizkova", "ana-cizkova-3"},
			{"李", "person"},
			{"Ω", "person-2"},
			{"Everyone", "person-3"},
			{strings.Repeat("long ", 20), "long-long-long-long-long-long-long-l"},
			{strings.Repeat("long ", 20), "long-long-long-long-long-long-lon-2"},
		} {
			made, err := h.Add(h.ctx, access.System(), person.NewPerson{Name: c.name})
			if err != nil || made.Handle != c.handle {
				t.Errorf("%s: handle %q, %v; want %q", c.name, made.Handle, err, c.handle)
			}
		}
	})
}

func TestManyOfOneNameComeInAtOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		var wg sync.WaitGroup
		for range 30 { // more than are numbered
			wg.Go(func() {
				if _, err := h.Add(h.ctx, access.System(), person.NewPerson{Name: "Kim"}); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if n := h.number("SELECT COUNT(DISTINCT handle) FROM people WHERE handle LIKE 'kim%'"); n != 30 {
			t.Errorf("%d handles of 30", n)
		}
	})
}

func TestAccountsThatCannotBeMade(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.add("ana")
		for _, c := range []struct {
			in          person.NewPerson
			field, code string
		}{
			{person.NewPerson{}, "name", "field.required"},
			{person.NewPerson{Name: strings.Repeat("ä", 101)}, "name", "field.too_long"},
			{person.NewPerson{Name: "\xff"}, "name", "field.not_utf8"},
			{person.NewPerson{Name: "evil\u202eanA"}, "name", "field.control_characters"},
			{person.NewPerson{Name: "B", Affiliation: "a\x00b"}, "affiliation", "field.control_characters"},
			{person.NewPerson{Name: "B", Handle: "no spaces"}, "handle", "field.handle"},
			{person.NewPerson{Name: "B", Handle: "Everyone"}, "handle", "field.reserved"},
			{person.NewPerson{Name: "B", Handle: "ana"}, "handle", "field.taken"},
			{person.NewPerson{Name: "B", Email: "ANA@example.org"}, "email", "field.taken"},
			{person.NewPerson{Name: "B", Email: "nobody"}, "email", "field.email"},
			{person.NewPerson{Name: "B", Email: "B <b@example.org>"}, "email", "field.email"},
			{person.NewPerson{Name: "B", Email: "a@example.org, b@example.org"}, "email", "field.email"},
			{person.NewPerson{Name: "B", Email: strings.Repeat("x", 250) + "@example.org"}, "email", "field.too_long"},
			{person.NewPerson{Name: "B", Password: "short"}, "password", "person.password_short"},
		} {
			_, err := h.Add(h.ctx, access.System(), c.in)
			wantField(t, err, c.field, c.code)
		}
		if n := h.number("SELECT COUNT(*) FROM people"); n != 1 {
			t.Errorf("%d people; want Ana alone", n)
		}
	})
}

func TestAnAccountOfOnesOwnNeedsEmailAndPassword(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		_, err := h.PrepareOwn(h.ctx, person.NewPerson{Email: "  "})
		for _, field := range []string{"name", "email", "password"} {
			wantField(t, err, field, "field.required")
		}
	})
}

func TestPasswordsThatWouldBeGuessedAreRefused(t *testing.T) {
	t.Parallel()
	in := person.NewPerson{Name: "Ana de la Mill", Handle: "ana_mill", Email: "ana.delamill@example.org"}
	for password, code := range map[string]string{
		"1234567":                  "person.password_short",
		"ééééééé":                  "person.password_short", // 14 bytes, 7 characters
		strings.Repeat("ab", 129):  "person.password_long",
		"password":                 "person.password_common",
		"PassWord1":                "person.password_common",
		"qwertyuiop":               "person.password_common",
		"zzzzzzzzzzzz":             "person.password_common",
		"Ana de la Mill":           "person.password_personal",
		"anadelamill":              "person.password_personal",
		"ana-mill":                 "person.password_personal",
		"ana.delamill@example.org": "person.password_personal",
		"éééééééè":                 "",
		secret:                     "",
		"😀😁😂🤣😃😄😅😆":                 "",
		"Robert'); DROP TABLE":     "",
		strings.Repeat("ab", 128):  "",
	} {
		in.Password = password
		trial := in
		err := trial.Validate()
		if code == "" {
			if err != nil {
				t.Errorf("%q: %v", password, err)
			}
			continue
		}
		wantField(t, err, "password", code)
	}
}
