package view

// DecisionsPage is the register of what a group decided.
type DecisionsPage struct {
	Frame
	Group    GroupHead
	Filter   Form // q, method, from, to, review
	Filtered bool // something is asked for
	Methods  []string
	Outcomes []Outcome
	Cursor   Cursor
	CSV      string // address of the same list as a file
}

func (DecisionsPage) page() string { return "group-decisions" }

// Reviews are the choices of reviews, beside "any".
func (DecisionsPage) Reviews() []string { return []string{"due", "planned"} }
