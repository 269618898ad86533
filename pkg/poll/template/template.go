package template

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/group"
	"plenary/pkg/plain"
	"plenary/pkg/poll"
	"plenary/pkg/store"
	"plenary/pkg/tally"
)

// Template is a poll to begin from: one that is ready-made (it has a Key and its
// words are in the catalogue) or one that a group has kept (it has an ID).
type Template struct {
	ID          int64         `json:"id,omitempty"`
	Key         string        `json:"key,omitempty"`
	Name        string        `json:"name,omitempty"`
	Description string        `json:"description,omitempty"`
	Hidden      bool          `json:"hidden"` // ready-made, and the group does not want it offered
	Title       string        `json:"title,omitempty"`
	Details     string        `json:"details,omitempty"` // Markdown
	Days        int           `json:"days"`              // how long it usually runs
	Method      tally.Method  `json:"method"`
	Rules       tally.Rules   `json:"rules"`
	Settings    poll.Settings `json:"settings"`
	Options     []Option      `json:"options"`
}

// Option is an option of a template: a label, or for a ready-made one
// its key in the catalogue.
type Option struct {
	Key          string     `json:"key,omitempty"`
	Label        string     `json:"label,omitempty"`
	Description  string     `json:"description,omitempty"`
	Side         tally.Side `json:"side,omitempty"`
	ReasonPrompt string     `json:"reason_prompt,omitempty"`
}

// Of lists the polls that a group begins from: its own, then the
// ready-made ones. Errors: by access.ReadTemplates.
func (t *Templates) Of(ctx context.Context, who access.Actor, handle string) ([]Template, error) {
	home, err := t.groups.ByHandle(ctx, who, handle)
	if err != nil {
		return nil, err
	}
	if err := access.Check(who, access.ReadTemplates, home.Facts()); err != nil {
		return nil, err
	}
	own, err := templatesOf(t.db.Read(ctx), home.ID)
	if err != nil {
		return nil, store.Translate(err)
	}
	var hidden []string
	if err := t.db.Read(ctx).Table("hidden_templates").Where("group_id = ?", home.ID).Pluck("name", &hidden).Error; err != nil {
		return nil, store.Translate(fmt.Errorf("read what group %d hides: %w", home.ID, err))
	}
	for _, one := range Ready() {
		one.Hidden = slices.Contains(hidden, one.Key)
		own = append(own, one)
	}
	return own, nil
}

// One finds one of the polls that a group has kept. Errors: as for Of;
// NotFound.
func (t *Templates) One(ctx context.Context, who access.Actor, handle string, id int64) (Template, error) {
	all, err := t.Of(ctx, who, handle)
	if err != nil {
		return Template{}, err
	}
	for _, one := range all {
		if one.ID == id && id != 0 {
			return one, nil
		}
	}
	return Template{}, errs.New(errs.NotFound, "error.not_found")
}

type templateRow struct {
	ID          int64
	GroupID     int64
	Name        string
	Description string
	Settings    string
	Position    int
	CreatedBy   int64
	CreatedAt   store.Time
}

func (templateRow) TableName() string { return "poll_templates" }

func templatesOf(g *gorm.DB, groupID int64) ([]Template, error) {
	var rows []templateRow
	if err := g.Where("group_id = ?", groupID).Order("position, id").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("read the polls that group %d keeps: %w", groupID, err)
	}
	out := make([]Template, len(rows))
	for i, r := range rows {
		if err := json.Unmarshal([]byte(r.Settings), &out[i]); err != nil {
			return nil, fmt.Errorf("read template %d: %w", r.ID, err)
		}
		out[i].ID, out[i].Name, out[i].Description = r.ID, r.Name, r.Description
	}
	return out, nil
}

// Words are those under which a kept poll is offered.
type Words struct {
	Name        string
	Description string
}

func (in *Words) validate() error {
	var f errs.Fields
	in.Name = plain.Line(&f, "name", in.Name, true, poll.MaxTitle)
	in.Description = plain.Line(&f, "description", in.Description, false, poll.MaxLabel)
	return f.Err()
}

