package timeline

import (
	"strconv"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/poll"
	"plenary/pkg/tally"
)

// Poll is a poll as JSON. How the ballots fell is not in it, at any time.
type Poll struct {
	ID          int64        `json:"id"`
	ThreadID    int64        `json:"thread_id"`
	Alone       bool         `json:"alone"` // it was started on its own, and the thread came with it
	Author      Person       `json:"author"`
	Title       string       `json:"title"`
	Details     string       `json:"details"`
	DetailsHTML string       `json:"details_html"`
	Method      tally.Method `json:"method"`
	Rules       tally.Rules  `json:"rules"`
	poll.Settings
	ReasonRequired bool             `json:"reason_required"` // as in Settings.Reasons
	State          access.PollState `json:"state"`
	Options        []Option         `json:"options"` // never null
	CreatedAt      time.Time        `json:"created_at"`
	EditedAt       *time.Time       `json:"edited_at,omitempty"`
	OpenedAt       *time.Time       `json:"opened_at,omitempty"`
	OpensAt        *time.Time       `json:"opens_at,omitempty"`
	CollectUntil   *time.Time       `json:"collect_until,omitempty"`
	ClosesAt       *time.Time       `json:"closes_at"` // null where no time was set
	ClosedAt       *time.Time       `json:"closed_at,omitempty"`
	ClosedBy       *Person          `json:"closed_by,omitempty"` // absent where it closed by time
	VoterCount     int              `json:"voter_count"`
	VoterWeight    int64            `json:"voter_weight"`
	BallotCount    int              `json:"ballot_count"`
	NoAnswerCount  int              `json:"no_answer_count,omitempty"` // see Settings.Undecided
	Beacon         *Beacon          `json:"beacon,omitempty"`          // absent where lots need none, or the forum has none
	Outcome        *Outcome         `json:"outcome,omitempty"`
	RemindersHours []int            `json:"reminders_hours,omitzero"` // before the close; only where the poll is told alone, and there never null
	URL            string           `json:"url"`
}

// Beacon is the public source of chance that draws the lots.
type Beacon struct {
	Name   string     `json:"name"`            // as in the log
	Round  int64      `json:"round,omitempty"` // from the sealing on
	At     *time.Time `json:"at,omitempty"`    // when the round comes
	Missed bool       `json:"missed"`          // it could not be reached for a day, and the forum's secret alone drew the lots
}

// Option is something that can be chosen.
type Option struct {
	ID              int64      `json:"id"`
	Key             string     `json:"key,omitempty"` // of usual answers: agree, abstain, disagree, block; accept, decline
	Label           string     `json:"label"`
	Description     string     `json:"description,omitempty"`
	DescriptionHTML string     `json:"description_html,omitempty"`
	ThemeID         int64      `json:"theme_id,omitempty"`
	FileID          int64      `json:"file_id,omitempty"`     // a picture, at /p/POLL/pictures/FILE
	PictureAlt      string     `json:"picture_alt,omitempty"` // what it shows
	Side            tally.Side `json:"side,omitempty"`        // of a proposal
	ReasonPrompt    string     `json:"reason_prompt,omitempty"`
	StartsAt        *time.Time `json:"starts_at,omitempty"` // of a time poll
	EndsAt          *time.Time `json:"ends_at,omitempty"`
	AddedBy         *Person    `json:"added_by,omitempty"` // the voter who added it
}

// Outcome is what was decided, in words.
type Outcome struct {
	PollID        int64      `json:"poll_id"`
	Author        Person     `json:"author"`
	Statement     string     `json:"statement"`
	StatementHTML string     `json:"statement_html"`
	ReviewOn      string     `json:"review_on,omitempty"` // a day, as 2006-01-02
	CreatedAt     time.Time  `json:"created_at"`
	EditedAt      *time.Time `json:"edited_at,omitempty"`
}

// PollOf is the shape of a poll.
func PollOf(p poll.Poll) Poll {
	out := Poll{ID: p.ID, ThreadID: p.ThreadID, Alone: p.Alone, Author: PersonOf(p.Author), Title: p.Title, Details: p.Details,
		DetailsHTML: p.DetailsHTML, Method: p.Method, Rules: p.Rules, Settings: p.Settings, ReasonRequired: p.Reasons == poll.RequiredReasons,
		State: p.State, Options: []Option{}, CreatedAt: p.CreatedAt.UTC(), EditedAt: utc(p.EditedAt), OpensAt: utc(p.OpensAt), CollectUntil: utc(p.CollectUntil), OpenedAt: utc(p.OpenedAt),
		ClosesAt: utc(p.ClosesAt), ClosedAt: utc(p.ClosedAt), ClosedBy: personOrNone(p.ClosedBy),
		VoterCount: p.VoterCount, VoterWeight: p.VoterWeight, BallotCount: p.BallotCount, NoAnswerCount: p.NoAnswers, RemindersHours: p.ReminderHours(), URL: "/p/" + strconv.FormatInt(p.ID, 10)}
	for _, o := range p.Options {
		out.Options = append(out.Options, optionOf(o))
	}
	if b := p.Beacon; b != nil {
		out.Beacon = &Beacon{Name: b.Name, Round: b.Round, At: utc(b.At), Missed: b.Missed}
	}
	if p.Outcome != nil {
		out.Outcome = new(OutcomeOf(*p.Outcome))
	}
	return out
}

func optionOf(o poll.Option) Option {
	return Option{ID: o.ID, Key: o.Key, Label: o.Label, Description: o.Description, DescriptionHTML: o.DescriptionHTML, ThemeID: o.ThemeID,
		FileID: o.FileID, PictureAlt: o.PictureAlt, Side: o.Side, ReasonPrompt: o.ReasonPrompt, StartsAt: utc(o.StartsAt), EndsAt: utc(o.EndsAt), AddedBy: personOrNone(o.AddedBy)}
}

// OutcomeOf is the shape of an outcome.
func OutcomeOf(o poll.Outcome) Outcome {
	return Outcome{PollID: o.PollID, Author: PersonOf(o.Author), Statement: o.Statement, StatementHTML: o.StatementHTML,
		ReviewOn: o.ReviewOn, CreatedAt: o.CreatedAt.UTC(), EditedAt: utc(o.EditedAt)}
}
