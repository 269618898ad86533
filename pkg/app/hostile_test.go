package app_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"plenary/pkg/testkit"
)

// raw sends bytes as they are, with {session} filled in, and gives the status
// of the answer.
func (s *sender) raw(t *testing.T, request string) int {
	t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(s.base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	request = strings.NewReplacer("{session}", s.cookie, "{host}", strings.TrimPrefix(s.base, "http://")).Replace(request)
	go io.WriteString(c, request) // an answer may come before all is sent
	a, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Errorf("%.100q: %v", request, err)
		return 0
	}
	a.Body.Close()
	return a.StatusCode
}

// lines make a request out of lines.
func lines(all ...string) string { return strings.Join(all, "\r\n") }

func aPost(path, mediaType, body string) string {
	return lines("POST "+path+" HTTP/1.1", "Host: {host}", "Cookie: {session}", "Content-Type: "+mediaType, fmt.Sprint("Content-Length: ", len(body)), "Connection: close", "", body)
}

func aGet(target string, headers ...string) string {
	return lines(append([]string{"GET " + target + " HTTP/1.1", "Host: {host}", "Cookie: {session}", "Connection: close"}, append(headers, "", "")...)...)
}

const formType = "application/x-www-form-urlencoded"

// manyParts is a form of many parts.
func manyParts(n int) (mediaType, body string) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for i := range n {
		_ = w.WriteField(fmt.Sprint("f", i), "x")
	}
	_ = w.Close()
	return w.FormDataContentType(), b.String()
}

