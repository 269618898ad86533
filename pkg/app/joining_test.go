package app_test

import (
	"fmt"
	"strings"
	"testing"

	"plenary/pkg/access"
	"plenary/pkg/forum"
	"plenary/pkg/testkit/browser"
)

// joining is how somebody new comes into a network, with those who let her in.
type joining struct {
	*running
	t                *testing.T
	rosa, mona, mira *browser.Tab
	link             string // of Mira's invitation
	thread           string // in the secret group
	shots            int
}

// TestFromAnInvitationToASecretGroupAndOutOfIt is a network as a newcomer meets
// it, played in a real browser by three people with nothing in common but the
// forum. At each step the page has to be sound, wide and on a phone.
func TestFromAnInvitationToASecretGroupAndOutOfIt(t *testing.T) {
	j := &joining{running: start(t, settings{host: "localhost"}), t: t, rosa: browser.Person(t), mona: browser.Person(t), mira: browser.Person(t)}
	j.mira.OffersNothingInFields()
	j.mira.Device()
	for _, part := range []struct {
		name string
		play func()
	}{
		{"an administrator sets the forum up", j.setsUp},
		{"and makes groups within groups", j.makesGroups},
		{"she invites two people by mail", j.invites},
		{"a newcomer follows the letter and makes an account", j.comes},
		{"adds a passkey", j.addsAPasskey},
		{"and comes back with nothing else", j.comesBack},
		{"she asks to join a subgroup", j.asks},
		{"a moderator lets her in", j.isLetIn},
		{"she sees what is said in the secret group below", j.sees},
		{"and holds an office, which shows at once", j.holdsAnOffice},
		{"when she leaves, it is gone for her", j.leaves},
	} {
		if !t.Run(part.name, func(t *testing.T) { j.in(t); part.play() }) {
			return // what follows builds on it
		}
	}
}

// in lets faults be told by the part of the story that they are in.
func (j *joining) in(t *testing.T) {
	j.t, j.running = t, &running{Server: j.Server, t: t, ctx: j.ctx, URL: j.URL}
	for _, tab := range []**browser.Tab{&j.rosa, &j.mona, &j.mira} {
		*tab = (*tab).For(t)
	}
}

// looks demands that what somebody sees is sound.
func (j *joining) looks(tab *browser.Tab, name string) {
	j.t.Helper()
	j.shots++
	j.sound(tab, fmt.Sprintf("joining-%02d-%s", j.shots, name))
	tab.Faultless()
}

// sends fills in fields of a form, by name, and presses its button.
func (j *joining) sends(tab *browser.Tab, form, button string, fields ...string) {
	j.t.Helper()
	plainly{tab, j.t}.send(form, button, fields...)
}

func (j *joining) picks(tab *browser.Tab, selector string) {
	j.t.Helper()
	tab.Until(fmt.Sprintf("document.querySelector(%q)", selector))
	browser.Eval[bool](tab, fmt.Sprintf("(document.querySelector(%q).click(), true)", selector))
}

func (j *joining) setsUp() {
	token, _, err := j.People.SetUpToken(j.ctx)
	if err != nil {
		j.t.Fatal(err)
	}
	j.rosa.Size(1280, 900)
	j.rosa.Open(j.URL + "/setup/" + token)
	j.looks(j.rosa, "set-up")
	j.sends(j.rosa, "#setup-form", "Open the forum", "forum", "Harbour forum", "name", "Rosa Ferri", "handle", "rosa", "email", "rosa@example.org", "password", password)
	j.rosa.Sees("Harbour forum")
	j.looks(j.rosa, "first-page")
}

