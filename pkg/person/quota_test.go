package person_test

import (
	"fmt"
	"testing"
	"time"

	"plenary/pkg/errs"
	"plenary/pkg/person"
)

func TestLimitsTakeABoundedAmountOfMemory(t *testing.T) {
	t.Parallel()
	take, kept := person.Quotas()
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	const bound = 20_000
	for i := range bound + 10 {
		if err := take(fmt.Sprint("key ", i), now); err != nil {
			t.Fatal(err)
		}
	}
	if kept() != bound {
		t.Errorf("%d keys are remembered", kept())
	}
	want(t, take(fmt.Sprint("key ", bound+9), now), errs.TooMany, "person.too_many_mails")
	if err := take("another", now.Add(time.Hour)); err != nil || kept() != 1 {
		t.Errorf("an hour later %d keys are remembered, %v", kept(), err)
	}
	if err := take("another", now.Add(-time.Hour)); err != nil {
		t.Errorf("with the clock set back: %v", err)
	}
}
