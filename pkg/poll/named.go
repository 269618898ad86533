package poll

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/person"
	"plenary/pkg/plain"
	"plenary/pkg/store"
)

// MaxNamed is how many people an electorate can name.
const MaxNamed = 5000

// Handles finds people by their handles, for NewPoll.Named. Errors: Invalid,
// under named.N from 0, where there is nobody of that handle.
func (p *Polls) Handles(ctx context.Context, handles []string) ([]int64, error) {
	var f errs.Fields
	if len(handles) > MaxNamed {
		f.Add("named", "field.too_many", errs.Args{"Max": MaxNamed})
		return nil, f.Err()
	}
	clean := make([]string, len(handles))
	for i, h := range handles {
		clean[i] = plain.HandleOf(h)
	}
	ids := map[string]int64{}
	for part := range slices.Chunk(slices.Compact(slices.Sorted(slices.Values(clean))), batch) {
		var rows []person.Brief
		if err := p.db.Read(ctx).Table("people").Select("id, handle").Where("handle IN ?", part).Find(&rows).Error; err != nil {
			return nil, store.Translate(fmt.Errorf("find people by their handles: %w", err))
		}
		for _, r := range rows {
			ids[r.Handle] = r.ID
		}
	}
	var out []int64
	for i, h := range clean {
		if ids[h] == 0 {
			f.Add("named."+strconv.Itoa(i), "poll.named_outsider")
			continue
		}
		if !slices.Contains(out, ids[h]) {
			out = append(out, ids[h])
		}
	}
	return out, f.Err()
}

// setNamed writes who is named in a draft, in place of who was. Whoever the thread
// is not for is complained of, under named.N from 0.
func setNamed(tx *store.Tx, draft Poll, people []int64) error {
	all, err := around(tx.DB, draft, time.Time{})
	if err != nil {
		return err
	}
	known := map[int64]bool{}
	for _, v := range all {
		known[v.person] = true
	}
	var f errs.Fields
	if len(people) > MaxNamed {
		f.Add("named", "field.too_many", errs.Args{"Max": MaxNamed})
	}
	for i, id := range people {
		if !known[id] {
			f.Add("named."+strconv.Itoa(i), "poll.named_outsider")
		}
	}
	if err := f.Err(); err != nil {
		return err
	}
	if err := tx.Exec("DELETE FROM poll_named WHERE poll_id = ?", draft.ID).Error; err != nil {
		return fmt.Errorf("clear who is named in poll %d: %w", draft.ID, err)
	}
	var rows []namedRow
	for _, id := range slices.Compact(slices.Sorted(slices.Values(people))) {
		rows = append(rows, namedRow{draft.ID, id})
	}
	for part := range slices.Chunk(rows, batch) {
		if err := tx.Create(&part).Error; err != nil {
			return fmt.Errorf("write who is named in poll %d: %w", draft.ID, err)
		}
	}
	return nil
}

type namedRow struct{ PollID, PersonID int64 }

func (namedRow) TableName() string { return "poll_named" }

// Name adds people to an electorate that is named, or with NewPoll.JoinsLate to one
// that has opened: then they may vote at once. Errors: by access.EditPoll; Invalid
// with field named.N; Conflict "poll.electorate_not_named" and
// "poll.electorate_is_fixed".
func (p *Polls) Name(ctx context.Context, who access.Actor, id int64, people []int64) (Poll, error) {
	return p.change(ctx, who, id, access.EditPoll, func(tx *store.Tx, locked Poll, now time.Time) error {
		switch {
		case locked.Electorate != OfNamed:
			return errs.New(errs.Conflict, "poll.electorate_not_named")
		case locked.State != access.Draft && !locked.JoinsLate:
			return errs.New(errs.Conflict, "poll.electorate_is_fixed")
		}
		had, err := namedIn(tx.DB, id)
		if err != nil {
			return err
		}
		if err := setNamed(tx, locked, append(had, people...)); err != nil {
			return renumbered(err, len(had))
		}
		if locked.State == access.Draft {
			return nil
		}
		return p.catchUp(tx, &locked, time.Time{}, now)
	})
}

