package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/i18n"
	"plenary/pkg/ledger"
	"plenary/pkg/poll"
	"plenary/pkg/tally"
	"plenary/pkg/web/view"
)

// ballotView is the form of the ballot for a voter.
func ballotView(p poll.Poll, who access.Actor, form view.Form) *view.Ballot {
	b := scaleOf(p)
	b.Form = form
	b.None, b.Reasons = p.Rules.Blank && p.Method.Form() != tally.Words, string(p.Reasons)
	b.Secret, b.ByCount = p.Secret, p.Receipts == poll.CountOnly
	b.Totals = p.Secret && p.Publish == poll.PublishTotals
	for _, o := range p.Options {
		b.Options = append(b.Options, optionView(p.ID, o))
	}
	if p.Shuffle && p.Method != tally.TimePoll {
		shuffle(b.Options, p.ID, who.Person)
	}
	return &b
}

func optionView(poll int64, o poll.Option) view.Option {
	out := view.Option{ID: o.ID, Key: o.Key, Label: o.Label, Description: rendered(o.DescriptionHTML), ThemeID: o.ThemeID,
		Prompt: o.ReasonPrompt, StartsAt: instant(o.StartsAt), EndsAt: instant(o.EndsAt)}
	if o.Key == "" {
		out.Side = string(o.Side)
	}
	if o.FileID != 0 {
		out.Picture, out.PictureAlt = view.OptionPicture(poll, pictureText(o.FileID)), o.PictureAlt
	}
	return out
}

// shuffle puts the options in an order that is another for each voter and stays
// the same however often the voter comes back.
func shuffle(options []view.Option, poll, person int64) {
	keys := map[int64][sha256.Size]byte{}
	for _, o := range options {
		var text []byte
		for _, n := range []int64{poll, person, o.ID} {
			text = binary.BigEndian.AppendUint64(text, uint64(n))
		}
		keys[o.ID] = sha256.Sum256(text)
	}
	slices.SortFunc(options, func(a, b view.Option) int {
		x, y := keys[a.ID], keys[b.ID]
		return bytes.Compare(x[:], y[:])
	})
}

// ballotFields fill the form with an answer that was given.
func ballotFields(a ledger.Answer, reason string, reasons map[int64]string) map[string][]string {
	values := map[string][]string{"reason": {reason}}
	for _, id := range a.Chosen {
		values["choices"] = append(values["choices"], strconv.FormatInt(id, 10))
	}
	for i, level := range a.Ranks {
		for _, id := range level {
			values[field("rank-", id)] = []string{strconv.Itoa(i + 1)}
		}
	}
	for id, n := range a.Scores {
		values[field("score-", id)] = []string{strconv.Itoa(n)}
	}
	for id, text := range reasons {
		values[field("reason-", id)] = []string{text}
	}
	if a.Form != tally.Words && empty(a) {
		values["none"] = []string{"1"}
	}
	return values
}

// answerTeller says in words what answers to one poll say.
type answerTeller struct {
	words *i18n.Localizer
	zone  *time.Location
	poll  poll.Poll
	scale view.Ballot
}

func newAnswerTeller(p poll.Poll, words *i18n.Localizer, zone *time.Location) answerTeller {
	return answerTeller{words, zone, p, scaleOf(p)}
}

// lines are the answer, a line for each option or rank that it names.
func (t answerTeller) lines(a ledger.Answer) []string {
	var out []string
	if a.Form == tally.Words {
		return []string{}
	}
	for i, level := range a.Ranks {
		var names []string
		for _, o := range t.poll.Options {
			if slices.Contains(level, o.ID) {
				names = append(names, t.name(o))
			}
		}
		out = append(out, t.words.T("ballot.says", i18n.Args{"Option": t.words.Number(int64(i + 1)), "Answer": t.words.List(names)}))
	}
	for _, o := range t.poll.Options {
		if slices.Contains(a.Chosen, o.ID) {
			out = append(out, t.name(o))
		}
		if n, given := a.Scores[o.ID]; given {
			out = append(out, t.score(t.name(o), n))
		}
	}
	if len(out) == 0 {
		out = append(out, t.words.T("ballot.none"))
	}
	return out
}

// name is the option in the reader's words and zone.
func (t answerTeller) name(o poll.Option) string {
	if o.StartsAt == nil {
		return answer(t.words, o)
	}
	name := t.words.Date(*o.StartsAt, t.zone, i18n.Long)
	if o.EndsAt != nil {
		name += " – " + t.words.Date(*o.EndsAt, t.zone, i18n.Clock)
	}
	return name
}

func (t answerTeller) score(option string, n int) string {
	args := i18n.Args{"Option": option}
	switch t.scale.Kind {
	case view.Dots:
		return t.words.N("ballot.says_dots", int64(n), args)
	case view.Credits:
		args["Cost"] = t.words.Number(int64(n) * int64(n))
		return t.words.N("ballot.says_votes", int64(n), args)
	}
	args["Answer"] = t.words.Number(int64(n))
	if word := view.StepWord(t.scale.Kind, n, t.scale.Max); word != "" {
		args["Answer"] = t.words.T(word, i18n.Args{"N": n + 1, "Of": t.scale.Max + 1})
	}
	if t.scale.Kind == view.Stars {
		args["Answer"] = fmt.Sprintf("%s (%d)", args["Answer"], n)
	}
	return t.words.T("ballot.says", args)
}
