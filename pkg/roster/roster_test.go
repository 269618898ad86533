package roster_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"plenary/pkg/errs"
	"plenary/pkg/roster"
)

// shown is an entry in one line: line, address or problem, name, role.
func shown(entries []roster.Entry) []string {
	var out []string
	for _, e := range entries {
		what := e.Email
		if e.Problem.Code != "" {
			what = e.Problem.Code
		}
		out = append(out, fmt.Sprintf("%d %s|%s|%s", e.Line, what, e.Name, e.Role))
	}
	return out
}

func TestListsAreReadAsPeopleHaveThem(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"lines":                     {"ana@example.org\r\nBen@Example.org\r\r\n", []string{"1 ana@example.org||", "2 ben@example.org||"}},
		"commas":                    {"ana@example.org, ben@example.org,", []string{"1 ana@example.org||", "1 ben@example.org||"}},
		"semicolons":                {"ana@example.org; Ben Ode <ben@example.org>;", []string{"1 ana@example.org||", "1 ben@example.org|Ben Ode|"}},
		"a mail program":            {`"Ode, Ben" <ben@example.org>, Ana <ana@example.org>`, []string{"1 ben@example.org|Ode, Ben|", "1 ana@example.org|Ana|"}},
		"a column":                  {"Email\nana@example.org\n\nben@example.org\n", []string{"2 ana@example.org||", "4 ben@example.org||"}},
		"columns of a spreadsheet":  {"Ana\tana@example.org\tmoderator\nOde, Ben\tben@example.org\t", []string{"1 ana@example.org|Ana|moderator", "2 ben@example.org|Ode, Ben|"}},
		"a file with a header":      {"\ufeffName;E-Mail;Role\nAna;ana@example.org;Admin\nBen;;member\n", []string{"2 ana@example.org|Ana|admin", "3 roster.no_at|Ben|member"}},
		"a header in another order": {"role,email,name\n,ana@example.org,\"Ana \"\"A\"\" Lee\"", []string{`2 ana@example.org|Ana "A" Lee|`}},
		"no header":                 {"ana@example.org,Ana,admin", []string{"1 ana@example.org|Ana|admin"}},
		"an unknown role":           {"email,role\nana@example.org,king", []string{"2 ana@example.org||king"}},
		"a link to an address":      {"mailto:ana@example.org", []string{"1 ana@example.org||"}},
		"a quote that never ends":   {"\"Ana <ana@example.org>, ben@example.org", []string{"1 ana@example.org|\"Ana|", "1 ben@example.org||"}},
		"bad addresses": {"nobody\n@example.org\na b@example.org\na@b@example.org\nana@localhost\nana..x@example.org\n" + strings.Repeat("a", 250) + "@example.org\na\u202e@example.org",
			[]string{"1 roster.no_at||", "2 roster.no_local||", "3 roster.space||", "4 roster.two_at||", "5 roster.no_domain||", "6 roster.not_valid||", "7 roster.too_long||", "8 roster.not_valid||"}},
		"words among addresses": {"ana@example.org, and, ben@example.org", []string{"1 ana@example.org||", "1 ben@example.org||", "1 roster.no_at||"}},
		"a name that hides":     {"A\u202ena <ana@example.org>", []string{"1 ana@example.org||"}},
	} {
		got, err := roster.Read(c.text)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(c.want, shown(got)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestEmptyAndEndlessListsAreRefused(t *testing.T) {
	t.Parallel()
	for text, code := range map[string]string{
		"": "roster.empty", " \n,;\t\n": "roster.empty", "email,name": "roster.empty",
		strings.Repeat("x@example.org\n", roster.Most+1): "roster.too_many", strings.Repeat("x@example.org,", roster.Most+1): "roster.too_many",
	} {
		_, err := roster.Read(text)
		if e, ok := errors.AsType[*errs.Error](err); !ok || e.Fields["addresses"].Code != code {
			t.Errorf("%.20q: %v; want %s", text, err, code)
		}
	}
	if got, err := roster.Read(strings.Repeat("x@example.org\n", roster.Most)); err != nil || len(got) != roster.Most {
		t.Errorf("%d entries, %v", len(got), err)
	}
}

func TestFilesAreReadInTheEncodingsOfSpreadsheets(t *testing.T) {
	t.Parallel()
	for name, file := range map[string][]byte{
		"UTF-8":                  []byte("José"),
		"Latin":                  {'J', 'o', 's', 0xe9},
		"UTF-16, little end":     {0xff, 0xfe, 'J', 0, 'o', 0, 's', 0, 0xe9, 0},
		"UTF-16, big end":        {0xfe, 0xff, 0, 'J', 0, 'o', 0, 's', 0, 0xe9},
		"UTF-8 with a mark gone": []byte("José"),
	} {
		if got := strings.TrimPrefix(roster.Decode(file), "\ufeff"); got != "José" {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, seed := range []string{"Ana <ana@example.org>, b@c.de", "email;name\n\"a\";\"b\"\"c\"", "<,>\"\t;@", "\ufeffa@b.c\r\n\x00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		entries, err := roster.Read(text)
		if err != nil {
			return
		}
		for _, e := range entries {
			if (e.Email == "") == (e.Problem.Code == "") {
				t.Errorf("%+v has both or neither of address and problem", e)
			}
			if !utf8.ValidString(e.Text) || strings.ContainsAny(e.Text, "\r\n") || e.Text == "" {
				t.Errorf("the text %q cannot be shown again", e.Text)
			}
			if e.Email == "" {
				continue
			}
			if line, err := roster.Read(e.String()); err != nil || len(line) != 1 || line[0].Email != e.Email {
				t.Errorf("the line %q is read again as %+v, %v", e.String(), line, err)
			}
			again, err := roster.Read(e.Email)
			if err != nil || len(again) != 1 || again[0].Email != e.Email {
				t.Errorf("%q is read again as %+v, %v", e.Email, again, err)
			}
		}
	})
}
