package app_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"plenary/pkg/access"
	"plenary/pkg/group"
	"plenary/pkg/page"
	"plenary/pkg/person"
	"plenary/pkg/roster"
	"plenary/pkg/store"
	"plenary/pkg/testkit/browser"
)

// long is a name without a place to break it.
var long = strings.Repeat("Genossenschaftsverband", 3)

// peopleTheGroups adds what groups and their people have to show: titles,
// requests, invitations by mail and by link, somebody who was removed for good,
// guests, pictures, and providers to sign in through.
func (r *running) peopleTheGroups(by access.Actor) {
	r.t.Helper()
	must := func(err error) {
		r.t.Helper()
		if err != nil {
			r.t.Fatal(err)
		}
	}
	ctx := r.ctx
	_, err := r.Groups.Create(ctx, access.System(), group.NewGroup{Name: "Buying together", Handle: "buying", Parent: "lodestone", Visibility: access.Closed,
		Description: "Flour, lamps and paint. " + long, Joining: access.JoinOnRequest, JoinQuestion: "What would your house buy with us, and how much of it in a year?"})
	must(err)
	info, err := r.Blobs.Put(ctx, bytes.NewReader(picture(r.t)), 1<<20)
	must(err)
	_, err = r.Groups.Edit(ctx, access.System(), "buying", group.GroupEdit{Picture: &info.SHA256})
	must(err)
	_, err = r.People.SetPicture(ctx, by, info.SHA256)
	must(err)
	_, err = r.Groups.AddMember(ctx, access.System(), "buying", aModerator, access.Admin)
	must(err)
	for handle, name := range map[string]string{"pia": "Pia " + long, "quin": "Quin Adair", "rem": "Rem Oyelaran", "sol": "Sol Medina"} {
		who := r.person(handle, name, "The dairy of "+long, "lodestone", access.Member)
		switch handle {
		case "rem":
			must(r.Groups.Ban(ctx, by, "buying", handle, "Three orders were never paid. "+long))
		case "sol":
			_, err = r.Groups.AddMember(ctx, by, "buying", handle, access.Member)
			must(err)
			_, err = r.Groups.EditMember(ctx, access.System(), "buying", handle, group.MemberEdit{Title: new("Keeper of the common purse"), Delegate: new(true)})
			must(err)
		default:
			_, err = r.Groups.Ask(ctx, who, "buying", "Flour, a ton a month. "+long)
			must(err)
		}
	}
	_, err = r.Groups.EditMember(ctx, access.System(), "lodestone", aModerator, group.MemberEdit{Title: new("Treasurer")})
	must(err)
	entries, err := roster.Read("Uma Lindqvist <uma." + strings.ToLower(long)[:40] + "@example.org>\nvik@example.org")
	must(err)
	_, err = r.Groups.InviteByMail(ctx, by, "buying", group.Mailing{Entries: entries, Message: "Come and buy with us."})
	must(err)
	_, _, err = r.Groups.Invite(ctx, by, "buying", group.NewInvitation{})
	must(err)
	threads, err := r.Forum.Recent(ctx, by, 1)
	must(err)
	r.person("wen", "Wen Castellanos", "Guest house", "", access.NoRole)
	_, err = r.Forum.AddGuest(ctx, access.System(), threads[0].ID, "wen")
	must(err)
	_, err = r.Forum.InviteGuests(ctx, r.Groups, by, threads[0].ID, "xan@example.org", "For the evening.")
	must(err)
	r.sql("INSERT INTO providers (id, name, issuer, client_id, created_at) VALUES (1, 'Union of dairies', 'https://id.example.org/realms/union', 'forum', 1)")
	must(r.People.SetSignUpRules(ctx, access.System(), person.SignUpRules{Mode: person.ByApproval, Question: "Which house are you of?"}))
	r.token(by)
}

func (r *running) sql(statement string, args ...any) {
	r.t.Helper()
	if err := r.DB.Write(r.ctx, func(tx *store.Tx) error { return tx.Exec(statement, args...).Error }); err != nil {
		r.t.Fatal(err)
	}
}

// lastLink is the last link of the last letter to an address. A letter can be
// read once the queue has held it, a moment after its cause.
func (r *running) lastLink(address, part string) string {
	r.t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(40 * time.Second); time.Now().Before(end); <-tick.C {
		if link := r.linkNow(address, part); link != "" {
			return link
		}
	}
	r.t.Fatalf("no letter to %s leads to %s", address, part)
	return ""
}

// linkNow is the link of lastLink, and empty while no such letter can be read.
func (r *running) linkNow(address, part string) string {
	r.t.Helper()
	root := access.System()
	list, err := r.Notify.List(r.ctx, root, "", page.Page{Limit: 50})
	if err != nil {
		r.t.Fatal(err)
	}
	for _, m := range list.Items {
		if m.To.Email != address {
			continue
		}
		_, words, err := r.Notify.Show(r.ctx, root, m.ID)
		if err != nil {
			r.t.Fatal(err)
		}
		if words == nil {
			return "" // the newest is still on its way
		}
		for word := range strings.FieldsSeq(words.Text) {
			if strings.Contains(word, part) {
				return word
			}
		}
	}
	return ""
}

