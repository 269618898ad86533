package person_test

import (
	"crypto/rand"
	"slices"
	"strings"
	"testing"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/mail"
	"plenary/pkg/person"
	"plenary/pkg/store"
)

// letters are what was put into the post.
type letters struct{ all []mail.Letter }

// kinds are the kinds of the letters with where each went, since it was last asked.
func (l *letters) kinds() []string {
	var out []string
	for _, one := range l.all {
		out = append(out, one.Kind+" to "+one.To.Email)
	}
	l.all = nil
	slices.Sort(out)
	return out
}

// secret is the secret of the link in the last letter of the kind.
func (l *letters) secret(t *testing.T, kind string) string {
	t.Helper()
	for _, one := range slices.Backward(l.all) {
		if one.Kind == kind {
			return one.Args["Path"][strings.LastIndex(one.Args["Path"], "/")+1:]
		}
	}
	t.Fatalf("there is no letter %q", kind)
	return ""
}

// eachWithPost is each, with letters that are kept.
func eachWithPost(t *testing.T, test func(t *testing.T, h *house, post *letters)) {
	t.Helper()
	each(t, func(t *testing.T, h *house) {
		post := &letters{}
		h.People = person.New(h.db, h.clock.now, rand.Reader, person.WithCost(cheap), person.WithPost(func(tx *store.Tx, l mail.Letter) error {
			tx.AfterCommit(func() { post.all = append(post.all, l) })
			return nil
		}))
		h.OnRightsChanged(func(s event.Signal) {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.heard = append(h.heard, s)
		})
		test(t, h, post)
	})
}

func wantLetters(t *testing.T, post *letters, kinds ...string) {
	t.Helper()
	slices.Sort(kinds)
	if got := post.kinds(); !slices.Equal(got, kinds) {
		t.Errorf("letters %v; want %v", got, kinds)
	}
}

func (h *house) rename(p person.Person, handle string) error {
	h.clock.pass(time.Minute)
	_, err := h.EditProfile(h.ctx, p.Actor(), person.ProfileEdit{Handle: &handle})
	return err
}

func TestAnOldHandleLeadsToThePersonAndToNobodyElse(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ana, ben := h.add("ana"), h.add("ben")
		if err := h.rename(ana, "Ana-Maria"); err != nil {
			t.Fatal(err)
		}
		for _, handle := range []string{"ana", "ana-maria", "@ANA"} {
			if p, err := h.ByHandle(h.ctx, handle); err != nil || p.ID != ana.ID || p.Handle != "ana-maria" {
				t.Errorf("%s leads to %+v, %v", handle, p, err)
			}
		}
		wantField(t, h.rename(ben, "ana"), "handle", "field.taken")
		wantField(t, h.rename(ben, "ana-maria"), "handle", "field.taken")
		_, err := h.Add(h.ctx, access.System(), person.NewPerson{Name: "Another", Handle: "ana"})
		wantField(t, err, "handle", "field.taken")
		if made, err := h.Add(h.ctx, access.System(), person.NewPerson{Name: "Ana"}); err != nil || made.Handle != "ana-2" {
			t.Errorf("a new Ana is %+v, %v", made, err)
		}
		named, err := h.Named(h.db.Read(h.ctx), []string{"ana", "ana-maria", "ben", "nobody"})
		if err != nil || len(named) != 3 || named["ana"] != ana.ID || named["ana-maria"] != ana.ID || named["ben"] != ben.ID {
			t.Errorf("named %v, %v", named, err)
		}
		if err := h.rename(ana, "ana"); err != nil {
			t.Errorf("back to her own: %v", err)
		}
	})
}

func TestThreeNewHandlesInThirtyDays(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ana := h.add("ana")
		for _, handle := range []string{"ana-b", "ana-c", "ana-d"} {
			if err := h.rename(ana, handle); err != nil {
				t.Fatal(err)
			}
		}
		wantField(t, h.rename(ana, "ana-e"), "handle", "person.handle_changes")
		if err := h.rename(ana, "ana-b"); err != nil {
			t.Errorf("back to one of hers: %v", err)
		}
		h.clock.pass(31 * 24 * time.Hour)
		if err := h.rename(ana, "ana-e"); err != nil {
			t.Errorf("a month later: %v", err)
		}
	})
}

