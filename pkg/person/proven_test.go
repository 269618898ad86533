package person_test

import (
	"testing"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/person"
)

// Somebody may have made the account for an address that is not theirs.
func TestTheFirstProofOfAnAddressEndsAllThatOpenedTheAccount(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ana := h.unproved("ana")
		session := h.signIn("ana")
		s, err := h.Session(h.ctx, session)
		if err != nil {
			t.Fatal(err)
		}
		token, _, err := h.NewToken(h.ctx, ana.Actor(), person.NewToken{Name: "a back door"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.KnowBrowser(h.ctx, ana.ID, ""); err != nil {
			t.Fatal(err)
		}
		if err := h.ChangeEmail(h.ctx, ana.Actor(), "mallory@example.org"); err != nil {
			t.Fatal(err)
		}
		h.exec("INSERT INTO passkeys (person_id, credential_id, credential, name, created_at) VALUES (?, ?, '{}', 'x', 1)", ana.ID, []byte("key"))
		h.exec("INSERT INTO providers (id, name, issuer, client_id, created_at) VALUES (7, 'P', 'https://p.example', 'c', 1)")
		h.exec("INSERT INTO identities (provider_id, subject, person_id, created_at) VALUES (7, 'mallory', ?, 1)", ana.ID)
		h.letters()
		h.told()

		_, link, _ := h.asked("ana@example.org")
		in, err := h.EnterByLink(h.ctx, link, person.Browser{Own: person.Session{}})
		if err != nil || in.Session == "" {
			t.Fatalf("%+v, %v", in, err)
		}
		h.letter("email_first_confirmed")
		_, err = h.SignIn(h.ctx, "ana", secret, "")
		want(t, err, errs.Unauthenticated, "person.wrong_password")
		_, err = h.Session(h.ctx, session)
		want(t, err, errs.Unauthenticated, "person.session_ended")
		_, err = h.ByToken(h.ctx, token)
		want(t, err, errs.Unauthenticated, "person.token_unknown")
		if ended, err := h.Ended(h.ctx, []string{s.Credential()}); err != nil || len(ended) != 1 {
			t.Errorf("ended %v, %v", ended, err)
		}
		for _, table := range []string{"passkeys", "identities", "recovery_codes", "flows", "api_tokens", "email_changes"} {
			if n := h.number("SELECT COUNT(*) FROM "+table+" WHERE person_id = ?", ana.ID); n != 0 {
				t.Errorf("%d rows of %s are left", n, table)
			}
		}
		if n := h.number("SELECT COUNT(*) FROM sessions WHERE person_id = ?", ana.ID); n != 1 {
			t.Errorf("%d sessions", n)
		}
		if told := h.told(); len(told) == 0 || told[0] != ana.ID {
			t.Errorf("told %v", told)
		}
	})
}

func TestASecondFactorOfAStrangerEndsWithTheFirstProof(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ana := h.unproved("ana")
		s, err := h.Session(h.ctx, h.signIn("ana"))
		if err != nil {
			t.Fatal(err)
		}
		if err := h.BeginSecond(h.ctx, s); err != nil {
			t.Fatal(err)
		}
		h.exec("UPDATE people SET totp_since = 1 WHERE id = ?", ana.ID)
		h.exec("INSERT INTO recovery_codes (person_id, code_hash) VALUES (?, ?)", ana.ID, []byte("code"))
		_, link, _ := h.asked("ana@example.org")
		in, err := h.EnterByLink(h.ctx, link, person.Browser{})
		if err != nil || in.Session == "" || in.Second != "" {
			t.Fatalf("%+v, %v", in, err)
		}
		if n := h.number("SELECT COUNT(*) FROM people WHERE id = ? AND totp_since IS NULL AND totp_secret = ''", ana.ID); n != 1 {
			t.Error("the second factor is left")
		}
		if n := h.number("SELECT COUNT(*) FROM recovery_codes"); n != 0 {
			t.Error("recovery codes are left")
		}
	})
}

