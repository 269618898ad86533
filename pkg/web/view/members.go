package view

import "time"

// MembersPage lists a group's members and, for those who may, who asks to be one.
type MembersPage struct {
	Frame
	Group      GroupHead
	Members    []MemberRow
	Requests   []JoinRequest
	Find       Form // q, role, delegates: what the list was narrowed to
	Add        Form // person, role
	CanAdd     bool
	CanInvite  bool
	CanSetRole bool // and title
	CanBan     bool
	CanAnswer  bool
	Next       string
}

func (MembersPage) page() string { return "group-members" }

// Narrowed reports whether the list is only a part.
func (p MembersPage) Narrowed() bool {
	return p.Find.Value("q") != "" || p.Find.Value("role") != "" || p.Find.Value("delegates") != ""
}

// MemberRow is a member in the list.
type MemberRow struct {
	Person    Person // with the title
	Role      string
	Since     time.Time
	Delegate  bool
	Inherited bool
	Me        bool
	Below     bool // the viewer can remove them
}

// JoinRequest is somebody's wish to join.
type JoinRequest struct {
	ID       int64
	Person   Person
	Question string
	Answer   string
	At       time.Time
}

// AskPage is where one asks to join, or sees that one has.
type AskPage struct {
	Frame
	Group    GroupRef
	Question string       // of the group; empty where none
	Waiting  *JoinRequest // one's own, where it waits
	Form     Form         // answer
}

func (AskPage) page() string { return "group-ask" }

// LeavePage asks whether one really wants to leave.
type LeavePage struct {
	Frame
	Group GroupRef
}

func (LeavePage) page() string { return "group-leave" }

// BanPage asks for the reason to remove somebody for good.
type BanPage struct {
	Frame
	Group  GroupRef
	Person Person
	Form   Form // reason
}

func (BanPage) page() string { return "group-ban" }

// BansPage lists who was removed for good.
type BansPage struct {
	Frame
	Group GroupRef
	Bans  []BanRow
}

func (BansPage) page() string { return "group-bans" }

// BanRow is somebody who was removed for good.
type BanRow struct {
	Person Person
	Reason string
	By     string // empty where not known
	At     time.Time
}

// InvitePage is where people are invited: by mail and by a link.
type InvitePage struct {
	Frame
	Group     GroupRef
	Mail      Form       // addresses, role, message, below, remind
	Below     []GroupRef // which they can join at once
	Verdicts  []Verdict  // what was not sent
	Sent      int        // how many were
	Reminded  int        // -1: nobody was asked to be
	Link      Form       // role, uses, days
	NewLink   string     // full address of a link that was just made; shown once
	Links     []Invitation
	Pending   []PendingRow
	Next      string
	CanRemind bool // somebody
}

func (InvitePage) page() string { return "group-invite" }

// Chosen reports whether a group below is ticked.
func (p InvitePage) Chosen(handle string) bool {
	for _, one := range p.Mail.Values["below"] {
		if one == handle {
			return true
		}
	}
	return false
}

// Verdict is an entry of a list that was not sent, and why.
type Verdict struct {
	Line int
	Text string
	Why  string
}

// Invitation is a link by which people can join.
type Invitation struct {
	ID      int64
	By      Person
	At      time.Time
	Until   time.Time // zero: no end
	Role    string
	Used    int
	MaxUses int // 0: no limit
}

// PendingRow is an invitation by mail that waits.
type PendingRow struct {
	ID        int64
	Email     string
	Name      string
	Role      string
	By        Person
	Sent      time.Time
	Reminded  time.Time // zero: never
	Until     time.Time
	Expired   bool
	CanRemind bool
}

// Shared is a group that two people are members of.
type Shared struct {
	GroupRef
	Role  string
	Title string
}
