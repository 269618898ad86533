package view

import (
	"net/url"
	"strconv"
	"strings"
	"time"
)

// AccountTab is one of the pages of one's own account.
type AccountTab struct{ Key, URL string }

// accountTabs are the pages of one's own account, in the order of their links.
// The words of each are under "account.tab_" and the key.
var accountTabs = []AccountTab{
	{"profile", "/account"},
	{"sign_in", "/account/sign-in"},
	{"second_factor", "/account/second-factor"},
	{"sessions", "/account/sessions"},
	{"tokens", "/account/tokens"},
	{"data", "/account/data"},
}

// AccountFrame is what the pages of one's own account share.
type AccountFrame struct {
	Frame
	Tab string // key of the page
}

// AccountTabs are the links between the pages.
func (AccountFrame) AccountTabs() []AccountTab { return accountTabs }

// ListOption is a choice in a list.
type ListOption struct {
	Value, Text string
	Chosen      bool
}

// OptionGroup is a part of a list with a heading; empty for none.
type OptionGroup struct {
	Name    string
	Options []ListOption
}

// AccountPage is how others see oneself, and how one sees the forum.
type AccountPage struct {
	AccountFrame
	Me        Person
	Form      Form // name, handle, affiliation, pronouns, time_zone, language
	Picture   Form // picture
	Zones     []OptionGroup
	Languages []ListOption
	Browser   string // the zone that the browser is in; empty where it has not told
	There     string // the time now, in the zone that counts
}

func (AccountPage) page() string { return "account" }

// AccountSignInPage is how one signs in: address and password.
type AccountSignInPage struct {
	AccountFrame
	Email       string
	Confirmed   bool
	Change      *EmailChange // under way; nil where none is
	NewEmail    Form         // email
	HasPassword bool
	NeedsOld    bool // the present password is asked for
	Password    Form // current, password
}

func (AccountSignInPage) page() string { return "account-sign-in" }

// EmailChange is a change of address that waits for its letters.
type EmailChange struct {
	New                  string
	NeedsOld             bool
	OldAgreed, NewAgreed bool
	Until                time.Time
}

// EmailLinkPage is where a letter about a change of address leads.
type EmailLinkPage struct {
	Frame
	Token  string
	Handle string
	New    string
	IsNew  bool // the link was sent to the new address
	Done   bool // both have agreed
	Agreed bool // this one has, and the other has not yet
}

func (EmailLinkPage) page() string { return "account-email" }

// AccountSessionsPage is where one is signed in.
type AccountSessionsPage struct {
	AccountFrame
	Sessions []Session
}

func (AccountSessionsPage) page() string { return "account-sessions" }

// Others reports whether there is a session besides this one.
func (p AccountSessionsPage) Others() bool {
	for _, s := range p.Sessions {
		if !s.Current {
			return true
		}
	}
	return false
}

// AccountTokensPage are the tokens with which programs act.
type AccountTokensPage struct {
	AccountFrame
	Form     Form   // name, days, admin
	MayAdmin bool   // tokens may be made that administer the forum
	NewToken string // shown once
	Tokens   []Token
}

func (AccountTokensPage) page() string { return "account-tokens" }

// AccountDataPage is what one can have, and have erased.
type AccountDataPage struct {
	AccountFrame
	Form    Form
	Exports []Export
}

func (AccountDataPage) page() string { return "account-data" }

// Making reports whether a copy is being made.
func (p AccountDataPage) Making() bool { return len(p.Exports) > 0 && !p.Exports[0].Ready }

// Export is a copy of one's data.
type Export struct {
	ID    int64
	At    time.Time
	Until time.Time
	Size  int64
	Ready bool
}

// Erasing is what erasing an account would do.
type Erasing struct {
	Handle    string
	LastAdmin bool        // nobody else administers the forum
	Handover  []GroupFate // somebody else has to be made an admin there first
	Kept      []GroupFate // words stay
	Removed   []GroupFate // words are removed
	Open      int         // polls that the ballot is taken out of
	Closed    int         // polls that it stays in
	Form      Form        // confirm
}

// Possible reports whether nothing has to be done before.
func (e Erasing) Possible() bool { return !e.LastAdmin && len(e.Handover) == 0 }

// GroupFate is a group with what one has written there.
type GroupFate struct {
	Group         GroupRef // its Handle is empty where its name is not for the reader
	Contributions int
}

// ErasePage says what erasing the account would do, and asks.
type ErasePage struct {
	AccountFrame
	Erasing
}

func (ErasePage) page() string { return "account-erase" }

// AdminPersonPage is one person as administrators see them.
type AdminPersonPage struct {
	Frame
	Person         Person
	Email          string
	EmailConfirmed bool
	Since          time.Time
	Administrator  bool
	Myself         bool
	Waiting        bool
	Erased         bool
	HasPassword    bool
	HasSecond      bool
	Sessions       int
	Tokens         int
	Passkeys       int
	OldHandles     []string
	Disabled       *Disabling // nil while the account is open
	LinkedTo       string     // handle of the account that this one was merged into
	Groups         []Belonging
	Erasing        Erasing
	Disable        Form // reason
	Merge          Form // handle, confirm
}

func (AdminPersonPage) page() string { return "admin-person" }

// Disabling is by whom, when and why an account was disabled.
type Disabling struct {
	By     Person // no ID where by nobody
	At     time.Time
	Reason string
}

// Belonging is a group that somebody is in.
type Belonging struct {
	Group GroupRef // its Handle is empty where its name is not for the reader
	Role  string
	Since time.Time
}

// AdminGroupsPage is all groups as administrators see them.
type AdminGroupsPage struct {
	Frame
	Groups []GroupOverview
	Next   string
}

func (AdminGroupsPage) page() string { return "admin-groups" }

// GroupOverview is a group as administrators see it.
type GroupOverview struct {
	ID      int64
	Group   GroupRef // its Handle is empty where its name is not for the reader
	Members int
	Since   time.Time
	Last    time.Time // zero where nothing happened, or it is not for the reader
	Admins  []Person
}

// pictureURL is where somebody's picture is; empty where there is none.
func pictureURL(handle, sum string) string {
	if sum == "" {
		return ""
	}
	return "/u/" + url.PathEscape(handle) + "/picture/" + sum
}

// PictureURL is where the picture is; empty where there is none.
func (p Person) PictureURL() string { return pictureURL(p.Handle, p.Picture) }

// PictureURL is where the picture is; empty where there is none.
func (v Viewer) PictureURL() string { return pictureURL(v.Handle, v.Picture) }

// Former reports whether the account was erased. Its handle says so.
func (p Person) Former() bool {
	number, ok := strings.CutPrefix(p.Handle, "former-")
	return ok && number == strconv.FormatInt(p.ID, 10)
}
