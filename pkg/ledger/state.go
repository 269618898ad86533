package ledger

import (
	"bytes"
	"encoding/json"
	"slices"

	"plenary/pkg/errs"
	"plenary/pkg/tally"
)

// State is what a log comes to when it is read from the first record on.
type State struct {
	Poll int64
	Question
	Electorate Electorate // as it was at the opening
	Lots       Lots       // the promise that holds now
	Program    string
	Eligible   int64   // sum of the weights of all who can vote or have voted
	Sealed     *Sealed // the ballots, where their lots wait or waited for a beacon
	Closed     *Closed // nil until there is a result
	Head       Head

	entitled map[Hash]int64 // weights; nil where it is not known who may vote
	removed  map[Hash]bool  // who was taken out and is counted only for the ballot
	voters   map[Hash]*vote
	votes    int64 // sum of their weights
	place    map[int64]int
}

// vote is a voter's last ballot; in secret polls only its weight.
type vote struct {
	weight   int64
	revision int
	answer   json.RawMessage
	ballot   tally.Ballot
	reason   *Hash
}

// Illegal is the first record that may not stand where it does. Its text is in
// the catalogue.
type Illegal struct {
	Number int64
	Text   errs.Text
}

// Error implements error.
func (i *Illegal) Error() string { return i.Text.Code }

func illegal(r Record, code string) error {
	return &Illegal{r.Number, errs.Text{Code: code, Args: errs.Args{"Number": r.Number}}}
}

// Replay reads a log, whose chain VerifyChain checks. Entitled are those who
// could vote at the opening; nil where that is not known, and then whether each
// voter could is not checked. The error is an *Illegal; the state is then that
// before the record.
func Replay(records []Record, entitled []Entitled) (*State, error) {
	s := &State{voters: map[Hash]*vote{}, removed: map[Hash]bool{}}
	if entitled != nil {
		s.entitled = make(map[Hash]int64, len(entitled))
		for _, e := range entitled {
			s.entitled[e.Voter] = e.Weight
		}
	}
	for _, r := range records {
		if err := s.Apply(r); err != nil {
			return s, err
		}
	}
	return s, nil
}

// Apply takes in the next record. The error is an *Illegal.
func (s *State) Apply(r Record) error {
	c, err := r.Read()
	if err != nil {
		return illegal(r, "verify.order.unreadable")
	}
	if err := s.inPlace(r, c); err != nil {
		return err
	}
	if err := s.apply(r, c); err != nil {
		return err
	}
	s.Head = r.Head()
	return nil
}

// inPlace says whether a record of the kind can come now.
func (s *State) inPlace(r Record, c Content) error {
	_, opens := c.(*Opened)
	_, reopens := c.(*Reopened)
	_, seals := c.(*Sealed)
	_, closes := c.(*Closed)
	switch {
	case opens != (s.Poll == 0):
		return illegal(r, "verify.order.opening")
	case s.Closed != nil && !reopens:
		return illegal(r, "verify.order.after_close")
	case s.Closed == nil && reopens:
		return illegal(r, "verify.order.not_closed")
	case s.Closed == nil && s.Sealed != nil && !closes:
		return illegal(r, "verify.order.after_seal")
	case seals && !s.Lots.Awaits():
		return illegal(r, "verify.order.no_beacon")
	case closes && s.Sealed == nil && s.Lots.Awaits():
		return illegal(r, "verify.order.not_sealed")
	}
	return nil
}

func (s *State) apply(r Record, c Content) error {
	switch c := c.(type) {
	case *Opened:
		return s.open(r, c)
	case *Edited:
		if len(s.voters) > 0 {
			return illegal(r, "verify.order.edited_late")
		}
		return s.ask(r, c.Question)
	case *OptionAdded:
		return s.addOption(r, c)
	case *ElectorateChanged:
		return s.changeElectorate(r, c)
	case *Cast:
		return s.cast(r, c)
	case *Withdrawn:
		return s.withdraw(r, c)
	case *Voted:
		return s.voted(r, c)
	case *Extended:
		s.ClosesAt = c.ClosesAt
	case *Reopened:
		s.Sealed, s.Closed, s.Lots, s.ClosesAt = nil, nil, c.Lots, c.ClosesAt
	case *Sealed:
		s.Sealed = c
	case *Closed:
		s.Closed = c
	}
	return nil
}

func (s *State) open(r Record, c *Opened) error {
	if c.Poll < 1 {
		return illegal(r, "verify.order.unreadable")
	}
	s.Poll, s.Electorate, s.Lots, s.Program = c.Poll, c.Electorate, c.Lots, c.Program
	s.Eligible = c.Electorate.Votes
	return s.ask(r, c.Question)
}

