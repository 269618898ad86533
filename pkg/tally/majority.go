package tally

import (
	"iter"
	"slices"

	"plenary/pkg/errs"
)

// majorityJudgment ranks options by the median of their grades, the lower one
// where there are two in the middle (Balinski and Laraki, Majority Judgment,
// 2011). Of options with the same median one vote of that grade is taken away
// from each and the medians are compared again, until they differ. A missing
// grade is the worst, 0. A ballot without any grade needs Rules.Blank. Options
// equal to the last grade are decided by lot, and stay open where there is none.
// Row.Votes is the votes that grade the option at its median or better.
type majorityJudgment struct{}

func (majorityJudgment) version() string { return "majority_judgment/1" }
func (majorityJudgment) form() Form      { return Scores }

func (majorityJudgment) complete(r Rules) Rules {
	r.Seats = or(r.Seats, 1)
	r.Grades = or(r.Grades, 6)
	return r
}

func (majorityJudgment) validate(r Rules, options int, f *errs.Fields) {
	r.checkOptions(f, options)
	checkNumber(f, "grades", r.Grades, 2, mostValues)
	r.accept(f, "quorum", "seats", "blank", "grades")
}

func (majorityJudgment) check(r Rules, options int, b Ballot) *errs.Text {
	return checkScores(b.Scores, options, 0, r.Grades-1, r.Blank)
}

func (m majorityJudgment) count(c Contest, ballots iter.Seq[Ballot]) Result {
	t, r := c.scores(m, 0, c.Rules.Grades-1, true, ballots)
	r.grade(c, t)
	return r
}

// grade decides by the counts of the grades, and tells it.
func (r *Result) grade(c Contest, t scoreTable) {
	r.Values = t.values()
	t.foldBlanks(0)
	grades := make([][]int64, c.Options)
	for option := range grades {
		grades[option] = t.of(option)
		median := medianOf(grades[option], r.Turnout.Cast)
		r.Values.Median = append(r.Values.Median, median)
		r.Options[option] = rowOf(option, sumOf(grades[option][median:]), r.Turnout.Cast)
	}
	r.Ranking = judge(c.standing(), grades, r.Turnout.Cast)
	r.fillSeats(c)
	r.tell(c, r.gradeWords(), Step{Code: "tally.step.grades_rule", Args: errs.Args{"Best": c.Rules.Grades - 1}})
	r.Explanation = append(r.Explanation, r.medianTies(c, grades)...)
}

// judge ranks options by their votes per grade, the worst grade first. Each
// option has the same number of votes in all.
func judge(options []int, grades [][]int64, votes int64) [][]int {
	return levels(options, func(a, b int) int {
		order, _ := compareGrades(grades[a], grades[b], votes)
		return order
	})
}

// medianOf is the grade of the vote in the middle, or below the middle.
func medianOf(grades []int64, votes int64) int {
	_, below := halves(grades, votes)
	return below.grade
}

func sumOf(counts []int64) int64 {
	var sum int64
	for _, n := range counts {
		sum += n
	}
	return sum
}

// compareGrades compares two options as the rule does, and counts the votes
// taken away from each before they differ. It is negative where a is better.
// Taking away medians goes through the votes from the middle outwards, one below
// and one above in turn, so it is enough to compare stretches of equal grades.
func compareGrades(a, b []int64, votes int64) (order int, removed int64) {
	aAbove, aBelow := halves(a, votes)
	bAbove, bBelow := halves(b, votes)
	if votes%2 == 1 {
		if aBelow.grade != bBelow.grade {
			return bBelow.grade - aBelow.grade, 0
		}
		aBelow.take(1)
		bBelow.take(1)
		removed++
	}
	for removed < votes {
		if aBelow.grade != bBelow.grade {
			return bBelow.grade - aBelow.grade, removed
		}
		if aAbove.grade != bAbove.grade {
			return bAbove.grade - aAbove.grade, removed + 1
		}
		n := min(aBelow.left, aAbove.left, bBelow.left, bAbove.left)
		for _, half := range []*halfOfVotes{&aBelow, &aAbove, &bBelow, &bAbove} {
			half.take(n)
		}
		removed += 2 * n
	}
	return 0, removed
}

// halfOfVotes is the votes on one side of the middle, taken from the middle
// outwards: left is how many of the present grade are still there.
type halfOfVotes struct {
	grades []int64
	grade  int
	left   int64
	step   int // 1 upwards, -1 downwards
}

// halves splits the votes in the middle; the vote in the middle is in the half
// below. Without votes both halves are at grade 0.
func halves(grades []int64, votes int64) (above, below halfOfVotes) {
	middle := votes/2 + votes%2
	grade := 0
	var reached int64 // votes up to and with grade
	for i, n := range grades {
		grade, reached = i, reached+n
		if reached >= middle {
			break
		}
	}
	below = halfOfVotes{grades, grade, grades[grade] - (reached - middle), -1}
	above = halfOfVotes{grades, grade, reached - middle, 1}
	above.take(0)
	return above, below
}

// take removes n votes of the present grade and goes on to the next grade that
// has votes.
func (h *halfOfVotes) take(n int64) {
	h.left -= n
	for next := h.grade + h.step; h.left == 0 && next >= 0 && next < len(h.grades); next += h.step {
		h.grade, h.left = next, h.grades[next]
	}
}

// gradeWords are the sentences about medians. A grade is given by its number,
// for which whoever makes the words may put its name.
func (r *Result) gradeWords() wording {
	step := func(code string, options []int) Step {
		row := r.Options[options[0]]
		return Step{Code: code, Options: options, Args: errs.Args{"Grade": r.Values.Median[options[0]],
			"Votes": row.Votes, "Cast": r.Turnout.Cast}}
	}
	return wording{
		won:    func(option int) Step { return step("tally.summary.median", []int{option}) },
		tied:   func(options []int) Step { return step("tally.summary.median_tied", options) },
		chosen: func(option int) Step { return step("tally.step.median", []int{option}) },
		level: func(options []int, free int) Step {
			s := step("tally.step.median_tied", options)
			s.Args["Count"] = free
			return s
		},
		next: func(_ int, level []int) Step { return step("tally.step.median_next", level) },
	}
}

// medianTies says how the last winner and the next option were told apart where
// their medians are the same, and notes that tie.
func (r *Result) medianTies(c Contest, grades [][]int64) []Step {
	if r.Status != Chosen || len(r.chance()) > 0 {
		return nil
	}
	next := r.leftOut()
	last := r.Winners[len(r.Winners)-1]
	if next == nil || r.Values.Median[last] != r.Values.Median[next[0]] {
		return nil
	}
	tied := slices.DeleteFunc(c.standing(), func(option int) bool { return r.Values.Median[option] != r.Values.Median[last] })
	chosen := slices.DeleteFunc(slices.Clone(tied), func(option int) bool { return !slices.Contains(r.Winners, option) })
	r.Ties = append(r.Ties, Tie{Stake: ForPlace, Tied: tied, Chosen: chosen, By: "next_grades"})
	_, removed := compareGrades(grades[last], grades[next[0]], r.Turnout.Cast)
	return []Step{{Code: "tally.step.median_removed", Options: []int{last}, Args: errs.Args{"Count": removed}}}
}
