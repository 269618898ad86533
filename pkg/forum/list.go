package forum

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/page"
	"plenary/pkg/person"
	"plenary/pkg/store"
)

// ThreadsQuery chooses threads of a group.
type ThreadsQuery struct {
	Tag        string
	UnreadOnly bool // only those with something the actor has not seen
	page.Page
}

// ThreadRow is a thread in a list.
type ThreadRow struct {
	Thread
	Unread       int            // shown items that the reader has not seen; 0 for visitors
	Opened       bool           // the reader has had it open before
	LastSpeakers []person.Brief // up to three, the latest first
}

// Threads lists the threads of a group that the actor may read, without those of
// sessions of programmes: pinned ones first, then by latest activity. On the pages after the first the pinned ones
// are not repeated.
func (f *Forum) Threads(ctx context.Context, who access.Actor, groupHandle string, q ThreadsQuery) (page.List[ThreadRow], error) {
	home, facts, err := f.home(ctx, who, groupHandle)
	if err != nil {
		return page.List[ThreadRow]{}, err
	}
	if err := access.Check(who, access.ReadContent, facts); err != nil {
		return page.List[ThreadRow]{}, err
	}
	key, err := page.Decode(q.Cursor, 3)
	if err != nil || !utf8.ValidString(q.Tag) || strings.ContainsRune(q.Tag, 0) { // no thread has such a tag
		return page.List[ThreadRow]{}, err
	}
	g := f.db.Read(ctx)
	// The group's own threads come off an index in their order; those that were
	// shared into it are few. Whoever wants a page needs no more of either.
	own := q.ids(g, who, key).Where("t.group_id = ?", home.ID)
	shared := q.ids(g, who, key).Where(`t.id IN (SELECT s.thread_id FROM thread_groups AS s
		WHERE s.group_id = ? AND s.shared_by IS NOT NULL)`, home.ID)
	var rows []threadRow
	err = threads(g, who, ", r.item AS read_item").
		Joins("LEFT JOIN read_states AS r ON r.thread_id = t.id AND r.person_id = ?", who.Person).
		Where("t.id IN (SELECT id FROM (?) AS own UNION ALL SELECT id FROM (?) AS shared)", own, shared).
		Order(listOrder).Limit(q.Size() + 1).Find(&rows).Error
	if err != nil {
		return page.List[ThreadRow]{}, store.Translate(fmt.Errorf("list threads of %s: %w", groupHandle, err))
	}
	cut := page.Cut(q.Page, rows, threadRow.key)
	items, err := finishRows(g, who, cut.Items)
	return page.List[ThreadRow]{Items: items, Next: cut.Next}, store.Translate(err)
}

// listOrder is pinned ones first, then by latest activity.
const listOrder = "CASE WHEN t.pinned_at IS NULL THEN 0 ELSE 1 END DESC, t.last_activity_at DESC, t.id DESC"

// ids are those of a page of the threads that the actor may read, as a query.
func (q ThreadsQuery) ids(g *gorm.DB, who access.Actor, key []int64) *gorm.DB {
	may := access.VisibleThreads(who)
	query := g.Table("threads AS t").Select("t.id").Where("t.session_of IS NULL").Where(may.SQL, may.Args...).Order(listOrder).Limit(q.Size() + 1)
	if key != nil {
		// (pinned, activity, id), each descending. The cast lets PostgreSQL take any
		// number for the first of them, also from a cursor that was made up.
		query = query.Where(`(CASE WHEN t.pinned_at IS NULL THEN 0 ELSE 1 END, t.last_activity_at, t.id) < (CAST(? AS BIGINT), ?, ?)`, key[0], key[1], key[2])
	}
	if q.Tag != "" {
		query = query.Where("EXISTS (SELECT 1 FROM thread_tags AS tt WHERE tt.thread_id = t.id AND tt.tag = ?)", q.Tag)
	}
	if q.UnreadOnly {
		query = query.Where("t.last_item > COALESCE((SELECT r.item FROM read_states AS r WHERE r.thread_id = t.id AND r.person_id = ?), 0)", who.Person)
	}
	return query
}

