package forum

import (
	"context"
	"fmt"
	"slices"
	"strings"
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
	home, facts, err := f.home(ctx, who, groupHandle)
	if err != nil {
		return Thread{}, err
	}
	if err := access.Check(who, access.StartThread, facts); err != nil {
		return Thread{}, err
	}
	if err := in.validate(home.Visibility == access.Public); err != nil {
		return Thread{}, err
	}
	body, err := f.render(ctx, in.Body)
	if err != nil {
		return Thread{}, err
	}
	now := f.now()
	var started Thread
	err = f.db.Write(ctx, func(tx *store.Tx) error {
		id, err := insertThread(tx, newThreadRow(home.ID, who.Person, in, body.HTML, store.At(now)))
		if err != nil {
			return err
		}
		if started, err = load(tx.DB, who, id); err != nil {
			return err
		}
		// Rights may have changed since they were looked at.
		if err := access.Check(who, access.StartThread, started.Facts()); err != nil {
			return err
		}
		if err := setTags(tx, id, in.Tags); err != nil {
			return err
		}
		if err := attachFiles(tx, who, id, in.Body); err != nil {
			return err
		}
		if _, err = tx.Emit(started.event(event.ThreadCreated, who.Person, id, now)); err != nil {
			return err
		}
		_, err = tx.Emit(event.Event{Topic: event.Group(home.ID), Kind: event.ThreadCreated, At: now, Actor: who.Person, Thread: id, Subject: id})
		return err
	})
	if err != nil {
		return Thread{}, err
	}
	return f.Thread(ctx, who, started.ID)
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
