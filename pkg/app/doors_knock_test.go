package app_test

import (
	"flag"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"plenary/pkg/access"
	"plenary/pkg/app"
	"plenary/pkg/store"
	"plenary/pkg/testkit"
)

var update = flag.Bool("update", false, "write testdata anew")

// TestEveryDoorAnswersAsTheMatrixSays knocks at every route as every actor of
// the matrix, in a group of each sort, and compares with the rules themselves.
func TestEveryDoorAnswersAsTheMatrixSays(t *testing.T) {
	t.Parallel()
	for name, database := range map[string]func(testing.TB) string{"sqlite": testkit.SQLiteURL, "postgres": testkit.PostgresURL} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCrawl(t, database(t))
			c.furnishSquare()
			places := settingsOfCrawl
			if name == "postgres" { // the rules are the same; what differs is how they are read
				places = []setting{settingsOfCrawl[0], settingsOfCrawl[4]}
			}
			knocking := &knocking{crawl: c, t: t, opened: map[string]bool{}}
			for i, s := range places {
				knocking.round = i
				c.sql("UPDATE sessions SET proved_at = ?", store.At(time.Now())) // what was proved is good for some minutes only
				knocking.everyDoor(s, i == 0)
			}
			c.sql("UPDATE sessions SET proved_at = ?", store.At(time.Now()))
			knocking.forumDoors()
			if len(places) == len(settingsOfCrawl) {
				knocking.allOpened()
			}
			t.Logf("%d doors × %d actors × %d places: %d knocks, %d parts made", len(doors()), len(crawlers), len(places), knocking.knocks, c.made)
		})
	}
}

// knocking is one round of the crawl.
type knocking struct {
	*crawl
	t      *testing.T
	knocks int
	round  int             // of the places
	opened map[string]bool // routes at which somebody was let in, to something
}

// everyDoor knocks at all doors of one place. What was let in may have changed
// what the door is about, so the next one finds that made anew.
func (k *knocking) everyDoor(s setting, thorough bool) {
	p := k.furnishPlace(s)
	listed := doors()
	for i, route := range slices.Sorted(maps.Keys(listed)) {
		d := listed[route]
		if d.about == "forum" || !thorough && !s.closed && i%2 != k.round%2 {
			continue // each further open place has every other door, and the one after it the rest
		}
		abouts := []string{d.about}
		if thorough {
			abouts = append(abouts, d.also...)
		}
		for _, about := range abouts {
			for _, name := range crawlers {
				if k.knockAt(route, d, p, about, name) {
					p.spoil(about)
				}
			}
		}
	}
}

// knockAt tells whether something may have changed by it.
func (k *knocking) knockAt(route string, d door, p *crawlPlace, about, name string) (changed bool) {
	method, path, _ := strings.Cut(route, " ")
	k.furnish(p, about)
	want := d.check(k.actors[name], k.facts(name, p, about))
	got := k.knock(name, method, k.address(p, path, about, d), d.body)
	k.knocks++
	if !agrees(want, got, method, path, name) || got >= 500 {
		k.t.Errorf("%s, %s (%s) by %s: %d; the rules say %v", p.name, route, about, name, got, want)
	}
	if want == nil && !slices.Contains([]int{http.StatusBadRequest, http.StatusNotFound}, got) {
		k.opened[route] = true
	}
	return method != http.MethodGet && got < 400 && !d.harmless()
}

// harmless doors change nothing that another answer depends on.
func (d door) harmless() bool {
	return len(d.do) == 1 && slices.Contains([]access.Action{access.StartThread, access.PostComment, access.PinThread, access.MarkSeen, access.React,
		access.ProposeTheme, access.SupportTheme, access.StartPoll, access.StartPollAlone, access.Vote}, d.do[0])
}

// allOpened finds doors at which the crawl knocks with something that is not
// there: these answer alike to everybody, whatever the rules say.
func (k *knocking) allOpened() {
	for route := range doors() {
		if _, known := opensToNothing[route]; !known && !k.opened[route] {
			k.t.Errorf("%s let nobody in to anything: the crawl knocks with a thing that is not there", route)
		}
	}
}

// TestNoRouteIsLeftOut holds the lists of doors against what is really served,
// and writes them down to be read.
func TestNoRouteIsLeftOut(t *testing.T) {
	t.Parallel()
	f := start(t, settings{})
	listed := map[string]string{}
	for route, d := range doors() {
		listed[route] = d.words()
	}
	for route, reason := range withoutRule {
		if _, is := listed[route]; is {
			t.Errorf("%s has a rule and has none", route)
		}
		listed[route] = "outside: " + reason
	}
	var lines []string
	for _, route := range app.Served(f.Server) {
		words, is := listed[route]
		if !is {
			t.Errorf("%s is in no list of the crawl", route)
		}
		method, path, _ := strings.Cut(route, " ")
		lines = append(lines, strings.TrimRight(padded(path, 56)+padded(method, 7)+words, " "))
		delete(listed, route)
	}
	for route := range listed {
		t.Errorf("%s is listed but not served", route)
	}
	slices.Sort(lines)
	holdDoors(t, doorsHead+strings.Join(slices.Compact(lines), "\n")+"\n")
}

const doorsHead = `Every route, and which rules of pkg/access/testdata/matrix.txt it obeys

This file is written by "go test ./pkg/app -run TestNoRouteIsLeftOut -update" from
the lists of the crawl, which knocks at every route as every actor of the matrix.
"signed in" is for whoever has an account, "everybody" for visitors too; what is
"outside" has no rule, for the reason that is given.

`

func holdDoors(t *testing.T, got string) {
	t.Helper()
	const file = "testdata/doors.txt"
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-have +is):\n%s", file, diff)
	}
}

func padded(text string, width int) string {
	return text + strings.Repeat(" ", max(1, width-len(text)))
}

// words are the rules of a door, as the matrix calls them.
func (d door) words() string {
	var rules []string
	for _, action := range d.do {
		rules = append(rules, string(action))
	}
	var either []string
	for _, action := range d.either {
		either = append(either, string(action))
	}
	if len(either) > 0 {
		rules = append(rules, strings.Join(either, " or "))
	}
	switch {
	case d.signedIn:
		rules = append(rules, "signed in")
	case len(rules) == 0:
		return "everybody"
	}
	return strings.Join(rules, ", ")
}
