package web

import (
	"cmp"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"plenary/pkg/errs"
	"plenary/pkg/ledger"
	"plenary/pkg/poll"
	"plenary/pkg/tally"
	"plenary/pkg/web/view"
)

// readBallot reads the form of a ballot in the poll; view.Ballot names the
// fields. Complaints are about single fields where one is wrong by itself, and
// otherwise about "choices"; whether the ballot as a whole keeps the rules, the
// poll says.
func readBallot(p poll.Poll, form url.Values) (poll.NewBallot, error) {
	r := ballotReader{poll: p, form: form, byID: map[int64]poll.Option{}}
	for _, o := range p.Options {
		r.byID[o.ID] = o
	}
	out := poll.NewBallot{Answer: ledger.Answer{Form: p.Method.Form()}, Reason: form.Get("reason")}
	switch out.Answer.Form {
	case tally.Marks:
		out.Answer.Chosen = r.marks()
	case tally.Ranking:
		out.Answer.Ranks = r.ranks()
	case tally.Scores:
		out.Answer.Scores = r.scores()
	}
	if form.Get("none") != "" && !empty(out.Answer) {
		r.fields.Add("choices", "ballot.none_and_more")
	}
	out.Reasons = r.reasons(out.Answer)
	return out, r.fields.Err()
}

func empty(a ledger.Answer) bool {
	return len(a.Chosen) == 0 && len(a.Ranks) == 0 && len(a.Scores) == 0
}

// names reports whether the answer says anything of the option.
func names(a ledger.Answer, option int64) bool {
	_, scored := a.Scores[option]
	return scored || slices.Contains(a.Chosen, option) ||
		slices.ContainsFunc(a.Ranks, func(level []int64) bool { return slices.Contains(level, option) })
}

type ballotReader struct {
	poll   poll.Poll
	form   url.Values
	byID   map[int64]poll.Option
	fields errs.Fields
}

// noOption stands for what is no id: no poll has it, and it is refused with the
// rest.
const noOption = -1

// marks are the ids of the options that were chosen.
func (r *ballotReader) marks() []int64 {
	var out []int64
	for _, text := range r.form["choices"] {
		id, err := strconv.ParseInt(text, 10, 64)
		switch {
		case text == "none":
			r.form.Set("none", "1")
			continue
		case err != nil:
			id = noOption
		}
		out = append(out, id)
	}
	slices.Sort(out)
	return out
}

// numbered are the fields of single options that hold something: "rank-7".
func (r *ballotReader) numbered(prefix string) map[int64]string {
	out := map[int64]string{}
	for name := range r.form {
		text, is := strings.CutPrefix(name, prefix)
		value := strings.TrimSpace(r.form.Get(name))
		if !is || value == "" {
			continue
		}
		id, err := strconv.ParseInt(text, 10, 64)
		if _, known := r.byID[id]; err != nil || !known {
			r.fields.Add("choices", "tally.ballot.unknown_option")
			continue
		}
		out[id] = value
	}
	return out
}

// ranks put the options in order by the numbers given: gaps mean nothing, and
// options with one number share a place where the rules allow that.
func (r *ballotReader) ranks() [][]int64 {
	byRank := map[int][]int64{}
	for id, text := range r.numbered("rank-") {
		rank, err := strconv.Atoi(text)
		if err != nil || rank < 1 || rank > len(r.byID) {
			r.fields.Add(field("rank-", id), "ballot.rank_number", errs.Args{"Option": r.byID[id].Label, "Max": len(r.byID)})
			continue
		}
		byRank[rank] = append(byRank[rank], id)
	}
	var out [][]int64
	for rank := range len(r.byID) {
		level := byRank[rank+1]
		if len(level) == 0 {
			continue
		}
		slices.Sort(level)
		if len(level) > 1 && !r.poll.Rules.Equal {
			for _, id := range level {
				r.fields.Add(field("rank-", id), "ballot.rank_twice", errs.Args{"Option": r.byID[id].Label, "Rank": rank + 1})
			}
		}
		out = append(out, level)
	}
	return out
}

func field(prefix string, id int64) string { return prefix + strconv.FormatInt(id, 10) }