func TestWhoIsSignedInConfirmsAnAddressAndKeepsEverything(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		for _, name := range []string{"ana", "ben", "cleo"} {
			h.unproved(name)
			token := h.signIn(name)
			own, err := h.Session(h.ctx, token)
			if err != nil {
				t.Fatal(err)
			}
			browser, link, code := h.asked(name + "@example.org")
			switch name {
			case "ana":
				_, err = h.EnterByLink(h.ctx, link, person.Browser{Own: own})
			case "ben":
				_, err = h.EnterByCode(h.ctx, browser, code, person.Browser{Own: own})
			case "cleo":
				_, err = h.ProveAgain(h.ctx, own, token, person.Again{Browser: browser, Code: code})
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			in, err := h.SignIn(h.ctx, name, secret, "")
			if err != nil || !in.Person.EmailConfirmed {
				t.Errorf("%s: %+v, %v", name, in, err)
			}
			if box := h.letters(); len(box) != 0 {
				t.Errorf("%s got %+v", name, box)
			}
		}
	})
}

func TestASessionOfSomebodyElseProvesNothing(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.unproved("ana")
		h.add("ben")
		bens, err := h.Session(h.ctx, h.signIn("ben"))
		if err != nil {
			t.Fatal(err)
		}
		_, link, _ := h.asked("ana@example.org")
		if _, err := h.EnterByLink(h.ctx, link, person.Browser{Own: bens}); err != nil {
			t.Fatal(err)
		}
		_, err = h.SignIn(h.ctx, "ana", secret, "")
		want(t, err, errs.Unauthenticated, "person.wrong_password")
	})
}

func TestWhereNothingOpenedTheAccountTheFirstProofIsNoNews(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		if _, err := h.Add(h.ctx, access.System(), person.NewPerson{Name: "Ana", Handle: "ana", Email: "ana@example.org"}); err != nil {
			t.Fatal(err)
		}
		_, link, _ := h.asked("ana@example.org")
		in, err := h.EnterByLink(h.ctx, link, person.Browser{})
		if err != nil || !in.Person.EmailConfirmed {
			t.Fatalf("%+v, %v", in, err)
		}
		if box := h.letters(); len(box) != 0 {
			t.Errorf("%+v", box)
		}
	})
}

// There is one condition for who may act, wherever somebody may come in or stay.
func TestAnAccountThatMayNotActDoesNotStayIn(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.add("zoe")
		for column, value := range map[string]any{"disabled_at": 1, "waiting_since": 1, "erased_at": 1, "linked_to": int64(1)} {
			name := "p" + column[:2]
			p := h.add(name)
			token := h.signIn(name)
			s, err := h.Session(h.ctx, token)
			if err != nil {
				t.Fatal(err)
			}
			program, info, err := h.NewToken(h.ctx, p.Actor(), person.NewToken{Name: "program"})
			if err != nil {
				t.Fatal(err)
			}
			h.exec("UPDATE people SET "+column+" = ? WHERE id = ?", value, p.ID)
			h.Forget(p.ID)
			_, err = h.Session(h.ctx, token)
			want(t, err, errs.Unauthenticated, "person.session_ended")
			_, err = h.ByToken(h.ctx, program)
			want(t, err, errs.Unauthenticated, "person.token_unknown")
			names := []string{s.Credential(), person.Grant{ID: info.ID}.Credential()}
			if ended, err := h.Ended(h.ctx, names); err != nil || len(ended) != 2 {
				t.Errorf("%s: ended %v, %v", column, ended, err)
			}
			_, err = h.OpenSession(h.ctx, p.ID, "")
			want(t, err, errs.Unauthenticated, "person.session_ended")
		}
	})
}

func TestTheOwnerIsToldOfANewToken(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ana := h.add("ana")
		if _, _, err := h.NewToken(h.ctx, ana.Actor(), person.NewToken{Name: "script", Scopes: []string{"read"}, Expires: 24 * time.Hour}); err != nil {
			t.Fatal(err)
		}
		l := h.letter("token_made")
		if l.To.Email != "ana@example.org" || l.Args["Token"] != "script" || l.Args["Scopes"] != "read" || l.Args["Until"] != "2026-03-02" {
			t.Errorf("%+v", l)
		}
	})
}

