package main

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// drawSprite makes one SVG out of the icons below vendor: a symbol each, with
// the file's name as its id. Stroke and fill stand on the symbols, so that an
// icon takes the colour of the text around it.
func drawSprite(vendor string) ([]byte, error) {
	names, err := filepath.Glob(filepath.Join(vendor, "lucide@*", "icons", "*.svg"))
	if err != nil || len(names) == 0 {
		return nil, errors.Join(fmt.Errorf("no icons below %s", vendor), err)
	}
	var out bytes.Buffer
	out.WriteString(`<svg xmlns="http://www.w3.org/2000/svg"><!-- Lucide, ISC licence: see licences.txt -->`)
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read icon: %w", err)
		}
		shapes, err := shapesOf(raw)
		if err != nil {
			return nil, fmt.Errorf("icon %s: %w", name, err)
		}
		id := strings.TrimSuffix(filepath.Base(name), ".svg")
		fmt.Fprintf(&out, `<symbol id="%s" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">%s</symbol>`, id, shapes)
	}
	out.WriteString("</svg>\n")
	return out.Bytes(), nil
}

// shapesOf is what stands inside the <svg> of an icon, on one line.
func shapesOf(raw []byte) (string, error) {
	var out strings.Builder
	d := xml.NewDecoder(bytes.NewReader(raw))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return out.String(), nil
		}
		if err != nil {
			return "", err
		}
		shape, ok := token.(xml.StartElement)
		if !ok || shape.Name.Local == "svg" {
			continue
		}
		fmt.Fprintf(&out, "<%s", shape.Name.Local)
		for _, a := range shape.Attr {
			fmt.Fprintf(&out, ` %s="%s"`, a.Name.Local, a.Value)
		}
		out.WriteString("/>")
	}
}
