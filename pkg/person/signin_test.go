package person_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/person"
)

func TestSignInByEmailOrHandle(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ana := h.add("ana")
		for _, login := range []string{"ana@example.org", " ANA@example.org ", "ana", "@Ana"} {
			in, err := h.SignIn(h.ctx, login, secret, "")
			if err != nil || in.Person != ana {
				t.Errorf("%q: %+v, %v", login, in.Person, err)
				continue
			}
			if s, err := h.Session(h.ctx, in.Session); err != nil || s.Person != ana {
				t.Errorf("%q: session %+v, %v", login, s, err)
			}
		}
	})
}

// Whoever tries addresses must not learn which are known: neither from the
// words nor from the work, which takes nearly all of the time.
func TestAnUnknownAccountAndAWrongPasswordLookAlike(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.add("ana")
		if _, err := h.Add(h.ctx, access.System(), person.NewPerson{Name: "Without", Handle: "without"}); err != nil {
			t.Fatal(err)
		}
		var hashes atomic.Int64
		h.CountHashes(func() { hashes.Add(1) })
		for _, login := range []string{"ana", "ana@example.org", "nobody@example.org", "nobody", "without", "", "a\x00b", "\xff", "' OR 1=1 --"} {
			before := hashes.Load()
			_, err := h.SignIn(h.ctx, login, "not the password", "")
			if err == nil || err.Error() != "unauthenticated: person.wrong_password" {
				t.Errorf("%q: %v", login, err)
			}
			if n := hashes.Load() - before; n != 1 {
				t.Errorf("%q: %d hashes; want 1", login, n)
			}
		}
		if _, err := h.SignIn(h.ctx, "without", "", ""); !errs.Is(err, errs.Unauthenticated) {
			t.Errorf("an empty password for an account without one: %v", err)
		}
	})
}

func TestAfterTenAttemptsEachWaitsTwiceAsLong(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.add("ana")
		for _, login := range []string{"ana", "nobody"} {
			for range 10 {
				_, err := h.SignIn(h.ctx, login, "wrong", "")
				want(t, err, errs.Unauthenticated, "person.wrong_password")
			}
			for _, seconds := range []int{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900} {
				_, err := h.SignIn(h.ctx, login, secret, "")
				want(t, err, errs.TooMany, "person.too_many_attempts")
				if got := retryAfter(err); got != seconds {
					t.Fatalf("%s: wait %d s; want %d", login, got, seconds)
				}
				h.clock.pass(time.Duration(seconds) * time.Second)
				_, err = h.SignIn(h.ctx, login, "wrong", "")
				want(t, err, errs.Unauthenticated, "person.wrong_password")
			}
		}
	})
}

func retryAfter(err error) int {
	if e, ok := errors.AsType[*errs.Error](err); ok {
		n, _ := e.Args["RetryAfter"].(int)
		return n
	}
	return 0
}

func TestTheRightPasswordForgetsTheAttempts(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.add("ana")
		for range 3 {
			for range 9 {
				_, err := h.SignIn(h.ctx, "ana", "wrong", "")
				want(t, err, errs.Unauthenticated, "person.wrong_password")
			}
			h.signIn("ana")
		}
	})
}

func TestADayOfRestForgetsTheAttempts(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.add("ana")
		for range 10 {
			_, _ = h.SignIn(h.ctx, "ana", "wrong", "")
		}
		h.clock.pass(25 * time.Hour)
		for range 10 {
			_, err := h.SignIn(h.ctx, "ana", "wrong", "")
			want(t, err, errs.Unauthenticated, "person.wrong_password")
		}
	})
}

func TestAnAttackOnAnAccountLeavesOthersAndOpenSessionsAlone(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.add("ana")
		h.add("ben")
		token := h.signIn("ana")
		for range 11 {
			_, _ = h.SignIn(h.ctx, "ana", "wrong", "")
		}
		if _, err := h.Session(h.ctx, token); err != nil {
			t.Errorf("Ana's open session: %v", err)
		}
		h.signIn("ben")
	})
}

func TestManyGuessesAtOnceDoNotSlipThroughTogether(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.add("ana")
		var hashes atomic.Int64
		h.CountHashes(func() { hashes.Add(1) })
		var wg sync.WaitGroup
		for i := range 40 {
			wg.Go(func() { _, _ = h.SignIn(h.ctx, "ana", fmt.Sprint("guess number ", i), "") })
		}
		wg.Wait()
		if n := hashes.Load(); n != 10 {
			t.Errorf("%d guesses were tried; want 10", n)
		}
	})
}

func TestTooManySignInsAtOnceAreSentAwayAndNotCounted(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.add("ana")
		leave := h.FillQueue(52)
		for range 20 { // more often than attempts are free
			_, err := h.SignIn(h.ctx, "ana", secret, "")
			want(t, err, errs.Unavailable, "person.busy")
		}
		leave()
		h.signIn("ana")
	})
}

func TestTwoPasswordsAreHashedAtOnceAndTheOthersWait(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		var running, most atomic.Int64
		h.CountHashes(func() {
			most.Store(max(most.Load(), running.Add(1)))
			runtime.Gosched()
			running.Add(-1)
		})
		var wg sync.WaitGroup
		for i := range 40 {
			wg.Go(func() {
				_, err := h.SignIn(h.ctx, fmt.Sprint("person", i), "wrong", "")
				want(t, err, errs.Unauthenticated, "person.wrong_password")
			})
		}
		wg.Wait()
		if most.Load() > 2 {
			t.Errorf("%d at once", most.Load())
		}
	})
}

func TestWhoGivesUpWhileWaitingIsNotCounted(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.add("ana")
		ctx, cancel := context.WithCancel(h.ctx)
		cancel()
		for range 20 {
			if _, err := h.SignIn(ctx, "ana", "wrong", ""); !errors.Is(err, context.Canceled) {
				t.Fatalf("%v", err)
			}
		}
		h.signIn("ana")
	})
}

func TestAHashOfAnotherCostIsRenewed(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ana := h.add("ana")
		hash := func() string {
			var s string
			if err := h.db.Read(h.ctx).Raw("SELECT password_hash FROM people WHERE id = ?", ana.ID).Row().Scan(&s); err != nil {
				t.Fatal(err)
			}
			return s
		}
		if before := hash(); !strings.HasPrefix(before, "$argon2id$v=19$m=8,t=1,p=1$") {
			t.Fatalf("hash %q", before)
		}
		dearer := person.New(h.db, h.clock.now, zeroes{}, person.WithCost(person.Cost{Memory: 16, Time: 2, Threads: 1}))
		if _, err := dearer.SignIn(h.ctx, "ana", secret, ""); err != nil {
			t.Fatal(err)
		}
		if after := hash(); !strings.HasPrefix(after, "$argon2id$v=19$m=16,t=2,p=1$") {
			t.Errorf("hash %q", after)
		}
		h.signIn("ana")
	})
}

// zeroes is a poor source of randomness.
type zeroes struct{}

func (zeroes) Read(b []byte) (int, error) { clear(b); return len(b), nil }
