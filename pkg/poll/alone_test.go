package poll_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/forum"
	"plenary/pkg/page"
	"plenary/pkg/poll"
	"plenary/pkg/store"
	"plenary/pkg/testkit"
)

func (s *stage) alone(who access.Actor, in poll.NewPoll, room poll.Room) poll.Poll {
	s.t.Helper()
	p, err := s.polls.StartAlone(s.t.Context(), who, "harbour", in, room)
	if err != nil {
		s.t.Fatalf("start a poll on its own: %v", err)
	}
	return p
}

// kinds are what a timeline tells, in order.
func (s *stage) kinds(of event.Topic) []event.Kind {
	s.t.Helper()
	all, err := store.Events(s.db.Read(s.t.Context()), of, store.Span{Limit: 1000})
	if err != nil {
		s.t.Fatal(err)
	}
	var out []event.Kind
	for _, e := range all {
		out = append(out, e.Kind)
	}
	return out
}

func TestAPollOnItsOwnBringsItsDiscussion(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		told := len(s.kinds(event.Group(groupID)))
		in := proposal()
		in.Details = "It is *cheap*."
		p := s.alone(s.ben, in, poll.Room{Visibility: access.MembersOnly, Tags: []string{"Boats"}})
		thread, err := s.forum.Thread(t.Context(), s.cleo, p.ThreadID)
		if err != nil {
			t.Fatal(err)
		}
		type facts struct {
			Alone             bool
			State             access.PollState
			Poll              int64
			Title, Body, Path string
			Author            int64
			Visibility        access.Visibility
			Tags              []string
			Voters            int
		}
		want := facts{true, access.PollOpen, p.ID, in.Title, in.Details, "/p/1", s.ben.Person, access.MembersOnly, []string{"boats"}, 5}
		got := facts{p.Alone, p.State, thread.PollID, thread.Title, thread.Body, thread.Path(), thread.Author.ID, thread.Visibility, thread.Tags, p.VoterCount}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("the poll and its discussion (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]event.Kind{event.ThreadCreated, event.PollOpened}, s.kinds(event.Thread(p.ThreadID))); diff != "" {
			t.Errorf("its timeline (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]event.Kind{event.ThreadCreated}, s.kinds(event.Group(groupID))[told:]); diff != "" {
			t.Errorf("told to the group (-want +got):\n%s", diff)
		}
		if _, err := s.polls.Poll(t.Context(), s.eve, p.ID); !errs.Is(err, errs.NotFound) {
			t.Errorf("somebody from outside reads a poll for members: %v", err)
		}

		s.mustCast(s.cleo, p, "", 0)
		if _, err := s.polls.Close(t.Context(), s.ben, p.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := s.forum.Post(t.Context(), s.dan, p.ThreadID, forum.NewComment{Body: "What a pity."}); err != nil {
			t.Errorf("talking goes on after the close: %v", err)
		}
		if other := s.start(s.ben, proposal()); other.Alone {
			t.Error("a poll in a thread counts as one on its own")
		}
	})
}

func TestADraftOnItsOwnIsKnownToThoseWhoCouldOpenIt(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		told := len(s.kinds(event.Group(groupID)))
		in := proposal()
		in.OpensAt = new(after(time.Hour))
		p := s.alone(s.ben, in, poll.Room{})

		know := func() (who []string) {
			for name, a := range map[string]access.Actor{"ana": s.ana, "mo": s.mo, "ben": s.ben, "cleo": s.cleo, "eve": s.eve, "ada": s.ada, "visitor": access.Visitor()} {
				_, err := s.forum.Thread(t.Context(), a, p.ThreadID)
				list, listErr := s.forum.Threads(t.Context(), a, "harbour", forum.ThreadsQuery{})
				if listErr != nil {
					t.Fatal(listErr)
				}
				listed := slices.ContainsFunc(list.Items, func(r forum.ThreadRow) bool { return r.ID == p.ThreadID })
				if listed != (err == nil) {
					t.Errorf("%s: listed %v, read %v", name, listed, err)
				}
				drafts, draftErr := s.polls.Drafts(t.Context(), a, "harbour")
				if draftErr != nil || p.State == access.Draft && (len(drafts) == 1) != (err == nil) {
					t.Errorf("%s: %d drafts, %v", name, len(drafts), draftErr)
				}
				if err == nil {
					who = append(who, name)
				}
			}
			slices.Sort(who)
			return who
		}
		if diff := cmp.Diff([]string{"ana", "ben", "mo"}, know()); diff != "" {
			t.Errorf("who knows of it (-want +got):\n%s", diff)
		}
		_, err := s.forum.Post(t.Context(), s.ben, p.ThreadID, forum.NewComment{Body: "Psst"})
		wantSaid(t, "a comment before it begins", err, "conflict thread.not_begun")
		_, err = s.polls.Start(t.Context(), s.ben, p.ThreadID, proposal())
		wantSaid(t, "another poll before it begins", err, "conflict thread.not_begun")
		if got := len(s.kinds(event.Group(groupID))); got != told {
			t.Errorf("the group was told %d times of a draft", got-told)
		}

		s.clock.Set(after(2 * time.Hour))
		if n, err := s.polls.OpenDue(t.Context()); n != 1 || err != nil {
			t.Fatalf("opened %d: %v", n, err)
		}
		p = s.again(s.ben, p)
		if got := know(); len(got) != 7 {
			t.Errorf("known to %v after it has opened", got)
		}
		if diff := cmp.Diff([]event.Kind{event.ThreadCreated, event.PollOpened}, s.kinds(event.Thread(p.ThreadID))); diff != "" {
			t.Errorf("its timeline (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]event.Kind{event.ThreadCreated}, s.kinds(event.Group(groupID))[told:]); diff != "" {
			t.Errorf("told to the group (-want +got):\n%s", diff)
		}
		thread, err := s.forum.Thread(t.Context(), s.cleo, p.ThreadID)
		if err != nil || !thread.CreatedAt.Equal(after(2*time.Hour)) {
			t.Errorf("the discussion dates from %s: %v", thread.CreatedAt, err)
		}
	})
}