// ask takes over the question, which has to be one that can be counted.
func (s *State) ask(r Record, q Question) error {
	s.Question = q
	s.place = make(map[int64]int, len(q.Options))
	for i, o := range q.Options {
		s.place[o.ID] = i
	}
	if len(s.place) < len(q.Options) || q.Rules.Validate(len(q.Options)).Err() != nil || !q.summable() {
		return illegal(r, "verify.order.rules")
	}
	return nil
}

func (s *State) addOption(r Record, c *OptionAdded) error {
	if _, there := s.place[c.Option.ID]; there {
		return illegal(r, "verify.order.option_twice")
	}
	s.place[c.Option.ID] = len(s.Options)
	s.Options = append(slices.Clone(s.Options), c.Option)
	s.Text = c.Text
	return nil
}

func (s *State) changeElectorate(r Record, c *ElectorateChanged) error {
	for _, e := range c.Added {
		if _, there := s.entitled[e.Voter]; there {
			return illegal(r, "verify.order.admitted_twice")
		}
		if s.entitled != nil {
			s.entitled[e.Voter] = e.Weight
		}
		if s.voters[e.Voter] == nil { // otherwise back again, and counted still
			s.Eligible += e.Weight
		}
		delete(s.removed, e.Voter)
	}
	for _, e := range c.Removed {
		if weight, there := s.entitled[e.Voter]; s.entitled != nil && (!there || weight != e.Weight) {
			return illegal(r, "verify.order.not_entitled")
		}
		delete(s.entitled, e.Voter)
		if s.voters[e.Voter] == nil {
			s.Eligible -= e.Weight
		} else {
			s.removed[e.Voter] = true
		}
	}
	return nil
}

func (s *State) cast(r Record, c *Cast) error {
	if s.Secret {
		return illegal(r, "verify.order.not_open")
	}
	if err := s.mayVote(r, c.Stamp, c.Voter, c.Weight); err != nil {
		return err
	}
	last := s.voters[c.Voter]
	if last == nil {
		last = &vote{}
	}
	if c.Revision != last.revision+1 {
		return illegal(r, "verify.order.revision")
	}
	ballot, ok := s.read(c.Answer, c.Weight)
	if !ok {
		return illegal(r, "verify.order.answer")
	}
	s.votes += c.Weight - last.weight
	s.voters[c.Voter] = &vote{c.Weight, c.Revision, c.Answer, ballot, c.Reason}
	return nil
}

// withdraw leaves the voter as one who has not voted.
func (s *State) withdraw(r Record, c *Withdrawn) error {
	last := s.voters[c.Voter]
	if s.Secret || last == nil {
		return illegal(r, "verify.order.withdrawn")
	}
	s.votes -= last.weight
	if s.removed[c.Voter] {
		s.Eligible -= last.weight
		delete(s.removed, c.Voter)
	}
	delete(s.voters, c.Voter)
	return nil
}

func (s *State) voted(r Record, c *Voted) error {
	if !s.Secret {
		return illegal(r, "verify.order.not_secret")
	}
	if s.voters[c.Voter] != nil {
		return illegal(r, "verify.order.voted_twice")
	}
	if err := s.mayVote(r, c.Stamp, c.Voter, c.Weight); err != nil {
		return err
	}
	s.votes += c.Weight
	s.voters[c.Voter] = &vote{weight: c.Weight}
	return nil
}

func (s *State) mayVote(r Record, at Stamp, voter Hash, weight int64) error {
	if s.ClosesAt > 0 && at.At >= s.ClosesAt {
		return illegal(r, "verify.order.late")
	}
	if weight < 1 || weight > tally.MaxWeight {
		return illegal(r, "verify.order.weight")
	}
	if s.entitled == nil {
		return nil
	}
	entitled, there := s.entitled[voter]
	if !there {
		return illegal(r, "verify.order.not_entitled")
	}
	if entitled != weight {
		return illegal(r, "verify.order.weight")
	}
	return nil
}

// read makes a ballot of an answer that is in canonical form and that the rules
// accept.
func (s *State) read(answer json.RawMessage, weight int64) (tally.Ballot, bool) {
	a, err := ParseAnswer(s.Rules.Method.Form(), answer)
	if err != nil || !bytes.Equal(a.JSON(), answer) {
		return tally.Ballot{}, false
	}
	b, err := a.Ballot(s.place, weight)
	return b, err == nil && s.Rules.Check(len(s.Options), b) == nil
}

// Roll is how many people have voted, and the sum of their weights.
func (s *State) Roll() (people int, votes int64) { return len(s.voters), s.votes }

// Ballots are the last ballots of an open poll, sorted by pseudonym.
func (s *State) Ballots() []OpenBallot {
	var out []OpenBallot
	for voter, v := range s.voters {
		if v.answer != nil {
			out = append(out, OpenBallot{voter, v.answer, v.weight})
		}
	}
	slices.SortFunc(out, func(a, b OpenBallot) int { return bytes.Compare(a.Voter[:], b.Voter[:]) })
	return out
}
