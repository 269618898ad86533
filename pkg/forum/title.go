package forum

import (
	"context"
	"fmt"
	"slices"

	"plenary/pkg/store"
)

// Titles are what people are called in the home groups of threads: by the
// thread, and then by the person.
type Titles map[int64]map[int64]string

// Of is a person's title in a thread; empty where they have none.
func (t Titles) Of(thread, person int64) string { return t[thread][person] }

// titlesTold is the condition on threads AS t, at home in groups AS g, that their
// readers may see what people are called there. Where the home is secret and
// others read the thread too, it would tell of the group.
const titlesTold = `(g.visibility <> 'secret' OR NOT EXISTS (SELECT 1 FROM thread_groups AS x WHERE x.thread_id = t.id AND x.group_id <> t.group_id)
	AND NOT EXISTS (SELECT 1 FROM thread_guests AS q WHERE q.thread_id = t.id))`

// Titles reads what people are called in the home groups of threads, in one
// query however many they are. It asks nobody's leave: the caller has checked the
// threads.
func (f *Forum) Titles(ctx context.Context, threads, people []int64) (Titles, error) {
	const most = 1000 // of each, well below the parameters of both databases
	threads, people = distinct(threads), distinct(people)
	out := Titles{}
	if len(threads) == 0 || len(people) == 0 {
		return out, nil
	}
	var rows []struct {
		ThreadID, PersonID int64
		Title              string
	}
	err := f.db.Read(ctx).Raw(`SELECT t.id AS thread_id, m.person_id, m.title FROM threads AS t JOIN groups AS g ON g.id = t.group_id
		JOIN memberships AS m ON m.group_id = g.id AND m.title <> '' WHERE t.id IN ? AND m.person_id IN ? AND `+titlesTold,
		threads[:min(most, len(threads))], people[:min(most, len(people))]).Scan(&rows).Error
	if err != nil {
		return nil, store.Translate(fmt.Errorf("read the titles of %d people: %w", len(people), err))
	}
	for _, r := range rows {
		if out[r.ThreadID] == nil {
			out[r.ThreadID] = map[int64]string{}
		}
		out[r.ThreadID][r.PersonID] = r.Title
	}
	return out, nil
}

func distinct(ids []int64) []int64 {
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	return slices.DeleteFunc(ids, func(id int64) bool { return id == 0 })
}
