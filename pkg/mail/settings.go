package mail

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
)

// Encryption is how much of it a server has to offer.
type Encryption int

// The degrees.
const (
	Demanded Encryption = iota // STARTTLS, or no mail leaves
	Offered                    // STARTTLS where the server has it
	Whole                      // TLS from the first byte
	Never                      // none at all
)

// Settings are where mail is handed in, and with which name and password.
type Settings struct {
	Host       string
	Port       int
	User       string
	Encryption Encryption
	password   string
}

// String is the settings without the password.
func (s Settings) String() string {
	scheme := "smtp"
	if s.Encryption == Whole {
		scheme = "smtps"
	}
	return scheme + "://" + net.JoinHostPort(s.Host, strconv.Itoa(s.Port))
}

// GoString is String, so that no form of printing shows the password.
func (s Settings) GoString() string { return s.String() }

// ParseSMTP reads the address of a mail server:
//
//	smtp://user:password@host:587    STARTTLS; demanded unless the host is this machine
//	smtps://user:password@host:465   TLS from the first byte
//	smtp://host:25?tls=never         no encryption
//
// Its errors say what to write instead, and never show the address itself, which
// may hold a password.
func ParseSMTP(raw string) (Settings, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return Settings{}, errors.New(`cannot be read as an address; want smtp://user:password@host:587, with special characters in the password written like %40 for "@"`)
	}
	s := Settings{Host: u.Hostname(), User: u.User.Username()}
	s.password, _ = u.User.Password()
	switch {
	case u.Scheme != "smtp" && u.Scheme != "smtps":
		return Settings{}, errors.New("want smtp://host:587 or smtps://host:465")
	case s.Host == "":
		return Settings{}, errors.New("there is no host in it; want smtp://user:password@host:587")
	case u.Path != "" && u.Path != "/" || u.Fragment != "":
		return Settings{}, errors.New("nothing may follow the port; special characters in the password are written like %2F for \"/\" and %23 for \"#\"")
	case s.User == "" && s.password != "":
		return Settings{}, errors.New("there is a password and no user; want smtp://user:password@host:587")
	}
	if s.Port, err = port(u); err != nil {
		return Settings{}, err
	}
	s.Encryption, err = encryption(u)
	return s, err
}

func port(u *url.URL) (int, error) {
	switch {
	case u.Port() != "":
		n, err := strconv.Atoi(u.Port())
		if err != nil || n < 1 || n > 65535 {
			return 0, errors.New("the port has to be a number from 1 to 65535, such as 587")
		}
		return n, nil
	case u.Scheme == "smtps":
		return 465, nil
	case loopback(u.Hostname()):
		return 25, nil
	}
	return 587, nil
}

func encryption(u *url.URL) (Encryption, error) {
	q := u.Query()
	never := q.Get("tls") == "never"
	q.Del("tls")
	switch {
	case len(q) > 0, u.Query().Has("tls") && !never:
		return 0, errors.New("after the question mark only tls=never can stand")
	case never && u.Scheme == "smtps":
		return 0, errors.New("smtps is TLS, and tls=never forbids it; take smtp:// or leave tls=never out")
	case never:
		return Never, nil
	case u.Scheme == "smtps":
		return Whole, nil
	case loopback(u.Hostname()):
		return Offered, nil
	}
	return Demanded, nil
}

// loopback reports whether the host is this machine, so that nobody stands between.
func loopback(host string) bool {
	return strings.EqualFold(host, "localhost") || net.ParseIP(host).IsLoopback()
}

// ParseSender reads the address that mail comes from, which is bare: its name is
// the forum's.
func ParseSender(raw string) (Address, error) {
	a := Address{Email: strings.TrimSpace(raw)}
	if _, err := a.parsed(); err != nil {
		return Address{}, fmt.Errorf("%q: want an address such as noreply@forum.example", raw)
	}
	return a, nil
}
