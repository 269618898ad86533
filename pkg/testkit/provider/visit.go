package provider

import (
	"net/http"
	"net/url"
	"testing"
)

// Visit goes where a browser is sent to sign in, at a provider that asks for
// nothing, and returns what it brings back.
func Visit(t testing.TB, address string) url.Values {
	t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Get(address)
	must(t, err)
	defer res.Body.Close()
	back, err := res.Location()
	if err != nil {
		t.Fatalf("%s: %s leads nowhere", address, res.Status)
	}
	return back.Query()
}