func TestHandlesThatDeceiveCannotBeHad(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ana := h.add("ana")
		h.add("ben")
		for handle, code := range map[string]string{
			"bеn":          "field.handle", // with a Cyrillic letter
			"ana\u202eneb": "field.handle", "ana\u200b": "field.handle", "ａｎａ": "field.handle", "a na": "field.handle", "a": "field.handle",
			"me": "field.reserved", "everyone": "field.reserved", "former-7": "field.reserved",
		} {
			wantField(t, h.rename(ana, handle), "handle", code)
		}
	})
}

func TestNamesThatDeceiveCannotBeHad(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.add("ana")
		root, err := h.Add(h.ctx, access.System(), person.NewPerson{Name: "Rosa Berg", Handle: "root", Administrator: true})
		if err != nil {
			t.Fatal(err)
		}
		ben := h.add("ben")
		for name, code := range map[string]string{
			"Ros\u202ea": "field.control_characters", "Ro\x00sa": "field.control_characters", "\u200d": "field.required",
			"Rоsa Li":   "field.mixed_scripts", // with a Cyrillic o
			"Rosa Berg": "person.name_of_administrator", "ROSA  BERG": "person.name_of_administrator", "Rósa Berg": "person.name_of_administrator",
			"R0sa Berg": "person.name_of_administrator", "Rosa.Berg": "person.name_of_administrator",
		} {
			_, err := h.EditProfile(h.ctx, ben.Actor(), person.ProfileEdit{Name: &name})
			wantField(t, err, "name", code)
		}
		_, err = h.Add(h.ctx, access.System(), person.NewPerson{Name: "Rosa Berg", Handle: "rosa-2"})
		wantField(t, err, "name", "person.name_of_administrator")
		for _, name := range []string{"Name of ana", "Роза Берг", "Ολυμπία", "Ana Čížková", "山田太郎", "Ana Владимировна"} {
			if _, err := h.EditProfile(h.ctx, ben.Actor(), person.ProfileEdit{Name: &name}); err != nil {
				t.Errorf("%q: %v", name, err)
			}
		}
		name := "Rosa Berg"
		if _, err := h.EditProfile(h.ctx, root.Actor(), person.ProfileEdit{Name: &name}); err != nil {
			t.Errorf("her own: %v", err)
		}
	})
}

func TestEveryTimeZoneToChooseIsKnown(t *testing.T) {
	for _, name := range person.Zones() {
		if _, err := time.LoadLocation(name); err != nil {
			t.Error(err)
		}
	}
	if n := len(person.Zones()); n < 300 {
		t.Errorf("%d zones", n)
	}
}

