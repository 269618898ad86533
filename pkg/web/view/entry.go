package view

import (
	"net/url"
	"time"
)

// SentPage says that a link and a code are on their way to an address, whether
// or not somebody has it, and asks for the code.
type SentPage struct {
	Frame
	Email string
	Next  string // where to go afterwards
	Form  Form   // code
}

func (SentPage) page() string { return "signin-sent" }

// LinkPage is where the link in a mail leads: one press of a button before the
// end.
type LinkPage struct {
	Frame
	Token  string
	Email  string
	Here   bool // it is opened in the browser that asked for it
	SignUp bool // it makes an account
}

func (LinkPage) page() string { return "signin-link" }

// SecondPage asks for the second factor.
type SecondPage struct {
	Frame
	Next   string
	Action string     // of the form that was interrupted; empty where none was
	Kept   url.Values // its fields
	Form   Form       // code
}

func (SecondPage) page() string { return "signin-second" }

// Fields are the kept fields in a fixed order.
func (p SecondPage) Fields() []Field { return fieldsOf(p.Kept) }

// AgainPage asks somebody who is signed in to prove again who they are.
type AgainPage struct {
	Frame
	Next        string
	Email       string // empty where none is known
	HasPassword bool
	HasSecond   bool
	HasPasskey  bool
	Sent        bool       // a code is on its way to the address
	Action      string     // of the form that waits for it; empty where none does
	Kept        url.Values // its fields
	Form        Form       // password or code, second
}

func (AgainPage) page() string { return "signin-again" }

// Fields are the kept fields in a fixed order.
func (p AgainPage) Fields() []Field { return fieldsOf(p.Kept) }

// SignUpPage begins a new account with the address, where newcomers are taken.
type SignUpPage struct {
	Frame
	SignUp string // who may make an account: "open", "approval", or by "invitation"
	Next   string
	Form   Form // email
}

func (SignUpPage) page() string { return "signup" }

// SignUpDetailsPage asks for the rest of a new account.
type SignUpDetailsPage struct {
	Frame
	Email    string
	Waits    bool   // an administrator has to agree to the account
	Question string // empty where none is asked
	Form     Form   // name, handle, affiliation, password, answer
}

func (SignUpDetailsPage) page() string { return "signup-details" }

// SignUpWaitingPage says that an administrator has to agree to the account.
type SignUpWaitingPage struct{ Frame }

func (SignUpWaitingPage) page() string { return "signup-waiting" }

// SecondFactorPage is how it stands with one's second factor.
type SecondFactorPage struct {
	AccountFrame
	On    bool
	Since time.Time
	Left  int      // recovery codes that have not been used
	Key   string   // for the app, until it is confirmed; empty otherwise
	QR    *QR      // the same as a picture
	Codes []string // recovery codes, shown once
	Form  Form     // code
}

func (SecondFactorPage) page() string { return "second-factor" }

// QR is a QR code: dark squares on a light ground, with its border.
type QR struct {
	Size int    // of a side, in squares
	Path string // of the dark parts, for an SVG
}

// AdminSignUpPage is the administrator's list of who waits, and the rules of
// signing up.
type AdminSignUpPage struct {
	Frame
	Waiting   []Newcomer
	Next      string
	Rules     Form // sign_up, question
	Declining int64
	Decline   Form // note, of the newcomer whose form came back rejected
}

func (AdminSignUpPage) page() string { return "admin-signup" }

// Newcomer is somebody whose account waits for an administrator.
type Newcomer struct {
	Person
	Email  string
	Answer string
	Since  time.Time
}
