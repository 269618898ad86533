package forum

import (
	"context"
	"fmt"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/markup"
	"plenary/pkg/person"
	"plenary/pkg/plain"
	"plenary/pkg/store"
)

// Imported is a discussion that was held somewhere else.
type Imported struct {
	Key      string // tells it from other imports into the same group; importing it twice changes nothing
	Author   ImportedPerson
	At       time.Time
	Title    string
	Body     string // Markdown
	Public   bool
	SeenBy   int // the figure that was shown there
	Comments []ImportedComment
}

// ImportedPerson is who wrote there, known by name only.
type ImportedPerson struct {
	Key         string // the same for the same person in every import
	Name        string
	Affiliation string
}

// ImportedComment is a message of an imported discussion.
type ImportedComment struct {
	Author ImportedPerson
	At     time.Time
	Body   string // Markdown; empty where only a picture was there
}

// Import takes a discussion over into a group, whole or not at all, and makes
// unclaimed accounts for its people. The second result is false where it had
// been imported before; then nothing is changed.
func (f *Forum) Import(ctx context.Context, groupHandle string, in Imported) (Thread, bool, error) {
	who := access.System()
	home, _, err := f.home(ctx, who, groupHandle)
	if err != nil {
		return Thread{}, false, err
	}
	bodies, err := f.renderImport(ctx, home, &in)
	if err != nil {
		return Thread{}, false, err
	}
	var id int64
	var made bool
	err = f.db.Write(ctx, func(tx *store.Tx) error {
		made = false
		var known []int64
		if err := tx.Table("threads").Select("id").Where("group_id = ? AND imported_from = ?", home.ID, in.Key).Limit(1).Find(&known).Error; err != nil {
			return fmt.Errorf("look for an earlier import: %w", err)
		}
		if len(known) > 0 {
			id = known[0]
			return nil
		}
		made = true
		id, err = f.takeOver(tx, home, in, bodies)
		return err
	})
	if err != nil {
		return Thread{}, false, err
	}
	t, err := f.Thread(ctx, who, id)
	return t, made, err
}

// renderImport judges and renders every text before anything is written: first
// the context, then the comments in their order.
func (f *Forum) renderImport(ctx context.Context, home Home, in *Imported) ([]string, error) {
	thread := NewThread{Title: in.Title, Body: in.Body, Visibility: access.MembersOnly}
	if err := thread.validate(home.Visibility == access.Public); err != nil {
		return nil, fmt.Errorf("the thread: %w", err)
	}
	in.Title, in.Body = thread.Title, thread.Body
	doc, err := f.render(ctx, in.Body)
	if err != nil {
		return nil, fmt.Errorf("the context: %w", err)
	}
	out := []string{doc.HTML}
	for i := range in.Comments {
		c := &in.Comments[i]
		var fields errs.Fields
		if c.Body = plain.Body(&fields, "body", c.Body, false, markup.MaxBytes); fields != nil {
			return nil, fmt.Errorf("comment %d by %s: %w", i+1, c.Author.Name, fields.Err())
		}
		if doc, err = f.render(ctx, c.Body); err != nil {
			return nil, fmt.Errorf("comment %d by %s: %w", i+1, c.Author.Name, err)
		}
		out = append(out, doc.HTML)
	}
	return out, nil
}

func (f *Forum) takeOver(tx *store.Tx, home Home, in Imported, bodies []string) (int64, error) {
	people := map[string]person.Brief{}
	for _, p := range in.people() {
		who, err := f.people.Imported(tx, p.Key, p.Name, p.Affiliation, in.At)
		if err != nil {
			return 0, fmt.Errorf("take over %s: %w", p.Name, err)
		}
		people[p.Key] = who
	}
	visibility := access.MembersOnly
	if in.Public && home.Visibility == access.Public {
		visibility = access.Public
	}
	author := people[in.Author.Key].ID
	row := newThreadRow(home.ID, author, NewThread{Title: in.Title, Body: in.Body, Visibility: visibility}, bodies[0], store.At(in.At))
	row.ImportedSeenBy, row.ImportedFrom = in.SeenBy, &in.Key
	id, err := insertThread(tx, row)
	if err != nil {
		return 0, err
	}
	start := event.Event{Topic: event.Thread(id), Kind: event.ThreadCreated, At: in.At, Actor: author, Thread: id, Subject: id}
	if _, err := tx.Emit(start); err != nil {
		return 0, err
	}
	start.Topic = event.Group(home.ID)
	if _, err := tx.Emit(start); err != nil {
		return 0, err
	}
	for i, c := range in.Comments {
		t, err := load(tx.DB, access.System(), id)
		if err != nil {
			return 0, err
		}
		comment := newComment{ThreadID: id, AuthorID: people[c.Author.Key].ID, Body: c.Body, BodyHTML: bodies[i+1],
			MarkupVersion: markup.RendererVersion, MarkedEmpty: c.Body == "", CreatedAt: store.At(c.At)}
		if _, err := f.append(tx, t, &comment, c.At); err != nil {
			return 0, err
		}
	}
	return id, nil
}

// people lists everybody in the discussion once, its author first.
func (in Imported) people() []ImportedPerson {
	seen := map[string]bool{}
	var out []ImportedPerson
	add := func(p ImportedPerson) {
		if !seen[p.Key] {
			seen[p.Key] = true
			out = append(out, p)
		}
	}
	add(in.Author)
	for _, c := range in.Comments {
		add(c.Author)
	}
	return out
}