func TestBothAddressesAgreeToAChange(t *testing.T) {
	eachWithPost(t, func(t *testing.T, h *house, post *letters) {
		ana := h.add("ana")
		here, there := h.signIn("ana"), h.signIn("ana")
		mine, err := h.Session(h.ctx, here)
		if err != nil {
			t.Fatal(err)
		}
		if err := h.ChangeEmail(h.ctx, ana.Actor(), "Ana@New.example"); err != nil {
			t.Fatal(err)
		}
		old, new := post.secret(t, "old_email"), post.secret(t, "new_email")
		wantLetters(t, post, "old_email to ana@example.org", "new_email to ana@new.example")
		for range 2 { // looking does nothing
			if l, err := h.EmailLink(h.ctx, new); err != nil || l.New != "ana@new.example" || !l.IsNew || l.Person.ID != ana.ID {
				t.Errorf("the link asks for %+v, %v", l, err)
			}
		}
		if _, done, err := h.ConfirmEmail(h.ctx, new, mine.ID); err != nil || done {
			t.Errorf("with one of two: %v, %v", done, err)
		}
		if c, pending, err := h.PendingEmail(h.ctx, ana.Actor()); err != nil || !pending || !c.NewConfirmed || c.OldConfirmed || !c.NeedsOld {
			t.Errorf("pending %+v, %v, %v", c, pending, err)
		}
		_, _, err = h.ConfirmEmail(h.ctx, new, 0)
		want(t, err, errs.Gone, "person.email_link")
		if p, err := h.ByID(h.ctx, ana.ID); err != nil || p.Email != "ana@example.org" {
			t.Errorf("too early: %+v, %v", p, err)
		}
		if _, done, err := h.ConfirmEmail(h.ctx, old, mine.ID); err != nil || !done {
			t.Errorf("with both: %v, %v", done, err)
		}
		if p, err := h.ByID(h.ctx, ana.ID); err != nil || p.Email != "ana@new.example" || !p.EmailConfirmed {
			t.Errorf("afterwards: %+v, %v", p, err)
		}
		wantLetters(t, post, "email_changed to ana@example.org")
		if _, err := h.Session(h.ctx, here); err != nil {
			t.Errorf("the session here: %v", err)
		}
		_, err = h.Session(h.ctx, there)
		want(t, err, errs.Unauthenticated, "person.session_ended")
		if _, pending, err := h.PendingEmail(h.ctx, ana.Actor()); err != nil || pending {
			t.Errorf("still pending: %v, %v", pending, err)
		}
	})
}

func TestWithoutAnAddressTheNewOneAloneConfirms(t *testing.T) {
	eachWithPost(t, func(t *testing.T, h *house, post *letters) {
		ana, err := h.Add(h.ctx, access.System(), person.NewPerson{Name: "Ana", Handle: "ana", Password: secret})
		if err != nil {
			t.Fatal(err)
		}
		if err := h.ChangeEmail(h.ctx, ana.Actor(), "ana@new.example"); err != nil {
			t.Fatal(err)
		}
		new := post.secret(t, "new_email")
		wantLetters(t, post, "new_email to ana@new.example")
		if _, done, err := h.ConfirmEmail(h.ctx, new, 0); err != nil || !done {
			t.Errorf("%v, %v", done, err)
		}
		wantLetters(t, post)
	})
}

func TestThatAnAddressIsTakenIsToldToItsOwnerAlone(t *testing.T) {
	eachWithPost(t, func(t *testing.T, h *house, post *letters) {
		ana := h.add("ana")
		h.add("ben")
		if err := h.ChangeEmail(h.ctx, ana.Actor(), "ben@example.org"); err != nil {
			t.Fatal(err)
		}
		wantLetters(t, post, "old_email to ana@example.org", "email_taken to ben@example.org")
		if c, pending, err := h.PendingEmail(h.ctx, ana.Actor()); err != nil || !pending || c.NewEmail != "ben@example.org" {
			t.Errorf("pending %+v, %v, %v; want what a free one gives", c, pending, err)
		}
	})
}

func TestALinkAboutAnAddressDoesNotOutliveItsChange(t *testing.T) {
	eachWithPost(t, func(t *testing.T, h *house, post *letters) {
		ana := h.add("ana")
		begin := func(email string) (old, new string) {
			t.Helper()
			if err := h.ChangeEmail(h.ctx, ana.Actor(), email); err != nil {
				t.Fatal(err)
			}
			return post.secret(t, "old_email"), post.secret(t, "new_email")
		}
		gone := func(what string, tokens ...string) {
			t.Helper()
			for _, token := range tokens {
				if _, err := h.EmailLink(h.ctx, token); errs.CodeOf(err) != "person.email_link" {
					t.Errorf("%s, looking: %v", what, err)
				}
				if _, _, err := h.ConfirmEmail(h.ctx, token, 0); errs.CodeOf(err) != "person.email_link" {
					t.Errorf("%s, confirming: %v", what, err)
				}
			}
		}
		old, new := begin("first@example.org")
		begin("second@example.org")
		gone("after another change", old, new)
		old, new = begin("third@example.org")
		if err := h.CancelEmailChange(h.ctx, ana.Actor()); err != nil {
			t.Fatal(err)
		}
		gone("after giving up", old, new)
		old, new = begin("fourth@example.org")
		h.clock.pass(24*time.Hour + time.Second)
		gone("a day later", old, new)
		gone("a made up one", "", "x", strings.Repeat("A", 43))
	})
}

