package web

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"plenary/pkg/ledger"
	"plenary/pkg/poll"
	"plenary/pkg/tally"
	"plenary/pkg/testkit"
)

// asked is a poll of a method in Ada's thread, with options A, B, C and D, or
// the method's own.
func (h *house) asked(thread int64, m tally.Method, change func(*poll.NewPoll)) poll.Poll {
	h.t.Helper()
	in := poll.NewPoll{Title: "About " + string(m), Method: m, ClosesAt: h.clock.Now().Add(72 * time.Hour)}
	switch m {
	case tally.Proposal, tally.OptIn, tally.Question:
	case tally.TimePoll:
		for i := range 4 {
			at := h.clock.Now().Add(time.Duration(i+4) * 24 * time.Hour).Truncate(time.Minute)
			in.Options = append(in.Options, poll.NewOption{StartsAt: &at})
		}
	default:
		for _, label := range []string{"A", "B", "C", "D"} {
			in.Options = append(in.Options, poll.NewOption{Label: label})
		}
	}
	if change != nil {
		change(&in)
	}
	p, err := h.site.Polls.Start(context.Background(), h.actor("ada"), thread, in)
	h.must(err)
	return p
}

// fields writes "rank-A=2 rank-B=1" with the ids of the options: a capital
// letter names an option by its place.
func fields(p poll.Poll, text string) []string {
	var out []string
	for pair := range strings.FieldsSeq(text) {
		name, value, _ := strings.Cut(pair, "=")
		for i, o := range p.Options {
			letter, id := string(rune('A'+i)), fmt.Sprint(o.ID)
			name = strings.Replace(name, "-"+letter, "-"+id, 1)
			if name == "choices" && value == letter {
				value = id
			}
		}
		out = append(out, name, strings.ReplaceAll(value, "_", " "))
	}
	return out
}

// lettered is an answer with the options as letters.
func lettered(p poll.Poll, a ledger.Answer) string {
	a = ledger.AnswerOf(a.Form, []int64{'A', 'B', 'C', 'D'}, placed(p, a))
	text := a.String()
	for letter := 'A'; letter <= 'D'; letter++ {
		text = strings.ReplaceAll(text, fmt.Sprint(int(letter)), string(letter))
	}
	return text
}

// placed is the answer as it is counted, with options by their places.
func placed(p poll.Poll, a ledger.Answer) tally.Ballot {
	place := map[int64]int{}
	for i, o := range p.Options {
		place[o.ID] = i
	}
	b, _ := a.Ballot(place, 1)
	return b
}

