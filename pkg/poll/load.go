package poll

import (
	"encoding/json"
	"fmt"
	"time"

	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/forum"
	"plenary/pkg/ledger"
	"plenary/pkg/person"
	"plenary/pkg/store"
	"plenary/pkg/tally"
)

// row is a poll with the facts about it, in one query.
type row struct {
	ID             int64
	ThreadID       int64
	ThreadTitle    string
	Alone          bool
	AuthorID       int64
	AuthorHandle   string
	AuthorName     string
	AuthorAff      string
	AuthorPic      string
	Title          string
	Details        string
	DetailsHTML    string
	Method         tally.Method
	Rules          string
	Settings       `gorm:"embedded"`
	State          access.PollState
	CreatedAt      store.Time
	OpensAt        *store.Time
	CollectUntil   *store.Time
	EditedAt       *store.Time
	OpenedAt       *store.Time
	ClosesAt       *store.Time
	ClosedAt       *store.Time
	ClosedBy       *int64
	CloserHandle   *string
	CloserName     *string
	CloserAff      *string
	VoterCount     int
	VoterWeight    int64
	BallotCount    int
	LogLength      int64
	LogHead        []byte
	Beacon         string
	BeaconRound    int64
	BeaconAt       *store.Time
	BeaconMissed   bool
	SettleAt       *store.Time
	forum.PlaceRow `gorm:"embedded"`
	Voter          bool
	Listed         bool   // in the electorate, also where they were taken out of it again
	MyTitle        string // in the home group
	Invited        bool   // by mail, to this poll
	Voted          bool
	NoAnswer       bool
}

const columns = `p.id, p.thread_id, t.title AS thread_title, t.poll_id IS NOT NULL AND t.poll_id = p.id AS alone,
	p.author_id, a.handle AS author_handle, a.name AS author_name, a.affiliation AS author_aff, a.picture AS author_pic,
	p.title, p.details, p.details_html, p.method, p.rules, p.state,
	p.results, p.reasons, p.secret, p.receipts, p.publish_from, p.publish, p.rare_weights, p.shuffle, p.undecided, p.options_by, p.tell, p.electorate, p.titles, p.joins_late, p.weighted, p.proxies,
	p.created_at, p.edited_at, p.opens_at, p.collect_until, p.opened_at, p.closes_at, p.closed_at,
	p.closed_by, c.handle AS closer_handle, c.name AS closer_name, c.affiliation AS closer_aff,
	p.voter_count, p.voter_weight, p.ballot_count, p.log_length, p.log_head,
	p.beacon, p.beacon_round, p.beacon_at, p.beacon_missed, p.settle_at,
	v.person_id IS NOT NULL AND v.removed_at IS NULL AS voter, v.person_id IS NOT NULL AS listed, coalesce(h.title, '') AS my_title,
	EXISTS (SELECT 1 FROM poll_guests AS q WHERE q.poll_id = p.id AND q.person_id = v.person_id AND q.revoked_at IS NULL) AS invited, v.voted_at IS NOT NULL AS voted,
	v.undecided_at IS NOT NULL AND v.voted_at IS NULL AS no_answer`

// polls is the query that every reading of polls begins with.
func polls(g *gorm.DB, who access.Actor) *gorm.DB {
	place, args := forum.PlaceColumns(who)
	return g.Table("polls AS p").Select(columns+", "+place, args...).
		Joins("JOIN threads AS t ON t.id = p.thread_id").
		Joins("JOIN people AS a ON a.id = p.author_id").
		Joins("LEFT JOIN people AS c ON c.id = p.closed_by").
		Joins("LEFT JOIN poll_voters AS v ON v.poll_id = p.id AND v.person_id = ?", who.Person).
		Joins("LEFT JOIN memberships AS h ON h.group_id = t.group_id AND h.person_id = ?", who.Person)
}