func TestAnAddressTakenMeanwhileIsNotTakenOver(t *testing.T) {
	eachWithPost(t, func(t *testing.T, h *house, post *letters) {
		ana := h.add("ana")
		if err := h.ChangeEmail(h.ctx, ana.Actor(), "dan@example.org"); err != nil {
			t.Fatal(err)
		}
		old, new := post.secret(t, "old_email"), post.secret(t, "new_email")
		h.add("dan")
		if _, _, err := h.ConfirmEmail(h.ctx, old, 0); err != nil {
			t.Fatal(err)
		}
		_, _, err := h.ConfirmEmail(h.ctx, new, 0)
		want(t, err, errs.Conflict, "person.email_taken_meanwhile")
	})
}

func TestFiveChangesOfAddressADay(t *testing.T) {
	eachWithPost(t, func(t *testing.T, h *house, _ *letters) {
		ana := h.add("ana")
		wantField(t, h.ChangeEmail(h.ctx, ana.Actor(), " "), "email", "field.required")
		wantField(t, h.ChangeEmail(h.ctx, ana.Actor(), "no address"), "email", "field.email")
		wantField(t, h.ChangeEmail(h.ctx, ana.Actor(), "ANA@example.org"), "email", "person.same_email")
		for i := range 5 {
			if err := h.ChangeEmail(h.ctx, ana.Actor(), strings.Repeat("a", i+1)+"@new.example"); err != nil {
				t.Fatal(err)
			}
		}
		want(t, h.ChangeEmail(h.ctx, ana.Actor(), "b@new.example"), errs.TooMany, "person.email_changes")
		want(t, h.ChangeEmail(h.ctx, access.Visitor(), "b@new.example"), errs.Unauthenticated, "access.sign_in")
	})
}

