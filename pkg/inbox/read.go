package inbox

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/forum"
	"plenary/pkg/page"
	"plenary/pkg/store"
)

// behind joins what events AS e of inboxes tell of, each where it is now: a theme
// may have moved to another thread since.
const behind = `LEFT JOIN comments AS c ON c.id = e.subject_id AND e.kind LIKE 'comment.%'
	LEFT JOIN themes AS h ON h.id = e.subject_id AND e.kind LIKE 'theme.%'
	LEFT JOIN programmes AS pr ON pr.id = e.subject_id AND e.kind LIKE 'programme.%'
	LEFT JOIN programme_sessions AS ps ON ps.id = e.subject_id AND e.kind LIKE 'session.%'
	LEFT JOIN polls AS po ON po.id = e.subject_id AND (e.kind LIKE 'poll.%' OR e.kind LIKE 'outcome.%')
	LEFT JOIN join_requests AS j ON j.id = e.subject_id AND e.kind LIKE 'request.%'
	LEFT JOIN delegations AS d ON d.id = e.subject_id AND e.kind LIKE 'proxy.%'
	LEFT JOIN threads AS t ON t.id = COALESCE(c.thread_id, h.thread_id, pr.thread_id, po.thread_id, e.thread_id)
	LEFT JOIN groups AS g ON g.id = COALESCE(j.group_id, d.group_id)`

// there is the condition that what a row tells of is there and neither deleted nor
// a draft. Kinds that are about something else than these pass.
const there = `((e.kind NOT LIKE 'comment.%' OR c.deleted_at IS NULL AND c.id IS NOT NULL)
	AND (e.kind NOT LIKE 'theme.%' OR h.id IS NOT NULL)
	AND (e.kind NOT LIKE 'programme.%' OR pr.published > 0)
	AND (e.kind NOT LIKE 'session.%' OR ps.published > 0 AND ps.state <> 'draft')
	AND (po.id IS NULL OR po.state <> 'draft')
	AND (e.kind NOT LIKE 'request.%' OR j.id IS NOT NULL)
	AND (e.kind NOT LIKE 'proxy.%' OR d.id IS NOT NULL))`

// own is the condition on events AS e to be somebody's rows. It stands in words
// that the index of what is unread knows.
const own = "e.place = 'person' AND e.topic_id = ? AND e.kind <> 'inbox.changed'"

// rows are the events of the actor's inbox that they may be shown now.
func rows(g *gorm.DB, who access.Actor) *gorm.DB { return rowsIn(g, who, access.VisibleThreads(who)) }

// rowsIn are those in threads that the condition is about.
func rowsIn(g *gorm.DB, who access.Actor, threads access.Filter) *gorm.DB {
	groups, answers := access.VisibleGroups(who), access.AnswersAskers(who)
	return g.Table("events AS e").Joins(behind).Where(own, who.Person).
		Where("(e.actor_id IS NULL OR e.actor_id <> ?)", who.Person).Where(there).
		Where("(t.id IS NULL OR "+threads.SQL+")", threads.Args...).
		Where("(g.id IS NULL OR "+groups.SQL+")", groups.Args...).
		Where("(e.kind <> 'request.asked' OR "+answers.SQL+")", answers.Args...)
}

// narrow keeps those that the filter is about.
func (f Filter) narrow(q *gorm.DB, who access.Actor) *gorm.DB {
	switch f.Show {
	case Away:
		q = q.Where("e.put_away_at IS NOT NULL")
	case Unread:
		q = q.Where("e.read_at IS NULL")
	default:
		q = q.Where("e.put_away_at IS NULL")
	}
	if about := nouns[f.Show]; len(about) > 0 {
		var any []string
		for _, noun := range about {
			any = append(any, "e.kind LIKE '"+noun+".%'")
		}
		q = q.Where("(" + strings.Join(any, " OR ") + ")")
	}
	if f.Group != "" {
		q = q.Where(`EXISTS (SELECT 1 FROM groups AS fg JOIN memberships AS fm ON fm.group_id = fg.id AND fm.person_id = ?
			WHERE fg.handle = ? AND (fg.id = g.id OR EXISTS (SELECT 1 FROM thread_groups AS ft WHERE ft.thread_id = t.id AND ft.group_id = fg.id)))`,
			who.Person, f.Group)
	}
	return q
}

// valid refuses a filter that there is not.
func (f Filter) valid() error {
	if f.Show == "" || slices.Contains(Shows(), f.Show) {
		return nil
	}
	var fields errs.Fields
	fields.Add("show", "field.choose")
	return fields.Err()
}

// foundRow is a row as read.
type foundRow struct {
	TopicID   int64
	Seq       int64
	Kind      event.Kind
	At        store.Time
	ActorID   int64
	Thread    int64
	SubjectID int64
	Data      string
	ReadAt    *store.Time
	PutAwayAt *store.Time
	Handle    string
	Name      string
	PollID    int64
	FromID    int64
	ToID      int64
	FromName  string
	ToName    string
}

const columns = `e.topic_id, e.seq, e.kind, e.at, COALESCE(e.actor_id, 0) AS actor_id, COALESCE(t.id, 0) AS thread, e.subject_id, COALESCE(e.data, '') AS data,
	e.read_at, e.put_away_at, COALESCE(g.handle, '') AS handle, COALESCE(g.name, '') AS name, COALESCE(d.poll_id, 0) AS poll_id,
	COALESCE(d.from_id, 0) AS from_id, COALESCE(d.to_id, 0) AS to_id, COALESCE(pf.name, '') AS from_name, COALESCE(pt.name, '') AS to_name`