// makesGroups makes a network, a group within it that people ask to join, and a
// secret one within that, which takes in whoever is in the group above.
func (j *joining) makesGroups() {
	j.rosa.Open(j.URL + "/groups/new")
	j.picks(j.rosa, `[name=visibility][value=closed]`)
	j.sends(j.rosa, "#group-form", "Start this group", "name", "Coast network", "handle", "coast", "about", "Bakeries and dairies between the two capes.")
	j.rosa.Until(`location.pathname === "/g/coast"`)
	j.rosa.Open(j.URL + "/g/coast/subgroups/new")
	j.looks(j.rosa, "new-subgroup")
	j.picks(j.rosa, `[name=visibility][value=closed]`)
	j.sends(j.rosa, "#group-form", "Start this subgroup", "name", "Treasury", "handle", "treasury")
	j.rosa.Until(`location.pathname === "/g/treasury"`)
	j.rosa.Open(j.URL + "/g/treasury/edit")
	j.picks(j.rosa, `[name=joining][value=request]`)
	j.sends(j.rosa, `form[action$="/edit/entry"]`, "Save the changes", "join_question", "What have you counted before?")
	j.looks(j.rosa, "settings")
	j.rosa.Open(j.URL + "/g/treasury/subgroups/new")
	j.picks(j.rosa, `[name=visibility][value=secret]`)
	j.picks(j.rosa, `[name=inherits_members]`)
	j.sends(j.rosa, "#group-form", "Start this subgroup", "name", "Wages", "handle", "wages")
	j.rosa.Until(`location.pathname === "/g/wages"`)
	j.rosa.FollowText("main", "Start a discussion")
	j.sends(j.rosa, "#thread-form", "Start the discussion", "title", "What we pay ourselves", "body", "Each house brings its figures.")
	j.thread = strings.Join(strings.Split(browser.Eval[string](j.rosa, "location.pathname"), "/")[:3], "/")

	mona := j.person("mona", "Mona Reyes", "Salt Works", "coast", access.Member)
	if _, err := j.Groups.AddMember(j.ctx, access.System(), "treasury", "mona", access.Moderator); err != nil {
		j.t.Fatal(err)
	}
	if _, err := j.Forum.Post(j.ctx, mona, j.threadID(), forum.NewComment{Body: "Ours are here."}); err != nil {
		j.t.Fatal(err)
	}
	j.mona.Size(1280, 900)
	j.enter(j.mona, "mona", "/g/treasury")
}

func (j *joining) threadID() (id int64) {
	if _, err := fmt.Sscanf(j.thread, "/t/%d", &id); err != nil {
		j.t.Fatal(err)
	}
	return id
}

// invites sends letters; as there is no mail server, they stay to be read.
func (j *joining) invites() {
	j.rosa.Open(j.URL + "/g/coast/members")
	j.rosa.FollowText("main", "Invite people")
	const list = "Mira Kovač <mira@example.org>\nnobody at all\nmona@example.org\nben@example.org"
	j.sends(j.rosa, `form[action$="/invite"]`, "Send invitations", "addresses", list, "message", "Come and bake with us.")
	j.rosa.Sees("2 invitations are on their way")
	j.looks(j.rosa, "verdicts")
	if left := browser.Eval[string](j.rosa, `document.querySelector("#mail-addresses").value`); left != "nobody at all\nmona@example.org" {
		j.t.Errorf("what was not sent became %q", left)
	}
	j.rosa.Open(j.URL + "/admin/mail")
	j.looks(j.rosa, "letters")
	letter := browser.Eval[string](j.rosa, `[...document.querySelectorAll("main li")].find((li) => li.innerText.includes("mira@example.org")).querySelector("h3 a").getAttribute("href")`)
	j.rosa.Open(j.URL + letter)
	browser.Eval[bool](j.rosa, untilTried)
	j.rosa.Open(j.URL + letter)
	j.looks(j.rosa, "letter")
	j.link = browser.Eval[string](j.rosa, `[...document.querySelectorAll("main a")].map((a) => a.href).find((a) => a.includes("/join/"))`)
}

// untilTried asks for the page of a letter until its words are shown, which is
// once the job that would send it has found no server.
const untilTried = `(async () => {
	while (!(await (await fetch(location.href)).text()).includes("/join/")) await new Promise((next) => setTimeout(next, 50))
	return true
})()`

func (j *joining) comes() {
	j.mira.Size(1280, 900)
	j.mira.Open(j.link)
	j.looks(j.mira, "invited")
	if got := browser.Eval[string](j.mira, `document.querySelector("#join-form [name=email]").value`); got != "mira@example.org" {
		j.t.Errorf("the form was given the address %q", got)
	}
	j.sends(j.mira, "#join-form", "Make my account and join", "name", "Mira Kovač", "handle", "mira", "affiliation", "Seaside Bakery", "password", password)
	j.mira.Until(`location.pathname === "/g/coast"`)
	j.mira.Sees("you are a member")
	j.looks(j.mira, "member")
}

const passkeyButton = "[data-passkey]:not([hidden]) button:not([hidden])"

func (j *joining) addsAPasskey() {
	j.mira.Open(j.URL + "/")
	j.looks(j.mira, "offered")
	j.mira.FollowText(".passkey-offer", "Add a passkey")
	j.looks(j.mira, "no-passkey")
	j.mira.Follow(passkeyButton)
	j.mira.Sees("not used yet")
	j.looks(j.mira, "passkey")
}