func TestOnlyAdministratorsGrantTheScopeOfAdministrators(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ana := h.add("ana")
		in := person.NewToken{Name: "x", Scopes: []string{"read", "write", "admin"}}
		_, _, err := h.NewToken(h.ctx, ana.Actor(), in)
		want(t, err, errs.Forbidden, "person.admin_scope")
		if _, _, err := h.NewToken(h.ctx, access.Actor{Person: ana.ID, Administrator: true}, in); err != nil {
			t.Error(err)
		}
		in.Person = ana.ID
		if _, _, err := h.NewToken(h.ctx, access.System(), in); err != nil {
			t.Error(err)
		}
	})
}

func TestANewPasswordEndsTokensWhereThatIsWanted(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ana := h.add("ana")
		token, _, err := h.NewToken(h.ctx, ana.Actor(), person.NewToken{Name: "x"})
		if err != nil {
			t.Fatal(err)
		}
		for _, end := range []bool{false, true} {
			s, err := h.Session(h.ctx, h.signIn("ana"))
			if err != nil {
				t.Fatal(err)
			}
			if err := h.SetOwnPassword(h.ctx, s, secret, secret, end); err != nil {
				t.Fatal(err)
			}
			_, err = h.ByToken(h.ctx, token)
			if ended := errs.Is(err, errs.Unauthenticated); ended != end {
				t.Errorf("wanted %t: %v", end, err)
			}
		}
	})
}

func TestAChangeOfTheWaysInEndsOtherSessions(t *testing.T) {
	atDesk(t, func(t *testing.T, h desk) {
		ana := h.add("ana")
		d := h.phone(ana)
		token := h.signIn("ana")
		s, err := h.Session(h.ctx, token)
		if err != nil {
			t.Fatal(err)
		}
		var key person.Passkey
		for _, c := range []struct {
			name string
			do   func() error
		}{
			{"a passkey is added", func() error {
				begun, err := h.BeginPasskey(h.ctx, ana.Actor(), "")
				if err != nil {
					return err
				}
				key, err = h.AddPasskey(h.ctx, ana.Actor(), s.ID, begun.Secret, d.Make(begun.Options), "x")
				return err
			}},
			{"it is removed", func() error { return h.RemovePasskey(h.ctx, ana.Actor(), s.ID, key.ID) }},
			{"the second factor is turned on", func() error {
				if err := h.BeginSecond(h.ctx, s); err != nil {
					return err
				}
				state, err := h.Second(h.ctx, s)
				if err != nil {
					return err
				}
				_, err = h.ConfirmSecond(h.ctx, s, h.app(state.Key))
				return err
			}},
			{"codes are renewed", func() error { _, err := h.RenewRecovery(h.ctx, s); return err }},
			{"it is turned off", func() error { return h.DropSecond(h.ctx, s) }},
		} {
			other, err := h.OpenSession(h.ctx, ana.ID, "elsewhere")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := h.Session(h.ctx, other); err != nil {
				t.Fatal(err)
			}
			if err := c.do(); err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			_, err = h.Session(h.ctx, other)
			if !errs.Is(err, errs.Unauthenticated) {
				t.Errorf("%s: the other session is open (%v)", c.name, err)
			}
			if _, err := h.Session(h.ctx, token); err != nil {
				t.Errorf("%s: the present one: %v", c.name, err)
			}
		}
	})
}

func TestAdministratorsAreToldOfWhoWaitsAtMostOnceAnHour(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.exec("UPDATE people SET administrator = ? WHERE id = ?", true, h.add("root").ID)
		gone := h.add("gone")
		h.exec("UPDATE people SET administrator = ?, disabled_at = 1 WHERE id = ?", true, gone.ID)
		h.mode(person.ByApproval)
		for i, name := range []string{"fay", "gus", "hal"} {
			if i == 2 {
				h.clock.pass(time.Hour)
			}
			flow := h.signUp(name + "@example.org")
			_, err := h.SignUp(h.ctx, flow, person.NewAccount{Name: "Somebody called " + name})
			want(t, err, errs.Forbidden, "person.waiting")
			box := h.letters()
			if told := len(box) == 1 && box[0].Kind == "sign_up_waiting" && box[0].To.Email == "root@example.org"; told != (i != 1) {
				t.Errorf("%s: %+v", name, box)
			}
		}
	})
}
