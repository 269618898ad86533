package poll_test

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/beacon"
	"plenary/pkg/event"
	"plenary/pkg/ledger"
	"plenary/pkg/poll"
	"plenary/pkg/store"
	"plenary/pkg/tally"
	"plenary/pkg/testkit"
	"plenary/pkg/testkit/fakebeacon"
)

// source is a beacon that tests can take away, or make lie.
type source struct {
	*fakebeacon.Beacon
	silent atomic.Bool
	lies   atomic.Int64 // added to the round that is asked for
	asked  atomic.Int64
}

func (b *source) Chain() beacon.Chain { return b.Beacon.Chain }

func (b *source) Round(_ context.Context, number int64) (beacon.Round, error) {
	b.asked.Add(1)
	if b.silent.Load() {
		return beacon.Round{}, errors.New("nobody answers")
	}
	r := b.Beacon.Round(number + b.lies.Load())
	r.Number = number
	return r, nil
}

// withBeacon gives the stage a beacon, and a poll in which two options are equal
// and whose time has come.
func withBeacon(s *stage, in poll.NewPoll) (*source, poll.Poll) {
	b := &source{Beacon: fakebeacon.New(1)}
	s.polls.DrawsWith(b)
	p := s.start(s.ben, in)
	s.mustCast(s.cleo, p, "", 0)
	s.mustCast(s.dan, p, "", 1)
	s.clock.Set(*p.ClosesAt)
	return b, p
}

func hidden(labels ...string) poll.NewPoll {
	in := choice(labels...)
	in.Results = access.AtClose
	return in
}

func (s *stage) closeDue(want int) {
	s.t.Helper()
	if n, err := s.polls.CloseDue(s.t.Context()); n != want || err != nil {
		s.t.Errorf("closed %d, %v; want %d", n, err, want)
	}
}

func (s *stage) drawDue(want int) {
	s.t.Helper()
	if n, err := s.polls.DrawDue(s.t.Context()); n != want || err != nil {
		s.t.Errorf("drew %d, %v; want %d", n, err, want)
	}
}

// proven exports a poll and wants it to hold, the named checks apart.
func (s *stage) proven(p poll.Poll, b *source, open ...string) ledger.Certified {
	s.t.Helper()
	bundle, err := s.polls.Export(s.t.Context(), s.cleo, p.ID)
	if err != nil {
		s.t.Fatal(err)
	}
	left := map[string]bool{"key": true}
	for _, check := range open {
		left[check] = true
	}
	for _, f := range ledger.Verify(&bundle, b.Chain()).Findings {
		if f.Status == ledger.Fails || (f.Status == ledger.Open) != left[f.Check] {
			s.t.Errorf("%s %s: %s %v", f.Check, f.Status, f.Code, f.Args)
		}
	}
	var said ledger.Certified
	if bundle.Certificate != nil {
		if err := json.Unmarshal([]byte(bundle.Certificate.Content), &said); err != nil {
			s.t.Error(err)
		}
	}
	return said
}

