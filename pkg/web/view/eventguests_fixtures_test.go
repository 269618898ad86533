package view

import (
	"net/url"

	"plenary/pkg/errs"
)

// signupBox is what somebody who convenes meets, who has not signed up, or waits.
func signupBox(card SessionCard, turn int) SignupBox {
	card.Capacity, card.Going, card.Waiting = 20, 17, turn
	return SignupBox{Session: card, Shown: true, Calendar: true, CanSignUp: true, Mine: turn > 0, Turn: turn, List: card.Path("/signups"), Attendance: true,
		Attended: &Attended{Came: 14, Absent: 3, Others: 4}, Clashes: []Link{{"Tea and tools", "/e/5/s/15"}}}
}

// sessionSeen is a session that has no seats left, as somebody else meets it; a
// visitor where change is nil.
func sessionSeen(change func(*SignupBox)) SessionPage {
	p := sessionPage()
	p.Rights, p.Programme, p.Talk = SessionRights{}, programmeHead(false), SessionTalk{}
	card := p.Card
	card.Capacity, card.Going, card.Waiting = 20, 20, 4
	p.Signup = SignupBox{Session: card, Shown: true}
	if change == nil {
		p.Viewer, p.Signup.SignInURL = nil, "/signin?next="+url.QueryEscape(card.URL())
		return p
	}
	p.Viewer, p.Signup.CanSignUp = member(), true
	change(&p.Signup)
	return p
}

// signupsPage lists who comes, to a member or to who notes who came.
func signupsPage(take bool) SessionSignupsPage {
	full := programmeFull()
	card := full.Mine[0]
	card.Capacity, card.Going, card.Waiting = 2, 3, 1
	p := SessionSignupsPage{Frame: frame(card.Path("/signups"), member()), Programme: full.Programme, Card: card,
		Going:   []SignupLine{{Person: amina, At: ago(3 * day), Came: true, Looked: true}, {Person: bram, At: ago(2 * day), Looked: true}, {Person: fadi, At: ago(day)}},
		Waiting: []SignupLine{{Person: Person{ID: 9, Name: "Former member", Handle: "former-9"}, At: ago(day)}}, Attended: &Attended{Came: 1, Absent: 1, Others: 2}}
	if take {
		p.Viewer, p.CanTake, p.CanSave, p.Saved = administrator(), true, true, true
		p.Form = Form{Once: "once-attendance", Values: url.Values{"others": {"-2"}}, Fields: map[string]errs.Text{"others": {Code: "field.number"}}}
		p.Next = card.Path("/signups?after=abc")
	}
	return p
}

func feeds(private bool) ProgrammeFeeds {
	const at = "https://forum.example.org/e/5"
	f := ProgrammeFeeds{Calendar: at + ".ics", Webcal: "webcal://forum.example.org/e/5.ics", Atom: at + ".atom", JSON: at + ".json", Public: true, SignedIn: true, Action: "/e/5/calendar"}
	if private {
		f.Private = at + "/my/0a1b2c.ics"
	}
	return f
}

func appointments() []AppointmentLine {
	full := programmeFull()
	first, second := full.Mine[0], full.Next[0]
	second.Mine = "waiting"
	return []AppointmentLine{{Card: first, Event: Link{"Harbour Assembly 2026", "/e/5"}, Takes: true}, {Card: second, Event: Link{"Harbour Assembly 2026", "/e/5"}}}
}
