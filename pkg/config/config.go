// Package config holds the settings of the program: their names, defaults and
// what is wrong with them. It does not know where they come from; the command
// line fills them from flags, environment and file, in this order of strength.
package config

import (
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"strings"
	"time"
)

// Database says where the data is. Every command takes it.
type Database struct {
	DataDir     string `help:"Folder for the database and uploaded files." default:"./data" placeholder:"DIR" env:"PLENARY_DATA_DIR"`
	DatabaseURL string `help:"sqlite:///path/to/file.db or postgres://user:password@host/name. Default: plenary.db in the data folder." placeholder:"URL" env:"PLENARY_DATABASE_URL"`
}

// URL is the database's, with the default filled in.
func (d Database) URL() string {
	if d.DatabaseURL != "" {
		return d.DatabaseURL
	}
	return "sqlite:" + filepath.Join(d.DataDir, "plenary.db")
}

// Files is the folder of uploaded files.
func (d Database) Files() string { return filepath.Join(d.DataDir, "files") }

// Server is what serve needs beside the database.
type Server struct {
	Addr             string        `help:"Address to listen on." default:":8080" env:"PLENARY_ADDR"`
	BaseURL          string        `help:"Address as people reach the forum, such as https://forum.example. Default: http://localhost and the port." placeholder:"URL" env:"PLENARY_BASE_URL"`
	BrokerURL        string        `help:"nats://host:4222 where several processes serve one forum. Default: none, in memory." placeholder:"URL" env:"PLENARY_BROKER_URL"`
	MetricsAddr      string        `help:"Address for Prometheus metrics, such as 127.0.0.1:9090. Default: none." placeholder:"ADDR" env:"PLENARY_METRICS_ADDR"`
	Proxies          []string      `help:"Networks of proxies whose X-Forwarded-For is believed, such as 10.0.0.0/8." placeholder:"CIDR" env:"PLENARY_PROXIES"`
	SMTPURL          string        `name:"smtp-url" help:"Mail server, such as smtp://user:password@mail.example:587 or smtps://...:465. Default: none; mail is shown to administrators and not sent." placeholder:"URL" env:"PLENARY_SMTP_URL"`
	MailFrom         string        `help:"Address that mail comes from. Default: noreply@ and the host of the base URL." placeholder:"ADDRESS" env:"PLENARY_MAIL_FROM"`
	Beacon           []string      `help:"Relays of the public beacon that draws the lots of polls, such as https://api.drand.sh. Default: none; lots rest on a secret of the forum." placeholder:"URL" env:"PLENARY_BEACON"`
	Drain            time.Duration `help:"How long a stop waits for requests, and spreads the goodbye to live pages." default:"10s" env:"PLENARY_DRAIN"`
	LogFormat        string        `help:"text or json." enum:"text,json" default:"text" env:"PLENARY_LOG_FORMAT"`
	OIDCAllowPrivate bool          `name:"oidc-allow-private" help:"Let providers of sign-in be on private addresses and without TLS. Every group's admins can then make the forum connect within your network." env:"PLENARY_OIDC_ALLOW_PRIVATE"`
	Dev              bool          `help:"Read templates from the folder templates on every request." hidden:"" env:"PLENARY_DEV"`
}

// Base is the base URL with the default filled in. Errors say what to change.
func (s Server) Base() (*url.URL, error) {
	raw := s.BaseURL
	if raw == "" {
		_, port, err := net.SplitHostPort(s.Addr)
		if err != nil {
			return nil, fmt.Errorf("--addr %q: want host:port or :port", s.Addr)
		}
		raw = "http://localhost:" + port
	}
	u, err := url.Parse(strings.TrimSuffix(raw, "/"))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.Path != "" || u.RawQuery != "" {
		return nil, fmt.Errorf("--base-url %q: want http://host or https://host, with a port where needed and no path", raw)
	}
	return u, nil
}
