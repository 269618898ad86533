package ledger

import "plenary/pkg/errs"

// boxReasons checks the texts in the box against their hashes. A text that is not
// there was taken away; its hash stays in the seal.
func (v *verifier) boxReasons() {
	if v.Box == nil {
		return
	}
	texts, hidden := 0, 0
	for _, a := range v.Box.Contents() {
		switch {
		case a.ReasonHash == nil && a.ReasonSalt == nil: // sealed as it is, if there is any
		case a.ReasonHash != nil && a.ReasonSalt == nil && a.Reason == "":
			hidden++
		case a.ReasonHash != nil && a.ReasonSalt != nil && ReasonHash(*a.ReasonSalt, a.Reason) == *a.ReasonHash:
			texts++
		default:
			v.fails(checkReasons, "verify.reasons.box_fails", errs.Args{"Reason": cut(a.Reason)})
			return
		}
	}
	if texts+hidden > 0 {
		v.holds(checkReasons, "verify.reasons.box_holds", errs.Args{"Number": texts, "Hidden": hidden})
	}
}