// poll judges the row at an instant: a poll whose time has come is closed.
func (r row) poll(who access.Actor, now time.Time) (Poll, error) {
	place := r.Place(who)
	p := Poll{
		ID: r.ID, ThreadID: r.ThreadID, ThreadTitle: r.ThreadTitle, Alone: r.Alone,
		Group:  place.Home,
		Author: person.Brief{ID: r.AuthorID, Handle: r.AuthorHandle, Name: r.AuthorName, Affiliation: r.AuthorAff, Picture: r.AuthorPic},
		Title:  r.Title, Details: r.Details, DetailsHTML: r.DetailsHTML, Method: r.Method, Settings: r.Settings,
		State: r.State, CreatedAt: r.CreatedAt.Time, EditedAt: instant(r.EditedAt),
		OpensAt: instant(r.OpensAt), CollectUntil: instant(r.CollectUntil), OpenedAt: instant(r.OpenedAt), ClosesAt: instant(r.ClosesAt), ClosedAt: instant(r.ClosedAt),
		VoterCount: r.VoterCount, VoterWeight: r.VoterWeight, BallotCount: r.BallotCount, Head: ledger.Head{Number: r.LogLength, Hash: ledger.HashFrom(r.LogHead)},
	}
	if err := json.Unmarshal([]byte(r.Rules), &p.Rules); err != nil {
		return Poll{}, fmt.Errorf("read the rules of poll %d: %w", r.ID, err)
	}
	if r.ClosedBy != nil && r.CloserHandle != nil {
		p.ClosedBy = &person.Brief{ID: *r.ClosedBy, Handle: *r.CloserHandle, Name: *r.CloserName, Affiliation: *r.CloserAff}
	}
	p.stopped = r.SettleAt != nil
	p.unsettled = p.stopped
	if p.State == access.PollOpen && p.ClosesAt != nil && !now.Before(*p.ClosesAt) {
		p.State, p.ClosedAt, p.unsettled = access.PollEnded, p.ClosesAt, true
	}
	if r.Beacon != "" {
		p.Beacon = &Beacon{Name: r.Beacon, Round: r.BeaconRound, At: instant(r.BeaconAt), Missed: r.BeaconMissed}
	}
	if p.unsettled && p.Beacon != nil {
		p.State = access.PollSealed
	}
	p.facts, p.homeID = place.Facts, r.HomeID
	p.facts.Own = who.SignedIn() && r.AuthorID == who.Person
	p.noAnswer = r.NoAnswer
	p.facts.Poll, p.facts.Voted, p.facts.Shown = p.State, r.Voted, r.Results
	p.facts.Voter = r.Voter || r.joins(p, who)
	p.facts.PollGuest = r.Invited && who.OnlyPoll == p.ID
	p.facts.Secret = r.Secret
	p.facts.Collecting = p.State == access.PollOpen && p.CollectUntil != nil && now.Before(*p.CollectUntil)
	return p, nil
}

func instant(t *store.Time) *time.Time {
	if t == nil {
		return nil
	}
	return &t.Time
}

// find reads the polls of a query made by polls, with options and outcomes:
// three queries however many there are.
func find(query *gorm.DB, g *gorm.DB, who access.Actor, now time.Time) ([]Poll, error) {
	var rows []row
	if err := query.Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("read polls: %w", err)
	}
	ids := make([]int64, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	options, err := optionsOf(g, ids)
	if err != nil {
		return nil, err
	}
	outcomes, err := outcomesOf(g, ids)
	if err != nil {
		return nil, err
	}
	out := make([]Poll, len(rows))
	for i, r := range rows {
		if out[i], err = r.poll(who, now); err != nil {
			return nil, err
		}
		out[i].Options, out[i].Outcome = options[r.ID], outcomes[r.ID]
		for j := range out[i].Options {
			out[i].Options[j].Key = out[i].Options[j].key(r.Method)
		}
	}
	return out, nil
}

// load reads one poll for an actor, without asking whether the actor may.
func load(g *gorm.DB, who access.Actor, id int64, now time.Time) (Poll, error) {
	found, err := find(polls(g, who).Where("p.id = ?", id), g, who, now)
	if err != nil {
		return Poll{}, err
	}
	if len(found) == 0 {
		return Poll{}, fmt.Errorf("load poll %d: %w", id, gorm.ErrRecordNotFound)
	}
	return found[0], nil
}