func TestAPollWaitsForTheBeaconThatDrawsItsLot(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		b, p := withBeacon(s, hidden("A", "B", "C"))
		if p.Beacon == nil || p.Beacon.Name != b.Chain().Name() || p.Beacon.Round != 0 || p.Beacon.At != nil {
			t.Errorf("opened with the beacon %+v", p.Beacon)
		}
		s.closeDue(1)
		s.closeDue(0)
		sealed := s.again(s.eve, p)
		if sealed.State != access.PollSealed || !sealed.ClosedAt.Equal(*p.ClosesAt) || sealed.Beacon.At.Before(p.ClosesAt.Add(3*time.Minute)) ||
			sealed.Beacon.At.After(p.ClosesAt.Add(3*time.Minute+3*time.Second)) || sealed.Beacon.Round != b.Chain().NotBefore(sealed.Beacon.At.UnixMicro()) {
			t.Fatalf("after the close: %s at %v, waiting for %+v", sealed.State, sealed.ClosedAt, sealed.Beacon)
		}
		if last := s.planned[len(s.planned)-1]; last.poll != p.ID || !last.at.Equal(*sealed.Beacon.At) {
			t.Errorf("planned %+v", last)
		}
		_, err := s.polls.Results(t.Context(), s.cleo, p.ID)
		wantSaid(t, "results before the lot", err, "forbidden poll.results_after_lot")
		told := s.events(event.PollSealed)
		if len(told) != 1 || len(s.events(event.PollClosed)) != 0 || dataOf(t, told[0])["log_head"] != sealed.Head.Hash.String() {
			t.Errorf("told the timeline %+v", told)
		}
		_, err = s.cast(s.cleo, p, "", 2)
		wantSaid(t, "vote", err, "conflict poll.state_sealed")
		_, err = s.polls.Close(t.Context(), s.ben, p.ID)
		wantSaid(t, "close", err, "conflict poll.state_sealed")
		_, err = s.polls.Extend(t.Context(), s.ben, p.ID, after(1000*time.Hour))
		wantSaid(t, "extend", err, "conflict poll.state_sealed")
		_, err = s.polls.Reopen(t.Context(), s.mo, p.ID, after(1000*time.Hour))
		wantSaid(t, "open again, for another lot", err, "conflict poll.state_sealed")
		_, err = s.polls.Conclude(t.Context(), s.ben, p.ID, poll.NewOutcome{Statement: "A."})
		wantSaid(t, "publish an outcome", err, "conflict poll.state_sealed")

		s.clock.Set(sealed.Beacon.At.Add(-time.Second))
		s.drawDue(0)
		if b.asked.Load() != 0 {
			t.Error("the beacon was asked before its time")
		}
		s.clock.Set(*sealed.Beacon.At)
		s.drawDue(1)
		s.drawDue(0)
		s.closeDue(0)
		closed := s.again(s.eve, p)
		r, err := s.polls.Results(t.Context(), s.eve, p.ID)
		if err != nil || closed.State != access.PollEnded || !closed.ClosedAt.Equal(*p.ClosesAt) || r.Lots == nil || !r.Lots.Used || len(r.Winners) != 1 || closed.Beacon.Missed {
			t.Fatalf("%s with the lots %+v and winners %v, %v", closed.State, r.Lots, r.Winners, err)
		}
		if told := s.events(event.PollClosed); len(told) != 1 || dataOf(t, told[0])["by"] != "time" || dataOf(t, told[0])["log_head"] != closed.Head.Hash.String() {
			t.Errorf("told the timeline %+v", told)
		}
		said := s.proven(p, b)
		if want := ledger.Seed(p.ID, s.secretOf(p), ledger.BallotsHash(s.ballots(p)), b.Beacon.Round(closed.Beacon.Round).Value()); said.Seed != want {
			t.Errorf("the seed is %s, want %s", said.Seed, want)
		}
	})
}

// secretOf is the secret of a poll's lots, and ballots are those in its log.
func (s *stage) secretOf(p poll.Poll) (h ledger.Hash) {
	s.t.Helper()
	var secret []byte
	if err := s.db.Read(s.t.Context()).Raw("SELECT lots_secret FROM polls WHERE id = ?", p.ID).Row().Scan(&secret); err != nil {
		s.t.Fatal(err)
	}
	copy(h[:], secret)
	return h
}

func (s *stage) ballots(p poll.Poll) []ledger.OpenBallot {
	s.t.Helper()
	bundle, err := s.polls.Export(s.t.Context(), s.cleo, p.ID)
	if err != nil {
		s.t.Fatal(err)
	}
	var out []ledger.OpenBallot
	for _, line := range bundle.Log {
		c, err := ledger.Record{Content: []byte(line.Content)}.Read()
		if err != nil {
			s.t.Fatal(err)
		}
		if c, is := c.(*ledger.Cast); is {
			out = append(out, ledger.OpenBallot{Voter: c.Voter, Answer: c.Answer, Weight: c.Weight})
		}
	}
	return out
}

