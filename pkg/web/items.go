package web

import (
	"cmp"
	"context"
	"html/template"
	"net/url"
	"slices"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/event"
	"plenary/pkg/i18n"
	"plenary/pkg/ledger"
	"plenary/pkg/page"
	"plenary/pkg/poll"
	"plenary/pkg/timeline"
	"plenary/pkg/web/view"
)

// items are the window's items, rendered. Comments and markers are the same for
// every reader; polls are the reader's own, with the ballot.
func (s *Site) items(c edge.Ctx, w window, polls []poll.Poll) ([]view.Item, error) {
	entries, err := s.Timeline.Entries(ctx(c), w.items)
	if err != nil {
		return nil, err
	}
	mine := map[int64]poll.Poll{}
	for _, p := range polls {
		mine[p.ID] = p
	}
	lang, head := s.words(c).Lang(), threadHead(w.thread)
	items := make([]view.Item, 0, len(entries))
	for _, e := range entries {
		var html template.HTML
		if e.Kind == event.PollOpened && e.Subject != w.thread.PollID {
			if p, ok := mine[e.Subject]; ok {
				html, err = s.pollItem(c, p, e.Seq)
			}
		} else {
			html, err = s.fragments.entry(e, head, lang)
		}
		if err != nil {
			return nil, err
		}
		if html != "" {
			items = append(items, view.Item{Seq: e.Seq, HTML: html})
		}
	}
	return items, nil
}

// entry is an item of the timeline that is the same for every reader; empty for
// what is none.
func (f *fragments) entry(e timeline.Entry, head view.ThreadHead, lang string) (template.HTML, error) {
	switch {
	case e.Kind == event.CommentCreated && e.Comment != nil:
		return f.comment(commentOf(*e.Comment), e.Comment.Version, lang)
	case e.Kind == event.OutcomePublished && e.Poll != nil && e.Poll.Outcome != nil && !e.Poll.Alone:
		o := outcomeOf(*e.Poll, *e.Poll.Outcome, head)
		o.Seq = e.Seq
		return f.piece(o, lang)
	}
	if m, ok := markerOf(e); ok {
		return f.piece(m, lang)
	}
	return "", nil
}

// markerOf is an item that only says that something happened. A poll on its own
// and its outcome stand above the timeline, which says when they came.
func markerOf(e timeline.Entry) (view.Marker, bool) {
	m := view.Marker{Seq: e.Seq, Kind: string(e.Kind), At: e.At, Actor: personOf(e.Actor), Reason: e.Reason}
	if e.Kind.Noun() == "theme" && e.Kind != event.ThemeRulesChanged {
		return themeMarker(m, e)
	}
	switch e.Kind {
	case event.ThreadClosed, event.ThreadReopened:
		return m, true
	case event.ThemeRulesChanged:
		m.Subject = view.Link{URL: threadPath(e.Thread, "/themes")}
		return m, true
	case event.PollOpened, event.OutcomePublished, event.PollClosed, event.PollReopened:
		if e.Poll == nil || !e.Poll.Alone && (e.Kind == event.PollOpened || e.Kind == event.OutcomePublished) {
			return m, false
		}
		m.Subject = view.Link{Text: e.Poll.Title, URL: pollURL(e.Poll.ID)}
		return m, true
	case event.ProgrammePublished, event.ProgrammeCancelled, event.ProgrammeResumed:
		if e.Programme == nil {
			return m, false
		}
		m.Subject = view.Link{Text: e.Programme.Title, URL: eventPath(e.Programme.ID, "")}
		if e.Kind == event.ProgrammePublished && e.Version > 1 {
			m.Again = true
			m.Subject.URL = eventPath(e.Programme.ID, "/changes")
		}
		return m, true
	case event.SessionProposed:
		if e.Session == nil {
			return m, false
		}
		m.Subject = view.Link{Text: e.Session.Title, URL: view.SessionCard{ID: e.Session.ID, Programme: e.Session.ProgrammeID}.URL()}
		return m, true
	}
	return m, false
}

// partsNamed is how many themes a line of the timeline names.
const partsNamed = 5

// themeMarker says what was done to a theme, to which others, and what it was called.
func themeMarker(m view.Marker, e timeline.Entry) (view.Marker, bool) {
	if e.Theme == nil || !e.Kind.Shown() {
		return m, false
	}
	m.Subject = view.Link{Text: e.Theme.Title, URL: themeCard(*e.Theme).URL()}
	switch e.Kind {
	case event.ThemeMerged, event.ThemeUnmerged, event.ThemeMergeSuggested, event.ThemeMergeAsked, event.ThemeMergeRefused:
		if e.Other != nil && e.Other.ThreadID == e.Thread {
			m.Object = view.Link{Text: e.Other.Title, URL: themeCard(*e.Other).URL()}
		}
	case event.ThemeRenamed:
		m.Before, m.Subject.Text = e.Before, e.Title
	}
	for _, part := range e.PartsOf[:min(len(e.PartsOf), partsNamed)] {
		m.Parts = append(m.Parts, themeCard(part).Link())
	}
	m.MoreParts = len(e.PartsOf) - len(m.Parts)
	return m, true
}

func pollURL(id int64) string { return view.PollCard{ID: id}.URL() }

// pollItem is a poll in the timeline, for the reader that it was loaded for.
func (s *Site) pollItem(c edge.Ctx, p poll.Poll, seq int64) (template.HTML, error) {
	card, err := s.pollCardFor(c, p, view.Form{}, false, false)
	if err != nil {
		return "", err
	}
	card.Seq = seq
	card.Outcome = nil // it is an item of its own
	return s.fragments.piece(card, s.words(c).Lang())
}

