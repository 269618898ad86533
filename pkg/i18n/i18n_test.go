package i18n

import (
	"testing"
	"testing/fstest"
	"time"
)

func loadFiles(t *testing.T, files map[string]string) *Bundle {
	t.Helper()
	all := fstest.MapFS{}
	for name, text := range files {
		all["locales/"+name] = &fstest.MapFile{Data: []byte(text)}
	}
	bundle, err := load(all)
	if err != nil {
		t.Fatal(err)
	}
	return bundle
}

func several(t *testing.T) *Bundle {
	return loadFiles(t, map[string]string{
		"a.en.toml": "[\"vote\"]\none = \"{{.N}} vote\"\nother = \"{{.N}} votes\"\n[\"only.english\"]\nother = \"Here\"\n[\"too_many\"]\none=\"at most {{.Count}} theme\"\nother=\"at most {{.Count}} themes\"\n",
		"a.pl.toml": "[\"vote\"]\none = \"{{.N}} głos\"\nfew = \"{{.N}} głosy\"\nmany = \"{{.N}} głosów\"\nother = \"{{.N}} głosu\"\n",
		"a.ar.toml": "[\"vote\"]\nother = \"{{.N}} صوت\"\n",
		"b.de.toml": "[\"vote\"]\none = \"{{.N}} Stimme\"\nother = \"{{.N}} Stimmen\"\n",
	})
}

func TestPluralFormsFollowTheLanguage(t *testing.T) {
	t.Parallel()
	bundle := several(t)
	for _, c := range []struct {
		lang string
		n    int64
		want string
	}{{"en", 1, "1 vote"}, {"en", 0, "0 votes"}, {"en", 1200, "1,200 votes"}, {"pl", 1, "1 głos"}, {"pl", 3, "3 głosy"}, {"pl", 5, "5 głosów"}, {"pl", 22, "22 głosy"}, {"de", 12345, "12.345 Stimmen"}} {
		if got := bundle.Localizer(c.lang).N("vote", c.n); got != c.want {
			t.Errorf("%d in %s: got %q, want %q", c.n, c.lang, got, c.want)
		}
	}
	if got := bundle.Localizer("en").T("too_many", Args{"Count": 1}); got != "at most 1 theme" {
		t.Errorf("a value named Count: got %q", got)
	}
}

func TestMessagesAreFilledInWithTheirValues(t *testing.T) {
	t.Parallel()
	words := loadFiles(t, map[string]string{"a.en.toml": "[\"a\"]\nother = \"{{.Name}} closed {{.N}} of {{.Name}}\"\n[\"b\"]\nother = \"{{if .Name}}yes{{end}} {n}\"\n"}).Localizer("en")
	for _, c := range []struct {
		key  string
		args Args
		want string
	}{{"a", Args{"Name": "Ana {{.N}}", "N": 3}, "Ana {{.N}} closed 3 of Ana {{.N}}"}, {"a", Args{}, " closed  of "}, {"b", Args{"Name": "x"}, "yes {n}"}} {
		if got := words.T(c.key, c.args); got != c.want {
			t.Errorf("%s: got %q, want %q", c.key, got, c.want)
		}
	}
}

func TestALanguageWithoutAMessageFallsBackToEnglish(t *testing.T) {
	t.Parallel()
	if got := several(t).Localizer("pl").T("only.english"); got != "Here" {
		t.Errorf("got %q", got)
	}
}

func TestAMissingMessageShowsItsKey(t *testing.T) {
	t.Parallel()
	if got := several(t).Localizer("en").T("no.such"); got != "no.such" {
		t.Errorf("got %q", got)
	}
}

