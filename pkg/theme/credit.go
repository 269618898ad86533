package theme

import (
	"slices"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/forum"
	"plenary/pkg/person"
	"plenary/pkg/store"
)

// proposersOf says whose each new theme is: the actor's own, or that of whoever
// it is put forward for. A name without an account stands on a theme of the
// actor's.
func (t *Themes) proposersOf(tx *store.Tx, who access.Actor, thread forum.Thread, in []NewTheme) ([]int64, error) {
	authors, err := authorsOf(tx, thread.ID, in)
	if err != nil {
		return nil, err
	}
	var handles []string
	for _, one := range in {
		if one.For != "" {
			handles = append(handles, one.For)
		}
	}
	people, err := t.forum.TakingPart(tx.DB, thread.ID, handles)
	if err != nil {
		return nil, err
	}
	var f errs.Fields
	out := make([]int64, len(in))
	for i, one := range in {
		switch {
		case one.For != "":
			found, ok := people[one.For]
			if !ok {
				f.Add(field("for", i, len(in)), "theme.nobody_here")
			}
			out[i] = found.ID
		case one.CreditAuthor && one.FromContext:
			out[i] = thread.Author.ID
		case one.CreditAuthor:
			out[i] = authors[one.FromCommentID]
		default:
			out[i] = who.Person
		}
	}
	return out, f.Err()
}

// mayAdd holds new themes to the thread's rules.
func mayAdd(tx *store.Tx, who access.Actor, threadID int64, in []NewTheme, proposers []int64, now time.Time) error {
	rules, err := rulesOf(tx.DB, threadID)
	if err != nil {
		return err
	}
	if err := rules.mayPropose(now); err != nil {
		return err
	}
	more := map[int64]int{}
	for i, one := range in {
		if one.Credit == "" {
			more[proposers[i]]++
		}
	}
	return rules.roomFor(tx, who, threadID, more)
}

// proposes reports whether somebody is among those who propose the theme.
func (t Theme) proposes(id int64) bool {
	return id != 0 && slices.ContainsFunc(t.Proposers(), func(b person.Brief) bool { return b.ID == id })
}
