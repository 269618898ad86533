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
	only    map[int64]bool // groups whose members have to sign in through the provider
	threads map[int64]threadFacts
	roles   map[[2]int64]access.Role // by person and group
}

type threadFacts struct {
	group      int64
	others     []int64 // into which it is shared
	guests     []int64
	visibility access.Visibility
	author     int64
	poll       access.PollState // of the poll that the thread came with; empty where it came with none
}

// provider is the one that some groups ask for.
const provider = 7

func randomWorld(r *rand.Rand) world {
	w := world{people: 12, groups: map[int64]access.Visibility{}, only: map[int64]bool{}, threads: map[int64]threadFacts{}, roles: map[[2]int64]access.Role{}}
	for id := int64(1); id <= 9; id++ {
		w.groups[id] = pick(r, access.Public, access.Closed, access.Secret)
		w.only[id] = r.IntN(3) == 0
		for person := int64(1); person <= w.people; person++ {
			if r.IntN(3) == 0 {
				w.roles[[2]int64{person, id}] = pick(r, access.Member, access.Moderator, access.Admin)
			}
		}
	}
	for id := int64(1); id <= 60; id++ {
		f := threadFacts{group: 1 + r.Int64N(9), visibility: pick(r, access.Public, access.MembersOnly),
			author: 1 + r.Int64N(w.people), poll: pick(r, "", "", access.Draft, access.Draft, access.PollOpen)}
		for other := int64(1); other <= 9; other++ {
			if other != f.group && r.IntN(9) == 0 {
				f.others = append(f.others, other)
			}
		}
		if r.IntN(4) == 0 {
			f.guests = append(f.guests, 1+r.Int64N(w.people))
		}
		w.threads[id] = f
	}
	return w
}

func pick[T any](r *rand.Rand, from ...T) T { return from[r.IntN(len(from))] }

