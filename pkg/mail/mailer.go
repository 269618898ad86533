package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"slices"
	"strconv"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
)

// patience is for how long a server may keep silent.
const patience = 20 * time.Second

// Mailer hands mail to a server. It is safe for concurrent use; each mail has a
// connection of its own.
type Mailer struct {
	settings Settings
	helo     string
	trust    *tls.Config
}

// NewMailer makes a Mailer that introduces itself to the server by the name helo.
func NewMailer(s Settings, helo string) *Mailer {
	// Between a program and a server on the same machine nobody can stand, and
	// the certificates there are rarely signed.
	trust := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: s.Host, InsecureSkipVerify: s.Encryption == Offered} //nolint:gosec // loopback only
	return &Mailer{settings: s, helo: helo, trust: trust}
}

// Server is where mail is handed in, without user and password.
func (m *Mailer) Server() string { return m.settings.String() }

// Send hands the message in and returns what the server said to it. An error is
// a *Failure, but for one that is a mistake in the program.
func (m *Mailer) Send(ctx context.Context, msg Message) (said string, err error) {
	composed, err := msg.compose()
	if err != nil {
		return "", err
	}
	who := &introduction{user: m.settings.User, password: m.settings.password, open: m.settings.Encryption != Demanded}
	line := &held{ctx: ctx}
	defer line.close()
	client, err := m.client(line, who)
	if err != nil {
		return "", failureOf(err)
	}
	open, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return "", m.unopened(err, who)
	}
	// What goes wrong after the server took the mail is of no consequence: to
	// send it again would be to send it twice.
	defer func() { _ = client.CloseWithSMTPClient(open) }()
	if said, err = handIn(open, msg, composed); err != nil {
		f := failureOf(err)
		f.Final = f.Reason == Refused
		return "", f
	}
	return said, nil
}

func handIn(to *smtp.Client, msg Message, composed *gomail.Msg) (said string, err error) {
	if err := to.UpdateDeadline(patience); err != nil {
		return "", err
	}
	if err := to.Mail(msg.From.Email); err != nil {
		return "", err
	}
	if err := to.Rcpt(msg.To.Email); err != nil {
		return "", err
	}
	body, err := to.Data()
	if err != nil {
		return "", err
	}
	if _, err := composed.WriteTo(body); err != nil {
		return "", err
	}
	if err := body.Close(); err != nil {
		return "", err
	}
	if last, ok := body.(*smtp.DataCloser); ok {
		said = answer(last.ServerResponse())
	}
	return said, nil
}

// client prepares the connection. The library leaves one open that fails half
// way, and does not heed a context that ends; the held line ends with both.
func (m *Mailer) client(line *held, who *introduction) (*gomail.Client, error) {
	options := []gomail.Option{
		gomail.WithPort(m.settings.Port), gomail.WithTimeout(patience), gomail.WithHELO(m.helo), gomail.WithTLSConfig(m.trust),
		gomail.WithDialContextFunc(func(ctx context.Context, _, _ string) (net.Conn, error) { return line.open(ctx, m) }),
	}
	switch m.settings.Encryption {
	case Demanded:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case Offered:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSOpportunistic))
	default: // the line is encrypted already, or must not be
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	}
	if who.user != "" {
		options = append(options, gomail.WithSMTPAuthCustom(who))
	}
	return gomail.NewClient(m.settings.Host, options...)
}

// unopened sorts what stood in the way before the mail was mentioned. None of it
// is final: it can be mended while the mail waits.
func (m *Mailer) unopened(err error, who *introduction) *Failure {
	f := failureOf(err)
	switch {
	case who.begun && (f.Reason == Refused || f.Reason == Broken):
		f.Reason = NotLetIn
	case m.settings.Encryption == Demanded && f.Reason == Broken:
		f.Reason = NoEncrypt
	}
	return f
}

// introduction gives name and password in the simplest way that the server
// knows. Over an open line it does so only where that was allowed.
type introduction struct {
	user, password string
	open           bool
	begun          bool
	method         smtp.Auth
}

// Start implements smtp.Auth.
func (i *introduction) Start(server *smtp.ServerInfo) (proto string, first []byte, err error) {
	i.begun = true
	switch {
	case slices.Contains(server.Auth, "PLAIN"):
		i.method = smtp.PlainAuth("", i.user, i.password, server.Name, i.open)
	case slices.Contains(server.Auth, "LOGIN"):
		i.method = smtp.LoginAuth(i.user, i.password, server.Name, i.open)
	default:
		return "", nil, errors.New("the server takes no user and password here")
	}
	return i.method.Start(server)
}

// Next implements smtp.Auth.
func (i *introduction) Next(said []byte, more bool) ([]byte, error) { return i.method.Next(said, more) }

// held is the line to a server, closed at the latest when its owner is done.
type held struct {
	ctx  context.Context
	conn net.Conn
	stop func() bool
}

func (h *held) open(ctx context.Context, m *Mailer) (net.Conn, error) {
	address := net.JoinHostPort(m.settings.Host, strconv.Itoa(m.settings.Port))
	dialer := &net.Dialer{}
	var err error
	if m.settings.Encryption == Whole {
		h.conn, err = (&tls.Dialer{NetDialer: dialer, Config: m.trust}).DialContext(ctx, "tcp", address)
	} else {
		h.conn, err = dialer.DialContext(ctx, "tcp", address)
	}
	if err != nil {
		h.conn = nil
		return nil, err
	}
	conn := h.conn
	h.stop = context.AfterFunc(h.ctx, func() { _ = conn.Close() })
	return h.conn, nil
}

func (h *held) close() {
	if h.conn != nil {
		h.stop()
		_ = h.conn.Close()
	}
}
