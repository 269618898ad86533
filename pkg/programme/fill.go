package programme

import (
	"context"
	"fmt"
	"slices"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/page"
	"plenary/pkg/poll"
	"plenary/pkg/store"
	"plenary/pkg/theme"
)

// filling is a session that is made out of something that was wished for.
type filling struct {
	title string
	theme int64 // 0 for none
	state State // Confirmed where it was decided, and Draft where it is only wished for
}

// FillFromPoll makes a session of each winner of a closed poll, best first: of the
// theme that it stands for, or of its words. What was voted for is agreed, so they
// are confirmed. Winners that have a session already are left alone. Errors: Invalid
// with field poll where there is none; by access.EditProgramme; Conflict
// "programme.poll_not_closed" and "programme.poll_no_winners".
func (p *Programmes) FillFromPoll(ctx context.Context, who access.Actor, id, pollID int64) ([]Session, error) {
	of, err := p.may(ctx, who, id, access.EditProgramme)
	if err != nil {
		return nil, err
	}
	asked, err := p.polls.Poll(ctx, who, pollID)
	if pollID == 0 || errs.Is(err, errs.NotFound) {
		var f errs.Fields
		f.Add("poll", "programme.poll_not_here")
		return nil, f.Err()
	}
	if err != nil {
		return nil, err
	}
	if asked.State != access.PollEnded {
		return nil, errs.New(errs.Conflict, "programme.poll_not_closed")
	}
	results, err := p.polls.Results(ctx, who, pollID)
	if err != nil {
		return nil, err
	}
	var wanted []filling
	for _, winner := range results.Winners {
		i := slices.IndexFunc(asked.Options, func(o poll.Option) bool { return o.ID == winner })
		if i >= 0 {
			wanted = append(wanted, filling{asked.Options[i].Label, asked.Options[i].ThemeID, Confirmed})
		}
	}
	if len(wanted) == 0 {
		return nil, errs.New(errs.Conflict, "programme.poll_no_winners")
	}
	return p.fill(ctx, who, of, wanted)
}

// FillFromThemes makes a session of each of the themes, in the given order; of all
// scheduled and shortlisted themes of the programme's thread, the most supported
// first, where none is given. Those that have a session already are left alone.
// Errors: Invalid with field themes; by access.EditProgramme; Conflict
// "programme.no_themes".
func (p *Programmes) FillFromThemes(ctx context.Context, who access.Actor, id int64, ids []int64) ([]Session, error) {
	of, err := p.may(ctx, who, id, access.EditProgramme)
	if err != nil {
		return nil, err
	}
	if len(ids) > MaxSessions {
		return nil, tooMany("themes", "programme.sessions_too_many", MaxSessions)
	}
	var wanted []filling
	if len(ids) == 0 {
		wanted, err = p.listed(ctx, who, of.ThreadID)
	} else {
		wanted, err = p.titled(ctx, who, of, ids)
	}
	if err != nil {
		return nil, err
	}
	return p.fill(ctx, who, of, wanted)
}

// fillingOf is a session about a theme: agreed as soon as the theme is.
func fillingOf(t theme.Theme) filling {
	if t.State == access.Scheduled {
		return filling{t.Title, t.ID, Confirmed}
	}
	return filling{t.Title, t.ID, Draft}
}

// titled are sessions out of given themes.
func (p *Programmes) titled(ctx context.Context, who access.Actor, of Programme, ids []int64) ([]filling, error) {
	if err := p.mayUseThemes(ctx, who, of, ids); err != nil {
		return nil, err
	}
	found, err := p.themes.Themes(ctx, ids)
	if err != nil {
		return nil, err
	}
	var out []filling
	for _, id := range ids {
		out = append(out, fillingOf(found[id]))
	}
	return out, nil
}

// listed are sessions out of what a thread has scheduled and shortlisted.
func (p *Programmes) listed(ctx context.Context, who access.Actor, thread int64) ([]filling, error) {
	var out []filling
	for _, state := range []access.ThemeState{access.Scheduled, access.Shortlisted} {
		at := page.Page{Limit: 100}
		for more := true; more; more = at.Cursor != "" && len(out) < MaxSessions {
			list, err := p.themes.OfThread(ctx, who, thread, theme.ThemesQuery{State: state, Page: at})
			if err != nil {
				return nil, err
			}
			for _, one := range list.Items {
				out = append(out, fillingOf(one))
			}
			at.Cursor = list.Next
		}
	}
	if len(out) == 0 {
		return nil, errs.New(errs.Conflict, "programme.no_themes")
	}
	return out, nil
}

// fill makes the sessions that are not there yet.
func (p *Programmes) fill(ctx context.Context, who access.Actor, of Programme, wanted []filling) ([]Session, error) {
	if !who.SignedIn() {
		return nil, errs.New(errs.Unauthenticated, "access.sign_in")
	}
	var made []int64
	err := p.changePlan(ctx, who, of.ID, 0, func(tx *store.Tx, locked Plan, now time.Time) error {
		made = nil
		for _, one := range wanted {
			if locked.has(one) {
				continue
			}
			row := newSession{ProgrammeID: of.ID, Title: cut(one.title, MaxTitle), State: one.state, ProposedBy: who.Person, CreatedAt: store.At(now)}
			if err := tx.Create(&row).Error; err != nil {
				return fmt.Errorf("put a session into programme %d: %w", of.ID, err)
			}
			if one.theme != 0 {
				if err := insertThemes(tx, row.ID, []int64{one.theme}); err != nil {
					return err
				}
				if one.state == Confirmed {
					if err := p.schedule(tx, who, locked.Programme, []int64{one.theme}, now); err != nil {
						return err
					}
				}
			}
			made = append(made, row.ID)
		}
		if len(made) == 0 {
			return errUnchanged
		}
		return roomForMore(tx, of.ID, 0)
	})
	if err != nil {
		return nil, err
	}
	plan, err := p.Plan(ctx, who, of.ID)
	if err != nil {
		return nil, err
	}
	out := []Session{}
	for _, id := range made {
		if s, ok := plan.Session(id); ok {
			out = append(out, s)
		}
	}
	return out, nil
}

// has reports whether there is a session of the theme, or of that title where it is
// of none.
func (p Plan) has(one filling) bool {
	return slices.ContainsFunc(p.Sessions, func(s Session) bool {
		if one.theme != 0 {
			return slices.Contains(s.themeIDs(), one.theme)
		}
		return fold(s.Title) == fold(one.title)
	})
}

func cut(text string, runes int) string {
	if r := []rune(text); len(r) > runes {
		return string(r[:runes])
	}
	return text
}
