package relay_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"plenary/pkg/beacon"
	"plenary/pkg/beacon/relay"
	"plenary/pkg/testkit/fakebeacon"
)

func relays(t *testing.T, chain beacon.Chain, bases ...string) *relay.Relays {
	t.Helper()
	r, err := relay.New(chain, bases)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// answering is a relay that answers everything in one way.
func answering(t *testing.T, answer http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(answer)
	t.Cleanup(s.Close)
	return s.URL
}

func saying(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, body) }
}

func TestARoundComesFromTheFirstRelayThatHasIt(t *testing.T) {
	t.Parallel()
	fake := fakebeacon.New(1)
	good := httptest.NewServer(fake.Relay(func() int64 { return 70 }))
	t.Cleanup(good.Close)
	lying := answering(t, saying(`{"round":70,"signature":"`+strings.Repeat("00", 48)+`"}`))
	r := relays(t, fake.Chain, "http://127.0.0.1:1", lying, good.URL+"/", answering(t, saying("never asked")))
	got, err := r.Round(t.Context(), 70)
	if err != nil || got.Value() != fake.Round(70).Value() || r.Chain() != fake.Chain {
		t.Errorf("got %+v, %v", got, err)
	}
	if _, err := r.Round(t.Context(), 71); err == nil || !strings.Contains(err.Error(), "425") {
		t.Errorf("a round that is not there yet: %v", err)
	}
}

func TestWhatARelaySaysIsNotBelieved(t *testing.T) {
	t.Parallel()
	fake := fakebeacon.New(1)
	var followed atomic.Bool
	elsewhere := answering(t, func(w http.ResponseWriter, r *http.Request) {
		followed.Store(true)
		fake.Relay(func() int64 { return 100 }).ServeHTTP(w, r)
	})
	for name, base := range map[string]string{
		"another round":    answering(t, saying(`{"round":71,"signature":""}`)),
		"no JSON":          answering(t, saying("<html>")),
		"no hexadecimal":   answering(t, saying(`{"round":70,"signature":"zz"}`)),
		"no signature":     answering(t, saying(`{"round":70}`)),
		"more than enough": answering(t, saying(strings.Repeat(" ", 1<<20)+`{"round":70}`)),
		"an error":         answering(t, func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusBadGateway) }),
		"a way elsewhere": answering(t, func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere+r.URL.Path, http.StatusFound)
		}),
	} {
		if got, err := relays(t, fake.Chain, base).Round(t.Context(), 70); err == nil {
			t.Errorf("%s gives %+v", name, got)
		}
	}
	if followed.Load() {
		t.Error("a relay sent the forum elsewhere")
	}
}

func TestAddressesOfRelays(t *testing.T) {
	t.Parallel()
	for _, bases := range [][]string{nil, {"api.drand.sh"}, {"ftp://api.drand.sh"}, {"https://"}, {"https://api.drand.sh?x"}, {"https://api.drand.sh", "x"}} {
		if _, err := relay.New(beacon.Quicknet(), bases); err == nil {
			t.Errorf("%q are taken for relays", bases)
		}
	}
}