// renumbered gives complaints about people the numbers that these have in what was
// sent: those before them were named earlier.
func renumbered(err error, by int) error {
	e, ok := errors.AsType[*errs.Error](err)
	if !ok {
		return err
	}
	fields := errs.Fields{}
	for name, text := range e.Fields {
		if n, isNumber := strings.CutPrefix(name, "named."); isNumber {
			if at, err := strconv.Atoi(n); err == nil {
				name = "named." + strconv.Itoa(max(0, at-by))
			}
		}
		fields[name] = text
	}
	return fields.Err()
}

// Unname takes somebody off an electorate that is named, before the opening.
// Errors: as for Name.
func (p *Polls) Unname(ctx context.Context, who access.Actor, id, person int64) (Poll, error) {
	return p.change(ctx, who, id, access.EditPoll, func(tx *store.Tx, locked Poll, _ time.Time) error {
		if locked.State != access.Draft {
			return errs.New(errs.Conflict, "poll.electorate_is_fixed")
		}
		if err := tx.Exec("DELETE FROM poll_named WHERE poll_id = ? AND person_id = ?", id, person).Error; err != nil {
			return fmt.Errorf("take person %d off poll %d: %w", person, id, err)
		}
		return nil
	})
}

// Named lists who is named in a poll, by name. Errors: by access.ReadElectorate; whoever edits the poll may, too.
func (p *Polls) Named(ctx context.Context, who access.Actor, id int64) ([]person.Brief, error) {
	if _, err := p.knowsVoters(ctx, who, id); err != nil {
		return nil, err
	}
	var out []person.Brief
	err := p.db.Read(ctx).Table("poll_named AS n").Select("a.id, a.handle, a.name, a.affiliation, a.picture").Joins("JOIN people AS a ON a.id = n.person_id").
		Where("n.poll_id = ?", id).Order("a.name, a.id").Limit(MaxNamed).Find(&out).Error
	if err != nil {
		return nil, store.Translate(fmt.Errorf("list who is named in poll %d: %w", id, err))
	}
	return out, nil
}

// catchUp lets in those who have come into the electorate since the poll opened,
// where it lets people join late, and says so in its log. The caller holds the
// poll's lock. Everybody who could vote is in before anybody's ballot and before the
// count, so that quorum and turnout are those of all who could have voted. Before is
// as in entitled.
func (p *Polls) catchUp(tx *store.Tx, open *Poll, before, now time.Time) error {
	if !open.JoinsLate {
		return nil
	}
	all, err := entitled(tx.DB, *open, before)
	if err != nil {
		return err
	}
	var known []int64
	if err := tx.Table("poll_voters").Where("poll_id = ?", open.ID).Order("person_id").Pluck("person_id", &known).Error; err != nil {
		return fmt.Errorf("list the voters of poll %d: %w", open.ID, err)
	}
	all = slices.DeleteFunc(all, func(v voter) bool {
		_, is := slices.BinarySearch(known, v.person)
		return is
	})
	if len(all) == 0 {
		return nil
	}
	return p.admit(tx, open, all, "joined", now)
}

// joins reports whether the actor, who is not in the electorate, comes into it
// late. Whoever was taken out of it does not.
func (r row) joins(p Poll, who access.Actor) bool {
	if !p.JoinsLate || p.State != access.PollOpen || r.Listed || !who.SignedIn() {
		return false
	}
	switch p.Electorate {
	case OfGroup:
		return p.facts.Role.Valid()
	case OfThread:
		return p.facts.Guest || p.facts.Role.Valid() || slices.ContainsFunc(p.facts.Others, func(s access.Standing) bool { return s.Role.Valid() })
	case OfTitles:
		return slices.Contains(p.Titles, r.MyTitle)
	case OfNamed:
		return false // they were let in when they were named
	}
	return false
}
