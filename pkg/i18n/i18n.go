// Package i18n puts catalogue keys into the words of a reader's language.
//
// It knows messages, plural rules, lists, numbers and how people write dates.
// It knows nothing of pages, requests or the database. The time "now" and the
// reader's zone always come in as arguments.
package i18n

import (
	"cmp"
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strconv"

	"github.com/BurntSushi/toml"
	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
	"golang.org/x/text/message"
)

//go:embed locales/*.toml
var locales embed.FS

// Args are the named values of a message, such as {"Max": 200}.
type Args = map[string]any

// Bundle holds the messages of every language. It is safe for concurrent use.
type Bundle struct {
	localizers map[string]*Localizer // by language tag
	tags       []language.Tag        // the first is the language of last resort
	matcher    language.Matcher
}

// Load reads the catalogues that the program brings along.
func Load() (*Bundle, error) { return load(locales) }

func load(files fs.FS) (*Bundle, error) {
	raw := goi18n.NewBundle(language.English)
	raw.RegisterUnmarshalFunc("toml", toml.Unmarshal)
	names, err := fs.Glob(files, "locales/*.toml")
	if err != nil {
		return nil, fmt.Errorf("list the catalogues: %w", err)
	}
	found := map[language.Tag][]*goi18n.Message{}
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("read catalogue %s: %w", name, err)
		}
		file, err := raw.ParseMessageFileBytes(text, name)
		if err != nil {
			return nil, fmt.Errorf("read catalogue %s: %w", name, err)
		}
		if err := noDoubles(found[file.Tag], file.Messages); err != nil {
			return nil, fmt.Errorf("read catalogue %s: %w", name, err)
		}
		found[file.Tag] = append(found[file.Tag], file.Messages...)
	}
	return newBundle(raw, found), nil
}

func noDoubles(have, more []*goi18n.Message) error {
	for _, m := range more {
		for _, h := range have {
			if h.ID == m.ID {
				return fmt.Errorf("message %q is in another file already", m.ID)
			}
		}
	}
	return nil
}

func newBundle(raw *goi18n.Bundle, found map[language.Tag][]*goi18n.Message) *Bundle {
	b := &Bundle{localizers: map[string]*Localizer{}, tags: []language.Tag{language.English}}
	for tag := range found {
		if tag != language.English {
			b.tags = append(b.tags, tag)
		}
	}
	slices.SortFunc(b.tags[1:], func(x, y language.Tag) int { return cmp.Compare(x.String(), y.String()) })
	b.matcher = language.NewMatcher(b.tags)
	for _, tag := range b.tags {
		b.localizers[tag.String()] = newLocalizer(raw, tag, append(slices.Clone(found[language.English]), found[tag]...))
	}
	return b
}

// Language is one that the forum speaks.
type Language struct {
	Tag  string // as in the lang attribute, such as "en"
	Name string // in the language itself
	Dir  string // "ltr" or "rtl"
}

// Languages lists what the forum speaks, the language of last resort first.
func (b *Bundle) Languages() []Language {
	out := make([]Language, 0, len(b.tags))
	for _, tag := range b.tags {
		out = append(out, Language{Tag: tag.String(), Name: display.Self.Name(tag), Dir: direction(tag)})
	}
	return out
}

// Match finds the best language among wishes, the strongest first. A wish is a
// tag ("de-AT") or the value of an Accept-Language header; what is empty or
// cannot be read is passed over.
func (b *Bundle) Match(wishes ...string) string {
	for _, wish := range wishes {
		tags, _, err := language.ParseAcceptLanguage(wish)
		if err != nil || len(tags) == 0 {
			continue
		}
		if _, i, sure := b.matcher.Match(tags...); sure != language.No {
			return b.tags[i].String()
		}
	}
	return b.tags[0].String()
}

// Localizer gives the words of one language, that of last resort if the
// language is not spoken here.
func (b *Bundle) Localizer(lang string) *Localizer {
	if l, ok := b.localizers[lang]; ok {
		return l
	}
	return b.localizers[b.Match(lang)]
}

// Localizer puts keys into the words of one language. It is safe for
// concurrent use.
type Localizer struct {
	tag     language.Tag
	raw     *goi18n.Localizer
	plain   map[string]string  // messages without values, ready to use
	filled  map[string]pattern // messages with values but without plural forms
	known   map[string]bool
	printer *message.Printer
	latin   bool // numbers below a thousand are written as in Go
}

