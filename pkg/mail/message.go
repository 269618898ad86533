package mail

import (
	"fmt"
	netmail "net/mail"
	"strings"
	"time"
	"unicode"

	gomail "github.com/wneessen/go-mail"
)

// Message is a mail in words, ready to leave. From and To may hold what people
// typed: nothing in them, nor in Subject, can become a header of its own.
type Message struct {
	ID      string // of the message, such as 7.1732@forum.example; equal ones are one mail sent twice
	From    Address
	To      Address
	Subject string
	Text    string
	HTML    string
	Date    time.Time
	Headers map[string]string // further ones, such as List-Unsubscribe
}

// compose puts the message into the form of the library, which encodes names,
// the subject and both bodies. The text comes first: readers show the last part
// that they understand.
func (m Message) compose() (*gomail.Msg, error) {
	from, err := m.From.parsed()
	if err != nil {
		return nil, &Failure{Reason: BadSender, cause: err}
	}
	to, err := m.To.parsed()
	if err != nil {
		return nil, &Failure{Reason: BadAddress, Final: true, cause: err}
	}
	out := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	out.FromMailAddress(from)
	out.EnvelopeFromMailAddress(&netmail.Address{Address: from.Address})
	out.AddToMailAddress(to)
	out.Subject(line(m.Subject))
	out.SetDateWithValue(m.Date)
	out.SetMessageIDWithValue(strings.Map(inMessageID, m.ID))
	out.SetGenHeader("Auto-Submitted", "auto-generated")
	for name, value := range m.Headers {
		if !headerName(name) {
			return nil, fmt.Errorf("%q is not the name of a header", name)
		}
		out.SetGenHeaderPreformatted(gomail.Header(name), strings.Map(printableASCII, line(value)))
	}
	out.SetBodyString(gomail.TypeTextPlain, m.Text)
	if m.HTML != "" {
		out.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	}
	return out, nil
}

// Valid reports whether mail can be sent to the address, as far as its form tells.
func (a Address) Valid() bool {
	_, err := a.parsed()
	return err == nil
}

// parsed is the address as the library wants it. It must be one address, in the
// form in which it is stored, and nothing else.
func (a Address) parsed() (*netmail.Address, error) {
	found, err := netmail.ParseAddress(a.Email)
	if err != nil || found.Name != "" || found.Address != a.Email {
		return nil, fmt.Errorf("%q is not an address that mail can be sent to", a.Email)
	}
	return &netmail.Address{Name: line(a.Name), Address: found.Address}, nil
}

// line is the text on one line, without characters that end a header or turn
// the reading direction around, and with nothing in it that a reader would decode.
func line(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), unicode.Is(unicode.Zl, r), unicode.Is(unicode.Zp, r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "\ufffd"))
	return strings.ReplaceAll(strings.Join(strings.Fields(text), " "), "=?", "=\u200b?")
}

func inMessageID(r rune) rune {
	switch {
	case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '.', r == '-', r == '@':
		return r
	}
	return -1
}

func printableASCII(r rune) rune {
	if r < ' ' || r > '~' {
		return -1
	}
	return r
}

func headerName(name string) bool {
	return name != "" && strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == ""
}
