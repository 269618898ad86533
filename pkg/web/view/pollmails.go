package view

// PollMailsPage is where somebody chooses of which polls they hear by mail: on their
// page of a group, or by the link in a letter.
type PollMailsPage struct {
	Frame
	Group   *GroupRef // nil by the link in a letter
	Of      string    // by the link: the name of the group, or of a guest the title of the poll; empty of a secret group
	IsGuest bool      // of a poll
	Action  string    // where the choice goes
	Choices []string
	Form    Form // polls
	Saved   bool
}

func (PollMailsPage) page() string { return "poll-mails" }

// Ended reports whether there is nothing left to end.
func (p PollMailsPage) Ended() bool { return p.Form.Value("polls") == "none" }
