package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// built is a build in memory.
type built struct {
	files    map[string][]byte // by hashed name
	manifest map[string]string // from the name in the source to the hashed name
	meta     map[string]string // by entry: esbuild's account of what went where
}

// build bundles what is below root, the folder static/.
func build(root string) (built, error) {
	b := built{files: map[string][]byte{}, manifest: map[string]string{}, meta: map[string]string{}}
	if err := b.bundle(root); err != nil {
		return built{}, err
	}
	sprite, err := drawSprite(filepath.Join(root, "vendor"))
	if err != nil {
		return built{}, err
	}
	b.add("icons.svg", sprite)
	licences, err := gatherLicences(filepath.Join(root, "vendor"))
	if err != nil {
		return built{}, err
	}
	b.add("licences.txt", licences)
	return b, b.copyFiles(filepath.Join(root, "files"))
}

// entries are what pages load by name.
func entries() []string {
	return []string{"js/app.js", "js/visitor.js", "css/app.css", "css/programme.css"}
}

// bundle runs esbuild over each entry by itself: what two entries share is in
// both, so that a page loads one file and not one more for the shared part.
func (b *built) bundle(root string) error {
	abs, err := filepath.Abs(root)
	if err != nil {
		return fmt.Errorf("find %s: %w", root, err)
	}
	for _, entry := range entries() {
		result := api.Build(options(abs, entry))
		if len(result.Errors) > 0 {
			lines := api.FormatMessages(result.Errors, api.FormatMessagesOptions{Kind: api.ErrorMessage})
			return fmt.Errorf("bundle %s:\n%s", entry, strings.Join(lines, "\n"))
		}
		if err := b.take(path.Base(entry), result); err != nil {
			return err
		}
	}
	return nil
}

// take adds what came out for an entry. A part loaded later may come out of two
// entries; it is the same file then.
func (b *built) take(entry string, result api.BuildResult) error {
	for _, f := range result.OutputFiles {
		name := filepath.Base(f.Path)
		if old, ok := b.files[name]; ok && !bytes.Equal(old, f.Contents) {
			return fmt.Errorf("two different files want the name %s", name)
		}
		b.files[name] = f.Contents
		if plainName(name) == entry {
			b.manifest[entry] = name
		}
	}
	b.meta[entry] = result.Metafile
	return nil
}

func options(abs, entry string) api.BuildOptions {
	return api.BuildOptions{
		AbsWorkingDir:     abs,
		EntryPoints:       []string{entry},
		Outdir:            filepath.Join(abs, "dist"),
		EntryNames:        "[name].[hash]",
		ChunkNames:        "[name].[hash]",
		AssetNames:        "[name].[hash]",
		Bundle:            true,
		Splitting:         true,
		Metafile:          true,
		Format:            api.FormatESModule,
		Target:            api.ES2022,
		Charset:           api.CharsetUTF8,
		LegalComments:     api.LegalCommentsLinked,
		MinifyWhitespace:  true,
		MinifyIdentifiers: true,
		MinifySyntax:      true,
		Alias:             map[string]string{"@github/combobox-nav": "./vendor/github-combobox-nav@2.3.1/index.js"},
		Loader:            map[string]api.Loader{".woff2": api.LoaderFile, ".svg": api.LoaderFile},
		Plugins:           []api.Plugin{withoutProbe()},
	}
}

// withoutProbe takes out the line with which turndown tries at load whether the
// browser parses HTML strings. Trusted Types refuse that and report it; we only
// ever hand it nodes.
func withoutProbe() api.Plugin {
	const probe = "canParseHTMLNatively() ? root.DOMParser : createHTMLParser()"
	return api.Plugin{Name: "turndown-without-probe", Setup: func(b api.PluginBuild) {
		b.OnLoad(api.OnLoadOptions{Filter: `turndown\.browser\.es\.js$`}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
			raw, err := os.ReadFile(args.Path)
			if err != nil {
				return api.OnLoadResult{}, err
			}
			source := string(raw)
			if strings.Count(source, probe) != 1 {
				return api.OnLoadResult{}, fmt.Errorf("%s: the probe of the parser is not where it was", args.Path)
			}
			source = strings.Replace(source, probe, "null", 1)
			return api.OnLoadResult{Contents: &source, Loader: api.LoaderJS}, nil
		})
	}}
}

// add puts in a file under a name with the hash of its content.
func (b *built) add(plain string, content []byte) {
	sum := sha256.Sum256(content)
	ext := path.Ext(plain)
	name := strings.TrimSuffix(plain, ext) + "." + strings.ToUpper(hex.EncodeToString(sum[:4])) + ext
	b.files[name] = content
	b.manifest[plain] = name
}

// copyFiles adds the files that need no bundling.
func (b *built) copyFiles(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("list plain files: %w", err)
	}
	for _, e := range entries {
		content, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return fmt.Errorf("read plain file: %w", err)
		}
		b.add(e.Name(), content)
	}
	return nil
}

// plainName is "app.js" for "app.K3J5QW2A.js".
func plainName(hashed string) string {
	parts := strings.Split(hashed, ".")
	if len(parts) != 3 {
		return hashed
	}
	return parts[0] + "." + parts[2]
}

// clone copies the map so that adding compressed forms leaves the build alone.
func (b built) clone() map[string][]byte { return maps.Clone(b.files) }
