package mydata

import (
	"archive/zip"
	"context"
	"database/sql"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"plenary/pkg/errs"
	"plenary/pkg/i18n"
	"plenary/pkg/person"
	"plenary/pkg/store"
)

//go:embed index.html
var pageSource string

// booleans are the columns that SQLite gives as numbers.
var booleans = []string{"administrator", "delegate"}

// entry is a row of an export: names and values, in the order of the query.
type entry []cell

type cell struct {
	Name  string
	Value any // nil, string, int64, bool, or json.RawMessage
}

// Text is the value for reading; empty where there is none.
func (c cell) Text() string {
	switch v := c.Value.(type) {
	case nil:
		return ""
	case json.RawMessage:
		return string(v)
	}
	return fmt.Sprint(c.Value)
}

// MarshalJSON keeps the order of the query.
func (e entry) MarshalJSON() ([]byte, error) {
	out := []byte{'{'}
	for i, c := range e {
		if i > 0 {
			out = append(out, ',')
		}
		name, err := json.Marshal(c.Name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(c.Value)
		if err != nil {
			return nil, err
		}
		out = append(append(append(out, name...), ':'), value...)
	}
	return append(out, '}'), nil
}

// write writes the archive: data.json, index.html, the picture and the files.
func (d *Data) write(ctx context.Context, w io.Writer, whose person.Person) error {
	z := zip.NewWriter(w)
	now := d.now().UTC()
	create := func(name string) (io.Writer, error) {
		return z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: now})
	}
	for _, part := range []struct {
		name  string
		write func(io.Writer) error
	}{
		{"data.json", func(w io.Writer) error { return d.writeJSON(ctx, w, whose.ID) }},
		{"index.html", func(w io.Writer) error { return d.writePage(ctx, w, whose) }},
	} {
		to, err := create(part.name)
		if err == nil {
			err = part.write(to)
		}
		if err != nil {
			return fmt.Errorf("write %s: %w", part.name, err)
		}
	}
	if err := d.writeFiles(ctx, create, whose); err != nil {
		return err
	}
	return z.Close()
}

func (d *Data) writeJSON(ctx context.Context, w io.Writer, me int64) error {
	if _, err := fmt.Fprintf(w, "{\n\"made_at\": %q", d.now().UTC().Format(time.RFC3339)); err != nil {
		return err
	}
	for _, s := range sections {
		if _, err := fmt.Fprintf(w, ",\n%q: [", s.name); err != nil {
			return err
		}
		separator := "\n"
		err := d.each(ctx, s, me, func(e entry) error {
			row, err := json.Marshal(e)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(w, "%s  %s", separator, row)
			separator = ",\n"
			return err
		})
		if err != nil {
			return err
		}
		if _, err := io.WriteString(w, "]"); err != nil {
			return err
		}
	}
	_, err := io.WriteString(w, "\n}\n")
	return err
}

// each gives the rows of a section one after the other.
func (d *Data) each(ctx context.Context, s section, me int64, give func(entry) error) error {
	rows, err := d.db.Read(ctx).Raw(s.query, sql.Named("me", me)).Rows()
	if err != nil {
		return store.Translate(fmt.Errorf("read %s: %w", s.name, err))
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return err
	}
	for rows.Next() {
		values := make([]any, len(names))
		into := make([]any, len(names))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return fmt.Errorf("read %s: %w", s.name, err)
		}
		e := make(entry, len(names))
		for i, name := range names {
			e[i] = cell{name, told(name, values[i])}
		}
		if err := give(e); err != nil {
			return err
		}
	}
	return store.Translate(rows.Err())
}

// told is a value as an export tells it: instants in words that programs know.
func told(name string, value any) any {
	if text, ok := value.([]byte); ok {
		value = string(text)
	}
	number, isNumber := value.(int64)
	text, isText := value.(string)
	switch {
	case isNumber && (strings.HasSuffix(name, "_at") || strings.HasSuffix(name, "_since") || name == "at"):
		return time.UnixMicro(number).UTC().Format(time.RFC3339)
	case isNumber && slices.Contains(booleans, name):
		return number != 0
	case isText && name == "choices" && json.Valid([]byte(text)):
		return json.RawMessage(text)
	}
	return value
}

// page is the readable part of an export.
type page struct {
	Lang, Dir, Title, Means, Files string
	Sections                       []pageSection
	Kept                           []string // names of the files in the archive
}

type pageSection struct {
	ID, Title string
	Entries   []entry
}

func (d *Data) writePage(ctx context.Context, w io.Writer, whose person.Person) error {
	words := d.words.Localizer(d.words.Match(whose.Language))
	t, err := template.New("index.html").Parse(pageSource)
	if err != nil {
		return err
	}
	p := page{Lang: words.Lang(), Dir: words.Dir(), Files: words.T("mydata.files"),
		Title: words.T("mydata.title", i18n.Args{"Name": whose.Name}),
		Means: words.T("mydata.means", i18n.Args{"At": words.Date(d.now(), time.UTC, i18n.Exact)})}
	for _, s := range sections {
		shown := pageSection{ID: s.name, Title: words.T("mydata.section_" + s.name)}
		err := d.each(ctx, s, whose.ID, func(e entry) error {
			shown.Entries = append(shown.Entries, e)
			return nil
		})
		if err != nil {
			return err
		}
		p.Sections = append(p.Sections, shown)
	}
	files, err := d.files(ctx, whose)
	if err != nil {
		return err
	}
	for _, f := range files {
		p.Kept = append(p.Kept, f.name)
	}
	return t.Execute(w, p)
}

// kept is a file of the archive.
type kept struct{ name, sum string }

func (d *Data) files(ctx context.Context, whose person.Person) ([]kept, error) {
	var rows []struct {
		ID     int64
		Name   string
		SHA256 string `gorm:"column:sha256"`
	}
	err := d.db.Read(ctx).Table("files").Select("id, name, sha256").Where("owner_id = ?", whose.ID).Order("id").Find(&rows).Error
	if err != nil {
		return nil, store.Translate(fmt.Errorf("list the files of person %d: %w", whose.ID, err))
	}
	var out []kept
	if whose.Picture != "" {
		out = append(out, kept{"picture.jpg", whose.Picture})
	}
	for _, r := range rows {
		out = append(out, kept{"files/" + strconv.FormatInt(r.ID, 10) + "-" + safeName(r.Name), r.SHA256})
	}
	return out, nil
}

// safeName is a file's name without what could lead out of a folder.
func safeName(name string) string {
	name = filepath.Base(strings.ReplaceAll(name, `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`<>:"|?*`, r) || r < ' ' {
			return '_'
		}
		return r
	}, name)
	return strings.TrimLeft(name, ".")
}

func (d *Data) writeFiles(ctx context.Context, create func(string) (io.Writer, error), whose person.Person) error {
	files, err := d.files(ctx, whose)
	if err != nil {
		return err
	}
	for _, f := range files {
		if err := d.writeFile(create, f); err != nil {
			return fmt.Errorf("write %s: %w", f.name, err)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

// writeFile copies a kept file into the archive. One that has vanished from its
// folder does not keep the person from the rest.
func (d *Data) writeFile(create func(string) (io.Writer, error), f kept) error {
	from, err := d.blobs.Open(f.sum)
	if errs.Is(err, errs.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	to, err := create(f.name)
	if err == nil {
		_, err = io.Copy(to, from)
	}
	return errors.Join(err, from.Close())
}
