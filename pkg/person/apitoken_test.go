package person_test

import (
	"slices"
	"testing"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/person"
)

func TestAnAPITokenStandsForItsPerson(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ana := h.add("ana")
		for _, c := range []struct{ asked, got []string }{
			{nil, []string{"read", "write"}},
			{[]string{"read"}, []string{"read"}},
			{[]string{"write", "read", "write"}, []string{"read", "write"}},
		} {
			token, info, err := h.NewToken(h.ctx, ana.Actor(), person.NewToken{Name: "script", Scopes: c.asked})
			if err != nil || !slices.Equal(info.Scopes, c.got) {
				t.Fatalf("%v: %+v, %v", c.asked, info, err)
			}
			grant, err := h.ByToken(h.ctx, token)
			if err != nil || grant.Person != ana || !slices.Equal(grant.Scopes, c.got) {
				t.Errorf("%v: %+v, %v", c.asked, grant, err)
			}
		}
	})
}

func TestATokenEndsWhenItExpiresOrIsRevoked(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ana, ben := h.add("ana"), h.add("ben")
		short, _, err := h.NewToken(h.ctx, ana.Actor(), person.NewToken{Name: "short", Expires: time.Hour})
		if err != nil {
			t.Fatal(err)
		}
		long, info, err := h.NewToken(h.ctx, ana.Actor(), person.NewToken{Name: "long"})
		if err != nil || info.ExpiresAt != nil {
			t.Fatal(info, err)
		}
		h.clock.pass(time.Hour)
		_, err = h.ByToken(h.ctx, short)
		want(t, err, errs.Unauthenticated, "person.token_unknown")
		want(t, h.RevokeToken(h.ctx, ben.Actor(), info.ID), errs.NotFound, "error.not_found")
		want(t, h.RevokeToken(h.ctx, access.Visitor(), info.ID), errs.Unauthenticated, "access.sign_in")
		if _, err := h.ByToken(h.ctx, long); err != nil {
			t.Fatalf("the token of somebody else was revoked: %v", err)
		}
		h.told()
		if err := h.RevokeToken(h.ctx, ana.Actor(), info.ID); err != nil {
			t.Fatal(err)
		}
		if told := h.told(); !slices.Equal(told, []int64{ana.ID}) {
			t.Errorf("told of %v; want Ana", told)
		}
		_, err = h.ByToken(h.ctx, long)
		want(t, err, errs.Unauthenticated, "person.token_unknown")
		_, err = h.ByToken(h.ctx, "nonsense")
		want(t, err, errs.Unauthenticated, "person.token_unknown")
	})
}

func TestOnlyTheForumItselfMakesTokensForOthers(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ana, ben := h.add("ana"), h.add("ben")
		in := person.NewToken{Person: ana.ID, Name: "script"}
		for _, who := range []access.Actor{ben.Actor(), {Person: ben.ID, Administrator: true}} {
			_, _, err := h.NewToken(h.ctx, who, in)
			want(t, err, errs.Forbidden, "access.only_own")
		}
		_, _, err := h.NewToken(h.ctx, access.Visitor(), in)
		want(t, err, errs.Unauthenticated, "access.sign_in")
		token, _, err := h.NewToken(h.ctx, access.System(), in)
		if err != nil {
			t.Fatal(err)
		}
		if grant, err := h.ByToken(h.ctx, token); err != nil || grant.Person != ana {
			t.Errorf("%+v, %v", grant.Person, err)
		}
	})
}

func TestTokensThatCannotBeMade(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ana := h.add("ana")
		for field, c := range map[string]struct {
			in   person.NewToken
			code string
		}{
			"name":    {person.NewToken{}, "field.required"},
			"scopes":  {person.NewToken{Name: "x", Scopes: []string{"read", "everything"}}, "field.unknown"},
			"expires": {person.NewToken{Name: "x", Expires: -time.Second}, "person.token_expires"},
		} {
			_, _, err := h.NewToken(h.ctx, ana.Actor(), c.in)
			wantField(t, err, field, c.code)
		}
		_, _, err := h.NewToken(h.ctx, access.System(), person.NewToken{Person: 999, Name: "x"})
		want(t, err, errs.Conflict, "error.reference")
	})
}

func TestTheLastUseOfATokenIsListed(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ana := h.add("ana")
		token, _, err := h.NewToken(h.ctx, ana.Actor(), person.NewToken{Name: "script", Expires: time.Hour})
		if err != nil {
			t.Fatal(err)
		}
		made := h.clock.now()
		for _, c := range []struct {
			pass time.Duration
			use  bool
			last time.Duration
		}{{0, false, -1}, {time.Minute, true, time.Minute}, {9 * time.Minute, true, time.Minute}, {time.Minute, true, 11 * time.Minute}} {
			h.clock.pass(c.pass)
			if c.use {
				if _, err := h.ByToken(h.ctx, token); err != nil {
					t.Fatal(err)
				}
			}
			list, err := h.Tokens(h.ctx, ana.Actor())
			if err != nil || len(list) != 1 || list[0].Name != "script" || !list[0].ExpiresAt.Equal(made.Add(time.Hour)) {
				t.Fatalf("%+v, %v", list, err)
			}
			last := time.Duration(-1)
			if list[0].LastUsedAt != nil {
				last = list[0].LastUsedAt.Sub(made)
			}
			if last != c.last {
				t.Errorf("last use %v; want %v", last, c.last)
			}
		}
		_, err = h.Tokens(h.ctx, access.Visitor())
		want(t, err, errs.Unauthenticated, "access.sign_in")
	})
}

func TestWhichSessionsAndTokensHaveEnded(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ana := h.add("ana")
		token, info, err := h.NewToken(h.ctx, ana.Actor(), person.NewToken{Name: "script"})
		if err != nil {
			t.Fatal(err)
		}
		grant, err := h.ByToken(h.ctx, token)
		if err != nil {
			t.Fatal(err)
		}
		secret, err := h.OpenSession(h.ctx, ana.ID, "browser")
		if err != nil {
			t.Fatal(err)
		}
		session, err := h.Session(h.ctx, secret)
		if err != nil {
			t.Fatal(err)
		}
		names := []string{grant.Credential(), session.Credential(), "token.999", "nonsense"}
		if ended, err := h.Ended(h.ctx, names); err != nil || !slices.Equal(ended, names[2:]) {
			t.Errorf("at first: %v, %v", ended, err)
		}
		if err := h.RevokeToken(h.ctx, ana.Actor(), info.ID); err != nil {
			t.Fatal(err)
		}
		if err := h.SignOut(h.ctx, secret); err != nil {
			t.Fatal(err)
		}
		if ended, err := h.Ended(h.ctx, names); err != nil || !slices.Equal(ended, names) {
			t.Errorf("after both were given back: %v, %v", ended, err)
		}
	})
}
