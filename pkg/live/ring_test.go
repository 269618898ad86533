package live

import (
	"testing"
	"time"

	"plenary/pkg/event"
)

func pushed(r *ring, first, last int64, size int) {
	for seq := first; seq <= last; seq++ {
		r.push(&entry{seq: seq, size: size})
		r.trim(1)
	}
}

func TestARingKeepsTheNewestEvents(t *testing.T) {
	t.Parallel()
	var r ring
	pushed(&r, 1, 1000, 1)
	if len(r.entries) != ringEvents || r.bytes != ringEvents {
		t.Errorf("holds %d events of %d bytes", len(r.entries), r.bytes)
	}
	if got := r.from(744, 5, false); got != nil {
		t.Errorf("744 is still there: %v", got)
	}
	if got := r.from(745, 5, false); len(got) != 5 || got[0].seq != 745 || got[4].seq != 749 {
		t.Errorf("from 745: %v", got)
	}
	if got := r.from(999, 5, false); len(got) != 2 || got[1].seq != 1000 {
		t.Errorf("from 999: %v", got)
	}
	if got := r.from(1001, 5, false); got != nil {
		t.Errorf("from 1001: %v", got)
	}
}

func TestARingKeepsSoManyBytesButAlwaysTheNewest(t *testing.T) {
	t.Parallel()
	var r ring
	pushed(&r, 1, 100, ringBytes/10)
	if len(r.entries) != 10 || r.bytes > ringBytes {
		t.Errorf("holds %d events of %d bytes", len(r.entries), r.bytes)
	}
	pushed(&r, 101, 101, 3*ringBytes)
	if got := r.from(101, 5, false); len(r.entries) != 1 || len(got) != 1 {
		t.Errorf("holds %d events", len(r.entries))
	}
	pushed(&r, 102, 102, 1)
	if got := r.from(102, 5, false); len(r.entries) != 1 || len(got) != 1 || r.bytes != 1 {
		t.Errorf("holds %d events of %d bytes", len(r.entries), r.bytes)
	}
}

func TestARingKeepsAllThatCameTogether(t *testing.T) {
	t.Parallel()
	var r ring
	pushed(&r, 1, 10, 1)
	for seq := range int64(2 * ringEvents) {
		r.push(&entry{seq: 11 + seq, size: ringBytes, stale: seq%100 != 11})
	}
	r.trim(2 * ringEvents)
	if len(r.entries) != 2*ringEvents || r.entries[0].seq != 11 {
		t.Fatalf("holds %d events from %d on", len(r.entries), r.entries[0].seq)
	}
	if got := r.from(11, 5, true); len(got) != 5 || got[0].seq != 22 || got[4].seq != 422 {
		t.Errorf("the newest from 11: %v", got)
	}
	if got := r.from(11, 5, false); len(got) != 5 || got[4].seq != 15 {
		t.Errorf("all from 11: %v", got)
	}
}

func TestBeforeACrowdFiguresAreToldOnceASecond(t *testing.T) {
	t.Parallel()
	f := newFeed(nil, event.Thread(42))
	for range paintCrowd {
		f.readers[&conn{}] = 1
	}
	if got := f.pace(); got != paintEvery {
		t.Errorf("before %d: every %v", len(f.readers), got)
	}
	f.readers[&conn{}] = 1
	if got := f.pace(); got != paintCrowded {
		t.Errorf("before %d: every %v", len(f.readers), got)
	}
}

func TestABudgetAllowsABurstAndThenARate(t *testing.T) {
	t.Parallel()
	var b budget
	now := time.Unix(1000, 0)
	count := func() (n int) {
		for b.spend(now) {
			n++
		}
		return n
	}
	if got := count(); got != maxBurst {
		t.Errorf("a burst of %d", got)
	}
	now = now.Add(2 * time.Second)
	if got := count(); got != 2*messageRate {
		t.Errorf("%d in two seconds", got)
	}
	now = now.Add(time.Hour)
	if got := count(); got != maxBurst {
		t.Errorf("a burst of %d after an hour", got)
	}
}