// Pages that no link leads to, as they follow a form or a letter, are as sound as
// the others.
func TestPagesThatFollowAFormAreSound(t *testing.T) {
	t.Parallel()
	f := start(t, settings{})
	f.group("coast", "Coast network", access.Public)
	f.person("root", "Rosa Ferri", "", "", "administrator")
	f.person("nia", "Nia Okafor", "Tin Roof Housing", "coast", access.Member)
	if err := f.People.SetSignUpRules(f.ctx, access.System(), person.SignUpRules{Mode: person.ByApproval, Question: "Which house are you of?"}); err != nil {
		t.Fatal(err)
	}
	t.Run("an account is asked for", func(t *testing.T) { f.with(t).asksForAnAccount() })
	t.Run("a second factor is set up and asked for", func(t *testing.T) { f.with(t).setsUpASecondFactor() })
	t.Run("an address is changed, after a proof", func(t *testing.T) { f.with(t).changesItsAddress() })
}

// with is the same forum for a part of the test.
func (r *running) with(t *testing.T) *running {
	return &running{Server: r.Server, t: t, ctx: r.ctx, URL: r.URL}
}

func (r *running) asksForAnAccount() {
	tab := browser.Person(r.t)
	tab.Size(1280, 900)
	tab.Open(r.URL + "/signup")
	p := plainly{tab, r.t.(*testing.T)}
	p.send("#signup-form", "Continue", "email", "pia@example.org")
	tab.Until(`location.pathname === "/signin/sent"`)
	r.sound(tab, "follows-sent")
	p.send("#code-form", "Continue", "code", "000000")
	tab.Until(`document.querySelector(".error-summary")`)
	r.sound(tab, "follows-wrong-code")
	tab.Open(r.lastLink("pia@example.org", "/signin/link/"))
	r.sound(tab, "follows-link")
	tab.Follow("#link-form button")
	tab.Until(`location.pathname === "/signup/details"`)
	r.sound(tab, "follows-details")
	p.send("#details-form", "Ask for the account", "name", "Pia Lund", "handle", "root", "answer", "The dairy.")
	tab.Until(`document.querySelector(".error-summary")`)
	r.sound(tab, "follows-details-again")
	p.send("#details-form", "Ask for the account", "handle", "pia")
	tab.Until(`location.pathname === "/signup/waiting"`)
	r.sound(tab, "follows-waiting")
	tab.Faultless()
	root := r.browse("root", "/admin/signup")
	root.Sees("Pia Lund")
	r.sound(root, "follows-newcomers")
}

func (r *running) setsUpASecondFactor() {
	nia := r.browse("nia", "/account/second-factor")
	nia.FollowText("main", "Set up an app")
	r.sound(nia, "follows-second-begun")
	code, err := totp.GenerateCode(browser.Eval[string](nia, `document.querySelector("code.key").innerText.replaceAll(/\s/g, "")`), r.Now())
	if err != nil {
		r.t.Fatal(err)
	}
	p := plainly{nia, r.t.(*testing.T)}
	p.send("#confirm-form", "Turn on", "code", "000000")
	nia.Until(`document.querySelector(".error-summary")`)
	r.sound(nia, "follows-second-wrong")
	p.send("#confirm-form", "Turn on", "code", code)
	nia.Sees("I have kept them")
	r.sound(nia, "follows-recovery-codes")
	nia.FollowText("main", "I have kept them")
	r.sound(nia, "follows-second-on")
	nia.Click(".account-menu > summary")
	nia.FollowText("header", "Sign out")
	nia.Open(r.URL + "/signin")
	p.send("#signin-form", "Sign in", "email", "nia@example.org", "password", password)
	nia.Until(`location.pathname === "/signin/second"`)
	r.sound(nia, "follows-second")
	nia.Faultless()
}

func (r *running) changesItsAddress() {
	root := r.browse("root", "/account/sign-in")
	r.sql("UPDATE sessions SET proved_at = 1")
	r.People.Forget(0)
	p := plainly{root, r.t.(*testing.T)}
	p.send(`form[action="/account/email"]`, "Send the letters", "email", "rosa@example.org")
	root.Sees("Is it still you?")
	r.sound(root, "follows-again")
	p.send(`main`, "Go on", "password", password)
	root.Until(`location.pathname === "/account/sign-in"`)
	r.sound(root, "follows-changing")
	root.Open(r.lastLink("rosa@example.org", "/account/email/"))
	r.sound(root, "follows-new-address")
	root.Faultless()
}
