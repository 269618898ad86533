package person_test

import (
	"strings"
	"testing"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/person"
)

const day = 24 * time.Hour

func TestASessionEndsAfterTwoWeeksWithoutUse(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.add("ana")
		token := h.signIn("ana")
		h.clock.pass(14*day - time.Second)
		if _, err := h.Session(h.ctx, token); err != nil {
			t.Fatalf("just in time: %v", err)
		}
		h.clock.pass(14 * day)
		_, err := h.Session(h.ctx, token)
		want(t, err, errs.Unauthenticated, "person.session_ended")
	})
}

func TestASessionEndsAfterNinetyDaysHoweverMuchItIsUsed(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.add("ana")
		token := h.signIn("ana")
		for range 8 {
			h.clock.pass(11 * day)
			if _, err := h.Session(h.ctx, token); err != nil {
				t.Fatal(err)
			}
		}
		s, err := h.Session(h.ctx, token)
		if err != nil || !s.ExpiresAt.Equal(time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC).Add(90*day)) {
			t.Errorf("expires %v, %v", s.ExpiresAt, err)
		}
		h.clock.pass(2 * day)
		_, err = h.Session(h.ctx, token)
		want(t, err, errs.Unauthenticated, "person.session_ended")
	})
}

func TestAUseIsWrittenDownEveryTenMinutes(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ana := h.add("ana")
		token := h.signIn("ana")
		start := h.clock.now()
		lastUse := func() time.Duration {
			list, err := h.Sessions(h.ctx, ana.Actor())
			if err != nil || len(list) != 1 {
				t.Fatalf("%v, %v", list, err)
			}
			return list[0].LastUsedAt.Sub(start)
		}
		for _, c := range []struct{ pass, seen time.Duration }{
			{9 * time.Minute, 0}, {time.Minute, 10 * time.Minute}, {9 * time.Minute, 10 * time.Minute}, {time.Hour, 79 * time.Minute},
		} {
			h.clock.pass(c.pass)
			if _, err := h.Session(h.ctx, token); err != nil {
				t.Fatal(err)
			}
			if got := lastUse(); got != c.seen {
				t.Errorf("after another %v: last use %v; want %v", c.pass, got, c.seen)
			}
		}
	})
}

func TestAClockThatIsSetBackExtendsNoSession(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.add("ana")
		token := h.signIn("ana")
		before, err := h.Session(h.ctx, token)
		if err != nil {
			t.Fatal(err)
		}
		h.clock.pass(-time.Hour)
		after, err := h.Session(h.ctx, token)
		if err != nil || !after.ExpiresAt.Equal(before.ExpiresAt) {
			t.Errorf("expires %v, before that %v, %v", after.ExpiresAt, before.ExpiresAt, err)
		}
	})
}

func TestTokensThatOpenNothing(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.add("ana")
		token := h.signIn("ana")
		for _, wrong := range []string{"", "x", token + "A", strings.Repeat("A", 43), strings.ToUpper(token), token[:42] + "\x00"} {
			_, err := h.Session(h.ctx, wrong)
			want(t, err, errs.Unauthenticated, "person.session_ended")
			if err := h.SignOut(h.ctx, wrong); err != nil {
				t.Errorf("sign out with %q: %v", wrong, err)
			}
		}
		if _, err := h.Session(h.ctx, token); err != nil {
			t.Errorf("the right one: %v", err)
		}
	})
}

func TestOnlyADigestOfTheTokenIsStored(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.add("ana")
		token := h.signIn("ana")
		if n := h.number("SELECT COUNT(*) FROM sessions WHERE token_hash = ?", []byte(token)); n != 0 || len(token) != 43 {
			t.Errorf("the token stands in the database, or is short: %d bytes", len(token))
		}
		if n := h.number("SELECT length(token_hash) FROM sessions"); n != 32 {
			t.Errorf("digest of %d bytes", n)
		}
	})
}