// comesBack signs out, and in by passkey alone.
func (j *joining) comesBack() {
	j.mira.Click(".account-menu > summary")
	j.mira.FollowText("header", "Sign out")
	j.mira.Open(j.URL + "/g/treasury")
	j.mira.Open(j.URL + "/signin?next=/g/treasury")
	j.looks(j.mira, "sign-in")
	j.mira.Follow(passkeyButton)
	j.mira.Until(`location.pathname === "/g/treasury"`)
}

func (j *joining) asks() {
	j.looks(j.mira, "from-outside")
	j.mira.FollowText("main", "Ask to join")
	j.looks(j.mira, "question")
	j.sends(j.mira, `form[action$="/ask"]`, "Ask to join", "answer", "Loaves, for eleven years.")
	j.mira.Sees("Loaves, for eleven years.")
	j.looks(j.mira, "asked")
	for _, path := range []string{"/g/wages", j.thread} {
		j.isGone(path)
	}
}

// isGone demands that nothing is known to Mira at an address.
func (j *joining) isGone(path string) {
	j.t.Helper()
	status := browser.Eval[int](j.mira, fmt.Sprintf("fetch(%q).then((a) => a.status)", path))
	page := browser.Eval[string](j.mira, fmt.Sprintf("fetch(%q).then((a) => a.text())", path))
	if status != 404 || strings.Contains(page, "Wages") || strings.Contains(page, "What we pay ourselves") {
		j.t.Errorf("%s answers her with %d", path, status)
	}
}

func (j *joining) isLetIn() {
	j.mona.Open(j.URL + "/g/treasury/members")
	j.mona.Sees("Loaves, for eleven years.")
	j.looks(j.mona, "request")
	j.sends(j.mona, "#requests form", "Approve", "note", "Welcome. We meet on Mondays.")
	j.mona.Until(`!document.querySelector("#requests") && document.querySelector(".members").innerText.includes("Mira Kovač")`)
	j.looks(j.mona, "members")
	j.mira.Open(j.URL + "/g/treasury")
	j.mira.Sees("you are a member")
	j.looks(j.mira, "inside")
}

func (j *joining) sees() {
	j.mira.Open(j.URL + "/g/wages")
	j.mira.FollowText("main", "What we pay ourselves")
	j.mira.Sees("Ours are here.")
	j.mira.Until(`document.querySelector("#live-state").innerText === "Live"`)
	j.writes(j.mira, "Ours come to a loaf an hour.")
	j.looks(j.mira, "thread")
}

// writes posts a comment in the open thread.
func (j *joining) writes(tab *browser.Tab, words string) {
	j.t.Helper()
	tab.Type("#composer-body", words)
	tab.Click("#composer .primary")
	tab.Sees(words)
}

// holdsAnOffice is given a title, which stands beside her name in what she said.
func (j *joining) holdsAnOffice() {
	j.rosa.Open(j.URL + "/g/wages/members")
	const row = `.members li:has(a[href="/u/mira"])`
	j.rosa.Click(row + " summary")
	j.looks(j.rosa, "member-menu")
	j.sends(j.rosa, row+" form.form", "Save", "title", "Treasurer")
	j.looks(j.rosa, "titled")
	j.mona.Open(j.URL + j.thread)
	j.mona.Sees("Treasurer")
	j.looks(j.mona, "treasurer")
}

// leaves tells an open page of the secret thread at once that it is gone.
func (j *joining) leaves() {
	j.mona.Open(j.URL + j.thread + "/people")
	j.looks(j.mona, "people")
	other := j.mira // the thread stays open while she leaves elsewhere
	other.Open(j.URL + j.thread)
	other.Until(`document.querySelector("#live-state").innerText === "Live"`)
	browser.Eval[int](other, `fetch("/g/treasury/leave", {method: "POST"}).then((a) => a.status)`)
	other.Until(`document.querySelector("#live-state").innerText !== "Live"`)
	if left := browser.Eval[int](other, `[...document.querySelectorAll(".for-commenters, .for-proposers, .manage a")].filter((it) => it.checkVisibility()).length`); left > 0 {
		j.t.Errorf("%d buttons on the open page still offer what is over", left)
	}
	j.looks(other, "gone")
	for _, path := range []string{"/g/wages", j.thread, "/g/wages/members"} {
		j.isGone(path)
	}
	other.Open(j.URL + "/g/treasury")
	other.Sees("Ask to join")
	if page := browser.Eval[string](other, "document.documentElement.outerHTML"); strings.Contains(page, "Wages") {
		j.t.Error("the page of the group above still names the secret one")
	}
	j.looks(other, "outside-again")
}