func TestADisabledAccountIsShutAtOnce(t *testing.T) {
	eachWithPost(t, func(t *testing.T, h *house, post *letters) {
		root, err := h.Add(h.ctx, access.System(), person.NewPerson{Name: "Root", Handle: "root", Administrator: true})
		if err != nil {
			t.Fatal(err)
		}
		ana := h.add("ana")
		session := h.signIn("ana")
		token, made, err := h.NewToken(h.ctx, ana.Actor(), person.NewToken{Name: "a program"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.Session(h.ctx, session); err != nil { // and it is remembered
			t.Fatal(err)
		}
		want(t, h.Disable(h.ctx, ana.Actor(), root.ID, "x"), errs.Forbidden, "access.needs_administrator")
		want(t, h.Disable(h.ctx, root.Actor(), root.ID, "x"), errs.Conflict, "person.own_account")
		want(t, h.Disable(h.ctx, access.System(), root.ID, "x"), errs.Conflict, "person.last_administrator")
		wantField(t, h.Disable(h.ctx, root.Actor(), ana.ID, " "), "reason", "field.required")
		h.told()
		if err := h.Disable(h.ctx, root.Actor(), ana.ID, "Sold things."); err != nil {
			t.Fatal(err)
		}
		if told := h.told(); len(told) == 0 || told[0] != ana.ID {
			t.Errorf("told %v, so sockets stay open", told)
		}
		wantLetters(t, post, "disabled to ana@example.org", "token_made to ana@example.org")
		_, err = h.Session(h.ctx, session)
		want(t, err, errs.Unauthenticated, "person.session_ended")
		_, err = h.ByToken(h.ctx, token)
		want(t, err, errs.Unauthenticated, "person.token_unknown")
		if ended, err := h.Ended(h.ctx, []string{person.Grant{ID: made.ID}.Credential()}); err != nil || len(ended) != 1 {
			t.Errorf("a socket of the token stays open: %v, %v", ended, err)
		}
		if _, err := h.OpenSession(h.ctx, ana.ID, ""); !errs.Is(err, errs.Unauthenticated) {
			t.Errorf("a new session: %v", err)
		}
		a, err := h.Account(h.ctx, root.Actor(), ana.ID)
		if err != nil || !a.Disabled || a.DisabledReason != "Sold things." || a.DisabledBy.ID != root.ID || a.Sessions != 0 || a.Tokens != 1 {
			t.Errorf("account %+v, %v", a, err)
		}
		want(t, h.Disable(h.ctx, root.Actor(), ana.ID, "x"), errs.Conflict, "person.disabled_already")
		if err := h.Enable(h.ctx, root.Actor(), ana.ID); err != nil {
			t.Fatal(err)
		}
		wantLetters(t, post, "enabled to ana@example.org")
		want(t, h.Enable(h.ctx, root.Actor(), ana.ID), errs.Conflict, "person.not_disabled")
		if _, err := h.ByToken(h.ctx, token); err != nil {
			t.Errorf("the token afterwards: %v", err)
		}
	})
}

func TestTheForumKeepsAnAdministrator(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ana, ben, ghost := h.add("ana"), h.add("ben"), h.imported("k", "Ghost")
		set := func(id int64, on bool) error { return h.SetAdministrator(h.ctx, access.System(), id, on) }
		if err := set(ana.ID, true); err != nil {
			t.Fatal(err)
		}
		want(t, set(ana.ID, false), errs.Conflict, "person.last_administrator")
		want(t, set(ghost.ID, true), errs.Conflict, "person.not_active")
		want(t, h.SetAdministrator(h.ctx, ben.Actor(), ben.ID, true), errs.Forbidden, "access.needs_administrator")
		want(t, set(999, true), errs.NotFound, "error.not_found")
		if err := set(ben.ID, true); err != nil {
			t.Fatal(err)
		}
		if err := set(ana.ID, false); err != nil {
			t.Errorf("with another one: %v", err)
		}
		if last, err := h.LastAdministrator(h.db.Read(h.ctx), ben.ID); err != nil || !last {
			t.Errorf("Ben is not the last: %v", err)
		}
	})
}

func TestTwoAdministratorsCannotBothStepDown(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ana, ben := h.add("ana"), h.add("ben")
		for _, p := range []person.Person{ana, ben} {
			if err := h.SetAdministrator(h.ctx, access.System(), p.ID, true); err != nil {
				t.Fatal(err)
			}
		}
		failed := make(chan error, 2)
		for _, p := range []person.Person{ana, ben} {
			go func() { failed <- h.SetAdministrator(h.ctx, access.System(), p.ID, false) }()
		}
		one, other := <-failed, <-failed
		if (one == nil) == (other == nil) {
			t.Errorf("%v and %v", one, other)
		}
		if n := h.number("SELECT COUNT(*) FROM people WHERE administrator"); n != 1 {
			t.Errorf("%d administrators are left", n)
		}
	})
}