func TestAnEndedSessionIsDeadAtOnceAndTold(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ana, ben := h.add("ana"), h.add("ben")
		for name, end := range map[string]func(token string, id int64) error{
			"sign out":        func(token string, _ int64) error { return h.SignOut(h.ctx, token) },
			"end session":     func(_ string, id int64) error { return h.EndSession(h.ctx, ana.Actor(), id) },
			"change password": func(string, int64) error { return h.ChangePassword(h.ctx, ana.Actor(), secret, secret) },
			"set password":    func(string, int64) error { return h.SetPassword(h.ctx, access.System(), "ana", secret) },
		} {
			token, others := h.signIn("ana"), h.signIn("ben")
			s, err := h.Session(h.ctx, token)
			if err != nil {
				t.Fatal(err)
			}
			if ended, err := h.Ended(h.ctx, []string{s.Credential()}); err != nil || len(ended) != 0 {
				t.Errorf("%s: before: %v, %v", name, ended, err)
			}
			want(t, h.EndSession(h.ctx, ben.Actor(), s.ID), errs.NotFound, "error.not_found")
			h.told()
			if err := end(token, s.ID); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			_, err = h.Session(h.ctx, token)
			want(t, err, errs.Unauthenticated, "person.session_ended")
			if ended, err := h.Ended(h.ctx, []string{s.Credential()}); err != nil || len(ended) != 1 {
				t.Errorf("%s: after: %v, %v", name, ended, err)
			}
			if told := h.told(); len(told) == 0 || told[0] != ana.ID {
				t.Errorf("%s: told of %v; want Ana", name, told)
			}
			if _, err := h.Session(h.ctx, others); err != nil {
				t.Errorf("%s: Ben's session: %v", name, err)
			}
		}
	})
}

func TestASessionThatEndedOnAnotherNodeIsDeadWithinSeconds(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ana := h.add("ana")
		for name, wait := range map[string]func(){
			"without a word":       func() { h.clock.pass(5 * time.Second) },
			"told":                 func() { h.Forget(ana.ID) },
			"told of everybody":    func() { h.Forget(0) },
			"with a clock gone by": func() { h.clock.pass(-time.Minute) },
		} {
			token := h.signIn("ana")
			if _, err := h.Session(h.ctx, token); err != nil {
				t.Fatal(err)
			}
			h.exec("DELETE FROM sessions")
			if _, err := h.Session(h.ctx, token); err != nil {
				t.Errorf("%s: the session is not remembered: %v", name, err)
			}
			wait()
			_, err := h.Session(h.ctx, token)
			want(t, err, errs.Unauthenticated, "person.session_ended")
		}
	})
}

func TestSessionsAreListedWithTheirDevice(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ana, ben := h.add("ana"), h.add("ben")
		device := " Fire\x00fox\u202e \xff" + strings.Repeat("ä", 300)
		if _, err := h.SignIn(h.ctx, "ana", secret, device); err != nil {
			t.Fatal(err)
		}
		list, err := h.Sessions(h.ctx, ana.Actor())
		if err != nil || len(list) != 1 || !strings.HasPrefix(list[0].Device, "Firefox ää") || len([]rune(list[0].Device)) > 200 {
			t.Errorf("%+v, %v", list, err)
		}
		if list, err := h.Sessions(h.ctx, ben.Actor()); err != nil || len(list) != 0 {
			t.Errorf("Ben sees %+v, %v", list, err)
		}
		_, err = h.Sessions(h.ctx, access.Visitor())
		want(t, err, errs.Unauthenticated, "access.sign_in")
		want(t, h.EndSession(h.ctx, access.Visitor(), list[0].ID), errs.Unauthenticated, "access.sign_in")
	})
}

func TestWhatHasExpiredIsDropped(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ana := h.add("ana")
		h.signIn("ana")
		for _, expires := range []time.Duration{0, time.Hour, 100 * day} {
			if _, _, err := h.NewToken(h.ctx, ana.Actor(), person.NewToken{Name: "script", Expires: expires}); err != nil {
				t.Fatal(err)
			}
		}
		h.clock.pass(20 * day)
		if n, err := h.DropExpired(h.ctx); err != nil || n != 2 {
			t.Errorf("%d dropped, %v; want a session and a token", n, err)
		}
		if n := h.number("SELECT COUNT(*) FROM api_tokens"); n != 2 {
			t.Errorf("%d tokens left; want 2", n)
		}
	})
}

// A read must not fail because nothing can be written any more.
func TestNobodyIsSignedOutBecauseTheDiskIsFull(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.add("ana")
		token := h.signIn("ana")
		h.clock.pass(time.Hour)
		if h.db.Postgres() {
			h.exec("ALTER TABLE sessions ADD CONSTRAINT full_disk CHECK (last_used_at = created_at)")
		} else {
			h.exec("CREATE TRIGGER full_disk BEFORE UPDATE ON sessions BEGIN SELECT RAISE(ABORT, 'full'); END")
		}
		if _, err := h.Session(h.ctx, token); err != nil {
			t.Error(err)
		}
		if n := h.number("SELECT COUNT(*) FROM sessions WHERE last_used_at = created_at"); n != 1 {
			t.Error("the use was written down, so this test proves nothing")
		}
	})
}
