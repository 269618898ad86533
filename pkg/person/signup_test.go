package person_test

import (
	"strings"
	"testing"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/page"
	"plenary/pkg/person"
)

// signUp goes as far as the form for the account, and gives its flow.
func (h *house) signUp(email string) string {
	h.t.Helper()
	browser := h.ask(email)
	in, err := h.EnterByCode(h.ctx, browser, h.letter("sign_up").Args["Code"], person.Browser{})
	if err != nil || in.SignUp == "" || in.Session != "" {
		h.t.Fatalf("%+v, %v", in, err)
	}
	return in.SignUp
}

func TestAnOpenForumTakesNewcomersByTheirAddress(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.mode(person.Open)
		flow := h.signUp("dora@example.org")
		if email, err := h.SigningUp(h.ctx, flow); err != nil || email != "dora@example.org" {
			t.Fatal(email, err)
		}
		_, err := h.SignUp(h.ctx, flow, person.NewAccount{Password: "short"})
		wantField(t, err, "name", "field.required")
		wantField(t, err, "password", "person.password_short")
		in, err := h.SignUp(h.ctx, flow, person.NewAccount{Name: "Dora Diaz", Affiliation: "Mill"})
		if err != nil || in.Session == "" || in.Next != "/groups" {
			t.Fatalf("%+v, %v", in, err)
		}
		if who := in.Person; who.Handle != "dora-diaz" || !who.EmailConfirmed || who.HasPassword || who.Waiting || who.Administrator {
			t.Errorf("%+v", who)
		}
		_, err = h.SignUp(h.ctx, flow, person.NewAccount{Name: "Twice"})
		want(t, err, errs.Gone, "person.start_over")
	})
}

func TestAFlowOfSignUpRunsOutAndIsNobodyElses(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.mode(person.Open)
		flow := h.signUp("dora@example.org")
		for _, bad := range []string{"", flow[1:], strings.Repeat("A", 43)} {
			_, err := h.SigningUp(h.ctx, bad)
			want(t, err, errs.Gone, "person.start_over")
			_, err = h.EnterSecond(h.ctx, flow, "123456") // a flow of another kind
			want(t, err, errs.Gone, "person.start_over")
		}
		h.clock.pass(person.SignUpLife)
		_, err := h.SignUp(h.ctx, flow, person.NewAccount{Name: "Dora"})
		want(t, err, errs.Gone, "person.start_over")
	})
}

func TestWhoGotAnAccountMeanwhileIsLetInByTheOldLink(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.mode(person.Open)
		browser := h.ask("ana@example.org")
		code := h.letter("sign_up").Args["Code"]
		flow := ""
		ana := h.add("ana")
		in, err := h.EnterByCode(h.ctx, browser, code, person.Browser{})
		if err != nil || in.SignUp != flow || in.Person.ID != ana.ID || in.Session == "" {
			t.Errorf("%+v, %v", in, err)
		}
	})
}

func TestNobodySignsUpAfterTheForumHasClosed(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.mode(person.Open)
		flow := h.signUp("dora@example.org")
		h.mode(person.ByInvitation)
		_, err := h.SignUp(h.ctx, flow, person.NewAccount{Name: "Dora"})
		want(t, err, errs.Forbidden, "person.sign_up_closed")
		if n := h.number("SELECT COUNT(*) FROM people"); n != 0 {
			t.Errorf("%d accounts", n)
		}
	})
}