func TestABallotOfEachMethodArrivesAsItIsFilledIn(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		thread := h.thread("ada", "harbour", "Ballots")
		ben := h.browser("ben")
		for m, c := range map[tally.Method]struct{ form, want, says string }{
			tally.Proposal:         {"choices=A", "[A]", "Agree"},
			tally.Choice:           {"choices=B", "[B]", "B"},
			tally.Approval:         {"choices=B choices=D", "[B,D]", "B and D"},
			tally.OptIn:            {"choices=A", "[A]", "Count me in"},
			tally.Score:            {"score-A=5 score-B= score-C=0", `{"A":5,"C":0}`, "A: 5"},
			tally.STAR:             {"score-A=5 score-C=0", `{"A":5,"C":0}`, "A: best (5)"},
			tally.DotVote:          {"score-A=3 score-C=5", `{"A":3,"C":5}`, "A: 3 dots"},
			tally.Quadratic:        {"score-A=3 score-C=1", `{"A":3,"C":1}`, "A: 3 votes, at a cost of 9"},
			tally.MajorityJudgment: {"score-A=5 score-B=0", `{"A":5,"B":0}`, "A: Excellent"},
			tally.Borda:            {"rank-A=2 rank-B=1", "[[B],[A]]", "1: B"},
			tally.InstantRunoff:    {"rank-A=4 rank-B=2 rank-C=", "[[B],[A]]", "2: A"},
			tally.RankedPairs:      {"rank-A=2 rank-B=1", "[[B],[A]]", "1: B"},
			tally.Schulze:          {"rank-D=1", "[[D]]", "1: D"},
			tally.STVScottish:      {"rank-A=1 rank-B=2 rank-C=3 rank-D=4", "[[A],[B],[C],[D]]", "4: D"},
			tally.STVWIGM:          {"rank-A=1", "[[A]]", "1: A"},
			tally.STVMeek:          {"rank-A=1", "[[A]]", "1: A"},
			tally.TimePoll:         {"score-A=2 score-B=1 score-C=0", `{"A":2,"B":1,"C":0}`, "If need be"},
			tally.Question:         {"reason=Ask_the_baker", "[]", "Ask the baker"},
		} {
			t.Run(string(m), func(t *testing.T) {
				p := h.asked(thread.ID, m, nil)
				page := ben.get(fmt.Sprintf("/p/%d", p.ID)).status(200)
				if page.page.Find("form.ballot").Length() != 1 {
					t.Fatalf("no form: %s", text(page))
				}
				ben.post(fmt.Sprintf("/p/%d/ballot", p.ID), fields(p, c.form)...).to(fmt.Sprintf("/p/%d", p.ID))
				mine, err := h.site.Polls.MyBallot(context.Background(), h.actor("ben"), p.ID)
				h.must(err)
				if got := lettered(p, mine.Answer); got != c.want {
					t.Errorf("arrived as %s, want %s", got, c.want)
				}
				ben.get(fmt.Sprintf("/p/%d", p.ID)).status(200).has(c.says)
				// The form to change it is filled in with what was cast.
				again := ben.get(fmt.Sprintf("/p/%d?change=1", p.ID)).status(200)
				ben.post(fmt.Sprintf("/p/%d/ballot", p.ID), filledIn(again)...).to(fmt.Sprintf("/p/%d", p.ID))
				after, err := h.site.Polls.MyBallot(context.Background(), h.actor("ben"), p.ID)
				h.must(err)
				if after.Revision != 1 || !after.Answer.Equal(mine.Answer) {
					t.Errorf("sent again as it stands it is %s, revision %d; want %s, unchanged", after.Answer, after.Revision, mine.Answer)
				}
			})
		}
	})
}

// filledIn is what a browser would send of the ballot's form as it stands.
func filledIn(s seen) []string {
	var out []string
	for _, f := range s.page.Find("form.ballot input, form.ballot textarea").EachIter() {
		name, _ := f.Attr("name")
		kind, _ := f.Attr("type")
		_, checked := f.Attr("checked")
		value, _ := f.Attr("value")
		if f.Is("textarea") {
			value = f.Text()
		}
		if kind != "radio" && kind != "checkbox" || checked {
			out = append(out, name, value)
		}
	}
	return out
}

