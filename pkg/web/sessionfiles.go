package web

import (
	"errors"
	"fmt"
	"mime/multipart"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/forum"
	"plenary/pkg/programme"
	"plenary/pkg/web/view"
)

// Material of a session has three fields in its form: material_title and material_link,
// with one row for each piece, and material_file, new files, each of which becomes a
// row. material_drop names the links of those that are taken away. A file is kept as
// soon as it comes in, so that the form can come back with it.

var ownFileLink = regexp.MustCompile(`^/files/(\d{1,18})$`)

// withMaterial is submitted for a form that may bring files of a session. What cannot
// be used is complained of under "material".
func (s *Site) withMaterial(c edge.Ctx, form url.Values) (errs.Fields, error) {
	var unfit errs.Fields
	dropMaterial(form)
	if m := c.Request().MultipartForm; m != nil {
		files := slices.DeleteFunc(slices.Clone(m.File["material_file"]), func(h *multipart.FileHeader) bool { return h.Size == 0 && h.Filename == "" })
		if len(files) > programme.MaxMaterial {
			unfit.Add("material", "programme.material_too_many", errs.Args{"Max": programme.MaxMaterial})
			files = nil
		}
		for _, file := range files {
			if err := s.keepMaterial(c, form, file, &unfit); err != nil {
				return nil, err
			}
		}
	}
	_, err := edge.WithOnce(c, form.Get("once"))
	return unfit, err
}

// keepMaterial puts one file into the form, as a row of its own.
func (s *Site) keepMaterial(c edge.Ctx, form url.Values, file *multipart.FileHeader, unfit *errs.Fields) error {
	if !edge.Who(c).SignedIn() {
		return errSignIn()
	}
	from, err := file.Open()
	if err != nil {
		return fmt.Errorf("open an uploaded file: %w", err)
	}
	defer from.Close()
	info, err := s.Blobs.Put(ctx(c), from, edge.UploadLimit)
	if e, ok := errors.AsType[*errs.Error](err); ok && e.Kind != errs.Full {
		args := errs.Args{"Name": file.Filename, "Max": edge.UploadLimit >> 20}
		if e.Kind == errs.TooLarge {
			unfit.Add("material", "schedule.file_too_large", args)
		} else {
			unfit.Add("material", "schedule.file_unfit", args)
		}
		return nil
	}
	if err != nil {
		return err
	}
	made, err := s.Forum.AddFile(ctx(c), edge.Who(c), forum.File{Name: file.Filename, MediaType: info.MediaType, Size: info.Size,
		Width: info.Width, Height: info.Height, SHA256: info.SHA256})
	if errs.Is(err, errs.Invalid) { // its name
		unfit.Add("material", "schedule.file_unfit", errs.Args{"Name": file.Filename, "Max": edge.UploadLimit >> 20})
		return nil
	}
	if err != nil {
		return err
	}
	row := max(len(form["material_title"]), len(form["material_link"]))
	setRow(form, "material_title", row, strings.TrimSuffix(made.Name, path.Ext(made.Name)))
	setRow(form, "material_link", row, made.Path())
	return nil
}

// dropMaterial takes out the rows that were ticked.
func dropMaterial(form url.Values) {
	for _, link := range form["material_drop"] {
		for i, has := range form["material_link"] {
			if has == link && link != "" {
				setRow(form, "material_title", i, "")
				setRow(form, "material_link", i, "")
			}
		}
	}
	form.Del("material_drop")
}

// materialRows are the rows of the form, with what is known of the files among them.
func (s *Site) materialRows(c edge.Ctx, thread int64, form view.Form) ([]view.MaterialRow, error) {
	var rows []view.MaterialRow
	var ids []int64
	links := form.Values["material_link"]
	for i, title := range form.Values["material_title"] {
		row := view.MaterialRow{Title: title}
		if i < len(links) {
			row.Link = links[i]
		}
		if row == (view.MaterialRow{}) {
			continue
		}
		rows = append(rows, row)
		if id := fileOf(row.Link); id != 0 {
			ids = append(ids, id)
		}
	}
	files, err := s.Forum.Files(ctx(c), edge.Who(c), thread, ids)
	if err != nil {
		return nil, err
	}
	for i := range rows {
		if f, ok := files[fileOf(rows[i].Link)]; ok {
			rows[i].Kind, rows[i].Size = kindOf(f.Name, f.MediaType), f.Size
		}
	}
	return append(rows, make([]view.MaterialRow, sessionRowsFree)...), nil
}

// fileOf is the id of the uploaded file that a link leads to; 0 for another link.
func fileOf(link string) int64 {
	m := ownFileLink.FindStringSubmatch(link)
	if m == nil {
		return 0
	}
	id, _ := strconv.ParseInt(m[1], 10, 64)
	return id
}

// kindOf is what people call a kind of file: "PDF".
func kindOf(name, mediaType string) string {
	if ext := strings.TrimPrefix(path.Ext(name), "."); ext != "" && len(ext) <= 5 {
		return strings.ToUpper(ext)
	}
	_, kind, _ := strings.Cut(mediaType, "/")
	kind, _, _ = strings.Cut(kind, ";")
	return strings.ToUpper(kind)
}

// materialOf is what there is to read, watch or bring, as the session's page shows it.
func materialOf(all []programme.Material) []view.MaterialRow {
	var out []view.MaterialRow
	for _, m := range all {
		row := view.MaterialRow{Title: m.Title, Link: m.Link}
		if m.File != nil {
			row.Kind, row.Size = kindOf(m.File.Name, m.File.MediaType), m.File.Size
		}
		out = append(out, row)
	}
	return out
}
