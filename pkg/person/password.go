package person

import (
	_ "embed"
	"slices"
	"strings"
	"unicode/utf8"

	"plenary/pkg/errs"
)

// A password has at least 8 characters, counted as people count them, and at
// most 256 bytes. It is hashed as typed, with nothing cut off (NIST SP 800-63B).
const (
	passwordMinRunes = 8
	passwordMaxBytes = 256
)

// The passwords that are tried first everywhere, of those that are long enough:
// in small letters, one a line, sorted.
//
//go:embed common.txt
var commonText string

var commonPasswords = strings.Split(strings.TrimSuffix(commonText, "\n"), "\n")

// checkPassword complains, under field, about a password that would be guessed.
// personal are the words around the person: names, handle, address.
func checkPassword(fields *errs.Fields, field, password string, personal ...string) {
	switch {
	case password == "":
		fields.Add(field, "field.required")
	case utf8.RuneCountInString(password) < passwordMinRunes:
		fields.Add(field, "person.password_short", errs.Args{"Min": passwordMinRunes})
	case len(password) > passwordMaxBytes:
		fields.Add(field, "person.password_long", errs.Args{"Max": passwordMaxBytes})
	case common(password):
		fields.Add(field, "person.password_common")
	case isPersonal(password, personal):
		fields.Add(field, "person.password_personal")
	}
}

func common(password string) bool {
	small := strings.ToLower(password)
	first, _ := utf8.DecodeRuneInString(small)
	if strings.Trim(small, string(first)) == "" {
		return true // one character, repeated
	}
	_, found := slices.BinarySearch(commonPasswords, small)
	return found
}

// isPersonal reports whether the password is nothing but something that
// everybody knows of the person.
func isPersonal(password string, personal []string) bool {
	bare := squeeze(password)
	for _, known := range personal {
		local, _, _ := strings.Cut(known, "@")
		if known != "" && (bare == squeeze(known) || bare == squeeze(local)) {
			return true
		}
	}
	return false
}

// squeeze leaves out what people put between the words of a name.
func squeeze(s string) string {
	return strings.NewReplacer(" ", "", "-", "", "_", "", ".", "").Replace(strings.ToLower(s))
}
