package theme

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/forum"
	"plenary/pkg/markup"
	"plenary/pkg/plain"
	"plenary/pkg/store"
)

// NewTheme is what somebody who proposes a theme has typed.
type NewTheme struct {
	Title         string
	Description   string // Markdown; may be empty
	FromCommentID int64  // the comment of the same thread that it comes from; 0 for none
	FromContext   bool   // it comes from the thread's own text
	Quote         string // the words of that comment, or of that text
	CreditAuthor  bool   // whoever wrote the comment, or the thread, is the proposer; for convenors
	For           string // the handle of whoever proposes it, where a convenor puts it forward; empty for oneself
	Credit        string // or the name of somebody without an account
	Support       bool   // whoever puts it forward supports it, too
}

// field names an input of the i-th of n themes: "title" where there is one only,
// and "title.0", "title.1" … where there are several.
func field(name string, i, n int) string {
	if n == 1 {
		return name
	}
	return name + "." + strconv.Itoa(i)
}

func validate(in []NewTheme) ([]NewTheme, error) {
	var f errs.Fields
	switch n := len(in); {
	case n == 0:
		f.Add("title", "field.required")
	case n > MaxAtOnce:
		f.Add("title", "theme.too_many", errs.Args{"Count": MaxAtOnce})
		return nil, f.Err()
	}
	out := make([]NewTheme, len(in))
	for i, one := range in {
		one.Title = plain.Line(&f, field("title", i, len(in)), one.Title, true, MaxTitle)
		one.Description = plain.Body(&f, field("description", i, len(in)), one.Description, false, markup.MaxBytes)
		one.Quote = validShort(&f, field("quote", i, len(in)), one.Quote, false, MaxQuote)
		if one.FromContext && one.Quote == "" {
			one.Quote = one.Title
		}
		one.validateCredit(&f, i, len(in))
		out[i] = one
	}
	return out, f.Err()
}

// validateCredit judges whose theme the i-th of n is to be.
func (in *NewTheme) validateCredit(f *errs.Fields, i, n int) {
	in.For = strings.ToLower(strings.TrimPrefix(strings.TrimSpace(in.For), "@"))
	in.Credit = plain.Line(f, field("credit", i, n), in.Credit, false, MaxCredit)
	switch {
	case in.FromContext && in.FromCommentID != 0:
		f.Add(field("from_comment_id", i, n), "theme.one_source")
	case in.CreditAuthor && in.FromCommentID == 0 && !in.FromContext:
		f.Add(field("from_comment_id", i, n), "theme.credit_needs_comment")
	case in.For != "" && (in.Credit != "" || in.CreditAuthor):
		f.Add(field("for", i, n), "theme.one_proposer")
	case in.Credit != "" && in.CreditAuthor:
		f.Add(field("credit", i, n), "theme.one_proposer")
	}
}

// forOther reports whether it is put forward for somebody.
func (in NewTheme) forOther() bool { return in.CreditAuthor || in.For != "" || in.Credit != "" }

// validShort checks a text of several lines and at most limit runes.
func validShort(f *errs.Fields, name, text string, required bool, limit int) string {
	text = plain.Body(f, name, text, required, utf8.UTFMax*limit)
	if utf8.RuneCountInString(text) > limit {
		f.Add(name, "field.too_long", errs.Args{"Max": limit})
	}
	return text
}

// Propose puts one to MaxAtOnce themes into a thread, all of them or none.
// Errors: Invalid with fields title, description, quote, from_comment_id, for and
// credit, numbered from 0 ("title.0") where there are several themes; by
// access.ProposeTheme, and by access.Convene where they are put forward for
// somebody; Conflict by the thread's rules: "theme.window_before" and
// "theme.window_ended", with the time, "theme.limit" and, of those that the actor
// supports, "theme.support_limit".
func (t *Themes) Propose(ctx context.Context, who access.Actor, threadID int64, in []NewTheme) ([]Theme, error) {
	thread, err := t.forum.Thread(ctx, who, threadID)
	if err != nil {
		return nil, err
	}
	if err := mayPropose(who, thread, in); err != nil {
		return nil, err
	}
	in, err = validate(in)
	if err != nil {
		return nil, err
	}
	html := make([]string, len(in))
	for i, one := range in {
		if html[i], err = t.forum.Preview(ctx, one.Description); err != nil {
			return nil, err
		}
	}
	var ids []int64
	err = t.db.Write(ctx, func(tx *store.Tx) error {
		ids = nil
		thread, err := t.forum.LockThread(tx, who, threadID)
		if err != nil {
			return err
		}
		if err := mayPropose(who, thread, in); err != nil {
			return err
		}
		now := t.now()
		proposers, err := t.proposersOf(tx, who, thread, in)
		if err != nil {
			return err
		}
		if err := mayAdd(tx, who, threadID, in, proposers, now); err != nil {
			return err
		}
		for i, one := range in {
			id, err := insert(tx, thread, who, one, html[i], proposers[i], int64(i), now)
			if err != nil {
				return err
			}
			if err := credited(tx, who, thread.ID, id, proposers[i], now); err != nil {
				return err
			}
			ids = append(ids, id)
		}
		return supportOwn(tx, who, thread, in, ids, now)
	})
	if err != nil {
		return nil, err
	}
	return t.inOrder(ctx, who, ids)
}