func TestInterimResultsStandUntilTheLotIsDrawn(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		s.polls.DrawsWith(&source{Beacon: fakebeacon.New(1)})
		in := choice("A", "B")
		in.Results = access.Always
		p := s.start(s.ben, in)
		s.mustCast(s.cleo, p, "", 0)
		s.mustCast(s.dan, p, "", 1)
		closed, err := s.polls.Close(t.Context(), s.ben, p.ID)
		if err != nil || closed.State != access.PollSealed || closed.ClosedBy.ID != s.ben.Person {
			t.Fatalf("%s by %+v, %v", closed.State, closed.ClosedBy, err)
		}
		r, err := s.polls.Results(t.Context(), s.eve, p.ID)
		if err != nil || len(r.Winners) != 0 || len(r.Tied) != 2 || r.Lots != nil {
			t.Errorf("%v win and %v are tied, %v", r.Winners, r.Tied, err)
		}
		s.judge(mustExport(s, p), "closing")
	})
}

func mustExport(s *stage, p poll.Poll) ledger.Bundle {
	s.t.Helper()
	bundle, err := s.polls.Export(s.t.Context(), s.cleo, p.ID)
	if err != nil {
		s.t.Fatal(err)
	}
	return bundle
}

func TestABeaconThatIsLateIsAskedAgainAndGivenUpAfterADay(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		b, p := withBeacon(s, secret("A", "B"))
		b.silent.Store(true)
		s.closeDue(1)
		comes := *s.again(s.ben, p).Beacon.At
		waited, tries := time.Duration(0), 0
		for ; waited < 24*time.Hour; tries++ {
			s.clock.Set(comes.Add(waited))
			if n, err := s.polls.DrawDue(t.Context()); n != 0 || err == nil {
				t.Fatalf("after %v: drew %d, %v", waited, n, err)
			}
			next := s.planned[len(s.planned)-1].at.Sub(comes)
			if step := next - waited; step < 15*time.Second || step > 10*time.Minute {
				t.Fatalf("after %v it is asked again %v later", waited, step)
			}
			s.clock.Set(comes.Add(next - time.Microsecond))
			s.drawDue(0)
			waited = next
		}
		if tries < 100 || tries > 200 || b.asked.Load() != int64(tries) {
			t.Errorf("asked %d times in %d tries", b.asked.Load(), tries)
		}
		s.clock.Set(comes.Add(waited))
		if n, err := s.polls.DrawDue(t.Context()); n != 1 || err == nil {
			t.Errorf("after a day: drew %d, %v", n, err)
		}
		closed := s.again(s.ben, p)
		if closed.State != access.PollEnded || !closed.Beacon.Missed {
			t.Errorf("%s, %+v", closed.State, closed.Beacon)
		}
		if said := s.proven(p, b, "beacon", "box", "count"); said.Beacon != ledger.NotReached || said.ClosedAt != p.ClosesAt.UnixMicro() {
			t.Errorf("the certificate says %q", said.Beacon)
		}
	})
}

func TestABeaconThatComesLateDrawsStill(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		b, p := withBeacon(s, hidden("A", "B"))
		s.closeDue(1)
		comes := *s.again(s.ben, p).Beacon.At
		b.lies.Store(1)
		s.clock.Set(comes)
		if n, err := s.polls.DrawDue(t.Context()); n != 0 || err == nil {
			t.Errorf("another round was taken: %d, %v", n, err)
		}
		b.lies.Store(0)
		s.clock.Set(comes.Add(48 * time.Hour)) // the forum was down meanwhile
		s.drawDue(1)
		if s.again(s.ben, p).Beacon.Missed {
			t.Error("it was not missed")
		}
		s.proven(p, b)
	})
}

