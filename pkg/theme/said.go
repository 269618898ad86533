package theme

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/event"
	"plenary/pkg/forum"
	"plenary/pkg/store"
)

// said is called with every comment of any thread, in its transaction. What is an
// answer to a question closes it, and those whom the comment concerns are told: who
// asked, and who proposes the theme. Nobody hears twice of one comment.
func (t *Themes) said(tx *store.Tx, made forum.Comment, now time.Time) (told []int64, err error) {
	asker, about, err := answered(tx, made, now)
	if err != nil || asker == 0 && made.ThemeID == 0 {
		return nil, err
	}
	named, err := namedIn(tx, made.ID)
	if err != nil {
		return nil, err
	}
	n := news{by: made.Author.ID, at: now, knows: named, data: map[string]any{"comment_id": made.ID},
		args: map[string]string{"Words": letterWords(made.Body)}, below: "#tc-" + strconv.FormatInt(made.ID, 10)}
	if asker != 0 {
		n.kind, n.letter, n.to = event.ThemeAnswered, "theme_answered", []int64{asker}
		if err := t.tell(tx, about, n); err != nil {
			return nil, err
		}
		told = append(told, asker)
	}
	if made.ThemeID == 0 {
		return told, nil
	}
	of, err := load(tx.DB, access.System(), made.ThemeID)
	if err != nil {
		return nil, err
	}
	n.kind, n.letter = event.ThemeCommented, "theme_commented"
	var asks int64
	if err := tx.Table("theme_questions").Where("comment_id = ?", made.ID).Count(&asks).Error; err != nil {
		return nil, fmt.Errorf("look whether comment %d is a question: %w", made.ID, err)
	}
	if asks > 0 {
		n.kind, n.letter = event.ThemeQuestioned, "theme_questioned"
	}
	n.to = slices.DeleteFunc(of.answerers(), func(id int64) bool { return id == asker })
	return append(told, n.to...), t.tell(tx, of, n)
}

// namedIn lists who was named in a comment, and so reads of it in the inbox.
func namedIn(tx *store.Tx, comment int64) ([]int64, error) {
	var out []int64
	if err := tx.Table("mentions").Where("comment_id = ?", comment).Order("person_id").Pluck("person_id", &out).Error; err != nil {
		return nil, fmt.Errorf("read who is named in comment %d: %w", comment, err)
	}
	return out, nil
}
