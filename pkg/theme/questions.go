package theme

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/event"
	"plenary/pkg/forum"
	"plenary/pkg/store"
)

// Comment puts a comment on a theme into its thread. Errors: by
// access.CommentTheme; otherwise those of forum.Post.
func (t *Themes) Comment(ctx context.Context, who access.Actor, id int64, in forum.NewComment) (forum.Comment, error) {
	found, err := t.Theme(ctx, who, id)
	if err != nil {
		return forum.Comment{}, err
	}
	if err := access.Check(who, access.CommentTheme, found.facts); err != nil {
		return forum.Comment{}, err
	}
	in.ThemeID = id
	return t.forum.Post(ctx, who, found.ThreadID, in)
}

// Ask puts a comment on a theme that asks its proposers something: they are told,
// and it stays open until one of them replies to it. From one of them it is a
// comment like others. Errors: as for Comment.
func (t *Themes) Ask(ctx context.Context, who access.Actor, id int64, in forum.NewComment) (forum.Comment, error) {
	in.Also = func(tx *store.Tx, made forum.Comment) error { return askProposers(tx, who, id, made, t.now()) }
	return t.Comment(ctx, who, id, in)
}

// answerers are who can answer for a theme: those who propose it, and where
// nobody with an account does, the convenor who put it forward.
func (t Theme) answerers() []int64 {
	var out []int64
	for _, b := range t.Proposers() {
		out = append(out, b.ID)
	}
	if len(out) == 0 {
		out = append(out, t.Proposer.ID)
	}
	return out
}

func askProposers(tx *store.Tx, who access.Actor, id int64, made forum.Comment, now time.Time) error {
	of, err := load(tx.DB, who, id)
	if err != nil {
		return err
	}
	to := of.answerers()
	if slices.Contains(to, who.Person) {
		return nil
	}
	if err := tx.Exec("INSERT INTO theme_questions (comment_id, theme_id) VALUES (?, ?)", made.ID, id).Error; err != nil {
		return fmt.Errorf("note the question %d about theme %d: %w", made.ID, id, err)
	}
	_, err = forum.Tell(tx, of.event(event.ThemeQuestioned, who.Person, now), map[string]any{"comment_id": made.ID})
	return err
}

// answered marks a question as answered by the reply of somebody who proposes the
// theme, wherever it was written, and gives who had asked, and about what; 0 where
// the comment answers none.
func answered(tx *store.Tx, reply forum.Comment, now time.Time) (int64, Theme, error) {
	if reply.Parent == nil {
		return 0, Theme{}, nil
	}
	var open []struct{ ThemeID, AuthorID int64 }
	err := tx.Table("theme_questions AS tq").Select("tq.theme_id, c.author_id").Joins("JOIN comments AS c ON c.id = tq.comment_id").
		Where("tq.comment_id = ? AND "+waits, reply.Parent.ID).Find(&open).Error
	if err != nil {
		return 0, Theme{}, fmt.Errorf("look whether comment %d is a question: %w", reply.Parent.ID, err)
	}
	if len(open) == 0 {
		return 0, Theme{}, nil
	}
	of, err := load(tx.DB, access.System(), open[0].ThemeID)
	if err != nil || !slices.Contains(of.answerers(), reply.Author.ID) {
		return 0, of, err
	}
	if err := tx.Exec("UPDATE theme_questions SET answer_id = ? WHERE comment_id = ?", reply.ID, reply.Parent.ID).Error; err != nil {
		return 0, of, fmt.Errorf("note the answer to question %d: %w", reply.Parent.ID, err)
	}
	_, err = forum.Tell(tx, of.event(event.ThemeAnswered, reply.Author.ID, now), map[string]any{"comment_id": reply.ID})
	return open[0].AuthorID, of, err
}

// waits is the condition on theme_questions AS tq that have no answer, or whose
// answer was deleted.
const waits = `NOT EXISTS (SELECT 1 FROM comments AS ta WHERE ta.id = tq.answer_id AND ta.deleted_at IS NULL)`

// Questions tells of the comments on a theme which of them ask its proposers
// something: the id of the answer by that of the question, 0 while there is none.
// Errors: as for Theme.
func (t *Themes) Questions(ctx context.Context, who access.Actor, id int64) (map[int64]int64, error) {
	if _, err := t.Theme(ctx, who, id); err != nil {
		return nil, err
	}
	out, err := questionsOf(t.db.Read(ctx), id)
	return out, store.Translate(err)
}

func questionsOf(g *gorm.DB, id int64) (map[int64]int64, error) {
	return askedIn(g, "tq.theme_id = ?", id)
}

func askedIn(g *gorm.DB, condition string, args ...any) (map[int64]int64, error) {
	var rows []struct {
		CommentID int64
		AnswerID  int64
	}
	err := g.Table("theme_questions AS tq").Select("tq.comment_id, COALESCE(ta.id, 0) AS answer_id").
		Joins("LEFT JOIN comments AS ta ON ta.id = tq.answer_id AND ta.deleted_at IS NULL").Where(condition, args...).
		Order("tq.comment_id").Limit(10_000).Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read which comments are questions: %w", err)
	}
	out := make(map[int64]int64, len(rows))
	for _, r := range rows {
		out[r.CommentID] = r.AnswerID
	}
	return out, nil
}

// AskedIn tells of comments which of them ask proposers something: the id of the
// answer by that of the question, 0 while there is none. It asks nobody's leave: the
// caller may read the comments.
func (t *Themes) AskedIn(ctx context.Context, comments []int64) (map[int64]int64, error) {
	if len(comments) == 0 {
		return map[int64]int64{}, nil
	}
	out, err := askedIn(t.db.Read(ctx), "tq.comment_id IN ?", comments)
	return out, store.Translate(err)
}

// MayAnswer reports whether the actor is among those who answer for the theme.
func (t Theme) MayAnswer(who access.Actor) bool {
	return who.SignedIn() && slices.Contains(t.answerers(), who.Person)
}
