package app

import (
	"fmt"
	"testing"
	"time"
)

func TestMadeUpAddressesAndMethodsMakeNoSeriesOfTheirOwn(t *testing.T) {
	t.Parallel()
	m := newMetrics()
	for i := range 100 {
		m.observe(fmt.Sprint("MADE", i), "", 405, time.Second)
	}
	m.observe("GET", "/t/:id", 200, time.Second)
	families, err := m.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range families {
		if family.GetName() == "plenary_request_seconds" && len(family.GetMetric()) == 2 {
			return
		}
	}
	t.Errorf("the requests do not make two series: %v", families)
}
