package app

import (
	"fmt"
	"net/url"
	"strings"

	"plenary/pkg/config"
	"plenary/pkg/mail"
	"plenary/pkg/notify"
)

// openMail says how letters leave: by the mail server of the settings, or not at
// all where none is named, and then administrators can read them.
func (r *Rooms) openMail(cfg config.Server, base *url.URL) error {
	way := notify.Way{Base: base, Forum: r.People.ForumName}
	host := base.Hostname()
	if strings.Contains(host, ":") { // of IPv6, which is no place for mail
		host = "localhost"
	}
	sender := cfg.MailFrom
	if sender == "" {
		sender = "noreply@" + host
	}
	var err error
	if way.From, err = mail.ParseSender(sender); err != nil {
		return fmt.Errorf("--mail-from %w", err)
	}
	if cfg.SMTPURL != "" {
		settings, err := mail.ParseSMTP(cfg.SMTPURL)
		if err != nil {
			return fmt.Errorf("--smtp-url: %w", err)
		}
		way.Mailer = mail.NewMailer(settings, host)
	}
	r.Notify.SendBy(way)
	return nil
}

// brokerName is where the broker is, without user and password.
func brokerName(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}