func TestAForumThatNoLongerAsksABeaconGivesItUp(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		quicknet := &source{Beacon: &fakebeacon.Beacon{Chain: beacon.Quicknet()}}
		s.polls.DrawsWith(quicknet)
		p := s.start(s.ben, hidden("A", "B"))
		s.polls.DrawsWith(nil)
		s.clock.Set(*p.ClosesAt)
		s.closeDue(1)
		comes := *s.again(s.ben, p).Beacon.At
		s.clock.Set(comes)
		if n, err := s.polls.DrawDue(t.Context()); n != 0 || err == nil {
			t.Errorf("drew %d, %v", n, err)
		}
		s.clock.Set(comes.Add(24 * time.Hour))
		if n, err := s.polls.DrawDue(t.Context()); n != 1 || err == nil {
			t.Errorf("after a day: drew %d, %v", n, err)
		}
		s.proven(p, quicknet, "beacon")
		if fresh := choice("A", "B"); s.start(s.ben, moved(fresh, s.clock.Now())).Beacon != nil {
			t.Error("a poll opened without a beacon waits for one")
		}
	})
}

func moved(in poll.NewPoll, now time.Time) poll.NewPoll {
	in.ClosesAt = now.Add(100 * time.Hour)
	return in
}

func TestPollsWithoutALotWaitForNothing(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		b := &source{Beacon: fakebeacon.New(1)}
		s.polls.DrawsWith(b)
		p := s.start(s.ben, proposal())
		s.mustCast(s.cleo, p, "", tally.Agree)
		s.clock.Set(*p.ClosesAt)
		s.closeDue(1)
		if got := s.again(s.ben, p); got.State != access.PollEnded || got.Beacon != nil {
			t.Errorf("%s, waiting for %+v", got.State, got.Beacon)
		}
		if said := s.proven(p, b); said.Beacon != "" {
			t.Errorf("the certificate says %q", said.Beacon)
		}
	})
}

func TestAPollIsDrawnAgainAfterItWasOpenedAgain(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		b, p := withBeacon(s, hidden("A", "B"))
		for round := range 2 {
			s.closeDue(1)
			s.clock.Set(*s.again(s.ben, p).Beacon.At)
			s.drawDue(1)
			s.proven(p, b)
			if round > 0 {
				break
			}
			until := s.clock.Now().Add(24 * time.Hour)
			again, err := s.polls.Reopen(t.Context(), s.mo, p.ID, until)
			if err != nil || again.Beacon == nil || again.Beacon.Round != 0 || again.Beacon.At != nil {
				t.Fatalf("opened again with %+v, %v", again.Beacon, err)
			}
			s.mustCast(s.ben, p, "", 0)
			s.clock.Set(until)
		}
		signed, err := s.polls.Certificates(t.Context(), s.ben, p.ID)
		if err != nil || signed.Now == nil || len(signed.Earlier) != 1 {
			t.Errorf("%d earlier certificates, %v", len(signed.Earlier), err)
		}
	})
}

func TestALotIsDrawnOnceHoweverManyDraw(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		b, p := withBeacon(s, hidden("A", "B"))
		all := func(do func(context.Context) (int, error)) {
			var done atomic.Int64
			var wg sync.WaitGroup
			for range 6 {
				wg.Go(func() {
					n, err := do(t.Context())
					if err != nil {
						t.Error(err)
					}
					done.Add(int64(n))
				})
			}
			wg.Wait()
			if done.Load() != 1 {
				t.Errorf("done %d times", done.Load())
			}
		}
		all(s.polls.CloseDue)
		s.clock.Set(*s.again(s.ben, p).Beacon.At)
		all(s.polls.DrawDue)
		if sealed, closed := len(s.events(event.PollSealed)), len(s.events(event.PollClosed)); sealed != 1 || closed != 1 {
			t.Errorf("told %d and %d times", sealed, closed)
		}
		s.proven(p, b)
	})
}

