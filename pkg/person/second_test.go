package person_test

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/person"
)

// session is a fresh one of the person, with its secret.
func (h *house) session(who person.Person) (person.Session, string) {
	h.t.Helper()
	token, err := h.OpenSession(h.ctx, who.ID, "a browser")
	if err != nil {
		h.t.Fatal(err)
	}
	s, err := h.Session(h.ctx, token)
	if err != nil {
		h.t.Fatal(err)
	}
	return s, token
}

// app shows the code of the key at this moment.
func (h *house) app(key string) string {
	h.t.Helper()
	code, err := totp.GenerateCode(key, h.clock.now())
	if err != nil {
		h.t.Fatal(err)
	}
	return code
}

// second turns the person's second factor on. The code that confirmed it is
// spent, so the clock moves on.
func (h *house) second(who person.Person) (key string, recovery []string) {
	h.t.Helper()
	s, _ := h.session(who)
	if err := h.BeginSecond(h.ctx, s); err != nil {
		h.t.Fatal(err)
	}
	state, err := h.Second(h.ctx, s)
	if err != nil {
		h.t.Fatal(err)
	}
	recovery, err = h.ConfirmSecond(h.ctx, s, h.app(state.Key))
	if err != nil {
		h.t.Fatal(err)
	}
	h.clock.pass(time.Minute)
	return state.Key, recovery
}

// flow is the secret of a sign-in that waits for the second factor.
func (h *house) flow(login string) string {
	h.t.Helper()
	in, err := h.SignIn(h.ctx, login, secret, "")
	if err != nil || in.Session != "" || in.Second == "" {
		h.t.Fatalf("%+v, %v", in, err)
	}
	return in.Second
}

func TestASecondFactorIsAskedForOnceItIsConfirmed(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ana := h.add("ana")
		s, _ := h.session(ana)
		_, err := h.ConfirmSecond(h.ctx, s, "000000")
		wantField(t, err, "code", "person.wrong_code")
		if err := h.BeginSecond(h.ctx, s); err != nil {
			t.Fatal(err)
		}
		state, err := h.Second(h.ctx, s)
		if err != nil || state.On || len(state.Key) != 32 || !strings.Contains(state.Link, "otpauth://totp/Plenary:ana@example.org?secret="+state.Key+"&issuer=Plenary") {
			t.Fatalf("%+v, %v", state, err)
		}
		h.signIn("ana") // nothing is asked before it is confirmed
		_, err = h.ConfirmSecond(h.ctx, s, "12345")
		wantField(t, err, "code", "person.wrong_code")
		recovery, err := h.ConfirmSecond(h.ctx, s, h.app(state.Key))
		if err != nil || len(recovery) != 10 {
			t.Fatalf("%v, %v", recovery, err)
		}
		h.letter("second_on")
		want(t, h.BeginSecond(h.ctx, s), errs.Conflict, "person.second_on")
		if state, err = h.Second(h.ctx, s); err != nil || !state.On || state.Key != "" || state.Link != "" || state.Left != 10 {
			t.Errorf("%+v, %v", state, err)
		}
		h.clock.pass(time.Minute)
		key := h.text("SELECT totp_secret FROM people WHERE handle = 'ana'")
		in, err := h.EnterSecond(h.ctx, h.flow("ana"), h.app(key))
		if err != nil || in.Person.ID != ana.ID || !in.Person.HasSecond {
			t.Fatalf("%+v, %v", in, err)
		}
		if s, err := h.Session(h.ctx, in.Session); err != nil || s.Method != person.ByPassword {
			t.Errorf("%+v, %v", s, err)
		}
	})
}

func (h *house) text(sql string, args ...any) string {
	h.t.Helper()
	var s string
	if err := h.db.Read(h.ctx).Raw(sql, args...).Row().Scan(&s); err != nil {
		h.t.Fatalf("%s: %v", sql, err)
	}
	return s
}

