package person_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/mail"
	"plenary/pkg/person"
	"plenary/pkg/store"
)

// ask asks for a mail and gives the browser's secret.
func (h *house) ask(email string) (browser string) {
	h.t.Helper()
	browser, err := h.AskByMail(h.ctx, person.Ask{Email: email, Next: "/groups", Device: "Firefox", Address: "192.0.2.7"})
	if err != nil {
		h.t.Fatal(err)
	}
	return browser
}

// asked is ask, with the letter that came of it.
func (h *house) asked(email string) (browser, token, code string) {
	h.t.Helper()
	browser = h.ask(email)
	l := h.letter("sign_in")
	return browser, tokenOf(l), l.Args["Code"]
}

func tokenOf(l mail.Letter) string { return strings.TrimPrefix(l.Args["Path"], "/signin/link/") }

func (h *house) mode(m person.SignUpMode) {
	h.t.Helper()
	if err := h.SetSignUpRules(h.ctx, access.System(), person.SignUpRules{Mode: m}); err != nil {
		h.t.Fatal(err)
	}
}

func TestALinkOrItsCodeSignsInOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ana := h.add("ana")
		for _, by := range []string{"link", "code"} {
			browser, token, code := h.asked(" ANA@example.org")
			enter := func() (person.Arrival, error) {
				if by == "link" {
					return h.EnterByLink(h.ctx, token, person.Browser{Device: "Firefox"})
				}
				return h.EnterByCode(h.ctx, browser, code[:3]+" "+code[3:], person.Browser{Device: "Firefox"})
			}
			in, err := enter()
			if err != nil || in.Session == "" || in.Next != "/groups" || in.Person.ID != ana.ID {
				t.Fatalf("%s: %+v, %v", by, in, err)
			}
			s, err := h.Session(h.ctx, in.Session)
			if err != nil || s.Method != person.ByMail || !s.Person.EmailConfirmed {
				t.Errorf("%s: %+v, %v", by, s, err)
			}
			_, err = enter()
			want(t, err, errs.Gone, "person.link_gone")
			_, err = h.EnterByLink(h.ctx, token, person.Browser{})
			want(t, err, errs.Gone, "person.link_gone")
			_, err = h.EnterByCode(h.ctx, browser, code, person.Browser{})
			want(t, err, errs.Gone, "person.link_gone")
		}
	})
}

func TestLookingAtALinkDoesNotUseItUp(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.add("ana")
		browser, token, _ := h.asked("ana@example.org")
		for range 10 {
			info, err := h.MailLink(h.ctx, token, browser)
			if err != nil || info != (person.LinkInfo{Email: "ana@example.org", Here: true}) {
				t.Fatalf("%+v, %v", info, err)
			}
		}
		if info, err := h.MailLink(h.ctx, token, "another browser"); err != nil || info.Here {
			t.Errorf("%+v, %v", info, err)
		}
		if in, err := h.EnterByLink(h.ctx, token, person.Browser{}); err != nil || in.Session == "" {
			t.Errorf("%+v, %v", in, err)
		}
	})
}

func TestLinksThatAreNoGood(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.add("ana")
		browser, token, code := h.asked("ana@example.org")
		for _, bad := range []string{"", token[1:], token + "A", "A" + token[1:] + "\x00", strings.Repeat("A", 43), strings.ToUpper(token)} {
			_, err := h.EnterByLink(h.ctx, bad, person.Browser{})
			want(t, err, errs.Gone, "person.link_gone")
			_, err = h.MailLink(h.ctx, bad, browser)
			want(t, err, errs.Gone, "person.link_gone")
			_, err = h.EnterByCode(h.ctx, bad, code, person.Browser{})
			want(t, err, errs.Gone, "person.link_gone")
		}
		h.clock.pass(person.MailLife - time.Second)
		if _, err := h.MailLink(h.ctx, token, browser); err != nil {
			t.Errorf("in the last second: %v", err)
		}
		h.clock.pass(time.Second)
		_, err := h.EnterByLink(h.ctx, token, person.Browser{})
		want(t, err, errs.Gone, "person.link_gone")
		_, err = h.EnterByCode(h.ctx, browser, code, person.Browser{})
		want(t, err, errs.Gone, "person.link_gone")
	})
}

