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
	"path"
	"regexp"
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
	pages    map[string]*template.Template
	dir      string
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
	base, err := template.New("").Funcs(placeholders(opts.Asset)).ParseFS(opts.Files,
		"layouts/*.html", "partials/*.html", "partials/streams/*.html")
	if err != nil {
		return nil, fmt.Errorf("parse the partials: %w", err)
	}
	files, err := fs.Glob(opts.Files, "pages/*.html")
	if err != nil {
		return nil, fmt.Errorf("list the pages: %w", err)
	}
	sources := map[string]string{}
	for _, file := range files {
		text, err := fs.ReadFile(opts.Files, file)
		if err != nil {
			return nil, fmt.Errorf("read page %s: %w", file, err)
		}
		sources[strings.TrimSuffix(path.Base(file), ".html")] = string(text)
	}
	if err := checkAssets(opts); err != nil {
		return nil, err
	}
	sets := map[string]set{}
	for _, lang := range opts.Bundle.Languages() {
		if sets[lang.Tag], err = parseSet(base, sources, opts, lang); err != nil {
			return nil, err
		}
	}
	return sets, nil
}

var assetCall = regexp.MustCompile(`asset "([^"]*)"`)

// checkAssets finds static files that the templates name but that do not exist.
func checkAssets(opts Options) error {
	return fs.WalkDir(opts.Files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path.Ext(name) != ".html" {
			return err
		}
		text, err := fs.ReadFile(opts.Files, name)
		if err != nil {
			return err
		}
		for _, call := range assetCall.FindAllSubmatch(text, -1) {
			if _, ok := opts.Asset(string(call[1])); !ok {
				return fmt.Errorf("template %s: there is no static file %q", name, call[1])
			}
		}
		return nil
	})
}

func parseSet(base *template.Template, sources map[string]string, opts Options, lang i18n.Language) (set, error) {
	words := opts.Bundle.Localizer(lang.Tag)
	s := set{pages: map[string]*template.Template{}, dir: lang.Dir}
	var err error
	if s.partials, err = localized(base, opts, words); err != nil {
		return set{}, err
	}
	for name, source := range sources {
		page, err := localized(base, opts, words)
		if err != nil {
			return set{}, err
		}
		if _, err := page.New("page").Parse(source); err != nil {
			return set{}, fmt.Errorf("parse page %s: %w", name, err)
		}
		s.pages[name] = page
	}
	return s, nil
}

func localized(base *template.Template, opts Options, words *i18n.Localizer) (*template.Template, error) {
	clone, err := base.Clone()
	if err != nil {
		return nil, fmt.Errorf("copy the templates for %s: %w", words.Lang(), err)
	}
	return clone.Funcs(functions(words, opts.Asset)), nil
}

// Render writes the page in the language. Nothing is written where it fails.
func (r *Renderer) Render(w io.Writer, lang string, p Page) error {
	s, err := r.set(lang)
	if err != nil {
		return err
	}
	t, ok := s.pages[p.page()]
	if !ok {
		return fmt.Errorf("page %s has no template", p.page())
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