func TestTheMailTakesASecondFactorToo(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ana := h.add("ana")
		key, _ := h.second(ana)
		h.letters()
		_, token, _ := h.asked("ana@example.org")
		in, err := h.EnterByLink(h.ctx, token, person.Browser{})
		if err != nil || in.Session != "" || in.Second == "" {
			t.Fatalf("%+v, %v", in, err)
		}
		e, err := h.EnterSecond(h.ctx, in.Second, h.app(key))
		if err != nil {
			t.Fatal(err)
		}
		if s, err := h.Session(h.ctx, e.Session); err != nil || s.Method != person.ByMail {
			t.Errorf("%+v, %v", s, err)
		}
	})
}

func TestACodeOfTheAppIsGoodOnceAndOneStepAround(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ana := h.add("ana")
		key, _ := h.second(ana)
		for _, off := range []int{-2, 2} {
			code, _ := totp.GenerateCode(key, h.clock.now().Add(time.Duration(off*30)*time.Second))
			_, err := h.EnterSecond(h.ctx, h.flow("ana"), code)
			wantField(t, err, "code", "person.wrong_code")
		}
		for _, off := range []int{-1, 0, 1} {
			code, _ := totp.GenerateCode(key, h.clock.now().Add(time.Duration(off*30)*time.Second))
			if _, err := h.EnterSecond(h.ctx, h.flow("ana"), code[:3]+" "+code[3:]); err != nil {
				t.Errorf("%d steps off: %v", off, err)
			}
			_, err := h.EnterSecond(h.ctx, h.flow("ana"), code)
			wantField(t, err, "code", "person.wrong_code")
		}
		// An older step is no good after a newer one was used.
		_, err := h.EnterSecond(h.ctx, h.flow("ana"), h.app(key))
		wantField(t, err, "code", "person.wrong_code")
	})
}

func TestOneCodeUsedTwiceAtOnceLetsOneIn(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ana := h.add("ana")
		key, _ := h.second(ana)
		code := h.app(key)
		var in atomic.Int64
		var wg sync.WaitGroup
		for range 5 {
			flow := h.flow("ana")
			wg.Go(func() {
				if e, err := h.EnterSecond(h.ctx, flow, code); err == nil && e.Session != "" {
					in.Add(1)
				}
			})
		}
		wg.Wait()
		if in.Load() != 1 {
			t.Errorf("%d got in", in.Load())
		}
	})
}

func TestARecoveryCodeIsGoodOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ana, ben := h.add("ana"), h.add("ben")
		_, recovery := h.second(ana)
		_, bens := h.second(ben)
		_, err := h.EnterSecond(h.ctx, h.flow("ana"), bens[0])
		wantField(t, err, "code", "person.wrong_code")
		if _, err := h.EnterSecond(h.ctx, h.flow("ana"), " "+strings.ToUpper(strings.ReplaceAll(recovery[3], "-", " "))); err != nil {
			t.Error(err)
		}
		_, err = h.EnterSecond(h.ctx, h.flow("ana"), recovery[3])
		wantField(t, err, "code", "person.wrong_code")
		s, _ := h.session(ana)
		if state, err := h.Second(h.ctx, s); err != nil || state.Left != 9 {
			t.Errorf("%+v, %v", state, err)
		}
		fresh, err := h.RenewRecovery(h.ctx, s)
		if err != nil || len(fresh) != 10 {
			t.Fatalf("%v, %v", fresh, err)
		}
		_, err = h.EnterSecond(h.ctx, h.flow("ana"), recovery[4])
		wantField(t, err, "code", "person.wrong_code")
		if _, err := h.EnterSecond(h.ctx, h.flow("ana"), fresh[4]); err != nil {
			t.Error(err)
		}
	})
}