func TestAnAccountByApprovalWaitsAndIsDecidedAbout(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ana := h.add("ana")
		err := h.SetSignUpRules(h.ctx, access.System(), person.SignUpRules{Mode: person.ByApproval, Question: " Who knows you? "})
		if err != nil {
			t.Fatal(err)
		}
		apply := func(name string) int64 {
			flow := h.signUp(name + "@example.org")
			_, err := h.SignUp(h.ctx, flow, person.NewAccount{Name: name, Password: secret})
			wantField(t, err, "answer", "field.required")
			_, err = h.SignUp(h.ctx, flow, person.NewAccount{Name: name, Password: secret, Answer: "Ben does."})
			want(t, err, errs.Forbidden, "person.waiting")
			return h.number("SELECT id FROM people WHERE handle = ?", name)
		}
		dora, eve := apply("dora"), apply("eve")
		_, err = h.SignIn(h.ctx, "dora", secret, "")
		want(t, err, errs.Forbidden, "person.waiting")
		_, err = h.ByHandle(h.ctx, "dora")
		want(t, err, errs.NotFound, "error.not_found")
		_, err = h.OpenSession(h.ctx, dora, "")
		want(t, err, errs.Unauthenticated, "person.session_ended")

		_, err = h.Newcomers(h.ctx, ana.Actor(), page.Page{})
		want(t, err, errs.Forbidden, "access.needs_administrator")
		want(t, h.Approve(h.ctx, ana.Actor(), dora), errs.Forbidden, "access.needs_administrator")
		want(t, h.Decline(h.ctx, access.Visitor(), dora, ""), errs.Unauthenticated, "access.sign_in")
		want(t, h.Approve(h.ctx, access.System(), ana.ID), errs.NotFound, "error.not_found")
		want(t, h.Decline(h.ctx, access.System(), ana.ID, ""), errs.NotFound, "error.not_found")
		list, err := h.Newcomers(h.ctx, access.System(), page.Page{Limit: 1})
		if err != nil || len(list.Items) != 1 || list.Next == "" || list.Items[0].Person.Handle != "dora" || list.Items[0].Answer != "Ben does." {
			t.Fatalf("%+v, %v", list, err)
		}

		if err := h.Approve(h.ctx, access.System(), dora); err != nil {
			t.Fatal(err)
		}
		if l := h.letter("sign_up_approved"); l.To.Email != "dora@example.org" || l.Args["Path"] != "/signin" {
			t.Errorf("%+v", l)
		}
		h.signIn("dora")
		want(t, h.Approve(h.ctx, access.System(), dora), errs.NotFound, "error.not_found")
		wantField(t, h.Decline(h.ctx, access.System(), eve, strings.Repeat("x", 1001)), "note", "field.too_many_bytes")
		if err := h.Decline(h.ctx, access.System(), eve, "Nobody knows you."); err != nil {
			t.Fatal(err)
		}
		if l := h.letter("sign_up_declined"); l.To.Email != "eve@example.org" || l.Person != 0 || l.Args["Note"] != "Nobody knows you." {
			t.Errorf("%+v", l)
		}
		if n := h.number("SELECT COUNT(*) FROM people WHERE id = ?", eve); n != 0 {
			t.Error("the declined account is still there")
		}
		list, err = h.Newcomers(h.ctx, access.System(), page.Page{})
		if err != nil || len(list.Items) != 0 {
			t.Errorf("%+v, %v", list, err)
		}
	})
}

func TestRulesOfSignUp(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ana := h.add("ana")
		if rules, err := h.SignUpRules(h.ctx); err != nil || rules != (person.SignUpRules{Mode: person.ByInvitation}) {
			t.Errorf("at first: %+v, %v", rules, err)
		}
		want(t, h.SetSignUpRules(h.ctx, ana.Actor(), person.SignUpRules{Mode: person.Open}), errs.Forbidden, "access.needs_administrator")
		err := h.SetSignUpRules(h.ctx, access.System(), person.SignUpRules{Mode: "anybody", Question: "a\x00b"})
		wantField(t, err, "sign_up", "field.choose")
		wantField(t, err, "question", "field.control_characters")
		h.mode(person.Open)
		if rules, err := h.SignUpRules(h.ctx); err != nil || rules.Mode != person.Open {
			t.Errorf("%+v, %v", rules, err)
		}
	})
}

func TestAPersonWhoWasDisabledIsToldAfterTheProofOnly(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.add("ana")
		h.exec("UPDATE people SET disabled_at = 1, disabled_reason = 'Left.' WHERE handle = 'ana'")
		_, token, _ := h.asked("ana@example.org")
		_, err := h.EnterByLink(h.ctx, token, person.Browser{})
		want(t, err, errs.Forbidden, "person.disabled")
		_, err = h.SignIn(h.ctx, "ana", "wrong", "")
		want(t, err, errs.Unauthenticated, "person.wrong_password")
		h.clock.pass(time.Second)
	})
}