func TestTwoAccountsOfOnePersonBecomeOne(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ana, second, root := h.add("ana"), h.add("ana-b"), h.add("root")
		if err := h.SetAdministrator(h.ctx, access.System(), root.ID, true); err != nil {
			t.Fatal(err)
		}
		who := access.Actor{Person: root.ID, Administrator: true}
		h.furnish(second.ID, ana.ID)
		session := h.signIn("ana-b")
		want(t, h.Merge(h.ctx, ana.Actor(), second.ID, ana.ID, "ana-b"), errs.Forbidden, "access.needs_administrator")
		wantField(t, h.Merge(h.ctx, who, second.ID, ana.ID, "ana"), "confirm", "person.confirm_handle")
		wantField(t, h.Merge(h.ctx, who, second.ID, ana.ID, ""), "confirm", "person.confirm_handle")
		wantField(t, h.Merge(h.ctx, who, second.ID, second.ID, "ana-b"), "person", "person.merge_itself")
		wantField(t, h.Merge(h.ctx, who, root.ID, ana.ID, "root"), "person", "person.merge_administrator")
		if err := h.Merge(h.ctx, who, second.ID, ana.ID, "@Ana-B"); err != nil {
			t.Fatal(err)
		}
		_, err := h.Session(h.ctx, session)
		want(t, err, errs.Unauthenticated, "person.session_ended")
		for _, table := range []string{"sessions", "api_tokens", "passkeys", "identities"} {
			if n := h.number("SELECT COUNT(*) FROM "+table+" WHERE person_id = ?", second.ID); n != 0 {
				t.Errorf("%s still has %d of the account that went", table, n)
			}
		}
		if n := h.number("SELECT COUNT(*) FROM comments WHERE author_id = ?", ana.ID); n != 2 {
			t.Errorf("Ana has %d comments; want those of both", n)
		}
		if p, err := h.ByHandle(h.ctx, "ana-b"); err != nil || p.ID != ana.ID {
			t.Errorf("the handle leads to %+v, %v", p, err)
		}
		if _, err := h.SignIn(h.ctx, "ana-b", secret, ""); !errs.Is(err, errs.Unauthenticated) {
			t.Errorf("signing in to it: %v", err)
		}
		wantField(t, h.Merge(h.ctx, who, second.ID, ana.ID, "ana-b"), "imported", "person.link_done")
	})
}

func TestAllOtherSessionsEndTogether(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ana, ben := h.add("ana"), h.add("ben")
		here, there, elsewhere, bens := h.signIn("ana"), h.signIn("ana"), h.signIn("ana"), h.signIn("ben")
		mine, err := h.Session(h.ctx, here)
		if err != nil {
			t.Fatal(err)
		}
		h.told()
		if n, err := h.EndOtherSessions(h.ctx, ana.Actor(), mine.ID); err != nil || n != 2 {
			t.Errorf("ended %d, %v", n, err)
		}
		if told := h.told(); !slices.Equal(told, []int64{ana.ID}) {
			t.Errorf("told %v, so sockets stay open", told)
		}
		for token, alive := range map[string]bool{here: true, there: false, elsewhere: false, bens: true} {
			if _, err := h.Session(h.ctx, token); (err == nil) != alive {
				t.Errorf("session: %v; want alive %v", err, alive)
			}
		}
		list, err := h.Sessions(h.ctx, ben.Actor())
		if err != nil || len(list) != 1 || list[0].Method == "" {
			t.Errorf("%+v, %v", list, err)
		}
	})
}

func TestAPictureIsHadByItsChecksum(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ana := h.add("ana")
		first, second := strings.Repeat("a", 64), strings.Repeat("b", 64)
		for _, c := range []struct{ set, before string }{{first, ""}, {second, first}, {"", second}, {first, ""}} {
			if before, err := h.SetPicture(h.ctx, ana.Actor(), c.set); err != nil || before != c.before {
				t.Errorf("set %.3s: before %.3s, %v", c.set, before, err)
			}
		}
		if err := h.PictureOf(h.ctx, "ana", first); err != nil {
			t.Error(err)
		}
		for _, sum := range []string{second, "", "../x"} {
			want(t, h.PictureOf(h.ctx, "ana", sum), errs.NotFound, "error.not_found")
		}
		if _, err := h.SetPicture(h.ctx, ana.Actor(), "../../etc"); err == nil {
			t.Error("a path was taken for a checksum")
		}
		if briefs, err := h.Briefs(h.db.Read(h.ctx), []int64{ana.ID}); err != nil || briefs[ana.ID].Picture != first {
			t.Errorf("%+v, %v", briefs, err)
		}
	})
}
