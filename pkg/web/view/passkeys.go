package view

import "time"

// PasskeysPage lists one's passkeys and adds another.
type PasskeysPage struct {
	Frame
	Passkeys []Passkey
	Work     bool  // the forum is reached in a way that allows passkeys
	Full     bool  // one has as many as are allowed
	Added    int64 // made a moment ago; 0 for none
	Renaming int64 // the one whose new name came back rejected; 0 for none
	Rename   Form  // name
	Refused  Form  // why one could not be removed
}

func (PasskeysPage) page() string { return "passkeys" }

// Passkey is one of the viewer's passkeys.
type Passkey struct {
	ID       int64
	Name     string
	At       time.Time
	LastUsed time.Time // zero: never
	Synced   bool      // in a password manager, and so on several devices
	Copied   bool      // refused for good, since somebody has a copy
}

// RenameForm is the form for the passkey's name: as it came back rejected, or
// with the name it has.
func (p PasskeysPage) RenameForm(k Passkey) Form {
	if k.ID == p.Renaming {
		return p.Rename
	}
	return Form{Values: map[string][]string{"name": {k.Name}}}
}
