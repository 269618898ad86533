package view

import (
	"bytes"
	"html/template"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"plenary/pkg/errs"
	"plenary/pkg/i18n"
	"plenary/templates"
)

// now is when all fixture pages are read.
var now = time.Date(2026, 11, 23, 10, 42, 0, 0, time.UTC)

func ago(d time.Duration) time.Time { return now.Add(-d) }

const day = 24 * time.Hour

var (
	amina = Person{ID: 1, Name: "Amina Okafor", Handle: "amina", Affiliation: "Harbour Bakery"}
	bram  = Person{ID: 2, Name: "Bram de Wit", Handle: "bram", Affiliation: "Stichting Waterkant"}
	chloe = Person{ID: 3, Name: "Chloé Lambert", Handle: "chloe"}
	dario = Person{ID: 4, Name: "Dario Conti", Handle: "dario", Affiliation: "Officina Lenta"}
	edda  = Person{ID: 5, Name: "Edda Þórsdóttir", Handle: "edda", Imported: true}
	fadi  = Person{ID: 6, Name: "فادي حداد", Handle: "fadi", Affiliation: "تعاونية الزيتون"}

	network = GroupRef{Name: "Harbour Network", Handle: "harbour", Visibility: "public"}
)

// newTestRenderer uses the real templates with a made-up address for each file
// that exists.
func newTestRenderer(t *testing.T) *Renderer {
	t.Helper()
	bundle, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	r, err := New(Options{Files: templates.Files, Bundle: bundle, Asset: testAsset})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func testAsset(name string) (string, bool) {
	switch name {
	case "app.css", "programme.css", "app.js", "visitor.js", "icons.svg", "favicon.svg", "verify.wasm":
		return "/static/" + name, true
	}
	return "", false
}

func frame(path string, viewer *Viewer) Frame {
	return Frame{Clock: Clock{Now: now, Zone: brussels()}, Forum: "Harbour Assembly", Viewer: viewer, Path: path, Version: "0.1.0"}
}

func brussels() *time.Location { return time.FixedZone("CET", 3600) }

func member() *Viewer { return &Viewer{ID: 1, Name: "Amina Okafor", Handle: "amina", NeedsVote: 1} }

func administrator() *Viewer {
	return &Viewer{ID: 2, Name: "Bram de Wit", Handle: "bram", Administrator: true}
}

func partial(t *testing.T, r *Renderer, p Partial) template.HTML {
	t.Helper()
	var b bytes.Buffer
	if err := r.RenderPartial(&b, "en", p); err != nil {
		t.Fatal(err)
	}
	return template.HTML(b.String())
}

func head() ThreadHead {
	return ThreadHead{ID: 42, Slug: "three-days-in-june", Title: "Three days in June: what should our open session be about?",
		Group: network, Author: bram, At: time.Date(2026, 11, 12, 16, 45, 0, 0, time.UTC), Visibility: "public", SeenBy: 119,
		Pinned: true, Tags: []string{"assembly", "programme"}}
}

func comments() []Comment {
	return []Comment{
		{ID: 11, Seq: 2, Thread: 42, Author: amina, At: ago(6 * day), Reactions: []Reaction{{Emoji: "👍", Count: 4}, {Emoji: "🎉", Count: 1}},
			Body: "<p dir=\"auto\">People will come if the session speaks to what they do on a Monday morning. Right now I would not be able to tell my colleagues why they should spend a Saturday on it.</p>"},
		{ID: 12, Seq: 3, Thread: 42, Author: chloe, At: ago(6*day - time.Hour), Empty: true},
		{ID: 13, Seq: 5, Thread: 42, Author: dario, At: ago(5 * day), EditedAt: ago(5*day - time.Hour), ReplyTo: &ReplyRef{ID: 11, Author: amina, Excerpt: "People will come if the session speaks to what they do on a Monday morning."},
			Body: "<p dir=\"auto\">Agreed, <a class=\"mention\" href=\"/u/amina\">@amina</a>. But stepping into the unknown is hard for <em>any</em> organisation with something to lose.</p><blockquote dir=\"auto\"><p>why they should spend a Saturday on it</p></blockquote><p dir=\"auto\">Because lunch is on the quay.</p>"},
		{ID: 14, Seq: 6, Thread: 42, Author: edda, At: ago(5*day - 3*time.Hour), Removed: "author"},
		{ID: 15, Seq: 7, Thread: 42, Author: fadi, At: ago(3 * day), Reactions: []Reaction{{Emoji: "🤔", Count: 2}, {Emoji: "❤️", Count: 3}},
			Attachments: []Attachment{{ID: 9, Name: "draft programme, second version.pdf", URL: "/files/9/programme.pdf", Type: "application/pdf", Size: 284_100}},
			Body:        "<p dir=\"auto\">Three connected themes:</p><ul dir=\"auto\"><li>Shared infrastructure: going beyond energy, into fibre and data</li><li>Consortia of small firms that are not cooperatives themselves</li><li>Neutral ownership as a promise to those who share</li></ul>"},
	}
}

func openPoll() PollCard {
	return PollCard{ID: 7, Seq: 9, Thread: head(), Title: "Which themes should fill the open session on Saturday?", Author: bram, At: ago(2 * day),
		Details: "<p dir=\"auto\">The three with most votes get forty minutes each.</p>",
		Method:  "choice", Min: 1, Max: 3, State: "open", ClosesAt: now.Add(2*day + 6*time.Hour), Shows: "after_vote", Voters: "Members of Harbour Network",
		Options: []Option{{ID: 71, Label: "Shared infrastructure: going beyond energy, into fibre and data", Meaning: "Proposed by Fadi, supported by 12", ThemeID: 1},
			{ID: 72, Label: "Consortia of small firms"}, {ID: 73, Label: "Who does the dishes? Fair shares of unpaid work", Meaning: "Proposed by Chloé"}, {ID: 74, Label: "Neutral ownership"}},
		Cast: 41, Eligible: 119, Quorum: 60, Clock: Clock{Now: now, Zone: brussels()}}
}

func proposal() PollCard {
	return PollCard{ID: 8, Seq: 4, Thread: head(), Title: "Shall we open Saturday to people who are not members?", Author: amina, At: ago(9 * day),
		Method: "proposal", Min: 1, Max: 1, State: "open", ClosesAt: now.Add(5 * time.Hour), Shows: "always", Secret: true, Voters: "Members of Harbour Network",
		Options: []Option{{ID: 81, Key: "agree"}, {ID: 82, Key: "abstain"}, {ID: 83, Key: "disagree"}, {ID: 84, Key: "block"}},
		Cast:    25, Eligible: 40, Quorum: 20, Clock: Clock{Now: now, Zone: brussels()}}
}

func proposalResults() *Results {
	return &Results{Status: "passed", Sentence: "Passed: 17 of the 21 who took a side agree; two thirds were needed.",
		Steps: []string{"25 of 40 voted, 20 were needed.", "Nobody blocked.", "17 of 21 is more than two thirds."},
		Rows: []ResultRow{{Key: "agree", Votes: 17, Percent: 68, Share: "68 %", Winner: true}, {Key: "abstain", Votes: 4, Percent: 16, Share: "16 %"},
			{Key: "disagree", Votes: 3, Percent: 12, Share: "12 %"}, {Key: "block", Votes: 1, Percent: 4, Share: "4 %"}},
		Reasons: []ReasonGroup{{Key: "agree", Reasons: []Reason{{Author: chloe, At: ago(8 * day), Text: "<p dir=\"auto\">The bakery next door has more to say about rent than we do.</p>"}}},
			{Key: "disagree", Reasons: []Reason{{Author: dario, At: ago(8 * day), Text: "<p dir=\"auto\">The room holds eighty.</p>"}}}},
		Who: []Vote{{Person: amina, Labels: []string{"Agree"}}, {Person: bram, Labels: []string{"Agree"}}, {Person: dario, Labels: []string{"Disagree"}}}, NotVoted: []Person{edda, fadi}, NotVotedN: 15}
}

func decided() *Outcome {
	return &Outcome{ID: 3, Seq: 8, PollID: 8, Poll: "Shall we open Saturday to people who are not members?", Thread: 42, ThreadTitle: head().Title, Group: network, Author: bram, At: ago(2 * day),
		Statement: "<p dir=\"auto\">Saturday morning is open to everybody who registers by 1 June. Bram books the larger hall.</p>",
		Result:    "17 agreed, 3 disagreed, 4 abstained, 1 blocked; 25 of 40 voted.", ReviewOn: time.Date(2027, 6, 30, 0, 0, 0, 0, time.UTC), Clock: Clock{Now: now, Zone: brussels()}}
}

func themes() []ThemeCard {
	return []ThemeCard{
		{ID: 1, Thread: 42, Title: "Shared infrastructure", Summary: "Going beyond energy, into fibre and data: who owns the pipes?", Proposer: fadi, State: "shortlisted", Supporters: 12, Comments: 3, FromComment: 15, Mine: true, CanSupport: true},
		{ID: 2, Thread: 42, Title: "Consortia of small firms", Proposer: fadi, State: "proposed", Supporters: 5, FromComment: 15, CanSupport: true},
		{ID: 3, Thread: 42, Title: "Who does the dishes? Fair shares of unpaid work", Summary: "Every cooperative has somebody who stays behind to tidy. Let us count the hours for once.", Proposer: chloe, State: "proposed", Supporters: 1, Comments: 1, CanSupport: true},
	}
}

func threadFull(t *testing.T, r *Renderer) ThreadPage {
	cs := comments()
	closed := proposal()
	closed.State, closed.ClosedAt, closed.Results = "closed", ago(3*day), proposalResults()
	open := openPoll()
	open.Ballot = ballotOf(open, PickSome, Form{Once: "once-ballot", Values: url.Values{"choices": {"71"}}})
	items := []Item{
		{2, partial(t, r, cs[0])}, {3, partial(t, r, cs[1])}, {4, partial(t, r, closed)}, {5, partial(t, r, cs[2])}, {6, partial(t, r, cs[3])},
		{7, partial(t, r, cs[4])},
		{8, partial(t, r, *decided())},
		{9, partial(t, r, Marker{Seq: 9, Kind: "theme.proposed", At: ago(2 * day), Actor: fadi, Subject: Link{"Shared infrastructure", "/themes/1"}})},
		{10, partial(t, r, open)},
		{11, partial(t, r, Comment{ID: 16, Seq: 11, Thread: 42, Author: bram, At: ago(2 * time.Hour), Body: "<p dir=\"auto\">One overarching title for the morning, under which most of this fits: “Working together when times are hard”. Would that do?</p>"})},
	}
	read, unread := Split(items, 8)
	open1, closed1 := open.Line(), closed.Line()
	open1.CanVote = true
	return ThreadPage{Frame: frame(head().URL(), member()), Thread: head(),
		Context: "<p dir=\"auto\">It is official: the three days are from Thursday 17 to Saturday 19 June, on the old harbour. This is the rough programme:</p><ul dir=\"auto\"><li><strong>Thursday</strong>, afternoon: visits to workshops, then dinner</li><li><strong>Friday</strong>: general assembly</li><li><strong>Saturday</strong>, morning: an open session, made by all of us</li></ul><p dir=\"auto\">What should that last session be about? Two ideas so far: new forms of cooperation, and rents. Then maybe a poll?</p>",
		Outcome: decided(), Asked: []PollLine{open1, closed1}, Board: &BoardLine{Themes: 3, Shortlisted: 1, Top: themes()}, Programmes: []ProgrammeLine{{programmeHead(false)}},
		Read: Pressed(read, []string{MineReaction(11, "👍")}), Unread: unread, UnreadCount: 4, Comments: 346, LastSeq: 11, AtEnd: true,
		Earlier: 340, EarlierURL: "/t/42?before=2", StartURL: "/t/42?after=0", EndURL: "/t/42?before=",
		Rail: []RailMark{{At: ago(9 * day), URL: "/t/42?at=2026-11-14"}, {At: ago(6 * day), URL: "/t/42?at=2026-11-17", Now: true}, {At: ago(2 * day), URL: "/t/42?at=2026-11-21"}},
		Form: Form{Once: "once-comment"}, Rights: ThreadRights{Comment: true, React: true, Propose: true, StartPoll: true, Edit: true, Pin: true, Close: true, ReadSeenBy: true, Moderate: true}, People: 118}
}

// shown is one page in one state.
type shown struct {
	name string
	page Page
}

// fixtures are all pages in all states worth looking at.
func fixtures(t *testing.T, r *Renderer) []shown {
	full := threadFull(t, r)
	empty := ThreadPage{Frame: frame("/t/43", nil), Thread: ThreadHead{ID: 43, Title: "Hello", Group: network, Author: chloe, At: ago(time.Hour), Visibility: "public", SeenBy: 1},
		Context: "<p>Who is here?</p>", AtEnd: true, Board: &BoardLine{}, LastSeq: 1}
	rejected := full
	rejected.Form = Form{Once: "once-2", Values: url.Values{"body": {""}}, Fields: errs.Fields{"body": {Code: "field.required"}}}
	closed := empty
	closed.Viewer = member()
	closed.Thread.Closed = &Closing{By: bram, At: ago(time.Hour), Reason: "The programme is printed. Thank you all."}
	closed.Rights.Reopen = true
	own := empty
	own.Viewer, own.Thread, own.Board, own.Comments, own.Rights = member(), ofPoll(), nil, 1, ThreadRights{Comment: true, Edit: true, Pin: true, Close: true}
	card := proposal()
	card.Thread, card.Alone, card.Ballot = own.Thread, true, ballotOf(card, PickOne, Form{Once: "b"})
	own.Poll = &PollPage{Frame: own.Frame, Card: card, LastSeq: 4}
	return append([]shown{{"thread-of-poll", own}, {"thread-full", full}, {"thread-empty", empty}, {"thread-rejected", rejected}, {"thread-closed", closed}}, append(otherPages(t, r), append(append(append(entryPages(), myAccountPages()...), providerPages()...), ballotPages()...)...)...)
}

func repoFile(t *testing.T, elements ...string) string {
	t.Helper()
	name := filepath.Join(append([]string{"..", "..", ".."}, elements...)...)
	if _, err := os.Stat(name); err != nil {
		t.Fatal(err)
	}
	return name
}
