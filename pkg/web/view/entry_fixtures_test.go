package view

import (
	"time"

	"plenary/pkg/errs"
)

// entryPages are those for signing in and up, and the second factor.
func entryPages() []shown {
	guest := func(path string) Frame { return frame(path, nil) }
	code := Form{Fields: errs.Fields{"code": {Code: "person.wrong_code"}}}
	const email = "amina@example.org"
	kept := values1("body", "A long thought.", "once", "k")
	return []shown{
		{"welcome-open", WelcomePage{Frame: guest("/"), SignUp: "open"}},
		{"admin-second", AdminPage{Frame: frame("/admin", administrator()), People: []AdminPerson{{Person: amina, Email: email, At: ago(day), HasSecond: true, Waiting: true}}}},
		{"signin-open", SignInPage{Frame: guest("/signin"), SignUp: "open", Next: "/"}},
		{"signin-gone", SignInPage{Frame: guest("/signin/link/x"), SignUp: "invitation", Next: "/", Form: Form{Err: errs.Text{Code: "person.link_gone"}}}},
		{"signin-sent-empty", SentPage{Frame: guest("/signin/sent"), Email: email, Next: "/t/42"}},
		{"signin-sent-rejected", SentPage{Frame: guest("/signin/sent"), Email: email, Next: "/t/42", Form: code}},
		{"signin-link-here", LinkPage{Frame: guest("/signin/link/x"), Token: "x", Email: email, Here: true}},
		{"signin-link-elsewhere", LinkPage{Frame: guest("/signin/link/x"), Token: "x", Email: email}},
		{"signin-link-signup", LinkPage{Frame: guest("/signin/link/x"), Token: "x", Email: email, Here: true, SignUp: true}},
		{"signin-second-empty", SecondPage{Frame: guest("/signin/second"), Next: "/t/42"}},
		{"signin-second-rejected", SecondPage{Frame: guest("/signin/second"), Next: "/", Action: "/t/42/comments", Kept: kept, Form: code}},
		{"signin-again-password", AgainPage{Frame: frame("/signin/again", member()), Next: "/account", Email: email, HasPassword: true}},
		{"signin-again-mail", AgainPage{Frame: frame("/signin/again", member()), Next: "/account", Email: email, HasPassword: true, HasSecond: true, Sent: true}},
		{"signin-again-rejected", AgainPage{Frame: frame("/signin/again", member()), Next: "/account", Email: email, HasPassword: true, HasSecond: true, Action: "/account/second-factor/off", Kept: kept,
			Form: Form{Fields: errs.Fields{"second": {Code: "person.wrong_code"}}}}},
		{"signup-open", SignUpPage{Frame: guest("/signup"), SignUp: "open", Next: "/"}},
		{"signup-approval", SignUpPage{Frame: guest("/signup"), SignUp: "approval", Next: "/", Form: Form{Values: values1("email", "amina"), Fields: errs.Fields{"email": {Code: "field.email"}}}}},
		{"signup-closed", SignUpPage{Frame: guest("/signup"), SignUp: "invitation", Next: "/"}},
		{"signup-details-empty", SignUpDetailsPage{Frame: guest("/signup/details"), Email: email}},
		{"signup-details-rejected", SignUpDetailsPage{Frame: guest("/signup/details"), Email: email, Waits: true, Question: "Which cooperative do you come from, and who knows you there?",
			Form: Form{Values: values1("handle", "amina"), Fields: required("name", "answer")}}},
		{"signup-waiting", SignUpWaitingPage{Frame: guest("/signup/waiting")}},
		{"second-factor-off", SecondFactorPage{AccountFrame: AccountFrame{Frame: frame("/account/second-factor", member()), Tab: "second_factor"}}},
		{"second-factor-key", SecondFactorPage{AccountFrame: AccountFrame{Frame: frame("/account/second-factor", member()), Tab: "second_factor"}, Key: "JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP", QR: &QR{Size: 13, Path: "M4 4h3v1h-3zM8 4h1v1h-1zM4 6h1v1h-1zM6 8h3v1h-3z"}, Form: code}},
		{"second-factor-on", SecondFactorPage{AccountFrame: AccountFrame{Frame: frame("/account/second-factor", member()), Tab: "second_factor"}, On: true, Since: ago(40 * day), Left: 1}},
		{"second-factor-none-left", SecondFactorPage{AccountFrame: AccountFrame{Frame: frame("/account/second-factor", member()), Tab: "second_factor"}, On: true, Since: ago(40 * day)}},
		{"second-factor-codes", SecondFactorPage{AccountFrame: AccountFrame{Frame: frame("/account/second-factor", member()), Tab: "second_factor"}, On: true, Since: ago(time.Minute), Left: 2, Codes: []string{"abcd-efgh-ijkl-mnop", "qrst-uvwx-yz23-4567"}}},
		{"admin-signup-empty", AdminSignUpPage{Frame: frame("/admin/signup", administrator()), Rules: Form{Once: "r", Values: values1("sign_up", "invitation")}}},
		{"admin-signup-full", AdminSignUpPage{Frame: frame("/admin/signup", administrator()), Next: "/admin/signup?cursor=x", Rules: Form{Once: "r", Values: values1("sign_up", "approval", "question", "Which cooperative do you come from?")},
			Waiting: []Newcomer{{Person: fadi, Email: "fadi@example.org", Answer: "The bakery in the mill.\nEdda knows me.", Since: ago(3 * day)}, {Person: chloe, Email: "chloe@example.org", Since: ago(time.Hour)}}}},
		{"admin-signup-rejected", AdminSignUpPage{Frame: frame("/admin/signup", administrator()), Rules: Form{Once: "r", Fields: errs.Fields{"sign_up": {Code: "field.choose"}}},
			Waiting: []Newcomer{{Person: fadi, Email: "fadi@example.org", Since: ago(3 * day)}}, Declining: fadi.ID, Decline: Form{Values: values1("note", "Words"), Fields: errs.Fields{"note": {Code: "field.not_utf8"}}}}},
	}
}
