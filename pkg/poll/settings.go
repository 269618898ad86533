package poll

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/plain"
)

// Settings are what whoever starts a poll decides about it, apart from the
// question, the options and the rules of counting. The JSON names are part of
// the API.
type Settings struct {
	Results access.Results `json:"results"` // when they are shown
	Reasons Reasons        `json:"reasons"`

	Secret      bool     `json:"secret"`       // who voted how is not kept; results at the close only
	Receipts    Receipts `json:"receipts"`     // of a secret poll
	PublishFrom int      `json:"publish_from"` // fewest ballots of a secret poll that are published one by one
	Publish     Publish  `json:"publish"`      // what is, of a secret poll of rankings
	RareWeights bool     `json:"rare_weights"` // of a secret poll: its author knows whose ballots their weights tell

	Shuffle   bool      `json:"shuffle"`   // each voter sees the options in another order
	Undecided bool      `json:"undecided"` // a voter may say "I have no answer yet"
	OptionsBy OptionsBy `json:"options_by"`

	Tell       Tell       `json:"tell"` // of the opening
	Electorate Electorate `json:"electorate"`
	Titles     Titles     `json:"titles"`     // of an electorate by titles
	JoinsLate  bool       `json:"joins_late"` // who comes into the electorate after the opening may vote
	Weighted   bool       `json:"weighted"`   // members have the votes that the group gives them, instead of one each
	Proxies    bool       `json:"proxies"`    // a member's vote may be cast by another whom they have named
}

// Reasons says whether voters give reasons.
type Reasons string

// The ways with reasons. A block gives a reason unless there are none.
const (
	NoReasons       Reasons = "off"
	OptionalReasons Reasons = "optional"
	RequiredReasons Reasons = "required"
)

// Receipts says what the receipt of a secret ballot is good for.
type Receipts string

// What a receipt is good for. With FindBallot the voter finds the ballot in what
// is published, and could prove to a buyer how they voted; with CountOnly they
// see that it was counted.
const (
	FindBallot Receipts = "find"
	CountOnly  Receipts = "count"
)

// Tell says who is told that a poll has opened.
type Tell string

// Who is told.
const (
	TellByMail Tell = "mail" // those who may vote
	TellNobody Tell = "nobody"
)

// Publish says what of the ballots of a secret poll is published.
type Publish string

// What is published. Totals are first preferences and duels, from which no single
// ranking can be told: an unusual one could have been agreed on as a mark. They are
// for rankings, and come with receipts that only count.
const (
	PublishBallots Publish = "ballots"
	PublishTotals  Publish = "totals"
)

// ManyOptions is from how many options on a ranking has enough orders to serve as
// a mark: 120 that begin with the same option.
const ManyOptions = 6

// OptionsBy says who may add options.
type OptionsBy string

// Who may add options.
const (
	ByAuthor OptionsBy = "author"
	ByVoters OptionsBy = "voters"
)

// Electorate says who may vote, apart from guests that are invited to the poll.
type Electorate string

// The electorates.
const (
	OfGroup  Electorate = "group"  // the members of the thread's home group
	OfThread Electorate = "thread" // the members of all groups that the thread is shown in, and its guests
	OfNamed  Electorate = "named"  // members who are named one by one
	OfTitles Electorate = "titles" // members of the home group with one of the titles
)

// LeastPublished is the fewest ballots of a secret poll that may be published
// one by one.
const LeastPublished = 10

// MaxTitles is how many titles an electorate can name.
const MaxTitles = 20

// Titles are the titles of members that make an electorate.
type Titles []string

// Value implements driver.Valuer.
func (t Titles) Value() (driver.Value, error) { return strings.Join(t, "\n"), nil }

// Scan implements sql.Scanner.
func (t *Titles) Scan(from any) error {
	text, ok := from.(string)
	if !ok {
		return fmt.Errorf("titles are stored as %T", from)
	}
	*t = nil
	if text != "" {
		*t = strings.Split(text, "\n")
	}
	return nil
}

// MarshalJSON implements json.Marshaler: a list, also where there are none.
func (t Titles) MarshalJSON() ([]byte, error) { return json.Marshal(append([]string{}, t...)) }

// validate judges the settings and fills in what is left open.
func (s *Settings) validate(f *errs.Fields) {
	oneOf(f, "results", &s.Results, access.Always, access.AfterVote, access.AtClose)
	oneOf(f, "reasons", &s.Reasons, OptionalReasons, NoReasons, RequiredReasons)
	oneOf(f, "receipts", &s.Receipts, FindBallot, CountOnly)
	oneOf(f, "publish", &s.Publish, PublishBallots, PublishTotals)
	oneOf(f, "options_by", &s.OptionsBy, ByAuthor, ByVoters)
	oneOf(f, "tell", &s.Tell, TellByMail, TellNobody)
	oneOf(f, "electorate", &s.Electorate, OfGroup, OfThread, OfNamed, OfTitles)
	if s.Secret {
		s.Results = access.AtClose // what has been counted so far tells how the next one voted
	}
	if s.PublishFrom == 0 {
		s.PublishFrom = LeastPublished
	}
	if s.PublishFrom < LeastPublished {
		f.Add("publish_from", "poll.publish_from", errs.Args{"Min": LeastPublished})
	}
	s.validateTitles(f)
}

func (s *Settings) validateTitles(f *errs.Fields) {
	if s.Electorate != OfTitles {
		s.Titles = nil
		return
	}
	var kept Titles
	for _, title := range s.Titles {
		if title = plain.Line(f, "titles", title, false, MaxTitle); title != "" && !slices.Contains(kept, title) {
			kept = append(kept, title)
		}
	}
	s.Titles = kept
	switch {
	case len(kept) == 0:
		f.Add("titles", "poll.titles_none")
	case len(kept) > MaxTitles:
		f.Add("titles", "field.too_many", errs.Args{"Max": MaxTitles})
	}
}

// oneOf complains of a value that is none of those allowed. The empty one means
// the first of them.
func oneOf[T ~string](f *errs.Fields, field string, value *T, allowed ...T) {
	if *value == "" {
		*value = allowed[0]
	}
	if !slices.Contains(allowed, *value) {
		f.Add(field, "field.choose")
	}
}