func TestTheBestLanguageIsFound(t *testing.T) {
	t.Parallel()
	bundle := several(t)
	for _, c := range []struct {
		name   string
		wishes []string
		want   string
	}{
		{"nothing wished", nil, "en"}, {"account before browser", []string{"pl", "de-AT, en;q=0.5"}, "pl"}, {"browser header", []string{"", "de-AT, en;q=0.5"}, "de"},
		{"region of a language", []string{"ar-EG"}, "ar"}, {"unknown, then known", []string{"xx", "de"}, "de"}, {"rubbish", []string{"!!", "\x00"}, "en"},
	} {
		if got := bundle.Match(c.wishes...); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestLanguagesTellTheirNameAndDirection(t *testing.T) {
	t.Parallel()
	got := map[string]Language{}
	for _, l := range several(t).Languages() {
		got[l.Tag] = l
	}
	if got["ar"].Dir != "rtl" || got["de"].Dir != "ltr" || got["de"].Name != "Deutsch" {
		t.Errorf("got %+v", got)
	}
}

func TestAMessageStandsInOneFileOnly(t *testing.T) {
	t.Parallel()
	same := &fstest.MapFile{Data: []byte("[\"vote\"]\nother = \"votes\"\n")}
	if _, err := load(fstest.MapFS{"locales/a.en.toml": same, "locales/b.en.toml": same}); err == nil {
		t.Error("the same key in two files was accepted")
	}
}

func TestListsReadLikeASentence(t *testing.T) {
	t.Parallel()
	words := english(t)
	for want, items := range map[string][]string{"": nil, "A": {"A"}, "A and B": {"A", "B"}, "A, B and C": {"A", "B", "C"}} {
		if got := words.List(items); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestDatesReadAsPeopleSayThem(t *testing.T) {
	t.Parallel()
	words := english(t)
	at := time.Date(2019, 2, 18, 17, 45, 0, 0, time.UTC)
	for _, c := range []struct {
		zone  string
		style Style
		want  string
	}{
		{"UTC", Long, "Mon 18 Feb 2019, 17:45"}, {"UTC", Short, "18 Feb 2019"}, {"UTC", Clock, "17:45"}, {"UTC", Exact, "Monday 18 February 2019, 17:45 UTC"},
		{"Europe/Brussels", Exact, "Monday 18 February 2019, 18:45 CET"}, {"Asia/Kolkata", Long, "Mon 18 Feb 2019, 23:15"},
		{"Pacific/Auckland", Long, "Tue 19 Feb 2019, 06:45"}, {"America/Sao_Paulo", Exact, "Monday 18 February 2019, 14:45 UTC-03:00"},
	} {
		if got := words.Date(at, zone(t, c.zone), c.style); got != c.want {
			t.Errorf("%s %s: got %q, want %q", c.zone, c.style, got, c.want)
		}
	}
}

func TestDistancesInTimeReadAsPeopleSayThem(t *testing.T) {
	t.Parallel()
	words := english(t)
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	for want, d := range map[string]time.Duration{
		"just now": 20 * time.Second, "1 minute ago": 61 * time.Second, "5 hours ago": 5*time.Hour + time.Minute, "2 days ago": 47 * time.Hour,
		"in 2 days": -2 * 24 * time.Hour, "in 5 hours": -5 * time.Hour, "7 months ago": 220 * 24 * time.Hour, "7 years ago": 7 * 366 * 24 * time.Hour,
	} {
		if got := words.Ago(now.Add(-d), now); got != want {
			t.Errorf("%v: got %q, want %q", d, got, want)
		}
	}
}

func TestClosingTimesSayWhenAndHowLongStill(t *testing.T) {
	t.Parallel()
	words := english(t)
	now := time.Date(2026, 11, 25, 16, 0, 0, 0, time.UTC)
	brussels := zone(t, "Europe/Brussels")
	for want, at := range map[string]time.Time{
		"closes Friday 18:00, in 2 days":       time.Date(2026, 11, 27, 17, 0, 0, 0, time.UTC),
		"closes today 19:00, in 2 hours":       time.Date(2026, 11, 25, 18, 0, 0, 0, time.UTC),
		"closes Mon 21 Dec, 18:00, in 26 days": time.Date(2026, 12, 21, 17, 0, 0, 0, time.UTC),
		"was to close Tue 24 Nov 2026, 18:00":  time.Date(2026, 11, 24, 17, 0, 0, 0, time.UTC),
	} {
		if got := words.Closes(at, now, brussels); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if got, want := words.Closes(now, time.Time{}, nil), "closes Wed 25 Nov 2026, 16:00 UTC"; got != want {
		t.Errorf("for everybody: got %q, want %q", got, want)
	}
}