// pollCardFor is a poll with the reader's ballot or receipt, and with the
// results where they may be seen, which are whole where it stands alone. Form is
// a ballot that came back rejected.
func (s *Site) pollCardFor(c edge.Ctx, p poll.Poll, form view.Form, changing, alone bool) (view.PollCard, error) {
	who, words := edge.Who(c), s.words(c)
	card := pollCard(p, words)
	card.Alone = alone
	if who.OnlyPoll != 0 {
		withoutThread(&card)
	}
	card.Clock = view.Clock{Now: s.Now(), Zone: edge.Zone(c)}
	card.Rights = pollRights(who, p)
	if p.Outcome != nil {
		o := outcomeOf(p, *p.Outcome, card.Thread)
		o.CanEdit, o.Clock = card.Rights.Conclude, card.Clock
		card.Outcome = &o
		card.Rights.Conclude = false // changed from the outcome itself
	}
	if err := s.addBallot(c, &card, p, form, changing); err != nil {
		return card, err
	}
	if counted(p) && access.May(who, access.ReadResults, p.Facts()) {
		results, err := s.results(c, p, alone)
		if err != nil {
			return card, err
		}
		card.Results = results
		if who.OnlyPoll != 0 && results.Check != nil {
			results.Check.Files = slices.DeleteFunc(results.Check.Files, func(f view.Link) bool { return f.URL == card.URL()+"/results.json" })
		}
	}
	return card, nil
}

func (s *Site) addBallot(c edge.Ctx, card *view.PollCard, p poll.Poll, form view.Form, changing bool) error {
	var cast *poll.Ballot
	var err error
	if p.Voted() {
		if cast, err = s.Polls.MyBallot(ctx(c), edge.Who(c), p.ID); err != nil {
			return err
		}
	}
	if cast != nil {
		card.Receipt = receiptOf(p, *cast, newAnswerTeller(p, s.words(c), edge.Zone(c)), card.Rights.Vote)
	}
	if !card.Rights.Vote || cast != nil && !changing && !form.Rejected() {
		return nil
	}
	if !form.Rejected() {
		if form, err = s.form(ballotValues(p, cast)); err != nil {
			return err
		}
	}
	card.Ballot = ballotView(p, edge.Who(c), form)
	card.Ballot.Changing, card.Ballot.Me = cast != nil, edge.Who(c).Person
	if p.Secret {
		key, err := ledger.NewHash(s.Random)
		if err != nil {
			return err
		}
		card.Ballot.MadeKey = key.String()
	}
	card.Ballot.Waiting = waiting(p)
	if err := s.addRareVotes(c, card.Ballot, p); err != nil {
		return err
	}
	return s.addPrincipals(c, card.Ballot, p)
}

// ballotValues are the fields of a ballot that was cast.
func ballotValues(p poll.Poll, b *poll.Ballot) url.Values {
	if b == nil || p.Secret {
		return nil
	}
	return ballotFields(b.Answer, b.Reason, b.Reasons)
}

// waiting says whether the voter may say, or has said, that there is no answer
// yet.
func waiting(p poll.Poll) string {
	switch {
	case !p.Settings.Undecided || p.Voted():
		return ""
	case p.NoAnswer():
		return "said"
	}
	return "may"
}

// results are a poll's count with its reasons and names.
func (s *Site) results(c edge.Ctx, p poll.Poll, whole bool) (*view.Results, error) {
	who := edge.Who(c)
	out, err := s.tell(ctx(c), who, p, s.words(c), edge.Zone(c), whole)
	if err != nil || !access.May(who, access.ReadVoters, p.Facts()) {
		return out, err
	}
	_, notYet, err := s.Polls.Voted(ctx(c), who, p.ID)
	out.NotVoted = peopleOf(notYet)
	return out, err
}

// tell tells a count with the ballots that are named. A zone that is nil is not
// known, and times say theirs.
func (s *Site) tell(c context.Context, who access.Actor, p poll.Poll, words *i18n.Localizer, zone *time.Location, whole bool) (*view.Results, error) {
	count, err := s.Polls.Results(c, who, p.ID)
	if err != nil {
		return nil, err
	}
	ballots, err := s.Polls.Ballots(c, who, p.ID, page.Page{Limit: page.Max})
	if err != nil {
		return nil, err
	}
	t := newTeller(p, count, words, zone)
	t.ballots = ballots.Items
	out := t.results(whole)
	if whole {
		out.Check = s.checkOf(c, t)
	}
	addBallots(out, p, ballots.Items, newAnswerTeller(p, words, cmp.Or(zone, time.UTC)))
	out.NotVotedN = max(0, p.VoterCount-p.BallotCount)
	return out, nil
}

// counted reports whether there is anything to show: a running poll without a
// ballot has no result.
func counted(p poll.Poll) bool { return p.BallotCount > 0 || p.State == access.PollEnded }

// rail are days to jump to in a long thread, evenly spread over its life.
func rail(w window, path string) []view.RailMark {
	const marks = 6
	first, last := w.thread.CreatedAt, w.thread.LastActivityAt
	if w.thread.LastItem <= windowSize || last.Sub(first) < marks*24*time.Hour {
		return nil
	}
	var out []view.RailMark
	for i := 1; i < marks; i++ {
		on := first.Add(last.Sub(first) / marks * time.Duration(i))
		out = append(out, view.RailMark{At: on, URL: path + "?at=" + on.Format(time.DateOnly)})
	}
	for i := len(out) - 1; i >= 0; i-- {
		if len(w.items) > 0 && !w.items[0].At.Before(out[i].At.Truncate(24*time.Hour)) {
			out[i].Now = true
			break
		}
	}
	return out
}
