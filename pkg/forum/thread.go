package forum

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"
	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/person"
	"plenary/pkg/store"
)

// Thread is a discussion in a group.
type Thread struct {
	ID             int64
	Group          Home   // its home, or where the reader may not know of that, another of its groups; zero where none
	Shared         []Home // the further groups it is shown in that the reader may know of
	Author         person.Brief
	Title          string
	Body           string // the context, as Markdown
	BodyHTML       string // the context, rendered and safe
	Visibility     access.Visibility
	Tags           []string
	Version        int
	CreatedAt      time.Time
	EditedAt       *time.Time
	PinnedAt       *time.Time
	ClosedAt       *time.Time
	ClosedBy       *person.Brief
	CloseReason    string
	LastActivityAt time.Time
	CommentCount   int
	SeenByCount    int   // people known to have had it open, imported figure included
	LastSeq        int64 // newest event of the timeline
	LastItem       int64 // how many events are shown as items
	PollID         int64 // the poll that the discussion came with and is about; 0 for others
	SessionOf      int64 // the programme that it is the discussion of one session of; 0 for others
	Session        int64 // that session; 0 for others, and in lists

	place Place
	me    person.Brief // the reader, where the thread was loaded to be changed
}

// Closed reports whether the discussion has been closed.
func (t Thread) Closed() bool { return t.ClosedAt != nil }

// State is "open" or "closed".
func (t Thread) State() string {
	if t.Closed() {
		return "closed"
	}
	return "open"
}

// Facts are what decisions about the thread rest on, for the actor it was
// loaded for.
func (t Thread) Facts() access.Facts { return t.place.Facts }

// Guest reports whether the reader is a guest of this thread alone.
func (t Thread) Guest() bool { return t.place.Facts.Guest }

// HomeID is the id of the home group, whether or not the reader may know of it.
// It is for looking things up, never for showing.
func (t Thread) HomeID() int64 { return t.place.all[0].ID }

// MayBePublic reports whether some group of the thread is public.
func (t Thread) MayBePublic() bool { return t.place.mayBePublic() }

// MemberIn is the id of a group of the thread that the reader is a member of, the
// home group before others; where there is none, of the home group.
func (t Thread) MemberIn() int64 {
	for _, g := range t.place.all {
		if g.role.Valid() {
			return g.ID
		}
	}
	return t.HomeID()
}

// Path is the address of the thread's page, such as "/t/42/garden-day", and of the
// poll's where it came with one.
func (t Thread) Path() string {
	if t.PollID != 0 {
		return "/p/" + strconv.FormatInt(t.PollID, 10)
	}
	path := "/t/" + strconv.FormatInt(t.ID, 10)
	if slug := Slug(t.Title); slug != "" {
		path += "/" + slug
	}
	return path
}

// Slug makes a readable end of an address out of a title: letters of any
// script, digits and hyphens, at most 60 runes. It may be empty.
func Slug(title string) string {
	var b strings.Builder
	n := 0
	for _, r := range strings.ToLower(norm.NFC.String(title)) {
		if n == 60 {
			break
		}
		switch {
		case isWordRune(r):
			b.WriteRune(r)
			n++
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
			n++
		}
	}
	return strings.Trim(b.String(), "-")
}

// threadRow is a thread with what is shown beside it, in one query.
type threadRow struct {
	ID             int64
	AuthorID       int64
	AuthorHandle   string
	AuthorName     string
	AuthorAff      string
	AuthorPic      string
	AuthorTitle    string
	Title          string
	Body           string
	BodyHTML       string
	Version        int
	CreatedAt      store.Time
	EditedAt       *store.Time
	PinnedAt       *store.Time
	ClosedBy       *int64
	CloserHandle   *string
	CloserName     *string
	CloserAff      *string
	CloseReason    string
	LastActivityAt store.Time
	CommentCount   int
	SeenByCount    int
	ImportedSeenBy int
	LastSeq        int64
	LastItem       int64
	PollID         *int64
	SessionOf      *int64
	SessionID      *int64
	PlaceRow       `gorm:"embedded"`
	MeHandle       string // only under lock
	MeName         string
	MeAff          string
	MePic          string
	ReadItem       *int64 // only in lists
}