func newLocalizer(raw *goi18n.Bundle, tag language.Tag, messages []*goi18n.Message) *Localizer {
	l := &Localizer{
		tag:     tag,
		raw:     goi18n.NewLocalizer(raw, tag.String(), language.English.String()),
		plain:   map[string]string{},
		filled:  map[string]pattern{},
		known:   map[string]bool{},
		printer: message.NewPrinter(tag),
	}
	l.latin = l.printer.Sprintf("%d", 987) == "987"
	for _, m := range messages {
		l.known[m.ID] = true
		l.prepare(m)
	}
	return l
}

// prepare sorts a message by how much work it asks for. A later message under
// the same key, that of the language itself, replaces an earlier one.
func (l *Localizer) prepare(m *goi18n.Message) {
	delete(l.plain, m.ID)
	delete(l.filled, m.ID)
	if m.Zero+m.One+m.Two+m.Few+m.Many != "" {
		return
	}
	p, simple := cut(m.Other)
	switch {
	case simple && len(p) == 1:
		l.plain[m.ID] = m.Other
	case simple:
		l.filled[m.ID] = p
	}
}

// Lang is the language's tag, as in the lang attribute.
func (l *Localizer) Lang() string { return l.tag.String() }

// Dir is "rtl" for languages written from right to left, otherwise "ltr".
func (l *Localizer) Dir() string { return direction(l.tag) }

// Has reports whether there is a message under the key.
func (l *Localizer) Has(key string) bool { return l.known[key] }

// Keys lists all messages, sorted.
func (l *Localizer) Keys() []string {
	keys := make([]string, 0, len(l.known))
	for key := range l.known {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// T is the message under the key. A value named Count picks the plural form. A
// key without a message comes back as it is, which tests treat as a failure and
// readers as a small blemish.
func (l *Localizer) T(key string, args ...Args) string {
	if text, ok := l.plain[key]; ok {
		return text
	}
	if p, ok := l.filled[key]; ok && len(args) > 0 {
		return p.fill(args[0])
	}
	conf := &goi18n.LocalizeConfig{MessageID: key}
	if len(args) > 0 {
		conf.TemplateData = args[0]
		if n, ok := args[0]["Count"]; ok {
			conf.PluralCount = n
		}
	}
	return l.localize(conf)
}

// Plain is the message under the key if it has neither values nor plural forms.
func (l *Localizer) Plain(key string) (text string, ok bool) {
	text, ok = l.plain[key]
	return text, ok
}

// N is the message in the plural form for n. The message may use {{.N}}, which
// is n as people write it, and the other values.
func (l *Localizer) N(key string, n int64, args ...Args) string {
	values := Args{"N": l.Number(n)}
	if len(args) > 0 {
		for name, value := range args[0] {
			values[name] = value
		}
	}
	return l.localize(&goi18n.LocalizeConfig{MessageID: key, PluralCount: n, TemplateData: values})
}

func (l *Localizer) localize(conf *goi18n.LocalizeConfig) string {
	text, err := l.raw.Localize(conf)
	if text == "" && err != nil {
		return conf.MessageID
	}
	return text
}

// Number is n with the digits and separators of the language.
func (l *Localizer) Number(n int64) string {
	if l.latin && n >= 0 && n < 1000 {
		return strconv.FormatInt(n, 10)
	}
	return l.printer.Sprintf("%d", n)
}

// List joins the items as in a sentence: "A", "A and B", "A, B and C".
func (l *Localizer) List(items []string) string {
	switch len(items) {
	case 0:
		return ""
	case 1:
		return items[0]
	}
	head := items[0]
	for _, item := range items[1 : len(items)-1] {
		head = l.T("list.middle", Args{"A": head, "B": item})
	}
	return l.T("list.end", Args{"A": head, "B": items[len(items)-1]})
}

func direction(tag language.Tag) string {
	script, _ := tag.Script()
	switch script.String() {
	case "Arab", "Hebr", "Syrc", "Thaa", "Nkoo", "Adlm":
		return "rtl"
	}
	return "ltr"
}
