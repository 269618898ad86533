package forum_test

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/event"
	"plenary/pkg/forum"
	"plenary/pkg/store"
	"plenary/pkg/testkit"
)

// victimOf names, for a child process, the database to write to until it is killed.
const victimOf = "PLENARY_TEST_VICTIM"

func TestMain(m *testing.M) {
	if url := os.Getenv(victimOf); url != "" {
		beVictim(url)
		return
	}
	testkit.Main(m)
}

// beVictim posts without end, from several goroutines, and says each comment's
// seq once it has been acknowledged.
func beVictim(url string) {
	ctx := context.Background()
	db, err := store.Open(ctx, url, testkit.Quiet())
	if err != nil {
		fmt.Println("error", err)
		return
	}
	f := newForum(db)
	var mu sync.Mutex
	for range 4 {
		go func() {
			for {
				c, err := f.Post(ctx, access.Actor{Person: 1}, 1, forum.NewComment{Body: "still here"})
				mu.Lock()
				if err != nil {
					fmt.Println("error", err)
				} else {
					fmt.Println(c.Seq)
				}
				mu.Unlock()
			}
		}()
	}
	select {}
}

func TestNothingAcknowledgedIsLostWhenTheProcessIsKilled(t *testing.T) {
	for name, makeURL := range map[string]func(testing.TB) string{"sqlite": testkit.SQLiteURL, "postgres": testkit.PostgresURL} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := makeURL(t)
			db := testkit.OpenDatabase(t, url)
			w := newWorld(t, db)
			w.start(t, w.mo, "The thread with id 1")
			acknowledged := map[int64]bool{}
			for round := range testkit.Rounds() {
				for _, seq := range killOne(t, url, 20+round%7) {
					if acknowledged[seq] {
						t.Fatalf("seq %d was acknowledged twice", seq)
					}
					acknowledged[seq] = true
				}
				checkTimeline(t, db, acknowledged)
			}
			t.Logf("%d comments acknowledged in %d lives, none lost", len(acknowledged), testkit.Rounds())
		})
	}
}

// killOne lets a process write until it has acknowledged some comments, kills it
// in the middle, and gives what it had acknowledged.
func killOne(t *testing.T, url string, after int) (seqs []int64) {
	t.Helper()
	for _, line := range testkit.Kill(t, victimOf, url, after) {
		seq, err := strconv.ParseInt(line, 10, 64)
		if err != nil {
			t.Fatalf("the child says %q", line)
		}
		seqs = append(seqs, seq)
	}
	return seqs
}

// checkTimeline demands a timeline without gaps that holds every acknowledged
// comment, and counts that agree with the rows.
func checkTimeline(t *testing.T, db *store.DB, acknowledged map[int64]bool) {
	t.Helper()
	ctx := context.Background()
	var after, comments int64
	seen := map[int64]bool{}
	for {
		events, err := store.Events(db.Read(ctx), event.Thread(1), store.Span{After: after, Limit: 1000})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range events {
			if e.Seq != after+1 {
				t.Fatalf("after seq %d comes %d", after, e.Seq)
			}
			if after = e.Seq; e.Kind == event.CommentCreated {
				seen[e.Seq], comments = true, comments+1
			}
		}
		if len(events) == 0 {
			break
		}
	}
	for seq := range acknowledged {
		if !seen[seq] {
			t.Errorf("seq %d was acknowledged and is lost", seq)
		}
	}
	var row struct{ Rows, Counted, Head int64 }
	err := db.Read(ctx).Raw(`SELECT (SELECT COUNT(*) FROM comments WHERE thread_id = 1) AS rows, comment_count AS counted, last_seq AS head FROM threads WHERE id = 1`).Scan(&row).Error
	if err != nil || row.Rows != comments || row.Counted != comments || row.Head != after {
		t.Errorf("%+v, %v; the timeline has %d comments up to seq %d", row, err, comments, after)
	}
}

func newForum(db *store.DB) *forum.Forum {
	return assemble(db, time.Now).Forum
}