func TestBrokenRequestsAreTurnedAwayClearly(t *testing.T) {
	t.Parallel()
	try := func(t *testing.T, database string) {
		t.Parallel()
		var book logbook
		var sent atomic.Int64
		p := furnishAll(t, database, &book, &sent)
		partsType, parts := manyParts(10_000)
		for _, one := range []struct {
			name, request string
			want          int
		}{
			{"a form that is not UTF-8", aPost("/t/1/comments", formType, "body=%ff%fe&once=a"), 422},
			{"a field's name that is not UTF-8", aPost("/t/1/comments", formType, "body=fine&%ff=x"), 422},
			{"a form with a zero", aPost("/t/1/comments", formType, "body=a%00b"), 422},
			{"a once-only key with a zero", aPost("/t/1/comments", formType, "body=fine&once=a%00b"), 422},
			{"a once-only key that is not UTF-8", aPost("/t/1/comments", formType, "body=fine&once=%ff"), 422},
			{"a once-only key without end", aPost("/t/1/comments", formType, "body=fine&once="+strings.Repeat("a", 5000)), 422},
			{"a broken escape in a form", aPost("/t/1/comments", formType, "body=%zz"), 400},
			{"semicolons in a form", aPost("/t/1/comments", formType, "body=a;b=c"), 400},
			{"10,000 fields", aPost("/t/1/comments", formType, "body=fine"+strings.Repeat("&a=b", 10_000)), 400},
			{"10,000 parts", aPost("/t/1/comments", partsType, parts), 400},
			{"a form that is too large", aPost("/t/1/comments", formType, "body="+strings.Repeat("a", 600<<10)), 413},
			{"parts without a boundary", aPost("/t/1/comments", "multipart/form-data", "x"), 400},
			{"parts with another boundary", aPost("/t/1/comments", "multipart/form-data; boundary=a", "--b\r\n\r\nx\r\n--b--"), 400},
			{"parts that break off", aPost("/t/1/comments", "multipart/form-data; boundary=a", "--a\r\nContent-Disposition: form-data; name=body\r\n\r\nx"), 400},
			{"a form as JSON", aPost("/t/1/comments", "application/json", `{"body":"x"}`), 415},
			{"a form as nothing known", aPost("/t/1/comments", ";;;", "body=x"), 415},
			{"a negative length", lines("POST /t/1/comments HTTP/1.1", "Host: {host}", "Content-Length: -1", "", ""), 400},
			{"two lengths", lines("POST /t/1/comments HTTP/1.1", "Host: {host}", "Content-Length: 3", "Content-Length: 4", "", "abcd"), 400},
			{"a broken chunk", lines("POST /t/1/comments HTTP/1.1", "Host: {host}", "Cookie: {session}", "Content-Type: "+formType, "Transfer-Encoding: chunked", "Connection: close", "", "zz", "body=x", "0", "", ""), 400},
			{"JSON that is not UTF-8", aPost("/api/v1/threads/1/comments", "application/json", "{\"body\":\"\xff\"}"), 400},
			{"JSON without end", aPost("/api/v1/threads/1/comments", "application/json", strings.Repeat(`{"body":`, 60_000)), 400},
			{"JSON that is too large", aPost("/api/v1/threads/1/comments", "application/json", `{"body":"`+strings.Repeat("a", 600<<10)+`"}`), 413},
			{"JSON with a lone surrogate", aPost("/api/v1/threads/1/comments", "application/json", `{"body":"a\ud800b"}`), 201}, // reads as U+FFFD
			{"a file that is too large", aPost("/files", "multipart/form-data; boundary=a", "--a\r\nContent-Disposition: form-data; name=file; filename=x\r\n\r\n"+strings.Repeat("a", 11<<20)+"\r\n--a--"), 413},
			{"a file without a field", aPost("/files", "multipart/form-data; boundary=a", "--a\r\nContent-Disposition: form-data; name=x\r\n\r\nx\r\n--a--"), 422},
			{"a file as a plain form", aPost("/files", formType, "file=x"), 415},

			{"a path with a broken escape", aGet("/t/%zz"), 400},
			{"a path that is not UTF-8", aGet("/g/%ff%fe"), 404},
			{"a person's path that is not UTF-8", aGet("/u/%ff"), 404},
			{"an invitation that is not UTF-8", aGet("/join/%ff"), 404},
			{"a set-up link with a zero", aGet("/setup/%00"), 410},
			{"a file's name that is not UTF-8", aGet("/files/1/%ff"), 404},
			{"a path with a zero", aGet("/g/%00"), 404},
			{"an asset outside", aGet("/static/..%2f..%2f..%2fetc%2fpasswd"), 404},
			{"an asset upwards", aGet("/static/../../etc/passwd"), 404},
			{"an asset with a zero", aGet("/static/app%00.css"), 404},
			{"a number that is too large", aGet("/t/99999999999999999999"), 404},
			{"a negative number", aGet("/t/-1"), 404},
			{"a number with a sign", aGet("/t/+1"), 200},
			{"a long address", aGet("/" + strings.Repeat("a", 20_000)), 404},
			{"a longer address", aGet("/" + strings.Repeat("a", 100_000)), 431},
			{"a long query", aGet("/t/1?" + strings.Repeat("a=b&", 4_000)), 200},
			{"a query that is not UTF-8", aGet("/g/hall?tag=%ff"), 200},
			{"a query with a zero", aGet("/g/hall?tag=%00&filter=unread"), 200},
			{"a text that is not UTF-8 in a query", aGet("/t/1/themes/new?text=%ff%00"), 200},
			{"a day that is none", aGet("/t/1?at=%ff"), 422},
			{"a day at the end of time", aGet("/t/1?at=9999-12-31"), 200},
			{"a day at the beginning of time", aGet("/t/1?at=0000-01-01"), 200},
			{"another day at the beginning of time", aGet("/t/1?at=0001-01-01"), 200},
			{"a place without end", aGet("/t/1?seq=9223372036854775807"), 200},
			{"a place after the end", aGet("/t/1?after=9223372036854775807"), 200},
			{"a place before the beginning", aGet("/t/1?before=1"), 200},
			{"a people search that is not UTF-8", aGet("/mentions?thread=1&q=%ff%00"), 200},
			{"a mention in no thread", aGet("/mentions?thread=9223372036854775808&q=a"), 422},
			{"a broken escape in a query", aGet("/t/1?after=%zz"), 200},
			{"a cursor that is none", aGet("/groups?cursor=%00"), 422},
			{"another site's address", aGet("http://example.org/t/1"), 200},
			{"an options star", lines("OPTIONS * HTTP/1.1", "Host: {host}", "Connection: close", "", ""), 200},
			{"a method of one's own", lines("PLENARY /t/1 HTTP/1.1", "Host: {host}", "Connection: close", "", ""), 405},
			{"a tunnel", lines("CONNECT example.org:443 HTTP/1.1", "Host: example.org:443", "Connection: close", "", ""), 404},

			{"no host", lines("GET / HTTP/1.1", "Connection: close", "", ""), 400},
			{"two hosts", lines("GET / HTTP/1.1", "Host: a", "Host: b", "Connection: close", "", ""), 400},
			{"another host", lines("GET /healthz HTTP/1.1", "Host: example.org", "Connection: close", "", ""), 200},
			{"a host with a quote", lines("GET /t/1 HTTP/1.1", `Host: a"><script>`, "Connection: close", "", ""), 400},
			{"headers without end", aGet("/", "X-Long: "+strings.Repeat("a", 100_000)), 431},
			{"a header with a zero", aGet("/", "X-Zero: a\x00b"), 400},
			{"a header's name with a space", aGet("/", "X Space: a"), 400},
			{"a language that is none", aGet("/", "Accept-Language: "+strings.Repeat("zz-ZZ-x-y;q=0.1,", 1500)), 200},
			{"a language that is not UTF-8", aGet("/", "Accept-Language: \xff\xfe"), 200},
			{"cookies of all kinds", aGet("/", "Cookie: lang=\xff; zone=../../etc/passwd; theme=\"><script>; plenary=\xff; ;;=;="), 200},
			{"a zone of its own", aGet("/t/1", "Cookie: zone=Local"), 200},
			{"a token that is none", aGet("/api/v1/me", "Authorization: Bearer \xff\xfe"), 401},
			{"a scheme that is none", aGet("/api/v1/me", "Authorization: Basic YTpi"), 401},
			{"an accept that is none", aGet("/t/1", "Accept: \xff"), 200},
			{"a request id of one's own", aGet("/nowhere", "X-Request-Id: a\"b<script>\xff"), 404},
			{"a forwarded address", aGet("/", "X-Forwarded-For: \xff, 1", "X-Real-Ip: x"), 200},
			{"a referer that is none", aGet("/nowhere", "Referer: http://[::1"), 404},
			{"an expectation", aGet("/", "Expect: miracles"), 417},
			{"an upgrade to nothing known", aGet("/live", "Origin: http://{host}", "Connection: Upgrade", "Upgrade: h2c"), 400},
			{"a socket without a key", aGet("/live", "Origin: http://{host}", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"), 400},
			{"a range without sense", aGet("/static/x", "Range: bytes=9-1,-5,a"), 404},
		} {
			if got := p.ben.raw(t, one.request); got != one.want {
				t.Errorf("%s: %d, want %d", one.name, got, one.want)
			}
		}
		for _, line := range book.lines(t) {
			if line["level"] == "ERROR" {
				t.Errorf("an error was logged: %v", line)
			}
		}
	}
	t.Run("sqlite", func(t *testing.T) { try(t, "") })
	t.Run("postgres", func(t *testing.T) { try(t, testkit.PostgresURL(t)) })
}

// What a browser calls itself comes from outside, and is shown in a list.
func TestABrowserMayCallItselfAnything(t *testing.T) {
	t.Parallel()
	try := func(t *testing.T, database string) {
		t.Parallel()
		var book logbook
		var sent atomic.Int64
		p := furnishAll(t, database, &book, &sent)
		for _, name := range []string{"\xff\xfe", "\u202ereversed", "<script>alert(1)</script>", strings.Repeat("x", 5000), "\x85\x9b31m", "\t"} {
			r, err := http.NewRequest("POST", p.URL+"/signin", strings.NewReader(url.Values{"email": {"ben@example.org"}, "password": {password}}.Encode()))
			if err != nil {
				t.Fatal(err)
			}
			r.Header = http.Header{"User-Agent": {textproto.TrimString(name)}, "Content-Type": {formType}}
			a, err := p.ben.client.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			a.Body.Close()
			if a.StatusCode != http.StatusSeeOther {
				t.Errorf("%.20q: %d", name, a.StatusCode)
			}
		}
		if a := p.ben.get("/account"); a.status != 200 || strings.Contains(a.body, "<script>alert") {
			t.Errorf("the list of sessions: %d", a.status)
		}
	}
	t.Run("sqlite", func(t *testing.T) { try(t, "") })
	t.Run("postgres", func(t *testing.T) { try(t, testkit.PostgresURL(t)) })
}

// Addresses are attackers' text too. The log names the route and not what was
// asked for, and what made-up addresses and methods there are does not grow the
// metrics.
func TestTheLogHoldsNothingOfMadeUpAddresses(t *testing.T) {
	t.Parallel()
	var book logbook
	var sent atomic.Int64
	p := furnishAll(t, "", &book, &sent)
	for _, path := range []string{"/secret-word", "/g/secret-word", "/t/1/secret-word", "/a%0asecret-word", "/%e2%80%aesecret-word", "/api/v1/secret-word", "/static/secret-word",
		"/g/hall?q=secret-word", "/signin?next=/secret-word", "/setup/secret-word", "/join/secret-word", "/files/secret-word"} {
		p.ben.get(path)
		p.guest.get(path)
	}
	p.guest.do("SECRETWORD", "/t/1", "", "")
	for _, line := range book.lines(t) {
		for name, value := range line {
			if strings.Contains(strings.ToLower(fmt.Sprint(value)), "secret-word") {
				t.Errorf("%s: %v", name, line)
			}
		}
	}
}
