package oidc

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"syscall"
	"time"
	"unicode"

	"plenary/pkg/errs"
)

// Bounds of what a provider may take and give.
const (
	patience     = 5 * time.Second
	answerMax    = 512 << 10 // bytes
	redirectsMax = 3
)

// newHTTP makes the client that all talk goes through. It takes no proxy from
// the environment, since that would be asked for the address in our place.
func newHTTP(permit func(netip.Addr) bool, plain bool) *http.Client {
	dialer := &net.Dialer{Timeout: patience, Control: func(_, address string, _ syscall.RawConn) error {
		return checkDial(address, permit)
	}}
	return &http.Client{
		Timeout:       patience,
		CheckRedirect: func(r *http.Request, via []*http.Request) error { return checkRedirect(r, via, plain) },
		Transport: bounded{&http.Transport{
			DialContext:            dialer.DialContext,
			TLSHandshakeTimeout:    patience,
			ResponseHeaderTimeout:  patience,
			MaxResponseHeaderBytes: 64 << 10,
			MaxConnsPerHost:        16,
			MaxIdleConns:           32,
			IdleConnTimeout:        30 * time.Second,
			ForceAttemptHTTP2:      true,
		}},
	}
}

// checkDial judges the address that a name has led to, at the moment of
// connecting: no later answer of a name server can lead elsewhere.
func checkDial(address string, permit func(netip.Addr) bool) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil || !permit(at.Addr().Unmap().WithZone("")) {
		return errs.New(errs.Forbidden, "oidc.private_address", errs.Args{"Host": address})
	}
	return nil
}

// checkRedirect lets a provider lead on within its own host only.
func checkRedirect(r *http.Request, via []*http.Request, plain bool) error {
	first := via[0].URL
	if r.URL.Host != first.Host || len(via) > redirectsMax || r.URL.Scheme != "https" && !plain {
		return errs.New(errs.Forbidden, "oidc.redirected", errs.Args{"Host": first.Host, "To": short(r.URL.Host)})
	}
	return nil
}

// bounded reads every answer to its end, or to where it becomes too long.
type bounded struct{ next http.RoundTripper }

// RoundTrip sends the request.
func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := b.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, answerMax+1))
	if err != nil {
		return nil, err
	}
	if len(body) > answerMax {
		return nil, errs.New(errs.Forbidden, "oidc.too_large", errs.Args{"Host": r.URL.Host, "Max": answerMax >> 10})
	}
	res.Body = io.NopCloser(bytes.NewReader(body))
	return res, nil
}

func readAll(res *http.Response) ([]byte, error) { return io.ReadAll(res.Body) }

// unreachable is what went wrong on the way to a provider: our own refusal where
// it was one.
func unreachable(host string, err error) error {
	if own, ok := errors.AsType[*errs.Error](err); ok {
		return own
	}
	if errors.Is(err, context.Canceled) {
		return err
	}
	return errs.New(errs.Unavailable, "oidc.unreachable", errs.Args{"Host": short(host)}).Because(err)
}

// special are the networks that are no place on the public internet, beyond
// those that netip knows by name (IANA special-purpose registries).
var special = prefixes("0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24",
	"192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
	"::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "100:0:0:1::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fec0::/10")

func prefixes(list ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(list))
	for i, s := range list {
		out[i] = netip.MustParsePrefix(s)
	}
	return out
}

// isPublic tells whether the address is one that anybody on the internet could
// reach.
func isPublic(a netip.Addr) bool {
	if !a.IsGlobalUnicast() || a.IsPrivate() {
		return false
	}
	for _, p := range special {
		if p.Contains(a) {
			return false
		}
	}
	return true
}

// short makes a text from outside fit to be shown.
func short(s string) string {
	const most = 200
	s = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) || unicode.Is(unicode.Bidi_Control, r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return s
}