const threadColumns = `t.id, t.author_id, a.handle AS author_handle, a.name AS author_name, a.affiliation AS author_aff, a.picture AS author_pic,
	COALESCE((SELECT h.title FROM memberships AS h JOIN groups AS g ON g.id = h.group_id
		WHERE h.group_id = t.group_id AND h.person_id = t.author_id AND ` + titlesTold + `), '') AS author_title,
	t.title, t.body, t.body_html, t.version, t.created_at, t.edited_at, t.pinned_at, t.closed_by, c.handle AS closer_handle, c.name AS closer_name, c.affiliation AS closer_aff, t.close_reason,
	t.last_activity_at, t.comment_count, t.seen_by_count, t.imported_seen_by, t.last_seq, t.last_item, t.poll_id, t.session_of,
	CASE WHEN t.session_of IS NULL THEN NULL ELSE (SELECT MIN(s.id) FROM programme_sessions AS s WHERE s.programme_id = t.session_of AND s.thread_id = t.id) END AS session_id`

// threads is the query that every reading of threads begins with. more are
// further columns.
func threads(g *gorm.DB, who access.Actor, more string) *gorm.DB {
	place, args := PlaceColumns(who)
	return g.Table("threads AS t").Select(threadColumns+more+", "+place, args...).
		Joins("JOIN people AS a ON a.id = t.author_id").
		Joins("LEFT JOIN people AS c ON c.id = t.closed_by")
}

func (r threadRow) thread(who access.Actor) Thread {
	place := r.Place(who)
	place.Facts.Own = who.SignedIn() && r.AuthorID == who.Person
	t := Thread{
		ID: r.ID, Group: place.Home, Shared: place.Others, place: place,
		Author: person.Brief{ID: r.AuthorID, Handle: r.AuthorHandle, Name: r.AuthorName, Affiliation: r.AuthorAff, Picture: r.AuthorPic, Title: r.AuthorTitle},
		Title:  r.Title, Body: r.Body, BodyHTML: r.BodyHTML, Visibility: r.ThreadVisible, Version: r.Version,
		CreatedAt: r.CreatedAt.Time, EditedAt: instant(r.EditedAt), PinnedAt: instant(r.PinnedAt), ClosedAt: instant(r.ThreadClosedAt),
		CloseReason: r.CloseReason, LastActivityAt: r.LastActivityAt.Time, CommentCount: r.CommentCount,
		SeenByCount: r.SeenByCount + r.ImportedSeenBy, LastSeq: r.LastSeq, LastItem: r.LastItem,
	}
	if r.PollID != nil {
		t.PollID = *r.PollID
	}
	if r.SessionOf != nil {
		t.SessionOf = *r.SessionOf
	}
	if r.SessionID != nil {
		t.Session = *r.SessionID
	}
	if r.ClosedBy != nil && r.CloserHandle != nil {
		t.ClosedBy = &person.Brief{ID: *r.ClosedBy, Handle: *r.CloserHandle, Name: *r.CloserName, Affiliation: *r.CloserAff}
	}
	return t
}

func instant(t *store.Time) *time.Time {
	if t == nil {
		return nil
	}
	return &t.Time
}

// load reads a thread for an actor, without asking whether the actor may.
func load(g *gorm.DB, who access.Actor, id int64) (Thread, error) {
	var row threadRow
	if err := threads(g, who, "").Where("t.id = ?", id).Take(&row).Error; err != nil {
		return Thread{}, fmt.Errorf("load thread %d: %w", id, err)
	}
	return row.thread(who), nil
}

// lockColumns are those that a change of the timeline rests on. The words of the
// thread, and the names of who wrote and closed it, are left out.
const lockColumns = `t.id, t.author_id, t.title, t.version, t.created_at, t.pinned_at, t.closed_by, t.close_reason,
	t.last_activity_at, t.comment_count, t.last_seq, t.last_item, t.session_of,
	COALESCE(me.handle, '') AS me_handle, COALESCE(me.name, '') AS me_name, COALESCE(me.affiliation, '') AS me_aff, COALESCE(me.picture, '') AS me_pic`

