package app_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"time"

	"plenary/pkg/access"
)

func TestAClientThatHungUpGetsItsAnswerWhenItAsksAgain(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, p place) {
		f := p.live(t)
		thread, token := f.hall(access.Public)
		var all sync.WaitGroup
		for g := range 4 {
			patient := caller(t)
			all.Go(func() {
				for i := range 25 {
					words := fmt.Sprintf("client %d says %d", g, i)
					hasty := &http.Client{Transport: patient.Transport, Timeout: time.Millisecond + rand.N(14*time.Millisecond)}
					if status, _ := post(hasty, f.URL, token, thread, words, words); status == http.StatusCreated {
						continue
					}
					asked := 0
					for status, answer := post(patient, f.URL, token, thread, words, words); status != http.StatusCreated; status, answer = post(patient, f.URL, token, thread, words, words) {
						if asked++; asked > 100 {
							t.Errorf("%q is still answered %d %s", words, status, answer)
							return
						}
						<-time.After(10 * time.Millisecond) // as a patient client would
					}
				}
			})
		}
		all.Wait()
		bodies, _ := kept(t, f.URL, token, thread)
		if len(bodies) != 100 {
			t.Errorf("%d comments, want 100", len(bodies))
		}
		checkKept(t, bodies, nil)
	})
}
