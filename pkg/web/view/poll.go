package view

import (
	"fmt"
	"html/template"
	"slices"
	"time"
)

// PollCard is a poll with whatever of ballot, participation and results may be
// shown. In a piece for everybody Ballot, Receipt and Rights are zero.
type PollCard struct {
	ID       int64
	Seq      int64 // its item in the timeline; 0 outside
	Thread   ThreadHead
	Title    string
	Details  template.HTML
	Author   Person
	At       time.Time
	Method   string // "proposal" or "choice"
	Min, Max int    // how many options may be chosen
	State    string // "draft", "open", "sealed", "closed"
	ClosesAt time.Time
	ClosedAt time.Time
	ClosedBy *Person // nil where it closed by time
	Extended bool
	Secret   bool
	Shows    string // when results are shown: "always", "after_vote", "at_close"
	Fixed    bool   // the electorate was fixed at the opening
	Weighted bool   // members have more than one vote
	Votes    int64  // of all who may vote together
	Proxies  bool   // others may vote for one
	Voters   string // who may vote, in words that the caller knows: "Members of Harbour Network"
	Options  []Option
	Cast     int
	Eligible int
	Quorum   int // ballots needed; 0 where none
	Beacon   *Beacon

	Ballot   *Ballot
	Receipt  *Receipt
	NoAnswer []Person // who has said that they have no answer yet; empty where the reader may not know
	Waiting  int      // how many have said so
	Results  *Results // nil while they may not be seen
	Outcome  *Outcome
	Rights   PollRights
	Clock    Clock
	Alone    bool // on its own page: the question is the page's heading
}

func (PollCard) partial() string { return "poll-card" }

// URL is the poll's page.
func (p PollCard) URL() string { return fmt.Sprintf("/p/%d", p.ID) }

// Own reports whether the poll is on its own: its discussion came with it.
func (p PollCard) Own() bool { return p.Thread.OwnPoll == p.ID && p.ID != 0 }

// DOMID names the card in the page.
func (p PollCard) DOMID() string { return fmt.Sprintf("p-%d", p.ID) }

// Line is the poll in one line, without anything about the viewer. Results are
// told only after the close.
func (p PollCard) Line() PollLine {
	line := PollLine{ID: p.ID, Title: p.Title, State: p.State, ClosesAt: p.ClosesAt, ClosedAt: p.ClosedAt, Cast: p.Cast,
		Eligible: p.Eligible, Seq: p.Seq, Thread: p.Thread.Title, ThreadURL: p.Thread.URL(), Group: p.Thread.Group, Clock: p.Clock}
	if p.Own() {
		line.Thread = ""
	}
	if p.State == "closed" && p.Results != nil {
		line.Result = p.Results.Sentence
	}
	return line
}

// Several reports whether more than one option may be chosen.
func (p PollCard) Several() bool { return p.Method == "choice" && p.Max > 1 }

// Open reports whether ballots are taken.
func (p PollCard) Open() bool { return p.State == "open" }

// ClosesLater reports whether it takes ballots until a time that can be noted.
func (p PollCard) ClosesLater() bool { return p.Open() && !p.ClosesAt.IsZero() }

// TimeFound reports whether it has settled on a time that can be noted.
func (p PollCard) TimeFound() bool {
	return p.State == "closed" && p.Method == "time_poll" && p.Results != nil
}

// Described are the options, where there is more to say of any than its label.
func (p PollCard) Described() []Option {
	if slices.ContainsFunc(p.Options, Option.About) {
		return p.Options
	}
	return nil
}

// Sealed reports whether there are no more ballots, and the lot is still to be drawn.
func (p PollCard) Sealed() bool { return p.State == "sealed" }

// Ended reports whether ballots were taken and are no more.
func (p PollCard) Ended() bool { return p.Sealed() || p.State == "closed" }

// Interim reports whether a result that is shown can still change.
func (p PollCard) Interim() bool { return p.Open() || p.Sealed() }

// lateAfter is for how long nobody is told that the beacon is late.
const lateAfter = time.Minute

// Late reports whether the round of the beacon should be there by now.
func (p PollCard) Late() bool {
	return p.Beacon != nil && !p.Beacon.At.IsZero() && p.Clock.Now.After(p.Beacon.At.Add(lateAfter))
}

// Beacon is the public source of chance that draws the lots of a poll.
type Beacon struct {
	Round  int64     // 0 until the ballots are sealed
	At     time.Time // when the round comes
	Missed bool      // it could not be reached
}

// Percent is how much of the electorate has voted, cut down.
func (p PollCard) Percent() int { return percent(p.Cast, p.Eligible) }

// Missing is how many ballots the quorum still lacks.
func (p PollCard) Missing() int { return max(0, p.Quorum-p.Cast) }