// scores are the numbers that were given.
func (r *ballotReader) scores() map[int64]int {
	out := map[int64]int{}
	scale := scaleOf(r.poll)
	for id, text := range r.numbered("score-") {
		n, err := strconv.Atoi(text)
		if err != nil || n < scale.Min || n > scale.Max {
			r.fields.Add(field("score-", id), "ballot.number", errs.Args{"Option": r.byID[id].Label, "Min": scale.Min, "Max": scale.Max})
			continue
		}
		out[id] = n
	}
	return out
}

// reasons are what was said about single options. In a choice only those chosen
// are asked, and what stands in the hidden fields of the others is not sent.
func (r *ballotReader) reasons(a ledger.Answer) map[int64]string {
	out := map[int64]string{}
	for id, o := range r.byID {
		name := field("reason-", id)
		text := strings.TrimSpace(r.form.Get(name))
		switch {
		case text == "" || o.ReasonPrompt == "":
		case names(a, id):
			out[id] = text
			if utf8.RuneCountInString(text) > poll.MaxReason {
				r.fields.Add(name, "field.too_long", errs.Args{"Max": poll.MaxReason})
			}
		case a.Form != tally.Marks:
			r.fields.Add(name, "ballot.reason_alone", errs.Args{"Option": o.Label})
		}
	}
	return out
}

// readSecret reads of a secret ballot what its browser's key is known by, and
// from the form of a change what the receipt of the old one says.
func readSecret(in *poll.NewBallot, form url.Values) error {
	var f errs.Fields
	if key, err := ledger.ParseHash(form.Get("made_key")); err == nil {
		in.Commitment = new(ledger.Commitment(key))
	}
	if known, err := ledger.ParseHash(form.Get("commitment")); err == nil {
		in.Commitment = &known
	}
	if _, changing := form["code"]; !changing {
		return nil
	}
	in.Change = &poll.Change{Code: form.Get("code")}
	for _, name := range []string{"code", "key"} {
		if strings.TrimSpace(form.Get(name)) == "" {
			f.Add(name, "field.required")
		}
	}
	var err error
	if in.Change.Key, err = ledger.ParseHash(strings.ToLower(strings.Join(strings.Fields(form.Get("key")), ""))); err != nil {
		f.Add("key", "ballot.key_shape")
	}
	return f.Err()
}

// scaleOf is what numbers a ballot in the poll holds, or how many options.
func scaleOf(p poll.Poll) view.Ballot {
	r := p.Rules
	switch p.Method {
	case tally.Score:
		return view.Ballot{Kind: view.Points, Min: r.MinScore, Max: r.MaxScore}
	case tally.STAR:
		return view.Ballot{Kind: view.Stars, Max: r.MaxScore}
	case tally.MajorityJudgment:
		return view.Ballot{Kind: view.Grades, Max: r.Grades - 1}
	case tally.DotVote:
		return view.Ballot{Kind: view.Dots, Max: r.Dots, Budget: r.Dots, UseAll: r.UseAll}
	case tally.Quadratic:
		most := 0
		for (most+1)*(most+1) <= r.Credits {
			most++
		}
		least := 0
		if r.Negative {
			least = -most
		}
		return view.Ballot{Kind: view.Credits, Min: least, Max: most, Budget: r.Credits}
	case tally.TimePoll:
		return view.Ballot{Kind: view.Times, Max: tally.Yes}
	}
	return optionsScale(p)
}

// optionsScale is how many options are marked or ranked.
func optionsScale(p poll.Poll) view.Ballot {
	r := p.Rules
	b := view.Ballot{Kind: view.PickSome, Min: cmp.Or(r.Min, 1), Max: cmp.Or(r.Max, r.Top, len(p.Options)), Equal: r.Equal}
	switch {
	case p.Method.Form() == tally.Words:
		b.Kind = view.InWords
	case p.Method.Form() == tally.Ranking:
		b.Kind = view.Rank
	case p.Method == tally.Proposal, p.Method == tally.OptIn, p.Method == tally.Choice && b.Max == 1:
		b.Kind, b.Max = view.PickOne, 1
	}
	return b
}

// complaints puts several into one, the first about each field staying.
func complaints(all ...error) error {
	var out errs.Fields
	for _, err := range all {
		e, ok := errors.AsType[*errs.Error](err)
		if err != nil && (!ok || len(e.Fields) == 0) {
			return err
		}
		if !ok {
			continue
		}
		for name, text := range e.Fields {
			if _, is := out[name]; !is {
				out.Add(name, text.Code, text.Args)
			}
		}
	}
	return out.Err()
}