func TestBadBallotsAreRefusedAtTheFieldAndTheFormIsKept(t *testing.T) {
	t.Parallel()
	h := newHouse(t, testkit.SQLite(t))
	thread := h.thread("ada", "harbour", "Bad ballots")
	ben := h.browser("ben")
	equal := func(in *poll.NewPoll) { in.Rules.Equal = true }
	blank := func(in *poll.NewPoll) { in.Rules.Blank = true }
	asked := func(in *poll.NewPoll) { in.Options[0].ReasonPrompt = "Why A?" }
	for _, c := range []struct {
		what   string
		method tally.Method
		change func(*poll.NewPoll)
		form   string
		at     string // the field with the complaint
		says   string
	}{
		{"nothing", tally.Choice, nil, "", "choices", "Choose an answer."},
		{"a foreign option", tally.Choice, nil, "choices=999999", "choices", "This poll has no such option."},
		{"no option at all", tally.Choice, nil, "choices=NaN", "choices", "This poll has no such option."},
		{"two of one", tally.Choice, nil, "choices=A choices=B", "choices", "Choose at most 1 option."},
		{"one twice", tally.Approval, nil, "choices=A choices=A", "choices", ""},
		{"none where it is not offered", tally.Choice, nil, "choices=none", "choices", "Choose an answer."},
		{"none and one", tally.Approval, blank, "choices=A none=1", "choices", "none of these"},
		{"no rank", tally.InstantRunoff, nil, "rank-A= rank-B=", "choices", "Rank at least one option."},
		{"ranks twice", tally.InstantRunoff, nil, "rank-A=1 rank-B=1", "rank-A", "has the same rank"},
		{"a rank of a foreign option", tally.InstantRunoff, nil, "rank-A=1 rank-999999=2", "choices", "This poll has no such option."},
		{"a rank of nothing", tally.InstantRunoff, nil, "rank-A=1 rank-x=2", "choices", "This poll has no such option."},
		{"rank 0", tally.InstantRunoff, nil, "rank-A=0", "rank-A", "a whole number from 1 to 4"},
		{"a negative rank", tally.Schulze, equal, "rank-A=-1", "rank-A", "a whole number from 1 to 4"},
		{"a rank beyond the options", tally.Borda, nil, "rank-A=5", "rank-A", "a whole number from 1 to 4"},
		{"a word for a rank", tally.Borda, nil, "rank-A=first", "rank-A", "a whole number from 1 to 4"},
		{"a huge rank", tally.STVMeek, nil, "rank-A=99999999999999999999", "rank-A", "a whole number from 1 to 4"},
		{"none and ranks", tally.InstantRunoff, blank, "rank-A=1 none=1", "choices", "none of these"},
		{"NaN", tally.Score, nil, "score-A=NaN", "score-A", "a whole number from 0 to 5"},
		{"half a point", tally.Score, nil, "score-A=2.5", "score-A", "a whole number from 0 to 5"},
		{"an exponent", tally.Score, nil, "score-A=1e0", "score-A", "a whole number from 0 to 5"},
		{"too many points", tally.STAR, nil, "score-A=6", "score-A", "a whole number from 0 to 5"},
		{"negative points", tally.STAR, nil, "score-A=-1", "score-A", "a whole number from 0 to 5"},
		{"no points", tally.Score, nil, "score-A= score-B=", "choices", "Give at least one option an answer."},
		{"points of a foreign option", tally.Score, nil, "score-A=1 score-999999=1", "choices", "This poll has no such option."},
		{"too many dots", tally.DotVote, nil, "score-A=5 score-B=4", "choices", "dots"},
		{"too many dots on one", tally.DotVote, nil, "score-A=9", "score-A", "a whole number from 0 to 8"},
		{"no dots", tally.DotVote, nil, "score-A=0", "choices", ""},
		{"votes that cost too much", tally.Quadratic, nil, "score-A=8 score-B=7", "choices", "credits"},
		{"negative votes where there are none", tally.Quadratic, nil, "score-A=-2", "score-A", "a whole number from 0 to 10"},
		{"a huge number of votes", tally.Quadratic, nil, "score-A=9223372036854775807", "score-A", "a whole number from 0 to 10"},
		{"an unknown grade", tally.MajorityJudgment, nil, "score-A=6", "score-A", "a whole number from 0 to 5"},
		{"more than yes", tally.TimePoll, nil, "score-A=3", "score-A", "a whole number from 0 to 2"},
		{"an empty answer", tally.Question, nil, "reason=", "reason", ""},
		{"a block without a reason", tally.Proposal, nil, "choices=D", "reason", ""},
		{"a reason about what was not ranked", tally.Borda, asked, "rank-B=1 reason-A=Because", "reason-A", "You have given a reason"},
	} {
		t.Run(c.what, func(t *testing.T) {
			p := h.asked(thread.ID, c.method, c.change)
			sent := append(fields(p, c.form), "once", "k"+fmt.Sprint(p.ID))
			got := ben.post(fmt.Sprintf("/p/%d/ballot", p.ID), sent...).status(422)
			at := fields(p, c.at+"=")[0]
			said := got.page.Find(fmt.Sprintf("#p-%d-%s-error", p.ID, at)).Text()
			if said == "" || !strings.Contains(said, c.says) {
				t.Errorf("at %s: %q, want %q", at, said, c.says)
			}
			if link := got.page.Find(fmt.Sprintf(`.error-summary a[href="#p-%d-%s"]`, p.ID, at)); link.Length() != 1 || got.page.Find(fmt.Sprintf("#p-%d-%s", p.ID, at)).Length() != 1 {
				t.Errorf("the summary does not lead to %s", at)
			}
			for i := 0; i+1 < len(sent); i += 2 {
				if name, value := sent[i], sent[i+1]; value != "" && !strings.Contains(name, "999999") && name != "rank-x" && name != "once" && !stillThere(got, name, value) {
					t.Errorf("%s=%s is not in the form that came back", name, value)
				}
			}
			if n := h.count("SELECT COUNT(*) FROM ballots WHERE poll_id = ?", p.ID); n != 0 {
				t.Errorf("%d ballots are kept of it", n)
			}
		})
	}
}

