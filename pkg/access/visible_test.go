package access_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"plenary/pkg/access"
	"plenary/pkg/store"
	"plenary/pkg/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// world is a forum made by chance.
type world struct {
	people  int64
	groups  map[int64]access.Visibility
	threads map[int64]threadFacts
	roles   map[[2]int64]access.Role // by person and group
}

type threadFacts struct {
	group      int64
	visibility access.Visibility
}

func randomWorld(r *rand.Rand) world {
	w := world{people: 12, groups: map[int64]access.Visibility{}, threads: map[int64]threadFacts{}, roles: map[[2]int64]access.Role{}}
	for id := int64(1); id <= 9; id++ {
		w.groups[id] = pick(r, access.Public, access.Closed, access.Secret)
		for person := int64(1); person <= w.people; person++ {
			if r.IntN(3) == 0 {
				w.roles[[2]int64{person, id}] = pick(r, access.Member, access.Moderator, access.Admin)
			}
		}
	}
	for id := int64(1); id <= 60; id++ {
		w.threads[id] = threadFacts{group: 1 + r.Int64N(9), visibility: pick(r, access.Public, access.MembersOnly)}
	}
	return w
}

func pick[T any](r *rand.Rand, from ...T) T { return from[r.IntN(len(from))] }

// settle writes the world in place of the one that was there.
func (w world) settle(t *testing.T, db *store.DB) {
	t.Helper()
	err := db.Write(t.Context(), func(tx *store.Tx) error {
		for _, table := range []string{"threads", "memberships", "groups", "people"} {
			if err := tx.Exec("DELETE FROM " + table).Error; err != nil {
				return err
			}
		}
		for id := range w.people {
			if err := tx.Exec("INSERT INTO people (id, handle, name, created_at) VALUES (?, 'p' || ?, 'P', 1)", id+1, pad(id)).Error; err != nil {
				return err
			}
		}
		for id, v := range w.groups {
			if err := tx.Exec("INSERT INTO groups (id, handle, name, visibility, created_at) VALUES (?, 'g' || ?, 'G', ?, 1)", id, pad(id), v).Error; err != nil {
				return err
			}
		}
		for key, role := range w.roles {
			if err := tx.Exec("INSERT INTO memberships (person_id, group_id, role, created_at) VALUES (?, ?, ?, 1)", key[0], key[1], role).Error; err != nil {
				return err
			}
		}
		for id, f := range w.threads {
			err := tx.Exec("INSERT INTO threads (id, group_id, author_id, title, visibility, created_at, last_activity_at) VALUES (?, ?, 1, 'T', ?, 1, 1)", id, f.group, f.visibility).Error
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// pad writes a small number as letters, for a handle.
func pad(n int64) string { return string(rune('a' + n)) }

// allActors is everybody: a visitor, the forum itself, each person with and
// without administering the forum, and one whose account is gone.
func (w world) allActors() []access.Actor {
	all := []access.Actor{access.Visitor(), access.System(), {Person: 999}}
	for id := range w.people {
		all = append(all, access.Actor{Person: id + 1}, access.Actor{Person: id + 1, Administrator: true})
	}
	return all
}

// visible reads the ids that a filter lets through.
func visible(t *testing.T, db *store.DB, from string, f access.Filter) []int64 {
	t.Helper()
	var ids []int64
	if err := db.Read(t.Context()).Raw("SELECT "+from+" WHERE "+f.SQL+" ORDER BY 1", f.Args...).Scan(&ids).Error; err != nil {
		t.Fatal(err)
	}
	return ids
}

func TestListsShowExactlyWhatMayBeRead(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		const worlds = 6
		for seed := range uint64(worlds) {
			w := randomWorld(rand.New(rand.NewPCG(seed, 7)))
			w.settle(t, db)
			for _, who := range w.allActors() {
				var groups, threads []int64
				for id, v := range w.groups {
					if access.May(who, access.ReadGroup, access.Facts{Group: v, Role: w.roles[[2]int64{who.Person, id}]}) {
						groups = append(groups, id)
					}
				}
				for id, f := range w.threads {
					facts := access.Facts{Group: w.groups[f.group], Thread: f.visibility, Role: w.roles[[2]int64{who.Person, f.group}]}
					if access.May(who, access.ReadThread, facts) {
						threads = append(threads, id)
					}
				}
				slices.Sort(groups)
				slices.Sort(threads)
				if got := visible(t, db, "g.id FROM groups AS g", access.VisibleGroups(who)); !slices.Equal(got, groups) {
					t.Errorf("seed %d: groups listed to %+v: %v; may read %v", seed, who, got, groups)
				}
				if got := visible(t, db, "t.id FROM threads AS t JOIN groups AS g ON g.id = t.group_id", access.VisibleThreads(who)); !slices.Equal(got, threads) {
					t.Errorf("seed %d: threads listed to %+v: %v; may read %v", seed, who, got, threads)
				}
			}
		}
	})
}
