package api

import (
	"bytes"
	"encoding/json"
	"strconv"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/poll"
	"plenary/pkg/tally"
	"plenary/pkg/timeline"
)

// option is an option: its label alone, or with whatever else is told of it.
type option struct {
	poll.NewOption
	wrong bool
}

// UnmarshalJSON reads a string or an object. What is neither is kept as such, so
// that the answer can name the option.
func (o *option) UnmarshalJSON(data []byte) error {
	if data[0] == '"' {
		return json.Unmarshal(data, &o.Label)
	}
	var object *struct {
		Label        string     `json:"label"`
		Description  string     `json:"description"`
		ThemeID      int64      `json:"theme_id"`
		FileID       int64      `json:"file_id"`
		PictureAlt   string     `json:"picture_alt"`
		Side         tally.Side `json:"side"`
		ReasonPrompt string     `json:"reason_prompt"`
		StartsAt     *time.Time `json:"starts_at"`
		EndsAt       *time.Time `json:"ends_at"`
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if o.wrong = d.Decode(&object) != nil || object == nil; !o.wrong {
		o.NewOption = poll.NewOption{Label: object.Label, Description: object.Description, ThemeID: object.ThemeID, FileID: object.FileID, PictureAlt: object.PictureAlt,
			Side: object.Side, ReasonPrompt: object.ReasonPrompt, StartsAt: object.StartsAt, EndsAt: object.EndsAt}
	}
	return nil
}

// optionsOf gives the options, and complains of those that are none.
func optionsOf(in []option, f *errs.Fields) []poll.NewOption {
	out := make([]poll.NewOption, len(in))
	for i, o := range in {
		out[i] = o.NewOption
		if o.wrong {
			f.Add("options."+strconv.Itoa(i), "poll.option_shape")
		}
	}
	return out
}

// named knows the usual other name of a method.
func named(m tally.Method) tally.Method {
	if m == "plurality" {
		return tally.Choice
	}
	return m
}

// settings are the rules of counting as far as they are given.
type settings struct {
	QuorumPercent *fraction          `json:"quorum_percent"`
	Threshold     *fraction          `json:"threshold"`
	Basis         *tally.Basis       `json:"basis"`
	Over          *bool              `json:"over"`
	BlocksAllowed *int               `json:"blocks_allowed"`
	Seats         *int               `json:"seats"`
	Min           *int               `json:"min"`
	Max           *int               `json:"max"`
	Blank         *bool              `json:"blank"`
	Shares        *[]tally.ShareRule `json:"shares"`
	Target        *int               `json:"target"`
	MinScore      *int               `json:"min_score"`
	MaxScore      *int               `json:"max_score"`
	Mean          *bool              `json:"mean"`
	Dots          *int               `json:"dots"`
	UseAll        *bool              `json:"use_all"`
	Credits       *int               `json:"credits"`
	Negative      *bool              `json:"negative"`
	Grades        *int               `json:"grades"`
	Equal         *bool              `json:"equal"`
	Unranked      *tally.Unranked    `json:"unranked"`
	Strength      *tally.Strength    `json:"strength"`
	Top           *int               `json:"top"`
	LastPoint     *int               `json:"last_point"`
	Batch         *bool              `json:"batch"`
	Decimals      *int               `json:"decimals"`
}

// over puts the settings that are given over rules.
func (s settings) over(r tally.Rules, f *errs.Fields) tally.Rules {
	if s.QuorumPercent != nil {
		r.Quorum = s.QuorumPercent.percent(f, "quorum_percent")
	}
	if s.Threshold != nil {
		r.Threshold = s.Threshold.value(f, "threshold")
	}
	set(&r.Basis, s.Basis)
	set(&r.Over, s.Over)
	set(&r.BlocksAllowed, s.BlocksAllowed)
	set(&r.Seats, s.Seats)
	set(&r.Min, s.Min)
	set(&r.Max, s.Max)
	set(&r.Blank, s.Blank)
	set(&r.Shares, s.Shares)
	set(&r.Target, s.Target)
	set(&r.MinScore, s.MinScore)
	set(&r.MaxScore, s.MaxScore)
	set(&r.Mean, s.Mean)
	set(&r.Dots, s.Dots)
	set(&r.UseAll, s.UseAll)
	set(&r.Credits, s.Credits)
	set(&r.Negative, s.Negative)
	set(&r.Grades, s.Grades)
	set(&r.Equal, s.Equal)
	set(&r.Unranked, s.Unranked)
	set(&r.Strength, s.Strength)
	set(&r.Top, s.Top)
	set(&r.LastPoint, s.LastPoint)
	set(&r.Batch, s.Batch)
	set(&r.Decimals, s.Decimals)
	return r
}

// decisions are what else is decided about a poll, as far as it is given.
type decisions struct {
	Results        *access.Results  `json:"results"`
	Reasons        *poll.Reasons    `json:"reasons"`
	ReasonRequired *bool            `json:"reason_required"` // short for reasons
	Secret         *bool            `json:"secret"`
	Receipts       *poll.Receipts   `json:"receipts"`
	PublishFrom    *int             `json:"publish_from"`
	Publish        *poll.Publish    `json:"publish"`
	RareWeights    *bool            `json:"rare_weights"`
	Shuffle        *bool            `json:"shuffle"`
	Undecided      *bool            `json:"undecided"`
	OptionsBy      *poll.OptionsBy  `json:"options_by"`
	Tell           *poll.Tell       `json:"tell"`
	Electorate     *poll.Electorate `json:"electorate"`
	Titles         *poll.Titles     `json:"titles"`
	JoinsLate      *bool            `json:"joins_late"`
	Weighted       *bool            `json:"weighted"`
	Proxies        *bool            `json:"proxies"`
}

// over puts the decisions that are given over others.
func (d decisions) over(s poll.Settings) poll.Settings {
	if d.ReasonRequired != nil {
		s.Reasons = poll.OptionalReasons
		if *d.ReasonRequired {
			s.Reasons = poll.RequiredReasons
		}
	}
	set(&s.Results, d.Results)
	set(&s.Reasons, d.Reasons)
	set(&s.Secret, d.Secret)
	set(&s.Receipts, d.Receipts)
	set(&s.PublishFrom, d.PublishFrom)
	set(&s.Publish, d.Publish)
	set(&s.RareWeights, d.RareWeights)
	set(&s.Shuffle, d.Shuffle)
	set(&s.Undecided, d.Undecided)
	set(&s.OptionsBy, d.OptionsBy)
	set(&s.Tell, d.Tell)
	set(&s.Electorate, d.Electorate)
	set(&s.Titles, d.Titles)
	set(&s.JoinsLate, d.JoinsLate)
	set(&s.Weighted, d.Weighted)
	set(&s.Proxies, d.Proxies)
	return s
}

// orNone reads an instant that may be left out.
func orNone(at *instant, f *errs.Fields, name string) *time.Time {
	if at == nil {
		return nil
	}
	return new(at.value(f, name))
}

type newOption struct {
	Label       string     `json:"label"`
	Description string     `json:"description"`
	FileID      int64      `json:"file_id"`
	PictureAlt  string     `json:"picture_alt"`
	StartsAt    *time.Time `json:"starts_at"`
	EndsAt      *time.Time `json:"ends_at"`
}

func (a *API) addOption(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	in, err := read[newOption](c)
	if err != nil {
		return err
	}
	added, err := a.Polls.AddOption(c.Request().Context(), edge.Who(c), id, poll.NewOption{Label: in.Label, Description: in.Description,
		FileID: in.FileID, PictureAlt: in.PictureAlt, StartsAt: in.StartsAt, EndsAt: in.EndsAt})
	if err != nil {
		return renamed(renamed(err, "option", "label"), "options", "file_id")
	}
	return created(c, timeline.PollOf(added), "/polls/%d", id)
}