// LockThread loads a thread inside a write and keeps everybody else from
// changing its timeline until the commit. On SQLite the one writer does that by
// itself. What the thread says, and the names of who wrote and closed it, are
// not loaded.
func (f *Forum) LockThread(tx *store.Tx, who access.Actor, id int64) (Thread, error) {
	if f.db.Postgres() {
		if err := tx.Exec("SELECT 1 FROM threads WHERE id = ? FOR UPDATE", id).Error; err != nil {
			return Thread{}, fmt.Errorf("lock thread %d: %w", id, err)
		}
	}
	var row threadRow
	place, args := PlaceColumns(who)
	err := tx.Table("threads AS t").Select(lockColumns+", "+place, args...).
		Joins("LEFT JOIN people AS me ON me.id = ?", who.Person).
		Where("t.id = ?", id).Take(&row).Error
	if err != nil {
		return Thread{}, fmt.Errorf("load thread %d: %w", id, err)
	}
	t := row.thread(who)
	t.me = person.Brief{ID: who.Person, Handle: row.MeHandle, Name: row.MeName, Affiliation: row.MeAff, Picture: row.MePic}
	return t, nil
}

// Thread reads a thread. Errors: NotFound where it is not there or not for this
// actor.
func (f *Forum) Thread(ctx context.Context, who access.Actor, id int64) (Thread, error) {
	g := f.db.Read(ctx)
	t, err := load(g, who, id)
	if err != nil {
		return Thread{}, store.Translate(err)
	}
	if err := access.Check(who, access.ReadThread, t.Facts()); err != nil {
		return Thread{}, err
	}
	tags, err := tagsOf(g, []int64{id})
	t.Tags = tags[id]
	return t, store.Translate(err)
}

func tagsOf(g *gorm.DB, threads []int64) (map[int64][]string, error) {
	var rows []struct {
		ThreadID int64
		Tag      string
	}
	if err := g.Table("thread_tags").Select("thread_id, tag").Where("thread_id IN ?", threads).Order("thread_id, tag").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("read tags: %w", err)
	}
	tags := make(map[int64][]string, len(threads))
	for _, r := range rows {
		tags[r.ThreadID] = append(tags[r.ThreadID], r.Tag)
	}
	return tags, nil
}

// Readable tells which of the threads an actor may read, in one query.
func (f *Forum) Readable(ctx context.Context, who access.Actor, ids []int64) (map[int64]bool, error) {
	out := make(map[int64]bool, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	var found []int64
	visible := access.VisibleThreads(who)
	err := f.db.Read(ctx).Table("threads AS t").Where("t.id IN ?", ids).Where(visible.SQL, visible.Args...).Pluck("t.id", &found).Error
	if err != nil {
		return nil, store.Translate(fmt.Errorf("look which threads person %d may read: %w", who.Person, err))
	}
	for _, id := range found {
		out[id] = true
	}
	return out, nil
}

// ThreadsOf reads threads that the actor may read, by their ids: one statement.
func (f *Forum) ThreadsOf(ctx context.Context, who access.Actor, ids []int64) (map[int64]Thread, error) {
	out := make(map[int64]Thread, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	var rows []threadRow
	may := access.VisibleThreads(who)
	if err := threads(f.db.Read(ctx), who, "").Where("t.id IN ?", ids).Where(may.SQL, may.Args...).Find(&rows).Error; err != nil {
		return nil, store.Translate(fmt.Errorf("read threads for person %d: %w", who.Person, err))
	}
	for _, r := range rows {
		out[r.ID] = r.thread(who)
	}
	return out, nil
}

// threadsByID reads the threads that comments stand in, for an actor.
func threadsByID(g *gorm.DB, who access.Actor, of map[int64]Comment) (map[int64]Thread, error) {
	ids := make([]int64, 0, len(of))
	for _, c := range of {
		ids = append(ids, c.ThreadID)
	}
	out := make(map[int64]Thread, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	var rows []threadRow
	if err := threads(g, who, "").Where("t.id IN ?", ids).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("read threads: %w", err)
	}
	for _, r := range rows {
		out[r.ID] = r.thread(who)
	}
	return out, nil
}
