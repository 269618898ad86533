// Package view is the look of the forum: one plain struct for each page and for
// each piece that a live event brings, and the Renderer that turns them into
// HTML in the reader's language.
//
// The structs hold plain data and booleans for what the viewer may do. The
// package knows nothing of the database, of requests or of how rights are
// decided.
package view

import (
	"bytes"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"plenary/pkg/i18n"
)

// Options are what a Renderer is made of.
type Options struct {
	Files  fs.FS                            // templates.Files, or a folder on disk with Dev
	Bundle *i18n.Bundle                     // the messages
	Asset  func(name string) (string, bool) // address of a static file: "app.css" -> "/static/app.3f2a.css"
	Dev    bool                             // read the templates again for every page
}

// Renderer turns pages and partials into HTML. It is safe for concurrent use.
type Renderer struct {
	opts Options
	sets map[string]set // by language
	pool sync.Pool      // of *bytes.Buffer
}

// set is all templates in one language: the partials, and each page with its
// layout.
type set struct {
	partials *template.Template
	pages    map[string]*pageTemplate
}

// pageTemplate is a page that is put together with the partials when it is first
// shown: a process shows few of its pages in every language, and each holds a copy
// of all partials.
type pageTemplate struct {
	source   *template.Template // the page alone
	partials *template.Template // never executed, since what was cannot be cloned
	once     sync.Once
	whole    *template.Template
	err      error
}

func (p *pageTemplate) template() (*template.Template, error) {
	p.once.Do(func() {
		if p.whole, p.err = p.partials.Clone(); p.err != nil {
			return
		}
		for _, part := range p.source.Templates() {
			if _, p.err = p.whole.AddParseTree(part.Name(), part.Tree); p.err != nil {
				return
			}
		}
	})
	return p.whole, p.err
}

// New parses every template. It fails on the first mistake, among them a static
// file that does not exist.
func New(opts Options) (*Renderer, error) {
	sets, err := parseAll(opts)
	if err != nil {
		return nil, err
	}
	return &Renderer{opts: opts, sets: sets, pool: sync.Pool{New: func() any { return new(bytes.Buffer) }}}, nil
}

func parseAll(opts Options) (map[string]set, error) {
	sources, err := readAll(opts.Files)
	if err != nil {
		return nil, err
	}
	sets := map[string]set{}
	for _, lang := range opts.Bundle.Languages() {
		if sets[lang.Tag], err = parseSet(sources, opts, lang); err != nil {
			return nil, fmt.Errorf("templates in %s: %w", lang.Name, err)
		}
	}
	return sets, nil
}

// readAll gives the text of every template by its path. Mail is not of the pages.
func readAll(files fs.FS) (map[string]string, error) {
	sources := map[string]string{}
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && name == "mail" {
			return fs.SkipDir
		}
		if err != nil || entry.IsDir() || path.Ext(name) != ".html" {
			return err
		}
		text, err := fs.ReadFile(files, name)
		sources[name] = string(text)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the templates: %w", err)
	}
	return sources, nil
}

func parseSet(sources map[string]string, opts Options, lang i18n.Language) (set, error) {
	words := opts.Bundle.Localizer(lang.Tag)
	partials := template.New("").Funcs(functions(words, opts.Asset))
	var pages []string
	for _, name := range slices.Sorted(maps.Keys(sources)) {
		if strings.HasPrefix(name, "pages/") {
			pages = append(pages, name)
			continue
		}
		if err := parseInto(partials.New(name), sources[name], words, opts.Asset); err != nil {
			return set{}, fmt.Errorf("%s: %w", name, err)
		}
	}
	s := set{pages: map[string]*pageTemplate{}}
	var err error
	if s.partials, err = partials.Clone(); err != nil {
		return set{}, fmt.Errorf("copy the partials: %w", err)
	}
	for _, name := range pages {
		source := template.New(name).Funcs(functions(words, opts.Asset))
		if err := parseInto(source, sources[name], words, opts.Asset); err != nil {
			return set{}, fmt.Errorf("%s: %w", name, err)
		}
		s.pages[strings.TrimSuffix(path.Base(name), ".html")] = &pageTemplate{source: source, partials: partials}
	}
	return s, nil
}

func parseInto(t *template.Template, source string, words *i18n.Localizer, asset func(string) (string, bool)) error {
	folded, err := fold(source, words, asset)
	if err != nil {
		return err
	}
	_, err = t.Parse(folded)
	return err
}

// Render writes the page in the language. Nothing is written where it fails.
func (r *Renderer) Render(w io.Writer, lang string, p Page) error {
	s, err := r.set(lang)
	if err != nil {
		return err
	}
	found, ok := s.pages[p.page()]
	if !ok {
		return fmt.Errorf("page %s has no template", p.page())
	}
	t, err := found.template()
	if err != nil {
		return fmt.Errorf("put page %s together: %w", p.page(), err)
	}
	return r.execute(w, t, "layout", p)
}

// RenderPartial writes a piece of a page in the language.
func (r *Renderer) RenderPartial(w io.Writer, lang string, p Partial) error {
	s, err := r.set(lang)
	if err != nil {
		return err
	}
	return r.execute(w, s.partials, p.partial(), p)
}

func (r *Renderer) execute(w io.Writer, t *template.Template, name string, data any) error {
	buf := r.pool.Get().(*bytes.Buffer)
	defer r.pool.Put(buf)
	buf.Reset()
	if err := t.ExecuteTemplate(buf, name, data); err != nil {
		return fmt.Errorf("render %T: %w", data, err)
	}
	_, err := w.Write(buf.Bytes())
	return err
}

func (r *Renderer) set(lang string) (set, error) {
	sets := r.sets
	if r.opts.Dev {
		fresh, err := parseAll(r.opts)
		if err != nil {
			return set{}, err
		}
		sets = fresh
	}
	if s, ok := sets[lang]; ok {
		return s, nil
	}
	return sets[r.opts.Bundle.Match(lang)], nil
}
