package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// gatherLicences puts the licence texts of everything vendored into one file,
// which is served beside the bundles that contain the code.
func gatherLicences(vendor string) ([]byte, error) {
	names, err := filepath.Glob(filepath.Join(vendor, "*", "LICENSE*"))
	if err != nil || len(names) == 0 {
		return nil, errors.Join(fmt.Errorf("no licences below %s", vendor), err)
	}
	var out bytes.Buffer
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read licence: %w", err)
		}
		fmt.Fprintf(&out, "%s\n\n%s\n\n", filepath.Base(filepath.Dir(name)), bytes.TrimSpace(text))
	}
	return out.Bytes(), nil
}
