package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"
)

// Reason is why a mail did not leave. It is part of a message key and is stored,
// so it must never change.
type Reason string

// The reasons.
const (
	Refused     Reason = "refused"     // the server does not take this mail
	NotNow      Reason = "not_now"     // the server asks to come back later
	Unreachable Reason = "unreachable" // no server answered, or it hung up
	NoEncrypt   Reason = "no_tls"      // the server cannot encrypt, and must
	BadEncrypt  Reason = "bad_tls"     // encryption failed, such as on a certificate
	NotLetIn    Reason = "not_let_in"  // user name and password were not taken
	BadAddress  Reason = "bad_address" // of the addressee
	BadSender   Reason = "bad_sender"  // of the forum itself
	Broken      Reason = "broken"      // anything else
)

// Failure says why a mail did not leave. Its text holds no address, no password
// and nothing that the server said, so that it may stand in a log.
type Failure struct {
	Reason Reason
	Final  bool   // sending this mail again cannot help
	Code   int    // of the server's answer; 0 where it gave none
	Answer string // in the server's own words, on one line, for administrators
	cause  error
}

// Error implements error.
func (f *Failure) Error() string {
	if f.Code != 0 {
		return fmt.Sprintf("the mail did not leave: %s (%d)", f.Reason, f.Code)
	}
	return fmt.Sprintf("the mail did not leave: %s", f.Reason)
}

// Unwrap gives the cause.
func (f *Failure) Unwrap() error { return f.cause }

// failureOf sorts what went wrong at the server or on the way to it.
func failureOf(err error) *Failure {
	f := &Failure{Reason: Broken, cause: err, Answer: answer(err.Error())}
	if said, ok := errors.AsType[*textproto.Error](err); ok {
		f.Code, f.Answer = said.Code, answer(said.Error())
	}
	switch {
	case isTLS(err):
		f.Reason = BadEncrypt
	case isNet(err):
		f.Reason = Unreachable
	case f.Code >= 400 && f.Code < 500:
		f.Reason = NotNow
	case f.Code >= 500:
		f.Reason = Refused
	}
	return f
}

func isNet(err error) bool {
	_, network := errors.AsType[net.Error](err)
	return network || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed)
}

func isTLS(err error) bool {
	_, certificate := errors.AsType[*tls.CertificateVerificationError](err)
	_, record := errors.AsType[tls.RecordHeaderError](err)
	_, alert := errors.AsType[tls.AlertError](err)
	_, host := errors.AsType[x509.HostnameError](err)
	_, authority := errors.AsType[x509.UnknownAuthorityError](err)
	return certificate || record || alert || host || authority
}

// answer is what a server said, on one line and not longer than is of use.
func answer(text string) string {
	runes := []rune(line(text))
	return string(runes[:min(len(runes), 300)])
}