func TestTheDiscussionSaysWhatItsPollSays(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		p := s.alone(s.ben, proposal(), poll.Room{Tags: []string{"boats"}})
		_, err := s.polls.Edit(t.Context(), s.ben, p.ID, poll.PollEdit{Title: new("Shall we sell it?"), Details: new("It leaks.")})
		if err != nil {
			t.Fatal(err)
		}
		thread, err := s.forum.Thread(t.Context(), s.ben, p.ThreadID)
		if err != nil {
			t.Fatal(err)
		}
		got := []any{thread.Title, thread.Body, thread.BodyHTML, thread.Tags, thread.Version}
		if diff := cmp.Diff([]any{"Shall we sell it?", "It leaks.", `<p dir="auto">It leaks.</p>`, []string{"boats"}, 2}, got); diff != "" {
			t.Errorf("the discussion after an edit of the poll (-want +got):\n%s", diff)
		}
		_, err = s.forum.Edit(t.Context(), s.ben, p.ThreadID, forum.ThreadEdit{Title: new("Something else")})
		wantSaid(t, "another title", err, "conflict thread.words_of_poll")
		_, err = s.forum.Edit(t.Context(), s.ben, p.ThreadID, forum.ThreadEdit{Body: new("Something else")})
		wantSaid(t, "another context", err, "conflict thread.words_of_poll")
		edited, err := s.forum.Edit(t.Context(), s.ben, p.ThreadID, forum.ThreadEdit{Tags: &[]string{"sails"}, Visibility: new(access.MembersOnly)})
		if err != nil || !slices.Equal(edited.Tags, []string{"sails"}) || edited.Visibility != access.MembersOnly {
			t.Errorf("tags and visibility: %v %s %v", edited.Tags, edited.Visibility, err)
		}
	})
}

func TestWhoMayNotStartAPollOnItsOwn(t *testing.T) {
	t.Parallel()
	s := newStage(t, testkit.SQLite(t), access.Closed)
	start := func(who access.Actor, in poll.NewPoll, room poll.Room) error {
		_, err := s.polls.StartAlone(t.Context(), who, "harbour", in, room)
		return err
	}
	wantSaid(t, "a visitor", start(access.Visitor(), proposal(), poll.Room{}), "unauthenticated access.sign_in")
	wantSaid(t, "a stranger", start(s.eve, proposal(), poll.Room{}), "forbidden access.members_only")
	wantSaid(t, "the forum itself", start(access.System(), proposal(), poll.Room{}), "unauthenticated access.sign_in")
	wantSaid(t, "nothing filled in", start(s.ben, poll.NewPoll{}, poll.Room{Visibility: access.Public, Tags: []string{"a,b"}}),
		"invalid closes_at=field.required method=tally.rule.method_unknown options=poll.options_too_few tags=field.tag title=field.required visibility=thread.group_not_public")
	for _, rules := range []string{"raise_polls=moderator", "start_threads=moderator"} {
		s.exec("UPDATE groups SET permissions = ?", rules)
		wantSaid(t, "a member, "+rules, start(s.ben, proposal(), poll.Room{}), "forbidden access.needs_moderator")
		wantSaid(t, "a moderator, "+rules, start(s.mo, proposal(), poll.Room{}), "yes")
	}
	if n := s.number("SELECT COUNT(*) FROM threads"); n != 3 {
		t.Errorf("%d threads; want the one that was there, and two that came with polls", n)
	}
}

