package demo

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/forum"
	"plenary/pkg/group"
	"plenary/pkg/mail"
	"plenary/pkg/markup"
	"plenary/pkg/person"
	"plenary/pkg/poll"
	"plenary/pkg/programme"
	"plenary/pkg/store"
	"plenary/pkg/theme"
)

// guestKey is how the script names the guest. Without one, what the guest would
// do is left out.
const guestKey = "guest"

// stage is the rooms with a clock that the play moves, and what the keys of the
// script have become.
type stage struct {
	groups *group.Groups
	people *person.People
	forum  *forum.Forum
	polls  *poll.Polls
	themes *theme.Themes

	programmes *programme.Programmes

	present time.Time
	clock   time.Time
	closing []time.Time // of polls that close before the present

	handles  map[string]string   // of persons
	persons  map[string]int64    // ids by key, as the others
	members  map[string][]string // persons by the handle of their group
	comments map[string]int64
	theme    map[string]int64
	poll     map[string]int64
	words    []string // what is replaced in texts, and by what
	guide    Guide
}

func newStage(db *store.DB, in Options) *stage {
	s := &stage{present: in.Now, clock: in.Now, handles: map[string]string{}, persons: map[string]int64{}, members: map[string][]string{},
		comments: map[string]int64{}, theme: map[string]int64{}, poll: map[string]int64{}, words: assemblyDays(in.Now)}
	now := func() time.Time { return s.clock }
	s.people = person.New(db, now, in.Random)
	// What is made up is told to nobody by mail.
	s.groups = group.New(db, s.people, now, in.Random, group.WithPost(func(*store.Tx, mail.Letter) error { return nil }))
	s.forum = forum.New(db, s.people, markup.New(), now)
	s.polls = poll.New(db, s.groups, s.forum, s.schedule(in.Schedule), now, in.Random)
	s.themes = theme.New(db, s.groups, s.forum, s.polls, now)
	s.programmes = programme.New(db, s.people, s.groups, s.forum, s.polls, s.themes, now, in.Random)
	return s
}

// schedule lets polls that close within the play be closed by the play, and
// hands the others to the forum's own schedule.
func (s *stage) schedule(next poll.Schedule) poll.Schedule {
	return func(tx *store.Tx, id int64, at time.Time) error {
		if !at.After(s.present) {
			s.closing = append(s.closing, at)
			return nil
		}
		if next == nil {
			return nil
		}
		return next(tx, id, at)
	}
}

// moveTo moves the clock, and closes on the way the polls whose time comes.
func (s *stage) moveTo(ctx context.Context, at time.Time) error {
	slices.SortFunc(s.closing, time.Time.Compare)
	for len(s.closing) > 0 && !s.closing[0].After(at) {
		s.clock, s.closing = s.closing[0], s.closing[1:]
		if _, err := s.polls.CloseDue(ctx); err != nil {
			return err
		}
	}
	s.clock = at
	return nil
}

// found makes the people and the groups.
func (s *stage) found(ctx context.Context, who cast, guest int64) error {
	at, err := when(s.present, who.Founded)
	if err != nil {
		return err
	}
	s.clock = at
	var everybody []string
	for _, p := range who.Person {
		made, err := s.people.Add(ctx, access.System(), person.NewPerson{Name: p.Name, Affiliation: p.Affiliation})
		if err != nil {
			return fmt.Errorf("add %s: %w", p.Name, err)
		}
		s.know(p.Key, made)
		everybody = append(everybody, p.Key)
		s.guide.People++
	}
	named := "Everybody"
	if guest != 0 {
		real, err := s.people.ByID(ctx, guest)
		if err != nil {
			return fmt.Errorf("find the guest: %w", err)
		}
		s.know(guestKey, real)
		named = "@" + real.Handle
	}
	s.words = append(s.words, "{guest}", named)
	for _, g := range who.Group {
		if err := s.open(ctx, g, everybody); err != nil {
			return fmt.Errorf("make group %s: %w", g.Handle, err)
		}
	}
	return nil
}

