// Package mailbox is a real mail server for tests, within the process: what was
// sent to it lies there to be read.
package mailbox

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"log"
	"math/big"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	netmail "net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Options are what kind of server it is. The zero value takes everything, without
// encryption.
type Options struct {
	Listen         string                // address; empty for a free port
	TLS            bool                  // offers STARTTLS, with a certificate that nobody has signed
	User, Password string                // demanded where given
	Rcpt           func(to string) error // says no to an addressee; an *smtp.SMTPError with a code
	Data           func() error          // says no to a letter
}

// Box is a running server.
type Box struct {
	Addr string

	server   *smtp.Server
	listener net.Listener
	options  Options
	mu       sync.Mutex
	letters  []Letter
	arrived  chan Letter
	tries    int
}

// Letter is a mail as it came in.
type Letter struct {
	From, To  string // of the envelope
	Encrypted bool
	Raw       string
	Header    netmail.Header
	Subject   string
	Text      string
	HTML      string
}

// Open starts a server. It ends with the test, or with Close.
func Open(t testing.TB, o Options) *Box {
	t.Helper()
	b := &Box{options: o, arrived: make(chan Letter, 1000)}
	b.server = smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &session{box: b, conn: c}, nil }))
	b.server.Domain, b.server.AllowInsecureAuth, b.server.ErrorLog = "mail.test", true, log.New(io.Discard, "", 0)
	if o.TLS {
		b.server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{certificate(t)}, MinVersion: tls.VersionTLS12}
	}
	listen := o.Listen
	if listen == "" {
		listen = "127.0.0.1:0"
	}
	l, err := net.Listen("tcp", listen)
	if err != nil {
		t.Fatal(err)
	}
	b.listener = l
	b.Addr = l.Addr().String()
	go func() { _ = b.server.Serve(l) }()
	t.Cleanup(b.Close)
	return b
}

// Close stops the server and cuts off who is connected.
func (b *Box) Close() {
	_ = b.listener.Close() // the server may not have got it yet
	_ = b.server.Close()
}

// URL is where to send mail.
func (b *Box) URL() string { return "smtp://" + b.Addr }

// Letters are all that came in.
func (b *Box) Letters() []Letter {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]Letter(nil), b.letters...)
}

// Tries is how often somebody wanted to send something.
func (b *Box) Tries() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.tries
}

// Await waits for the next letter.
func (b *Box) Await(t testing.TB) Letter {
	t.Helper()
	select {
	case l := <-b.arrived:
		return l
	case <-time.After(40 * time.Second):
		t.Fatal("no mail came in")
	}
	panic("unreachable")
}

// session is somebody who is connected.
type session struct {
	box      *Box
	conn     *smtp.Conn
	from, to string
	known    bool
}

// AuthMechanisms implements smtp.AuthSession.
func (s *session) AuthMechanisms() []string {
	if s.box.options.User == "" {
		return nil
	}
	return []string{sasl.Plain}
}

// Auth implements smtp.AuthSession.
func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != s.box.options.User || password != s.box.options.Password {
			return smtp.ErrAuthFailed
		}
		s.known = true
		return nil
	}), nil
}

// Reset implements smtp.Session.
func (s *session) Reset() { s.from, s.to = "", "" }

// Logout implements smtp.Session.
func (s *session) Logout() error { return nil }

// Mail implements smtp.Session.
func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if s.box.options.User != "" && !s.known {
		return smtp.ErrAuthRequired
	}
	s.box.mu.Lock()
	s.box.tries++
	s.box.mu.Unlock()
	s.from = from
	return nil
}

// Rcpt implements smtp.Session.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if no := s.box.options.Rcpt; no != nil {
		if err := no(to); err != nil {
			return err
		}
	}
	s.to = strings.TrimPrefix(s.to+", "+to, ", ")
	return nil
}

// Data implements smtp.Session.
func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if no := s.box.options.Data; no != nil {
		if err := no(); err != nil {
			return err
		}
	}
	l, err := Parse(raw)
	if err != nil {
		return &smtp.SMTPError{Code: 554, Message: "cannot be read: " + err.Error()}
	}
	_, l.Encrypted = s.conn.TLSConnectionState()
	l.From, l.To = s.from, s.to
	s.box.mu.Lock()
	s.box.letters = append(s.box.letters, l)
	s.box.mu.Unlock()
	s.box.arrived <- l
	return nil
}

// Parse reads a letter of a text and an HTML part.
func Parse(raw []byte) (Letter, error) {
	m, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return Letter{}, err
	}
	l := Letter{Raw: string(raw), Header: m.Header}
	if l.Subject, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil {
		return l, err
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		return l, err
	}
	for parts := multipart.NewReader(m.Body, params["boundary"]); ; {
		p, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return l, nil
		}
		if err != nil {
			return l, err
		}
		body, err := io.ReadAll(quotedprintable.NewReader(p))
		if err != nil {
			return l, err
		}
		text := strings.ReplaceAll(string(body), "\r\n", "\n")
		if strings.HasPrefix(p.Header.Get("Content-Type"), "text/html") {
			l.HTML = text
		} else {
			l.Text = text
		}
	}
}

// certificate is one that nobody has signed, for this machine.
func certificate(t testing.TB) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail.test"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}