func TestAFlowTakesFiveTriesAndTenMinutes(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ana := h.add("ana")
		key, _ := h.second(ana)
		flow := h.flow("ana")
		for range 5 {
			_, err := h.EnterSecond(h.ctx, flow, "nothing")
			wantField(t, err, "code", "person.wrong_code")
		}
		_, err := h.EnterSecond(h.ctx, flow, h.app(key))
		want(t, err, errs.Gone, "person.start_over")
		flow = h.flow("ana")
		h.clock.pass(person.SecondLife)
		want(t, h.CheckSecond(h.ctx, flow), errs.Gone, "person.start_over")
		_, err = h.EnterSecond(h.ctx, flow, h.app(key))
		want(t, err, errs.Gone, "person.start_over")
		for _, bad := range []string{"", "\x00", flow[1:], strings.Repeat("x", 43)} {
			_, err = h.EnterSecond(h.ctx, bad, h.app(key))
			want(t, err, errs.Gone, "person.start_over")
		}
		good := h.flow("ana")
		if _, err := h.EnterSecond(h.ctx, good, h.app(key)); err != nil {
			t.Fatal(err)
		}
		h.clock.pass(time.Minute)
		_, err = h.EnterSecond(h.ctx, good, h.app(key)) // a flow leads in once
		want(t, err, errs.Gone, "person.start_over")
	})
}

func TestANewPasswordEndsSignInsWithTheOldOne(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ana := h.add("ana")
		h.second(ana)
		flow := h.flow("ana")
		if err := h.ChangePassword(h.ctx, ana.Actor(), secret, other); err != nil {
			t.Fatal(err)
		}
		want(t, h.CheckSecond(h.ctx, flow), errs.Gone, "person.start_over")
	})
}

func TestSecondFactorsOfOneAccountAreTriedSlowly(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ana := h.add("ana")
		h.second(ana)
		for range 10 {
			if _, err := h.EnterSecond(h.ctx, h.flow("ana"), "nothing"); errs.Is(err, errs.TooMany) {
				t.Fatal(err)
			}
		}
		_, err := h.EnterSecond(h.ctx, h.flow("ana"), "nothing")
		want(t, err, errs.TooMany, "person.too_many_attempts")
	})
}

func TestASecondFactorIsChangedByARecentProofOnly(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ana := h.add("ana")
		h.second(ana)
		h.letters()
		s, _ := h.session(ana)
		h.clock.pass(person.RecentFor + time.Second)
		want(t, h.BeginSecond(h.ctx, s), errs.Unauthenticated, "person.prove_again")
		want(t, h.DropSecond(h.ctx, s), errs.Unauthenticated, "person.prove_again")
		_, err := h.RenewRecovery(h.ctx, s)
		want(t, err, errs.Unauthenticated, "person.prove_again")
		_, err = h.ConfirmSecond(h.ctx, s, "123456")
		want(t, err, errs.Unauthenticated, "person.prove_again")
		want(t, h.DropSecond(h.ctx, person.Session{}), errs.Unauthenticated, "access.sign_in")
		s, _ = h.session(ana)
		if err := h.DropSecond(h.ctx, s); err != nil {
			t.Fatal(err)
		}
		h.letter("second_off")
		h.signIn("ana")
		if n := h.number("SELECT COUNT(*) FROM recovery_codes"); n != 0 {
			t.Errorf("%d recovery codes are left", n)
		}
	})
}

func TestAnAdministratorTakesALostSecondFactorAway(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ana, ben := h.add("ana"), h.add("ben")
		key, _ := h.second(ana)
		flow := h.flow("ana")
		in, err := h.EnterSecond(h.ctx, h.flow("ana"), h.app(key))
		if err != nil {
			t.Fatal(err)
		}
		h.letters()
		want(t, h.ResetSecond(h.ctx, ben.Actor(), "ana"), errs.Forbidden, "access.needs_administrator")
		want(t, h.ResetSecond(h.ctx, access.System(), "ben"), errs.Conflict, "person.second_off")
		if err := h.ResetSecond(h.ctx, access.System(), "ana"); err != nil {
			t.Fatal(err)
		}
		if l := h.letter("second_reset"); l.Person != ana.ID {
			t.Errorf("%+v", l)
		}
		_, err = h.Session(h.ctx, in.Session)
		want(t, err, errs.Unauthenticated, "person.session_ended")
		want(t, h.CheckSecond(h.ctx, flow), errs.Gone, "person.start_over")
		h.signIn("ana")
	})
}