func TestANewRequestMakesOlderOnesOfTheSameBrowserVoidAndNoOthers(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.add("ana")
		h.add("ben")
		before, old, oldCode := h.asked("ana@example.org")
		_, bens, _ := h.asked("ben@example.org")
		_, strangers, _ := h.asked("ana@example.org")
		if _, err := h.AskByMail(h.ctx, person.Ask{Email: "ana@example.org", Browser: before}); err != nil {
			t.Fatal(err)
		}
		token := tokenOf(h.letter("sign_in"))
		_, err := h.EnterByLink(h.ctx, old, person.Browser{})
		want(t, err, errs.Gone, "person.link_gone")
		_, err = h.EnterByCode(h.ctx, before, oldCode, person.Browser{})
		want(t, err, errs.Gone, "person.link_gone")
		for _, good := range []string{token, bens, strangers} {
			if _, err := h.EnterByLink(h.ctx, good, person.Browser{}); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestAStrangerCannotVoidALinkByAskingAgain(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.add("ana")
		h.clock.pass(59 * time.Minute)
		_, token, _ := h.asked("ana@example.org")
		for i := 0; ; i++ {
			if i == 5 { // the next window of the limit begins
				h.clock.pass(10 * time.Minute)
			}
			_, err := h.AskByMail(h.ctx, person.Ask{Email: "ana@example.org", Address: fmt.Sprintf("192.0.2.%d", i)})
			if i > 5 && errs.Is(err, errs.TooMany) {
				break
			}
			if i > 30 {
				t.Fatal("there is no limit")
			}
		}
		if _, err := h.EnterByLink(h.ctx, token, person.Browser{}); err != nil {
			t.Error(err)
		}
	})
}

func TestAKnownBrowserIsNotKeptOutByStrangers(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ana, ben := h.add("ana"), h.add("ben")
		known, err := h.KnowBrowser(h.ctx, ana.ID, "")
		if err != nil {
			t.Fatal(err)
		}
		if same, err := h.KnowBrowser(h.ctx, ana.ID, known); err != nil || same != known {
			t.Errorf("known twice: %v", err)
		}
		other, err := h.KnowBrowser(h.ctx, ben.ID, known)
		if err != nil || other == known {
			t.Errorf("known as another: %v", err)
		}
		ask := func(in person.Ask) error {
			in.Email, in.Address = "ana@example.org", "192.0.2.7"
			_, err := h.AskByMail(h.ctx, in)
			return err
		}
		for range 5 {
			if err := ask(person.Ask{}); err != nil {
				t.Fatal(err)
			}
		}
		own, err := h.Session(h.ctx, h.signIn("ana"))
		if err != nil {
			t.Fatal(err)
		}
		for _, stranger := range []person.Ask{{}, {Known: other}, {Known: "made up"}, {Own: person.Session{ID: 1, Person: ben}}} {
			want(t, ask(stranger), errs.TooMany, "person.too_many_mails")
		}
		for i := range 10 {
			in := person.Ask{Known: known}
			if i%2 == 0 {
				in = person.Ask{Own: own}
			}
			if err := ask(in); err != nil {
				t.Fatalf("the %dth: %v", i, err)
			}
		}
		want(t, ask(person.Ask{Known: known}), errs.TooMany, "person.too_many_mails")
		h.clock.pass(time.Hour)
		if err := ask(person.Ask{Known: known}); err != nil {
			t.Errorf("an hour later: %v", err)
		}
	})
}

func TestACodeWorksOnlyInTheBrowserThatAskedAndFiveTimes(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.add("ana")
		h.add("ben")
		anas, _, code := h.asked("ana@example.org")
		bens, _, bensCode := h.asked("ben@example.org")
		if code == bensCode { // one time in a million
			bens, _, bensCode = h.asked("ben@example.org")
		}
		_, err := h.EnterByCode(h.ctx, bens, code, person.Browser{})
		wantField(t, err, "code", "person.wrong_code")
		for _, bad := range []string{"", "\x00", "12345", bensCode, strings.Repeat("9", 5000)} {
			_, err := h.EnterByCode(h.ctx, anas, bad, person.Browser{})
			wantField(t, err, "code", "person.wrong_code")
		}
		_, err = h.EnterByCode(h.ctx, anas, code, person.Browser{})
		want(t, err, errs.Gone, "person.link_gone")
		if in, err := h.EnterByCode(h.ctx, bens, bensCode, person.Browser{}); err != nil || in.Person.Handle != "ben" {
			t.Errorf("%+v, %v", in, err)
		}
	})
}