func percent(part, whole int) int {
	if whole <= 0 {
		return 0
	}
	return min(100, part*100/whole)
}

// PollRights say what the viewer may do with the poll.
type PollRights struct{ Vote, Edit, Open, Close, Reopen, Extend, Conclude, Keep, Voters, HideReason bool }

// PollPage is a poll alone.
type PollPage struct {
	Frame
	Card    PollCard
	LastSeq int64
	Manage  Form // of extend, close, reopen where they came back rejected
	Guest   bool // the viewer came by a personal link and knows of nothing else
	Adding  *Adding

	Schedule bool // the viewer can give the themes that it chose their place
}

// Adding is the form with which a voter adds an option.
type Adding struct {
	Form  Form // option, about, starts, ends, picture, picture_alt
	Poll  int64
	URL   string // where it is sent
	Slots bool   // the options are times
	Zone  string
	Until time.Time // when collecting ends; zero for the close
}

// Begun reports whether somebody has begun to fill the form in.
func (a Adding) Begun() bool { return len(a.Form.Values) > 0 }

// PictureInput is the fields for the option's picture.
func (a Adding) PictureInput() PictureInput {
	return PictureInput{Poll: a.Poll, Picture: a.Form.Value("picture"), Alt: a.Form.Value("picture_alt"), Action: a.URL}
}

func (PollPage) page() string { return "poll" }

// Rejected reports whether a form on the page comes back with complaints.
func (p PollPage) Rejected() bool {
	return p.Manage.Rejected() || p.Adding != nil && p.Adding.Form.Rejected() || p.Card.Ballot != nil && p.Card.Ballot.Form.Rejected()
}

// PollFormPage builds a poll, or edits one where Poll is set.
type PollFormPage struct {
	Frame
	Thread   ThreadHead // zero but for the group where the poll is to be on its own
	Poll     *PollCard
	Form     Form        // title, details, method, options, settings, times: see the template
	Themes   []ThemeCard // the shortlist that the options come from
	Methods  []string    // to choose from for a poll that was begun from the shortlist; empty for others
	Eligible int         // who would be able to vote, were it opened to the group now
	Step     string      // "purpose" where nothing is chosen yet, otherwise "build"
	Purposes []PurposeGroup
	Titles   []string  // that members of the group have
	Begun    bool      // the poll is open: who may vote is decided elsewhere, as far as it still is
	Zone     string    // name of the zone in which times are typed
	Locked   bool      // votes are in: options and rules can no longer change
	Preview  *PollCard // the ballot as voters will see it
	Keeps    bool      // the reader may change which polls the group begins from
}

func (PollFormPage) page() string { return "poll-form" }

// Alone reports whether the poll is to be on its own, and not in a thread.
func (p PollFormPage) Alone() bool { return p.Poll == nil && p.Thread.ID == 0 }

// Polls is the address to which new polls are sent.
func (p PollFormPage) Polls() string {
	if p.Alone() {
		return p.Thread.Group.URL() + "/polls"
	}
	return p.Thread.Path("/polls")
}

// Action is the address to which the form is sent.
func (p PollFormPage) Action() string {
	if p.Poll != nil {
		return p.Poll.URL() + "/edit"
	}
	return p.Polls()
}

// DraftKey is where the browser keeps what is being written.
func (p PollFormPage) DraftKey() string {
	if p.Alone() {
		return "g" + p.Thread.Group.Handle + "-poll"
	}
	return fmt.Sprintf("t%d-poll", p.Thread.ID)
}

// Method is what the form builds, as in tally.Methods.
func (p PollFormPage) Method() string { return p.Form.Value("method") }

// Electorate is the part of the form that asks who may vote. Those who vote in a
// poll that is there already are named on a page of its own.
func (p PollFormPage) Electorate() ElectorateForm {
	return ElectorateForm{Form: p.Form, Titles: p.Titles, Handles: p.Poll == nil,
		Members: p.Eligible, Group: p.Thread.Group.Name}
}

// HasOptions reports whether the form asks for options.
func (p PollFormPage) HasOptions() bool {
	return HasOptions(p.Method()) && (p.Method() != "proposal" || p.OwnAnswers() || p.Form.Value("answers") == "own")
}

// TakesThemes reports whether themes can be options: they take no side, and are no
// times.
func (p PollFormPage) TakesThemes() bool { return TakesThemes(p.Method()) && len(p.Themes) > 0 }

// OutcomeFormPage writes or edits an outcome.
type OutcomeFormPage struct {
	Frame
	Card    PollCard
	Form    Form // statement, review_on
	Editing bool
}

func (OutcomeFormPage) page() string { return "outcome-form" }
