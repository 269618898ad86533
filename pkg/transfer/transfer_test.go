package transfer_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"plenary/pkg/access"
	"plenary/pkg/event"
	"plenary/pkg/forum"
	"plenary/pkg/group"
	"plenary/pkg/markup"
	"plenary/pkg/person"
	"plenary/pkg/store"
	"plenary/pkg/testkit"
	"plenary/pkg/transfer"
	"plenary/pkg/transfer/transcript"
)

func TestMain(m *testing.M) { testkit.Main(m) }

const thread = `Mon 5 Oct 2026 9:30AM

Where do we meet in spring?

MK Mira Kovač (Seaside Bakery) Public Seen by 41

We need a place for sixty people.

Ideas so far:

  • The old mill
  • A boat


Jonas Wed 7 Oct 2026 8:05PM

The mill has no heating.


Mira Kovač (Seaside Bakery) Wed 7 Oct 2026 8:10PM



Pilar Ortiz (Red Thread) Thu 8 Oct 2026 7:00AM

Two more:

First the school, it is free in April.

Then the town hall.
`

func newForum(t *testing.T, db *store.DB) *forum.Forum {
	t.Helper()
	people := person.New(db, time.Now, rand.Reader)
	groups := group.New(db, people, time.Now, rand.Reader)
	if _, err := groups.Create(context.Background(), access.System(), group.NewGroup{Name: "Coast", Handle: "coast", Visibility: access.Public}); err != nil {
		t.Fatal(err)
	}
	return forum.New(db, people, markup.New(), time.Now)
}

// shown reads the thread back as one would on its page.
func shown(t *testing.T, f *forum.Forum, id int64) (forum.Thread, []forum.Comment) {
	t.Helper()
	ctx := context.Background()
	events, th, err := f.Timeline(ctx, access.Visitor(), id, store.Span{ShownOnly: true, Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	var ids []int64
	for _, e := range events {
		if e.Kind == event.CommentCreated {
			ids = append(ids, e.Subject)
		}
	}
	byID, err := f.Comments(ctx, ids)
	if err != nil {
		t.Fatal(err)
	}
	out := make([]forum.Comment, len(ids))
	for i, id := range ids {
		out[i] = byID[id]
	}
	return th, out
}

func summary(c forum.Comment) string {
	name := c.Author.Name
	if c.Author.Affiliation != "" {
		name += " (" + c.Author.Affiliation + ")"
	}
	if c.MarkedEmpty {
		return fmt.Sprintf("%s %s: empty", c.CreatedAt.Format("2006-01-02 15:04"), name)
	}
	return fmt.Sprintf("%s %s: %s", c.CreatedAt.Format("2006-01-02 15:04"), name, strings.SplitN(c.Body, "\n", 2)[0])
}

func TestATranscriptBecomesAThreadAndImportingItTwiceChangesNothing(t *testing.T) {
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		f := newForum(t, db)
		ctx := context.Background()
		made, fresh, err := transfer.Transcript(ctx, f, "coast", strings.NewReader(thread), time.UTC)
		if err != nil || !fresh {
			t.Fatalf("%v, %v", fresh, err)
		}
		again, fresh, err := transfer.Transcript(ctx, f, "coast", strings.NewReader(thread), time.UTC)
		if err != nil || fresh || again.ID != made.ID {
			t.Fatalf("a second import: thread %d, %v, %v", again.ID, fresh, err)
		}
		th, comments := shown(t, f, made.ID)
		if th.Title != "Where do we meet in spring?" || th.Author.Name != "Mira Kovač" || th.Author.Affiliation != "Seaside Bakery" ||
			th.SeenByCount != 41 || !th.CreatedAt.Equal(time.Date(2026, 10, 5, 9, 30, 0, 0, time.UTC)) || !strings.Contains(th.BodyHTML, "<li") {
			t.Errorf("thread %+v", th)
		}
		want := []string{
			"2026-10-07 20:05 Jonas: The mill has no heating.",
			"2026-10-07 20:10 Mira Kovač (Seaside Bakery): empty",
			"2026-10-08 07:00 Pilar Ortiz (Red Thread): Two more:",
		}
		for i, c := range comments {
			if got := summary(c); got != want[i] {
				t.Errorf("comment %d: %s, want %s", i, got, want[i])
			}
		}
		if len(comments) != len(want) || comments[1].Author.ID != th.Author.ID {
			t.Errorf("%d comments; the second is by %+v", len(comments), comments[1].Author)
		}
		var people int64
		if err := db.Read(ctx).Table("people").Where("imported_from IS NOT NULL AND email IS NULL AND password_hash = ''").Count(&people).Error; err != nil || people != 3 {
			t.Errorf("%d unclaimed people, %v", people, err)
		}
	})
}

