package theme

import (
	"context"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/forum"
	"plenary/pkg/person"
	"plenary/pkg/store"
)

// MaxPerPerson is the highest number of themes or supports that rules can name.
const MaxPerPerson = 1000

// NewRules are what is asked of those who put themes forward in a thread. The
// zero value asks nothing.
type NewRules struct {
	OpensAt           *time.Time // nil: at once
	ClosesAt          *time.Time // nil: without an end
	ThemesPerPerson   int        // 0: as many as one likes
	SupportsPerPerson int        // 0: as many as one likes
}

// Rules are those of a thread, and who set them.
type Rules struct {
	NewRules
	ChangedBy *person.Brief // nil where nobody has
	ChangedAt *time.Time
}

// Window is how an instant lies to the time for themes.
type Window string

// The windows.
const (
	Unbound Window = "" // no time was set
	Before  Window = "before"
	Within  Window = "within"
	Ended   Window = "ended"
)

// Window tells how now lies to the time for themes. The closing time itself is
// too late.
func (r NewRules) Window(now time.Time) Window {
	switch {
	case r.OpensAt != nil && now.Before(*r.OpensAt):
		return Before
	case r.ClosesAt != nil && !now.Before(*r.ClosesAt):
		return Ended
	case r.ClosesAt != nil || r.OpensAt != nil:
		return Within
	}
	return Unbound
}

// mayPropose refuses a theme before and after the time for them, with that time.
func (r NewRules) mayPropose(now time.Time) error {
	switch r.Window(now) {
	case Before:
		return errs.New(errs.Conflict, "theme.window_before", errs.Args{"At": r.OpensAt.UTC().Format(time.RFC3339)})
	case Ended:
		return errs.New(errs.Conflict, "theme.window_ended", errs.Args{"At": r.ClosesAt.UTC().Format(time.RFC3339)})
	case Unbound, Within:
	}
	return nil
}

func (r NewRules) validate() error {
	var f errs.Fields
	if r.OpensAt != nil && r.ClosesAt != nil && !r.OpensAt.Before(*r.ClosesAt) {
		f.Add("closes_at", "theme.closes_before_opening")
	}
	for name, n := range map[string]int{"themes_per_person": r.ThemesPerPerson, "supports_per_person": r.SupportsPerPerson} {
		if n < 0 || n > MaxPerPerson {
			f.Add(name, "field.between", errs.Args{"Min": 0, "Max": MaxPerPerson})
		}
	}
	return f.Err()
}

// same compares them as they are stored.
func (r NewRules) same(other NewRules) bool {
	return sameTime(r.OpensAt, other.OpensAt) && sameTime(r.ClosesAt, other.ClosesAt) &&
		r.ThemesPerPerson == other.ThemesPerPerson && r.SupportsPerPerson == other.SupportsPerPerson
}

func sameTime(a, b *time.Time) bool {
	if a == nil || b == nil {
		return a == b
	}
	return store.At(*a).Equal(store.At(*b).Time)
}

// Rules reads what is asked in a thread. Errors: NotFound.
func (t *Themes) Rules(ctx context.Context, who access.Actor, threadID int64) (Rules, error) {
	if _, err := t.forum.Thread(ctx, who, threadID); err != nil {
		return Rules{}, err
	}
	r, err := rulesOf(t.db.Read(ctx), threadID)
	return r, store.Translate(err)
}

func rulesOf(g *gorm.DB, threadID int64) (Rules, error) {
	var rows []struct {
		OpensAt, ClosesAt                  *store.Time
		ThemesPerPerson, SupportsPerPerson int
		ChangedAt                          *store.Time
		ID                                 *int64
		Handle, Name, Affiliation, Picture *string
	}
	err := g.Table("theme_rules AS r").Select(`r.opens_at, r.closes_at, r.themes_per_person, r.supports_per_person, r.changed_at,
		a.id, a.handle, a.name, a.affiliation, a.picture`).Joins("LEFT JOIN people AS a ON a.id = r.changed_by").
		Where("r.thread_id = ?", threadID).Find(&rows).Error
	if err != nil {
		return Rules{}, fmt.Errorf("read the rules for themes of thread %d: %w", threadID, err)
	}
	if len(rows) == 0 {
		return Rules{}, nil
	}
	row := rows[0]
	out := Rules{NewRules: NewRules{OpensAt: instant(row.OpensAt), ClosesAt: instant(row.ClosesAt), ThemesPerPerson: row.ThemesPerPerson,
		SupportsPerPerson: row.SupportsPerPerson}, ChangedAt: instant(row.ChangedAt)}
	if row.ID != nil {
		out.ChangedBy = &person.Brief{ID: *row.ID, Handle: *row.Handle, Name: *row.Name, Affiliation: *row.Affiliation, Picture: *row.Picture}
	}
	return out, nil
}

// SetRules says what is asked from now on in a thread, and tells its timeline.
// Themes and supports that are there stay, however many somebody has. Errors:
// Invalid with fields closes_at, themes_per_person and supports_per_person; by
// access.Convene.
func (t *Themes) SetRules(ctx context.Context, who access.Actor, threadID int64, in NewRules) (Rules, error) {
	thread, err := t.forum.Thread(ctx, who, threadID)
	if err != nil {
		return Rules{}, err
	}
	if err := mayConvene(who, thread); err != nil {
		return Rules{}, err
	}
	if err := in.validate(); err != nil {
		return Rules{}, err
	}
	err = t.db.Write(ctx, func(tx *store.Tx) error {
		thread, err := t.forum.LockThread(tx, who, threadID)
		if err != nil {
			return err
		}
		if err := mayConvene(who, thread); err != nil {
			return err
		}
		before, err := rulesOf(tx.DB, threadID)
		if err != nil || before.same(in) {
			return err
		}
		return saveRules(tx, who, threadID, in, t.now())
	})
	if err != nil {
		return Rules{}, err
	}
	return t.Rules(ctx, who, threadID)
}

