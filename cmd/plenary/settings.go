package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"
)

// settingsFile reads a JSON object of settings. A name that no flag has is an
// error, so that a slip of the pen is not passed over in silence.
func settingsFile(r io.Reader) (kong.Resolver, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	var settings map[string]any
	if err := json.Unmarshal(text, &settings); err != nil {
		return nil, fmt.Errorf("settings file: want a JSON object such as {\"base-url\": \"https://forum.example\"}: %w", err)
	}
	inner, err := kong.JSON(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	return checkedSettings{inner, settings}, nil
}

type checkedSettings struct {
	kong.Resolver
	settings map[string]any
}

// Validate implements kong.Resolver.
func (c checkedSettings) Validate(app *kong.Application) error {
	known := map[string]bool{}
	if err := kong.Visit(app, func(node kong.Visitable, next kong.Next) error {
		if flag, ok := node.(*kong.Flag); ok {
			known[flag.Name] = true
		}
		return next(nil)
	}); err != nil {
		return err
	}
	for name := range c.settings {
		if !known[strings.ReplaceAll(name, "_", "-")] {
			return fmt.Errorf("settings file: there is no setting %q", name)
		}
	}
	return nil
}