// Five tries a request are few, but who asks again and again has many.
func TestCodesOfOneMailboxAreTypedTwentyTimesADayFromOneAddress(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.add("ana")
		typed := 0
		var err error
		for err == nil || !errs.Is(err, errs.TooMany) {
			h.clock.pass(13 * time.Minute)
			browser := h.ask("ana@example.org")
			for range 5 {
				if _, err = h.EnterByCode(h.ctx, browser, "wrong", person.Browser{}); errs.Is(err, errs.TooMany) {
					break
				}
				typed++
			}
			if typed > 100 {
				break
			}
		}
		want(t, err, errs.TooMany, "person.too_many_codes")
		if typed != 20 {
			t.Errorf("%d codes were typed", typed)
		}
		h.letters()
		h.clock.pass(13 * time.Minute)
		_, token, _ := h.asked("ana@example.org")
		if _, err := h.EnterByLink(h.ctx, token, person.Browser{}); err != nil {
			t.Errorf("the link: %v", err)
		}
		elsewhere, _, right := h.asked("ana@example.org")
		if _, err := h.EnterByCode(h.ctx, elsewhere, right, person.Browser{Address: "192.0.2.9"}); err != nil {
			t.Errorf("from another address: %v", err)
		}
		h.clock.pass(24 * time.Hour)
		browser, _, code := h.asked("ana@example.org")
		if _, err := h.EnterByCode(h.ctx, browser, code, person.Browser{}); err != nil {
			t.Errorf("a day later: %v", err)
		}
	})
}

func TestOfManyWhoUseOneLinkAtOnceOneGetsIn(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.add("ana")
		_, token, _ := h.asked("ana@example.org")
		var in, gone atomic.Int64
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				switch _, err := h.EnterByLink(h.ctx, token, person.Browser{}); {
				case err == nil:
					in.Add(1)
				case errs.Is(err, errs.Gone):
					gone.Add(1)
				}
			})
		}
		wg.Wait()
		if in.Load() != 1 || gone.Load() != 19 {
			t.Errorf("%d got in, %d were told that the link is gone", in.Load(), gone.Load())
		}
		if n := h.number("SELECT COUNT(*) FROM sessions"); n != 1 {
			t.Errorf("%d sessions", n)
		}
	})
}

// statements are those that the act sends to the database.
func (h *house) statements(act func()) []string {
	h.t.Helper()
	var mu sync.Mutex
	var seen []string
	watch := func(g *gorm.DB) {
		mu.Lock()
		defer mu.Unlock()
		seen = append(seen, g.Statement.SQL.String())
	}
	register := func(g *gorm.DB) error {
		return errors.Join(g.Callback().Query().After("gorm:query").Replace("test:watch", watch),
			g.Callback().Row().After("gorm:row").Replace("test:watch", watch),
			g.Callback().Raw().After("gorm:raw").Replace("test:watch", watch))
	}
	if err := errors.Join(register(h.db.Read(h.ctx)), h.db.Write(h.ctx, func(tx *store.Tx) error { return register(tx.DB) })); err != nil {
		h.t.Fatal(err)
	}
	h.exec("DELETE FROM settings WHERE key = 'watched'")
	if len(seen) == 0 {
		h.t.Fatal("the writer is not watched")
	}
	seen = nil
	act()
	return seen
}

func TestAnUnknownAddressTakesTheSameWork(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.add("ana")
		for _, mode := range []person.SignUpMode{person.ByInvitation, person.ByApproval, person.Open} {
			h.mode(mode)
			known := h.statements(func() { h.ask("ana@example.org") })
			unknown := h.statements(func() { h.ask("nobody@example.org") })
			// The letter that does not leave is taken back by a statement of its own.
			for _, list := range [][]string{known, unknown} {
				for i, sql := range list {
					list[i] = strings.Replace(sql, "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT", 1)
				}
			}
			if len(known) < 6 || fmt.Sprint(known) != fmt.Sprint(unknown) {
				t.Errorf("%s: known\n%s\nunknown\n%s", mode, strings.Join(known, "\n"), strings.Join(unknown, "\n"))
			}
			kinds := ""
			for _, l := range h.letters() {
				kinds += l.Kind + " " + l.To.Email + ";"
			}
			wanted := "sign_in ana@example.org;"
			if mode != person.ByInvitation {
				wanted += "sign_up nobody@example.org;"
			}
			if kinds != wanted {
				t.Errorf("%s: %s left, want %s", mode, kinds, wanted)
			}
		}
	})
}

