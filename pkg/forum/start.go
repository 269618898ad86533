package forum

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/markup"
	"plenary/pkg/plain"
	"plenary/pkg/store"
)

// NewThread is what somebody who starts a discussion has typed.
type NewThread struct {
	Title      string
	Body       string            // the context; may be empty
	Visibility access.Visibility // public or members; empty for what suits the group
	Tags       []string
}

// validate judges what was typed. mayBePublic tells whether it would stand in a
// public group.
func (in *NewThread) validate(mayBePublic bool) error {
	var f errs.Fields
	in.Title = plain.Line(&f, "title", in.Title, true, MaxTitle)
	in.Body = plain.Body(&f, "body", in.Body, false, markup.MaxBytes)
	in.Tags = validTags(&f, in.Tags)
	in.Visibility = validVisibility(&f, in.Visibility, mayBePublic)
	return f.Err()
}

// validVisibility fills in what suits the group: a public group's threads are
// public unless said otherwise, and no other group can have public threads.
func validVisibility(f *errs.Fields, v access.Visibility, mayBePublic bool) access.Visibility {
	switch {
	case v == "" && mayBePublic:
		return access.Public
	case v == "":
		return access.MembersOnly
	case v != access.Public && v != access.MembersOnly:
		f.Add("visibility", "field.choose")
	case v == access.Public && !mayBePublic:
		f.Add("visibility", "thread.group_not_public")
	}
	return v
}

func validTags(f *errs.Fields, tags []string) []string {
	var out []string
	for _, tag := range tags {
		tag = strings.ToLower(plain.Line(f, "tags", strings.TrimPrefix(strings.TrimSpace(tag), "#"), false, MaxTag))
		if tag != "" && !slices.Contains(out, tag) {
			out = append(out, tag)
		}
		if strings.Contains(tag, ",") {
			f.Add("tags", "field.tag")
		}
	}
	if len(out) > MaxTags {
		f.Add("tags", "field.too_many", errs.Args{"Max": MaxTags})
	}
	slices.Sort(out)
	return out
}

// Start opens a discussion in a group. Errors: Invalid with fields; NotFound,
// Unauthenticated, Forbidden by access.StartThread.
func (f *Forum) Start(ctx context.Context, who access.Actor, groupHandle string, in NewThread) (Thread, error) {
	planned, err := f.Plan(ctx, who, access.StartThread, groupHandle, in)
	if err != nil {
		return Thread{}, err
	}
	now := f.now()
	var started Thread
	err = f.db.Write(ctx, func(tx *store.Tx) error {
		if started, err = planned.Put(tx, who, now); err != nil {
			return err
		}
		return started.Begin(tx, now)
	})
	if err != nil {
		return Thread{}, err
	}
	return f.Thread(ctx, who, started.ID)
}

// Planned is a discussion that was judged and can be written.
type Planned struct {
	do   access.Action
	home Home
	in   NewThread
	html string
}

// Plan judges a discussion that somebody wants to start in a group, with the
// action by which they do. Errors: Invalid with fields; by the action.
func (f *Forum) Plan(ctx context.Context, who access.Actor, do access.Action, groupHandle string, in NewThread) (Planned, error) {
	home, facts, err := f.home(ctx, who, groupHandle)
	if err != nil {
		return Planned{}, err
	}
	if err := access.Check(who, do, facts); err != nil {
		return Planned{}, err
	}
	if err := in.validate(home.Visibility == access.Public); err != nil {
		return Planned{}, err
	}
	body, err := f.render(ctx, in.Body)
	return Planned{do, home, in, body.HTML}, err
}

// Put writes the discussion. Nobody is told of it before it begins.
func (p Planned) Put(tx *store.Tx, who access.Actor, now time.Time) (Thread, error) {
	id, err := insertThread(tx, newThreadRow(p.home.ID, who.Person, p.in, p.html, store.At(now)))
	if err != nil {
		return Thread{}, err
	}
	put, err := load(tx.DB, who, id)
	if err != nil {
		return Thread{}, err
	}
	// Rights may have changed since they were looked at.
	if err := access.Check(who, p.do, put.Facts()); err != nil {
		return Thread{}, err
	}
	if err := setTags(tx, id, p.in.Tags); err != nil {
		return Thread{}, err
	}
	return put, attachFiles(tx, who, id, p.in.Body)
}

// Begin tells the discussion's timeline, and that of its group, that it has
// begun.
func (t Thread) Begin(tx *store.Tx, now time.Time) error {
	e, err := tx.Emit(t.event(event.ThreadCreated, t.Author.ID, t.ID, now))
	if err != nil {
		return err
	}
	return tellGroups(tx, t, e)
}

// home reads a group by its handle, and what the actor is in it.
func (f *Forum) home(ctx context.Context, who access.Actor, handle string) (Home, access.Facts, error) {
	var row struct {
		Home
		Role        access.Role
		Permissions access.Permissions
	}
	err := f.db.Read(ctx).Table("groups AS g").
		Select("g.id, g.handle, g.name, g.visibility, g.permissions, "+access.RoleColumn+" AS role", who.Provider).
		Joins("LEFT JOIN memberships AS m ON m.group_id = g.id AND m.person_id = ?", who.Person).
		Where("g.handle = ?", strings.ToLower(handle)).Take(&row).Error
	if err != nil {
		return Home{}, access.Facts{}, store.Translate(fmt.Errorf("load group %q: %w", handle, err))
	}
	return row.Home, access.Facts{Group: row.Visibility, Role: row.Role, Rules: row.Permissions}, nil
}

// newThread is the row of a thread that is being started.
type newThread struct {
	ID             int64
	GroupID        int64
	AuthorID       int64
	Title          string
	Body           string
	BodyHTML       string
	MarkupVersion  int
	Visibility     access.Visibility
	CreatedAt      store.Time
	LastActivityAt store.Time
	ImportedSeenBy int
	ImportedFrom   *string
}

func (newThread) TableName() string { return "threads" }

func newThreadRow(group, author int64, in NewThread, html string, at store.Time) newThread {
	return newThread{GroupID: group, AuthorID: author, Title: in.Title, Body: in.Body, BodyHTML: html,
		MarkupVersion: markup.RendererVersion, Visibility: in.Visibility, CreatedAt: at, LastActivityAt: at}
}

func insertThread(tx *store.Tx, row newThread) (int64, error) {
	if err := tx.Create(&row).Error; err != nil {
		return 0, fmt.Errorf("start a thread: %w", err)
	}
	err := tx.Exec("INSERT INTO thread_groups (thread_id, group_id, created_at) VALUES (?, ?, ?)", row.ID, row.GroupID, row.CreatedAt).Error
	if err != nil {
		return 0, fmt.Errorf("put thread %d into group %d: %w", row.ID, row.GroupID, err)
	}
	return row.ID, nil
}

type threadTag struct {
	ThreadID int64
	Tag      string
}

func (threadTag) TableName() string { return "thread_tags" }

func setTags(tx *store.Tx, thread int64, tags []string) error {
	if err := tx.Exec("DELETE FROM thread_tags WHERE thread_id = ?", thread).Error; err != nil {
		return fmt.Errorf("clear tags: %w", err)
	}
	if len(tags) == 0 {
		return nil
	}
	rows := make([]threadTag, len(tags))
	for i, tag := range tags {
		rows[i] = threadTag{thread, tag}
	}
	if err := tx.Create(&rows).Error; err != nil {
		return fmt.Errorf("tag thread %d: %w", thread, err)
	}
	return nil
}

func isWordRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r)
}
