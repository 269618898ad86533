package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/andybalholm/brotli"
)

// pack adds the compressed forms and the manifest to what was built.
func pack(b built) (map[string][]byte, error) {
	files := b.clone()
	for name, body := range b.files {
		gz, err := gzipped(body)
		if err != nil {
			return nil, fmt.Errorf("gzip %s: %w", name, err)
		}
		br, err := brotlied(body)
		if err != nil {
			return nil, fmt.Errorf("brotli %s: %w", name, err)
		}
		if len(gz) < len(body) {
			files[name+".gz"] = gz
		}
		if len(br) < len(body) {
			files[name+".br"] = br
		}
	}
	manifest, err := json.MarshalIndent(b.manifest, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write manifest: %w", err)
	}
	files["manifest.json"] = append(manifest, '\n')
	return files, nil
}

func gzipped(body []byte) ([]byte, error) {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(body); err != nil {
		return nil, err
	}
	err = w.Close()
	return out.Bytes(), err
}

func brotlied(body []byte) ([]byte, error) {
	var out bytes.Buffer
	w := brotli.NewWriterLevel(&out, brotli.BestCompression)
	if _, err := w.Write(body); err != nil {
		return nil, err
	}
	err := w.Close()
	return out.Bytes(), err
}

// write makes the folder out hold exactly these files.
func write(out string, files map[string][]byte) error {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return fmt.Errorf("make %s: %w", out, err)
	}
	old, err := os.ReadDir(out)
	if err != nil {
		return fmt.Errorf("list %s: %w", out, err)
	}
	for _, f := range old {
		if _, keep := files[f.Name()]; keep {
			continue
		}
		if err := os.RemoveAll(filepath.Join(out, f.Name())); err != nil {
			return fmt.Errorf("remove what was built before: %w", err)
		}
	}
	for name, body := range files {
		if err := os.WriteFile(filepath.Join(out, name), body, 0o644); err != nil {
			return fmt.Errorf("write asset: %w", err)
		}
	}
	return nil
}