// What the page shows of a request is the same too.
func TestAnUnknownAddressIsAnsweredAsAKnownOne(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.add("ana")
		for _, email := range []string{"ana@example.org", "nobody@example.org"} {
			browser := h.ask(email)
			if asked, err := h.AskedBy(h.ctx, browser); err != nil || asked != (person.Asked{Email: email, Next: "/groups"}) {
				t.Errorf("%+v, %v", asked, err)
			}
			_, err := h.EnterByCode(h.ctx, browser, "wrong", person.Browser{})
			wantField(t, err, "code", "person.wrong_code")
		}
	})
}

func TestMailsAskedForAreFewForOneMailboxAndManyForAHall(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.add("ana")
		ask := func(email, address string) error {
			_, err := h.AskByMail(h.ctx, person.Ask{Email: email, Address: address})
			return err
		}
		for _, email := range []string{"ana@example.org", "nobody@example.org"} {
			for i := range 5 {
				if err := ask(strings.ToUpper(email), fmt.Sprintf("192.0.2.%d", i)); err != nil {
					t.Fatal(err)
				}
			}
			want(t, ask(email, "192.0.2.200"), errs.TooMany, "person.too_many_mails")
			h.clock.pass(time.Hour)
			if err := ask(email, "192.0.2.200"); err != nil {
				t.Errorf("an hour later: %v", err)
			}
		}
		h.clock.pass(time.Hour)
		for i := range 300 {
			if err := ask(fmt.Sprintf("p%d@example.org", i), fmt.Sprintf("2001:db8:1:2::%x", i)); err != nil {
				t.Fatalf("the %dth of one hall: %v", i, err)
			}
		}
		want(t, ask("one@example.org", "2001:db8:1:2:ffff::1"), errs.TooMany, "person.too_many_mails")
		if err := ask("one@example.org", "2001:db8:1:3::1"); err != nil {
			t.Errorf("from next door: %v", err)
		}
	})
}

func TestAddressesThatAreNone(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		for bad, code := range map[string]string{"": "field.required", " ": "field.required", "ana": "field.email",
			"a\x00@example.org": "field.control_characters", "Ana <ana@example.org>": "field.email", strings.Repeat("a", 300) + "@example.org": "field.too_long"} {
			_, err := h.AskByMail(h.ctx, person.Ask{Email: bad})
			wantField(t, err, "email", code)
		}
		if box := h.letters(); len(box) != 0 {
			t.Errorf("letters %+v", box)
		}
	})
}

func TestALinkOfAnAddressThatMovedOnIsNoGood(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.add("ana")
		_, token, _ := h.asked("ana@example.org")
		h.exec("UPDATE people SET email = 'other@example.org' WHERE handle = 'ana'")
		h.exec("INSERT INTO people (handle, name, email, created_at) VALUES ('new', 'New', 'ana@example.org', 1)")
		_, err := h.EnterByLink(h.ctx, token, person.Browser{})
		want(t, err, errs.Gone, "person.link_gone")
	})
}

func TestWhatWasBegunAndNotFinishedIsDropped(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ana := h.add("ana")
		h.ask("ana@example.org")
		h.second(ana)
		if _, err := h.SignIn(h.ctx, "ana", secret, ""); err != nil {
			t.Fatal(err)
		}
		h.exec("INSERT INTO email_changes (person_id, new_email, created_at, expires_at) VALUES (?, 'x@example.org', 1, 1)", ana.ID)
		h.clock.pass(15 * 24 * time.Hour)
		if _, err := h.DropExpired(h.ctx); err != nil {
			t.Fatal(err)
		}
		for _, table := range []string{"mail_codes", "flows", "email_changes", "sessions"} {
			if n := h.number("SELECT COUNT(*) FROM " + table); n != 0 {
				t.Errorf("%d rows are left in %s", n, table)
			}
		}
	})
}
