package poll

import (
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"plenary/pkg/errs"
	"plenary/pkg/ledger"
	"plenary/pkg/plain"
	"plenary/pkg/tally"
)

// NewBallot is one voter's answer.
type NewBallot struct {
	Answer  ledger.Answer
	Reason  string           // Markdown
	Reasons map[int64]string // Markdown, by the ids of chosen options that ask for a reason of their own

	// Commitment is ledger.Commitment of the change key that the voter's browser
	// made, for secret polls. Without it the server makes the key.
	Commitment *ledger.Hash
	// Change replaces a ballot of a secret poll, which only its receipt finds.
	Change *Change

	// For are the people whose ballot it is: the actor, or those whose proxy they
	// are. Empty, it is the actor's own. In a secret poll it is for one at a time,
	// as each ballot has a receipt of its own.
	For []int64
}

// Change is what a receipt says of the ballot that is to be replaced.
type Change struct {
	Code string // as typed
	Key  ledger.Hash
}

// Judge says what the rules of the poll have against a ballot, with the fields
// of Cast, and keeps nothing of it.
func (p Poll) Judge(in NewBallot) error { return in.validate(p) }

// validate judges a ballot by the poll's rules and puts it into its one form.
// Nothing is trimmed: a ballot that does not fit is refused.
func (in *NewBallot) validate(p Poll) error {
	var f errs.Fields
	ballot := in.answer(p, &f)
	in.Reason = validReason(&f, "reason", in.Reason)
	in.validateReasons(p, &f)
	switch given := in.Reason != "" || len(in.Reasons) > 0; {
	case given && p.Reasons == NoReasons && p.Method != tally.Question:
		f.Add("reason", "poll.no_reasons")
	case !given && len(f) == 0 && p.asksReason(ballot.Choices):
		f.Add("reason", "poll.reason_needed")
	}
	return f.Err()
}

// answer judges what was answered, which ParseAnswer puts in order on the way.
func (in *NewBallot) answer(p Poll, f *errs.Fields) tally.Ballot {
	if in.Answer.Form != p.Method.Form() {
		f.Add("choices", "tally.ballot.other_form")
		return tally.Ballot{}
	}
	answer, err := ledger.ParseAnswer(p.Method.Form(), in.Answer.JSON())
	var ballot tally.Ballot
	if err == nil {
		ballot, err = answer.Ballot(p.place(), 1)
	}
	if err == nil {
		err = p.Rules.Check(len(p.Options), ballot)
	}
	if wrong, ok := errors.AsType[*errs.Error](err); ok {
		for name, text := range wrong.Fields {
			f.Add(name, text.Code, text.Args)
		}
	}
	in.Answer = answer
	return ballot
}

func validReason(f *errs.Fields, field, text string) string {
	text = plain.Body(f, field, text, false, utf8.UTFMax*MaxReason)
	if utf8.RuneCountInString(text) > MaxReason {
		f.Add(field, "field.too_long", errs.Args{"Max": MaxReason})
	}
	return text
}

// validateReasons drops empty reasons of options, and refuses those that no
// chosen option asks for.
func (in *NewBallot) validateReasons(p Poll, f *errs.Fields) {
	kept := map[int64]string{}
	for _, o := range p.Options {
		text, given := in.Reasons[o.ID]
		if !given {
			continue
		}
		if text = validReason(f, "reasons", text); text == "" {
			continue
		}
		if o.ReasonPrompt == "" || !in.names(o.ID) {
			f.Add("reasons", "poll.reason_not_asked")
		}
		kept[o.ID] = text
	}
	for id := range in.Reasons {
		if !slices.ContainsFunc(p.Options, func(o Option) bool { return o.ID == id }) {
			f.Add("reasons", "poll.no_such_option")
		}
	}
	in.Reasons = kept
}

// names reports whether the answer says anything of the option.
func (in *NewBallot) names(option int64) bool {
	_, scored := in.Answer.Scores[option]
	return scored || slices.Contains(in.Answer.Chosen, option) ||
		slices.ContainsFunc(in.Answer.Ranks, func(level []int64) bool { return slices.Contains(level, option) })
}

// asksReason applies the rule in the package comment.
func (p Poll) asksReason(choices []int) bool {
	if p.Method == tally.Question {
		return true // there is nothing else to answer with
	}
	if p.Reasons == NoReasons || p.Method != tally.Proposal {
		return p.Reasons == RequiredReasons
	}
	return slices.ContainsFunc(choices, func(option int) bool {
		side := p.Options[option].Side
		return side == tally.Stop || p.Reasons == RequiredReasons && side == tally.Against
	})
}

// wholeReason is all that a voter wrote, in one text: the reason, then those of
// options under what they asked. This text is hashed, shown and published.
func (p Poll) wholeReason(reason string, reasons map[int64]string) string {
	var parts []string
	if reason != "" {
		parts = append(parts, reason)
	}
	for _, o := range p.Options {
		if text := reasons[o.ID]; text != "" {
			parts = append(parts, "**"+o.ReasonPrompt+"**", text)
		}
	}
	return strings.Join(parts, "\n\n")
}
