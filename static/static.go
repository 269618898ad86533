// Package static holds the files that browsers fetch: scripts, style sheet and
// icons, bundled, compressed and named after their content. It knows names and
// bytes; it must never know HTTP, pages or people.
package static

import (
	"bytes"
	"compress/gzip"
	"embed"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
)

//go:generate go run ./build

//go:embed dist
var dist embed.FS

// Prefix is the path under which the files are served.
const Prefix = "/static/"

// Asset is one built file. Its name changes whenever its content does, so it
// may be cached for ever. The byte slices are shared: do not change them.
type Asset struct {
	Name   string // such as "app.K3J5QW2A.js"
	Type   string // value for Content-Type
	Hash   string // such as "K3J5QW2A"
	Body   []byte // nil where only compressed forms are kept; see Plain
	Gzip   []byte // nil where compressing does not help
	Brotli []byte // nil where compressing does not help
}

// Plain is the asset as it is without compression.
func (a Asset) Plain() ([]byte, error) {
	if a.Body != nil || a.Gzip == nil {
		return a.Body, nil
	}
	r, err := gzip.NewReader(bytes.NewReader(a.Gzip))
	if err != nil {
		return nil, fmt.Errorf("unpack %s: %w", a.Name, err)
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("unpack %s: %w", a.Name, err)
	}
	return plain, nil
}

// Set is all assets of one build. It is safe for concurrent use.
type Set struct {
	urls   map[string]string
	assets map[string]Asset
}

// Open reads the files built into the program.
func Open() (*Set, error) {
	built, err := fs.Sub(dist, "dist")
	if err != nil {
		return nil, fmt.Errorf("open built assets: %w", err)
	}
	return OpenFS(built)
}

// OpenFS reads a build from elsewhere, such as the folder static/dist of a
// developer's working tree.
func OpenFS(built fs.FS) (*Set, error) {
	raw, err := fs.ReadFile(built, "manifest.json")
	if err != nil {
		return nil, fmt.Errorf("read asset manifest: %w", err)
	}
	var names map[string]string
	if err := json.Unmarshal(raw, &names); err != nil {
		return nil, fmt.Errorf("read asset manifest: %w", err)
	}
	s := &Set{urls: map[string]string{}, assets: map[string]Asset{}}
	if err := s.load(built); err != nil {
		return nil, err
	}
	for plain, name := range names {
		if _, ok := s.assets[name]; !ok {
			return nil, fmt.Errorf("asset manifest: %s names %s, which is missing", plain, name)
		}
		s.urls[plain] = Prefix + name
	}
	return s, nil
}

// URL gives the path of an asset by the name it has in the source, such as
// "app.js". It reports false for names that were not built.
func (s *Set) URL(name string) (string, bool) {
	u, ok := s.urls[name]
	return u, ok
}

// Lookup finds an asset by its path below Prefix, such as "app.K3J5QW2A.js".
func (s *Set) Lookup(name string) (Asset, bool) {
	a, ok := s.assets[name]
	return a, ok
}

func (s *Set) load(built fs.FS) error {
	files, err := fs.ReadDir(built, ".")
	if err != nil {
		return fmt.Errorf("list assets: %w", err)
	}
	for _, f := range files {
		name := f.Name()
		compiled := strings.HasSuffix(name, ".wasm.gz") // kept only in compressed forms
		if compiled {
			name = strings.TrimSuffix(name, ".gz")
		}
		a := Asset{Name: name, Type: typeOf(name), Hash: hashOf(name)}
		if a.Type == "" {
			continue
		}
		if !compiled {
			if a.Body, err = fs.ReadFile(built, name); err != nil {
				return fmt.Errorf("read asset: %w", err)
			}
		}
		a.Gzip = optional(built, name+".gz")
		a.Brotli = optional(built, name+".br")
		s.assets[name] = a
	}
	return nil
}

// optional reads a compressed form, which a small or packed file lacks.
func optional(built fs.FS, name string) []byte {
	b, err := fs.ReadFile(built, name)
	if err != nil {
		return nil
	}
	return b
}

// hashOf takes "K3J5QW2A" out of "app.K3J5QW2A.js".
func hashOf(name string) string {
	parts := strings.Split(name, ".")
	if len(parts) < 3 {
		return ""
	}
	return parts[1]
}

// typeOf gives the Content-Type for a file name, "" for what is not served: the
// manifest and the compressed forms.
func typeOf(name string) string {
	switch path.Ext(name) {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".txt":
		return "text/plain; charset=utf-8"
	case ".woff2":
		return "font/woff2"
	case ".png":
		return "image/png"
	case ".wasm":
		return "application/wasm"
	}
	return ""
}
