package poll_test

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/i18n"
	"plenary/pkg/poll"
	"plenary/pkg/store"
	"plenary/pkg/tally"
	"plenary/pkg/testkit"
)

// Every letter about a poll with a log names the newest record there was, and where
// to check it; and all kinds of letters that there are words for are gone through.
func TestEveryLetterAboutAPollHasTheHeadOfItsLog(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		s.reachable()
		s.exec("UPDATE groups SET proxy_limit = 3")
		seen := map[string]bool{}
		look := func(p poll.Poll) {
			t.Helper()
			from := s.read
			s.told()
			now := s.again(s.ana, p)
			for _, l := range s.letters[from:] {
				seen[l.Kind] = true
				if l.Args["RecordNumber"] != strconv.FormatInt(now.Head.Number, 10) || l.Args["RecordHash"] != now.Head.Hash.String() || l.Args["RecordPath"] != "/p/"+strconv.FormatInt(p.ID, 10)+"/check" {
					t.Errorf("%s to %s has the head %v, want record %d, %s", l.Kind, l.To.Email, l.Args, now.Head.Number, now.Head.Hash)
				}
				if (l.Args["UnsubscribePath"] == "") != strings.HasPrefix(l.Kind, "proxy_") {
					t.Errorf("%s to %s is unsubscribed at %q", l.Kind, l.To.Email, l.Args["UnsubscribePath"])
				}
			}
		}
		in := choice("Rye", "Oat")
		in.Method, in.OptionsBy, in.Proxies = tally.Approval, poll.ByVoters, true
		p := s.start(s.ben, in)
		look(p)
		s.invite(p, "xan@example.org")
		look(p)
		d, err := s.polls.DelegateIn(t.Context(), s.dan, p.ID, "cleo")
		s.must(d, err)
		look(p)
		s.must(s.polls.Cast(t.Context(), s.cleo, p.ID, poll.NewBallot{Answer: marks(p.Options[0].ID), For: []int64{s.dan.Person}}))
		look(p)
		s.must(nil, s.polls.Proxies().End(t.Context(), s.cleo, d.ID))
		look(p)
		s.must(s.polls.AddOption(t.Context(), s.mo, p.ID, poll.NewOption{Label: "Spelt"}))
		look(p)
		s.must(s.polls.Extend(t.Context(), s.ben, p.ID, after(8*day)))
		look(p)
		s.clock.Set(after(8*day - time.Hour))
		s.must(s.polls.RemindDue(t.Context()))
		look(p)
		s.must(s.polls.Close(t.Context(), s.ben, p.ID))
		look(p)
		s.must(s.polls.Reopen(t.Context(), s.ana, p.ID, after(9*day)))
		look(p)
		s.clock.Set(after(9 * day))
		s.must(s.polls.CloseDue(t.Context()))
		look(p)
		s.must(s.polls.Conclude(t.Context(), s.ben, p.ID, poll.NewOutcome{Statement: "Rye.", ReviewOn: "2026-04-01"}))
		look(p)
		s.clock.Set(after(60 * day))
		s.must(s.polls.ReviewDue(t.Context()))
		look(p)
		for _, kind := range kindsAboutPolls(t) {
			if !seen[kind] {
				t.Errorf("no letter of the kind %s was written, so nobody has looked for its head", kind)
			}
		}
	})
}

// kindsAboutPolls are the kinds of letters that there are words for and that the
// names say are about polls.
func kindsAboutPolls(t *testing.T) []string {
	t.Helper()
	words, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, key := range words.Localizer("en").Keys() {
		kind, is := strings.CutPrefix(key, "mailkind.")
		if is && (strings.HasPrefix(kind, "poll_") || strings.HasPrefix(kind, "proxy_") || strings.HasPrefix(kind, "option_") || strings.HasPrefix(kind, "outcome_")) {
			out = append(out, kind)
		}
	}
	if len(out) < 12 {
		t.Fatalf("only %v are about polls, so the search itself is broken", out)
	}
	return out
}

// A letter can only be begun where the head is put into it.
func TestLettersAreBegunInOnePlaceOnly(t *testing.T) {
	t.Parallel()
	var begun []string
	err := filepath.WalkDir(".", func(file string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return err
		}
		text, err := os.ReadFile(file)
		if err == nil && strings.Contains(string(text), "mail.Letter{") {
			begun = append(begun, file)
		}
		return err
	})
	if err != nil || !slices.Equal(begun, []string{"letters/letter.go"}) {
		t.Errorf("letters about polls are begun in %v, want letters/letter.go alone, %v", begun, err)
	}
}

// Polls of before there were logs have nothing to keep a head of.
func TestALetterAboutAPollWithoutALogPromisesNothing(t *testing.T) {
	t.Parallel()
	s := newStage(t, testkit.SQLite(t), access.Public)
	s.reachable()
	p := s.start(s.ben, choice("A", "B"))
	s.exec("DELETE FROM poll_log")
	s.exec("UPDATE polls SET log_length = 0, log_head = NULL, log_at = NULL, lots_secret = NULL")
	s.exec("DELETE FROM poll_tellings")
	s.told()
	s.must(s.polls.Extend(t.Context(), s.ben, p.ID, after(8*day)))
	wantTold(t, "a later close", s.told(), each("poll_extended", "ana", "cleo", "dan", "mo")...)
	for _, l := range s.letters {
		if l.Args["RecordNumber"]+l.Args["RecordHash"]+l.Args["RecordPath"] != "" {
			t.Errorf("the letter says %v", l.Args)
		}
	}
}
