package jobs_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"plenary/pkg/jobs"
	"plenary/pkg/store"
	"plenary/pkg/testkit"
)

// victimOf names, for the process that is going to be killed, its database.
const victimOf = "PLENARY_TEST_JOBS_VICTIM"

// beVictim starts a job, says so on its output and never ends it.
func beVictim(url string) {
	ctx := context.Background()
	db, err := store.Open(ctx, url, testkit.Quiet())
	if err != nil {
		fmt.Println(err)
		return
	}
	j, err := jobs.New(db, testkit.Quiet(), quick)
	if err != nil {
		fmt.Println(err)
		return
	}
	jobs.Handle(j, func(context.Context, letter) error {
		fmt.Println("begun")
		select {}
	})
	if err := j.Start(ctx); err != nil {
		fmt.Println(err)
		return
	}
	select {}
}

func TestAJobRunsAgainWhenItsProcessWasKilled(t *testing.T) {
	t.Parallel()
	urls := map[string]func(testing.TB) string{"sqlite": testkit.SQLiteURL, "postgres": testkit.PostgresURL}
	for name, newURL := range urls {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := newURL(t)
			db := testkit.OpenDatabase(t, url)
			settings := quick
			settings.Timeout, settings.RescueAfter = 40*time.Millisecond, 50*time.Millisecond
			j, got := open(t, db, settings)
			write(t, db, func(tx *store.Tx) error { return j.Enqueue(tx, letter{1}) })
			testkit.Kill(t, victimOf, url, 1)
			if s := stats(t, j); s.Running != 1 {
				t.Fatalf("the killed process has left %+v", s)
			}
			// The dead process leads for another 15 seconds: only the leader
			// rescues. Nobody needs to wait for that here.
			write(t, db, func(tx *store.Tx) error { return tx.Exec("DELETE FROM river_leader").Error })
			start(t, j)
			if n := await(t, got); n != 1 {
				t.Errorf("letter %d was sent", n)
			}
		})
	}
}