// Keep keeps a poll of the group, without its ballots, times and
// pictures, to begin from. Errors: Invalid with fields name and description; by
// access.KeepTemplates; Conflict "poll.templates_full".
func (t *Templates) Keep(ctx context.Context, who access.Actor, id int64, in Words) (Template, error) {
	like, err := t.polls.Poll(ctx, who, id)
	if err != nil {
		return Template{}, err
	}
	if err := access.Check(who, access.KeepTemplates, like.Facts()); err != nil {
		return Template{}, err
	}
	if err := in.validate(); err != nil {
		return Template{}, err
	}
	made := from(like)
	text, err := json.Marshal(made)
	if err != nil {
		return Template{}, fmt.Errorf("write a template: %w", err)
	}
	row := templateRow{GroupID: like.HomeID(), Name: in.Name, Description: in.Description, Settings: string(text), CreatedBy: who.Person, CreatedAt: store.At(t.now())}
	err = t.db.Write(ctx, func(tx *store.Tx) error {
		var kept int64
		if err := tx.Table("poll_templates").Where("group_id = ?", row.GroupID).Count(&kept).Error; err != nil {
			return fmt.Errorf("count the polls that group %d keeps: %w", row.GroupID, err)
		}
		if kept >= Most {
			return errs.New(errs.Conflict, "poll.templates_full")
		}
		row.Position = int(kept)
		return tx.Create(&row).Error
	})
	made.ID, made.Name, made.Description = row.ID, row.Name, row.Description
	return made, err
}

// from is what of a poll is worth beginning from again.
func from(p poll.Poll) Template {
	const day = 24 * time.Hour
	t := Template{Title: p.Title, Details: p.Details, Days: 7, Method: p.Method, Rules: p.Rules, Settings: p.Settings}
	if p.OpenedAt != nil && p.ClosesAt != nil {
		t.Days = max(1, int(p.ClosesAt.Sub(*p.OpenedAt)/day))
	}
	if p.Method == tally.TimePoll {
		return t // times pass
	}
	for _, o := range p.Options {
		if o.ThemeID == 0 && o.Key == "" {
			t.Options = append(t.Options, Option{Label: o.Label, Description: o.Description, Side: o.Side, ReasonPrompt: o.ReasonPrompt})
		}
	}
	return t
}

// Drop forgets a poll that the group has kept to begin from. Errors: by
// access.KeepTemplates; NotFound.
func (t *Templates) Drop(ctx context.Context, who access.Actor, handle string, id int64) error {
	return t.change(ctx, who, handle, func(tx *store.Tx, home group.Group) error {
		gone := tx.Exec("DELETE FROM poll_templates WHERE id = ? AND group_id = ?", id, home.ID)
		if gone.Error == nil && gone.RowsAffected == 0 {
			return errs.New(errs.NotFound, "error.not_found")
		}
		return gone.Error
	})
}

// Rename changes the words under which a kept poll is offered. Errors:
// Invalid with fields name and description; by access.KeepTemplates; NotFound.
func (t *Templates) Rename(ctx context.Context, who access.Actor, handle string, id int64, in Words) error {
	return t.change(ctx, who, handle, func(tx *store.Tx, home group.Group) error {
		if err := in.validate(); err != nil {
			return err
		}
		changed := tx.Table("poll_templates").Where("id = ? AND group_id = ?", id, home.ID).
			Updates(map[string]any{"name": in.Name, "description": in.Description, "edited_at": store.At(t.now())})
		if changed.Error == nil && changed.RowsAffected == 0 {
			return errs.New(errs.NotFound, "error.not_found")
		}
		return changed.Error
	})
}

// Offer says whether a ready-made poll is offered in the group. Errors:
// by access.KeepTemplates; NotFound for an unknown key.
func (t *Templates) Offer(ctx context.Context, who access.Actor, handle, key string, offered bool) error {
	return t.change(ctx, who, handle, func(tx *store.Tx, home group.Group) error {
		if _, known := ReadyByKey(key); !known {
			return errs.New(errs.NotFound, "error.not_found")
		}
		if offered {
			return tx.Exec("DELETE FROM hidden_templates WHERE group_id = ? AND name = ?", home.ID, key).Error
		}
		return tx.Exec("INSERT INTO hidden_templates (group_id, name) VALUES (?, ?) ON CONFLICT DO NOTHING", home.ID, key).Error
	})
}

func (t *Templates) change(ctx context.Context, who access.Actor, handle string, change func(*store.Tx, group.Group) error) error {
	home, err := t.groups.ByHandle(ctx, who, handle)
	if err != nil {
		return err
	}
	if err := access.Check(who, access.KeepTemplates, home.Facts()); err != nil {
		return err
	}
	return t.db.Write(ctx, func(tx *store.Tx) error {
		if err := change(tx, home); err != nil {
			return fmt.Errorf("change the templates of group %d: %w", home.ID, err)
		}
		return nil
	})
}
