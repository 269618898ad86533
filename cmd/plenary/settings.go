package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/alecthomas/kong"
)

// settings are those of a file, by the names of the flags.
type settings map[string]any

// settingsFile reads a JSON object of settings. Their names are those of the
// flags, with hyphens or underscores.
func settingsFile(r io.Reader) (kong.Resolver, error) {
	var written map[string]any
	if err := json.NewDecoder(r).Decode(&written); err != nil {
		return nil, fmt.Errorf("settings file: want a JSON object such as {\"base-url\": \"https://forum.example\"}: %w", err)
	}
	s := settings{}
	for name, value := range written {
		s[strings.ReplaceAll(name, "_", "-")] = value
	}
	return s, nil
}

// Resolve implements kong.Resolver. It is asked for what no flag sets; that the
// environment is stronger too is for the resolver to see to.
func (s settings) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	for _, name := range flag.Envs {
		if _, set := os.LookupEnv(name); set {
			return nil, nil
		}
	}
	return s[flag.Name], nil
}

// Validate implements kong.Resolver. A name that no flag has is an error, so that
// a slip of the pen is not passed over in silence.
func (s settings) Validate(app *kong.Application) error {
	known := map[string]bool{}
	if err := kong.Visit(app, func(node kong.Visitable, next kong.Next) error {
		if flag, ok := node.(*kong.Flag); ok {
			known[flag.Name] = true
		}
		return next(nil)
	}); err != nil {
		return err
	}
	for name := range s {
		if !known[name] {
			return fmt.Errorf("settings file: there is no setting %q", name)
		}
	}
	return nil
}