// settle writes the world in place of the one that was there.
func (w world) settle(t *testing.T, db *store.DB) {
	t.Helper()
	err := db.Write(t.Context(), func(tx *store.Tx) error {
		for _, table := range []string{"threads", "memberships", "groups", "providers", "people"} {
			if err := tx.Exec("DELETE FROM " + table).Error; err != nil {
				return err
			}
		}
		for id := range w.people {
			if err := tx.Exec("INSERT INTO people (id, handle, name, created_at) VALUES (?, 'p' || ?, 'P', 1)", id+1, pad(id)).Error; err != nil {
				return err
			}
		}
		if err := tx.Exec("INSERT INTO providers (id, name, issuer, client_id, created_at) VALUES (?, 'P', 'https://id.example', 'forum', 1)", provider).Error; err != nil {
			return err
		}
		for id, v := range w.groups {
			var only *int64
			if w.only[id] {
				only = new(int64(provider))
			}
			err := tx.Exec("INSERT INTO groups (id, handle, name, visibility, only_provider_id, created_at) VALUES (?, 'g' || ?, 'G', ?, ?, 1)", id, pad(id), v, only).Error
			if err != nil {
				return err
			}
		}
		for key, role := range w.roles {
			if err := tx.Exec("INSERT INTO memberships (person_id, group_id, role, created_at) VALUES (?, ?, ?, 1)", key[0], key[1], role).Error; err != nil {
				return err
			}
		}
		for id, f := range w.threads {
			err := tx.Exec("INSERT INTO threads (id, group_id, author_id, title, visibility, created_at, last_activity_at) VALUES (?, ?, ?, 'T', ?, 1, 1)", id, f.group, f.author, f.visibility).Error
			if err != nil {
				return err
			}
			if err := f.settle(tx, id); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (f threadFacts) settle(tx *store.Tx, id int64) error {
	if f.poll != "" {
		var opened *int64
		if f.poll != access.Draft {
			opened = new(int64(1))
		}
		err := tx.Exec("INSERT INTO polls (id, thread_id, author_id, title, method, rules, results, state, created_at, opened_at) VALUES (?, ?, ?, 'Q', 'choice', '{}', 'always', ?, 1, ?)",
			id+1000, id, f.author, f.poll, opened).Error
		if err == nil {
			err = tx.Exec("UPDATE threads SET poll_id = ? WHERE id = ?", id+1000, id).Error
		}
		if err != nil {
			return err
		}
	}
	for _, group := range append([]int64{f.group}, f.others...) {
		if err := tx.Exec("INSERT INTO thread_groups (thread_id, group_id, created_at) VALUES (?, ?, 1)", id, group).Error; err != nil {
			return err
		}
	}
	for _, guest := range f.guests {
		if err := tx.Exec("INSERT INTO thread_guests (thread_id, person_id, created_at) VALUES (?, ?, 1)", id, guest).Error; err != nil {
			return err
		}
	}
	return nil
}

// standing is what somebody counts for in a group.
func (w world) standing(who access.Actor, group int64) access.Standing {
	role := w.roles[[2]int64{who.Person, group}]
	if role != access.NoRole && w.only[group] && who.Provider != provider {
		role = access.Barred
	}
	return access.Standing{Group: w.groups[group], Role: role}
}

func (w world) facts(who access.Actor, f threadFacts) access.Facts {
	home := w.standing(who, f.group)
	facts := access.Facts{Group: home.Group, Role: home.Role, Thread: f.visibility, Guest: slices.Contains(f.guests, who.Person),
		Own: who.SignedIn() && f.author == who.Person, Unbegun: f.poll == access.Draft}
	for _, other := range f.others {
		facts.Others = append(facts.Others, w.standing(who, other))
	}
	return facts
}

// pad writes a small number as letters, for a handle.
func pad(n int64) string { return string(rune('a' + n)) }

// allActors is everybody: a visitor, the forum itself, each person with and
// without administering the forum, and one whose account is gone.
func (w world) allActors() []access.Actor {
	all := []access.Actor{access.Visitor(), access.System(), {Person: 999}}
	for id := range w.people {
		all = append(all, access.Actor{Person: id + 1}, access.Actor{Person: id + 1, Administrator: true}, access.Actor{Person: id + 1, Provider: provider})
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
				for id := range w.groups {
					s := w.standing(who, id)
					if access.May(who, access.ReadGroup, access.Facts{Group: s.Group, Role: s.Role}) {
						groups = append(groups, id)
					}
				}
				for id, f := range w.threads {
					if access.May(who, access.ReadThread, w.facts(who, f)) {
						threads = append(threads, id)
					}
				}
				slices.Sort(groups)
				slices.Sort(threads)
				if got := visible(t, db, "g.id FROM groups AS g", access.VisibleGroups(who)); !slices.Equal(got, groups) {
					t.Errorf("seed %d: groups listed to %+v: %v; may read %v", seed, who, got, groups)
				}
				if got := visible(t, db, "t.id FROM threads AS t", access.VisibleThreads(who)); !slices.Equal(got, threads) {
					t.Errorf("seed %d: threads listed to %+v: %v; may read %v", seed, who, got, threads)
				}
			}
			w.asMany(t, db, seed)
		}
	})
}

// asMany holds what is asked about many people at once against what each of them is
// allowed, if they sign in as their groups ask.
func (w world) asMany(t *testing.T, db *store.DB, seed uint64) {
	t.Helper()
	for id := range w.people {
		who := access.Actor{Person: id + 1, Provider: provider}
		for name, c := range map[string]struct {
			from      string
			many, one access.Filter
		}{
			"threads":    {"t.id FROM threads AS t JOIN people AS a ON a.id = ?", access.Filter{SQL: access.VisibleThreadsAs("a.id")}, access.VisibleThreads(who)},
			"taken part": {"t.id FROM threads AS t JOIN people AS a ON a.id = ?", access.Filter{SQL: access.TakesPartAs("a.id")}, access.TakesPart(who)},
		} {
			c.many.Args, c.one.Args = []any{who.Person}, append([]any{who.Person}, c.one.Args...)
			if got, want := visible(t, db, c.from, c.many), visible(t, db, c.from, c.one); !slices.Equal(got, want) {
				t.Errorf("seed %d: %s of person %d: %v as one of many, %v alone", seed, name, who.Person, got, want)
			}
		}
	}
}

func TestRolesThatMayAreThoseOfTheRules(t *testing.T) {
	t.Parallel()
	in := access.Facts{Group: access.Closed, Poll: access.PollEnded}
	for do, want := range map[access.Action][]access.Role{
		access.Conclude:    {access.Moderator, access.Admin},
		access.EditGroup:   {access.Admin},
		access.ChooseMails: {access.Member, access.Moderator, access.Admin},
		"no.action":        nil,
	} {
		if got := access.RolesThat(do, in); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", do, got, want)
		}
	}
}
