package poll

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/forum"
	"plenary/pkg/store"
)

// The ways into an electorate, as they are kept with each voter. Those of a poll
// among named people or titles are called as the electorate is.
const (
	byGroup       = "group"        // member of the thread's home group
	byThread      = "thread"       // member of another group that the thread is shown in
	byThreadGuest = "thread_guest" // guest of the thread
	byInvitation  = "guest"        // invited to the poll alone, by mail
)

// entitled are those who may vote in a poll that opens now, or who may come in
// where the poll lets people join late, in the order of their ids. Before leaves
// out who came into the groups or the thread from that instant on; zero: nobody.
func entitled(g *gorm.DB, p Poll, before time.Time) ([]voter, error) {
	var out []voter
	var err error
	switch p.Electorate {
	case OfGroup:
		out, err = members(g.Where("m.group_id = ?", p.homeID), byGroup, before)
	case OfTitles:
		out, err = members(g.Where("m.group_id = ? AND m.title IN ?", p.homeID, []string(p.Titles)), string(OfTitles), before)
	case OfThread:
		out, err = around(g, p, before)
	case OfNamed:
		out, err = named(g, p)
	default:
		err = fmt.Errorf("poll %d has the electorate %q", p.ID, p.Electorate)
	}
	if err != nil {
		return nil, err
	}
	guests, err := invited(g, p.ID)
	if err != nil {
		return nil, err
	}
	return p.weighed(append(out, guests...)), nil
}

// weighed puts voters in order, each once, with the votes that the poll gives
// them. Guests have those of their invitation, whatever the group does.
func (p Poll) weighed(all []voter) []voter {
	slices.SortStableFunc(all, func(a, b voter) int { return cmp.Compare(a.person, b.person) })
	all = slices.CompactFunc(all, func(a, b voter) bool { return a.person == b.person })
	for i := range all {
		if !p.Weighted {
			all[i].weight = 1
		}
	}
	return all
}

// endOfTime is later than anybody comes.
const endOfTime = math.MaxInt64

// until is the instant before which people came, as the database compares it.
func until(before time.Time) int64 {
	if before.IsZero() {
		return endOfTime
	}
	return store.At(before).UnixMicro()
}

func members(where *gorm.DB, source string, before time.Time) ([]voter, error) {
	var rows []struct{ PersonID, Votes int64 }
	if err := where.Table("memberships AS m").Select("m.person_id, m.votes").Where("m.created_at < ?", until(before)).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("list the members who may vote: %w", err)
	}
	out := make([]voter, len(rows))
	for i, r := range rows {
		out[i] = voter{person: r.PersonID, weight: r.Votes, source: source}
	}
	return out, nil
}

// around are all whom the thread is for: the members of the groups that it is
// shown in, those of its home with the votes that they have there, and its guests.
func around(g *gorm.DB, p Poll, before time.Time) ([]voter, error) {
	out, err := members(g.Where("m.group_id = ?", p.homeID), byGroup, before)
	if err != nil {
		return nil, err
	}
	for _, more := range []struct{ query, source string }{
		{"SELECT DISTINCT m.person_id FROM memberships AS m JOIN thread_groups AS x ON x.group_id = m.group_id WHERE x.thread_id = @thread AND x.created_at < @before AND m.created_at < @before", byThread},
		{"SELECT person_id FROM thread_guests WHERE thread_id = @thread AND created_at < @before", byThreadGuest},
	} {
		var ids []int64
		if err := g.Raw(more.query, map[string]any{"thread": p.ThreadID, "before": until(before)}).Scan(&ids).Error; err != nil {
			return nil, fmt.Errorf("list whom thread %d is for: %w", p.ThreadID, err)
		}
		for _, id := range ids {
			out = append(out, voter{person: id, weight: 1, source: more.source})
		}
	}
	return out, nil
}

// named are those of the people who were named whom the thread is for still.
func named(g *gorm.DB, p Poll) ([]voter, error) {
	all, err := around(g, p, time.Time{})
	if err != nil {
		return nil, err
	}
	ids, err := namedIn(g, p.ID)
	if err != nil {
		return nil, err
	}
	chosen := make(map[int64]bool, len(ids))
	for _, id := range ids {
		chosen[id] = true
	}
	all = slices.DeleteFunc(all, func(v voter) bool { return !chosen[v.person] })
	for i := range all {
		all[i].source = string(OfNamed)
	}
	return all, nil
}