// A process may die after any step; whoever comes next carries on.
func TestACloseThatWasLeftHalfwayIsCarriedOn(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		plain := s.start(s.ben, hidden("A", "B"))
		s.mustCast(s.cleo, plain, "", 0)
		b, p := withBeacon(s, hidden("A", "B"))
		s.exec("UPDATE polls SET state = 'closed', closed_at = closes_at, settle_at = ?", store.At(s.clock.Now().Add(time.Minute)))
		s.closeDue(0) // whoever stopped them may be at it still
		if got := s.again(s.ben, p); got.State != access.PollSealed || got.Beacon.Round != 0 {
			t.Errorf("%s, %+v", got.State, got.Beacon)
		}
		if _, err := s.cast(s.cleo, plain, "", 1); said(err) != "conflict poll.state_closed" {
			t.Errorf("a ballot after the end: %v", err)
		}
		s.clock.Set(s.clock.Now().Add(time.Minute))
		s.closeDue(2)
		s.proven(plain, b)
		comes := *s.again(s.ben, p).Beacon.At
		if comes.Before(s.clock.Now().Add(3 * time.Minute)) {
			t.Errorf("sealed late, it waits for a round at %v that may be known", comes)
		}
		s.clock.Set(comes)
		s.drawDue(1)
		s.proven(p, b)
	})
}

// Every ballot that was acknowledged is counted, and none that was refused.
func TestBallotsCastWhileAPollIsClosedAreCountedOrRefused(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		for range 3 {
			p := s.start(s.ben, choice("A", "B"))
			var counted atomic.Int64
			var wg sync.WaitGroup
			for i, who := range []access.Actor{s.ana, s.mo, s.ben, s.cleo, s.dan} {
				wg.Go(func() {
					if _, err := s.cast(who, p, "", i%2); err == nil {
						counted.Add(1)
					} else if said(err) != "conflict poll.state_closed" {
						t.Error(err)
					}
				})
			}
			wg.Go(func() {
				if _, err := s.polls.Close(t.Context(), s.mo, p.ID); err != nil {
					t.Error(err)
				}
			})
			wg.Wait()
			r, err := s.polls.Results(t.Context(), s.cleo, p.ID)
			if err != nil || r.Turnout.Cast != counted.Load() {
				t.Errorf("%d ballots are counted and %d were acknowledged, %v", r.Turnout.Cast, counted.Load(), err)
			}
			s.verify(s.cleo, p)
		}
	})
}

// Who comes between the closing time and the carrying out of the close could not
// have voted.
func TestTheElectorateIsThatOfTheClosingTime(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		for _, of := range []poll.Electorate{poll.OfGroup, poll.OfThread} {
			in := proposal()
			in.JoinsLate, in.Electorate, in.ClosesAt = true, of, s.clock.Now().Add(50*time.Hour)
			p := s.start(s.ana, in)
			for name, at := range map[string]time.Time{"in time ": p.ClosesAt.Add(-time.Microsecond), "late ": *p.ClosesAt} {
				who := s.person(name+string(of), access.Member)
				s.exec("UPDATE memberships SET created_at = ? WHERE person_id = ?", store.At(at), who.Person)
			}
			guest := s.person("guest "+string(of), access.NoRole)
			s.exec("INSERT INTO thread_guests (thread_id, person_id, invited_by, created_at) VALUES (?, ?, ?, ?)", s.thread, guest.Person, s.ana.Person, store.At(p.ClosesAt.Add(time.Second)))
			s.clock.Set(p.ClosesAt.Add(time.Minute))
			s.closeDue(1)
			if got := s.again(s.ana, p); got.VoterCount != p.VoterCount+1 {
				t.Errorf("%s: %d could vote, want the %d of the opening and the one who came in time", of, got.VoterCount, p.VoterCount)
			}
			s.verify(s.ana, p)
			s.exec("DELETE FROM thread_guests")
		}
	})
}