// mayConvene asks whether the actor convenes the themes of a thread, whichever
// they are.
func mayConvene(who access.Actor, thread forum.Thread) error {
	facts := thread.Facts()
	facts.Theme = access.Proposed
	return access.Check(who, access.Convene, facts)
}

func saveRules(tx *store.Tx, who access.Actor, threadID int64, in NewRules, now time.Time) error {
	var by *int64
	if who.SignedIn() {
		by = &who.Person
	}
	err := tx.Exec(`INSERT INTO theme_rules (thread_id, opens_at, closes_at, themes_per_person, supports_per_person, changed_by, changed_at)
		VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (thread_id) DO UPDATE SET opens_at = excluded.opens_at, closes_at = excluded.closes_at,
		themes_per_person = excluded.themes_per_person, supports_per_person = excluded.supports_per_person,
		changed_by = excluded.changed_by, changed_at = excluded.changed_at`,
		threadID, storedTime(in.OpensAt), storedTime(in.ClosesAt), in.ThemesPerPerson, in.SupportsPerPerson, by, store.At(now)).Error
	if err != nil {
		return fmt.Errorf("save the rules for themes of thread %d: %w", threadID, err)
	}
	data := map[string]any{}
	for name, at := range map[string]*time.Time{"opens_at": in.OpensAt, "closes_at": in.ClosesAt} {
		if at != nil {
			data[name] = at.UTC()
		}
	}
	for name, n := range map[string]int{"themes_per_person": in.ThemesPerPerson, "supports_per_person": in.SupportsPerPerson} {
		if n > 0 {
			data[name] = n
		}
	}
	_, err = forum.Tell(tx, event.Event{Topic: event.Thread(threadID), Kind: event.ThemeRulesChanged, At: now, Actor: who.Person,
		Thread: threadID, Subject: threadID}, data)
	return err
}

func storedTime(at *time.Time) *store.Time {
	if at == nil {
		return nil
	}
	return new(store.At(*at))
}

// roomFor refuses new themes that would be more than somebody may have. Themes
// that are out of the running, those that stand for several others, and parts of
// one that was split are not counted, nor is what was put forward for somebody
// without an account. new says how many each person gets.
func (r NewRules) roomFor(tx *store.Tx, who access.Actor, threadID int64, more map[int64]int) error {
	if r.ThemesPerPerson == 0 || len(more) == 0 {
		return nil
	}
	ids := make([]int64, 0, len(more))
	for id := range more {
		ids = append(ids, id)
	}
	var rows []struct {
		ProposerID int64
		N          int
	}
	err := tx.Table("themes AS th").Select("th.proposer_id, COUNT(*) AS n").
		Where("th.thread_id = ? AND th.proposer_id IN ? AND th.credit = '' AND th.split_from IS NULL", threadID, ids).
		Where("th.state NOT IN ?", []access.ThemeState{access.Withdrawn, access.Merged, access.Declined}).
		Where("NOT EXISTS (SELECT 1 FROM themes AS u WHERE u.under_id = th.id)").Group("th.proposer_id").Find(&rows).Error
	if err != nil {
		return fmt.Errorf("count who has proposed in thread %d: %w", threadID, err)
	}
	have := map[int64]int{}
	for _, row := range rows {
		have[row.ProposerID] = row.N
	}
	for id, n := range more {
		switch {
		case have[id]+n <= r.ThemesPerPerson:
		case id == who.Person:
			return errs.New(errs.Conflict, "theme.limit", errs.Args{"Max": r.ThemesPerPerson, "Have": have[id]})
		default:
			return errs.New(errs.Conflict, "theme.limit_of_other", errs.Args{"Max": r.ThemesPerPerson, "Have": have[id]})
		}
	}
	return nil
}

// namedAtMost is how many supported themes a refusal names.
const namedAtMost = 20

// roomForSupport refuses one more support where somebody has as many as they
// may, and names the themes that they support. Only support that can be taken
// back is counted. The thread is locked.
func roomForSupport(tx *store.Tx, who access.Actor, of Theme) error {
	rules, err := rulesOf(tx.DB, of.ThreadID)
	if err != nil || rules.SupportsPerPerson == 0 {
		return err
	}
	var titles []string
	err = tx.Table("theme_supports AS s").Select("th.title").Joins("JOIN themes AS th ON th.id = s.theme_id").
		Where("s.person_id = ? AND th.thread_id = ? AND th.id <> ? AND th.state IN ?", who.Person, of.ThreadID, of.ID,
			[]access.ThemeState{access.Proposed, access.Shortlisted}).
		Order("s.created_at, th.id").Limit(MaxPerPerson).Find(&titles).Error
	if err != nil {
		return fmt.Errorf("look for what is supported in thread %d: %w", of.ThreadID, err)
	}
	if len(titles) < rules.SupportsPerPerson {
		return nil
	}
	shown := titles[:min(len(titles), namedAtMost)]
	return errs.New(errs.Conflict, "theme.support_limit", errs.Args{"Max": rules.SupportsPerPerson, "Titles": "“" + strings.Join(shown, "”, “") + "”"})
}