func TestABrokenTranscriptImportsNothingAndNamesTheLine(t *testing.T) {
	db := testkit.SQLite(t)
	f := newForum(t, db)
	ctx := context.Background()
	broken := strings.Replace(thread, "Thu 8 Oct 2026", "Fri 8 Oct 2026", 1)
	_, _, err := transfer.Transcript(ctx, f, "coast", strings.NewReader(broken), time.UTC)
	wrong, ok := errors.AsType[*transcript.Error](err)
	if !ok || wrong.Line != 24 {
		t.Errorf("got %v", err)
	}
	long := strings.Replace(thread, "Then the town hall.", strings.Repeat("x", 40<<10), 1)
	if _, _, err := transfer.Transcript(ctx, f, "coast", strings.NewReader(long), time.UTC); err == nil || !strings.Contains(err.Error(), "comment 3 by Pilar Ortiz") {
		t.Errorf("a comment that is too long: %v", err)
	}
	var rows int64
	if err := db.Read(ctx).Raw("SELECT (SELECT COUNT(*) FROM threads) + (SELECT COUNT(*) FROM people)").Row().Scan(&rows); err != nil || rows != 0 {
		t.Errorf("%d rows are left behind, %v", rows, err)
	}
}

// seed is the thread that the forum was made for. It is not part of this
// repository; the test runs where it lies beside it.
const seed = "../../../shared/seed/cecop-thread.txt"

func TestTheSeedReadsLikeTheOriginal(t *testing.T) {
	original, err := os.ReadFile(seed)
	if errors.Is(err, os.ErrNotExist) {
		testkit.Missing(t, "the seed is not beside this repository")
	}
	if err != nil {
		t.Fatal(err)
	}
	f := newForum(t, testkit.SQLite(t))
	made, _, err := transfer.Transcript(context.Background(), f, "coast", bytes.NewReader(original), time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	th, comments := shown(t, f, made.ID)
	if th.Author.Name != "Sion Whellens" || th.Author.Affiliation != "Principle Six/Calverts" || th.SeenByCount != 119 ||
		!th.CreatedAt.Equal(time.Date(2019, 2, 18, 17, 45, 0, 0, time.UTC)) || th.Visibility != access.Public {
		t.Errorf("thread %+v", th)
	}
	var got []string
	for _, c := range comments {
		got = append(got, c.CreatedAt.Format("2 Jan 15:04 ")+c.Author.Name)
		if said := words(markup.Plain(c.Body)); !strings.Contains(words(string(original)), said) {
			t.Errorf("%s did not say %q", c.Author.Name, said)
		}
	}
	want := []string{"20 Feb 12:22 Graham", "20 Feb 12:25 Graham", "20 Feb 12:25 Sion Whellens", "20 Feb 13:18 Roy Brooks",
		"22 Feb 18:27 Shaun Fensom", "25 Feb 13:39 Sion Whellens"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if !comments[2].MarkedEmpty || comments[5].MarkedEmpty {
		t.Error("the third comment, and only that, had a picture and no words")
	}
	if items := markup.Items(comments[4].Body); len(items) != 3 {
		t.Errorf("%d themes in Shaun's comment, want 3", len(items))
	}
}

// words leaves white space and Markdown out of account.
func words(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("-•*\\", r) }), " ")
}
