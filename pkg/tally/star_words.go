package tally

import "plenary/pkg/errs"

// told says the rule of STAR.
func (s *starCount) told() Step {
	return Step{Code: "tally.step.star_rule", Args: errs.Args{"Max": s.Rules.MaxScore}}
}

// tell puts a count by STAR into sentences: the two highest sums, the ties for
// them, and the runoff.
func (s *starCount) tell() {
	r := s.result
	r.Summary = s.summary()
	steps := append(r.Turnout.steps(r.Invalid), s.told())
	for _, t := range r.Ties {
		if t.Stake == ForFinal {
			steps = append(steps, s.tieSteps(t)...)
		}
	}
	if r.Status == Chosen && s.final == nil && len(r.Ties) > 0 {
		steps = append(steps, Step{Code: "tally.step.star_any", Options: r.Winners})
	}
	if s.final != nil {
		steps = append(steps, s.runoffSteps()...)
	}
	for _, t := range r.Ties {
		if t.Stake == ForPlace {
			steps = append(steps, s.runoffTie(t))
		}
	}
	r.Explanation = steps
}

func (s *starCount) summary() Step {
	r := s.result
	switch {
	case r.Status == Tied && s.final == nil:
		return Step{Code: "tally.summary.star_open", Options: r.Tied}
	case r.Status == Tied:
		return Step{Code: "tally.summary.star_tied", Options: r.Tied, Args: errs.Args{"Count": s.final.votes[0]}}
	case s.final == nil && len(r.Ties) > 0:
		return Step{Code: "tally.summary.star_any", Options: r.Winners}
	case s.final == nil:
		return Step{Code: "tally.summary.total", Options: r.Winners, Args: errs.Args{"Points": r.points(r.Winners[0])}}
	case s.final.votes[0] == s.final.votes[1]:
		return Step{Code: "tally.summary.star_close", Options: r.Winners, Args: errs.Args{"Count": s.final.votes[0]}}
	}
	i := s.final.ahead()
	return Step{Code: "tally.summary.star", Options: r.Winners, Args: errs.Args{"Count": s.final.votes[i], "Votes": s.final.votes[1-i]}}
}

// tieSteps says who was tied for the runoff and what decided.
func (s *starCount) tieSteps(t Tie) []Step {
	equal := Step{Code: "tally.step.star_equal", Options: t.Tied, Args: errs.Args{"Points": s.result.points(t.Tied[0])}}
	switch t.By {
	case byHeadToHead:
		return []Step{equal, {Code: "tally.step.star_head_to_head", Options: t.Chosen}}
	case byTopScores:
		return []Step{equal, {Code: "tally.step.star_top_scores", Options: t.Chosen,
			Args: errs.Args{"Count": s.tops[t.Chosen[0]], "Max": s.Rules.MaxScore}}}
	case ByLot:
		return []Step{equal, {Code: "tally.step.star_lot", Options: t.Chosen}}
	}
	return []Step{equal, {Code: "tally.step.star_undecided", Options: t.Tied}}
}

// runoffSteps gives the two sums and the votes of the runoff.
func (s *starCount) runoffSteps() []Step {
	r, d := s.result, s.final
	var steps []Step
	for _, option := range d.options {
		steps = append(steps, Step{Code: "tally.step.star_finalist", Options: []int{option}, Args: errs.Args{"Points": r.points(option)}})
	}
	for i, option := range d.options {
		steps = append(steps, Step{Code: "tally.step.star_runoff", Options: []int{option}, Args: errs.Args{"Count": d.votes[i]}})
	}
	if neither := r.Turnout.Cast - d.votes[0] - d.votes[1]; neither > 0 {
		steps = append(steps, Step{Code: "tally.step.star_neither", Args: errs.Args{"Count": neither}})
	}
	return steps
}

// runoffTie says what decided a runoff with as many votes on both sides.
func (s *starCount) runoffTie(t Tie) Step {
	switch t.By {
	case byScore:
		return Step{Code: "tally.step.star_runoff_score", Options: t.Chosen, Args: errs.Args{"Points": s.result.points(t.Chosen[0])}}
	case byTopScores:
		return Step{Code: "tally.step.star_runoff_top", Options: t.Chosen,
			Args: errs.Args{"Count": s.tops[t.Chosen[0]], "Max": s.Rules.MaxScore}}
	case ByLot:
		return Step{Code: "tally.step.star_runoff_lot", Options: t.Chosen}
	}
	return Step{Code: "tally.step.star_runoff_open", Options: t.Tied}
}