// stillThere reports whether the form holds what was sent, as far as its fields can.
func stillThere(s seen, name, value string) bool {
	sent := filledIn(s)
	for i := 0; i+1 < len(sent); i += 2 {
		if sent[i] == name && (sent[i+1] == value || name == "none") {
			return true
		}
	}
	field := s.page.Find(fmt.Sprintf("form.ballot [name=%q]", name))
	kind, _ := field.Attr("type")
	return field.Length() == 0 || kind == "radio" || kind == "checkbox" // which offer no such value
}

func (h *house) count(query string, args ...any) int {
	h.t.Helper()
	var n int
	h.must(h.db.Read(context.Background()).Raw(query, args...).Row().Scan(&n))
	return n
}

func TestAPracticeBallotIsTriedByReadersAndNotKept(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		thread := h.thread("ada", "harbour", "Practice")
		p := h.asked(thread.ID, tally.InstantRunoff, nil)
		path := fmt.Sprintf("/p/%d/practice", p.ID)
		for _, name := range []string{"", "stan", "ben"} {
			b := h.browser(name)
			b.get(path).status(200).has("For practice only")
			b.post(path, fields(p, "rank-A=2 rank-C=1 reason=Why_not")...).status(200).has("This ballot would count").has("1: C").has("2: A").has("Why not")
			b.post(path, fields(p, "rank-A=1 rank-C=1")...).status(422).has("has the same rank").lacks("would count")
			b.post(path).status(422).has("Rank at least one option.")
		}
		if n := h.count("SELECT COUNT(*) FROM ballots WHERE poll_id = ?", p.ID); n != 0 {
			t.Errorf("%d ballots are kept", n)
		}
		draft := h.asked(thread.ID, tally.Choice, func(in *poll.NewPoll) { in.Draft = true })
		h.browser("ada").get(fmt.Sprintf("/p/%d/practice", draft.ID)).status(200)
		h.browser("stan").get(fmt.Sprintf("/p/%d/practice", draft.ID)).status(404)
		draw := h.asked(thread.ID, tally.Sortition, nil)
		h.browser("ben").get(fmt.Sprintf("/p/%d/practice", draw.ID)).status(404)
		h.browser("ben").get(fmt.Sprintf("/p/%d", draw.ID)).status(200).has("lots are drawn when the poll closes").lacks("form class=\"ballot\"")
	})
}

func TestTheOrderOfOptionsIsAnothersAndStays(t *testing.T) {
	t.Parallel()
	h := newHouse(t, testkit.SQLite(t))
	thread := h.thread("ada", "harbour", "Shuffled")
	p := h.asked(thread.ID, tally.Approval, func(in *poll.NewPoll) {
		in.Shuffle = true
		for _, label := range []string{"E", "F", "G", "H"} {
			in.Options = append(in.Options, poll.NewOption{Label: label})
		}
	})
	order := func(name string) string {
		page := h.browser(name).get(fmt.Sprintf("/p/%d", p.ID)).status(200)
		var out []string
		for _, label := range page.page.Find("form.ballot .option .choice-label").EachIter() {
			out = append(out, label.Text())
		}
		return strings.Join(out, "")
	}
	ben, cleo := order("ben"), order("cleo")
	if ben != order("ben") || ben == cleo || len(ben) != 8 {
		t.Errorf("ben sees %s and then %s, cleo %s; want two orders that stay", ben, order("ben"), cleo)
	}
}

func TestHavingNoAnswerYetIsSaidAndTakenBackOnThePage(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		thread := h.thread("ada", "harbour", "Undecided")
		p := h.asked(thread.ID, tally.Choice, func(in *poll.NewPoll) { in.Settings.Undecided = true })
		path := fmt.Sprintf("/p/%d", p.ID)
		ben, cleo := h.browser("ben"), h.browser("cleo")
		ben.get(path).status(200).has("I have no answer yet")
		ben.post(path+"/undecided", "undecided", "yes").to(path)
		ben.get(path).status(200).has("You have said that you have no answer yet.").has("0 of 4 have voted")
		cleo.get(path).status(200).has("Has no answer yet: Ben Example")
		h.browser("").get(path).status(200).lacks("Has no answer yet")
		ben.post(path+"/undecided", "undecided", "no").to(path)
		cleo.get(path).status(200).lacks("Has no answer yet")
		ben.stream(path+"/undecided", "undecided", "yes").status(200).has("")
		ben.post(path+"/ballot", "choices", fmt.Sprint(p.Options[0].ID)).to(path)
		cleo.get(path).status(200).lacks("Has no answer yet")
		ben.post(path+"/undecided", "undecided", "yes").status(409)
		h.browser("stan").post(path+"/undecided", "undecided", "yes").status(403)
	})
}