func (s *stage) know(key string, p person.Person) {
	s.persons[key], s.handles[key] = p.ID, p.Handle
	s.words = append(s.words, "{@"+key+"}", "@"+p.Handle)
}

// open makes a group. The guest becomes a moderator of it.
func (s *stage) open(ctx context.Context, g castGroup, everybody []string) error {
	founder, err := s.actor(g.Admin)
	if err != nil {
		return err
	}
	_, err = s.groups.Create(ctx, founder, group.NewGroup{Name: g.Name, Handle: g.Handle, Description: g.Description, Visibility: g.Visibility,
		Parent: g.Parent, Joining: g.Joining, JoinQuestion: g.Question})
	if err != nil {
		return err
	}
	s.guide.Groups = append(s.guide.Groups, g.Handle)
	in := []string{g.Admin}
	enter := func(keys []string, role access.Role) error {
		for _, key := range keys {
			if slices.Contains(in, key) || s.absent(key) {
				continue
			}
			if _, err := s.actor(key); err != nil {
				return err
			}
			if _, err := s.groups.AddMember(ctx, founder, g.Handle, s.handles[key], role); err != nil {
				return fmt.Errorf("add %s: %w", key, err)
			}
			in = append(in, key)
		}
		return nil
	}
	members := g.Members
	if slices.Contains(members, "all") {
		members = everybody
	}
	if err := enter(append([]string{guestKey}, g.Moderators...), access.Moderator); err != nil {
		return err
	}
	if err := enter(members, access.Member); err != nil {
		return err
	}
	s.members[g.Handle] = in
	return s.dignify(ctx, founder, g)
}

// dignify gives the members of a group their titles, and lets those knock who
// wait at its door.
func (s *stage) dignify(ctx context.Context, founder access.Actor, g castGroup) error {
	for _, key := range slices.Sorted(maps.Keys(g.Titles)) {
		title := g.Titles[key]
		if err := s.change(ctx, founder, g.Handle, key, group.MemberEdit{Title: &title}); err != nil {
			return err
		}
	}
	for _, key := range g.Delegates {
		if err := s.change(ctx, founder, g.Handle, key, group.MemberEdit{Delegate: new(true)}); err != nil {
			return err
		}
	}
	founded := s.clock
	defer func() { s.clock = founded }()
	for _, a := range g.Asking {
		who, err := s.actor(a.By)
		if err != nil {
			return err
		}
		if s.clock, err = when(s.present, a.At); err != nil {
			return err
		}
		if _, err := s.groups.Ask(ctx, who, g.Handle, a.Answer); err != nil {
			return fmt.Errorf("%s asks: %w", a.By, err)
		}
	}
	return nil
}

func (s *stage) change(ctx context.Context, founder access.Actor, handle, key string, in group.MemberEdit) error {
	if _, err := s.actor(key); err != nil {
		return err
	}
	if _, err := s.groups.EditMember(ctx, founder, handle, s.handles[key], in); err != nil {
		return fmt.Errorf("change %s: %w", key, err)
	}
	return nil
}

// absent reports whether the key is the guest's and nobody is.
func (s *stage) absent(key string) bool { return key == guestKey && s.persons[key] == 0 }

func (s *stage) actor(key string) (access.Actor, error) {
	id, err := lookUp("person", s.persons, key)
	return access.Actor{Person: id}, err
}

// text puts the names and days into a text of the script.
func (s *stage) text(t string) string {
	return strings.TrimSpace(strings.NewReplacer(s.words...).Replace(t))
}

// lookUp finds what a key of the script has become.
func lookUp(what string, in map[string]int64, key string) (int64, error) {
	id, ok := in[key]
	if !ok {
		return 0, fmt.Errorf("there is no %s %q yet", what, key)
	}
	return id, nil
}
