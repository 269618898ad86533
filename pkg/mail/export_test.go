package mail

import "io"

// Elsewhere is the mailer as it would be if its server were not on this machine.
func Elsewhere(m *Mailer) *Mailer {
	s := m.settings
	s.Encryption = Demanded
	return NewMailer(s, m.helo)
}

// Write writes the message as it goes over the line.
func Write(w io.Writer, m Message) error {
	msg, err := m.compose()
	if err == nil {
		_, err = msg.WriteTo(w)
	}
	return err
}
