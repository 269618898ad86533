package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// checker is the check of a poll's export, compiled for the browser.
const checker = "verify.wasm"

// compileChecker makes its compressed forms under its name in dist. The plain form
// is too large to keep.
func compileChecker(root, name string) (map[string][]byte, error) {
	plain, err := compile(root)
	if err != nil {
		return nil, err
	}
	gz, err := gzipped(plain)
	if err != nil {
		return nil, fmt.Errorf("gzip %s: %w", name, err)
	}
	br, err := brotlied(plain)
	if err != nil {
		return nil, fmt.Errorf("brotli %s: %w", name, err)
	}
	return map[string][]byte{name + ".gz": gz, name + ".br": br}, nil
}

func compile(root string) ([]byte, error) {
	dir, err := os.MkdirTemp("", "checker")
	if err != nil {
		return nil, fmt.Errorf("make a folder to compile in: %w", err)
	}
	defer os.RemoveAll(dir)
	out := filepath.Join(dir, checker)
	if _, err := goForBrowsers(root, "build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w -buildid=", "-o", out, "./verify"); err != nil {
		return nil, err
	}
	return os.ReadFile(out)
}

// checkerName is "verify.0A1B2C3D.wasm", made from our own sources in it: so
// whether what is committed is up to date can be told without compiling, and does
// not hang on the compiler.
func checkerName(root string) (string, error) {
	list, err := goForBrowsers(root, "list", "-deps", "-json=ImportPath,Dir,GoFiles,Standard", "./verify")
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	for d := json.NewDecoder(strings.NewReader(list)); ; {
		var p struct {
			ImportPath, Dir string
			GoFiles         []string
			Standard        bool
		}
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return "", fmt.Errorf("list the sources of %s: %w", checker, err)
		}
		if p.Standard {
			continue
		}
		slices.Sort(p.GoFiles)
		for _, file := range p.GoFiles {
			source, err := os.ReadFile(filepath.Join(p.Dir, file))
			if err != nil {
				return "", fmt.Errorf("read a source of %s: %w", checker, err)
			}
			fmt.Fprintf(sum, "%s/%s %d\n%s\n", p.ImportPath, file, len(source), source)
		}
	}
	stem, ext, _ := strings.Cut(checker, ".")
	return stem + "." + strings.ToUpper(hex.EncodeToString(sum.Sum(nil)[:4])) + "." + ext, nil
}

// goForBrowsers runs the Go command for the browser's kind of machine.
func goForBrowsers(dir string, args ...string) (string, error) {
	c := exec.Command("go", args...)
	c.Dir = dir
	c.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0", "GOFLAGS=")
	out, err := c.Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return "", fmt.Errorf("go %s: %w\n%s", args[0], err, exit.Stderr)
	}
	if err != nil {
		return "", fmt.Errorf("go %s: %w", args[0], err)
	}
	return string(out), nil
}
