package view

import "plenary/pkg/errs"

// VerifyPage checks the export of a poll. Anybody may use it.
type VerifyPage struct {
	Frame
	Form   Form
	Report *Verification // nil before a file was sent
	Texts  []Told        // what the page's script may have to say, with {Name} where a value goes
}

func (VerifyPage) page() string { return "verify" }

// Verification is what a check found out.
type Verification struct {
	Title    string
	Fails    bool // something does not hold
	Findings []Found
	Others   []errs.Text // winners by other methods
}

// Found is one finding.
type Found struct {
	Status string // "holds", "fails" or "open"
	Text   errs.Text
}

// Told is a text of the catalogue by its key.
type Told struct{ Code, Text string }
