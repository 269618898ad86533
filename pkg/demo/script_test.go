package demo

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"plenary/pkg/access"
)

func TestTimesAreToldFromThePresent(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 0, 5, 30, 0, time.FixedZone("", 2*3600)) // still February in UTC
	for text, want := range map[string]string{
		"-26d 08:40": "2026-02-02T08:40:00Z",
		"+4d 18:00":  "2026-03-04T18:00:00Z",
		"-3h20m":     "2026-02-28T18:45:30Z",
		"-48m":       "2026-02-28T21:17:30Z",
	} {
		got, err := when(now, text)
		if err != nil || got.UTC().Format(time.RFC3339) != want {
			t.Errorf("%s is %v (%v), want %s", text, got.UTC(), err, want)
		}
	}
	for _, text := range []string{"", "-26d", "yesterday", "-xd 08:40", "-2d 25:00"} {
		if got, err := when(now, text); err == nil {
			t.Errorf("%q was taken for %v", text, got)
		}
	}
}

func TestTheAssemblyIsAlwaysThursdayToSaturdayTwoMonthsAhead(t *testing.T) {
	t.Parallel()
	start := time.Date(2027, 12, 27, 23, 59, 0, 0, time.UTC)
	for i := range 7 {
		now := start.AddDate(0, 0, i)
		words := assemblyDays(now)
		for j, day := range []string{"Thursday ", "Friday ", "Saturday "} {
			if !strings.HasPrefix(words[2*j+1], day) {
				t.Errorf("%v: %s is %s", now, words[2*j], words[2*j+1])
			}
		}
		first, err := time.Parse("Monday 2 January", words[1])
		if err != nil || first.Month() != time.March {
			t.Errorf("%v: %s (%v)", now, words[1], err)
		}
	}
}

func TestASlipOfThePenIsNotPassedOver(t *testing.T) {
	t.Parallel()
	const castOK, threadOK = "founded = \"-1d 08:00\"", "at = \"-1d 08:00\"\nby = \"ana\"\n"
	for name, c := range map[string]struct{ cast, thread, want string }{
		"a name that means nothing in the cast": {"fonded = \"x\"", threadOK, "fonded"},
		"a name that means nothing in an act":   {castOK, threadOK + "[[act]]\nraect = [\"👍 ana\"]", "act.raect"},
		"text that is no TOML":                  {castOK, "at = ", "threads/a.toml"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := fstest.MapFS{"assembly/cast.toml": {Data: []byte(c.cast)}, "assembly/threads/a.toml": {Data: []byte(c.thread)}}
			if _, _, err := read(files); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want one that names %q", err, c.want)
			}
		})
	}
	if _, _, err := read(fstest.MapFS{"assembly/cast.toml": {Data: []byte(castOK)}}); err == nil {
		t.Error("a play without threads was accepted")
	}
}

func TestActsThatCannotBePlayedAreRefused(t *testing.T) {
	t.Parallel()
	for name, a := range map[string]act{
		"an unknown verb":                 {At: "-1d 08:00", By: "ana", Do: "sing"},
		"an unreadable time":              {At: "soon", By: "ana", Do: "comment"},
		"a ballot at an unreadable time":  {At: "-1d 08:00", By: "ana", Do: "poll", Ballot: []actBallot{{At: "soon"}}},
		"a comment to answer, before it":  {At: "-1d 08:00", By: "ana", Do: "comment", Reply: "later"},
		"a theme to comment on, unheard":  {At: "-1d 08:00", By: "ana", Do: "comment", On: "unheard"},
		"somebody who is not in the cast": {At: "-1d 08:00", By: "bob", Do: "comment"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(nil, Options{Now: time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)})
			s.persons["ana"] = 1
			steps, err := s.steps(story{At: "-2d 08:00", By: "ana", Act: []act{a}})
			if err == nil {
				err = steps[1].do(t.Context())
			}
			if err == nil {
				t.Error("it was played")
			}
		})
	}
}

// Everybody who reacts must find the comment, and nobody reacts twice alike: the
// script would otherwise promise more than is played.
func TestTheScriptIsInOrder(t *testing.T) {
	t.Parallel()
	who, stories, err := read(assembly)
	if err != nil {
		t.Fatal(err)
	}
	if len(who.Person) < 12 || len(who.Person) > 16 || len(stories) < 8 {
		t.Errorf("%d people, %d threads", len(who.Person), len(stories))
	}
	visible := map[access.Visibility]bool{}
	for _, g := range who.Group {
		visible[g.Visibility] = true
	}
	if len(visible) != 3 {
		t.Errorf("kinds of groups: %v", visible)
	}
	for _, told := range stories {
		for i, a := range told.Act {
			if len(a.React) > 0 && (a.Do != "comment" || a.Key == "") {
				t.Errorf("%s: act %d has reactions and no key", told.File, i+1)
			}
			for _, r := range a.React {
				by := strings.Fields(r)[1:]
				if len(by) == 0 || slices.Contains(by, a.By) || len(slices.Compact(slices.Sorted(slices.Values(by)))) != len(by) {
					t.Errorf("%s: act %d: %q: nobody, twice the same, or the author", told.File, i+1, r)
				}
			}
		}
	}
}
