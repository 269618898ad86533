package app_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/app"
	"plenary/pkg/person"
)

// hall is how many people sign in within a second when an assembly begins.
const hall = 50

// BenchmarkPagesBesideSignIns looks at a page 100 times a second, first alone,
// then while 50 people a second sign in with passwords hashed at full cost, and
// reports how long the pages take. The two are compared within the run.
func BenchmarkPagesBesideSignIns(b *testing.B) {
	f := startWith(b, settings{}, app.Options{Password: person.DefaultCost})
	f.group("coast", "Coast", access.Public)
	ana := f.person("ana", "Ana Ruiz", "Salt Works", "coast", access.Member)
	th := talk(b, f, ana, 50)
	for i := range hall {
		f.person(fmt.Sprint("guest-", i), fmt.Sprint("Guest ", i), "", "", access.NoRole)
	}
	look := func(b *testing.B) {
		took := make([]time.Duration, b.N)
		var wg sync.WaitGroup
		every := time.NewTicker(10 * time.Millisecond)
		defer every.Stop()
		client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections}}
		defer client.CloseIdleConnections()
		b.ResetTimer()
		for i := range b.N {
			<-every.C
			wg.Go(func() {
				began := time.Now()
				if err := one(client, http.MethodGet, f.URL+th.Path(), "", nil, http.StatusOK); err != nil {
					b.Error(err)
				}
				took[i] = time.Since(began)
			})
		}
		wg.Wait()
		slices.Sort(took)
		b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
		b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
	}
	b.Run("alone", look)
	b.Run("beside 50 sign-ins a second", func(b *testing.B) {
		ctx, stop := context.WithCancel(f.ctx)
		var in, away atomic.Int64
		done := make(chan struct{})
		began := time.Now()
		go func() { defer close(done); f.crowd(ctx, &in, &away) }()
		look(b)
		stop()
		<-done
		b.ReportMetric(float64(in.Load())/time.Since(began).Seconds(), "sign-ins/s")
		b.ReportMetric(float64(away.Load()), "sent-away")
	})
}

// crowd signs in one person after the other, 50 a second, until ctx ends.
func (r *running) crowd(ctx context.Context, in, away *atomic.Int64) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	defer client.CloseIdleConnections()
	var wg sync.WaitGroup
	defer wg.Wait()
	every := time.NewTicker(time.Second / hall)
	defer every.Stop()
	for i := 0; ; i++ {
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
		form := url.Values{"email": {fmt.Sprintf("guest-%d@example.org", i%hall)}, "password": {password}, "by": {"password"}}
		wg.Go(func() {
			req, err := http.NewRequestWithContext(context.WithoutCancel(ctx), http.MethodPost, r.URL+"/signin", strings.NewReader(form.Encode()))
			if err != nil {
				return
			}
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			res, err := client.Do(req)
			if err != nil {
				return
			}
			_, _ = io.Copy(io.Discard, res.Body)
			res.Body.Close()
			switch res.StatusCode {
			case http.StatusSeeOther:
				in.Add(1)
			case http.StatusServiceUnavailable:
				away.Add(1)
			}
		})
	}
}
