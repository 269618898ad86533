package poll

import (
	"context"
	"fmt"
	"strings"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/ledger"
	"plenary/pkg/person"
	"plenary/pkg/store"
	"plenary/pkg/tally"
)

// TakesOptions reports whether voters may add options now: until the collecting
// ends, where there is such a time, and otherwise until the close.
func (p Poll) TakesOptions(now time.Time) bool {
	return p.OptionsBy == ByVoters && p.State == access.PollOpen && takesMore(p.Method) && (p.CollectUntil == nil || now.Before(*p.CollectUntil))
}

// takesMore reports whether the answers of a method can become more while ballots
// are in. The sides of a proposal and the lots of a draw are fixed beforehand.
func takesMore(m tally.Method) bool {
	switch m {
	case tally.Proposal, tally.OptIn, tally.Question, tally.Sortition:
		return false
	}
	return true
}

// AddOption puts a voter's option into an open poll, after the others. Ballots
// that are in stay as they are and say nothing of it; whoever has cast one is
// told by mail. Errors: Invalid under "option"; by access.AddOption; Conflict
// "poll.options_closed" where none can be added, or no longer.
func (p *Polls) AddOption(ctx context.Context, who access.Actor, id int64, in NewOption) (Poll, error) {
	found, err := p.mayNow(ctx, who, id, access.AddOption)
	if err != nil {
		return Poll{}, err
	}
	if err := needsPerson(who); err != nil {
		return Poll{}, err
	}
	if err := in.judge(found); err != nil {
		return Poll{}, err
	}
	if in.html, err = p.forum.Preview(ctx, in.Description); err != nil {
		return Poll{}, err
	}
	return p.change(ctx, who, id, access.AddOption, func(tx *store.Tx, open Poll, now time.Time) error {
		if !open.TakesOptions(now) {
			return errs.New(errs.Conflict, "poll.options_closed")
		}
		if err := in.judge(open); err != nil {
			return err
		}
		return p.putOption(tx, who, open, in, now)
	})
}

// judge looks at an option by itself and beside those that are there. Themes and
// prompts are for whoever makes the poll.
func (o *NewOption) judge(p Poll) error {
	var f errs.Fields
	o.ThemeID, o.Side, o.ReasonPrompt = 0, "", ""
	o.validate(&f, "option", p.Method)
	if len(p.Options) >= MaxOptions {
		f.Add("option", "poll.options_too_many", errs.Args{"Count": MaxOptions})
	}
	for _, there := range p.Options {
		if strings.EqualFold(there.Label, o.Label) {
			f.Add("option", "poll.option_twice")
		}
	}
	return f.Err()
}

func (p *Polls) putOption(tx *store.Tx, who access.Actor, open Poll, in NewOption, now time.Time) error {
	if in.FileID != 0 {
		if err := picturesFor(tx, who, open.ThreadID, []int64{in.FileID}); err != nil {
			return err
		}
	}
	row := in.row(open.ID, len(open.Options))
	if err := tx.Create(&row).Error; err != nil {
		return fmt.Errorf("add an option to poll %d: %w", open.ID, err)
	}
	err := tx.Exec("UPDATE poll_options SET added_by = ?, added_at = ? WHERE id = ?", who.Person, store.At(now), row.ID).Error
	if err != nil {
		return fmt.Errorf("say who added option %d: %w", row.ID, err)
	}
	added := Option{ID: row.ID, Position: row.Position, DescriptionHTML: in.html, NewOption: in, AddedBy: &person.Brief{ID: who.Person}, AddedAt: &now}
	open.Options = append(open.Options, added)
	text, err := open.Text()
	if err != nil {
		return err
	}
	err = p.record(tx, &open, &ledger.OptionAdded{Stamp: stamp(now),
		Option: ledger.Option{ID: added.ID, Label: added.Label, Details: added.details()}, Text: text})
	if err != nil {
		return err
	}
	if err := p.announce(tx, open, tellOption, who.Person, added.ID); err != nil {
		return err
	}
	return tell(tx, open.event(event.PollOptionAdded, who.Person, now), open.headData(map[string]any{"option": added.Label}))
}