// Lists hold exactly the polls that are found one by one, in the order of the
// time that they have left, or have been closed for.
func TestTheListOfAGroupHoldsWhatEachMayRead(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		s.exec("INSERT INTO groups (id, handle, name, visibility, created_at) VALUES (2, 'shed', 'Shed', 'closed', 0), (3, 'crew', 'Crew', 'secret', 0)")
		s.exec("INSERT INTO memberships (group_id, person_id, role, created_at) SELECT 2, id, 'member', 0 FROM people WHERE handle IN ('ben', 'eve')")
		s.exec("INSERT INTO memberships (group_id, person_id, role, created_at) SELECT 3, id, 'moderator', 0 FROM people WHERE handle IN ('ben', 'dan')")
		r := rand.New(rand.NewPCG(4, 2))
		handles := []string{"harbour", "shed", "crew"}
		var ids []int64
		for range 24 {
			in, room := proposal(), poll.Room{}
			in.ClosesAt, in.Draft = after(time.Duration(1+r.IntN(200))*time.Hour), r.IntN(4) == 0
			in.JoinsLate = r.IntN(3) == 0
			handle := handles[r.IntN(3)]
			if handle == "harbour" && r.IntN(2) == 0 {
				room.Visibility = access.MembersOnly
			}
			p, err := s.polls.StartAlone(t.Context(), s.ben, handle, in, room)
			if err != nil {
				t.Fatal(err)
			}
			if other := handles[r.IntN(3)]; other != handle && !in.Draft {
				if _, err := s.forum.Share(t.Context(), s.ben, p.ThreadID, other); err != nil {
					t.Fatal(err)
				}
			}
			if r.IntN(5) == 0 {
				s.exec("INSERT INTO thread_guests (thread_id, person_id, created_at) VALUES (?, ?, 0)", p.ThreadID, s.ada.Person)
			}
			ids = append(ids, p.ID)
		}
		ids = append(ids, s.start(s.ben, proposal()).ID)
		s.clock.Set(after(80 * time.Hour)) // some are over, and nobody has closed them
		for i, id := range ids {
			if i%5 == 0 {
				_, _ = s.polls.Close(t.Context(), s.ben, id) // those that are open
			}
		}
		in := func(handle string) map[int64]bool {
			out := map[int64]bool{}
			for _, id := range ids {
				out[id] = s.number(`SELECT COUNT(*) FROM polls AS p JOIN thread_groups AS x ON x.thread_id = p.thread_id JOIN groups AS g ON g.id = x.group_id
					WHERE p.id = ? AND g.handle = ?`, id, handle) > 0
			}
			return out
		}
		for name, who := range map[string]access.Actor{"visitor": access.Visitor(), "ana": s.ana, "ben": s.ben, "cleo": s.cleo, "dan": s.dan, "eve": s.eve, "ada": s.ada} {
			for _, handle := range handles {
				here := in(handle)
				for _, q := range []poll.PollsQuery{{}, {State: access.PollOpen}, {State: access.PollEnded}, {NeedsVote: true}} {
					var want []poll.Poll
					for _, id := range ids {
						p, err := s.polls.Poll(t.Context(), who, id)
						if err != nil || !here[id] || p.State == access.Draft || q.State != "" && p.State != q.State ||
							q.NeedsVote && (p.Voted() || !access.May(who, access.Vote, p.Facts())) {
							continue
						}
						want = append(want, p)
					}
					slices.SortFunc(want, soonest)
					got, err := s.allOf(who, handle, q)
					if err != nil {
						if g, findErr := s.groups.ByHandle(t.Context(), who, handle); findErr == nil && access.May(who, access.ReadContent, g.Facts()) {
							t.Fatalf("%s in %s: %v", name, handle, err)
						}
						continue
					}
					if diff := cmp.Diff(idsOf(want), got); diff != "" {
						t.Errorf("%s in %s, %+v (-may read +listed):\n%s", name, handle, q, diff)
					}
				}
			}
		}
		_, err := s.polls.OfGroup(t.Context(), s.ana, "harbour", poll.PollsQuery{State: "won"})
		wantSaid(t, "an unknown state", err, "invalid state=field.choose")
		_, err = s.polls.OfGroup(t.Context(), s.ana, "harbour", poll.PollsQuery{Page: page.Page{Cursor: "!"}})
		wantSaid(t, "a cursor that is none", err, "invalid cursor=field.cursor")
	})
}

// soonest is the order of lists of a group.
func soonest(a, b poll.Poll) int {
	key := func(p poll.Poll) []int64 {
		if p.State == access.PollOpen {
			return []int64{0, p.ClosesAt.UnixMicro(), -p.ID}
		}
		return []int64{1, -p.ClosedAt.UnixMicro(), -p.ID}
	}
	return slices.Compare(key(a), key(b))
}

// allOf reads a list of a group in pages of two.
func (s *stage) allOf(who access.Actor, handle string, q poll.PollsQuery) ([]int64, error) {
	out := []int64{}
	for q.Page = (page.Page{Limit: 2}); ; {
		list, err := s.polls.OfGroup(s.t.Context(), who, handle, q)
		if err != nil {
			return nil, err
		}
		out = append(out, idsOf(list.Items)...)
		if q.Cursor = list.Next; q.Cursor == "" {
			return out, nil
		}
	}
}

func idsOf(list []poll.Poll) []int64 {
	out := make([]int64, len(list))
	for i, p := range list {
		out[i] = p.ID
	}
	return out
}