// supportOwn adds the support of whoever puts themes forward to those that they
// support, too, after all of them are there.
func supportOwn(tx *store.Tx, who access.Actor, thread forum.Thread, in []NewTheme, ids []int64, now time.Time) error {
	facts := thread.Facts()
	facts.Theme = access.Proposed
	for i, one := range in {
		if !one.Support {
			continue
		}
		if err := access.Check(who, access.SupportTheme, facts); err != nil {
			return err
		}
		if err := addSupport(tx, who, Theme{ID: ids[i], ThreadID: thread.ID}, now); err != nil {
			return err
		}
	}
	return nil
}

// mayPropose asks for a known person: a theme has somebody who put it forward.
func mayPropose(who access.Actor, thread forum.Thread, in []NewTheme) error {
	if err := access.Check(who, access.ProposeTheme, thread.Facts()); err != nil {
		return err
	}
	if !who.SignedIn() {
		return errs.New(errs.Unauthenticated, "access.sign_in")
	}
	for _, one := range in {
		if !one.forOther() {
			continue
		}
		if err := mayConvene(who, thread); err != nil {
			return err
		}
	}
	return nil
}

// authorsOf finds who wrote the comments that themes come from, and refuses
// those of other threads and those that were deleted.
func authorsOf(tx *store.Tx, thread int64, in []NewTheme) (map[int64]int64, error) {
	var ids []int64
	for _, one := range in {
		if one.FromCommentID != 0 {
			ids = append(ids, one.FromCommentID)
		}
	}
	authors := map[int64]int64{}
	if len(ids) == 0 {
		return authors, nil
	}
	var rows []struct{ ID, AuthorID int64 }
	err := tx.Table("comments").Select("id, author_id").Where("id IN ? AND thread_id = ? AND deleted_at IS NULL", ids, thread).Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("find the comments that themes come from: %w", err)
	}
	for _, r := range rows {
		authors[r.ID] = r.AuthorID
	}
	var f errs.Fields
	for i, one := range in {
		if one.FromCommentID != 0 && authors[one.FromCommentID] == 0 {
			f.Add(field("from_comment_id", i, len(in)), "theme.comment_not_here")
		}
	}
	return authors, f.Err()
}

type newTheme struct {
	ID              int64
	ThreadID        int64
	Seq             int64
	ProposerID      int64
	Title           string
	Description     string
	DescriptionHTML string
	MarkupVersion   int
	State           access.ThemeState
	FromCommentID   *int64
	Quote           string
	PutBy           *int64
	Credit          string
	Version         int
	CreatedAt       store.Time
}

func (newTheme) TableName() string { return "themes" }

// insert writes the n-th new theme, from 0, and its event. The thread is locked,
// so the event's seq is known before.
func insert(tx *store.Tx, thread forum.Thread, who access.Actor, in NewTheme, html string, proposer, n int64, now time.Time) (int64, error) {
	row := newTheme{ThreadID: thread.ID, Seq: thread.LastSeq + 1 + n, ProposerID: proposer, Title: in.Title, Description: in.Description,
		DescriptionHTML: html, MarkupVersion: markup.RendererVersion, State: access.Proposed, Quote: in.Quote, Credit: in.Credit, Version: 1, CreatedAt: store.At(now)}
	if in.FromCommentID != 0 {
		row.FromCommentID = &in.FromCommentID
	}
	if proposer != who.Person || in.Credit != "" {
		row.PutBy = &who.Person
	}
	if err := tx.Create(&row).Error; err != nil {
		return 0, fmt.Errorf("propose a theme in thread %d: %w", thread.ID, err)
	}
	e := event.Event{Topic: event.Thread(thread.ID), Kind: event.ThemeProposed, At: now, Actor: who.Person, Thread: thread.ID, Subject: row.ID}
	e, err := forum.Tell(tx, e, nil)
	if err == nil && e.Seq != row.Seq {
		err = fmt.Errorf("theme %d was to have seq %d and got %d", row.ID, row.Seq, e.Seq)
	}
	return row.ID, err
}

// credited tells somebody that a theme was put forward for them.
func credited(tx *store.Tx, who access.Actor, thread, id, proposer int64, now time.Time) error {
	if proposer == who.Person {
		return nil
	}
	return tx.EmitToInboxes(event.Event{Kind: event.ThemeCredited, At: now, Actor: who.Person, Thread: thread, Subject: id}, []int64{proposer})
}

func (t *Themes) inOrder(ctx context.Context, who access.Actor, ids []int64) ([]Theme, error) {
	g := t.db.Read(ctx)
	found, err := find(themes(g, who).Where("th.id IN ?", ids).Order("th.id"), g, who)
	return found, store.Translate(err)
}