// Unread lists threads with something new for the actor in all of their groups,
// latest activity first.
func (f *Forum) Unread(ctx context.Context, who access.Actor, limit int) ([]ThreadRow, error) {
	if !who.SignedIn() {
		return nil, nil
	}
	g := f.db.Read(ctx)
	var rows []threadRow
	mine := access.TakesPart(who)
	// The discussions of sessions are for those who have found them.
	err := visible(g, who).Where("t.last_item > COALESCE(r.item, 0) AND (t.session_of IS NULL OR r.item IS NOT NULL)").
		Where(mine.SQL, mine.Args...).Order("t.last_activity_at DESC, t.id DESC").Limit(limit).Find(&rows).Error
	if err != nil {
		return nil, store.Translate(fmt.Errorf("list unread threads: %w", err))
	}
	items, err := finishRows(g, who, rows)
	return items, store.Translate(err)
}

// Recent lists the latest discussions that the actor may read, over all groups.
func (f *Forum) Recent(ctx context.Context, who access.Actor, limit int) ([]ThreadRow, error) {
	g := f.db.Read(ctx)
	var rows []threadRow
	err := visible(g, who).Where("t.session_of IS NULL").Order("t.last_activity_at DESC, t.id DESC").Limit(limit).Find(&rows).Error
	if err != nil {
		return nil, store.Translate(fmt.Errorf("list recent threads: %w", err))
	}
	items, err := finishRows(g, who, rows)
	return items, store.Translate(err)
}

func visible(g *gorm.DB, who access.Actor) *gorm.DB {
	may := access.VisibleThreads(who)
	return threads(g, who, ", r.item AS read_item").
		Joins("LEFT JOIN read_states AS r ON r.thread_id = t.id AND r.person_id = ?", who.Person).
		Where(may.SQL, may.Args...)
}

func (r threadRow) key() []int64 {
	pinned := int64(0)
	if r.PinnedAt != nil {
		pinned = 1
	}
	return []int64{pinned, r.LastActivityAt.UnixMicro(), r.ID}
}

// finishRows adds tags and speakers, two queries for the whole list.
func finishRows(g *gorm.DB, who access.Actor, rows []threadRow) ([]ThreadRow, error) {
	ids := make([]int64, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	tags, err := tagsOf(g, ids)
	if err != nil {
		return nil, err
	}
	speakers, err := speakersOf(g, rows)
	if err != nil {
		return nil, err
	}
	out := make([]ThreadRow, len(rows))
	for i, r := range rows {
		t := r.thread(who)
		t.Tags = tags[t.ID]
		out[i] = ThreadRow{Thread: t, LastSpeakers: speakers[t.ID]}
		if who.SignedIn() {
			out[i].Opened = r.ReadItem != nil
			out[i].Unread = int(t.LastItem)
			if r.ReadItem != nil {
				out[i].Unread = int(t.LastItem - *r.ReadItem)
			}
		}
	}
	return out, nil
}

// speakersOf looks at the last comments of each thread only, so that a long
// thread costs no more than a short one.
func speakersOf(g *gorm.DB, rows []threadRow) (map[int64][]person.Brief, error) {
	const look, show = 12, 3
	out := map[int64][]person.Brief{}
	if len(rows) == 0 {
		return out, nil
	}
	ids := make([]int64, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	var found []struct {
		ThreadID int64
		person.Brief
	}
	err := g.Raw(`SELECT c.thread_id, p.id, p.handle, p.name, p.affiliation, p.picture FROM comments AS c
		JOIN threads AS t ON t.id = c.thread_id JOIN people AS p ON p.id = c.author_id
		WHERE c.thread_id IN ? AND c.seq > t.last_seq - ? AND c.deleted_at IS NULL ORDER BY c.thread_id, c.seq DESC`, ids, look).Scan(&found).Error
	if err != nil {
		return nil, fmt.Errorf("read last speakers: %w", err)
	}
	for _, s := range found {
		if list := out[s.ThreadID]; len(list) < show && !contains(list, s.ID) {
			out[s.ThreadID] = append(list, s.Brief)
		}
	}
	return out, nil
}

func contains(list []person.Brief, id int64) bool {
	for _, b := range list {
		if b.ID == id {
			return true
		}
	}
	return false
}
