package roster

import (
	"net/mail"
	"strings"
	"unicode"

	"plenary/pkg/errs"
	"plenary/pkg/plain"
)

const (
	emailMax = 254 // RFC 5321, 4.5.3.1.3, without the angle brackets
	nameMax  = 100 // runes
)

// address reads "ana@example.org" or "Ana <ana@example.org>".
func address(cell string) Entry {
	e := Entry{Text: oneLine(cell)}
	name, email := "", strings.TrimSpace(cell)
	if open := strings.LastIndexByte(email, '<'); open >= 0 && strings.HasSuffix(email, ">") {
		name, email = email[:open], email[open+1:len(email)-1]
	}
	email = strings.TrimPrefix(strings.ToLower(strings.TrimSpace(email)), "mailto:")
	e.Name = clean(unquoted(name))
	if code := wrong(email); code != "" {
		e.Problem = errs.Text{Code: code}
		return e
	}
	e.Email = email
	return e
}

// wrong says why nothing can be sent to an address; empty where it can.
func wrong(email string) string {
	local, domain, found := strings.Cut(email, "@")
	switch {
	case !found:
		return "roster.no_at"
	case strings.ContainsFunc(email, unicode.IsSpace):
		return "roster.space"
	case strings.Contains(domain, "@"):
		return "roster.two_at"
	case local == "":
		return "roster.no_local"
	case !strings.Contains(strings.Trim(domain, "."), "."):
		return "roster.no_domain"
	case len(email) > emailMax:
		return "roster.too_long"
	}
	var f errs.Fields
	plain.Line(&f, "email", email, true, emailMax)
	at, err := mail.ParseAddress(email)
	if f != nil || err != nil || at.Address != email || at.Name != "" {
		return "roster.not_valid"
	}
	return ""
}

// clean is a name as it can be shown, or none where it is not fit to be.
func clean(name string) string {
	var f errs.Fields
	name = plain.Line(&f, "name", name, false, nameMax)
	if f != nil {
		return ""
	}
	return name
}

// One is an entry whose parts are known already.
func One(line int, email, name, role string) Entry {
	e := address(email)
	e.Line = line
	if name != "" {
		e.Name = clean(name)
	}
	e.Role = strings.ToLower(strings.TrimSpace(role))
	return e
}
