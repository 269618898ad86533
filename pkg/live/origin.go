package live

import (
	"net/http"
	"net/url"
	"strings"
)

// mayConnect reports whether a page of the request's origin may open a socket.
// A cookie is sent along by any page in the browser, so the origin must be
// named and be ours; a program with a token of its own may leave it out.
func mayConnect(r *http.Request, ours []string, bearer bool) bool {
	values := r.Header.Values("Origin")
	if len(values) == 0 {
		return bearer
	}
	if len(values) > 1 {
		return false
	}
	theirs, ok := parseOrigin(values[0])
	if !ok {
		return false
	}
	for _, one := range ours {
		if own, ok := parseOrigin(one); ok && own == theirs {
			return true
		}
	}
	return false
}

// origin is a scheme, a host and a port, all spelt out.
type origin struct{ scheme, host, port string }

// parseOrigin reads "https://forum.example", with or without a port. Anything
// that carries more than an origin does not is not one; "null" is not.
func parseOrigin(s string) (origin, bool) {
	u, err := url.Parse(s)
	if err != nil || u.Hostname() == "" || u.User != nil || u.Opaque != "" || u.RawQuery != "" || u.Fragment != "" {
		return origin{}, false
	}
	if u.Path != "" && u.Path != "/" {
		return origin{}, false
	}
	o := origin{strings.ToLower(u.Scheme), strings.ToLower(u.Hostname()), u.Port()}
	if o.port == "" {
		o.port = map[string]string{"http": "80", "https": "443"}[o.scheme]
	}
	return o, o.port != ""
}