func namedIn(g *gorm.DB, poll int64) ([]int64, error) {
	var ids []int64
	if err := g.Table("poll_named").Where("poll_id = ?", poll).Order("person_id").Pluck("person_id", &ids).Error; err != nil {
		return nil, fmt.Errorf("list who is named in poll %d: %w", poll, err)
	}
	return ids, nil
}

// invited are the guests by mail whose links hold.
func invited(g *gorm.DB, poll int64) ([]voter, error) {
	var rows []struct{ PersonID, Weight int64 }
	if err := g.Table("poll_guests").Select("person_id, weight").Where("poll_id = ? AND revoked_at IS NULL", poll).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("list the guests of poll %d: %w", poll, err)
	}
	out := make([]voter, len(rows))
	for i, r := range rows {
		out[i] = voter{person: r.PersonID, weight: r.Weight, source: byInvitation}
	}
	return out, nil
}

// checkVoters refuses to open a poll in which nobody could vote.
func (p Poll) checkVoters(voters []voter) error {
	var f errs.Fields
	switch {
	case len(voters) > 0:
	case p.Electorate == OfNamed:
		f.Add("named", "poll.named_none")
	case p.Electorate == OfTitles:
		f.Add("titles", "poll.titles_nobody")
	}
	return f.Err()
}

// Entitled says how many may vote in a poll, by what, and with how many votes
// together. Of a draft they are those who could if it opened now.
type Entitled struct {
	Count   int
	Votes   int64
	Sources map[string]int
}

// knowsVoters reads a poll for those who may know who votes in it: members, and
// whoever could change that.
func (p *Polls) knowsVoters(ctx context.Context, who access.Actor, id int64) (Poll, error) {
	found, err := p.Poll(ctx, who, id)
	if err != nil || access.May(who, access.EditPoll, found.facts) {
		return found, err
	}
	return found, access.Check(who, access.ReadElectorate, found.facts)
}

// Entitled counts who may vote. Errors: by access.ReadElectorate; whoever edits the poll may, too.
func (p *Polls) Entitled(ctx context.Context, who access.Actor, id int64) (Entitled, error) {
	found, err := p.knowsVoters(ctx, who, id)
	if err != nil {
		return Entitled{}, err
	}
	g := p.db.Read(ctx)
	if found.State == access.Draft {
		voters, err := entitled(g, found, time.Time{})
		return summed(voters), store.Translate(err)
	}
	var rows []struct {
		Source string
		Count  int
		Votes  int64
	}
	err = g.Table("poll_voters").Select("source, COUNT(*) AS count, SUM(weight) AS votes").Where("poll_id = ? AND removed_at IS NULL", id).Group("source").Find(&rows).Error
	if err != nil {
		return Entitled{}, store.Translate(fmt.Errorf("count the voters of poll %d: %w", id, err))
	}
	out := Entitled{Sources: map[string]int{}}
	for _, r := range rows {
		out.Count, out.Votes, out.Sources[r.Source] = out.Count+r.Count, out.Votes+r.Votes, r.Count
	}
	return out, nil
}

func summed(voters []voter) Entitled {
	out := Entitled{Count: len(voters), Sources: map[string]int{}}
	for _, v := range voters {
		out.Votes += v.weight
		out.Sources[v.source]++
	}
	return out
}

// Eligible counts who could vote in a poll that were opened in the thread now:
// the members of its home group. The caller has checked the thread.
func (p *Polls) Eligible(ctx context.Context, t forum.Thread) (int, error) {
	var n int
	if err := p.db.Read(ctx).Raw("SELECT COUNT(*) FROM memberships WHERE group_id = ?", t.HomeID()).Row().Scan(&n); err != nil {
		return 0, store.Translate(fmt.Errorf("count who could vote in thread %d: %w", t.ID, err))
	}
	return n, nil
}