const parties = "LEFT JOIN people AS pf ON pf.id = d.from_id LEFT JOIN people AS pt ON pt.id = d.to_id"

func (r foundRow) event() event.Event {
	e := event.Event{Topic: event.Inbox(r.TopicID), Seq: r.Seq, Kind: r.Kind, At: r.At.Time, Actor: r.ActorID, Thread: r.Thread, Subject: r.SubjectID}
	if r.Data != "" {
		e.Data = json.RawMessage(r.Data)
	}
	return e
}

// List reads a page of the actor's rows, the latest first. Errors:
// Unauthenticated; Invalid for a filter that there is not.
func (i *Inbox) List(ctx context.Context, who access.Actor, f Filter, p page.Page) (page.List[Row], error) {
	if err := may(who); err != nil {
		return page.List[Row]{}, err
	}
	if err := f.valid(); err != nil {
		return page.List[Row]{}, err
	}
	key, err := page.Decode(p.Cursor, 1)
	if err != nil {
		return page.List[Row]{}, err
	}
	q := f.narrow(rows(i.db.Read(ctx), who), who)
	if key != nil {
		q = q.Where("e.seq < ?", key[0])
	}
	var found []foundRow
	if err := q.Joins(parties).Select(columns).Order("e.seq DESC").Limit(p.Size() + 1).Find(&found).Error; err != nil {
		return page.List[Row]{}, store.Translate(fmt.Errorf("list the inbox of person %d: %w", who.Person, err))
	}
	cut := page.Cut(p, found, func(r foundRow) []int64 { return []int64{r.Seq} })
	items, err := i.finish(ctx, who, cut.Items)
	return page.List[Row]{Items: items, Next: cut.Next}, err
}

// Row reads one row. Errors: NotFound, too, where its owner may not read of it now.
func (i *Inbox) Row(ctx context.Context, who access.Actor, seq int64) (Row, error) {
	if err := may(who); err != nil {
		return Row{}, err
	}
	var found []foundRow
	q := rows(i.db.Read(ctx), who).Where("e.seq = ?", seq)
	if err := q.Joins(parties).Select(columns).Limit(1).Find(&found).Error; err != nil {
		return Row{}, store.Translate(fmt.Errorf("read row %d of the inbox of person %d: %w", seq, who.Person, err))
	}
	items, err := i.finish(ctx, who, found)
	if err == nil && len(items) == 0 {
		err = errs.New(errs.NotFound, "error.not_found")
	}
	if err != nil {
		return Row{}, err
	}
	return items[0], nil
}

// finish puts the things behind the rows.
func (i *Inbox) finish(ctx context.Context, who access.Actor, found []foundRow) ([]Row, error) {
	if len(found) == 0 {
		return nil, nil
	}
	events, threads := make([]event.Event, len(found)), []int64{}
	for n, r := range found {
		events[n] = r.event()
		if r.Thread != 0 {
			threads = append(threads, r.Thread)
		}
	}
	entries, err := i.timeline.Entries(ctx, events)
	if err != nil {
		return nil, err
	}
	in, err := i.forum.ThreadsOf(ctx, who, threads)
	if err != nil {
		return nil, err
	}
	out := make([]Row, len(found))
	for n, r := range found {
		out[n] = Row{Entry: entries[n], ReadAt: instant(r.ReadAt), PutAwayAt: instant(r.PutAwayAt), In: threadIn(in, r.Thread),
			About: Group{r.Handle, r.Name}, Proxy: Proxy{FromID: r.FromID, ToID: r.ToID, From: r.FromName, To: r.ToName, PollID: r.PollID}}
	}
	return out, nil
}

func threadIn(all map[int64]forum.Thread, id int64) *forum.Thread {
	if t, ok := all[id]; ok {
		return &t
	}
	return nil
}

func instant(t *store.Time) *time.Time {
	if t == nil {
		return nil
	}
	return &t.Time
}

// CountMost is how far Count counts.
const CountMost = 100

// Counted is how much is unread.
type Counted struct {
	Unread  int   // at most CountMost
	LastSeq int64 // of the newest event of the inbox when it was counted
}

// Count counts what is unread, in one statement. Nothing of nobody's is.
func (i *Inbox) Count(ctx context.Context, who access.Actor) (Counted, error) {
	if !who.SignedIn() {
		return Counted{}, nil
	}
	return i.count(ctx, who, access.VisibleThreads(who))
}

// CountFor is Count for pages that are told of something new: in which way their
// reader has signed in nobody knows, so what a group asks of that is left out.
func (i *Inbox) CountFor(ctx context.Context, person int64) (Counted, error) {
	return i.count(ctx, access.Actor{Person: person}, access.Filter{SQL: access.VisibleThreadsAs("e.topic_id")})
}

func (i *Inbox) count(ctx context.Context, who access.Actor, threads access.Filter) (Counted, error) {
	g := i.db.Read(ctx)
	unread := rowsIn(g, who, threads).Where("e.read_at IS NULL").Select("e.seq").Limit(CountMost)
	var out Counted
	err := g.Raw("SELECT (SELECT COUNT(*) FROM (?) AS n) AS unread, o.last_seq FROM people AS o WHERE o.id = ?", unread, who.Person).Scan(&out).Error
	if err != nil {
		return Counted{}, store.Translate(fmt.Errorf("count what is unread of person %d: %w", who.Person, err))
	}
	return out, nil
}
