package person_test

import (
	"errors"
	"fmt"
	"runtime"
	"sync"
	"testing"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/person"
)

var first = person.SetUp{Forum: "Assembly", Name: "Ana", Email: "ana@example.org", Password: secret}

func TestTheFirstRunNamesTheForumAndItsAdministrator(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		if name, err := h.ForumName(h.ctx); err != nil || name != "Plenary" {
			t.Errorf("before: %q, %v", name, err)
		}
		token, needed, err := h.SetUpToken(h.ctx)
		if err != nil || !needed {
			t.Fatalf("needed = %v, %v", needed, err)
		}
		if err := h.CheckSetUp(h.ctx, token); err != nil {
			t.Error(err)
		}
		ana, err := h.SetUp(h.ctx, token, first)
		if err != nil || !ana.Administrator || ana.Handle != "ana" {
			t.Fatalf("%+v, %v", ana, err)
		}
		if name, err := h.ForumName(h.ctx); err != nil || name != "Assembly" {
			t.Errorf("after: %q, %v", name, err)
		}
		h.signIn("ana@example.org")
	})
}

func TestTheSetUpTokenWorksOnceAndOnlyWhileNobodyAdministers(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		old, _, err := h.SetUpToken(h.ctx)
		if err != nil {
			t.Fatal(err)
		}
		token, _, err := h.SetUpToken(h.ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, wrong := range []string{"", "guess", old} {
			_, err := h.SetUp(h.ctx, wrong, first)
			want(t, err, errs.Forbidden, "person.set_up_token")
		}
		if _, err := h.SetUp(h.ctx, token, person.SetUp{}); !errs.Is(err, errs.Invalid) {
			t.Errorf("an empty form: %v", err)
		}
		if _, err := h.SetUp(h.ctx, token, first); err != nil {
			t.Fatalf("a refused form spent the token: %v", err)
		}
		_, err = h.SetUp(h.ctx, token, first)
		want(t, err, errs.Gone, "person.set_up_done")
		if token, needed, err := h.SetUpToken(h.ctx); token != "" || needed || err != nil {
			t.Errorf("a forum with an administrator: needed = %v, %v", needed, err)
		}
	})
}

func TestTheSetUpTokenEndsWhenAnAdministratorIsAddedOtherwise(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		token, _, err := h.SetUpToken(h.ctx)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.Add(h.ctx, access.System(), person.NewPerson{Name: "Ben", Administrator: true}); err != nil {
			t.Fatal(err)
		}
		want(t, h.CheckSetUp(h.ctx, token), errs.Gone, "person.set_up_done")
		_, err = h.SetUp(h.ctx, token, first)
		want(t, err, errs.Gone, "person.set_up_done")
	})
}

func TestOfManySetUpsAtOnceOneHolds(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		token, _, err := h.SetUpToken(h.ctx)
		if err != nil {
			t.Fatal(err)
		}
		// All have been let in by the token before the first one is written.
		const crowd = 40
		var all sync.Once
		h.CountHashes(func() {
			all.Do(func() {
				for h.Hashing() < crowd {
					runtime.Gosched()
				}
			})
		})
		failures := make([]error, crowd)
		var wg sync.WaitGroup
		for i := range failures {
			wg.Go(func() {
				in := first
				in.Email = fmt.Sprintf("p%d@example.org", i)
				_, failures[i] = h.SetUp(h.ctx, token, in)
			})
		}
		wg.Wait()
		if n := h.number("SELECT COUNT(*) FROM people WHERE administrator"); n != 1 {
			t.Errorf("%d administrators, %v", n, errors.Join(failures...))
		}
	})
}

func TestTheFirstRunNeedsItsFields(t *testing.T) {
	t.Parallel()
	err := new(person.SetUp{Handle: "-"}).Validate()
	for field, code := range map[string]string{"forum": "field.required", "name": "field.required", "handle": "field.handle",
		"email": "field.required", "password": "field.required"} {
		wantField(t, err, field, code)
	}
}

func TestOnlyAdministratorsRenameTheForum(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		want(t, h.SetForumName(h.ctx, access.Actor{Person: 1}, "Mine"), errs.Forbidden, "access.needs_administrator")
		wantField(t, h.SetForumName(h.ctx, access.System(), " "), "forum", "field.required")
		if err := h.SetForumName(h.ctx, access.System(), " Ours "); err != nil {
			t.Fatal(err)
		}
		if name, err := h.ForumName(h.ctx); err != nil || name != "Ours" {
			t.Errorf("%q, %v", name, err)
		}
	})
}
