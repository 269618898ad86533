package person_test

import (
	"testing"
	"time"

	"plenary/pkg/errs"
	"plenary/pkg/person"
)

func TestAProofIsRecentForTenMinutes(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ana := h.add("ana")
		s, token := h.session(ana)
		h.clock.pass(person.RecentFor)
		if err := person.CheckRecent(s, h.clock.now()); err != nil {
			t.Error(err)
		}
		h.clock.pass(time.Second)
		want(t, person.CheckRecent(s, h.clock.now()), errs.Unauthenticated, "person.prove_again")
		_, err := h.ProveAgain(h.ctx, s, token, person.Again{Password: "wrong"})
		wantField(t, err, "password", "person.wrong_current_password")
		fresh, err := h.ProveAgain(h.ctx, s, token, person.Again{Password: secret})
		if err != nil || fresh == token {
			t.Fatal(fresh == token, err)
		}
		_, err = h.Session(h.ctx, token)
		want(t, err, errs.Unauthenticated, "person.session_ended")
		again, err := h.Session(h.ctx, fresh)
		if err != nil || again.ID != s.ID || again.Method != person.ByPassword || person.CheckRecent(again, h.clock.now()) != nil {
			t.Errorf("%+v, %v", again, err)
		}
		_, err = h.ProveAgain(h.ctx, s, token, person.Again{Password: secret})
		want(t, err, errs.Unauthenticated, "person.session_ended")
	})
}

func TestACodeByMailProvesAgainForItsOwnerOnly(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ana := h.add("ana")
		h.add("ben")
		s, token := h.session(ana)
		bens, _, bensCode := h.asked("ben@example.org")
		_, err := h.ProveAgain(h.ctx, s, token, person.Again{Browser: bens, Code: bensCode})
		wantField(t, err, "code", "person.wrong_code")
		_, err = h.ProveAgain(h.ctx, s, token, person.Again{})
		wantField(t, err, "code", "person.wrong_code")
		browser, _, code := h.asked("ana@example.org")
		fresh, err := h.ProveAgain(h.ctx, s, token, person.Again{Browser: browser, Code: code})
		if err != nil {
			t.Fatal(err)
		}
		if again, err := h.Session(h.ctx, fresh); err != nil || again.Method != person.ByMail {
			t.Errorf("%+v, %v", again, err)
		}
		_, err = h.ProveAgain(h.ctx, s, fresh, person.Again{Browser: browser, Code: code})
		wantField(t, err, "code", "person.wrong_code")
	})
}

func TestProvingAgainTakesTheSecondFactor(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ana := h.add("ana")
		key, _ := h.second(ana)
		s, token := h.session(ana)
		_, err := h.ProveAgain(h.ctx, s, token, person.Again{Password: secret})
		wantField(t, err, "second", "person.wrong_code")
		token, err = h.ProveAgain(h.ctx, s, token, person.Again{Password: secret, Second: h.app(key)})
		if err != nil {
			t.Fatal(err)
		}
		h.clock.pass(time.Minute)
		h.letters()
		browser, _, code := h.asked("ana@example.org")
		_, err = h.ProveAgain(h.ctx, s, token, person.Again{Browser: browser, Code: code, Second: "nothing"})
		wantField(t, err, "second", "person.wrong_code")
		if _, err := h.ProveAgain(h.ctx, s, token, person.Again{Browser: browser, Code: code, Second: h.app(key)}); err != nil {
			t.Error(err)
		}
	})
}

func TestAForgottenPasswordIsReplacedAfterAProofByMail(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ana := h.add("ana")
		s, _ := h.session(ana)
		wantField(t, h.SetOwnPassword(h.ctx, s, "", other, false), "current", "person.wrong_current_password")
		want(t, h.SetOwnPassword(h.ctx, person.Session{}, secret, other, false), errs.Unauthenticated, "access.sign_in")
		_, token, _ := h.asked("ana@example.org")
		in, err := h.EnterByLink(h.ctx, token, person.Browser{})
		if err != nil {
			t.Fatal(err)
		}
		s, err = h.Session(h.ctx, in.Session)
		if err != nil {
			t.Fatal(err)
		}
		wantField(t, h.SetOwnPassword(h.ctx, s, "", "password", false), "password", "person.password_common")
		if err := h.SetOwnPassword(h.ctx, s, "", other, false); err != nil {
			t.Fatal(err)
		}
		_, err = h.Session(h.ctx, in.Session)
		want(t, err, errs.Unauthenticated, "person.session_ended")
		if _, err := h.SignIn(h.ctx, "ana", other, ""); err != nil {
			t.Error(err)
		}
		h.clock.pass(person.RecentFor + time.Second)
		wantField(t, h.SetOwnPassword(h.ctx, s, "", secret, false), "current", "person.wrong_current_password")
		h.exec("UPDATE people SET password_hash = ''")
		want(t, h.SetOwnPassword(h.ctx, s, "", secret, false), errs.Unauthenticated, "person.prove_again")
	})
}
