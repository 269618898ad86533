package static

import (
	"bytes"
	"compress/gzip"
	"io"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/andybalholm/brotli"
	"github.com/google/go-cmp/cmp"
)

func TestEveryNameInTheManifestLeadsToAnAsset(t *testing.T) {
	t.Parallel()
	s, err := Open()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"app.js", "visitor.js", "app.css", "icons.svg", "licences.txt", "favicon.svg", "verify.wasm"} {
		url, ok := s.URL(name)
		if !ok {
			t.Errorf("URL(%q) is not known", name)
			continue
		}
		a, ok := s.Lookup(strings.TrimPrefix(url, Prefix))
		plain, err := a.Plain()
		if !ok || err != nil || len(plain) == 0 || a.Type == "" || a.Hash == "" {
			t.Errorf("Lookup(%q) = %v %q %q, %d bytes", url, ok, a.Type, a.Hash, len(plain))
		}
	}
}

func TestCompressedFormsHoldTheSameBytes(t *testing.T) {
	t.Parallel()
	s, err := Open()
	if err != nil {
		t.Fatal(err)
	}
	for name, a := range s.assets {
		plain, err := a.Plain()
		if err != nil {
			t.Fatal(err)
		}
		if a.Gzip != nil {
			r, err := gzip.NewReader(bytes.NewReader(a.Gzip))
			if err != nil {
				t.Fatalf("%s.gz: %v", name, err)
			}
			sameBytes(t, name+".gz", r, plain)
		}
		if a.Brotli != nil {
			sameBytes(t, name+".br", brotli.NewReader(bytes.NewReader(a.Brotli)), plain)
		}
	}
}

func sameBytes(t *testing.T, name string, r io.Reader, want []byte) {
	t.Helper()
	got, err := io.ReadAll(r)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s unpacks to %d bytes, want the %d of the plain form", name, len(got), len(want))
	}
}

func TestUnknownNamesAreNotFound(t *testing.T) {
	t.Parallel()
	s, err := Open()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"", "manifest.json", "app.js", "../static.go", "nothing.js"} {
		if _, ok := s.Lookup(name); ok {
			t.Errorf("Lookup(%q) found something", name)
		}
	}
	if _, ok := s.URL("nothing.js"); ok {
		t.Error(`URL("nothing.js") found something`)
	}
}

func TestOpenFSReadsABuildAndItsCompressedForms(t *testing.T) {
	t.Parallel()
	s, err := OpenFS(fstest.MapFS{
		"manifest.json":    {Data: []byte(`{"app.js":"app.AAAA.js"}`)},
		"app.AAAA.js":      {Data: []byte("let a")},
		"app.AAAA.js.br":   {Data: []byte("br")},
		"chunk.BBBB.js":    {Data: []byte("let b")},
		"chunk.BBBB.js.gz": {Data: []byte("gz")},
	})
	if err != nil {
		t.Fatal(err)
	}
	app, _ := s.Lookup("app.AAAA.js")
	want := Asset{Name: "app.AAAA.js", Type: "text/javascript; charset=utf-8", Hash: "AAAA", Body: []byte("let a"), Brotli: []byte("br")}
	if diff := cmp.Diff(want, app); diff != "" {
		t.Error(diff)
	}
	if chunk, ok := s.Lookup("chunk.BBBB.js"); !ok || string(chunk.Gzip) != "gz" {
		t.Errorf("Lookup(chunk) = %v, %v", chunk, ok)
	}
}

func TestABrokenBuildIsRefused(t *testing.T) {
	t.Parallel()
	for name, files := range map[string]fstest.MapFS{
		"no manifest":     {},
		"broken manifest": {"manifest.json": {Data: []byte(`{`)}},
		"missing file":    {"manifest.json": {Data: []byte(`{"app.js":"app.AAAA.js"}`)}},
	} {
		if _, err := OpenFS(files); err == nil {
			t.Errorf("%s: opened without an error", name)
		}
	}
}