func TestASecretBallotGivesAReceiptThatChangesIt(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		thread := h.thread("ada", "harbour", "Secret")
		p := h.asked(thread.ID, tally.Choice, func(in *poll.NewPoll) { in.Secret = true })
		path := fmt.Sprintf("/p/%d", p.ID)
		ben := h.browser("ben")
		form := ben.get(path).status(200).has("We do not store who cast which ballot")
		sent := append(filledIn(form), fields(p, "choices=A")...)
		got := ben.post(path+"/ballot", sent...).status(200)
		code, key := receiptIn(got)
		if twice, other := receiptIn(ben.post(path+"/ballot", sent...).status(200)); twice != code || other != key {
			t.Errorf("sent twice the receipts are %s and %s; want the same", code, twice)
		}
		ben.get(path).status(200).has("only you have the receipt").lacks(code).lacks(key)
		// To change it takes code and key, however they are typed.
		change := filledIn(ben.get(path + "?change=1").status(200))
		set := func(code, key string) []string {
			out := append(slices.Clone(change), fields(p, "choices=B")...)
			for i := 0; i < len(out); i += 2 {
				switch out[i] {
				case "code":
					out[i+1] = code
				case "key":
					out[i+1] = key
				}
			}
			return out
		}
		for _, c := range []struct{ what, code, key, at string }{
			{"nothing", "", "", "code"}, {"no key", code, "", "key"}, {"a short key", code, key[:60], "key"},
			{"another's code", "AAAA-AAAA-AAAA-AAAA-AAAA", key, "code"}, {"another's key", code, strings.Repeat("0", 64), "code"},
		} {
			refused := ben.post(path+"/ballot", set(c.code, c.key)...).status(422)
			if refused.page.Find(fmt.Sprintf("#p-%d-%s-error", p.ID, c.at)).Text() == "" {
				t.Errorf("%s: no complaint at %s: %s", c.what, c.at, text(refused))
			}
		}
		next, _ := receiptIn(ben.post(path+"/ballot", set(strings.ToLower(strings.ReplaceAll(code, "-", " ")), strings.ToUpper(key))...).status(200))
		if next == "" || next == code {
			t.Errorf("after the change the receipt is %q, and was %q", next, code)
		}
		// A browser that makes the key sends only what it is known by.
		cleo := h.browser("cleo")
		commitment := ledger.Commitment(ledger.Hash{7})
		silent := cleo.stream(path+"/ballot", append(fields(p, "choices=C"), "commitment", commitment.String(), "made_key", "")...).status(200)
		if !strings.Contains(silent.body, "data-code=") || strings.Contains(silent.body, "made_key") {
			t.Errorf("the answer has no receipt: %.800s", silent.body)
		}
	})
}

func receiptIn(s seen) (code, key string) {
	code = s.page.Find("[data-receipt-code]").Text()
	return code, s.page.Find("[data-receipt-key] code").Text()
}

// What is wrong with a ballot is told only to those who may vote.
func TestABallotIsJudgedForVotersAlone(t *testing.T) {
	t.Parallel()
	h := newHouse(t, testkit.SQLite(t))
	p := h.asked(h.thread("ada", "harbour", "Doors").ID, tally.InstantRunoff, nil)
	h.browser("stan").post(fmt.Sprintf("/p/%d/ballot", p.ID), "rank-x", "1").status(403)
	h.browser("").post(fmt.Sprintf("/p/%d/ballot", p.ID), "rank-x", "1").status(401)
}

func TestFieldsOfAFormHoldWhatAnAnswerSays(t *testing.T) {
	t.Parallel()
	got := url.Values(ballotFields(ledger.Answer{Form: tally.Ranking, Ranks: [][]int64{{7}, {8, 9}}}, "Why", map[int64]string{7: "So"})).Encode()
	if want := "rank-7=1&rank-8=2&rank-9=2&reason=Why&reason-7=So"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
