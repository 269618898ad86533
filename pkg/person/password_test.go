package person_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"plenary/pkg/person"
)

// The list is searched by halves, so one line out of order would hide others.
func TestTheListOfCommonPasswordsIsSortedAndWorthLookingAt(t *testing.T) {
	t.Parallel()
	list := person.CommonPasswords()
	if len(list) < 5000 || !slices.IsSorted(list) || len(slices.Compact(slices.Clone(list))) != len(list) {
		t.Errorf("%d passwords; sorted: %t", len(list), slices.IsSorted(list))
	}
	for _, one := range list {
		if utf8.RuneCountInString(one) < 8 || strings.ToLower(one) != one || strings.TrimSpace(one) != one {
			t.Errorf("%q is never looked for", one)
		}
	}
	for _, one := range []string{list[0], list[len(list)-1], list[len(list)/2], "Summer2026!", "Qwertyuiop1", "COOPERATIVE1", "p@ssw0rd123"} {
		in := person.NewPerson{Name: "Ana", Password: one}
		wantField(t, in.Validate(), "password", "person.password_common")
	}
}
