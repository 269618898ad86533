package web

import (
	"net/http"
	"net/url"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/poll"
	"plenary/pkg/store"
	"plenary/pkg/tally"
	"plenary/pkg/web/view"
)

func (s *Site) vote(c edge.Ctx) error {
	p, form, err := s.ballotSent(c)
	if err != nil {
		return err
	}
	in, err := readBallot(p, form)
	in.For = inNamesOf(form)
	if p.Secret {
		err = complaints(err, readSecret(&in, form))
	}
	var receipt poll.Receipt
	if err == nil {
		receipt, err = s.Polls.Cast(ctx(c), edge.Who(c), p.ID, in)
	}
	if err != nil && !store.IsReplay(err) {
		return s.voteAgain(c, form, renamed(err, "reasons", "reason"))
	}
	if receipt.Sealed != nil {
		return s.sealed(c, p.ID, receipt, form)
	}
	return s.voted(c, p.ID)
}

// sealed shows the receipt of a secret ballot, which is there only this once: it
// answers with a page of its own, since no other could show it again.
func (s *Site) sealed(c edge.Ctx, id int64, r poll.Receipt, form url.Values) error {
	p, card, err := s.votedCard(c, id)
	if err != nil {
		return err
	}
	card.Receipt = &view.Receipt{Secret: true, At: r.At, Code: r.Sealed.Code, CanChange: card.Rights.Vote,
		Promise: r.Sealed.Promise, Nonce: r.Sealed.Nonce.String(), Signature: r.Sealed.Signature.String()}
	switch {
	case r.Sealed.Key != nil:
		card.Receipt.Key = r.Sealed.Key.String()
	case form.Get("commitment") == "":
		card.Receipt.Key = form.Get("made_key")
	}
	if wantsStreams(c) {
		return s.answer(c, view.Voted{Card: card}, card.URL())
	}
	card.Alone = true
	if edge.Who(c).OnlyPoll != 0 {
		return s.show(c, http.StatusOK, view.PollPage{Frame: s.frame(c), Card: card, Guest: true})
	}
	thread, err := s.Forum.Thread(ctx(c), edge.Who(c), p.ThreadID)
	if err != nil {
		return err
	}
	return s.show(c, http.StatusOK, view.PollPage{Frame: s.frame(c), Card: card, LastSeq: thread.LastSeq})
}

// ballotSent is the form and the poll that it is for, in which the sender may
// vote: that is said before anything about the ballot.
func (s *Site) ballotSent(c edge.Ctx) (poll.Poll, url.Values, error) {
	p, err := s.pollOf(c)
	if err != nil {
		return p, nil, err
	}
	read := submitted
	if p.Secret { // the same ballot is known by its commitment, and answered with the same receipt
		read = edge.Form
	}
	form, err := read(c)
	if err != nil {
		return p, nil, err
	}
	return p, form, access.Check(edge.Who(c), access.Vote, p.Facts())
}

// voted shows the poll with what has become of the form.
func (s *Site) voted(c edge.Ctx, id int64) error {
	_, card, err := s.votedCard(c, id)
	if err != nil {
		return err
	}
	return s.answer(c, view.Voted{Card: card}, card.URL())
}

func (s *Site) votedCard(c edge.Ctx, id int64) (poll.Poll, view.PollCard, error) {
	p, err := s.Polls.Poll(ctx(c), edge.Who(c), id)
	if err != nil {
		return p, view.PollCard{}, err
	}
	card, err := s.pollCardFor(c, p, view.Form{}, false, s.onPollPage(c, id))
	if err != nil {
		return p, card, err
	}
	if card.Alone {
		card.NoAnswer, err = s.noAnswerYet(c, p)
	}
	return p, card, err
}

// onPollPage reports whether the form was sent from the poll's own page.
func (s *Site) onPollPage(c edge.Ctx, id int64) bool {
	from, err := url.Parse(s.cameFrom(c.Request()))
	return err == nil && from.Path == pollURL(id)
}

func (s *Site) voteAgain(c edge.Ctx, form url.Values, err error) error {
	again, err := s.again(form, err)
	if err != nil {
		return err
	}
	return s.showPoll(c, http.StatusUnprocessableEntity, again, view.Form{})
}

// undecided notes that a voter has no answer yet, or takes that back.
func (s *Site) undecided(c edge.Ctx) error {
	p, form, err := s.ballotSent(c)
	if err != nil {
		return err
	}
	err = s.Polls.Undecided(ctx(c), edge.Who(c), p.ID, form.Get("undecided") == "yes")
	if err != nil && !store.IsReplay(err) {
		return err
	}
	return s.voted(c, p.ID)
}

// noAnswerYet names those of a running poll who have said that they have none.
func (s *Site) noAnswerYet(c edge.Ctx, p poll.Poll) ([]view.Person, error) {
	if !p.Settings.Undecided || p.Secret || p.State != access.PollOpen || !access.May(edge.Who(c), access.ReadVoters, p.Facts()) {
		return nil, nil
	}
	list, err := s.Polls.NoAnswerYet(ctx(c), edge.Who(c), p.ID)
	return peopleOf(list), err
}

// practice shows the ballot of a poll to whoever may read it, to be tried out.
func (s *Site) practice(c edge.Ctx) error {
	p, err := s.practicePoll(c)
	if err != nil {
		return err
	}
	return s.showPractice(c, http.StatusOK, p, view.Form{}, nil)
}

func (s *Site) practicePoll(c edge.Ctx) (poll.Poll, error) {
	p, err := s.pollOf(c)
	if err == nil && p.Method.Form() == tally.Nothing {
		err = errs.New(errs.NotFound, "error.not_found")
	}
	return p, err
}

// tryBallot says what the ballot would say and whether it would count. Nothing
// is kept of it.
func (s *Site) tryBallot(c edge.Ctx) error {
	p, err := s.practicePoll(c)
	if err != nil {
		return err
	}
	form, err := edge.Form(c)
	if err != nil {
		return err
	}
	in, err := readBallot(p, form)
	if err == nil {
		err = p.Judge(in)
	}
	if err != nil {
		again, err := s.again(form, renamed(err, "reasons", "reason"))
		if err != nil {
			return err
		}
		return s.showPractice(c, http.StatusUnprocessableEntity, p, again, nil)
	}
	return s.showPractice(c, http.StatusOK, p, view.Form{Values: form}, &in)
}

func (s *Site) showPractice(c edge.Ctx, status int, p poll.Poll, form view.Form, tried *poll.NewBallot) error {
	words, zone := s.words(c), edge.Zone(c)
	page := view.PracticePage{Frame: s.frame(c), Card: pollCard(p, words)}
	page.Card.Clock = view.Clock{Now: s.Now(), Zone: zone}
	if edge.Who(c).OnlyPoll != 0 {
		withoutThread(&page.Card)
	}
	page.Card.Ballot = ballotView(p, edge.Who(c), form)
	page.Card.Ballot.Practice = true
	if tried != nil {
		page.Said = newAnswerTeller(p, words, zone).lines(tried.Answer)
		if tried.Reason != "" {
			page.Why = append(page.Why, tried.Reason)
		}
		for _, o := range p.Options {
			if text := tried.Reasons[o.ID]; text != "" {
				page.Why = append(page.Why, text)
			}
		}
	}
	return s.show(c, status, page)
}
