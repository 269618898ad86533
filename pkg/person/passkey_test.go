package person_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/mail"
	"plenary/pkg/person"
	"plenary/pkg/store"
	"plenary/pkg/testkit/authenticator"
)

const address = "https://forum.example"

// desk is a house that is reached at an address, with the letters it sent.
type desk struct {
	*house
	letters *[]mail.Letter
}

// atDesk runs the test on each database.
func atDesk(t *testing.T, test func(t *testing.T, h desk)) {
	t.Helper()
	each(t, func(t *testing.T, h *house) {
		var letters []mail.Letter
		person.WithPost(func(_ *store.Tx, l mail.Letter) error {
			letters = append(letters, l)
			return nil
		})(h.People)
		h.Reached(mustParse(t, address))
		test(t, desk{h, &letters})
	})
}

func mustParse(t *testing.T, raw string) *url.URL {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// phone is a device on which the person has made a passkey.
func (h desk) phone(p person.Person) *authenticator.Device {
	h.t.Helper()
	d := authenticator.New(h.t, address)
	d.Counter = 1
	h.register(p, d)
	return d
}

func (h desk) register(p person.Person, d *authenticator.Device) person.Passkey {
	h.t.Helper()
	c, err := h.BeginPasskey(h.ctx, p.Actor(), "")
	if err != nil {
		h.t.Fatal(err)
	}
	made, err := h.AddPasskey(h.ctx, p.Actor(), 0, c.Secret, d.Make(c.Options), "A phone")
	if err != nil {
		h.t.Fatal(err)
	}
	return made
}

func (h desk) session(token string) person.Session {
	h.t.Helper()
	s, err := h.Session(h.ctx, token)
	if err != nil {
		h.t.Fatal(err)
	}
	return s
}

// tries to sign in with the device.
func (h desk) tries(d *authenticator.Device) (person.Entry, error) {
	h.t.Helper()
	c, err := h.BeginPasskeySignIn(h.ctx, "192.0.2.1", "")
	if err != nil {
		h.t.Fatal(err)
	}
	return h.SignInByPasskey(h.ctx, c.Secret, d.Sign(c.Options), "a browser")
}

func TestAPasskeySignsInWithoutASecondFactor(t *testing.T) {
	atDesk(t, func(t *testing.T, h desk) {
		ana := h.add("ana")
		d := h.phone(ana)
		h.exec("UPDATE people SET totp_secret = 'x', totp_since = 1 WHERE id = ?", ana.ID)
		h.clock.pass(time.Hour)
		for range 2 {
			in, err := h.tries(d)
			if err != nil || in.Second != "" || in.Person.ID != ana.ID {
				t.Fatalf("%+v, %v", in, err)
			}
			s, err := h.Session(h.ctx, in.Session)
			if err != nil || s.Person.ID != ana.ID || s.Method != person.ByPasskey {
				t.Fatalf("%+v, %v", s, err)
			}
		}
		list, err := h.Passkeys(h.ctx, ana.Actor())
		if err != nil || len(list) != 1 || list[0].Name != "A phone" || list[0].LastUsedAt == nil || !list[0].LastUsedAt.Equal(h.clock.now()) || list[0].Copied || list[0].Synced {
			t.Errorf("%+v, %v", list, err)
		}
	})
}

func TestTheOwnerIsToldOfANewPasskey(t *testing.T) {
	atDesk(t, func(t *testing.T, h desk) {
		ana := h.add("ana")
		h.phone(ana)
		if len(*h.letters) != 1 {
			t.Fatalf("%d letters", len(*h.letters))
		}
		l := (*h.letters)[0]
		if l.Kind != "passkey_added" || l.To.Email != ana.Email || l.Person != ana.ID || l.Args["Passkey"] != "A phone" || l.Args["Path"] != "/account/passkeys" {
			t.Errorf("%+v", l)
		}
		silent, err := h.Add(h.ctx, access.System(), person.NewPerson{Name: "Without", Handle: "without"})
		if err != nil {
			t.Fatal(err)
		}
		h.phone(silent)
		if len(*h.letters) != 1 {
			t.Error("somebody without an address was written to")
		}
	})
}

func TestTheQuestionAsksForAKeyThatChecksThePersonAndTellsNothingOfThem(t *testing.T) {
	atDesk(t, func(t *testing.T, h desk) {
		ana := h.add("ana")
		d := h.phone(ana)
		c, err := h.BeginPasskey(h.ctx, ana.Actor(), "")
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{`"rp":{"name":"Plenary","id":"forum.example"}`, `"residentKey":"required"`, `"userVerification":"required"`,
			`"attestation":"none"`, `"excludeCredentials":[{`, fmt.Sprintf(`"id":%q`, base64.RawURLEncoding.EncodeToString(binary.BigEndian.AppendUint64(nil, uint64(ana.ID))))} {
			if !strings.Contains(string(c.Options), want) {
				t.Errorf("no %s in %s", want, c.Options)
			}
		}
		in, err := h.BeginPasskeySignIn(h.ctx, "192.0.2.1", "")
		if err != nil {
			t.Fatal(err)
		}
		if got := string(in.Options); !strings.Contains(got, `"userVerification":"required"`) || strings.Contains(got, "allowCredentials") {
			t.Error(got)
		}
		if handle := d.Sign(in.Options); bytes.Contains(handle, []byte("ana")) {
			t.Error("the device hands out a name")
		}
	})
}

// lies are answers that are not what was asked for, each with what it is told.
var lies = []struct {
	name string
	lie  func(*authenticator.Device)
	kind errs.Kind
	code string
}{
	{"from another site", func(d *authenticator.Device) { d.Origin = "https://forum.example.net" }, errs.Forbidden, "passkey.other_site"},
	{"from another scheme", func(d *authenticator.Device) { d.Origin = "http://forum.example" }, errs.Forbidden, "passkey.other_site"},
	{"from another port", func(d *authenticator.Device) { d.Origin = "https://forum.example:8443" }, errs.Forbidden, "passkey.other_site"},
	{"for another host", func(d *authenticator.Device) { d.Host = "example" }, errs.Forbidden, "passkey.other_site"},
	{"without checking the person", func(d *authenticator.Device) { d.Unverified = true }, errs.Forbidden, "passkey.not_verified"},
	{"without anybody there", func(d *authenticator.Device) { d.Absent = true }, errs.Unauthenticated, "passkey.refused"},
}

func TestAnAnswerGivenOtherwiseSignsNobodyIn(t *testing.T) {
	atDesk(t, func(t *testing.T, h desk) {
		d := h.phone(h.add("ana"))
		for _, c := range lies {
			liar := d.Copy()
			liar.Counter += 5
			c.lie(liar)
			in, err := h.tries(liar)
			want(t, err, c.kind, c.code)
			if in.Session != "" || in.Second != "" {
				t.Errorf("%s: %+v", c.name, in)
			}
		}
		if _, err := h.tries(d); err != nil {
			t.Errorf("and the true one: %v", err)
		}
	})
}

func TestAnAnswerGivenOtherwiseMakesNoPasskey(t *testing.T) {
	atDesk(t, func(t *testing.T, h desk) {
		ana := h.add("ana")
		for _, c := range lies {
			d := authenticator.New(t, address)
			c.lie(d)
			begun, err := h.BeginPasskey(h.ctx, ana.Actor(), "")
			if err != nil {
				t.Fatal(err)
			}
			_, err = h.AddPasskey(h.ctx, ana.Actor(), 0, begun.Secret, d.Make(begun.Options), "x")
			want(t, err, c.kind, c.code)
		}
		if has, err := h.HasPasskey(h.ctx, ana.Actor()); err != nil || has {
			t.Errorf("%v, %v", has, err)
		}
		h.register(ana, authenticator.New(t, address))
		if has, err := h.HasPasskey(h.ctx, ana.Actor()); err != nil || !has {
			t.Errorf("%v, %v", has, err)
		}
	})
}

func TestAnAnswerCountsOnceAndInTime(t *testing.T) {
	atDesk(t, func(t *testing.T, h desk) {
		ana := h.add("ana")
		d := h.phone(ana)
		c, err := h.BeginPasskeySignIn(h.ctx, "192.0.2.1", "")
		if err != nil {
			t.Fatal(err)
		}
		answer := d.Sign(c.Options)
		if _, err := h.SignInByPasskey(h.ctx, c.Secret, answer, ""); err != nil {
			t.Fatal(err)
		}
		_, err = h.SignInByPasskey(h.ctx, c.Secret, answer, "")
		want(t, err, errs.Gone, "passkey.late")

		fresh, err := h.BeginPasskeySignIn(h.ctx, "192.0.2.1", "")
		if err != nil {
			t.Fatal(err)
		}
		_, err = h.SignInByPasskey(h.ctx, fresh.Secret, answer, "") // to the challenge before
		want(t, err, errs.Gone, "passkey.late")

		slow, err := h.BeginPasskeySignIn(h.ctx, "192.0.2.1", "")
		if err != nil {
			t.Fatal(err)
		}
		h.clock.pass(person.CeremonyLife)
		_, err = h.SignInByPasskey(h.ctx, slow.Secret, d.Sign(slow.Options), "")
		want(t, err, errs.Gone, "passkey.late")

		for _, secret := range []string{"", "x", strings.Repeat("A", 43)} {
			_, err = h.SignInByPasskey(h.ctx, secret, answer, "")
			want(t, err, errs.Gone, "passkey.late")
		}
	})
}

func TestAFailedAnswerSpendsItsChallenge(t *testing.T) {
	atDesk(t, func(t *testing.T, h desk) {
		d := h.phone(h.add("ana"))
		c, err := h.BeginPasskeySignIn(h.ctx, "192.0.2.1", "")
		if err != nil {
			t.Fatal(err)
		}
		liar := d.Copy()
		liar.Unverified = true
		_, err = h.SignInByPasskey(h.ctx, c.Secret, liar.Sign(c.Options), "")
		want(t, err, errs.Forbidden, "passkey.not_verified")
		_, err = h.SignInByPasskey(h.ctx, c.Secret, d.Sign(c.Options), "")
		want(t, err, errs.Gone, "passkey.late")
	})
}

func TestAChallengeIsGoodForWhatAndForWhomItWasMade(t *testing.T) {
	atDesk(t, func(t *testing.T, h desk) {
		ana, ben := h.add("ana"), h.add("ben")
		d := h.phone(ana)
		begun, err := h.BeginPasskey(h.ctx, ben.Actor(), "")
		if err != nil {
			t.Fatal(err)
		}
		_, err = h.AddPasskey(h.ctx, ana.Actor(), 0, begun.Secret, d.Make(begun.Options), "x")
		want(t, err, errs.Gone, "passkey.late")

		d = h.phone(ana)
		proof, err := h.BeginPasskeyProof(h.ctx, ana.Actor(), "")
		if err != nil {
			t.Fatal(err)
		}
		_, err = h.SignInByPasskey(h.ctx, proof.Secret, d.Sign(proof.Options), "")
		want(t, err, errs.Gone, "passkey.late")
		in, err := h.BeginPasskeySignIn(h.ctx, "192.0.2.1", "")
		if err != nil {
			t.Fatal(err)
		}
		token := h.signIn("ana")
		_, err = h.ProveByPasskey(h.ctx, h.session(token), token, in.Secret, d.Sign(in.Options))
		want(t, err, errs.Gone, "passkey.late")
	})
}

func TestOnlyOnesOwnPasskeyProvesWhoOneIs(t *testing.T) {
	atDesk(t, func(t *testing.T, h desk) {
		ana, ben := h.add("ana"), h.add("ben")
		anas, bens := h.phone(ana), h.phone(ben)
		begin := func(p person.Person) person.Ceremony {
			t.Helper()
			c, err := h.BeginPasskeyProof(h.ctx, p.Actor(), "")
			if err != nil {
				t.Fatal(err)
			}
			return c
		}
		token := h.signIn("ana")
		h.clock.pass(time.Hour)
		c := begin(ana)
		_, err := h.ProveByPasskey(h.ctx, h.session(token), token, c.Secret, bens.Sign(c.Options))
		want(t, err, errs.Unauthenticated, "passkey.unknown")
		c = begin(ben)
		_, err = h.ProveByPasskey(h.ctx, h.session(token), token, c.Secret, anas.Sign(c.Options))
		want(t, err, errs.Gone, "passkey.late")
		want(t, person.CheckRecent(h.session(token), h.clock.now()), errs.Unauthenticated, "person.prove_again")
		c = begin(ana)
		fresh, err := h.ProveByPasskey(h.ctx, h.session(token), token, c.Secret, anas.Sign(c.Options))
		if err != nil {
			t.Fatal(err)
		}
		if s := h.session(fresh); s.Method != person.ByPasskey || person.CheckRecent(s, h.clock.now()) != nil {
			t.Errorf("%+v", s)
		}
		if _, err := h.Session(h.ctx, token); err == nil {
			t.Error("the session's old secret still opens it")
		}
		cleo := h.add("cleo")
		_, err = h.BeginPasskeyProof(h.ctx, cleo.Actor(), "")
		want(t, err, errs.Conflict, "passkey.none")
	})
}

func TestAPasskeyThatIsUsedInTwoPlacesIsRefusedForGood(t *testing.T) {
	atDesk(t, func(t *testing.T, h desk) {
		ana := h.add("ana")
		d := h.phone(ana)
		stolen := d.Copy()
		for range 3 {
			if _, err := h.tries(d); err != nil {
				t.Fatal(err)
			}
		}
		_, err := h.tries(stolen)
		want(t, err, errs.Forbidden, "passkey.copied")
		_, err = h.tries(d)
		want(t, err, errs.Forbidden, "passkey.copied")
		list, err := h.Passkeys(h.ctx, ana.Actor())
		if err != nil || len(list) != 1 || !list[0].Copied {
			t.Errorf("%+v, %v", list, err)
		}
		if _, err := h.tries(h.phone(ana)); err != nil {
			t.Errorf("another passkey of hers: %v", err)
		}
	})
}

func TestADeviceThatDoesNotCountIsNoCopy(t *testing.T) {
	atDesk(t, func(t *testing.T, h desk) {
		d := authenticator.New(t, address)
		d.Synced = true
		if made := h.register(h.add("ana"), d); !made.Synced {
			t.Errorf("%+v", made)
		}
		for range 3 {
			if _, err := h.tries(d.Copy()); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestOfTwoAnswersAtOnceWithTheSameCountOneIsRefused(t *testing.T) {
	atDesk(t, func(t *testing.T, h desk) {
		d := h.phone(h.add("ana"))
		var wg sync.WaitGroup
		var mu sync.Mutex
		good := 0
		for range 4 {
			twin := d.Copy()
			wg.Go(func() {
				if in, err := h.tries(twin); err == nil && in.Session != "" {
					mu.Lock()
					good++
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		if good != 1 {
			t.Errorf("%d signed in; want 1", good)
		}
	})
}

func TestAnUnknownOrDamagedAnswerIsRefused(t *testing.T) {
	atDesk(t, func(t *testing.T, h desk) {
		ana := h.add("ana")
		d := h.phone(ana)
		list, err := h.Passkeys(h.ctx, ana.Actor())
		if err != nil {
			t.Fatal(err)
		}
		if err := h.RemovePasskey(h.ctx, ana.Actor(), 0, list[0].ID); err != nil {
			t.Fatal(err)
		}
		_, err = h.tries(d)
		want(t, err, errs.Unauthenticated, "passkey.unknown")
		for _, answer := range []string{"", "{}", "null", `{"id":"x"}`, `"\ud800"`, strings.Repeat("[", 50), `{"id":"AA","rawId":"AA","type":"public-key","response":{}}`} {
			c, err := h.BeginPasskeySignIn(h.ctx, "192.0.2.1", "")
			if err != nil {
				t.Fatal(err)
			}
			_, err = h.SignInByPasskey(h.ctx, c.Secret, []byte(answer), "")
			want(t, err, errs.Invalid, "passkey.unreadable")
			begun, err := h.BeginPasskey(h.ctx, ana.Actor(), "")
			if err != nil {
				t.Fatal(err)
			}
			_, err = h.AddPasskey(h.ctx, ana.Actor(), 0, begun.Secret, []byte(answer), "x")
			want(t, err, errs.Invalid, "passkey.unreadable")
		}
	})
}

func TestASignatureByAnotherKeyIsRefused(t *testing.T) {
	atDesk(t, func(t *testing.T, h desk) {
		d := h.phone(h.add("ana"))
		c, err := h.BeginPasskeySignIn(h.ctx, "192.0.2.1", "")
		if err != nil {
			t.Fatal(err)
		}
		answer := d.Sign(c.Options)
		at := bytes.Index(answer, []byte(`"signature":"`)) + len(`"signature":"`) + 20
		if answer[at] == 'A' {
			answer[at] = 'B'
		} else {
			answer[at] = 'A'
		}
		_, err = h.SignInByPasskey(h.ctx, c.Secret, answer, "")
		want(t, err, errs.Unauthenticated, "passkey.refused")
	})
}

func TestAPasskeyDoesNotOpenAClosedAccount(t *testing.T) {
	for name, c := range map[string]struct {
		sql  string
		kind errs.Kind
		code string
	}{
		"disabled": {"UPDATE people SET disabled_at = 1, disabled_reason = 'spam' WHERE id = ?", errs.Forbidden, "person.disabled"},
		"waiting":  {"UPDATE people SET waiting_since = 1 WHERE id = ?", errs.Forbidden, "person.waiting"},
		"erased":   {"UPDATE people SET erased_at = 1 WHERE id = ?", errs.Unauthenticated, "person.session_ended"},
	} {
		t.Run(name, func(t *testing.T) {
			atDesk(t, func(t *testing.T, h desk) {
				ana := h.add("ana")
				d := h.phone(ana)
				begun, err := h.BeginPasskey(h.ctx, ana.Actor(), "")
				if err != nil {
					t.Fatal(err)
				}
				h.exec(c.sql, ana.ID)
				_, err = h.tries(d)
				want(t, err, c.kind, c.code)
				_, err = h.AddPasskey(h.ctx, ana.Actor(), 0, begun.Secret, d.Make(begun.Options), "x")
				want(t, err, c.kind, c.code)
			})
		})
	}
}

func TestNobodyHasMoreThanTwentyPasskeys(t *testing.T) {
	atDesk(t, func(t *testing.T, h desk) {
		ana := h.add("ana")
		late, err := h.BeginPasskey(h.ctx, ana.Actor(), "")
		if err != nil {
			t.Fatal(err)
		}
		for range 20 {
			h.phone(ana)
		}
		_, err = h.BeginPasskey(h.ctx, ana.Actor(), "")
		want(t, err, errs.Conflict, "passkey.too_many")
		_, err = h.AddPasskey(h.ctx, ana.Actor(), 0, late.Secret, authenticator.New(t, address).Make(late.Options), "x")
		want(t, err, errs.Conflict, "passkey.too_many")
		if list, err := h.Passkeys(h.ctx, ana.Actor()); err != nil || len(list) != 20 {
			t.Errorf("%d, %v", len(list), err)
		}
	})
}

func TestAPasskeyBelongsToOnePerson(t *testing.T) {
	atDesk(t, func(t *testing.T, h desk) {
		ana, ben := h.add("ana"), h.add("ben")
		d := h.phone(ana)
		list, err := h.Passkeys(h.ctx, ana.Actor())
		if err != nil {
			t.Fatal(err)
		}
		want(t, h.RemovePasskey(h.ctx, ben.Actor(), 0, list[0].ID), errs.NotFound, "error.not_found")
		want(t, h.RenamePasskey(h.ctx, ben.Actor(), list[0].ID, "Mine"), errs.NotFound, "error.not_found")
		want(t, h.RemovePasskey(h.ctx, access.Visitor(), 0, list[0].ID), errs.Unauthenticated, "access.sign_in")
		want(t, h.RenamePasskey(h.ctx, access.Visitor(), list[0].ID, "Mine"), errs.Unauthenticated, "access.sign_in")
		if others, err := h.Passkeys(h.ctx, ben.Actor()); err != nil || len(others) != 0 {
			t.Errorf("%v, %v", others, err)
		}
		h.exec("UPDATE passkeys SET person_id = ? WHERE person_id = ?", ben.ID, ana.ID)
		_, err = h.tries(d) // it still tells the account it was made for
		want(t, err, errs.Unauthenticated, "passkey.refused")
	})
}

func TestAPasskeyIsRenamed(t *testing.T) {
	atDesk(t, func(t *testing.T, h desk) {
		ana := h.add("ana")
		made := h.register(ana, authenticator.New(t, address))
		if err := h.RenamePasskey(h.ctx, ana.Actor(), made.ID, "  The red phone "); err != nil {
			t.Fatal(err)
		}
		if list, err := h.Passkeys(h.ctx, ana.Actor()); err != nil || list[0].Name != "The red phone" {
			t.Errorf("%v, %v", list, err)
		}
		for name, code := range map[string]string{" ": "field.required", strings.Repeat("ä", 101): "field.too_long", "a\u202eb": "field.control_characters"} {
			wantField(t, h.RenamePasskey(h.ctx, ana.Actor(), made.ID, name), "name", code)
		}
	})
}

func TestTheLastWayIntoAnAccountStays(t *testing.T) {
	atDesk(t, func(t *testing.T, h desk) {
		ana := h.unproved("ana")
		h.exec("UPDATE people SET password_hash = '' WHERE id = ?", ana.ID)
		one := h.register(ana, authenticator.New(t, address))
		want(t, h.RemovePasskey(h.ctx, ana.Actor(), 0, one.ID), errs.Conflict, "passkey.last_way")

		two := h.register(ana, authenticator.New(t, address))
		if err := h.RemovePasskey(h.ctx, ana.Actor(), 0, one.ID); err != nil {
			t.Errorf("one of two: %v", err)
		}
		h.exec("UPDATE people SET email_confirmed_at = 1 WHERE id = ?", ana.ID)
		if err := h.RemovePasskey(h.ctx, ana.Actor(), 0, two.ID); err != nil {
			t.Errorf("mail gets her in: %v", err)
		}
	})
}

func TestACopiedPasskeyIsNoWayIn(t *testing.T) {
	atDesk(t, func(t *testing.T, h desk) {
		ana := h.unproved("ana")
		h.exec("UPDATE people SET password_hash = '' WHERE id = ?", ana.ID)
		d := h.phone(ana)
		copied, err := h.Passkeys(h.ctx, ana.Actor())
		if err != nil {
			t.Fatal(err)
		}
		stolen := d.Copy()
		if _, err := h.tries(d); err != nil {
			t.Fatal(err)
		}
		_, _ = h.tries(stolen)
		good := h.register(ana, authenticator.New(t, address))
		want(t, h.RemovePasskey(h.ctx, ana.Actor(), 0, good.ID), errs.Conflict, "passkey.last_way")
		if err := h.RemovePasskey(h.ctx, ana.Actor(), 0, copied[0].ID); err != nil {
			t.Errorf("the copied one: %v", err)
		}
	})
}

func TestTwoOfTwoRemovedAtOnceLeaveOne(t *testing.T) {
	atDesk(t, func(t *testing.T, h desk) {
		ana := h.unproved("ana")
		h.exec("UPDATE people SET password_hash = '' WHERE id = ?", ana.ID)
		var wg sync.WaitGroup
		for _, k := range []person.Passkey{h.register(ana, authenticator.New(t, address)), h.register(ana, authenticator.New(t, address))} {
			wg.Go(func() { _ = h.RemovePasskey(h.ctx, ana.Actor(), 0, k.ID) })
		}
		wg.Wait()
		if n := h.number("SELECT COUNT(*) FROM passkeys WHERE person_id = ?", ana.ID); n != 1 {
			t.Errorf("%d passkeys; want 1", n)
		}
	})
}

func TestWhereTheForumHasNoNameThereAreNoPasskeys(t *testing.T) {
	atDesk(t, func(t *testing.T, h desk) {
		ana := h.add("ana")
		for raw, works := range map[string]bool{"http://localhost:8080": true, "https://Forum.Example": true, "http://127.0.0.1:8080": false, "http://[::1]:8080": false} {
			h.Reached(mustParse(t, raw))
			if h.PasskeysWork() != works {
				t.Errorf("%s: %v", raw, !works)
			}
			_, err := h.BeginPasskeySignIn(h.ctx, "192.0.2.1", "")
			if works && err != nil {
				t.Errorf("%s: %v", raw, err)
			}
			if !works {
				want(t, err, errs.Conflict, "passkey.no_host")
				_, err = h.BeginPasskey(h.ctx, ana.Actor(), "")
				want(t, err, errs.Conflict, "passkey.no_host")
			}
		}
	})
}

func TestABrowserKeepsOneChallengeAndOldOnesAreSwept(t *testing.T) {
	atDesk(t, func(t *testing.T, h desk) {
		secret := ""
		for range 5 {
			c, err := h.BeginPasskeySignIn(h.ctx, "192.0.2.1", secret)
			if err != nil {
				t.Fatal(err)
			}
			secret = c.Secret
		}
		if n := h.number("SELECT COUNT(*) FROM flows"); n != 1 {
			t.Errorf("%d challenges; want 1", n)
		}
		h.clock.pass(person.CeremonyLife)
		if n, err := h.DropExpired(h.ctx); err != nil || n != 1 {
			t.Errorf("%d, %v", n, err)
		}
	})
}

func TestAWholeHallMayOpenTheSignInPageButNotFillTheDisk(t *testing.T) {
	atDesk(t, func(t *testing.T, h desk) {
		h.SpendChallenges("192.0.2.1", 2999)
		if _, err := h.BeginPasskeySignIn(h.ctx, "192.0.2.1", ""); err != nil {
			t.Fatal(err)
		}
		_, err := h.BeginPasskeySignIn(h.ctx, "192.0.2.1", "")
		want(t, err, errs.TooMany, "passkey.too_many_questions")
		if _, err := h.BeginPasskeySignIn(h.ctx, "192.0.2.2", ""); err != nil {
			t.Errorf("another address: %v", err)
		}
		h.clock.pass(10 * time.Minute)
		if _, err := h.BeginPasskeySignIn(h.ctx, "192.0.2.1", ""); err != nil {
			t.Errorf("later: %v", err)
		}
	})
}
